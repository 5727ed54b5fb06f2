#include "base/date.h"

#include <stdio.h>

/* Days since 1970-01-01 of a civil date, and back: the era arithmetic of Howard Hinnant's
 * "chrono-Compatible Low-Level Date Algorithms" (2013): years begin in March, 400 years an era. */
static int64_t days_from_civil(int year, int month, int day) {
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, struct date *date) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    date->day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    date->month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    date->year = (int)(year_of_era + era * 400 + (date->month <= 2 ? 1 : 0));
}

static int64_t floor_divide(int64_t value, int64_t by) {
    int64_t quotient = value / by;
    return quotient - (value % by < 0 ? 1 : 0);
}

struct date date_from_ms(int64_t ms) {
    int64_t days = floor_divide(ms, DAY_MS);
    int64_t rest = ms % DAY_MS + (ms % DAY_MS < 0 ? DAY_MS : 0);
    struct date date = {
        .hour = (int)(rest / HOUR_MS),
        .minute = (int)(rest / MINUTE_MS % 60),
        .second = (int)(rest / SECOND_MS % 60),
        .ms = (int)(rest % SECOND_MS),
        .weekday = (int)((days % 7 + 7 + 3) % 7), /* 1970-01-01 was a Thursday */
    };
    civil_from_days(days, &date);
    return date;
}

int64_t date_to_ms(const struct date *date) {
    int64_t days = days_from_civil(date->year, date->month, date->day);
    return days * DAY_MS + date->hour * HOUR_MS + date->minute * MINUTE_MS +
           date->second * SECOND_MS + date->ms;
}

int date_days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool date_is_valid(const struct date *date) {
    return date->year >= 1 && date->year <= 9999 && date->month >= 1 && date->month <= 12 &&
           date->day >= 1 && date->day <= date_days_in_month(date->year, date->month) &&
           date->hour >= 0 && date->hour <= 23 && date->minute >= 0 && date->minute <= 59 &&
           date->second >= 0 && date->second <= 60 && date->ms >= 0 && date->ms <= 999;
}

int32_t date_day_number(int64_t ms) {
    return (int32_t)floor_divide(ms, DAY_MS);
}

int64_t date_day_start(int64_t ms) {
    return floor_divide(ms, DAY_MS) * DAY_MS;
}

int64_t date_hour_start(int64_t ms) {
    return floor_divide(ms, HOUR_MS) * HOUR_MS;
}

const char *date_print(int64_t ms, char text[DATE_TEXT_SIZE]) {
    if (ms == DATE_NONE) {
        text[0] = '\0';
        return text;
    }
    struct date d = date_from_ms(ms);
    int size = snprintf(text, DATE_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d", d.year, d.month,
                        d.day, d.hour, d.minute, d.second);
    if (d.ms != 0) {
        size += snprintf(text + size, DATE_TEXT_SIZE - (size_t)size, ".%03d", d.ms);
    }
    snprintf(text + size, DATE_TEXT_SIZE - (size_t)size, "Z");
    return text;
}

const char *date_print_day(int64_t ms, char text[DATE_TEXT_SIZE]) {
    if (ms == DATE_NONE) {
        text[0] = '\0';
        return text;
    }
    struct date d = date_from_ms(ms);
    snprintf(text, DATE_TEXT_SIZE, "%04d-%02d-%02d", d.year, d.month, d.day);
    return text;
}

const char *date_print_rfc5322(int64_t ms, char text[DATE_TEXT_SIZE]) {
    static const char days[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    if (ms == DATE_NONE) {
        text[0] = '\0';
        return text;
    }
    struct date d = date_from_ms(ms);
    snprintf(text, DATE_TEXT_SIZE, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[d.weekday], d.day,
             months[d.month - 1], d.year, d.hour, d.minute, d.second);
    return text;
}

/* Takes exactly `digits` digits off `text`. */
static bool take_number(struct span *text, size_t digits, int *value) {
    int64_t number = 0;
    if (text->size < digits || !byte_is_digit(text->data[0]) ||
        !span_to_int64(span_first(*text, digits), &number)) {
        return false;
    }
    *value = (int)number;
    *text = span_from(*text, digits);
    return true;
}

static bool take_byte(struct span *text, const char *any_of) {
    if (text->size == 0 || text->data[0] == '\0' || strchr(any_of, text->data[0]) == NULL) {
        return false;
    }
    *text = span_from(*text, 1);
    return true;
}

/* Fraction of a second: any number of digits, cut to milliseconds. */
static bool take_fraction(struct span *text, int *ms) {
    int scale = 100;
    bool any = false;
    while (text->size > 0 && byte_is_digit(text->data[0])) {
        *ms += (text->data[0] - '0') * scale;
        scale /= 10;
        any = true;
        *text = span_from(*text, 1);
    }
    return any;
}

/* "Z" or "+02:00"; minutes east of Greenwich. */
static bool take_offset(struct span *text, int *minutes) {
    if (take_byte(text, "Zz")) {
        *minutes = 0;
        return true;
    }
    bool west = text->size > 0 && text->data[0] == '-';
    int hour = 0;
    int minute = 0;
    if (!take_byte(text, "+-") || !take_number(text, 2, &hour) || !take_byte(text, ":") ||
        !take_number(text, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    *minutes = (west ? -1 : 1) * (hour * 60 + minute);
    return true;
}

/* "2026-11-21" */
static bool take_day(struct span *text, struct date *date) {
    return take_number(text, 4, &date->year) && take_byte(text, "-") &&
           take_number(text, 2, &date->month) && take_byte(text, "-") &&
           take_number(text, 2, &date->day);
}

/* "09:10:11", with or without a fraction of a second. */
static bool take_time(struct span *text, struct date *date) {
    return take_number(text, 2, &date->hour) && take_byte(text, ":") &&
           take_number(text, 2, &date->minute) && take_byte(text, ":") &&
           take_number(text, 2, &date->second) &&
           (!take_byte(text, ".") || take_fraction(text, &date->ms));
}

bool date_parse(struct span text, int64_t *ms) {
    struct date date = {0};
    int offset = 0;
    if (!take_day(&text, &date)) {
        return false;
    }
    if (text.size > 0 &&
        (!take_byte(&text, "Tt ") || !take_time(&text, &date) || !take_offset(&text, &offset))) {
        return false;
    }
    if (text.size > 0 || !date_is_valid(&date)) {
        return false;
    }
    *ms = date_to_ms(&date) - offset * MINUTE_MS;
    return true;
}

static const struct unit {
    const char *name;
    int64_t ms;
} units[] = {{"w", 7 * DAY_MS}, {"d", DAY_MS},    {"h", HOUR_MS},
             {"ms", 1},         {"m", MINUTE_MS}, {"s", SECOND_MS}};

static const struct unit *take_unit(struct span *text) {
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct span name = span_of(units[i].name);
        if (span_starts_with(*text, name)) {
            *text = span_from(*text, name.size);
            return &units[i];
        }
    }
    return NULL;
}

bool duration_parse(struct span text, int64_t *ms) {
    int64_t total = 0;
    if (text.size == 0) {
        return false;
    }
    while (text.size > 0) {
        size_t digits = 0;
        while (digits < text.size && byte_is_digit(text.data[digits])) {
            digits++;
        }
        int64_t number = 0;
        int64_t part = 0;
        bool read = span_to_int64(span_first(text, digits), &number);
        text = span_from(text, digits);
        const struct unit *unit = take_unit(&text);
        if (!read || unit == NULL || __builtin_mul_overflow(number, unit->ms, &part) ||
            __builtin_add_overflow(total, part, &total)) {
            return false;
        }
    }
    *ms = total;
    return true;
}

const char *duration_print(int64_t ms, char text[DATE_TEXT_SIZE]) {
    static const struct unit parts[] = {
        {"d", DAY_MS}, {"h", HOUR_MS}, {"m", MINUTE_MS}, {"s", SECOND_MS}, {"ms", 1}};
    size_t used = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (ms >= parts[i].ms && used < DATE_TEXT_SIZE) {
            used += (size_t)snprintf(text + used, DATE_TEXT_SIZE - used, "%lld%s",
                                     (long long)(ms / parts[i].ms), parts[i].name);
            ms %= parts[i].ms;
        }
    }
    if (used == 0) {
        snprintf(text, DATE_TEXT_SIZE, "0s");
    }
    return text;
}

bool date_parse_since(struct span text, int64_t now_ms, int64_t *ms) {
    int64_t length = 0;
    if (duration_parse(text, &length)) {
        *ms = now_ms - length;
        return true;
    }
    return date_parse(text, ms);
}
