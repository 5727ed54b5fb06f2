/* What a person brings goes the way of a poll: judged, stored, known again. Batches wait here until
 * they are worth a commit. */
#ifndef APP_IMPORTER_H
#define APP_IMPORTER_H

#include "app/app.h"
#include "app/assessor.h"
#include "app/text_stream.h"

#include <uv.h>

#define IMPORT_MENTIONS ((size_t)10000) /* in one commit: an fsync costs as much as a thousand */
#define IMPORT_RUNS ((size_t)128) /* runs of one source among them: half of the store's queue */
#define IMPORT_SHOWN ((size_t)10) /* rows that a dry run shows; notes that are printed */

struct import_run { /* neighbours of one source */
    struct span source;
    size_t first, count;
    struct store_batch batch;
};

struct importer {
    struct app *app;
    const char *file;
    struct assessor *assessor;
    const struct config_source *source; /* as configured, or NULL */
    struct assessor_origin origin;      /* of what says nothing of its own */
    bool dry_run;

    struct arena *arena; /* of the mentions that wait */
    struct mention mentions[IMPORT_MENTIONS];
    size_t count;
    struct import_run runs[IMPORT_RUNS];
    size_t run_count;
    struct span *brand_names; /* the configuration's, then others' that came along */
    size_t brand_count, brand_capacity;
    struct store_stories *stories; /* of an export; NULL = it is none */
    struct source_state *state;    /* to be stored with the next batch; NULL = leave it */

    uv_mutex_t mutex; /* guards the rest of a flush */
    uv_cond_t committed;
    size_t pending;
    struct error failure;

    size_t read;
    size_t taken;    /* by a dry run */
    size_t left_out; /* with a note */
    size_t faults;   /* what was not understood, with a note */
    size_t noted;
    size_t matched; /* about a brand */
    uint64_t added, updated, unchanged;
    bool crowded;     /* see struct store_result */
    int64_t drawn_ms; /* when progress was drawn */
};

/* Loads the configuration, finds the source and what all of it is about (the source's `about:`,
 * --about, or the only own brand where `must_be_about`), opens the store unless it is a dry run. */
MUST_CHECK bool importer_open(struct importer *importer, struct app *app, const char *file,
                              const char *name, bool must_be_about, enum exit_code *code);
void importer_close(struct importer *importer);

/* Judges the item. `brand`: what it is said to be about, "" = as the origin says. */
void importer_judge(struct importer *importer, const struct item *item, struct span brand,
                    enum channel channel, struct mention *mention);

/* Number of a brand's name among the importer's. */
uint32_t importer_brand(struct importer *importer, struct span name);

/* Takes a mention; its text must live until the next flush, which must come when it is full. */
void importer_add(struct importer *importer, struct span source, const struct mention *mention);
bool importer_is_full(const struct importer *importer);

/* Stores what waits; the arena is empty afterwards. */
MUST_CHECK bool importer_flush(struct importer *importer, struct error *error);

/* Says what happened to a line; the first IMPORT_SHOWN are printed. */
void importer_note(struct importer *importer, const char *format, ...) PRINTF_LIKE(2, 3);

void importer_progress(struct importer *importer, const struct text_stream *stream);

/* The last words. */
enum exit_code importer_report(struct importer *importer);

#endif
