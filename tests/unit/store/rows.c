/* Rows in blocks against a plain sorted list of them. */
#include "tests/unit/store/fixture.h"

#include "store/environment.h"
#include "store/rows.h"

#define KEYS 4096
#define ROUNDS 60
#define NONE UINT32_MAX

struct model {
    struct environment *environment;
    struct row_key keys[KEYS]; /* ascending */
    uint32_t values[KEYS];     /* NONE: there is no such row */
    uint64_t random;
};

static uint64_t chance(struct model *model, uint64_t below) {
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return model->random % below;
}

/* Eight scopes; near and far neighbours within them. */
static void model_init(struct model *model, struct fixture *fixture) {
    struct store_options options = {.mode = STORE_WRITE, .no_sync = true};
    struct row_key key = {0, 0};
    *model = (struct model){.random = 88172645463325252u};
    for (size_t i = 0; i < KEYS; i++) {
        key.low += 1 + chance(model, chance(model, 4) == 0 ? 1u << 30 : 300);
        key.high += chance(model, 10) == 0 ? chance(model, 5000) : 0;
        key.high = i % (KEYS / 8) == 0 ? (uint64_t)i << 32 : key.high;
        model->keys[i] = key;
        model->values[i] = NONE;
    }
    assert_true(environment_open(fixture->folder, &options, &model->environment, NULL));
}

static struct span value_of(const struct model *model, size_t index, char bytes[ROW_VALUE_MAX]) {
    size_t size = model->values[index] % (ROW_VALUE_MAX + 1);
    memset(bytes, (int)(index + model->values[index]), ROW_VALUE_MAX);
    return (struct span){bytes, size};
}

static void change_one(struct model *model, struct rows *rows, size_t index, bool drop) {
    char bytes[ROW_VALUE_MAX];
    model->values[index] = drop ? NONE : (uint32_t)chance(model, 100000);
    if (drop) {
        rows_drop(rows, model->keys[index]);
    } else {
        rows_put(rows, model->keys[index], value_of(model, index, bytes));
    }
}

static bool row_is(const struct model *model, size_t index, struct span value) {
    char bytes[ROW_VALUE_MAX];
    return model->values[index] != NONE && span_equal(value, value_of(model, index, bytes));
}

/* Scattered, growing at one end, or all of a scope gone. */
static void change_some(struct model *model, struct rows *rows, struct transaction *transaction) {
    struct span value;
    uint64_t kind = chance(model, 4);
    size_t count = chance(model, kind == 0 ? 5 : 600);
    size_t at = chance(model, KEYS);
    for (size_t i = 0; i < count; i++) {
        at = kind < 2 ? chance(model, KEYS) : (at + 1) % KEYS;
        change_one(model, rows, at, kind == 3 || chance(model, 4) == 0);
        size_t asked = chance(model, KEYS);
        bool found = rows_find(rows, transaction, model->keys[asked], &value);
        assert_true(found == (model->values[asked] != NONE));
        assert_true(!found || row_is(model, asked, value));
    }
}

static void compare_walks(const struct model *model, struct transaction *transaction) {
    struct row_cursor cursor;
    row_cursor_open(&cursor, transaction, TABLE_TIMELINE);
    bool more = row_cursor_seek(&cursor, (struct row_key){0, 0});
    for (size_t i = 0; i < KEYS; i++) {
        if (model->values[i] != NONE) {
            assert_true(more && row_key_compare(cursor.key, model->keys[i]) == 0);
            assert_true(row_is(model, i, cursor.value));
            more = row_cursor_next(&cursor);
        }
    }
    assert_false(more);
    more = row_cursor_seek_before(&cursor, (struct row_key){UINT64_MAX, UINT64_MAX});
    for (size_t i = KEYS; i > 0; i--) {
        if (model->values[i - 1] != NONE) {
            assert_true(more && row_key_compare(cursor.key, model->keys[i - 1]) == 0);
            more = row_cursor_previous(&cursor);
        }
    }
    assert_false(more);
    row_cursor_close(&cursor);
}

static void compare_one(struct model *model, struct transaction *transaction, size_t index) {
    struct row_cursor cursor;
    struct span value;
    size_t after = index;
    size_t before = index;
    bool found = rows_get(transaction, TABLE_TIMELINE, model->keys[index], &value);
    assert_true(found == (model->values[index] != NONE));
    assert_true(!found || row_is(model, index, value));
    while (after < KEYS && model->values[after] == NONE) {
        after++;
    }
    while (before > 0 && model->values[before - 1] == NONE) {
        before--;
    }
    row_cursor_open(&cursor, transaction, TABLE_TIMELINE);
    bool more = row_cursor_seek(&cursor, model->keys[index]);
    assert_true(more == (after < KEYS));
    assert_true(!more || row_key_compare(cursor.key, model->keys[after]) == 0);
    more = row_cursor_seek_before(&cursor, model->keys[index]);
    assert_true(more == (before > 0));
    assert_true(!more || row_key_compare(cursor.key, model->keys[before - 1]) == 0);
    row_cursor_close(&cursor);
}

static void rows_are_their_model(void **state) {
    struct model *model = NEW(struct model);
    struct rows *rows = rows_create(TABLE_TIMELINE);
    model_init(model, *state);
    for (size_t round = 0; round < ROUNDS; round++) {
        struct transaction transaction;
        assert_int_equal(environment_write(model->environment, &transaction), 0);
        change_some(model, rows, &transaction);
        rows_flush(rows, &transaction);
        compare_walks(model, &transaction);
        for (size_t i = 0; i < 100; i++) {
            compare_one(model, &transaction, chance(model, KEYS));
        }
        assert_int_equal(transaction_commit(&transaction), 0);
    }
    rows_free(rows);
    environment_close(model->environment);
    free(model);
}

/* Fills the table in transactions of `step` rows, then says which share of the blocks is used. */
static double filled(struct fixture *fixture, size_t step, bool ascending) {
    struct model *model = NEW(struct model);
    struct rows *rows = rows_create(TABLE_TIMELINE);
    struct transaction transaction;
    struct cursor cursor;
    double bytes = 0;
    double blocks = 0;
    folder_remove(fixture->folder);
    model_init(model, fixture);
    assert_int_equal(environment_write(model->environment, &transaction), 0);
    for (size_t i = 0; i < KEYS; i++) {
        struct row_key key = {1, ascending ? i * 1000 : chance(model, UINT32_MAX)};
        rows_put(rows, key, SPAN("a value of some thirty bytes...."));
        if (i % step == 0) {
            rows_flush(rows, &transaction);
        }
    }
    rows_flush(rows, &transaction);
    cursor_open(&cursor, &transaction, TABLE_TIMELINE);
    for (bool more = cursor_first(&cursor); more; more = cursor_next(&cursor)) {
        bytes += (double)cursor.value.size;
        blocks++;
    }
    cursor_close(&cursor);
    transaction_abort(&transaction);
    rows_free(rows);
    environment_close(model->environment);
    free(model);
    return bytes / (blocks * BLOCK_MOST);
}

static void what_grows_at_its_end_is_packed_full(void **state) {
    assert_true(filled(*state, 1, true) > 0.88);
    assert_true(filled(*state, 100, true) > 0.88);
    assert_true(filled(*state, 1, false) > 0.6);
    assert_true(filled(*state, 10000, false) > 0.88); /* all at once */
}

/* Values of one size and of several, the longest among them. */
static void sizes_are_kept(void **state) {
    static const size_t sizes[][3] = {
        {0, 0, 0}, {7, 7, 7}, {ROW_VALUE_MAX, ROW_VALUE_MAX, ROW_VALUE_MAX}, {ROW_VALUE_MAX, 0, 1}};
    char bytes[ROW_VALUE_MAX];
    struct model *model = NEW(struct model);
    struct rows *rows = rows_create(TABLE_TIMELINE);
    model_init(model, *state);
    memset(bytes, 'v', sizeof bytes);
    for (size_t round = 0; round < sizeof sizes / sizeof sizes[0]; round++) {
        struct transaction transaction;
        assert_int_equal(environment_write(model->environment, &transaction), 0);
        for (size_t i = 0; i < 3; i++) {
            rows_put(rows, model->keys[i], (struct span){bytes, sizes[round][i]});
        }
        rows_flush(rows, &transaction);
        for (size_t i = 0; i < 3; i++) {
            struct span value;
            assert_true(rows_get(&transaction, TABLE_TIMELINE, model->keys[i], &value));
            assert_int_equal(value.size, sizes[round][i]);
        }
        transaction_abort(&transaction);
    }
    rows_free(rows);
    environment_close(model->environment);
    free(model);
}

static void damaged_blocks_are_refused(void **state) {
    struct model *model = NEW(struct model);
    struct rows *rows = rows_create(TABLE_TIMELINE);
    model_init(model, *state);
    for (size_t flip = 0; flip < 60; flip++) {
        struct transaction transaction;
        struct row_cursor cursor;
        struct span value;
        char block[BLOCK_MOST];
        assert_int_equal(environment_write(model->environment, &transaction), 0);
        for (size_t i = 0; i < 3; i++) {
            rows_put(rows, model->keys[i], SPAN("0123456789"));
        }
        rows_flush(rows, &transaction);
        struct key key = row_key_bytes(model->keys[0]);
        assert_true(transaction_get(&transaction, TABLE_TIMELINE, key_span(&key), &value));
        memcpy(block, value.data, value.size);
        block[flip % value.size] ^= (char)(1 << flip % 7);
        transaction_put(&transaction, TABLE_TIMELINE, key_span(&key),
                        (struct span){block, value.size});
        row_cursor_open(&cursor, &transaction, TABLE_TIMELINE);
        assert_false(row_cursor_seek(&cursor, model->keys[0]));
        row_cursor_close(&cursor);
        assert_int_equal(transaction.failure, MDB_CORRUPTED);
        transaction.failure = 0;
        assert_false(rows_get(&transaction, TABLE_TIMELINE, model->keys[1], &value));
        assert_int_equal(transaction.failure, MDB_CORRUPTED);
        transaction.failure = 0;
        rows_put(rows, model->keys[1], SPAN(""));
        rows_flush(rows, &transaction);
        assert_int_equal(transaction.failure, MDB_CORRUPTED);
        transaction_abort(&transaction);
    }
    rows_free(rows);
    environment_close(model->environment);
    free(model);
}

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_their_model, setup, teardown),
        cmocka_unit_test_setup_teardown(what_grows_at_its_end_is_packed_full, setup, teardown),
        cmocka_unit_test_setup_teardown(sizes_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_blocks_are_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
