/* Labelled texts: from a file of JSON lines or CSV, from the rated mentions of the store, or from what
 * people said of its mentions' scores.
 *
 * A line of a file has a `text`, and a `label` (negative, neutral, positive, or -1, 0, 1) or
 * `stars` (1 to 5: up to 2 negative, 3 neutral); it may have a `target` (with `tpos`, the byte where
 * it stands), a `lang` and a `genre`. Lines that lack something are told with their number and left
 * out. */
#ifndef APP_LESSONS_H
#define APP_LESSONS_H

#include "app/app.h"
#include "sentiment/sentiment.h"

struct lesson {
    struct sentiment_request request; /* with a target or none; three classes */
    enum label label;
};

struct lessons {
    struct arena *arena;
    struct lesson *list; /* in the order of the file; of the store: as they arrived */
    size_t count;
    size_t capacity;
    size_t left_out;  /* lines that could not be used */
    size_t corrected; /* by people who said otherwise than earshot; the others confirmed it */
};

/* As the options of the command say: its file, --from-store or --corrections; --brand, --genre. False: the reason
 * has been told, and `code` is the command's. */
MUST_CHECK bool lessons_load(struct app *app, struct lessons *lessons, enum exit_code *code);

#endif
