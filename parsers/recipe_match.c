/* Which recipe an address is for.
 *
 *     *.steampowered.com/app/{app}    youtube.com/watch?v={video}    {base}/@{account}
 *
 * A pattern is compared with host and path, "www." off the host, from the beginning; what follows
 * in the address must begin a new part of it. A variable takes what is there up to the next "/",
 * "?" or "#", `*` the same without keeping it; `{base}` takes the host and is the site's address.
 * Behind "?" stand parameters, in any order. */
#include "base/url.h"
#include "base/url_parts.h"
#include "parsers/recipe.h"

struct match {
    struct arena *arena;
    const struct url *url;
    struct web_header *params;
    size_t count;
};

static void match_keep(struct match *match, struct span name, struct span value) {
    if (match->count < LIMIT_PARAMS) {
        match->params[match->count++] = (struct web_header){name, value};
    }
}

static struct span site_of(const struct match *match) {
    struct url site = *match->url;
    site.path = SPAN("");
    site.query = (struct span){0};
    site.fragment = (struct span){0};
    struct span text = url_print(&site, match->arena);
    return span_ends_with(text, SPAN("/")) ? span_first(text, text.size - 1) : text;
}

static bool begins_part(struct span rest) {
    return rest.size == 0 || byte_is_any_of(rest.data[0], "/?#");
}

static bool path_matches(struct match *match, struct span pattern, struct span text);

/* A variable, tried short first: what follows it in the pattern decides where it ends. */
static bool variable_matches(struct match *match, struct span name, struct span rest,
                             struct span text) {
    size_t kept = match->count;
    for (size_t size = 1; size <= text.size && text.data[size - 1] != '/'; size++) {
        match->count = kept;
        if (name.size > 0) {
            struct span value = url_percent_decode(span_first(text, size), match->arena);
            match_keep(match, name, span_equal(name, SPAN("base")) ? site_of(match) : value);
        }
        if (path_matches(match, rest, span_from(text, size))) {
            return true;
        }
    }
    match->count = kept;
    return false;
}

static bool path_matches(struct match *match, struct span pattern, struct span text) {
    while (pattern.size > 0) {
        if (pattern.data[0] == '*') {
            return variable_matches(match, (struct span){0}, span_from(pattern, 1), text);
        }
        if (pattern.data[0] == '{') {
            size_t close = span_find_byte(pattern, '}');
            struct span name = span_from(span_first(pattern, close), 1);
            return variable_matches(match, name, span_from(pattern, close + 1), text);
        }
        if (text.size == 0 || text.data[0] != pattern.data[0]) {
            return false;
        }
        pattern = span_from(pattern, 1);
        text = span_from(text, 1);
    }
    return begins_part(text);
}

static bool query_matches(struct match *match, struct span query, struct span address) {
    struct span part;
    while (query.size > 0 && span_split(&query, '&', &part)) {
        size_t equals = span_find_byte(part, '=');
        struct span wanted = span_from(part, equals == SPAN_NOT_FOUND ? part.size : equals + 1);
        struct span value = url_parameter(address, span_first(part, equals), match->arena);
        if (value.size == 0) {
            return false;
        }
        if (span_starts_with(wanted, SPAN("{"))) {
            match_keep(match, span_from(span_first(wanted, wanted.size - 1), 1), value);
        } else if (!span_equal(wanted, SPAN("*")) && !span_equal(wanted, value)) {
            return false;
        }
    }
    return true;
}

static bool pattern_matches(struct match *match, struct span pattern, struct span address) {
    struct span host = match->url->host;
    host = span_starts_with(host, SPAN("www.")) ? span_from(host, 4) : host;
    struct span text =
        arena_print(match->arena, "%.*s%.*s", SPAN_ARG(host), SPAN_ARG(match->url->path));
    size_t mark = span_find_byte(pattern, '?');
    match->count = 0;
    return path_matches(match, span_first(pattern, mark), text) &&
           (mark == SPAN_NOT_FOUND || query_matches(match, span_from(pattern, mark + 1), address));
}

/* "lemmy 0" is what a site runs that says "Lemmy 0.19.5". */
static bool software_is(struct span wanted, struct span said) {
    struct span rest = span_from(said, wanted.size);
    return span_starts_with_nocase(said, wanted) &&
           (rest.size == 0 || byte_is_any_of(rest.data[0], " .-/"));
}

/* Letters that a pattern demands: of two that fit, the one with more knows the address better. */
static size_t literals_of(struct span pattern) {
    size_t count = 1;
    bool inside = false;
    for (size_t i = 0; i < pattern.size; i++) {
        inside = pattern.data[i] == '{' || (inside && pattern.data[i] != '}');
        count += !inside && pattern.data[i] != '*';
    }
    return count;
}

size_t recipe_match(const struct recipe *recipe, struct span url, struct span software,
                    struct arena *arena, struct web_header *params, size_t *param_count) {
    const struct recipe_info *info = &recipe->info;
    struct url parsed;
    if (!url_parse(url, NULL, arena, &parsed) || !span_starts_with(parsed.scheme, SPAN("http")) ||
        (info->software.size > 0 && !software_is(info->software, software))) {
        return 0;
    }
    struct match match = {.arena = arena, .url = &parsed, .params = params};
    for (size_t i = 0; i < info->match_count; i++) {
        if (pattern_matches(&match, info->matches[i], url)) {
            if (info->needs_url) {
                match_keep(&match, SPAN("url"), url);
            }
            *param_count = match.count;
            return literals_of(info->matches[i]);
        }
    }
    return 0;
}
