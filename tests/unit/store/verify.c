/* store_verify() notices every table that was tampered with, and every page that lies. */
#include "tests/unit/store/fixture.h"

#include "store/environment.h"
#include "store/meta.h"
#include "store/pack.h"
#include "store/rows.h"

#include <fcntl.h>

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

static const char *const story =
    "Acme takes back forty thousand kettles because their handles come "
    "off while pouring and eleven people were burnt";

/* Mentions in two stories, one purged, one deleted; closed again. */
static void sample_store(struct fixture *fixture) {
    struct mention mentions[6];
    for (int i = 0; i < 6; i++) {
        char id[16];
        snprintf(id, sizeof id, "%d", 1000 + i);
        mentions[i] = fixture_mention(fixture, id, i < 3 ? story : id, i % 3, 0.5);
        mentions[i].item.published_ms += i;
    }
    mentions[5].item.published_ms -= 50 * DAY_MS;
    mentions[5].fetched_ms -= 50 * DAY_MS;
    fixture_open(fixture);
    fixture_store(fixture, "forum", mentions, 6);
    mentions[4].item.deleted = true;
    fixture_store(fixture, "forum", mentions + 4, 1);
    struct store_term term = fixture_term();
    term.mention_before_ms = fixture->now_ms - 40 * DAY_MS;
    assert_int_equal(fixture_retain(fixture, term).purged, 1);
    fixture_verify(fixture);
    fixture_close(fixture);
}

enum tampering { TAMPER_DROP, TAMPER_CHANGE, TAMPER_ADD };

/* The same with the first row of the first block, the block's checksum right. */
static void packed_tamper(struct transaction *transaction, enum table table,
                          enum tampering tampering) {
    struct row_cursor cursor;
    char value[ROW_VALUE_MAX];
    struct rows *rows = rows_create(table);
    row_cursor_open(&cursor, transaction, table);
    assert_true(row_cursor_seek(&cursor, (struct row_key){0, 0}));
    struct row_key key = cursor.key;
    struct span copied = {value, cursor.value.size};
    memcpy(value, cursor.value.data, cursor.value.size);
    row_cursor_close(&cursor);
    if (tampering == TAMPER_DROP) {
        rows_drop(rows, key);
    } else {
        value[copied.size - 1] ^= tampering == TAMPER_CHANGE ? 2 : 0;
        key.low ^= tampering == TAMPER_ADD ? 0x40 : 0;
        rows_put(rows, key, copied);
    }
    rows_flush(rows, transaction);
    rows_free(rows);
}

/* Drops the first row, changes its last byte, or adds one like it under the next key. */
static void row_tamper(struct transaction *transaction, enum table table,
                       enum tampering tampering) {
    struct cursor cursor;
    char key[64];
    char value[4096];
    cursor_open(&cursor, transaction, table);
    assert_true(cursor_first(&cursor));
    struct span copied_key = {key, cursor.key.size};
    struct span copied_value = {value, cursor.value.size};
    memcpy(key, cursor.key.data, cursor.key.size);
    memcpy(value, cursor.value.data, cursor.value.size);
    cursor_close(&cursor);
    if (tampering == TAMPER_DROP) {
        transaction_delete(transaction, table, copied_key);
        return;
    }
    if (tampering == TAMPER_CHANGE) {
        value[copied_value.size - 1] ^= 2;
    } else {
        key[copied_key.size - 1] ^= 0x40;
    }
    transaction_put(transaction, table, copied_key, copied_value);
}

struct tampering_case {
    enum table table;
    enum tampering tampering;
};

typedef void tamperer(struct transaction *transaction, enum table table, enum tampering tampering);

static void tampering_is_noticed(struct fixture *fixture, const struct tampering_case *tampered,
                                 tamperer *tamper) {
    struct store_options options = {.mode = STORE_WRITE, .no_sync = true};
    struct environment *environment = NULL;
    struct transaction transaction;
    uint64_t mentions = 0;
    struct error error = {0};
    folder_remove(fixture->folder);
    sample_store(fixture);
    assert_true(environment_open(fixture->folder, &options, &environment, NULL));
    assert_int_equal(environment_write(environment, &transaction), 0);
    tamper(&transaction, tampered->table, tampered->tampering);
    assert_int_equal(transaction_commit(&transaction), 0);
    environment_close(environment);
    fixture_open(fixture);
    if (store_verify(fixture->store, &mentions, &error)) {
        fail_msg("%s tampered with (%d), not noticed", table_names[tampered->table],
                 tampered->tampering);
    }
    assert_int_equal(error.kind, ERROR_STORE);
    fixture_close(fixture);
}

static void tables_are_recounted(void **state) {
    static const struct tampering_case cases[] = {
        {TABLE_MENTIONS, TAMPER_DROP},   {TABLE_MENTIONS, TAMPER_CHANGE},
        {TABLE_IDENTITY, TAMPER_DROP},   {TABLE_IDENTITY, TAMPER_CHANGE},
        {TABLE_TIMELINE, TAMPER_DROP},   {TABLE_TIMELINE, TAMPER_CHANGE},
        {TABLE_TIMELINE, TAMPER_ADD},    {TABLE_SERIES, TAMPER_DROP},
        {TABLE_SERIES, TAMPER_CHANGE},   {TABLE_SERIES, TAMPER_ADD},
        {TABLE_RESIDUE, TAMPER_DROP},    {TABLE_RESIDUE, TAMPER_CHANGE},
        {TABLE_CLUSTERS, TAMPER_DROP},   {TABLE_CLUSTERS, TAMPER_CHANGE},
        {TABLE_CLUSTERS, TAMPER_ADD},    {TABLE_SKETCHES, TAMPER_DROP},
        {TABLE_SKETCHES, TAMPER_CHANGE}, {TABLE_SKETCHES, TAMPER_ADD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tampering_is_noticed(*state, &cases[i], row_tamper);
    }
}

static void packed_rows_are_recounted(void **state) {
    static const struct tampering_case cases[] = {
        {TABLE_IDENTITY, TAMPER_DROP}, {TABLE_IDENTITY, TAMPER_CHANGE},
        {TABLE_TIMELINE, TAMPER_DROP}, {TABLE_TIMELINE, TAMPER_CHANGE},
        {TABLE_TIMELINE, TAMPER_ADD},  {TABLE_SERIES, TAMPER_DROP},
        {TABLE_SERIES, TAMPER_CHANGE}, {TABLE_SERIES, TAMPER_ADD},
        {TABLE_RESIDUE, TAMPER_DROP},  {TABLE_RESIDUE, TAMPER_CHANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tampering_is_noticed(*state, &cases[i], packed_tamper);
    }
}

static void counters_are_recounted(void **state) {
    struct fixture *fixture = *state;
    for (size_t i = 0; i < 6; i++) {
        struct store_options options = {.mode = STORE_WRITE, .no_sync = true};
        struct environment *environment = NULL;
        struct transaction transaction;
        struct counters counters;
        uint64_t mentions = 0;
        folder_remove(fixture->folder);
        sample_store(fixture);
        assert_true(environment_open(fixture->folder, &options, &environment, NULL));
        assert_int_equal(environment_write(environment, &transaction), 0);
        counters_load(&transaction, &counters);
        uint64_t *list[] = {&counters.last_sequence, &counters.live,   &counters.unmatched,
                            &counters.tombstones,    &counters.purged, &counters.stories};
        ++*list[i];
        counters_save(&transaction, &counters);
        assert_int_equal(transaction_commit(&transaction), 0);
        environment_close(environment);
        fixture_open(fixture);
        assert_false(store_verify(fixture->store, &mentions, NULL));
        fixture_close(fixture);
    }
}

/* --- Bytes of the file ------------------------------------------------------------------------ */

#define PAGE 4096

struct file { /* data.mdb in memory, to be changed and written back */
    char path[128];
    uint8_t *bytes;
    size_t size;
};

static void file_load(struct fixture *fixture, struct file *file) {
    struct stat status;
    snprintf(file->path, sizeof file->path, "%s/data.mdb", fixture->folder);
    int descriptor = open(file->path, O_RDONLY);
    assert_true(descriptor >= 0 && fstat(descriptor, &status) == 0);
    file->size = (size_t)status.st_size;
    file->bytes = memory_new(file->size, 1);
    assert_int_equal(read(descriptor, file->bytes, file->size), (ssize_t)file->size);
    close(descriptor);
}

static void file_save(struct file *file) {
    int descriptor = open(file->path, O_WRONLY);
    assert_int_equal(write(descriptor, file->bytes, file->size), (ssize_t)file->size);
    close(descriptor);
    free(file->bytes);
}

/* The first record, as it stands in the file; the store is closed. */
static struct span first_record(struct fixture *fixture) {
    struct store_options options = {.mode = STORE_READ};
    struct environment *environment = NULL;
    struct transaction transaction;
    struct cursor cursor;
    assert_true(environment_open(fixture->folder, &options, &environment, NULL));
    assert_true(environment_read(environment, &transaction, NULL));
    cursor_open(&cursor, &transaction, TABLE_MENTIONS);
    assert_true(cursor_first(&cursor));
    struct span record = arena_copy(fixture->arena, cursor.value);
    cursor_close(&cursor);
    environment_read_end(environment, &transaction);
    environment_close(environment);
    return record;
}

static void flipped_text_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct file file;
    size_t flips = 0;
    sample_store(fixture);
    struct span record = first_record(fixture);
    file_load(fixture, &file);
    for (size_t i = 0; i + record.size <= file.size; i++) { /* in every copy of the page */
        if (memcmp(file.bytes + i, record.data, record.size) == 0) {
            file.bytes[i + record.size - 10] ^= 4;
            flips++;
        }
    }
    assert_true(flips > 0);
    file_save(&file);
    fixture_open(fixture);
    struct snapshot *snapshot = fixture_snapshot(fixture);
    struct mention mention;
    uint64_t mentions = 0;
    struct error error = {0};
    assert_true(snapshot_check(snapshot, NULL));
    assert_false(snapshot_mention(snapshot, 1, fixture->arena, &mention));
    assert_false(snapshot_check(snapshot, &error));
    assert_non_null(strstr(error.message, "damaged"));
    snapshot_close(snapshot);
    assert_false(store_verify(fixture->store, &mentions, &error));
    assert_non_null(strstr(error.message, "record is damaged"));
}

static uint16_t word_at(const uint8_t *bytes) {
    uint16_t value = 0;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* Applies `change` to every page with these flags; how many there were. */
static size_t pages_change(struct file *file, unsigned flags, void (*change)(uint8_t *page)) {
    size_t count = 0;
    for (size_t at = 2 * PAGE; at + PAGE <= file->size; at += PAGE) {
        if (word_at(file->bytes + at + 10) == flags && word_at(file->bytes + at + 12) > 18) {
            change(file->bytes + at);
            count++;
        }
    }
    return count;
}

static void entry_outside(uint8_t *page) {
    page[17] = 0xFF; /* offset of the first entry */
}

static void entry_in_the_way(uint8_t *page) {
    page[16] = 18; /* among the offsets */
    page[17] = 0;
}

static void entry_too_long(uint8_t *page) {
    uint8_t *node = page + word_at(page + 16);
    node[2] = 1; /* high half of its size */
}

static void children_alike(uint8_t *page) {
    uint8_t *first = page + word_at(page + 16);
    uint8_t *second = page + word_at(page + 18);
    memcpy(second, first, 6);
}

static void keys_swapped(uint8_t *page) {
    uint8_t kept[2];
    memcpy(kept, page + 16, 2);
    memcpy(page + 16, page + 18, 2);
    memcpy(page + 18, kept, 2);
}

static void pages_that_lie_are_refused(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        unsigned flags;
        void (*change)(uint8_t *page);
        const char *why;
    } cases[] = {{2, entry_outside, "outside of itself"},
                 {2, entry_in_the_way, "outside of itself"},
                 {2, entry_too_long, "outside of itself"},
                 {1, children_alike, "used twice"},
                 {2, keys_swapped, "out of order"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct store_options options = {.mode = STORE_READ};
        struct file file;
        struct error error = {0};
        folder_remove(fixture->folder);
        fixture_open(fixture);
        for (int j = 0; j < 100; j++) { /* enough for branch pages */
            char id[16];
            snprintf(id, sizeof id, "%d", 100 + j);
            struct mention mention = fixture_mention(fixture, id, story, j % 3, 0.1);
            mention.item.published_ms += j;
            fixture_store(fixture, "forum", &mention, 1);
        }
        fixture_close(fixture);
        file_load(fixture, &file);
        if (pages_change(&file, cases[i].flags, cases[i].change) == 0) {
            fail_msg("case %zu: no such page", i);
        }
        file_save(&file);
        assert_false(store_open(fixture->folder, &options, &fixture->store, &error));
        if (strstr(error.message, cases[i].why) == NULL) {
            fail_msg("case %zu: %s", i, error.message);
        }
    }
}

/* Both newest commits claim far more pages than the file has. */
static void impossible_length_is_refused(void **state) {
    struct fixture *fixture = *state;
    struct store_options options = {.mode = STORE_READ};
    struct error error = {0};
    struct file file;
    sample_store(fixture);
    file_load(fixture, &file);
    file.bytes[136 + 3] = 1;
    file.bytes[PAGE + 136 + 3] = 1;
    file_save(&file);
    assert_false(store_open(fixture->folder, &options, &fixture->store, &error));
    assert_non_null(strstr(error.message, "cut short"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(tables_are_recounted),       TEST(packed_rows_are_recounted),
        TEST(counters_are_recounted),     TEST(flipped_text_is_refused),
        TEST(pages_that_lie_are_refused), TEST(impossible_length_is_refused),
    };
    return cmocka_run_group_tests_name("store/verify", tests, NULL, NULL);
}
