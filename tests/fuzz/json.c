/* Any bytes as JSON: mending gives what can be parsed, if anything; a path finds its way. */
#include "parsers/json_feed.h"
#include "parsers/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span text = {(const char *)data, size};
    struct items items = {.arena = arena};
    struct error error = {0};
    json_t *root = NULL;
    json_t *mended = NULL;
    bool whole = json_parse(text, &root, &error);
    if (whole && !json_parse_damaged(text, arena, &mended, &error)) {
        fatal("what needs no mending was refused");
    }
    json_decref(mended);
    mended = NULL;
    if (whole || json_parse_damaged(text, arena, &root, &error)) {
        const struct path *path = NULL;
        size_t count = 0;
        json_feed_items(root, SPAN("https://a.example/"), &items, NULL);
        if (path_parse(SPAN("items[*].id | a[x=1].b[-1] | ."), arena, &path, &error)) {
            path_list(path, root, arena, &count);
        }
        json_excerpt(root, arena);
        json_decref(root);
    }
    arena_free(arena);
    return 0;
}
