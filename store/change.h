/* One write transaction under way, and what it has gathered besides. Writer thread only. */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include "store/index.h"
#include "store/meta.h"
#include "store/prints.h"
#include "store/record.h"
#include "store/rows.h"
#include "store/series.h"
#include "store/sketches.h"
#include "store/transaction.h"

struct change {
    struct transaction transaction;
    struct counters counters;
    struct deltas *series;  /* to be written at the end */
    struct deltas *residue; /* the same for what is purged */
    struct sketches *sketches;
    struct rows *timeline;
    struct rows *identity;
    struct index_changes *index;
    struct squeeze *squeeze; /* the environment's */
    struct span author_key;  /* empty: none */
    struct prints *prints;
    struct arena *arena; /* scratch of the transaction; reset between groups */
};

/* Loads a record of any state; text in change->arena, valid for the whole change. False: there is
 * none, or it cannot be read (then the transaction has failed). */
bool change_load(struct change *change, uint64_t sequence, struct record *record);

/* Writes the record, without its timeline and series. */
void change_save(struct change *change, const struct record *record);

/* Remembers the live record's text as one that may be copied. */
void prints_add_record(struct prints *prints, const struct record *record);

/* Puts a live record into timeline, series, text index and window of copies, or takes it out. */
void change_put_in(struct change *change, const struct record *record);
void change_take_out(struct change *change, const struct record *record);

/* The same live mention, judged or handled otherwise: its words, time and story stay. */
void change_rejudge(struct change *change, const struct record *before, const struct record *now);

#endif
