/* An item becomes a mention: which brands it speaks of, and how it feels about each.
 *
 * The brands' definitions are compiled into one matcher; the scorer is opened once. Immutable after
 * creation and shared by the pool's threads; all scratch lives in the caller's arena. */
#ifndef APP_ASSESSOR_H
#define APP_ASSESSOR_H

#include "base/config.h"
#include "base/query.h"
#include "sentiment/sentiment.h"

struct assessor; /* opaque */

/* Compiles every brand's query; the error names the brand and its line. The configuration must
 * outlive it. */
MUST_CHECK bool assessor_create(const struct config *config, int64_t now_ms,
                                struct assessor **assessor, struct error *error);
void assessor_free(struct assessor *assessor);

const struct query *assessor_query(const struct assessor *assessor, size_t brand);
size_t assessor_brand_count(const struct assessor *assessor);
const struct span *assessor_brand_names(const struct assessor *assessor);

/* The brand of that name (any case), or the number of brands. */
size_t assessor_brand(const struct assessor *assessor, struct span name);

/* What is known of an item before it is read. */
struct assessor_origin {
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
void assessor_judge(const struct assessor *assessor, const struct assessor_origin *origin,
                    const struct item *item, struct arena *arena, struct mention *mention);

/* Judges a stored mention as it would be judged now, with reasons. Names in the request are the
 * assessor's own. */
void assessor_explain(const struct assessor *assessor, const struct mention *mention,
                      struct arena *arena, struct sentiment_request *request,
                      struct sentiment_result *result);

#endif
