/* What of a text can be learned from: its words, and what else may tell how it is meant.
 *
 * A feature is there or not; its form is what people read in an overlay:
 *
 *     delayed               a word, folded
 *     not ... happy         a word within the reach of a negation
 *     delay*                every longer word that begins with these five letters
 *     on time               two words next to each other
 *     _ rocks, rocks _      next to the name of the target, which is always "_"
 *     _ ... fell            a word up to six words behind the name; "fell ... _" in front of it
 *     ? ! ...               marks; "@" and "://" stand for any name and any link */
#ifndef SENTIMENT_FEATURE_H
#define SENTIMENT_FEATURE_H

#include "sentiment/score.h"
#include "sentiment/target.h"

struct overlay_row;

enum spelling {
    SPELLING_SMALL = 1,
    SPELLING_CAPITAL, /* in front, where no sentence begins */
};

struct feature {
    uint64_t hash;                 /* of the form (form_hash) */
    struct span form;              /* in the arena; empty where a row is known */
    const struct overlay_row *row; /* what the overlay says of it, where one was given */
    float valence;                 /* what the lexicon says of the word; 0 = nothing */
    uint32_t begin;                /* byte offsets in the text */
    uint32_t end;
    uint8_t spelling; /* of a word or a family that is learned from; 0 = tells nothing */
};

/* What the lexicon and its rules made of the text, as five numbers of about -1..1. */
enum ground {
    GROUND_ONE,     /* always 1 */
    GROUND_GOOD,    /* good evidence */
    GROUND_BAD,     /* bad evidence */
    GROUND_BALANCE, /* twice the score */
    GROUND_LENGTH,  /* log2 of the words, 0 at eleven of them */
    GROUND_COUNT,
};

struct features {
    double ground[GROUND_COUNT];
    struct feature *list; /* each form once: in order of the text, or of hash where all are found */
    size_t count;         /* at most LIMIT_FEATURES */
};

enum { LIMIT_FEATURES = 4096 };

/* Letters that a word shares with its family ("delay*"), and bytes that a family has at most. */
enum { FAMILY_LETTERS = 5, FAMILY_SIZE = 24 };

/* Writes the family of a folded word; returns its bytes, 0 where it has no more letters. */
size_t family_of(struct span word, char family[FAMILY_SIZE]);

/* `tally` is the evidence that the lexicon finds; `sites` the places of the target, NULL: the whole
 * text; in news its sentences only. With an overlay only those that it has rows for, else all.
 * Everything lives in `arena`. */
void features_find(const struct analysis *analysis, const struct sites *sites,
                   const struct tally *tally, const struct sentiment_overlay *overlay,
                   struct arena *arena, struct features *features);

/* The same of a request: of its first target, or of the whole text where that is not
 * named. */
void sentiment_features(const struct sentiment *sentiment, const struct sentiment_request *request,
                        const struct sentiment_overlay *overlay, struct arena *arena,
                        struct features *features);

#endif
