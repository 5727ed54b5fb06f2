/* The configuration: one YAML file, every option one row of a table (base/config.c).
 *
 * A row gives an option's name, type, range, default and help; parsing, the error messages, the
 * commented example (`earshot init`), `config show` and the man page come from the same rows.
 *
 * All errors are reported at once, each as
 *     earshot.yaml:12:5: error: unknown option "intervall"; did you mean "interval"?
 * followed by the source line and a caret. YAML anchors, aliases, tags and merge keys are refused
 * before anything is resolved. Types come from the rows: `country: no` is text.
 *
 * What parses is complete: defaults are filled in, names of brands stand as the brand writes itself
 * (in the file, case makes no difference), brands' queries are known to parse.
 *
 * Durations are held in milliseconds, sizes in bytes, shares as 0..1. Text lives in the
 * configuration's arena; empty span = not set. */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/mention.h"
#include "base/schema.h"

struct config_brand {
    struct span name;               /* "Acme" */
    struct span query;              /* the brand's definition in the query language; or: */
    struct config_list any;         /* the simple way: any of these, */
    struct config_list all;         /* all of these, */
    struct config_list none;        /* none of these. Without query, any and all: any = the name */
    struct config_list competitors; /* names of other brands here */
    struct config_list accounts;    /* who answers for it: names or handles, as sources show them */
    struct span overlay;            /* file that `earshot lexicon train` wrote; empty: none */
    bool own;      /* ours: alerts speak of it (default: the brands that are nobody's
                      competitor; the first where all are somebody's) */
    unsigned line; /* where it stands, for errors */
};

struct config_source {
    struct span name;                 /* unique; default: recipe or host of url, numbered */
    struct span recipe;               /* "hackernews", ...; default "feed" */
    struct span url;                  /* for recipes that take one */
    const struct config_pair *params; /* the recipe's own parameters */
    size_t param_count;
    const struct config_pair *budget; /* what may be spent: {name: amount a period} */
    size_t budget_count;
    struct config_list brands;   /* ask for these only; default: all brands */
    struct config_list about;    /* all it brings speaks of these brands, named or not: the reviews
                                  of their app, the answers to their survey */
    struct span map;             /* how the columns of its surveys are meant; for imports */
    enum channel channel;        /* CHANNEL_UNKNOWN: as the recipe says */
    struct span language;        /* hint */
    struct span country;         /* hint, two capital letters */
    int64_t interval_ms;         /* how often to poll; 0: as the recipe suggests */
    int64_t interval_longest_ms; /* ... where little comes; 0: see app/tasks.h */
    int64_t since_ms;            /* how far back the first poll goes */
    int64_t retain_ms;         /* how long its mentions are kept; 0: as all, or the recipe, says */
    int64_t retain_text_ms;    /* ... with their whole text */
    int64_t retain_excerpt_ms; /* ... with any words */
    bool enabled;
    bool follow;        /* asks for what the recipe follows up: comments, deletions */
    bool allow_private; /* may connect to private and loopback addresses */
    bool insecure;      /* does not check TLS certificates; warned about at each start */
    struct secret key;  /* API key or token */
    unsigned line;
};

enum rhythm { RHYTHM_DAILY, RHYTHM_WEEKLY, RHYTHM_MONTHLY, RHYTHM_COUNT };
extern const char *const config_rhythms[RHYTHM_COUNT]; /* "daily", ... */
bool config_has_rhythm(const struct config_list *digests, enum rhythm rhythm);

struct config_person { /* who gets mail */
    struct span email;
    struct span name;
    struct config_list brands; /* default: all own brands */
    bool alerts;
    struct config_list digests; /* names of rhythms */
    struct span zone;           /* default: the configuration's */
    struct span quiet;          /* "22:00-07:00": alerts wait until these hours end; empty: none */
};

/* What a chat program, or another program, wants to be told in. Its table is report/shapes.c. */
enum webhook_shape {
    SHAPE_JSON,
    SHAPE_SLACK,
    SHAPE_TEAMS,
    SHAPE_DISCORD,
    SHAPE_MATTERMOST,
    SHAPE_APPRISE,
};

struct config_webhook { /* where messages are posted */
    struct span name;   /* unique */
    struct secret url;  /* chat programs' addresses are their passwords */
    enum webhook_shape shape;
    struct secret secret; /* signs deliveries; empty: they are not signed */
    struct config_list brands;
    bool alerts;
    struct config_list digests;
    struct span zone;
    bool allow_private;
    unsigned line;
};

/* "08:30" as milliseconds after midnight. False when it is no time of day. */
bool config_parse_time_of_day(struct span text, int64_t *ms);

/* "22:00-07:00": from one time of day until another, which may be that of the next day. False when it
 * is not that, or no time at all. */
struct config_hours {
    int64_t from_ms, until_ms; /* after midnight */
};
bool config_parse_hours(struct span text, struct config_hours *hours);

struct config {
    struct span file;     /* path it was read from */
    struct span data_dir; /* the store's folder */
    struct span zone;     /* IANA name: whose days and weeks people mean */

    struct {
        struct span contact; /* URL or mail address in the User-Agent */
        int64_t timeout_ms;  /* whole transfer */
        int64_t connect_timeout_ms;
        int64_t host_spacing_ms; /* least time between two requests to one host */
        int64_t max_body;        /* bytes after decompression */
        int64_t concurrency;     /* transfers in flight */
        struct span proxy;       /* empty: none, whatever the environment says */
        struct span ca_file;     /* extra trust, PEM */
        bool robots;             /* obey robots.txt */
    } crawler;

    struct config_brand *brands;
    size_t brand_count;
    struct config_source *sources;
    size_t source_count;
    struct config_person *people;
    size_t person_count;
    struct config_webhook *webhooks;
    size_t webhook_count;

    struct {
        struct span url;  /* smtp://host:port, smtps://host */
        struct span from; /* address */
        struct span from_name;
        struct span username;
        struct secret password;
        struct span login; /* name of a source whose login gives a token in place of a password */
        struct span hello; /* name in EHLO; default: host name */
        bool require_tls;  /* default true unless the host is loopback */
    } mail;

    struct {
        bool enabled;
        double false_per_week; /* false alerts that are acceptable per week over all brands */
        int64_t minimum;       /* least mentions in a window that may raise an alert */
        int64_t window_ms;     /* the window that is compared with its past */
        int64_t cooldown_ms;   /* least time between two mails of one incident */
    } alerts;

    struct {
        struct span at;   /* "08:00", by the reader's clock */
        int weekday;      /* of the weekly one; 0 = Monday */
        int64_t monthday; /* of the monthly one */
        enum { DIGEST_SKIP_EMPTY, DIGEST_SEND_EMPTY } empty;
    } digest;

    struct {
        struct span listen;   /* "127.0.0.1:8765"; other than loopback needs a token */
        struct span base_url; /* how people reach it; for links in mail */
        struct secret token;
    } serve;

    struct {
        int64_t mentions_ms; /* 0 = for ever */
        int64_t text_ms;     /* 0 = as long as there is an excerpt */
        int64_t excerpt_ms;  /* 0 = as long as the mention */
        int64_t unmatched_ms;
    } retain;

    struct arena *arena; /* owns all text above */
};

/* Reads `text` (the contents of `file`). True: `*config` is the caller's, config_free() it. False:
 * `problems` holds every problem in the order of the file, its text in `arena`, and *config is
 * NULL. Environment and credentials are looked up for secrets; files named by *_file are read. */
MUST_CHECK bool config_parse(struct span text, struct span file, struct arena *arena,
                             struct config **config, struct config_problems *problems);

/* The same from a path; a file that cannot be read is a problem of line 0. */
MUST_CHECK bool config_load(const char *path, struct arena *arena, struct config **config,
                            struct config_problems *problems);
void config_free(struct config *config);

/* "file:line:column: error: message", the line, a caret; `text` may be empty (no lines shown). */
void config_print_problems(struct buffer *out, struct span file, struct span text,
                           const struct config_problems *problems);

/* Where the configuration is looked for: $EARSHOT_CONFIG, $XDG_CONFIG_HOME/earshot/earshot.yaml,
 * ~/.config/earshot/earshot.yaml, /etc/earshot/earshot.yaml. First that exists, or the one `init`
 * would write; false in `*exists` then. */
struct span config_default_path(struct arena *arena, bool *exists);

/* The values in force, as YAML with one comment a line; secrets as "***". */
void config_print(struct buffer *out, const struct config *config);

/* A commented configuration to start from, for these brands (first: own; the others its
 * competitors); it parses cleanly. */
void config_print_example(struct buffer *out, struct span brand, const struct span *competitors,
                          size_t competitor_count);

/* Every option: "name  type  default  range  help", for --help (plain) and man page (mdoc). */
void config_print_options(struct buffer *out, enum config_help form);

#endif
