#include "parsers/recipe.h"

#include "parsers/dom.h"
#include "parsers/fields.h"
#include "parsers/recipe_load.h"

/* Reading a recipe's YAML. Every section is a table of keys; what is not in it is an error. */

/* --- Words that mean something ---------------------------------------------------------------- */

static bool channel_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return channel_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown channel \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool dialect_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const char *const names[] = {[QUERY_PLAIN] = "plain",
                                        [QUERY_GOOGLE] = "google",
                                        [QUERY_LUCENE] = "lucene",
                                        [QUERY_ALGOLIA] = "algolia"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(node->scalar, span_of(names[i]))) {
            *(enum query_dialect *)target = (enum query_dialect)i;
            return true;
        }
    }
    return load_failure(loader, node,
                        "unknown dialect \"%.*s\"; there are plain, google, lucene, algolia",
                        SPAN_ARG(node->scalar));
}

static bool format_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const char *const names[] = {[FORMAT_JSON] = "json",
                                        [FORMAT_HTML] = "html",
                                        [FORMAT_FEED] = "feed",
                                        [FORMAT_REVIEWS] = "reviews",
                                        [FORMAT_DOCUMENT] = "document"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(node->scalar, span_of(names[i]))) {
            *(enum recipe_format *)target = (enum recipe_format)i;
            return true;
        }
    }
    return load_failure(loader, node,
                        "unknown format \"%.*s\"; there are json, html, feed, reviews, document",
                        SPAN_ARG(node->scalar));
}

static bool kind_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return paging_kind_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown kind of paging \"%.*s\"", SPAN_ARG(node->scalar));
}

/* --- Sections --------------------------------------------------------------------------------- */

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

static bool request_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"url", load_template, offsetof(struct request_part, url)},
        {"method", load_text, offsetof(struct request_part, method)},
        {"headers", headers_read, 0},
        {"body", load_template, offsetof(struct request_part, body)},
    };
    return load_section(loader, node, SECTION(keys), target);
}

static bool param_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"help", load_text, offsetof(struct recipe_param, help)},
        {"default", load_text, offsetof(struct recipe_param, default_value)},
    };
    return load_section(loader, node, SECTION(keys), target);
}

static bool params_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe_info *info = target;
    struct recipe_param *params = ARENA_ARRAY(loader->arena, struct recipe_param, node->count);
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "params wants one entry per parameter");
    }
    for (size_t i = 0; i < node->count; i++) {
        params[i].name = arena_copy(loader->arena, node->keys[i]->scalar);
        if (!param_read(loader, node->list[i], &params[i])) {
            return false;
        }
    }
    info->params = params;
    info->param_count = node->count;
    return true;
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
    struct recipe *recipe = target;
    size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
    recipe->items = ARENA_ARRAY(loader->arena, struct place, count);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = node->type == YAML_SEQUENCE ? node->list[i] : node;
        if (!load_place(loader, one, &recipe->items[i])) {
            return false;
        }
    }
    recipe->items_count = count;
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
    struct recipe *recipe = target;
    size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
    recipe->failures = ARENA_ARRAY(loader->arena, struct failure, count);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = node->type == YAML_SEQUENCE ? node->list[i] : node;
        if (!failure_read(loader, one, &recipe->failures[i])) {
            return false;
        }
    }
    recipe->failure_count = count;
    return true;
}

static bool expectation_read(struct loader *loader, const struct yaml_node *node,
                             struct expectation *expectation) {
    struct span part;
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
    struct recipe *recipe = target;
    size_t count = node->type == YAML_SEQUENCE ? node->count : 0;
    recipe->expects = ARENA_ARRAY(loader->arena, struct expectation, count);
    for (size_t i = 0; i < count; i++) {
        if (!expectation_read(loader, node->list[i], &recipe->expects[i])) {
            return false;
        }
    }
    recipe->expect_count = count;
    return count > 0 || load_failure(loader, node, "expect wants a list of fields");
}

/* A pattern's variables have to be what a source can be given. */
static bool match_check(struct loader *loader, const struct yaml_node *node, struct span pattern) {
    size_t open = 0;
    while ((open = span_find_byte(pattern, '{')) != SPAN_NOT_FOUND) {
        size_t close = span_find_byte(pattern, '}');
        if (close == SPAN_NOT_FOUND || close < open) {
            return load_failure(loader, node, "\"{\" without \"}\"");
        }
        pattern = span_from(pattern, close + 1);
    }
    return pattern.size == 0 || span_find_byte(pattern, '}') == SPAN_NOT_FOUND ||
           load_failure(loader, node, "\"}\" without \"{\"");
}

static bool matches_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe_info *info = target;
    struct span *list = ARENA_ARRAY(loader->arena, struct span, node->count);
    if (node->type != YAML_SEQUENCE) {
        return load_failure(loader, node, "matches wants a list of addresses");
    }
    for (size_t i = 0; i < node->count; i++) {
        if (!load_text(loader, node->list[i], &list[i]) ||
            !match_check(loader, node->list[i], list[i])) {
            return false;
        }
    }
    info->matches = list;
    info->match_count = node->count;
    return true;
}

#define INFO(member) (offsetof(struct recipe, info) + offsetof(struct recipe_info, member))

static const struct key recipe_keys[] = {
    {"name", load_text, INFO(name)},
    {"title", load_text, INFO(title)},
    {"terms", load_text, INFO(terms)},
    {"limits", load_text, INFO(limits)},
    {"gives", load_text, INFO(gives)},
    {"retention", load_text, INFO(retention)},
    {"keep", load_duration, INFO(keep_ms)},
    {"deletion", load_text, INFO(deletion)},
    {"refused", load_text, INFO(refused)},
    {"matches", matches_read, offsetof(struct recipe, info)},
    {"software", load_text, INFO(software)},
    {"channel", channel_read, INFO(channel)},
    {"api", load_flag, INFO(api)},
    {"dialect", dialect_read, INFO(dialect)},
    {"interval", load_duration, INFO(interval_ms)},
    {"spacing", load_duration, INFO(spacing_ms)},
    {"governor", load_text, INFO(governor_key)},
    {"params", params_read, offsetof(struct recipe, info)},
    {"format", format_read, offsetof(struct recipe, format)},
    {"request", request_read, offsetof(struct recipe, request)},
    {"items", items_read, 0},
    {"item", load_fields, 0},
    {"skip", load_conditions, offsetof(struct recipe, skip)},
    {"stop", load_conditions, offsetof(struct recipe, stop)},
    {"fail", failures_read, 0},
    {"backoff", load_place, offsetof(struct recipe, backoff)},
    {"paging", paging_read, offsetof(struct recipe, paging)},
    {"reach", load_duration, offsetof(struct recipe, reach_ms)},
    {"overlap", load_duration, offsetof(struct recipe, overlap_ms)},
    {"unwrap", load_text, offsetof(struct recipe, unwrap)},
    {"redeliver", load_flag, offsetof(struct recipe, redeliver)},
    {"expect", expects_read, 0},
};

/* --- The whole -------------------------------------------------------------------------------- */

/* Places are read by the format, wherever in the file it stands. A refusal may have none. */
static bool format_first(struct loader *loader, const struct yaml_node *root) {
    const struct yaml_node *format = yaml_get(root, "format");
    loader->recipe->info.reads = format != NULL;
    if (format == NULL) {
        return yaml_get(root, "refused") != NULL ||
               load_failure(loader, root, "\"format\" is missing");
    }
    return format_read(loader, format, &loader->recipe->format);
}

static bool uses(const struct recipe *recipe, const char *name) {
    bool found = template_uses(&recipe->request.url, span_of(name), true) ||
                 template_uses(&recipe->request.body, span_of(name), true);
    for (size_t i = 0; i < recipe->request.header_count; i++) {
        found = found || template_uses(&recipe->request.header_values[i], span_of(name), true);
    }
    return found;
}

static bool whole_check(struct loader *loader, const struct yaml_node *root) {
    struct recipe *recipe = loader->recipe;
    bool refused = recipe->info.refused.size > 0;
    bool mapped =
        recipe->info.reads && (recipe->format == FORMAT_JSON || recipe->format == FORMAT_HTML);
    if (recipe->info.name.size == 0 || recipe->info.title.size == 0) {
        return load_failure(loader, root, "\"name\" and \"title\" must be given");
    }
    if (refused != (recipe->request.url.count == 0)) {
        return load_failure(loader, root,
                            refused ? "what is refused must not say \"request: url:\""
                                    : "\"request: url:\" is missing");
    }
    if (mapped && (recipe->items_count == 0 || yaml_get(root, "item") == NULL)) {
        return load_failure(loader, root, "this format needs \"items\" and \"item\"");
    }
    recipe->info.needs_url = uses(recipe, "url");
    recipe->info.needs_query = uses(recipe, "query");
    recipe->info.needs_key = uses(recipe, "key");
    return true;
}

bool recipe_parse(struct span yaml, struct span file, struct arena *arena,
                  const struct recipe **recipe, struct error *error) {
    struct error own = {0};
    struct yaml_node *root = NULL;
    struct recipe *made = ARENA_NEW(arena, struct recipe);
    struct loader loader = {made, arena, file, error == NULL ? &own : error};
    dom_library_start();
    made->file = arena_copy(arena, file);
    made->paging = (struct paging){.first = 1, .last = INT64_MAX, .step = 1};
    if (!yaml_parse(yaml, arena, &root, loader.error)) {
        unsigned line = loader.error->line;
        return error_add_context(loader.error, "%.*s:%u", SPAN_ARG(file), line);
    }
    if (root->type != YAML_MAPPING || root->count == 0) {
        return load_failure(&loader, root, "the recipe is empty");
    }
    if (!format_first(&loader, root) || !load_section(&loader, root, SECTION(recipe_keys), made) ||
        !whole_check(&loader, root)) {
        return false;
    }
    *recipe = made;
    return true;
}

const struct recipe_info *recipe_info(const struct recipe *recipe) {
    return &recipe->info;
}
