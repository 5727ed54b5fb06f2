#include "base/url.h"
#include "parsers/document.h"
#include "parsers/dom.h"
#include "parsers/lines.h"
#include "parsers/page.h"
#include "parsers/poll_state.h"
#include "parsers/sitemap.h"
#include "parsers/unpack.h"

/* --- By format -------------------------------------------------------------------------------- */

static bool failures_check(struct page *page, struct error *error) {
    const struct listing *listing = page->listing;
    for (size_t i = 0; i < listing->failure_count; i++) {
        const struct failure *failure = &listing->failures[i];
        if (!condition_holds(&page->answer, &failure->when, page->answer.root)) {
            continue;
        }
        struct span said = value_text(
            &page->answer, place_get(&page->answer, &failure->message, page->answer.root));
        return error_set(error, ERROR_NETWORK, "the site says: %.*s",
                         SPAN_ARG(said.size > 0 ? span_first_utf8(said, 200) : failure->when.text));
    }
    return true;
}

static struct item *item_found(struct page *page, struct value element) {
    page->elements = arena_grow(page->answer.arena, page->elements, page->found.count,
                                &page->capacity, sizeof *page->elements);
    page->elements[page->found.count] = element;
    return items_add(&page->found);
}

/* Items of a recipe that maps fields. */
static void mapped_items(struct page *page) {
    const struct listing *listing = page->listing;
    for (size_t p = 0; p < listing->items_count; p++) {
        size_t count = 0;
        struct value *list =
            place_list(&page->answer, &listing->items[p], page->answer.root, &count);
        for (size_t i = 0; i < count && page->listed < LIMIT_ITEMS; i++) {
            page->listed++;
            if (!conditions_any(&page->answer, &listing->skip, list[i])) {
                struct item_place where = {&listing->items[p], i, page->listed};
                struct item *item = item_found(page, list[i]);
                follow_subject(page, list[i]);
                page->filled |= fields_fill(&page->answer, listing, list[i], &where, item);
            }
        }
    }
}

/* The answer to `first:` stands in each answer, as its member "first". */
static bool first_add(struct page *page, struct error *error) {
    json_t *first = NULL;
    if (page->poll->first_body.size == 0 || !json_is_object(page->answer.root.json)) {
        return true;
    }
    return json_parse(page->poll->first_body, &first, error) &&
           (json_object_set_new(page->answer.root.json, "first", first) == 0 ||
            error_set(error, ERROR_INPUT, "the answer cannot take the first one's values"));
}

/* What is delivered may be lines of JSON. */
static bool json_read(struct page *page, struct span utf8, struct error *error) {
    json_t **root = &page->answer.root.json;
    return json_parse(utf8, root, error) ||
           (page->poll->recipe->info.hooks != 0 && json_parse_lines(utf8, root, error));
}

/* The piece of a text that a parser stopped at: some bytes on both sides of it, or its end. */
static struct span piece_at(struct span text, unsigned line, unsigned column) {
    struct span rest = text;
    struct span row = {0};
    for (unsigned i = 0; i < line && span_split(&rest, '\n', &row); i++) {
    }
    size_t begin = column > 40 ? column - 40 : 0;
    struct span piece = span_first_utf8(span_from(row, begin < row.size ? begin : 0), 60);
    text = span_trim(text);
    return piece.size > 0 ? piece : span_from(text, text.size > 60 ? text.size - 60 : 0);
}

/* What a page calls itself, or says first. */
static struct span page_words(struct span html, struct arena *arena) {
    size_t begin = span_find_nocase(html, SPAN("<title>"));
    struct span title = begin == SPAN_NOT_FOUND ? html : span_from(html, begin + 7);
    size_t end = span_find_nocase(title, SPAN("</title>"));
    return html_to_text(begin == SPAN_NOT_FOUND ? html : span_first(title, end), arena);
}

/* Says what stood there instead: a page in place of data is a wall, a login, an apology. */
static bool not_json(const struct page *page, struct span text, struct error *error) {
    unsigned line = error == NULL ? 0 : error->line;
    unsigned column = error == NULL ? 0 : error->column;
    if (span_starts_with(span_trim(text), SPAN("<"))) {
        struct span words = page_words(text, page->answer.arena);
        return error_set(error, ERROR_INPUT, "a page instead of JSON: \"%.*s\"",
                         SPAN_ARG(span_first_utf8(words, 100)));
    }
    if (page->poll->recipe->info.hooks != 0) {
        return false; /* lines of JSON: which one, is said already */
    }
    struct span piece = piece_at(text, line, column);
    return error_add_context(error, "%u:%u: \"%.*s\"", line, column, SPAN_ARG(piece));
}

static bool read_json(struct page *page, struct error *error) {
    struct span utf8 = charset_to_utf8(page->body, SPAN("charset=utf-8"), page->answer.arena);
    if (!json_read(page, utf8, error)) {
        return not_json(page, utf8, error);
    }
    if (!failures_check(page, error)) {
        return false;
    }
    if (page->poll->turn == TURN_FIRST) {
        page->poll->first_body = arena_copy(page->poll->arena, utf8);
        return true;
    }
    if (!first_add(page, error)) {
        return false;
    }
    mapped_items(page);
    return true;
}

static bool read_sitemap(struct page *page, struct error *error) {
    struct span utf8 = charset_to_utf8(page->body, SPAN("charset=utf-8"), page->answer.arena);
    if (!sitemap_parse(utf8, page->answer.url, page->answer.arena, &page->answer.root.json,
                       error)) {
        return false;
    }
    mapped_items(page);
    return true;
}

static bool read_lines(struct page *page, struct error *error) {
    struct span utf8 = charset_to_utf8(page->body, SPAN("charset=utf-8"), page->answer.arena);
    if (!lines_parse(utf8, &page->answer.root.json, error)) {
        return false;
    }
    mapped_items(page);
    return true;
}

static bool read_html(struct page *page, struct error *error) {
    xmlDoc *document = NULL;
    struct span type =
        web_header_find(page->response->headers, page->response->header_count, "Content-Type");
    struct span utf8 = charset_to_utf8(page->body, type, page->answer.arena);
    if (!dom_parse(utf8, &document, error)) {
        return false;
    }
    page->answer.root.node = xmlDocGetRootElement(document);
    page->answer.url = dom_base(document, page->answer.url, page->answer.arena);
    if (!failures_check(page, error)) {
        return false;
    }
    mapped_items(page);
    return true;
}

/* What the items of a standard format are to this recipe, and which fields they have. */
static void standard_items(struct page *page) {
    page->listed = page->found.count;
    for (size_t i = 0; i < page->found.count; i++) {
        struct item *item = &page->found.list[i];
        item_unwrap(item, page->listing->unwrap, page->answer.arena);
        const struct {
            const char *field;
            bool there;
        } has[] = {
            {"id", item->id.size > 0},         {"url", item->url.size > 0},
            {"title", item->title.size > 0},   {"text", item->text.size > 0},
            {"author", item->author.size > 0}, {"published", item->published_ms != DATE_NONE},
            {"rating", item->rating >= 0}};
        for (size_t f = 0; f < sizeof has / sizeof has[0]; f++) {
            size_t field = 0;
            if (has[f].there && field_find(span_of(has[f].field), &field)) {
                page->filled |= UINT32_C(1) << field;
            }
        }
    }
}

static struct span type_of(const struct page *page) {
    return web_header_find(page->response->headers, page->response->header_count, "Content-Type");
}

static bool read_document(struct page *page, struct error *error) {
    struct feed_info info = {0};
    if (!document_parse(page->body, type_of(page), page->answer.url, page->answer.arena,
                        &page->found, &info, error)) {
        return false;
    }
    /* A page in place of a feed is a wall: a challenge, a login, an apology. */
    if (page->listing->format == FORMAT_FEED && span_equal(info.format, SPAN("page"))) {
        struct span title = page->found.count == 0 ? (struct span){0} : page->found.list[0].title;
        return error_set(error, ERROR_INPUT, "a page instead of a feed: \"%.*s\"",
                         SPAN_ARG(span_first_utf8(title, 100)));
    }
    page->next_url = info.next_url;
    page->poll->report.hint_ms = info.ttl_ms;
    standard_items(page);
    return true;
}

static bool read_reviews(struct page *page, struct error *error) {
    struct feed_info info = {0};
    struct span utf8 = charset_to_utf8(page->body, type_of(page), page->answer.arena);
    if (!page_reviews(utf8, page->answer.url, &page->found, &info, error)) {
        return false;
    }
    page->next_url = info.next_url;
    standard_items(page);
    return true;
}

/* Its items are found as they are handed out: only what is behind the cursor is taken apart. */
static bool read_mailbox(struct page *page, struct error *error) {
    (void)page;
    (void)error;
    return true;
}

void page_close(struct page *page) {
    json_decref(page->answer.root.json);
    if (page->answer.root.node != NULL) {
        xmlFreeDoc(page->answer.root.node->doc);
    }
}

/* --- What must be there ----------------------------------------------------------------------- */

/* What stands where an item should, for people. */
static struct span excerpt(const struct page *page) {
    struct value first = page->elements == NULL ? (struct value){0} : page->elements[0];
    return first.json != NULL ? json_excerpt(first.json, page->answer.arena)
                              : span_first_utf8(value_text(&page->answer, first), 80);
}

/* An empty page has no items that could lack anything. */
static void expectations_check(struct page *page) {
    const struct listing *listing = page->listing;
    struct poll *poll = page->poll;
    for (size_t i = 0; i < listing->expect_count && page->found.count > 0; i++) {
        const struct expectation *expectation = &listing->expects[i];
        bool met = false;
        for (size_t f = 0; f < expectation->count; f++) {
            met = met || (page->filled >> expectation->fields[f] & 1) != 0;
        }
        if (!met && page->missing.size == 0) {
            struct span shown = excerpt(page);
            page->missing = arena_print(
                poll->arena, "%.*s:%u: no item has a %.*s: the site has changed%s%.*s",
                SPAN_ARG(poll->recipe->file), expectation->line, SPAN_ARG(expectation->text),
                shown.size > 0 ? "; the first is " : "", SPAN_ARG(shown));
        }
    }
    if (poll->report.missing.size == 0) {
        poll->report.missing = page->missing;
    }
}

static void blemishes_count(struct page *page) {
    struct poll_report *report = &page->poll->report;
    report->blemishes += page->answer.blemishes;
    if (report->first_blemish.size == 0) {
        report->first_blemish = arena_copy(page->poll->arena, page->answer.first_blemish);
    }
}

/* --- The whole -------------------------------------------------------------------------------- */

bool page_read(struct page *page, struct error *error) {
    static bool (*const readers[])(struct page * page, struct error * error) = {
        [FORMAT_JSON] = read_json,         [FORMAT_HTML] = read_html,
        [FORMAT_FEED] = read_document,     [FORMAT_REVIEWS] = read_reviews,
        [FORMAT_DOCUMENT] = read_document, [FORMAT_MAILBOX] = read_mailbox,
        [FORMAT_SITEMAP] = read_sitemap,   [FORMAT_LINES] = read_lines,
    };
    if (!unpack(page->response->body, page->answer.arena, &page->body, error) ||
        !readers[page->listing->format](page, error)) {
        return false;
    }
    items_finish(&page->found, 0);
    expectations_check(page);
    blemishes_count(page);
    return true;
}

static int64_t oldest_of(const struct items *items) {
    int64_t oldest = DATE_NONE;
    for (size_t i = 0; i < items->count; i++) {
        int64_t published = items->list[i].published_ms;
        if (published != DATE_NONE && (oldest == DATE_NONE || published < oldest)) {
            oldest = published;
        }
    }
    return oldest;
}

struct page_facts page_facts(struct page *page) {
    struct page_facts facts = {
        .answer = &page->answer,
        .response = page->response,
        .next_url = page->next_url,
        .oldest_ms = oldest_of(&page->found),
        .items = page->listed,
    };
    if (page->found.count > 0) {
        facts.last_id = page->found.list[page->found.count - 1].id;
    }
    return facts;
}
