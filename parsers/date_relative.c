#include "base/date.h"
#include "parsers/date_words.h"
#include "parsers/dates.h"

struct distance {
    struct span rest;
    bool has_count;
    int count;
    bool has_length;
    int64_t length_ms;
    int months;
    bool ago;
    bool has_day;
    int64_t days;
    bool now;
    bool has_time;
    struct day_time time;
    int half; /* -1 = not said */
};

static bool count_set(struct distance *distance, int count) {
    if (distance->has_count && distance->has_length) {
        return false;
    }
    distance->has_count = true;
    distance->count = count;
    return true;
}

static bool number_read(struct distance *distance) {
    struct span before = distance->rest;
    int number = 0;
    size_t digits = 0;
    if (!date_number_take(&distance->rest, &number, &digits)) {
        return false;
    }
    if (distance->rest.size > 0 && distance->rest.data[0] == ':') {
        distance->rest = before;
        distance->has_time = true;
        return distance->has_day && day_time_take(&distance->rest, &distance->time);
    }
    return number <= 10000 && count_set(distance, number);
}

static bool length_set(struct distance *distance, int64_t length_ms, int months) {
    if (!distance->has_count || distance->has_length) {
        return false;
    }
    distance->has_length = true;
    distance->length_ms = length_ms * distance->count;
    distance->months = months * distance->count;
    return true;
}

static bool word_read(struct distance *distance) {
    char folded[DATE_WORD_SIZE];
    struct span word = date_word_take(&distance->rest, folded);
    /* "il y a 2 jours" and "a day ago": the French "a" counts nothing. */
    if (span_equal(word, SPAN("y"))) {
        distance->ago = true;
    }
    if (span_equal(word, SPAN("a")) && distance->ago) {
        return true;
    }
    if (span_equal(word, SPAN("an")) && distance->has_count) { /* "il y a un an" */
        return length_set(distance, 0, 12);
    }
    struct date_word meaning = date_word_relative(word);
    switch (meaning.kind) {
    case DATE_WORD_FILLER:
        return true;
    case DATE_WORD_COUNT:
        if (distance->has_count && !distance->has_length && meaning.value == 1) {
            return true; /* "3 a day" does not come up; "few" overrides the "a" before it */
        }
        return count_set(distance, (int)meaning.value);
    case DATE_WORD_UNIT:
        return length_set(distance, meaning.value, 0);
    case DATE_WORD_MONTHS:
        return length_set(distance, 0, (int)meaning.value);
    case DATE_WORD_AGO:
        distance->ago = true;
        return true;
    case DATE_WORD_DAY:
        distance->has_day = true;
        distance->days = meaning.value;
        return true;
    case DATE_WORD_NOW:
        distance->now = true;
        return true;
    case DATE_WORD_HALF:
        distance->half = (int)meaning.value;
        return distance->has_time;
    case DATE_WORD_UNKNOWN:
    case DATE_WORD_WEEKDAY:
    case DATE_WORD_MONTH:
    case DATE_WORD_HALF_KOREAN:
    case DATE_WORD_ZONE:
        break;
    }
    return false;
}

static bool step(struct distance *distance) {
    char c = distance->rest.data[0];
    if (byte_is_digit(c)) {
        return number_read(distance);
    }
    if (byte_is_alpha(c) || (unsigned char)c >= 0x80) {
        return word_read(distance);
    }
    distance->rest = span_from(distance->rest, 1);
    return byte_is_space(c) || c == ',' || c == '.' || c == '\'';
}

static int64_t months_before(int64_t now_ms, int months) {
    struct date date = date_from_ms(now_ms);
    int month = date.year * 12 + date.month - 1 - months;
    date.year = month / 12;
    date.month = month % 12 + 1;
    int last = date_days_in_month(date.year, date.month);
    date.day = date.day > last ? last : date.day;
    return date_to_ms(&date);
}

static bool time_of_day(const struct distance *distance, int64_t *ms) {
    int hour = distance->time.hour;
    if (distance->half >= 0 && hour <= 12) {
        hour = hour % 12 + distance->half;
    }
    *ms = hour * HOUR_MS + distance->time.minute * MINUTE_MS + distance->time.second * SECOND_MS;
    return hour < 24 && distance->time.minute < 60 && distance->time.second < 60;
}

bool date_parse_relative(struct span text, int64_t now_ms, int64_t *ms) {
    struct distance distance = {.rest = text, .half = -1};
    while (distance.rest.size > 0) {
        if (!step(&distance)) {
            return false;
        }
    }
    if (distance.has_length && !distance.has_day && distance.months < 12 * 1000) {
        *ms = months_before(now_ms, distance.months) - distance.length_ms;
        return true;
    }
    if (distance.has_day && !distance.has_length && distance.count <= 1) { /* "a las 10:00" */
        /* "today", "yesterday" without a time: that day; its time is not known, noon is nearest. */
        int64_t time_ms = 12 * HOUR_MS;
        bool valid = !distance.has_time || time_of_day(&distance, &time_ms);
        *ms = date_day_start(now_ms) - distance.days * DAY_MS + time_ms;
        *ms = *ms > now_ms ? now_ms : *ms;
        return valid;
    }
    *ms = now_ms;
    return distance.now && !distance.has_count;
}
