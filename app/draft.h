/* A source drafted for the user to finish: what `earshot source new` prints. */
#ifndef APP_DRAFT_H
#define APP_DRAFT_H

#include "app/app.h"
#include "parsers/parsers.h"

/* A recipe that reads an address, with the parameters that the address gives. */
struct candidate {
    const struct recipe_info *info;
    struct web_header params[LIMIT_PARAMS];
    size_t param_count;
    size_t closeness;
};

struct candidates {
    struct candidate *list; /* best first: allowed, without key, closest */
    size_t count;
};

/* The built-in recipes for an address of a site that runs `software` ("" = unknown). */
MUST_CHECK bool candidates_find(struct span url, struct span software, struct arena *arena,
                                struct candidates *candidates, struct error *error);

/* A recipe by its name, for any address: "feed", "reviews-page", "page". */
MUST_CHECK bool candidate_named(struct span recipe, struct span url, struct arena *arena,
                                struct candidate *candidate, struct error *error);

/* A name for a source or recipe: "steam-440", "forum-example". */
struct span draft_name(struct span url, struct arena *arena);

/* An entry of `sources:`; `commented`: as an alternative, behind "#". */
void draft_print_source(struct buffer *out, const struct candidate *candidate, struct span url,
                        bool commented, struct arena *arena);

/* A whole recipe around the sections of a finding. */
void draft_print_recipe(struct buffer *out, const struct finding *finding, struct arena *arena);

/* The command that tries it. */
struct span draft_trial(const struct candidate *candidate, struct arena *arena);

#endif
