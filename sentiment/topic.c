#include "sentiment/topic.h"

#include "base/limits.h"
#include "sentiment/score.h"
#include "sentiment/target.h"

static void gather_sense(const struct sense *sense, size_t first, size_t last, struct arena *arena,
                         struct sites *sites) {
    for (size_t i = 0; sense != NULL && i < SENSE_TOPICS && sense->topics[i] != 0; i++) {
        sites_add(&sites[sense->topics[i] - 1], arena, first, last);
    }
}

static bool tells_topic(const struct token *token) {
    return (token->sense != NULL && token->sense->topics[0] != 0) || token->aside != NULL;
}

/* The places of every topic; NULL when the text has none. */
static struct sites *gather(const struct analysis *analysis, struct arena *arena) {
    struct sites *sites = NULL;
    for (size_t i = 0; i < analysis->notable_count; i++) {
        uint32_t index = analysis->notable[i];
        const struct token *token = &analysis->tokens.list[index];
        if (tells_topic(token)) {
            sites = sites != NULL
                        ? sites
                        : ARENA_ARRAY(arena, struct sites, analysis->lexicon->topic_count);
            gather_sense(token->sense, index, token->last, arena, sites);
            gather_sense(token->aside, index, index, arena, sites);
        }
    }
    return sites;
}

static struct score topic_score(const struct analysis *analysis, const struct sites *sites,
                                bool three) {
    struct tally tally = {0};
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        tally_add(&tally, opinion_contribution(opinion) * target_share(analysis, sites, opinion));
    }
    struct thresholds thresholds = {analysis->settings->target_positive,
                                    analysis->settings->target_negative};
    return score_make(analysis->settings, thresholds, &tally, three);
}

static void vote(const struct sense *sense, unsigned votes[STAGE_COUNT],
                 struct sentiment_result *result) {
    if (sense != NULL) {
        votes[sense->stage]++;
        result->urgent = result->urgent || (sense->roles & ROLE_URGENT) != 0;
    }
}

static void find_stage(const struct analysis *analysis, struct sentiment_result *result) {
    unsigned votes[STAGE_COUNT] = {0};
    for (size_t i = 0; i < analysis->notable_count; i++) {
        const struct token *token = &analysis->tokens.list[analysis->notable[i]];
        vote(token->sense, votes, result);
        vote(token->aside, votes, result);
    }
    /* Of equals the later stage: who has bought also once heard of it. */
    for (int stage = STAGE_UNKNOWN + 1; stage < STAGE_COUNT; stage++) {
        if (votes[stage] > 0 &&
            (result->stage == STAGE_UNKNOWN || votes[stage] >= votes[result->stage])) {
            result->stage = (enum stage)stage;
        }
    }
}

void topics_find(const struct analysis *analysis, bool three, struct arena *arena,
                 struct sentiment_result *result) {
    size_t topic_count = analysis->lexicon->topic_count;
    const struct span *names = analysis->lexicon->topics;
    find_stage(analysis, result);
    struct sites *sites = gather(analysis, arena);
    if (sites == NULL) {
        return;
    }
    result->topics = ARENA_ARRAY(arena, struct topic_mention, LIMIT_MENTION_TOPICS);
    while (result->topic_count < LIMIT_MENTION_TOPICS) {
        size_t best = 0;
        for (size_t i = 1; i < topic_count; i++) {
            best = sites[i].count > sites[best].count ? i : best;
        }
        if (sites[best].count == 0) {
            return;
        }
        sites[best].aspect = true;
        result->topics[result->topic_count++] = (struct topic_mention){
            .name = names[best], .score = topic_score(analysis, &sites[best], three)};
        sites[best].count = 0;
    }
}
