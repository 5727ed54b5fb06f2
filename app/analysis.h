/* An item becomes a mention: which brands it speaks of, and how it feels about each.
 *
 * The brands' definitions are compiled into one matcher; the scorer is opened once. Immutable after
 * creation and shared by the pool's threads; all scratch lives in the caller's arena. */
#ifndef APP_ANALYSIS_H
#define APP_ANALYSIS_H

#include "base/config.h"
#include "base/query.h"
#include "sentiment/sentiment.h"

struct analysis; /* opaque */

/* Compiles every brand's query; the error names the brand and its line. The configuration must
 * outlive it. */
MUST_CHECK bool analysis_create(const struct config *config, int64_t now_ms,
                                struct analysis **analysis, struct error *error);
void analysis_free(struct analysis *analysis);

const struct sentiment *analysis_sentiment(const struct analysis *analysis);
const struct query *analysis_query(const struct analysis *analysis, size_t brand);
size_t analysis_brand_count(const struct analysis *analysis);
const struct span *analysis_brand_names(const struct analysis *analysis);

/* The brand of that name (any case), or the number of brands. */
size_t analysis_brand(const struct analysis *analysis, struct span name);

/* What is known of an item before it is read. */
struct analysis_origin {
    struct span source;
    enum channel channel;
    struct span language; /* hint */
    struct span country;
    const size_t *about; /* brands that everything here speaks of */
    size_t about_count;
    int64_t now_ms;
};

/* Fills `mention` from `item`; brands, topics and scores live in `arena`, text stays where it is.
 */
void analysis_judge(const struct analysis *analysis, const struct analysis_origin *origin,
                    const struct item *item, struct arena *arena, struct mention *mention);

#endif
