/* Digests on their way: who is due one, what it speaks of, and the mark of how far each reader's
 * digests have come, which moves in the transaction that puts them into the outbox. */
#include "base/hash.h"
#include "report/alerts.h"
#include "report/digest.h"
#include "report/incident.h"
#include "report/mute.h"
#include "report/rhythm.h"

#include <inttypes.h>

/* After a longer time off, a digest speaks of no more than this. */
#define CAUGHT_UP_MS (92 * DAY_MS)

#define UNDELIVERED_MOST ((size_t)10)

struct reader { /* a person or a webhook */
    const struct config_person *person;
    const struct config_webhook *webhook;
    struct config_list brands;
    const struct config_list *digests;
    struct span zone;
    struct span channel;
    struct span name; /* in the outbox */
};

struct prepared { /* digests are the same for all who ask for the same */
    struct digest digest;
    struct zone *zone;
    struct prepared *next;
};

struct round {
    struct snapshot *snapshot;
    const struct config *config;
    const struct explainer *explainer;
    struct arena *arena;
    int64_t now_ms;
    struct reader *readers;
    size_t reader_count;
    struct prepared *prepared;
    struct outbox_row *outbox; /* read once, when the first digest is due */
    size_t outbox_count;
    bool outbox_read;
    struct outbox_row *rows;
    size_t row_count;
    struct mark *marks;
    size_t mark_count;
};

/* --- Readers ---------------------------------------------------------------------------------- */

static struct reader reader_of_person(const struct config_person *person) {
    return (struct reader){.person = person,
                           .brands = person->brands,
                           .digests = &person->digests,
                           .zone = person->zone,
                           .channel = SPAN("mail"),
                           .name = person->email};
}

static struct reader reader_of_webhook(const struct config_webhook *webhook) {
    return (struct reader){.webhook = webhook,
                           .brands = webhook->brands,
                           .digests = &webhook->digests,
                           .zone = webhook->zone,
                           .channel = SPAN("webhook"),
                           .name = webhook->name};
}

/* All readers, people first; `readers` has room. Nobody gets mail where none can be sent. */
static size_t all_readers(const struct config *config, struct reader *readers) {
    size_t count = 0;
    for (size_t i = 0; i < config->person_count && config->mail.url.size > 0; i++) {
        readers[count++] = reader_of_person(&config->people[i]);
    }
    for (size_t i = 0; i < config->webhook_count; i++) {
        readers[count++] = reader_of_webhook(&config->webhooks[i]);
    }
    return count;
}

static struct span mark_name(struct arena *arena, const struct reader *reader, enum rhythm rhythm) {
    return arena_print(arena, "digest %s %.*s %.*s", config_rhythms[rhythm],
                       SPAN_ARG(reader->channel), SPAN_ARG(reader->name));
}

/* --- What could not be delivered -------------------------------------------------------------- */

/* Alerts to the reader that were given up since his last digest. */
static size_t undelivered_to(struct round *round, const struct reader *reader, int64_t since_ms,
                             struct span *lines) {
    size_t count = 0;
    if (!round->outbox_read) {
        round->outbox = snapshot_outbox(round->snapshot, false, round->arena, &round->outbox_count);
        round->outbox_read = true;
    }
    for (size_t i = 0; i < round->outbox_count && count < UNDELIVERED_MOST; i++) {
        const struct outbox_row *row = &round->outbox[i];
        if (row->state == OUTBOX_EXPIRED && row->finished_ms >= since_ms &&
            span_equal(row->channel, reader->channel) && span_equal(row->recipient, reader->name)) {
            struct span when = moment_text(round->arena, row->created_ms);
            lines[count++] =
                arena_print(round->arena, "%.*s (%.*s)", SPAN_ARG(row->subject), SPAN_ARG(when));
        }
    }
    return count;
}

/* --- Digests ---------------------------------------------------------------------------------- */

static bool lists_equal(const struct config_list *a, const struct config_list *b) {
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++) {
        equal = span_equal(a->list[i], b->list[i]);
    }
    return equal;
}

static bool terms_equal(const struct digest_terms *a, const struct digest_terms *b) {
    return a->rhythm == b->rhythm && a->period.since_ms == b->period.since_ms &&
           a->period.until_ms == b->period.until_ms && a->several == b->several &&
           span_equal(a->zone, b->zone) && lists_equal(&a->brands, &b->brands);
}

static const struct digest *prepare(struct round *round, const struct digest_terms *terms,
                                    struct error *error) {
    for (struct prepared *known = round->prepared; known != NULL; known = known->next) {
        if (terms_equal(&known->digest.terms, terms)) {
            return &known->digest;
        }
    }
    struct prepared *made = ARENA_NEW(round->arena, struct prepared);
    if (!zone_open(terms->zone, &made->zone, error)) {
        return NULL;
    }
    digest_gather(&made->digest, round->snapshot, round->config, round->explainer, terms,
                  made->zone, round->arena);
    made->next = round->prepared;
    round->prepared = made;
    return &made->digest;
}

static struct span digest_key(const struct digest *digest) {
    const struct digest_terms *terms = &digest->terms;
    uint64_t hash = hash_combine(hash_bytes(terms->zone), (uint64_t)terms->period.until_ms);
    char day[DATE_TEXT_SIZE];
    for (size_t i = 0; i < terms->brands.count; i++) {
        hash = hash_combine(hash, hash_bytes(terms->brands.list[i]));
    }
    struct date last = zone_date(digest->zone, terms->period.until_ms - 1);
    return arena_print(digest->arena, "digest.%s.%s.%08" PRIx64, config_rhythms[terms->rhythm],
                       date_print_day(date_to_ms(&last), day), hash & 0xFFFFFFFF);
}

static struct span footer_text(const struct digest *digest) {
    char name[ZONE_NAME_SIZE];
    return arena_print(
        digest->arena,
        "Days begin at midnight %s (%.*s). \"No data\" is not zero. You get this because earshot's "
        "configuration names you for %s digests; to get fewer, change digests: at your name there.",
        zone_print_name(digest->zone, digest->terms.period.until_ms, name),
        SPAN_ARG(digest->terms.zone.size > 0 ? digest->terms.zone : SPAN("UTC")),
        config_rhythms[digest->terms.rhythm]);
}

static bool write_row(struct round *round, const struct digest *digest, const struct reader *reader,
                      const struct digest_reader *told, struct error *error) {
    struct arena *arena = round->arena;
    const struct message message = {
        .key = digest_key(digest),
        .subject = digest_title(digest),
        .list = arena_print(arena, "earshot %s", config_rhythms[digest->terms.rhythm]),
        .kind = config_rhythms[digest->terms.rhythm],
        .text = reader->person != NULL ? digest_text(digest, told) : SPAN(""),
        .html = reader->person != NULL ? digest_html(digest, told) : SPAN(""),
        .notice = digest_notice(digest, told, round->now_ms),
        .config = round->config,
        .now_ms = round->now_ms,
    };
    struct outbox_row *row = &round->rows[round->row_count++];
    if (reader->person != NULL) {
        return mail_make(arena, &message, reader->person, row, error);
    }
    post_make(arena, &message, reader->webhook, row);
    return true;
}

/* The digest of that period for that reader, unless there is nothing to say. */
static bool write_digest(struct round *round, const struct reader *reader,
                         const struct digest_terms *terms, struct error *error) {
    const struct digest *digest = prepare(round, terms, error);
    struct span lines[UNDELIVERED_MOST];
    if (digest == NULL) {
        return false;
    }
    struct digest_reader told = {.undelivered = lines, .footer = footer_text(digest)};
    told.undelivered_count = undelivered_to(round, reader, terms->period.since_ms, lines);
    bool empty = digest_is_empty(digest) && told.undelivered_count == 0;
    return (empty && round->config->digest.empty == DIGEST_SKIP_EMPTY) ||
           write_row(round, digest, reader, &told, error);
}

static void mark_add(struct round *round, struct span name, int64_t ms) {
    round->marks[round->mark_count++] = (struct mark){name, ms};
}

/* Whoever has had none yet gets the first one when the next period is over. */
static bool visit(struct round *round, const struct reader *reader, enum rhythm rhythm,
                  struct error *error) {
    struct zone *zone = NULL;
    if (!zone_open(reader->zone, &zone, error)) {
        return false;
    }
    struct digest_terms terms = {.rhythm = rhythm,
                                 .period = rhythm_last(round->config, rhythm, zone, round->now_ms),
                                 .brands = reader->brands,
                                 .zone = reader->zone};
    zone_close(zone);
    struct span name = mark_name(round->arena, reader, rhythm);
    int64_t mark_ms = snapshot_mark(round->snapshot, name);
    if (mark_ms >= terms.period.until_ms) {
        return true;
    }
    mark_add(round, name, terms.period.until_ms);
    bool muted = reader->person != NULL &&
                 mute_is_set(round->snapshot, config_rhythms[rhythm], reader->person->email);
    if (mark_ms == DATE_NONE || muted) {
        return true;
    }
    if (mark_ms < terms.period.since_ms) {
        int64_t first_ms = terms.period.until_ms - CAUGHT_UP_MS;
        terms.several = true;
        terms.period.since_ms = mark_ms > first_ms ? mark_ms : first_ms;
    }
    return write_digest(round, reader, &terms, error);
}

/* --- Rounds ----------------------------------------------------------------------------------- */

static bool round_begin(struct round *round, struct store *store, const struct config *config,
                        const struct explainer *explainer, int64_t now_ms, struct error *error) {
    size_t most = config->person_count + config->webhook_count;
    *round = (struct round){.config = config, .explainer = explainer, .now_ms = now_ms};
    if (!snapshot_open(store, &round->snapshot, error)) {
        return false;
    }
    round->arena = arena_create();
    round->readers = ARENA_ARRAY(round->arena, struct reader, most + 1);
    round->reader_count = all_readers(config, round->readers);
    round->rows = ARENA_ARRAY(round->arena, struct outbox_row, most * RHYTHM_COUNT + 1);
    round->marks = ARENA_ARRAY(round->arena, struct mark, most * RHYTHM_COUNT + 1);
    return true;
}

/* Stores what was made, unless it went wrong before. */
static bool round_end(struct round *round, struct store *store, bool done, size_t *messages,
                      struct error *error) {
    done = snapshot_check(round->snapshot, done ? error : NULL) && done;
    snapshot_close(round->snapshot); /* before the writer is waited for: it would pin pages */
    if (done && round->row_count + round->mark_count > 0) {
        done = store_put_messages(store, round->rows, round->row_count, round->marks,
                                  round->mark_count, error);
    }
    *messages = done ? round->row_count : 0;
    for (struct prepared *known = round->prepared; known != NULL; known = known->next) {
        zone_close(known->zone);
    }
    arena_free(round->arena);
    return done;
}

bool digests_write(struct store *store, const struct config *config,
                   const struct explainer *explainer, int64_t now_ms, size_t *messages,
                   struct error *error) {
    struct round round;
    *messages = 0;
    if (!round_begin(&round, store, config, explainer, now_ms, error)) {
        return false;
    }
    bool done = true;
    for (size_t i = 0; done && i < round.reader_count * RHYTHM_COUNT; i++) {
        const struct reader *reader = &round.readers[i / RHYTHM_COUNT];
        enum rhythm rhythm = (enum rhythm)(i % RHYTHM_COUNT);
        if (config_has_rhythm(reader->digests, rhythm) && !visit(&round, reader, rhythm, error)) {
            done = error_add_context(error, "%s digest for %.*s", config_rhythms[rhythm],
                                     SPAN_ARG(reader->name));
        }
    }
    return round_end(&round, store, done, messages, error);
}

int64_t digests_next_ms(const struct config *config, int64_t now_ms) {
    struct arena *arena = arena_create();
    size_t most = config->person_count + config->webhook_count;
    struct reader *readers = ARENA_ARRAY(arena, struct reader, most + 1);
    size_t count = all_readers(config, readers);
    int64_t next_ms = DATE_NONE;
    for (size_t i = 0; i < count; i++) {
        struct zone *zone = NULL;
        if (readers[i].digests->count == 0 || !zone_open(readers[i].zone, &zone, NULL)) {
            continue;
        }
        for (enum rhythm rhythm = 0; rhythm < RHYTHM_COUNT; rhythm++) {
            int64_t ms = rhythm_next_ms(config, rhythm, zone, now_ms);
            bool wanted = config_has_rhythm(readers[i].digests, rhythm);
            next_ms = wanted && (next_ms == DATE_NONE || ms < next_ms) ? ms : next_ms;
        }
        zone_close(zone);
    }
    arena_free(arena);
    return next_ms;
}

/* --- On request ------------------------------------------------------------------------------- */

static struct digest_terms terms_asked(const struct config *config,
                                       const struct digest_request *request, struct zone *zone,
                                       const struct config_list *brands) {
    struct digest_terms terms = {
        .rhythm = request->rhythm, .brands = *brands, .zone = request->zone};
    terms.period = rhythm_last(config, request->rhythm, zone, request->now_ms);
    if (request->until_now) {
        terms.period.since_ms = terms.period.until_ms;
        terms.period.until_ms = request->now_ms;
    }
    return terms;
}

bool digest_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                  const struct explainer *explainer, const struct digest_request *request,
                  bool html, struct error *error) {
    struct zone *zone = NULL;
    if (!zone_open(request->zone, &zone, error)) {
        return false;
    }
    struct arena *arena = arena_create();
    struct digest digest;
    const struct config_list brands = {&request->brand, request->brand.size > 0 ? 1 : 0};
    const struct digest_terms terms = terms_asked(config, request, zone, &brands);
    digest_gather(&digest, snapshot, config, explainer, &terms, zone, arena);
    struct digest_reader told = {.footer = footer_text(&digest)};
    struct span text = html ? digest_html(&digest, &told) : digest_text(&digest, &told);
    bool fits = buffer_append(out, text);
    arena_free(arena);
    zone_close(zone);
    return fits || error_set(error, ERROR_LIMIT, "the digest passes %zu bytes", out->ceiling);
}

/* Of a whole period the mark moves, too: it does not come once more when it is due. */
static bool send_to(struct round *round, const struct reader *reader,
                    const struct digest_request *request, struct error *error) {
    const struct config_list one = {&request->brand, 1};
    struct zone *zone = NULL;
    bool wants = request->brand.size == 0 || brands_want(&reader->brands, request->brand);
    if (!wants || !config_has_rhythm(reader->digests, request->rhythm)) {
        return true;
    }
    struct digest_request own = *request;
    own.zone = reader->zone;
    if (!zone_open(reader->zone, &zone, error)) {
        return false;
    }
    struct digest_terms terms =
        terms_asked(round->config, &own, zone, request->brand.size > 0 ? &one : &reader->brands);
    zone_close(zone);
    struct span name = mark_name(round->arena, reader, request->rhythm);
    bool whole = !request->until_now && request->brand.size == 0;
    if (whole && snapshot_mark(round->snapshot, name) < terms.period.until_ms) {
        mark_add(round, name, terms.period.until_ms);
    }
    return write_digest(round, reader, &terms, error);
}

bool digest_send(struct store *store, const struct config *config,
                 const struct explainer *explainer, const struct digest_request *request,
                 size_t *messages, struct error *error) {
    struct round round;
    bool done = round_begin(&round, store, config, explainer, request->now_ms, error);
    *messages = 0;
    if (!done) {
        return false;
    }
    for (size_t i = 0; done && i < round.reader_count; i++) {
        done = send_to(&round, &round.readers[i], request, error);
    }
    return round_end(&round, store, done, messages, error);
}
