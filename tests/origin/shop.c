/* Product pages with reviews for machines: one shop speaks JSON-LD, the other microdata with a
 * scale of ten. Twenty reviews a page, newest first, rel=next to the older ones. */
#include "base/limits.h"
#include "base/print.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define PAGE_SIZE 20

struct page {
    const struct site *site;
    struct span product; /* "Brellin controller" */
    struct span path;    /* on this port */
    struct selection all;
    struct selection reviews;
    size_t number; /* from 1 */
    struct buffer *out;
};

static double average(const struct selection *all) {
    int64_t sum = 0;
    for (size_t i = 0; i < all->count; i++) {
        sum += all->list[i]->rating;
    }
    return all->count == 0 ? 0 : (double)sum / (double)all->count;
}

/* --- JSON-LD ---------------------------------------------------------------------------------- */

static void put_ld_review(struct buffer *out, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    json_open(out, NULL, '{');
    json_string(out, "@type", "Review");
    json_text(out, "@id", post->url);
    json_text(out, "name", post->title);
    json_text(out, "reviewBody", post->text);
    json_string(out, "datePublished", date_print(post->published_ms, moment));
    json_open(out, "author", '{');
    json_string(out, "@type", "Person");
    json_text(out, "name", post->author);
    json_close(out, '}');
    json_open(out, "reviewRating", '{');
    json_string(out, "@type", "Rating");
    buffer_print(out, "\"ratingValue\":\"%d\",\"bestRating\":5,\"worstRating\":1", post->rating);
    json_close(out, '}');
    json_string(out, "inLanguage", post->language);
    json_close(out, '}');
}

static void put_ld(const struct page *page) {
    struct buffer json;
    buffer_init(&json, LIMIT_DOCUMENT);
    json_open(&json, NULL, '{');
    json_string(&json, "@context", "https://schema.org/");
    json_string(&json, "@type", "Product");
    json_text(&json, "name", page->product);
    json_open(&json, "aggregateRating", '{');
    json_string(&json, "@type", "AggregateRating");
    buffer_print(&json, "\"ratingValue\":\"%.2f\",\"reviewCount\":%zu", average(&page->all),
                 page->all.count);
    json_close(&json, '}');
    json_open(&json, "review", '[');
    for (size_t i = 0; i < page->reviews.count; i++) {
        put_ld_review(&json, page->reviews.list[i]);
    }
    json_close(&json, ']');
    json_close(&json, '}');
    json_end(&json);
    buffer_append_string(page->out, "<script type=\"application/ld+json\">\n");
    /* A script element must not hold "</". */
    struct span rest = buffer_span(&json);
    size_t end = span_find(rest, SPAN("</"));
    while (end != SPAN_NOT_FOUND) {
        buffer_append(page->out, span_first(rest, end));
        buffer_append_string(page->out, "<\\/");
        rest = span_from(rest, end + 2);
        end = span_find(rest, SPAN("</"));
    }
    buffer_append(page->out, rest);
    buffer_append_string(page->out, "\n</script>\n");
    buffer_done(&json);
}

static void put_plain_reviews(const struct page *page) {
    for (size_t i = 0; i < page->reviews.count; i++) {
        const struct post *post = page->reviews.list[i];
        buffer_print(page->out, "<article id=\"%.*s\"><h3>", SPAN_ARG(post->id));
        print_html(page->out, post->title);
        buffer_append_string(page->out, "</h3>");
        markup_html(page->out, post->text);
        buffer_print(page->out, "<footer>%d / 5</footer></article>\n", post->rating);
    }
}

/* --- Microdata -------------------------------------------------------------------------------- */

static void put_item_review(struct buffer *out, const struct post *post) {
    struct date date = date_from_ms(post->published_ms);
    buffer_print(out,
                 "<article itemprop=\"review\" itemscope itemtype=\"https://schema.org/Review\" "
                 "id=\"%.*s\">\n<a itemprop=\"url\" href=\"",
                 SPAN_ARG(post->id));
    print_html(out, post->url);
    buffer_append_string(out, "\">#</a> <h3 itemprop=\"name\">");
    print_html(out, post->title);
    buffer_append_string(out, "</h3>\n<span itemprop=\"author\" itemscope "
                              "itemtype=\"https://schema.org/Person\"><span itemprop=\"name\">");
    print_html(out, post->author);
    buffer_print(out,
                 "</span></span>\n<meta itemprop=\"datePublished\" "
                 "content=\"%04d-%02d-%02d %02d:%02d:%02d\">\n",
                 date.year, date.month, date.day, date.hour, date.minute, date.second);
    buffer_print(out,
                 "<div itemprop=\"reviewRating\" itemscope itemtype=\"https://schema.org/Rating\">"
                 "<meta itemprop=\"worstRating\" content=\"1\"><span itemprop=\"ratingValue\">%d"
                 "</span>/<span itemprop=\"bestRating\">10</span></div>\n"
                 "<div itemprop=\"reviewBody\">",
                 post->rating * 2);
    markup_html(out, post->text);
    buffer_append_string(out, "</div>\n</article>\n");
}

static void put_items(const struct page *page) {
    struct buffer *out = page->out;
    buffer_append_string(out, "<div itemscope itemtype=\"https://schema.org/Product\">\n"
                              "<h2 itemprop=\"name\">");
    print_html(out, page->product);
    buffer_print(out,
                 "</h2>\n<div itemprop=\"aggregateRating\" itemscope "
                 "itemtype=\"https://schema.org/AggregateRating\"><span itemprop=\"ratingValue\">"
                 "%.1f</span><meta itemprop=\"bestRating\" content=\"10\">"
                 "<span itemprop=\"ratingCount\">%zu</span></div>\n",
                 2 * average(&page->all), page->all.count);
    for (size_t i = 0; i < page->reviews.count; i++) {
        put_item_review(out, page->reviews.list[i]);
    }
    buffer_append_string(out, "</div>\n");
}

/* --- Pages ------------------------------------------------------------------------------------ */

static void put_page(const struct page *page) {
    struct buffer *out = page->out;
    bool ld = page->site->kind == SITE_SHOP;
    buffer_print(out,
                 "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
                 page->site->languages[0].code);
    print_html(out, page->product);
    buffer_append_string(out, "</title>\n");
    if (page->number * PAGE_SIZE < page->all.count) {
        buffer_print(out, "<link rel=\"next\" href=\"%.*s?page=%zu\">\n", SPAN_ARG(page->path),
                     page->number + 1);
    }
    if (ld) {
        put_ld(page);
    }
    buffer_print(
        out,
        "</head>\n<body>\n<nav><a href=\"/\">%s</a> <a href=\"/shop/basket\">Basket</a></nav>\n",
        page->site->title);
    if (ld) {
        put_plain_reviews(page);
    } else {
        put_items(page);
    }
    buffer_append_string(out, "<footer>All prices with tax.</footer>\n</body>\n</html>\n");
}

/* The brand whose page "/p/TAG-controller" is, or -1. */
static int find_product(const struct origin *origin, const struct http_request *request) {
    for (size_t i = 0; i < WORLD_BRANDS; i++) {
        struct span tag = world_tag(origin->world, i, request->arena);
        struct span path = arena_print(request->arena, "/p/%.*s-controller", SPAN_ARG(tag));
        if (span_equal(path, request->path)) {
            return (int)i;
        }
    }
    return -1;
}

static void answer_page(struct origin *origin, const struct http_request *request,
                        struct http_reply *reply, enum site_kind kind) {
    int product = find_product(origin, request);
    if (product < 0) {
        reply_not_found(reply);
        return;
    }
    struct filter filter = {.kind = kind, .product = product};
    int64_t number = http_parameter_number(request, "page", 1);
    const struct site *site = sites;
    while (site->kind != kind) {
        site++;
    }
    struct page page = {
        .site = site,
        .product = arena_print(request->arena, "%.*s controller",
                               SPAN_ARG(origin->world->options.brands[product])),
        .path = arena_print(request->arena, "/%s%.*s", site->name, SPAN_ARG(request->path)),
        .all = origin_select(origin, &filter, request->arena),
        .number = number > 1 && number < 100000 ? (size_t)number : 1,
        .out = &reply->body,
    };
    page.reviews = selection_page(&page.all, page.number - 1, PAGE_SIZE);
    reply->type = "text/html; charset=utf-8";
    put_page(&page);
}

void shop_answer(struct origin *origin, const struct http_request *request,
                 struct http_reply *reply) {
    answer_page(origin, request, reply, SITE_SHOP);
}

void bazaar_answer(struct origin *origin, const struct http_request *request,
                   struct http_reply *reply) {
    answer_page(origin, request, reply, SITE_BAZAAR);
}
