/* The little of IMAP (RFC 9051, RFC 3501) that reading a mailbox takes: what one says, and where one
 * reply of the server ends. Pure. */
#ifndef CRAWLER_IMAP_H
#define CRAWLER_IMAP_H

#include "base/arena.h"
#include "base/error.h"

/* The bytes of the first whole reply in `bytes`: a line with the literals it announces ("{42}" and 42
 * bytes, which may hold line ends) and what follows them, its line end included. 0: it is not all here
 * yet. SPAN_NOT_FOUND: a literal, or a line, beyond `ceiling`. */
size_t imap_reply_size(struct span bytes, size_t ceiling);

enum imap_status { IMAP_OK, IMAP_NO, IMAP_BAD, IMAP_BYE, IMAP_UNTAGGED };

/* What a reply is: the end of the command `tag`, the server's farewell, or data on the way. */
enum imap_status imap_reply_status(struct span reply, struct span tag);

/* The words for people in a tagged reply: "A3 NO [NONEXISTENT] no such folder" gives "no such folder".
 */
struct span imap_reply_words(struct span reply);

/* The number behind "* OK [UIDVALIDITY "; 0: the reply says no such thing. */
uint32_t imap_reply_validity(struct span reply);

/* Message numbers, ascending. */
struct imap_uids {
    uint32_t *list;
    size_t count;
    size_t capacity;
};

/* Adds what a SEARCH reply found and sorts; any other reply adds nothing. */
void imap_reply_found(struct span reply, struct arena *arena, struct imap_uids *uids);

/* "4:6,9" of `count` ascending numbers. */
struct span imap_uid_set(const uint32_t *uids, size_t count, struct arena *arena);

/* A mailbox's name (UTF-8) as a quoted string in modified UTF-7 (RFC 3501 5.1.3). */
struct span imap_mailbox_name(struct span name, struct arena *arena);

/* What an address of messages says (RFC 5092): "/Support/2026;UIDVALIDITY=17?UID%205:9". */
struct imap_place {
    struct span mailbox; /* UTF-8, decoded */
    uint32_t validity;   /* 0: any */
    struct span search;  /* a search program; "ALL" where none stands there */
};
MUST_CHECK bool imap_place_parse(struct span path, struct arena *arena, struct imap_place *place,
                                 struct error *error);

#endif
