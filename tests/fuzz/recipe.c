/* Any bytes as a recipe, and behind a line "---" what its site answers (one that begins with "4" is
 * refused with 401): the talk ends, logins included, and its cursor is taken up again. */
#include "parsers/parsers.h"

#define REQUESTS_MOST 64 /* of many follow-ups; more of them would show nothing new */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void talk(const struct recipe *recipe, struct span answer, struct span cursor, int depth) {
    struct arena *arena = arena_create();
    struct poll *poll = NULL;
    struct error error = {0};
    struct web_request request;
    struct items items = {.arena = arena};
    struct poll_options options = {.url = SPAN("https://a.example/"),
                                   .query = SPAN("a b"),
                                   .key = SPAN("k"),
                                   .login = answer,
                                   .now_ms = INT64_C(1795252211000),
                                   .since_ms = 0,
                                   .pages_max = 3};
    if (poll_begin(recipe, &options, cursor, arena, &poll, &error)) {
        size_t logins = 0;
        size_t requests = 0;
        bool on = true;
        while (on && requests++ < REQUESTS_MOST && poll_request(poll, &request)) {
            struct web_response response = {.status = 200, .url = request.url, .body = answer};
            bool refused = span_starts_with(answer, SPAN("4"));
            logins += request.secret;
            if (poll_report(poll)->pages > options.pages_max || 2 * logins > requests + 2) {
                fatal("more pages or logins than allowed");
            }
            response.status = refused ? 401 : 200;
            on = refused ? poll_refused(poll, &response, &error)
                         : poll_response(poll, &response, arena, &items, &error);
            poll_login(poll);
            poll_clock(poll, options.now_ms += HOUR_MS);
        }
        if (depth > 0) {
            talk(recipe, answer, poll_cursor(poll), depth - 1);
        }
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span text = {(const char *)data, size};
    size_t at = span_find(text, SPAN("\n---\n"));
    struct span answer = at == SPAN_NOT_FOUND ? SPAN("{}") : span_from(text, at + 5);
    const struct recipe *recipe = NULL;
    struct error error = {0};
    if (recipe_parse(span_first(text, at), SPAN("f.yaml"), arena, &recipe, &error)) {
        talk(recipe, answer, SPAN(""), 1);
        talk(recipe, answer, answer, 0);
    }
    arena_free(arena);
    return 0;
}
