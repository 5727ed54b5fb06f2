/* A URL and its base, with NUL between. What parses must print as something that parses and prints
 * the same; the canonical form must be canonical. */
#include "base/url.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct url *url, struct arena *arena) {
    struct url again;
    struct span href = url_print(url, arena);
    if (href.size > LIMIT_URL) {
        return;
    }
    if (!url_parse(href, NULL, arena, &again) || !span_equal(href, url_print(&again, arena))) {
        fatal("\"%.*s\" does not come back", SPAN_ARG(href));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = {(const char *)data, size};
    size_t end = span_find_byte(text, '\0');
    struct span base_text =
        end == SPAN_NOT_FOUND ? SPAN("http://a.test/b/c?d") : span_from(text, end + 1);
    text = span_first(text, end);
    struct arena *arena = arena_create();
    struct url base;
    struct url url;
    bool has_base = url_parse(base_text, NULL, arena, &base);
    if (url_parse(text, has_base ? &base : NULL, arena, &url)) {
        check_round_trip(&url, arena);
        url_registrable_domain(url.host, arena);
    }
    struct span canonical = url_canonical(text, arena);
    struct span again = url_canonical(canonical, arena);
    if (canonical.size <= LIMIT_URL && !span_equal(canonical, again)) {
        fatal("\"%.*s\" becomes \"%.*s\"", SPAN_ARG(canonical), SPAN_ARG(again));
    }
    struct span resolved = url_resolve(text, base_text, arena);
    if (resolved.size > 0 && !span_starts_with(resolved, SPAN("http"))) {
        fatal("\"%.*s\" is resolved", SPAN_ARG(resolved));
    }
    struct span redacted = url_redacted(text, arena);
    if (!span_equal(redacted, url_redacted(redacted, arena))) {
        fatal("\"%.*s\" was not redacted in full", SPAN_ARG(redacted));
    }
    arena_free(arena);
    return 0;
}
