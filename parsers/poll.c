#include "base/buffer.h"
#include "base/print.h"
#include "base/url.h"
#include "parsers/document.h"
#include "parsers/dom.h"
#include "parsers/page.h"
#include "parsers/poll_state.h"

/* A listing is walked from its newest item back to what is known. What is known: everything up to a
 * moment, reached when a walk is over; for items without dates, the ids that stood on top then. A
 * walk that is cut short goes on, the next time, where it stopped. */

/* --- Beginning -------------------------------------------------------------------------------- */

static bool params_fill(struct poll *poll, const struct poll_options *options,
                        struct error *error) {
    const struct recipe_info *info = &poll->recipe->info;
    poll->params = ARENA_ARRAY(poll->arena, struct web_header, info->param_count);
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        struct span value = web_header_find(options->params, options->param_count,
                                            arena_copy_string(poll->arena, param->name));
        if (value.size == 0 && param->default_value.data == NULL) {
            return error_set(error, ERROR_USAGE, "recipe %.*s needs the parameter \"%.*s\": %.*s",
                             SPAN_ARG(info->name), SPAN_ARG(param->name), SPAN_ARG(param->help));
        }
        poll->params[i].name = param->name;
        poll->params[i].value =
            arena_copy(poll->arena, value.size > 0 ? value : param->default_value);
    }
    for (size_t i = 0; i < options->param_count; i++) {
        size_t known = 0;
        while (known < info->param_count &&
               !span_equal(options->params[i].name, info->params[known].name)) {
            known++;
        }
        if (known == info->param_count) {
            return error_set(error, ERROR_USAGE, "recipe %.*s has no parameter \"%.*s\"",
                             SPAN_ARG(info->name), SPAN_ARG(options->params[i].name));
        }
    }
    return true;
}

static bool needs_check(const struct poll *poll, struct error *error) {
    const struct recipe_info *info = &poll->recipe->info;
    const struct {
        bool needed;
        struct span given;
        const char *what;
    } needs[] = {{info->needs_url, poll->options.url, "\"url\""},
                 {info->needs_query, poll->options.query, "a query"},
                 {info->needs_key, poll->options.key, "\"key\""}};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (needs[i].needed && needs[i].given.size == 0) {
            return error_set(error, ERROR_USAGE, "recipe %.*s needs %s", SPAN_ARG(info->name),
                             needs[i].what);
        }
    }
    return true;
}

bool poll_begin(const struct recipe *recipe, const struct poll_options *options, struct span cursor,
                struct arena *arena, struct poll **poll, struct error *error) {
    struct poll *made = ARENA_NEW(arena, struct poll);
    made->recipe = recipe;
    made->options = *options;
    made->arena = arena;
    made->options.url = arena_copy(arena, span_trim(options->url));
    made->options.query = arena_copy(arena, options->query);
    made->options.key = arena_copy(arena, options->key);
    made->options.language = arena_copy(arena, options->language);
    made->options.pages_max = options->pages_max == 0 ? LIMIT_PAGES : options->pages_max;
    made->known_ms = DATE_NONE;
    made->newest_ms = DATE_NONE;
    if (!recipe->info.reads) {
        return error_set(error, ERROR_USAGE, "%.*s: nothing is read of it. %.*s",
                         SPAN_ARG(recipe->info.name), SPAN_ARG(recipe->info.refused));
    }
    if (!params_fill(made, options, error) || !needs_check(made, error)) {
        return false;
    }
    made->position = position_first(&recipe->paging, arena);
    poll_load_cursor(made, cursor);
    *poll = made;
    return true;
}

/* --- Asking ----------------------------------------------------------------------------------- */

bool poll_request(struct poll *poll, struct web_request *request) {
    if (poll->over) {
        return false;
    }
    if (poll->report.pages >= poll->options.pages_max) {
        poll->over = true;
        poll->report.more_soon = true;
        return false;
    }
    const struct request_part *part = &poll->recipe->request;
    struct web_header *headers = ARENA_ARRAY(poll->arena, struct web_header, part->header_count);
    size_t count = 0;
    for (size_t i = 0; i < part->header_count; i++) {
        struct span value =
            template_fill(&part->header_values[i], poll_variable, poll, poll->arena);
        if (value.size > 0) {
            headers[count++] = (struct web_header){part->header_names[i], value};
        }
    }
    *request = (struct web_request){
        .method = part->method,
        .url = poll->position.url.size > 0
                   ? poll->position.url
                   : template_fill(&part->url, poll_variable, poll, poll->arena),
        .headers = headers,
        .header_count = count,
        .body = template_fill(&part->body, poll_variable, poll, poll->arena),
        .api = poll->recipe->info.api,
    };
    return true;
}

/* --- Reading an answer ------------------------------------------------------------------------ */

/* One page while it is read. */
struct page {
    struct poll *poll;
    const struct web_response *response;
    struct answer answer;
    struct items found; /* all items of the page */
    size_t listed;      /* and those that the recipe leaves out */
    uint32_t filled;    /* which fields any item had */
    struct span next_url;
};

static bool failures_check(struct page *page, struct error *error) {
    const struct recipe *recipe = page->poll->recipe;
    for (size_t i = 0; i < recipe->failure_count; i++) {
        const struct failure *failure = &recipe->failures[i];
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

/* Items of a recipe that maps fields. */
static void mapped_items(struct page *page) {
    const struct recipe *recipe = page->poll->recipe;
    for (size_t p = 0; p < recipe->items_count; p++) {
        size_t count = 0;
        struct value *list =
            place_list(&page->answer, &recipe->items[p], page->answer.root, &count);
        for (size_t i = 0; i < count && page->listed < LIMIT_ITEMS; i++) {
            page->listed++;
            if (!conditions_any(&page->answer, &recipe->skip, list[i])) {
                struct item *item = items_add(&page->found);
                page->filled |= fields_fill(&page->answer, recipe, list[i], page->listed, item);
            }
        }
    }
}

static bool read_json(struct page *page, struct error *error) {
    struct span utf8 =
        charset_to_utf8(page->response->body, SPAN("charset=utf-8"), page->answer.arena);
    if (!json_parse(utf8, &page->answer.root.json, error)) {
        return false;
    }
    if (!failures_check(page, error)) {
        return false;
    }
    mapped_items(page);
    return true;
}

static bool read_html(struct page *page, struct error *error) {
    xmlDoc *document = NULL;
    struct span type =
        web_header_find(page->response->headers, page->response->header_count, "Content-Type");
    struct span utf8 = charset_to_utf8(page->response->body, type, page->answer.arena);
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
        item_unwrap(item, page->poll->recipe->unwrap, page->answer.arena);
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
    if (!document_parse(page->response->body, type_of(page), page->answer.url, page->answer.arena,
                        &page->found, &info, error)) {
        return false;
    }
    /* A page in place of a feed is a wall: a challenge, a login, an apology. */
    if (page->poll->recipe->format == FORMAT_FEED && span_equal(info.format, SPAN("page"))) {
        struct span title = page->found.count == 0 ? (struct span){0} : page->found.list[0].title;
        return error_set(error, ERROR_INPUT, "a page instead of a feed: \"%.*s\"",
                         SPAN_ARG(span_first_utf8(title, 100)));
    }
    page->next_url = info.next_url;
    standard_items(page);
    return true;
}

static bool read_reviews(struct page *page, struct error *error) {
    struct feed_info info = {0};
    struct span utf8 = charset_to_utf8(page->response->body, type_of(page), page->answer.arena);
    if (!page_reviews(utf8, page->answer.url, &page->found, &info, error)) {
        return false;
    }
    page->next_url = info.next_url;
    standard_items(page);
    return true;
}

static void page_close(struct page *page) {
    json_decref(page->answer.root.json);
    if (page->answer.root.node != NULL) {
        xmlFreeDoc(page->answer.root.node->doc);
    }
}

/* --- What the page means for the walk --------------------------------------------------------- */

static bool tops_have(const struct tops *tops, struct span id) {
    for (size_t i = 0; i < tops->count; i++) {
        if (span_equal(tops->list[i], id)) {
            return true;
        }
    }
    return false;
}

static void item_note(struct poll *poll, const struct item *item) {
    int64_t published = item->published_ms;
    if (published != DATE_NONE) {
        /* A date in the future must not hide what comes before it. */
        published = published > poll->options.now_ms ? poll->options.now_ms : published;
        poll->newest_ms = published > poll->newest_ms ? published : poll->newest_ms;
    }
    if (!poll->begun && poll->tops.count < TOPS_MOST && item->id.size > 0) {
        poll->tops.list[poll->tops.count++] = arena_copy(poll->arena, item->id);
    }
}

/* Whether an item is one to hand out. */
static bool item_is_wanted(const struct poll *poll, const struct item *item) {
    int64_t dated = item->updated_ms > item->published_ms ? item->updated_ms : item->published_ms;
    int64_t floor = poll->recipe->redeliver ? poll->options.since_ms : poll_floor_ms(poll);
    return dated == DATE_NONE || floor == DATE_NONE || dated >= floor;
}

/* Hands out the page's items; true when it has reached what is known. */
static bool items_judge(struct page *page, struct items *items) {
    struct poll *poll = page->poll;
    size_t dated = 0;
    size_t old = 0;
    size_t known_in_row = 0;
    bool reached = false;
    int64_t floor = poll_floor_ms(poll);
    for (size_t i = 0; i < page->found.count; i++) {
        const struct item *item = &page->found.list[i];
        item_note(poll, item);
        dated += item->published_ms != DATE_NONE;
        old += item->published_ms != DATE_NONE && floor != DATE_NONE && item->published_ms < floor;
        known_in_row = tops_have(&poll->known_tops, item->id) ? known_in_row + 1 : 0;
        reached = reached ||
                  (item->published_ms == DATE_NONE &&
                   known_in_row >= (poll->known_tops.count < TOPS_NEEDED ? poll->known_tops.count
                                                                         : TOPS_NEEDED) &&
                   known_in_row > 0);
        if (item_is_wanted(poll, item)) {
            *items_add(items) = *item;
            poll->report.items++;
        } else {
            poll->report.old_items++;
        }
    }
    return reached || (dated > 0 && old == dated && dated == page->found.count);
}

static void expectations_check(struct page *page) {
    const struct recipe *recipe = page->poll->recipe;
    for (size_t i = 0; i < recipe->expect_count && page->found.count > 0; i++) {
        bool met = false;
        for (size_t f = 0; f < recipe->expects[i].count; f++) {
            met = met || (page->filled >> recipe->expects[i].fields[f] & 1) != 0;
        }
        if (!met && page->poll->report.missing.size == 0) {
            page->poll->report.missing = recipe->expects[i].text;
        }
    }
}

static void walk_finish(struct poll *poll) {
    poll->over = true;
    /* What came to the top since the walk began is still to be asked for. */
    poll->report.complete = !poll->resumed;
    poll->report.more_soon = poll->resumed;
    poll->begun = false;
    if (poll->newest_ms != DATE_NONE && poll->newest_ms > poll->known_ms) {
        poll->known_ms = poll->newest_ms;
    }
    if (poll->tops.count > 0) {
        poll->known_tops = poll->tops;
    }
    poll->tops.count = 0;
    poll->newest_ms = DATE_NONE;
    poll->position = position_first(&poll->recipe->paging, poll->arena);
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

static void walk_on(struct page *page, bool reached) {
    struct poll *poll = page->poll;
    const struct recipe *recipe = poll->recipe;
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
    struct span backoff =
        value_text(&page->answer, place_get(&page->answer, &recipe->backoff, page->answer.root));
    int64_t backoff_s = 0;
    if (span_to_int64(backoff, &backoff_s) && backoff_s > 0 && backoff_s <= 7 * 24 * 3600) {
        poll->report.backoff_ms = backoff_s * SECOND_MS;
    }
    bool stops = conditions_any(&page->answer, &recipe->stop, page->answer.root);
    if (reached || !position_advance(&recipe->paging, &facts, poll->arena, &poll->position)) {
        walk_finish(poll);
    } else {
        poll->begun = true;
        /* Who asks for a pause, or has no more to give today, is left alone; the walk goes on
         * here the next time. */
        if (stops || poll->report.backoff_ms > 0) {
            poll->over = true;
            poll->report.more_soon = true;
        }
    }
}

static bool status_check(const struct web_response *response, struct error *error) {
    if (response->status >= 200 && response->status < 300) {
        return true;
    }
    error_set(error, ERROR_NETWORK, "HTTP status %u", response->status);
    if (error != NULL) {
        error->code = (int)response->status;
    }
    return false;
}

static void blemishes_count(struct page *page) {
    struct poll_report *report = &page->poll->report;
    report->blemishes += page->answer.blemishes;
    if (report->first_blemish.size == 0) {
        report->first_blemish = arena_copy(page->poll->arena, page->answer.first_blemish);
    }
}

bool poll_response(struct poll *poll, const struct web_response *response, struct arena *arena,
                   struct items *items, struct error *error) {
    static bool (*const readers[])(struct page * page, struct error * error) = {
        [FORMAT_JSON] = read_json,         [FORMAT_HTML] = read_html,
        [FORMAT_FEED] = read_document,     [FORMAT_REVIEWS] = read_reviews,
        [FORMAT_DOCUMENT] = read_document,
    };
    struct page page = {.poll = poll, .response = response, .found = {.arena = arena}};
    page.answer = (struct answer){.arena = arena,
                                  .url = response->url,
                                  .now_ms = poll->options.now_ms,
                                  .language = poll->options.language,
                                  .lookup = poll_variable,
                                  .lookup_context = poll};
    poll->over = true;
    if (!status_check(response, error)) {
        return false;
    }
    if (!readers[poll->recipe->format](&page, error)) {
        page_close(&page);
        return error_add_context(error, "%.*s", SPAN_ARG(poll->recipe->info.name));
    }
    poll->over = false;
    poll->report.pages++;
    items_finish(&page.found, 0);
    expectations_check(&page);
    blemishes_count(&page);
    bool reached = items_judge(&page, items);
    walk_on(&page, reached);
    page_close(&page);
    return true;
}

const struct poll_report *poll_report(const struct poll *poll) {
    return &poll->report;
}
