/* The parsers' door: bytes in, items out.
 *
 * A recipe (parsers/recipes/NAME.yaml, or the user's own) says how one site or API is asked and
 * where its answers keep things; the standard formats (RSS, Atom, JSON Feed, schema.org) need none
 * beyond a URL. Pure: same bytes in, same items out; no loop, no log, no clock. A recipe is
 * immutable once loaded and shared by threads; a poll belongs to one thread at a time. Home of
 * libxml2, jansson and GMime. */
#ifndef PARSERS_PARSERS_H
#define PARSERS_PARSERS_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/mention.h"
#include "base/query.h"
#include "base/schema.h"
#include "base/web.h"

/* --- Recipes ---------------------------------------------------------------------------------- */

struct recipe; /* opaque; lives in its arena */

struct recipe_param { /* what the user gives in `params:` */
    struct span name;
    struct span help;
    struct span default_value; /* data NULL: must be given */
    bool secret;               /* shown nowhere; may come from a file or the environment */
};

struct recipe_info {
    struct span name;      /* "hackernews" */
    struct span title;     /* "Hacker News (Algolia search)" */
    struct span terms;     /* address of the page that states the terms of use */
    struct span limits;    /* one line: what the site allows */
    struct span gives;     /* one line: what it cannot give, what to know */
    struct span retention; /* one line: how long the site lets it be kept */
    struct span deletion;  /* one line: what has to be deleted, and when */
    struct span refused;   /* why the site may not be polled, and the way round; empty: it may */
    int64_t keep_ms;       /* the bound of `retention`; 0 = none */
    const struct span *matches; /* addresses of pages that it reads: see recipe_match() */
    size_t match_count;
    struct span software; /* what sites of its kind say they run: "discourse", "lemmy 0" */
    bool reads;           /* false: a refusal alone, which reads no saved answers either */
    unsigned hooks;       /* not asked, but delivered: under these schemes, 1u << webhook_scheme
                             (base/webhook.h); 0: asked */
    enum channel channel;
    bool needs_url;   /* the source must give `url:` */
    bool reads_pages; /* what it asks for are pages for people, and no feed and no API */
    bool needs_query; /* asked per brand with the brand's query; else once for all brands */
    bool needs_key;   /* does nothing without `key:` */
    bool api;         /* under an API's own terms: robots.txt is not consulted */
    enum query_dialect dialect;
    int64_t interval_ms; /* suggested */
    int64_t spacing_ms;  /* least time between two requests; 0 = the crawler's */
    struct span
        governor_key; /* requests that share one budget, e.g. "reddit.com"; empty = domain */
    const struct recipe_param *params;
    size_t param_count;
    const struct budget *budgets; /* what the site lets be spent on it, by all sources of one key */
    size_t budget_count;
};

/* Reads one recipe. The error names file, line and field. Load one before the first thread parses
 * anything: it also sets libxml2 and GMime up. */
MUST_CHECK bool recipe_parse(struct span yaml, struct span file, struct arena *arena,
                             const struct recipe **recipe, struct error *error);
const struct recipe_info *recipe_info(const struct recipe *recipe);

/* The built-in recipe of that name, or NULL; and all of them, sorted by name. */
MUST_CHECK bool recipe_builtin(struct span name, struct arena *arena, const struct recipe **recipe,
                               struct error *error); /* unknown: error with a suggestion */
const struct span *recipe_builtin_names(struct arena *arena, size_t *count);

/* Whether `url` is the address of a page that this recipe reads, by its `matches:`: 0 it is not,
 * else how closely (of two recipes the higher knows the address better). The parameters that the
 * address holds are then in `params` (room for LIMIT_PARAMS), "url" among them where the recipe
 * takes one. `software` is what the site says it runs ("" = unknown): a recipe for any site of its
 * kind matches no other. */
size_t recipe_match(const struct recipe *recipe, struct span url, struct span software,
                    struct arena *arena, struct web_header *params, size_t *param_count);

/* --- A poll: the conversation with one source ------------------------------------------------- */

struct poll_options {
    struct span url;                 /* for recipes with needs_url */
    struct span query;               /* search text in the recipe's dialect; for needs_query */
    const struct web_header *params; /* name/value; defaults are filled in */
    size_t param_count;
    struct span key;   /* secret */
    struct span login; /* what poll_login() gave last for this source; secret */
    int64_t now_ms;
    int64_t since_ms;     /* nothing older than this is asked for on the first poll */
    bool back_fill;       /* what lies before the first poll's beginning, as far as since_ms */
    struct span language; /* hint, for dates and item language */
    size_t pages_max;     /* of the listing; 0 = LIMIT_PAGES */
    bool no_follow;       /* without the recipe's follow-ups */
    bool saved;           /* an answer of the listing is at hand: nothing else is asked for, so
                             neither key nor login is needed */
    bool afresh; /* from the top, not where the last walk was cut short: that place is lost */
};

struct poll; /* opaque; lives in its arena */

/* Starts from `cursor`: what poll_cursor() gave after the last page that was stored ("" = first
 * time). Following and back-fill both have their place in it, and take turns poll by poll; neither
 * disturbs the other. A cursor of another recipe version is understood or restarts from since_ms, never an
 * error. */
MUST_CHECK bool poll_begin(const struct recipe *recipe, const struct poll_options *options,
                           struct span cursor, struct arena *arena, struct poll **poll,
                           struct error *error);

/* The next request, or false when this poll is complete: a page of the listing, what is followed of
 * its items, the next page. Asked again before the answer, it says the same. Validators are not the
 * poll's business. */
bool poll_request(struct poll *poll, struct web_request *request);

/* Whether the request at hand is for the top of the listing: the one that validators are for. */
bool poll_asks_top(const struct poll *poll);

/* What the request at hand is for, as sites count them. */
enum poll_asks {
    POLL_ASKS_LOGIN,
    POLL_ASKS_LISTING, /* or what is asked once before it */
    POLL_ASKS_ITEM,    /* a follow-up */
};
enum poll_asks poll_asks(const struct poll *poll);

/* Understands the answer to the last request and appends its items. `items` and their text live in
 * `arena` (of the page). An item whose date or rating is unreadable is kept without; such
 * blemishes are counted. An unreadable document is an error: nothing is appended, the cursor stays
 * where it was, the poll is over. A response with an error status gives ERROR_NETWORK likewise. */
MUST_CHECK bool poll_response(struct poll *poll, const struct web_response *response,
                              struct arena *arena, struct items *items, struct error *error);

/* Time goes on while a poll waits: tokens end. To be told before poll_request(). */
void poll_clock(struct poll *poll, int64_t now_ms);

/* The last request was answered with an error status, and that may be for the credentials. True: the
 * poll knows a way, by another token; go on with poll_request(). False: poll_unanswered() is to judge
 * it; where the site refused the credentials, the error says so and what to check, else it gains
 * what the site says of it. `error` is the wire's, not NULL. */
MUST_CHECK bool poll_refused(struct poll *poll, const struct web_response *response,
                             struct error *error);

/* What is to be kept of the login, for all polls of the same source: to be stored before the next
 * request, as the site may have taken back what was kept before. Sealed with the credentials;
 * data NULL = nothing new. In the poll's arena. */
struct span poll_login(struct poll *poll);

/* The last request got no answer: an HTTP status of 400 or more, or 0 where there was not even that.
 * True: the poll goes on, as it was a follow-up of something that is gone; `items` may say so. False:
 * it is over. A follow-up that failed comes again later, a few times. */
bool poll_unanswered(struct poll *poll, unsigned status, struct items *items);

/* The answer to the last request (poll_asks_top) was that nothing has changed. */
void poll_unchanged(struct poll *poll);

/* Where to go on after what has been appended so far: JSON text in the poll's arena. Store it in
 * the same transaction as the items. */
struct span poll_cursor(struct poll *poll);

struct poll_report {
    size_t pages;      /* of the listing */
    size_t follow_ups; /* requests for the sake of single items */
    size_t waiting;    /* follow-ups that are left for the next poll */
    size_t given_up;   /* that failed too often, or were not watched any longer for want of room */
    size_t items;
    size_t shown;              /* by all answers: also what the recipe leaves out, or knows */
    size_t old_items;          /* left out: older than the cursor or since */
    size_t left_out;           /* mails that no person wrote: bounces, lists, automatic answers */
    size_t blemishes;          /* fields that stood there and could not be read */
    struct span first_blemish; /* "mine.yaml:14: published: "soon" is no date (item 7: ...)" */
    bool walked;               /* the listing, to its end or to what was known */
    bool complete;             /* caught up; false: stopped at pages_max, or only the rest of
                                 an earlier poll that was cut short */
    bool more_soon;            /* the source said to come back (backoff, more pages waiting) */
    int64_t backoff_ms;        /* said in the body; 0 = none */
    int64_t hint_ms;           /* how long to leave it alone, by a feed's own word; 0 = not said */
    struct span missing; /* a field that the recipe expects always and no item had, in words: the
                            site has changed; empty = fine */
};
const struct poll_report *poll_report(const struct poll *poll);

/* --- Documents, without a recipe -------------------------------------------------------------- */

enum document_format {
    DOCUMENT_UNKNOWN,
    DOCUMENT_FEED, /* RSS 0.9x, 1.0, 2.0, Atom 0.3, 1.0 */
    DOCUMENT_JSON_FEED,
    DOCUMENT_PAGE, /* HTML; schema.org reviews in it */
    DOCUMENT_JSON,
};

struct feed_info { /* about the feed as a whole; empty where not said */
    struct span title;
    struct span url;
    struct span language;
    struct span next_url; /* older items: JSON Feed next_url, Atom link rel=next */
    int64_t ttl_ms;       /* how long to leave it alone; 0 = not said */
    struct span format;   /* "rss 2.0", "atom 1.0", "json feed 1.1" */
};

/* Looks at type, charset and contents; parses any of the formats above. `content_type` is the HTTP
 * header ("" = none); `url` is the base of relative links. `info` may be NULL. */
MUST_CHECK bool document_parse(struct span body, struct span content_type, struct span url,
                               struct arena *arena, struct items *items, struct feed_info *info,
                               struct error *error);

/* HTML (a fragment or a page) as plain text: scripts and styles gone, entities decoded, block
 * elements as line feeds, white space folded. */
struct span html_to_text(struct span html, struct arena *arena);

/* Any date form that feeds, APIs and pages use; `now_ms` (DATE_NONE = none) for relative ones
 * ("3 hours ago", "hace 2 dias"). False when it is not a date. */
bool date_parse_any(struct span text, int64_t now_ms, int64_t *ms);

/* `body` as UTF-8, by byte-order mark, `content_type`, declaration inside, then by what fits. */
struct span charset_to_utf8(struct span body, struct span content_type, struct arena *arena);

/* --- Mail ------------------------------------------------------------------------------------- */

enum message_kind {
    MESSAGE_PERSONAL,  /* somebody wrote it, or filled in a form */
    MESSAGE_AUTOMATIC, /* a program's answer: out of office, receipts (RFC 3834) */
    MESSAGE_BOUNCE,    /* it could not be delivered (RFC 3464) */
    MESSAGE_LIST,      /* to many: newsletters, mailing lists (RFC 2369) */
};
const char *message_kind_name(enum message_kind kind); /* "personal", ... */

/* One mail (RFC 5322, MIME; may be cut off at its end) as an item: Message-ID as id, In-Reply-To or the
 * last of References as parent, the subject as title, and as text what its writer wrote: without
 * quotations, signatures, attachments. Whom it names under Reply-To wrote it, else From: the author's
 * name as it stands, of the address only a hash. `received_ms` is its time when it gives none, or one
 * in the future (DATE_NONE = unknown). False when it has no head. recipe_parse() must have run
 * once. */
MUST_CHECK bool message_parse(struct span bytes, int64_t received_ms, struct arena *arena,
                              struct item *item, enum message_kind *kind, struct error *error);

/* --- Discovery: what a site offers ------------------------------------------------------------ */

enum finding_kind {
    FINDING_FEED,     /* a feed that the page links to, or that the document is: then with items */
    FINDING_REVIEWS,  /* the page states reviews in schema.org's terms */
    FINDING_SOFTWARE, /* `title`: what the site says it runs: "Discourse 3.3.2" */
    FINDING_SITEMAP, /* a sitemap that robots.txt names, or that the document is: then with items */
    FINDING_DETAILS, /* an address that tells more about the site's software (nodeinfo) */
    FINDING_BLOCKS,  /* repeated blocks: `recipe` is a draft, from `format:` on */
    FINDING_TEXT,    /* the page has a main text; `title` is its title */
};

struct finding {
    enum finding_kind kind;
    struct span url;
    struct span title;
    struct span recipe;
    size_t items; /* 0 = not looked at yet */
};

struct findings {
    struct arena *arena; /* findings and their text live in it */
    struct finding *list;
    size_t count;
    size_t capacity;
};

/* Reads one document of a site, whichever it is: a page, a feed, a sitemap, robots.txt, nodeinfo;
 * and appends what it tells. What was found before, in the same kind at the same address, is
 * completed. False: it cannot be read. */
MUST_CHECK bool discover_document(struct span body, struct span content_type, struct span url,
                                  int64_t now_ms, struct findings *findings, struct error *error);

/* --- Surveys: what customers answered, as CSV ---------------------------------------------------- */

/* How the columns of an export are meant, where that cannot be seen or is seen wrongly: a YAML file
 * whose options survey_map_print_options() lists. False: `problems` holds all of them, with their
 * places; text in `arena`. */
struct survey_map;
MUST_CHECK bool survey_map_parse(struct span yaml, struct span file, struct arena *arena,
                                 const struct survey_map **map, struct config_problems *problems);
void survey_map_print_options(struct buffer *out, enum config_help form);
struct span survey_map_charset(const struct survey_map *map); /* "" = as it looks; NULL is fine */

/* One export, read twice: first all of it is studied, since what a column means (day or month
 * first, five steps or seven) stands in its values; then its rows are taken. Text is UTF-8 and may
 * come in pieces; what a piece does not end stays in `text` for the next. `map` NULL: everything is
 * found out. `key` is that of the hash by which a map may have people told apart. */
struct survey;
struct survey *survey_create(const struct survey_map *map, struct span key, struct arena *arena);
MUST_CHECK bool survey_study(struct survey *survey, struct span *text, bool last,
                             struct error *error);

/* Decides what the columns are. The error names what a map must say, or the place in it. */
MUST_CHECK bool survey_settle(struct survey *survey, struct error *error);

/* A line a column: what it was taken for. */
void survey_describe(const struct survey *survey, struct buffer *out);

struct survey_row {
    struct item item;     /* addresses of people are not in it; text in the row's arena */
    struct span brand;    /* what a column says it is about; "" = none */
    unsigned line;        /* where the row begins */
    const char *left_out; /* why it is no answer; NULL = it is one */
    struct span
        blemish; /* the first thing in it that was not understood: "line 7, column 3: ..." */
};

/* The next row; false when the text holds no whole one. After survey_settle(), from the beginning. */
bool survey_next(struct survey *survey, struct span *text, bool last, struct arena *arena,
                 struct survey_row *row);

/* --- JSON lines, for `score --jsonl` and imports ---------------------------------------------- */

/* A mention as `store export` prints it, or as much of it as a line has: {"text": "...",
 * "published": "2026-11-21"}. Text in `arena`. */
struct json_mention {
    struct mention mention; /* brands and topics by name; sequence and cluster are the line's; work
                               comes with scores as the machine made them */
    struct span brand;      /* "brand": whom all of it is about; "" = not said */
    bool judged;            /* it has label and brands, which are to stay as they are */
};
MUST_CHECK bool json_mention_parse(struct span line, struct arena *arena,
                                   struct json_mention *found, struct error *error);

/* The named members of one JSON object as text ("" where absent); numbers as written. */
MUST_CHECK bool json_members(struct span line, const char *const *names, size_t count,
                             struct arena *arena, struct span *values, struct error *error);

/* The same of the rows of a CSV file whose first row names its columns, in any case: `visit` is told
 * the line and the values, which live in `arena`. ERROR_INPUT when no column has any of the names. */
typedef void members_visitor(void *context, unsigned line, const struct span *values);
MUST_CHECK bool csv_members(struct span text, const char *const *names, size_t count,
                            struct arena *arena, members_visitor *visit, void *context,
                            struct error *error);

#endif
