/* The program: commands as rows of a table, options as rows of theirs.
 *
 * A command gets a `struct app` with its words and options already understood, and returns the exit
 * code. Data goes to stdout, everything else to stderr. */
#ifndef APP_APP_H
#define APP_APP_H

#include "base/buffer.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "report/report.h"
#include "store/store.h"

#define EARSHOT_VERSION "0.1.0"

enum exit_code {
    EXIT_CODE_OK = 0,
    EXIT_CODE_FAILED = 1,
    EXIT_CODE_USAGE = 2,         /* command line, configuration or query */
    EXIT_CODE_PARTIAL = 3,       /* some sources failed; what came is stored and shown */
    EXIT_CODE_THRESHOLD = 4,     /* --fail-on was hit */
    EXIT_CODE_INTERRUPTED = 130, /* by a signal; what was committed is safe */
};

struct app_option {
    const char *name;     /* "since": --since */
    char letter;          /* 's': -s; 0 = none */
    const char *argument; /* "TIME"; NULL = a switch */
    const char *help;     /* one sentence without full stop */
};

struct app; /* below */

struct app_command {
    const char *name;      /* "source test": one or two words */
    const char *arguments; /* "NAME [FILE]"; "" = none */
    const char *summary;   /* one line */
    const char *help;      /* a paragraph or two; may hold examples */
    size_t words_least, words_most;
    const struct app_option *options; /* ended by a row without name; NULL = none */
    enum exit_code (*run)(struct app *app);
};

#define APP_OPTIONS_MAX 24

struct app {
    const struct app_command *command;
    const struct span *words; /* arguments of the command */
    size_t word_count;
    struct {
        const char *name;
        const char *value; /* "" for a switch */
    } given[APP_OPTIONS_MAX];
    size_t given_count;

    struct arena *arena;        /* lives as long as the command */
    struct buffer out;          /* stdout, written by app_flush() */
    struct shifted_clock clock; /* --now moves it */
    int64_t now_ms;             /* at start */
    struct log *log;
    struct output_style style;
    bool progress;         /* stderr is a terminal and nobody said --quiet */
    struct config *config; /* after app_load_config() */
    struct store *store;   /* after app_open_store() */
};

extern const struct app_command app_commands[]; /* sorted by name, ended by a row without name */
extern const struct app_option app_common_options[];

/* The value of an option, or NULL when it was not given ("" for a switch). */
const char *app_value(const struct app *app, const char *option);
bool app_given(const struct app *app, const char *option);

/* Messages to the person: "earshot: text" on stderr, remote bytes escaped. Returns the exit code.
 */
enum exit_code app_fail(struct app *app, enum exit_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);
enum exit_code app_fail_error(struct app *app, const struct error *error); /* code by its kind */
void app_say(const struct app *app, const char *format, ...)
    PRINTF_LIKE(2, 3); /* not with --quiet */

/* Reads the configuration (--config or the default place); prints all its problems. */
MUST_CHECK bool app_load_config(struct app *app, enum exit_code *code);

/* The same into a place of one's own. */
MUST_CHECK bool app_read_config(struct app *app, struct arena *arena, struct config **config,
                                enum exit_code *code);

/* The secret by which blocked authors are known lies beside the store's folder, not in it: DATA_DIR.key.
 * Made when the first one is blocked. */
char *app_author_key_path(struct app *app);
MUST_CHECK bool app_make_author_key(struct app *app, struct error *error);

/* Opens the store of the configuration. */
MUST_CHECK bool app_open_store(struct app *app, enum store_mode mode, enum exit_code *code);

/* Loads the configuration, opens the store to read, takes a snapshot: what most questions need. */
MUST_CHECK bool app_open_snapshot(struct app *app, struct snapshot **snapshot,
                                  enum exit_code *code);

/* A moment as --since takes it: a date is midnight in the configuration's zone, a length of time is that
 * long ago. The configuration is loaded. */
MUST_CHECK bool app_moment(const struct app *app, const char *text, int64_t *ms);

/* --since and --until (default: `length` before now, and now) as a period; days are those of the
 * configuration's zone. Loads the configuration. */
MUST_CHECK bool app_period(struct app *app, int64_t length_ms, struct period *period,
                           enum exit_code *code);

/* The configured brand of that name, in any case; NULL after saying that there is none. */
const struct config_brand *app_find_brand(struct app *app, struct span name);

/* Reads a file ("-": stdin), at most `ceiling` bytes, into the app's arena. */
MUST_CHECK bool app_read_file(struct app *app, const char *path, size_t ceiling, struct span *text,
                              struct error *error);

/* Who does it: --by, or the name one is logged in with. */
struct span app_doer(const struct app *app);

/* A mention with all that is kept of it, as a JSON line: what `import` takes in again. */
void app_print_mention(struct app *app, const struct mention *mention);

/* Writes what has gathered in `out` to stdout. A closed pipe ends the program quietly. */
void app_flush(struct app *app);

/* The commands, each in the file of its subject. */
enum exit_code command_init(struct app *app); /* command_config.c */
enum exit_code command_config_check(struct app *app);
enum exit_code command_config_show(struct app *app);
enum exit_code command_config_options(struct app *app);
enum exit_code command_config_survey_map(struct app *app);
enum exit_code command_budget(struct app *app);     /* command_budget.c */
enum exit_code command_crawl_plan(struct app *app); /* crawl --dry-run */
enum exit_code command_crawl(struct app *app);      /* command_crawl.c */
enum exit_code command_run(struct app *app);        /* command_run.c */
enum exit_code command_serve(struct app *app);
enum exit_code command_query(struct app *app); /* command_ask.c */
enum exit_code command_report(struct app *app);
enum exit_code command_feed(struct app *app);
enum exit_code command_detect(struct app *app);
enum exit_code command_digest(struct app *app); /* command_digest.c */
enum exit_code command_kpi_list(struct app *app);
enum exit_code command_kpi(struct app *app); /* command_kpi.c */
enum exit_code command_compare(struct app *app);
enum exit_code command_drivers(struct app *app);
enum exit_code command_incident_list(struct app *app); /* command_incident.c */
enum exit_code command_incident_show(struct app *app);
enum exit_code command_incident_ack(struct app *app);
enum exit_code command_incident_mute(struct app *app);
enum exit_code command_incident_merge(struct app *app);
enum exit_code command_incident_resume(struct app *app);
enum exit_code command_people_list(struct app *app); /* command_people.c */
enum exit_code command_people_resume(struct app *app);
enum exit_code command_outbox_list(struct app *app); /* command_outbox.c */
enum exit_code command_outbox_show(struct app *app);
enum exit_code command_outbox_retry(struct app *app);
enum exit_code command_outbox_drop(struct app *app);
enum exit_code command_lexicon_train(struct app *app); /* command_lexicon.c */
enum exit_code command_lexicon_test(struct app *app);
enum exit_code command_lexicon_diff(struct app *app);
enum exit_code command_lexicon_explain(struct app *app);
enum exit_code command_mention(struct app *app);     /* command_mention.c */
enum exit_code command_score(struct app *app);       /* command_score.c */
enum exit_code command_source_list(struct app *app); /* command_source.c */
enum exit_code command_source_test(struct app *app);
enum exit_code command_source_new(struct app *app);     /* command_new.c */
enum exit_code command_source_recipes(struct app *app); /* command_recipes.c */
enum exit_code command_store_stats(struct app *app);    /* command_store.c */
enum exit_code command_store_verify(struct app *app);
enum exit_code command_store_export(struct app *app);
enum exit_code command_store_backup(struct app *app);
enum exit_code command_store_restore(struct app *app);
enum exit_code command_store_compact(struct app *app);
enum exit_code command_import(struct app *app);         /* command_import.c */
enum exit_code command_privacy_export(struct app *app); /* command_privacy.c */
enum exit_code command_privacy_erase(struct app *app);
enum exit_code command_privacy_block(struct app *app);
enum exit_code command_privacy_unblock(struct app *app);
enum exit_code command_robots(struct app *app); /* command_robots.c */
enum exit_code command_help(struct app *app);   /* help.c */

/* Help: a list of the commands, one command in full, and the man page of the whole (mdoc). */
void help_print_overview(struct buffer *out);
void help_print_command(struct buffer *out, const struct app_command *command);
void help_print_manual(struct buffer *out);

#endif
