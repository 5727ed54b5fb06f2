#include "parsers/numbers.h"

/* What a letter behind the digits multiplies by; 0 = it is none that does. */
static double multiplier_of(struct span letters) {
    switch (letters.size == 0 ? '\0' : byte_to_lower(letters.data[0])) {
    case '\0':
        return 1;
    case 'k':
    case 't': /* "tsd." */
        return 1e3;
    case 'm':
        return 1e6;
    default:
        return 0;
    }
}

static bool is_mark(char c) {
    return c == ',' || c == '.' || c == ' ' || c == '\'';
}

bool number_read_count(struct span text, int64_t *count) {
    double number = 0;
    if (span_to_double(text, &number) && number < 0) { /* a score below zero is no engagement */
        *count = 0;
        return true;
    }
    struct span digits = text;
    while (digits.size > 0 && !byte_is_digit(digits.data[digits.size - 1])) {
        digits.size--;
    }
    double multiplier = multiplier_of(span_trim(span_from(text, digits.size)));
    char plain[32];
    size_t size = 0;
    for (size_t i = 0; i < digits.size && size < sizeof plain; i++) {
        char c = digits.data[i];
        if (!is_mark(c)) {
            plain[size++] = c;
        } else if (multiplier > 1) {
            plain[size++] = '.';
        }
    }
    if (multiplier == 0 || !span_to_double((struct span){plain, size}, &number) || number < 0 ||
        number * multiplier > 1e15) {
        return false;
    }
    *count = (int64_t)(number * multiplier + 0.5);
    return true;
}

bool number_read_first(struct span text, double *number) {
    size_t begin = 0;
    while (begin < text.size && !byte_is_digit(text.data[begin])) {
        begin++;
    }
    if (begin > 0 && text.data[begin - 1] == '-') {
        return false;
    }
    char plain[32];
    size_t size = 0;
    for (size_t i = begin; i < text.size && size < sizeof plain; i++) {
        char c = text.data[i];
        if (!byte_is_digit(c) && c != '.' && c != ',') {
            break;
        }
        plain[size++] = c == ',' ? '.' : c;
    }
    while (size > 0 && plain[size - 1] == '.') {
        size--;
    }
    return span_to_double((struct span){plain, size}, number);
}
