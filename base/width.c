#include "base/width.h"

#include "base/print.h"

#include <unicode/uchar.h>

size_t rune_columns(uint32_t rune) {
    if (rune < 0x300) {
        return rune == 0xAD || rune < 0x20 || (rune >= 0x7F && rune < 0xA0) ? 0 : 1;
    }
    int8_t type = u_charType((UChar32)rune);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) {
        return 0;
    }
    int width = u_getIntPropertyValue((UChar32)rune, UCHAR_EAST_ASIAN_WIDTH);
    return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

size_t text_columns(struct span text) {
    size_t columns = 0;
    while (text.size > 0) {
        uint32_t rune = 0;
        text = span_from(text, rune_decode(text, &rune));
        columns += rune_columns(rune);
    }
    return columns;
}

struct span text_first_columns(struct span text, size_t columns) {
    size_t taken = 0;
    while (taken < text.size) {
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, taken), &rune);
        size_t wide = rune_columns(rune);
        if (wide > columns) {
            break;
        }
        columns -= wide;
        taken += size;
    }
    return span_first(text, taken);
}
