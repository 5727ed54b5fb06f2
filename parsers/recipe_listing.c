#include "parsers/fields.h"
#include "parsers/recipe_load.h"

/* A request with what its answers hold: what a recipe, its `first:` and its follow-ups share. */

/* --- Sections --------------------------------------------------------------------------------- */

static bool format_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const char *const names[] = {
        [FORMAT_JSON] = "json",       [FORMAT_HTML] = "html",         [FORMAT_FEED] = "feed",
        [FORMAT_REVIEWS] = "reviews", [FORMAT_DOCUMENT] = "document", [FORMAT_MAILBOX] = "mailbox",
        [FORMAT_SITEMAP] = "sitemap", [FORMAT_LINES] = "lines"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(node->scalar, span_of(names[i]))) {
            *(enum recipe_format *)target = (enum recipe_format)i;
            return true;
        }
    }
    return load_failure(loader, node,
                        "unknown format \"%.*s\"; there are json, html, feed, reviews, document, "
                        "mailbox, sitemap, lines",
                        SPAN_ARG(node->scalar));
}

static bool kind_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return paging_kind_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown kind of paging \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool headers_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct request_part *request = target;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "headers wants \"Name: value\" lines");
    }
    request->header_names = ARENA_ARRAY(loader->arena, struct span, node->count);
    request->header_values = ARENA_ARRAY(loader->arena, struct template, node->count);
    request->header_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!load_text(loader, node->keys[i], &request->header_names[i]) ||
            !load_template(loader, node->list[i], &request->header_values[i])) {
            return false;
        }
    }
    return true;
}

bool load_request(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"url", load_template, offsetof(struct request_part, url)},
        {"method", load_text, offsetof(struct request_part, method)},
        {"headers", headers_read, 0},
        {"body", load_template, offsetof(struct request_part, body)},
    };
    return load_section(loader, node, SECTION(keys), target);
}

static bool paging_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"kind", kind_read, offsetof(struct paging, kind)},
        {"first", load_integer, offsetof(struct paging, first)},
        {"last", load_integer, offsetof(struct paging, last)},
        {"step", load_integer, offsetof(struct paging, step)},
        {"start", load_text, offsetof(struct paging, start)},
        {"next", load_place, offsetof(struct paging, next)},
        {"more", load_conditions, offsetof(struct paging, more)},
        {"pages", load_place, offsetof(struct paging, pages)},
        {"empty", load_integer, offsetof(struct paging, empty)},
    };
    return load_section(loader, node, SECTION(keys), target);
}

static bool items_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct listing *listing = target;
    size_t count = load_count(node);
    listing->items = ARENA_ARRAY(loader->arena, struct place, count);
    for (size_t i = 0; i < count; i++) {
        if (!load_place(loader, load_one(node, i), &listing->items[i])) {
            return false;
        }
    }
    listing->items_count = count;
    return true;
}

static bool failure_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"when", load_condition, offsetof(struct failure, when)},
        {"message", load_place, offsetof(struct failure, message)},
    };
    return load_section(loader, node, SECTION(keys), target);
}

static bool failures_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct listing *listing = target;
    size_t count = load_count(node);
    listing->failures = ARENA_ARRAY(loader->arena, struct failure, count);
    for (size_t i = 0; i < count; i++) {
        if (!failure_read(loader, load_one(node, i), &listing->failures[i])) {
            return false;
        }
    }
    listing->failure_count = count;
    return true;
}

static bool expectation_read(struct loader *loader, const struct yaml_node *node,
                             struct expectation *expectation) {
    struct span part;
    expectation->line = node->line;
    if (!load_text(loader, node, &expectation->text)) {
        return false;
    }
    struct span rest = expectation->text;
    while (span_split(&rest, '|', &part)) {
        size_t field = 0;
        if (!field_find(span_trim(part), &field)) {
            return load_failure(loader, node, "an item has no field \"%.*s\"",
                                SPAN_ARG(span_trim(part)));
        }
        if (expectation->count == sizeof expectation->fields / sizeof expectation->fields[0]) {
            return load_failure(loader, node, "too many alternatives");
        }
        expectation->fields[expectation->count++] = field;
    }
    return true;
}

static bool expects_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct listing *listing = target;
    size_t count = node->type == YAML_SEQUENCE ? node->count : 0;
    listing->expects = ARENA_ARRAY(loader->arena, struct expectation, count);
    for (size_t i = 0; i < count; i++) {
        if (!expectation_read(loader, node->list[i], &listing->expects[i])) {
            return false;
        }
    }
    listing->expect_count = count;
    return count > 0 || load_failure(loader, node, "expect wants a list of fields");
}

#define AT(member) offsetof(struct listing, member)

static const struct key listing_keys[] = {
    {"format", format_read, AT(format)},
    {"request", load_request, AT(request)},
    {"items", items_read, 0},
    {"item", load_fields, AT(fields)},
    {"skip", load_conditions, AT(skip)},
    {"stop", load_conditions, AT(stop)},
    {"fail", failures_read, 0},
    {"backoff", load_place, AT(backoff)},
    {"paging", paging_read, AT(paging)},
    {"unwrap", load_text, AT(unwrap)},
    {"redeliver", load_flag, AT(redeliver)},
    {"hidden", load_flag, AT(hidden)},
    {"expect", expects_read, 0},
};

/* --- The whole -------------------------------------------------------------------------------- */

static bool keys_read(struct loader *loader, const struct yaml_node *node, struct listing *listing,
                      const struct key *more, size_t more_count, void *target) {
    for (size_t i = 0; i < node->count; i++) {
        struct span name = node->keys[i]->scalar;
        const struct key *key = load_key(more, more_count, name);
        const struct key *own = load_key(SECTION(listing_keys), name);
        if (key == NULL && own == NULL) {
            return load_unknown(loader, node->keys[i]);
        }
        char *into = key != NULL ? (char *)target + key->offset : (char *)listing + own->offset;
        if (!(key != NULL ? key : own)->read(loader, node->list[i], into)) {
            return false;
        }
    }
    return true;
}

bool load_listing(struct loader *loader, const struct yaml_node *node, struct listing *listing,
                  const struct key *more, size_t more_count, void *target) {
    const struct yaml_node *format = yaml_get(node, "format");
    enum recipe_format around = loader->format;
    listing->paging = (struct paging){.first = 1, .last = INT64_MAX, .step = 1};
    listing->format = around;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "\"name: value\" lines are wanted here");
    }
    if (format != NULL && !format_read(loader, format, &listing->format)) {
        return false;
    }
    loader->format = listing->format;
    if (!keys_read(loader, node, listing, more, more_count, target)) {
        return false;
    }
    loader->format = around;
    return !format_is_mapped(listing->format) || listing->items_count > 0 ||
           yaml_get(node, "item") == NULL ||
           load_failure(loader, node, "this format needs \"items\" and \"item\"");
}
