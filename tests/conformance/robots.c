/* Runs the robots.txt cases of a suite directory and prints one line of counts. With V=1 the cases
 * that fail go to stderr. */
#include "base/buffer.h"
#include "base/limits.h"
#include "base/print.h"
#include "crawler/crawler.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

struct counts {
    unsigned total;
    unsigned passed;
    unsigned standard_total;
    unsigned standard_passed;
};

static struct span text_of(const json_t *row, const char *key) {
    const json_t *value = json_object_get(row, key);
    return (struct span){json_string_value(value), json_string_length(value)};
}

static unsigned hex_digit(char c) {
    return (unsigned)(byte_is_digit(c) ? c - '0' : byte_to_lower(c) - 'a' + 10);
}

/* The file's text: as it is, or as bytes in hexadecimal. */
static void robots_of(const json_t *row, struct buffer *robots) {
    struct span hex = text_of(row, "robots_hex");
    buffer_append(robots, text_of(row, "robots"));
    for (size_t i = 0; i + 1 < hex.size; i += 2) {
        unsigned byte = hex_digit(hex.data[i]) * 16 + hex_digit(hex.data[i + 1]);
        buffer_append_byte(robots, (char)byte);
    }
}

static void report(const json_t *row, unsigned line, bool allowed) {
    struct buffer text;
    buffer_init(&text, MIB);
    buffer_print(&text, "robots: %s, should not be; decided by line %u: ",
                 allowed ? "allowed" : "forbidden", line);
    char *json = json_dumps(row, JSON_COMPACT);
    print_plain(&text, span_first(span_of(json), 2000), false);
    fprintf(stderr, "%s\n", buffer_string(&text));
    free(json);
    buffer_done(&text);
}

static void run_case(const json_t *row, struct counts *counts) {
    struct buffer robots;
    unsigned line = 0;
    buffer_init(&robots, 16 * MIB);
    robots_of(row, &robots);
    bool allowed =
        robots_allows(buffer_span(&robots), text_of(row, "agent"), text_of(row, "url"), &line);
    bool right = allowed == json_is_true(json_object_get(row, "allowed"));
    bool standard = json_is_true(json_object_get(row, "standard"));
    counts->total++;
    counts->passed += right;
    counts->standard_total += standard;
    counts->standard_passed += standard && right;
    if (!right && getenv("V") != NULL) {
        report(row, line, allowed);
    }
    buffer_done(&robots);
}

int main(int argc, char **argv) {
    char path[4096];
    snprintf(path, sizeof path, "%s/robots/cases.jsonl", argc > 1 ? argv[1] : ".");
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        printf("robots skipped: %s is not there\n", path);
        return 0;
    }
    struct counts counts = {0};
    json_error_t error;
    json_t *row;
    while ((row = json_loadf(file, JSON_DISABLE_EOF_CHECK, &error)) != NULL) {
        run_case(row, &counts);
        json_decref(row);
    }
    fclose(file);
    printf("robots passed %u total %u standard_passed %u standard_total %u\n", counts.passed,
           counts.total, counts.standard_passed, counts.standard_total);
    return 0;
}
