#include "report/response.h"

#include "base/work.h"
#include "report/tally.h"

#include <stdlib.h>

/* What was answered and when, and what the brand itself wrote: a table by sequence. */
struct known {
    uint64_t sequence;   /* 0 = free */
    int64_t answered_ms; /* DATE_NONE: not answered */
    bool own;
};

struct answers {
    const struct snapshot *snapshot;
    struct arena *scratch;
    struct span account; /* whose own mentions are being looked for, without @ */
    struct known *slots;
    size_t capacity; /* a power of two */
    size_t count;
    bool kept;
};

/* --- The table -------------------------------------------------------------------------------- */

static struct known *slot_of(const struct answers *answers, uint64_t sequence) {
    size_t slot = (size_t)(sequence * 0x9E3779B97F4A7C15u);
    while (answers->slots[slot &= answers->capacity - 1].sequence != 0 &&
           answers->slots[slot].sequence != sequence) {
        slot++;
    }
    return &answers->slots[slot];
}

static void answers_grow(struct answers *answers) {
    struct known *old = answers->slots;
    size_t old_capacity = answers->capacity;
    answers->capacity = old_capacity == 0 ? 256 : old_capacity * 2;
    answers->slots = NEW_ARRAY(struct known, answers->capacity);
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].sequence != 0) {
            *slot_of(answers, old[i].sequence) = old[i];
        }
    }
    free(old);
}

static struct known *known_of(struct answers *answers, uint64_t sequence) {
    if (answers->count * 2 >= answers->capacity) {
        answers_grow(answers);
    }
    struct known *known = slot_of(answers, sequence);
    if (known->sequence == 0) {
        *known = (struct known){.sequence = sequence, .answered_ms = DATE_NONE};
        answers->count++;
    }
    return known;
}

static void note_answer(struct answers *answers, uint64_t sequence, int64_t time_ms) {
    struct known *known = known_of(answers, sequence);
    if (known->answered_ms == DATE_NONE || time_ms < known->answered_ms) {
        known->answered_ms = time_ms;
    }
}

/* --- What is known of answers ----------------------------------------------------------------- */

/* Calls `note` for each mention from `since_ms` on that the query finds. */
static void findings_note(struct answers *answers, struct span text, int64_t since_ms,
                          void (*note)(struct answers *answers, const struct mention *mention)) {
    const struct query *query = NULL;
    struct arena *arena = arena_create();
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    if (query_parse(text, 0, arena, &query, NULL)) {
        struct search *search = search_open(answers->snapshot, query, since_ms, DATE_NONE);
        while (search_next(search, &sequence, &time_ms)) {
            struct mention mention;
            if (snapshot_mention(answers->snapshot, sequence, answers->scratch, &mention)) {
                note(answers, &mention);
            }
            arena_reset(answers->scratch);
        }
        search_close(search);
    }
    arena_free(arena);
}

static void note_work(struct answers *answers, const struct mention *mention) {
    answers->kept = true;
    if (mention->work != NULL && mention->work->answered_ms != DATE_NONE) {
        note_answer(answers, mention->sequence, mention->work->answered_ms);
    }
}

static bool is_account(struct span name, struct span account) {
    bool handle = span_starts_with(name, SPAN("@"));
    return span_equal_nocase(handle ? span_from(name, 1) : name, account);
}

/* The index also knows who has the name among others: "Acme" is in "Acme Fan". */
static void note_own(struct answers *answers, const struct mention *mention) {
    uint64_t parent = 0;
    if (!is_account(mention->item.author, answers->account) &&
        !is_account(mention->item.author_id, answers->account)) {
        return;
    }
    known_of(answers, mention->sequence)->own = true;
    if (snapshot_item(answers->snapshot, mention->source, mention->item.parent, &parent)) {
        note_answer(answers, parent, mention_time_ms(mention));
    }
}

static void accounts_note(struct answers *answers, const struct config_brand *brand,
                          int64_t since_ms) {
    for (size_t i = 0; i < brand->accounts.count; i++) {
        struct arena *arena = arena_create();
        struct span name = brand->accounts.list[i];
        struct span bare = span_starts_with(name, SPAN("@")) ? span_from(name, 1) : name;
        struct span text = arena_print(arena, "author:\"%.*s\" OR author:\"@%.*s\"", SPAN_ARG(bare),
                                       SPAN_ARG(bare));
        answers->kept = true;
        answers->account = bare;
        findings_note(answers, text, since_ms, note_own);
        arena_free(arena);
    }
}

static void answers_gather(struct answers *answers, const struct config *config, struct span brand,
                           int64_t since_ms) {
    findings_note(answers, SPAN("status:open OR status:answered OR status:closed"), since_ms,
                  note_work);
    for (size_t i = 0; i < config->brand_count; i++) {
        const struct config_brand *row = &config->brands[i];
        if (span_is_empty(brand) ? row->own : span_equal(row->name, brand)) {
            accounts_note(answers, row, since_ms);
        }
    }
}

/* --- The segment's ---------------------------------------------------------------------------- */

struct asking {
    const struct answers *answers;
    struct arena *arena;
    struct response *response;
    size_t capacity;
};

static bool can_be_answered(enum channel channel) {
    return channel != CHANNEL_NEWS && channel != CHANNEL_SURVEY && channel != CHANNEL_UNKNOWN;
}

static bool entry_ask(void *context, const struct timeline_entry *entry) {
    struct asking *asking = context;
    struct response *response = asking->response;
    const struct known *known =
        asking->answers->capacity == 0 ? NULL : slot_of(asking->answers, entry->sequence);
    if (!can_be_answered(entry->channel) || (known != NULL && known->own)) {
        return true;
    }
    response->asked++;
    if (known != NULL && known->sequence != 0 && known->answered_ms != DATE_NONE) {
        double hours = (double)(known->answered_ms - entry->time_ms) / (double)HOUR_MS;
        response->hours = arena_grow(asking->arena, response->hours, response->answered,
                                     &asking->capacity, sizeof *response->hours);
        response->hours[response->answered++] = hours > 0 ? hours : 0;
    }
    return true;
}

static int hours_compare(const void *left, const void *right) {
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

void response_gather(const struct snapshot *snapshot, const struct config *config,
                     const struct segment *segment, struct period period, struct arena *arena,
                     struct response *response) {
    struct answers answers = {.snapshot = snapshot, .scratch = arena_create()};
    struct subject subject;
    *response = (struct response){0};
    answers_gather(&answers, config, segment->brand, period.since_ms);
    response->kept = answers.kept;
    if (answers.kept && segment_subject(snapshot, segment, &subject)) {
        struct asking asking = {&answers, arena, response, 0};
        struct census *census = census_open(snapshot, &subject, period.since_ms, period.until_ms);
        census_visit(census, entry_ask, &asking);
        census_close(census);
        if (response->answered > 1) {
            qsort(response->hours, response->answered, sizeof *response->hours, hours_compare);
        }
    }
    free(answers.slots);
    arena_free(answers.scratch);
}
