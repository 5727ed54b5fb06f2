#include "report/incident.h"

#include "report/paint.h"

#include <math.h>

const char *incident_state_name(enum incident_state state) {
    static const char *const names[] = {
        [INCIDENT_OPEN] = "open", [INCIDENT_CALM] = "calm", [INCIDENT_CLOSED] = "closed"};
    return names[state];
}

const char *incident_care_name(enum incident_care care) {
    static const char *const names[] = {[CARE_NONE] = "none",
                                        [CARE_ACKNOWLEDGED] = "acknowledged",
                                        [CARE_MUTED] = "muted",
                                        [CARE_MERGED] = "merged"};
    return names[care];
}

struct span incident_care_text(struct arena *arena, const struct incident *incident) {
    const struct incident_handling *handling = &incident->handling;
    if (handling->care == CARE_MERGED) {
        return arena_print(arena, "part of %llu", (unsigned long long)handling->into);
    }
    return handling->care == CARE_NONE ? SPAN("") : span_of(incident_care_name(handling->care));
}

struct span incident_handling_text(struct arena *arena, const struct incident *incident) {
    const struct incident_handling *handling = &incident->handling;
    struct span care = incident_care_text(arena, incident);
    if (care.size == 0) {
        return care;
    }
    struct span when = moment_text(arena, handling->time_ms);
    return arena_print(arena, "%.*s by %.*s on %.*s%s%.*s", SPAN_ARG(care), SPAN_ARG(handling->who),
                       SPAN_ARG(when), handling->note.size > 0 ? ": " : "",
                       SPAN_ARG(handling->note));
}

struct span moment_text(struct arena *arena, int64_t ms) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (ms == DATE_NONE) {
        return SPAN("unknown");
    }
    struct date date = date_from_ms(ms);
    return arena_print(arena, "%d %s %02d:%02d UTC", date.day, months[date.month - 1], date.hour,
                       date.minute);
}

struct span probability_text(struct arena *arena, double probability) {
    if (probability < 1e-9) {
        return SPAN("less than 1 in a billion");
    }
    double odds = 1 / probability;
    /* Two digits: more would claim to know the tail better than anyone does. */
    double step = pow(10, floor(log10(odds)) - 1);
    struct span count = paint_count(arena, odds < 100 ? odds : floor(odds / step) * step);
    return arena_print(arena, "1 in %.*s", SPAN_ARG(count));
}

/* --- Kinds ------------------------------------------------------------------------------------ */

enum amount { AMOUNT_COUNT, AMOUNT_SHARE, AMOUNT_STARS };

#define OF_COUNTS "against what this hour of the week usually brings, over-dispersed counts"
#define OF_SHARES "against the days of the last four weeks, beta-binomial shares"
#define OF_MAGNITUDES "against the days of the last four weeks, Student's t of magnitudes"

static const struct incident_kind {
    const char *name;
    const char *before, *after; /* the number, in a sentence */
    const char *method;
    enum amount amount;
} kinds[] = {
    {"volume", "", " mentions", OF_COUNTS, AMOUNT_COUNT},
    {"negative", "", " negative mentions", OF_COUNTS, AMOUNT_COUNT},
    {"silence", "only ", " mentions", OF_COUNTS, AMOUNT_COUNT},
    {"share", "", " of mentions are negative", OF_SHARES, AMOUNT_SHARE},
    {"topic", "", " of mentions are of one topic", OF_SHARES, AMOUNT_SHARE},
    {"rating", "ratings average ", " stars", OF_SHARES, AMOUNT_STARS},
    {"reach", "a reach of ", "", OF_MAGNITUDES, AMOUNT_COUNT},
};

static const struct incident_kind *kind_of(const struct incident *incident) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (span_equal(incident->kind, span_of(kinds[i].name))) {
            return &kinds[i];
        }
    }
    return &kinds[0];
}

struct span incident_amount(struct arena *arena, const struct incident *incident, double value) {
    enum amount amount = kind_of(incident)->amount;
    if (amount == AMOUNT_SHARE) {
        return arena_print(arena, "%.*f %%", value < 0.1 ? 1 : 0, value * 100);
    }
    if (amount == AMOUNT_STARS) {
        return arena_print(arena, "%.1f", value);
    }
    return value < 10 && value > floor(value) ? arena_print(arena, "%.2g", value)
                                              : paint_count(arena, value);
}

struct span incident_words(struct arena *arena, const struct incident *incident, double value) {
    const struct incident_kind *kind = kind_of(incident);
    struct span amount = incident_amount(arena, incident, value);
    return arena_print(arena, "%s%.*s%s", kind->before, SPAN_ARG(amount), kind->after);
}

const char *incident_method(const struct incident *incident) {
    return kind_of(incident)->method;
}

/* --- Sentences -------------------------------------------------------------------------------- */

static struct span range_text(struct arena *arena, const struct incident *incident, double low,
                              double high) {
    struct span a = incident_amount(arena, incident, low);
    struct span b = incident_amount(arena, incident, high);
    return span_equal(a, b) ? a : arena_print(arena, "%.*s to %.*s", SPAN_ARG(a), SPAN_ARG(b));
}

struct span incident_headline(struct arena *arena, const struct incident *incident,
                              const struct incident_usual *usual) {
    char window[DATE_TEXT_SIZE];
    duration_print(usual->window_ms, window);
    struct span seen = incident_amount(arena, incident, incident->peak);
    struct span normal = range_text(arena, incident, usual->low, usual->high);
    struct span what = incident_words(arena, incident, incident->peak);
    if (!span_is_empty(usual->topic)) {
        what = arena_print(arena, "%.*s of mentions are of %.*s", SPAN_ARG(seen),
                           SPAN_ARG(usual->topic));
    }
    return arena_print(arena, "%.*s: %.*s in %s, normally %.*s", SPAN_ARG(incident->brand),
                       SPAN_ARG(what), window, SPAN_ARG(normal));
}

static struct span measured_facts(struct arena *arena, const struct incident *incident) {
    struct span from = moment_text(arena, incident->started_ms);
    struct span until =
        incident->ended_ms == DATE_NONE ? SPAN("still on") : moment_text(arena, incident->ended_ms);
    if (span_equal(incident->kind, SPAN("source"))) {
        return arena_print(arena, "source, %s; from %.*s to %.*s",
                           incident_state_name(incident->state), SPAN_ARG(from), SPAN_ARG(until));
    }
    struct span odds = probability_text(arena, incident->probability);
    struct span expected = incident_amount(arena, incident, incident->expected);
    struct span seen = incident_amount(arena, incident, incident->peak);
    return arena_print(
        arena, "%s; %.*s to %.*s; expected %.*s, seen %.*s at the peak; odds by chance %.*s",
        incident_state_name(incident->state), SPAN_ARG(from), SPAN_ARG(until), SPAN_ARG(expected),
        SPAN_ARG(seen), SPAN_ARG(odds));
}

struct span incident_facts(struct arena *arena, const struct incident *incident) {
    const struct span parts[] = {measured_facts(arena, incident),
                                 incident_handling_text(arena, incident)};
    return arena_join(arena, parts, span_is_empty(parts[1]) ? 1 : 2, "; ");
}

struct span evidence_words_text(struct arena *arena, const struct evidence *evidence) {
    struct span *parts = ARENA_ARRAY(arena, struct span, evidence->word_count + 1);
    for (size_t i = 0; i < evidence->word_count; i++) {
        const struct evidence_word *word = &evidence->words[i];
        parts[i] =
            arena_print(arena, "%.*s (%llu)", SPAN_ARG(word->word), (unsigned long long)word->now);
    }
    return arena_join(arena, parts, evidence->word_count, ", ");
}

struct span evidence_sources_text(struct arena *arena, const struct evidence *evidence) {
    if (evidence->source_count == 0) {
        return (struct span){0};
    }
    struct span *parts = ARENA_ARRAY(arena, struct span, evidence->source_count);
    for (size_t i = 0; i < evidence->source_count; i++) {
        parts[i] = arena_print(arena, "%.*s %llu", SPAN_ARG(evidence->sources[i].name),
                               (unsigned long long)evidence->sources[i].mentions);
    }
    struct span list = arena_join(arena, parts, evidence->source_count, ", ");
    struct span first = moment_text(arena, evidence->first_ms);
    return arena_print(arena, "%llu mentions, %llu stories: %.*s; first on %.*s, %.*s",
                       (unsigned long long)evidence->mentions,
                       (unsigned long long)evidence->stories, SPAN_ARG(list),
                       SPAN_ARG(evidence->first_source), SPAN_ARG(first));
}
