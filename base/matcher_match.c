#include "base/matcher.h"

#include <stdlib.h>

/* One query over what was found of it. */
struct evaluation {
    const struct query *query;
    size_t index;                   /* of the query */
    const struct occurrence *found; /* by term, place */
    size_t found_count;
    const struct mention *mention;
    struct arena *arena;
    struct query_hits *hits;
    size_t hit_capacity;
};

/* The occurrences of one term. */
struct run {
    const struct occurrence *list;
    size_t count;
};

static size_t found_before(const struct evaluation *evaluation, size_t term) {
    size_t low = 0;
    size_t high = evaluation->found_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (evaluation->found[middle].term < term) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static struct run run_of_term(const struct evaluation *evaluation, size_t term) {
    size_t begin = found_before(evaluation, term);
    size_t end = begin;
    while (end < evaluation->found_count && evaluation->found[end].term == term) {
        end++;
    }
    return (struct run){evaluation->found + begin, end - begin};
}

static void hit_add(struct evaluation *evaluation, const struct occurrence *found) {
    struct query_hits *hits = evaluation->hits;
    hits->list = arena_grow(evaluation->arena, hits->list, hits->count, &evaluation->hit_capacity,
                            sizeof *hits->list);
    hits->list[hits->count++] = (struct query_hit){
        .query = evaluation->index,
        .begin = found->begin,
        .end = found->end,
        .in_title = found->in_title,
        .clause = evaluation->query->terms[found->term]->clause,
    };
}

/* --- NEAR ------------------------------------------------------------------------------------- */

/* One operand: its occurrences by place, and which of them stand in a chain. */
struct operand {
    const struct occurrence **list;
    bool *chained;
    size_t count;
    uint32_t longest; /* words of the longest occurrence, less one */
};

static int place_order(const void *a, const void *b) {
    const struct occurrence *left = *(const struct occurrence *const *)a;
    const struct occurrence *right = *(const struct occurrence *const *)b;
    return (left->first > right->first) - (left->first < right->first);
}

static void operand_init(struct operand *operand, const struct evaluation *evaluation,
                         const struct query_node *node) {
    size_t alternatives = node->kind == QUERY_OR ? node->count : 1;
    *operand = (struct operand){.count = 0};
    size_t capacity = 0;
    for (size_t i = 0; i < alternatives; i++) {
        const struct query_node *term = node->kind == QUERY_OR ? node->children[i] : node;
        struct run run = run_of_term(evaluation, term->term);
        for (size_t j = 0; j < run.count; j++) {
            operand->list = arena_grow(evaluation->arena, operand->list, operand->count, &capacity,
                                       sizeof(struct occurrence *));
            operand->list[operand->count++] = &run.list[j];
            uint32_t length = run.list[j].last - run.list[j].first;
            operand->longest = length > operand->longest ? length : operand->longest;
        }
    }
    if (operand->count > 1) {
        qsort(operand->list, operand->count, sizeof(struct occurrence *), place_order);
    }
    operand->chained = ARENA_ARRAY(evaluation->arena, bool, operand->count);
}

/* Whether `right`, the later operand, stands as far from `left` as the step allows. */
static bool step_allows(const struct query_step *step, const struct occurrence *left,
                        const struct occurrence *right) {
    if (right->first > left->last) {
        return right->first - left->last <= step->distance;
    }
    return !step->ordered && left->first > right->last &&
           left->first - right->last <= step->distance;
}

/* Whether one of the chained occurrences of `others`, from `*from` on, is near enough. `*from` is
 * moved over those that are too far behind for this and all later occurrences. */
static bool operand_has_near(const struct operand *others, size_t *from,
                             const struct query_step *step, const struct occurrence *one,
                             bool one_is_right) {
    while (*from < others->count &&
           others->list[*from]->first + others->longest + step->distance < one->first) {
        (*from)++;
    }
    for (size_t i = *from; i < others->count; i++) {
        const struct occurrence *other = others->list[i];
        if (other->first > one->last + step->distance) {
            return false;
        }
        if (others->chained[i] &&
            (one_is_right ? step_allows(step, other, one) : step_allows(step, one, other))) {
            return true;
        }
    }
    return false;
}

/* Keeps of `operand` what is chained to `others`; says whether anything is. */
static bool operand_chain(struct operand *operand, const struct operand *others,
                          const struct query_step *step, bool is_right) {
    bool any = false;
    size_t from = 0;
    for (size_t i = 0; i < operand->count; i++) {
        if (is_right || operand->chained[i]) {
            operand->chained[i] = operand_has_near(others, &from, step, operand->list[i], is_right);
            any = any || operand->chained[i];
        }
    }
    return any;
}

/* A chain: each operand near its neighbour. Forward finds what a chain reaches, backward drops what
 * leads nowhere; what is left are the hits. */
static bool near_matches(struct evaluation *evaluation, const struct query_node *node) {
    struct operand *operands = ARENA_ARRAY(evaluation->arena, struct operand, node->count);
    for (size_t i = 0; i < node->count; i++) {
        operand_init(&operands[i], evaluation, node->children[i]);
        if (operands[i].count == 0) {
            return false;
        }
    }
    memset(operands[0].chained, true, operands[0].count);
    for (size_t i = 1; i < node->count; i++) {
        if (!operand_chain(&operands[i], &operands[i - 1], &node->steps[i - 1], true)) {
            return false;
        }
    }
    for (size_t i = node->count - 1; i > 0; i--) {
        operand_chain(&operands[i - 1], &operands[i], &node->steps[i - 1], false);
    }
    for (size_t i = 0; i < node->count; i++) {
        for (size_t j = 0; j < operands[i].count; j++) {
            if (operands[i].chained[j]) {
                hit_add(evaluation, operands[i].list[j]);
            }
        }
    }
    return true;
}

/* --- The tree --------------------------------------------------------------------------------- */

static bool node_matches(struct evaluation *evaluation, const struct query_node *node);

static bool term_matches(struct evaluation *evaluation, const struct query_node *node) {
    struct run run = run_of_term(evaluation, node->term);
    for (size_t i = 0; i < run.count; i++) {
        hit_add(evaluation, &run.list[i]);
    }
    return run.count > 0;
}

/* All alternatives are looked at, for their hits. */
static bool any_matches(struct evaluation *evaluation, const struct query_node *node) {
    bool any = false;
    for (size_t i = 0; i < node->count; i++) {
        any = node_matches(evaluation, node->children[i]) || any;
    }
    return any;
}

static bool all_match(struct evaluation *evaluation, const struct query_node *node) {
    for (size_t i = 0; i < node->count; i++) {
        if (!node_matches(evaluation, node->children[i])) {
            return false;
        }
    }
    return true;
}

/* What does not match leaves no hits behind. */
static bool node_matches(struct evaluation *evaluation, const struct query_node *node) {
    size_t hits_before = evaluation->hits->count;
    bool matches = false;
    switch (node->kind) {
    case QUERY_AND:
        matches = all_match(evaluation, node);
        break;
    case QUERY_OR:
        matches = any_matches(evaluation, node);
        break;
    case QUERY_NEAR:
        matches = near_matches(evaluation, node);
        break;
    case QUERY_TERM:
        matches = term_matches(evaluation, node);
        break;
    case QUERY_NOT:
        matches = !node_matches(evaluation, node->children[0]);
        break;
    case QUERY_FIELD:
    default:
        matches = query_field_matches(&node->field, evaluation->mention, evaluation->query->brand,
                                      evaluation->arena);
        break;
    }
    if (!matches) {
        evaluation->hits->count = hits_before;
    }
    return matches;
}

/* --- All queries ------------------------------------------------------------------------------ */

static int hit_order(const void *a, const void *b) {
    const struct query_hit *left = a;
    const struct query_hit *right = b;
    if (left->in_title != right->in_title) {
        return left->in_title ? -1 : 1;
    }
    if (left->begin != right->begin) {
        return left->begin < right->begin ? -1 : 1;
    }
    if (left->end != right->end) {
        return left->end < right->end ? -1 : 1;
    }
    return span_compare(left->clause, right->clause);
}

/* Sorts the hits of one query, the last in the list, and drops those that came twice. */
static void hits_finish(struct query_hits *hits, size_t begin) {
    if (hits->count - begin < 2) {
        return;
    }
    qsort(hits->list + begin, hits->count - begin, sizeof *hits->list, hit_order);
    size_t kept = begin + 1;
    for (size_t i = begin + 1; i < hits->count; i++) {
        if (hit_order(&hits->list[i], &hits->list[kept - 1]) != 0) {
            hits->list[kept++] = hits->list[i];
        }
    }
    hits->count = kept;
}

void matcher_match(const struct matcher *matcher, const struct mention *mention,
                   struct arena *arena, struct query_hits *hits) {
    struct findings findings;
    matcher_find(matcher, mention, arena, &findings);
    *hits = (struct query_hits){.list = NULL};
    size_t *queries = ARENA_ARRAY(arena, size_t, findings.candidate_count);
    struct evaluation evaluation = {.mention = mention, .arena = arena, .hits = hits};
    size_t at = 0;
    for (size_t q = 0; q < matcher->count && findings.candidate_count > 0; q++) {
        if (findings.candidate[q] == 0) {
            continue;
        }
        findings.candidate_count--;
        evaluation.query = matcher->queries[q];
        evaluation.index = q;
        evaluation.found = findings.list + at;
        size_t begin = at;
        while (at < findings.count && findings.list[at].query == q) {
            at++;
        }
        evaluation.found_count = at - begin;
        size_t hits_before = hits->count;
        if (node_matches(&evaluation, evaluation.query->root)) {
            queries[hits->query_count++] = q;
            hits_finish(hits, hits_before);
        }
    }
    hits->queries = queries;
}
