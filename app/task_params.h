/* What a source gives for its recipe's parameters. A secret one may be given like a `key`: as
 * NAME_file beside the others, or by credentials or environment as sources.SOURCE.NAME. */
#ifndef APP_TASK_PARAMS_H
#define APP_TASK_PARAMS_H

#include "app/tasks.h"

/* Fills the task's params, in `arena`. A parameter nobody knows is a slip; one that is missing would
 * ask the site for nonsense. The error has line and column where the mistake stands in the file. */
MUST_CHECK bool task_params_fill(struct task *task, const struct config *config,
                                 struct arena *arena, struct error *error);

#endif
