/* A notice as chat programs and others want it: one row a shape, each within its receiver's limits
 * and with nothing in it that could call anybody, format, or lead elsewhere than it shows.
 *
 * json        {"type", "timestamp", "data"}, as Standard Webhooks advise; text as it was written
 * slack       blocks: 50 at most, 3,000 characters in one, headers 150 (api.slack.com/reference/block-kit)
 * teams       a message with an Adaptive Card 1.4 for a Workflows webhook: 28 KB at most
 * discord     one embed: title 256, description 4,096, 25 fields of 1,024, 6,000 in all; no mentions
 * mattermost  Markdown, 16,383 characters at most
 * apprise     {"title", "body", "type", "format"} for the notify API of Apprise */
#ifndef REPORT_SHAPES_H
#define REPORT_SHAPES_H

#include "base/json_writer.h"
#include "report/notice.h"

/* The body that is posted, in `arena`: quotes are left out from the last on where all of it would be
 * too large. */
struct span shape_print(enum webhook_shape shape, const struct notice *notice, struct arena *arena);

const char *shape_name(enum webhook_shape shape);

#endif
