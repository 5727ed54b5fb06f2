#include "parsers/dates.h"
#include "parsers/parsers.h"

/* Longer than any date in words: "Reviewed in the United States of America on Wednesday, ...". */
#define DATE_TEXT_LONGEST 160

/* Only digits, maybe with a fraction: moments since 1970, or a date without separators. */
static bool digits_parse(struct span text, bool *digits_only, int64_t *ms) {
    size_t size = 0;
    while (size < text.size && byte_is_digit(text.data[size])) {
        size++;
    }
    size_t end = size + (size < text.size && text.data[size] == '.' && size >= 9);
    while (end > size && end < text.size && byte_is_digit(text.data[end])) {
        end++;
    }
    *digits_only = end == text.size; /* no exponent, whatever span_to_double() would read */
    int64_t number = 0;
    double real = 0;
    if (!*digits_only || !span_to_int64(span_first(text, size), &number)) {
        return false;
    }
    switch (size) {
    case 9: /* until September 2001 */
    case 10:
        if (size < text.size && span_to_double(text, &real)) {
            *ms = (int64_t)(real * 1000.0);
        } else {
            *ms = number * SECOND_MS;
        }
        return true;
    case 13:
        *ms = number;
        return true;
    case 16:
        *ms = number / 1000;
        return true;
    case 19:
        *ms = number / 1000000;
        return true;
    case 14: { /* 20260220063400 */
        struct date date = {.year = (int)(number / 10000000000),
                            .month = (int)(number / 100000000 % 100),
                            .day = (int)(number / 1000000 % 100),
                            .hour = (int)(number / 10000 % 100),
                            .minute = (int)(number / 100 % 100),
                            .second = (int)(number % 100)};
        *ms = date_is_valid(&date) ? date_to_ms(&date) : 0;
        return date_is_valid(&date);
    }
    default:
        *digits_only = size == 12 || size == 11 || size == 15 || size > 16 || size <= 3;
        return false;
    }
}

static int two_digits(const char *at) {
    return byte_is_digit(at[0]) && byte_is_digit(at[1]) ? (at[0] - '0') * 10 + at[1] - '0' : -1;
}

static int month_of(const char *at) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++) {
        if (memcmp(months + (size_t)i * 3, at, 3) == 0) {
            return i + 1;
        }
    }
    return 0;
}

/* "GMT" or "+0200". */
static bool zone_parse(struct span zone, int64_t *offset_ms) {
    *offset_ms = 0;
    if (span_equal(zone, SPAN("GMT"))) {
        return true;
    }
    if (zone.size != 5 || (zone.data[0] != '+' && zone.data[0] != '-')) {
        return false;
    }
    int hour = two_digits(zone.data + 1);
    int minute = two_digits(zone.data + 3);
    *offset_ms = (hour * 60 + minute) * MINUTE_MS * (zone.data[0] == '-' ? -1 : 1);
    return hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59;
}

/* The form nearly every RSS feed uses, "Sat, 07 Sep 2002 00:00:01 GMT" or "+0200", without a look
 * into the tables of words. False: not exactly that form. */
static bool rfc822_parse(struct span text, int64_t *ms) {
    if (text.size < 29 || text.size > 31 || text.data[3] != ',' || text.data[16] != ' ' ||
        text.data[19] != ':' || text.data[22] != ':' || text.data[25] != ' ') {
        return false;
    }
    struct date date = {.day = two_digits(text.data + 5),
                        .month = month_of(text.data + 8),
                        .year = two_digits(text.data + 12) * 100 + two_digits(text.data + 14),
                        .hour = two_digits(text.data + 17),
                        .minute = two_digits(text.data + 20),
                        .second = two_digits(text.data + 23)};
    int64_t offset_ms = 0;
    if (date.year < 1000 || !date_is_valid(&date) || !zone_parse(span_from(text, 26), &offset_ms)) {
        return false;
    }
    *ms = date_to_ms(&date) - offset_ms;
    return true;
}

/* ISO 8601:1988 lets the century go: -0312, -03-12. */
static bool no_century_parse(struct span text, int64_t *ms) {
    struct span rest = span_from(text, 1);
    int year = 0;
    int month = 1;
    size_t digits = 0;
    bool read = date_number_take(&rest, &year, &digits);
    if (digits == 4) {
        month = year % 100;
        year /= 100;
    } else if (read && rest.size == 3 && rest.data[0] == '-') {
        rest = span_from(rest, 1);
        size_t month_digits = 0;
        read = date_number_take(&rest, &month, &month_digits) && month_digits == 2;
    }
    struct date date = {.year = year < 70 ? 2000 + year : 1900 + year, .month = month, .day = 1};
    if (!read || rest.size > 0 || (digits != 2 && digits != 4) || !date_is_valid(&date)) {
        return false;
    }
    *ms = date_to_ms(&date);
    return true;
}

bool date_parse_in(struct span text, int64_t now_ms, struct span language, int64_t *ms) {
    text = span_trim(text);
    if (text.size == 0 || text.size > DATE_TEXT_LONGEST) {
        return false;
    }
    bool digits_only = false;
    if (rfc822_parse(text, ms) || date_parse(text, ms) || digits_parse(text, &digits_only, ms)) {
        return true;
    }
    if (digits_only) {
        return false;
    }
    if (text.data[0] == '-' && text.size <= 6) {
        return no_century_parse(text, ms);
    }
    return (now_ms != DATE_NONE && date_parse_relative(text, now_ms, ms)) ||
           date_parse_words(text, now_ms, language, ms);
}

bool date_parse_any(struct span text, int64_t now_ms, int64_t *ms) {
    return date_parse_in(text, now_ms, (struct span){0}, ms);
}
