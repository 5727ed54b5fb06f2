#include "parsers/document.h"

#include "parsers/feed.h"
#include "parsers/json_feed.h"
#include "parsers/page.h"
#include "parsers/unpack.h"

/* --- Finishing -------------------------------------------------------------------------------- */

static struct span field_finish(struct span text, size_t limit, struct arena *arena) {
    text = span_first_utf8(span_trim(text), limit);
    if (span_find_byte(text, '\0') == SPAN_NOT_FOUND) {
        return text;
    }
    char *copy = arena_copy_string(arena, text);
    for (size_t i = 0; i < text.size; i++) {
        copy[i] = copy[i] == '\0' ? ' ' : copy[i];
    }
    return span_trim((struct span){copy, text.size});
}

static struct span upper_case(struct span text, struct arena *arena) {
    if (text.size == 0) {
        return text;
    }
    char *copy = arena_copy_string(arena, text);
    for (size_t i = 0; i < text.size; i++) {
        copy[i] = copy[i] >= 'a' && copy[i] <= 'z' ? (char)(copy[i] - ('a' - 'A')) : copy[i];
    }
    return (struct span){copy, text.size};
}

void items_finish(struct items *items, size_t from) {
    for (size_t i = from; i < items->count; i++) {
        struct item *item = &items->list[i];
        const struct {
            struct span *text;
            size_t limit;
        } fields[] = {{&item->id, LIMIT_FIELD},       {&item->url, LIMIT_URL},
                      {&item->title, LIMIT_TITLE},    {&item->text, LIMIT_TEXT},
                      {&item->author, LIMIT_FIELD},   {&item->author_id, LIMIT_FIELD},
                      {&item->language, LIMIT_FIELD}, {&item->country, LIMIT_FIELD},
                      {&item->parent, LIMIT_FIELD},   {&item->site, LIMIT_FIELD}};
        for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
            *fields[f].text = field_finish(*fields[f].text, fields[f].limit, items->arena);
        }
        item->country = upper_case(item->country, items->arena);
        if (span_equal(item->parent, item->id)) { /* the beginning of a thread answers nothing */
            item->parent = (struct span){0};
        }
    }
}

/* --- Formats ---------------------------------------------------------------------------------- */

/* Passes over what may stand before a document's first element. */
static struct span skip_prologue(struct span text) {
    for (;;) {
        text = span_trim(text);
        const char *closing = NULL;
        if (span_starts_with(text, SPAN("<!--"))) {
            closing = "-->";
        } else if (span_starts_with(text, SPAN("<?"))) {
            closing = "?>";
        } else if (span_starts_with_nocase(text, SPAN("<!doctype")) &&
                   !span_starts_with_nocase(text, SPAN("<!doctype html"))) {
            closing = ">";
        }
        size_t end = closing == NULL ? SPAN_NOT_FOUND : span_find(text, span_of(closing));
        if (end == SPAN_NOT_FOUND) {
            return text;
        }
        text = span_from(text, end + strlen(closing));
    }
}

static bool opens(struct span text, const char *name) {
    size_t size = strlen(name);
    return span_starts_with_nocase(text, span_of(name)) &&
           (text.size == size || byte_is_space(text.data[size]) || text.data[size] == '>');
}

/* The root of a feed may have a prefix: <r:rss>, <atom:feed>. */
static bool opens_feed(struct span text) {
    static const char *const roots[] = {"rss", "feed", "RDF", "channel"};
    struct span name = span_from(text, 1);
    size_t colon = span_find_byte(span_first(name, 32), ':');
    size_t space = span_find_byte(span_first(name, 32), ' ');
    if (colon != SPAN_NOT_FOUND && (space == SPAN_NOT_FOUND || colon < space)) {
        name = span_from(name, colon + 1);
    }
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        if (opens(name, roots[i])) {
            return true;
        }
    }
    return false;
}

static bool has_any(struct span text, const char *const *needles) {
    for (; *needles != NULL; needles++) {
        if (span_find_nocase(text, span_of(*needles)) != SPAN_NOT_FOUND) {
            return true;
        }
    }
    return false;
}

static bool opens_page(struct span text) {
    return span_starts_with_nocase(text, SPAN("<!doctype html")) || opens(text, "<html") ||
           opens(text, "<head") || opens(text, "<body");
}

enum document_format document_sniff(struct span utf8, struct span content_type) {
    static const char *const feeds[] = {"<rss", "<rdf:RDF", "<feed", NULL};
    static const char *const pages[] = {"<html", "<body", "<div", NULL};
    static const char *const html[] = {"html", NULL};
    struct span text = skip_prologue(utf8);
    char first = text.size == 0 ? '\0' : text.data[0];
    if (first == '{' || first == '[') {
        return DOCUMENT_JSON;
    }
    if (first == '<' && opens_feed(text)) {
        return DOCUMENT_FEED;
    }
    if (first == '<' && opens_page(text)) {
        return DOCUMENT_PAGE;
    }
    /* Junk before a feed: a warning of PHP, a line of text. */
    struct span head = span_first(text, 1024);
    if (has_any(head, feeds)) {
        return DOCUMENT_FEED;
    }
    bool page = has_any(content_type, html) || has_any(head, pages);
    return page && first == '<' ? DOCUMENT_PAGE : DOCUMENT_UNKNOWN;
}

static bool feed_read(struct span utf8, const struct document *document, struct items *items,
                      struct feed_info *info, struct error *error) {
    struct feed feed;
    if (!feed_parse(utf8, document->url, items->arena, &feed, error)) {
        return false;
    }
    feed_items(&feed, items, info);
    return true;
}

static bool json_read(struct span utf8, const struct document *document, struct items *items,
                      struct feed_info *info, struct error *error) {
    json_t *root = NULL;
    if (!json_parse(utf8, &root, error)) {
        return false;
    }
    bool known = json_feed_is(root);
    if (known) {
        json_feed_items(root, document->url, items, info);
    }
    json_decref(root);
    return known || error_set(error, ERROR_INPUT, "JSON, but not a JSON Feed: it needs a recipe");
}

static bool page_read(struct span utf8, const struct document *document, struct items *items,
                      struct feed_info *info, struct error *error) {
    return page_items(utf8, document->url, items, info, error);
}

static bool unknown_read(struct span utf8, const struct document *document, struct items *items,
                         struct feed_info *info, struct error *error) {
    (void)document;
    (void)items;
    (void)info;
    struct span text = span_trim(utf8);
    if (text.size == 0) {
        return error_set(error, ERROR_INPUT, "the document is empty");
    }
    return error_set(error, ERROR_INPUT, "neither feed nor page nor JSON: it begins with \"%.*s\"",
                     SPAN_ARG(span_first_utf8(text, 40)));
}

/* One row per format. */
static const struct format {
    enum document_format format;
    bool (*read)(struct span utf8, const struct document *document, struct items *items,
                 struct feed_info *info, struct error *error);
} formats[] = {
    {DOCUMENT_FEED, feed_read},
    {DOCUMENT_JSON, json_read},
    {DOCUMENT_PAGE, page_read},
    {DOCUMENT_UNKNOWN, unknown_read},
};

bool document_parse(struct span body, struct span content_type, struct span url,
                    struct arena *arena, struct items *items, struct feed_info *info,
                    struct error *error) {
    struct span plain;
    if (!unpack(body, arena, &plain, error)) {
        return false;
    }
    struct document document = {plain, content_type, url};
    struct span utf8 = charset_to_utf8(plain, content_type, arena);
    enum document_format format = document_sniff(utf8, content_type);
    size_t from = items->count;
    size_t row = 0;
    while (formats[row].format != format && formats[row].format != DOCUMENT_UNKNOWN) {
        row++;
    }
    struct arena *own = items->arena;
    items->arena = arena;
    bool read = formats[row].read(utf8, &document, items, info, error);
    items->arena = own == NULL ? arena : own;
    if (!read) {
        items->count = from;
        return false;
    }
    items_finish(items, from);
    return true;
}
