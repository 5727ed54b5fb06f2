/* A look at markup before libxml2 gets it. */
#ifndef PARSERS_TAG_GUARD_H
#define PARSERS_TAG_GUARD_H

#include "base/error.h"

/* False when there are more than LIMIT_NODES tags (HTML's tree is counted when it stands: too late
 * for a gigabyte of it), or one has more than LIMIT_ATTRIBUTES attributes. `html`: what stands in <script> and
 * <style> is no markup. */
MUST_CHECK bool tag_guard(struct span markup, bool html, struct error *error);

#endif
