/* Bodies that are packed without saying so: feeds and sitemaps as .gz, data files as .zip. Home of
 * libarchive. */
#ifndef PARSERS_UNPACK_H
#define PARSERS_UNPACK_H

#include "base/arena.h"
#include "base/error.h"

/* Whether bytes begin as gzip or zip do. */
bool unpack_is(struct span bytes);

/* What is inside, in `arena`; `bytes` themselves when they are not packed. An archive must hold one file.
 * ERROR_LIMIT when it is larger than LIMIT_BODY, or inflates more than text does
 * (LIMIT_INFLATE_RATIO); ERROR_INPUT when it is damaged, cut short or encrypted. */
MUST_CHECK bool unpack(struct span bytes, struct arena *arena, struct span *text,
                       struct error *error);

#endif
