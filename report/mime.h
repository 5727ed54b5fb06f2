/* Builds one Internet message (RFC 5322, MIME): text and HTML alternatives, quoted-printable, CRLF
 * line ends only, lines of at most 76 bytes, headers folded and encoded (RFC 2047). The same input
 * gives the same bytes. Header values may hold any text: line ends and controls cannot get out. */
#ifndef REPORT_MIME_H
#define REPORT_MIME_H

#include "base/buffer.h"
#include "base/error.h"

struct mime_message {
    int64_t date_ms;
    struct span from_name; /* may be empty */
    struct span from;      /* address */
    struct span to_name;   /* may be empty */
    struct span to;        /* address */
    struct span subject;
    struct span message_id;  /* without <> */
    struct span thread;      /* id of the thread's root, without <>; empty: none */
    struct span list_name;   /* "Acme alerts" */
    struct span list_id;     /* "acme.alerts.example.com" */
    struct span unsubscribe; /* where to say that it is enough (RFC 2369): "mailto:..." */
    struct span one_click;   /* the same as a web address that takes a POST (RFC 8058) */
    struct span text;        /* UTF-8, line feeds */
    struct span html;        /* UTF-8; empty: text only */
};

/* Appends the message. False: an address is none, or the message passes LIMIT_MAIL or its HTML part
 * LIMIT_MAIL_HTML. */
MUST_CHECK bool mime_print(struct buffer *out, const struct mime_message *message,
                           struct error *error);

/* Bytes that a text takes as quoted-printable. */
size_t mime_quoted_size(struct span text);

/* A mail address that needs no quoting: printable ASCII without spaces, <>()[],;:\" and exactly one
 * @ with something on both sides; at most 254 bytes (RFC 5321 4.5.3.1). */
bool mime_address_is_valid(struct span address);

/* Part of an address after the @. */
struct span mime_address_domain(struct span address);

#endif
