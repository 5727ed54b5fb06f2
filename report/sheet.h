/* A report before it has a form: everything about one brand in one period, gathered once in an
 * arena; the forms (table, JSON, CSV, Markdown, HTML) only write it down. */
#ifndef REPORT_SHEET_H
#define REPORT_SHEET_H

#include "base/json_writer.h"
#include "report/evidence.h"
#include "report/history.h"
#include "report/kpi.h"

/* What people are shown of moments is the wall clock of the configuration's zone: `wall_ms` is what it
 * shows, as if it were UTC. */
struct sheet_point { /* one step of the trend */
    int64_t time_ms;
    int64_t wall_ms;
    bool known; /* false: no data */
    struct tally counts;
    double net; /* NAN where nothing was judged */
};

struct sheet_member { /* of a dimension: a topic, channel, language */
    struct span name;
    struct tally counts;
    double share;  /* of the brand's mentions */
    double net;    /* NAN where nothing was judged */
    double impact; /* topics: share x how far its net lies below the rest; 0 = not below */
};

struct sheet_members {
    struct sheet_member *list;
    size_t count;
};

enum health { HEALTH_NEVER, HEALTH_GOOD, HEALTH_FAILING };
const char *health_name(enum health health); /* "never polled", "ok", "failing" */

struct sheet_source {
    struct span name;
    struct span key; /* of the part that speaks for its health: "name/brand" */
    uint64_t mentions;
    double net;
    double coverage; /* of the period's hours */
    enum health health;
    struct source_state state;
};

struct sheet_mention {
    struct mention mention;
    int64_t wall_ms;
    struct score score; /* towards the brand */
    double weight;
};

struct extremes { /* who speaks loudest for and against: one a story, one an author */
    struct sheet_mention *best, *worst;
    size_t best_count, worst_count;
};

struct sheet_incident {
    struct incident incident;
    struct evidence evidence;
};

void incident_print_json(struct json_writer *json, const struct sheet_incident *entry);

struct sheet {
    struct arena *arena;
    struct segment segment;
    struct span brand; /* what it is called */
    struct period period;
    struct period wall; /* the same */
    struct span zone;   /* "UTC", "Europe/Madrid" */
    uint64_t snapshot_id;
    struct kpi kpis[KPI_COUNT];
    struct tally tally;
    enum series_step step;
    struct sheet_point *points;
    size_t point_count;
    struct sheet_members topics, channels, languages, rivals;
    struct sheet_source *sources;
    size_t source_count;
    size_t sources_good;
    double coverage;
    struct sheet_incident *incidents; /* newest first */
    size_t incident_count;
    struct extremes extremes;
};

#define SHEET_TOPICS 8
#define SHEET_MENTIONS 3
#define SHEET_INCIDENTS 5

/* Gathers the segment's sheet; everything lives in `arena`. The period is closed on both ends. */
void sheet_gather(struct sheet *sheet, const struct snapshot *snapshot, const struct config *config,
                  const struct segment *segment, struct period period, struct arena *arena);

/* The best and worst mentions of a subject in a period, at most `limit` each, loudest first. */
void mentions_extreme(const struct snapshot *snapshot, const struct subject *subject,
                      struct period period, size_t limit, struct arena *arena,
                      struct extremes *extremes);

/* The score of a mention towards a brand, or of the whole text where it has none. */
struct score mention_score_of(const struct mention *mention, struct span brand);

/* The text, else the title, else that there is neither any more. */
struct span mention_words(const struct mention *mention);

/* Title and text as one line for people: the title, or the beginning of the text. */
struct span mention_excerpt(const struct mention *mention, struct arena *arena);

/* Where it was said, for people: the site where the source has several, else the source. */
struct span mention_place(const struct mention *mention);

/* The forms. Several brands make several sheets of one document. */
struct sheets {
    const struct sheet *list;
    size_t count;
    struct period period;
};
void sheet_print_table(struct buffer *out, const struct sheets *sheets,
                       const struct output_style *style);
void sheet_print_json(struct buffer *out, const struct sheets *sheets,
                      const struct output_style *style);
void sheet_print_json_lines(struct buffer *out, const struct sheets *sheets,
                            const struct output_style *style);
void sheet_print_csv(struct buffer *out, const struct sheets *sheets,
                     const struct output_style *style);
void sheet_print_markdown(struct buffer *out, const struct sheets *sheets,
                          const struct output_style *style);
void sheet_print_html(struct buffer *out, const struct sheets *sheets,
                      const struct output_style *style);

/* One mention and one KPI as JSON objects: the same in reports, queries and feeds. */
void mention_print_json(struct json_writer *json, const char *key, const struct mention *mention);
void kpi_print_json(struct json_writer *json, const char *key, const struct kpi *kpi);

/* The words that made a score, and the rules that bent them. */
void score_print_reasons(struct buffer *out, const struct sentiment_request *request,
                         const struct sentiment_result *result, const struct output_style *style);
void score_print_reasons_json(struct json_writer *json, const struct sentiment_request *request,
                              const struct sentiment_result *result);

#endif
