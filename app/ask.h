/* What questions to the store have in common: whom they are about, and when. Each
 * false has told why. */
#ifndef APP_ASK_H
#define APP_ASK_H

#include "app/app.h"

/* A mistake is shown with a caret. */
MUST_CHECK bool ask_query(struct app *app, struct span text, const struct query **query);

/* --limit; as it was where it is not given. */
MUST_CHECK bool ask_limit(struct app *app, size_t *limit);

/* since: and until: of the query count where the options do not say otherwise. */
void ask_window(const struct app *app, const struct query *query, struct period *period);

/* BRAND and --query. */
MUST_CHECK bool ask_segment(struct app *app, struct segment *segment);

#endif
