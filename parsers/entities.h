/* HTML character references: "&eacute;", "&#233;", "&#xE9;".
 *
 * As html.spec.whatwg.org section 13.2.5.72 reads them: references to 0x80..0x9F mean
 * windows-1252, NUL, surrogates and numbers beyond Unicode become U+FFFD, and some old names may
 * stand without their semicolon. */
#ifndef PARSERS_ENTITIES_H
#define PARSERS_ENTITIES_H

#include "base/span.h"

#define ENTITY_TEXT_SIZE 8

/* Reads the reference that `text` begins with ('&' included). Returns how many bytes it takes, 0
 * when there is none; `out` holds its UTF-8, not NUL-terminated. */
size_t entity_decode(struct span text, char out[ENTITY_TEXT_SIZE], size_t *out_size);

/* The character that a numeric reference to `rune` stands for. */
uint32_t entity_mend_rune(uint32_t rune);

/* UTF-8 of a valid character; returns its size. */
size_t rune_encode(uint32_t rune, char text[4]);

#endif
