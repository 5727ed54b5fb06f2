/* What is behind the door's struct store. */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/environment.h"
#include "store/store.h"
#include "store/writer.h"

struct store {
    struct environment *environment;
    struct writer *writer; /* NULL when reading */
    bool edits_only;       /* opened for store_edit() */
    bool knows_authors;    /* there is a key to know blocked ones by */
};

#endif
