/* Where the mail sink keeps its messages: NNNN.eml and NNNN.json in a folder. */
#ifndef TESTS_ORIGIN_MAILBOX_H
#define TESTS_ORIGIN_MAILBOX_H

#include "base/error.h"
#include "base/span.h"

#define MAILBOX_RECIPIENTS 100 /* RFC 5321 4.5.3.1.8: at least that many */

struct envelope {
    struct span from;
    struct span to[MAILBOX_RECIPIENTS];
    size_t to_count;
    struct span hello;
    struct span user; /* of AUTH; empty: none */
    bool bare_lf;     /* a line ended without CR */
    size_t longest_line;
};

/* Makes the folder when it is missing. */
MUST_CHECK bool mailbox_open(const char *folder, struct error *error);

/* Writes the message under the next free number; the .json appears last and whole. */
MUST_CHECK bool mailbox_keep(const char *folder, const struct envelope *envelope,
                             struct span message, struct error *error);

#endif
