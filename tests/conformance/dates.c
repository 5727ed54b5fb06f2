/* dates SUITES_DIR: date_parse_any() against SUITES_DIR/dates/cases.json.
 * Prints "dates passed N total N"; with V=1 the failing cases on standard error.
 */
#include "parsers/parsers.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static bool case_passes(const char *text, const char *utc) {
    int64_t want = 0;
    int64_t got = 0;
    /* Whole seconds: that is all the expectations hold. */
    bool wanted = utc != NULL && date_parse(span_of(utc), &want);
    bool read = date_parse_any(span_of(text), DATE_NONE, &got);
    int64_t floor_ms = got - ((got % SECOND_MS) + SECOND_MS) % SECOND_MS;
    bool passes = read == wanted && (!read || floor_ms == want);
    if (!passes && getenv("V") != NULL) {
        char shown[DATE_TEXT_SIZE];
        fprintf(stderr, "dates: \"%s\": expected %s, got %s\n", text, utc == NULL ? "refusal" : utc,
                read ? date_print(got, shown) : "refusal");
    }
    return passes;
}

int main(int argc, char **argv) {
    char path[4096];
    json_error_t problem;
    snprintf(path, sizeof path, "%s/dates/cases.json", argc > 1 ? argv[1] : ".");
    json_t *cases = json_load_file(path, 0, &problem);
    if (cases == NULL) {
        fprintf(stderr, "dates: skipped: %s: %s\n", path, problem.text);
        return 0;
    }
    size_t passed = 0;
    size_t index;
    json_t *one;
    json_array_foreach(cases, index, one) {
        passed += case_passes(json_string_value(json_object_get(one, "text")),
                              json_string_value(json_object_get(one, "utc")));
    }
    printf("dates passed %zu total %zu\n", passed, json_array_size(cases));
    json_decref(cases);
    return 0;
}
