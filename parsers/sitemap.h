/* Sitemaps (sitemaps.org 0.9, with Google's news extension; plain lists of addresses) as JSON, so that
 * recipes read them by paths:
 *
 *     {"entries": [{"kind": "page", "loc": "https://...", "lastmod": "2026-11-20", "title": "...",
 *                   "published": "...", "site": "...", "language": "..."},
 *                  {"kind": "sitemap", "loc": "https://..."}]}
 *
 * What a file does not say is not there; namespaces are not looked at, as many files misspell them. */
#ifndef PARSERS_SITEMAP_H
#define PARSERS_SITEMAP_H

#include "parsers/json.h"

/* Whether it looks like one: XML by its root, a list by its first line. */
bool sitemap_is(struct span utf8);

/* The caller's: json_decref() it. Addresses are made absolute by `base`; at most LIMIT_SITEMAP. */
MUST_CHECK bool sitemap_parse(struct span utf8, struct span base, struct arena *arena,
                              json_t **root, struct error *error);

#endif
