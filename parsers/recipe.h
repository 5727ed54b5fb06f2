/* What a recipe file says, as structs; the engine's parts share it. parsers/recipes/README.md tells
 * how recipes are written. */
#ifndef PARSERS_RECIPE_H
#define PARSERS_RECIPE_H

#include "base/sign.h"
#include "base/yaml.h"
#include "parsers/parsers.h"
#include "parsers/path.h"
#include "parsers/template.h"

/* A place in an answer: a JSON path, or an XPath where the format is html. */
struct place {
    const struct path *path; /* NULL in HTML */
    struct span text;        /* as written; the XPath */
};

enum condition_test {
    CONDITION_SET,
    CONDITION_UNSET,
    CONDITION_EQUAL,
    CONDITION_DIFFERENT,
    CONDITION_HOLDS, /* the text in it, in upper or lower case; it may have variables */
    CONDITION_LACKS,
    CONDITION_MORE,
    CONDITION_LESS,
    CONDITION_AT_LEAST,
    CONDITION_AT_MOST,
};

/* "deleted", "!id", "type = ad", "success != 1", "num_comments > 0". */
struct condition {
    struct place place;
    enum condition_test test;
    struct span value;
    double number;         /* the same, for the tests that compare sizes */
    struct template holds; /* the same, for the tests that look into texts */
    struct span text;      /* as written */
};

struct conditions {
    struct condition *list;
    size_t count;
};

enum value_type {
    VALUE_TEXT,     /* plain; white space off both ends */
    VALUE_HTML,     /* markup, as text */
    VALUE_ESCAPED,  /* plain, but for &amp; &lt; and their like */
    VALUE_BBCODE,   /* [b]markup[/b], as text */
    VALUE_MARKDOWN, /* as text */
    VALUE_URL,      /* made absolute by the address of the answer */
    VALUE_DATE,     /* any form date_parse_any() reads */
    VALUE_EPOCH,    /* seconds since 1970, maybe with a fraction */
    VALUE_EPOCH_MS, /* milliseconds since 1970 */
    VALUE_COUNT,    /* 12, "1,234", "3.4K" */
    VALUE_RATING,   /* a number on a scale, "4,5 von 5" */
    VALUE_ANSWER,   /* a number on the scale of its question */
    VALUE_THUMBS,   /* true = up (5), false = down (1) */
    VALUE_FLAG,     /* true or false */
    VALUE_LANGUAGE, /* a code, "en_US" written "en-US" */
};

struct mapping { /* what the site says, and what that means */
    struct span from;
    struct span to;
};

/* One way to get a field's value; a field has several, the first that gives something counts. */
struct rule {
    enum { RULE_PLACE, RULE_TEMPLATE, RULE_CONSTANT } from;
    struct place place;
    struct template template;
    struct span constant;
    enum value_type type;
    struct mapping *map; /* what is not in it stays as it is */
    size_t map_count;
    double worst; /* of VALUE_RATING */
    double best;
    struct rule *best_rule; /* how the answer itself says the scale's end; NULL: `best` */
    struct condition when;  /* for items of one kind only */
    bool conditional;
    /* A look-up elsewhere in the answer: the value names an element of `join` by its `on`. */
    struct place join;
    struct place on;
    struct template on_template; /* instead of `on`, where the key must be put together */
    struct place take;
    bool joins;
    bool every;         /* all values there, each on its line, and not only the first */
    struct span after;  /* only what stands behind this in the value; empty = from its beginning */
    struct span before; /* ... and before this; empty = to its end */
    unsigned line;
};

struct field {
    struct rule *rules;
    size_t count;
};

/* What an item has (struct item), in the order of the table in fields.c. */
#define FIELD_MOST 24

enum recipe_format {
    FORMAT_JSON,
    FORMAT_HTML,
    FORMAT_FEED,     /* RSS, Atom, JSON Feed */
    FORMAT_REVIEWS,  /* a page with schema.org reviews */
    FORMAT_DOCUMENT, /* any standard document: a feed, reviews, or else a page's main text */
    FORMAT_MAILBOX,  /* what an IMAP server says */
    FORMAT_SITEMAP,  /* as JSON: see parsers/sitemap.h */
    FORMAT_LINES,    /* lines with columns, as JSON: see parsers/lines.h */
};

/* Whether places are JSON paths; whether a recipe says where items and their fields are. */
static inline bool format_has_paths(enum recipe_format format) {
    return format == FORMAT_JSON || format == FORMAT_SITEMAP || format == FORMAT_LINES;
}
static inline bool format_is_mapped(enum recipe_format format) {
    return format_has_paths(format) || format == FORMAT_HTML;
}

enum paging_kind {
    PAGING_NONE,
    PAGING_PAGE,   /* a page number */
    PAGING_CURSOR, /* a token in the answer */
    PAGING_LINK,   /* Link: <...>; rel="next" */
    PAGING_NEXT,   /* an address in the answer */
    PAGING_WINDOW, /* page numbers up to a last one; then on from the oldest item's time */
    PAGING_ID,     /* the id of the last item */
};

struct paging {
    enum paging_kind kind;
    int64_t first;          /* page number of the first page */
    int64_t last;           /* of the last page the site gives; INT64_MAX = no such limit */
    int64_t step;           /* 1, or the page size for an offset */
    struct span start;      /* cursor of the first page */
    struct place next;      /* cursor, address or id of the last item */
    struct conditions more; /* all must hold for a next page */
    struct place pages;     /* number of pages there are, counted from `first` */
    int64_t empty;          /* empty pages in a row that are passed over before one ends the poll */
};

struct request_part {
    struct template url;
    struct span method;
    struct template *header_values;
    struct span *header_names;
    size_t header_count;
    struct template body;
};

struct template_pair {
    struct span name;
    struct template value;
};
struct template_pairs {
    struct template_pair *list;
    size_t count;
};

struct jwt_part { /* a JSON Web Token that we sign */
    enum sign_algorithm algorithm;
    struct template key;          /* PEM */
    struct span key_name;         /* of its variable, for messages */
    struct template_pairs header; /* beside alg and typ */
    struct template_pairs claims; /* beside iat and exp */
    int64_t lifetime_ms;
};

/* How a source comes by {token}; parsers/login.h. */
struct login {
    bool signs; /* {jwt}; without `request`, that is the token */
    struct jwt_part jwt;
    struct request_part request;
    struct request_part refresh; /* instead of `request` where a refresh token is known; no URL: the
                                    same request */
    struct place token;          /* in the answer */
    struct span token_text;      /* the place as written */
    struct place refresh_token;
    struct place lifetime;   /* seconds; or: */
    int64_t lifetime_ms;     /* 0: as the answer says */
    struct conditions ended; /* on an answer with an error status: the token has ended. So has it
                                with 401 */
};

/* "id", or "title | text": one of them. */
struct expectation {
    size_t fields[4];
    size_t count;
    struct span text;
    unsigned line;
};

struct failure { /* an error that comes with status 200 */
    struct condition when;
    struct place message;
};

/* One kind of request, and how its answers are read. */
struct listing {
    struct span name; /* of a follow-up; empty: the recipe's own */
    enum recipe_format format;
    struct request_part request;
    struct place *items; /* the elements of all of them, one place after the other */
    size_t items_count;
    struct field fields[FIELD_MOST];
    struct conditions skip;
    struct conditions stop; /* one that holds ends the poll after this page */
    struct failure *failures;
    size_t failure_count;
    struct place backoff; /* seconds to leave the site alone */
    struct paging paging;
    struct span unwrap; /* query parameter of a feed's links that holds the real address */
    bool redeliver;     /* hand out everything the answer holds, known or not */
    bool hidden;        /* its items are there to be followed: none is handed out */
    struct expectation *expects;
    size_t expect_count;
};

struct kept { /* a value of a followed item, for the follow-up's templates */
    struct span name;
    struct rule rule;
};

#define FOLLOW_OF_LISTING SIZE_MAX

/* What is asked for each item of a listing: its comments, or whether it is still there. */
struct follow {
    struct listing listing;
    size_t of;              /* the follow-up whose items are followed, or FOLLOW_OF_LISTING */
    struct conditions when; /* all must hold for an item to be followed */
    struct kept *keeps;
    size_t keep_count;
    int64_t most;         /* requests in one poll */
    int64_t after_ms;     /* the first time so long after the item was found */
    int64_t watch_ms;     /* followed again while the item is younger; 0: once */
    int64_t every_ms;     /* not more often than this */
    int64_t batch;        /* items in one request */
    struct span between;  /* their values */
    struct place belongs; /* in its own items: the id of the one that they belong to */
    bool whole;           /* its answer is the item, better than the listing shows it */
    bool gone_deletes;    /* 404 and 410: the item itself was deleted */
    bool missing_deletes; /* asked for and not in the answer: likewise */
};

struct recipe {
    struct recipe_info info;
    struct span file;
    struct listing listing;
    struct listing *first; /* asked once before the listing; NULL: nothing */
    struct login *login;   /* NULL: none */
    struct follow *follows;
    size_t follow_count;
    int64_t reach_ms;   /* how far back the site can be asked; 0 = no such bound */
    int64_t overlap_ms; /* how far behind the newest item known the next poll still looks */
};

/* Whether a template of the request, or of any of the recipe's, has this variable; outside brackets
 * when `needed`. */
bool request_uses(const struct request_part *request, struct span name, bool needed);
bool recipe_uses(const struct recipe *recipe, struct span name, bool needed);

/* Paging kinds by name; false: unknown. */
bool paging_kind_parse(struct span name, enum paging_kind *kind);

#endif
