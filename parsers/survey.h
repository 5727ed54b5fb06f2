/* What is known of a survey's export while it is read: its columns, and what each was taken for. */
#ifndef PARSERS_SURVEY_H
#define PARSERS_SURVEY_H

#include "parsers/csv.h"
#include "parsers/parsers.h"

enum role { /* what a column is */
            ROLE_NONE,
            ROLE_ID,
            ROLE_TIME,
            ROLE_UPDATED,
            ROLE_NPS, /* and the two after it, in the order of enum survey_question */
            ROLE_CSAT,
            ROLE_CES,
            ROLE_STARS,
            ROLE_COMMENT,
            ROLE_CONTEXT, /* product, place, touchpoint */
            ROLE_AUTHOR,
            ROLE_PERSON, /* who a person is or where: never stored */
            ROLE_LANGUAGE,
            ROLE_COUNTRY,
            ROLE_BRAND,
            ROLE_URL,
            ROLE_COUNT,
};
struct role_trait {
    const char *name; /* as in a map's `columns:` */
    const char *shown;
    bool many;  /* several columns may be it */
    bool score; /* a number on a scale */
};
extern const struct role_trait role_traits[ROLE_COUNT];

enum date_order { DATES_SEEN, DATES_DAY_FIRST, DATES_MONTH_FIRST };
enum people { PEOPLE_DROP, PEOPLE_HASH };

struct survey_map {
    struct span file;
    const struct yaml_node *root; /* for places */
    struct span delimiter;
    struct span charset;
    int64_t header_rows; /* 0 = as it looks */
    enum date_order dates;
    enum people people;
    struct config_list columns[ROLE_COUNT]; /* names of columns, by role */
    struct span scales[ROLE_COUNT];         /* "1..7", by role */
    const struct config_pair *labels;
    size_t label_count;
    struct config_list ignore;
};

/* What the values of one column are like. */
struct facts {
    size_t values; /* not empty */
    size_t numbers;
    double low, high; /* of the numbers */
    size_t percents;
    double best_said; /* 5 of "4/5"; 0 = nobody */
    size_t labels[ROLE_COUNT];
    size_t people; /* addresses of mail or network */
    size_t words;
    size_t dates;   /* of the first values */
    size_t sampled; /* values that were looked at for labels, people, words and dates */
    size_t day_first, month_first, undecided; /* dates of three numbers */
    uint64_t distinct[64];                    /* hashes of the first different values */
    size_t distinct_count;
};

struct column {
    struct span title; /* of the question, which other columns may share */
    struct span name;
    struct span folded;
    struct span question; /* with what stands below it, where heads have several rows; folded */
    enum role role;
    bool told; /* by the map */
    bool ignored;
    double worst, best; /* of a score */
    struct facts facts;
};

#define HEAD_ROWS 4 /* three heads at most, and a row below them */

struct survey {
    const struct survey_map *map; /* an empty one where none was given */
    struct span key;              /* of the hash of people */
    struct arena *arena;
    struct csv_reader csv;
    bool begun; /* delimiter and head are known */
    struct csv_row head[HEAD_ROWS];
    size_t head_count;
    size_t header_rows;
    struct column *columns;
    size_t column_count;
    size_t rows; /* of answers, studied */
    bool month_first;
    struct arena *scratch; /* of one row while studying */

    /* While taking rows: */
    bool taking;
    size_t skip; /* head rows still to be passed over */
    struct seen *seen;
};

/* An answer as it is written: "9", "4,5", "85 %", "4/5", "10 - very likely", "★★★★", "sehr
 * zufrieden". `best` 0: it tells no scale. */
struct answer_read {
    double value;
    double worst, best;
    enum role role; /* a label's; ROLE_NONE of a number */
    bool percent;
};
bool answer_parse(const struct survey_map *map, struct span text, struct arena *arena,
                  struct answer_read *answer);

/* Whether a folded name is one that the role goes by; `rank` is less for better. */
bool role_has_name(enum role role, struct span folded, size_t *rank);

/* A row of sums at the end of a sheet, by its first cell. */
bool names_a_sum(struct span folded);

/* Whether the whole text is an address of mail or network; text with those of mail masked. */
bool text_is_address(struct span text);
struct span text_without_addresses(struct span text, struct arena *arena);

/* What the columns are, from map, names and facts. */
MUST_CHECK bool columns_assign(struct survey *survey, struct error *error);
void facts_add(const struct survey *survey, struct facts *facts, struct span value);

#endif
