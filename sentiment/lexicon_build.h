/* How a lexicon is put together; only the files that load one see this. */
#ifndef SENTIMENT_LEXICON_BUILD_H
#define SENTIMENT_LEXICON_BUILD_H

#include "sentiment/lexicon.h"

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

enum { LIMIT_INFLECTIONS = 200, LIMIT_TOPICS = 64 };

/* A lemma whose inflected forms are made once every listed form is known, because a listed form
 * always wins over a made one. */
struct lemma {
    uint32_t form;
    uint32_t sense;
};

struct lexicon {
    struct arena *scratch; /* of one file while loading */
    char *pool;
    size_t pool_size, pool_capacity;
    struct form *forms; /* [0] is NO_FORM, as with the other tables */
    size_t form_count, form_capacity;
    struct slot *slots; /* open addressing; a power of two of them */
    size_t slot_count;
    struct link *links;
    size_t link_count, link_capacity;
    struct sense *senses;
    size_t sense_count, sense_capacity;
    struct phrase *phrases;
    size_t phrase_count, phrase_capacity;
    struct lemma *lemmas;
    size_t lemma_count, lemma_capacity;
    struct inflection inflections[LANGUAGE_COUNT][LIMIT_INFLECTIONS];
    size_t inflection_counts[LANGUAGE_COUNT];
    struct settings settings[LANGUAGE_SLOTS][GENRE_COUNT];
    struct span topics[LIMIT_TOPICS];
    size_t topic_count;
};

/* The form with this folded text, made when new. */
uint32_t lexicon_add_form(struct lexicon *lexicon, struct span folded);

/* Gives a form one more sense, unless it has one in that language: false then. */
bool lexicon_link(struct lexicon *lexicon, uint32_t form, uint32_t sense);

/* The number of the sense that a listed form has in a language, made when new; a sense it shared
 * with a lemma becomes its own. */
uint32_t lexicon_own_sense(struct lexicon *lexicon, uint32_t form, enum language language,
                           struct span text);

/* The sense of an entry as listed, one word or several; 0 when it holds no word at all or more than
 * PHRASE_WORDS. */
uint32_t lexicon_entry(struct lexicon *lexicon, struct span text, enum language language);

/* Makes the inflected forms of all lemmas, and the spellings without accents. */
void lexicon_inflect(struct lexicon *lexicon);

/* Reads one built-in file: NAME.lexicon.tsv, NAME.GENRE.tsv, NAME.rules.tsv or NAME.topics.tsv. */
MUST_CHECK bool lexicon_read(struct lexicon *lexicon, struct span file, struct span text,
                             struct error *error);

#endif
