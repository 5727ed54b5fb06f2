/* Documents of any format: what they are, and their items. */
#ifndef PARSERS_DOCUMENT_H
#define PARSERS_DOCUMENT_H

#include "parsers/parsers.h"

struct document {
    struct span body;         /* unpacked */
    struct span content_type; /* HTTP header; "" = none */
    struct span url;          /* base of relative links; "" = unknown */
};

/* The charset of `body` as declared: by byte-order mark, by the header, by the document itself;
 * "" when nobody says. The name is as written, of a byte-order mark its usual one. */
struct span charset_declared(struct span body, struct span content_type);

/* What `utf8` is, by its contents; the header only breaks ties. */
enum document_format document_sniff(struct span utf8, struct span content_type);

/* Brings the items from index `from` on to what base/mention.h promises: lengths cut, no NUL, white
 * space off both ends. */
void items_finish(struct items *items, size_t from);

/* The value of a parameter in a header: `name="charset"` of "text/html; charset=utf-8". */
struct span header_parameter(struct span header, const char *name);

#endif
