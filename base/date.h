/* Moments: int64_t milliseconds since 1970-01-01T00:00:00Z, proleptic Gregorian, leap seconds
 * folded. The forms that feeds and pages use are read in parsers/; here is what everyone needs. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include "base/span.h"

#define DATE_NONE INT64_MIN /* no moment known */
#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS ((int64_t)60 * SECOND_MS)
#define HOUR_MS ((int64_t)60 * MINUTE_MS)
#define DAY_MS ((int64_t)24 * HOUR_MS)

struct date {
    int year;    /* 1..9999 */
    int month;   /* 1..12 */
    int day;     /* 1..31 */
    int hour;    /* 0..23 */
    int minute;  /* 0..59 */
    int second;  /* 0..60 */
    int ms;      /* 0..999 */
    int weekday; /* 0 = Monday .. 6 = Sunday; set by date_from_ms, ignored by date_to_ms */
};

struct date date_from_ms(int64_t ms); /* in UTC */
int64_t date_to_ms(const struct date *date);
bool date_is_valid(const struct date *date); /* ranges, days of the month, leap years */
int date_days_in_month(int year, int month);

int64_t date_day_start(int64_t ms); /* 00:00:00.000 UTC of that day */
int64_t date_hour_start(int64_t ms);
int32_t date_day_number(int64_t ms); /* whole days since 1970-01-01, floor */

/* "2026-11-21T09:10:11Z" (20 bytes; ".120" before Z when there are milliseconds). */
#define DATE_TEXT_SIZE 32
/* All three give "" for DATE_NONE. */
const char *date_print(int64_t ms, char text[DATE_TEXT_SIZE]);     /* RFC 3339 */
const char *date_print_day(int64_t ms, char text[DATE_TEXT_SIZE]); /* "2026-11-21" */
const char *date_print_rfc5322(int64_t ms, char text[DATE_TEXT_SIZE]);

/* RFC 3339 date-time, or a bare date "2026-11-21" (midnight UTC). False when it is neither. */
bool date_parse(struct span text, int64_t *ms);

/* A length: "90d", "12h", "15m", "30s", "500ms", "2w", or sums like "1h30m". False when it is none.
 */
bool duration_parse(struct span text, int64_t *ms);
const char *duration_print(int64_t ms, char text[DATE_TEXT_SIZE]); /* "1h30m" */

/* A date or a length before `now`: what --since and --until take. */
bool date_parse_since(struct span text, int64_t now_ms, int64_t *ms);

#endif
