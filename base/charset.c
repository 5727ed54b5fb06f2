#include "base/charset.h"

#include "base/limits.h"
#include "base/print.h"

#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

/* What names mean on the web, where that is not what ICU takes them for. Compared without case and
 * without '-' and '_'. */
static const struct charset_alias {
    const char *name;
    const char *meant;
} aliases[] = {
    {"ascii", "windows-1252"},
    {"usascii", "windows-1252"},
    {"ansix341968", "windows-1252"},
    {"iso88591", "windows-1252"},
    {"latin1", "windows-1252"},
    {"l1", "windows-1252"},
    {"cp819", "windows-1252"},
    {"iso88599", "windows-1254"},
    {"latin5", "windows-1254"},
    {"iso885911", "windows-874"},
    {"tis620", "windows-874"},
    {"gb2312", "gb18030"},
    {"gbk", "gb18030"},
    {"xgbk", "gb18030"},
    {"gb231280", "gb18030"},
    {"eucKR", "windows-949"},
    {"ksc56011987", "windows-949"},
    {"ksc5601", "windows-949"},
    {"shiftjis", "ibm-943_P15A-2003"},
    {"sjis", "ibm-943_P15A-2003"},
    {"xsjis", "ibm-943_P15A-2003"},
    {"windows31j", "ibm-943_P15A-2003"},
    {"big5", "Big5-HKSCS"},
    {"xxbig5", "Big5-HKSCS"},
    {"unicode", "UTF-16LE"},
    {"utf16", "UTF-16"},
};

#define CHARSET_NAME_SIZE 64

static bool name_equal_loose(struct span a, const char *b) {
    size_t at = 0;
    for (size_t i = 0; i < a.size; i++) {
        if (a.data[i] == '-' || a.data[i] == '_') {
            continue;
        }
        if (byte_to_lower(a.data[i]) != byte_to_lower(b[at]) || b[at] == '\0') {
            return false;
        }
        at++;
    }
    return b[at] == '\0';
}

static bool charset_name(struct span name, char meant[CHARSET_NAME_SIZE]) {
    name = span_trim(name);
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++) {
        if (name_equal_loose(name, aliases[i].name)) {
            name = span_of(aliases[i].meant);
            break;
        }
    }
    if (name.size == 0 || name.size >= CHARSET_NAME_SIZE ||
        span_find_byte(name, '\0') != SPAN_NOT_FOUND) {
        return false;
    }
    memcpy(meant, name.data, name.size);
    meant[name.size] = '\0';
    return true;
}

/* Offset of the first byte that is not ASCII, eight at a time. */
static size_t skip_ascii(struct span text, size_t at) {
    while (at + sizeof(uint64_t) <= text.size) {
        uint64_t word;
        memcpy(&word, text.data + at, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0) {
            break;
        }
        at += sizeof word;
    }
    while (at < text.size && (unsigned char)text.data[at] < 0x80) {
        at++;
    }
    return at;
}

struct charset_fit charset_fit_utf8(struct span text) {
    struct charset_fit fit = {0, 0};
    for (size_t at = skip_ascii(text, 0); at < text.size; at = skip_ascii(text, at)) {
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, at), &rune);
        fit.multibyte += size > 1;
        fit.invalid += size == 1;
        at += size;
    }
    return fit;
}

bool charset_is_utf8(struct span text) {
    for (size_t at = skip_ascii(text, 0); at < text.size; at = skip_ascii(text, at)) {
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, at), &rune);
        if (size == 1) {
            return false;
        }
        at += size;
    }
    return true;
}

bool charset_known(struct span name) {
    char meant[CHARSET_NAME_SIZE];
    UErrorCode status = U_ZERO_ERROR;
    if (!charset_name(name, meant)) {
        return false;
    }
    ucnv_close(ucnv_open(meant, &status));
    return U_SUCCESS(status);
}

bool charset_convert(struct span bytes, struct span name, struct arena *arena, struct span *utf8) {
    char meant[CHARSET_NAME_SIZE];
    if (!charset_name(name, meant) || bytes.size > LIMIT_DOCUMENT / 3) {
        return false;
    }
    UErrorCode status = U_ZERO_ERROR;
    UConverter *from = ucnv_open(meant, &status);
    UConverter *to = U_SUCCESS(status) ? ucnv_open("UTF-8", &status) : NULL;
    if (U_FAILURE(status)) {
        ucnv_close(from);
        return false;
    }
    /* One byte becomes at most one UTF-16 unit in every charset ICU knows, so three bytes. */
    size_t capacity = bytes.size * 3 + 16;
    char *out = arena_allocate(arena, capacity);
    char *target = out;
    const char *source = bytes.data;
    ucnv_convertEx(to, from, &target, out + capacity, &source, bytes.data + bytes.size, NULL, NULL,
                   NULL, NULL, true, true, &status);
    ucnv_close(from);
    ucnv_close(to);
    *utf8 = (struct span){out, (size_t)(target - out)};
    return U_SUCCESS(status);
}

/* ICU's detector is asked about the part that says something: around what is not ASCII. */
#define GUESS_SAMPLE (16 * KIB)
#define GUESS_CONFIDENCE 30 /* of 100; below that it is as often wrong as right */
#define GUESS_MARGIN 20     /* by which another charset must be likelier than Western European */

/* Whether `sample` holds nothing that this charset does not have: what comes out as U+FFFD or as a
 * control of 80..9F was written in another one. The last character may be cut. */
static bool reads_cleanly(struct span sample, const char *name, struct arena *arena) {
    struct span text;
    if (!charset_convert(sample, span_of(name), arena, &text)) {
        return false;
    }
    for (size_t at = skip_ascii(text, 0); at < text.size; at = skip_ascii(text, at)) {
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, at), &rune);
        if ((rune == 0xFFFD && at + size < text.size) || (rune >= 0x80 && rune < 0xA0)) {
            return false;
        }
        at += size;
    }
    return true;
}

static bool is_word_byte(char byte) {
    return byte_is_alpha(byte) || (unsigned char)byte >= 0xC0;
}

/* Read as Western European, letters of other charsets are signs in the middle of words, "Kowad\xB3o"
 * (ordinals, accents that stand for apostrophes and turned question marks do occur there), or
 * letters that only Icelandic has: that is Turkish far more often. */
static bool reads_western(struct span sample) {
    static const char signs[] = "\xA2\xA3\xA4\xA5\xA6\xA9\xAC\xAE\xAF\xB1\xB2\xB3\xB5\xB6\xB9"
                                "\xBC\xBD\xBE";
    static const char icelandic[] = "\xD0\xDD\xDE\xF0\xFD\xFE";
    size_t odd = 0;
    for (size_t i = 1; i + 1 < sample.size; i++) {
        char byte = sample.data[i];
        bool inside = is_word_byte(sample.data[i - 1]) && is_word_byte(sample.data[i + 1]);
        odd += byte != '\0' &&
               ((inside && strchr(signs, byte) != NULL) || strchr(icelandic, byte) != NULL);
    }
    return odd < 2;
}

/* The likeliest charset; the Western European one, by far the most frequent, where it is not much
 * less likely: the detector often takes a line of French for Hungarian. */
static const char *guess_among(const UCharsetMatch **matches, int32_t count, struct span sample,
                               struct arena *arena) {
    UErrorCode status = U_ZERO_ERROR;
    const char *name = NULL;
    int32_t best = GUESS_CONFIDENCE - 1;
    for (int32_t i = 0; i < count; i++) {
        const char *found = ucsdet_getName(matches[i], &status);
        int32_t confidence = ucsdet_getConfidence(matches[i], &status);
        if (U_FAILURE(status) || found == NULL || strncmp(found, "UTF-", 4) == 0) {
            continue;
        }
        bool western = strcmp(found, "ISO-8859-1") == 0 || strcmp(found, "windows-1252") == 0;
        if (western && confidence + GUESS_MARGIN >= best && reads_western(sample)) {
            return NULL;
        }
        if (!western && confidence > best && reads_cleanly(sample, found, arena)) {
            best = confidence;
            name = found;
        }
    }
    return name;
}

struct span charset_guess(struct span bytes, struct arena *arena) {
    size_t foreign = skip_ascii(bytes, 0);
    size_t begin = foreign > GUESS_SAMPLE / 4 ? foreign - GUESS_SAMPLE / 4 : 0;
    struct span sample = span_first(span_from(bytes, begin), GUESS_SAMPLE);
    struct span name = SPAN("windows-1252");
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector *detector = ucsdet_open(&status);
    int32_t count = 0;
    ucsdet_setText(detector, sample.data, (int32_t)sample.size, &status);
    ucsdet_enableInputFilter(detector, true);
    const UCharsetMatch **matches = ucsdet_detectAll(detector, &count, &status);
    const char *found = U_SUCCESS(status) ? guess_among(matches, count, sample, arena) : NULL;
    if (found != NULL) {
        name = arena_copy(arena, span_of(found));
    }
    ucsdet_close(detector);
    return name;
}
