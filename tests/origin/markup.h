/* Plain text dressed as the markup that sources deliver. */
#ifndef TESTS_ORIGIN_MARKUP_H
#define TESTS_ORIGIN_MARKUP_H

#include "base/buffer.h"

/* <p>...</p> a paragraph, escaped as HTML. */
void markup_html(struct buffer *out, struct span text);

/* The same for XML character data: once more escaped. */
void markup_escaped_html(struct buffer *out, struct span text);

/* Hacker News: paragraphs divided by <p>, quotes and slashes as hexadecimal entities. */
void markup_hn(struct buffer *out, struct span text);

/* Mastodon: <p>, and hashtags as links with a <span> inside. */
void markup_mastodon(struct buffer *out, struct span text, const char *host);

/* XML text or attribute value. Line feeds are kept. */
void markup_xml(struct buffer *out, struct span text);

/* Windows-1252's lower half that is ISO-8859-1; the rest as character references. */
void markup_latin1(struct buffer *out, struct span utf8);

#endif
