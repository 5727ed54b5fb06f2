#include "crawler/governor.h"

#include "base/date.h"
#include "base/limits.h"
#include "crawler/crawler.h"
#include "crawler/rate.h"
#include "crawler/table.h"

#include <stdlib.h>

#define BACKOFF_FIRST_MS MINUTE_MS
#define BACKOFF_LONGEST_MS DAY_MS
#define BACKOFF_FORGIVEN_MS (30 * MINUTE_MS)

/* A key closed for no longer is waited for; else the caller is told. */
#define PATIENCE_MS (5 * SECOND_MS)

#define SWEEP_FIRST ((size_t)1024) /* keys, before the idle ones are looked for */

struct governor_key {
    struct table_entry entry; /* first: found through it */
    size_t number;            /* in the schedule */
    struct link waiting;      /* tickets, first come first served */
    size_t waiting_count;
    size_t started;
    size_t unsettled;
    int64_t started_ms; /* the last one */
    int64_t spacing_ms; /* it asked for */
    int64_t closed_until_ms;
    unsigned refusals; /* in a row, without quiet time between */
    bool ever_started;
    char name[];
};

struct governor {
    struct governor_options options;
    const struct clock *clock;
    struct table keys;
    struct governor_key **numbered;
    size_t number_count;
    size_t number_capacity;
    struct schedule *due; /* keys with someone waiting and room to start */
    size_t *free_numbers;
    size_t free_count;
    size_t free_capacity;
    size_t started;
    size_t sweep_at;
    uint64_t seed;
};

struct governor *governor_create(const struct governor_options *options,
                                 const struct clock *clock) {
    struct governor *governor = NEW(struct governor);
    *governor = (struct governor){
        .options = *options,
        .clock = clock,
        .due = schedule_create(),
        .sweep_at = SWEEP_FIRST,
        /* Two crawlers that were turned away together should not come back together. */
        .seed = (uint64_t)clock_monotonic_ms(clock),
    };
    return governor;
}

static void key_free(struct governor *governor, struct governor_key *key) {
    schedule_remove(governor->due, key->number);
    governor->free_numbers = memory_grow(governor->free_numbers, governor->free_count,
                                         &governor->free_capacity, sizeof(size_t));
    governor->free_numbers[governor->free_count++] = key->number;
    table_remove(&governor->keys, &key->entry);
    free(key);
}

void governor_free(struct governor *governor) {
    struct table_entry *entry;
    while ((entry = table_next(&governor->keys, NULL)) != NULL) {
        key_free(governor, (struct governor_key *)(void *)entry);
    }
    table_done(&governor->keys);
    schedule_free(governor->due);
    free(governor->numbered);
    free(governor->free_numbers);
    free(governor);
}

/* --- Keys ------------------------------------------------------------------------------------- */

static bool key_is_idle(const struct governor_key *key) {
    return key->waiting_count == 0 && key->started == 0;
}

/* Nothing would change if it were forgotten. */
static bool key_is_clean(const struct governor_key *key, int64_t now_ms) {
    bool spaced = !key->ever_started || now_ms - key->started_ms >= key->spacing_ms;
    bool forgiven = key->closed_until_ms <= now_ms &&
                    (key->refusals == 0 || now_ms - key->closed_until_ms > BACKOFF_FORGIVEN_MS);
    return spaced && forgiven;
}

/* Forgets clean keys; past the ceiling, all that nobody is using. */
static void governor_sweep(struct governor *governor) {
    int64_t now_ms = clock_monotonic_ms(governor->clock);
    bool pressed = governor->keys.count >= LIMIT_GOVERNOR_KEYS;
    struct table_entry *entry = table_next(&governor->keys, NULL);
    while (entry != NULL) {
        struct governor_key *key = (struct governor_key *)(void *)entry;
        entry = table_next(&governor->keys, entry);
        if (key_is_idle(key) && (pressed || key_is_clean(key, now_ms))) {
            key_free(governor, key);
        }
    }
    size_t twice = governor->keys.count * 2;
    governor->sweep_at = twice < SWEEP_FIRST ? SWEEP_FIRST : twice;
    if (governor->sweep_at > LIMIT_GOVERNOR_KEYS && governor->keys.count < LIMIT_GOVERNOR_KEYS) {
        governor->sweep_at = LIMIT_GOVERNOR_KEYS;
    }
}

static size_t take_number(struct governor *governor) {
    if (governor->free_count > 0) {
        return governor->free_numbers[--governor->free_count];
    }
    governor->numbered = memory_grow(governor->numbered, governor->number_count,
                                     &governor->number_capacity, sizeof *governor->numbered);
    return governor->number_count++;
}

static struct governor_key *key_get(struct governor *governor, struct span name) {
    struct table_entry *entry = table_find(&governor->keys, name);
    if (entry != NULL) {
        return (struct governor_key *)(void *)entry;
    }
    if (governor->keys.count >= governor->sweep_at) {
        governor_sweep(governor);
    }
    struct governor_key *key = memory_new(1, sizeof *key + name.size);
    memcpy(key->name, name.size == 0 ? "" : name.data, name.size);
    key->number = take_number(governor);
    governor->numbered[key->number] = key;
    list_init(&key->waiting);
    table_insert(&governor->keys, (struct span){key->name, name.size}, &key->entry);
    return key;
}

static bool key_is_full(const struct governor *governor, const struct governor_key *key) {
    return key->unsettled > 0 || key->started >= governor->options.key_concurrency;
}

/* When its first waiting ticket may go, or be told LATER. */
static int64_t key_due_ms(const struct governor_key *key, int64_t now_ms) {
    const struct governor_ticket *first =
        LIST_MEMBER(key->waiting.next, struct governor_ticket, link);
    if (key->closed_until_ms - now_ms > PATIENCE_MS) {
        return now_ms;
    }
    int64_t spacing = first->spacing_ms > key->spacing_ms ? first->spacing_ms : key->spacing_ms;
    int64_t due_ms = key->ever_started ? key->started_ms + spacing : now_ms;
    return due_ms > key->closed_until_ms ? due_ms : key->closed_until_ms;
}

static void key_schedule(struct governor *governor, struct governor_key *key) {
    int64_t now_ms = clock_monotonic_ms(governor->clock);
    bool told_later = key->closed_until_ms - now_ms > PATIENCE_MS;
    if (key->waiting_count == 0 || (key_is_full(governor, key) && !told_later)) {
        schedule_remove(governor->due, key->number);
    } else {
        schedule_set(governor->due, key->number, key_due_ms(key, now_ms));
    }
}

/* --- Tickets ---------------------------------------------------------------------------------- */

void governor_prepare(struct governor_ticket *ticket) {
    *ticket = (struct governor_ticket){0};
    list_init(&ticket->link);
}

void governor_enter(struct governor *governor, struct governor_ticket *ticket, struct span name,
                    int64_t spacing_ms, bool looks_up) {
    struct governor_key *key = key_get(governor, name);
    ticket->key = key;
    ticket->spacing_ms = spacing_ms < 0 ? 0 : spacing_ms;
    ticket->started = false;
    ticket->settled = !looks_up;
    list_append(&key->waiting, &ticket->link);
    key->waiting_count++;
    key_schedule(governor, key);
}

static void ticket_stop_waiting(struct governor *governor, struct governor_ticket *ticket) {
    list_take(&ticket->link);
    ticket->key->waiting_count--;
    key_schedule(governor, ticket->key);
}

static void ticket_start(struct governor *governor, struct governor_ticket *ticket) {
    struct governor_key *key = ticket->key;
    ticket->started = true;
    governor->started++;
    key->started++;
    key->unsettled += ticket->settled ? 0 : 1;
    key->started_ms = clock_monotonic_ms(governor->clock);
    key->spacing_ms = ticket->spacing_ms;
    key->ever_started = true;
    ticket_stop_waiting(governor, ticket);
}

void governor_settle(struct governor *governor, struct governor_ticket *ticket) {
    if (ticket->key != NULL && ticket->started && !ticket->settled) {
        ticket->settled = true;
        ticket->key->unsettled--;
        key_schedule(governor, ticket->key);
    }
}

void governor_leave(struct governor *governor, struct governor_ticket *ticket) {
    struct governor_key *key = ticket->key;
    if (key == NULL) {
        return;
    }
    if (ticket->started) {
        governor_settle(governor, ticket);
        governor->started--;
        key->started--;
        key_schedule(governor, key);
    } else {
        ticket_stop_waiting(governor, ticket);
    }
    governor_prepare(ticket);
}

enum governor_verdict governor_next(struct governor *governor, struct governor_ticket **ticket,
                                    int64_t *wait_ms) {
    size_t number = 0;
    int64_t due_ms = 0;
    int64_t now_ms = clock_monotonic_ms(governor->clock);
    *wait_ms = -1;
    if (!schedule_next(governor->due, &number, &due_ms)) {
        return GOVERNOR_WAIT;
    }
    if (due_ms > now_ms) {
        *wait_ms = due_ms - now_ms;
        return GOVERNOR_WAIT;
    }
    struct governor_key *key = governor->numbered[number];
    struct governor_ticket *first = LIST_MEMBER(key->waiting.next, struct governor_ticket, link);
    if (key->closed_until_ms - now_ms > PATIENCE_MS) {
        *wait_ms = key->closed_until_ms - now_ms;
        *ticket = first;
        governor_leave(governor, first);
        return GOVERNOR_LATER;
    }
    if (governor->started >= governor->options.concurrency) {
        return GOVERNOR_WAIT;
    }
    *ticket = first;
    ticket_start(governor, first);
    return GOVERNOR_GO;
}

/* --- Being turned away ------------------------------------------------------------------------ */

static int64_t backoff_ms(const struct governor *governor, const struct governor_key *key) {
    int64_t wait_ms = BACKOFF_FIRST_MS;
    for (unsigned i = 0; i < key->refusals && wait_ms < BACKOFF_LONGEST_MS; i++) {
        wait_ms *= 2;
    }
    if (wait_ms > BACKOFF_LONGEST_MS) {
        wait_ms = BACKOFF_LONGEST_MS;
    }
    uint64_t dice = hash_combine(key->entry.hash ^ governor->seed, key->refusals);
    return wait_ms + (int64_t)(dice % (uint64_t)(wait_ms / 10));
}

static void key_close(struct governor *governor, struct governor_key *key, int64_t until_ms) {
    if (until_ms > key->closed_until_ms) {
        key->closed_until_ms = until_ms;
        key_schedule(governor, key);
    }
}

static void key_refused(struct governor *governor, struct governor_key *key, int64_t said_ms) {
    int64_t now_ms = clock_monotonic_ms(governor->clock);
    bool known = now_ms < key->closed_until_ms; /* told to one that was under way already */
    if (!known && now_ms - key->closed_until_ms > BACKOFF_FORGIVEN_MS) {
        key->refusals = 0;
    }
    if (said_ms > 0) {
        key_close(governor, key, now_ms + said_ms);
    } else if (!known) {
        key_close(governor, key, now_ms + backoff_ms(governor, key));
    }
    key->refusals += known ? 0 : 1;
}

int64_t governor_hear(struct governor *governor, struct governor_ticket *ticket, unsigned status,
                      const struct web_header *headers, size_t header_count) {
    struct governor_key *key = ticket->key;
    int64_t wall_ms = clock_wall_ms(governor->clock);
    int64_t said_ms = rate_wait_ms(status, headers, header_count, wall_ms);
    int64_t now_ms = clock_monotonic_ms(governor->clock);
    if (status == 429 || status == 503) {
        key_refused(governor, key, said_ms);
    } else if (said_ms > 0) {
        key_close(governor, key, now_ms + said_ms);
    }
    return key->closed_until_ms > now_ms ? key->closed_until_ms - now_ms : 0;
}

void governor_close_key(struct governor *governor, struct span name, int64_t wait_ms) {
    if (wait_ms > 0) {
        int64_t capped = wait_ms < RATE_LONGEST_MS ? wait_ms : RATE_LONGEST_MS;
        key_close(governor, key_get(governor, name), clock_monotonic_ms(governor->clock) + capped);
    }
}

size_t governor_key_count(const struct governor *governor) {
    return governor->keys.count;
}
