#include "parsers/recipe_load.h"

/* The sections `first:` and `follow:`: requests beside the listing's own. */

#define MOST_DEFAULT 20 /* requests of one kind in one poll: what any site bears beside a listing */
#define MOST_MOST 1000
#define BATCH_MOST 100 /* the longest list of ids that the sites met take */

static bool url_check(struct loader *loader, const struct yaml_node *node,
                      const struct listing *listing) {
    return listing->request.url.count > 0 ||
           load_failure(loader, node, "\"request: url:\" is missing");
}

bool load_first(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe *recipe = target;
    recipe->first = ARENA_NEW(loader->arena, struct listing);
    if (!load_listing(loader, node, recipe->first, NULL, 0, NULL) ||
        !url_check(loader, node, recipe->first)) {
        return false;
    }
    return (recipe->first->format == FORMAT_JSON && loader->format == FORMAT_JSON &&
            recipe->first->items_count == 0) ||
           load_failure(loader, node, "first wants a request for JSON, and no items");
}

/* --- Follow-ups ------------------------------------------------------------------------------- */

static bool when_read(struct loader *loader, const struct yaml_node *node, void *target) {
    enum recipe_format own = loader->format;
    loader->format = loader->outer;
    bool good = load_conditions(loader, node, target);
    loader->format = own;
    return good;
}

static bool keep_read(struct loader *loader, const struct yaml_node *node, void *target) {
    struct follow *follow = target;
    enum recipe_format own = loader->format;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "keep wants \"name: place\" lines");
    }
    follow->keeps = ARENA_ARRAY(loader->arena, struct kept, node->count);
    follow->keep_count = node->count;
    loader->format = loader->outer;
    bool good = true;
    for (size_t i = 0; i < node->count && good; i++) {
        good = load_text(loader, node->keys[i], &follow->keeps[i].name) &&
               load_rule(loader, node->list[i], &follow->keeps[i].rule);
    }
    loader->format = own;
    return good;
}

static bool follow_find(const struct recipe *recipe, struct span name, size_t *found) {
    for (*found = 0; *found < recipe->follow_count; (*found)++) {
        if (span_equal(recipe->follows[*found].listing.name, name)) {
            return true;
        }
    }
    return false;
}

/* Only what stands before it can be followed: no follow-up leads back to itself. */
static bool of_read(struct loader *loader, const struct yaml_node *node, void *target) {
    return follow_find(loader->recipe, node->scalar, target) ||
           load_failure(loader, node, "there is no follow-up \"%.*s\" before this one",
                        SPAN_ARG(node->scalar));
}

static bool deleted_read(struct loader *loader, const struct yaml_node *node, void *target) {
    *(bool *)target = true;
    return span_equal(node->scalar, SPAN("deleted")) ||
           load_failure(loader, node, "\"deleted\" is all that can stand here");
}

static const struct key follow_keys[] = {
    {"of", of_read, offsetof(struct follow, of)},
    {"when", when_read, offsetof(struct follow, when)},
    {"keep", keep_read, 0},
    {"most", load_integer, offsetof(struct follow, most)},
    {"after", load_duration, offsetof(struct follow, after_ms)},
    {"watch", load_duration, offsetof(struct follow, watch_ms)},
    {"every", load_duration, offsetof(struct follow, every_ms)},
    {"batch", load_integer, offsetof(struct follow, batch)},
    {"between", load_text, offsetof(struct follow, between)},
    {"belongs", load_place, offsetof(struct follow, belongs)},
    {"whole", load_flag, offsetof(struct follow, whole)},
    {"gone", deleted_read, offsetof(struct follow, gone_deletes)},
    {"missing", deleted_read, offsetof(struct follow, missing_deletes)},
};

static bool follow_check(struct loader *loader, const struct yaml_node *node,
                         const struct follow *follow) {
    if (!format_is_mapped(loader->outer)) {
        return load_failure(loader, node, "items of this format cannot be followed");
    }
    if (follow->most < 1 || follow->most > MOST_MOST) {
        return load_failure(loader, node, "\"most\" is 1 to %d", MOST_MOST);
    }
    if (follow->batch < 1 || follow->batch > BATCH_MOST) {
        return load_failure(loader, node, "\"batch\" is 1 to %d", BATCH_MOST);
    }
    if (follow->missing_deletes && follow->listing.paging.kind != PAGING_NONE) {
        return load_failure(loader, node, "\"missing\" needs the whole answer on one page");
    }
    return follow->listing.items_count > 0 || !format_is_mapped(follow->listing.format) ||
           load_failure(loader, node, "\"items\" and \"item\" are missing");
}

static bool follow_read(struct loader *loader, const struct yaml_node *name,
                        const struct yaml_node *node, struct follow *follow) {
    struct recipe *recipe = loader->recipe;
    const struct yaml_node *of = yaml_get(node, "of");
    *follow = (struct follow){
        .of = FOLLOW_OF_LISTING, .most = MOST_DEFAULT, .batch = 1, .between = SPAN(",")};
    if (!load_text(loader, name, &follow->listing.name) ||
        (of != NULL && !of_read(loader, of, &follow->of))) {
        return false;
    }
    loader->outer =
        of == NULL ? recipe->listing.format : recipe->follows[follow->of].listing.format;
    return load_listing(loader, node, &follow->listing, SECTION(follow_keys), follow) &&
           url_check(loader, node, &follow->listing) && follow_check(loader, node, follow);
}

bool load_follows(struct loader *loader, const struct yaml_node *node, void *target) {
    struct recipe *recipe = target;
    if (node->type != YAML_MAPPING) {
        return load_failure(loader, node, "follow wants one entry per kind of request");
    }
    recipe->follows = ARENA_ARRAY(loader->arena, struct follow, node->count);
    for (size_t i = 0; i < node->count; i++) {
        if (!follow_read(loader, node->keys[i], node->list[i], &recipe->follows[i])) {
            return false;
        }
        recipe->follow_count++;
    }
    return true;
}
