#include "app/reasons.h"

#include <math.h>
#include <stdlib.h>

#define WORDS_MOST ((size_t)3)

/* What adds less is not what decided. */
#define LEAST 0.1

static int compare_strength(const void *a, const void *b) {
    double x = fabs(((const struct sentiment_reason *)a)->contribution);
    double y = fabs(((const struct sentiment_reason *)b)->contribution);
    return (x < y) - (x > y);
}

/* The brand's place in the request, where something speaks of it; else the whole text. */
static size_t target_of(const struct sentiment_request *request,
                        const struct sentiment_result *result, struct span brand) {
    for (size_t i = 0; i < result->reason_count; i++) {
        size_t target = result->reasons[i].target;
        if (target != SENTIMENT_WHOLE && span_equal(request->targets[target].name, brand)) {
            return target;
        }
    }
    return SENTIMENT_WHOLE;
}

/* Of what bent the word, people are told what turned it round: "negated by not". */
static struct span turned(struct span rules) {
    struct span rule;
    while (rules.size > 0 && span_split(&rules, ';', &rule)) {
        if (span_starts_with(span_trim(rule), SPAN("negated"))) {
            return span_trim(rule);
        }
    }
    return (struct span){NULL, 0};
}

static struct span reason_text(struct span text, const struct sentiment_reason *reason,
                               struct arena *arena) {
    struct span word = span_first(span_from(text, reason->begin), reason->end - reason->begin);
    struct span rule = turned(reason->rules);
    return arena_print(arena, "%.*s %+.1f%s%.*s%s", SPAN_ARG(word), reason->contribution,
                       rule.size > 0 ? " (" : "", SPAN_ARG(rule), rule.size > 0 ? ")" : "");
}

static struct span words(void *context, const struct mention *mention, struct span brand,
                         struct arena *arena) {
    const struct assessor *assessor = context;
    struct sentiment_request request;
    struct sentiment_result result;
    struct span parts[WORDS_MOST];
    size_t count = 0;
    assessor_explain(assessor, mention, arena, &request, &result);
    size_t target = target_of(&request, &result, brand);
    qsort(result.reasons, result.reason_count, sizeof *result.reasons, compare_strength);
    for (size_t i = 0; i < result.reason_count && count < WORDS_MOST; i++) {
        const struct sentiment_reason *reason = &result.reasons[i];
        if (reason->target == target && fabs(reason->contribution) >= LEAST) {
            parts[count++] = reason_text(request.text, reason, arena);
        }
    }
    return arena_join(arena, parts, count, ", ");
}

struct explainer reasons_explainer(const struct assessor *assessor) {
    return (struct explainer){words, (void *)(uintptr_t)assessor};
}
