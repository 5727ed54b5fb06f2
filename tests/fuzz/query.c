/* A query, a title and a text, with NUL between. What parses must print as something that parses,
 * prints the same and finds the same; every hit must lie where it says. */
#include "base/query.h"
#include "base/limits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span take_part(struct span *rest) {
    struct span part = SPAN("");
    span_split(rest, '\0', &part);
    return part;
}

static struct span printed(const struct query *query, struct arena *arena) {
    struct buffer buffer;
    buffer_init(&buffer, LIMIT_QUERY * 4);
    query_print(&buffer, query);
    struct span text = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return text;
}

static void check_hits(const struct query_hits *hits, const struct mention *mention) {
    for (size_t i = 0; i < hits->count; i++) {
        const struct query_hit *hit = &hits->list[i];
        struct span from = hit->in_title ? mention->item.title : mention->item.text;
        if (hit->begin >= hit->end || hit->end > from.size) {
            fatal("hit %u..%u of %zu bytes", hit->begin, hit->end, from.size);
        }
    }
}

/* Both queries in one matcher must agree. */
static void check_same(const struct query *const queries[2], const struct mention *mention,
                       struct arena *arena) {
    struct matcher *matcher = matcher_create(queries, 2);
    struct query_hits hits;
    matcher_match(matcher, mention, arena, &hits);
    check_hits(&hits, mention);
    if (hits.query_count == 1 || hits.count % 2 != 0) {
        fatal("printed query finds something else");
    }
    for (size_t i = 0; i < hits.count / 2; i++) {
        const struct query_hit *one = &hits.list[i];
        const struct query_hit *other = &hits.list[i + hits.count / 2];
        if (one->begin != other->begin || one->end != other->end) {
            fatal("printed query finds another place");
        }
    }
    matcher_free(matcher);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span rest = {(const char *)data, size};
    struct span text = take_part(&rest);
    struct mention mention = {.fetched_ms = 0};
    item_init(&mention.item);
    mention.item.title = take_part(&rest);
    mention.item.text = take_part(&rest);
    struct arena *arena = arena_create();
    const struct query *queries[2];
    struct error error = {0};
    if (query_parse(text, 0, arena, &queries[0], &error)) {
        struct span first = printed(queries[0], arena);
        size_t count = 0;
        for (int dialect = QUERY_PLAIN; dialect <= QUERY_ALGOLIA; dialect++) {
            query_compile(queries[0], (enum query_dialect)dialect, arena, &count);
        }
        if (query_parse(first, 0, arena, &queries[1], &error)) {
            if (!span_equal(first, printed(queries[1], arena))) {
                fatal("printed differently the second time");
            }
            check_same(queries, &mention, arena);
        } else if (error.kind != ERROR_LIMIT) { /* parentheses that printing adds count */
            fatal("\"%.*s\" is printed, but no query: %s", SPAN_ARG(first), error.message);
        }
    }
    arena_free(arena);
    return 0;
}
