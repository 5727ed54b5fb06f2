#include "base/span.h"

#include <math.h>
#include <stdlib.h>

bool span_equal(struct span a, struct span b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool span_equal_nocase(struct span a, struct span b) {
    return a.size == b.size && span_starts_with_nocase(a, b);
}

bool span_starts_with(struct span text, struct span prefix) {
    return span_equal(span_first(text, prefix.size), prefix);
}

bool span_starts_with_nocase(struct span text, struct span prefix) {
    if (text.size < prefix.size) {
        return false;
    }
    for (size_t i = 0; i < prefix.size; i++) {
        if (byte_to_lower(text.data[i]) != byte_to_lower(prefix.data[i])) {
            return false;
        }
    }
    return true;
}

bool span_ends_with(struct span text, struct span suffix) {
    return text.size >= suffix.size && span_equal(span_from(text, text.size - suffix.size), suffix);
}

int span_compare(struct span a, struct span b) {
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0) {
        return order;
    }
    return (a.size > b.size) - (a.size < b.size);
}

size_t span_find_byte(struct span text, char byte) {
    const char *found = text.size == 0 ? NULL : memchr(text.data, byte, text.size);
    return found == NULL ? SPAN_NOT_FOUND : (size_t)(found - text.data);
}

size_t span_find(struct span text, struct span needle) {
    if (needle.size == 0) {
        return 0;
    }
    for (size_t at = 0; at + needle.size <= text.size; at++) {
        size_t next = span_find_byte(span_from(text, at), needle.data[0]);
        if (next == SPAN_NOT_FOUND || at + next + needle.size > text.size) {
            return SPAN_NOT_FOUND;
        }
        at += next;
        if (memcmp(text.data + at, needle.data, needle.size) == 0) {
            return at;
        }
    }
    return SPAN_NOT_FOUND;
}

size_t span_find_nocase(struct span text, struct span needle) {
    char first = needle.size == 0 ? '\0' : byte_to_lower(needle.data[0]);
    for (size_t at = 0; at + needle.size <= text.size; at++) {
        bool begins = needle.size == 0 || byte_to_lower(text.data[at]) == first;
        if (begins && span_starts_with_nocase(span_from(text, at), needle)) {
            return at;
        }
    }
    return SPAN_NOT_FOUND;
}

struct span span_from(struct span text, size_t offset) {
    if (offset >= text.size) {
        return (struct span){text.size == 0 ? text.data : text.data + text.size, 0};
    }
    return (struct span){text.data + offset, text.size - offset};
}

struct span span_first(struct span text, size_t size) {
    return (struct span){text.data, size < text.size ? size : text.size};
}

struct span span_trim(struct span text) {
    while (text.size > 0 && byte_is_space(text.data[0])) {
        text = span_from(text, 1);
    }
    while (text.size > 0 && byte_is_space(text.data[text.size - 1])) {
        text.size--;
    }
    return text;
}

bool span_split(struct span *rest, char separator, struct span *part) {
    if (rest->data == NULL) {
        return false;
    }
    size_t end = span_find_byte(*rest, separator);
    if (end == SPAN_NOT_FOUND) {
        *part = *rest;
        *rest = (struct span){NULL, 0};
    } else {
        *part = span_first(*rest, end);
        *rest = span_from(*rest, end + 1);
    }
    return true;
}

bool span_to_int64(struct span text, int64_t *value) {
    bool negative = text.size > 0 && text.data[0] == '-';
    size_t at = (text.size > 0 && (negative || text.data[0] == '+')) ? 1 : 0;
    if (at == text.size) {
        return false;
    }
    int64_t result = 0; /* built as a negative number, whose range is the larger one */
    for (; at < text.size; at++) {
        if (!byte_is_digit(text.data[at]) || __builtin_mul_overflow(result, 10, &result) ||
            __builtin_sub_overflow(result, text.data[at] - '0', &result)) {
            return false;
        }
    }
    if (!negative && result == INT64_MIN) {
        return false;
    }
    *value = negative ? result : -result;
    return true;
}

bool span_to_double(struct span text, double *value) {
    char copy[64];
    if (text.size == 0 || text.size >= sizeof copy) {
        return false;
    }
    for (size_t i = 0; i < text.size; i++) {
        char c = byte_to_lower(text.data[i]);
        if (!byte_is_digit(c) && c != '.' && c != '-' && c != '+' && c != 'e') {
            return false; /* strtod() also knows hexadecimal, infinity and leading white space */
        }
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    char *end = NULL;
    double result = strtod(copy, &end);
    if (end != copy + text.size || !isfinite(result)) {
        return false;
    }
    *value = result;
    return true;
}

struct span span_first_utf8(struct span text, size_t size) {
    if (size >= text.size) {
        return text;
    }
    while (size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80) {
        size--;
    }
    return span_first(text, size);
}
