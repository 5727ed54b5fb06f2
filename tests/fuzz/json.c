/* Any bytes as JSON: mending gives what can be parsed, if anything; a path finds its way. */
#include "parsers/json_feed.h"
#include "parsers/json_line.h"
#include "parsers/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read without a tree is what the tree says. */
static void check_line(struct span text, struct arena *arena) {
    static const char *const names[] = {"a", "text", "n"};
    struct span values[3];
    json_t *root = NULL;
    if (!json_line_members(text, names, 3, arena, values)) {
        return;
    }
    if (!json_parse(text, &root, NULL) || !json_is_object(root)) {
        fatal("a plain line that is none");
    }
    for (size_t i = 0; i < 3; i++) {
        if (!span_equal(values[i], json_scalar(json_object_get(root, names[i]), arena))) {
            fatal("a plain line was read otherwise");
        }
    }
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span text = {(const char *)data, size};
    struct items items = {.arena = arena};
    struct error error = {0};
    json_t *root = NULL;
    json_t *mended = NULL;
    check_line(text, arena);
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
