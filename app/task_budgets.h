/* What a task may spend, and how often it is asked: the recipe's word, and the user's. */
#ifndef APP_TASK_BUDGETS_H
#define APP_TASK_BUDGETS_H

#include "app/tasks.h"

/* Fills the task's budgets, in `arena`. Tasks that the site counts as one customer have the same
 * accounts: the recipe's governor key, and the credentials. What must be paid for needs a bound by
 * the user. The error has line and column where the mistake stands in the file. */
MUST_CHECK bool task_budgets_fill(struct task *task, struct arena *arena, struct error *error);

/* Fills the bounds of its interval. */
void task_intervals_fill(struct task *task);

#endif
