/* Faces made of punctuation. Recognised by how they are built (eyes, nose, mouth), so that variants
 * fall together; what they mean stands in the lexicon. */
#ifndef SENTIMENT_EMOTICON_H
#define SENTIMENT_EMOTICON_H

#include "base/span.h"

enum { EMOTICON_SIZE = 8 };

/* Kinds of faces, by what stands behind their first byte. */
enum {
    FACE_EYES = 1 << 0,
    FACE_LETTER_EYES = 1 << 1,
    FACE_HEART = 1 << 2,
    FACE_ANGRY = 1 << 3,
    FACE_ROOF = 1 << 4,   /* "^_^" */
    FACE_WIDE = 1 << 5,   /* "o_O", "T.T" */
    FACE_ARMS = 1 << 6,   /* "\\o/" */
    FACE_TURNED = 1 << 7, /* "(:" */
};

/* May one begin with these two bytes? Says no to nearly all that is none, at the cost of a look. */
static inline bool emoticon_begins(char first, char second) {
    static const uint8_t firsts[256] = {
        [':'] = FACE_EYES,        [';'] = FACE_EYES,  ['='] = FACE_EYES,   ['x'] = FACE_LETTER_EYES,
        ['X'] = FACE_LETTER_EYES, ['<'] = FACE_HEART, ['>'] = FACE_ANGRY,  ['^'] = FACE_ROOF,
        ['-'] = FACE_WIDE,        ['.'] = FACE_WIDE,  ['T'] = FACE_WIDE,   ['O'] = FACE_WIDE,
        ['o'] = FACE_WIDE,        ['\\'] = FACE_ARMS, ['('] = FACE_TURNED, ['D'] = FACE_TURNED,
    };
    static const uint8_t seconds[256] = {
        ['\''] = FACE_EYES | FACE_LETTER_EYES,
        ['-'] = FACE_EYES | FACE_LETTER_EYES | FACE_ROOF,
        ['o'] = FACE_EYES | FACE_LETTER_EYES | FACE_ARMS,
        ['^'] = FACE_EYES | FACE_LETTER_EYES | FACE_ROOF,
        ['D'] = FACE_EYES | FACE_LETTER_EYES,
        ['_'] = FACE_EYES | FACE_ANGRY | FACE_ROOF | FACE_WIDE,
        ['.'] = FACE_ANGRY | FACE_ROOF | FACE_WIDE,
        [':'] = FACE_ANGRY | FACE_TURNED,
        [';'] = FACE_TURNED,
        ['='] = FACE_TURNED,
        ['/'] = FACE_EYES | FACE_HEART,
        ['3'] = FACE_EYES | FACE_HEART,
        [')'] = FACE_EYES,
        ['('] = FACE_EYES,
        ['P'] = FACE_EYES,
        ['p'] = FACE_EYES,
        ['O'] = FACE_EYES,
        ['|'] = FACE_EYES,
        ['\\'] = FACE_EYES,
        ['*'] = FACE_EYES,
        ['$'] = FACE_EYES,
        ['['] = FACE_EYES,
        [']'] = FACE_EYES,
        ['s'] = FACE_EYES,
        ['S'] = FACE_EYES,
        ['@'] = FACE_EYES,
    };
    return (firsts[(unsigned char)first] & seconds[(unsigned char)second]) != 0;
}

/* The size of the emoticon that `text` begins with, 0 for none. `before` is the byte in front of
 * it. `key` becomes its plain form: without nose, repeated mouths once (":-)))" is ":)"). */
size_t emoticon_match(struct span text, char before, char key[EMOTICON_SIZE]);

#endif
