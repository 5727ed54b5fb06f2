/* A brand's hours as the detectors want them: counts and shares, which of them nobody looked at, and
 * which come from sources so new that nothing could be expected of them. */
#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include "report/detector.h"
#include "report/report.h"
#include "report/shares.h"

struct history_topic {
    struct span name;
    struct share_point *points; /* of the mentions, those of the topic */
};

struct history {
    int64_t start_ms; /* of the first hour */
    size_t count;
    struct detector_point *volume;
    struct detector_point *negative;
    struct detector_point *reach;   /* NULL, as each below: nothing is told of it */
    struct share_point *negativity; /* of the mentions, the negative ones */
    struct share_point *rating;     /* of each rating what it lacks of HISTORY_STARS, as a share */
    struct history_topic *topics;   /* those most spoken of, at most HISTORY_TOPICS */
    size_t topic_count;
};

#define HISTORY_STARS 5.0
#define HISTORY_TOPICS ((size_t)24)

/* The hours of [since, until), both on the hour; in `arena`. The last two are partial: one is not
 * over, and of the other not all may have been brought yet. */
void history_gather(const struct snapshot *snapshot, uint32_t brand, int64_t since_ms,
                    int64_t until_ms, struct arena *arena, struct history *history);

/* For each point whether its zeros are real: a source was polled in it, or it lies between the
 * first mention and the first poll (what the first poll brought from the time before it ran). */
bool *series_known(const struct snapshot *snapshot, const struct series_point *points, size_t count,
                   int64_t until_ms, struct arena *arena);

/* A source that was first heard of this long after the others is expected to bring nothing yet, for
 * as long as the detector's level needs to learn it. */
#define HISTORY_YOUNG_MS (DETECTOR_LEVEL_DAYS * DAY_MS)

#endif
