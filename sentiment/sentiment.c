#include "sentiment/sentiment.h"

#include "sentiment/analysis.h"
#include "sentiment/feature.h"
#include "sentiment/learned.h"
#include "sentiment/reason.h"
#include "sentiment/score.h"
#include "sentiment/target.h"
#include "sentiment/topic.h"

#include <stdlib.h>

struct sentiment {
    struct lexicon *lexicon;
    struct learned learned;
};

bool sentiment_of(struct lexicon *lexicon, struct sentiment **sentiment, struct error *error) {
    struct sentiment *made = NEW(struct sentiment);
    made->lexicon = lexicon;
    if (!learned_open(&made->learned, error)) {
        sentiment_close(made);
        return false;
    }
    *sentiment = made;
    return true;
}

bool sentiment_open(struct sentiment **sentiment, struct error *error) {
    struct lexicon *lexicon = NULL;
    if (!lexicon_open(NULL, 0, &lexicon, error)) {
        return error_add_context(error, "built-in lexicon");
    }
    return sentiment_of(lexicon, sentiment, error);
}

void sentiment_close(struct sentiment *sentiment) {
    if (sentiment != NULL) {
        learned_close(&sentiment->learned);
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

const struct lexicon *sentiment_lexicon(const struct sentiment *sentiment) {
    return sentiment->lexicon;
}

const struct span *sentiment_topics(const struct sentiment *sentiment, size_t *count) {
    *count = sentiment->lexicon->topic_count;
    return sentiment->lexicon->topics;
}

static struct tally weigh_whole(const struct analysis *analysis) {
    struct tally tally = {0};
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        if (!analysis->opinions[i].directed) {
            tally_add(&tally, opinion_contribution(&analysis->opinions[i]));
        }
    }
    return tally;
}

/* What the overlay makes of the evidence. `sites`: NULL for the whole text. Of a genre most texts may
 * be good, but one that says nothing is not. */
static struct score score_learned(const struct analysis *analysis, const struct sites *sites,
                                  const struct tally *tally,
                                  const struct sentiment_overlay *overlay,
                                  const struct sentiment_request *request, size_t target,
                                  struct reasons *reasons) {
    const struct sentiment_overlay *own =
        target == SENTIMENT_WHOLE ? request->overlay : request->targets[target].overlay;
    struct features features;
    features_find(analysis, sites, tally, overlay, reasons->arena, &features);
    if (request->explain) {
        overlay_explain(&features, target, reasons);
    }
    if (overlay != own && features.count == 0 && tally->count == 0) {
        return (struct score){.label = LABEL_NEUTRAL, .confidence = 0.5};
    }
    return overlay_score(overlay, &features, analysis->settings, request->three);
}

static bool overlay_applies(const struct sentiment_overlay *overlay, enum genre genre) {
    return overlay != NULL && (overlay->genre == GENRE_ANY || overlay->genre == genre);
}

/* The user's overlay, or what comes with the program, or NULL. */
static const struct sentiment_overlay *overlay_choose(const struct sentiment *sentiment,
                                                      const struct analysis *analysis,
                                                      const struct sentiment_overlay *own,
                                                      bool target) {
    return overlay_applies(own, analysis->genre)
               ? own
               : learned_find(&sentiment->learned, analysis->language, analysis->genre, target);
}

static void score_whole(const struct sentiment *sentiment, const struct analysis *analysis,
                        const struct sentiment_request *request, struct reasons *reasons,
                        struct sentiment_result *result) {
    struct tally tally = weigh_whole(analysis);
    struct thresholds thresholds = {analysis->settings->positive_from,
                                    analysis->settings->negative_from};
    const struct sentiment_overlay *overlay =
        overlay_choose(sentiment, analysis, request->overlay, false);
    for (size_t i = 0; request->explain && i < analysis->opinion_count; i++) {
        if (!analysis->opinions[i].directed) {
            reasons_add(reasons, analysis, SENTIMENT_WHOLE, &analysis->opinions[i], 1);
        }
    }
    result->whole =
        overlay != NULL
            ? score_learned(analysis, NULL, &tally, overlay, request, SENTIMENT_WHOLE, reasons)
            : score_make(analysis->settings, thresholds, &tally, request->three);
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

static void weigh_target(struct scoring *scoring, const struct sentiment_request *request) {
    const struct analysis *analysis = scoring->analysis;
    target_find(analysis, &request->targets[scoring->index], request->target_count == 1,
                scoring->reasons->arena, &scoring->sites);
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        score_opinion(scoring, opinion, target_share(analysis, &scoring->sites, opinion));
    }
    score_consensus(scoring, false);
    /* "I ordered from Acme. Never again." */
    if (request->target_count == 1 && !scoring->sites.aspect && scoring->sites.count > 0) {
        score_consensus(scoring, true);
    }
}

static struct score score_target(const struct sentiment *sentiment, const struct analysis *analysis,
                                 const struct sentiment_request *request, size_t index,
                                 struct reasons *reasons) {
    struct scoring scoring = {
        .analysis = analysis, .reasons = reasons, .index = index, .explain = request->explain};
    const struct sentiment_overlay *overlay = request->targets[index].overlay;
    weigh_target(&scoring, request);
    if (overlay_applies(overlay, request->genre) && !overlay->target &&
        request->target_count == 1) {
        struct tally whole = weigh_whole(analysis);
        return score_learned(analysis, NULL, &whole, overlay, request, index, reasons);
    }
    if (scoring.sites.count == 0) {
        return (struct score){.label = LABEL_NEUTRAL};
    }
    overlay = overlay_choose(sentiment, analysis,
                             overlay != NULL && overlay->target ? overlay : NULL, true);
    if (overlay != NULL) {
        return score_learned(analysis, &scoring.sites, &scoring.tally, overlay, request, index,
                             reasons);
    }
    struct thresholds thresholds = {analysis->settings->target_positive,
                                    analysis->settings->target_negative};
    return score_make(analysis->settings, thresholds, &scoring.tally, request->three);
}

void sentiment_features(const struct sentiment *sentiment, const struct sentiment_request *request,
                        const struct sentiment_overlay *overlay, struct arena *arena,
                        struct features *features) {
    struct analysis analysis;
    struct reasons reasons = {.arena = arena};
    analysis_make(sentiment->lexicon, request, arena, &analysis);
    struct scoring scoring = {.analysis = &analysis, .reasons = &reasons};
    if (request->target_count > 0) {
        weigh_target(&scoring, request);
    }
    bool named = scoring.sites.count > 0;
    struct tally tally = named ? scoring.tally : weigh_whole(&analysis);
    features_find(&analysis, named ? &scoring.sites : NULL, &tally, overlay, arena, features);
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
    score_whole(sentiment, &analysis, request, &reasons, result);
    for (size_t i = 0; i < request->target_count; i++) {
        result->targets[i] = score_target(sentiment, &analysis, request, i, &reasons);
    }
    topics_find(&analysis, request->three, arena, result);
    result->reasons = reasons.list;
    result->reason_count = reasons.count;
}
