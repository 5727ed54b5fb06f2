/* Words that dates are written with, in en es pt it de fr and what foreign feeds use besides.
 *
 * Words are looked up folded: ASCII lower case, accents of Latin letters off ("Août" = "aout").
 * The same word can mean different things in a date ("3 ago 2024": August) and in a distance to now
 * ("3 hours ago"), hence two tables. */
#ifndef PARSERS_DATE_WORDS_H
#define PARSERS_DATE_WORDS_H

#include "base/span.h"

enum date_word_kind {
    DATE_WORD_UNKNOWN,
    DATE_WORD_FILLER,      /* means nothing: "de", "at", "Uhr" */
    DATE_WORD_WEEKDAY,     /* means nothing either */
    DATE_WORD_MONTH,       /* value: 1..12 */
    DATE_WORD_HALF,        /* value: 0 = a.m., 12 = p.m. */
    DATE_WORD_HALF_KOREAN, /* the same; and the time is Korean when no zone is given */
    DATE_WORD_ZONE,        /* value: minutes east of Greenwich */
    DATE_WORD_UNIT,        /* value: milliseconds: "hours", "Tagen" */
    DATE_WORD_MONTHS,      /* value: 1 = "months", 12 = "years" */
    DATE_WORD_COUNT,       /* value: 1 = "an", "una", "einem"; 3 = "few" */
    DATE_WORD_AGO,         /* "ago", "hace", "vor", "fa" */
    DATE_WORD_DAY,         /* value: days before today: "today" 0, "gestern" 1 */
    DATE_WORD_NOW,         /* "now", "gerade eben" */
};

struct date_word {
    enum date_word_kind kind;
    int64_t value;
};

struct date_word date_word_absolute(struct span folded);
struct date_word date_word_relative(struct span folded);

/* Folds a word into `out`, cut at `capacity` bytes. */
struct span date_word_fold(struct span word, char *out, size_t capacity);

#endif
