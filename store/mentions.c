#include "store/mentions.h"

#include "store/authors.h"
#include "store/clusters.h"
#include "store/retention.h"
#include "store/sources.h"
#include "store/stories.h"
#include "store/timeline.h"
#include "store/work.h"

#include <stdlib.h>

bool batch_check(const struct store_batch *batch, struct error *error) {
    if (span_is_empty(source_key_split(batch->source).name)) {
        return error_set(error, ERROR_USAGE, "a batch without a source cannot be stored");
    }
    for (size_t i = 0; i < batch->mention_count; i++) {
        const struct mention *mention = &batch->mentions[i];
        for (size_t j = 0; j < mention->brand_count; j++) {
            uint32_t brand = mention->brands[j].brand;
            if (brand >= batch->brand_name_count || span_is_empty(batch->brand_names[brand])) {
                return error_set(error, ERROR_USAGE,
                                 "mention %zu is of brand %u, which has no name", i, brand);
            }
        }
    }
    return true;
}

struct prepared_batch *batch_prepare(const struct store_batch *batch, struct squeeze *squeeze) {
    struct span source = source_key_split(batch->source).name;
    struct prepared_batch *prepared = NEW(struct prepared_batch);
    struct arena *scratch = arena_create();
    prepared->arena = arena_create();
    prepared->list = ARENA_ARRAY(prepared->arena, struct prepared, batch->mention_count);
    for (size_t i = 0; i < batch->mention_count; i++) {
        struct prepared *own = &prepared->list[i];
        struct record record = {.mention = batch->mentions[i]};
        struct item *item = &record.mention.item;
        arena_reset(scratch);
        item_normalise(item);
        own->hint = identity_hint_make(item, source, scratch);
        own->fingerprint = fingerprint_make(item->title, item->text, record.mention.channel);
        record_squeeze(&record, squeeze, scratch);
        own->squeezed_size = record.squeezed_size;
        if (record.squeezed.data != NULL) {
            own->squeezed = arena_copy(prepared->arena, record.squeezed);
        }
    }
    arena_free(scratch);
    return prepared;
}

void prepared_free(struct prepared_batch *prepared) {
    if (prepared != NULL) {
        arena_free(prepared->arena);
        free(prepared);
    }
}

/* --- From mention to record ------------------------------------------------------------------- */

struct intake { /* one batch being taken in */
    struct change *change;
    const struct store_batch *batch;
    struct store_result *result;
    uint32_t source;
    struct span source_name;
    bool blocks;      /* somebody is blocked */
    uint32_t *brands; /* store numbers by the batch's index; 0 = not asked for yet */
    struct {          /* the mention at hand, in the store that it comes from */
        uint64_t sequence;
        uint64_t cluster;
    } there;
};

static uint32_t intake_brand(struct intake *intake, uint32_t index) {
    if (intake->brands[index] == 0) {
        intake->brands[index] = name_number(&intake->change->transaction, &intake->change->counters,
                                            NAME_BRAND, intake->batch->brand_names[index]);
    }
    return intake->brands[index];
}

/* Verdicts that come with an import know their brands by name. */
static void verdicts_number(struct intake *intake, struct mention *mention) {
    struct arena *arena = intake->change->arena;
    if (mention->work == NULL) {
        return;
    }
    struct work *work = ARENA_NEW(arena, struct work);
    *work = *mention->work;
    work->verdicts = ARENA_ARRAY(arena, struct work_verdict, work->verdict_count);
    for (size_t i = 0; i < work->verdict_count; i++) {
        work->verdicts[i] = mention->work->verdicts[i];
        work->verdicts[i].brand =
            name_number(&intake->change->transaction, &intake->change->counters, NAME_BRAND,
                        work->verdicts[i].name);
    }
    mention->work = work;
}

/* The mention as a live record in the store's own numbers, without sequence and cluster, verdicts
 * not laid. */
static void record_make(struct intake *intake, const struct mention *mention,
                        const struct prepared *prepared, struct record *record) {
    struct change *change = intake->change;
    *record = (struct record){.state = RECORD_LIVE, .source = intake->source, .mention = *mention};
    struct mention *own = &record->mention;
    own->brands = ARENA_ARRAY(change->arena, struct brand_mention, mention->brand_count + 1);
    for (size_t i = 0; i < mention->brand_count; i++) {
        own->brands[i] = mention->brands[i];
        own->brands[i].brand = intake_brand(intake, mention->brands[i].brand);
    }
    verdicts_number(intake, own);
    record_normalise(record, change->arena);
    for (size_t i = 0; i < own->topic_count; i++) {
        record->topics[i] =
            name_number(&change->transaction, &change->counters, NAME_TOPIC, own->topics[i].name);
    }
    record->fingerprint = prepared->fingerprint;
    record->squeezed = prepared->squeezed;
    record->squeezed_size = prepared->squeezed_size;
    record->exact = prepared->fingerprint.exact; /* of what is left, when it comes already cut */
    record->author = prepared->hint.author;
}

/* --- Seen before ------------------------------------------------------------------------------ */

static void keep_text(struct span *now, struct span before) {
    if (span_is_empty(*now)) {
        *now = before;
    }
}

static void keep_count(int64_t *now, int64_t before) {
    if (*now == COUNT_NONE) {
        *now = before;
    }
}

/* What the source did not say this time, it said before. */
static void item_keep(struct item *now, const struct item *before) {
    keep_text(&now->id, before->id);
    keep_text(&now->url, before->url);
    keep_text(&now->title, before->title);
    keep_text(&now->text, before->text);
    keep_text(&now->author, before->author);
    keep_text(&now->author_id, before->author_id);
    keep_text(&now->language, before->language);
    keep_text(&now->country, before->country);
    keep_text(&now->parent, before->parent);
    keep_text(&now->site, before->site);
    now->published_ms = now->published_ms == DATE_NONE ? before->published_ms : now->published_ms;
    now->updated_ms = now->updated_ms < before->updated_ms ? before->updated_ms : now->updated_ms;
    now->rating = now->rating < 0 ? before->rating : now->rating;
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        now->answers[i] = now->answers[i] < 0 ? before->answers[i] : now->answers[i];
    }
    keep_count(&now->engagement.likes, before->engagement.likes);
    keep_count(&now->engagement.replies, before->engagement.replies);
    keep_count(&now->engagement.shares, before->engagement.shares);
    keep_count(&now->engagement.views, before->engagement.views);
    keep_count(&now->engagement.followers, before->engagement.followers);
}

/* Brands of both; what comes now says how they feel. */
static void brands_unite(struct record *now, const struct record *before, struct arena *arena) {
    struct mention *mention = &now->mention;
    size_t count = mention->brand_count + before->mention.brand_count;
    struct brand_mention *both = ARENA_ARRAY(arena, struct brand_mention, count + 1);
    size_t placed = 0;
    for (size_t i = 0; i < mention->brand_count; i++) {
        both[placed++] = mention->brands[i];
    }
    for (size_t i = 0; i < before->mention.brand_count; i++) {
        both[placed++] = before->mention.brands[i];
    }
    mention->brands = both;
    mention->brand_count = placed;
}

static bool same_words(const struct item *a, const struct item *b) {
    return span_equal(a->text, b->text) && span_equal(a->title, b->title);
}

/* New numbers for old words: what was understood of these still holds. */
static void judgement_keep(struct record *now, const struct record *before) {
    struct mention *mention = &now->mention;
    mention->stage = before->mention.stage;
    mention->language = before->mention.language;
    mention->score = before->mention.score;
    mention->topics = before->mention.topics;
    mention->topic_count = before->mention.topic_count;
    memcpy(now->topics, before->topics, sizeof now->topics);
    mention->brands = before->mention.brands;
    mention->brand_count = before->mention.brand_count;
}

/* What people did stays, whatever a source says; of two (an import of another store's), what was
 * done last. */
static struct work *work_latest(struct work *now, struct work *before) {
    if (now == NULL || before == NULL) {
        return now == NULL ? before : now;
    }
    int64_t now_ms =
        now->change_count > 0 ? now->changes[now->change_count - 1].time_ms : DATE_NONE;
    int64_t before_ms =
        before->change_count > 0 ? before->changes[before->change_count - 1].time_ms : DATE_NONE;
    return now_ms > before_ms ? now : before;
}

/* Words that have had their time stay away, whoever brings them again: what comes is judged, and cut
 * like what is kept. True when it says what was said before, as far as can be told. */
static bool words_keep_away(struct record *now, const struct record *before, struct arena *arena) {
    struct item *item = &now->mention.item;
    uint64_t exact = now->exact;
    bool said = item->text.size > 0 && now->mention.kept <= before->mention.kept;
    if (now->mention.kept > before->mention.kept) { /* an old export of what is whole here */
        item->title = item->text = SPAN("");
        now->mention.kept = before->mention.kept;
        judgement_keep(now, before);
    }
    record_cut(now, before->mention.kept, arena);
    now->exact = said ? exact : before->exact;
    return now->exact == before->exact;
}

/* `now` becomes what the record is after this poll. While the words are the same, brands found
 * by polls for different brands add up; an edited text is about what it says now. */
static struct identity_hint record_merge(struct record *now, const struct record *stored,
                                         struct span source_name, struct arena *arena) {
    struct mention *mention = &now->mention;
    struct record lifted = *stored;
    const struct record *before = &lifted;
    work_lift(&lifted.mention, arena);
    mention->work = work_latest(mention->work, before->mention.work);
    if (span_is_empty(mention->item.title) && span_is_empty(mention->item.text)) {
        judgement_keep(now, before);
    }
    bool cut = before->mention.kept != KEPT_WHOLE || mention->kept != KEPT_WHOLE;
    bool same = cut && words_keep_away(now, before, arena);
    item_keep(&mention->item, &before->mention.item);
    now->squeezed = (struct span){NULL, 0};
    mention->sequence = before->mention.sequence;
    mention->cluster = before->mention.cluster;
    mention->fetched_ms = before->mention.fetched_ms;
    if (cut ? same : same_words(&mention->item, &before->mention.item)) {
        brands_unite(now, before, arena);
    }
    record_normalise(now, arena);
    work_lay(mention, arena);
    record_fingerprint(now);
    struct identity_hint hint = identity_hint_make(&mention->item, source_name, arena);
    now->author = hint.author;
    return hint;
}

/* A first member stays first, whatever becomes of its text; a copy that is no copy any more finds
 * its story anew. */
static void record_recluster(struct change *change, const struct record *before,
                             struct record *now) {
    bool first = before->mention.cluster == before->mention.sequence;
    if (first || now->exact == before->exact) {
        cluster_touch(change, now);
        return;
    }
    cluster_leave(change, before);
    cluster_join(change, now);
}

static void record_update(struct intake *intake, const struct record *before, struct record *now) {
    struct change *change = intake->change;
    struct identity_hint hint =
        record_merge(now, before, source_key_split(intake->batch->source).name, change->arena);
    struct span was = record_encode(before, NULL, change->arena);
    if (span_equal(record_encode(now, NULL, change->arena), was)) {
        intake->result->unchanged++;
        return;
    }
    change_take_out(change, before);
    record_recluster(change, before, now);
    change_put_in(change, now);
    change_save(change, now);
    struct identity identity = identity_make(&hint, now);
    identity_put(change, &identity, now->mention.sequence);
    intake->result->updated++;
}

/* Copies stay with the story that an export has them in; a story may begin here or there. */
static void mention_join(struct intake *intake, struct record *record) {
    const struct mention *mention = &record->mention;
    struct store_stories *stories = intake->batch->stories;
    bool copied = stories != NULL && intake->there.cluster != intake->there.sequence;
    uint64_t first = copied ? stories_find(stories, intake->there.cluster) : 0;
    if (first != 0 || (stories != NULL && mention->kept != KEPT_WHOLE)) {
        cluster_join_known(intake->change, record, first);
    } else {
        cluster_join(intake->change, record);
    }
}

static void mention_add(struct intake *intake, struct record *record,
                        const struct identity *identity) {
    struct change *change = intake->change;
    record->mention.sequence = change->counters.last_sequence + 1;
    work_lay(&record->mention, change->arena);
    mention_join(intake, record);
    change_put_in(change, record);
    change_save(change, record);
    identity_put(change, identity, record->mention.sequence);
    intake->result->added++;
}

static void mention_apply(struct intake *intake, const struct mention *mention,
                          const struct prepared *prepared) {
    struct change *change = intake->change;
    struct record now;
    struct record before;
    if (intake->blocks && author_is_blocked(change, &mention->item, intake->source_name)) {
        intake->result->blocked++;
        return;
    }
    record_make(intake, mention, prepared, &now);
    struct identity identity = identity_make(&prepared->hint, &now);
    intake->there.sequence = mention->sequence;
    intake->there.cluster = mention->cluster;
    bool known = identity_find(change, &identity, &now, &before);
    if (!known && !mention->item.deleted) {
        mention_add(intake, &now, &identity);
    } else if (!known || before.state != RECORD_LIVE) {
        intake->result->unchanged++; /* gone stays gone, whoever still lists it */
    } else if (mention->item.deleted) {
        record_empty(change, &before, RECORD_TOMBSTONE);
        change->counters.tombstones++;
        intake->result->removed++;
    } else {
        record_update(intake, &before, &now);
    }
    if (intake->batch->stories != NULL) {
        stories_note(intake->batch->stories, mention->sequence,
                     known ? before.mention.sequence : now.mention.sequence);
    }
}

static bool names_are_crowded(const struct counters *counters) {
    return counters->last_name[NAME_SOURCE] > LIMIT_SERIES_MEMBERS ||
           counters->last_name[NAME_TOPIC] > LIMIT_SERIES_MEMBERS;
}

void batch_apply(struct change *change, const struct store_batch *batch,
                 const struct prepared *prepared, struct store_result *result) {
    struct intake intake = {
        .change = change,
        .batch = batch,
        .result = result,
        .source = name_number(&change->transaction, &change->counters, NAME_SOURCE,
                              source_key_split(batch->source).name),
        .source_name = source_key_split(batch->source).name,
        .blocks = transaction_entries(&change->transaction, TABLE_BLOCKED) > 0,
        .brands = ARENA_ARRAY(change->arena, uint32_t, batch->brand_name_count + 1),
    };
    *result = (struct store_result){.stored = true};
    bool was_crowded = names_are_crowded(&change->counters);
    for (size_t i = 0; i < batch->mention_count && change->transaction.failure == 0; i++) {
        mention_apply(&intake, &batch->mentions[i], &prepared[i]);
    }
    if (batch->state != NULL) {
        source_put(&change->transaction, &change->counters, batch->source, batch->state,
                   result->added, change->arena);
    }
    if (batch->login.data != NULL) {
        login_put(&change->transaction, &change->counters, batch->login_name, batch->login);
    }
    for (size_t i = 0; i < batch->spending_count; i++) {
        spending_put(&change->transaction, &change->counters, &batch->spendings[i], change->arena);
    }
    if (batch->polled_ok) {
        bool told = batch->covered_since_ms > 0 && batch->covered_since_ms < batch->now_ms;
        coverage_put(&change->transaction, &change->counters, batch->source,
                     told ? batch->covered_since_ms : batch->now_ms, batch->now_ms);
    }
    result->crowded = !was_crowded && names_are_crowded(&change->counters);
    result->last_sequence = change->counters.last_sequence;
}
