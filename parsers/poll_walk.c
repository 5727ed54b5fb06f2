#include "parsers/poll_state.h"

/* A listing is walked from its newest item back to what is known. What is known: everything up to a
 * moment, reached when a walk is over; for items without dates, the ids that stood on top then. A
 * walk that is cut short goes on, the next time, where it stopped. */

static bool tops_have(const struct tops *tops, struct span id) {
    for (size_t i = 0; i < tops->count; i++) {
        if (span_equal(tops->list[i], id)) {
            return true;
        }
    }
    return false;
}

static void item_note(struct poll *poll, const struct item *item) {
    int64_t published = item->published_ms;
    if (published != DATE_NONE) {
        /* A date in the future must not hide what comes before it. */
        published = published > poll->options.now_ms ? poll->options.now_ms : published;
        poll->newest_ms = published > poll->newest_ms ? published : poll->newest_ms;
    }
    if (!poll->begun && poll->tops.count < TOPS_MOST && item->id.size > 0) {
        poll->tops.list[poll->tops.count++] = arena_copy(poll->arena, item->id);
    }
}

bool walk_is_wanted(const struct poll *poll, int64_t moment_ms) {
    int64_t floor = poll->recipe->listing.redeliver ? poll->options.since_ms : poll_floor_ms(poll);
    return moment_ms == DATE_NONE || floor == DATE_NONE || moment_ms >= floor;
}

/* Whether an item is one to hand out. */
static bool item_is_wanted(const struct poll *poll, const struct item *item) {
    bool edited = item->updated_ms > item->published_ms;
    /* The second in which the following began is asked for by both. */
    bool newer = poll->options.back_fill && item->published_ms >= poll->from_ms + SECOND_MS;
    return !newer && walk_is_wanted(poll, edited ? item->updated_ms : item->published_ms) &&
           (item->deleted || !follow_knows(poll, item->id));
}

/* So many ids in a row that stood on top the last time: what follows is known. */
static bool tops_reached(const struct poll *poll, size_t in_row) {
    size_t needed = poll->known_tops.count < TOPS_NEEDED ? poll->known_tops.count : TOPS_NEEDED;
    return in_row > 0 && in_row >= needed;
}

/* Hands out the page's items; true when it has reached what is known. */
static bool items_judge(struct page *page, struct items *items) {
    struct poll *poll = page->poll;
    size_t dated = 0;
    size_t old = 0;
    size_t known_in_row = 0;
    bool reached = false;
    int64_t floor = poll_floor_ms(poll);
    for (size_t i = 0; i < page->found.count; i++) {
        const struct item *item = &page->found.list[i];
        item_note(poll, item);
        dated += item->published_ms != DATE_NONE;
        old += item->published_ms != DATE_NONE && floor != DATE_NONE && item->published_ms < floor;
        known_in_row = tops_have(&poll->known_tops, item->id) ? known_in_row + 1 : 0;
        reached |= item->published_ms == DATE_NONE && tops_reached(poll, known_in_row);
        if (page->listing->hidden) {
            continue;
        }
        if (item_is_wanted(poll, item)) {
            *items_add(items) = *item;
            poll->report.items++;
        } else {
            poll->report.old_items++;
        }
    }
    return reached || (dated > 0 && old == dated && dated == page->found.count);
}

void walk_finish(struct poll *poll) {
    poll->report.walked = true;
    /* What came to the top since the walk began is still to be asked for. */
    bool more_on_top = poll->resumed && !poll->options.back_fill;
    poll->report.complete = !more_on_top;
    poll->report.more_soon = more_on_top;
    poll->begun = false;
    if (poll->from_ms == DATE_NONE) {
        poll->from_ms = poll_floor_ms(poll);
    }
    if (poll->newest_ms != DATE_NONE && poll->newest_ms > poll->known_ms) {
        poll->known_ms = poll->newest_ms;
    }
    if (poll->tops.count > 0) {
        poll->known_tops = poll->tops;
    }
    poll->tops.count = 0;
    poll->newest_ms = DATE_NONE;
    poll->position = position_first(&poll->recipe->listing.paging, poll->arena);
    follow_forget(poll);
}

/* How long the answer itself asks for a pause; within a week. */
static int64_t backoff_ms(const struct page *page) {
    const struct answer *answer = &page->answer;
    struct span said = value_text(answer, place_get(answer, &page->listing->backoff, answer->root));
    int64_t seconds = 0;
    bool sane = span_to_int64(said, &seconds) && seconds > 0 && seconds <= 7 * 24 * 3600;
    return sane ? seconds * SECOND_MS : 0;
}

/* Who asks for a pause, or has no more to give today, is left alone; the walk goes on here the next
 * time. */
void walk_pause(struct page *page) {
    struct poll *poll = page->poll;
    bool stops = conditions_any(&page->answer, &page->listing->stop, page->answer.root);
    int64_t pause_ms = backoff_ms(page);
    poll->report.backoff_ms = pause_ms > 0 ? pause_ms : poll->report.backoff_ms;
    bool more = !poll->report.walked || follow_waiting(poll) > 0;
    if ((stops || pause_ms > 0) && more) {
        poll->over = true;
        poll->report.more_soon = true;
    }
}

void walk_take(struct page *page, struct items *items) {
    struct poll *poll = page->poll;
    struct page_facts facts = page_facts(page);
    bool reached = items_judge(page, items);
    follow_note(page, FOLLOW_OF_LISTING);
    poll->report.pages++;
    if (reached ||
        !position_advance(&page->listing->paging, &facts, poll->arena, &poll->position)) {
        walk_finish(poll);
    } else {
        poll->begun = true;
    }
    walk_pause(page);
}
