/* What people did about a mention: how far it is, who has it, under which words it is filed, and
 * what they say of its scores.
 *
 * A person's verdict goes before the machine's score: it is what series, KPIs and queries count. The
 * machine's own score stays beside it, for whoever wants to see, and for measuring the machine. */
#ifndef BASE_WORK_H
#define BASE_WORK_H

#include "base/error.h"
#include "base/mention.h"

/* Numbers are stored: append only. */
enum work_status {
    WORK_NONE, /* nobody has taken it up */
    WORK_OPEN,
    WORK_ANSWERED,
    WORK_CLOSED,
    WORK_STATUS_COUNT,
};
const char *work_status_name(enum work_status status); /* "none", "open", ... */
bool work_status_parse(struct span name, enum work_status *status);

#define WORK_WHOLE 0u /* brand of a verdict on the whole text; brands of the store begin at 1 */

/* A person's word on one score. The same label as the machine's confirms it. */
struct work_verdict {
    uint32_t brand;       /* the store's number, or WORK_WHOLE */
    struct span name;     /* the brand's; empty for the whole text */
    enum label label;     /* never unsure */
    struct score machine; /* what earshot itself says */
};

/* Something that was done. */
struct work_change {
    int64_t time_ms;
    struct span who;
    struct span what; /* "status open", "tag +refund", "sentiment negative/Acme", "note: ..." */
};

/* Lists are in the mention's arena, at most LIMIT_WORK_* long. */
struct work {
    enum work_status status;
    int64_t answered_ms; /* DATE_NONE while not */
    struct span assigned;
    struct span *tags; /* each once */
    size_t tag_count;
    struct work_verdict *verdicts; /* one a brand, and one on the whole text */
    size_t verdict_count;
    struct work_change *changes; /* oldest first; beyond LIMIT_WORK_CHANGES the oldest go */
    size_t change_count;
};
void work_init(struct work *work); /* nothing done */

/* The score that a verdict makes of the machine's: what is confirmed keeps its strength, what is
 * corrected gets the middle of its side (-0.5, 0, 0.5); certain, either way. */
struct score work_score(const struct work_verdict *verdict);

/* Whether the verdict says something else than the machine. */
bool work_corrects(const struct work_verdict *verdict);

/* Puts the verdicts' scores in the places of the machine's, which the verdicts keep; and takes them
 * away again. Both make new lists in `arena`: the mention may share the old ones. A verdict on a
 * brand that the mention does not speak of waits. Laid once, lifted once. */
void work_lay(struct mention *mention, struct arena *arena);
void work_lift(struct mention *mention, struct arena *arena);

/* What people said of the mention's scores, all in all. */
enum work_review { REVIEW_NONE, REVIEW_CORRECTED, REVIEW_CONFIRMED, REVIEW_COUNT };
const char *work_review_name(enum work_review review); /* "no", "yes", "confirmed" */
enum work_review work_review(const struct work *work); /* NULL: nobody said anything */

/* The verdict on the brand (WORK_WHOLE: on the whole text); NULL = none. */
const struct work_verdict *work_verdict_on(const struct work *work, uint32_t brand);

/* --- Changing --------------------------------------------------------------------------------- */

/* What somebody wants done. What is not said stays as it is. */
struct work_edit {
    struct span who;
    int64_t now_ms;
    bool sets_status;
    enum work_status status;
    int64_t answered_ms; /* when the answer was given; DATE_NONE = now */
    bool assigns;
    struct span assigned; /* empty: to nobody */
    const struct span *tags, *untags;
    size_t tag_count, untag_count;
    const struct work_ruling {
        struct span brand; /* by name; empty: of the whole text and every brand */
        enum label label;
        bool own; /* the machine's own label, whatever it is: confirms */
        bool withdrawn;
    } * rulings;
    size_t ruling_count;
    struct span note;
};

/* Does the edit to a mention whose verdicts are lifted: makes its work anew, in `arena`, with a line
 * of history for each thing that changed. Texts are cut at their limits. False: it changes
 * nothing. ERROR_USAGE in `error` where it cannot be done: a brand that is not in the mention, a score
 * that was never made, too many tags. */
enum work_outcome { WORK_CHANGED, WORK_SAME, WORK_REFUSED };
enum work_outcome work_apply(struct mention *mention, const struct work_edit *edit,
                             struct arena *arena, struct error *error);

#endif
