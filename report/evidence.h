/* What made an incident: the mentions, the words that are new, who said it first, how it spread. */
#ifndef REPORT_EVIDENCE_H
#define REPORT_EVIDENCE_H

#include "base/json_writer.h"
#include "report/report.h"

struct sheet_mention;

struct evidence_word {
    struct span word;
    uint64_t now;    /* mentions of the incident with this word */
    uint64_t before; /* mentions of the time before with it */
};

struct evidence_source {
    struct span name;
    uint64_t mentions;
};

struct evidence {
    struct period period; /* of the incident */
    uint64_t mentions;
    uint64_t negative;
    uint64_t stories;
    int64_t reach;
    struct evidence_word *words; /* most telling first */
    size_t word_count;
    struct evidence_source *sources; /* most first */
    size_t source_count;
    struct evidence_source *topics;
    size_t topic_count;
    struct span first_source;
    int64_t first_ms;
    struct sheet_mention *worst;
    size_t worst_count;
    double *hours; /* mentions an hour over the day before and the incident; NAN = no data */
    size_t hour_count;
    double coverage; /* of the incident's hours */
};

#define EVIDENCE_WORDS 6
#define EVIDENCE_SOURCES 5
#define EVIDENCE_MENTIONS 5

/* Collects the evidence of an incident from the store; lives in `arena`. */
void evidence_collect(const struct snapshot *snapshot, const struct incident *incident,
                      int64_t now_ms, struct arena *arena, struct evidence *evidence);

/* As JSON, for the incident's record and for dashboards. */
void evidence_print_json(struct json_writer *json, const char *key,
                         const struct evidence *evidence);

#endif
