#include "base/work.h"

/* Where on its side of the scale a corrected score is put: nobody was asked how strongly. */
#define MIDDLE 0.5

static const char *const status_names[WORK_STATUS_COUNT] = {"none", "open", "answered", "closed"};
static const char *const review_names[REVIEW_COUNT] = {"no", "yes", "confirmed"};

const char *work_status_name(enum work_status status) {
    return status < WORK_STATUS_COUNT ? status_names[status] : status_names[WORK_NONE];
}

bool work_status_parse(struct span name, enum work_status *status) {
    for (size_t i = 0; i < WORK_STATUS_COUNT; i++) {
        if (span_equal_nocase(span_of(status_names[i]), name)) {
            *status = (enum work_status)i;
            return true;
        }
    }
    return false;
}

const char *work_review_name(enum work_review review) {
    return review < REVIEW_COUNT ? review_names[review] : review_names[REVIEW_NONE];
}

void work_init(struct work *work) {
    *work = (struct work){.status = WORK_NONE, .answered_ms = DATE_NONE};
}

/* --- Verdicts --------------------------------------------------------------------------------- */

struct score work_score(const struct work_verdict *verdict) {
    static const double values[LABEL_COUNT] = {
        [LABEL_NEGATIVE] = -MIDDLE, [LABEL_NEUTRAL] = 0, [LABEL_POSITIVE] = MIDDLE};
    struct score score = {values[verdict->label], 1, verdict->label};
    if (!work_corrects(verdict)) {
        score.value = verdict->machine.value;
    }
    return score;
}

bool work_corrects(const struct work_verdict *verdict) {
    return verdict->label != verdict->machine.label;
}

enum work_review work_review(const struct work *work) {
    enum work_review review = REVIEW_NONE;
    for (size_t i = 0; work != NULL && i < work->verdict_count; i++) {
        if (work_corrects(&work->verdicts[i])) {
            return REVIEW_CORRECTED;
        }
        review = REVIEW_CONFIRMED;
    }
    return review;
}

const struct work_verdict *work_verdict_on(const struct work *work, uint32_t brand) {
    for (size_t i = 0; work != NULL && i < work->verdict_count; i++) {
        if (work->verdicts[i].brand == brand) {
            return &work->verdicts[i];
        }
    }
    return NULL;
}

/* The score that a verdict is on; NULL: the mention does not speak of the brand. */
static struct score *score_judged(struct mention *mention, uint32_t brand) {
    if (brand == WORK_WHOLE) {
        return &mention->score;
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (mention->brands[i].brand == brand) {
            return &mention->brands[i].score;
        }
    }
    return NULL;
}

/* Lists of the mention's own, which may be written. */
static void lists_own(struct mention *mention, struct arena *arena) {
    struct work *work = ARENA_NEW(arena, struct work);
    struct brand_mention *brands = ARENA_ARRAY(arena, struct brand_mention, mention->brand_count);
    *work = *mention->work;
    work->verdicts = ARENA_ARRAY(arena, struct work_verdict, work->verdict_count);
    for (size_t i = 0; i < work->verdict_count; i++) {
        work->verdicts[i] = mention->work->verdicts[i];
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        brands[i] = mention->brands[i];
    }
    mention->work = work;
    mention->brands = brands;
}

void work_lay(struct mention *mention, struct arena *arena) {
    if (mention->work == NULL || mention->work->verdict_count == 0) {
        return;
    }
    lists_own(mention, arena);
    for (size_t i = 0; i < mention->work->verdict_count; i++) {
        struct work_verdict *verdict = &mention->work->verdicts[i];
        struct score *score = score_judged(mention, verdict->brand);
        if (score != NULL) {
            verdict->machine = *score;
            *score = work_score(verdict);
        }
    }
}

void work_lift(struct mention *mention, struct arena *arena) {
    if (mention->work == NULL || mention->work->verdict_count == 0) {
        return;
    }
    lists_own(mention, arena);
    for (size_t i = 0; i < mention->work->verdict_count; i++) {
        struct score *score = score_judged(mention, mention->work->verdicts[i].brand);
        if (score != NULL) {
            *score = mention->work->verdicts[i].machine;
        }
    }
}
