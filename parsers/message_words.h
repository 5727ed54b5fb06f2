/* The writer's own words in a mail: without what it quotes, its signature and its greeting. In the
 * six languages that are scored. */
#ifndef PARSERS_MESSAGE_WORDS_H
#define PARSERS_MESSAGE_WORDS_H

#include "base/arena.h"

/* `text` (UTF-8, line feeds) without quoted lines ("> ..."), without what stands behind "On ... wrote:"
 * or "-----Original Message-----" or a block of From, Sent, To, Subject, and without signatures
 * ("-- ", "Best regards", "Sent from my iPhone"). Where the quoted lines stand between answers, the
 * answers stay. What a forwarded message says stays, without its head. */
struct span message_own_words(struct span text, struct arena *arena);

/* A text where lines were broken for sending (RFC 3676), with its paragraphs on one line again.
 * `delete_space`: DelSp=yes. */
struct span message_unflow(struct span text, bool delete_space, struct arena *arena);

/* HTML without what its writer quotes: <blockquote type="cite">, and Gmail's. */
struct span message_unquote_html(struct span html, struct arena *arena);

/* Whether a subject says that nobody wrote this: "Automatic reply: ...". */
bool message_subject_is_automatic(struct span subject);

#endif
