#include "parsers/article_tree.h"

/* What goes before anything is judged. */

static const char *const never_text[] = {
    "script", "style", "noscript", "template", "iframe", "svg",   "canvas",   "object",
    "embed",  "link",  "meta",     "button",   "select", "input", "textarea", "nav",
    "dialog", "audio", "video",    "map",      "head",   "frame", "frameset", NULL};

static const char *const other_roles[] = {
    "menu",   "menubar", "complementary", "navigation", "alert",   "alertdialog",
    "dialog", "banner",  "contentinfo",   "search",     "toolbar", NULL};

/* Names of what is not the text, and names that speak against the first. */
static const char *const unlikely[] = {
    "-ad-",       "ad-break",   "adbox",      "advert",     "agegate",      "ai2html",
    "banner",     "breadcrumb", "combx",      "comment",    "community",    "cookie",
    "consent",    "cover-wrap", "disqus",     "extra",      "footer",       "gdpr",
    "header",     "legends",    "menu",       "newsletter", "outbrain",     "pager",
    "pagination", "popup",      "promo",      "recommend",  "related",      "remark",
    "replies",    "rss",        "share",      "sharing",    "shoutbox",     "sidebar",
    "skyscraper", "social",     "sponsor",    "subscribe",  "supplemental", "taboola",
    "teaser",     "toolbar",    "yom-remote", "kommentar",  "werbung",      "breaking",
    "most-read",  "mostread",   "trending",   "signup",     "tag-list",     "taglist",
    "post-tags",  "entry-tags", "author-bio", "authorbox",  "about-author", "jp-relatedposts",
    NULL};

static const char *const maybe[] = {"and",     "article", "body",  "column",    "content", "main",
                                    "mathjax", "shadow",  "entry", "post-body", NULL};

static bool is_word(struct span value, const char *const *words) {
    for (; *words != NULL; words++) {
        if (span_equal_nocase(value, span_of(*words))) {
            return true;
        }
    }
    return false;
}

static bool names_one(const xmlNode *node, const char *const *words) {
    struct span names[] = {dom_attribute(node, "class"), dom_attribute(node, "id")};
    for (size_t i = 0; i < 2; i++) {
        for (const char *const *word = words; *word != NULL && names[i].size > 0; word++) {
            if (span_find_nocase(names[i], span_of(*word)) != SPAN_NOT_FOUND) {
                return true;
            }
        }
    }
    return false;
}

static bool is_hidden(const xmlNode *node) {
    struct span style = dom_attribute(node, "style");
    bool fallback =
        span_find(dom_attribute(node, "class"), SPAN("fallback-image")) != SPAN_NOT_FOUND;
    return dom_attribute(node, "hidden").data != NULL ||
           (span_equal(dom_attribute(node, "aria-hidden"), SPAN("true")) && !fallback) ||
           span_find_nocase(style, SPAN("display:none")) != SPAN_NOT_FOUND ||
           span_find_nocase(style, SPAN("display: none")) != SPAN_NOT_FOUND ||
           span_find_nocase(style, SPAN("visibility:hidden")) != SPAN_NOT_FOUND;
}

static bool stands_in(const xmlNode *node, const char *const *names) {
    for (node = node->parent; node != NULL && is_element(node); node = node->parent) {
        if (is_one_of(node, names)) {
            return true;
        }
    }
    return false;
}

static bool is_unlikely(const xmlNode *node) {
    static const char *const spared[] = {"html", "body", "a", "article", "main", "p", NULL};
    static const char *const around[] = {"table", "code", "pre", NULL};
    return !is_one_of(node, spared) && names_one(node, unlikely) && !names_one(node, maybe) &&
           !stands_in(node, around);
}

static bool goes(const xmlNode *node, bool strict) {
    static const char *const frames[] = {"footer", "aside", NULL};
    if (node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE) {
        return true;
    }
    if (!is_element(node)) {
        return false;
    }
    return is_one_of(node, never_text) || is_hidden(node) ||
           is_word(dom_attribute(node, "role"), other_roles) ||
           (strict && (is_one_of(node, frames) || is_unlikely(node)));
}

void article_strip(xmlNode *root, bool strict) {
    xmlNode *node = root;
    while (node != NULL) {
        bool gone = node != root && goes(node, strict);
        xmlNode *next = dom_next(node, root, gone);
        if (gone) {
            node_remove(node);
        }
        node = next;
    }
}
