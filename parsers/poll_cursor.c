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

static void position_load(const json_t *walk, struct arena *arena, struct position *position) {
    int64_t page = moment_member(walk, "page");
    int64_t until = moment_member(walk, "until");
    position->page = page == DATE_NONE ? position->page : page;
    position->until_s = until == DATE_NONE ? 0 : until;
    position->cursor = json_scalar(json_object_get(walk, "cursor"), arena);
    position->url = json_scalar(json_object_get(walk, "url"), arena);
}

/* --- Queues ----------------------------------------------------------------------------------- */

/* An item in a queue: ["id", published, due, known, mark, tries, answered, "kept", ...]; moments
 * in milliseconds, null for what there is not. */
enum {
    PART_ID,
    PART_PUBLISHED,
    PART_DUE,
    PART_KNOWN,
    PART_MARK,
    PART_TRIES,
    PART_ANSWERED,
    PART_KEEPS
};

static int64_t number_part(const json_t *list, size_t part, int64_t none) {
    const json_t *value = json_array_get(list, part);
    return json_is_integer(value) ? json_integer_value(value) : none;
}

static void followed_load(struct poll *poll, size_t f, const json_t *list) {
    struct queue *queue = &poll->queues[f];
    size_t keeps = poll->recipe->follows[f].keep_count;
    struct span id = json_scalar(json_array_get(list, PART_ID), poll->arena);
    if (id.size == 0 || json_array_size(list) != PART_KEEPS + keeps) {
        return; /* of another version of the recipe */
    }
    queue->list =
        arena_grow(poll->arena, queue->list, queue->count, &queue->capacity, sizeof *queue->list);
    struct followed *one = &queue->list[queue->count++];
    *one = (struct followed){
        .id = id,
        .published_ms = number_part(list, PART_PUBLISHED, poll->options.now_ms),
        .due_ms = number_part(list, PART_DUE, DUE_NEVER),
        .known_ms = number_part(list, PART_KNOWN, DATE_NONE),
        .mark = number_part(list, PART_MARK, COUNT_NONE),
        .tries = number_part(list, PART_TRIES, 0),
        .answered = number_part(list, PART_ANSWERED, 0) != 0,
        .keeps = ARENA_ARRAY(poll->arena, struct span, keeps),
    };
    for (size_t k = 0; k < keeps; k++) {
        one->keeps[k] = json_scalar(json_array_get(list, PART_KEEPS + k), poll->arena);
    }
    /* Nothing was published later than now; a date that nobody can wait for is none. */
    one->published_ms = one->published_ms > poll->options.now_ms || one->published_ms < 0
                            ? poll->options.now_ms
                            : one->published_ms;
    one->tries = one->tries < 0 || one->tries > 100 ? 0 : one->tries;
}

static void queue_load(struct poll *poll, size_t f, const json_t *object) {
    struct queue *queue = &poll->queues[f];
    const json_t *list = json_object_get(object, "items");
    size_t index = 0;
    json_t *one = NULL;
    json_array_foreach(list, index, one) {
        if (queue->count < LIMIT_FOLLOWED + LIMIT_ITEMS) {
            followed_load(poll, f, one);
        }
    }
    const json_t *walk = json_object_get(object, "walk");
    int64_t walked = moment_member(object, "walked");
    bool sane = json_is_object(walk) && walked > 0 && (size_t)walked <= queue->count &&
                walked <= poll->recipe->follows[f].batch;
    queue->newest_ms = moment_member(walk, "newest");
    if (sane) {
        queue->walked = (size_t)walked;
        position_load(walk, poll->arena, &queue->position);
    }
}

static void queues_load(struct poll *poll, const json_t *follows) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        struct span name = poll->recipe->follows[f].listing.name;
        queue_load(poll, f, json_object_getn(follows, name.data, name.size));
    }
}

static void mailbox_load(struct poll *poll, const json_t *root) {
    const json_t *saved = json_object_get(root, "mailbox");
    if (json_is_object(saved)) {
        poll->mailbox.validity = json_integer_value(json_object_get(saved, "validity"));
        poll->mailbox.uid = json_integer_value(json_object_get(saved, "uid"));
        poll->mailbox.since_ms = moment_member(saved, "since");
    }
}

static json_t *mailbox_json(const struct mailbox_mark *mark) {
    json_t *saved = json_object();
    json_object_set_new(saved, "validity", json_integer(mark->validity));
    json_object_set_new(saved, "uid", json_integer(mark->uid));
    if (mark->since_ms != DATE_NONE) {
        json_object_set_new(saved, "since", json_integer(mark->since_ms));
    }
    return saved;
}

/* --- The whole -------------------------------------------------------------------------------- */

void poll_load_cursor(struct poll *poll, struct span cursor) {
    json_t *root = NULL;
    struct error ignored;
    if (cursor.size == 0 || !json_parse(cursor, &root, &ignored)) {
        return;
    }
    poll->known_ms = moment_member(root, "known");
    poll->from_ms = moment_member(root, "from");
    mailbox_load(poll, root);
    tops_load(poll, json_object_get(root, "tops"), &poll->known_tops);
    queues_load(poll, json_object_get(root, "follow"));
    const json_t *walk = json_object_get(root, "walk");
    if (json_is_object(walk)) {
        position_load(walk, poll->arena, &poll->position);
        poll->newest_ms = moment_member(walk, "newest");
        tops_load(poll, json_object_get(walk, "tops"), &poll->tops);
        poll->begun = true;
        poll->resumed = true;
    }
    json_decref(root);
}

/* --- Saving ----------------------------------------------------------------------------------- */

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

static void moment_set(json_t *object, const char *name, int64_t ms) {
    if (ms != DATE_NONE) {
        json_object_set_new(object, name, json_integer(ms));
    }
}

static json_t *number_json(int64_t number, int64_t none) {
    return number == none ? json_null() : json_integer(number);
}

static json_t *position_json(const struct position *position, int64_t newest_ms) {
    json_t *walk = json_object();
    json_object_set_new(walk, "page", json_integer(position->page));
    json_object_set_new(walk, "cursor", text_json(position->cursor));
    json_object_set_new(walk, "url", text_json(position->url));
    json_object_set_new(walk, "until", json_integer(position->until_s));
    moment_set(walk, "newest", newest_ms);
    return walk;
}

static json_t *followed_json(const struct followed *one, size_t keeps) {
    json_t *list = json_array();
    json_array_append_new(list, text_json(one->id));
    json_array_append_new(list, json_integer(one->published_ms));
    json_array_append_new(list, number_json(one->due_ms, DUE_NEVER));
    json_array_append_new(list, number_json(one->known_ms, DATE_NONE));
    json_array_append_new(list, number_json(one->mark, COUNT_NONE));
    json_array_append_new(list, json_integer(one->tries));
    json_array_append_new(list, json_integer(one->answered ? 1 : 0));
    for (size_t k = 0; k < keeps; k++) {
        json_array_append_new(list, text_json(one->keeps[k]));
    }
    return list;
}

static json_t *queue_json(const struct queue *queue, size_t keeps) {
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < queue->count; i++) {
        json_array_append_new(list, followed_json(&queue->list[i], keeps));
    }
    json_object_set_new(object, "items", list);
    if (queue->walked > 0) {
        json_object_set_new(object, "walked", json_integer((json_int_t)queue->walked));
        json_object_set_new(object, "walk", position_json(&queue->position, queue->newest_ms));
    }
    return object;
}

static json_t *queues_json(const struct poll *poll) {
    json_t *object = json_object();
    for (size_t f = 0; f < poll->queue_count; f++) {
        const struct follow *follow = &poll->recipe->follows[f];
        struct span name = follow->listing.name;
        if (poll->queues[f].count > 0) {
            json_object_setn_new(object, name.data, name.size,
                                 queue_json(&poll->queues[f], follow->keep_count));
        }
    }
    return object;
}

struct span poll_cursor(struct poll *poll) {
    json_t *root = json_object();
    moment_set(root, "known", poll->known_ms);
    moment_set(root, "from", poll->from_ms);
    if (poll->known_tops.count > 0) {
        json_object_set_new(root, "tops", tops_json(&poll->known_tops));
    }
    if (poll->mailbox.validity != 0) {
        json_object_set_new(root, "mailbox", mailbox_json(&poll->mailbox));
    }
    if (poll->begun) {
        json_t *walk = position_json(&poll->position, poll->newest_ms);
        json_object_set_new(walk, "tops", tops_json(&poll->tops));
        json_object_set_new(root, "walk", walk);
    }
    json_t *follows = queues_json(poll);
    if (json_object_size(follows) > 0) {
        json_object_set(root, "follow", follows);
    }
    char *text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
    struct span cursor = arena_copy(poll->arena, span_of(text));
    free(text);
    json_decref(follows);
    json_decref(root);
    return cursor;
}
