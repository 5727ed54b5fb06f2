#include "sentiment/topic.h"

#include "base/limits.h"
#include "sentiment/score.h"
#include "sentiment/target.h"

/* The topics of a text, in the order of their first places. */
struct found {
    struct sites *sites; /* of each */
    size_t capacity;
    uint8_t topics[LIMIT_TOPICS]; /* 1 + index, as in a sense */
    uint8_t places[LIMIT_TOPICS]; /* by index of a topic: 1 + its place in the above; 0 = none */
    size_t count;
};

static void gather_sense(const struct sense *sense, size_t first, size_t last, struct arena *arena,
                         struct found *found) {
    for (size_t i = 0; i < SENSE_TOPICS && sense->topics[i] != 0; i++) {
        uint8_t *place = &found->places[sense->topics[i] - 1];
        if (*place == 0) {
            found->sites = arena_grow(arena, found->sites, found->count, &found->capacity,
                                      sizeof *found->sites);
            found->topics[found->count++] = sense->topics[i];
            *place = (uint8_t)found->count;
        }
        sites_add(&found->sites[*place - 1], arena, first, last);
    }
}

/* The places of every topic; NULL when the text has none. */
static struct found *gather(const struct analysis *analysis, struct arena *arena) {
    struct found *found = NULL;
    for (size_t i = 0; i < analysis->notable_count; i++) {
        uint32_t index = analysis->notable[i];
        const struct token *token = &analysis->tokens.list[index];
        if (token->sense->topics[0] == 0 && token->aside == NULL) {
            continue;
        }
        found = found != NULL ? found : ARENA_NEW(arena, struct found);
        gather_sense(token->sense, index, token->last, arena, found);
        if (token->aside != NULL) {
            gather_sense(token->aside, index, index, arena, found);
        }
    }
    return found;
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
        result->urgent |= (sense->roles & ROLE_URGENT) != 0;
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

/* The topic with the most places; of equals, the first that the lexicon names. */
static size_t find_strongest(const struct found *found) {
    size_t best = 0;
    for (size_t i = 1; i < found->count; i++) {
        size_t more = found->sites[i].count;
        size_t most = found->sites[best].count;
        if (more > most || (more == most && found->topics[i] < found->topics[best])) {
            best = i;
        }
    }
    return best;
}

void topics_find(const struct analysis *analysis, bool three, struct arena *arena,
                 struct sentiment_result *result) {
    if (!analysis->tells) {
        return;
    }
    find_stage(analysis, result);
    struct found *found = gather(analysis, arena);
    if (found == NULL || found->count == 0) {
        return;
    }
    result->topics = ARENA_ARRAY(arena, struct topic_mention, LIMIT_MENTION_TOPICS);
    while (result->topic_count < LIMIT_MENTION_TOPICS && result->topic_count < found->count) {
        size_t best = find_strongest(found);
        found->sites[best].aspect = true;
        found->sites[best].alone = found->count == 1 && !analysis->masked;
        result->topics[result->topic_count++] =
            (struct topic_mention){.name = analysis->lexicon->topics[found->topics[best] - 1],
                                   .score = topic_score(analysis, &found->sites[best], three)};
        found->sites[best].count = 0;
    }
}
