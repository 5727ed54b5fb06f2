/* `earshot score --jsonl`: lines from standard input, scored on all cores, answered in their order. */
#ifndef APP_SCORE_STREAM_H
#define APP_SCORE_STREAM_H

#include "app/app.h"

/* Bad lines are told with their number and left out; the others are scored. */
enum exit_code score_stream(struct app *app, const struct sentiment *sentiment,
                            const struct sentiment_overlay *overlay);

#endif
