#include "report/notice.h"

#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

static const struct {
    const char *type;
    const char *status;
    const char *lead;
    enum notice_tone tone;
} steps[] = {
    [STEP_OPENED] = {"incident.opened", "NEW", "It is still on.", NOTICE_ALARM},
    [STEP_GREW] = {"incident.grew", "STILL GROWING", "It has grown since the last message.",
                   NOTICE_ALARM},
    [STEP_CLOSED] = {"incident.closed", "OVER", "It is over: back to what is usual.", NOTICE_CALM},
};

void notice_paragraph(struct notice *notice, struct span text) {
    if (!span_is_empty(text) && notice->paragraph_count < NOTICE_PARAGRAPHS) {
        notice->paragraphs[notice->paragraph_count++] = text;
    }
}

void notice_fact(struct notice *notice, const char *name, struct span value) {
    if (notice->fact_count < NOTICE_FACTS) {
        notice->facts[notice->fact_count++] = (struct notice_fact){span_of(name), value};
    }
}

struct notice_quote notice_quote_of(struct arena *arena, const struct sheet_mention *entry,
                                    struct span brand, const struct explainer *explainer) {
    const struct mention *mention = &entry->mention;
    struct notice_quote quote = {
        .text = mention_excerpt(mention, arena),
        .place = mention_place(mention),
        .when = moment_text(arena, mention_time_ms(mention)),
        .score = paint_signed(arena, entry->score.value),
        .url = mention->item.url,
        .good = entry->score.value > 0,
    };
    if (explainer != NULL) {
        quote.reasons = explainer->words(explainer->context, mention, brand, arena);
    }
    return quote;
}

/* --- Incidents -------------------------------------------------------------------------------- */

static struct span why(struct arena *arena, const struct incident *incident) {
    struct span odds = probability_text(arena, incident->probability);
    struct span expected = incident_amount(arena, incident, incident->expected);
    struct span seen = incident_words(arena, incident, incident->peak);
    return arena_print(arena,
                       "Seen at the peak: %.*s; expected: %.*s. The odds that chance alone goes so "
                       "far: %.*s (%s).",
                       SPAN_ARG(seen), SPAN_ARG(expected), SPAN_ARG(odds),
                       incident_method(incident));
}

static struct span new_words(struct arena *arena, const struct evidence *evidence) {
    struct span words = evidence_words_text(arena, evidence);
    return span_is_empty(words) ? words : arena_print(arena, "New words: %.*s", SPAN_ARG(words));
}

static void add_facts(struct notice *notice, struct arena *arena, const struct incident *incident) {
    notice_fact(notice, "seen at the peak", incident_amount(arena, incident, incident->peak));
    notice_fact(notice, "expected", incident_amount(arena, incident, incident->expected));
    notice_fact(notice, "odds by chance", probability_text(arena, incident->probability));
    notice_fact(notice, "since", moment_text(arena, incident->started_ms));
}

struct notice *notice_of_incident(struct arena *arena, const struct notice_about *about) {
    const struct incident *incident = about->incident;
    struct notice *notice = ARENA_NEW(arena, struct notice);
    bool late = about->step == STEP_OPENED && incident->state == INCIDENT_CLOSED;
    *notice = (struct notice){
        .type = span_of(steps[about->step].type),
        .title = incident->headline,
        .status = span_of(steps[late ? STEP_CLOSED : about->step].status),
        .lead = late ? SPAN("This is over already.") : span_of(steps[about->step].lead),
        .brand = incident->brand,
        .tone = steps[late ? STEP_CLOSED : about->step].tone,
        .time_ms = about->now_ms,
        .link = about->config->serve.base_url,
        .incident = incident,
        .evidence = about->evidence,
    };
    notice_paragraph(notice, why(arena, incident));
    notice_paragraph(notice, evidence_sources_text(arena, about->evidence));
    notice_paragraph(notice, new_words(arena, about->evidence));
    add_facts(notice, arena, incident);
    for (size_t i = 0; i < about->evidence->worst_count && i < NOTICE_QUOTES; i++) {
        notice->quotes[notice->quote_count++] =
            notice_quote_of(arena, &about->evidence->worst[i], incident->brand, about->explainer);
    }
    return notice;
}

/* --- Sources ---------------------------------------------------------------------------------- */

struct notice *notice_of_sources(struct arena *arena, const struct incident *incidents,
                                 size_t count, const struct config *config, int64_t now_ms) {
    struct notice *notice = ARENA_NEW(arena, struct notice);
    *notice = (struct notice){
        .type = SPAN("sources.broken"),
        .status = SPAN("NO DATA"),
        .lead = SPAN("Until they answer again, \"no mentions\" there means \"no data\"."),
        .tone = NOTICE_ALARM,
        .time_ms = now_ms,
        .link = config->serve.base_url,
    };
    notice->title = count == 1 ? SPAN("A source stopped answering")
                               : arena_print(arena, "%zu sources stopped answering", count);
    size_t shown = count < NOTICE_PARAGRAPHS - 1 ? count : NOTICE_PARAGRAPHS - 2;
    for (size_t i = 0; i < shown; i++) {
        notice_paragraph(notice, incidents[i].headline);
    }
    if (shown < count) {
        notice_paragraph(notice, arena_print(arena, "... and %zu more", count - shown));
    }
    notice_paragraph(notice, SPAN("\"earshot source list\" shows all of them. One message is sent "
                                  "when a source breaks, none while it stays so."));
    return notice;
}
