/* The store's door: a brand's memory, in one LMDB environment.
 *
 * One writer thread owns the only write transaction and groups commits; any number of readers, in
 * any process, see consistent snapshots and block nobody. Promises: a source's state moves only in
 * the transaction that stores what it passed; an item seen again updates, never doubles; rollups
 * equal a recount of the mentions. Home of LMDB.
 *
 * Keys are big-endian and fixed-width, records versioned. See store/tables.h for the layout. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/mention.h"
#include "base/query.h"
#include "base/work.h"

struct store; /* one open environment; one per path and process */

enum store_mode {
    STORE_READ,  /* readers only: CLI beside a running daemon */
    STORE_WRITE, /* starts the writer thread; a second writer is refused by name */
    /* store_edit() and store_handle_incident() only, also beside the one who writes in another process: LMDB lets them take turns,
     * and what a writer remembers between its transactions no edit changes. Makes no store, and brings
     * none forward. */
    STORE_EDIT,
};

struct store_options {
    enum store_mode mode;
    size_t map_size;        /* bytes of address space; 0 = default; grows by itself */
    size_t group_count;     /* a commit waits for at most this many mentions, 0 = default */
    int64_t group_ms;       /* ... or this long, 0 = default */
    bool no_sync;           /* no fsync: for tests and benchmarks only */
    struct span author_key; /* secret under which blocked authors are known; copied; empty: nobody
                               can be blocked, and nobody is */
};

/* Creates the folder (0700) and environment (0600) when mode is STORE_WRITE. ERROR_STORE when it is
 * newer than this program, locked by another writer (named with pid and host), or damaged. */
MUST_CHECK bool store_open(const char *folder, const struct store_options *options,
                           struct store **store, struct error *error);

/* Waits until everything submitted is committed, then closes. Snapshots are closed before. */
void store_close(struct store *store);

/* --- Sources ---------------------------------------------------------------------------------- */

/* What is remembered of one source between polls. Text in the arena it was read into. */
struct source_state {
    struct span cursor; /* parsers' own */
    struct span etag;   /* byte-exact validators of the first request */
    struct span last_modified;
    int64_t polled_ms;       /* last attempt; DATE_NONE = never */
    int64_t succeeded_ms;    /* last success; DATE_NONE = never */
    int64_t next_ms;         /* next due (wall clock); DATE_NONE = now */
    int64_t closed_until_ms; /* the site asked not to be asked before (Retry-After, backoff);
                                DATE_NONE = open */
    uint32_t failures;       /* in a row */
    struct span reason;      /* of the last failure, one word: "dns", "status", ... */
    struct span message;     /* of the last failure */
    bool reported_broken;    /* the one notice is out; cleared on recovery */
    uint64_t polls;          /* ever */
    uint64_t mentions;       /* new ones ever; kept by the store, whatever the batch says */
    uint64_t requests;       /* ever */
    double yield_items;      /* what came anew lately, older times counting less, ... */
    int64_t yield_ms;        /* ... in so much time, weighed likewise; 0 = never looked */
};
void source_state_init(struct source_state *state);

/* --- Writing ---------------------------------------------------------------------------------- */

/* What has been spent of an account (base/budget.h) since a period of it began. */
struct spending {
    struct span account;
    int64_t begin_ms;
    double spent; /* kept to 1/1,000,000 */
};

/* Which mentions here are which of another store: what keeps the stories of an import together. Of one
 * import; freed after its last batch is done. */
struct store_stories; /* opaque */
struct store_stories *store_stories_create(void);
void store_stories_free(struct store_stories *stories);

/* What one page of one poll brought. All of it is stored in one transaction, or none.
 *
 * An item is known again by its id, else its URL, else its words (store/identity.h). Seen again, it
 * is updated: what the source leaves out stays as it was; while the words are the same, brands found
 * by polls for different brands add up; an edited text is about what it says now. `item.deleted`
 * empties it for good. Scores are kept to 1/10,000, ratings and answers to 1/1,000; texts are cut at the limits
 * of base/limits.h, and no more than LIMIT_MENTION_BRANDS brands are kept. */
struct store_batch {
    /* Key of the source: its name, or name/brand. Items are the same or not within a name; the
     * mentions' own `source` is ignored. */
    struct span source;
    const struct source_state *state; /* new state; NULL = unchanged */
    /* What is kept of the login of all that is asked under one name of the configuration: the
     * caller's own bytes. Data NULL = unchanged; nothing = forgotten. */
    struct span login_name;
    struct span login;
    const struct spending *spendings; /* new values of accounts; others stay */
    size_t spending_count;
    const struct mention *mentions; /* scored; `sequence` and `cluster` count with `stories` only */
    size_t mention_count;
    const struct span *brand_names; /* by the mentions' brand index */
    size_t brand_name_count;
    int64_t now_ms;
    bool polled_ok; /* counts as coverage of this hour: "polled, and nothing" */
    /* A poll that brought everything published since then covers all hours from there to now (a
     * year at most); 0 or DATE_NONE: this hour only. */
    int64_t covered_since_ms;
    /* Of what another store has exported, numbered as there: copies stay with the story that they were
     * of, which words that were cut no longer tell. NULL = none. */
    struct store_stories *stories;
};

struct store_result {
    bool stored; /* durable; otherwise `error` says why and nothing of the batch is in */
    struct error error;
    size_t added;     /* new mentions */
    size_t updated;   /* seen before, changed */
    size_t unchanged; /* seen before, same */
    size_t removed;   /* deleted upstream: tombstones */
    size_t blocked;   /* not taken in: their authors are blocked */
    bool
        crowded; /* with this batch there are more sources or topics than the series count one by one
                     (LIMIT_SERIES_MEMBERS): told once */
    uint64_t last_sequence; /* highest sequence in the store after the commit */
};

/* Called on the writer thread after the commit, in order of submission. Must be quick. */
typedef void store_callback(void *context, const struct store_result *result);

/* Hands the batch to the writer thread. It is not copied: it must stay until the callback. False
 * when the queue is full (back-pressure): nothing happens then; try again after a callback. */
bool store_submit(struct store *store, const struct store_batch *batch, store_callback *on_done,
                  void *context);

/* The same, waiting for the commit. Not from the callback. */
MUST_CHECK bool store_write(struct store *store, const struct store_batch *batch,
                            struct store_result *result, struct error *error);

/* --- Work ------------------------------------------------------------------------------------- */

/* What people do about a mention (base/work.h), in one transaction: series, timeline and index count
 * a corrected score from then on, the machine's no more. It stays through edits and polls, and goes
 * when the mention is emptied. A batch's mentions may bring work of their own (an import): their
 * scores are the machine's then, and what was done last goes before. Waits. ERROR_USAGE: there is no
 * such mention, or it cannot be done to it. */
MUST_CHECK bool store_edit(struct store *store, uint64_t sequence, const struct work_edit *edit,
                           bool *changed, struct error *error);

/* --- Reading: snapshots ----------------------------------------------------------------------- */

/* A consistent view. Keep it short: an open snapshot pins old pages. For one thread; never across a
 * network write. */
struct snapshot;
MUST_CHECK bool snapshot_open(struct store *store, struct snapshot **snapshot, struct error *error);
void snapshot_close(struct snapshot *snapshot);

/* False when something that was read through the snapshot was damaged: what could not be read was
 * left out. Ask before answering from what was read. */
MUST_CHECK bool snapshot_check(const struct snapshot *snapshot, struct error *error);

/* Identity of the view: grows with every commit; for ETags. */
uint64_t snapshot_id(const struct snapshot *snapshot);

/* Number of a brand in the store, by name: false when it was never stored. */
bool snapshot_brand(const struct snapshot *snapshot, struct span name, uint32_t *brand);

/* One mention; text in `arena`. False when there is none (or it was deleted). Brand indices in it
 * are store numbers, names are filled. */
bool snapshot_mention(const struct snapshot *snapshot, uint64_t sequence, struct arena *arena,
                      struct mention *mention);

/* The mention that a source knows by this id: false when it was never stored. It may be emptied. */
bool snapshot_item(const struct snapshot *snapshot, struct span source, struct span id,
                   uint64_t *sequence);

/* The company of a mention: those of its story (itself included; none where it has no copies), by
 * arrival; those of its thread (itself included), oldest first: what they answer, as far as it is
 * stored, and what was answered in the thirty days after. Sequences in `arena`. */
uint64_t *snapshot_story(const struct snapshot *snapshot, uint64_t cluster, struct arena *arena,
                         size_t *count);
uint64_t *snapshot_thread(const struct snapshot *snapshot, const struct mention *mention,
                          size_t most, struct arena *arena, size_t *count);

#define BRAND_ANY UINT32_MAX        /* every mention, matched or not */
#define BRAND_NONE (UINT32_MAX - 1) /* unmatched only */

/* The thin record of the timeline: what aggregations need, without the text. */
struct timeline_entry {
    uint64_t sequence;
    uint64_t cluster;
    int64_t time_ms;
    double score;  /* towards the brand; of BRAND_ANY and BRAND_NONE, mention_feeling() */
    double rating; /* RATING_NONE = none */
    double answers[SURVEY_COUNT]; /* ANSWER_NONE = none */
    int64_t reach;
    int64_t engagement;
    uint64_t author; /* hash; 0 = unknown */
    uint32_t source; /* number; snapshot_source_name() */
    enum channel channel;
    enum stage stage;
    enum label label;
    enum mention_kept kept;
    char language[3]; /* "en", "" */
};

/* Calls `visit` for the brand's mentions with since <= time < until (DATE_NONE = open), oldest
 * first or newest first, until it returns false. */
typedef bool timeline_visitor(void *context, const struct timeline_entry *entry);
void snapshot_timeline(const struct snapshot *snapshot, uint32_t brand, int64_t since_ms,
                       int64_t until_ms, bool newest_first, timeline_visitor *visit, void *context);

/* Mentions in order of arrival, from `sequence` on (for feeds, exports, event streams). Each is valid
 * during its visit. */
typedef bool mention_visitor(void *context, const struct mention *mention);
void snapshot_mentions_from(const struct snapshot *snapshot, uint64_t sequence,
                            mention_visitor *visit, void *context);

/* --- Searching -------------------------------------------------------------------------------- */

/* The mentions that may match a query, newest first, from the text index: where the search is exact
 * all of them do, else matcher_match() must decide about each. Nothing is decoded but the index. */
struct search; /* opaque; of one snapshot, and closed before it */
struct search *search_open(const struct snapshot *snapshot, const struct query *query,
                           int64_t since_ms, int64_t until_ms); /* DATE_NONE = open */
void search_close(struct search *search);
bool search_is_exact(const struct search *search);
bool search_next(struct search *search, uint64_t *sequence, int64_t *time_ms);

/* Of an exact search, whatever was taken from it: how many mentions there are in each of `count`
 * stretches of time, [times_ms[i], times_ms[i + 1]), by how they feel (towards their first brand;
 * as a whole where they have none). `times_ms` ascends and has count + 1 moments; what lies outside
 * is not counted. */
struct search_count {
    uint64_t mentions;
    uint64_t labels[LABEL_COUNT];
};
void search_count(struct search *search, const int64_t *times_ms, size_t count,
                  struct search_count *counts);

/* All mentions in the time asked for, matching or not. */
uint64_t search_total(struct search *search);

/* Which terms the index is asked for, and whether their mentions still have to be read. */
void search_print(struct buffer *out, const struct search *search);

struct span snapshot_source_name(const struct snapshot *snapshot, uint32_t source,
                                 struct arena *arena); /* "" = unknown */

/* --- Counting: a brand, whatever a query finds, or what it finds of a brand ---------------------- */

enum series_dimension { /* stored: append only */
                        SERIES_ALL,
                        SERIES_SOURCE,
                        SERIES_CHANNEL,
                        SERIES_LANGUAGE,
                        SERIES_COUNTRY,
                        SERIES_TOPIC,
                        SERIES_STAGE,
                        SERIES_LABEL,
};

/* What numbers are about. */
struct subject {
    uint32_t brand;            /* its number; BRAND_ANY: whatever the query finds */
    const struct query *query; /* NULL: everything of the brand; outlives the census */
};

/* What is said about it in a stretch of time. Scores are towards the brand; of what a query finds of
 * BRAND_ANY towards the one brand that it demands, else as mention_feeling() says; of BRAND_ANY alone
 * those of the whole text. */
struct tally {
    bool covered; /* a source was asked in it: zeros are real; else they mean "no data" */
    uint64_t mentions;
    uint64_t labels[LABEL_COUNT];
    double score_sum;
    double score_squares;
    uint64_t ratings; /* mentions with one */
    double rating_sum;
    double rating_squares;
    uint64_t answers[SURVEY_COUNT];
    double answer_sums[SURVEY_COUNT];
    double answer_squares[SURVEY_COUNT];
    uint64_t promoters;  /* answered 9 or 10 */
    uint64_t detractors; /* answered 0 to 6 */
    uint64_t satisfied;  /* answered 4 or 5 */
    uint64_t reach;
    uint64_t engagement;
    uint64_t stories; /* distinct ones: copies are not independent voices; in census_total() only */
    uint64_t authors; /* distinct ones, of those known; in census_total() only */
};

/* One mention more. Not the distinct ones. */
void tally_add(struct tally *tally, const struct timeline_entry *entry);

/* One subject in [since, until) (DATE_NONE = open), counted as often and by as much as is asked for:
 * a brand from its series, a query from the text index. Of one snapshot, and closed before it. */
struct census; /* opaque */
struct census *census_open(const struct snapshot *snapshot, const struct subject *subject,
                           int64_t since_ms, int64_t until_ms);
void census_close(struct census *census);

/* All of it. */
void census_total(struct census *census, struct tally *tally);

/* Each of `count` stretches [times_ms[i], times_ms[i + 1]), to the millisecond: days and hours of
 * any time zone. `times_ms` ascends, has count + 1 moments, and lies within the census. */
void census_count(struct census *census, const int64_t *times_ms, size_t count,
                  struct tally *tallies);

/* By the members of a dimension ("hackernews", "review", "es", "delivery"), most mentions first. In
 * SERIES_TOPIC scores are the topic's own. */
struct tally_member {
    struct span name;
    struct tally tally;
};
struct tally_member *census_members(struct census *census, enum series_dimension dimension,
                                    struct arena *arena, size_t *count);

/* Calls `visit` for every mention of it, newest first, until it returns false. */
void census_visit(struct census *census, timeline_visitor *visit, void *context);

/* --- Series: hour and day counters ------------------------------------------------------------ */

struct series_point {
    int64_t time_ms; /* start of the hour or day, UTC */
    bool covered;    /* a source was polled in it: zeros are real; else they mean "no data" */
    uint64_t mentions;
    uint64_t positive, negative, neutral, unsure;
    double sum; /* of scores */
    double sum_squares;
    uint64_t ratings; /* mentions with one */
    double rating_sum;
    double rating_squares;
    uint64_t reach;
    uint64_t engagement;
    uint64_t stories; /* mentions that are the first of their cluster */
};

enum series_step { SERIES_HOUR, SERIES_DAY };

/* The points of [since, until), every step present (at most LIMIT_POINTS), in `arena`. `member` is
 * the value in the dimension ("hackernews", "review", "es", "delivery"); empty for SERIES_ALL.
 * Counts and scores are towards the brand; in SERIES_TOPIC scores are the topic's own. BRAND_ANY
 * and BRAND_NONE have SERIES_ALL and SERIES_SOURCE only. */
struct series_point *snapshot_series(const struct snapshot *snapshot, uint32_t brand,
                                     enum series_dimension dimension, struct span member,
                                     enum series_step step, int64_t since_ms, int64_t until_ms,
                                     struct arena *arena, size_t *count);

/* The members a dimension has for a brand in the hours of [since, until) (DATE_NONE = open), most
 * mentions first. */
struct series_member {
    struct span name;
    struct series_point total;
};
struct series_member *snapshot_members(const struct snapshot *snapshot, uint32_t brand,
                                       enum series_dimension dimension, int64_t since_ms,
                                       int64_t until_ms, struct arena *arena, size_t *count);

/* --- Sources, read ---------------------------------------------------------------------------- */

bool snapshot_source(const struct snapshot *snapshot, struct span key, struct arena *arena,
                     struct source_state *state); /* false: never polled; state initialised */
/* What was kept of a login; empty = nothing. */
struct span snapshot_login(const struct snapshot *snapshot, struct span name, struct arena *arena);
/* False: nothing has been spent of the account yet. */
bool snapshot_spending(const struct snapshot *snapshot, struct span account,
                       struct spending *spending);
struct source_row {
    struct span key;
    struct source_state state;
};
struct source_row *snapshot_sources(const struct snapshot *snapshot, struct arena *arena,
                                    size_t *count);

/* Share of the hours in [since, until) in which the source (empty: any source) was polled with
 * success: 0..1. */
double snapshot_coverage(const struct snapshot *snapshot, struct span source, int64_t since_ms,
                         int64_t until_ms);

/* --- Incidents and the outbox ----------------------------------------------------------------- */

enum incident_state { INCIDENT_OPEN, INCIDENT_CALM, INCIDENT_CLOSED }; /* stored: append only */

/* What people want to be told of it from now on; stored: append only. */
enum incident_care {
    CARE_NONE,
    CARE_ACKNOWLEDGED, /* somebody knows: only its end is told */
    CARE_MUTED,        /* nothing more */
    CARE_MERGED,       /* nothing more: it is a part of another one */
};

struct incident_handling {
    enum incident_care care;
    uint64_t into;    /* the incident that it is a part of; 0 = of none */
    int64_t time_ms;  /* DATE_NONE = nobody did anything */
    struct span who;  /* at most LIMIT_WORK_NAME bytes */
    struct span note; /* why; at most LIMIT_WORK_NOTE bytes */
};

struct incident {
    uint64_t id; /* 0 = new: the store gives one */
    struct span brand;
    struct span
        kind; /* "volume", "negative", "silence", "share", "topic", "rating", "reach", "source" */
    enum incident_state state;
    int64_t started_ms; /* first hour above what was expected */
    int64_t updated_ms;
    int64_t ended_ms;  /* DATE_NONE while open */
    int64_t mailed_ms; /* last mail; DATE_NONE = none */
    double expected;   /* in the window */
    double observed;
    double peak;                       /* highest observed */
    double probability;                /* of seeing this much by chance */
    struct span headline;              /* one sentence */
    struct span evidence;              /* JSON: words, sources, mentions; report's own */
    struct incident_handling handling; /* store_handle_incident() alone changes it */
};

enum outbox_state { /* stored: append only */
                    OUTBOX_QUEUED,
                    OUTBOX_IN_FLIGHT, /* committed before the first byte goes out */
                    OUTBOX_SENT,
                    OUTBOX_FAILED, /* for good: the recipient's server refused it */
                    OUTBOX_EXPIRED,
                    OUTBOX_DROPPED, /* by hand */
};
const char *outbox_state_name(enum outbox_state state);

struct outbox_row {
    uint64_t id;            /* 0 = new */
    struct span channel;    /* "mail" */
    struct span recipient;  /* address */
    struct span message_id; /* the same at every attempt */
    struct span subject;
    struct span
        body; /* the rendered message, whole; dropped once it is sent, as it quotes people */
    enum outbox_state state;
    uint32_t attempts;
    int64_t created_ms;
    int64_t due_ms;      /* next attempt */
    int64_t finished_ms; /* DATE_NONE while waiting */
    struct span reply;   /* the server's last answer, or why it failed */
    uint64_t incident;   /* 0 = none */
};

/* Stores incidents and outbox rows, each as a whole, in one transaction (promise 4); fills in new
 * ids. Waits. */
MUST_CHECK bool store_put_alerts(struct store *store, struct incident *incidents,
                                 size_t incident_count, struct outbox_row *rows, size_t row_count,
                                 struct error *error);

/* Says what is to become of an incident, also in STORE_EDIT; store_put_alerts() leaves that as it is.
 * CARE_MERGED: into an incident of the same brand, or the one that this is a part of by now; what was
 * a part of this one goes with it. ERROR_USAGE where there is no such incident, or it cannot be.
 * `changed` is false where it stands so already. Waits. */
MUST_CHECK bool store_handle_incident(struct store *store, uint64_t id,
                                      const struct incident_handling *handling, bool *changed,
                                      struct error *error);

/* A moment that is kept under a name, such as up to where somebody's digests have come. */
struct mark {
    struct span name;
    int64_t ms;
};
/* The same for messages that no incident is behind, with the marks that they move. */
MUST_CHECK bool store_put_messages(struct store *store, struct outbox_row *rows, size_t row_count,
                                   const struct mark *marks, size_t mark_count,
                                   struct error *error);
int64_t snapshot_mark(const struct snapshot *snapshot, struct span name); /* DATE_NONE = none */

struct incident *snapshot_incidents(const struct snapshot *snapshot, struct arena *arena,
                                    size_t *count); /* newest first */
bool snapshot_incident(const struct snapshot *snapshot, uint64_t id, struct arena *arena,
                       struct incident *incident); /* false: there is none */
struct outbox_row *snapshot_outbox(const struct snapshot *snapshot, bool waiting_only,
                                   struct arena *arena, size_t *count); /* oldest first */

/* --- Forgetting ------------------------------------------------------------------------------- */

/* How long what a source has brought is kept. First the text is cut to an excerpt, then all words go
 * (score, rating, time, author and link stay), then the mention goes: text, timeline and author; the
 * series keep what it contributed, and its identity stays, so that a source that still lists it brings
 * nothing back. Moments: what was published (or first seen) and fetched before them has had its
 * time; DATE_NONE: it lasts. What comes again after its words have gone is cut in the same way. */
struct store_term {
    struct span source; /* name: instead of the terms of all; empty = all */
    bool
        unmatched_only; /* mentions of no brand, whatever their source; the strictest term counts */
    int64_t text_before_ms;
    int64_t excerpt_before_ms;
    int64_t mention_before_ms;
};

struct store_retained { /* mentions that were */
    uint64_t cut;       /* ... left with an excerpt, */
    uint64_t bared;     /* left without words, */
    uint64_t purged;    /* or emptied */
};

/* Takes away what has had its time, in small transactions between the others. Waits. */
MUST_CHECK bool store_retain(struct store *store, const struct store_term *terms, size_t count,
                             struct store_retained *retained, struct error *error);

/* --- Persons ---------------------------------------------------------------------------------- */

/* Somebody who writes: by name, handle or the source's own key, whole, whatever the case and
 * accents. */
struct store_author {
    struct span name;
    struct span source; /* empty: of every source */
};

/* What the author has written: sequences, ascending, in `arena`. */
uint64_t *snapshot_author(const struct snapshot *snapshot, const struct store_author *author,
                          struct arena *arena, size_t *count);

/* Empties all of it: texts, authors and what can be found by them go; what they contributed to the
 * series stays, and so do the hashes by which the items are known, so that a source that still lists
 * them brings nothing back. Mails that have been sent keep no body anyway; those given up lose
 * theirs. The file holds remains until store_compact(). Waits. */
MUST_CHECK bool store_erase(struct store *store, const struct store_author *author,
                            uint64_t *erased, struct error *error);

/* From now on (until it is taken back) nothing by the author is taken in. The store keeps an
 * HMAC-SHA256 under options.author_key, which lies elsewhere: it does not say who is blocked. */
MUST_CHECK bool store_block(struct store *store, const struct store_author *author, bool blocked,
                            struct error *error);

/* --- Backups ---------------------------------------------------------------------------------- */

/* What a backup's MANIFEST says of the data.mdb beside it. */
struct store_manifest {
    uint32_t schema;
    uint64_t mentions;
    uint64_t last_sequence;
    uint64_t bytes;
    char sha256[65]; /* in hexadecimal */
};

/* Copies the store as it is at this moment into `folder`, made new (or empty), beside a running
 * writer. Free pages are left out. The manifest is written last: a folder without one is no backup.
 * The snapshot lasts as long as the copy takes. */
MUST_CHECK bool store_backup(struct store *store, const char *folder,
                             struct store_manifest *manifest, struct error *error);

/* Puts a backup, checked against its manifest, into `folder`. A store that is there already is
 * refused, or with `replace` kept as data.mdb.replaced. Nobody may be writing it. */
MUST_CHECK bool store_restore(const char *backup, const char *folder, bool replace,
                              struct store_manifest *manifest, struct error *error);

/* Writes the file anew, entry by entry, into full pages: nothing is left of what was erased, which a
 * backup may still hold between its entries. Nobody may be writing it; readers that have it open go
 * on reading the old one. Needs room for both. */
MUST_CHECK bool store_compact(const char *folder, uint64_t *bytes_before, uint64_t *bytes_after,
                              struct error *error);

/* --- Care ------------------------------------------------------------------------------------- */

struct store_statistics {
    uint64_t mentions, unmatched, tombstones, purged;
    uint64_t clusters; /* stories: mentions without their copies */
    uint64_t first_sequence, last_sequence;
    uint64_t bytes_used, bytes_file, bytes_map;
    uint32_t schema;
    uint64_t readers;
};
MUST_CHECK bool store_statistics(struct store *store, struct store_statistics *statistics,
                                 struct error *error);

/* Checks every page of the file, then recounts every rollup, timeline and identity entry from the
 * mentions; false with the first disagreement in the error. Holds a snapshot as long as it takes: a
 * million mentions in some four seconds. */
MUST_CHECK bool store_verify(struct store *store, uint64_t *mentions, struct error *error);

#endif
