/* The words that decided a score, as a line: what messages show beside what they quote. */
#ifndef APP_REASONS_H
#define APP_REASONS_H

#include "app/assessor.h"
#include "report/report.h"

/* The assessor must live as long. */
struct explainer reasons_explainer(const struct assessor *assessor);

#endif
