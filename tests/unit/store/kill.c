/* Promise: a source's cursor and what it passed are stored together, whenever the process dies.
 *
 * A child stores numbered batches, several in flight; it is killed at a random moment; what is
 * found afterwards must be exactly the batches up to the cursor, and no fewer than were
 * acknowledged. KILLS=N for more rounds, SEED=N to repeat. */
#include "tests/unit/store/fixture.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#define KILLS_DEFAULT 60
#define IN_FLIGHT 6
#define BATCH_SIZE 7

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

/* --- The child -------------------------------------------------------------------------------- */

struct numbered { /* one batch of the child's, with all it needs */
    struct mention mentions[BATCH_SIZE];
    struct source_state state;
    struct store_batch batch;
    struct arena *arena;
    uint64_t number;
    int pipe;
    bool *busy;
};

static void on_stored(void *context, const struct store_result *result) {
    struct numbered *numbered = context;
    if (!result->stored) {
        _exit(3);
    }
    if (write(numbered->pipe, &numbered->number, sizeof numbered->number) < 0) {
        _exit(4);
    }
    __atomic_store_n(numbered->busy, false, __ATOMIC_RELEASE);
}

/* Batch n: BATCH_SIZE - 1 new items, and an edit of one that batch n - 1 brought. */
static void numbered_fill(struct fixture *fixture, struct numbered *numbered) {
    arena_free(numbered->arena);
    numbered->arena = arena_create();
    struct fixture maker = {.arena = numbered->arena, .now_ms = fixture->now_ms};
    uint64_t n = numbered->number;
    for (uint64_t i = 0; i < BATCH_SIZE; i++) {
        char id[32];
        char text[64];
        bool edit = i == 0 && n > 1;
        snprintf(id, sizeof id, "%llu",
                 (unsigned long long)(edit ? (n - 1) * 100 + 1 : n * 100 + i));
        snprintf(text, sizeof text, "Acme %s %llu", edit ? "edited" : "told",
                 (unsigned long long)n);
        numbered->mentions[i] = fixture_mention(&maker, id, text, (int)(n % 3), 0.25);
        numbered->mentions[i].item.published_ms += (int64_t)(n * 60000);
    }
    source_state_init(&numbered->state);
    numbered->state.cursor = arena_print(numbered->arena, "%llu", (unsigned long long)n);
    numbered->batch = fixture_batch(&maker, "forum", numbered->mentions, BATCH_SIZE);
    numbered->batch.state = &numbered->state;
}

static _Noreturn void child_run(struct fixture *fixture, uint64_t next, int pipe) {
    static struct numbered list[IN_FLIGHT];
    static bool busy[IN_FLIGHT];
    struct store_options options = {.mode = STORE_WRITE};
    if (!store_open(fixture->folder, &options, &fixture->store, NULL)) {
        _exit(2);
    }
    for (size_t turn = 0;; turn = (turn + 1) % IN_FLIGHT) {
        while (__atomic_load_n(&busy[turn], __ATOMIC_ACQUIRE)) {
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        }
        list[turn].number = next++;
        list[turn].pipe = pipe;
        list[turn].busy = &busy[turn];
        numbered_fill(fixture, &list[turn]);
        __atomic_store_n(&busy[turn], true, __ATOMIC_RELEASE);
        while (!store_submit(fixture->store, &list[turn].batch, on_stored, &list[turn])) {
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        }
    }
}

/* --- The parent ------------------------------------------------------------------------------- */

static bool mark_id(void *context, const struct mention *mention) {
    uint8_t *seen = context;
    int64_t id = 0;
    assert_true(span_to_int64(mention->item.id, &id));
    assert_int_equal(seen[id], 0);
    seen[id] = 1;
    return true;
}

/* What must be there when batches 1..cursor are: n * 100 + 1..6, and batch 1's number 100. */
static void check_ids(const uint8_t *seen, uint64_t cursor) {
    for (uint64_t n = 1; n <= cursor + 10; n++) {
        for (uint64_t i = 0; i < BATCH_SIZE; i++) {
            bool expected = n <= cursor && (i > 0 || n == 1);
            if (seen[n * 100 + i] != expected) {
                fail_msg("item %llu is %s, the cursor %llu", (unsigned long long)(n * 100 + i),
                         expected ? "missing" : "there", (unsigned long long)cursor);
            }
        }
    }
}

static uint64_t cursor_check(struct fixture *fixture) {
    struct source_state source;
    int64_t cursor = 0;
    fixture_open(fixture);
    fixture_verify(fixture);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    if (snapshot_source(snapshot, SPAN("forum"), fixture->arena, &source)) {
        assert_true(span_to_int64(source.cursor, &cursor));
    }
    uint8_t *seen = memory_new((size_t)(cursor + 12) * 100, 1);
    snapshot_mentions_from(snapshot, 0, mark_id, seen);
    check_ids(seen, (uint64_t)cursor);
    free(seen);
    snapshot_close(snapshot);
    fixture_close(fixture);
    return (uint64_t)cursor;
}

static void killed_at_any_moment(void **state) {
    struct fixture *fixture = *state;
    unsigned long rounds = getenv("KILLS") ? strtoul(getenv("KILLS"), NULL, 10) : KILLS_DEFAULT;
    unsigned seed = getenv("SEED") ? (unsigned)strtoul(getenv("SEED"), NULL, 10) : 1;
    uint64_t cursor = 0;
    srand(seed);
    for (unsigned long i = 0; i < rounds; i++) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            child_run(fixture, cursor + 1, ends[1]);
        }
        close(ends[1]);
        nanosleep(&(struct timespec){.tv_nsec = (1 + rand() % 60) * 1000000}, NULL);
        kill(child, SIGKILL);
        int status = 0;
        waitpid(child, &status, 0);
        if (!WIFSIGNALED(status)) {
            fail_msg("round %lu (SEED=%u): the child ended with %d", i, seed, WEXITSTATUS(status));
        }
        uint64_t acknowledged = cursor;
        while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
        }
        close(ends[0]);
        cursor = cursor_check(fixture);
        if (cursor < acknowledged) {
            fail_msg("round %lu (SEED=%u): %llu acknowledged, %llu stored", i, seed,
                     (unsigned long long)acknowledged, (unsigned long long)cursor);
        }
    }
    assert_true(cursor > 0);
    print_message("%lu kills, %llu batches\n", rounds, (unsigned long long)cursor);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(killed_at_any_moment, setup, teardown),
    };
    return cmocka_run_group_tests_name("store/kill", tests, NULL, NULL);
}
