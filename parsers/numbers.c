#include "parsers/numbers.h"

bool number_read_count(struct span text, int64_t *count) {
    double number = 0;
    double multiplier = 1;
    struct span digits = text;
    if (span_to_double(text, &number) && number < 0) { /* a score below zero is no engagement */
        *count = 0;
        return true;
    }
    while (digits.size > 0 && !byte_is_digit(digits.data[digits.size - 1])) {
        digits.size--;
    }
    switch (digits.size < text.size ? byte_to_lower(span_trim(span_from(text, digits.size)).data[0])
                                    : '\0') {
    case '\0':
        break;
    case 'k':
    case 't': /* "tsd." */
        multiplier = 1e3;
        break;
    case 'm':
        multiplier = 1e6;
        break;
    default:
        return false;
    }
    char plain[32];
    size_t size = 0;
    for (size_t i = 0; i < digits.size && size < sizeof plain; i++) {
        char c = digits.data[i];
        bool mark = c == ',' || c == '.' || c == ' ' || c == '\'';
        if (mark && multiplier > 1) {
            plain[size++] = '.';
        } else if (!mark) {
            plain[size++] = c;
        }
    }
    if (!span_to_double((struct span){plain, size}, &number) || number < 0 ||
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
    if (begin > 0 && text.data[begin - 1] == '-') {
        return false;
    }
    return span_to_double((struct span){plain, size}, number);
}
