/* Counting what a source gave against the world it comes from, and reading its JSON. */
#ifndef TESTS_UNIT_ORIGIN_MET_H
#define TESTS_UNIT_ORIGIN_MET_H

#include "tests/unit/origin/harness.h"

#include <jansson.h>

/* --- Sets of ids ------------------------------------------------------------------------------ */

/* The posts met so far, by their place in the world. */
struct met {
    const struct world *world;
    bool *posts;
    size_t count;
    size_t twice;
};

static inline struct met met_none(struct harness *harness) {
    const struct world *world = origin_world(harness->origin);
    return (struct met){.world = world, .posts = NEW_ARRAY(bool, world->count)};
}

static inline const struct post *met_add(struct met *met, enum site_kind kind, const char *id) {
    for (size_t i = 0; i < met->world->count; i++) {
        const struct post *post = &met->world->posts[i];
        if (post->site->kind == kind && span_equal(post->id, span_of(id))) {
            met->twice += met->posts[i] ? 1 : 0;
            met->count += met->posts[i] ? 0 : 1;
            met->posts[i] = true;
            return post;
        }
    }
    fail_msg("nobody said %s", id);
    return NULL;
}

/* Each post of `kind` that speaks of `brand` by name (or any, -1), and no other, has been met. */
static inline void met_check(struct met *met, enum site_kind kind, int brand) {
    size_t expected = 0;
    for (size_t i = 0; i < met->world->count; i++) {
        const struct post *post = &met->world->posts[i];
        if (post->site->kind == kind && (brand < 0 || post->named[brand])) {
            expected++;
            assert_true(met->posts[i]);
        }
    }
    assert_true(expected > 0);
    assert_int_equal(met->count, expected);
}

static inline void met_done(struct met *met) {
    free(met->posts);
}

static inline json_t *get_json(struct harness *harness, const char *path) {
    struct answer answer = http_get(harness->port, path);
    json_error_t error;
    assert_int_equal(answer.status, 200);
    json_t *json = json_loadb(answer.body.data, answer.body.size, 0, &error);
    if (json == NULL) {
        fail_msg("%s: %s", path, error.text);
    }
    answer_done(&answer);
    return json;
}

static inline int64_t number_of(const json_t *object, const char *key) {
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static inline const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    return text;
}

#endif
