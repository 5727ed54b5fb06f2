/* `earshot source test NAME --explain`: what of a brand's query goes to the site, in its dialect, and
 * what is only checked here. */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include "app/app.h"
#include "app/tasks.h"

/* Of a configured source, for each of its brands; of a recipe, for the query on the command line.
 * Nothing is fetched. */
MUST_CHECK bool source_explain(struct app *app, const struct assessor *assessor,
                               const struct task *task, struct error *error);

#endif
