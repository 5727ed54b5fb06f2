/* What the files of the alerts share: alerts.c (incidents' life), alert_messages.c (who is told what). */
#ifndef REPORT_ALERTS_H
#define REPORT_ALERTS_H

#include "report/mail.h"
#include "report/sheet.h"

struct alert_change {
    struct incident incident;
    bool opened;
    bool tells; /* people are told of it now */
    enum incident_step step;
    int64_t told_ms; /* when they were told last; DATE_NONE = never */
};

struct evaluation {
    const struct snapshot *snapshot;
    const struct config *config;
    const struct explainer *explainer;
    struct arena *arena;
    int64_t now_ms;
    struct incident *stored; /* newest first */
    size_t stored_count;
    uint64_t next_id;
    struct alert_change *changes;
    size_t change_count;
    size_t change_capacity;
    struct outbox_row *rows;
    size_t row_count;
    size_t row_capacity;
    size_t sources_good;
    size_t source_count;
    struct alert_summary *summary;
};

bool incident_is_of_source(const struct incident *incident);

/* Makes the rows of the outbox that the changes cause, and the incidents' evidence. */
MUST_CHECK bool alerts_tell(struct evaluation *evaluation, struct error *error);

/* Whether somebody who asked for these brands (none named: all) wants to hear of this one. */
bool brands_want(const struct config_list *brands, struct span brand);

#endif
