/* Quiet hours: what happens in them is looked at as always, and told when they are over. */
#ifndef REPORT_QUIET_H
#define REPORT_QUIET_H

#include "base/config.h"

/* When a person is told of what happens at a moment: then, or when the quiet hours that it lies in end,
 * by the clock of the person's zone. */
int64_t quiet_until_ms(const struct config_person *person, int64_t now_ms);

#endif
