/* What people do about mentions: kept, counted, found again, and gone with the mention. */
#include "tests/unit/store/fixture.h"

#include <math.h>
#include <sys/wait.h>

static void assert_near(double actual, double expected) {
    if (fabs(actual - expected) > 1e-9) {
        fail_msg("%g is not %g", actual, expected);
    }
}

static int setup(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    fixture_init(fixture);
    fixture_open(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_done(*state);
    free(*state);
    return 0;
}

/* Three mentions of Acme, the machine finds them good; the first is number 1. */
static void store_three(struct fixture *fixture) {
    struct mention list[] = {
        fixture_mention(
            fixture, "a",
            "the parcel was crushed when it came to us after two long weeks, well done acme", 0,
            0.7),
        fixture_mention(fixture, "b", "acme is fine with me", 0, 0.4),
        fixture_mention(fixture, "c", "acme again", 0, 0.2),
    };
    fixture_store(fixture, "forum", list, 3);
}

static struct work_edit edit_make(struct fixture *fixture) {
    fixture->now_ms += MINUTE_MS;
    return (struct work_edit){
        .who = SPAN("jo"), .now_ms = fixture->now_ms, .answered_ms = DATE_NONE};
}

static bool edit(struct fixture *fixture, uint64_t sequence, const struct work_edit *edit) {
    bool changed = false;
    struct error error = {0};
    if (!store_edit(fixture->store, sequence, edit, &changed, &error)) {
        fail_msg("store_edit: %s", error.message);
    }
    fixture_verify(fixture);
    return changed;
}

static bool rule(struct fixture *fixture, uint64_t sequence, struct work_ruling ruling) {
    struct work_edit wanted = edit_make(fixture);
    wanted.rulings = &ruling;
    wanted.ruling_count = 1;
    return edit(fixture, sequence, &wanted);
}

static struct series_point acme_total(struct fixture *fixture) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct series_point total;
    memset(&total, 0, sizeof total); /* its gaps are compared too */
    uint32_t brand = 0;
    size_t count = 0;
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    struct series_point *points =
        snapshot_series(snapshot, brand, SERIES_ALL, SPAN(""), SERIES_HOUR, NOW_MS - DAY_MS,
                        NOW_MS + DAY_MS, fixture->arena, &count);
    for (size_t i = 0; i < count; i++) {
        total.mentions += points[i].mentions;
        total.positive += points[i].positive;
        total.negative += points[i].negative;
        total.sum += points[i].sum;
        total.sum_squares += points[i].sum_squares;
    }
    snapshot_close(snapshot);
    return total;
}

static struct mention mention_of(struct fixture *fixture, uint64_t sequence) {
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention mention = {0};
    assert_true(snapshot_mention(snapshot, sequence, fixture->arena, &mention));
    snapshot_close(snapshot);
    return mention;
}

/* How many mentions match, from the index alone. */
static size_t found(struct fixture *fixture, const char *text) {
    const struct query *query = NULL;
    struct error error = {0};
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    size_t count = 0;
    struct snapshot *snapshot = fixture_snapshot(fixture);
    if (!query_parse(span_of(text), NOW_MS, fixture->arena, &query, &error)) {
        fail_msg("%s: %s", text, error.message);
    }
    struct search *search = search_open(snapshot, query, DATE_NONE, DATE_NONE);
    assert_true(search_is_exact(search));
    while (search_next(search, &sequence, &time_ms)) {
        count++;
    }
    search_close(search);
    snapshot_close(snapshot);
    return count;
}

static bool label_entry(void *context, const struct timeline_entry *entry) {
    ((size_t *)context)[entry->label]++;
    return true;
}

/* 0.7 goes out of the sums, -0.5 comes in; taken back, nothing is left of it. */
static void correction_moves_the_series(void **state) {
    struct fixture *fixture = *state;
    store_three(fixture);
    struct series_point before = acme_total(fixture);
    assert_true(rule(fixture, 1, (struct work_ruling){.label = LABEL_NEGATIVE}));
    struct series_point now = acme_total(fixture);
    assert_int_equal(now.mentions, 3);
    assert_int_equal(now.positive, 2);
    assert_int_equal(now.negative, 1);
    assert_near(now.sum, -0.5 + 0.4 + 0.2);
    assert_near(now.sum_squares, 0.25 + 0.16 + 0.04);
    struct mention mention = mention_of(fixture, 1);
    assert_int_equal(mention.score.label, LABEL_NEGATIVE);
    assert_int_equal(mention.brands[0].score.label, LABEL_NEGATIVE);
    const struct work_verdict *verdict = work_verdict_on(mention.work, mention.brands[0].brand);
    assert_non_null(verdict);
    assert_span_equal(verdict->name, "Acme");
    assert_near(verdict->machine.value, 0.7);
    assert_true(rule(fixture, 1, (struct work_ruling){.withdrawn = true}));
    now = acme_total(fixture);
    assert_memory_equal(&now, &before, sizeof now);
}

static void correction_moves_timeline_and_index(void **state) {
    struct fixture *fixture = *state;
    size_t labels[LABEL_COUNT] = {0};
    uint32_t brand = 0;
    store_three(fixture);
    assert_int_equal(found(fixture, "acme label:negative"), 0);
    rule(fixture, 2, (struct work_ruling){.label = LABEL_NEGATIVE});
    rule(fixture, 3, (struct work_ruling){.own = true});
    assert_int_equal(found(fixture, "acme label:negative"), 1);
    assert_int_equal(found(fixture, "corrected:yes"), 1);
    assert_int_equal(found(fixture, "corrected:confirmed"), 1);
    assert_int_equal(found(fixture, "corrected:no"), 1);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    snapshot_timeline(snapshot, brand, DATE_NONE, DATE_NONE, false, label_entry, labels);
    snapshot_close(snapshot);
    assert_int_equal(labels[LABEL_NEGATIVE], 1);
    assert_int_equal(labels[LABEL_POSITIVE], 2);
    assert_near(mention_of(fixture, 3).score.value, 0.2); /* as strong as it was */
    assert_near(mention_of(fixture, 3).score.confidence, 1);
}

/* A poll brings new likes and a new opinion of the machine, then an edited text: the person's word
 * stands, beside what the machine says now. */
static void verdict_outlives_polls_and_edits(void **state) {
    struct fixture *fixture = *state;
    store_three(fixture);
    rule(fixture, 1, (struct work_ruling){.label = LABEL_NEGATIVE, .brand = SPAN("acme")});
    struct mention again = fixture_mention(
        fixture, "a",
        "the parcel was crushed when it came to us after two long weeks, well done acme", 0, 0.9);
    again.item.engagement.likes = 12;
    assert_int_equal(fixture_store(fixture, "forum", &again, 1).updated, 1);
    fixture_verify(fixture);
    struct mention mention = mention_of(fixture, 1);
    assert_int_equal(mention.item.engagement.likes, 12);
    assert_int_equal(mention.score.label, LABEL_POSITIVE); /* of the whole text nobody spoke */
    assert_int_equal(mention.brands[0].score.label, LABEL_NEGATIVE);
    assert_near(mention.work->verdicts[0].machine.value, 0.9);
    assert_int_equal(fixture_store(fixture, "forum", &again, 1).unchanged, 1);
    struct mention edited = fixture_mention(fixture, "a", "crushed parcel, acme", 0, -0.3);
    assert_int_equal(fixture_store(fixture, "forum", &edited, 1).updated, 1);
    fixture_verify(fixture);
    mention = mention_of(fixture, 1);
    assert_int_equal(mention.brands[0].score.label, LABEL_NEGATIVE);
    assert_near(mention.brands[0].score.value, -0.3); /* the machine agrees by now */
    assert_int_equal(work_review(mention.work), REVIEW_CONFIRMED);
    assert_near(acme_total(fixture).sum, -0.3 + 0.4 + 0.2);
}

/* A verdict on a brand waits while an edited text does not speak of it. */
static void verdict_waits_for_its_brand(void **state) {
    struct fixture *fixture = *state;
    store_three(fixture);
    rule(fixture, 1, (struct work_ruling){.label = LABEL_NEGATIVE, .brand = SPAN("Acme")});
    struct mention other = fixture_mention(fixture, "a", "they crushed it", -1, 0.1);
    struct mention back = fixture_mention(fixture, "a", "acme crushed it", 0, 0.6);
    fixture_store(fixture, "forum", &other, 1);
    fixture_verify(fixture);
    assert_int_equal(acme_total(fixture).negative, 0);
    fixture_store(fixture, "forum", &back, 1);
    fixture_verify(fixture);
    assert_int_equal(acme_total(fixture).negative, 1);
}

static void work_is_found_by_its_fields(void **state) {
    struct fixture *fixture = *state;
    const struct span tags[] = {{"Refund", 6}, {"VIP", 3}};
    store_three(fixture);
    struct work_edit wanted = edit_make(fixture);
    wanted.sets_status = true;
    wanted.status = WORK_OPEN;
    wanted.assigns = true;
    wanted.assigned = SPAN("María");
    wanted.tags = tags;
    wanted.tag_count = 2;
    wanted.note = SPAN("called back");
    assert_true(edit(fixture, 2, &wanted));
    assert_int_equal(found(fixture, "status:open"), 1);
    assert_int_equal(found(fixture, "status:none"), 2);
    assert_int_equal(found(fixture, "tag:refund"), 1);
    assert_int_equal(found(fixture, "tag:re*"), 1);
    assert_int_equal(found(fixture, "assigned:maria"), 1);
    struct mention mention = mention_of(fixture, 2);
    assert_int_equal(mention.work->change_count, 5);
    assert_span_equal(mention.work->changes[0].who, "jo");
    assert_span_equal(mention.work->changes[4].what, "note: called back");
    wanted = edit_make(fixture);
    wanted.sets_status = true;
    wanted.status = WORK_ANSWERED;
    wanted.untags = tags;
    wanted.untag_count = 1;
    assert_true(edit(fixture, 2, &wanted));
    assert_int_equal(found(fixture, "status:answered"), 1);
    assert_int_equal(found(fixture, "tag:refund"), 0);
    assert_int_equal(found(fixture, "tag:vip"), 1);
    mention = mention_of(fixture, 2);
    assert_int_equal(mention.work->answered_ms, wanted.now_ms);
    assert_false(edit(fixture, 2, &wanted)); /* nothing is left to change */
}

static void history_keeps_the_latest(void **state) {
    struct fixture *fixture = *state;
    store_three(fixture);
    for (size_t i = 0; i < LIMIT_WORK_CHANGES + 5; i++) {
        char note[16];
        snprintf(note, sizeof note, "%zu", i);
        struct work_edit wanted = edit_make(fixture);
        wanted.note = span_of(note);
        assert_true(edit(fixture, 1, &wanted));
    }
    struct mention mention = mention_of(fixture, 1);
    assert_int_equal(mention.work->change_count, LIMIT_WORK_CHANGES);
    assert_span_equal(mention.work->changes[0].what, "note: 5");
    assert_span_equal(mention.work->changes[LIMIT_WORK_CHANGES - 1].what, "note: 36");
}

static void what_cannot_be_done_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    bool changed = true;
    store_three(fixture);
    struct work_ruling ruling = {.label = LABEL_NEGATIVE, .brand = SPAN("Globex")};
    struct work_edit wanted = edit_make(fixture);
    wanted.rulings = &ruling;
    wanted.ruling_count = 1;
    assert_false(store_edit(fixture->store, 1, &wanted, &changed, &error));
    assert_false(changed);
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_non_null(strstr(error.message, "speaks of Acme"));
    assert_false(store_edit(fixture->store, 99, &wanted, &changed, &error));
    assert_non_null(strstr(error.message, "no mention 99"));
    struct mention unsure = fixture_mention(fixture, "d", "acme acme", 0, 0);
    unsure.score = unsure.brands[0].score = (struct score){0, 0.4, LABEL_UNSURE};
    fixture_store(fixture, "forum", &unsure, 1);
    ruling = (struct work_ruling){.own = true};
    assert_false(store_edit(fixture->store, 4, &wanted, &changed, &error));
    assert_non_null(strstr(error.message, "nothing to confirm"));
    fixture_verify(fixture);
}

/* With the mention goes what was done about it. */
static void erasing_takes_the_work(void **state) {
    struct fixture *fixture = *state;
    uint64_t erased = 0;
    struct error error = {0};
    store_three(fixture);
    struct mention hers = fixture_mention(fixture, "d", "acme lost my order", 0, -0.6);
    hers.item.author = SPAN("Ana");
    fixture_store(fixture, "forum", &hers, 1);
    const struct span tag = SPAN("refund");
    struct work_edit wanted = edit_make(fixture);
    wanted.tags = &tag;
    wanted.tag_count = 1;
    edit(fixture, 4, &wanted);
    rule(fixture, 4, (struct work_ruling){.label = LABEL_POSITIVE});
    struct series_point before = acme_total(fixture);
    const struct store_author author = {.name = SPAN("ana")};
    assert_true(store_erase(fixture->store, &author, &erased, &error));
    assert_int_equal(erased, 1);
    fixture_verify(fixture);
    assert_int_equal(found(fixture, "tag:refund"), 0);
    struct series_point now =
        acme_total(fixture); /* what she contributed stays, as it was judged */
    assert_memory_equal(&now, &before, sizeof now);
}

/* An export brought into another store: verdicts know brands by name, scores are the machine's. */
static void imported_work_is_laid(void **state) {
    struct fixture *fixture = *state;
    struct mention list[] = {
        fixture_mention(fixture, "x", "globex first", 1, 0.1),
        fixture_mention(fixture, "a", "acme did it again", 0, 0.7),
    };
    struct work_verdict verdict = {7, SPAN("Acme"), LABEL_NEGATIVE, {0.7, 0.9, LABEL_POSITIVE}};
    struct work_change change = {NOW_MS - DAY_MS, SPAN("jo"), SPAN("sentiment negative/Acme")};
    struct work work = {.answered_ms = DATE_NONE,
                        .verdicts = &verdict,
                        .verdict_count = 1,
                        .changes = &change,
                        .change_count = 1};
    list[1].work = &work;
    fixture_store(fixture, "jsonl", list, 2);
    fixture_verify(fixture);
    assert_int_equal(acme_total(fixture).negative, 1);
    assert_int_equal(fixture_store(fixture, "jsonl", list, 2).unchanged, 2);
    rule(fixture, 2, (struct work_ruling){.label = LABEL_NEUTRAL, .brand = SPAN("Acme")});
    fixture_store(fixture, "jsonl", list, 2); /* older than what was said here */
    fixture_verify(fixture);
    assert_int_equal(mention_of(fixture, 2).brands[0].score.label, LABEL_NEUTRAL);
}

/* In the child: an edit while the parent has the store open to write. */
static int edit_beside(struct fixture *fixture, int begin) {
    struct store_options options = {.mode = STORE_EDIT, .no_sync = true};
    struct work_ruling ruling = {.label = LABEL_NEGATIVE};
    struct work_edit wanted = {.who = SPAN("jo"), .now_ms = NOW_MS, .answered_ms = DATE_NONE};
    struct store *store = NULL;
    struct error error = {0};
    bool changed = false;
    char byte = 0;
    wanted.rulings = &ruling;
    wanted.ruling_count = 1;
    if (read(begin, &byte, 1) != 1 || !store_open(fixture->folder, &options, &store, &error) ||
        !store_edit(store, 1, &wanted, &changed, &error)) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    struct store_author author = {.name = SPAN("ana")};
    uint64_t erased = 0;
    bool refused = !store_erase(store, &author, &erased, &error);
    store_close(store);
    return changed && refused ? 0 : 1;
}

static void edits_go_beside_a_writer(void **state) {
    struct fixture *fixture = *state;
    int status = 1;
    int begin[2];
    fixture_close(fixture);
    assert_int_equal(pipe(begin), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        _exit(edit_beside(fixture, begin[0]));
    }
    fixture_open(fixture);
    store_three(fixture);
    assert_int_equal(write(begin[1], "!", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(begin[0]);
    close(begin[1]);
    assert_int_equal(status, 0);
    fixture_verify(fixture);
    assert_int_equal(acme_total(fixture).negative, 1);
    store_three(fixture); /* the writer goes on, and takes back nothing */
    struct mention copy = fixture_mention(
        fixture, "z",
        "the parcel was crushed when it came to us after two long weeks, well done acme", 0, 0.7);
    fixture_store(fixture, "blog", &copy, 1);
    fixture_verify(fixture);
    assert_int_equal(acme_total(fixture).negative, 1);
    assert_int_equal(mention_of(fixture, 4).cluster, 1); /* still known as a story */
}

/* --- Incidents -------------------------------------------------------------------------------- */

static void store_incidents(struct fixture *fixture, const struct span *brands, size_t count) {
    struct incident list[4];
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct incident){.brand = brands[i],
                                    .kind = SPAN("volume"),
                                    .started_ms = fixture->now_ms,
                                    .ended_ms = DATE_NONE,
                                    .mailed_ms = fixture->now_ms};
    }
    assert_true(store_put_alerts(fixture->store, list, count, NULL, 0, NULL));
}

static struct incident incident_read(struct fixture *fixture, uint64_t id) {
    struct incident incident;
    struct snapshot *snapshot = fixture_snapshot(fixture);
    assert_true(snapshot_incident(snapshot, id, fixture->arena, &incident));
    assert_false(snapshot_incident(snapshot, 99, fixture->arena, &incident));
    assert_true(snapshot_incident(snapshot, id, fixture->arena, &incident));
    snapshot_close(snapshot);
    return incident;
}

static bool handle(struct fixture *fixture, uint64_t id, enum incident_care care, uint64_t into,
                   struct error *error) {
    bool changed = false;
    const struct incident_handling handling = {.care = care,
                                               .into = into,
                                               .time_ms = fixture->now_ms,
                                               .who = SPAN("jo"),
                                               .note = SPAN("we know")};
    return store_handle_incident(fixture->store, id, &handling, &changed, error) && changed;
}

/* The report writes incidents as a whole, from what it read a while ago. */
static void handling_outlives_what_the_report_writes(void **state) {
    struct fixture *fixture = *state;
    store_incidents(fixture, (struct span[]){SPAN("Acme")}, 1);
    struct incident before = incident_read(fixture, 1);
    assert_int_equal(before.handling.care, CARE_NONE);
    assert_true(before.handling.time_ms == DATE_NONE);
    assert_true(handle(fixture, 1, CARE_MUTED, 0, NULL));
    assert_false(handle(fixture, 1, CARE_MUTED, 0, NULL)); /* it stands so already */
    before.state = INCIDENT_CLOSED;
    assert_true(store_put_alerts(fixture->store, &before, 1, NULL, 0, NULL));
    fixture_close(fixture);
    fixture_open(fixture);
    struct incident now = incident_read(fixture, 1);
    assert_int_equal(now.state, INCIDENT_CLOSED);
    assert_int_equal(now.handling.care, CARE_MUTED);
    assert_span_equal(now.handling.who, "jo");
    assert_span_equal(now.handling.note, "we know");
    assert_true(now.handling.time_ms == fixture->now_ms);
}

/* Whoever is a part is a part of a whole, never of a part. */
static void parts_follow_what_they_are_a_part_of(void **state) {
    struct fixture *fixture = *state;
    struct error error = {0};
    store_incidents(fixture,
                    (struct span[]){SPAN("Acme"), SPAN("Acme"), SPAN("Acme"), SPAN("Kora")}, 4);
    assert_true(handle(fixture, 3, CARE_MERGED, 2, NULL));
    assert_true(handle(fixture, 2, CARE_MERGED, 1, NULL));
    assert_int_equal(incident_read(fixture, 3).handling.into, 1);
    assert_true(handle(fixture, 2, CARE_NONE, 0, NULL));
    assert_int_equal(incident_read(fixture, 2).handling.into, 0);
    assert_true(handle(fixture, 2, CARE_MERGED, 3, NULL)); /* a part of 1 by now */
    assert_int_equal(incident_read(fixture, 2).handling.into, 1);
    assert_false(handle(fixture, 1, CARE_MERGED, 3, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    assert_false(handle(fixture, 1, CARE_MERGED, 1, &error));
    assert_false(handle(fixture, 1, CARE_MERGED, 4, &error));
    assert_non_null(strstr(error.message, "different brands"));
    assert_false(handle(fixture, 7, CARE_MUTED, 0, &error));
    assert_non_null(strstr(error.message, "no incident 7"));
    assert_int_equal(incident_read(fixture, 1).handling.care, CARE_NONE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(correction_moves_the_series),
        TEST(correction_moves_timeline_and_index),
        TEST(verdict_outlives_polls_and_edits),
        TEST(verdict_waits_for_its_brand),
        TEST(work_is_found_by_its_fields),
        TEST(history_keeps_the_latest),
        TEST(what_cannot_be_done_is_refused),
        TEST(erasing_takes_the_work),
        TEST(imported_work_is_laid),
        TEST(edits_go_beside_a_writer),
        TEST(handling_outlives_what_the_report_writes),
        TEST(parts_follow_what_they_are_a_part_of),
    };
    return cmocka_run_group_tests_name("store/work", tests, NULL, NULL);
}
