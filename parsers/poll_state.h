/* What a poll knows and where it stands; kept between polls as a cursor (JSON). */
#ifndef PARSERS_POLL_STATE_H
#define PARSERS_POLL_STATE_H

#include "parsers/paging.h"

#define TOPS_MOST 12  /* ids remembered from the top of the listing */
#define TOPS_NEEDED 3 /* so many of them in a row mean that the rest is known */

struct tops {
    struct span list[TOPS_MOST];
    size_t count;
};

struct poll {
    const struct recipe *recipe;
    struct poll_options options;
    struct arena *arena;
    struct web_header *params; /* all of the recipe's, with their values */
    struct position position;
    struct poll_report report;
    int64_t known_ms; /* everything up to here has been handed out; DATE_NONE = nothing */
    struct tops known_tops;
    int64_t newest_ms; /* of this walk */
    struct tops tops;  /* of this walk */
    bool begun;        /* the walk has a page behind it */
    bool resumed;      /* the walk began in an earlier poll */
    bool over;
};

/* The moment before which items are of no interest: since, or shortly before what is known. */
int64_t poll_floor_ms(const struct poll *poll);

/* The value of a variable in a recipe's templates: a parameter, "query", "since_s", ...; a
 * template_lookup whose context is a struct poll. */
struct span poll_variable(void *context, struct span name);

/* Takes up where the cursor says. What is not understood is left out: the poll then begins at the
 * top and ends at `since`. */
void poll_load_cursor(struct poll *poll, struct span cursor);

#endif
