/* The counts that every KPI rests on, from the timeline: exact for any period, each copy of a story
 * known for what it is. */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include "report/report.h"

struct tally {
    uint64_t mentions;
    uint64_t labels[LABEL_COUNT];
    uint64_t stories; /* distinct clusters: copies are not independent voices */
    uint64_t ratings;
    double rating_sum;
    double rating_squares;
    uint64_t answers[SURVEY_COUNT];
    double answer_sums[SURVEY_COUNT];
    double answer_squares[SURVEY_COUNT];
    uint64_t promoters;  /* answered 9 or 10 */
    uint64_t detractors; /* answered 0 to 6 */
    uint64_t satisfied;  /* answered 4 or 5 */
    uint64_t reach;
    uint64_t engagement;
};

/* Counts the brand's mentions in the period. `brand` by name; a brand that was never stored counts
 * zero everywhere. */
void tally_brand(const struct snapshot *snapshot, struct span brand, struct period period,
                 struct tally *tally);

/* The same without distinct stories: half the work where only counts are wanted. */
void tally_brand_counts(const struct snapshot *snapshot, struct span brand, struct period period,
                        struct tally *tally);

/* Mentions whose feeling is known: positive, negative and neutral, not unsure. */
uint64_t tally_judged(const struct tally *tally);

/* The period of equal length right before. */
struct period period_before(struct period period);

/* Names of the brand and of those it is compared with: its competitors; for a competitor the own
 * brand that names it and that brand's other competitors. The brand itself comes first. */
size_t brand_family(const struct config *config, struct span brand, const struct span **names,
                    struct arena *arena);
const struct config_brand *brand_find(const struct config *config, struct span name);

#endif
