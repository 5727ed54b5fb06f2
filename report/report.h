/* The report's door: what people get. KPIs with their formulas, reports in every format, surges and
 * incidents, mail, and the HTTP server. Home of libmicrohttpd.
 *
 * Every number carries how it was made: formula, n, interval, coverage. "No mentions" and "no data"
 * look different everywhere. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/budget.h"
#include "base/config.h"
#include "base/json_writer.h"
#include "base/query.h"
#include "base/webhook.h"
#include "crawler/crawler.h"
#include "sentiment/sentiment.h"
#include "store/store.h"

/* --- Forms ------------------------------------------------------------------------------------ */

enum output_format {
    OUTPUT_TABLE,
    OUTPUT_JSON,
    OUTPUT_JSONL,
    OUTPUT_CSV,
    OUTPUT_MARKDOWN,
    OUTPUT_HTML
};
bool output_format_parse(struct span name, enum output_format *format);

struct output_style {
    enum output_format format;
    bool colour;  /* ANSI colours in tables */
    bool unicode; /* sparklines in block characters; else ASCII */
    int width;    /* columns of the terminal */
};

/* --- KPIs ------------------------------------------------------------------------------------- */

struct kpi {             /* one number with all that is needed to trust it */
    const char *name;    /* "net sentiment" */
    const char *key;     /* "net_sentiment" */
    const char *formula; /* "(pos - neg) / (pos + neg + neu)" */
    const char *method;  /* of the interval: "Wilson 95 %" */
    const char *unit;    /* "" (-1..1), "share" (0..1), "stars" (0..5), "points" (-100..100), "of 7"
                         (1..7), "ratio", "hours"; else a count of it */
    unsigned version;    /* of the definition */
    bool optional;       /* nothing to show to who has no surveys, or answers nobody */
    bool less_is_better;
    bool known;       /* false: no data; value and interval mean nothing */
    bool provisional; /* n < 30 */
    double value;
    double low, high; /* 95 % interval; equal to value where none applies */
    uint64_t n;       /* mentions it rests on */
    bool compared;    /* the previous period of equal length had data */
    double previous;
    bool has_usual; /* the same weekdays of the weeks before had data */
    double usual;
};

enum kpi_id {
    KPI_VOLUME,
    KPI_NET_SENTIMENT,
    KPI_BRAND_HEALTH,
    KPI_SHARE_OF_VOICE,
    KPI_RATING,
    KPI_REACH,
    KPI_ENGAGEMENT,
    KPI_WORD_OF_MOUTH,
    KPI_SPREAD,
    KPI_NPS,
    KPI_CSAT,
    KPI_CES,
    KPI_RESPONSE_RATE,
    KPI_RESPONSE_TIME,
    KPI_RESPONSE_TIME_90,
    KPI_COUNT
};

struct period {
    int64_t since_ms;
    int64_t until_ms; /* exclusive */
};

/* What is reported on: a brand, what a query finds of it, or what a query finds of everything kept: a
 * brand that nobody configured is reported as any other. */
struct segment {
    struct span brand;         /* by name; empty: of everything */
    const struct query *query; /* NULL: all of the brand */
    struct span text;          /* the query, as people are shown it */
};

/* All KPIs of a segment in a period; `kpis` has KPI_COUNT places. Share of voice is against the
 * brand's competitors of the configuration, in the same query; of no brand, against all of its
 * brands. */
void kpi_compute(const struct snapshot *snapshot, const struct config *config,
                 const struct segment *segment, struct period period, struct kpi *kpis);

/* The KPIs of a segment: one after the other, or by the members of dimensions, or over views of several
 * lengths. Each with its interval, n, and change against the period before; alone also against what
 * the same weekdays of the weeks before had. */
#define KPI_DIMENSIONS_MOST 2
struct kpi_request {
    struct segment segment;
    struct period period;
    struct span zone;                            /* that the period's days are of, for people */
    struct span dimensions[KPI_DIMENSIONS_MOST]; /* "channel", "stage": each by each */
    size_t dimension_count;
    size_t limit; /* members of each */
    bool views;   /* the day, week, month and 13 months before the period's end, side by side */
};
MUST_CHECK bool kpis_print(struct buffer *out, const struct snapshot *snapshot,
                           const struct config *config, const struct kpi_request *request,
                           const struct output_style *style, struct error *error);

/* Every KPI on two sides, with the difference, its interval, and how often shuffling makes one as large
 * (report/contrast.h). A sentence on net sentiment comes first. */
struct compare_side {
    struct span name; /* for people: "before 2026-10-01", "lang:es" */
    struct segment segment;
    struct period period;
};
struct compare_request {
    struct compare_side sides[2];
    bool daily; /* the sides are days (of `zone`) of one segment; else stories of two segments */
    struct span zone;
};
MUST_CHECK bool compare_print(struct buffer *out, const struct snapshot *snapshot,
                              const struct config *config, const struct compare_request *request,
                              const struct output_style *style, struct error *error);

/* The topics of a segment, those first that cost most sentiment (report/drivers.h). */
struct drivers_request {
    struct segment segment;
    struct period period;
    uint64_t least; /* mentions that a topic needs to be told */
};
MUST_CHECK bool drivers_print(struct buffer *out, const struct snapshot *snapshot,
                              const struct drivers_request *request,
                              const struct output_style *style, struct error *error);

/* The period of whole weeks, `back` times as far before as its length needs: its weekdays are the
 * same. */
struct period period_weeks_before(struct period period, int back);

/* Prints the table of definitions: name, formula, method, source, version. */
void kpi_print_definitions(struct buffer *out, const struct output_style *style);

/* --- Reports ---------------------------------------------------------------------------------- */

struct report_request {
    struct segment segment; /* all empty: every own brand */
    struct period period;
};
/* The report of a period: KPIs, trend, topics, sources, incidents, best and worst mentions. */
MUST_CHECK bool report_print(struct buffer *out, const struct snapshot *snapshot,
                             const struct config *config, const struct report_request *request,
                             const struct output_style *style, struct error *error);

struct query_request {
    struct span text; /* as typed, for messages */
    const struct query *query;
    struct period period; /* DATE_NONE = open */
    size_t limit;         /* newest first */
    bool explain;         /* which clause matched which words */
};
/* Mentions that match, newest first, with totals. True also when there are none. */
MUST_CHECK bool query_run(struct buffer *out, const struct snapshot *snapshot,
                          const struct query_request *request, const struct output_style *style,
                          uint64_t *matched, struct error *error);

/* One mention in full: scores with reasons, what people did about it, its thread, its copies, what else
 * its author wrote. A table, or JSON. */
struct dossier_request {
    const struct mention *mention;
    const struct sentiment_request *scored; /* how it was judged anew, with reasons; */
    const struct sentiment_result *result;  /* NULL: no reasons are shown */
};
void dossier_print(struct buffer *out, const struct snapshot *snapshot,
                   const struct dossier_request *request, const struct output_style *style);

/* What people did about a mention, as its "work" in JSON; nothing where they did nothing. */
void work_print_json(struct json_writer *json, const struct work *work);

void incidents_print(struct buffer *out, const struct snapshot *snapshot,
                     const struct output_style *style);
/* One of them with its evidence, parts and messages. A table, or JSON. */
void incident_print(struct buffer *out, const struct snapshot *snapshot,
                    const struct incident *incident, int64_t now_ms,
                    const struct output_style *style);
void sources_print(struct buffer *out, const struct snapshot *snapshot,
                   const struct output_style *style, int64_t now_ms);
/* Who is told what, and who has said by the link in a mail that it is enough. */
void people_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                  const struct output_style *style);
/* Takes back all that a person said so. */
MUST_CHECK bool people_resume(struct store *store, struct span email, int64_t now_ms,
                              struct error *error);
void outbox_print(struct buffer *out, const struct snapshot *snapshot,
                  const struct output_style *style);
void outbox_row_print(struct buffer *out, const struct outbox_row *row,
                      const struct output_style *style);

/* What may be spent in a period, and what is. */
struct budget_row {
    struct span site; /* and whose key */
    const struct budget *rule;
    double spent;
    double most;     /* 0 = no bound */
    double expected; /* to be spent by its end, as polls go now */
    int64_t end_ms;
    size_t polls; /* that are paid from it */
};
void budgets_print(struct buffer *out, const struct budget_row *rows, size_t count,
                   const struct output_style *style);

/* A poll that has not happened. */
struct crawl_plan_row {
    struct span source;
    int64_t due_ms;
    bool asks;           /* it would go out now */
    struct span verdict; /* "asks", or why not */
    double requests;     /* expected */
    struct span cost;    /* "2 searches, $0.50" */
    struct span address; /* of its first request, without secrets */
};
void crawl_plan_print(struct buffer *out, const struct crawl_plan_row *rows, size_t count,
                      const struct output_style *style);

/* One score explained, for `earshot score --explain`. */
void score_print(struct buffer *out, const struct sentiment_request *request,
                 const struct sentiment_result *result, const struct output_style *style);

/* Labelled texts judged by the lexicon alone and, where something was learned, by that. */
struct trial_case {
    struct span text;
    enum label meant;
    struct score lexicon;
    struct score learned;
    const struct sentiment_reason *reasons; /* of the better informed of the two; may be NULL */
    size_t reason_count;
};
struct trial {
    const struct trial_case *cases;
    size_t count;
    bool learned;        /* the cases have a `learned` score */
    struct span split;   /* how what was learned from and what was judged were kept apart */
    const size_t *worst; /* cases to show, the worst first */
    size_t worst_count;
};
/* Accuracy, F1, confusion, reliability (how often right when how sure), the worst errors with their
 * reasons, for `earshot lexicon test`. */
void trial_print(struct buffer *out, const struct trial *trial, const struct output_style *style);

/* The words of an overlay, or of two (`other` may be NULL) side by side, those first that differ
 * most: from the lexicon, or from each other. At most `limit` rows. */
void words_print(struct buffer *out, const struct sentiment_overlay *overlay,
                 const struct sentiment_overlay *other, size_t limit,
                 const struct output_style *style);

/* The rows that a word's meaning comes from. */
void origins_print(struct buffer *out, const struct sentiment_origin *origins, size_t count,
                   const struct output_style *style);

/* --- Alerts ----------------------------------------------------------------------------------- */

/* Says which words decided how a mention feels about a brand: "broken -2.1, never again -1.4"; in
 * `arena`, empty where it cannot tell. The caller knows the lexicon, and what was learned. From any
 * thread. */
struct explainer {
    struct span (*words)(void *context, const struct mention *mention, struct span brand,
                         struct arena *arena);
    void *context;
};

/* Looks at every own brand's series up to `now_ms`, opens, updates and closes incidents, and writes
 * them with the messages they cause into the store in one transaction. Idempotent: nothing new,
 * nothing written. Takes some ten milliseconds an own brand: call when a round of polls is
 * committed, and at least every hour. */
struct alert_summary {
    size_t opened, updated, closed, messages;
};
MUST_CHECK bool alerts_evaluate(struct store *store, const struct config *config,
                                const struct explainer *explainer, int64_t now_ms,
                                struct alert_summary *summary, struct error *error);

/* --- Digests ---------------------------------------------------------------------------------- */

/* Writes the digests that are due into the outbox, in one transaction with the marks of how far each
 * reader's digests have come: each comes once, whatever happens, and after a time off one stands for
 * all that were missed. Whoever is new gets the first one when the next period is over. */
MUST_CHECK bool digests_write(struct store *store, const struct config *config,
                              const struct explainer *explainer, int64_t now_ms, size_t *messages,
                              struct error *error);

/* When the next digest is due, after now; DATE_NONE = never. */
int64_t digests_next_ms(const struct config *config, int64_t now_ms);

struct digest_request {
    struct span brand; /* empty: all own ones */
    enum rhythm rhythm;
    bool until_now;   /* the period that has begun, in place of the last whole one */
    struct span zone; /* empty: UTC */
    int64_t now_ms;
};
/* The digest as text or as HTML, for whoever asks. */
MUST_CHECK bool digest_print(struct buffer *out, const struct snapshot *snapshot,
                             const struct config *config, const struct explainer *explainer,
                             const struct digest_request *request, bool html, struct error *error);

/* Puts it into the outbox for all who get digests of that rhythm and brand. What is whole, the last
 * period of all their brands, does not come once more when it is due. */
MUST_CHECK bool digest_send(struct store *store, const struct config *config,
                            const struct explainer *explainer, const struct digest_request *request,
                            size_t *messages, struct error *error);

/* The fast detector on a series from elsewhere. `csv`: a head, then rows "timestamp,value", evenly
 * spaced in time ("2026-11-21T09:10:00Z" or "2026-11-21 09:10:00"). Appends the same rows as CSV
 * with `score` (0..1; 0.5 and above is an alarm), `ratio` (to what is loud) and `loud` (the value
 * at which it would be 1). */
MUST_CHECK bool detect_csv(struct buffer *out, struct span csv, struct error *error);

/* --- Delivery --------------------------------------------------------------------------------- */

/* Sends what waits in the outbox through the crawler: mails, and posts to webhooks; one message at a
 * time on each route, each route by itself. */
struct delivery; /* opaque */

/* Where the token comes from that logs in at the mail server in place of a password. The caller knows
 * how a token is got and kept. */
typedef void token_callback(void *context, struct span token, const struct error *error);
struct token_source {
    /* One at a time. The callback runs once, later, from the loop, with a token or an error. */
    void (*ask)(void *context, token_callback *on_token, void *token_context);
    void (*cancel)(void *context); /* what was asked for */
    void (*forget)(void *context); /* the last one was refused: it is not given again */
    void *context;
};

struct delivery *delivery_start(struct store *store, struct crawler *crawler,
                                const struct config *config, const struct token_source *tokens,
                                const struct clock *clock, struct log *log);
void delivery_wake(struct delivery *delivery);             /* rows were added */
bool delivery_is_idle(const struct delivery *delivery);    /* nothing due and nothing under way */
int64_t delivery_next_ms(const struct delivery *delivery); /* wall clock of the next attempt;
                                                              DATE_NONE = nothing waits */
void delivery_stop(struct delivery *delivery); /* cancels what is under way (it stays in flight) */

/* --- Serving ---------------------------------------------------------------------------------- */

struct hook { /* where a source's deliveries come in: POST /hook/NAME */
    struct span name;
    struct webhook_terms terms;
};

enum hook_outcome {
    HOOK_STORED,     /* durably: the sender may forget it */
    HOOK_LATER,      /* the store cannot take it now: to be sent again */
    HOOK_UNREADABLE, /* `why` says what is wrong with it */
};
struct hook_result {
    enum hook_outcome outcome;
    size_t items; /* found in it */
    struct span why;
};

struct hook_delivery; /* one that waits for its answer */

struct hooks { /* borrowed; all of it outlives the server */
    const struct hook *list;
    size_t count;
    /* A delivery whose signature is good: to be answered once, not before this has returned. `body`
     * lives until then. */
    void (*on_delivery)(void *context, struct hook_delivery *delivery, size_t hook,
                        struct span body);
    void *context;
};

/* Also after server_stop(), when nobody waits for it any more. */
void hook_answer(struct hook_delivery *delivery, const struct hook_result *result);

struct server; /* opaque */
/* `hooks` NULL: this one only reads. */
MUST_CHECK bool server_start(uv_loop_t *loop, struct store *store, const struct config *config,
                             const struct hooks *hooks, const struct clock *clock, struct log *log,
                             struct server **server, struct error *error);
int server_port(const struct server *server); /* the one it got, where 0 was asked for */
void server_stop(struct server *server, void (*on_closed)(void *context), void *context);

/* The JSON Feed 1.1 of a brand: newest `limit` mentions before `before` (sequence; 0 = newest). */
MUST_CHECK bool feed_print(struct buffer *out, const struct snapshot *snapshot,
                           const struct config *config, struct span brand, uint64_t before,
                           size_t limit, struct error *error);

#endif
