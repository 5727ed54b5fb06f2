#include "parsers/recipe.h"

#include "base/webhook.h"
#include "parsers/dom.h"
#include "parsers/login.h"
#include "parsers/message.h"
#include "parsers/recipe_load.h"

/* Reading a recipe's YAML. Every section is a table of keys; what is not in it is an error. */

/* --- Words that mean something ---------------------------------------------------------------- */

static bool channel_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return channel_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown channel \"%.*s\"", SPAN_ARG(node->scalar));
}

static bool dialect_read(struct loader *loader, const struct yaml_node *node, void *target) {
    if (query_dialect_parse(node->scalar, target)) {
        return true;
    }
    return load_failure(loader, node,
                        "unknown dialect \"%.*s\"; there are plain, google, lucene, algolia",
                        SPAN_ARG(node->scalar));
}

/* --- Sections --------------------------------------------------------------------------------- */

static bool param_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"help", load_text, offsetof(struct recipe_param, help)},
        {"default", load_text, offsetof(struct recipe_param, default_value)},
        {"secret", load_flag, offsetof(struct recipe_param, secret)},
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

/* One scheme, or a list of them. */
static bool hooks_read(struct loader *loader, const struct yaml_node *node, void *target) {
    unsigned *hooks = target;
    size_t count = node->type == YAML_SEQUENCE ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *one = node->type == YAML_SEQUENCE ? node->list[i] : node;
        enum webhook_scheme scheme;
        if (!webhook_scheme_parse(one->scalar, &scheme)) {
            return load_failure(loader, one,
                                "unknown scheme \"%.*s\"; there are standard, hub, typeform, token",
                                SPAN_ARG(one->scalar));
        }
        *hooks |= 1u << scheme;
    }
    return *hooks != 0 || load_failure(loader, node, "hook wants a scheme: standard");
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
    {"hook", hooks_read, INFO(hooks)},
    {"matches", matches_read, offsetof(struct recipe, info)},
    {"software", load_text, INFO(software)},
    {"channel", channel_read, INFO(channel)},
    {"api", load_flag, INFO(api)},
    {"dialect", dialect_read, INFO(dialect)},
    {"interval", load_duration, INFO(interval_ms)},
    {"spacing", load_duration, INFO(spacing_ms)},
    {"governor", load_text, INFO(governor_key)},
    {"params", params_read, offsetof(struct recipe, info)},
    {"budget", load_budgets, offsetof(struct recipe, info)},
    {"reach", load_duration, offsetof(struct recipe, reach_ms)},
    {"overlap", load_duration, offsetof(struct recipe, overlap_ms)},
    {"login", load_login, 0},
    {"first", load_first, 0},
    {"follow", load_follows, 0},
};

/* --- The whole -------------------------------------------------------------------------------- */

bool request_uses(const struct request_part *request, struct span name, bool needed) {
    bool found =
        template_uses(&request->url, name, needed) || template_uses(&request->body, name, needed);
    for (size_t i = 0; i < request->header_count; i++) {
        found = found || template_uses(&request->header_values[i], name, needed);
    }
    return found;
}

/* What a follow-up keeps of its items hides a variable of the same name. */
static bool follow_uses(const struct follow *follow, struct span name, bool needed) {
    for (size_t i = 0; i < follow->keep_count; i++) {
        if (span_equal(follow->keeps[i].name, name)) {
            return false;
        }
    }
    return request_uses(&follow->listing.request, name, needed);
}

bool recipe_uses(const struct recipe *recipe, struct span name, bool needed) {
    bool found = request_uses(&recipe->listing.request, name, needed) ||
                 (recipe->first != NULL && request_uses(&recipe->first->request, name, needed)) ||
                 (recipe->login != NULL && login_uses(recipe->login, name));
    for (size_t i = 0; i < recipe->follow_count; i++) {
        found = found || follow_uses(&recipe->follows[i], name, needed);
    }
    return found;
}

/* What a follow-up leaves out is as in the listing that it follows. */
static void follow_inherit(struct follow *follow, const struct listing *from, bool has_item) {
    struct listing *to = &follow->listing;
    if (!has_item) {
        memcpy(to->fields, from->fields, sizeof to->fields);
        to->skip = to->skip.count > 0 ? to->skip : from->skip;
    }
    if (to->failure_count == 0) {
        to->failures = from->failures;
        to->failure_count = from->failure_count;
    }
    if (to->request.header_count == 0) {
        to->request.header_names = from->request.header_names;
        to->request.header_values = from->request.header_values;
        to->request.header_count = from->request.header_count;
    }
}

static void follows_inherit(struct recipe *recipe, const struct yaml_node *section) {
    for (size_t i = 0; i < recipe->follow_count; i++) {
        struct follow *follow = &recipe->follows[i];
        const struct listing *from = follow->of == FOLLOW_OF_LISTING
                                         ? &recipe->listing
                                         : &recipe->follows[follow->of].listing;
        if (from->format == follow->listing.format) {
            follow_inherit(follow, from, yaml_get(section->list[i], "item") != NULL);
        }
    }
}

static bool whole_check(struct loader *loader, const struct yaml_node *root) {
    struct recipe *recipe = loader->recipe;
    bool refused = recipe->info.refused.size > 0;
    enum recipe_format format = recipe->listing.format;
    bool mapped = recipe->info.reads && format_is_mapped(format);
    if (recipe->info.name.size == 0 || recipe->info.title.size == 0) {
        return load_failure(loader, root, "\"name\" and \"title\" must be given");
    }
    bool unasked = refused || recipe->info.hooks != 0;
    if (unasked != (recipe->listing.request.url.count == 0)) {
        return load_failure(loader, root,
                            refused   ? "what is refused must not say \"request: url:\""
                            : unasked ? "what is delivered must not say \"request: url:\""
                                      : "\"request: url:\" is missing");
    }
    if (mapped && (recipe->listing.items_count == 0 || yaml_get(root, "item") == NULL)) {
        return load_failure(loader, root, "this format needs \"items\" and \"item\"");
    }
    follows_inherit(recipe, yaml_get(root, "follow"));
    recipe->info.reads_pages = format == FORMAT_HTML || format == FORMAT_REVIEWS ||
                               format == FORMAT_DOCUMENT || format == FORMAT_SITEMAP;
    recipe->info.needs_url = recipe_uses(recipe, SPAN("url"), true);
    recipe->info.needs_query = recipe_uses(recipe, SPAN("query"), true);
    recipe->info.needs_key = recipe_uses(recipe, SPAN("key"), true) || recipe->info.hooks != 0 ||
                             recipe->listing.format == FORMAT_MAILBOX;
    return load_login_check(loader, root);
}

bool recipe_parse(struct span yaml, struct span file, struct arena *arena,
                  const struct recipe **recipe, struct error *error) {
    struct error own = {0};
    struct yaml_node *root = NULL;
    struct recipe *made = ARENA_NEW(arena, struct recipe);
    struct loader loader = {
        .recipe = made, .arena = arena, .file = file, .error = error == NULL ? &own : error};
    dom_library_start();
    message_library_start();
    made->file = arena_copy(arena, file);
    if (!yaml_parse(yaml, arena, &root, loader.error)) {
        unsigned line = loader.error->line;
        return error_add_context(loader.error, "%.*s:%u", SPAN_ARG(file), line);
    }
    if (root->type != YAML_MAPPING || root->count == 0) {
        return load_failure(&loader, root, "the recipe is empty");
    }
    made->info.reads = yaml_get(root, "format") != NULL;
    if (!made->info.reads && yaml_get(root, "refused") == NULL) { /* a refusal may have none */
        return load_failure(&loader, root, "\"format\" is missing");
    }
    if (!load_listing(&loader, root, &made->listing, SECTION(recipe_keys), made) ||
        !whole_check(&loader, root)) {
        return false;
    }
    *recipe = made;
    return true;
}

const struct recipe_info *recipe_info(const struct recipe *recipe) {
    return &recipe->info;
}
