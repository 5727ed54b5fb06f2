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

static struct span json_text(const json_t *value, struct arena *arena) {
    char *text = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    struct span copy = text == NULL ? (struct span){0} : arena_copy(arena, span_of(text));
    free(text);
    return copy;
}

static void state_load(struct poll *poll, const json_t *state) {
    const json_t *walk = json_object_get(state, "walk");
    poll->known_ms = moment_member(state, "known");
    tops_load(poll, json_object_get(state, "tops"), &poll->known_tops);
    mailbox_load(poll, state);
    queues_load(poll, json_object_get(state, "follow"));
    if (json_is_object(walk) && !poll->options.afresh) {
        position_load(walk, poll->arena, &poll->position);
        poll->newest_ms = moment_member(walk, "newest");
        tops_load(poll, json_object_get(walk, "tops"), &poll->tops);
        poll->begun = true;
        poll->resumed = true;
    }
}

void poll_load_cursor(struct poll *poll, struct span cursor) {
    json_t *root = NULL;
    struct error ignored;
    if (cursor.size == 0 || !json_parse(cursor, &root, &ignored)) {
        return;
    }
    if (!json_is_object(root)) {
        json_decref(root);
        return;
    }
    json_t *back = json_incref(json_object_get(root, "back"));
    poll->from_ms = moment_member(root, "from");
    if (poll->options.back_fill) {
        state_load(poll, back);
        poll->report.walked = json_is_true(json_object_get(back, "walked"));
        json_object_del(root, "back");
        poll->aside = json_text(root, poll->arena);
    } else {
        state_load(poll, root);
        poll->aside = json_text(back, poll->arena);
    }
    json_decref(back);
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

static json_t *state_json(const struct poll *poll) {
    json_t *state = json_object();
    moment_set(state, "known", poll->known_ms);
    if (poll->known_tops.count > 0) {
        json_object_set_new(state, "tops", tops_json(&poll->known_tops));
    }
    if (poll->mailbox.validity != 0) {
        json_object_set_new(state, "mailbox", mailbox_json(&poll->mailbox));
    }
    if (poll->begun) {
        json_t *walk = position_json(&poll->position, poll->newest_ms);
        json_object_set_new(walk, "tops", tops_json(&poll->tops));
        json_object_set_new(state, "walk", walk);
    }
    json_t *follows = queues_json(poll);
    if (json_object_size(follows) > 0) {
        json_object_set(state, "follow", follows);
    }
    json_decref(follows);
    return state;
}

/* What the other kind of poll has left in the cursor, or NULL. */
static json_t *aside_json(const struct poll *poll) {
    json_t *aside = NULL;
    struct error ignored;
    bool read = poll->aside.size > 0 && json_parse(poll->aside, &aside, &ignored);
    return read ? aside : NULL;
}

static json_t *following_cursor(const struct poll *poll) {
    json_t *root = state_json(poll);
    json_t *back = aside_json(poll);
    moment_set(root, "from", poll->from_ms);
    if (back != NULL) {
        json_object_set_new(root, "back", back);
    }
    return root;
}

/* A back-fill that is over leaves nothing but the moment from which on all is known. */
static json_t *back_cursor(const struct poll *poll) {
    json_t *root = aside_json(poll);
    root = root == NULL ? json_object() : root;
    if (poll->report.walked && follow_waiting(poll) == 0) {
        int64_t since_ms = poll->options.since_ms;
        moment_set(root, "from", poll->from_ms < since_ms ? poll->from_ms : since_ms);
        return root;
    }
    json_t *back = state_json(poll);
    if (poll->report.walked) {
        json_object_set_new(back, "walked", json_true());
    }
    json_object_set_new(root, "back", back);
    return root;
}

struct span poll_cursor(struct poll *poll) {
    json_t *root = poll->options.back_fill ? back_cursor(poll) : following_cursor(poll);
    struct span cursor = json_text(root, poll->arena);
    json_decref(root);
    return cursor;
}
