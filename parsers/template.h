/* Texts with variables: what a recipe builds requests and links from.
 *
 *     {base|raw}/search?q={query}[&cursor={cursor}]&since={since_s}
 *
 * A variable is written percent-encoded for URLs, unless a filter says otherwise: `raw` as it is,
 * `json` for the inside of a JSON string, `lower` in lower case and encoded,
 * `tail` what follows the last slash, encoded; `base64` in Base64, of one or of several joined by
 * colons: "Basic {user:password|base64}" (RFC 7617). A part in brackets goes when one of its
 * variables is empty. "{{", "[[" and "]]" stand for one brace or bracket. */
#ifndef PARSERS_TEMPLATE_H
#define PARSERS_TEMPLATE_H

#include "base/arena.h"
#include "base/error.h"

enum template_type { TEMPLATE_TEXT, TEMPLATE_VARIABLE, TEMPLATE_OPEN, TEMPLATE_CLOSE };
enum template_filter {
    FILTER_URL,
    FILTER_RAW,
    FILTER_JSON,
    FILTER_LOWER,
    FILTER_TAIL,
    FILTER_BASE64
};

struct template_piece {
    enum template_type type;
    struct span text; /* the text, or the variable's name; of FILTER_BASE64: names, by colons */
    enum template_filter filter;
    bool optional; /* stands in brackets */
};

struct template {
    struct template_piece *list;
    size_t count;
};

/* The error says what is wrong, not where the text stands. */
MUST_CHECK bool template_parse(struct span text, struct arena *arena, struct template *template,
                               struct error *error);

/* Gives the value of a variable; an empty span where it has none. */
typedef struct span template_lookup(void *context, struct span name);

/* Filled in, in `arena`; at most LIMIT_BODY bytes. */
struct span template_fill(const struct template *template, template_lookup *lookup, void *context,
                          struct arena *arena);

/* Whether it has this variable, or with a point a member of it; outside brackets when `needed`. */
bool template_uses(const struct template *template, struct span name, bool needed);

#endif
