#include "report/tally.h"

#include <math.h>

uint64_t tally_judged(const struct tally *tally) {
    return tally->labels[LABEL_POSITIVE] + tally->labels[LABEL_NEGATIVE] +
           tally->labels[LABEL_NEUTRAL];
}

double tally_net(const struct tally *tally) {
    uint64_t judged = tally_judged(tally);
    return judged == 0
               ? NAN
               : ((double)tally->labels[LABEL_POSITIVE] - (double)tally->labels[LABEL_NEGATIVE]) /
                     (double)judged;
}

/* Every number of a tally, once. */
#define TALLY_EACH(apply)                                                                          \
    do {                                                                                           \
        apply(mentions);                                                                           \
        for (size_t i = 0; i < LABEL_COUNT; i++) {                                                 \
            apply(labels[i]);                                                                      \
        }                                                                                          \
        apply(score_sum);                                                                          \
        apply(score_squares);                                                                      \
        apply(ratings);                                                                            \
        apply(rating_sum);                                                                         \
        apply(rating_squares);                                                                     \
        for (size_t i = 0; i < SURVEY_COUNT; i++) {                                                \
            apply(answers[i]);                                                                     \
            apply(answer_sums[i]);                                                                 \
            apply(answer_squares[i]);                                                              \
        }                                                                                          \
        apply(promoters);                                                                          \
        apply(detractors);                                                                         \
        apply(satisfied);                                                                          \
        apply(reach);                                                                              \
        apply(engagement);                                                                         \
        apply(stories);                                                                            \
        apply(authors);                                                                            \
    } while (0)

void tally_pool(struct tally *tally, const struct tally *more) {
#define ADD(field) tally->field += more->field
    TALLY_EACH(ADD);
#undef ADD
    tally->covered = tally->covered || more->covered;
}

void tally_take(struct tally *tally, const struct tally *part) {
#define TAKE(field) tally->field -= part->field
    TALLY_EACH(TAKE);
#undef TAKE
}

struct period period_before(struct period period) {
    return (struct period){period.since_ms - (period.until_ms - period.since_ms), period.since_ms};
}

const struct config_brand *brand_find(const struct config *config, struct span name) {
    for (size_t i = 0; i < config->brand_count; i++) {
        if (span_equal(config->brands[i].name, name)) {
            return &config->brands[i];
        }
    }
    return NULL;
}

bool segment_subject(const struct snapshot *snapshot, const struct segment *segment,
                     struct subject *subject) {
    *subject = (struct subject){.brand = BRAND_ANY, .query = segment->query};
    return span_is_empty(segment->brand) ||
           snapshot_brand(snapshot, segment->brand, &subject->brand);
}

struct span segment_title(const struct segment *segment, struct arena *arena) {
    if (segment->query == NULL) {
        return segment->brand;
    }
    return span_is_empty(segment->brand)
               ? segment->text
               : arena_print(arena, "%.*s: %.*s", SPAN_ARG(segment->brand),
                             SPAN_ARG(segment->text));
}

bool segment_narrow(const struct segment *segment, const char *field, struct span value,
                    int64_t now_ms, struct arena *arena, struct segment *narrow,
                    struct error *error) {
    struct buffer text;
    buffer_init(&text, LIMIT_QUERY);
    if (segment->query != NULL) {
        buffer_append_byte(&text, '(');
        query_print(&text, segment->query);
        buffer_append_string(&text, ") AND ");
    }
    buffer_print(&text, "%s:\"%.*s\"", field, SPAN_ARG(value));
    *narrow = *segment;
    narrow->text = arena_copy(arena, buffer_span(&text));
    buffer_done(&text);
    return query_parse(narrow->text, now_ms, arena, &narrow->query, error);
}

/* --- Families --------------------------------------------------------------------------------- */

static bool list_has(const struct config_list *list, struct span name) {
    for (size_t i = 0; i < list->count; i++) {
        if (span_equal(list->list[i], name)) {
            return true;
        }
    }
    return false;
}

/* The brand whose list of competitors speaks for `brand`: itself, or who names it. */
static const struct config_brand *family_head(const struct config *config, struct span brand) {
    const struct config_brand *self = brand_find(config, brand);
    if (self != NULL && self->competitors.count > 0) {
        return self;
    }
    for (size_t i = 0; i < config->brand_count; i++) {
        if (list_has(&config->brands[i].competitors, brand)) {
            return &config->brands[i];
        }
    }
    return self;
}

struct family {
    struct segment *list;
    size_t count;
    const struct query *query; /* of all its brands; NULL = none */
    struct span text;
};

static void family_add(struct family *family, struct span brand) {
    for (size_t i = 0; i < family->count; i++) {
        if (span_equal(family->list[i].brand, brand)) {
            return;
        }
    }
    family->list[family->count++] = (struct segment){brand, family->query, family->text};
}

static void family_of_brand(const struct config *config, struct span brand, struct family *family) {
    const struct config_brand *head = family_head(config, brand);
    if (head != NULL) {
        family_add(family, head->name);
        for (size_t i = 0; i < head->competitors.count; i++) {
            family_add(family, head->competitors.list[i]);
        }
    }
}

size_t segment_family(const struct config *config, const struct segment *segment,
                      const struct segment **family, struct arena *arena) {
    size_t most = config->brand_count + 2;
    struct family found = {.query = segment->query, .text = segment->text};
    bool bare = span_is_empty(segment->brand);
    for (size_t i = 0; i < config->brand_count; i++) {
        most += config->brands[i].competitors.count;
    }
    found.list = ARENA_ARRAY(arena, struct segment, most);
    found.list[found.count++] = *segment;
    if (bare) {
        found.query = NULL;
        found.text = SPAN("");
    } else {
        family_of_brand(config, segment->brand, &found);
    }
    for (size_t i = 0; bare && i < config->brand_count; i++) {
        family_add(&found, config->brands[i].name);
    }
    *family = found.list;
    return found.count;
}
