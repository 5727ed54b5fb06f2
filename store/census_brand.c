/* A brand's half of the census: from the series where half hours lie whole in a stretch of time, from
 * the mentions where they are cut. */
#include "store/census.h"

#include "store/search.h"
#include "store/sketches.h"
#include "store/tally.h"
#include "store/timeline.h"

#include <stdlib.h>

static int64_t half_start(int64_t ms) {
    int64_t day_ms = date_day_start(ms);
    return day_ms + (ms - day_ms) / HALF_HOUR_MS * HALF_HOUR_MS;
}

struct brand_counting {
    const struct census *census;
    const struct stretches *stretches;
    enum series_dimension dimension;
    uint32_t member;
    brand_visitor *visit;
    void *context;
    const int64_t *cut_ms; /* half hours in which a stretch begins or ends, ascending */
    size_t cut_count;
    size_t next_cut; /* the first that is not before the half hour at hand */
};

/* The half hours that an edge lies in, not on. */
static int64_t *cuts_find(const struct stretches *stretches, size_t *count) {
    int64_t *cut_ms = NEW_ARRAY(int64_t, stretches->count + 1);
    *count = 0;
    for (size_t i = 0; i <= stretches->count; i++) {
        int64_t half_ms = half_start(stretches->times_ms[i]);
        bool again = *count > 0 && cut_ms[*count - 1] == half_ms;
        if (half_ms != stretches->times_ms[i] && !again) {
            cut_ms[(*count)++] = half_ms;
        }
    }
    return cut_ms;
}

static void stretch_show(const struct brand_counting *counting, int64_t time_ms, uint32_t member,
                         const struct counts *counts) {
    const struct stretches *stretches = counting->stretches;
    size_t stretch = stretch_of(stretches->times_ms, stretches->count, time_ms);
    if (stretch < stretches->count) {
        counting->visit(counting->context, stretch, member, counts);
    }
}

/* Half hours come in the order of days, and of members within a day: the search starts over where
 * they go back. */
static bool half_is_cut(struct brand_counting *counting, int64_t time_ms) {
    size_t next = counting->next_cut;
    if (next > 0 && counting->cut_ms[next - 1] >= time_ms) {
        next = 0;
    }
    while (next < counting->cut_count && counting->cut_ms[next] < time_ms) {
        next++;
    }
    counting->next_cut = next;
    return next < counting->cut_count && counting->cut_ms[next] == time_ms;
}

static void half_whole(void *context, const struct series_key *key, const struct counts *counts) {
    struct brand_counting *counting = context;
    int64_t time_ms = series_time_ms(key);
    if (!half_is_cut(counting, time_ms)) {
        stretch_show(counting, time_ms, key->member, counts);
    }
}

/* What is purged cannot be parted: it is where its half hour begins. */
static void half_residue(void *context, const struct series_key *key, const struct counts *counts) {
    stretch_show(context, series_time_ms(key), key->member, counts);
}

/* One mention of a half hour that is cut. */
static bool entry_part(void *context, const struct timeline_entry *entry) {
    const struct brand_counting *counting = context;
    const struct census *census = counting->census;
    struct record record;
    struct score score;
    if (census_record(census, entry->sequence, &record) &&
        census_score(census, &record.mention, &score)) {
        uint32_t members[SERIES_MEMBERS_MOST];
        size_t count = series_members(&record, counting->dimension, &score, members);
        for (size_t i = 0; i < count; i++) {
            bool topic = counting->dimension == SERIES_TOPIC;
            struct counts counts = counts_of(
                &record.mention, topic ? series_topic_score(&record, members[i]) : &score);
            if (counting->member == SERIES_EVERY || counting->member == members[i]) {
                stretch_show(counting, entry->time_ms, members[i], &counts);
            }
        }
    }
    arena_reset(census->scratch);
    return true;
}

static void half_parts(struct brand_counting *counting, const struct series_key *of,
                       int64_t half_ms) {
    const struct snapshot *snapshot = counting->census->snapshot;
    snapshot_timeline(snapshot, of->brand, half_ms, half_ms + HALF_HOUR_MS, false, entry_part,
                      counting);
    series_visit(snapshot->transaction, TABLE_RESIDUE, of, half_ms, half_ms + HALF_HOUR_MS,
                 half_residue, counting);
}

static void day_whole(void *context, const struct series_key *key, const struct counts *counts) {
    stretch_show(context, series_time_ms(key), key->member, counts);
}

/* Of days (UTC) that lie whole in a stretch the day's counters, of others those of its half hours. */
static void days_visit(struct brand_counting *counting, const struct series_key *of) {
    struct transaction *transaction = counting->census->snapshot->transaction;
    const struct stretches *stretches = counting->stretches;
    const struct series_key whole = {.brand = of->brand, .half = DAY_WHOLE};
    int64_t begin_ms = stretches_begin(stretches);
    int64_t end_ms = stretches_end(stretches);
    for (int64_t day_ms = date_day_start(begin_ms); day_ms < end_ms;) {
        size_t stretch = stretch_of(stretches->times_ms, stretches->count, day_ms);
        int64_t whole_ms =
            stretch < stretches->count ? date_day_start(stretches->times_ms[stretch + 1]) : day_ms;
        int64_t next_ms = whole_ms > day_ms ? whole_ms : day_ms + DAY_MS;
        if (whole_ms > day_ms) {
            series_visit(transaction, TABLE_SERIES, &whole, day_ms, next_ms, day_whole, counting);
        } else {
            series_visit(transaction, TABLE_SERIES, of, day_ms > begin_ms ? day_ms : begin_ms,
                         next_ms < end_ms ? next_ms : end_ms, half_whole, counting);
        }
        day_ms = next_ms;
    }
}

void brand_count(const struct census *census, enum series_dimension dimension, uint32_t member,
                 const struct stretches *stretches, brand_visitor *visit, void *context) {
    struct brand_counting counting = {.census = census,
                                      .stretches = stretches,
                                      .dimension = dimension,
                                      .member = member,
                                      .visit = visit,
                                      .context = context};
    struct series_key of = {
        .brand = census->subject.brand, .dimension = dimension, .member = member};
    int64_t *cut_ms = cuts_find(stretches, &counting.cut_count);
    counting.cut_ms = cut_ms;
    if (dimension == SERIES_ALL) {
        days_visit(&counting, &of);
    } else {
        series_visit(census->snapshot->transaction, TABLE_SERIES, &of, stretches_begin(stretches),
                     stretches_end(stretches), half_whole, &counting);
    }
    for (size_t i = 0; i < counting.cut_count; i++) {
        half_parts(&counting, &of, cut_ms[i]);
    }
    free(cut_ms);
}

/* --- Distinct --------------------------------------------------------------------------------- */

static bool entry_distinct(void *context, const struct timeline_entry *entry) {
    distinct_add(context, entry);
    return true;
}

static void residue_stories(void *context, const struct series_key *key,
                            const struct counts *counts) {
    (void)key;
    *(uint64_t *)context += (uint64_t)counts->of[COUNT_STORIES];
}

void brand_distinct(const struct census *census, struct tally *tally) {
    const struct snapshot *snapshot = census->snapshot;
    uint32_t brand = census->subject.brand;
    int64_t first_ms = date_day_start(census->since_ms + DAY_MS - 1);
    int64_t end_ms = date_day_start(census->until_ms);
    bool sketched = brand < BRAND_NONE && first_ms < end_ms;
    struct series_key of = {.brand = brand, .dimension = SERIES_ALL};
    struct distinct distinct = {.stories = {0}};
    uint64_t purged = 0;
    first_ms = sketched ? first_ms : census->until_ms;
    snapshot_timeline(snapshot, brand, census->since_ms, first_ms, false, entry_distinct,
                      &distinct);
    if (sketched) {
        sketches_merge(snapshot->transaction, brand, date_day_number(first_ms),
                       date_day_number(end_ms), &distinct);
        snapshot_timeline(snapshot, brand, end_ms, census->until_ms, false, entry_distinct,
                          &distinct);
    }
    series_visit(snapshot->transaction, TABLE_RESIDUE, &of, census->since_ms, census->until_ms,
                 residue_stories, &purged);
    distinct_end(&distinct, tally);
    /* An estimate may be above what there can be at most. */
    tally->stories =
        tally->stories + purged < tally->mentions ? tally->stories + purged : tally->mentions;
    tally->authors = tally->authors < tally->mentions ? tally->authors : tally->mentions;
}
