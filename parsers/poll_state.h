/* What a poll knows and where it stands; kept between polls as a cursor (JSON).
 *
 *     poll.c         begins, asks, takes answers
 *     poll_page.c    an answer as items
 *     poll_walk.c    what a page means for the way through the listing
 *     poll_follow.c  what is asked for each item: queues, one for each kind of follow-up
 *     login.c        the token that requests carry
 *     poll_cursor.c  the state as JSON
 */
#ifndef PARSERS_POLL_STATE_H
#define PARSERS_POLL_STATE_H

#include "parsers/login.h"
#include "parsers/paging.h"

#define TOPS_MOST 12  /* ids remembered from the top of the listing */
#define TOPS_NEEDED 3 /* so many of them in a row mean that the rest is known */

struct tops {
    struct span list[TOPS_MOST];
    size_t count;
};

/* Where a mailbox was left. */
struct mailbox_mark {
    int64_t validity; /* its UIDVALIDITY; 0 = never visited */
    int64_t uid;      /* the last message known; 0 = none */
    int64_t since_ms; /* nothing that arrived before is asked for; DATE_NONE = all */
};

/* Follow-ups that have nothing more to do now, ever. */
#define DUE_NEVER INT64_MAX

/* An item that is followed. It stays in its queue as long as it is watched, and then as long as the
 * listing may show it again. */
struct followed {
    struct span id;
    int64_t published_ms; /* first met, where the site gives no date */
    int64_t due_ms;       /* not before; DUE_NEVER: only when the mark changes */
    int64_t known_ms;     /* its newest answer brought so far; DATE_NONE = none */
    int64_t mark;       /* of its state as the listing said last: replies, or when it was changed */
    int64_t tries;      /* in a row, that failed through no fault of the site's as a whole */
    struct span *keeps; /* values for the templates, as many as the recipe keeps */
    bool answered;      /* at least once */
    bool seen;          /* in the answer at hand */
    bool gone;          /* which says that it was deleted */
};

/* What waits for one kind of follow-up. The first `walked` items are those that `position` speaks
 * of: their answer has more pages. */
struct queue {
    struct followed *list;
    size_t count, capacity;
    size_t walked;
    struct position position;
    int64_t newest_ms; /* of the walk under way */
    int64_t asked;     /* requests in this poll */
    /* Of the request at hand: */
    size_t batch;   /* the first so many items are asked for */
    size_t subject; /* the one of them that the item at hand belongs to; batch: not known */
};

/* What the request at hand is for. */
enum turn { TURN_NONE, TURN_FIRST, TURN_LISTING, TURN_FOLLOW };

struct poll {
    const struct recipe *recipe;
    struct poll_options options;
    struct arena *arena;
    struct web_header *params; /* all of the recipe's, with their values */
    struct poll_report report;
    bool over;
    struct login_state login;

    enum turn turn;
    size_t following;         /* of TURN_FOLLOW: index into the recipe's follow-ups */
    struct span first_body;   /* what `first:` was answered */
    struct position position; /* in the listing */
    int64_t known_ms;         /* everything up to here has been handed out; DATE_NONE = nothing */
    struct tops known_tops;
    int64_t newest_ms; /* of this walk */
    struct tops tops;  /* of this walk */
    int64_t from_ms;   /* where the first walk ended: all since then was handed out; DATE_NONE */
    bool begun;        /* the walk has a page behind it */
    bool resumed;      /* the walk began in an earlier poll */
    struct span aside; /* JSON: the back-fill's part of the cursor while following; the following's
                          while back-filling */

    struct queue *queues; /* by the recipe's follow-ups */
    size_t queue_count;   /* 0 where they are switched off */

    struct mailbox_mark mailbox;
};

/* One page while it is read. */
struct page {
    struct poll *poll;
    const struct listing *listing;
    const struct web_response *response;
    struct span body; /* of the response, unpacked */
    struct answer answer;
    struct items found;     /* all items of the page */
    struct value *elements; /* by item: where it stands; NULL in standard formats */
    size_t capacity;
    size_t listed;   /* and those that the recipe leaves out */
    uint32_t filled; /* which fields any item had */
    struct span next_url;
    struct span missing; /* what must be there and is not, in words; empty = fine */
};

/* --- poll_page.c ------------------------------------------------------------------------------ */

/* Reads the answer to the request at hand; page_close() it either way. */
MUST_CHECK bool page_read(struct page *page, struct error *error);
void page_close(struct page *page);

/* What the page's items mean for the next request of its listing. */
struct page_facts page_facts(struct page *page);

/* --- poll_walk.c ------------------------------------------------------------------------------ */

/* Hands out the page's items and moves on in the listing. */
void walk_take(struct page *page, struct items *items);

/* Ends the poll for now where the answer asks for a pause. */
void walk_pause(struct page *page);

/* The listing is walked to its end. */
void walk_finish(struct poll *poll);

/* Whether the listing could still show the item published then. */
bool walk_is_wanted(const struct poll *poll, int64_t moment_ms);

/* --- poll_follow.c ---------------------------------------------------------------------------- */

/* Whether a follow-up has shown the item better than the listing does. */
bool follow_knows(const struct poll *poll, struct span id);

/* Puts those items of the page that are to be followed into their queues. `of`: the follow-up that
 * found them, or FOLLOW_OF_LISTING. */
void follow_note(struct page *page, size_t of);

/* Takes the next request out of the queues, if one is due and its kind may still ask in this poll. */
bool follow_choose(struct poll *poll);

/* Whether so much waits that the listing must, too. */
bool follow_is_crowded(const struct poll *poll);

/* Items whose follow-up is due, this poll's ceilings aside. */
size_t follow_waiting(const struct poll *poll);

/* Finds out which of the items that were asked for this one belongs to. */
void follow_subject(struct page *page, struct value element);

/* Hands out what a follow-up has brought, and moves on in it. */
void follow_take(struct page *page, struct items *items);

/* The request at hand was not answered. `gone`: as there is nothing there; true then. `blamed`: it
 * is the request that fails, not the site; after some tries it is given up. */
bool follow_fail(struct poll *poll, bool gone, bool blamed, struct items *items);

/* Forgets what the listing will not show again. */
void follow_forget(struct poll *poll);

/* A value for the templates of the request at hand: `id` or what is kept, of all its items, or of the
 * one that the item at hand belongs to. */
struct span follow_variable(struct poll *poll, struct span name);

/* --- poll_cursor.c ---------------------------------------------------------------------------- */

/* Takes up where the cursor says. What is not understood is left out: the poll then begins at the
 * top and ends at `since`. */
void poll_load_cursor(struct poll *poll, struct span cursor);

/* --- poll_variables.c ------------------------------------------------------------------------- */

/* The moment before which items of the listing are of no interest: since, or shortly before what is
 * known. */
int64_t poll_floor_ms(const struct poll *poll);

/* Where the request at hand stands: in the listing, or in a follow-up. */
struct position *poll_position(struct poll *poll);

/* The value of a variable in a recipe's templates: a parameter, "query", "since_s", ...; a
 * template_lookup whose context is a struct poll. */
struct span poll_variable(void *context, struct span name);

/* A request with its variables filled in; headers without a value are left out. */
struct web_request request_fill(const struct request_part *part, struct poll *poll);

#endif
