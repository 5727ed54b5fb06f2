/* structured SUITES_DIR: JSON-LD and microdata of the pages under SUITES_DIR/structured. Prints
 * "structured passed N total N"; with V=1 the failing cases, and the files that hold expectations
 * about something else (Open Graph, microformats, RDF graphs), on standard error.
 *
 * Deep equality, with these freedoms, because the expectations come from a tool with options: one
 * value and a list of one are the same; white space inside texts is folded; an address may have
 * been made absolute by a base that the case does not tell. */
#include "parsers/structured.h"
#include "base/buffer.h"
#include "parsers/document.h"
#include "tests/file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct span folded(struct span text, struct arena *arena) {
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = 0;
    text = span_trim(text);
    for (size_t i = 0; i < text.size; i++) {
        bool space = byte_is_space(text.data[i]);
        if (!space || (size > 0 && out[size - 1] != ' ')) {
            out[size++] = space ? ' ' : text.data[i];
        }
    }
    return (struct span){out, size};
}

static bool text_equal(const json_t *expected, const json_t *actual, struct arena *arena) {
    struct span want = folded(json_span(expected), arena);
    struct span got = folded(json_span(actual), arena);
    bool based = span_starts_with(want, SPAN("http://")) && got.size > 0 &&
                 !span_starts_with(got, SPAN("http"));
    return span_equal(want, got) || (based && span_ends_with(want, got));
}

static bool equal(const json_t *expected, const json_t *actual, struct arena *arena);

static bool objects_equal(const json_t *expected, const json_t *actual, struct arena *arena) {
    const char *key = NULL;
    json_t *value = NULL;
    if (!json_is_object(actual) || json_object_size(expected) != json_object_size(actual)) {
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)expected, key, value) {
        if (!equal(value, json_object_get(actual, key), arena)) {
            return false;
        }
    }
    return true;
}

static bool equal(const json_t *expected, const json_t *actual, struct arena *arena) {
    if (expected == NULL || actual == NULL) {
        return false;
    }
    bool list = json_is_array(expected);
    if (list != json_is_array(actual)) {
        const json_t *many = list ? expected : actual;
        const json_t *one = list ? actual : expected;
        return json_array_size(many) == 1 && (list ? equal(json_array_get(many, 0), one, arena)
                                                   : equal(one, json_array_get(many, 0), arena));
    }
    if (list) {
        bool same = json_array_size(expected) == json_array_size(actual);
        for (size_t i = 0; same && i < json_array_size(expected); i++) {
            same = equal(json_array_get(expected, i), json_array_get(actual, i), arena);
        }
        return same;
    }
    if (json_is_object(expected)) {
        return objects_equal(expected, actual, arena);
    }
    return json_is_string(expected) ? text_equal(expected, actual, arena)
                                    : json_equal(expected, actual);
}

static bool is_microdata(const json_t *expected) {
    const json_t *first = json_array_get(expected, 0);
    const char *type = json_string_value(json_object_get(first, "type"));
    type =
        type == NULL ? json_string_value(json_array_get(json_object_get(first, "type"), 0)) : type;
    return json_is_array(expected) && json_is_object(json_object_get(first, "properties")) &&
           json_object_get(first, "children") == NULL &&
           (type == NULL || strstr(type, "://") != NULL);
}

struct tally {
    size_t passed;
    size_t total;
};

static void judge(const char *path, const char *what, const json_t *expected, const json_t *actual,
                  struct tally *tally) {
    struct arena *arena = arena_create();
    bool same = equal(expected, actual, arena);
    tally->total++;
    tally->passed += same;
    if (!same && getenv("V") != NULL) {
        char *got = json_dumps(actual, JSON_INDENT(1));
        char *want = json_dumps(expected, JSON_INDENT(1));
        fprintf(stderr, "structured: %s: %s differs\nexpected %s\ngot %s\n", path, what, want, got);
        free(got);
        free(want);
    }
    arena_free(arena);
}

static void case_run(const char *path, struct tally *tally) {
    char page[4096];
    const char *dot = strrchr(path, '.');
    bool jsonld = strcmp(dot, ".jsonld") == 0;
    json_error_t problem;
    json_t *expected = json_load_file(path, 0, &problem);
    struct arena *arena = arena_create();
    xmlDoc *document = NULL;
    struct error error = {0};
    snprintf(page, sizeof page, "%.*s.html", (int)(dot - path), path);
    struct span html = charset_to_utf8(test_file(page, arena), SPAN("text/html"), arena);
    if (expected == NULL || !dom_parse(html, &document, &error)) {
        fprintf(stderr, "structured: %s: %s\n", path,
                expected == NULL ? problem.text : error.message);
        tally->total++;
    } else {
        const json_t *both = json_object_get(expected, "json-ld");
        both = both == NULL && jsonld ? json_object_get(expected, "items") : both;
        json_t *things = jsonld_extract(document, arena);
        json_t *items = microdata_extract(document, (struct span){0}, arena);
        if (jsonld || both != NULL) {
            judge(path, "JSON-LD", both == NULL ? expected : both, things, tally);
        } else if (is_microdata(expected)) {
            judge(path, "microdata", expected, items, tally);
        } else if (getenv("V") != NULL) {
            fprintf(stderr, "structured: %s: neither JSON-LD nor microdata\n", path);
        }
        json_decref(things);
        json_decref(items);
    }
    xmlFreeDoc(document);
    json_decref(expected);
    arena_free(arena);
}

static void folder_run(const char *folder, struct tally *tally) {
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        char path[4096];
        struct stat status;
        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        const char *dot = strrchr(path, '.');
        if (entries[i]->d_name[0] != '.' && stat(path, &status) == 0) {
            if (S_ISDIR(status.st_mode)) {
                folder_run(path, tally);
            } else if (strcmp(dot, ".json") == 0 || strcmp(dot, ".jsonld") == 0) {
                case_run(path, tally);
            }
        }
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv) {
    char folder[4096];
    struct tally tally = {0};
    snprintf(folder, sizeof folder, "%s/structured", argc > 1 ? argv[1] : ".");
    folder_run(folder, &tally);
    if (tally.total == 0) {
        fprintf(stderr, "structured: skipped: no cases under %s\n", folder);
        return 0;
    }
    printf("structured passed %zu total %zu\n", tally.passed, tally.total);
    return 0;
}
