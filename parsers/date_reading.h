/* A date while it is read: behind date_parse_words(). */
#ifndef PARSERS_DATE_READING_H
#define PARSERS_DATE_READING_H

#include "base/date.h"

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

/* A year of two digits is one of 1970..2069. */
int date_year(int year, size_t digits);

/* Digits without separators: 20031231, 031231, 2003335, 03335. */
bool date_compact_read(struct reading *reading, int value, size_t digits);

/* A number that has been read, the separator behind it, and what follows: 2003-12-31, 31.12.2003,
 * 26-Jan-2004, 2003-W52. */
bool date_group_read(struct reading *reading, int value, size_t digits);

/* 2003-W52-3, from the W on. */
bool date_week_read(struct reading *reading, int year);

#endif
