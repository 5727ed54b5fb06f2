#include "parsers/page.h"

bool page_items(struct span html, struct span url, struct items *items, struct error *error) {
    (void)error;
    struct item *item = items_add(items);
    item->url = url;
    item->id = url;
    item->text = html_to_text(html, items->arena);
    return true;
}
