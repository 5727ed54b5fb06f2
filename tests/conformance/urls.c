/* urls SUITES_DIR: parses the cases of SUITES_DIR/urls/cases.json (web-platform-tests' layout) and
 * prints "urls passed N total N". V=1: the failing ones on stderr. Only what is about http and
 * https counts: a case whose outcome is such a URL, or that must fail with such an input or base.
 */
#include "base/arena.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "base/url.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* jansson refuses \ud800 without its partner, which some cases hold: it becomes \ufffd, as the
 * standard does with it. */
static void surrogates_repair(struct buffer *text) {
    for (size_t i = 0; i + 6 <= text->size; i++) {
        struct span here = span_from(buffer_span(text), i);
        if (here.data[0] != '\\') {
            continue;
        }
        bool lead = span_starts_with_nocase(here, SPAN("\\ud")) && strchr("89abAB", here.data[3]);
        bool trail =
            span_starts_with_nocase(here, SPAN("\\ud")) && strchr("cdefCDEF", here.data[3]);
        struct span next = span_from(here, 6);
        if (lead && span_starts_with_nocase(next, SPAN("\\ud")) && next.size > 3 &&
            strchr("cdefCDEF", next.data[3])) {
            i += 11;
        } else if (lead || trail) {
            memcpy(text->data + i, "\\ufffd", 6);
            i += 5;
        } else {
            i++; /* an escape of two characters */
        }
    }
}

static json_t *cases_load(const char *suites) {
    struct buffer path;
    struct buffer text;
    buffer_init(&path, 4 * KIB);
    buffer_init(&text, LIMIT_BODY);
    buffer_print(&path, "%s/urls/cases.json", suites);
    FILE *file = fopen(buffer_string(&path), "rb");
    if (file == NULL) {
        perror(buffer_string(&path));
        exit(1);
    }
    char block[4096];
    size_t size = 0;
    while ((size = fread(block, 1, sizeof block, file)) > 0) {
        buffer_append(&text, (struct span){block, size});
    }
    fclose(file);
    surrogates_repair(&text);
    json_error_t error;
    json_t *cases = json_loadb(text.data, text.size, JSON_ALLOW_NUL, &error);
    if (!json_is_array(cases)) {
        fprintf(stderr, "%s:%d: %s\n", buffer_string(&path), error.line, error.text);
        exit(1);
    }
    buffer_done(&path);
    buffer_done(&text);
    return cases;
}

static struct span member(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return (struct span){json_string_value(value), json_string_length(value)};
}

static bool is_http(struct span text) {
    while (text.size > 0 && (unsigned char)text.data[0] <= ' ') {
        text = span_from(text, 1);
    }
    return span_starts_with_nocase(text, SPAN("http:")) ||
           span_starts_with_nocase(text, SPAN("https:"));
}

static bool case_counts(const json_t *object) {
    if (json_is_true(json_object_get(object, "failure"))) {
        return is_http(member(object, "input")) || is_http(member(object, "base"));
    }
    return is_http(member(object, "href"));
}

/* "?x" as the standard's API shows it: empty when there is nothing behind the mark. */
static struct span marked(char mark, struct span text, struct arena *arena) {
    return text.size == 0 ? SPAN("") : arena_print(arena, "%c%.*s", mark, SPAN_ARG(text));
}

static bool parts_equal(const json_t *object, const struct url *url, struct arena *arena) {
    bool has_port = url->port >= 0 && !url->default_port;
    struct span port = has_port ? arena_print(arena, "%d", url->port) : SPAN("");
    const struct {
        const char *name;
        struct span value;
    } parts[] = {
        {"href", url_print(url, arena)},
        {"protocol", arena_print(arena, "%.*s:", SPAN_ARG(url->scheme))},
        {"username", url->username},
        {"password", url->password},
        {"hostname", url->host},
        {"port", port},
        {"pathname", url->path},
        {"search", marked('?', url->query, arena)},
        {"hash", marked('#', url->fragment, arena)},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (!span_equal(member(object, parts[i].name), parts[i].value)) {
            return false;
        }
    }
    return true;
}

static bool case_passes(const json_t *object, struct arena *arena) {
    struct url base;
    struct url url;
    bool has_base = json_is_string(json_object_get(object, "base"));
    bool valid = !has_base || url_parse(member(object, "base"), NULL, arena, &base);
    valid = valid && url_parse(member(object, "input"), has_base ? &base : NULL, arena, &url);
    if (json_is_true(json_object_get(object, "failure"))) {
        return !valid;
    }
    return valid && parts_equal(object, &url, arena);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: urls SUITES_DIR\n");
        return 2;
    }
    bool verbose = span_equal(span_of(getenv("V")), SPAN("1"));
    json_t *cases = cases_load(argv[1]);
    struct arena *arena = arena_create();
    size_t passed = 0;
    size_t total = 0;
    size_t index = 0;
    json_t *object = NULL;
    json_array_foreach(cases, index, object) {
        if (!json_is_object(object) || !case_counts(object)) {
            continue;
        }
        total++;
        if (case_passes(object, arena)) {
            passed++;
        } else if (verbose) {
            char *text = json_dumps(object, JSON_COMPACT);
            fprintf(stderr, "urls: failed: %s\n", text);
            free(text);
        }
        arena_reset(arena);
    }
    printf("urls passed %zu total %zu\n", passed, total);
    arena_free(arena);
    json_decref(cases);
    return 0;
}
