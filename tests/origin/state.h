/* The inside of the origin, for the files that answer requests. */
#ifndef TESTS_ORIGIN_STATE_H
#define TESTS_ORIGIN_STATE_H

#include "tests/origin/origin.h"

#define STACK_QUOTA 10000
#define CLUB_MEMBER "ears:s3cret&more" /* who may log in: user and password */
#define MASTODON_WINDOW_MS (5 * MINUTE_MS)

/* What sources do to their own items after the fact; identity must survive it. */
struct mischief {
    bool ids;   /* feeds: another guid for the same item */
    bool dates; /* feeds: published three hours later than said before */
    bool texts; /* feeds and Mastodon: an edit, a sentence longer */
};

/* The sentence of an edit; hurts nobody's truth. */
#define MISCHIEF_EDIT "Edited for length."
#define MISCHIEF_DELAY_MS (3 * HOUR_MS)

struct origin {
    struct origin_options options;
    struct mischief mischief;
    int64_t born_ms; /* monotonic */
    struct world *world;
    struct http_server *server;
    struct faults faults;
    int64_t started_ms; /* monotonic, when the present was world.now_ms */
    int64_t start_now_ms;
    struct buffer log;   /* JSON lines */
    struct buffer hooks; /* JSON lines of what was posted to /hooks */
    int64_t requests;    /* served, the controls' own not counted */
    int64_t violations;  /* of what a source asked its callers to keep to */

    struct { /* Stack Exchange */
        int64_t used;
        int64_t backoff_until_ms; /* monotonic */
    } stack;
    struct { /* Mastodon */
        int64_t used;
        int64_t window_end_ms; /* monotonic */
    } mastodon;
    struct {             /* the club */
        int64_t issued;  /* tokens so far; only the last is good */
        int64_t ends_ms; /* in the origin's present */
    } club;
};

int64_t origin_monotonic_ms(const struct origin *origin);
int64_t origin_now_ms(const struct origin *origin); /* the present */
void origin_set_now(struct origin *origin, int64_t now_ms);

/* One kind of answer: `request->path` without the route's prefix. */
typedef void answer(struct origin *origin, const struct http_request *request,
                    struct http_reply *reply);
answer hn_answer, club_answer, mastodon_answer, stack_answer, appstore_answer, steam_answer,
    shop_answer, bazaar_answer, feeds_answer, control_answer, files_answer, hooks_answer;

void reply_not_found(struct http_reply *reply);
void reply_json(struct http_reply *reply);

/* --- Which posts ------------------------------------------------------------------------------ */

struct filter { /* zero or NULL = does not matter */
    enum site_kind kind;
    const struct site *site; /* this very site, else all of `kind` */
    struct span query;
    bool query_prefix; /* its last word may be cut */
    struct span tag;
    int product;          /* of WORLD_BRANDS; -1 = does not matter */
    const char *country;  /* "us" */
    int64_t after_ms;     /* published later than this; 0 = from the beginning */
    int64_t before_ms;    /* and earlier than this; 0 = to the present */
    bool incident_hidden; /* as Steam hides what it takes for a review bomb */
};

struct selection { /* newest first */
    const struct post **list;
    size_t count;
};

/* Published posts that pass, in `arena`. */
struct selection origin_select(const struct origin *origin, const struct filter *filter,
                               struct arena *arena);

/* Page `page` (from 0) of `size`. */
struct selection selection_page(const struct selection *selection, size_t page, size_t size);

#endif
