/* Stories numbered from 0 as they are met. */
#ifndef REPORT_STORIES_H
#define REPORT_STORIES_H

#include "report/report.h"

struct stories { /* all zero: none yet */
    struct story {
        uint64_t cluster; /* 0 = free */
        size_t number;
    } * slots;
    size_t capacity;
    size_t count;
};

/* The number of the entry's story; `*fresh`: it was not met before. */
size_t stories_place(struct stories *stories, const struct timeline_entry *entry, bool *fresh);
void stories_done(struct stories *stories);

#endif
