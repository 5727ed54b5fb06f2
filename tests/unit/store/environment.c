/* The environment under bad conditions: a second writer, a full map, a full disk, a newer layout, a
 * damaged file. */
#include "tests/unit/store/fixture.h"

#include "store/internal.h"
#include "store/meta.h"
#include "store/pack.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

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

/* `count` mentions with texts of `size` bytes and ids from `first` on. */
static struct mention *mentions_make(struct fixture *fixture, size_t first, size_t count,
                                     size_t size) {
    struct mention *list = ARENA_ARRAY(fixture->arena, struct mention, count);
    char *text = memory_new(size + 1, 1);
    for (size_t i = 0; i < count; i++) {
        char id[32];
        snprintf(id, sizeof id, "%zu", first + i + 1);
        memset(text, 'a' + (int)(i % 26), size);
        memcpy(text, id, strlen(id) < size ? strlen(id) : size);
        list[i] = fixture_mention(fixture, id, text, (int)(i % 3), 0.5);
    }
    free(text);
    return list;
}

static void pause_us(long us) {
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

static uint64_t mention_count(struct fixture *fixture) {
    struct store_statistics statistics;
    assert_true(store_statistics(fixture->store, &statistics, NULL));
    return statistics.mentions;
}

static void second_writer_is_refused_by_name(void **state) {
    struct fixture *fixture = *state;
    struct store *second = NULL;
    struct store_options options = {.mode = STORE_WRITE};
    struct error error = {0};
    char expected[32];
    fixture_open(fixture);
    assert_false(store_open(fixture->folder, &options, &second, &error));
    assert_int_equal(error.kind, ERROR_STORE);
    snprintf(expected, sizeof expected, "process %ld on host ", (long)getpid());
    assert_non_null(strstr(error.message, expected));
    fixture_close(fixture);
    fixture_open(fixture); /* and free again */
}

static void reading_needs_a_store(void **state) {
    struct fixture *fixture = *state;
    struct store_options options = {.mode = STORE_READ};
    struct error error = {0};
    assert_false(store_open(fixture->folder, &options, &fixture->store, &error));
    assert_non_null(strstr(error.message, "no store"));
    fixture_open(fixture);
    struct mention *mentions = mentions_make(fixture, 0, 3, 50);
    fixture_store(fixture, "forum", mentions, 3);
    fixture_close(fixture);
    fixture_open_with(fixture, options);
    assert_int_equal(mention_count(fixture), 3);
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, 3);
    struct store_result result;
    assert_false(store_write(fixture->store, &batch, &result, &error));
    assert_non_null(strstr(error.message, "reading only"));
    assert_false(store_submit(fixture->store, &batch, NULL, NULL));
    fixture_verify(fixture);
}

static void files_are_for_the_owner_only(void **state) {
    struct fixture *fixture = *state;
    static const char *const names[] = {"data.mdb", "lock.mdb", "writer.lock"};
    char path[128];
    struct stat file;
    snprintf(path, sizeof path, "%s/a/b", fixture->folder);
    struct store_options options = {.mode = STORE_WRITE};
    assert_true(store_open(path, &options, &fixture->store, NULL));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0700);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/a/b/%s", fixture->folder, names[i]);
        assert_int_equal(stat(path, &file), 0);
        assert_int_equal(file.st_mode & 0777, 0600);
    }
}

/* Layout 2 has a thread that moved from .../90210/uno to another address, and one whose address has
 * no number: both are known again by what they were called. */
static void former_addresses_are_known(struct fixture *fixture) {
    static const char *const urls[] = {"https://forum.example/hilo/90210/uno",
                                       "https://forum.example/hilo/90211/dos",
                                       "https://forum.example/hilo/sin-numero"};
    static const int64_t published_ms[] = {1794991000000, 1794991000000, 1794992000000};
    for (size_t i = 0; i < 3; i++) {
        struct mention *mention = mentions_make(fixture, i, 1, 100);
        item_init(&mention->item);
        mention->item.url = span_of(urls[i]);
        mention->item.author = i < 2 ? SPAN("lola") : SPAN("pepe");
        mention->item.published_ms = published_ms[i];
        assert_int_equal(fixture_store(fixture, "foro", mention, 1).added, 0);
    }
}

/* Environments as earlier programs left them: layouts/N.mdb.gz holds seven mentions of two brands,
 * from layout 2 on three more with answers, former addresses and authors. */
static void older_layouts_are_brought_forward(void **state) {
    (void)state;
    for (unsigned layout = 1; layout < SCHEMA_VERSION; layout++) {
        struct fixture fixture;
        char command[200];
        struct error error = {0};
        fixture_init(&fixture);
        snprintf(command, sizeof command,
                 "gzip -dc tests/unit/store/layouts/%u.mdb.gz >%s/data.mdb", layout,
                 fixture.folder);
        assert_int_equal(system(command), 0);
        struct store_options reading = {.mode = STORE_READ};
        assert_false(store_open(fixture.folder, &reading, &fixture.store, &error));
        assert_non_null(strstr(error.message, "older layout"));
        fixture_open(&fixture);
        fixture_verify(&fixture);
        assert_int_equal(fixture_matches(&fixture, "acme"), 6);
        assert_int_equal(fixture_matches(&fixture, "livraison lang:fr"), 1);
        if (layout == 2) {
            former_addresses_are_known(&fixture);
        }
        fixture_close(&fixture);
        fixture_open_with(&fixture, reading);
        fixture_verify(&fixture);
        fixture_done(&fixture);
    }
}

static void newer_layout_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct environment *environment = NULL;
    struct store_options options = {.mode = STORE_WRITE};
    struct transaction transaction;
    struct error error = {0};
    assert_true(environment_open(fixture->folder, &options, &environment, NULL));
    assert_int_equal(environment_write(environment, &transaction), 0);
    schema_save(&transaction, SCHEMA_VERSION + 1);
    assert_int_equal(transaction_commit(&transaction), 0);
    environment_close(environment);
    assert_false(store_open(fixture->folder, &options, &fixture->store, &error));
    assert_non_null(strstr(error.message, "newer"));
    options.mode = STORE_READ;
    assert_false(store_open(fixture->folder, &options, &fixture->store, &error));
    assert_non_null(strstr(error.message, "newer"));
}

static void full_map_grows(void **state) {
    struct fixture *fixture = *state;
    fixture_open_with(fixture, (struct store_options){
                                   .mode = STORE_WRITE, .no_sync = true, .map_size = 256 * KIB});
    struct store_statistics before;
    struct store_statistics after;
    assert_true(store_statistics(fixture->store, &before, NULL));
    for (size_t i = 0; i < 30; i++) {
        struct mention *mentions = mentions_make(fixture, i * 100, 100, 500);
        assert_int_equal(fixture_store(fixture, "forum", mentions, 100).added, 100);
    }
    assert_true(store_statistics(fixture->store, &after, NULL));
    assert_true(after.bytes_map > before.bytes_map);
    assert_int_equal(after.mentions, 3000);
    assert_int_equal(after.clusters, 3000); /* nothing was remembered of the transactions undone */
    fixture_verify(fixture);
}

/* Another process reads while this one's map grows beyond the one that it opened with. */
static void reader_follows_a_grown_map(void **state) {
    struct fixture *fixture = *state;
    struct store_options small = {.mode = STORE_WRITE, .no_sync = true, .map_size = 256 * KIB};
    int to_child[2];
    int from_child[2];
    char byte = 0;
    assert_int_equal(pipe(to_child), 0);
    assert_int_equal(pipe(from_child), 0);
    fixture_open_with(fixture, small);
    fixture_close(fixture);
    pid_t child = fork();
    if (child == 0) {
        small.mode = STORE_READ;
        fixture_open_with(fixture, small);
        snapshot_close(fixture_snapshot(fixture));
        bool told = write(from_child[1], "o", 1) == 1 && read(to_child[0], &byte, 1) == 1;
        _exit(told && mention_count(fixture) == 1000 ? 0 : 1);
    }
    assert_int_equal(read(from_child[0], &byte, 1), 1);
    fixture_open_with(fixture, small);
    fixture_store(fixture, "forum", mentions_make(fixture, 0, 1000, 500), 1000);
    assert_int_equal(write(to_child[1], "g", 1), 1);
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(to_child[0]), close(to_child[1]), close(from_child[0]), close(from_child[1]);
}

static void full_disk_fails_clearly_and_recovers(void **state) {
    struct fixture *fixture = *state;
    fixture_open(fixture);
    fixture_store(fixture, "forum", mentions_make(fixture, 0, 100, 500), 100);
    struct rlimit before;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {600 * KIB, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    struct mention *mentions = mentions_make(fixture, 100, 3000, 500);
    mentions[0].item.text =
        SPAN("Acme takes back forty thousand kettles because their handles come "
             "off while pouring and eleven people were burnt");
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, 3000);
    struct store_result result;
    struct error error = {0};
    assert_false(store_write(fixture->store, &batch, &result, &error));
    assert_false(result.stored);
    assert_int_equal(error.kind, ERROR_STORE);
    assert_non_null(strstr(error.message, "nothing of this batch was stored"));
    assert_int_equal(mention_count(fixture), 100);
    fixture_verify(fixture);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    /* There is room again; and no copy is made of what was taken back. */
    fixture_store(fixture, "forum", mentions_make(fixture, 5000, 1, 500), 1);
    assert_true(store_write(fixture->store, &batch, &result, &error));
    assert_int_equal(result.added, 3000);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention first;
    assert_true(snapshot_mention(snapshot, 102, fixture->arena, &first));
    assert_int_equal(first.cluster, 102);
    snapshot_close(snapshot);
    fixture_verify(fixture);
}

/* --- Damage ----------------------------------------------------------------------------------- */

static void stored_sample(struct fixture *fixture) {
    fixture_open(fixture);
    fixture_store(fixture, "forum", mentions_make(fixture, 0, 400, 300), 400);
    fixture_close(fixture);
}

static void data_path(struct fixture *fixture, char path[128]) {
    snprintf(path, 128, "%s/data.mdb", fixture->folder);
}

/* Reads everything there is; whatever is wrong must be an error. In a child, since a crash is what
 * is looked for. True: all was fine; false: it was refused. */
static bool sample_reads(struct fixture *fixture, enum store_mode mode, unsigned long seed) {
    pid_t child = fork();
    if (child == 0) {
        alarm(60); /* a reader that hangs has crashed too */
        struct store_options options = {.mode = mode, .no_sync = true};
        uint64_t mentions = 0;
        struct error error;
        bool fine = store_open(fixture->folder, &options, &fixture->store, &error) &&
                    store_verify(fixture->store, &mentions, &error) && mentions == 400;
        _exit(fine ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        fail_msg("damage %lu: the reader crashed, or hung", seed);
    }
    return WEXITSTATUS(status) == 0;
}

static void truncated_file_is_refused(void **state) {
    struct fixture *fixture = *state;
    char path[128];
    struct stat file;
    stored_sample(fixture);
    data_path(fixture, path);
    assert_int_equal(stat(path, &file), 0);
    /* The very last pages may be free ones; a quarter of the file cannot be. */
    assert_int_equal(truncate(path, file.st_size - 4096), 0);
    sample_reads(fixture, STORE_READ, 0);
    for (off_t size = file.st_size * 3 / 4; size > 4096; size = size * 3 / 4) {
        assert_int_equal(truncate(path, size), 0);
        assert_false(sample_reads(fixture, STORE_READ, (unsigned long)size));
        assert_false(sample_reads(fixture, STORE_WRITE, (unsigned long)size));
    }
}

/* Turns a bit of the file over, every second time in a page's header; or cuts the file anywhere. */
static void file_damage(int descriptor, uint8_t *bytes, size_t size, unsigned long round) {
    uint64_t place = ((uint64_t)rand() << 31) + (uint64_t)rand();
    size_t at = (size_t)(place % (size - 16));
    if (round % 5 == 4) {
        assert_int_equal(ftruncate(descriptor, (off_t)at), 0);
        return;
    }
    at = round % 2 == 0 ? at / 4096 * 4096 : at;
    at += (size_t)rand() % 16;
    uint8_t flipped = bytes[at] ^ (uint8_t)(1 << rand() % 8);
    assert_int_equal(pwrite(descriptor, &flipped, 1, (off_t)at), 1);
}

static void damage_never_crashes(void **state) {
    struct fixture *fixture = *state;
    unsigned long rounds = getenv("FLIPS") ? strtoul(getenv("FLIPS"), NULL, 10) : 150;
    char path[128];
    struct stat file;
    stored_sample(fixture);
    data_path(fixture, path);
    assert_int_equal(stat(path, &file), 0);
    size_t size = (size_t)file.st_size;
    uint8_t *bytes = memory_new(size, 1);
    int descriptor = open(path, O_RDWR);
    assert_int_equal(pread(descriptor, bytes, size, 0), size);
    unsigned long refused = 0;
    for (unsigned long i = 0; i < rounds; i++) {
        srand((unsigned)i);
        file_damage(descriptor, bytes, size, i);
        refused += !sample_reads(fixture, i % 3 == 2 ? STORE_WRITE : STORE_READ, i);
        assert_int_equal(pwrite(descriptor, bytes, size, 0), size);
        assert_int_equal(ftruncate(descriptor, file.st_size), 0);
    }
    close(descriptor);
    free(bytes);
    print_message("%lu flips and truncations, %lu found\n", rounds, refused);
    assert_true(refused > rounds / 4);
    assert_true(sample_reads(fixture, STORE_READ, rounds));
}

/* --- Threads ---------------------------------------------------------------------------------- */

struct reading {
    struct fixture *fixture;
    bool stop;
    uint64_t rounds;
};

static bool count_entry(void *context, const struct timeline_entry *entry) {
    (void)entry;
    ++*(uint64_t *)context;
    return true;
}

/* Every view is consistent: the timeline has as many rows as the series count. */
static void *reading_run(void *context) {
    struct reading *reading = context;
    while (!__atomic_load_n(&reading->stop, __ATOMIC_ACQUIRE)) {
        struct arena *arena = arena_create();
        struct snapshot *snapshot = NULL;
        uint64_t rows = 0;
        size_t count = 0;
        assert_true(snapshot_open(reading->fixture->store, &snapshot, NULL));
        snapshot_timeline(snapshot, BRAND_ANY, DATE_NONE, DATE_NONE, true, count_entry, &rows);
        struct series_member *all =
            snapshot_members(snapshot, BRAND_ANY, SERIES_ALL, DATE_NONE, DATE_NONE, arena, &count);
        if ((count == 0 ? 0 : all[0].total.mentions) != rows) {
            abort();
        }
        snapshot_close(snapshot);
        arena_free(arena);
        reading->rounds++;
    }
    return NULL;
}

static void on_stored(void *context, const struct store_result *result) {
    if (result->stored) {
        __atomic_fetch_add((size_t *)context, 1, __ATOMIC_RELEASE);
    }
}

/* Readers come and go while batches are stored and a small map grows under them. */
static void readers_and_writer_agree(void **state) {
    struct fixture *fixture = *state;
    struct reading readings[2] = {{.fixture = fixture}, {.fixture = fixture}};
    pthread_t threads[2];
    struct store_batch batches[40];
    size_t stored = 0;
    fixture_open_with(fixture, (struct store_options){
                                   .mode = STORE_WRITE, .no_sync = true, .map_size = 256 * KIB});
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, reading_run, &readings[i]), 0);
    }
    for (size_t i = 0; i < 40; i++) {
        struct mention *mentions = mentions_make(fixture, i * 50, 50, 200);
        batches[i] = fixture_batch(fixture, "forum", mentions, 50);
        while (!store_submit(fixture->store, &batches[i], on_stored, &stored)) {
            pause_us(1000);
        }
        pause_us(500);
    }
    while (__atomic_load_n(&stored, __ATOMIC_ACQUIRE) < 40) {
        pause_us(1000);
    }
    for (size_t i = 0; i < 2; i++) {
        __atomic_store_n(&readings[i].stop, true, __ATOMIC_RELEASE);
        pthread_join(threads[i], NULL);
        assert_true(readings[i].rounds > 0);
    }
    assert_int_equal(mention_count(fixture), 2000);
    fixture_verify(fixture);
}

/* The queue refuses rather than grows; everything taken is stored before closing. */
static void full_queue_refuses(void **state) {
    struct fixture *fixture = *state;
    size_t stored = 0;
    size_t taken = 0;
    fixture_open(fixture);
    struct mention *mentions = mentions_make(fixture, 0, 50, 200);
    struct store_batch batch = fixture_batch(fixture, "forum", mentions, 50);
    bool room = true;
    for (size_t i = 0; i < 100000 && room; i++) {
        room = store_submit(fixture->store, &batch, on_stored, &stored);
        taken += room;
    }
    assert_false(room);
    fixture_close(fixture);
    assert_int_equal(stored, taken);
    fixture_open(fixture);
    assert_int_equal(mention_count(fixture), 50);
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(second_writer_is_refused_by_name), TEST(reading_needs_a_store),
        TEST(files_are_for_the_owner_only),     TEST(older_layouts_are_brought_forward),
        TEST(newer_layout_is_refused),          TEST(full_map_grows),
        TEST(reader_follows_a_grown_map),       TEST(full_disk_fails_clearly_and_recovers),
        TEST(truncated_file_is_refused),        TEST(damage_never_crashes),
        TEST(readers_and_writer_agree),         TEST(full_queue_refuses),
    };
    return cmocka_run_group_tests_name("store/environment", tests, NULL, NULL);
}
