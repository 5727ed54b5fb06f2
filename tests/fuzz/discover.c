/* Any bytes as a document of a site at an address (the first line): it ends, and a recipe that is
 * drafted from it can be read. */
#include "base/memory.h"
#include "parsers/parsers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void draft_check(const struct finding *finding, struct arena *arena) {
    const struct recipe *recipe = NULL;
    struct error error = {0};
    struct span yaml = arena_print(arena, "name: x\ntitle: X\n%.*s", SPAN_ARG(finding->recipe));
    if (!recipe_parse(yaml, SPAN("x.yaml"), arena, &recipe, &error)) {
        fatal("a drafted recipe cannot be read");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span body = {(const char *)data, size};
    struct span url = span_first(body, span_find_byte(body, '\n'));
    body = span_from(body, url.size < size ? url.size + 1 : size);
    struct findings findings = {.arena = arena_create()};
    struct error error = {0};
    if (discover_document(body, SPAN(""), url, 1795252211000, &findings, &error)) {
        for (size_t i = 0; i < findings.count; i++) {
            if (findings.list[i].kind == FINDING_BLOCKS) {
                draft_check(&findings.list[i], findings.arena);
            }
        }
    }
    arena_free(findings.arena);
    return 0;
}
