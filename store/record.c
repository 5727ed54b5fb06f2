#include "store/record.h"

#include "base/hash.h"
#include "store/pack.h"
#include "store/work.h"

#include <math.h>
#include <stdlib.h>

#define RECORD_VERSION 1u
#define CHECKSUM_AT 1
#define CHECKED_AT 5

/* Counts above this are nonsense; below, the sums of a million mentions stay within 64 bits. */
#define COUNT_MAX ((int64_t)1 << 40)

enum record_flag {
    FLAG_ID = 1,
    FLAG_PUBLISHED = 2,
    FLAG_UPDATED = 4,
    FLAG_RATING = 8,
    FLAG_LIKES = 16,   /* and the four after it, in the order of struct engagement */
    FLAG_ANSWER = 512, /* and the two after it, in the order of enum survey_question */
    FLAG_WORK = 4096,
    FLAG_KEPT = 8192, /* times enum mention_kept: two bits */
    FLAG_SQUEEZED = 32768,
};
#define FLAG_KEPT_MASK 3u
#define ENGAGEMENT_COUNT 5

static void engagement_list(struct engagement *engagement, int64_t *list[ENGAGEMENT_COUNT]) {
    list[0] = &engagement->likes;
    list[1] = &engagement->replies;
    list[2] = &engagement->shares;
    list[3] = &engagement->views;
    list[4] = &engagement->followers;
}

#define TEXT_COUNT 9
static const size_t text_limits[TEXT_COUNT] = {LIMIT_FIELD, LIMIT_URL,   LIMIT_TITLE,
                                               LIMIT_TEXT,  LIMIT_FIELD, LIMIT_FIELD,
                                               LIMIT_FIELD, LIMIT_FIELD, LIMIT_FIELD};

#define TEXTS_SIZE_MAX                                                                             \
    (LIMIT_URL + LIMIT_TITLE + LIMIT_TEXT + 7 * LIMIT_FIELD + (TEXT_COUNT + 1) * VARINT_MAX)

/* The texts of an item in the order they are stored; `site` and `parent` included. */
static void text_list(struct item *item, struct span *list[TEXT_COUNT]) {
    list[0] = &item->id;
    list[1] = &item->url;
    list[2] = &item->title;
    list[3] = &item->text;
    list[4] = &item->author;
    list[5] = &item->author_id;
    list[6] = &item->language;
    list[7] = &item->country;
    list[8] = &item->parent;
}

int64_t score_units(double score) {
    if (!isfinite(score)) {
        return 0;
    }
    double clamped = score < -1 ? -1 : score > 1 ? 1 : score;
    return llround(clamped * SCORE_UNITS);
}

int64_t rating_units(double rating) {
    return llround((rating > 5 ? 5 : rating) * RATING_UNITS);
}

int64_t answer_units(double answer) {
    return llround(answer * ANSWER_UNITS);
}

/* What is not on its scale is no answer. */
static void answers_normalise(double *answers) {
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        const struct survey_scale *scale = &survey_scales[i];
        bool sound = answers[i] >= scale->worst && answers[i] <= scale->best;
        answers[i] = sound ? (double)answer_units(answers[i]) / ANSWER_UNITS : ANSWER_NONE;
    }
}

void score_normalise(struct score *score) {
    int64_t value = score_units(score->value);
    int64_t confidence = score_units(score->confidence);
    score->value = (double)value / SCORE_UNITS;
    score->confidence = confidence < 0 ? 0 : (double)confidence / SCORE_UNITS;
    score->label = score->label < LABEL_COUNT ? score->label : LABEL_UNSURE;
}

static void moment_normalise(int64_t *ms) {
    *ms = moment_is_sound(*ms) ? *ms : DATE_NONE;
}

static int brand_compare(const void *left, const void *right) {
    const struct brand_mention *a = left;
    const struct brand_mention *b = right;
    return (a->brand > b->brand) - (a->brand < b->brand);
}

/* Sorted by number; of two with the same number the first stays. */
static void brands_normalise(struct mention *mention, struct arena *arena) {
    struct brand_mention *brands =
        ARENA_ARRAY(arena, struct brand_mention, mention->brand_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < mention->brand_count && count < LIMIT_MENTION_BRANDS; i++) {
        bool seen = false;
        for (size_t j = 0; j < count; j++) {
            seen = seen || brands[j].brand == mention->brands[i].brand;
        }
        if (!seen) {
            brands[count] = mention->brands[i];
            score_normalise(&brands[count].score);
            count++;
        }
    }
    if (count > 1) {
        qsort(brands, count, sizeof *brands, brand_compare);
    }
    mention->brands = brands;
    mention->brand_count = count;
}

static void topics_normalise(struct mention *mention, struct arena *arena) {
    size_t count =
        mention->topic_count < LIMIT_MENTION_TOPICS ? mention->topic_count : LIMIT_MENTION_TOPICS;
    struct topic_mention *topics = ARENA_ARRAY(arena, struct topic_mention, count + 1);
    for (size_t i = 0; i < count; i++) {
        topics[i] = mention->topics[i];
        score_normalise(&topics[i].score);
    }
    mention->topics = topics;
    mention->topic_count = count;
}

void item_normalise(struct item *item) {
    struct span *texts[TEXT_COUNT];
    text_list(item, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        *texts[i] = span_first_utf8(*texts[i], text_limits[i]);
    }
    item->site = span_first_utf8(item->site, LIMIT_FIELD);
}

void record_normalise(struct record *record, struct arena *arena) {
    struct mention *mention = &record->mention;
    item_normalise(&mention->item);
    mention->language = span_first_utf8(mention->language, LIMIT_FIELD);
    int64_t *counts[ENGAGEMENT_COUNT];
    engagement_list(&mention->item.engagement, counts);
    for (size_t i = 0; i < ENGAGEMENT_COUNT; i++) {
        *counts[i] = *counts[i] < 0 ? COUNT_NONE : *counts[i];
        *counts[i] = *counts[i] > COUNT_MAX ? COUNT_MAX : *counts[i];
    }
    moment_normalise(&mention->item.published_ms);
    moment_normalise(&mention->item.updated_ms);
    mention->fetched_ms = moment_unbias(moment_bias(mention->fetched_ms));
    double rating = mention->item.rating;
    mention->item.rating =
        isfinite(rating) && rating >= 0 ? (double)rating_units(rating) / RATING_UNITS : RATING_NONE;
    answers_normalise(mention->item.answers);
    mention->channel = mention->channel < CHANNEL_COUNT ? mention->channel : CHANNEL_UNKNOWN;
    mention->stage = mention->stage < STAGE_COUNT ? mention->stage : STAGE_UNKNOWN;
    mention->kept = mention->kept < KEPT_COUNT ? mention->kept : KEPT_WHOLE;
    score_normalise(&mention->score);
    brands_normalise(mention, arena);
    topics_normalise(mention, arena);
    work_normalise(mention, arena);
    record->has_id = record->has_id || mention->item.id.size > 0;
}

/* The first words of a text, and a sign that there were more. */
static struct span text_excerpt(struct span text, struct arena *arena) {
    size_t room = text.size / 2 < LIMIT_EXCERPT ? text.size / 2 : LIMIT_EXCERPT;
    struct span begin = span_first_utf8(text, room);
    size_t end = begin.size;
    while (end > 0 && !byte_is_space(begin.data[end - 1])) {
        end--;
    }
    begin = span_trim(span_first(begin, end > 0 ? end : begin.size)); /* one long word is broken */
    return text.size == 0 ? text : arena_print(arena, "%.*s\xE2\x80\xA6", SPAN_ARG(begin));
}

void record_cut(struct record *record, enum mention_kept kept, struct arena *arena) {
    struct mention *mention = &record->mention;
    if (mention->kept >= kept) {
        return;
    }
    mention->item.text = kept == KEPT_EXCERPT ? text_excerpt(mention->item.text, arena) : SPAN("");
    mention->item.title = kept == KEPT_EXCERPT ? mention->item.title : SPAN("");
    mention->kept = kept;
    record->squeezed = (struct span){NULL, 0};
    record_fingerprint(record);
}

static unsigned record_flags(const struct record *record) {
    struct item item = record->mention.item;
    unsigned flags = record->has_id ? FLAG_ID : 0;
    flags |= item.published_ms != DATE_NONE ? FLAG_PUBLISHED : 0u;
    flags |= item.updated_ms != DATE_NONE ? FLAG_UPDATED : 0u;
    if (record->state == RECORD_LIVE) {
        flags |= item.rating >= 0 ? FLAG_RATING : 0u;
        flags |= (unsigned)record->mention.kept * FLAG_KEPT;
        int64_t *counts[ENGAGEMENT_COUNT];
        engagement_list(&item.engagement, counts);
        for (unsigned i = 0; i < ENGAGEMENT_COUNT; i++) {
            flags |= *counts[i] != COUNT_NONE ? (unsigned)FLAG_LIKES << i : 0u;
        }
        for (unsigned i = 0; i < SURVEY_COUNT; i++) {
            flags |= item.answers[i] >= 0 ? (unsigned)FLAG_ANSWER << i : 0u;
        }
        flags |= record->mention.work != NULL ? FLAG_WORK : 0u;
    }
    return flags;
}

static size_t record_measure(const struct record *record) {
    struct item item = record->mention.item;
    struct span *texts[TEXT_COUNT];
    text_list(&item, texts);
    size_t size = 64 + VARINT_MAX * (16 + ENGAGEMENT_COUNT + SURVEY_COUNT + TEXT_COUNT);
    size += (record->mention.brand_count + record->mention.topic_count) * (3 * VARINT_MAX + 1);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        size += texts[i]->size;
    }
    size += record->mention.work != NULL ? work_measure(record->mention.work) : 0;
    return size + item.site.size + record->mention.language.size;
}

void pack_score(struct packer *packer, const struct score *score) {
    pack_signed(packer, score_units(score->value));
    pack_varint(packer, (uint64_t)score_units(score->confidence));
    pack_u8(packer, score->label);
}

struct score unpack_score(struct unpacker *unpacker) {
    struct score score;
    score.value = (double)unpack_signed(unpacker) / SCORE_UNITS;
    score.confidence = (double)unpack_varint(unpacker) / SCORE_UNITS;
    uint8_t label = unpack_u8(unpacker);
    unpacker->bad = unpacker->bad || label >= LABEL_COUNT;
    score.label = (enum label)label;
    return score;
}

static void pack_head(struct packer *packer, const struct record *record, unsigned flags) {
    const struct mention *mention = &record->mention;
    pack_u8(packer, RECORD_VERSION);
    pack_big(packer, 0, 4); /* the checksum, later */
    pack_u8(packer, record->state);
    pack_varint(packer, flags);
    pack_big(packer, record->exact, 8);
    pack_big(packer, record->author, 8);
    pack_varint(packer, record->source);
    pack_varint(packer, mention->sequence - mention->cluster);
    pack_signed(packer, mention->fetched_ms);
    if ((flags & FLAG_PUBLISHED) != 0) {
        pack_signed(packer, mention->item.published_ms);
    }
    if ((flags & FLAG_UPDATED) != 0) {
        pack_signed(packer, mention->item.updated_ms);
    }
}

static void pack_lists(struct packer *packer, const struct record *record) {
    const struct mention *mention = &record->mention;
    pack_varint(packer, mention->brand_count);
    for (size_t i = 0; i < mention->brand_count; i++) {
        pack_varint(packer, mention->brands[i].brand);
        pack_score(packer, &mention->brands[i].score);
    }
    pack_varint(packer, mention->topic_count);
    for (size_t i = 0; i < mention->topic_count; i++) {
        pack_varint(packer, record->topics[i]);
        pack_score(packer, &mention->topics[i].score);
    }
}

static void pack_texts(struct packer *packer, struct item *item) {
    struct span *texts[TEXT_COUNT];
    text_list(item, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        pack_text(packer, *texts[i]);
    }
    pack_text(packer, item->site);
}

static void pack_body(struct packer *packer, const struct record *record, unsigned flags) {
    const struct mention *mention = &record->mention;
    struct item item = mention->item;
    pack_u8(packer, mention->channel);
    pack_u8(packer, mention->stage);
    pack_text(packer, mention->language);
    pack_score(packer, &mention->score);
    if ((flags & FLAG_RATING) != 0) {
        pack_varint(packer, (uint64_t)rating_units(item.rating));
    }
    int64_t *counts[ENGAGEMENT_COUNT];
    engagement_list(&item.engagement, counts);
    for (unsigned i = 0; i < ENGAGEMENT_COUNT; i++) {
        if ((flags & (unsigned)FLAG_LIKES << i) != 0) {
            pack_varint(packer, (uint64_t)*counts[i]);
        }
    }
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        if ((flags & (unsigned)FLAG_ANSWER << i) != 0) {
            pack_varint(packer, (uint64_t)answer_units(item.answers[i]));
        }
    }
    pack_lists(packer, record);
    if ((flags & FLAG_SQUEEZED) != 0) {
        pack_varint(packer, record->squeezed_size);
        pack_text(packer, record->squeezed);
    } else {
        pack_texts(packer, &item);
    }
    if ((flags & FLAG_WORK) != 0) {
        work_pack(packer, mention->work);
    }
}

/* Bound to the sequence too: a record under another key is no good either. */
static uint32_t checksum(struct span bytes, uint64_t sequence) {
    return (uint32_t)hash_bytes_seeded(span_from(bytes, CHECKED_AT), sequence);
}

void record_squeeze(struct record *record, struct squeeze *squeeze, struct arena *arena) {
    struct packer packer = packer_in(arena, record_measure(record));
    struct item item = record->mention.item;
    pack_texts(&packer, &item);
    struct span texts = packer_span(&packer);
    record->squeezed_size = texts.size;
    if (!squeeze_pack(squeeze, texts, arena, &record->squeezed)) {
        record->squeezed = (struct span){NULL, 0};
    }
}

struct span record_encode(const struct record *record, struct squeeze *squeeze,
                          struct arena *arena) {
    struct record copy = *record;
    if (squeeze != NULL && record->state == RECORD_LIVE && record->squeezed.data == NULL) {
        record_squeeze(&copy, squeeze, arena);
    }
    struct packer packer = packer_in(arena, record_measure(record));
    unsigned flags = record_flags(record);
    flags |= squeeze != NULL && copy.squeezed.data != NULL ? FLAG_SQUEEZED : 0u;
    pack_head(&packer, record, flags);
    if (record->state == RECORD_LIVE) {
        pack_body(&packer, &copy, flags);
    }
    struct span bytes = packer_span(&packer);
    struct packer place = packer_make(packer.begin + CHECKSUM_AT, 4);
    pack_big(&place, checksum(bytes, record->mention.sequence), 4);
    return bytes;
}

static int64_t unpack_moment(struct unpacker *unpacker) {
    int64_t ms = unpack_signed(unpacker);
    unpacker->bad = unpacker->bad || !moment_is_sound(ms);
    return unpacker->bad ? 0 : ms;
}

/* Reads the head; `*flags` for the body. */
static void unpack_head(struct unpacker *unpacker, uint64_t sequence, struct record *record,
                        unsigned *flags) {
    struct mention *mention = &record->mention;
    unsigned version = unpack_u8(unpacker);
    unpack_big(unpacker, 4);
    uint8_t state = unpack_u8(unpacker);
    unpacker->bad = unpacker->bad || version != RECORD_VERSION || state > RECORD_PURGED;
    record->state = (enum record_state)state;
    *flags = (unsigned)unpack_varint(unpacker);
    record->has_id = (*flags & FLAG_ID) != 0;
    record->exact = unpack_big(unpacker, 8);
    record->author = unpack_big(unpacker, 8);
    record->source = (uint32_t)unpack_varint(unpacker);
    mention->sequence = sequence;
    mention->cluster = sequence - unpack_varint(unpacker);
    mention->fetched_ms = unpack_moment(unpacker);
    if ((*flags & FLAG_PUBLISHED) != 0) {
        mention->item.published_ms = unpack_moment(unpacker);
    }
    if ((*flags & FLAG_UPDATED) != 0) {
        mention->item.updated_ms = unpack_moment(unpacker);
    }
}

/* A count that was stored, or 0 and `bad`. */
static size_t unpack_count(struct unpacker *unpacker, size_t limit) {
    uint64_t count = unpack_varint(unpacker);
    unpacker->bad = unpacker->bad || count > limit;
    return unpacker->bad ? 0 : (size_t)count;
}

static void unpack_lists(struct unpacker *unpacker, struct arena *arena, struct record *record) {
    struct mention *mention = &record->mention;
    mention->brand_count = unpack_count(unpacker, LIMIT_MENTION_BRANDS);
    mention->brands = ARENA_ARRAY(arena, struct brand_mention, mention->brand_count);
    for (size_t i = 0; i < mention->brand_count; i++) {
        mention->brands[i].brand = (uint32_t)unpack_varint(unpacker);
        mention->brands[i].score = unpack_score(unpacker);
    }
    mention->topic_count = unpack_count(unpacker, LIMIT_MENTION_TOPICS);
    mention->topics = ARENA_ARRAY(arena, struct topic_mention, mention->topic_count);
    for (size_t i = 0; i < mention->topic_count; i++) {
        record->topics[i] = (uint32_t)unpack_varint(unpacker);
        mention->topics[i].score = unpack_score(unpacker);
    }
}

static void unpack_answers(struct unpacker *unpacker, double *answers, unsigned flags) {
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        if ((flags & (unsigned)FLAG_ANSWER << i) != 0) {
            answers[i] = (double)unpack_varint(unpacker) / ANSWER_UNITS;
        }
    }
}

static void unpack_texts(struct unpacker *unpacker, struct item *item) {
    struct span *texts[TEXT_COUNT];
    text_list(item, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        *texts[i] = unpack_text(unpacker);
    }
    item->site = unpack_text(unpacker);
}

static void unpack_squeezed(struct unpacker *unpacker, struct squeeze *squeeze, struct arena *arena,
                            struct item *item) {
    uint64_t size = unpack_varint(unpacker);
    struct span packed = unpack_text(unpacker);
    struct span texts;
    if (unpacker->bad || squeeze == NULL || size > TEXTS_SIZE_MAX ||
        !squeeze_unpack(squeeze, packed, (size_t)size, arena, &texts)) {
        unpacker->bad = true;
        return;
    }
    struct unpacker inner = unpacker_make(texts);
    unpack_texts(&inner, item);
    unpacker->bad = !unpacker_is_done(&inner);
}

static void unpack_body(struct unpacker *unpacker, struct squeeze *squeeze, struct arena *arena,
                        struct record *record, unsigned flags) {
    struct mention *mention = &record->mention;
    uint8_t channel = unpack_u8(unpacker);
    uint8_t stage = unpack_u8(unpacker);
    unsigned kept = flags / FLAG_KEPT & FLAG_KEPT_MASK;
    unpacker->bad =
        unpacker->bad || channel >= CHANNEL_COUNT || stage >= STAGE_COUNT || kept >= KEPT_COUNT;
    mention->kept = (enum mention_kept)kept;
    mention->channel = (enum channel)channel;
    mention->stage = (enum stage)stage;
    mention->language = unpack_text(unpacker);
    mention->score = unpack_score(unpacker);
    if ((flags & FLAG_RATING) != 0) {
        mention->item.rating = (double)unpack_varint(unpacker) / RATING_UNITS;
    }
    int64_t *counts[ENGAGEMENT_COUNT];
    engagement_list(&mention->item.engagement, counts);
    for (unsigned i = 0; i < ENGAGEMENT_COUNT; i++) {
        if ((flags & (unsigned)FLAG_LIKES << i) != 0) {
            uint64_t count = unpack_varint(unpacker);
            unpacker->bad = unpacker->bad || count > (uint64_t)COUNT_MAX;
            *counts[i] = unpacker->bad ? 0 : (int64_t)count;
        }
    }
    unpack_answers(unpacker, mention->item.answers, flags);
    unpack_lists(unpacker, arena, record);
    if ((flags & FLAG_SQUEEZED) != 0) {
        unpack_squeezed(unpacker, squeeze, arena, &mention->item);
    } else {
        unpack_texts(unpacker, &mention->item);
    }
    if ((flags & FLAG_WORK) != 0) {
        mention->work = work_unpack(unpacker, arena);
    }
}

bool record_decode(struct span bytes, uint64_t sequence, struct squeeze *squeeze,
                   struct arena *arena, struct record *record) {
    *record = (struct record){0};
    item_init(&record->mention.item);
    struct unpacker stored = unpacker_make(span_from(bytes, CHECKSUM_AT));
    if (bytes.size <= CHECKED_AT || unpack_big(&stored, 4) != checksum(bytes, sequence)) {
        return false;
    }
    struct unpacker unpacker = unpacker_make(bytes);
    unsigned flags = 0;
    unpack_head(&unpacker, sequence, record, &flags);
    if (record->state == RECORD_LIVE) {
        unpack_body(&unpacker, squeeze, arena, record, flags);
    }
    return unpacker_is_done(&unpacker);
}

void record_fingerprint(struct record *record) {
    const struct mention *mention = &record->mention;
    record->fingerprint =
        fingerprint_make(mention->item.title, mention->item.text, mention->channel);
    record->exact = mention->kept == KEPT_WHOLE ? record->fingerprint.exact : record->exact;
}

void record_own(struct record *record, struct arena *arena) {
    struct span *texts[TEXT_COUNT];
    text_list(&record->mention.item, texts);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        *texts[i] = arena_copy(arena, *texts[i]);
    }
    record->mention.item.site = arena_copy(arena, record->mention.item.site);
    record->mention.language = arena_copy(arena, record->mention.language);
    if (record->mention.work != NULL) {
        work_own(record->mention.work, arena);
    }
}
