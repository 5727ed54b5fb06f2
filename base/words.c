#include "base/words.h"

#include "base/fold.h"
#include "base/limits.h"
#include "base/print.h"

#include <unicode/uchar.h>

/* What a character does to the words around it: UAX #29's Word_Break values, those that behave
 * alike here put together. */
enum break_class {
    BREAK_OTHER,      /* ends a word */
    BREAK_LETTER,     /* ALetter */
    BREAK_HEBREW,     /* a letter with habits of its own (WB7a-c) */
    BREAK_NUMERIC,    /* digits */
    BREAK_KATAKANA,   /* joins its own kind only */
    BREAK_SINGLE,     /* a word by itself: scripts without spaces */
    BREAK_EXTEND,     /* marks, joiners, format controls: part of what they follow */
    BREAK_MID_LETTER, /* joins letters */
    BREAK_MID_NUMBER, /* joins digits */
    BREAK_MID_BOTH,   /* joins either: apostrophes */
    BREAK_QUOTE,      /* '"': joins Hebrew letters */
};

/* By Word_Break value. The points of MidNumLet and the colons of MidLetter are told apart below. */
static const unsigned char property_classes[U_WB_COUNT] = {
    [U_WB_ALETTER] = BREAK_LETTER,
    [U_WB_HEBREW_LETTER] = BREAK_HEBREW,
    [U_WB_NUMERIC] = BREAK_NUMERIC,
    [U_WB_KATAKANA] = BREAK_KATAKANA,
    [U_WB_EXTEND] = BREAK_EXTEND,
    [U_WB_FORMAT] = BREAK_EXTEND,
    [U_WB_ZWJ] = BREAK_EXTEND,
    [U_WB_MIDLETTER] = BREAK_MID_LETTER,
    [U_WB_MIDNUM] = BREAK_MID_NUMBER,
    [U_WB_MIDNUMLET] = BREAK_MID_BOTH,
    [U_WB_SINGLE_QUOTE] = BREAK_MID_BOTH,
    [U_WB_DOUBLE_QUOTE] = BREAK_QUOTE,
};

static enum break_class rune_class(uint32_t rune) {
    switch (rune) {
    case '.':
    case 0x2024: /* one dot leader */
    case 0xFE52: /* small full stop */
    case 0xFF0E: /* fullwidth full stop */
        return BREAK_MID_NUMBER;
    case ':':
    case 0xFE13: /* colon for vertical text */
    case 0xFE55: /* small colon */
    case 0xFF1A: /* fullwidth colon */
        return BREAK_OTHER;
    default: {
        int value = u_getIntPropertyValue((UChar32)rune, UCHAR_WORD_BREAK);
        enum break_class class = (enum break_class)property_classes[value];
        return class == BREAK_OTHER && u_isalnum((UChar32)rune) ? BREAK_SINGLE : class;
    }
    }
}

/* The class of an ASCII character without asking ICU. */
static enum break_class byte_class(char byte) {
    if (byte_is_alpha(byte)) {
        return BREAK_LETTER;
    }
    if (byte_is_digit(byte)) {
        return BREAK_NUMERIC;
    }
    switch (byte) {
    case '\'':
        return BREAK_MID_BOTH;
    case '.':
    case ',':
    case ';':
        return BREAK_MID_NUMBER;
    case '"':
        return BREAK_QUOTE;
    default:
        return BREAK_OTHER;
    }
}

/* One character and the marks that follow it. */
struct cluster {
    enum break_class class;
    size_t end; /* offset behind it */
};

static enum break_class class_at(struct span text, size_t at, size_t *end) {
    if ((unsigned char)text.data[at] < 0x80) {
        *end = at + 1;
        return byte_class(text.data[at]);
    }
    uint32_t rune = 0;
    *end = at + rune_decode(span_from(text, at), &rune);
    return rune_class(rune);
}

/* At the end of the text: an empty cluster that ends words. */
static struct cluster cluster_at(struct span text, size_t at) {
    if (at >= text.size) {
        return (struct cluster){BREAK_OTHER, at};
    }
    struct cluster cluster;
    cluster.class = class_at(text, at, &cluster.end);
    size_t end = cluster.end;
    while (end < text.size && (unsigned char)text.data[end] >= 0x80 &&
           class_at(text, end, &end) == BREAK_EXTEND) {
        cluster.end = end;
    }
    return cluster;
}

static bool class_is_letter(enum break_class class) {
    return class == BREAK_LETTER || class == BREAK_HEBREW;
}

static bool class_starts_word(enum break_class class) {
    return class_is_letter(class) || class == BREAK_NUMERIC || class == BREAK_KATAKANA ||
           class == BREAK_SINGLE;
}

static bool class_is_alphanumeric(enum break_class class) {
    return class_is_letter(class) || class == BREAK_NUMERIC;
}

/* Whether no word ends between two neighbours (WB5, WB8-10, WB13). */
static bool classes_join(enum break_class left, enum break_class right) {
    return (class_is_alphanumeric(left) && class_is_alphanumeric(right)) ||
           (left == BREAK_KATAKANA && right == BREAK_KATAKANA);
}

/* Whether `middle` holds its neighbours together (WB6-7c, WB11-12). */
static bool classes_bridge(enum break_class left, enum break_class middle, enum break_class right) {
    switch ((int)middle) {
    case BREAK_MID_LETTER:
        return class_is_letter(left) && class_is_letter(right);
    case BREAK_MID_NUMBER:
        return left == BREAK_NUMERIC && right == BREAK_NUMERIC;
    case BREAK_MID_BOTH:
        return (class_is_letter(left) && class_is_letter(right)) ||
               (left == BREAK_NUMERIC && right == BREAK_NUMERIC);
    case BREAK_QUOTE:
        return left == BREAK_HEBREW && right == BREAK_HEBREW;
    default:
        return false;
    }
}

/* Where the word ends whose first cluster is `last`. */
static size_t word_end(struct span text, struct cluster last) {
    for (;;) {
        size_t ascii = last.end; /* most of most texts */
        while (last.class == BREAK_LETTER && ascii < text.size && byte_is_alpha(text.data[ascii])) {
            ascii++;
        }
        if (ascii > last.end) { /* a mark may follow the last letter */
            last = cluster_at(text, ascii - 1);
        }
        struct cluster next = cluster_at(text, last.end);
        if (!classes_join(last.class, next.class)) {
            struct cluster after = cluster_at(text, next.end);
            if (!classes_bridge(last.class, next.class, after.class)) {
                return last.end;
            }
            next = after;
        }
        last = next;
    }
}

/* Hebrew keeps a closing geresh written as an apostrophe (WB7a). */
static size_t word_end_hebrew(struct span text, size_t begin, size_t end) {
    if (end >= text.size || text.data[end] != '\'' || (unsigned char)text.data[end - 1] < 0x80) {
        return end;
    }
    size_t at = begin;
    enum break_class last = BREAK_OTHER;
    while (at < end) {
        struct cluster cluster = cluster_at(text, at);
        last = cluster.class;
        at = cluster.end;
    }
    return last == BREAK_HEBREW ? cluster_at(text, end).end : end;
}

/* Where a word of ASCII letters ends that nothing behind it could make longer: most words of most
 * texts. `at` where there is no such word. */
static size_t plain_word_end(struct span text, size_t at) {
    size_t end = at;
    while (end < text.size && byte_is_alpha(text.data[end])) {
        end++;
    }
    bool plain = end == text.size || ((unsigned char)text.data[end] < 0x80 &&
                                      text.data[end] != '\'' && !byte_is_digit(text.data[end]));
    return plain ? end : at;
}

/* Behind ASCII characters that are no part of words, as far as no mark follows them. */
static size_t plain_gap_end(struct span text, size_t at) {
    while (at < text.size && (unsigned char)text.data[at] < 0x80 &&
           byte_class(text.data[at]) != BREAK_LETTER &&
           byte_class(text.data[at]) != BREAK_NUMERIC &&
           (at + 1 == text.size || (unsigned char)text.data[at + 1] < 0x80)) {
        at++;
    }
    return at;
}

static void words_add(struct words *words, size_t *capacity, struct arena *arena,
                      const struct word *word) {
    words->list = arena_grow(arena, words->list, words->count, capacity, sizeof *words->list);
    words->list[words->count++] = *word;
}

void words_split(struct span text, struct arena *arena, struct words *words) {
    text = span_first_utf8(text, LIMIT_TEXT);
    size_t capacity = text.size / 5 + 4; /* prose has a word every five to six bytes */
    *words = (struct words){.list = ARENA_ARRAY(arena, struct word, capacity)};
    for (size_t at = plain_gap_end(text, 0), end = 0; at < text.size;
         at = plain_gap_end(text, end)) {
        end = plain_word_end(text, at);
        if (end == at) {
            struct cluster first = cluster_at(text, at);
            end = first.end;
            if (!class_starts_word(first.class)) {
                continue;
            }
            end = first.class == BREAK_SINGLE ? first.end : word_end(text, first);
            end = word_end_hebrew(text, at, end);
        }
        struct span folded = fold_text((struct span){text.data + at, end - at}, arena);
        words_add(words, &capacity, arena, &(struct word){folded, (uint32_t)at, (uint32_t)end});
    }
}

struct span words_fold(struct span text, struct arena *arena) {
    return fold_text(text, arena);
}
