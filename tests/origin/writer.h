/* Puts words together: one text out of a phrase book, for a purpose. */
#ifndef TESTS_ORIGIN_WRITER_H
#define TESTS_ORIGIN_WRITER_H

#include "tests/origin/dice.h"
#include "tests/origin/phrases.h"

struct writer {
    struct dice *dice;
    struct arena *arena;
    const struct phrasebook *book;
    struct span brand; /* {b}; empty: it must not be named */
    struct span other; /* {c} */
};

/* A template with its slots filled. */
struct span writer_fill(const struct writer *writer, const char *template);

/* One to `most` (at most 8) sentences on one topic with one feeling; the first names the brand
 * unless `writer->brand` is empty. `incident`: out of the incident's list. */
struct writer_request {
    enum topic topic;
    enum polarity polarity;
    bool incident;
    int most;
};
struct span writer_say(const struct writer *writer, const struct writer_request *request);

/* A comparison of both brands; tells which feeling goes to which. */
struct span writer_compare(const struct writer *writer, enum polarity *brand, enum polarity *other);

/* A text without any brand. `*hides`: a longer word in it holds the brand's name. */
struct span writer_ramble(const struct writer *writer, bool *hides);

struct span writer_title(const struct writer *writer, enum polarity polarity);

/* One of a list that ends with NULL. */
const char *writer_pick(const struct writer *writer, const char *const *list);

/* `most` different ones of such a list, fewer where it is shorter; how many. */
size_t writer_pick_many(const struct writer *writer, const char *const *list, const char **picked,
                        size_t most);

/* What people do to text: typing errors, shouting, hashtags, emoji. Brand names stay whole.
 * `social`: with hashtags and emoji in the colour of `polarity`. */
struct span writer_roughen(const struct writer *writer, struct span text, enum polarity polarity,
                           bool social);

#endif
