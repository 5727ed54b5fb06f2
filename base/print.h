/* The one way remote text reaches a terminal, log, CSV or JSON document: escaped for that place.
 * Each function appends to a buffer and leaves its ceiling to the caller. */
#ifndef BASE_PRINT_H
#define BASE_PRINT_H

#include "base/buffer.h"

/* For terminals and plain-text mail: C0 and C1 controls, DEL, and Unicode bidirectional and
 * invisible formatting controls (U+200B..200F without ZWJ and ZWNJ, U+202A..202E, U+2060..206F,
 * U+061C, U+180E, U+FEFF, U+FFF9..FFFB) go; line feeds and tabs become one space unless `keep_lines`. Bytes that
 * are not UTF-8 become U+FFFD. */
void print_plain(struct buffer *out, struct span text, bool keep_lines);

/* Inside a JSON string, quotes not included. What print_plain() takes away becomes \u escapes;
 * bytes that are not UTF-8 become U+FFFD. */
void print_json(struct buffer *out, struct span text);

/* HTML and XML text or attribute value: & < > " ' escaped, controls dropped as in print_plain. */
void print_html(struct buffer *out, struct span text);

/* One CSV field after RFC 4180, quoted when needed; characters go as in print_plain, but line ends
 * and tabs stay. A field that a spreadsheet would run (it starts
 * with = + - @ TAB CR, and is no number) gets a leading apostrophe (OWASP ASVS 5, CWE-1236). */
void print_csv(struct buffer *out, struct span text);

/* One table cell of GitHub Markdown: | and markup characters escaped, one line. */
void print_markdown(struct buffer *out, struct span text);

/* One line of plain text in which nobody is called by an "@": a zero-width space follows it. */
void print_silent(struct buffer *out, struct span text);

/* Text in a chat program's Markdown (Discord, Mattermost), one line: what could begin markup is
 * escaped, and "@" is as in print_silent. */
void print_chat(struct buffer *out, struct span text);

/* Text for Slack, one line: & < > as its entities, so that no <!channel> or <url|name> is left; "@" as
 * in print_silent. Markup of its mrkdwn stays: it is for plain_text objects. */
void print_slack(struct buffer *out, struct span text);

/* A web address between brackets of any kind of markup: what could end it there is percent-encoded.
 * Nothing where it is no http or https address. */
void print_link(struct buffer *out, struct span url);

/* Whether it is an http or https address, of no more than LIMIT_FIELD bytes: what may be linked to. */
bool link_is_web(struct span url);

/* A logfmt value: bare when it can be, else quoted with \n, \", \\ and \u{...} escapes. */
void print_logfmt(struct buffer *out, struct span text);

/* Copies `text` with every invalid UTF-8 sequence and NUL replaced by U+FFFD: done once, at ingest.
 */
void print_repaired(struct buffer *out, struct span text);

/* Whether a character is none that print_plain() takes away; line feeds and tabs are harmful here. */
bool rune_is_harmless(uint32_t rune);

/* Decodes one character; returns its size in bytes (1 for an invalid byte, *rune = U+FFFD).
 * `text` must not be empty. */
size_t rune_decode(struct span text, uint32_t *rune);

#endif
