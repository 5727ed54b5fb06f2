#include "store/timeline.h"

#define RATING_ABSENT 0xFFFFu
#define SEQUENCE_BYTES 6 /* 2^48 mentions */

struct key timeline_key(uint32_t brand, int64_t time_ms, uint64_t sequence) {
    struct key key = key_make();
    key_add(&key, brand, 4);
    key_add(&key, moment_bias(time_ms), 6);
    key_add(&key, sequence, SEQUENCE_BYTES);
    return key;
}

static void answers_pack(struct packer *packer, const double *answers) {
    unsigned set = 0;
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        set |= answers[i] >= 0 ? 1u << i : 0u;
    }
    if (set != 0) {
        pack_u8(packer, set);
    }
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        if ((set & 1u << i) != 0) {
            pack_big(packer, (uint64_t)answer_units(answers[i]), 2);
        }
    }
}

static void answers_unpack(struct unpacker *unpacker, double *answers) {
    unsigned set = unpacker_is_done(unpacker) ? 0u : unpack_u8(unpacker);
    for (unsigned i = 0; i < SURVEY_COUNT; i++) {
        answers[i] =
            (set & 1u << i) != 0 ? (double)unpack_big(unpacker, 2) / ANSWER_UNITS : ANSWER_NONE;
    }
}

static struct span row_pack(struct packer *packer, const struct record *record,
                            const struct score *score) {
    const struct mention *mention = &record->mention;
    const struct item *item = &mention->item;
    pack_u8(packer, mention->channel);
    pack_u8(packer, (unsigned)mention->stage << 4 | (unsigned)score->label);
    pack_big(packer, (uint64_t)score_units(score->value), 2);
    pack_big(packer, item->rating >= 0 ? (uint64_t)rating_units(item->rating) : RATING_ABSENT, 2);
    for (size_t i = 0; i < 2; i++) {
        pack_u8(packer, mention->language.size > i ? (uint8_t)mention->language.data[i] : 0u);
    }
    pack_big(packer, record->source, 4);
    pack_big(packer, record->author, 8);
    pack_varint(packer, (uint64_t)mention_reach(mention));
    pack_varint(packer, (uint64_t)mention_engagement(mention));
    pack_varint(packer, mention->sequence - mention->cluster);
    answers_pack(packer, item->answers);
    return packer_span(packer);
}

void timeline_rows(const struct record *record, timeline_row_visitor *visit, void *context) {
    const struct mention *mention = &record->mention;
    int64_t time_ms = mention_time_ms(mention);
    uint8_t bytes[64];
    struct packer packer = packer_make(bytes, sizeof bytes);
    struct key key = timeline_key(BRAND_ANY, time_ms, mention->sequence);
    struct span value = row_pack(&packer, record, &mention->score);
    visit(context, key_span(&key), value);
    if (mention->brand_count == 0) {
        key = timeline_key(BRAND_NONE, time_ms, mention->sequence);
        visit(context, key_span(&key), value);
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        packer = packer_make(bytes, sizeof bytes);
        value = row_pack(&packer, record, &mention->brands[i].score);
        key = timeline_key(mention->brands[i].brand, time_ms, mention->sequence);
        visit(context, key_span(&key), value);
    }
}

static void row_put(void *context, struct span key, struct span value) {
    transaction_put(context, TABLE_TIMELINE, key, value);
}

static void row_delete(void *context, struct span key, struct span value) {
    (void)value;
    transaction_delete(context, TABLE_TIMELINE, key);
}

void timeline_put(struct transaction *transaction, const struct record *record) {
    timeline_rows(record, row_put, transaction);
}

void timeline_delete(struct transaction *transaction, const struct record *record) {
    timeline_rows(record, row_delete, transaction);
}

bool timeline_read(struct span key, struct span value, uint32_t *brand,
                   struct timeline_entry *entry) {
    *entry = (struct timeline_entry){0};
    struct unpacker keys = unpacker_make(key);
    *brand = (uint32_t)unpack_big(&keys, 4);
    entry->time_ms = moment_unbias(unpack_big(&keys, 6));
    entry->sequence = unpack_big(&keys, SEQUENCE_BYTES);
    struct unpacker unpacker = unpacker_make(value);
    entry->channel = (enum channel)unpack_u8(&unpacker);
    unsigned both = unpack_u8(&unpacker);
    entry->stage = (enum stage)(both >> 4);
    entry->label = (enum label)(both & 0x0F);
    entry->score = (double)(int16_t)unpack_big(&unpacker, 2) / SCORE_UNITS;
    unsigned rating = (unsigned)unpack_big(&unpacker, 2);
    entry->rating = rating == RATING_ABSENT ? RATING_NONE : (double)rating / RATING_UNITS;
    entry->language[0] = (char)unpack_u8(&unpacker);
    entry->language[1] = (char)unpack_u8(&unpacker);
    entry->source = (uint32_t)unpack_big(&unpacker, 4);
    entry->author = unpack_big(&unpacker, 8);
    entry->reach = (int64_t)unpack_varint(&unpacker);
    entry->engagement = (int64_t)unpack_varint(&unpacker);
    entry->cluster = entry->sequence - unpack_varint(&unpacker);
    answers_unpack(&unpacker, entry->answers);
    return unpacker_is_done(&keys) && unpacker_is_done(&unpacker) &&
           entry->channel < CHANNEL_COUNT && entry->stage < STAGE_COUNT &&
           entry->label < LABEL_COUNT;
}
