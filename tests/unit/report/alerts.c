#include "tests/unit/report/world.h"

#include "report/events.h"
#include "report/incident.h"

#define MONTH_MS (30 * DAY_MS)
#define SURGE_MS (WORLD_END_MS - 6 * DAY_MS + 9 * HOUR_MS)

static int setup(void **state) {
    struct world *world = calloc(1, sizeof(*world));
    world_open(world);
    *state = world;
    return 0;
}

static int teardown(void **state) {
    world_close(*state);
    free(*state);
    return 0;
}

static struct alert_summary evaluate(struct world *world, int64_t now_ms) {
    struct alert_summary summary = {0};
    struct error error = {0};
    if (!alerts_evaluate(world->store, &world->config, NULL, now_ms, &summary, &error)) {
        fail_msg("%s", error.message);
    }
    return summary;
}

static struct incident *incidents(struct world *world, struct arena *arena, size_t *count) {
    struct snapshot *snapshot = world_snapshot(world);
    struct incident *list = snapshot_incidents(snapshot, arena, count);
    snapshot_close(snapshot);
    return list;
}

static struct outbox_row *outbox(struct world *world, struct arena *arena, size_t *count) {
    struct snapshot *snapshot = world_snapshot(world);
    struct outbox_row *rows = snapshot_outbox(snapshot, false, arena, count);
    snapshot_close(snapshot);
    return rows;
}

static void assert_holds(struct span text, const char *needle) {
    if (span_find(text, span_of(needle)) == SPAN_NOT_FOUND) {
        fail_msg("no \"%s\" in:\n%.*s", needle, SPAN_ARG(text));
    }
}

/* The incident is found hour by hour as it happens: opened once, closed once, two mails. */
static void an_incident_lives(void **state) {
    struct world *world = *state;
    struct arena *arena = arena_create();
    struct alert_summary total = {0};
    int64_t found_ms = DATE_NONE;
    world->surge_ms = SURGE_MS;
    world_live(world, WORLD_END_MS - MONTH_MS, SURGE_MS - DAY_MS, 1.5);
    for (int64_t now_ms = SURGE_MS - DAY_MS; now_ms < SURGE_MS + 3 * DAY_MS; now_ms += HOUR_MS) {
        world_live(world, now_ms, now_ms + HOUR_MS, 1.5);
        struct alert_summary summary = evaluate(world, now_ms + HOUR_MS - 1);
        found_ms = summary.opened > 0 && found_ms == DATE_NONE ? now_ms : found_ms;
        total.opened += summary.opened;
        total.closed += summary.closed;
        total.messages += summary.messages;
        summary = evaluate(world, now_ms + HOUR_MS - 1);
        assert_int_equal(summary.opened + summary.updated + summary.closed + summary.messages, 0);
    }
    assert_int_equal(total.opened, 1);
    assert_int_equal(total.closed, 1);
    assert_true(found_ms - SURGE_MS <= HOUR_MS);
    size_t count = 0;
    struct incident *list = incidents(world, arena, &count);
    assert_int_equal(count, 1);
    assert_span_equal(list[0].brand, "Acme");
    assert_span_equal(list[0].kind, "negative");
    assert_int_equal(list[0].state, INCIDENT_CLOSED);
    assert_true(list[0].started_ms >= SURGE_MS - HOUR_MS &&
                list[0].started_ms <= SURGE_MS + HOUR_MS);
    assert_true(list[0].ended_ms > SURGE_MS + 9 * HOUR_MS &&
                list[0].ended_ms < SURGE_MS + 18 * HOUR_MS);
    assert_true(list[0].peak > 4 * list[0].expected && list[0].probability < 1e-6);
    assert_holds(list[0].evidence, "\"word\":\"courier\"");
    size_t row_count = 0;
    struct outbox_row *rows = outbox(world, arena, &row_count);
    assert_int_equal(row_count, total.messages);
    assert_true(row_count >= 2 && row_count <= 4);
    for (size_t i = 0; i < row_count; i++) {
        assert_span_equal(rows[i].recipient, "ada@example.com");
        assert_int_equal(rows[i].state, OUTBOX_QUEUED);
        assert_int_equal(rows[i].incident, list[0].id);
        assert_true(span_equal(rows[i].subject, rows[0].subject));
        for (size_t j = 0; j < i; j++) {
            assert_false(span_equal(rows[i].message_id, rows[j].message_id));
        }
    }
    arena_free(arena);
}

static void handle(struct world *world, uint64_t id, enum incident_care care, uint64_t into) {
    struct error error = {0};
    bool changed = false;
    const struct incident_handling handling = {
        .care = care, .into = into, .time_ms = SURGE_MS, .who = SPAN("jo")};
    if (!store_handle_incident(world->store, id, &handling, &changed, &error)) {
        fail_msg("%s", error.message);
    }
    assert_true(changed);
}

/* The incident of an_incident_lives(), about which somebody says something when it is found: how many
 * messages come after that, and of which kind the last one is. */
static size_t messages_after(struct world *world, enum incident_care care, struct span *last) {
    struct arena *arena = arena_create();
    size_t messages = 0;
    bool found = false;
    world->config.alerts.cooldown_ms = 0; /* whatever grows is told */
    world->surge_ms = SURGE_MS;
    world_live(world, WORLD_END_MS - MONTH_MS, SURGE_MS - DAY_MS, 1.5);
    for (int64_t now_ms = SURGE_MS - DAY_MS; now_ms < SURGE_MS + 3 * DAY_MS; now_ms += HOUR_MS) {
        world_live(world, now_ms, now_ms + HOUR_MS, 1.5);
        struct alert_summary summary = evaluate(world, now_ms + HOUR_MS - 1);
        messages += found ? summary.messages : 0;
        if (summary.opened > 0 && !found && care != CARE_NONE) {
            handle(world, 1, care, 0);
        }
        found = found || summary.opened > 0;
    }
    size_t count = 0;
    struct outbox_row *rows = outbox(world, arena, &count);
    static char copy[4096];
    snprintf(copy, sizeof(copy), "%.*s", SPAN_ARG(rows[count - 1].message_id));
    *last = span_of(copy);
    assert_int_equal(incidents(world, arena, &count)[0].state, INCIDENT_CLOSED);
    arena_free(arena);
    return messages;
}

static void of_what_is_acknowledged_only_the_end_is_told(void **state) {
    struct span last;
    assert_int_equal(messages_after(*state, CARE_ACKNOWLEDGED, &last), 1);
    assert_holds(last, ".over");
}

static void of_what_is_muted_nothing_is_told(void **state) {
    struct span last;
    assert_int_equal(messages_after(*state, CARE_MUTED, &last), 0);
    assert_holds(last, ".open");
}

/* The same month loaded at once, as a first back-fill: found too, over already, one mail. */
static void history_is_gone_through_once(void **state) {
    struct world *world = *state;
    struct arena *arena = arena_create();
    world->surge_ms = SURGE_MS;
    world_live(world, WORLD_END_MS - MONTH_MS, WORLD_END_MS, 1.5);
    struct alert_summary summary = evaluate(world, WORLD_END_MS);
    assert_int_equal(summary.opened, 1);
    assert_int_equal(summary.messages, 0); /* it is on record, but no news any more */
    summary = evaluate(world, WORLD_END_MS + HOUR_MS);
    assert_int_equal(summary.opened + summary.updated + summary.closed + summary.messages, 0);
    size_t count = 0;
    assert_int_equal(incidents(world, arena, &count)[0].state, INCIDENT_CLOSED);
    arena_free(arena);
}

static void a_quiet_month_raises_nothing(void **state) {
    struct world *world = *state;
    world_live(world, WORLD_END_MS - MONTH_MS, WORLD_END_MS, 1.5);
    struct alert_summary summary = evaluate(world, WORLD_END_MS);
    assert_int_equal(summary.opened, 0);
}

static void poll_source(struct world *world, const char *key, int64_t now_ms, uint32_t failures) {
    struct source_state source;
    struct store_result result;
    struct error error = {0};
    source_state_init(&source);
    source.polls = 10;
    source.polled_ms = now_ms;
    source.succeeded_ms = failures == 0 ? now_ms : now_ms - failures * HOUR_MS;
    source.failures = failures;
    source.reason = failures == 0 ? SPAN("") : SPAN("status");
    source.message = failures == 0 ? SPAN("") : SPAN("https://example.com/: HTTP 503");
    const struct store_batch batch = {
        .source = span_of(key), .state = &source, .now_ms = now_ms, .polled_ok = failures == 0};
    assert_true(store_write(world->store, &batch, &result, &error));
}

static void broken_sources_are_told_of_once(void **state) {
    struct world *world = *state;
    struct arena *arena = arena_create();
    poll_source(world, "reviews", WORLD_END_MS, 1);
    poll_source(world, "news", WORLD_END_MS, 2);
    assert_int_equal(evaluate(world, WORLD_END_MS).opened, 0);
    poll_source(world, "reviews", WORLD_END_MS + HOUR_MS, 4);
    poll_source(world, "news", WORLD_END_MS + HOUR_MS, 5);
    struct alert_summary summary = evaluate(world, WORLD_END_MS + HOUR_MS);
    assert_int_equal(summary.opened, 2);
    assert_int_equal(summary.messages, 1);
    summary = evaluate(world, WORLD_END_MS + 2 * HOUR_MS);
    assert_int_equal(summary.opened + summary.updated + summary.messages, 0);
    poll_source(world, "news", WORLD_END_MS + 3 * HOUR_MS, 0);
    summary = evaluate(world, WORLD_END_MS + 3 * HOUR_MS);
    assert_int_equal(summary.closed, 1);
    size_t count = 0;
    struct outbox_row *rows = outbox(world, arena, &count);
    assert_int_equal(count, 1);
    assert_holds(rows[0].body, "reviews");
    assert_holds(rows[0].body, "HTTP 503");
    arena_free(arena);
}

static void nobody_is_mailed_who_did_not_ask(void **state) {
    struct world *world = *state;
    struct arena *arena = arena_create();
    static const struct span other[] = {{"Globex", 6}};
    size_t count = 0;
    world->surge_ms = SURGE_MS;
    world->people[0].brands = (struct config_list){other, 1};
    world_live(world, WORLD_END_MS - MONTH_MS, WORLD_END_MS, 1.5);
    struct alert_summary summary = evaluate(world, WORLD_END_MS);
    assert_int_equal(summary.opened, 1);
    assert_int_equal(summary.messages, 0);
    (void)outbox(world, arena, &count);
    assert_int_equal(count, 0);
    world->config.alerts.enabled = false;
    assert_int_equal(evaluate(world, WORLD_END_MS + 40 * DAY_MS).closed, 0);
    arena_free(arena);
}

/* A source that joins with a week of its own history is no surge of the brand. */
static void a_new_source_is_no_surge(void **state) {
    struct world *world = *state;
    world_live(world, WORLD_END_MS - MONTH_MS, WORLD_END_MS, 1.5);
    struct world_batch batch = {.world = world, .arena = arena_create()};
    static const struct span names[] = {{"Acme", 4}, {"Globex", 6}};
    struct store_result result;
    struct error error = {0};
    for (int64_t hour_ms = WORLD_END_MS - 7 * DAY_MS; hour_ms < WORLD_END_MS; hour_ms += HOUR_MS) {
        world_hour(&batch, hour_ms, 8);
    }
    for (size_t i = 0; i < batch.count; i++) {
        batch.list[i].source = SPAN("video");
    }
    const struct store_batch written = {.source = SPAN("video"),
                                        .mentions = batch.list,
                                        .mention_count = batch.count,
                                        .brand_names = names,
                                        .brand_name_count = 2,
                                        .now_ms = WORLD_END_MS,
                                        .polled_ok = true};
    assert_true(store_write(world->store, &written, &result, &error));
    assert_int_equal(evaluate(world, WORLD_END_MS).opened, 0);
    arena_free(batch.arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_incident_lives, setup, teardown),
        cmocka_unit_test_setup_teardown(of_what_is_acknowledged_only_the_end_is_told, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(of_what_is_muted_nothing_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(history_is_gone_through_once, setup, teardown),
        cmocka_unit_test_setup_teardown(a_quiet_month_raises_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(broken_sources_are_told_of_once, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_is_mailed_who_did_not_ask, setup, teardown),
        cmocka_unit_test_setup_teardown(a_new_source_is_no_surge, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
