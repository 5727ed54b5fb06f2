/* fixtures FIXTURES_DIR: real payloads, by the recipe of their source or as standard documents.
 * Prints "fixtures files N items N failed N". With V=1 a line per file on standard error: items, and
 * how many of them have an id, a text or title, a date, an author, a rating.
 *
 * A file fails when it cannot be read or yields no item; among the files are a few that were made
 * to fail, and pages past the end. Payloads of sources without a recipe yet are passed over. */
#include "base/buffer.h"
#include "parsers/document.h"
#include "tests/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const struct origin {
    const char *folder;
    const char *prefix;    /* of the file name */
    const char *extension; /* "" = any */
    const char *recipe;    /* NULL = a standard document */
} origins[] = {
    {"feeds", "", "", NULL},
    {"schema_org_pages", "", ".html", NULL},
    {"legacy_html", "", ".html", NULL},
    {"amazon", "", ".html", NULL},
    {"youtube", "", ".xml", NULL},
    {"youtube", "", ".atom", NULL},
    {"reddit", "", ".xml", NULL},
    {"reddit", "", ".rss", NULL},
    {"reddit", "", ".atom", NULL},
    {"mastodon", "", ".rss", NULL},
    {"mastodon", "timeline_", ".json", "mastodon-tag"},
    {"appstore", "", ".json", "appstore"},
};

struct tally {
    size_t files;
    size_t items;
    size_t failed;
};

static const struct origin *origin_find(const char *folder, const char *name) {
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        const struct origin *origin = &origins[i];
        if (strcmp(origin->folder, folder) == 0 &&
            span_starts_with(span_of(name), span_of(origin->prefix)) &&
            span_ends_with(span_of(name), span_of(origin->extension))) {
            return origin;
        }
    }
    return NULL;
}

static bool recipe_read(const char *name, struct span body, struct items *items,
                        struct error *error) {
    static const struct web_header params[] = {{{"app", 3}, {"1", 1}}};
    static const struct web_header tag[] = {{{"tag", 3}, {"t", 1}}};
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct web_request request;
    bool is_tag = strcmp(name, "mastodon-tag") == 0;
    struct poll_options options = {.params = is_tag ? tag : params,
                                   .param_count = 1,
                                   .now_ms = INT64_C(1795252211000),
                                   .since_ms = 0};
    if (!recipe_builtin(span_of(name), items->arena, &recipe, error) ||
        !poll_begin(recipe, &options, SPAN(""), items->arena, &poll, error) ||
        !poll_request(poll, &request)) {
        return false;
    }
    struct web_response response = {.status = 200, .url = request.url, .body = body};
    return poll_response(poll, &response, items->arena, items, error);
}

static void report(const char *path, const struct items *items, const struct error *error) {
    size_t ids = 0;
    size_t texts = 0;
    size_t dates = 0;
    size_t authors = 0;
    size_t ratings = 0;
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        ids += item->id.size > 0;
        texts += item->text.size > 0 || item->title.size > 0;
        dates += item->published_ms != DATE_NONE;
        authors += item->author.size > 0;
        ratings += item->rating >= 0;
    }
    fprintf(stderr, "fixtures: %s: %zu items, id %zu text %zu date %zu author %zu rating %zu%s%s\n",
            path, items->count, ids, texts, dates, authors, ratings,
            error->kind == ERROR_NONE ? "" : ": ", error->message);
}

static void file_check(const char *path, const struct origin *origin, struct tally *tally) {
    struct arena *arena = arena_create();
    struct items items = {.arena = arena};
    struct error error = {0};
    struct span body = test_file(path, arena);
    bool page = span_ends_with(span_of(path), SPAN(".html"));
    bool read = origin->recipe != NULL
                    ? recipe_read(origin->recipe, body, &items, &error)
                    : document_parse(body, page ? SPAN("text/html") : SPAN(""),
                                     SPAN("https://source.example/"), arena, &items, NULL, &error);
    tally->files++;
    tally->items += items.count;
    tally->failed += !read || items.count == 0;
    if (getenv("V") != NULL) {
        report(path, &items, &error);
    }
    arena_free(arena);
}

static void folder_check(const char *fixtures, const char *folder, struct tally *tally) {
    char path[4096];
    struct dirent **entries = NULL;
    snprintf(path, sizeof path, "%s/%s", fixtures, folder);
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const struct origin *origin = origin_find(folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.' && origin != NULL) {
            snprintf(path, sizeof path, "%s/%s/%s", fixtures, folder, entries[i]->d_name);
            file_check(path, origin, tally);
        }
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv) {
    const char *fixtures = argc > 1 ? argv[1] : ".";
    struct tally tally = {0};
    for (size_t i = 0; i < sizeof origins / sizeof origins[0]; i++) {
        if (i == 0 || strcmp(origins[i].folder, origins[i - 1].folder) != 0) {
            folder_check(fixtures, origins[i].folder, &tally);
        }
    }
    if (tally.files == 0) {
        fprintf(stderr, "fixtures: skipped: no payloads under %s\n", fixtures);
        return 0;
    }
    printf("fixtures files %zu items %zu failed %zu\n", tally.files, tally.items, tally.failed);
    return 0;
}
