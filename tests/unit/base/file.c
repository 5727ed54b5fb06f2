/* Whole files, read and written, and what cannot be. */
#include "base/file.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <unistd.h>

static const char path[] = "/tmp/earshot-file-test.XXXXXX";

static int set_up(void **state) {
    char *made = memory_copy_string(path);
    int file = mkstemp(made);
    assert_true(file >= 0);
    close(file);
    *state = made;
    return 0;
}

static int tear_down(void **state) {
    unlink(*state);
    free(*state);
    return 0;
}

static void what_is_written_is_read(void **state) {
    struct arena *arena = arena_create();
    struct span text;
    struct error error;
    struct span binary = {"a\0b\n", 4};
    assert_true(file_write(*state, binary, &error));
    assert_true(file_read(*state, 100, arena, &text, &error));
    assert_int_equal(text.size, 4);
    assert_memory_equal(text.data, binary.data, 5);                  /* and a NUL behind it */
    assert_true(file_write(*state, (struct span){NULL, 0}, &error)); /* anew, not appended */
    assert_true(file_read(*state, 100, arena, &text, &error));
    assert_int_equal(text.size, 0);
    arena_free(arena);
}

static void a_ceiling_is_an_error_of_its_kind(void **state) {
    struct arena *arena = arena_create();
    struct span text;
    struct error error;
    assert_true(file_write(*state, SPAN("0123456789"), &error));
    assert_true(file_read(*state, 10, arena, &text, &error));
    assert_false(file_read(*state, 9, arena, &text, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    arena_free(arena);
}

static void what_is_not_there_says_so(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct span text;
    struct error error;
    assert_false(file_read("/nonexistent/file", 9, arena, &text, &error));
    assert_int_equal(error.code, ENOENT);
    assert_false(file_write("/nonexistent/file", SPAN("x"), &error));
    assert_int_equal(error.code, ENOENT);
    assert_false(file_read("/", 9, arena, &text, &error)); /* a folder opens, but cannot be read */
    assert_int_equal(error.kind, ERROR_SYSTEM);
    arena_free(arena);
}

static void a_new_file_overwrites_nothing(void **state) {
    struct arena *arena = arena_create();
    struct span text;
    struct error error;
    assert_true(file_write(*state, SPAN("old"), &error));
    assert_false(file_create(*state, SPAN("new"), &error));
    assert_int_equal(error.code, EEXIST);
    assert_true(file_read(*state, 100, arena, &text, &error));
    assert_true(span_equal(text, SPAN("old")));
    assert_int_equal(unlink(*state), 0);
    assert_true(file_create(*state, SPAN("new"), &error));
    assert_true(file_read(*state, 100, arena, &text, &error));
    assert_true(span_equal(text, SPAN("new")));
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_written_is_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_ceiling_is_an_error_of_its_kind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_new_file_overwrites_nothing, set_up, tear_down),
        cmocka_unit_test(what_is_not_there_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
