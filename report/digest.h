/* A digest before it has a form: what a reader's brands went through in a day, a week or a month of
 * theirs. Gathered once; text, HTML and chat shapes only write it down. */
#ifndef REPORT_DIGEST_H
#define REPORT_DIGEST_H

#include "base/zone.h"
#include "report/mail.h"
#include "report/paint.h"
#include "report/sheet.h"

struct digest_step {  /* of the trend: an hour of a day, else a day */
    struct span name; /* "Mon 16 Nov" */
    double mentions;  /* NAN: no data */
    double net;       /* NAN where nothing was judged */
};

struct digest_topic {
    struct span name;
    uint64_t now;
    uint64_t before; /* in the period of the same length before */
    double shift;    /* of its share of the mentions */
    double net;
};

#define DIGEST_TOPICS ((size_t)3)
#define DIGEST_DETAILED ((size_t)5) /* brands that are told of in full */

struct digest_brand {
    struct sheet sheet;
    struct digest_step *steps;
    size_t step_count;
    struct digest_topic up[DIGEST_TOPICS], down[DIGEST_TOPICS];
    size_t up_count, down_count;
    struct notice_quote best[SHEET_MENTIONS], worst[SHEET_MENTIONS];
    size_t best_count, worst_count;
};

struct digest_terms { /* what is asked for */
    enum rhythm rhythm;
    struct period period;
    bool several; /* of the rhythm's periods: earlier digests could not be sent */
    struct config_list brands;
    struct span zone;
};

struct digest {
    struct arena *arena;
    const struct config *config;
    struct digest_terms terms;
    struct zone *zone; /* borrowed */
    struct span when;  /* "Sat 21 Nov", "16 to 22 Nov", "October 2026" */
    struct digest_brand *brands;
    size_t brand_count;
    bool hourly; /* steps are hours */
};

/* Gathers it; everything lives in `arena`. The explainer may be NULL. */
void digest_gather(struct digest *digest, const struct snapshot *snapshot,
                   const struct config *config, const struct explainer *explainer,
                   const struct digest_terms *terms, struct zone *zone, struct arena *arena);

/* Nothing was said, nothing happened, and every source was asked: no reason to write. */
bool digest_is_empty(const struct digest *digest);

struct span digest_title(const struct digest *digest);

/* What did not reach this reader since: outbox rows that expired, as lines. */
struct digest_reader {
    const struct span *undelivered;
    size_t undelivered_count;
    struct span footer;
};
struct span digest_text(const struct digest *digest, const struct digest_reader *reader);
/* Within LIMIT_MAIL_HTML once encoded: of many brands fewer are told of in full. */
struct span digest_html(const struct digest *digest, const struct digest_reader *reader);
struct notice *digest_notice(const struct digest *digest, const struct digest_reader *reader,
                             int64_t now_ms);

/* The tiles of a brand: the KPIs that people look at first. */
struct digest_tile {
    const struct kpi *kpi;
    struct kpi_text text;
};
size_t digest_tiles(const struct digest_brand *brand, struct arena *arena,
                    struct digest_tile tiles[KPI_COUNT]);

/* What its changes are against. */
struct span digest_comparison(const struct digest *digest);

/* "12,345 mentions", "no data". */
struct span digest_volume(const struct digest_brand *brand, struct arena *arena);

/* "5 of 6 sources answer; polled in 93 % of the hours." */
struct span digest_coverage(const struct digest_brand *brand, struct arena *arena);

#endif
