#include "parsers/poll_state.h"

#include "base/buffer.h"

#include <stdlib.h>

/* Requests for the sake of single items: their comments, their numbers, whether they still are
 * there. Queues are short (LIMIT_FOLLOWED) and walked from their beginning: what is asked for moves
 * to the front, what has been asked for to the end. */

#define TRIES_MOST 5 /* of one follow-up, before it is given up: it has failed for hours then */
#define TRY_AGAIN_MS (30 * MINUTE_MS)

static bool is_due(const struct poll *poll, const struct followed *one) {
    return one->due_ms <= poll->options.now_ms;
}

static const struct follow *follow_of(const struct poll *poll, size_t index) {
    return &poll->recipe->follows[index];
}

/* --- Queues ----------------------------------------------------------------------------------- */

static size_t queue_find(const struct queue *queue, struct span id) {
    size_t at = 0;
    while (at < queue->count && !span_equal(queue->list[at].id, id)) {
        at++;
    }
    return at;
}

static void queue_remove(struct queue *queue, size_t at) {
    queue->count--;
    memmove(&queue->list[at], &queue->list[at + 1], (queue->count - at) * sizeof queue->list[0]);
    queue->walked -= at < queue->walked;
    queue->batch -= at < queue->batch;
}

static void queue_move(struct queue *queue, size_t from, size_t to) {
    struct followed one = queue->list[from];
    if (from < to) {
        memmove(&queue->list[from], &queue->list[from + 1], (to - from) * sizeof one);
    } else {
        memmove(&queue->list[to + 1], &queue->list[to], (from - to) * sizeof one);
    }
    queue->list[to] = one;
}

/* What can be spared: first what only must not be asked for twice, then what is only watched. */
static bool queue_spare(struct poll *poll, struct queue *queue) {
    for (size_t i = queue->walked; i < queue->count; i++) {
        if (queue->list[i].due_ms == DUE_NEVER) {
            queue_remove(queue, i);
            return true;
        }
    }
    for (size_t i = queue->walked; i < queue->count; i++) {
        if (!is_due(poll, &queue->list[i])) {
            queue_remove(queue, i);
            poll->report.given_up++;
            return true;
        }
    }
    return false;
}

static struct followed *queue_add(struct poll *poll, struct queue *queue) {
    if (queue->count >= LIMIT_FOLLOWED) {
        queue_spare(poll, queue);
    }
    queue->list =
        arena_grow(poll->arena, queue->list, queue->count, &queue->capacity, sizeof *queue->list);
    return &queue->list[queue->count++];
}

static size_t queue_due(const struct poll *poll, const struct queue *queue) {
    size_t due = 0;
    for (size_t i = 0; i < queue->count; i++) {
        due += is_due(poll, &queue->list[i]);
    }
    return due;
}

size_t follow_waiting(const struct poll *poll) {
    size_t due = 0;
    for (size_t f = 0; f < poll->queue_count; f++) {
        due += queue_due(poll, &poll->queues[f]);
    }
    return due;
}

bool follow_is_crowded(const struct poll *poll) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        if (queue_due(poll, &poll->queues[f]) >= LIMIT_FOLLOWED) {
            return true;
        }
    }
    return false;
}

/* What was deleted is not asked about any more, for whatever reason. */
static void id_unfollow(struct poll *poll, struct span id) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        struct queue *queue = &poll->queues[f];
        size_t at = queue_find(queue, id);
        if (at < queue->count && at >= queue->walked && at >= queue->batch) {
            queue_remove(queue, at);
        }
    }
}

bool follow_knows(const struct poll *poll, struct span id) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        const struct queue *queue = &poll->queues[f];
        size_t at = follow_of(poll, f)->whole ? queue_find(queue, id) : queue->count;
        if (at < queue->count && queue->list[at].answered) {
            return true;
        }
    }
    return false;
}

/* --- What is to be followed ------------------------------------------------------------------- */

/* What tells that an item is another than it was: its number of replies, else when it was changed. */
static int64_t item_mark(const struct item *item) {
    int64_t changed = item->updated_ms == DATE_NONE ? COUNT_NONE : item->updated_ms;
    return item->engagement.replies != COUNT_NONE ? item->engagement.replies : changed;
}

static void item_follow(struct page *page, size_t f, const struct item *item, struct value from) {
    struct poll *poll = page->poll;
    const struct follow *follow = follow_of(poll, f);
    struct queue *queue = &poll->queues[f];
    size_t at = queue_find(queue, item->id);
    int64_t mark = item_mark(item);
    if (at < queue->count) {
        struct followed *one = &queue->list[at];
        one->due_ms = mark != COUNT_NONE && mark != one->mark ? poll->options.now_ms : one->due_ms;
        one->mark = mark;
        return;
    }
    if (!conditions_all(&page->answer, &follow->when, from)) {
        return;
    }
    struct followed *one = queue_add(poll, queue);
    bool dated = item->published_ms != DATE_NONE && item->published_ms < poll->options.now_ms;
    *one = (struct followed){
        .id = arena_copy(poll->arena, item->id),
        .published_ms = dated ? item->published_ms : poll->options.now_ms,
        .due_ms = poll->options.now_ms + follow->after_ms,
        .known_ms = DATE_NONE,
        .mark = mark,
        .keeps = ARENA_ARRAY(poll->arena, struct span, follow->keep_count),
    };
    for (size_t k = 0; k < follow->keep_count; k++) {
        struct span kept = rule_text(&page->answer, &follow->keeps[k].rule, from);
        one->keeps[k] = arena_copy(poll->arena, kept);
    }
}

static void item_note(struct page *page, size_t of, size_t index) {
    struct poll *poll = page->poll;
    const struct item *item = &page->found.list[index];
    bool wanted = of != FOLLOW_OF_LISTING || walk_is_wanted(poll, item->published_ms);
    if (item->id.size > 0 && item->deleted) {
        id_unfollow(poll, item->id);
        return;
    }
    for (size_t f = 0; f < poll->queue_count && wanted && item->id.size > 0; f++) {
        if (follow_of(poll, f)->of == of) {
            item_follow(page, f, item, page->elements[index]);
        }
    }
}

void follow_note(struct page *page, size_t of) {
    for (size_t i = 0; i < page->found.count; i++) {
        item_note(page, of, i);
    }
}

void follow_forget(struct poll *poll) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        struct queue *queue = &poll->queues[f];
        for (size_t i = queue->count; i-- > queue->walked;) {
            const struct followed *one = &queue->list[i];
            if (one->due_ms == DUE_NEVER && !walk_is_wanted(poll, one->published_ms)) {
                queue_remove(queue, i);
            }
        }
    }
}

/* --- Asking ----------------------------------------------------------------------------------- */

/* Brings what one request asks for to the front. */
static bool queue_choose(struct poll *poll, size_t f) {
    struct queue *queue = &poll->queues[f];
    size_t most = (size_t)follow_of(poll, f)->batch;
    queue->batch = queue->walked;
    if (queue->walked == 0) {
        queue->position = position_first(&follow_of(poll, f)->listing.paging, poll->arena);
        queue->newest_ms = DATE_NONE;
    }
    for (size_t i = 0; i < queue->count && queue->walked == 0 && queue->batch < most; i++) {
        if (is_due(poll, &queue->list[i])) {
            queue_move(queue, i, queue->batch++);
        }
    }
    for (size_t i = 0; i < queue->batch; i++) {
        queue->list[i].seen = false;
        queue->list[i].gone = false;
    }
    queue->subject = queue->batch;
    return queue->batch > 0;
}

bool follow_choose(struct poll *poll) {
    for (size_t f = 0; f < poll->queue_count; f++) {
        struct queue *queue = &poll->queues[f];
        if (queue->asked < follow_of(poll, f)->most && queue_choose(poll, f)) {
            queue->asked++;
            poll->following = f;
            return true;
        }
    }
    return false;
}

static struct span value_of(const struct followed *one, size_t keep) {
    return keep == SIZE_MAX ? one->id : one->keeps[keep];
}

static struct span values_join(struct poll *poll, const struct queue *queue, size_t keep) {
    struct buffer out;
    if (queue->subject < queue->batch) {
        return value_of(&queue->list[queue->subject], keep);
    }
    buffer_init(&out, LIMIT_BODY);
    for (size_t i = 0; i < queue->batch; i++) {
        buffer_append(&out, i == 0 ? SPAN("") : follow_of(poll, poll->following)->between);
        buffer_append(&out, value_of(&queue->list[i], keep));
    }
    struct span joined = arena_copy(poll->arena, buffer_span(&out));
    buffer_done(&out);
    return joined;
}

struct span follow_variable(struct poll *poll, struct span name) {
    const struct follow *follow = follow_of(poll, poll->following);
    const struct queue *queue = &poll->queues[poll->following];
    for (size_t k = 0; k < follow->keep_count; k++) {
        if (span_equal(follow->keeps[k].name, name)) {
            return values_join(poll, queue, k);
        }
    }
    return span_equal(name, SPAN("id")) ? values_join(poll, queue, SIZE_MAX) : (struct span){0};
}

/* --- Answers ---------------------------------------------------------------------------------- */

static void item_delete(struct poll *poll, struct span id, struct items *items) {
    struct item *item = items_add(items);
    item->id = arena_copy(items->arena, id);
    item->deleted = true;
    poll->report.items++;
    id_unfollow(poll, item->id);
}

/* The listing that showed what is followed. */
static const struct listing *followed_listing(const struct poll *poll) {
    size_t of = follow_of(poll, poll->following)->of;
    return of == FOLLOW_OF_LISTING ? &poll->recipe->listing : &follow_of(poll, of)->listing;
}

void follow_subject(struct page *page, struct value element) {
    struct poll *poll = page->poll;
    if (poll->turn != TURN_FOLLOW) {
        return;
    }
    struct queue *queue = &poll->queues[poll->following];
    const struct place *belongs = &follow_of(poll, poll->following)->belongs;
    struct span id = value_text(&page->answer, place_get(&page->answer, belongs, element));
    size_t at = queue_find(queue, id);
    queue->subject = queue->batch == 1 ? 0 : at < queue->batch ? at : queue->batch;
}

/* What an answer brings belongs to the item that was asked about, unless it is that item itself. */
static void item_adopt(struct page *page, struct queue *queue, size_t index) {
    struct item *item = &page->found.list[index];
    if (followed_listing(page->poll)->hidden) {
        return;
    }
    if (page->elements != NULL) {
        follow_subject(page, page->elements[index]);
    }
    if (item->parent.size == 0 && queue->subject < queue->batch &&
        !span_equal(item->id, queue->list[queue->subject].id)) {
        item->parent = queue->list[queue->subject].id;
    }
}

/* Hands out the items; true when they reach what was known before. */
static bool items_take(struct page *page, struct queue *queue, struct items *items) {
    struct poll *poll = page->poll;
    int64_t known = queue->batch == 1 ? queue->list[0].known_ms : DATE_NONE;
    size_t old = 0;
    for (size_t i = 0; i < page->found.count; i++) {
        struct item *item = &page->found.list[i];
        size_t at = queue_find(queue, item->id);
        if (at < queue->batch) {
            queue->list[at].seen = true;
            queue->list[at].gone |= item->deleted;
        }
        item_adopt(page, queue, i);
        old += item->published_ms != DATE_NONE && known != DATE_NONE && item->published_ms < known;
        if (item->published_ms > queue->newest_ms && item->published_ms <= poll->options.now_ms) {
            queue->newest_ms = item->published_ms;
        }
        if (!page->listing->hidden) {
            *items_add(items) = *item;
            poll->report.items++;
        }
    }
    return !page->listing->redeliver && old > 0 && old == page->found.count;
}

static void followed_done(const struct poll *poll, const struct follow *follow,
                          struct followed *one, int64_t newest_ms) {
    bool watched = poll->options.now_ms - one->published_ms < follow->watch_ms;
    int64_t every_ms = follow->every_ms > 0 ? follow->every_ms : MINUTE_MS;
    one->due_ms = watched ? poll->options.now_ms + every_ms : DUE_NEVER;
    one->tries = 0;
    one->answered = true;
    one->known_ms = newest_ms > one->known_ms ? newest_ms : one->known_ms;
}

/* The batch has its whole answer: what was not in it is gone, if something was. */
static void batch_done(struct poll *poll, struct queue *queue, struct items *items) {
    const struct follow *follow = follow_of(poll, poll->following);
    size_t seen = 0;
    for (size_t i = 0; i < queue->batch; i++) {
        seen += queue->list[i].seen;
    }
    bool speaks = follow->missing_deletes && (seen > 0 || queue->batch == 1);
    size_t left = queue->batch;
    queue->walked = 0;
    while (left-- > 0) {
        struct followed *one = &queue->list[0];
        if (speaks && !one->seen) {
            item_delete(poll, one->id, items);
            queue_remove(queue, 0);
        } else if (one->gone) {
            queue_remove(queue, 0);
        } else {
            followed_done(poll, follow, one, queue->newest_ms);
            queue_move(queue, 0, queue->count - 1);
        }
    }
    queue->batch = 0;
}

void follow_take(struct page *page, struct items *items) {
    struct poll *poll = page->poll;
    struct queue *queue = &poll->queues[poll->following];
    struct page_facts facts = page_facts(page);
    poll->report.follow_ups++;
    bool reached = items_take(page, queue, items);
    queue->subject = queue->batch;
    follow_note(page, poll->following);
    if (!reached &&
        position_advance(&page->listing->paging, &facts, poll->arena, &queue->position)) {
        queue->walked = queue->batch;
    } else {
        batch_done(poll, queue, items);
    }
    walk_pause(page);
}

/* --- Failures --------------------------------------------------------------------------------- */

static void batch_fail(struct poll *poll, struct queue *queue) {
    size_t left = queue->batch;
    queue->walked = 0;
    while (left-- > 0) {
        struct followed *one = &queue->list[0];
        if (++one->tries >= TRIES_MOST) {
            queue_remove(queue, 0);
            poll->report.given_up++;
        } else {
            one->due_ms = poll->options.now_ms + TRY_AGAIN_MS;
            queue_move(queue, 0, queue->count - 1);
        }
    }
}

bool follow_fail(struct poll *poll, bool gone, bool blamed, struct items *items) {
    struct queue *queue = &poll->queues[poll->following];
    const struct follow *follow = follow_of(poll, poll->following);
    bool one_is_gone = gone && queue->batch == 1;
    poll->report.follow_ups++;
    if (one_is_gone && follow->gone_deletes) {
        item_delete(poll, queue->list[0].id, items);
    }
    if (one_is_gone) {
        queue->walked = 0;
        queue_remove(queue, 0);
    } else if (blamed) {
        batch_fail(poll, queue);
    }
    queue->batch = 0;
    return one_is_gone;
}
