/* The layout of the environment: every table, its keys and its values.
 *
 * All keys are fixed-width and big-endian, so that byte order is the order we want; all values
 * begin small and are read by store/pack.h, which never reads past their end. `moment` is a time in
 * ms, clamped to 48 bits and biased so that it sorts; `day` is the day number since 1970, biased.
 *
 *   meta       text                             "schema": u32; "counters": see struct counters;
 *                                               "login", name number u32: what is kept of a login;
 *                                               "spent", name number u32: of an account;
 *                                               "mark", hash u64 of a name: a moment, the name
 *   names      'n' kind u8, text (folded to     number u32. Texts over NAME_KEY_MAX bytes are cut
 *              NAME_KEY_MAX bytes)              there and end in their hash
 *              'r' kind u8, number u32          text, whole
 *   mentions   sequence u64                     record (store/record.h): live, tombstone or purged.
 *                                               Appended in order, so pages are filled to 92 %
 *   identity   of a block's first row           block (store/block.h) of rows: source u28, kind u4,
 *                                               u64, u32 -> sequence (store/identity.h)
 *   timeline   of a block's first row           block of rows: brand u32, moment u48, sequence u48
 *                                               -> thin record (store/timeline.h); every live
 *                                               mention stands under BRAND_ANY and under each of
 *                                               its brands or BRAND_NONE
 *   series     of a block's first row           block of rows: day u32, brand u32, dimension u8,
 *                                               member u32, half hour u8 (48: the day)
 *                                               -> counters
 *                                               (store/series.h)
 *   residue    as series                        what purged mentions left in the series: the series
 *                                               is always the recount of live mentions plus this
 *   clusters   cluster u64, sequence u64        moment u48. Only clusters of two and more
 *   sources    name number u32                  source_state (store/sources.h)
 *   coverage   scope u8, number u32, day u32    hours with a successful poll: bit per hour, u24
 *   incidents  id u64                           incident (store/alerts.h)
 *   outbox     0 = waiting, 1 = finished u8,    outbox_row (store/alerts.h)
 *              id u64
 *
 *   terms      chunk u32, segment u32, term     block of terms with their postings
 *              chunk u32, 0                     the chunk's segments (store/segment.h, directory.h)
 *   blocked    HMAC-SHA256 of source and author nothing: whose mentions are not taken in
 *                                               (store/authors.h)
 *
 *   sketches   day u32, brand u32, kind u8      who spoke and of what stories (store/sketches.h)
 *
 * Versions. "schema" is SCHEMA_VERSION of the program that wrote last; a newer one is refused at
 * open. A layout that changes raises it and brings the older one forward at the first writing open.
 * 2: records and timeline rows may have answers to surveys at their ends; those without are as in 1.
 * 3: identity, timeline and series are kept in blocks, under other names in LMDB; the series counts
 * half hours where it counted hours; records and timeline rows say what is kept of their words;
 * the texts of records are squeezed (store/squeeze.h).
 * Records carry a version of their own, so that old ones need not be rewritten. */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

enum table {
    TABLE_META,
    TABLE_NAMES,
    TABLE_MENTIONS,
    TABLE_IDENTITY,
    TABLE_TIMELINE,
    TABLE_SERIES,
    TABLE_RESIDUE,
    TABLE_CLUSTERS,
    TABLE_SOURCES,
    TABLE_COVERAGE,
    TABLE_INCIDENTS,
    TABLE_OUTBOX,
    TABLE_TERMS,
    TABLE_BLOCKED,
    TABLE_SKETCHES,
    TABLE_COUNT,
};

/* Tables of older layouts that this one has under another name. */
#define TABLES_FORMER 4

#define SCHEMA_VERSION 3u

extern const char *const table_names[TABLE_COUNT]; /* as LMDB knows them */

#endif
