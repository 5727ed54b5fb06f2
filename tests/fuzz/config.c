/* Any bytes as a configuration: what is accepted must print as something that is accepted and
 * prints the same; what is refused must be shown. */
#include "base/config.h"
#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(struct arena *arena, const struct config *config) {
    struct buffer first;
    struct buffer second;
    buffer_init(&first, LIMIT_DOCUMENT);
    buffer_init(&second, LIMIT_DOCUMENT);
    struct config *again = NULL;
    struct config_problems problems = {0};
    config_print(&first, config);
    bool redacted = span_find(buffer_span(&first), SPAN("***")) != SPAN_NOT_FOUND;
    if (first.size <= LIMIT_CONFIG && !first.overflowed && !redacted) {
        if (!config_parse(buffer_span(&first), config->file, arena, &again, &problems)) {
            fatal("line %u: %s", problems.list[0].line, problems.list[0].message.data);
        }
        config_print(&second, again);
        if (!span_equal(buffer_span(&first), buffer_span(&second))) {
            fatal("printed differently the second time");
        }
        config_free(again);
    }
    buffer_done(&first);
    buffer_done(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct config *config = NULL;
    struct config_problems problems = {0};
    struct span text = {(const char *)data, size};
    if (config_parse(text, SPAN("/etc/e.yaml"), arena, &config, &problems)) {
        check_round_trip(arena, config);
        config_free(config);
    } else {
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        config_print_problems(&out, SPAN("e.yaml"), text, &problems);
        if (problems.count == 0 || out.size == 0) {
            fatal("refused without a word");
        }
        buffer_done(&out);
    }
    arena_free(arena);
    return 0;
}
