/* Progress of a crawl on a terminal: one line that redraws itself, on stderr. */
#ifndef APP_PROGRESS_H
#define APP_PROGRESS_H

#include "app/pipeline.h"

/* Draws the line; `width` columns. */
void progress_draw(const struct pipeline_progress *progress, int64_t elapsed_ms, int width,
                   bool unicode);

/* The same for one file: how much of it is done, and what to say behind the bar. */
void progress_draw_share(double share, const char *what, bool unicode);

/* Takes the line away again, so that a message can stand in its place. */
void progress_clear(void);

#endif
