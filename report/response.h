/* Whether, and how soon, mentions were answered.
 *
 * Answered is what an account of the brand (`accounts:` of the configuration) replied to where the thread
 * is stored, and what people noted as answered (`earshot mention ID set`); the first answer counts.
 * What can be answered: reviews, posts, forum and video comments, and mail, but for what the brand's
 * own accounts wrote. */
#ifndef REPORT_RESPONSE_H
#define REPORT_RESPONSE_H

#include "report/report.h"

struct response {
    bool kept;         /* somebody keeps account: accounts are configured, or work was noted */
    uint64_t asked;    /* that could be answered */
    uint64_t answered; /* of them */
    double *hours;     /* to the first answer of each, ascending */
};

/* Of the segment's mentions in the period; answers may have come later. In `arena`. */
void response_gather(const struct snapshot *snapshot, const struct config *config,
                     const struct segment *segment, struct period period, struct arena *arena,
                     struct response *response);

#endif
