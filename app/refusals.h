/* Sites that may not be polled, whichever recipe is told to: built-in recipes that say `refused:`. */
#ifndef APP_REFUSALS_H
#define APP_REFUSALS_H

#include "parsers/parsers.h"

struct refusals {
    const struct recipe **list;
    size_t count;
};

/* Lives in `arena`. */
MUST_CHECK bool refusals_load(struct arena *arena, struct refusals *refusals, struct error *error);

/* Whether a recipe may ask for `url` (the source's; "" = it takes none). Feeds are there to be read by
 * programs; pages of a site that refuses them are not. The error says why, and the way round. */
MUST_CHECK bool refusals_allow(const struct refusals *refusals, const struct recipe_info *info,
                               struct span url, struct arena *arena, struct error *error);

#endif
