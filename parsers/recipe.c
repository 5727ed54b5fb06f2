#include "parsers/recipe.h"

#include "base/embed.h"
#include "parsers/dom.h"
#include "parsers/fields.h"

#include <stdio.h>

/* Reading a recipe's YAML. Every section is a table of keys; what is not in it is an error. */

struct loader {
    struct recipe *recipe;
    struct arena *arena;
    struct span file;
    struct error *error;
};

static bool fail_at(struct loader *loader, const struct yaml_node *node, const char *format, ...)
    PRINTF_LIKE(3, 4);

static bool fail_at(struct loader *loader, const struct yaml_node *node, const char *format, ...) {
    va_list arguments;
    char message[256];
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return error_set_at(loader->error, ERROR_USAGE, node->line, node->column, "%.*s:%u:%u: %s",
                        SPAN_ARG(loader->file), node->line, node->column, message);
}

/* The same around an error that a part has set. */
static bool fail_around(struct loader *loader, const struct yaml_node *node, const char *what) {
    struct error inner = *loader->error;
    return fail_at(loader, node, "%s: %.200s", what, inner.message);
}

typedef bool read_function(struct loader *loader, const struct yaml_node *node, void *target);

struct key {
    const char *name;
    read_function *read;
    size_t offset;
};

static const struct key *key_find(const struct key *keys, size_t count, struct span name) {
    for (size_t i = 0; i < count; i++) {
        if (span_equal(name, span_of(keys[i].name))) {
            return &keys[i];
        }
    }
    return NULL;
}

/* Reads a mapping by its table of keys into the struct at `target`. */
static bool section_read(struct loader *loader, const struct yaml_node *node,
                         const struct key *keys, size_t count, void *target) {
    if (node->type != YAML_MAPPING) {
        return fail_at(loader, node, "\"name: value\" lines are wanted here");
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct key *key = key_find(keys, count, node->keys[i]->scalar);
        if (key == NULL) {
            return fail_at(loader, node->keys[i], "unknown key \"%.*s\"",
                           SPAN_ARG(node->keys[i]->scalar));
        }
        if (!key->read(loader, node->list[i], (char *)target + key->offset)) {
            return false;
        }
    }
    return true;
}
#define SECTION(keys) (keys), sizeof(keys) / sizeof(keys)[0]

/* --- Scalars --------------------------------------------------------------------------------- */

static bool text_read(struct loader *loader, const struct yaml_node *node, void *target) {
    if (node->type != YAML_SCALAR) {
        return fail_at(loader, node, "a text is wanted here");
    }
    *(struct span *)target = arena_copy(loader->arena, span_trim(node->scalar));
    return true;
}

static bool flag_read(struct loader *loader, const struct yaml_node *node, void *target) {
    bool yes = span_equal(node->scalar, SPAN("true")) || span_equal(node->scalar, SPAN("yes"));
    bool no = span_equal(node->scalar, SPAN("false")) || span_equal(node->scalar, SPAN("no"));
    *(bool *)target = yes;
    return yes || no || fail_at(loader, node, "true or false is wanted here");
}

static bool duration_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return duration_parse(node->scalar, target) ||
           fail_at(loader, node, "\"%.*s\" is no length of time like 10m", SPAN_ARG(node->scalar));
}

static bool integer_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return span_to_int64(node->scalar, target) ||
           fail_at(loader, node, "\"%.*s\" is no whole number", SPAN_ARG(node->scalar));
}

static bool real_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return span_to_double(node->scalar, target) ||
           fail_at(loader, node, "\"%.*s\" is no number", SPAN_ARG(node->scalar));
}

static bool channel_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return channel_parse(node->scalar, target) ||
           fail_at(loader, node, "unknown channel \"%.*s\"", SPAN_ARG(node->scalar));
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
    return fail_at(loader, node,
                   "unknown dialect \"%.*s\"; there are plain, google, lucene, algolia",
                   SPAN_ARG(node->scalar));
}

static bool format_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const char *const names[] = {[FORMAT_JSON] = "json",
                                        [FORMAT_HTML] = "html",
                                        [FORMAT_FEED] = "feed",
                                        [FORMAT_DOCUMENT] = "document"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(node->scalar, span_of(names[i]))) {
            *(enum recipe_format *)target = (enum recipe_format)i;
            return true;
        }
    }
    return fail_at(loader, node, "unknown format \"%.*s\"; there are json, html, feed, document",
                   SPAN_ARG(node->scalar));
}

static bool kind_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return paging_kind_parse(node->scalar, target) ||
           fail_at(loader, node, "unknown kind of paging \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool template_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct span text = {0};
    return text_read(loader, node, &text) &&
           (template_parse(text, loader->arena, target, loader->error) ||
            fail_around(loader, node, "template"));
}

/* A place in the answer; what it is depends on the format, which stands before it in the file. */
static bool place_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct place *place = target;
    struct span text = {0};
    if (!text_read(loader, node, &text)) {
        return false;
    }
    if (loader->recipe->format != FORMAT_JSON) {
        place->xpath = text;
        return xpath_check(text, loader->error) || fail_around(loader, node, "xpath");
    }
    return path_parse(text, loader->arena, &place->path, loader->error) ||
           fail_around(loader, node, "place");
}

/* --- Conditions ------------------------------------------------------------------------------ */

static bool condition_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct condition *condition = target;
    struct span text = {0};
    if (!text_read(loader, node, &text)) {
        return false;
    }
    condition->text = text;
    size_t equals = span_find(text, SPAN(" = "));
    size_t differs = span_find(text, SPAN(" != "));
    struct span left = span_first(text, equals < differs ? equals : differs);
    condition->test = CONDITION_SET;
    if (equals != SPAN_NOT_FOUND) {
        condition->test = CONDITION_EQUAL;
        condition->value = span_trim(span_from(text, equals + 3));
    } else if (differs != SPAN_NOT_FOUND) {
        condition->test = CONDITION_DIFFERENT;
        condition->value = span_trim(span_from(text, differs + 4));
    } else if (span_starts_with(text, SPAN("!"))) {
        condition->test = CONDITION_UNSET;
        left = span_from(text, 1);
    }
    struct yaml_node place = *node;
    place.scalar = left;
    return place_read(loader, &place, &condition->place);
}

static bool conditions_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct conditions *conditions = target;
    if (node->type == YAML_SCALAR) {
        conditions->list = ARENA_NEW(loader->arena, struct condition);
        conditions->count = 1;
        return condition_read(loader, node, conditions->list);
    }
    conditions->list = ARENA_ARRAY(loader->arena, struct condition, node->count);
    for (size_t i = 0; i < node->count; i++) {
        if (!condition_read(loader, node->list[i], &conditions->list[i])) {
            return false;
        }
    }
    conditions->count = node->count;
    return true;
}

/* --- Fields ---------------------------------------------------------------------------------- */

static bool type_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return value_type_parse(node->scalar, target) ||
           fail_at(loader, node, "unknown type \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool rule_place_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_PLACE;
    return place_read(loader, node, &rule->place);
}

static bool rule_template_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_TEMPLATE;
    return template_read(loader, node, &rule->template);
}

static bool rule_constant_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->from = RULE_CONSTANT;
    return text_read(loader, node, &rule->constant);
}

static bool map_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    if (node->type != YAML_MAPPING) {
        return fail_at(loader, node, "map wants \"theirs: ours\" lines");
    }
    rule->map = ARENA_ARRAY(loader->arena, struct mapping, node->count);
    rule->map_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!text_read(loader, node->keys[i], &rule->map[i].from) ||
            !text_read(loader, node->list[i], &rule->map[i].to)) {
            return false;
        }
    }
    return true;
}

static bool join_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct rule *rule = target;
    rule->joins = true;
    return place_read(loader, node, &rule->join);
}

static const struct key rule_keys[] = {
    {"place", rule_place_read, 0},
    {"template", rule_template_read, 0},
    {"value", rule_constant_read, 0},
    {"type", type_read, offsetof(struct rule, type)},
    {"map", map_read, 0},
    {"worst", real_read, offsetof(struct rule, worst)},
    {"best", real_read, offsetof(struct rule, best)},
    {"best_place", place_read, offsetof(struct rule, best_place)},
    {"join", join_read, 0},
    {"on", place_read, offsetof(struct rule, on)},
    {"take", place_read, offsetof(struct rule, take)},
};

static bool rule_read(struct loader *loader, const struct yaml_node *node, size_t field,
                      struct rule *rule) {
    *rule =
        (struct rule){.type = field_default_type(field), .worst = 1, .best = 5, .line = node->line};
    if (node->type == YAML_SCALAR) {
        return rule_place_read(loader, node, rule);
    }
    return section_read(loader, node, SECTION(rule_keys), rule);
}

/* A place, a rule, or a list of either: fall-backs. */
static bool field_read(struct loader *loader, const struct yaml_node *node, size_t which) {
    struct field *field = &loader->recipe->fields[which];
    size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
    field->rules = ARENA_ARRAY(loader->arena, struct rule, count);
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = node->type == YAML_SEQUENCE ? node->list[i] : node;
        if (!rule_read(loader, one, which, &field->rules[i])) {
            return false;
        }
    }
    field->count = count;
    return true;
}

static bool fields_read(struct loader *loader, const struct yaml_node *node, void *target) {
    (void)target;
    if (node->type != YAML_MAPPING) {
        return fail_at(loader, node, "item wants \"field: place\" lines");
    }
    for (size_t i = 0; i < node->count; i++) {
        size_t field = 0;
        if (!field_find(node->keys[i]->scalar, &field)) {
            return fail_at(loader, node->keys[i], "an item has no field \"%.*s\"",
                           SPAN_ARG(node->keys[i]->scalar));
        }
        if (!field_read(loader, node->list[i], field)) {
            return false;
        }
    }
    return true;
}

/* --- Sections -------------------------------------------------------------------------------- */

static bool headers_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct request_part *request = target;
    if (node->type != YAML_MAPPING) {
        return fail_at(loader, node, "headers wants \"Name: value\" lines");
    }
    request->header_names = ARENA_ARRAY(loader->arena, struct span, node->count);
    request->header_values = ARENA_ARRAY(loader->arena, struct template, node->count);
    request->header_count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!text_read(loader, node->keys[i], &request->header_names[i]) ||
            !template_read(loader, node->list[i], &request->header_values[i])) {
            return false;
        }
    }
    return true;
}

static bool request_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"url", template_read, offsetof(struct request_part, url)},
        {"method", text_read, offsetof(struct request_part, method)},
        {"headers", headers_read, 0},
        {"body", template_read, offsetof(struct request_part, body)},
    };
    return section_read(loader, node, SECTION(keys), target);
}

static bool param_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"help", text_read, offsetof(struct recipe_param, help)},
        {"default", text_read, offsetof(struct recipe_param, default_value)},
    };
    return section_read(loader, node, SECTION(keys), target);
}

static bool params_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe_info *info = target;
    struct recipe_param *params = ARENA_ARRAY(loader->arena, struct recipe_param, node->count);
    if (node->type != YAML_MAPPING) {
        return fail_at(loader, node, "params wants one entry per parameter");
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
        {"first", integer_read, offsetof(struct paging, first)},
        {"last", integer_read, offsetof(struct paging, last)},
        {"step", integer_read, offsetof(struct paging, step)},
        {"start", text_read, offsetof(struct paging, start)},
        {"next", place_read, offsetof(struct paging, next)},
        {"more", conditions_read, offsetof(struct paging, more)},
        {"pages", place_read, offsetof(struct paging, pages)},
        {"empty", integer_read, offsetof(struct paging, empty)},
    };
    return section_read(loader, node, SECTION(keys), target);
}

static bool items_read(struct loader *loader, const struct yaml_node *node, void *target) {
    loader->recipe->has_items = true;
    return place_read(loader, node, target);
}

static bool failure_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"when", condition_read, offsetof(struct failure, when)},
        {"message", place_read, offsetof(struct failure, message)},
    };
    return section_read(loader, node, SECTION(keys), target);
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
    if (!text_read(loader, node, &expectation->text)) {
        return false;
    }
    struct span rest = expectation->text;
    while (span_split(&rest, '|', &part)) {
        size_t field = 0;
        if (!field_find(span_trim(part), &field)) {
            return fail_at(loader, node, "an item has no field \"%.*s\"",
                           SPAN_ARG(span_trim(part)));
        }
        if (expectation->count == sizeof expectation->fields / sizeof expectation->fields[0]) {
            return fail_at(loader, node, "too many alternatives");
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
    return count > 0 || fail_at(loader, node, "expect wants a list of fields");
}

#define INFO(member) (offsetof(struct recipe, info) + offsetof(struct recipe_info, member))

static const struct key recipe_keys[] = {
    {"name", text_read, INFO(name)},
    {"title", text_read, INFO(title)},
    {"terms", text_read, INFO(terms)},
    {"limits", text_read, INFO(limits)},
    {"gives", text_read, INFO(gives)},
    {"channel", channel_read, INFO(channel)},
    {"api", flag_read, INFO(api)},
    {"dialect", dialect_read, INFO(dialect)},
    {"interval", duration_read, INFO(interval_ms)},
    {"spacing", duration_read, INFO(spacing_ms)},
    {"governor", text_read, INFO(governor_key)},
    {"params", params_read, offsetof(struct recipe, info)},
    {"format", format_read, offsetof(struct recipe, format)},
    {"request", request_read, offsetof(struct recipe, request)},
    {"items", items_read, offsetof(struct recipe, items)},
    {"item", fields_read, 0},
    {"skip", conditions_read, offsetof(struct recipe, skip)},
    {"stop", conditions_read, offsetof(struct recipe, stop)},
    {"fail", failures_read, 0},
    {"backoff", place_read, offsetof(struct recipe, backoff)},
    {"paging", paging_read, offsetof(struct recipe, paging)},
    {"overlap", duration_read, offsetof(struct recipe, overlap_ms)},
    {"redeliver", flag_read, offsetof(struct recipe, redeliver)},
    {"expect", expects_read, 0},
};

/* --- The whole ------------------------------------------------------------------------------- */

/* Places are read by the format, wherever in the file it stands. */
static bool format_first(struct loader *loader, const struct yaml_node *root) {
    const struct yaml_node *format = yaml_get(root, "format");
    return format == NULL ? fail_at(loader, root, "\"format\" is missing")
                          : format_read(loader, format, &loader->recipe->format);
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
    bool mapped = recipe->format == FORMAT_JSON || recipe->format == FORMAT_HTML;
    if (recipe->info.name.size == 0 || recipe->info.title.size == 0) {
        return fail_at(loader, root, "\"name\" and \"title\" must be given");
    }
    if (recipe->request.url.count == 0) {
        return fail_at(loader, root, "\"request: url:\" is missing");
    }
    if (mapped && (!recipe->has_items || yaml_get(root, "item") == NULL)) {
        return fail_at(loader, root, "this format needs \"items\" and \"item\"");
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
    made->file = arena_copy(arena, file);
    made->paging = (struct paging){.first = 1, .last = INT64_MAX, .step = 1};
    if (!yaml_parse(yaml, arena, &root, loader.error)) {
        unsigned line = loader.error->line;
        return error_add_context(loader.error, "%.*s:%u", SPAN_ARG(file), line);
    }
    if (root->type != YAML_MAPPING || root->count == 0) {
        return fail_at(&loader, root, "the recipe is empty");
    }
    if (!format_first(&loader, root) || !section_read(&loader, root, SECTION(recipe_keys), made) ||
        !whole_check(&loader, root)) {
        return false;
    }
    *recipe = made;
    return true;
}

const struct recipe_info *recipe_info(const struct recipe *recipe) {
    return &recipe->info;
}

static struct span builtin_name(const struct embedded_file *file) {
    struct span name = span_of(file->name);
    return span_ends_with(name, SPAN(".yaml")) ? span_first(name, name.size - 5) : name;
}

const struct span *recipe_builtin_names(struct arena *arena, size_t *count) {
    size_t total = 0;
    while (embedded_recipes[total].name != NULL) {
        total++;
    }
    struct span *names = ARENA_ARRAY(arena, struct span, total);
    for (size_t i = 0; i < total; i++) {
        names[i] = builtin_name(&embedded_recipes[i]);
    }
    *count = total;
    return names;
}

/* How many edits lead from one name to another; beyond `most` it does not matter. */
static size_t distance(struct span a, struct span b) {
    size_t row[64];
    if (a.size >= 64 || b.size >= 64) {
        return 64;
    }
    for (size_t j = 0; j <= b.size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a.size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.size; j++) {
            size_t change = diagonal + (a.data[i - 1] != b.data[j - 1]);
            diagonal = row[j];
            size_t shift = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < shift ? change : shift;
        }
    }
    return row[b.size];
}

bool recipe_builtin(struct span name, struct arena *arena, const struct recipe **recipe,
                    struct error *error) {
    struct span nearest = {0};
    size_t least = 4; /* further off is no typing mistake */
    for (const struct embedded_file *file = embedded_recipes; file->name != NULL; file++) {
        struct span own = builtin_name(file);
        if (span_equal(own, name)) {
            return recipe_parse(embedded_span(file), span_of(file->name), arena, recipe, error);
        }
        size_t far = distance(own, name);
        if (far < least) {
            least = far;
            nearest = own;
        }
    }
    if (nearest.size > 0) {
        return error_set(error, ERROR_USAGE, "unknown recipe \"%.*s\"; did you mean \"%.*s\"?",
                         SPAN_ARG(name), SPAN_ARG(nearest));
    }
    return error_set(error, ERROR_USAGE, "unknown recipe \"%.*s\"; \"earshot sources\" lists them",
                     SPAN_ARG(name));
}
