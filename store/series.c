#include "store/series.h"

#include "store/meta.h"

struct key series_key_make(const struct series_key *series_key) {
    struct key key = key_make();
    key_add(&key, day_bias(series_key->day), 4);
    key_add(&key, series_key->brand, 4);
    key_add(&key, series_key->dimension, 1);
    key_add(&key, series_key->member, 4);
    return key;
}

bool series_key_read(struct span key, struct series_key *series_key) {
    struct unpacker unpacker = unpacker_make(key);
    series_key->day = day_unbias((uint32_t)unpack_big(&unpacker, 4));
    series_key->brand = (uint32_t)unpack_big(&unpacker, 4);
    series_key->dimension = (enum series_dimension)unpack_u8(&unpacker);
    series_key->member = (uint32_t)unpack_big(&unpacker, 4);
    return unpacker_is_done(&unpacker);
}

void counts_add(struct counts *counts, const struct counts *more, int sign) {
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        /* Unsigned, since a damaged value may hold anything. */
        counts->of[i] =
            (int64_t)((uint64_t)counts->of[i] + (uint64_t)more->of[i] * (uint64_t)(int64_t)sign);
    }
}

static void unpack_counts(struct unpacker *unpacker, struct counts *counts) {
    *counts = (struct counts){{0}};
    unsigned present = (unsigned)unpack_big(unpacker, 2);
    for (unsigned i = 0; i < COUNT_COUNT; i++) {
        if ((present >> i & 1) != 0) {
            counts->of[i] = unpack_signed(unpacker);
        }
    }
}

bool series_day_read(struct span value, struct series_day *day) {
    *day = (struct series_day){0};
    struct unpacker unpacker = unpacker_make(value);
    unsigned hours = (unsigned)unpack_big(&unpacker, 3);
    struct counts total;
    if ((hours & (hours - 1)) != 0) {
        unpack_counts(&unpacker, &total);
    }
    for (unsigned hour = 0; hour < DAY_HOURS; hour++) {
        if ((hours >> hour & 1) != 0) {
            unpack_counts(&unpacker, &day->hours[hour]);
        }
    }
    return unpacker_is_done(&unpacker);
}

bool series_total_read(struct span value, struct counts *total) {
    struct unpacker unpacker = unpacker_make(value);
    unpack_big(&unpacker, 3);
    unpack_counts(&unpacker, total); /* of the day, or of its only hour */
    return !unpacker.bad;
}

/* --- Members ---------------------------------------------------------------------------------- */

/* A short code as a number: "en" -> 0x656E. Longer ones are cut before their region ("pt-BR"). */
static uint32_t code_number(struct span code) {
    uint32_t number = 0;
    for (size_t i = 0; i < code.size && i < 4 && code.data[i] != '-'; i++) {
        number = number << 8 | (uint8_t)code.data[i];
    }
    return number;
}

static struct span code_text(uint32_t number, struct arena *arena) {
    char text[4];
    size_t size = 0;
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        char byte = (char)(number >> (shift - 8) & 0xFF);
        if (byte != '\0') {
            text[size++] = byte;
        }
    }
    return arena_copy(arena, (struct span){text, size});
}

bool series_member_number(struct transaction *transaction, enum series_dimension dimension,
                          struct span member, uint32_t *number) {
    enum channel channel = CHANNEL_UNKNOWN;
    enum stage stage = STAGE_UNKNOWN;
    enum label label = LABEL_UNSURE;
    bool known = true;
    *number = 0;
    switch (dimension) {
    case SERIES_ALL:
        break;
    case SERIES_SOURCE:
        return name_find(transaction, NAME_SOURCE, member, number);
    case SERIES_TOPIC:
        return name_find(transaction, NAME_TOPIC, member, number);
    case SERIES_LANGUAGE:
    case SERIES_COUNTRY:
        *number = code_number(member);
        break;
    case SERIES_CHANNEL:
        known = channel_parse(member, &channel);
        *number = channel;
        break;
    case SERIES_STAGE:
        known = stage_parse(member, &stage);
        *number = stage;
        break;
    case SERIES_LABEL:
        known = label_parse(member, &label);
        *number = label;
        break;
    }
    return known;
}

struct span series_member_name(struct transaction *transaction, enum series_dimension dimension,
                               uint32_t number, struct arena *arena) {
    switch (dimension) {
    case SERIES_SOURCE:
        return name_text(transaction, NAME_SOURCE, number, arena);
    case SERIES_TOPIC:
        return name_text(transaction, NAME_TOPIC, number, arena);
    case SERIES_LANGUAGE:
    case SERIES_COUNTRY:
        return code_text(number, arena);
    case SERIES_CHANNEL:
        return span_of(channel_name((enum channel)number));
    case SERIES_STAGE:
        return span_of(stage_name((enum stage)number));
    case SERIES_LABEL:
        return span_of(label_name((enum label)number));
    case SERIES_ALL:
        break;
    }
    return SPAN("");
}

/* --- What a mention contributes --------------------------------------------------------------- */

static struct counts counts_of(const struct mention *mention, const struct score *score) {
    static const enum count by_label[LABEL_COUNT] = {
        [LABEL_UNSURE] = COUNT_UNSURE,
        [LABEL_NEGATIVE] = COUNT_NEGATIVE,
        [LABEL_NEUTRAL] = COUNT_NEUTRAL,
        [LABEL_POSITIVE] = COUNT_POSITIVE,
    };
    struct counts counts = {{0}};
    int64_t units = score_units(score->value);
    counts.of[COUNT_MENTIONS] = 1;
    counts.of[by_label[score->label]] = 1;
    counts.of[COUNT_SUM] = units;
    counts.of[COUNT_SQUARES] = units * units;
    if (mention->item.rating >= 0) {
        counts.of[COUNT_RATINGS] = 1;
        counts.of[COUNT_RATING_SUM] = rating_units(mention->item.rating);
    }
    counts.of[COUNT_REACH] = mention_reach(mention);
    counts.of[COUNT_ENGAGEMENT] = mention_engagement(mention);
    counts.of[COUNT_STORIES] = mention->cluster == mention->sequence;
    return counts;
}

static size_t topics_of(const struct record *record, uint32_t *members) {
    size_t count = 0;
    for (size_t i = 0; i < record->mention.topic_count; i++) {
        if (record->topics[i] != 0) {
            members[count++] = record->topics[i];
        }
    }
    return count;
}

size_t series_members(const struct record *record, enum series_dimension dimension,
                      const struct score *score, uint32_t members[SERIES_MEMBERS_MOST]) {
    const struct mention *mention = &record->mention;
    members[0] = 0;
    switch (dimension) {
    case SERIES_SOURCE:
        members[0] = record->source;
        return 1;
    case SERIES_CHANNEL:
        members[0] = mention->channel;
        return 1;
    case SERIES_STAGE:
        members[0] = mention->stage;
        return 1;
    case SERIES_LABEL:
        members[0] = score->label;
        return 1;
    case SERIES_LANGUAGE:
        members[0] = code_number(mention->language);
        return mention->language.size > 0;
    case SERIES_COUNTRY:
        members[0] = code_number(mention->item.country);
        return mention->item.country.size == 2;
    case SERIES_TOPIC:
        return topics_of(record, members);
    case SERIES_ALL:
        break;
    }
    return 1;
}

const struct score *series_topic_score(const struct record *record, uint32_t topic) {
    size_t at = 0;
    while (record->topics[at] != topic) {
        at++;
    }
    return &record->mention.topics[at].score;
}

struct spreading { /* one mention on its way into its counters */
    const struct record *record;
    contribution_visitor *visit;
    void *context;
    struct contribution contribution; /* brand, day, hour and counts in place */
};

static void spread(struct spreading *spreading, enum series_dimension dimension, uint32_t member) {
    spreading->contribution.key.dimension = dimension;
    spreading->contribution.key.member = member;
    spreading->visit(spreading->context, &spreading->contribution);
}

/* Overall activity: for every mention under BRAND_ANY, for unmatched ones under BRAND_NONE. */
static void spread_activity(struct spreading *spreading, uint32_t brand) {
    const struct mention *mention = &spreading->record->mention;
    spreading->contribution.key.brand = brand;
    spreading->contribution.counts = counts_of(mention, &mention->score);
    spread(spreading, SERIES_ALL, 0);
    spread(spreading, SERIES_SOURCE, spreading->record->source);
}

static void spread_brand(struct spreading *spreading, const struct brand_mention *brand) {
    const struct record *record = spreading->record;
    const struct mention *mention = &record->mention;
    spreading->contribution.key.brand = brand->brand;
    spreading->contribution.counts = counts_of(mention, &brand->score);
    spread(spreading, SERIES_ALL, 0);
    spread(spreading, SERIES_SOURCE, record->source);
    spread(spreading, SERIES_CHANNEL, mention->channel);
    spread(spreading, SERIES_STAGE, mention->stage);
    spread(spreading, SERIES_LABEL, brand->score.label);
    if (mention->language.size > 0) {
        spread(spreading, SERIES_LANGUAGE, code_number(mention->language));
    }
    if (mention->item.country.size == 2) {
        spread(spreading, SERIES_COUNTRY, code_number(mention->item.country));
    }
    for (size_t i = 0; i < mention->topic_count; i++) {
        if (record->topics[i] != 0) {
            spreading->contribution.counts = counts_of(mention, &mention->topics[i].score);
            spread(spreading, SERIES_TOPIC, record->topics[i]);
        }
    }
}

void series_contributions(const struct record *record, contribution_visitor *visit, void *context) {
    int64_t time_ms = moment_unbias(moment_bias(mention_time_ms(&record->mention)));
    struct spreading spreading = {.record = record, .visit = visit, .context = context};
    spreading.contribution.key.day = date_day_number(time_ms);
    spreading.contribution.hour = (int)((time_ms - date_day_start(time_ms)) / HOUR_MS);
    spread_activity(&spreading, BRAND_ANY);
    if (record->mention.brand_count == 0) {
        spread_activity(&spreading, BRAND_NONE);
    }
    for (size_t i = 0; i < record->mention.brand_count; i++) {
        spread_brand(&spreading, &record->mention.brands[i]);
    }
}
