#include "base/mention.h"

static const char *const channel_names[CHANNEL_COUNT] = {"unknown", "review", "social", "forum",
                                                         "news",    "video",  "survey", "support"};
static const char *const stage_names[STAGE_COUNT] = {"unknown",       "awareness", "interest",
                                                     "consideration", "purchase",  "loyalty"};
static const char *const kept_names[KEPT_COUNT] = {"whole", "excerpt", "facts"};
static const char *const label_names[LABEL_COUNT] = {"unsure", "negative", "neutral", "positive"};

/* Index of `name` in `names`, or `count`. */
static size_t name_find(const char *const *names, size_t count, struct span name) {
    size_t index = 0;
    while (index < count && !span_equal_nocase(span_of(names[index]), name)) {
        index++;
    }
    return index;
}

const char *channel_name(enum channel channel) {
    return channel < CHANNEL_COUNT ? channel_names[channel] : channel_names[0];
}

bool channel_parse(struct span name, enum channel *channel) {
    size_t index = name_find(channel_names, CHANNEL_COUNT, name);
    if (index < CHANNEL_COUNT) {
        *channel = (enum channel)index;
    }
    return index < CHANNEL_COUNT;
}

const char *stage_name(enum stage stage) {
    return stage < STAGE_COUNT ? stage_names[stage] : stage_names[0];
}

bool stage_parse(struct span name, enum stage *stage) {
    size_t index = name_find(stage_names, STAGE_COUNT, name);
    if (index < STAGE_COUNT) {
        *stage = (enum stage)index;
    }
    return index < STAGE_COUNT;
}

const char *label_name(enum label label) {
    return label < LABEL_COUNT ? label_names[label] : label_names[0];
}

bool label_parse(struct span name, enum label *label) {
    size_t index = name_find(label_names, LABEL_COUNT, name);
    if (index < LABEL_COUNT) {
        *label = (enum label)index;
    }
    return index < LABEL_COUNT;
}

const char *mention_kept_name(enum mention_kept kept) {
    return kept < KEPT_COUNT ? kept_names[kept] : kept_names[0];
}

bool mention_kept_parse(struct span name, enum mention_kept *kept) {
    size_t index = name_find(kept_names, KEPT_COUNT, name);
    if (index < KEPT_COUNT) {
        *kept = (enum mention_kept)index;
    }
    return index < KEPT_COUNT;
}

const struct survey_scale survey_scales[SURVEY_COUNT] = {
    [SURVEY_NPS] = {"nps", 0, 10}, [SURVEY_CSAT] = {"csat", 1, 5}, [SURVEY_CES] = {"ces", 1, 7}};

double survey_normalise(enum survey_question question, double answer, double worst, double best) {
    const struct survey_scale *scale = &survey_scales[question];
    double low = worst < best ? worst : best;
    double high = worst < best ? best : worst;
    if (low >= high || !(answer >= low && answer <= high)) {
        return ANSWER_NONE;
    }
    return scale->worst + (answer - worst) / (best - worst) * (scale->best - scale->worst);
}

void item_init(struct item *item) {
    *item = (struct item){
        .published_ms = DATE_NONE,
        .updated_ms = DATE_NONE,
        .rating = RATING_NONE,
        .answers = {ANSWER_NONE, ANSWER_NONE, ANSWER_NONE},
        .engagement = {COUNT_NONE, COUNT_NONE, COUNT_NONE, COUNT_NONE, COUNT_NONE},
    };
}

double rating_normalise(double rating, double worst, double best) {
    if (best <= worst || rating < worst || rating > best) {
        return RATING_NONE;
    }
    /* One star is the worst that can be said on a 1..5 scale, and stays 1 of 5: only the top of
     * other scales is brought to 5, and their bottom to 1 where they start above 0. */
    double bottom = worst > 0 ? 1.0 : 0.0;
    return bottom + (rating - worst) / (best - worst) * (5.0 - bottom);
}

struct item *items_add(struct items *items) {
    items->list =
        arena_grow(items->arena, items->list, items->count, &items->capacity, sizeof *items->list);
    struct item *item = &items->list[items->count++];
    item_init(item);
    return item;
}

int64_t mention_time_ms(const struct mention *mention) {
    int64_t published = mention->item.published_ms;
    if (published == DATE_NONE || published > mention->fetched_ms + DAY_MS) {
        return mention->fetched_ms;
    }
    return published;
}

static int64_t count_or_zero(int64_t count) {
    return count == COUNT_NONE ? 0 : count;
}

int64_t mention_engagement(const struct mention *mention) {
    const struct engagement *said = &mention->item.engagement;
    return count_or_zero(said->likes) + count_or_zero(said->replies) + count_or_zero(said->shares);
}

const struct score *mention_feeling(const struct mention *mention) {
    return mention->brand_count > 0 ? &mention->brands[0].score : &mention->score;
}

int64_t mention_reach(const struct mention *mention) {
    const struct engagement *said = &mention->item.engagement;
    if (said->views != COUNT_NONE) {
        return said->views;
    }
    if (said->followers != COUNT_NONE) {
        return said->followers;
    }
    return 1 + mention_engagement(mention);
}
