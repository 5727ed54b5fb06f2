/* Files of a folder, for pages that a test brings along. */
#include "base/file.h"
#include "base/limits.h"
#include "tests/origin/state.h"

static const char *type_of(struct span path) {
    static const struct {
        const char *ending;
        const char *type;
    } types[] = {{".xml", "application/xml"},
                 {".json", "application/json"},
                 {".rss", "application/rss+xml"},
                 {".txt", "text/plain; charset=utf-8"},
                 {".gz", "application/gzip"},
                 {".zip", "application/zip"},
                 {".csv", "text/csv"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (span_ends_with(path, span_of(types[i].ending))) {
            return types[i].type;
        }
    }
    return "text/html; charset=utf-8";
}

void files_answer(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    struct span text;
    struct error error;
    const char *folder = origin->options.files;
    bool leaves = span_find(request->path, SPAN("..")) != SPAN_NOT_FOUND;
    if (folder == NULL || leaves ||
        !file_read(arena_print(request->arena, "%s%.*s", folder, SPAN_ARG(request->path)).data,
                   LIMIT_DOCUMENT, request->arena, &text, &error)) {
        reply_not_found(reply);
        return;
    }
    reply->type = type_of(request->path);
    buffer_append(&reply->body, text);
}
