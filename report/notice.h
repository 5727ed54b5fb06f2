/* What a message says before it has a form: mails and chat programs' shapes only write it down. All
 * text is raw, may hold words of mentions, and is escaped where it goes. */
#ifndef REPORT_NOTICE_H
#define REPORT_NOTICE_H

#include "report/evidence.h"

enum notice_tone { NOTICE_PLAIN, NOTICE_ALARM, NOTICE_CALM };

enum incident_step { /* why this message, now */
                     STEP_OPENED,
                     STEP_GREW,
                     STEP_CLOSED
};

struct notice_fact {
    struct span name;
    struct span value;
};

struct notice_quote {
    struct span text;
    struct span place;
    struct span when;
    struct span score;   /* "-0.62" */
    struct span reasons; /* the words that decided; empty = not known */
    struct span url;
    bool good; /* speaks for the brand */
};

#define NOTICE_PARAGRAPHS 8
#define NOTICE_FACTS 12
#define NOTICE_QUOTES 6

struct notice {
    struct span type; /* "incident.opened" */
    struct span title;
    struct span status; /* "NEW" */
    struct span lead;   /* one sentence */
    struct span brand;  /* empty = of no single one */
    enum notice_tone tone;
    int64_t time_ms;
    struct span paragraphs[NOTICE_PARAGRAPHS];
    size_t paragraph_count;
    struct notice_fact facts[NOTICE_FACTS];
    size_t fact_count;
    struct notice_quote quotes[NOTICE_QUOTES];
    size_t quote_count;
    struct span link;                /* to the dashboard; empty = none */
    const struct incident *incident; /* NULL = about none */
    const struct evidence *evidence; /* of the incident */
};

void notice_paragraph(struct notice *notice, struct span text); /* nothing where it is empty */
void notice_fact(struct notice *notice, const char *name, struct span value);

struct notice_about { /* what a notice of an incident is made of */
    enum incident_step step;
    const struct incident *incident;
    const struct evidence *evidence;
    const struct config *config;
    const struct explainer *explainer; /* NULL: quotes without reasons */
    int64_t now_ms;
};
struct notice *notice_of_incident(struct arena *arena, const struct notice_about *about);

/* Sources that went silent, in one. */
struct notice *notice_of_sources(struct arena *arena, const struct incident *incidents,
                                 size_t count, const struct config *config, int64_t now_ms);

/* A mention as a quote. */
struct notice_quote notice_quote_of(struct arena *arena, const struct sheet_mention *entry,
                                    struct span brand, const struct explainer *explainer);

#endif
