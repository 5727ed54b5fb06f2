#include "store/series.h"

#include "store/meta.h"

struct row_key series_row(const struct series_key *key) {
    return (struct row_key){(uint64_t)day_bias(key->day) << 32 | key->brand,
                            (uint64_t)key->dimension << 56 | (uint64_t)key->member << 8 |
                                key->half};
}

struct series_key series_row_key(struct row_key row) {
    return (struct series_key){.brand = (uint32_t)row.high,
                               .dimension = (enum series_dimension)(row.low >> 56),
                               .member = (uint32_t)(row.low >> 8),
                               .day = day_unbias((uint32_t)(row.high >> 32)),
                               .half = (unsigned)(row.low & 0xFF)};
}

/* --- Counters --------------------------------------------------------------------------------- */

void counts_add(struct counts *counts, const struct counts *more, int sign) {
    for (size_t i = 0; i < COUNT_COUNT; i++) {
        /* Unsigned, since a damaged value may hold anything. */
        counts->of[i] =
            (int64_t)((uint64_t)counts->of[i] + (uint64_t)more->of[i] * (uint64_t)(int64_t)sign);
    }
}

static const enum count count_of_label[LABEL_COUNT] = {
    [LABEL_UNSURE] = COUNT_UNSURE,
    [LABEL_NEGATIVE] = COUNT_NEGATIVE,
    [LABEL_NEUTRAL] = COUNT_NEUTRAL,
    [LABEL_POSITIVE] = COUNT_POSITIVE,
};

/* One mention, in the units of its counters. */
struct one {
    enum label label;
    bool first; /* of its story */
    int64_t score;
    int64_t rating; /* negative = none */
    int64_t answers[SURVEY_COUNT];
    int64_t reach;
    int64_t engagement;
};

/* Classes as their inventors drew them: Reichheld 2003 for promoters and detractors. */
#define PROMOTER_LEAST (9 * ANSWER_UNITS)
#define DETRACTOR_BELOW (7 * ANSWER_UNITS)
#define SATISFIED_LEAST (4 * ANSWER_UNITS)

static void count_answers(const struct one *one, struct counts *counts) {
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (one->answers[i] >= 0) {
            counts->of[COUNT_ANSWERS + i] = 1;
            counts->of[COUNT_ANSWER_SUMS + i] = one->answers[i];
            counts->of[COUNT_ANSWER_SQUARES + i] = one->answers[i] * one->answers[i];
        }
    }
    int64_t recommends = one->answers[SURVEY_NPS];
    counts->of[COUNT_PROMOTERS] = recommends >= PROMOTER_LEAST;
    counts->of[COUNT_DETRACTORS] = recommends >= 0 && recommends < DETRACTOR_BELOW;
    counts->of[COUNT_SATISFIED] = one->answers[SURVEY_CSAT] >= SATISFIED_LEAST;
}

static struct counts counts_of_one(const struct one *one) {
    struct counts counts = {{0}};
    counts.of[COUNT_MENTIONS] = 1;
    counts.of[count_of_label[one->label]] = 1;
    counts.of[COUNT_SUM] = one->score;
    counts.of[COUNT_SQUARES] = one->score * one->score;
    if (one->rating >= 0) {
        counts.of[COUNT_RATINGS] = 1;
        counts.of[COUNT_RATING_SUM] = one->rating;
        counts.of[COUNT_RATING_SQUARES] = one->rating * one->rating;
    }
    count_answers(one, &counts);
    counts.of[COUNT_REACH] = one->reach;
    counts.of[COUNT_ENGAGEMENT] = one->engagement;
    counts.of[COUNT_STORIES] = one->first;
    return counts;
}

/* The mention that alone would count so. Of other counts, nothing sensible. */
static struct one one_of(const struct counts *counts) {
    struct one one = {.first = counts->of[COUNT_STORIES] != 0,
                      .score = counts->of[COUNT_SUM],
                      .rating = counts->of[COUNT_RATINGS] != 0 ? counts->of[COUNT_RATING_SUM] : -1,
                      .reach = counts->of[COUNT_REACH],
                      .engagement = counts->of[COUNT_ENGAGEMENT]};
    for (enum label label = LABEL_UNSURE; label < LABEL_COUNT; label++) {
        one.label = counts->of[count_of_label[label]] != 0 ? label : one.label;
    }
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        one.answers[i] =
            counts->of[COUNT_ANSWERS + i] != 0 ? counts->of[COUNT_ANSWER_SUMS + i] : -1;
    }
    return one;
}

/* --- As bytes --------------------------------------------------------------------------------- */

enum one_flag { /* stored */
                ONE = 1,
                ONE_LABEL = 2, /* two bits */
                ONE_FIRST = 8,
                ONE_RATED = 16,
                ONE_ANSWERS = 32,
                ONE_PLAIN_REACH = 64,
};

static unsigned answer_set(const struct one *one) {
    unsigned set = 0;
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        set |= one->answers[i] >= 0 ? 1u << i : 0u;
    }
    return set;
}

static void one_pack(struct packer *packer, const struct one *one) {
    unsigned answers = answer_set(one);
    bool plain = one->reach == 1 + one->engagement;
    pack_u8(packer, ONE | (unsigned)one->label * ONE_LABEL | (one->first ? ONE_FIRST : 0u) |
                        (one->rating >= 0 ? ONE_RATED : 0u) | (answers != 0 ? ONE_ANSWERS : 0u) |
                        (plain ? ONE_PLAIN_REACH : 0u));
    pack_big(packer, (uint64_t)one->score, 2);
    pack_varint(packer, (uint64_t)one->engagement);
    if (!plain) {
        pack_varint(packer, (uint64_t)one->reach);
    }
    if (one->rating >= 0) {
        pack_big(packer, (uint64_t)one->rating, 2);
    }
    if (answers != 0) {
        pack_u8(packer, answers);
    }
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        if ((answers >> i & 1) != 0) {
            pack_big(packer, (uint64_t)one->answers[i], 2);
        }
    }
}

static struct one one_unpack(struct unpacker *unpacker) {
    unsigned flags = unpack_u8(unpacker);
    struct one one = {.label = (enum label)(flags / ONE_LABEL % LABEL_COUNT),
                      .first = (flags & ONE_FIRST) != 0};
    one.score = (int16_t)unpack_big(unpacker, 2);
    one.engagement = (int64_t)unpack_varint(unpacker);
    one.reach = (flags & ONE_PLAIN_REACH) != 0 ? (int64_t)((uint64_t)one.engagement + 1)
                                               : (int64_t)unpack_varint(unpacker);
    one.rating = (flags & ONE_RATED) != 0 ? (int64_t)unpack_big(unpacker, 2) : -1;
    unsigned answers = (flags & ONE_ANSWERS) != 0 ? unpack_u8(unpacker) : 0;
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        one.answers[i] = (answers >> i & 1) != 0 ? (int64_t)unpack_big(unpacker, 2) : -1;
    }
    return one;
}

/* Whether these are the counts of one mention that can be written as one. */
static bool counts_are_one(const struct counts *counts, struct one *one) {
    if (counts->of[COUNT_MENTIONS] != 1) {
        return false;
    }
    *one = one_of(counts);
    struct counts again = counts_of_one(one);
    return memcmp(&again, counts, sizeof again) == 0 && one->score == (int16_t)one->score &&
           one->rating <= UINT16_MAX;
}

/* What of the counters says nothing new is 0 (and back, with the other sign). Unsigned, as above. */
static void counts_reduce(struct counts *counts, int sign) {
    uint64_t by = (uint64_t)(int64_t)sign;
    uint64_t mentions = (uint64_t)counts->of[COUNT_MENTIONS];
    uint64_t plain = mentions + (uint64_t)counts->of[COUNT_ENGAGEMENT];
    counts->of[COUNT_REACH] = (int64_t)((uint64_t)counts->of[COUNT_REACH] - by * plain);
    counts->of[COUNT_STORIES] = (int64_t)((uint64_t)counts->of[COUNT_STORIES] - by * mentions);
}

struct span counts_pack(const struct counts *counts, uint8_t *bytes) {
    struct packer packer = packer_make(bytes, ROW_VALUE_MAX);
    struct counts reduced = *counts;
    struct one one;
    uint64_t present = 0;
    if (counts_are_one(counts, &one)) {
        one_pack(&packer, &one);
        return packer_span(&packer);
    }
    counts_reduce(&reduced, 1);
    for (unsigned i = COUNT_MENTIONS + 1; i < COUNT_COUNT; i++) {
        present |= reduced.of[i] != 0 ? (uint64_t)1 << i : 0;
    }
    if (present != 0) {
        pack_varint(&packer, present);
    }
    for (size_t i = COUNT_MENTIONS + 1; i < COUNT_COUNT; i++) {
        if (reduced.of[i] != 0) {
            pack_signed(&packer, reduced.of[i]);
        }
    }
    return packer_span(&packer);
}

bool counts_unpack(struct span bytes, struct counts *counts) {
    struct unpacker unpacker = unpacker_make(bytes);
    *counts = (struct counts){{0}};
    if (bytes.size > 0 && (bytes.data[0] & ONE) != 0) {
        struct one one = one_unpack(&unpacker);
        *counts = counts_of_one(&one);
        return unpacker_is_done(&unpacker);
    }
    uint64_t present = bytes.size == 0 ? 0 : unpack_varint(&unpacker);
    if (present >> COUNT_COUNT != 0) {
        return false;
    }
    for (uint64_t left = present; left != 0; left &= left - 1) {
        counts->of[__builtin_ctzll(left)] = unpack_signed(&unpacker);
    }
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        counts->of[COUNT_MENTIONS] = (int64_t)((uint64_t)counts->of[COUNT_MENTIONS] +
                                               (uint64_t)counts->of[count_of_label[i]]);
    }
    counts_reduce(counts, -1);
    return unpacker_is_done(&unpacker);
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

static uint32_t member_of(uint32_t number) {
    return number > LIMIT_SERIES_MEMBERS ? SERIES_OTHER : number;
}

static bool member_find(struct transaction *transaction, enum name_kind kind, struct span name,
                        uint32_t *member) {
    uint32_t number = 0;
    bool found = name_find(transaction, kind, name, &number);
    bool other = !found && span_equal(name, SERIES_OTHER_NAME);
    *member = other ? SERIES_OTHER : member_of(number);
    return found || other;
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
        return member_find(transaction, NAME_SOURCE, member, number);
    case SERIES_TOPIC:
        return member_find(transaction, NAME_TOPIC, member, number);
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
    bool named = dimension == SERIES_SOURCE || dimension == SERIES_TOPIC;
    if (named && number == SERIES_OTHER) {
        return SERIES_OTHER_NAME;
    }
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

struct counts counts_of(const struct mention *mention, const struct score *score) {
    struct one one = {.label = score->label,
                      .first = mention->cluster == mention->sequence,
                      .score = score_units(score->value),
                      .rating = mention->item.rating >= 0 ? rating_units(mention->item.rating) : -1,
                      .reach = mention_reach(mention),
                      .engagement = mention_engagement(mention)};
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        double answer = mention->item.answers[i];
        one.answers[i] = answer >= 0 ? answer_units(answer) : -1;
    }
    return counts_of_one(&one);
}

static size_t topics_of(const struct record *record, uint32_t *members) {
    size_t count = 0;
    bool other = false;
    for (size_t i = 0; i < record->mention.topic_count; i++) {
        uint32_t member = member_of(record->topics[i]);
        if (member != 0 && !(other && member == SERIES_OTHER)) {
            members[count++] = member;
        }
        other = other || member == SERIES_OTHER;
    }
    return count;
}

size_t series_members(const struct record *record, enum series_dimension dimension,
                      const struct score *score, uint32_t members[SERIES_MEMBERS_MOST]) {
    const struct mention *mention = &record->mention;
    members[0] = 0;
    switch (dimension) {
    case SERIES_SOURCE:
        members[0] = member_of(record->source);
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
    while (member_of(record->topics[at]) != topic) {
        at++;
    }
    return &record->mention.topics[at].score;
}

struct spreading { /* one mention on its way into its counters */
    const struct record *record;
    contribution_visitor *visit;
    void *context;
    struct contribution contribution; /* brand, time and counts in place */
};

/* Of all mentions of a brand. */
static void spread_all(struct spreading *spreading) {
    struct series_key *key = &spreading->contribution.key;
    unsigned half = key->half;
    key->dimension = SERIES_ALL;
    key->member = 0;
    spreading->visit(spreading->context, &spreading->contribution);
    key->half = DAY_WHOLE;
    spreading->visit(spreading->context, &spreading->contribution);
    key->half = half;
}

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
    spread_all(spreading);
    spread(spreading, SERIES_SOURCE, member_of(spreading->record->source));
}

static void spread_brand(struct spreading *spreading, const struct brand_mention *brand) {
    const struct record *record = spreading->record;
    const struct mention *mention = &record->mention;
    spreading->contribution.key.brand = brand->brand;
    spreading->contribution.counts = counts_of(mention, &brand->score);
    spread_all(spreading);
    spread(spreading, SERIES_SOURCE, member_of(record->source));
    spread(spreading, SERIES_CHANNEL, mention->channel);
    spread(spreading, SERIES_STAGE, mention->stage);
    spread(spreading, SERIES_LABEL, brand->score.label);
    if (mention->language.size > 0) {
        spread(spreading, SERIES_LANGUAGE, code_number(mention->language));
    }
    if (mention->item.country.size == 2) {
        spread(spreading, SERIES_COUNTRY, code_number(mention->item.country));
    }
    uint32_t topics[SERIES_MEMBERS_MOST];
    size_t count = topics_of(record, topics);
    for (size_t i = 0; i < count; i++) {
        spreading->contribution.counts = counts_of(mention, series_topic_score(record, topics[i]));
        spread(spreading, SERIES_TOPIC, topics[i]);
    }
}

void series_contributions(const struct record *record, contribution_visitor *visit, void *context) {
    int64_t time_ms = moment_unbias(moment_bias(mention_time_ms(&record->mention)));
    struct spreading spreading = {.record = record, .visit = visit, .context = context};
    spreading.contribution.key.day = date_day_number(time_ms);
    spreading.contribution.key.half =
        (unsigned)((time_ms - date_day_start(time_ms)) / HALF_HOUR_MS);
    spread_activity(&spreading, BRAND_ANY);
    if (record->mention.brand_count == 0) {
        spread_activity(&spreading, BRAND_NONE);
    }
    for (size_t i = 0; i < record->mention.brand_count; i++) {
        spread_brand(&spreading, &record->mention.brands[i]);
    }
}

/* --- Reading ---------------------------------------------------------------------------------- */

struct series_reading {
    struct transaction *transaction;
    series_visitor *visit;
    void *context;
    bool whole; /* days, not half hours */
    int64_t since_ms;
    int64_t until_ms;
};

static bool row_visit(void *context, struct row_key row, struct span value) {
    const struct series_reading *reading = context;
    struct series_key key = series_row_key(row);
    struct counts counts;
    int64_t time_ms = series_time_ms(&key);
    int64_t length_ms = key.half == DAY_WHOLE ? DAY_MS : HALF_HOUR_MS;
    if (key.half > DAY_WHOLE || !counts_unpack(value, &counts)) {
        transaction_fail(reading->transaction, MDB_CORRUPTED);
        return false;
    }
    bool meant = (key.half == DAY_WHOLE) == reading->whole;
    if (meant && time_ms + length_ms > reading->since_ms && time_ms < reading->until_ms) {
        reading->visit(reading->context, &key, &counts);
    }
    return true;
}

void series_visit(struct transaction *transaction, enum table table, const struct series_key *of,
                  int64_t since_ms, int64_t until_ms, series_visitor *visit, void *context) {
    bool whole = of->half == DAY_WHOLE;
    struct series_reading reading = {transaction, visit, context, whole, since_ms, until_ms};
    struct series_key key = *of;
    struct row_key next = {0, 0};
    struct cursor cursor;
    bool more = until_ms > since_ms;
    key.day = date_day_number(since_ms);
    cursor_open(&cursor, transaction, table);
    while (more && key.day <= date_day_number(until_ms - 1)) {
        key.half = whole ? DAY_WHOLE : 0;
        key.member = of->member == SERIES_EVERY ? 0 : of->member;
        struct row_key first = series_row(&key);
        key.half = whole ? DAY_WHOLE : DAY_HALVES - 1;
        key.member = of->member;
        more = rows_visit(&cursor, first, series_row(&key), row_visit, &reading, &next);
        int32_t day = series_row_key(next).day; /* days without anything are leapt over */
        key.day = day > key.day ? day : key.day + 1;
    }
    cursor_close(&cursor);
}
