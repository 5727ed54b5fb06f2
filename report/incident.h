/* Incidents in words: the same sentences on terminals, pages and in mail. All text returned may
 * hold names of brands, sources and words from mentions: it is raw, to be escaped where it goes. */
#ifndef REPORT_INCIDENT_H
#define REPORT_INCIDENT_H

#include "report/evidence.h"

const char *incident_state_name(enum incident_state state); /* "open", "calm", "closed" */
const char *incident_care_name(enum incident_care care);    /* "none", "acknowledged", ... */

/* "acknowledged", "part of 3"; empty where nobody did anything. */
struct span incident_care_text(struct arena *arena, const struct incident *incident);

/* "acknowledged by jo on 21 Nov 09:10 UTC: the carrier knows"; empty where nobody did anything. */
struct span incident_handling_text(struct arena *arena, const struct incident *incident);

/* What the incident is held against. */
struct incident_usual {
    int64_t window_ms;
    struct span topic; /* of an incident of a topic */
    double low, high;  /* nineteen windows of twenty lie between */
};

/* "Acme: 42 negative mentions in 3 h, normally 5 to 9"; "Acme: 61 % of mentions are negative in 1 d,
 * normally 12 % to 30 %". */
struct span incident_headline(struct arena *arena, const struct incident *incident,
                              const struct incident_usual *usual);

/* "42", "61 %", "2.1": a number of the incident, as its kind counts. */
struct span incident_amount(struct arena *arena, const struct incident *incident, double value);

/* "42 negative mentions", "ratings average 2.1 stars"; and the model that the odds come from. */
struct span incident_words(struct arena *arena, const struct incident *incident, double value);
const char *incident_method(const struct incident *incident);

/* "closed; 25 Jun 09:00 UTC to 25 Jun 23:00 UTC; expected 6.2, seen 51 at the peak; odds by chance
 * 1 in 3.0 M"; with what people said of it. */
struct span incident_facts(struct arena *arena, const struct incident *incident);

/* "1 in 3,000,000". */
struct span probability_text(struct arena *arena, double probability);

/* "delivery (0 to 14), refund (1 to 9)"; "first on mastodon; then hackernews 12, reviews 8". */
struct span evidence_words_text(struct arena *arena, const struct evidence *evidence);
struct span evidence_sources_text(struct arena *arena, const struct evidence *evidence);

/* "21 Nov 09:10 UTC". */
struct span moment_text(struct arena *arena, int64_t ms);

#endif
