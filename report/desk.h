/* Where deliveries are received: which may come in, and in what measure. Pure but for its memory of
 * what came in lately. */
#ifndef REPORT_DESK_H
#define REPORT_DESK_H

#include "report/http.h"
#include "report/report.h"

struct desk; /* opaque */

struct desk *desk_create(const struct hooks *hooks); /* NULL: none; they must live as long */
void desk_free(struct desk *desk);

/* The hook of that name, or the number of hooks. */
size_t desk_hook(const struct desk *desk, struct span name);

/* What is wrong with a delivery; status 0: nothing. Status 202: it was stored before. */
struct desk_verdict {
    struct http_refusal refusal;
    unsigned retry_s; /* 0 = sending it again will not help */
    struct span id;   /* the delivery's own; in `arena` */
};

/* By its head: whether its body is worth being read. */
struct desk_verdict desk_judge_head(const struct desk *desk, size_t hook,
                                    const struct webhook_delivery *delivery);

/* With its body: signature, repetition, measure. `waiting`: others that wait for the store. */
struct desk_verdict desk_judge(struct desk *desk, size_t hook,
                               const struct webhook_delivery *delivery, const struct clock *clock,
                               size_t waiting, struct arena *arena);

/* A delivery with that id was stored. */
void desk_remember(struct desk *desk, size_t hook, struct span id, const struct clock *clock);

#endif
