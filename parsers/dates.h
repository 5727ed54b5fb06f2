/* Dates in the forms that feeds, APIs and pages use; behind date_parse_any() of the door. */
#ifndef PARSERS_DATES_H
#define PARSERS_DATES_H

#include "base/span.h"

/* As date_parse_any(); `language` (BCP 47, "" = unknown) decides what 03/04/2026 is: month first in
 * English and where nothing is known, else day first. */
bool date_parse_in(struct span text, int64_t now_ms, struct span language, int64_t *ms);

/* "3 hours ago", "hace 2 dias", "gestern um 14:30"; `now_ms` must be a moment. */
bool date_parse_relative(struct span text, int64_t now_ms, int64_t *ms);

/* A date made of numbers, words and separators in any order that makes sense; what is no number,
 * month or zone must stand before them. `now_ms` fills in a missing year. */
bool date_parse_words(struct span text, int64_t now_ms, struct span language, int64_t *ms);

/* Takes "H:MM[:SS[.fraction]]" off `text`; seconds and fraction are optional. */
struct day_time {
    int hour;
    int minute;
    int second;
    int ms;
};
bool day_time_take(struct span *text, struct day_time *time);

/* Takes a word off `text`: letters of any script, as "a.m." too, and folds it into `out`. */
#define DATE_WORD_SIZE 32
struct span date_word_take(struct span *text, char out[DATE_WORD_SIZE]);

/* Takes all digits off `text`; at most nine are read, more give false. */
bool date_number_take(struct span *text, int *number, size_t *digits);

#endif
