/* The name of a built-in recipe (any other: one by its length) on a line; then parts divided by a line
 * "---": a cursor as it was stored, a Link header, and the answers, one after the other ("404": no
 * answer but that status). The poll ends, follow-ups included, its cursor is understood again, by a
 * back-fill too, and what it hands out keeps an item's promises. */
#include "base/charset.h"
#include "parsers/parsers.h"

#define PAGES_MOST 6
#define PARAMS_MOST 16
#define REQUESTS_MOST 64 /* of many follow-ups; more of them would show nothing new */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span part_next(struct span *rest) {
    size_t at = span_find(*rest, SPAN("\n---\n"));
    struct span part = span_first(*rest, at);
    *rest = at == SPAN_NOT_FOUND ? (struct span){0} : span_from(*rest, at + 5);
    return part;
}

static void check_items(const struct items *items) {
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        if (!charset_is_utf8(item->text) || !charset_is_utf8(item->id) ||
            item->text.size > LIMIT_TEXT || item->rating > 5 || item->engagement.likes == -1) {
            fatal("an item breaks its promises");
        }
    }
}

/* Takes the next part as the answer; false: the poll is over. */
static bool answer_take(struct poll *poll, const struct web_request *request, struct span part,
                        struct span link, struct arena *arena) {
    struct items items = {.arena = arena};
    struct error error = {0};
    struct web_header header = {SPAN("Link"), link};
    struct web_response response = {
        .status = 200, .url = request->url, .headers = &header, .header_count = 1, .body = part};
    int64_t status = 0;
    bool refused = span_to_int64(part, &status) && status >= 400 && status < 600;
    bool on = refused ? poll_unanswered(poll, (unsigned)status, &items)
                      : poll_response(poll, &response, arena, &items, &error);
    check_items(&items);
    return on;
}

static struct span talk(const struct recipe *recipe, struct span cursor, bool back_fill,
                        struct span link, struct span answers, struct arena *arena) {
    struct web_header params[PARAMS_MOST];
    struct poll *poll = NULL;
    struct error error = {0};
    struct web_request request;
    struct poll_options options = {.url = SPAN("https://a.example/"),
                                   .query = SPAN("a b"),
                                   .key = SPAN("k"),
                                   .params = params,
                                   .now_ms = INT64_C(1795252211000),
                                   .since_ms = 0,
                                   .back_fill = back_fill,
                                   .pages_max = PAGES_MOST};
    const struct recipe_info *info = recipe_info(recipe);
    for (size_t i = 0; i < info->param_count && i < PARAMS_MOST; i++) {
        if (info->params[i].default_value.data == NULL) {
            params[options.param_count++] = (struct web_header){info->params[i].name, SPAN("1")};
        }
    }
    bool begun = poll_begin(recipe, &options, cursor, arena, &poll, &error);
    options.saved = !begun; /* a login that signs wants a real key: then its answers alone */
    if (!begun && !poll_begin(recipe, &options, cursor, arena, &poll, &error)) {
        fatal("a cursor is never an error");
    }
    bool on = true;
    for (size_t count = 0; on && count < REQUESTS_MOST && poll_request(poll, &request); count++) {
        on = answer_take(poll, &request, part_next(&answers), link, arena);
        if (poll_report(poll)->pages > PAGES_MOST) {
            fatal("more pages than allowed");
        }
    }
    return poll_cursor(poll);
}

/* Recipes are read once. */
static const struct recipe *recipe_named(struct span name) {
    static struct arena *arena;
    static const struct recipe **recipes;
    static const struct span *names;
    static size_t count;
    struct error error = {0};
    if (arena == NULL) {
        arena = arena_create();
        names = recipe_builtin_names(arena, &count);
        recipes = ARENA_ARRAY(arena, const struct recipe *, count);
    }
    size_t at = name.size % count;
    for (size_t i = 0; i < count; i++) {
        at = span_equal(names[i], name) ? i : at;
    }
    if (recipes[at] == NULL && !recipe_builtin(names[at], arena, &recipes[at], &error)) {
        fatal("a built-in recipe cannot be read");
    }
    return recipes[at];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span rest = {(const char *)data, size};
    struct span name = span_first(rest, span_find_byte(rest, '\n'));
    rest = span_from(rest, name.size < rest.size ? name.size + 1 : rest.size);
    const struct recipe *recipe = recipe_named(name);
    if (recipe_info(recipe)->reads) {
        struct span cursor = part_next(&rest);
        struct span link = part_next(&rest);
        struct span after = talk(recipe, cursor, false, link, rest, arena);
        after = talk(recipe, after, true, link, rest, arena);
        talk(recipe, after, false, link, rest, arena);
    }
    arena_free(arena);
    return 0;
}
