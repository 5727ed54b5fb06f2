#include "base/secret.h"
#include "parsers/login.h"
#include "parsers/recipe_load.h"

/* The section `login:`. */

static bool algorithm_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return sign_algorithm_parse(node->scalar, target) ||
           load_failure(loader, node, "unknown algorithm \"%.*s\"; there are ES256 and RS256",
                        SPAN_ARG(node->scalar));
}

static bool pairs_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct template_pairs *pairs = target;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "\"name: value\" lines are wanted here");
    }
    pairs->list = ARENA_ARRAY(loader->arena, struct template_pair, node->count);
    pairs->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!load_text(loader, node->keys[i], &pairs->list[i].name) ||
            !load_template(loader, node->list[i], &pairs->list[i].value)) {
            return false;
        }
    }
    return true;
}

/* Errors about the key name the parameter that holds it. */
static bool key_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct jwt_part *jwt = target;
    if (!load_template(loader, node, &jwt->key)) {
        return false;
    }
    for (size_t i = 0; i < jwt->key.count && jwt->key_name.size == 0; i++) {
        jwt->key_name = jwt->key.list[i].text;
    }
    return jwt->key.count == 1 || load_failure(loader, node, "one variable is wanted here");
}

static bool jwt_read(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"algorithm", algorithm_read, offsetof(struct jwt_part, algorithm)},
        {"key", key_read, 0},
        {"header", pairs_read, offsetof(struct jwt_part, header)},
        {"claims", pairs_read, offsetof(struct jwt_part, claims)},
        {"lifetime", load_duration, offsetof(struct jwt_part, lifetime_ms)},
    };
    struct login *login = target;
    login->signs = true;
    if (!load_section(loader, node, SECTION(keys), &login->jwt)) {
        return false;
    }
    return (login->jwt.key.count > 0 && login->jwt.lifetime_ms > 0) ||
           load_failure(loader, node, "a signed token needs \"key\" and \"lifetime\"");
}

/* Seconds somewhere in the answer, or a length of time. */
static bool lifetime_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct login *login = target;
    return duration_parse(node->scalar, &login->lifetime_ms) ||
           load_place(loader, node, &login->lifetime);
}

static bool token_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct login *login = target;
    return load_text(loader, node, &login->token_text) && load_place(loader, node, &login->token);
}

static bool login_check(struct loader *loader, const struct yaml_node *node,
                        const struct login *login) {
    bool asks = login->request.url.count > 0;
    if (!asks && !login->signs) {
        return load_failure(loader, node, "a login needs \"request: url:\", or \"jwt\"");
    }
    if (asks != (login->token_text.size > 0)) {
        return load_failure(loader, node,
                            asks ? "\"token\" is missing: where the answer has it"
                                 : "there is no answer to have a \"token\" without \"request\"");
    }
    if (login->refresh.url.count > 0 && login->refresh_token.path == NULL) {
        return load_failure(loader, node, "\"refresh\" needs \"refresh_token\"");
    }
    return true;
}

bool load_login(struct loader *loader, const struct yaml_node *node, void *target) {
    static const struct key keys[] = {
        {"jwt", jwt_read, 0},
        {"request", load_request, offsetof(struct login, request)},
        {"refresh", load_request, offsetof(struct login, refresh)},
        {"token", token_read, 0},
        {"refresh_token", load_place, offsetof(struct login, refresh_token)},
        {"lifetime", lifetime_read, 0},
        {"ended", load_conditions, offsetof(struct login, ended)},
    };
    struct recipe *recipe = target;
    struct login *login = ARENA_NEW(loader->arena, struct login);
    enum recipe_format format = loader->format;
    recipe->login = login;
    loader->format = FORMAT_JSON; /* whatever the pages are */
    bool read = load_section(loader, node, SECTION(keys), login);
    loader->format = format;
    return read && login_check(loader, node, login);
}

static bool param_is(const struct recipe *recipe, const char *name) {
    for (size_t i = 0; i < recipe->info.param_count; i++) {
        if (span_equal(recipe->info.params[i].name, span_of(name))) {
            return true;
        }
    }
    return false;
}

bool load_login_check(struct loader *loader, const struct yaml_node *root) {
    const struct recipe *recipe = loader->recipe;
    const struct login *login = recipe->login;
    bool used = recipe_uses(recipe, SPAN("token"), false);
    if (login == NULL && used && !param_is(recipe, "token")) {
        return load_failure(loader, yaml_get(root, "request"),
                            "{token} comes from a \"login\", and there is none");
    }
    if (login != NULL && !used) {
        return load_failure(loader, yaml_get(root, "login"), "no request uses {token}");
    }
    if (login != NULL && param_is(recipe, "token") && login->lifetime_ms == 0) {
        return load_failure(loader, yaml_get(root, "login"),
                            "a token that the user gives needs a \"lifetime\" like 7d, after which "
                            "it is renewed");
    }
    for (size_t i = 0; i < recipe->info.param_count; i++) {
        const struct recipe_param *param = &recipe->info.params[i];
        if (param->secret && !secret_is_named(param->name)) {
            return load_failure(loader, yaml_get(root, "params"),
                                "the name of \"%.*s\" must tell that it is secret, so that it is "
                                "shown nowhere: ..._key, _token, _secret, _password",
                                SPAN_ARG(param->name));
        }
    }
    return true;
}
