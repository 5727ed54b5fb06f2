/* How a lexicon is put together: text files are read into a draft, the draft is written as an image.
 * The build does it once (sentiment/compile.c); a user's overlays are merged the same way. */
#ifndef SENTIMENT_DRAFT_H
#define SENTIMENT_DRAFT_H

#include "sentiment/lexicon.h"

/* --- The draft: tables that grow, linked by number; number 0 of each means "none" ------------- */

struct draft_form {
    struct text text;
    uint32_t links;   /* first of its senses */
    uint8_t function; /* languages (bits) that have it as a function word */
};

struct slot {
    uint32_t hash; /* upper half: tells most words apart without looking at their text */
    uint32_t form;
};

struct link { /* one sense of a form */
    uint32_t sense;
    uint32_t next; /* 0 = last */
};

/* "y -> ies ied ying": a lemma with this ending also has these forms. */
struct inflection {
    struct span ending;
    struct span replacements; /* separated by blanks; "-" is the bare stem */
};

enum { LIMIT_INFLECTIONS = 200 };

/* A phrase, and another one with the same first form; longer ones come first. */
struct draft_phrase {
    struct phrase phrase;
    uint32_t next;
};

/* A lemma whose inflected forms are made once every listed form is known, because a listed form
 * always wins over a made one. */
struct lemma {
    uint32_t form;
    uint32_t sense;
};

struct draft {
    struct arena *scratch; /* of one file while reading */
    char *pool;
    size_t pool_size, pool_capacity;
    struct draft_form *forms;
    size_t form_count, form_capacity;
    struct slot *slots; /* open addressing; a power of two of them */
    size_t slot_count;
    struct link *links;
    size_t link_count, link_capacity;
    struct sense *senses; /* `owner` is a number of the draft */
    size_t sense_count, sense_capacity;
    struct draft_phrase *phrases; /* `forms` too */
    size_t phrase_count, phrase_capacity;
    struct lemma *lemmas;
    size_t lemma_count, lemma_capacity;
    struct inflection inflections[LANGUAGE_COUNT][LIMIT_INFLECTIONS]; /* in the files' text */
    size_t inflection_counts[LANGUAGE_COUNT];
    struct settings settings[LANGUAGE_SLOTS][GENRE_COUNT];
    struct text topics[LIMIT_TOPICS];
    size_t topic_count;
};

struct draft *draft_create(void);
void draft_free(struct draft *draft); /* NULL is fine */

struct span draft_text(const struct draft *draft, struct text text);
struct text draft_add_text(struct draft *draft, struct span text);

/* The form with this folded text, made when new; 0 when it is longer than LIMIT_FORM. */
uint32_t draft_add_form(struct draft *draft, struct span folded);

/* Gives a form one more sense, unless it has one in that language: false then. */
bool draft_link(struct draft *draft, uint32_t form, uint32_t sense);

/* The sense of an entry as listed, one word or several; 0 when it holds no word at all, one that is
 * too long, or more than PHRASE_WORDS. */
uint32_t draft_entry(struct draft *draft, struct span text, enum language language);

/* Whether the sense is a single word's, and not a phrase's that begins with its owner. */
bool draft_is_word(struct draft *draft, uint32_t sense);

/* --- From text to image ----------------------------------------------------------------------- */

/* Reads one file: LANGUAGE.lexicon.tsv, LANGUAGE.GENRE.tsv, LANGUAGE.rules.tsv or
 * LANGUAGE.topics.tsv. Its text must outlive the draft. */
MUST_CHECK bool draft_read(struct draft *draft, struct span file, struct span text,
                           struct error *error);

/* Makes the inflected forms of all lemmas, and the spellings without accents; once, when all files
 * are read. */
void draft_inflect(struct draft *draft);

/* What the words of each language teach about its letters: fills the 1 << LETTERS_BITS rows. */
void draft_learn_letters(const struct draft *draft, struct letters *rows);

/* Reads the text files that are part of the program. */
MUST_CHECK bool draft_read_built_in(struct draft *draft, struct error *error);

/* The draft as an image, which free() releases. */
char *draft_write(const struct draft *draft, size_t *size);

#endif
