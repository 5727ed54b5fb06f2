#include "store/timeline.h"

enum there { /* stored: append only */
             THERE_LANGUAGE = 1,
             THERE_AUTHOR = 2,
             THERE_RATING = 4,
             THERE_ANSWER = 8, /* and the two after it, in the order of enum survey_question */
};

_Static_assert(STAGE_COUNT <= 16 && KEPT_COUNT <= 4 && LABEL_COUNT <= 4, "they share a byte");

struct row_key timeline_key(uint32_t brand, int64_t time_ms, uint64_t sequence) {
    uint64_t moment = moment_bias(time_ms);
    return (struct row_key){(uint64_t)brand << 32 | moment >> 16, moment << 48 | sequence};
}

int64_t timeline_key_time_ms(struct row_key key) {
    return moment_unbias((key.high & UINT32_MAX) << 16 | key.low >> 48);
}

static unsigned there_of(const struct record *record) {
    const struct item *item = &record->mention.item;
    unsigned there = record->mention.language.size > 0 ? THERE_LANGUAGE : 0;
    there |= record->author != 0 ? THERE_AUTHOR : 0u;
    there |= item->rating >= 0 ? THERE_RATING : 0u;
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        there |= item->answers[i] >= 0 ? (unsigned)THERE_ANSWER << i : 0u;
    }
    return there;
}

static void pack_there(struct packer *packer, const struct record *record, unsigned there) {
    const struct mention *mention = &record->mention;
    for (size_t i = 0; i < 2 && (there & THERE_LANGUAGE) != 0; i++) {
        pack_u8(packer, mention->language.size > i ? (uint8_t)mention->language.data[i] : 0u);
    }
    if ((there & THERE_AUTHOR) != 0) {
        pack_big(packer, record->author, 8);
    }
    if ((there & THERE_RATING) != 0) {
        pack_big(packer, (uint64_t)rating_units(mention->item.rating), 2);
    }
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        if ((there & (unsigned)THERE_ANSWER << i) != 0) {
            pack_big(packer, (uint64_t)answer_units(mention->item.answers[i]), 2);
        }
    }
}

static struct span row_pack(struct packer *packer, const struct record *record,
                            const struct score *score) {
    const struct mention *mention = &record->mention;
    unsigned there = there_of(record);
    pack_u8(packer, there);
    pack_u8(packer, mention->channel);
    pack_u8(packer,
            (unsigned)mention->stage << 4 | (unsigned)mention->kept << 2 | (unsigned)score->label);
    pack_big(packer, (uint64_t)score_units(score->value), 2);
    pack_varint(packer, record->source);
    pack_varint(packer, (uint64_t)mention_reach(mention));
    pack_varint(packer, (uint64_t)mention_engagement(mention));
    pack_varint(packer, mention->sequence - mention->cluster);
    pack_there(packer, record, there);
    return packer_span(packer);
}

void timeline_rows(const struct record *record, timeline_row_visitor *visit, void *context) {
    const struct mention *mention = &record->mention;
    int64_t time_ms = mention_time_ms(mention);
    uint8_t bytes[ROW_VALUE_MAX];
    struct packer packer = packer_make(bytes, sizeof bytes);
    struct span value = row_pack(&packer, record, mention_feeling(mention));
    visit(context, timeline_key(BRAND_ANY, time_ms, mention->sequence), value);
    if (mention->brand_count == 0) {
        visit(context, timeline_key(BRAND_NONE, time_ms, mention->sequence), value);
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        packer = packer_make(bytes, sizeof bytes);
        value = row_pack(&packer, record, &mention->brands[i].score);
        visit(context, timeline_key(mention->brands[i].brand, time_ms, mention->sequence), value);
    }
}

static void row_put(void *context, struct row_key key, struct span value) {
    rows_put(context, key, value);
}

static void row_drop(void *context, struct row_key key, struct span value) {
    (void)value;
    rows_drop(context, key);
}

void timeline_put(struct rows *rows, const struct record *record) {
    timeline_rows(record, row_put, rows);
}

void timeline_drop(struct rows *rows, const struct record *record) {
    timeline_rows(record, row_drop, rows);
}

static void unpack_there(struct unpacker *unpacker, unsigned there, struct timeline_entry *entry) {
    for (size_t i = 0; i < 2 && (there & THERE_LANGUAGE) != 0; i++) {
        entry->language[i] = (char)unpack_u8(unpacker);
    }
    entry->author = (there & THERE_AUTHOR) != 0 ? unpack_big(unpacker, 8) : 0;
    entry->rating =
        (there & THERE_RATING) != 0 ? (double)unpack_big(unpacker, 2) / RATING_UNITS : RATING_NONE;
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        entry->answers[i] = (there & (unsigned)THERE_ANSWER << i) != 0
                                ? (double)unpack_big(unpacker, 2) / ANSWER_UNITS
                                : ANSWER_NONE;
    }
}

bool timeline_read(struct row_key key, struct span value, uint32_t *brand,
                   struct timeline_entry *entry) {
    *entry = (struct timeline_entry){0};
    *brand = row_key_scope(key);
    entry->time_ms = timeline_key_time_ms(key);
    entry->sequence = key.low << 16 >> 16;
    struct unpacker unpacker = unpacker_make(value);
    unsigned there = unpack_u8(&unpacker);
    entry->channel = (enum channel)unpack_u8(&unpacker);
    unsigned both = unpack_u8(&unpacker);
    entry->stage = (enum stage)(both >> 4);
    entry->kept = (enum mention_kept)(both >> 2 & 3);
    entry->label = (enum label)(both & 3);
    entry->score = (double)(int16_t)unpack_big(&unpacker, 2) / SCORE_UNITS;
    entry->source = (uint32_t)unpack_varint(&unpacker);
    entry->reach = (int64_t)unpack_varint(&unpacker);
    entry->engagement = (int64_t)unpack_varint(&unpacker);
    entry->cluster = entry->sequence - unpack_varint(&unpacker);
    unpack_there(&unpacker, there, entry);
    return unpacker_is_done(&unpacker) && entry->channel < CHANNEL_COUNT &&
           entry->stage < STAGE_COUNT && entry->kept < KEPT_COUNT;
}

struct timeline_entry timeline_entry_of(const struct record *record, const struct score *score) {
    const struct mention *mention = &record->mention;
    const struct item *item = &mention->item;
    struct timeline_entry entry = {.sequence = mention->sequence,
                                   .cluster = mention->cluster,
                                   .time_ms = moment_unbias(moment_bias(mention_time_ms(mention))),
                                   .score = score->value,
                                   .rating = item->rating,
                                   .reach = mention_reach(mention),
                                   .engagement = mention_engagement(mention),
                                   .author = record->author,
                                   .source = record->source,
                                   .channel = mention->channel,
                                   .stage = mention->stage,
                                   .kept = mention->kept,
                                   .label = score->label};
    memcpy(entry.answers, item->answers, sizeof entry.answers);
    for (size_t i = 0; i < 2 && i < mention->language.size; i++) {
        entry.language[i] = mention->language.data[i];
    }
    return entry;
}
