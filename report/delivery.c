/* Outbox to mail server, one message at a time. A row is committed as in flight before its first
 * byte goes out; whatever happens after that, it is tried again under the same Message-ID until the
 * server's answer is committed. */
#include "report/report.h"

#include "base/hash.h"

#include <stdlib.h>

#define EXPIRY_MS DAY_MS

/* A store that cannot be written now is asked again after this. */
#define STORE_RETRY_MS MINUTE_MS

static const int64_t waits_ms[] = {10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS,
                                   15 * MINUTE_MS, HOUR_MS,   2 * HOUR_MS};
#define WAIT_COUNT (sizeof(waits_ms) / sizeof(waits_ms[0]))

struct delivery {
    struct store *store;
    struct crawler *crawler;
    const struct config *config;
    const struct clock *clock;
    struct log *log;
    struct arena *arena;    /* of the row under way */
    struct mail_send *send; /* NULL: nothing under way */
    struct outbox_row row;  /* under way */
    int64_t next_ms;        /* DATE_NONE: nothing waits */
    int64_t hold_ms;        /* nothing is tried before: the server or the store is away */
};

/* A tenth up or down, the same for the same attempt: many rows must not come back at once. */
static int64_t wait_ms(const struct outbox_row *row) {
    size_t step = row->attempts == 0 ? 0 : row->attempts - 1;
    int64_t wait = waits_ms[step < WAIT_COUNT ? step : WAIT_COUNT - 1];
    uint64_t hash = hash_combine(hash_bytes(row->message_id), row->attempts);
    return wait - wait / 10 + (int64_t)(hash % (uint64_t)(wait / 5 + 1));
}

static bool row_put(struct delivery *delivery, struct outbox_row *row) {
    struct error error = {0};
    if (store_put_alerts(delivery->store, NULL, 0, row, 1, &error)) {
        return true;
    }
    log_error(delivery->log, "outbox_not_written", LOG_INT("row", row->id), LOG_ERROR_TEXT(&error));
    return false;
}

static void row_finish(struct outbox_row *row, enum outbox_state state, int64_t now_ms) {
    row->state = state;
    row->finished_ms = now_ms;
}

/* The row's state after an attempt. */
static void row_judge(struct outbox_row *row, const struct mail_result *result, int64_t now_ms,
                      struct arena *arena) {
    row->reply = span_is_empty(result->reply) ? span_of(result->error.message) : result->reply;
    row->reply = arena_copy(arena, span_first_utf8(row->reply, LIMIT_FIELD));
    switch (result->outcome) {
    case MAIL_SENT:
        row_finish(row, OUTBOX_SENT, now_ms);
        return;
    case MAIL_REFUSED:
        row_finish(row, OUTBOX_FAILED, now_ms);
        return;
    case MAIL_LATER:
    case MAIL_UNKNOWN:
        row->state = OUTBOX_QUEUED;
        row->due_ms = now_ms + wait_ms(row);
        if (row->due_ms >= row->created_ms + EXPIRY_MS) {
            row_finish(row, OUTBOX_EXPIRED, now_ms);
        }
        return;
    }
}

static const char *outcome_event(enum outbox_state state) {
    switch (state) {
    case OUTBOX_SENT:
        return "mail_sent";
    case OUTBOX_FAILED:
        return "mail_refused";
    case OUTBOX_EXPIRED:
        return "mail_expired";
    case OUTBOX_QUEUED:
    case OUTBOX_IN_FLIGHT:
        break;
    }
    return "mail_delayed";
}

static void delivery_pump(struct delivery *delivery);

static void delivery_done(void *context, const struct mail_result *result) {
    struct delivery *delivery = context;
    struct outbox_row *row = &delivery->row;
    int64_t now_ms = clock_wall_ms(delivery->clock);
    delivery->send = NULL;
    row_judge(row, result, now_ms, delivery->arena);
    enum log_level level = row->state == OUTBOX_SENT ? LOG_INFO : LOG_WARNING;
    const struct log_field fields[] = {LOG_INT("row", row->id), LOG_INT("code", result->code),
                                       LOG_INT("attempt", row->attempts),
                                       LOG_TEXT("reply", row->reply)};
    log_event(delivery->log, level, outcome_event(row->state), fields,
              sizeof(fields) / sizeof(fields[0]));
    if (result->outcome == MAIL_LATER && result->code == 0) {
        /* No connection: the next row would meet the same. */
        delivery->hold_ms = row->due_ms;
    }
    if (!row_put(delivery, row)) {
        /* The row stays in flight and is sent again: twice is better than never. */
        delivery->hold_ms = now_ms + STORE_RETRY_MS;
    }
    delivery_pump(delivery);
}

static void delivery_send(struct delivery *delivery) {
    const struct config *config = delivery->config;
    struct mail_route route = {.url = config->mail.url,
                               .username = config->mail.username,
                               .password = config->mail.password.value,
                               .hello = config->mail.hello,
                               .ca_file = config->crawler.ca_file,
                               .require_tls = config->mail.require_tls};
    delivery->send =
        crawler_send_mail(delivery->crawler, &route, config->mail.from, delivery->row.recipient,
                          delivery->row.body, delivery_done, delivery);
}

/* When the row may be tried. One in flight while nothing is under way was left so by a run that
 * ended, or by a store that could not take the answer: it is due at once. */
static int64_t row_due_ms(const struct delivery *delivery, const struct outbox_row *row) {
    int64_t due_ms = row->state == OUTBOX_IN_FLIGHT ? row->created_ms : row->due_ms;
    bool held = delivery->hold_ms != DATE_NONE && due_ms < delivery->hold_ms;
    return held ? delivery->hold_ms : due_ms;
}

/* The waiting row that is due first, in the delivery's arena; false when none waits. */
static bool first_due(struct delivery *delivery, struct outbox_row *first) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    size_t count = 0;
    arena_reset(delivery->arena);
    if (!snapshot_open(delivery->store, &snapshot, &error)) {
        log_error(delivery->log, "outbox_not_read", LOG_ERROR_TEXT(&error));
        delivery->hold_ms = clock_wall_ms(delivery->clock) + STORE_RETRY_MS;
        delivery->next_ms = delivery->hold_ms;
        return false;
    }
    struct outbox_row *rows = snapshot_outbox(snapshot, true, delivery->arena, &count);
    snapshot_close(snapshot);
    delivery->next_ms = DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        int64_t due_ms = row_due_ms(delivery, &rows[i]);
        if (delivery->next_ms == DATE_NONE || due_ms < delivery->next_ms) {
            delivery->next_ms = due_ms;
            *first = rows[i];
        }
    }
    return delivery->next_ms != DATE_NONE;
}

/* Starts the next message if one is due and none is under way. */
static void delivery_pump(struct delivery *delivery) {
    int64_t now_ms = clock_wall_ms(delivery->clock);
    bool configured = !span_is_empty(delivery->config->mail.url);
    while (delivery->send == NULL && configured && first_due(delivery, &delivery->row) &&
           delivery->next_ms <= now_ms) {
        struct outbox_row *row = &delivery->row;
        bool expired = now_ms >= row->created_ms + EXPIRY_MS;
        if (expired) {
            row_finish(row, OUTBOX_EXPIRED, now_ms);
        } else {
            row->state = OUTBOX_IN_FLIGHT;
            row->attempts++;
            row->due_ms = now_ms;
        }
        if (!row_put(delivery, row)) {
            delivery->hold_ms = now_ms + STORE_RETRY_MS;
        } else if (!expired) {
            delivery_send(delivery);
        }
    }
}

struct delivery *delivery_start(struct store *store, struct crawler *crawler,
                                const struct config *config, const struct clock *clock,
                                struct log *log) {
    struct delivery *delivery = NEW(struct delivery);
    *delivery = (struct delivery){.store = store,
                                  .crawler = crawler,
                                  .config = config,
                                  .clock = clock,
                                  .log = log,
                                  .arena = arena_create(),
                                  .next_ms = DATE_NONE,
                                  .hold_ms = DATE_NONE};
    delivery_pump(delivery);
    return delivery;
}

void delivery_wake(struct delivery *delivery) {
    delivery_pump(delivery);
}

bool delivery_is_idle(const struct delivery *delivery) {
    bool due =
        delivery->next_ms != DATE_NONE && delivery->next_ms <= clock_wall_ms(delivery->clock);
    return delivery->send == NULL && !due;
}

int64_t delivery_next_ms(const struct delivery *delivery) {
    return delivery->next_ms;
}

void delivery_stop(struct delivery *delivery) {
    if (delivery == NULL) {
        return;
    }
    if (delivery->send != NULL) {
        mail_cancel(delivery->send);
    }
    arena_free(delivery->arena);
    free(delivery);
}
