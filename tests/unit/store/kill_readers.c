/* Readers in processes of their own, beside the one who writes: each of their views is whole, none waits
 * for another, and those that are killed in the middle of one leave nothing behind. */
#include "tests/unit/store/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define BATCHES 150
#define BATCH_SIZE 40
#define READERS 4

static int setup(void **state) {
    struct fixture *fixture = NEW(struct fixture);
    fixture_init(fixture);
    *state = fixture;
    return 0;
}

static int teardown(void **state) {
    fixture_done(*state);
    free(*state);
    return 0;
}

static void pause_ms(long ms) {
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* Batch n: BATCH_SIZE new mentions, the first of batch n - 1 at another time, the second of it gone. */
static void batch_store(struct fixture *fixture, int n) {
    struct mention mentions[BATCH_SIZE + 2];
    int count = n == 0 ? BATCH_SIZE : BATCH_SIZE + 2;
    for (int i = 0; i < count; i++) {
        char id[32];
        int number = i < BATCH_SIZE ? n * BATCH_SIZE + i : (n - 1) * BATCH_SIZE + i - BATCH_SIZE;
        snprintf(id, sizeof id, "%d", number + 1);
        mentions[i] = fixture_mention(fixture, id, "Acme again and again", number % 3, 0.5);
        mentions[i].item.published_ms += (int64_t)number * 7 * MINUTE_MS - (n % 2) * HOUR_MS;
    }
    mentions[count - 1].item.deleted = n > 0;
    struct source_state state;
    struct store_result result;
    struct error error = {0};
    source_state_init(&state);
    state.cursor = arena_print(fixture->arena, "%d", n + 1);
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, (size_t)count);
    batch.state = &state;
    if (!store_write(fixture->store, &batch, &result, &error)) {
        fprintf(stderr, "writer: %s\n", error.message);
        _exit(2);
    }
}

static _Noreturn void writer_run(struct fixture *fixture) {
    struct store_options options = {.mode = STORE_WRITE, .no_sync = true, .map_size = MIB};
    if (!store_open(fixture->folder, &options, &fixture->store, NULL)) {
        _exit(2);
    }
    for (int n = 0; n < BATCHES; n++) {
        batch_store(fixture, n);
    }
    store_close(fixture->store);
    _exit(0);
}

/* What one view says of itself: every way of counting comes to the same. The cursor; -1: it does not. */
static int64_t view_check(struct fixture *fixture, struct arena *arena) {
    struct snapshot *snapshot = NULL;
    struct source_state source;
    int64_t cursor = 0;
    uint64_t rows = 0;
    size_t count = 0;
    if (!snapshot_open(fixture->store, &snapshot, NULL)) {
        return -1;
    }
    if (snapshot_source(snapshot, SPAN("forum"), arena, &source) &&
        !span_to_int64(source.cursor, &cursor)) {
        cursor = -1;
    }
    snapshot_timeline(snapshot, BRAND_ANY, DATE_NONE, DATE_NONE, true, fixture_count_entry, &rows);
    struct series_member *all =
        snapshot_members(snapshot, BRAND_ANY, SERIES_ALL, DATE_NONE, DATE_NONE, arena, &count);
    uint64_t counted = count == 0 ? 0 : all[0].total.mentions;
    uint64_t said = cursor == 0 ? 0 : (uint64_t)(cursor * BATCH_SIZE - (cursor - 1));
    bool whole = snapshot_check(snapshot, NULL) && rows == counted && rows == said;
    snapshot_close(snapshot);
    return whole ? cursor : -1;
}

/* Until the writer has done everything. `dies`: in the middle of a view. */
static _Noreturn void reader_run(struct fixture *fixture, bool dies) {
    struct store_options options = {.mode = STORE_READ};
    int64_t before = 0;
    while (!store_open(fixture->folder, &options, &fixture->store, NULL)) {
        pause_ms(1); /* there is none yet */
    }
    while (before < BATCHES) {
        struct arena *arena = arena_create();
        int64_t cursor = view_check(fixture, arena);
        arena_free(arena);
        if (cursor < before) {
            _exit(3);
        }
        before = cursor;
        if (dies && cursor > BATCHES / 4) {
            struct snapshot *snapshot = NULL;
            _exit(snapshot_open(fixture->store, &snapshot, NULL) ? kill(getpid(), SIGKILL) : 4);
        }
    }
    store_close(fixture->store);
    _exit(0);
}

static pid_t process_start(struct fixture *fixture, void (*run)(struct fixture *fixture, int kind),
                           int kind) {
    pid_t child = fork();
    if (child == 0) {
        run(fixture, kind);
    }
    return child;
}

static void process_run(struct fixture *fixture, int kind) {
    if (kind < 0) {
        writer_run(fixture);
    }
    reader_run(fixture, kind % 2 == 1);
}

static void every_view_is_whole(void **state) {
    struct fixture *fixture = *state;
    pid_t children[1 + READERS];
    for (int i = 0; i < 1 + READERS; i++) {
        children[i] = process_start(fixture, process_run, i - 1);
    }
    for (int i = 0; i < 1 + READERS; i++) {
        int status = 0;
        waitpid(children[i], &status, 0);
        bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        bool dies = i > 0 && (i - 1) % 2 == 1;
        if (dies ? !killed : status != 0) {
            fail_msg("process %d (0 writes) ended with %d", i, status);
        }
    }
    fixture_open(fixture);
    fixture_verify(fixture);
    assert_int_equal(view_check(fixture, fixture->arena), BATCHES);
}

static uint64_t bytes_used(struct fixture *fixture) {
    struct store_statistics statistics;
    assert_true(store_statistics(fixture->store, &statistics, NULL));
    return statistics.bytes_used;
}

static void reader_die(struct fixture *fixture, int kind) {
    struct store_options options = {.mode = STORE_READ};
    struct snapshot *snapshot = NULL;
    (void)kind;
    bool opened = store_open(fixture->folder, &options, &fixture->store, NULL) &&
                  snapshot_open(fixture->store, &snapshot, NULL);
    _exit(opened ? kill(getpid(), SIGKILL) : 4);
}

/* The view that a dead process had open pins every page that changes, until its slot is taken back. */
static void the_dead_pin_nothing(void **state) {
    struct fixture *fixture = *state;
    int status = 0;
    fixture_open(fixture);
    batch_store(fixture, 0);
    waitpid(process_start(fixture, reader_die, 0), &status, 0);
    assert_true(WIFSIGNALED(status));
    for (int i = 0; i < 300; i++) {
        batch_store(fixture, i % 2);
    }
    uint64_t before = bytes_used(fixture);
    for (int i = 0; i < 600; i++) {
        batch_store(fixture, i % 2);
    }
    assert_in_range(bytes_used(fixture), 0, before + before / 10);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_view_is_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(the_dead_pin_nothing, setup, teardown),
    };
    return cmocka_run_group_tests_name("store/kill_readers", tests, NULL, NULL);
}
