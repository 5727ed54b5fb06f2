/* Data files that are part of the program (recipes, lexicons, page files), so that one binary is
 * all there is to install. The Makefile makes one table per folder from the files themselves. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

#include "base/span.h"

struct embedded_file {
    const char *name;  /* file name without folders: "hackernews.yaml" */
    const char *begin; /* contents; a NUL follows */
    const char *end;
};

static inline struct span embedded_span(const struct embedded_file *file) {
    return (struct span){file->begin, (size_t)(file->end - file->begin)};
}

/* The tables, sorted by name, each ended by a row whose name is NULL. */
extern const struct embedded_file embedded_recipes[];  /* parsers/recipes */
extern const struct embedded_file embedded_lexicons[]; /* sentiment/lexicons */
extern const struct embedded_file embedded_learned[];  /* sentiment/learned */
extern const struct embedded_file embedded_words[];    /* store/words.zdict */

/* One row: what sentiment/compile.c makes of the lexicons. */
extern const struct embedded_file embedded_lexicon_image[];

#endif
