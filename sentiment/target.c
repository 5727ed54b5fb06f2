#include "sentiment/target.h"

#include <math.h>

/* "better than": so many words may lie between the comparison and its "than". */
enum { COMPARE_SCOPE = 5 };

/* Opinions on either side of one that are asked whether they disagree with it. */
enum { NEIGHBOURS = 4 };

void sites_add(struct sites *sites, struct arena *arena, size_t first, size_t last) {
    sites->list =
        arena_grow(arena, sites->list, sites->count, &sites->capacity, sizeof *sites->list);
    sites->list[sites->count++] = (struct site){(uint32_t)first, (uint32_t)last};
}

static double words_between(const struct analysis *analysis, const struct site *site,
                            const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    if (opinion->token > site->last) {
        return tokens[opinion->token].ordinal - tokens[site->last].ordinal;
    }
    if (opinion->last < site->first) {
        return tokens[site->first].ordinal - tokens[opinion->last].ordinal;
    }
    return 0;
}

/* The "than" that belongs to a comparing opinion, as 1 + token; 0 for none. */
static uint32_t find_than(const struct analysis *analysis, const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    for (uint32_t i = opinion->last + 1; i < analysis->tokens.count; i++) {
        if (tokens[i].clause != tokens[opinion->last].clause ||
            tokens[i].ordinal - tokens[opinion->last].ordinal > COMPARE_SCOPE) {
            return 0;
        }
        if (token_has(&tokens[i], ROLE_THAN)) {
            return i + 1;
        }
    }
    return 0;
}

/* Is the thing at the site introduced by a word of this role: "unlike Acme", "left Acme"? */
static bool site_follows(const struct analysis *analysis, const struct site *site, uint32_t role) {
    const struct token *tokens = analysis->tokens.list;
    bool met = (analysis->roles & role) != 0;
    for (uint32_t i = site->first, seen = 0; met && i-- > 0 && seen < 3; seen++) {
        if (tokens[i].clause != tokens[site->first].clause || tokens[i].kind == TOKEN_MARK) {
            return false;
        }
        if (token_has(&tokens[i], role)) {
            return true;
        }
    }
    return false;
}

/* 1, or the factor on the other side of a comparison. */
static double compare_factor(const struct analysis *analysis, const struct site *site,
                             const struct opinion *opinion) {
    if (site_follows(analysis, site, ROLE_UNLIKE)) {
        return analysis->settings->compare_than;
    }
    if (!token_has(&analysis->tokens.list[opinion->token], ROLE_COMPARE)) {
        return 1;
    }
    uint32_t than = find_than(analysis, opinion);
    return than != 0 && site->first > than - 1 ? analysis->settings->compare_than : 1;
}

static bool same_sentence(const struct analysis *analysis, const struct site *site,
                          const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    return tokens[site->first].sentence == tokens[opinion->token].sentence;
}

static bool same_clause(const struct analysis *analysis, const struct site *site,
                        const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    return tokens[site->first].clause == tokens[opinion->token].clause ||
           tokens[site->last].clause == tokens[opinion->token].clause;
}

/* "Switched from ACME to GLOBEX": 1 for the name behind the word, -1 for the one behind "to". */
static double directed_share(const struct analysis *analysis, const struct site *site,
                             const struct opinion *opinion) {
    const struct token *tokens = analysis->tokens.list;
    bool toward = false;
    for (uint32_t i = opinion->last + 1; i < site->first; i++) {
        if (tokens[i].clause != tokens[site->first].clause) {
            return 0;
        }
        toward = toward || token_has(&tokens[i], ROLE_TOWARD);
    }
    if (site->first < opinion->last || words_between(analysis, site, opinion) > COMPARE_SCOPE) {
        return 0;
    }
    return toward ? -1 : 1;
}

static double site_share(const struct analysis *analysis, const struct site *site,
                         const struct opinion *opinion) {
    const struct settings *settings = analysis->settings;
    if (opinion->directed) {
        return directed_share(analysis, site, opinion);
    }
    if (!same_sentence(analysis, site, opinion)) {
        return 0;
    }
    double distance = words_between(analysis, site, opinion);
    if (distance > settings->target_reach) {
        return 0;
    }
    double share = 1 / (1 + settings->target_decay * distance);
    if (!same_clause(analysis, site, opinion) && !site_follows(analysis, site, ROLE_UNLIKE)) {
        share *= settings->target_outside;
    }
    return share * compare_factor(analysis, site, opinion);
}

static bool in_sites(const struct sites *sites, uint32_t token) {
    for (size_t i = 0; i < sites->count; i++) {
        if (token >= sites->list[i].first && token <= sites->list[i].last) {
            return true;
        }
    }
    return false;
}

/* "The salad", "a wonderful duck": the first plain word behind an article is a thing. */
static bool is_introduced(const struct analysis *analysis, uint32_t index) {
    const struct token *tokens = analysis->tokens.list;
    if (index == 0 || tokens[index].kind != TOKEN_WORD || !sense_is_none(tokens[index].sense)) {
        return false;
    }
    uint32_t before = index - 1;
    bool judged = tokens[before].sense->valence[analysis->genre] != 0 && before > 0;
    return token_has(&tokens[judged ? before - 1 : before], ROLE_ARTICLE);
}

/* Is it something that an opinion could be about instead of the thing at the sites? */
static bool competes(const struct analysis *analysis, const struct sites *sites, uint32_t index) {
    const struct token *token = &analysis->tokens.list[index];
    bool part = token->sense->topics[0] != 0 && token->sense->valence[analysis->genre] == 0;
    bool rival = (token->flags & TOKEN_MASKED) != 0 ||
                 (sites->aspect && (part || is_introduced(analysis, index)));
    return rival && !in_sites(sites, index);
}

static bool joins(const struct token *token) {
    return token_has(token, ROLE_JOIN) || (token->kind == TOKEN_MARK && token->mark == ',');
}

/* "Food, wine and the staff": does nothing but a list lie between the thing and the other one, which
 * "and" ends or which goes on behind them? */
static bool is_listed(const struct analysis *analysis, const struct sites *sites,
                      const struct site *site, uint32_t other) {
    const struct token *tokens = analysis->tokens.list;
    uint32_t from = other < site->first ? other : site->last;
    uint32_t to = other < site->first ? site->first : other;
    uint32_t next = (other < site->first ? site->last : other) + 1;
    bool listed = to > from + 1 && next < analysis->tokens.count && joins(&tokens[next]);
    for (uint32_t i = from + 1; i < to; i++) {
        listed = listed || token_has(&tokens[i], ROLE_JOIN);
        if (!joins(&tokens[i]) && !token_has(&tokens[i], ROLE_ARTICLE) &&
            !competes(analysis, sites, i)) {
            return false;
        }
    }
    return listed;
}

/* Words from the opinion to the nearest competitor on one side (step 1 or -1); a comma on the way
 * counts for several. `limit` when there is none nearer. */
static double competitor_distance(const struct analysis *analysis, const struct sites *sites,
                                  const struct site *site, const struct opinion *opinion, int step,
                                  double limit) {
    const struct token *tokens = analysis->tokens.list;
    uint32_t from = step > 0 ? opinion->last : opinion->token;
    double distance = 0;
    for (uint32_t i = from + (uint32_t)step; i < analysis->tokens.count; i += (uint32_t)step) {
        if (tokens[i].clause != tokens[from].clause || distance >= limit) {
            return limit;
        }
        distance += tokens[i].kind != TOKEN_MARK ? 1
                    : tokens[i].mark == ','      ? analysis->settings->target_comma
                                                 : 0;
        if (competes(analysis, sites, i) && !is_listed(analysis, sites, site, i)) {
            return fmin(distance, limit);
        }
    }
    return limit;
}

static double commas_between(const struct analysis *analysis, uint32_t from, uint32_t to) {
    double commas = 0;
    for (uint32_t i = from; i < to; i++) {
        commas +=
            analysis->tokens.list[i].kind == TOKEN_MARK && analysis->tokens.list[i].mark == ',';
    }
    return commas;
}

/* Does the opinion stand nearer to something else? */
static bool goes_elsewhere(const struct analysis *analysis, const struct sites *sites,
                           const struct site *site, const struct opinion *opinion) {
    bool behind = opinion->token > site->last;
    if (sites->alone) {
        return false;
    }
    double distance = words_between(analysis, site, opinion) +
                      analysis->settings->target_comma *
                          (behind ? commas_between(analysis, site->last, opinion->token)
                                  : commas_between(analysis, opinion->last, site->first));
    return competitor_distance(analysis, sites, site, opinion, 1, distance) < distance ||
           competitor_distance(analysis, sites, site, opinion, -1, distance) < distance;
}

/* Do a comma or "and" lie between the opinion and the site? */
static bool is_across(const struct analysis *analysis, const struct site *site,
                      const struct opinion *opinion) {
    bool behind = opinion->token > site->last;
    uint32_t to = behind ? opinion->token : site->first;
    for (uint32_t i = behind ? site->last : opinion->last; i < to; i++) {
        if (joins(&analysis->tokens.list[i])) {
            return true;
        }
    }
    return false;
}

/* "Acme is excellent, Globex is garbage": where opinions on the two sides of a comma or "and"
 * disagree, the one across it is about something else. */
static bool disagrees_across(const struct analysis *analysis, const struct site *site,
                             const struct opinion *opinion) {
    if (!analysis->mixed || !is_across(analysis, site, opinion)) {
        return false;
    }
    size_t index = (size_t)(opinion - analysis->opinions);
    size_t first = index > NEIGHBOURS ? index - NEIGHBOURS : 0;
    for (size_t i = first; i < analysis->opinion_count && i <= index + NEIGHBOURS; i++) {
        const struct opinion *other = &analysis->opinions[i];
        if (!is_across(analysis, site, other) && same_clause(analysis, site, other) &&
            opinion_contribution(other) * opinion_contribution(opinion) < 0) {
            return true;
        }
    }
    return false;
}

double target_share(const struct analysis *analysis, const struct sites *sites,
                    const struct opinion *opinion) {
    double best = 0;
    const struct site *nearest = NULL;
    for (size_t i = 0; i < sites->count; i++) {
        double share = site_share(analysis, &sites->list[i], opinion);
        if (fabs(share) > fabs(best)) {
            best = share;
            nearest = &sites->list[i];
        }
    }
    if (nearest != NULL && !opinion->directed &&
        (goes_elsewhere(analysis, sites, nearest, opinion) ||
         disagrees_across(analysis, nearest, opinion))) {
        best *= analysis->settings->target_other;
    }
    return best;
}

bool target_is_near(const struct analysis *analysis, const struct sites *sites,
                    const struct opinion *opinion, bool text) {
    for (size_t i = 0; !text && i < sites->count; i++) {
        const struct site *site = &sites->list[i];
        if (same_sentence(analysis, site, opinion)) {
            return !opinion->directed &&
                   !(sites->aspect && goes_elsewhere(analysis, sites, site, opinion));
        }
    }
    return text && !opinion->directed;
}

double target_consensus(const struct analysis *analysis, const struct sites *sites, bool text) {
    bool good = false;
    bool bad = false;
    for (size_t i = 0; i < analysis->opinion_count; i++) {
        const struct opinion *opinion = &analysis->opinions[i];
        if (target_is_near(analysis, sites, opinion, text)) {
            good = good || opinion_contribution(opinion) > 0;
            bad = bad || opinion_contribution(opinion) < 0;
        }
    }
    const struct settings *settings = analysis->settings;
    double share = text ? settings->target_text : settings->target_consensus;
    return good != bad ? share : 0;
}

/* "it" speaks of the thing while each sentence takes it up from the one before. */
static void find_pronouns(const struct analysis *analysis, struct arena *arena,
                          struct sites *sites) {
    uint32_t sentence = analysis->tokens.list[sites->list[0].last].sentence;
    bool last = sentence + 1 == analysis->sentence_count;
    size_t next = last ? analysis->tokens.count : analysis->sentences[sentence + 1].first;
    for (size_t i = next; i < analysis->tokens.count; i++) {
        const struct token *token = &analysis->tokens.list[i];
        if (token->sentence > sentence + 1) {
            return;
        }
        if ((token->flags & TOKEN_MASKED) != 0) {
            sentence = token->sentence;
        } else if (token->sentence == sentence + 1 && token_has(token, ROLE_PRONOUN)) {
            sites_add(sites, arena, i, token->last);
            sentence = token->sentence;
        }
    }
}

void target_find(const struct analysis *analysis, const struct sentiment_target *target, bool alone,
                 struct arena *arena, struct sites *sites) {
    *sites = (struct sites){0};
    sites->aspect =
        target->name.size > 0 && target->name.data[0] >= 'a' && target->name.data[0] <= 'z';
    for (size_t i = 0; i < target->place_count; i++) {
        size_t first = 0;
        size_t last = 0;
        if (analysis_place(analysis, &target->places[i], &first, &last)) {
            sites_add(sites, arena, first, last);
        }
    }
    sites->alone = alone && !sites->aspect;
    if (alone && sites->count > 0 && (analysis->roles & ROLE_PRONOUN) != 0) {
        find_pronouns(analysis, arena, sites);
    }
}
