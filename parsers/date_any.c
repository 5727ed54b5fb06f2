#include "parsers/date_words.h"
#include "parsers/dates.h"
#include "parsers/parsers.h"

/* Longer than any date in words: "Reviewed in the United States of America on Wednesday, ...". */
#define DATE_TEXT_LONGEST 160

/* What has been read of a date so far. */
struct reading {
    struct span rest;
    struct span language;
    int64_t now_ms;
    struct date date; /* 0 = not read yet, in year, month and day */
    struct {
        int value;
        size_t digits;
    } numbers[3]; /* that stand alone: day and year beside a month in words */
    size_t number_count;
    int day_of_year;
    bool any_number;
    bool has_time;
    bool has_half;
    int half;
    bool has_offset;
    int offset_minutes;
    int default_offset_minutes;
};

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

static int year_of(int year, size_t digits) {
    if (digits > 2) {
        return year;
    }
    return year < 70 ? 2000 + year : 1900 + year;
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

static void year_month_day(struct reading *reading, int year, int month, int day) {
    reading->date.year = year;
    reading->date.month = month;
    reading->date.day = day;
}

/* Digits without separators: 20031231, 031231, 2003335, 03335; after a T 101455, 1014. */
static bool compact_date(struct reading *reading, int value, size_t digits) {
    if (digits == 8 || digits == 6) {
        year_month_day(reading, year_of(value / 10000, digits - 4), value / 100 % 100, value % 100);
        return true;
    }
    if (digits == 7 || digits == 5) {
        reading->date.year = year_of(value / 1000, digits - 3);
        reading->day_of_year = value % 1000;
        return true;
    }
    return false;
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

static bool day_first(struct span language) {
    return language.size > 0 && !span_starts_with_nocase(language, SPAN("en"));
}

/* Two numbers and their separator: 2003-12, 2003-335, 12/2003. */
static bool two_numbers(struct reading *reading, int a, size_t a_digits, int b, size_t b_digits) {
    if (b_digits == 3 && (a_digits == 4 || a_digits == 2)) {
        reading->date.year = year_of(a, a_digits);
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
        year_month_day(reading, year_of(t->value[0], 2), t->value[1], t->value[2]);
        return true;
    }
    if (t->digits[2] != 4 && t->digits[2] != 2) {
        return false;
    }
    int year = year_of(t->value[2], t->digits[2]);
    bool month_leads = t->separator == '/' && t->value[0] <= 12 &&
                       (t->value[1] > 12 || !day_first(reading->language));
    year_month_day(reading, year, t->value[month_leads ? 0 : 1], t->value[month_leads ? 1 : 0]);
    return true;
}

/* 2003-W52-3: Monday of week 1 is the one nearest to the first of January. */
static bool week_date(struct reading *reading, int year) {
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

/* A number, a separator, and what follows: 2003-12-31, 31.12.2003, 26-Jan-2004, 2003-W52. */
static bool group_read(struct reading *reading, int value, size_t digits) {
    struct triple triple = {.value = {value}, .digits = {digits}};
    struct span *rest = &reading->rest;
    triple.separator = rest->data[0];
    *rest = span_from(*rest, 1);
    if (rest->size > 0 && rest->data[0] == 'W' && digits == 4) {
        return week_date(reading, value);
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

static bool number_read(struct reading *reading) {
    struct span before = reading->rest;
    int value = 0;
    size_t digits = 0;
    bool done = false;
    reading->any_number = true;
    if (!date_number_take(&reading->rest, &value, &digits)) {
        return false;
    }
    struct span rest = reading->rest;
    char next = rest.size > 0 ? rest.data[0] : '\0';
    char after = rest.size > 1 ? rest.data[1] : '\0';
    if (next == ':') {
        struct day_time time;
        reading->rest = before;
        return day_time_take(&reading->rest, &time) && time_set(reading, &time);
    }
    if ((next == 'h' || next == 'H') && digits <= 2 && !byte_is_alpha(after)) {
        return hours_read(reading, value);
    }
    if (next == 'W' && digits == 4 && byte_is_digit(after)) {
        return week_date(reading, value);
    }
    bool dated = reading->date.year != 0 || reading->number_count == 3;
    if ((next == '-' || next == '/' || next == '.') && !dated && digits <= 4 &&
        (byte_is_digit(after) || (next == '-' && is_word_byte(after)))) {
        return group_read(reading, value, digits);
    }
    if (suffix_read(reading, value, &done) && done) {
        return true;
    }
    if (digits > 4) {
        return !dated && compact_date(reading, value, digits);
    }
    if (reading->number_count == 3) {
        return false;
    }
    reading->numbers[reading->number_count].value = value;
    reading->numbers[reading->number_count++].digits = digits;
    return true;
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
static bool numbers_settle(struct reading *reading) {
    struct date *date = &reading->date;
    for (size_t i = 0; i < reading->number_count; i++) {
        int value = reading->numbers[i].value;
        size_t digits = reading->numbers[i].digits;
        if (digits <= 2 && date->day == 0 && value >= 1 && value <= 31) {
            date->day = value;
        } else if (date->year == 0 && digits != 1 && digits != 3) {
            date->year = year_of(value, digits);
        } else {
            return false;
        }
    }
    if (date->month == 0 && date->day != 0) {
        return false;
    }
    if (date->year == 0) { /* "3 March": the last one there was */
        if (date->month == 0 || date->day == 0 || reading->now_ms == DATE_NONE) {
            return false;
        }
        date->year = date_from_ms(reading->now_ms).year;
        date->year -= date_is_valid(date) && date_to_ms(date) > reading->now_ms + DAY_MS;
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

/* Only digits, maybe with a fraction: moments since 1970, or a date without separators. */
static bool digits_parse(struct span text, bool *digits_only, int64_t *ms) {
    size_t size = 0;
    while (size < text.size && byte_is_digit(text.data[size])) {
        size++;
    }
    *digits_only = size == text.size || (text.data[size] == '.' && size >= 9);
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

/* The form nearly every RSS feed uses, "Sat, 07 Sep 2002 00:00:01 GMT" or "+0200", without a look
 * into the tables of words. False: not exactly that form. */
static bool rfc822_parse(struct span text, int64_t *ms) {
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (text.size < 29 || text.size > 31 || text.data[3] != ',' || text.data[16] != ' ' ||
        text.data[19] != ':' || text.data[22] != ':' || text.data[25] != ' ') {
        return false;
    }
    struct date date = {.day = two_digits(text.data + 5),
                        .year = two_digits(text.data + 12) * 100 + two_digits(text.data + 14),
                        .hour = two_digits(text.data + 17),
                        .minute = two_digits(text.data + 20),
                        .second = two_digits(text.data + 23)};
    for (size_t i = 0; i < 12; i++) {
        date.month = memcmp(months + i * 3, text.data + 8, 3) == 0 ? (int)i + 1 : date.month;
    }
    struct span zone = span_from(text, 26);
    int hour = 0;
    int minute = 0;
    if (zone.size == 5 && (zone.data[0] == '+' || zone.data[0] == '-')) {
        hour = two_digits(zone.data + 1);
        minute = two_digits(zone.data + 3);
    } else if (!span_equal(zone, SPAN("GMT"))) {
        return false;
    }
    if (!date_is_valid(&date) || date.year < 1000 || hour < 0 || hour > 23 || minute < 0 ||
        minute > 59) {
        return false;
    }
    int64_t offset_ms = (hour * 60 + minute) * MINUTE_MS;
    *ms = date_to_ms(&date) - (zone.data[0] == '-' ? -offset_ms : offset_ms);
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
    if (now_ms != DATE_NONE && date_parse_relative(text, now_ms, ms)) {
        return true;
    }
    struct reading reading = {.rest = text, .language = language, .now_ms = now_ms};
    /* ISO 8601:1988 lets the century go: -0312, -03-12. */
    if (text.data[0] == '-' && text.size >= 3 && text.size <= 6) {
        struct span rest = span_from(text, 1);
        int year = 0;
        int month = 1;
        size_t digits = 0;
        bool read = date_number_take(&rest, &year, &digits);
        if (digits == 4) {
            month = year % 100;
            year /= 100;
        } else if (digits == 2 && take_byte(&rest, '-')) {
            read = read && date_number_take(&rest, &month, &digits) && digits == 2;
        }
        year_month_day(&reading, year_of(year, 2), month, 1);
        return read && rest.size == 0 && (digits == 2 || digits == 4) &&
               reading_finish(&reading, ms);
    }
    while (reading.rest.size > 0) {
        if (!reading_step(&reading)) {
            return false;
        }
    }
    return reading.any_number && reading_finish(&reading, ms);
}

bool date_parse_any(struct span text, int64_t now_ms, int64_t *ms) {
    return date_parse_in(text, now_ms, (struct span){0}, ms);
}
