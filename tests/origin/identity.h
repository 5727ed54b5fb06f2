/* Ids, addresses and authors of the world's posts, as each kind of site gives them. */
#ifndef TESTS_ORIGIN_IDENTITY_H
#define TESTS_ORIGIN_IDENTITY_H

#include "tests/origin/world.h"

/* Fills number, id, url, author and thread of every post of a sorted world. */
void identity_assign(struct world *world);

/* A number for an author, the same for all their posts. */
int64_t identity_author_number(struct span author);

#endif
