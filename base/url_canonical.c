#include "base/url.h"

#include "base/url_parts.h"

#include <libpsl.h>
#include <stdlib.h>

/* --- The registrable domain ------------------------------------------------------------------- */

struct span url_registrable_domain(struct span host, struct arena *arena) {
    if (host.size == 0 || url_host_is_address(host)) {
        return host;
    }
    struct span name = host.data[host.size - 1] == '.' ? span_first(host, host.size - 1) : host;
    const char *domain = arena_copy_string(arena, name);
    const psl_ctx_t *list = psl_builtin();
    const char *suffix = psl_unregistrable_domain(list, domain);
    const char *registrable = psl_registrable_domain(list, domain);
    if (suffix == NULL || registrable == NULL ||
        !psl_is_public_suffix2(list, suffix, PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE)) {
        return host;
    }
    return span_of(registrable);
}

/* --- Canonical parts -------------------------------------------------------------------------- */

/* Parameters that say how a reader came, not what he reads. A final '*' stands for any ending. */
static const char *const tracking_parameters[] = {
    /* campaigns */
    "utm_*",
    "mtm_*",
    "pk_*",
    "piwik_*",
    "hsa_*",
    "mc_*",
    "oly_*",
    "vero_*",
    "matomo_*",
    "ga_*",
    "at_medium",
    "at_campaign*",
    "at_custom*",
    "at_link*",
    "at_bbc*",
    "at_format",
    "at_ptr_name",
    "itm_*",
    "int_cmp",
    "cmp",
    "cmpid",
    "ncid",
    "ocid",
    "s_cid",
    "xtor",
    "wt_mc",
    "wt.mc_id",
    "campaign_id",
    "mkt_tok",
    "trk",
    "trkcampaign",
    "trkinfo",
    "elqtrackid",
    "ns_*",
    "ito",
    "icid",
    /* clicks on advertisements */
    "fbclid",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "gad_source",
    "gad_campaignid",
    "msclkid",
    "yclid",
    "ysclid",
    "twclid",
    "ttclid",
    "li_fat_id",
    "epik",
    "irclickid",
    "_openstat",
    "rb_clickid",
    "s_kwcid",
    "ef_id",
    "zanpid",
    "srsltid",

    "rdt_cid",

    /* shares and referrers */
    "ref",
    "ref_src",
    "ref_url",
    "referer",
    "referrer",
    "igshid",
    "igsh",
    "share_id",
    "sharetype",
    "smid",
    "smtyp",
    "sr_share",
    "spm",
    "scm",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fb_ref",
    "soc_src",
    "soc_trk",
    "guccounter",
    "guce_*",
    "__twitter_impression",
    "_branch_match_id",
    "mibextid",
    "rcm",
    "share_token",

    "wprov",
    /* mails and visitors */
    "_ga",
    "_gl",
    "_hs*",
    "__hs*",
    "hsctatracking",
    "hss_channel",
    "mkwid",
    "ck_subscriber_id",
    "sc_src",
    "sc_channel",
    "sc_llid",
    "phpsessid",
    "jsessionid",
    /* forms of the same page */
    "amp",
    "outputtype",
};

static bool name_matches(struct span name, struct span pattern) {
    if (span_ends_with(pattern, SPAN("*"))) {
        return span_starts_with_nocase(name, span_first(pattern, pattern.size - 1));
    }
    return span_equal_nocase(name, pattern);
}

static bool parameter_tracks(struct span parameter, struct arena *arena) {
    struct span name = span_first(parameter, span_find_byte(parameter, '='));
    name = url_percent_decode(name, arena);
    for (size_t i = 0; i < sizeof tracking_parameters / sizeof tracking_parameters[0]; i++) {
        if (name_matches(name, span_of(tracking_parameters[i]))) {
            return true;
        }
    }
    return false;
}

/* Percent-encoding in one form: letters, digits and -._~ plain, all else with capital digits. */
static struct span encoding_canonical(struct span text, struct arena *arena) {
    if (span_find_byte(text, '%') == SPAN_NOT_FOUND) {
        return text;
    }
    struct buffer buffer; /* a '%' that encodes nothing becomes three bytes */
    buffer_init(&buffer, text.size * 3);
    size_t at = 0;
    while (at < text.size) {
        int byte = url_percent_byte(text, at);
        char c = byte >= 0 ? (char)byte : text.data[at];
        bool plain =
            byte_is_alpha(c) || byte_is_digit(c) || (c != '\0' && strchr("-._~", c) != NULL);
        if (plain || (byte < 0 && c != '%')) {
            buffer_append_byte(&buffer, c);
        } else {
            buffer_print(&buffer, "%%%02X", (unsigned)(unsigned char)c);
        }
        at += byte >= 0 ? 3 : 1;
    }
    struct span canonical = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return canonical;
}

static int parameter_compare(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

/* The query without tracking parameters, sorted; data NULL when nothing is left. */
static struct span query_canonical(struct span query, struct arena *arena) {
    struct span *kept = ARENA_ARRAY(arena, struct span, query.size / 2 + 1);
    size_t count = 0;
    struct span parameter;
    while (span_split(&query, '&', &parameter)) {
        if (parameter.size > 0 && !parameter_tracks(parameter, arena)) {
            kept[count++] = encoding_canonical(parameter, arena);
        }
    }
    if (count == 0) {
        return (struct span){NULL, 0};
    }
    qsort(kept, count, sizeof *kept, parameter_compare);
    return arena_join(arena, kept, count, "&");
}

/* Host names that lead to the same page as the bare one. */
static struct span host_canonical(struct span host, struct arena *arena) {
    static const char *const prefixes[] = {"www.", "m.", "mobile.", "amp."};
    struct span bare = host;
    while (bare.size > 1 && bare.data[bare.size - 1] == '.') {
        bare.size--;
    }
    host = url_host_is_address(bare) ? host : bare; /* "1.." is a name, "1" an address */
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        struct span prefix = span_of(prefixes[i]);
        struct span rest = span_from(host, prefix.size);
        /* "m.com" is a name of its own: what is left must still be somebody's domain. */
        if (span_starts_with(host, prefix) &&
            span_equal(url_registrable_domain(rest, arena), url_registrable_domain(host, arena))) {
            return host_canonical(rest, arena);
        }
    }
    return host;
}

/* What does not change the page, at the end of a path. */
static struct span path_trimmed(struct span path) {
    static const char *const endings[] = {"/", "/amp", ".amp"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        struct span ending = span_of(endings[i]);
        if (!span_ends_with(path, ending)) {
            continue;
        }
        struct span left = span_first(path, path.size - ending.size);
        if (!span_ends_with(left, SPAN("/.")) &&
            !span_ends_with(left, SPAN("/.."))) { /* no names */
            return path_trimmed(left);
        }
    }
    return path;
}

static struct span path_canonical(struct span path, struct arena *arena) {
    path = encoding_canonical(path, arena);
    char *out = arena_allocate(arena, path.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] != '/' || size == 0 || out[size - 1] != '/') {
            out[size++] = path.data[i];
        }
    }
    struct span slim = path_trimmed((struct span){out, size});
    while (span_ends_with(slim, SPAN(".amp.html"))) {
        slim = arena_print(arena, "%.*s.html", SPAN_ARG(span_first(slim, slim.size - 9)));
    }
    return slim.size == 0 ? SPAN("/") : slim;
}

struct span url_canonical(struct span text, struct arena *arena) {
    struct url url;
    if (!url_parse(text, NULL, arena, &url) ||
        (!span_equal(url.scheme, SPAN("http")) && !span_equal(url.scheme, SPAN("https")))) {
        return (struct span){NULL, 0};
    }
    struct url same = {
        .scheme = SPAN("https"),
        .host = host_canonical(url.host, arena),
        .port = url.port,
        .default_port = url.default_port || url.port == 443,
        .path = path_canonical(url.path, arena),
        .query = query_canonical(url.query, arena),
    };
    return url_print(&same, arena);
}
