#include "base/fold.h"

#include "base/print.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

/* --- Latin by table --------------------------------------------------------------------------- */

/* The folded forms of U+00C0..U+017F; "" = ask ICU. The unit test holds it against ICU. */
#define LATIN_FIRST ((uint32_t)0xC0)
#define LATIN_COUNT ((uint32_t)0xC0)
static const char latin_folds[LATIN_COUNT][3] = {
    "a", "a", "a",  "a",  "a", "a", "ae", "c",  "e", "e", "e", "e",  "i", "i",  "i", "i", "d", "n",
    "o", "o", "o",  "o",  "o", "",  "o",  "u",  "u", "u", "u", "y",  "",  "ss", "a", "a", "a", "a",
    "a", "a", "ae", "c",  "e", "e", "e",  "e",  "i", "i", "i", "i",  "d", "n",  "o", "o", "o", "o",
    "o", "",  "o",  "u",  "u", "u", "u",  "y",  "",  "y", "a", "a",  "a", "a",  "a", "a", "c", "c",
    "c", "c", "c",  "c",  "c", "c", "d",  "d",  "d", "d", "e", "e",  "e", "e",  "e", "e", "e", "e",
    "e", "e", "g",  "g",  "g", "g", "g",  "g",  "g", "g", "h", "h",  "h", "h",  "i", "i", "i", "i",
    "i", "i", "i",  "i",  "i", "i", "ij", "ij", "j", "j", "k", "k",  "",  "l",  "l", "l", "l", "l",
    "l", "",  "",   "l",  "l", "n", "n",  "n",  "n", "n", "n", "'n", "",  "",   "o", "o", "o", "o",
    "o", "o", "oe", "oe", "r", "r", "r",  "r",  "r", "r", "s", "s",  "s", "s",  "s", "s", "s", "s",
    "t", "t", "t",  "t",  "t", "t", "u",  "u",  "u", "u", "u", "u",  "u", "u",  "u", "u", "u", "u",
    "w", "w", "y",  "y",  "y", "z", "z",  "z",  "z", "z", "z", "s"};

static const char *latin_fold(uint32_t rune) {
    if (rune == 0x2019) { /* the apostrophe of careful typists */
        return "'";
    }
    return rune - LATIN_FIRST < LATIN_COUNT ? latin_folds[rune - LATIN_FIRST] : "";
}

/* Writes the folded form to `out` (at most as many bytes as `text`, as every row of the table is
 * two bytes or fewer and every character two); returns its size, or SPAN_NOT_FOUND when a
 * character is beyond the table. */
static size_t fold_latin(struct span text, char *out) {
    size_t size = 0;
    size_t at = 0;
    while (at < text.size) {
        unsigned char byte = (unsigned char)text.data[at];
        if (byte < 0x80) {
            out[size++] = byte_to_lower(text.data[at++]);
            continue;
        }
        uint32_t rune = 0;
        at += rune_decode(span_from(text, at), &rune);
        const char *folded = latin_fold(rune);
        if (folded[0] == '\0') {
            return SPAN_NOT_FOUND;
        }
        out[size++] = folded[0];
        if (folded[1] != '\0') {
            out[size++] = folded[1];
        }
    }
    return size;
}

static bool text_is_lower_ascii(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= 0x80 || (byte >= 'A' && byte <= 'Z')) {
            return false;
        }
    }
    return true;
}

/* --- Everything by ICU ------------------------------------------------------------------------ */

/* UTF-16 text: a word fits the room inside; what is longer moves to the arena. */
struct wide {
    UChar *data;
    int32_t size;
    int32_t capacity;
    UChar inside[96];
};

static void wide_reserve(struct wide *wide, int32_t capacity, struct arena *arena) {
    wide->size = 0;
    wide->data = wide->inside;
    wide->capacity = (int32_t)(sizeof wide->inside / sizeof wide->inside[0]);
    if (capacity > wide->capacity) {
        wide->data = ARENA_ARRAY(arena, UChar, (size_t)capacity);
        wide->capacity = capacity;
    }
}

static void wide_normalise(const struct wide *from, struct wide *to, const UNormalizer2 *form,
                           struct arena *arena) {
    wide_reserve(to, from->size, arena);
    UErrorCode status = U_ZERO_ERROR;
    to->size = unorm2_normalize(form, from->data, from->size, to->data, to->capacity, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        wide_reserve(to, to->size, arena);
        status = U_ZERO_ERROR;
        to->size = unorm2_normalize(form, from->data, from->size, to->data, to->capacity, &status);
    }
    if (U_FAILURE(status)) {
        fatal("ICU cannot normalise: %s", u_errorName(status));
    }
}

/* Diacritics are marks that many scripts share. Marks of one script alone (the vowels of
 * Devanagari) and the voicing marks of kana (combining class 8) make another letter, not an
 * accented one. */
static bool rune_is_diacritic(UChar32 rune) {
    UErrorCode status = U_ZERO_ERROR;
    uint8_t order = u_getCombiningClass(rune);
    return u_charType(rune) == U_NON_SPACING_MARK && order != 0 && order != 8 &&
           uscript_getScript(rune, &status) == USCRIPT_INHERITED;
}

/* Letters whose stroke or ligature Unicode does not decompose, and apostrophes. */
static const char *rune_replacement(UChar32 rune) {
    static const struct {
        UChar32 rune;
        const char *text;
    } rows[] = {{0xE6, "ae"},  {0xF0, "d"},   {0xF8, "o"},   {0x111, "d"}, {0x127, "h"},
                {0x131, "i"},  {0x142, "l"},  {0x153, "oe"}, {0x167, "t"}, {0x2BC, "'"},
                {0x2018, "'"}, {0x2019, "'"}, {0x201B, "'"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].rune == rune) {
            return rows[i].text;
        }
    }
    return NULL;
}

/* Decomposed text without diacritics. At most twice as long: a row above is two units or fewer. */
static void wide_strip(const struct wide *from, struct wide *to, struct arena *arena) {
    wide_reserve(to, from->size * 2, arena);
    int32_t at = 0;
    while (at < from->size) {
        int32_t begin = at;
        UChar32 rune = from->data[at++];
        if (U_IS_SURROGATE((uint32_t)rune)) { /* the first of a pair: the text is well-formed */
            rune = U16_GET_SUPPLEMENTARY(rune, from->data[at++]);
        }
        const char *replacement = rune_replacement(rune);
        if (rune_is_diacritic(rune)) {
            continue;
        }
        for (const char *c = replacement; c != NULL && *c != '\0'; c++) {
            to->data[to->size++] = (UChar)*c;
        }
        for (int32_t unit = begin; replacement == NULL && unit < at; unit++) {
            to->data[to->size++] = from->data[unit];
        }
    }
}

static void wide_from_span(struct wide *wide, struct span text, struct arena *arena) {
    wide_reserve(wide, (int32_t)text.size, arena); /* UTF-16 never has more units than UTF-8 */
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8WithSub(wide->data, wide->capacity, &wide->size, text.data, (int32_t)text.size,
                         0xFFFD, NULL, &status);
    if (U_FAILURE(status)) {
        fatal("ICU cannot read UTF-8: %s", u_errorName(status));
    }
}

static struct span wide_to_span(const struct wide *wide, struct arena *arena) {
    int32_t capacity = wide->size * 3 + 1;
    char *text = arena_allocate(arena, (size_t)capacity);
    int32_t size = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8WithSub(text, capacity, &size, wide->data, wide->size, 0xFFFD, NULL, &status);
    if (U_FAILURE(status)) {
        fatal("ICU cannot write UTF-8: %s", u_errorName(status));
    }
    return (struct span){text, (size_t)size};
}

static const UNormalizer2 *normalizer(const UNormalizer2 *(*get)(UErrorCode *)) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = get(&status);
    if (U_FAILURE(status)) {
        fatal("ICU has no normalisation data: %s", u_errorName(status));
    }
    return form;
}

struct span fold_by_icu(struct span text, struct arena *arena) {
    struct wide one;
    struct wide two;
    wide_from_span(&one, text, arena);
    wide_normalise(&one, &two, normalizer(unorm2_getNFKCCasefoldInstance), arena);
    wide_normalise(&two, &one, normalizer(unorm2_getNFDInstance), arena);
    wide_strip(&one, &two, arena);
    wide_normalise(&two, &one, normalizer(unorm2_getNFCInstance), arena);
    return wide_to_span(&one, arena);
}

struct span fold_text(struct span text, struct arena *arena) {
    if (text_is_lower_ascii(text)) {
        return text;
    }
    char *out = arena_allocate(arena, text.size + 1);
    size_t size = fold_latin(text, out);
    return size == SPAN_NOT_FOUND ? fold_by_icu(text, arena) : (struct span){out, size};
}
