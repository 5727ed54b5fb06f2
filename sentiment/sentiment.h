/* The sentiment door: text in, scores out, each with its reasons.
 *
 * Lexicon-based: a score is a sum of word valences, bent by rules (negation, boosters, contrast,
 * irrealis, ...), and can be replayed as a list of `word . valence . rules . contribution`. Pure
 * and thread-safe: an engine is immutable once open; all scratch lives in the caller's arena.
 * Lexicons and rules are data (sentiment/lexicons), one set of files per language, built into the
 * program. Languages: en, es (tuned), pt, it, de, fr. Home of CLD2. */
#ifndef SENTIMENT_SENTIMENT_H
#define SENTIMENT_SENTIMENT_H

#include "base/arena.h"
#include "base/error.h"
#include "base/mention.h"

struct sentiment; /* the engine */

/* Opens the engine on the built-in lexicons. Takes milliseconds. */
MUST_CHECK bool sentiment_open(struct sentiment **sentiment, struct error *error);
void sentiment_close(struct sentiment *sentiment);

/* What kind of writing it is: words change their value between these. */
enum genre { GENRE_ANY, GENRE_SOCIAL, GENRE_REVIEW, GENRE_NEWS };
enum genre genre_of_channel(enum channel channel);

/* A brand (or other target) in the text: every place that names it. */
struct sentiment_target {
    struct span name;
    const struct sentiment_place {
        uint32_t begin; /* byte offsets in the text */
        uint32_t end;
    } * places;
    size_t place_count; /* 0: not named; scored neutral with confidence 0 */
};

struct sentiment_request {
    struct span text;          /* title and text, as one */
    struct span language_hint; /* what the source claims, or empty */
    enum genre genre;
    const struct sentiment_target *targets;
    size_t target_count;
    bool explain; /* fill `reasons` */
    bool three;   /* never answer LABEL_UNSURE: the nearest of the three */
};

/* One thing that contributed. `target` = SENTIMENT_WHOLE or the index of a target. */
#define SENTIMENT_WHOLE ((size_t)-1)
struct sentiment_reason {
    size_t target;
    uint32_t begin; /* byte offsets of the word, phrase or emoji in the text */
    uint32_t end;
    struct span entry;   /* the lexicon entry that matched: "waste of money" */
    double valence;      /* of the entry, -4..4 */
    struct span rules;   /* what bent it, in order: "negated by not; boosted by very" */
    double contribution; /* to the sum that is normalised into the score */
};

struct sentiment_result {
    struct span language; /* "en", ...; "" = could not tell or not one of ours */
    double language_confidence;
    struct score whole;
    struct score *targets; /* as many as in the request */
    struct topic_mention *topics;
    size_t topic_count; /* at most LIMIT_MENTION_TOPICS, strongest first */
    enum stage stage;
    bool urgent; /* safety, legal, outage or leaving: needs an answer soon */
    struct sentiment_reason *reasons;
    size_t reason_count;
};

/* Any bytes are safe. Results live in `arena`. */
void sentiment_score(const struct sentiment *sentiment, const struct sentiment_request *request,
                     struct arena *arena, struct sentiment_result *result);

/* The score that a sum of contributions makes: sum / sqrt(sum^2 + 15), as VADER does (Hutto and
 * Gilbert 2014). With it anybody can replay a score from its reasons. */
double sentiment_normalise(double sum);

/* The names of the built-in topics. */
const struct span *sentiment_topics(const struct sentiment *sentiment, size_t *count);

#endif
