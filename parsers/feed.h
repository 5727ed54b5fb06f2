/* RSS 0.90 to 2.0, RDF and Atom 0.3 and 1.0 through one model: a feed, its entries and an entry's
 * source are all "parts" with the same fields.
 *
 * A part points at the elements that hold its fields; feed_text() and its like read them when
 * asked. Which element is which field is one table (feed.c). When several elements could be one
 * field (pubDate and dc:date) the better one wins, and of equals the first. */
#ifndef PARSERS_FEED_H
#define PARSERS_FEED_H

#include "parsers/parsers.h"
#include "parsers/xml.h"

enum feed_field {
    FEED_ID,               /* guid, id */
    FEED_TITLE,            /* title, dc:title */
    FEED_SUMMARY,          /* description, summary, subtitle, tagline */
    FEED_CONTENT,          /* content, content:encoded */
    FEED_INFO,             /* Atom 0.3 info */
    FEED_RIGHTS,           /* copyright, rights, dc:rights */
    FEED_GENERATOR,        /* the program that wrote the feed */
    FEED_LANGUAGE,         /* language, dc:language */
    FEED_PUBLISHED,        /* pubDate, published, issued, dcterms:issued */
    FEED_UPDATED,          /* lastBuildDate, updated, modified, dcterms:modified */
    FEED_CREATED,          /* created, dcterms:created */
    FEED_DATE,             /* dc:date: of what, nobody says */
    FEED_EXPIRES,          /* expirationDate */
    FEED_VALID,            /* dcterms:valid */
    FEED_AUTHOR,           /* author as one text: RSS author, dc:creator, itunes:author */
    FEED_EDITOR,           /* managingEditor */
    FEED_WEBMASTER,        /* whom to write to about the site */
    FEED_PUBLISHER,        /* dc:publisher */
    FEED_COMMENTS,         /* address of a page with comments */
    FEED_COMMENT_FORM,     /* wfw:comment */
    FEED_COMMENT_FEED,     /* wfw:commentRss */
    FEED_REPLIES,          /* how many: slash:comments, thr:total */
    FEED_STATISTICS,       /* media:statistics: @views, @favorites */
    FEED_STARS,            /* media:starRating: @count of those who rated */
    FEED_STARS_GIVEN,      /* what the author gives: im:rating (of 5), rev:rating */
    FEED_STARS_WORST,      /* rev:minRating */
    FEED_STARS_BEST,       /* rev:maxRating */
    FEED_VOTES,            /* im:voteSum: how many found it helpful */
    FEED_IN_REPLY_TO,      /* thr:in-reply-to */
    FEED_DOCS,             /* address of the format's description */
    FEED_LOGO,             /* address of a picture */
    FEED_ICON,             /* address of a small one */
    FEED_TTL,              /* minutes */
    FEED_UPDATE_PERIOD,    /* sy:updatePeriod: hourly, daily, ... */
    FEED_UPDATE_FREQUENCY, /* sy:updateFrequency: so often in it; 1 */
    FEED_RATING,           /* PICS rating of a channel */
    FEED_IMAGE,            /* RSS image: an element with title, url, link */
    FEED_SOURCE,           /* RSS source: name, address in @url */
    FEED_FIELD_COUNT,
};

struct feed_nodes { /* elements of one kind, in document order */
    const struct xml_node **list;
    size_t count;
    size_t capacity;
};

struct feed_part {
    const struct xml_node *node;
    const struct xml_node *field[FEED_FIELD_COUNT]; /* NULL = not there */
    unsigned char rank[FEED_FIELD_COUNT];
    struct feed_nodes links;
    struct feed_nodes categories;
    struct feed_nodes authors; /* with parts of their own (name, email, uri) or one line of text */
    struct feed_nodes contributors;
    struct feed_nodes enclosures;
    struct feed_part *source; /* Atom source; NULL = none */
};

struct feed {
    struct feed_part head;
    struct feed_part *entries;
    size_t count;
    bool atom;
    const char *kind;    /* "rss", "atom" */
    struct span version; /* "2.0", "1.0", ... */
    struct span base;    /* the address of the document */
};

/* Reads `utf8`, which lives as long as `arena`. `base` is its address ("" = unknown). */
MUST_CHECK bool feed_parse(struct span utf8, struct span base, struct arena *arena,
                           struct feed *feed, struct error *error);

/* Appends the entries as items; `info` may be NULL. At most LIMIT_ITEMS. */
void feed_items(const struct feed *feed, struct items *items, struct feed_info *info);

/* The value of a field or element: decoded (base64), white space off both ends. `*markup` says
 * whether it is HTML rather than plain text; RSS does not say, there it may be. */
struct feed_value {
    struct span text;
    bool markup;
};
struct feed_value feed_value(const struct feed *feed, const struct xml_node *node,
                             struct arena *arena);
struct span feed_text(const struct feed *feed, const struct feed_part *part, enum feed_field field,
                      struct arena *arena);

/* What identifies a part: its id, else rdf:about. */
struct span feed_id(const struct feed *feed, const struct feed_part *part, struct arena *arena);

/* xml:lang in force at `node`, "en_US" written "en-US"; empty = not said. */
struct span feed_language(const struct xml_node *node, struct arena *arena);

/* The text of an element's first child element of that local name, or an empty span. */
struct span feed_child_text(const struct xml_node *node, const char *name, struct arena *arena);

/* `reference` made absolute by xml:base of `node` and the feed's address; as it is when that cannot
 * be done. */
struct span feed_resolve(const struct feed *feed, const struct xml_node *node,
                         struct span reference, struct arena *arena);

/* The address an element gives as its base: xml:base of its ancestors upon the feed's address. */
struct span feed_base(const struct feed *feed, const struct xml_node *node, struct arena *arena);

/* The address that <link> gives: @href, or its text. */
struct span feed_link_href(const struct feed *feed, const struct xml_node *link,
                           struct arena *arena);

/* An author in one line taken apart: "jo@example.com (Jo)", "Jo <jo@example.com>", "Jo". */
struct feed_person {
    struct span name;
    struct span email;
    struct span url;
};
struct feed_person feed_person_split(struct span text);
struct feed_person feed_person(const struct feed *feed, const struct xml_node *node,
                               struct arena *arena);

#endif
