/* What people say, by language: sentences with slots, each with the topic it is about and how it
 * feels about the brand it names.
 *
 *     {b} the brand   {c} another brand   {x} a word that hides the brand's name
 *     {p} a product   {k} a town   {d} a day of the week   {n} 2..9   {m} an amount of money
 *     {s} a person
 *
 * Sentences with {b} and sentences without live in one list; a text opens with one that names the
 * brand (where it is to be named) and goes on with others. */
#ifndef TESTS_ORIGIN_PHRASES_H
#define TESTS_ORIGIN_PHRASES_H

#include "tests/origin/world.h"

struct phrase {
    enum topic topic;
    enum polarity polarity;
    const char *text;
};

struct comparison { /* one sentence, two feelings */
    enum polarity brand;
    enum polarity other;
    const char *text;
};

struct story { /* what newspapers print */
    enum topic topic;
    enum polarity polarity; /* POLARITY_ABSENT: names no brand */
    const char *title;
    const char *paragraphs[3];
};

/* Rows and how many. */
#define ROWS(table) (table), sizeof(table) / sizeof((table)[0])

struct phrasebook {
    const char *language;
    const struct phrase *phrases;
    size_t phrase_count;
    const struct phrase *incident; /* the delivery failure */
    size_t incident_count;
    const struct comparison *comparisons;
    size_t comparison_count;
    const struct story *stories;
    size_t story_count;
    const struct story *incident_stories;
    size_t incident_story_count;
    const char *const *unrelated; /* posts that name no brand; some hide its name: {x} */
    size_t unrelated_count;
    const char *const *titles[4]; /* of reviews, by polarity; each ends with NULL */
    const char *const *questions; /* titles on question sites */
    const char *const *openings;  /* before a sentence: "Honestly, " */
    const char *const *closings;  /* after the last one */
    const char *const *fillers;   /* paragraphs that any story about a company may hold */
    const char *const *people;
    const char *const *products;
    const char *const *towns;
    const char *const *days;
    const char *money;  /* "$%d" */
    const char *nobody; /* what stands for {b} where it must not be named */
};

extern const struct phrasebook phrases_en;
extern const struct phrasebook phrases_es;
extern const struct phrasebook phrases_pt;
extern const struct phrasebook phrases_it;
extern const struct phrasebook phrases_de;
extern const struct phrasebook phrases_fr;

/* The book of a language; English for one that has none. */
const struct phrasebook *phrasebook_find(const char *language);

#endif
