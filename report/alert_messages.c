/* Who is told what of the changes that were found: a mail to every person, a post to every webhook that
 * wants to hear of the brand. */
#include "report/alerts.h"

#include "base/hash.h"
#include "report/incident.h"
#include "report/mute.h"
#include "report/paint.h"
#include "report/quiet.h"

#include <inttypes.h>

bool brands_want(const struct config_list *brands, struct span brand) {
    for (size_t i = 0; i < brands->count; i++) {
        if (span_equal(brands->list[i], brand)) {
            return true;
        }
    }
    return brands->count == 0;
}

static struct outbox_row *row_add(struct evaluation *evaluation) {
    evaluation->rows = arena_grow(evaluation->arena, evaluation->rows, evaluation->row_count,
                                  &evaluation->row_capacity, sizeof(*evaluation->rows));
    return &evaluation->rows[evaluation->row_count++];
}

/* `brand` empty: everyone who gets alerts. False with the error of a mail that cannot be made. */
static bool send_to_all(struct evaluation *evaluation, const struct message *message,
                        struct span brand, struct error *error) {
    const struct config *config = evaluation->config;
    bool mails = !span_is_empty(config->mail.url);
    for (size_t i = 0; i < config->person_count && mails; i++) {
        const struct config_person *person = &config->people[i];
        bool wants = span_is_empty(brand) || brands_want(&person->brands, brand);
        bool muted = mute_is_set(evaluation->snapshot, MUTE_ALERTS, person->email);
        if (!person->alerts || !wants || muted) {
            continue;
        }
        struct outbox_row *row = row_add(evaluation);
        if (!mail_make(evaluation->arena, message, person, row, error)) {
            return false;
        }
        row->due_ms = quiet_until_ms(person, message->now_ms);
    }
    for (size_t i = 0; i < config->webhook_count; i++) {
        const struct config_webhook *webhook = &config->webhooks[i];
        bool wants = span_is_empty(brand) || brands_want(&webhook->brands, brand);
        if (webhook->alerts && wants) {
            post_make(evaluation->arena, message, webhook, row_add(evaluation));
        }
    }
    return true;
}

/* --- Incidents -------------------------------------------------------------------------------- */

static void keep_evidence(struct evaluation *evaluation, struct incident *incident,
                          const struct evidence *evidence) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT * 4);
    struct json_writer json = json_writer_make(&out, false);
    evidence_print_json(&json, NULL, evidence);
    incident->evidence =
        out.overflowed ? SPAN("{}") : arena_copy(evaluation->arena, buffer_span(&out));
    buffer_done(&out);
}

/* What came since people were told last. */
static struct span news_text(const struct evaluation *evaluation,
                             const struct alert_change *change) {
    const struct segment segment = {.brand = change->incident.brand};
    struct subject subject;
    if (change->told_ms == DATE_NONE ||
        !segment_subject(evaluation->snapshot, &segment, &subject)) {
        return SPAN("");
    }
    const int64_t times_ms[] = {change->told_ms, evaluation->now_ms};
    struct tally tally;
    struct census *census = census_open(evaluation->snapshot, &subject, times_ms[0], times_ms[1]);
    census_count(census, times_ms, 1, &tally);
    census_close(census);
    struct span count = paint_count(evaluation->arena, (double)tally.mentions);
    struct span bad = paint_count(evaluation->arena, (double)tally.labels[LABEL_NEGATIVE]);
    return arena_print(evaluation->arena,
                       "Since the last message: %.*s mentions, %.*s of them negative.",
                       SPAN_ARG(count), SPAN_ARG(bad));
}

/* What people made a part of it. */
static void add_parts(const struct evaluation *evaluation, const struct incident *incident,
                      struct notice *notice) {
    for (size_t i = 0; i < evaluation->stored_count; i++) {
        const struct incident *part = &evaluation->stored[i];
        if (part->handling.care == CARE_MERGED && part->handling.into == incident->id) {
            notice_paragraph(notice, arena_print(evaluation->arena, "A part of it, %s: %.*s",
                                                 incident_state_name(part->state),
                                                 SPAN_ARG(part->headline)));
        }
    }
}

static struct span incident_footer(const struct evaluation *evaluation,
                                   const struct incident *incident,
                                   const struct evidence *evidence) {
    return arena_print(
        evaluation->arena,
        "Sources: %zu of %zu answer; polled in %.0f %% of the incident's hours. To be told of it "
        "only when it is over: earshot incident ack %llu; of nothing more: earshot incident mute "
        "%llu. You get this "
        "because earshot's configuration names you for alerts (people). To hear less: brands, or "
        "alerts: false, at your name there; alerts.false_per_week sets how often chance may ring.",
        evaluation->sources_good, evaluation->source_count, evidence->coverage * 100,
        (unsigned long long)incident->id, (unsigned long long)incident->id);
}

static bool tell_incident(struct evaluation *evaluation, struct alert_change *change,
                          struct error *error) {
    struct arena *arena = evaluation->arena;
    struct incident *incident = &change->incident;
    struct evidence evidence;
    evidence_collect(evaluation->snapshot, incident, evaluation->now_ms, arena, &evidence);
    keep_evidence(evaluation, incident, &evidence);
    if (!change->tells) {
        return true;
    }
    const struct notice_about about = {.step = change->step,
                                       .incident = incident,
                                       .evidence = &evidence,
                                       .config = evaluation->config,
                                       .explainer = evaluation->explainer,
                                       .now_ms = evaluation->now_ms};
    struct notice *notice = notice_of_incident(arena, &about);
    notice_paragraph(notice, news_text(evaluation, change));
    notice_paragraph(notice, incident_handling_text(arena, incident));
    add_parts(evaluation, incident, notice);
    struct span footer = incident_footer(evaluation, incident, &evidence);
    const struct message message = {
        .key = incident_message_key(arena, incident, change->step, evaluation->now_ms),
        .thread = incident_thread(arena, incident),
        .subject = incident_subject(arena, incident),
        .list = arena_print(arena, "%.*s alerts", SPAN_ARG(incident->brand)),
        .kind = MUTE_ALERTS,
        .text = notice_text(arena, notice, footer),
        .html = notice_html(arena, notice, footer),
        .notice = notice,
        .config = evaluation->config,
        .now_ms = evaluation->now_ms,
        .incident = incident->id,
    };
    size_t before = evaluation->row_count;
    bool told = send_to_all(evaluation, &message, incident->brand, error);
    incident->mailed_ms = evaluation->row_count > before ? evaluation->now_ms : incident->mailed_ms;
    return told;
}

/* --- Sources ---------------------------------------------------------------------------------- */

/* All sources that broke since the last look, in one message: when the network fails they all do. */
static bool tell_sources(struct evaluation *evaluation, struct error *error) {
    struct arena *arena = evaluation->arena;
    struct incident *broken = ARENA_ARRAY(arena, struct incident, evaluation->change_count + 1);
    size_t count = 0;
    uint64_t key = 0;
    for (size_t i = 0; i < evaluation->change_count; i++) {
        struct alert_change *change = &evaluation->changes[i];
        if (incident_is_of_source(&change->incident) && change->opened) {
            change->incident.mailed_ms = evaluation->now_ms;
            key = hash_combine(key, hash_bytes(change->incident.evidence));
            key = hash_combine(key, (uint64_t)change->incident.started_ms);
            broken[count++] = change->incident;
        }
    }
    if (count == 0) {
        return true;
    }
    struct notice *notice =
        notice_of_sources(arena, broken, count, evaluation->config, evaluation->now_ms);
    struct span footer = SPAN("You get this because earshot's configuration names you for alerts "
                              "(people).");
    const struct message message = {
        .key = arena_print(arena, "sources.%016" PRIx64, key),
        .subject = arena_print(arena, "earshot: %.*s", SPAN_ARG(notice->title)),
        .list = SPAN("earshot sources"),
        .kind = MUTE_ALERTS,
        .text = notice_text(arena, notice, footer),
        .html = notice_html(arena, notice, footer),
        .notice = notice,
        .config = evaluation->config,
        .now_ms = evaluation->now_ms,
        .incident = broken[0].id,
    };
    return send_to_all(evaluation, &message, SPAN(""), error);
}

bool alerts_tell(struct evaluation *evaluation, struct error *error) {
    for (size_t i = 0; i < evaluation->change_count; i++) {
        struct alert_change *change = &evaluation->changes[i];
        if (!incident_is_of_source(&change->incident) &&
            !tell_incident(evaluation, change, error)) {
            return false;
        }
    }
    return tell_sources(evaluation, error);
}
