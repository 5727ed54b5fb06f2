#include "store/sources.h"

#include "base/limits.h"
#include "store/pack.h"

#include <math.h>

#define STATE_VERSION 2u /* 1: without requests and yield */
#define SPENDING_VERSION 1u
#define MICRO 1e6
#define HOURS_ALL 0xFFFFFFu

void source_state_init(struct source_state *state) {
    *state = (struct source_state){
        .polled_ms = DATE_NONE,
        .succeeded_ms = DATE_NONE,
        .next_ms = DATE_NONE,
        .closed_until_ms = DATE_NONE,
    };
}

struct source_key source_key_split(struct span key) {
    size_t at = span_find_byte(key, '/');
    if (at == SPAN_NOT_FOUND) {
        return (struct source_key){key, SPAN("")};
    }
    return (struct source_key){span_first(key, at), span_from(key, at + 1)};
}

static struct span state_encode(const struct source_state *state, struct arena *arena) {
    struct span texts[] = {state->cursor, state->etag, state->last_modified, state->reason,
                           state->message};
    size_t size = 16 * VARINT_MAX;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size += texts[i].size + VARINT_MAX;
    }
    struct packer packer = packer_in(arena, size);
    pack_u8(&packer, STATE_VERSION);
    pack_signed(&packer, state->polled_ms);
    pack_signed(&packer, state->succeeded_ms);
    pack_signed(&packer, state->next_ms);
    pack_signed(&packer, state->closed_until_ms);
    pack_varint(&packer, state->failures);
    pack_u8(&packer, state->reported_broken);
    pack_varint(&packer, state->polls);
    pack_varint(&packer, state->mentions);
    pack_varint(&packer, state->requests);
    pack_varint(&packer, (uint64_t)llround(state->yield_items * MICRO));
    pack_signed(&packer, state->yield_ms);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pack_text(&packer, texts[i]);
    }
    return packer_span(&packer);
}

static bool state_decode(struct span value, struct arena *arena, struct source_state *state) {
    struct unpacker unpacker = unpacker_make(value);
    unsigned version = unpack_u8(&unpacker);
    state->polled_ms = unpack_signed(&unpacker);
    state->succeeded_ms = unpack_signed(&unpacker);
    state->next_ms = unpack_signed(&unpacker);
    state->closed_until_ms = unpack_signed(&unpacker);
    state->failures = (uint32_t)unpack_varint(&unpacker);
    state->reported_broken = unpack_u8(&unpacker) != 0;
    state->polls = unpack_varint(&unpacker);
    state->mentions = unpack_varint(&unpacker);
    if (version >= 2) {
        state->requests = unpack_varint(&unpacker);
        state->yield_items = (double)unpack_varint(&unpacker) / MICRO;
        state->yield_ms = unpack_signed(&unpacker);
    }
    struct span *texts[] = {&state->cursor, &state->etag, &state->last_modified, &state->reason,
                            &state->message};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = arena_copy(arena, unpack_text(&unpacker));
    }
    return version >= 1 && version <= STATE_VERSION && unpacker_is_done(&unpacker);
}

static struct key source_number_key(uint32_t number) {
    struct key key = key_make();
    key_add(&key, number, 4);
    return key;
}

void source_put(struct transaction *transaction, struct counters *counters, struct span key,
                const struct source_state *state, uint64_t added, struct arena *arena) {
    uint32_t number = name_number(transaction, counters, NAME_POLL, key);
    struct key place = source_number_key(number);
    struct source_state before;
    struct source_state now = *state;
    source_get(transaction, number, arena, &before);
    now.mentions = before.mentions + added;
    transaction_put(transaction, TABLE_SOURCES, key_span(&place), state_encode(&now, arena));
}

bool source_get(struct transaction *transaction, uint32_t number, struct arena *arena,
                struct source_state *state) {
    struct key key = source_number_key(number);
    struct span value;
    source_state_init(state);
    if (!transaction_get(transaction, TABLE_SOURCES, key_span(&key), &value)) {
        return false;
    }
    if (!state_decode(value, arena, state)) {
        source_state_init(state);
        transaction_fail(transaction, MDB_CORRUPTED);
        return false;
    }
    return true;
}

static struct key login_key(uint32_t number) {
    struct key key = {.bytes = "login", .size = 5};
    key_add(&key, number, 4);
    return key;
}

void login_put(struct transaction *transaction, struct counters *counters, struct span name,
               struct span login) {
    struct key key = login_key(name_number(transaction, counters, NAME_POLL, name));
    if (login.size > 0) {
        transaction_put(transaction, TABLE_META, key_span(&key), login);
    } else {
        transaction_delete(transaction, TABLE_META, key_span(&key));
    }
}

struct span login_get(struct transaction *transaction, struct span name, struct arena *arena) {
    uint32_t number = 0;
    struct span login = {0};
    if (!name_find(transaction, NAME_POLL, name, &number)) {
        return login;
    }
    struct key key = login_key(number);
    return transaction_get(transaction, TABLE_META, key_span(&key), &login)
               ? arena_copy(arena, login)
               : (struct span){0};
}

static struct key spending_key(uint32_t number) {
    struct key key = {.bytes = "spent", .size = 5};
    key_add(&key, number, 4);
    return key;
}

void spending_put(struct transaction *transaction, struct counters *counters,
                  const struct spending *spending, struct arena *arena) {
    struct key key = spending_key(name_number(transaction, counters, NAME_POLL, spending->account));
    struct packer packer = packer_in(arena, 4 * VARINT_MAX);
    pack_u8(&packer, SPENDING_VERSION);
    pack_signed(&packer, spending->begin_ms);
    pack_varint(&packer, (uint64_t)llround(spending->spent * MICRO));
    transaction_put(transaction, TABLE_META, key_span(&key), packer_span(&packer));
}

bool spending_get(struct transaction *transaction, struct span account, struct spending *spending) {
    uint32_t number = 0;
    struct span value;
    *spending = (struct spending){.account = account};
    if (!name_find(transaction, NAME_POLL, account, &number)) {
        return false;
    }
    struct key key = spending_key(number);
    if (!transaction_get(transaction, TABLE_META, key_span(&key), &value)) {
        return false;
    }
    struct unpacker unpacker = unpacker_make(value);
    unsigned version = unpack_u8(&unpacker);
    spending->begin_ms = unpack_signed(&unpacker);
    spending->spent = (double)unpack_varint(&unpacker) / MICRO;
    if (version != SPENDING_VERSION || !unpacker_is_done(&unpacker)) {
        transaction_fail(transaction, MDB_CORRUPTED);
        return false;
    }
    return true;
}

static struct key coverage_key(enum coverage_scope scope, uint32_t number, int32_t day) {
    struct key key = key_make();
    key_add(&key, scope, 1);
    key_add(&key, number, 4);
    key_add(&key, day_bias(day), 4);
    return key;
}

uint32_t coverage_hours(struct transaction *transaction, enum coverage_scope scope, uint32_t number,
                        int32_t day) {
    struct key key = coverage_key(scope, number, day);
    struct span value;
    if (!transaction_get(transaction, TABLE_COVERAGE, key_span(&key), &value)) {
        return 0;
    }
    struct unpacker unpacker = unpacker_make(value);
    return (uint32_t)unpack_big(&unpacker, 3);
}

static void scope_put(struct transaction *transaction, enum coverage_scope scope, uint32_t number,
                      int32_t day, uint32_t hours) {
    uint32_t known = coverage_hours(transaction, scope, number, day);
    if ((known | hours) != known) {
        struct key key = coverage_key(scope, number, day);
        struct key value = key_make();
        key_add(&value, known | hours, 3);
        transaction_put(transaction, TABLE_COVERAGE, key_span(&key), key_span(&value));
    }
}

static int hour_of_day(int64_t ms) {
    return (int)((ms - date_day_start(ms)) / HOUR_MS);
}

void coverage_put(struct transaction *transaction, struct counters *counters, struct span key,
                  int64_t since_ms, int64_t until_ms) {
    struct source_key parts = source_key_split(key);
    uint32_t source = name_number(transaction, counters, NAME_SOURCE, parts.name);
    uint32_t poll = name_number(transaction, counters, NAME_POLL, key);
    uint32_t brand = name_number(transaction, counters, NAME_BRAND, parts.brand);
    int32_t last = date_day_number(until_ms);
    int32_t first = date_day_number(since_ms);
    first = last - first > LIMIT_COVERAGE_DAYS ? last - LIMIT_COVERAGE_DAYS : first;
    for (int32_t day = first; day <= last; day++) {
        uint32_t hours = HOURS_ALL;
        if (day == date_day_number(since_ms)) {
            hours &= HOURS_ALL << hour_of_day(since_ms);
        }
        if (day == last) {
            hours &= HOURS_ALL >> (23 - hour_of_day(until_ms));
        }
        scope_put(transaction, COVERAGE_SOURCE, source, day, hours);
        scope_put(transaction, COVERAGE_POLL, poll, day, hours);
        scope_put(transaction, COVERAGE_BRAND, brand, day, hours);
        scope_put(transaction, COVERAGE_ANY, 0, day, hours);
    }
}

/* The hours of the day that [since, until) touches. */
static uint32_t hours_within(int32_t day, int64_t since_ms, int64_t until_ms) {
    int64_t day_ms = (int64_t)day * DAY_MS;
    uint32_t hours = HOURS_ALL;
    if (since_ms > day_ms) {
        hours &= HOURS_ALL << hour_of_day(since_ms);
    }
    if (until_ms < day_ms + DAY_MS) {
        hours &= HOURS_ALL >> (23 - hour_of_day(until_ms - 1));
    }
    return hours;
}

bool coverage_any(struct transaction *transaction, enum coverage_scope scope, uint32_t number,
                  int64_t since_ms, int64_t until_ms) {
    struct key first = coverage_key(scope, number, date_day_number(since_ms));
    struct key last = coverage_key(scope, number, date_day_number(until_ms - 1));
    struct cursor cursor;
    bool covered = false;
    cursor_open(&cursor, transaction, TABLE_COVERAGE);
    for (bool more = cursor_seek(&cursor, key_span(&first));
         more && !covered && span_compare(cursor.key, key_span(&last)) <= 0;
         more = cursor_next(&cursor)) {
        struct unpacker keys = unpacker_make(span_from(cursor.key, cursor.key.size - 4));
        struct unpacker value = unpacker_make(cursor.value);
        int32_t day = day_unbias((uint32_t)unpack_big(&keys, 4));
        covered = (unpack_big(&value, 3) & hours_within(day, since_ms, until_ms)) != 0;
    }
    cursor_close(&cursor);
    return covered;
}
