/* How earshot shows itself on the wire, the same for a poll and for a trial of a source: as the
 * configuration says, and as the source's terms ask. */
#ifndef APP_CRAWLING_H
#define APP_CRAWLING_H

#include "app/tasks.h"
#include "crawler/crawler.h"

/* A crawler as configured; `config` NULL: the defaults. */
struct crawler *crawling_open(uv_loop_t *loop, const struct config *config,
                              const struct clock *clock, struct log *log);

/* How the task's requests are sent and whose budget they are counted in; text is the task's. */
struct fetch_options crawling_options(const struct task *task);

#endif
