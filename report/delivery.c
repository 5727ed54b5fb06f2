/* Out of the outbox, one message at a time on every route: the mail server, each webhook. A row is
 * committed as in flight before its first byte goes out; whatever happens after that, it is tried
 * again under the same id until the other side's answer is committed. */
#include "report/report.h"

#include "base/hash.h"
#include "report/carrier.h"
#include "report/circuit.h"

#include <stdlib.h>

/* A store that cannot be written now is asked again after this. */
#define STORE_RETRY_MS MINUTE_MS

/* A message to somewhere that the configuration no longer has waits so long for it to come back. */
#define ORPHAN_MS (3 * DAY_MS)

struct lane { /* a route and what is under way on it */
    struct delivery *delivery;
    const struct carrier *carrier;
    struct span name; /* of the webhook; empty for mail */
    struct circuit circuit;
    bool gone;               /* the receiver wants nothing more */
    struct sending *sending; /* NULL: nothing under way */
    struct arena *arena;     /* of the row */
    struct outbox_row row;   /* under way */
};

struct delivery {
    struct sender sender;
    struct store *store;
    struct log *log;
    struct arena *arena; /* of one look into the outbox */
    struct lane *lanes;
    size_t lane_count;
    int64_t next_ms; /* of the lanes that have nothing under way; DATE_NONE: nothing waits */
    int64_t hold_ms; /* nothing is tried before: the store is away */
};

static int64_t now_of(const struct delivery *delivery) {
    return clock_wall_ms(delivery->sender.clock);
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* A tenth up or down, the same for the same attempt: many rows must not come back at once. */
static int64_t wait_ms(const struct carrier *carrier, const struct outbox_row *row) {
    size_t step = row->attempts == 0 ? 0 : row->attempts - 1;
    size_t last = carrier->wait_count - 1;
    int64_t wait = carrier->waits_ms[step < last ? step : last];
    uint64_t hash = hash_combine(hash_bytes(row->message_id), row->attempts);
    return wait - wait / 10 + (int64_t)(hash % (uint64_t)(wait / 5 + 1));
}

static bool row_put(struct delivery *delivery, struct outbox_row *row) {
    struct error error = {0};
    if (store_put_alerts(delivery->store, NULL, 0, row, 1, &error)) {
        return true;
    }
    log_error(delivery->log, "outbox_not_written", LOG_INT("row", row->id), LOG_ERROR_TEXT(&error));
    delivery->hold_ms = now_of(delivery) + STORE_RETRY_MS;
    return false;
}

static void row_finish(struct outbox_row *row, enum outbox_state state, int64_t now_ms) {
    row->state = state;
    row->finished_ms = now_ms;
}

static bool row_is_expired(const struct carrier *carrier, const struct outbox_row *row,
                           int64_t ms) {
    return ms >= row->created_ms + carrier->expiry_ms;
}

/* The row's state after an attempt. */
static void row_judge(const struct lane *lane, struct outbox_row *row,
                      const struct attempt *attempt, int64_t now_ms) {
    row->reply = arena_copy(lane->arena, span_first_utf8(attempt->reply, LIMIT_FIELD));
    if (attempt->outcome == ATTEMPT_SENT) {
        row_finish(row, OUTBOX_SENT, now_ms);
        return;
    }
    if (attempt->outcome == ATTEMPT_REFUSED || attempt->outcome == ATTEMPT_GONE) {
        row_finish(row, OUTBOX_FAILED, now_ms);
        return;
    }
    int64_t wait = wait_ms(lane->carrier, row);
    row->state = OUTBOX_QUEUED;
    row->due_ms = now_ms + (wait > attempt->wait_ms ? wait : attempt->wait_ms);
    if (row_is_expired(lane->carrier, row, row->due_ms)) {
        row_finish(row, OUTBOX_EXPIRED, now_ms);
    }
}

static struct outbox_row row_copy(struct arena *arena, const struct outbox_row *row) {
    struct outbox_row copy = *row;
    copy.channel = arena_copy(arena, row->channel);
    copy.recipient = arena_copy(arena, row->recipient);
    copy.message_id = arena_copy(arena, row->message_id);
    copy.subject = arena_copy(arena, row->subject);
    copy.body = arena_copy(arena, row->body);
    copy.reply = arena_copy(arena, row->reply);
    return copy;
}

/* --- One attempt ------------------------------------------------------------------------------ */

static void delivery_pump(struct delivery *delivery);

static void attempt_log(const struct lane *lane, const struct attempt *attempt) {
    static const char *const events[] = {
        [OUTBOX_QUEUED] = "message_delayed",  [OUTBOX_IN_FLIGHT] = "message_delayed",
        [OUTBOX_SENT] = "message_sent",       [OUTBOX_FAILED] = "message_refused",
        [OUTBOX_EXPIRED] = "message_expired", [OUTBOX_DROPPED] = "message_dropped"};
    const struct outbox_row *row = &lane->row;
    enum log_level level = row->state == OUTBOX_SENT ? LOG_INFO : LOG_WARNING;
    const struct log_field fields[] = {LOG_STRING("channel", lane->carrier->name),
                                       LOG_INT("row", row->id), LOG_INT("code", attempt->code),
                                       LOG_INT("attempt", row->attempts),
                                       LOG_TEXT("reply", row->reply)};
    log_event(lane->delivery->log, level, events[row->state], fields,
              sizeof(fields) / sizeof(fields[0]));
}

static void circuit_hear(struct lane *lane, const struct attempt *attempt, int64_t now_ms) {
    bool was_open = lane->circuit.failures > 0;
    if (attempt->outcome != ATTEMPT_DOWN) {
        circuit_pass(&lane->circuit);
        return;
    }
    uint64_t chance = hash_combine(hash_bytes(lane->row.message_id), lane->row.attempts);
    circuit_fail(&lane->circuit, now_ms, attempt->wait_ms, chance);
    if (!was_open) {
        log_warning(lane->delivery->log, "route_down", LOG_STRING("channel", lane->carrier->name),
                    LOG_TEXT("name", lane->name), LOG_TEXT("reply", lane->row.reply));
    }
}

static void on_attempted(void *context, const struct attempt *attempt) {
    struct lane *lane = context;
    int64_t now_ms = now_of(lane->delivery);
    lane->sending = NULL;
    row_judge(lane, &lane->row, attempt, now_ms);
    attempt_log(lane, attempt);
    circuit_hear(lane, attempt, now_ms);
    lane->gone = lane->gone || attempt->outcome == ATTEMPT_GONE;
    /* What cannot be written stays in flight and is sent again: twice is better than never. */
    (void)row_put(lane->delivery, &lane->row);
    delivery_pump(lane->delivery);
}

/* --- What is due ------------------------------------------------------------------------------ */

static struct lane *lane_of(const struct delivery *delivery, const struct outbox_row *row) {
    for (size_t i = 0; i < delivery->lane_count; i++) {
        struct lane *lane = &delivery->lanes[i];
        bool named = span_is_empty(lane->name) || span_equal(lane->name, row->recipient);
        if (named && span_equal(row->channel, span_of(lane->carrier->name)) &&
            lane->carrier->knows(delivery->sender.config, row)) {
            return lane;
        }
    }
    return NULL;
}

/* When the row may be tried. One in flight while nothing is under way was left so by a run that
 * ended, or by a store that could not take the answer: it is due at once. */
static int64_t row_due_ms(const struct delivery *delivery, const struct lane *lane,
                          const struct outbox_row *row) {
    int64_t due_ms = row->state == OUTBOX_IN_FLIGHT ? row->created_ms : row->due_ms;
    bool held = delivery->hold_ms != DATE_NONE && due_ms < delivery->hold_ms;
    return circuit_after(&lane->circuit, held ? delivery->hold_ms : due_ms);
}

struct due { /* of a lane: the row that is due first */
    const struct outbox_row *row;
    int64_t ms;
};

/* Rows that wait for a lane that has nothing under way. */
static void find_due(struct delivery *delivery, const struct outbox_row *rows, size_t count,
                     struct due *due) {
    delivery->next_ms = DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        const struct lane *lane = lane_of(delivery, &rows[i]);
        bool waits = rows[i].state != OUTBOX_DROPPED;
        if (lane == NULL || lane->sending != NULL || !waits) {
            continue;
        }
        struct due *first = &due[lane - delivery->lanes];
        int64_t ms = row_due_ms(delivery, lane, &rows[i]);
        if (first->row == NULL || ms < first->ms) {
            *first = (struct due){&rows[i], ms};
        }
        if (delivery->next_ms == DATE_NONE || ms < delivery->next_ms) {
            delivery->next_ms = ms;
        }
    }
}

/* Sends the row, or gives it up. */
static void lane_take(struct lane *lane, const struct outbox_row *row) {
    struct delivery *delivery = lane->delivery;
    int64_t now_ms = now_of(delivery);
    arena_reset(lane->arena);
    lane->row = row_copy(lane->arena, row);
    bool expired = row_is_expired(lane->carrier, &lane->row, now_ms);
    if (lane->gone) {
        lane->row.reply = SPAN("the receiver has said that it is gone (410)");
        row_finish(&lane->row, OUTBOX_FAILED, now_ms);
    } else if (expired) {
        row_finish(&lane->row, OUTBOX_EXPIRED, now_ms);
    } else {
        lane->row.state = OUTBOX_IN_FLIGHT;
        lane->row.attempts++;
        lane->row.due_ms = now_ms;
    }
    if (row_put(delivery, &lane->row) && lane->row.state == OUTBOX_IN_FLIGHT) {
        lane->sending = lane->carrier->start(&delivery->sender, &lane->row, on_attempted, lane);
    }
}

/* Marks what waits of incidents that nobody wants to hear of any more. */
static void mark_silenced(struct delivery *delivery, const struct snapshot *snapshot,
                          struct outbox_row *rows, size_t count) {
    struct incident incident;
    for (size_t i = 0; i < count; i++) {
        bool known = rows[i].state == OUTBOX_QUEUED && rows[i].incident != 0 &&
                     snapshot_incident(snapshot, rows[i].incident, delivery->arena, &incident);
        if (known && incident.handling.care >= CARE_MUTED) {
            rows[i].reply = SPAN("its incident was muted, or made a part of another");
            row_finish(&rows[i], OUTBOX_DROPPED, now_of(delivery));
        }
    }
}

/* Writes what was marked, and what has waited too long for somewhere to be sent to. */
static void give_up(struct delivery *delivery, const struct outbox_row *rows, size_t count) {
    int64_t now_ms = now_of(delivery);
    for (size_t i = 0; i < count; i++) {
        struct outbox_row row = rows[i];
        bool orphan = lane_of(delivery, &row) == NULL && now_ms >= row.created_ms + ORPHAN_MS;
        if (row.state != OUTBOX_DROPPED && orphan) {
            row.reply = SPAN("the configuration does not know where to send it");
            row_finish(&row, OUTBOX_EXPIRED, now_ms);
        }
        if (row.state == OUTBOX_DROPPED || row.state == OUTBOX_EXPIRED) {
            (void)row_put(delivery, &row);
        }
    }
}

/* False when nothing was due. */
static bool take_due(struct delivery *delivery) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    size_t count = 0;
    bool taken = false;
    arena_reset(delivery->arena);
    if (!snapshot_open(delivery->store, &snapshot, &error)) {
        log_error(delivery->log, "outbox_not_read", LOG_ERROR_TEXT(&error));
        delivery->hold_ms = now_of(delivery) + STORE_RETRY_MS;
        delivery->next_ms = delivery->hold_ms;
        return false;
    }
    struct outbox_row *rows = snapshot_outbox(snapshot, true, delivery->arena, &count);
    mark_silenced(delivery, snapshot, rows, count);
    snapshot_close(snapshot);
    give_up(delivery, rows, count);
    struct due *due = ARENA_ARRAY(delivery->arena, struct due, delivery->lane_count);
    find_due(delivery, rows, count, due);
    for (size_t i = 0; i < delivery->lane_count; i++) {
        if (due[i].row != NULL && due[i].ms <= now_of(delivery)) {
            lane_take(&delivery->lanes[i], due[i].row);
            taken = true;
        }
    }
    return taken;
}

/* Starts what is due wherever nothing is under way. */
static void delivery_pump(struct delivery *delivery) {
    while (take_due(delivery)) {
    }
}

/* --- Life ------------------------------------------------------------------------------------- */

static void lane_add(struct delivery *delivery, const struct carrier *carrier, struct span name) {
    delivery->lanes[delivery->lane_count++] = (struct lane){.delivery = delivery,
                                                            .carrier = carrier,
                                                            .name = name,
                                                            .circuit = circuit_make(),
                                                            .arena = arena_create()};
}

struct delivery *delivery_start(struct store *store, struct crawler *crawler,
                                const struct config *config, const struct token_source *tokens,
                                const struct clock *clock, struct log *log) {
    struct delivery *delivery = NEW(struct delivery);
    *delivery = (struct delivery){.sender = {crawler, config, clock, tokens},
                                  .store = store,
                                  .log = log,
                                  .arena = arena_create(),
                                  .next_ms = DATE_NONE,
                                  .hold_ms = DATE_NONE};
    delivery->lanes = NEW_ARRAY(struct lane, config->webhook_count + 1);
    lane_add(delivery, &carrier_mail, SPAN(""));
    for (size_t i = 0; i < config->webhook_count; i++) {
        lane_add(delivery, &carrier_webhook, config->webhooks[i].name);
    }
    delivery_pump(delivery);
    return delivery;
}

void delivery_wake(struct delivery *delivery) {
    delivery_pump(delivery);
}

bool delivery_is_idle(const struct delivery *delivery) {
    for (size_t i = 0; i < delivery->lane_count; i++) {
        if (delivery->lanes[i].sending != NULL) {
            return false;
        }
    }
    return delivery->next_ms == DATE_NONE || delivery->next_ms > now_of(delivery);
}

int64_t delivery_next_ms(const struct delivery *delivery) {
    return delivery->next_ms;
}

void delivery_stop(struct delivery *delivery) {
    if (delivery == NULL) {
        return;
    }
    for (size_t i = 0; i < delivery->lane_count; i++) {
        struct lane *lane = &delivery->lanes[i];
        if (lane->sending != NULL) {
            lane->carrier->cancel(lane->sending);
        }
        arena_free(lane->arena);
    }
    arena_free(delivery->arena);
    free(delivery->lanes);
    free(delivery);
}
