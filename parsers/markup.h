/* Light markup of comments and posts, as plain text in `arena`. */
#ifndef PARSERS_MARKUP_H
#define PARSERS_MARKUP_H

#include "base/arena.h"

/* "[b]bold[/b]", "[url=...]text[/url]": marks go, what they enclose stays. */
struct span bbcode_text(struct span text, struct arena *arena);

/* Character references alone; what follows no "&" stays as it is, white space and "<" too. */
struct span escaped_text(struct span text, struct arena *arena);

/* Markdown: marks at line beginnings and around words go, "[text](address)" gives the text;
 * character references and HTML inside are read as such. */
struct span markdown_text(struct span text, struct arena *arena);

#endif
