#include "store/times.h"

struct times_term times_term_make(size_t stretch) {
    return (struct times_term){{'\x01', 't', (char)stretch}};
}

struct span times_term_span(const struct times_term *term) {
    return (struct span){term->bytes, sizeof term->bytes};
}

bool term_is_times(struct span term) {
    return term.size == 3 && term.data[0] == '\x01' && term.data[1] == 't';
}

static unsigned width_of(uint64_t longest) {
    unsigned width = 1;
    while (width < 8 && longest >> width * 8 != 0) {
        width++;
    }
    return width;
}

void times_pack(struct packer *packer, const uint16_t *list, const int64_t *times_ms,
                size_t count) {
    uint64_t earliest = UINT64_MAX;
    uint64_t latest = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t moment = moment_bias(times_ms[i]);
        earliest = moment < earliest ? moment : earliest;
        latest = moment > latest ? moment : latest;
    }
    unsigned width = width_of(latest - earliest);
    postings_pack(packer, list, count, true);
    pack_u8(packer, width);
    pack_big(packer, earliest, 6);
    for (size_t i = 0; i < count; i++) {
        uint64_t since = moment_bias(times_ms[i]) - earliest;
        for (unsigned byte = 0; byte < width; byte++) {
            pack_u8(packer, (unsigned)(since >> byte * 8 & 0xFF));
        }
    }
}

size_t times_unpack(struct unpacker *unpacker, uint16_t *list, int64_t *times_ms) {
    size_t count = postings_unpack(unpacker, list, TIMES_STRETCH);
    unsigned width = unpack_u8(unpacker);
    uint64_t earliest = unpack_big(unpacker, 6);
    struct span bytes = unpack_bytes(unpacker, count * width);
    if (width > 8 || bytes.size < count * width) {
        unpacker->bad = true;
        return 0;
    }
    const uint8_t *at = (const uint8_t *)bytes.data;
    for (size_t i = 0; i < count; i++, at += width) {
        uint64_t since = 0;
        for (unsigned byte = width; byte > 0; byte--) {
            since = since << 8 | at[byte - 1];
        }
        times_ms[list[i]] = moment_unbias(earliest + since);
    }
    return count;
}
