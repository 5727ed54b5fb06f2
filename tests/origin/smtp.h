/* A mail sink: an SMTP server (RFC 5321) on a loopback port that keeps what it is given, and
 * answers as a script says.
 *
 * Each accepted message becomes NNNN.eml in the mailbox folder (as received, dots unstuffed) and
 * then NNNN.json with its envelope: {"from","to":[],"hello","user","size","bare_lf","longest_line",
 * "received_ms"}. EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, VRFY, QUIT, AUTH PLAIN and LOGIN (any
 * password is right). Announces PIPELINING, SIZE, 8BITMIME, SMTPUTF8, ENHANCEDSTATUSCODES.
 *
 * A script has one rule a line; the first that fits decides. `first N`: only the first N times;
 * `after N`: not the first N; `to TEXT`: only where the line holds TEXT (DOT: the recipients).
 *
 *     RCPT 451 first 2              temporary refusal of two recipients
 *     RCPT 550 to bob@              permanent refusal of one
 *     DATA 554
 *     DOT 452 first 1               after the final dot, message not kept
 *     drop-after-dot 1              message kept, connection closed without an answer: once
 *     drop MAIL first 1             connection closed instead of an answer
 *     stall DOT first 1             message kept, no answer, connection stays open
 *
 * Commands: CONNECT, EHLO, HELO, AUTH, MAIL, RCPT, DATA, DOT, RSET, NOOP, QUIT. */
#ifndef TESTS_ORIGIN_SMTP_H
#define TESTS_ORIGIN_SMTP_H

#include "base/error.h"
#include "base/span.h"

#include <uv.h>

struct smtp; /* opaque */

struct smtp_options {
    int port;            /* 0: any free one */
    const char *mailbox; /* folder, made when missing; NULL: messages are counted only */
    struct span script;  /* its text; may be empty */
};

MUST_CHECK bool smtp_start(uv_loop_t *loop, const struct smtp_options *options, struct smtp **smtp,
                           struct error *error);
int smtp_port(const struct smtp *smtp);
size_t smtp_message_count(const struct smtp *smtp); /* kept so far */

/* Closes all sockets; frees it once the loop has run its close callbacks. */
void smtp_close(struct smtp *smtp);

#endif
