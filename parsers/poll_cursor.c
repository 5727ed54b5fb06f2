#include "parsers/json.h"
#include "parsers/poll_state.h"

#include <stdlib.h>

static void tops_load(struct poll *poll, const json_t *list, struct tops *tops) {
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(list, index, one) {
        if (tops->count < TOPS_MOST && json_is_string(one)) {
            tops->list[tops->count++] = json_scalar(one, poll->arena);
        }
    }
}

static int64_t moment_member(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return json_is_integer(value) ? json_integer_value(value) : DATE_NONE;
}

void poll_load_cursor(struct poll *poll, struct span cursor) {
    json_t *root = NULL;
    struct error ignored;
    if (cursor.size == 0 || !json_parse(cursor, &root, &ignored)) {
        return;
    }
    poll->known_ms = moment_member(root, "known");
    tops_load(poll, json_object_get(root, "tops"), &poll->known_tops);
    const json_t *walk = json_object_get(root, "walk");
    if (json_is_object(walk)) {
        struct position *position = &poll->position;
        int64_t page = moment_member(walk, "page");
        int64_t until = moment_member(walk, "until");
        position->page = page == DATE_NONE ? position->page : page;
        position->until_s = until == DATE_NONE ? 0 : until;
        position->cursor = json_scalar(json_object_get(walk, "cursor"), poll->arena);
        position->url = json_scalar(json_object_get(walk, "url"), poll->arena);
        poll->newest_ms = moment_member(walk, "newest");
        tops_load(poll, json_object_get(walk, "tops"), &poll->tops);
        poll->begun = true;
        poll->resumed = true;
    }
    json_decref(root);
}

static json_t *text_json(struct span text) {
    return json_stringn(text.size == 0 ? "" : text.data, text.size);
}

static json_t *tops_json(const struct tops *tops) {
    json_t *list = json_array();
    for (size_t i = 0; i < tops->count; i++) {
        json_array_append_new(list, text_json(tops->list[i]));
    }
    return list;
}

struct span poll_cursor(struct poll *poll) {
    json_t *root = json_object();
    if (poll->known_ms != DATE_NONE) {
        json_object_set_new(root, "known", json_integer(poll->known_ms));
    }
    if (poll->known_tops.count > 0) {
        json_object_set_new(root, "tops", tops_json(&poll->known_tops));
    }
    if (poll->begun) {
        json_t *walk = json_object();
        json_object_set_new(walk, "page", json_integer(poll->position.page));
        json_object_set_new(walk, "cursor", text_json(poll->position.cursor));
        json_object_set_new(walk, "url", text_json(poll->position.url));
        json_object_set_new(walk, "until", json_integer(poll->position.until_s));
        if (poll->newest_ms != DATE_NONE) {
            json_object_set_new(walk, "newest", json_integer(poll->newest_ms));
        }
        json_object_set_new(walk, "tops", tops_json(&poll->tops));
        json_object_set_new(root, "walk", walk);
    }
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    struct span cursor = arena_copy(poll->arena, span_of(text));
    free(text);
    json_decref(root);
    return cursor;
}
