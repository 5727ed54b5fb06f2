/* A disk that fails, at any call: full, broken, torn, without power, or the process ends.
 *
 * A child writes a history of batches to a store whose disk is planned to fail (tests/unit/store/
 * injector.h). A batch that fails is tried again until it is taken: the running store must answer
 * meanwhile, and go on by itself once the disk does. Whatever happened, the next process must find
 * exactly the batches up to the cursor, none acknowledged missing, nothing twice, all rollups right.
 * RUNS=N for more, SEED=N for one history. */
#define _DEFAULT_SOURCE /* syscall() */
#include "tests/unit/store/fixture.h"
#include "tests/unit/store/injector.h"

#include <sys/wait.h>

#define RUNS_DEFAULT 150
#define RUNS_OF_STORE 5 /* one after the other, each with a plan of its own */
#define BATCHES 12      /* of a run */
#define ITEMS_MAX 40
#define BATCH_IDS 100
#define NUMBERS_MAX ((RUNS_OF_STORE * BATCHES + 2) * BATCH_IDS)
#define TRIES 500

static uint64_t mix(uint64_t seed, uint64_t more) {
    uint64_t mixed = (seed ^ more * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u;
    return (mixed ^ mixed >> 31) * 0x94D049BB133111EBu >> 11;
}

/* --- What is written -------------------------------------------------------------------------- */

/* Batch n: new items n * 100 and up; an edit and a deletion of the first item of earlier ones. */
struct plan_of_batch {
    size_t items;
    uint64_t edited;  /* batch; 0 = none */
    uint64_t deleted; /* batch; 0 = none */
};

static struct plan_of_batch batch_plan(uint64_t seed, uint64_t n) {
    uint64_t chance = mix(seed, n);
    return (struct plan_of_batch){
        .items = 1 + chance % ITEMS_MAX,
        .edited = n > 1 ? 1 + chance / 64 % (n - 1) : 0,
        .deleted = n > 2 && chance / 4096 % 4 == 0 ? 1 + chance / 65536 % (n - 1) : 0,
    };
}

static void item_say(char text[1024], uint64_t number, uint64_t batch) {
    int size = snprintf(text, 1024, "Acme %llu told by %llu", (unsigned long long)number,
                        (unsigned long long)batch);
    for (uint64_t i = 0; i < mix(number, batch) % 60; i++) {
        size += snprintf(text + size, 1024 - (size_t)size, " w%llu",
                         (unsigned long long)(mix(number, i) % 5000));
    }
}

static struct mention item_make(struct fixture *fixture, uint64_t number, uint64_t batch) {
    char id[32];
    char text[1024];
    snprintf(id, sizeof id, "%llu", (unsigned long long)number);
    item_say(text, number, batch);
    struct mention mention = fixture_mention(fixture, id, text, (int)(number % 4) - 1, 0.25);
    mention.item.published_ms += (int64_t)number * 1000;
    return mention;
}

static bool batch_write(struct fixture *fixture, uint64_t seed, uint64_t n, struct error *error) {
    struct plan_of_batch plan = batch_plan(seed, n);
    struct mention mentions[ITEMS_MAX + 2];
    size_t count = 0;
    for (size_t i = 0; i < plan.items; i++) {
        mentions[count++] = item_make(fixture, n * BATCH_IDS + i, n);
    }
    if (plan.edited != 0) {
        mentions[count++] = item_make(fixture, plan.edited * BATCH_IDS, n);
    }
    if (plan.deleted != 0) {
        mentions[count] = item_make(fixture, plan.deleted * BATCH_IDS, n);
        mentions[count++].item.deleted = true;
    }
    struct source_state state;
    struct store_result result;
    source_state_init(&state);
    state.cursor = arena_print(fixture->arena, "%llu", (unsigned long long)n);
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, count);
    batch.state = &state;
    return store_write(fixture->store, &batch, &result, error);
}

/* Which batch an item's words are of after batches 1..cursor; 0 = it is not there. */
static void history_replay(uint64_t seed, uint64_t cursor, uint64_t *said) {
    bool gone[RUNS_OF_STORE * BATCHES + 2] = {false};
    for (uint64_t n = 1; n <= cursor; n++) {
        struct plan_of_batch plan = batch_plan(seed, n);
        for (size_t i = 0; i < plan.items; i++) {
            said[n * BATCH_IDS + i] = n;
        }
        if (plan.edited != 0 && !gone[plan.edited]) {
            said[plan.edited * BATCH_IDS] = n;
        }
        if (plan.deleted != 0) {
            gone[plan.deleted] = true;
            said[plan.deleted * BATCH_IDS] = 0;
        }
    }
}

/* --- What is found ---------------------------------------------------------------------------- */

static uint64_t cursor_of(struct fixture *fixture, const struct snapshot *snapshot) {
    struct source_state source;
    int64_t cursor = 0;
    if (snapshot_source(snapshot, SPAN("forum"), fixture->arena, &source)) {
        assert_true(span_to_int64(source.cursor, &cursor));
    }
    return (uint64_t)cursor;
}

/* Where the file cannot even be mapped, nothing can be read: that may last a few calls. */
static struct snapshot *snapshot_patiently(struct fixture *fixture) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    for (int i = 0; i < TRIES && snapshot == NULL; i++) {
        if (!snapshot_open(fixture->store, &snapshot, &error) && error.code != ENOMEM) {
            break;
        }
    }
    if (snapshot == NULL) {
        fail_msg("snapshot_open: %s", error.message);
    }
    return snapshot;
}

struct finding {
    uint64_t said[NUMBERS_MAX];
    const char *wrong;
};

static bool item_find(void *context, const struct mention *mention) {
    struct finding *finding = context;
    int64_t number = 0;
    char text[1024];
    if (!span_to_int64(mention->item.id, &number) || number < 0 || number >= NUMBERS_MAX ||
        finding->said[number] == 0) {
        finding->wrong = "an item is there twice, or was never said";
        return false;
    }
    item_say(text, (uint64_t)number, finding->said[number]);
    if (!span_equal(mention->item.text, span_of(text))) {
        finding->wrong = "an item says something else";
        return false;
    }
    finding->said[number] = 0;
    return true;
}

/* All that was said up to the cursor, and nothing else; NULL = right. */
static const char *history_check(struct fixture *fixture, uint64_t seed, uint64_t *cursor) {
    struct finding *finding = NEW(struct finding);
    struct snapshot *snapshot = snapshot_patiently(fixture);
    *cursor = cursor_of(fixture, snapshot);
    history_replay(seed, *cursor, finding->said);
    snapshot_mentions_from(snapshot, 0, item_find, finding);
    const char *wrong = snapshot_check(snapshot, NULL) ? finding->wrong : "it cannot be read";
    for (size_t i = 0; i < NUMBERS_MAX && wrong == NULL; i++) {
        wrong = finding->said[i] != 0 ? "an item is missing" : NULL;
    }
    snapshot_close(snapshot);
    free(finding);
    return wrong;
}

/* --- One process on a failing disk ------------------------------------------------------------- */

static _Noreturn void child_fail(const char *what, const struct error *error) {
    fprintf(stderr, "child: %s: %s\n", what, error->message);
    _exit(5);
}

static void child_open(struct fixture *fixture, const struct store_options *options) {
    struct error error = {0};
    for (int i = 0; i < TRIES; i++) {
        if (store_open(fixture->folder, options, &fixture->store, &error)) {
            return;
        }
        if (error.message[0] == '\0') {
            _exit(6);
        }
    }
    child_fail("never opened", &error);
}

/* While nothing can be written, everything can be read. */
static void child_read(struct fixture *fixture, uint64_t seed, uint64_t taken) {
    struct error error = {0};
    uint64_t cursor = 0;
    const char *wrong = history_check(fixture, seed, &cursor);
    if (wrong != NULL || cursor < taken) {
        snprintf(error.message, sizeof error.message, "%s",
                 wrong == NULL ? "something was taken back" : wrong);
        child_fail("after a failed write", &error);
    }
}

static _Noreturn void child_run(struct fixture *fixture, const struct injector_plan *plan,
                                uint64_t seed, uint64_t next, int acknowledge) {
    static const struct injector_plan sound = {.action = ACTION_NONE};
    struct error error = {0};
    uint64_t mentions = 0;
    const struct store_options options = {.mode = STORE_WRITE, .map_size = 128 * KIB << seed % 3};
    signal(SIGSEGV, SIG_DFL); /* not cmocka's: a crash is to be seen as one */
    signal(SIGBUS, SIG_DFL);
    injector_arm(plan);
    child_open(fixture, &options);
    for (uint64_t n = next; n < next + BATCHES; n++) {
        bool stored = false;
        for (int i = 0; i < TRIES && !stored; i++) {
            stored = batch_write(fixture, seed, n, &error);
            if (!stored && i < 3) {
                child_read(fixture, seed, n - 1);
            }
        }
        if (!stored) {
            child_fail("never went on", &error);
        }
        if (write(acknowledge, &n, sizeof n) != sizeof n) {
            _exit(7);
        }
    }
    injector_arm(&sound);
    if (!store_verify(fixture->store, &mentions, &error)) {
        child_fail("verify in the same process", &error);
    }
    store_close(fixture->store);
    _exit(0);
}

/* --- Runs ------------------------------------------------------------------------------------- */

static struct injector_plan plan_make(uint64_t chance) {
    static const struct {
        enum injector_action action;
        int code;
        unsigned calls;
        unsigned long times;
    } kinds[] = {
        {ACTION_FAIL, ENOSPC, 1u << CALL_WRITE | 1u << CALL_SIZE, 40},
        {ACTION_FAIL, EIO, 1u << CALL_WRITE, 1},
        {ACTION_FAIL, EIO, 1u << CALL_WRITE | 1u << CALL_SYNC, 6},
        {ACTION_FAIL, EIO, 1u << CALL_SYNC, 2},
        {ACTION_SHORT, ENOSPC, 1u << CALL_WRITE, 3},
        {ACTION_FAIL, ENOMEM, 1u << CALL_MAP, 1},
        {ACTION_FAIL, ENOMEM, 1u << CALL_MAP, 4},
        {ACTION_KILL, 0, 1u << CALL_WRITE | 1u << CALL_SYNC | 1u << CALL_SIZE | 1u << CALL_MAP, 1},
        {ACTION_TEAR, 0, 1u << CALL_WRITE, 1},
        {ACTION_POWER_CUT, 0, 1u << CALL_WRITE | 1u << CALL_SYNC, 1},
        {ACTION_POWER_CUT, 0, 1u << CALL_WRITE | 1u << CALL_SYNC, 1},
    };
    size_t kind = chance % (sizeof kinds / sizeof *kinds);
    bool map = kinds[kind].calls == 1u << CALL_MAP;
    return (struct injector_plan){
        .action = kinds[kind].action,
        .code = kinds[kind].code,
        .calls = kinds[kind].calls,
        .times = kinds[kind].times,
        .after = (unsigned long)(chance >> 8) % (map ? 6 : 4ul << (chance >> 32) % 6),
        .seed = chance,
    };
}

struct tally_of_runs {
    unsigned long runs;
    unsigned long ended; /* by the plan */
    unsigned long batches;
};

/* Reads what the child has acknowledged, and how it ended. */
static uint64_t child_wait(pid_t child, int pipe, uint64_t seed, struct tally_of_runs *tally) {
    uint64_t number = 0;
    uint64_t acknowledged = 0;
    int status = 0;
    while (read(pipe, &number, sizeof number) == sizeof number) {
        acknowledged = number;
        tally->batches++;
    }
    close(pipe);
    waitpid(child, &status, 0);
    bool ended = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    if (!ended && !(WIFEXITED(status) && WEXITSTATUS(status) == 0)) {
        fail_msg("SEED=%llu: the child ended with status %d, after batch %llu",
                 (unsigned long long)seed, status, (unsigned long long)acknowledged);
    }
    tally->ended += ended;
    return acknowledged;
}

static uint64_t run_check(struct fixture *fixture, uint64_t seed, uint64_t acknowledged) {
    uint64_t mentions = 0;
    uint64_t cursor = 0;
    struct error error = {0};
    if (!store_open(fixture->folder, &(struct store_options){.mode = STORE_WRITE}, &fixture->store,
                    &error) ||
        !store_verify(fixture->store, &mentions, &error)) {
        fail_msg("SEED=%llu, after batch %llu: %s", (unsigned long long)seed,
                 (unsigned long long)acknowledged, error.message);
    }
    const char *wrong = history_check(fixture, seed, &cursor);
    if (wrong != NULL || cursor < acknowledged || cursor > acknowledged + 1) {
        fail_msg("SEED=%llu: %llu acknowledged, cursor %llu: %s", (unsigned long long)seed,
                 (unsigned long long)acknowledged, (unsigned long long)cursor,
                 wrong == NULL ? "not what was acknowledged" : wrong);
    }
    fixture_close(fixture);
    return cursor;
}

static void history_run(uint64_t seed, struct tally_of_runs *tally) {
    struct fixture fixture;
    uint64_t cursor = 0;
    fixture_init(&fixture);
    for (unsigned run = 0; run < RUNS_OF_STORE; run++) {
        struct injector_plan plan = plan_make(mix(seed, 1000 + run));
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            child_run(&fixture, &plan, seed, cursor + 1, ends[1]);
        }
        close(ends[1]);
        uint64_t acknowledged = child_wait(child, ends[0], seed, tally);
        cursor = run_check(&fixture, seed, acknowledged < cursor ? cursor : acknowledged);
        tally->runs++;
    }
    fixture_done(&fixture);
}

static void store_outlives_its_disk(void **state) {
    (void)state;
    struct tally_of_runs tally = {0};
    if (getenv("SEED") != NULL) {
        history_run(strtoull(getenv("SEED"), NULL, 10), &tally);
        return;
    }
    unsigned long runs = getenv("RUNS") ? strtoul(getenv("RUNS"), NULL, 10) : RUNS_DEFAULT;
    for (uint64_t seed = 1; tally.runs < runs; seed++) {
        history_run(seed, &tally);
    }
    print_message("%lu runs, %lu ended by the disk, %lu batches\n", tally.runs, tally.ended,
                  tally.batches);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(store_outlives_its_disk),
    };
    return cmocka_run_group_tests_name("store/failures", tests, NULL, NULL);
}
