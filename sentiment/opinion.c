/* The rules: what stands around an opinion word bends what it says. */
#include "sentiment/analysis.h"

#include <math.h>

/* Words before an opinion in which "if" and "would" still hold it, and in which anything is looked
 * for at all: a clause without marks must not cost its square. */
enum { IRREALIS_SCOPE = 8, LOOK_BACK = 20 };

/* Negations looked at whether they turn anything: each is held against all opinions. */
enum { REFUSALS_MOST = 16 };

/* Words between thanks and the bad thing that makes them mockery. */
enum { THANKS_SCOPE = 4 };

/* Earlier opinions looked at for repetition. */
enum { REPETITION_SCOPE = 16 };

/* What bends an opinion behind it. */
enum { ROLES_SEEN = ROLE_NEGATION | ROLE_BACKWARD | ROLE_BOOSTER | ROLE_IRREALIS | ROLE_CONCEDE };

static const double exclamations_most = 3;

static bool is_cut(const struct token *token) {
    return token->kind == TOKEN_MARK && (token->mark == ',' || token->mark == '"');
}

static void bend(struct opinion *opinion, enum bend how, double factor) {
    opinion->bends |= (uint32_t)how;
    opinion->factor *= (float)factor;
}

/* What was found in front of (or behind) an opinion in its clause. */
struct surroundings {
    uint32_t negator; /* 1 + token; 0 = none */
    uint32_t booster;
    double boost;
    bool irrealis;
    bool conceded;
};

/* Notes what a word `distance` words in front of an opinion does to it. */
static void see(const struct settings *settings, const struct token *tokens, uint32_t index,
                double distance, struct surroundings *seen) {
    const struct token *token = &tokens[index];
    if (seen->negator == 0 && token_has(token, ROLE_NEGATION) &&
        distance <= settings->negation_scope) {
        seen->negator = index + 1;
    }
    if (token_has(token, ROLE_BOOSTER) && distance <= settings->booster_scope) {
        seen->booster = seen->booster == 0 ? index + 1 : seen->booster;
        seen->boost += token->sense->strength * (1.05 - 0.05 * distance);
    }
    seen->irrealis =
        seen->irrealis || (token_has(token, ROLE_IRREALIS) && distance <= IRREALIS_SCOPE);
    seen->conceded = seen->conceded || token_has(token, ROLE_CONCEDE);
}

static void see_before(const struct analysis *analysis, const struct opinion *opinion,
                       struct surroundings *seen) {
    const struct token *tokens = analysis->tokens.list;
    const struct token *word = &tokens[opinion->token];
    for (uint32_t i = opinion->token; i-- > 0 && tokens[i].clause == word->clause;) {
        double distance = word->ordinal - tokens[tokens[i].last].ordinal;
        if (distance > LOOK_BACK || is_cut(&tokens[i])) {
            return;
        }
        if (token_has(&tokens[i], ROLES_SEEN)) {
            see(analysis->settings, tokens, i, distance, seen);
        }
    }
}

/* Does an opinion follow the negation, which it then speaks of? */
static bool negates_forward(const struct analysis *analysis, uint32_t negator) {
    const struct token *tokens = analysis->tokens.list;
    for (size_t i = negator + 1; i < analysis->tokens.count; i++) {
        if (tokens[i].clause != tokens[negator].clause || is_cut(&tokens[i]) ||
            tokens[i].ordinal - tokens[tokens[negator].last].ordinal >
                analysis->settings->negation_scope) {
            return false;
        }
        if (tokens[i].sense->valence[analysis->genre] != 0) {
            return true;
        }
    }
    return false;
}

static void see_behind(const struct analysis *analysis, const struct opinion *opinion,
                       struct surroundings *seen) {
    const struct settings *settings = analysis->settings;
    const struct token *tokens = analysis->tokens.list;
    const struct token *word = &tokens[opinion->last];
    for (uint32_t i = opinion->last + 1; i < analysis->tokens.count; i++) {
        const struct token *token = &tokens[i];
        double distance = token->ordinal - word->ordinal;
        if (token->clause != word->clause || is_cut(token) ||
            distance > fmax(settings->negation_backward, settings->booster_after)) {
            return;
        }
        if (seen->negator == 0 && token_has(token, ROLE_BACKWARD) &&
            distance <= settings->negation_backward && !negates_forward(analysis, i)) {
            seen->negator = i + 1;
        }
        if (token_has(token, ROLE_BOOSTER) && distance <= settings->booster_after &&
            seen->booster == 0) {
            seen->booster = i + 1;
            seen->boost += token->sense->strength;
        }
    }
}

static bool is_denied(const struct analysis *analysis, uint32_t index) {
    const struct token *tokens = analysis->tokens.list;
    for (uint32_t i = index; i-- > 0 && tokens[i].clause == tokens[index].clause;) {
        if (tokens[index].ordinal - tokens[tokens[i].last].ordinal >
                analysis->settings->negation_scope ||
            is_cut(&tokens[i])) {
            return false;
        }
        if (token_has(&tokens[i], ROLE_NEGATION)) {
            return true;
        }
    }
    return false;
}

/* "The strike has ended", "end of the strike": what says so, as 1 + token; 0 for none. */
static uint32_t find_end(const struct analysis *analysis, const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    if ((analysis->roles & ROLE_END) == 0) {
        return 0;
    }
    for (int step = 1; step >= -1; step -= 2) {
        uint32_t from = step > 0 ? opinion->last : opinion->token;
        double scope = analysis->settings->ended_scope / (step > 0 ? 1 : 2);
        for (uint32_t i = from + (uint32_t)step; i < analysis->tokens.count; i += (uint32_t)step) {
            double distance = fabs((double)tokens[i].ordinal - tokens[from].ordinal);
            if (tokens[i].clause != tokens[from].clause || is_cut(&tokens[i]) || distance > scope) {
                break;
            }
            if (token_has(&tokens[i], ROLE_END) && !is_denied(analysis, i)) {
                return i + 1;
            }
        }
    }
    return 0;
}

/* "Leider nicht": the regret stands, what is regretted is denied. "Sin ningún problema": two denials
 * are one, where the first belongs to the phrase. */
static bool is_negated(const struct token *token) {
    return !token_has(token, ROLE_ASIDE) &&
           (token->aside == NULL || (token->aside->roles & ROLE_NEGATION) == 0);
}

static void bend_by_words(const struct analysis *analysis, struct opinion *opinion) {
    const struct settings *settings = analysis->settings;
    struct surroundings seen = {0};
    if ((analysis->roles & (ROLES_SEEN | ROLE_END)) == 0) {
        return;
    }
    see_before(analysis, opinion, &seen);
    see_behind(analysis, opinion, &seen);
    /* "not very good" is no stronger than "not good". */
    if (seen.booster != 0 && seen.negator == 0) {
        opinion->booster = seen.booster - 1;
        bend(opinion, seen.boost >= 0 ? BEND_BOOSTED : BEND_DAMPED, fmax(0.2, 1 + seen.boost));
    }
    if (seen.negator != 0 && is_negated(&analysis->tokens.list[opinion->token])) {
        opinion->negator = seen.negator - 1;
        bend(opinion, BEND_NEGATED,
             opinion->valence > 0 ? settings->negation_positive : settings->negation_negative);
    }
    uint32_t end = opinion->valence < 0 && seen.negator == 0 ? find_end(analysis, opinion) : 0;
    if (end != 0) {
        opinion->negator = end - 1;
        bend(opinion, BEND_ENDED, settings->ended);
    }
    if (seen.irrealis) {
        bend(opinion, BEND_IRREALIS, settings->irrealis);
    }
    if (seen.conceded) {
        bend(opinion, BEND_CONCEDED, settings->concede);
    }
}

static void bend_by_form(const struct analysis *analysis, struct opinion *opinion) {
    const struct settings *settings = analysis->settings;
    const struct token *token = &analysis->tokens.list[opinion->token];
    if ((token->flags & TOKEN_CAPITALS) != 0 && !analysis->shouting) {
        bend(opinion, BEND_CAPITALS, settings->capitals);
    }
    if ((token->flags & TOKEN_HASHTAG) != 0) {
        bend(opinion, BEND_HASHTAG, settings->hashtag);
    }
    if (analysis->length < 1) {
        bend(opinion, BEND_LONG, analysis->length);
    }
    for (size_t i = analysis->opinion_count, n = 0; i-- > 0 && n < REPETITION_SCOPE; n++) {
        const struct token *earlier = &analysis->tokens.list[analysis->opinions[i].token];
        if (earlier->sense == token->sense) {
            bend(opinion, BEND_REPEATED, settings->repetition);
            break;
        }
    }
}

static void bend_by_sentence(const struct analysis *analysis, struct opinion *opinion) {
    const struct settings *settings = analysis->settings;
    const struct sentence *sentence =
        &analysis->sentences[analysis->tokens.list[opinion->token].sentence];
    if (sentence->exclamations > 0) {
        double count = fmin(sentence->exclamations, exclamations_most);
        bend(opinion, BEND_EXCLAIMED, 1 + settings->exclamation * count);
    }
    if (sentence->question) {
        bend(opinion, BEND_QUESTION, settings->question);
    }
    if (sentence->contrast != 0) {
        bool before = opinion->token < sentence->contrast - 1;
        bend(opinion, before ? BEND_BEFORE : BEND_BEHIND,
             before ? settings->contrast_before : settings->contrast_after);
    }
}

/* "Thanks for losing my bag", not "thanks, I had a bad day": what is thanked for follows at once. */
static bool is_thanked_for(const struct token *tokens, const struct opinion *praise,
                           const struct opinion *next) {
    if (tokens[next->token].ordinal - tokens[praise->last].ordinal > THANKS_SCOPE ||
        tokens[praise->last].clause != tokens[next->token].clause) {
        return false;
    }
    for (uint32_t i = praise->last + 1; i < next->token; i++) {
        if (is_cut(&tokens[i])) {
            return false;
        }
    }
    return true;
}

static void mock(struct analysis *analysis) {
    const struct token *tokens = analysis->tokens.list;
    bool thanks = (analysis->roles & ROLE_THANKS) != 0;
    for (size_t i = 0; thanks && i + 1 < analysis->opinion_count; i++) {
        struct opinion *praise = &analysis->opinions[i];
        const struct opinion *next = &analysis->opinions[i + 1];
        if (token_has(&tokens[praise->token], ROLE_THANKS) && opinion_contribution(praise) > 0 &&
            opinion_contribution(next) < 0 && is_thanked_for(tokens, praise, next)) {
            bend(praise, BEND_MOCKED, analysis->settings->mockery);
        }
    }
}

/* "Switched from Acme" is bad for Acme alone. */
static float directed_valence(const struct analysis *analysis, const struct token *token) {
    if (token_has(token, ROLE_LEAVE)) {
        return (float)-analysis->settings->move;
    }
    return token_has(token, ROLE_ARRIVE) ? (float)analysis->settings->move : 0;
}

static void weigh_negative(struct analysis *analysis) {
    bool good = false;
    bool bad = false;
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        if (opinion_contribution(&analysis->opinions[i]) < 0) {
            bend(&analysis->opinions[i], BEND_NEGATIVE, analysis->settings->negative_weight);
            bad = true;
        }
        good = good || opinion_contribution(&analysis->opinions[i]) > 0;
    }
    analysis->mixed = good && bad;
}

static void judge(struct analysis *analysis, uint32_t index, struct opinion *opinion) {
    const struct token *token = &analysis->tokens.list[index];
    *opinion = (struct opinion){.token = index, .last = token->last, .factor = 1};
    opinion->valence = token->sense->valence[analysis->genre];
    if (opinion->valence == 0) {
        opinion->valence = directed_valence(analysis, token);
        opinion->directed = true;
    }
    /* A face is not negated: "no more cake :(" is as sad as it looks. */
    if (token->kind == TOKEN_WORD) {
        bend_by_words(analysis, opinion);
    }
    bend_by_form(analysis, opinion);
    bend_by_sentence(analysis, opinion);
}

static bool is_opinion(const struct analysis *analysis, const struct token *token) {
    return token->sense->valence[analysis->genre] != 0 ||
           ((analysis->roles & (ROLE_LEAVE | ROLE_ARRIVE)) != 0 &&
            directed_valence(analysis, token) != 0);
}

static struct opinion *opinion_add(struct analysis *analysis, struct arena *arena,
                                   size_t *capacity) {
    analysis->opinions = arena_grow(arena, analysis->opinions, analysis->opinion_count, capacity,
                                    sizeof *analysis->opinions);
    return &analysis->opinions[analysis->opinion_count];
}

static bool negates_something(const struct analysis *analysis, uint32_t token) {
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        if ((opinion->bends & BEND_NEGATED) != 0 && opinion->negator == token) {
            return true;
        }
    }
    return false;
}

/* "They do not answer": what is missing is seldom welcome. */
static void refuse(struct analysis *analysis, struct arena *arena, size_t *capacity) {
    for (size_t i = 0, seen = 0; i < analysis->notable_count && seen < REFUSALS_MOST; i++) {
        uint32_t index = analysis->notable[i];
        const struct token *token = &analysis->tokens.list[index];
        double valence =
            token_has(token, ROLE_WITHOUT) ? analysis->settings->lack : analysis->settings->refusal;
        if (!token_has(token, ROLE_NEGATION) || valence == 0 || is_opinion(analysis, token)) {
            continue;
        }
        seen++;
        if (!negates_something(analysis, index)) {
            struct opinion *opinion = opinion_add(analysis, arena, capacity);
            *opinion = (struct opinion){.token = index,
                                        .last = token->last,
                                        .factor = 1,
                                        .bends = BEND_REFUSED,
                                        .valence = (float)valence};
            bend_by_form(analysis, opinion);
            bend_by_sentence(analysis, opinion);
            analysis->opinion_count++;
        }
    }
}

void analysis_judge(struct analysis *analysis, struct arena *arena) {
    const struct settings *settings = analysis->settings;
    double words = (double)analysis->tokens.words;
    analysis->length =
        words > settings->long_text ? pow(settings->long_text / words, settings->long_power) : 1;
    size_t capacity = 0;
    for (size_t i = 0; i < analysis->notable_count; i++) {
        uint32_t index = analysis->notable[i];
        if (is_opinion(analysis, &analysis->tokens.list[index])) {
            judge(analysis, index, opinion_add(analysis, arena, &capacity));
            analysis->opinion_count++;
        }
    }
    mock(analysis);
    if ((analysis->roles & ROLE_NEGATION) != 0) {
        refuse(analysis, arena, &capacity);
    }
    weigh_negative(analysis);
}
