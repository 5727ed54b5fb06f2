#include "sentiment/sentiment.h"

#include "sentiment/analysis.h"
#include "sentiment/reason.h"
#include "sentiment/score.h"
#include "sentiment/target.h"
#include "sentiment/topic.h"

#include <stdlib.h>

struct sentiment {
    struct lexicon *lexicon;
};

bool sentiment_open(struct sentiment **sentiment, struct error *error) {
    struct lexicon *lexicon = NULL;
    if (!lexicon_open(NULL, 0, &lexicon, error)) {
        return error_add_context(error, "built-in lexicon");
    }
    *sentiment = NEW(struct sentiment);
    (*sentiment)->lexicon = lexicon;
    return true;
}

void sentiment_close(struct sentiment *sentiment) {
    if (sentiment != NULL) {
        lexicon_close(sentiment->lexicon);
        free(sentiment);
    }
}

enum genre genre_of_channel(enum channel channel) {
    static const enum genre genres[CHANNEL_COUNT] = {
        [CHANNEL_UNKNOWN] = GENRE_ANY,   [CHANNEL_REVIEW] = GENRE_REVIEW,
        [CHANNEL_SOCIAL] = GENRE_SOCIAL, [CHANNEL_FORUM] = GENRE_SOCIAL,
        [CHANNEL_NEWS] = GENRE_NEWS,     [CHANNEL_VIDEO] = GENRE_SOCIAL,
        [CHANNEL_SURVEY] = GENRE_REVIEW, [CHANNEL_SUPPORT] = GENRE_REVIEW,
    };
    return channel < CHANNEL_COUNT ? genres[channel] : GENRE_ANY;
}

const struct span *sentiment_topics(const struct sentiment *sentiment, size_t *count) {
    *count = sentiment->lexicon->topic_count;
    return sentiment->lexicon->topics;
}

static void score_whole(const struct analysis *analysis, bool three,
                        struct sentiment_result *result) {
    struct tally tally = {0};
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        if (!analysis->opinions[i].directed) {
            tally_add(&tally, opinion_contribution(&analysis->opinions[i]));
        }
    }
    struct thresholds thresholds = {analysis->settings->positive_from,
                                    analysis->settings->negative_from};
    result->whole = score_make(analysis->settings, thresholds, &tally, three);
}

/* One target while it is scored. */
struct scoring {
    const struct analysis *analysis;
    struct reasons *reasons;
    struct sites sites;
    struct tally tally;
    size_t index;
    bool explain;
};

static void score_opinion(struct scoring *scoring, const struct opinion *opinion, double share) {
    tally_add(&scoring->tally, share * opinion_contribution(opinion));
    if (scoring->explain && share != 0) {
        reasons_add(scoring->reasons, scoring->analysis, scoring->index, opinion, share);
    }
}

/* Where nothing yet spoke of the target: what all around it agree on. */
static void score_consensus(struct scoring *scoring, bool text) {
    const struct analysis *analysis = scoring->analysis;
    double share =
        scoring->tally.count == 0 ? target_consensus(analysis, &scoring->sites, text) : 0;
    for (size_t i = 0; share != 0 && i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        bool near = target_is_near(analysis, &scoring->sites, opinion, text);
        score_opinion(scoring, opinion, near ? share : 0);
    }
}

static void score_target(const struct analysis *analysis, const struct sentiment_request *request,
                         size_t index, struct reasons *reasons, struct sentiment_result *result) {
    struct scoring scoring = {
        .analysis = analysis, .reasons = reasons, .index = index, .explain = request->explain};
    target_find(analysis, &request->targets[index], request->target_count == 1, reasons->arena,
                &scoring.sites);
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        score_opinion(&scoring, opinion, target_share(analysis, &scoring.sites, opinion));
    }
    score_consensus(&scoring, false);
    /* "I ordered from Acme. Never again." */
    if (request->target_count == 1 && !scoring.sites.aspect && scoring.sites.count > 0) {
        score_consensus(&scoring, true);
    }
    struct thresholds thresholds = {analysis->settings->target_positive,
                                    analysis->settings->target_negative};
    result->targets[index] =
        score_make(analysis->settings, thresholds, &scoring.tally, request->three);
    if (scoring.sites.count == 0) {
        result->targets[index] = (struct score){.label = LABEL_NEUTRAL};
    }
}

void sentiment_score(const struct sentiment *sentiment, const struct sentiment_request *request,
                     struct arena *arena, struct sentiment_result *result) {
    struct analysis analysis;
    struct reasons reasons = {.arena = arena};
    analysis_make(sentiment->lexicon, request, arena, &analysis);
    *result = (struct sentiment_result){
        .language = span_of(language_code(analysis.language)),
        .language_confidence = analysis.language_confidence,
        .targets = ARENA_ARRAY(arena, struct score, request->target_count),
    };
    score_whole(&analysis, request->three, result);
    for (size_t i = 0; request->explain && i < analysis.opinion_count; i++) {
        if (!analysis.opinions[i].directed) {
            reasons_add(&reasons, &analysis, SENTIMENT_WHOLE, &analysis.opinions[i], 1);
        }
    }
    for (size_t i = 0; i < request->target_count; i++) {
        score_target(&analysis, request, i, &reasons, result);
    }
    topics_find(&analysis, request->three, arena, result);
    result->reasons = reasons.list;
    result->reason_count = reasons.count;
}
