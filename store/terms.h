/* The terms of a mention: what the text index knows it by. The other side, the terms that a query
 * asks for, is store/plan.h; the two must agree, and verify and the tests of searching see that
 * they do.
 *
 * A mention has a term for every word of title and text, folded as the matcher folds it, and for
 * every part of a word with apostrophes that the matcher would find ("l'acme": l, l'acme, acme);
 * and one for each of its fields that can be asked for by name:
 *
 *     0x02, letter of enum term_field, value
 *
 * Values are folded texts, or numbers in decimal. Words never begin with a control character. */
#ifndef STORE_TERMS_H
#define STORE_TERMS_H

#include "store/record.h"

enum term_field {                      /* stored: append only */
                  TERM_SOURCE = 's',   /* number */
                  TERM_CHANNEL = 'c',  /* number */
                  TERM_LANGUAGE = 'l', /* as known: "pt" */
                  TERM_CLAIMED = 'r',  /* as the source says it: "pt-br" */
                  TERM_COUNTRY = 'k',
                  TERM_TOPIC = 't',       /* number */
                  TERM_STAGE = 'g',       /* number */
                  TERM_BRAND = 'b',       /* number */
                  TERM_AUTHOR = 'a',      /* a word of the name */
                  TERM_AUTHOR_NAME = 'n', /* all of the name, or the source's key of the author */
                  TERM_SITE = 'h',        /* host, and every domain above it */
                  TERM_LABEL = 'e',       /* number; of the whole text, where it was scored */
                  TERM_FEELING = 'f', /* number; of the first brand, else of the whole text: what
                                             answers are counted by */
                  /* What people did about it (base/work.h); none of nothing. */
                  TERM_STATUS = 'u', /* number */
                  TERM_TAG = 'w',
                  TERM_ASSIGNED = 'p',
                  TERM_REVIEW = 'v', /* number; REVIEW_NONE never */
};

/* Calls `visit` for each term, maybe more than once; a term is valid during its visit. */
typedef void term_visitor(void *context, struct span term);
void terms_visit(const struct record *record, struct arena *arena, term_visitor *visit,
                 void *context);

/* The term of a field's value; in `arena`. */
struct span term_of_text(enum term_field field, struct span value, struct arena *arena);
struct span term_of_number(enum term_field field, uint64_t value, struct arena *arena);

#endif
