/* How the table of KPIs is made: each definition is one row, computed from tallies. */
#ifndef REPORT_KPI_H
#define REPORT_KPI_H

#include "report/response.h"
#include "report/tally.h"

struct kpi_input {
    const struct tally *brand;
    uint64_t family_mentions; /* the brand and those it is compared with */
    bool has_family;
    double rating_prior; /* mean rating over the family */
    double coverage;     /* share of the period's hours in which some source answered */
    const struct response *response;
};

/* A definition that changes gets another version: numbers of two versions are not compared. */
struct kpi_definition {
    const char *key;
    const char *name;
    const char *formula;
    const char *method; /* of the interval */
    const char *unit;
    const char *source; /* where the formula is published */
    bool optional;      /* nothing to show to who has no surveys, or answers nobody */
    void (*compute)(const struct kpi_input *input, struct kpi *kpi); /* fills known, value, n... */
    unsigned version;
    bool less_is_better;
};
extern const struct kpi_definition kpi_definitions[KPI_COUNT];

/* One KPI by its definition, without comparison. */
struct kpi kpi_from(const struct kpi_definition *definition, const struct kpi_input *input);

/* Whether more is better and less is worse; whether it grows with the length of the period. */
bool kpi_feels(const struct kpi *kpi);
bool kpi_is_better(const struct kpi *kpi, int direction); /* of one that feels, gone up or down */
bool kpi_is_sum(const struct kpi *kpi);

/* Whether people are shown it: not what is optional and has no data. */
bool kpi_is_shown(const struct kpi *kpi);

/* A segment and those it is compared with, counted in one period; the segment comes first. */
struct market {
    struct period period;
    const struct segment *segments;
    struct tally *tallies; /* only the segment's has distinct stories and authors */
    size_t count;
    double coverage;          /* share of the period's hours in which some source answered */
    struct response response; /* to the segment */
};
void market_gather(const struct snapshot *snapshot, const struct config *config,
                   const struct segment *segment, struct period period, struct arena *arena,
                   struct market *market);

/* All KPIs of the market's first segment, compared with the period before; KPI_COUNT places. */
void kpi_compute_market(const struct snapshot *snapshot, const struct market *now,
                        const struct market *before, struct kpi *kpis);

/* What the KPIs of the market's first segment were in the same weekdays of the weeks before, taken
 * together; sums on average. Fills `usual`. */
#define KPI_USUAL_WEEKS 4
void kpi_compute_usual(const struct snapshot *snapshot, const struct config *config,
                       const struct market *now, struct kpi *kpis);

/* Below this many mentions a KPI is provisional. */
#define KPI_PROVISIONAL_BELOW 30

#endif
