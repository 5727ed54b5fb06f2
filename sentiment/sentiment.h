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
#include "base/buffer.h"
#include "base/error.h"
#include "base/mention.h"

struct sentiment; /* the engine */

/* Opens the engine on the built-in lexicons. Takes milliseconds. */
MUST_CHECK bool sentiment_open(struct sentiment **sentiment, struct error *error);
void sentiment_close(struct sentiment *sentiment);

/* What kind of writing it is: words change their value between these. */
enum genre { GENRE_ANY, GENRE_SOCIAL, GENRE_REVIEW, GENRE_NEWS };
enum genre genre_of_channel(enum channel channel);
const char *genre_name(enum genre genre); /* "any", "social", "review", "news" */
MUST_CHECK bool genre_parse(struct span name, enum genre *genre);

/* A brand (or other target) in the text: every place that names it. */
struct sentiment_target {
    struct span name;
    const struct sentiment_place {
        uint32_t begin; /* byte offsets in the text */
        uint32_t end;
    } * places;
    size_t place_count;                      /* 0: not named; scored neutral with confidence 0 */
    const struct sentiment_overlay *overlay; /* learned about it, or NULL */
};

struct sentiment_request {
    struct span text;          /* title and text, as one */
    struct span language_hint; /* what the source claims, or empty */
    enum genre genre;
    const struct sentiment_overlay *overlay; /* for the text as a whole, or NULL */
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

/* A row of the built-in files (sentiment/lexicons, sentiment/learned) that has to do with a word. */
struct sentiment_origin {
    struct span file; /* "en.lexicon.tsv" */
    unsigned line;
    struct span kind;  /* "word", "phrase" (of several words), "learned" or the rule: "negation" */
    struct span entry; /* as listed */
    struct span value; /* valence, a booster's strength, a topic's name; empty = none */
    struct span tags;
};

/* Where the meaning of a word comes from: the rows that name it, or the lemma that it is a form of,
 * in a language or (empty) in all of them. At most a few hundred. */
struct sentiment_origin *sentiment_origins(const struct sentiment *sentiment, struct span word,
                                           struct span language, struct arena *arena,
                                           size_t *count);

/* --- Learning: an overlay is what labelled texts taught (format and model: sentiment/overlay.h) --- */

/* An overlay is used for the whole text; for a target when it was learned from labels about targets,
 * or when the target is the only one in the request (the whole text is then taken to speak of it).
 * One that was learned in one genre is used in that genre. Elsewhere the lexicon alone judges. */
struct sentiment_overlay;
MUST_CHECK bool sentiment_overlay_open(struct span text, struct sentiment_overlay **overlay,
                                       struct error *error);
void sentiment_overlay_close(struct sentiment_overlay *overlay); /* NULL is fine */
void sentiment_overlay_print(const struct sentiment_overlay *overlay, struct buffer *out);

/* The words of an overlay, the strongest first. */
struct sentiment_word {
    struct span form;
    double valence; /* -4..4 */
    double plain;   /* pull towards neutral, on the same scale */
    double was;     /* valence in the lexicon; 0 = none */
    uint32_t texts; /* learned from */
};
struct sentiment_word *sentiment_overlay_words(const struct sentiment_overlay *overlay,
                                               struct arena *arena, size_t *count);

/* Labelled texts, to learn from. The label is about the request's target where it has one. */
struct sentiment_course;
struct sentiment_course *sentiment_course_create(void);
void sentiment_course_free(struct sentiment_course *course); /* NULL is fine */
MUST_CHECK bool sentiment_course_add(struct sentiment_course *course,
                                     const struct sentiment *sentiment,
                                     const struct sentiment_request *request, enum label label,
                                     struct error *error);

/* What of the texts may teach anything; zeros: every form that stands in two of them. */
struct sentiment_sieve {
    size_t texts_least;  /* that a form stands in */
    size_t rows_most;    /* of the overlay, the rest is learned anew without; 0 = any number */
    struct span without; /* a word a line: no form may have it; "~word" makes none by itself */
    bool no_names;       /* nor words that the texts write with a capital, nor digits */
    bool no_tilt;        /* rare labels are chosen no more often than they are meant */
};

/* `sieve` is copied, but not the text in it. */
void sentiment_course_sieve(struct sentiment_course *course, const struct sentiment_sieve *sieve);

/* Learns from the texts with these numbers (0 = the first added); ERROR_INPUT when they are too few
 * or all alike. `progress` (may be NULL) is told the round, and how many there may be. */
typedef void sentiment_progress(void *context, size_t round, size_t most);
MUST_CHECK bool sentiment_course_learn(const struct sentiment_course *course, const size_t *chosen,
                                       size_t count, sentiment_progress *progress, void *context,
                                       struct sentiment_overlay **overlay, struct error *error);

/* The score that a sum of contributions makes: sum / sqrt(sum^2 + 15), as VADER does (Hutto and
 * Gilbert 2014). With it anybody can replay a score from its reasons. */
double sentiment_normalise(double sum);

/* The names of the built-in topics. */
const struct span *sentiment_topics(const struct sentiment *sentiment, size_t *count);

#endif
