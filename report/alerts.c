/* Incidents' life: events found in the data meet the incidents on record; what changed is written
 * with the mails it causes, in one transaction. */
#include "report/alerts.h"

#include "report/events.h"
#include "report/incident.h"

#include <math.h>

/* How far back surges are looked for: a first back-fill of a month is gone through once. */
#define LOOKBACK_MS (35 * DAY_MS)
#define HISTORY_MS (DETECTOR_HISTORY_DAYS * DAY_MS)

/* An event on record is the same as one found when they lie at most this far apart. */
#define SAME_MS DAY_MS

/* What was over so long ago when it was found (a back-fill, a daemon that was off) is on record,
 * and in the reports, but no longer worth a mail. */
#define OLD_NEWS_MS DAY_MS

/* A peak so much further off than at the last mail is worth another. */
#define GROWTH 1.5

/* A source is broken after so many failures in a row over so long a time: a hiccup is none. */
#define BROKEN_FAILURES 3
#define BROKEN_MS HOUR_MS

bool incident_is_of_source(const struct incident *incident) {
    return span_equal(incident->kind, SPAN("source"));
}

static struct alert_change *change_add(struct evaluation *evaluation,
                                       const struct incident *incident) {
    evaluation->changes =
        arena_grow(evaluation->arena, evaluation->changes, evaluation->change_count,
                   &evaluation->change_capacity, sizeof(*evaluation->changes));
    struct alert_change *change = &evaluation->changes[evaluation->change_count++];
    *change = (struct alert_change){.incident = *incident};
    change->incident.updated_ms = evaluation->now_ms;
    if (change->incident.id == 0) {
        change->incident.id = evaluation->next_id++;
        change->opened = true;
        evaluation->summary->opened++;
    } else if (incident->state == INCIDENT_CLOSED) {
        evaluation->summary->closed++;
    } else {
        evaluation->summary->updated++;
    }
    return change;
}

/* --- Surges ----------------------------------------------------------------------------------- */

static const struct incident *stored_for(const struct evaluation *evaluation, struct span brand,
                                         const struct event *event, int64_t event_end_ms) {
    for (size_t i = 0; i < evaluation->stored_count; i++) {
        const struct incident *stored = &evaluation->stored[i];
        int64_t end_ms = stored->ended_ms == DATE_NONE ? stored->updated_ms : stored->ended_ms;
        if (!incident_is_of_source(stored) && span_equal(stored->brand, brand) &&
            stored->started_ms <= event_end_ms + SAME_MS && end_ms + SAME_MS >= event->started_ms) {
            return stored;
        }
    }
    return NULL;
}

static struct incident incident_from(const struct evaluation *evaluation, struct span brand,
                                     const struct event *event, const struct incident *stored) {
    struct incident incident = {.brand = brand, .mailed_ms = DATE_NONE};
    if (stored != NULL) {
        incident = *stored;
    } else {
        incident.started_ms = event->started_ms;
    }
    incident.kind = span_of(event->lane->signal->kind);
    incident.state = event->state;
    incident.ended_ms = event->ended_ms;
    incident.expected = event->at.expected;
    incident.observed = event->now.observed;
    incident.peak = event->at.observed;
    incident.probability = event->at.probability;
    const struct incident_usual usual = {.window_ms = (int64_t)event->lane->window * HOUR_MS,
                                         .topic = event->lane->topic,
                                         .low = event->at.low,
                                         .high = event->at.high};
    incident.headline = incident_headline(evaluation->arena, &incident, &usual);
    return incident;
}

/* How far the peak lies from what was expected, up or down. */
static double incident_distance(const struct incident *incident) {
    return fabs(incident->peak - incident->expected);
}

static bool incident_changed(const struct incident *now, const struct incident *before) {
    return now->state != before->state || now->ended_ms != before->ended_ms ||
           incident_distance(now) > incident_distance(before) ||
           !span_equal(now->kind, before->kind);
}

/* What people want to be told of an incident that they have seen. */
static bool care_allows(enum incident_care care, enum incident_step step) {
    return care == CARE_NONE || (care == CARE_ACKNOWLEDGED && step == STEP_CLOSED);
}

static bool message_is_due(const struct evaluation *evaluation, const struct event *event,
                           const struct history *history, const struct incident *stored,
                           const struct incident *now, enum incident_step *step) {
    if (stored == NULL) {
        *step = STEP_OPENED;
        return now->ended_ms == DATE_NONE || evaluation->now_ms - now->ended_ms < OLD_NEWS_MS;
    }
    if (stored->mailed_ms == DATE_NONE) {
        return false;
    }
    if (now->state == INCIDENT_CLOSED && stored->state != INCIDENT_CLOSED) {
        *step = STEP_CLOSED;
        return true;
    }
    *step = STEP_GREW;
    return now->state == INCIDENT_OPEN &&
           evaluation->now_ms - stored->mailed_ms >= evaluation->config->alerts.cooldown_ms &&
           incident_distance(now) >=
               GROWTH * event_distance_until(event, history, stored->mailed_ms);
}

static void meet_event(struct evaluation *evaluation, struct span brand, const struct event *event,
                       const struct history *history, bool *met) {
    int64_t end_ms = history->start_ms + ((int64_t)event->last + 1) * HOUR_MS;
    const struct incident *stored = stored_for(evaluation, brand, event, end_ms);
    struct incident now = incident_from(evaluation, brand, event, stored);
    if (stored != NULL) {
        met[stored - evaluation->stored] = true;
    }
    if (stored != NULL && !incident_changed(&now, stored)) {
        return;
    }
    enum incident_step step = STEP_OPENED;
    bool tells = message_is_due(evaluation, event, history, stored, &now, &step) &&
                 (stored == NULL || care_allows(stored->handling.care, step));
    struct alert_change *change = change_add(evaluation, &now);
    change->tells = tells;
    change->step = step;
    change->told_ms = stored == NULL ? DATE_NONE : stored->mailed_ms;
}

/* What was open and is found no more (mentions were deleted, or it is too long ago) is closed. */
static void close_unmet(struct evaluation *evaluation, struct span brand, const bool *met) {
    for (size_t i = 0; i < evaluation->stored_count; i++) {
        const struct incident *stored = &evaluation->stored[i];
        if (!met[i] && !incident_is_of_source(stored) && stored->state != INCIDENT_CLOSED &&
            span_equal(stored->brand, brand)) {
            struct incident closed = *stored;
            closed.state = INCIDENT_CLOSED;
            closed.ended_ms = stored->updated_ms;
            change_add(evaluation, &closed);
        }
    }
}

static void evaluate_brand(struct evaluation *evaluation, struct span brand, double budget) {
    uint32_t number = 0;
    if (!snapshot_brand(evaluation->snapshot, brand, &number)) {
        return;
    }
    struct arena *arena = arena_create();
    struct history history;
    int64_t until_ms = date_hour_start(evaluation->now_ms) + HOUR_MS;
    history_gather(evaluation->snapshot, number, until_ms - HISTORY_MS - LOOKBACK_MS, until_ms,
                   arena, &history);
    int64_t window = evaluation->config->alerts.window_ms / HOUR_MS;
    struct event_options options = {
        .signals = {.window = window < 1 ? 1 : (size_t)window,
                    .false_per_week = budget,
                    .minimum = (double)evaluation->config->alerts.minimum},
        .lookback_ms = LOOKBACK_MS};
    size_t count = 0;
    struct event *events = events_find(&history, &options, arena, &count);
    bool *met = ARENA_ARRAY(arena, bool, evaluation->stored_count + 1);
    for (size_t i = 0; i < count; i++) {
        meet_event(evaluation, brand, &events[i], &history, met);
    }
    close_unmet(evaluation, brand, met);
    arena_free(arena);
}

static void evaluate_brands(struct evaluation *evaluation) {
    const struct config *config = evaluation->config;
    size_t own = 0;
    for (size_t i = 0; i < config->brand_count; i++) {
        own += config->brands[i].own ? 1 : 0;
    }
    for (size_t i = 0; i < config->brand_count; i++) {
        if (config->brands[i].own) {
            evaluate_brand(evaluation, config->brands[i].name,
                           config->alerts.false_per_week / (double)own);
        }
    }
}

/* --- Sources ---------------------------------------------------------------------------------- */

static const struct incident *stored_for_source(const struct evaluation *evaluation,
                                                struct span evidence) {
    for (size_t i = 0; i < evaluation->stored_count; i++) {
        const struct incident *stored = &evaluation->stored[i];
        if (incident_is_of_source(stored) && stored->state != INCIDENT_CLOSED &&
            span_equal(stored->evidence, evidence)) {
            return stored;
        }
    }
    return NULL;
}

static struct span source_evidence(struct arena *arena, struct span key) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    struct json_writer json = json_writer_make(&out, false);
    json_object_begin(&json, NULL);
    json_put_text(&json, "source", key);
    json_object_end(&json);
    struct span evidence = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return evidence;
}

static bool source_is_broken(const struct source_state *state, int64_t now_ms) {
    return state->failures >= BROKEN_FAILURES &&
           (state->succeeded_ms == DATE_NONE || now_ms - state->succeeded_ms >= BROKEN_MS);
}

static void source_broke(struct evaluation *evaluation, const struct source_row *row,
                         struct span evidence) {
    const struct source_state *state = &row->state;
    struct incident incident = {
        .kind = SPAN("source"),
        .started_ms = state->succeeded_ms == DATE_NONE ? evaluation->now_ms : state->succeeded_ms,
        .ended_ms = DATE_NONE,
        .mailed_ms = DATE_NONE,
        .probability = 1,
        .evidence = evidence,
    };
    incident.headline =
        arena_print(evaluation->arena, "source %.*s does not answer (%u failures in a row): %.*s",
                    SPAN_ARG(row->key), (unsigned)state->failures,
                    SPAN_ARG(span_is_empty(state->message) ? state->reason : state->message));
    struct alert_change *change = change_add(evaluation, &incident);
    change->tells = true;
}

static void evaluate_sources(struct evaluation *evaluation) {
    struct source_row *rows =
        snapshot_sources(evaluation->snapshot, evaluation->arena, &evaluation->source_count);
    for (size_t i = 0; i < evaluation->source_count; i++) {
        const struct source_state *state = &rows[i].state;
        struct span evidence = source_evidence(evaluation->arena, rows[i].key);
        const struct incident *stored = stored_for_source(evaluation, evidence);
        evaluation->sources_good += state->polls > 0 && state->failures == 0 ? 1 : 0;
        if (stored == NULL && source_is_broken(state, evaluation->now_ms)) {
            source_broke(evaluation, &rows[i], evidence);
        } else if (stored != NULL && state->failures == 0) {
            struct incident closed = *stored;
            closed.state = INCIDENT_CLOSED;
            closed.ended_ms =
                state->succeeded_ms == DATE_NONE ? evaluation->now_ms : state->succeeded_ms;
            change_add(evaluation, &closed);
        }
    }
}

/* --- All of it -------------------------------------------------------------------------------- */

static bool evaluate(struct evaluation *evaluation, struct error *error) {
    evaluation->stored =
        snapshot_incidents(evaluation->snapshot, evaluation->arena, &evaluation->stored_count);
    evaluation->next_id = 1 + (evaluation->stored_count > 0 ? evaluation->stored[0].id : 0);
    evaluate_sources(evaluation);
    evaluate_brands(evaluation);
    return alerts_tell(evaluation, error);
}

static bool changes_write(struct evaluation *evaluation, struct store *store, struct error *error) {
    if (evaluation->change_count == 0) {
        return true;
    }
    struct incident *incidents =
        ARENA_ARRAY(evaluation->arena, struct incident, evaluation->change_count);
    for (size_t i = 0; i < evaluation->change_count; i++) {
        incidents[i] = evaluation->changes[i].incident;
    }
    evaluation->summary->messages = evaluation->row_count;
    return store_put_alerts(store, incidents, evaluation->change_count, evaluation->rows,
                            evaluation->row_count, error);
}

bool alerts_evaluate(struct store *store, const struct config *config,
                     const struct explainer *explainer, int64_t now_ms,
                     struct alert_summary *summary, struct error *error) {
    struct snapshot *snapshot = NULL;
    *summary = (struct alert_summary){0};
    if (!config->alerts.enabled) {
        return true;
    }
    if (!snapshot_open(store, &snapshot, error)) {
        return false;
    }
    struct evaluation evaluation = {.snapshot = snapshot,
                                    .config = config,
                                    .explainer = explainer,
                                    .arena = arena_create(),
                                    .now_ms = now_ms,
                                    .summary = summary};
    bool done = evaluate(&evaluation, error);
    /* The snapshot is let go before the writer is waited for: it would pin the pages the writer
     * wants to reuse. All text is in our arena. */
    snapshot_close(snapshot);
    done = done && changes_write(&evaluation, store, error);
    arena_free(evaluation.arena);
    return done;
}
