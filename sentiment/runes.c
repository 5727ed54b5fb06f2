#include "sentiment/runes.h"

enum { REPLACEMENT = 0xFFFD };

static int hex_digit(char c) {
    if (byte_is_digit(c)) {
        return c - '0';
    }
    char lower = byte_to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

static bool escape_decode(const char *at, size_t left, uint32_t *rune) {
    if (left < 6 || at[0] != '\\' || at[1] != 'u') {
        return false;
    }
    uint32_t value = 0;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(at[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint32_t)digit;
    }
    *rune = value >= 0xD800 && value <= 0xDFFF ? REPLACEMENT : value;
    return true;
}

/* Bytes of the character that begins with `first`, 0 when none does. */
static size_t sequence_size(unsigned char first) {
    if (first >= 0xC2 && first <= 0xDF) {
        return 2;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

static uint32_t sequence_decode(const unsigned char *at, size_t left, size_t *size) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = sequence_size(at[0]);
    *size = 1;
    if (length == 0 || length > left) {
        return REPLACEMENT;
    }
    uint32_t rune = at[0] & (0x7FU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return REPLACEMENT;
        }
        rune = rune << 6 | (at[i] & 0x3FU);
    }
    if (rune < least[length] || rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF)) {
        return REPLACEMENT;
    }
    *size = length;
    return rune;
}

uint32_t runes_decode(struct span text, size_t offset, size_t *size) {
    const char *at = text.data + offset;
    size_t left = text.size - offset;
    uint32_t rune = 0;
    if ((unsigned char)*at >= 0x80) {
        return sequence_decode((const unsigned char *)at, left, size);
    }
    if (escape_decode(at, left, &rune)) {
        *size = 6;
        return rune;
    }
    *size = 1;
    return (unsigned char)*at;
}

static bool in_ranges(uint32_t rune, const uint32_t (*ranges)[2], size_t count) {
    for (size_t i = 0; i < count && rune >= ranges[i][0]; i++) {
        if (rune <= ranges[i][1]) {
            return true;
        }
    }
    return false;
}

bool rune_is_letter(uint32_t rune) {
    /* Everything above Latin that is neither punctuation nor a symbol counts as a letter. */
    static const uint32_t others[][2] = {
        {0x2000, 0x2BFF}, {0x2E00, 0x2E7F}, {0x3000, 0x3004},   {0x3008, 0x3020},
        {0xD800, 0xF8FF}, {0xFE00, 0xFE0F}, {0xFE30, 0xFE6F},   {0xFF00, 0xFF0F},
        {0xFF1A, 0xFF20}, {0xFFE0, 0xFFFF}, {0x1F000, 0x1FAFF}, {0xE0000, 0x10FFFF},
    };
    if (rune < 0x80) {
        return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z');
    }
    if (rune < 0x100) {
        return (rune >= 0xC0 && rune != 0xD7 && rune != 0xF7) || rune == 0xAA || rune == 0xBA;
    }
    return !in_ranges(rune, others, sizeof others / sizeof *others);
}

uint32_t rune_lower(uint32_t rune) {
    static const uint32_t moved[][2] = {
        {'A', 'Z'}, {0xC0, 0xD6}, {0xD8, 0xDE}, {0x391, 0x3A9}, {0x410, 0x42F}};
    static const uint32_t even[][2] = {{0x100, 0x137}, {0x14A, 0x177}};
    static const uint32_t odd[][2] = {{0x139, 0x148}, {0x179, 0x17E}};
    if (in_ranges(rune, moved, sizeof moved / sizeof *moved)) {
        return rune + 0x20;
    }
    if (in_ranges(rune, even, sizeof even / sizeof *even)) {
        return rune | 1;
    }
    if (in_ranges(rune, odd, sizeof odd / sizeof *odd)) {
        return rune + (rune & 1);
    }
    return rune == 0x1E9E ? 0xDF : rune;
}

bool rune_is_upper(uint32_t rune) {
    return rune_lower(rune) != rune;
}

bool rune_is_emoji(uint32_t rune) {
    static const uint32_t ranges[][2] = {
        {0x203C, 0x203C}, {0x2049, 0x2049}, {0x2190, 0x21FF}, {0x231A, 0x23FF},   {0x25A0, 0x27BF},
        {0x2934, 0x2935}, {0x2B05, 0x2B55}, {0x3030, 0x303D}, {0x1F000, 0x1FAFF},
    };
    return in_ranges(rune, ranges, sizeof ranges / sizeof *ranges);
}

bool rune_is_joiner(uint32_t rune) {
    return rune == 0x200D || (rune >= 0xFE00 && rune <= 0xFE0F) ||
           (rune >= 0x1F3FB && rune <= 0x1F3FF) || rune == 0x20E3 ||
           (rune >= 0xE0020 && rune <= 0xE007F);
}

bool rune_is_ignored(uint32_t rune) {
    return rune == 0xAD || (rune >= 0x200B && rune <= 0x200F) || rune == 0x2060 || rune == 0xFEFF;
}

uint32_t rune_compose(uint32_t letter, uint32_t accent) {
    static const struct {
        uint32_t accent;
        const char *letters;
        uint16_t composed[8];
    } rows[] = {
        {0x300, "aeiou", {0xE0, 0xE8, 0xEC, 0xF2, 0xF9}},
        {0x301, "aeiouy", {0xE1, 0xE9, 0xED, 0xF3, 0xFA, 0xFD}},
        {0x302, "aeiou", {0xE2, 0xEA, 0xEE, 0xF4, 0xFB}},
        {0x303, "ano", {0xE3, 0xF1, 0xF5}},
        {0x308, "aeiouy", {0xE4, 0xEB, 0xEF, 0xF6, 0xFC, 0xFF}},
        {0x327, "c", {0xE7}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t j = 0; rows[i].accent == accent && rows[i].letters[j] != '\0'; j++) {
            if ((uint32_t)rows[i].letters[j] == letter) {
                return rows[i].composed[j];
            }
        }
    }
    return 0;
}

char rune_plain(uint32_t rune) {
    static const char latin[] =
        "aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0\0aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy"
        "\0y";
    static const char extended[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkk"
                                   "kllllllllllnnnnnnnnnoooooo\0\0rrrrrrssssssssttttttuuuuuuuu"
                                   "uuuuwwyyyzzzzzzs";
    if (rune >= 0xC0 && rune <= 0xFF) {
        return latin[rune - 0xC0];
    }
    if (rune >= 0x100 && rune <= 0x17F && rune - 0x100 < sizeof extended - 1) {
        return extended[rune - 0x100];
    }
    return '\0';
}

size_t runes_encode(uint32_t rune, char *out) {
    if (rune < 0x80) {
        out[0] = (char)rune;
        return 1;
    }
    size_t size = rune < 0x800 ? 2 : rune < 0x10000 ? 3 : 4;
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (rune & 0x3F));
        rune >>= 6;
    }
    out[0] = (char)(leads[size] | rune);
    return size;
}
