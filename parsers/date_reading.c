#include "parsers/date_reading.h"

#include "parsers/date_words.h"
#include "parsers/dates.h"

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

static void fraction_take(struct span *text, int *ms) {
    int scale = 100;
    while (starts_with_digit(*text)) {
        *ms += (text->data[0] - '0') * scale;
        scale /= 10;
        *text = span_from(*text, 1);
    }
}

bool day_time_take(struct span *text, struct day_time *time) {
    size_t digits = 0;
    *time = (struct day_time){0};
    if (!date_number_take(text, &time->hour, &digits) || digits > 2 || !take_byte(text, ':') ||
        !date_number_take(text, &time->minute, &digits) || digits > 2) {
        return false;
    }
    if (take_byte(text, ':') && (!date_number_take(text, &time->second, &digits) || digits > 2)) {
        return false;
    }
    if (text->size > 1 && (text->data[0] == '.' || text->data[0] == ',') &&
        byte_is_digit(text->data[1])) {
        *text = span_from(*text, 1);
        fraction_take(text, &time->ms);
    }
    return text->size == 0 || text->data[0] != ':';
}

static bool is_word_byte(char c) {
    return byte_is_alpha(c) || (unsigned char)c >= 0x80;
}

struct span date_word_take(struct span *text, char out[DATE_WORD_SIZE]) {
    /* "a.m.", "p. m.": the only words with points inside that matter. */
    char first = text->size > 0 ? byte_to_lower(text->data[0]) : '\0';
    if ((first == 'a' || first == 'p') && text->size > 2 && text->data[1] == '.') {
        struct span rest = span_trim(span_from(*text, 2));
        if (rest.size > 0 && byte_to_lower(rest.data[0]) == 'm') {
            rest = span_from(rest, 1);
            take_byte(&rest, '.');
            *text = rest;
            out[0] = first;
            out[1] = 'm';
            return (struct span){out, 2};
        }
    }
    size_t size = 0;
    while (size < text->size && is_word_byte(text->data[size]) &&
           !span_starts_with(span_from(*text, size), SPAN("\xC2\xA0"))) {
        size++;
    }
    struct span word = span_first(*text, size);
    *text = span_from(*text, size);
    return date_word_fold(word, out, DATE_WORD_SIZE);
}

static bool time_set(struct reading *reading, const struct day_time *time) {
    if (reading->has_time) {
        return false;
    }
    reading->has_time = true;
    reading->date.hour = time->hour;
    reading->date.minute = time->minute;
    reading->date.second = time->second;
    reading->date.ms = time->ms;
    return true;
}

static bool compact_time(struct reading *reading) {
    int value = 0;
    size_t digits = 0;
    if (!date_number_take(&reading->rest, &value, &digits) || digits % 2 != 0 || digits > 6) {
        return false;
    }
    struct day_time time = {0};
    time.hour = digits == 6 ? value / 10000 : digits == 4 ? value / 100 : value;
    time.minute = digits == 6 ? value / 100 % 100 : digits == 4 ? value % 100 : 0;
    time.second = digits == 6 ? value % 100 : 0;
    if (digits == 6 && take_byte(&reading->rest, '.')) {
        fraction_take(&reading->rest, &time.ms);
    }
    return time_set(reading, &time);
}

/* "+02:00", "-0500", "+1". */
static bool offset_read(struct reading *reading) {
    bool west = reading->rest.data[0] == '-';
    int hour = 0;
    int minute = 0;
    size_t digits = 0;
    reading->rest = span_from(reading->rest, 1);
    if (!date_number_take(&reading->rest, &hour, &digits) || digits > 4 ||
        (reading->has_offset && reading->offset_minutes != 0)) {
        return false;
    }
    if (digits > 2) {
        minute = hour % 100;
        hour /= 100;
    } else if (take_byte(&reading->rest, ':') &&
               (!date_number_take(&reading->rest, &minute, &digits) || digits != 2)) {
        return false;
    }
    if (hour > 23 || minute > 59) {
        return false;
    }
    reading->has_offset = true;
    reading->offset_minutes = (west ? -1 : 1) * (hour * 60 + minute);
    return true;
}

/* What may stand right behind a number and says what it is: 2004年, 5월, 1st, 2º, 27. */
static bool suffix_read(struct reading *reading, int value, bool *done) {
    static const struct {
        const char *text;
        char part; /* 'y', 'm', 'd', or ' ' for a mere ordinal */
    } suffixes[] = {{"년", 'y'}, {"월", 'm'}, {"일", 'd'}, {"年", 'y'}, {"月", 'm'},
                    {"日", 'd'}, {"st", ' '}, {"nd", ' '}, {"rd", ' '}, {"th", ' '},
                    {"er", ' '}, {"º", ' '},  {"ª", ' '},  {"°", ' '}};
    *done = false;
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        struct span suffix = span_of(suffixes[i].text);
        struct span after = span_from(reading->rest, suffix.size);
        if (!span_starts_with(reading->rest, suffix) ||
            (suffixes[i].part == ' ' && after.size > 0 && byte_is_alpha(after.data[0]))) {
            continue;
        }
        reading->rest = after;
        *done = suffixes[i].part != ' ';
        if (i < 3) { /* Korean */
            reading->default_offset_minutes = 9 * 60;
        }
        switch (suffixes[i].part) {
        case 'y':
            reading->date.year = value;
            break;
        case 'm':
            reading->date.month = value;
            break;
        case 'd':
            reading->date.day = value;
            break;
        default:
            break;
        }
        return true;
    }
    return false;
}

/* "14h30", "14h". */
static bool hours_read(struct reading *reading, int hour) {
    struct day_time time = {.hour = hour};
    size_t digits = 0;
    reading->rest = span_from(reading->rest, 1);
    if (starts_with_digit(reading->rest) &&
        (!date_number_take(&reading->rest, &time.minute, &digits) || digits != 2)) {
        return false;
    }
    return time_set(reading, &time);
}

static bool loose_number_add(struct reading *reading, int value, size_t digits) {
    if (reading->number_count == sizeof reading->numbers / sizeof reading->numbers[0]) {
        return false;
    }
    reading->numbers[reading->number_count].value = value;
    reading->numbers[reading->number_count++].digits = digits;
    return true;
}

/* Whether a number is the first of several that make a date: 2003-12-31, 26-Jan-2004. */
static bool opens_group(const struct reading *reading, size_t digits, char next, char after) {
    bool dated = reading->date.year != 0 || reading->number_count == 3;
    bool separator = next == '-' || next == '/' || next == '.';
    return separator && !dated && digits <= 4 &&
           (byte_is_digit(after) || (next == '-' && is_word_byte(after)));
}

/* "14:30", "14h30", "5pm": a number with what makes it a time behind it. False: it is none;
 * `*valid` says whether the time could be read. */
static bool time_read(struct reading *reading, struct span from_number, int value, size_t digits,
                      bool *valid) {
    struct span rest = reading->rest;
    char next = rest.size > 0 ? byte_to_lower(rest.data[0]) : '\0';
    char after = rest.size > 1 ? byte_to_lower(rest.data[1]) : '\0';
    struct day_time time = {.hour = value};
    if (next == ':') {
        reading->rest = from_number;
        *valid = day_time_take(&reading->rest, &time) && time_set(reading, &time);
        return true;
    }
    if (digits <= 2 && next == 'h' && !byte_is_alpha(after)) {
        *valid = hours_read(reading, value);
        return true;
    }
    if (digits <= 2 && (next == 'a' || next == 'p') && after == 'm') {
        *valid = time_set(reading, &time);
        return true;
    }
    return false;
}

static bool number_read(struct reading *reading) {
    struct span before = reading->rest;
    int value = 0;
    size_t digits = 0;
    bool done = false;
    reading->any_number = true;
    if (!date_number_take(&reading->rest, &value, &digits)) {
        return false;
    }
    if (time_read(reading, before, value, digits, &done)) {
        return done;
    }
    struct span rest = reading->rest;
    char next = rest.size > 0 ? rest.data[0] : '\0';
    char after = rest.size > 1 ? rest.data[1] : '\0';
    if (next == 'W' && digits == 4 && byte_is_digit(after)) {
        return date_week_read(reading, value);
    }
    if (opens_group(reading, digits, next, after)) {
        return date_group_read(reading, value, digits);
    }
    if (suffix_read(reading, value, &done) && done) {
        return true;
    }
    return digits > 4 ? date_compact_read(reading, value, digits)
                      : loose_number_add(reading, value, digits);
}

static bool month_read(struct reading *reading, int month) {
    /* "mar 3 ago": what was taken for March was a Tuesday. */
    if (reading->date.month != 0 && !reading->any_number) {
        return false;
    }
    reading->date.month = month;
    return true;
}

static bool zone_read(struct reading *reading, int minutes) {
    if (!reading->has_offset) {
        reading->has_offset = true;
        reading->offset_minutes = minutes;
    }
    return true;
}

/* Words that mean nothing here are passed over before the first number ("Reviewed in Germany on"),
 * and as names of zones ("Europe/Madrid"); behind a number they make it no date. */
static bool unknown_read(struct reading *reading) {
    if (take_byte(&reading->rest, '/')) {
        while (reading->rest.size > 0 && !byte_is_space(reading->rest.data[0])) {
            reading->rest = span_from(reading->rest, 1);
        }
        return reading->has_time;
    }
    return !reading->any_number;
}

static bool word_read(struct reading *reading) {
    char folded[DATE_WORD_SIZE];
    struct span rest = reading->rest;
    /* The T of ISO 8601 between date and time. */
    if ((rest.data[0] == 'T' || rest.data[0] == 't') && starts_with_digit(span_from(rest, 1)) &&
        (reading->date.year != 0 || reading->date.month != 0)) {
        reading->rest = span_from(rest, 1);
        size_t digits = 0;
        while (digits + 1 < rest.size && byte_is_digit(rest.data[digits + 1])) {
            digits++;
        }
        return (digits + 1 < rest.size && rest.data[digits + 1] == ':') || compact_time(reading);
    }
    struct span word = date_word_take(&reading->rest, folded);
    struct date_word meaning = date_word_absolute(word);
    switch (meaning.kind) {
    case DATE_WORD_FILLER:
    case DATE_WORD_WEEKDAY:
        return true;
    case DATE_WORD_MONTH:
        return month_read(reading, (int)meaning.value);
    case DATE_WORD_HALF_KOREAN:
        reading->default_offset_minutes = 9 * 60;
        reading->half = (int)meaning.value;
        reading->has_half = true;
        return true;
    case DATE_WORD_HALF:
        reading->half = (int)meaning.value;
        reading->has_half = true;
        return reading->has_time;
    case DATE_WORD_ZONE:
        return zone_read(reading, (int)meaning.value);
    case DATE_WORD_UNKNOWN:
    case DATE_WORD_UNIT:
    case DATE_WORD_MONTHS:
    case DATE_WORD_COUNT:
    case DATE_WORD_AGO:
    case DATE_WORD_DAY:
    case DATE_WORD_NOW:
        break;
    }
    return word.size > 0 && unknown_read(reading);
}

static bool separator_read(struct reading *reading) {
    struct span rest = reading->rest;
    if (rest.data[0] == '(') {
        size_t end = span_find_byte(rest, ')');
        reading->rest = span_from(rest, end == SPAN_NOT_FOUND ? rest.size : end + 1);
        return reading->any_number;
    }
    static const struct span separators[] = {{"\xC2\xA0", 2},     {"\xE2\x80\xAF", 3},
                                             {"\xC2\xB7", 2},     {"\xE2\x80\x93", 3},
                                             {"\xE2\x80\xA2", 3}, {"\xE2\x80\x99", 3}};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        if (span_starts_with(rest, separators[i])) {
            reading->rest = span_from(rest, separators[i].size);
            return true;
        }
    }
    if (byte_is_space(rest.data[0]) || memchr(",;.-|'/", rest.data[0], 7) != NULL ||
        (rest.data[0] == ':' && !reading->any_number)) {
        reading->rest = span_from(rest, 1);
        return true;
    }
    return false;
}

static bool reading_step(struct reading *reading) {
    struct span rest = reading->rest;
    bool sign = rest.data[0] == '+' || rest.data[0] == '-';
    if (byte_is_digit(rest.data[0])) {
        return number_read(reading);
    }
    if (sign && reading->has_time && starts_with_digit(span_from(rest, 1))) {
        return offset_read(reading);
    }
    return separator_read(reading) || (is_word_byte(rest.data[0]) && word_read(reading));
}

/* Gives the numbers that stood alone their place beside the month. */
static bool numbers_place(struct reading *reading) {
    struct date *date = &reading->date;
    for (size_t i = 0; i < reading->number_count; i++) {
        int value = reading->numbers[i].value;
        size_t digits = reading->numbers[i].digits;
        if (digits <= 2 && date->day == 0 && value >= 1 && value <= 31) {
            date->day = value;
        } else if (date->year == 0 && digits != 1 && digits != 3) {
            date->year = date_year(value, digits);
        } else {
            return false;
        }
    }
    return date->month != 0 || date->day == 0;
}

/* "3 March": the last one there was. */
static bool year_guess(struct reading *reading) {
    struct date *date = &reading->date;
    if (date->month == 0 || date->day == 0 || reading->now_ms == DATE_NONE) {
        return false;
    }
    date->year = date_from_ms(reading->now_ms).year;
    date->year -= date_is_valid(date) && date_to_ms(date) > reading->now_ms + DAY_MS;
    return true;
}

static bool numbers_settle(struct reading *reading) {
    struct date *date = &reading->date;
    if (!numbers_place(reading) || (date->year == 0 && !year_guess(reading))) {
        return false;
    }
    date->month = date->month == 0 ? 1 : date->month;
    date->day = date->day == 0 ? 1 : date->day;
    return true;
}

static bool reading_finish(struct reading *reading, int64_t *ms) {
    struct date *date = &reading->date;
    if (!numbers_settle(reading)) {
        return false;
    }
    int64_t more_ms = 0;
    if (reading->day_of_year != 0) {
        bool leap = date_days_in_month(date->year, 2) == 29;
        if (reading->day_of_year < 1 || reading->day_of_year > (leap ? 366 : 365)) {
            return false;
        }
        more_ms = (reading->day_of_year - 1) * DAY_MS;
    }
    if (reading->has_half) {
        if (date->hour > 12) {
            reading->half = 0; /* "14:30 PM" */
        } else {
            date->hour = date->hour % 12 + reading->half;
        }
    }
    if (date->hour == 24 && date->minute == 0 && date->second == 0) { /* ISO 8601: the day's end */
        date->hour = 0;
        more_ms += DAY_MS;
    }
    if (!date_is_valid(date)) {
        return false;
    }
    int offset = reading->has_offset ? reading->offset_minutes : reading->default_offset_minutes;
    *ms = date_to_ms(date) + more_ms - offset * MINUTE_MS;
    return true;
}

bool date_parse_words(struct span text, int64_t now_ms, struct span language, int64_t *ms) {
    struct reading reading = {.rest = text, .language = language, .now_ms = now_ms};
    while (reading.rest.size > 0) {
        if (!reading_step(&reading)) {
            return false;
        }
    }
    return reading.any_number && reading_finish(&reading, ms);
}
