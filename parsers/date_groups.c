#include "parsers/date_reading.h"

#include "parsers/dates.h"

/* Dates in numbers: which of them is the year, the month, the day. */

static bool starts_with_digit(struct span text) {
    return text.size > 0 && byte_is_digit(text.data[0]);
}

static bool take_byte(struct span *text, char byte) {
    if (text->size == 0 || text->data[0] != byte) {
        return false;
    }
    *text = span_from(*text, 1);
    return true;
}

bool date_number_take(struct span *text, int *number, size_t *digits) {
    size_t count = 0;
    int value = 0;
    while (count < text->size && byte_is_digit(text->data[count])) {
        if (count < 9) {
            value = value * 10 + (text->data[count] - '0');
        }
        count++;
    }
    *text = span_from(*text, count);
    *number = value;
    *digits = count;
    return count > 0 && count <= 9;
}

int date_year(int year, size_t digits) {
    if (digits > 2) {
        return year;
    }
    return year < 70 ? 2000 + year : 1900 + year;
}

static void year_month_day(struct reading *reading, int year, int month, int day) {
    reading->date.year = year;
    reading->date.month = month;
    reading->date.day = day;
}

bool date_compact_read(struct reading *reading, int value, size_t digits) {
    if (reading->date.year != 0 || reading->number_count > 0) {
        return false;
    }
    if (digits == 8 || digits == 6) {
        year_month_day(reading, date_year(value / 10000, digits - 4), value / 100 % 100,
                       value % 100);
        return true;
    }
    if (digits == 7 || digits == 5) {
        reading->date.year = date_year(value / 1000, digits - 3);
        reading->day_of_year = value % 1000;
        /* ISO 8601:2004 withdrew years of two digits: a bare number of five is one of before. */
        return digits == 7 || reading->date.year <= 2004;
    }
    return false;
}

static bool day_first(struct span language) {
    return language.size > 0 && !span_starts_with_nocase(language, SPAN("en"));
}

/* Two numbers and their separator: 2003-12, 2003-335, 12/2003. */
static bool two_numbers(struct reading *reading, int a, size_t a_digits, int b, size_t b_digits) {
    if (b_digits == 3 && (a_digits == 4 || a_digits == 2)) {
        reading->date.year = date_year(a, a_digits);
        reading->day_of_year = b;
        return true;
    }
    if (a_digits == 4 && b_digits <= 2) {
        year_month_day(reading, a, b, 1);
        return true;
    }
    if (b_digits == 4 && a_digits <= 2) {
        year_month_day(reading, b, a, 1);
        return true;
    }
    return false;
}

struct triple {
    int value[3];
    size_t digits[3];
    char separator;
};

static bool three_numbers(struct reading *reading, const struct triple *t) {
    if (t->digits[0] == 4) {
        year_month_day(reading, t->value[0], t->value[1], t->value[2]);
        return true;
    }
    bool iso_short = t->separator == '-' && t->digits[2] == 2 && t->value[1] <= 12;
    if (iso_short && t->digits[0] == 2) {
        year_month_day(reading, date_year(t->value[0], 2), t->value[1], t->value[2]);
        return true;
    }
    if (t->digits[2] != 4 && t->digits[2] != 2) {
        return false;
    }
    int year = date_year(t->value[2], t->digits[2]);
    bool month_leads = t->separator == '/' && t->value[0] <= 12 &&
                       (t->value[1] > 12 || !day_first(reading->language));
    year_month_day(reading, year, t->value[month_leads ? 0 : 1], t->value[month_leads ? 1 : 0]);
    return true;
}

/* 2003-W52-3: Monday of week 1 is the one nearest to the first of January. */
bool date_week_read(struct reading *reading, int year) {
    int week = 0;
    int day = 1;
    size_t digits = 0;
    reading->rest = span_from(reading->rest, 1);
    if (!date_number_take(&reading->rest, &week, &digits) || digits > 3 || week < 1) {
        return false;
    }
    if (digits == 3) {
        day = week % 10;
        week /= 10;
    } else if (take_byte(&reading->rest, '-') && !date_number_take(&reading->rest, &day, &digits)) {
        return false;
    }
    if (week > 53 || day < 1 || day > 7) {
        return false;
    }
    struct date fourth = {.year = year, .month = 1, .day = 4};
    int64_t start = date_to_ms(&fourth);
    start -= date_from_ms(start).weekday * DAY_MS;
    struct date date = date_from_ms(start + (week - 1) * 7 * DAY_MS + (day - 1) * DAY_MS);
    year_month_day(reading, date.year, date.month, date.day);
    return true;
}

bool date_group_read(struct reading *reading, int value, size_t digits) {
    struct triple triple = {.value = {value}, .digits = {digits}};
    struct span *rest = &reading->rest;
    triple.separator = rest->data[0];
    *rest = span_from(*rest, 1);
    if (rest->size > 0 && rest->data[0] == 'W' && digits == 4) {
        return date_week_read(reading, value);
    }
    if (!starts_with_digit(*rest)) { /* a month in words: the numbers stand alone */
        reading->numbers[reading->number_count].value = value;
        reading->numbers[reading->number_count++].digits = digits;
        return true;
    }
    if (!date_number_take(rest, &triple.value[1], &triple.digits[1])) {
        return false;
    }
    bool third =
        rest->size > 1 && rest->data[0] == triple.separator && byte_is_digit(rest->data[1]);
    if (!third) {
        return two_numbers(reading, value, digits, triple.value[1], triple.digits[1]);
    }
    *rest = span_from(*rest, 1);
    return date_number_take(rest, &triple.value[2], &triple.digits[2]) &&
           three_numbers(reading, &triple);
}
