/* base/arena: zeroed, aligned, apart; under AddressSanitizer an overrun between neighbours stops. */
#include "base/arena.h"
#include "tests/unit/test.h"

#include <stdalign.h>

#if defined(__SANITIZE_ADDRESS__)
#define HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_ASAN 1
#endif
#endif
#ifdef HAS_ASAN
#include <sanitizer/asan_interface.h>
#endif

static void test_memory_is_zeroed_and_aligned(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = arena_allocate(arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(memory[i], 0);
        }
        if (size > 0) {
            memset(memory, 0xA5, size);
        }
    }
    arena_reset(arena);
    unsigned char *again = arena_allocate(arena, 4000);
    for (size_t i = 0; i < 4000; i++) {
        assert_int_equal(again[i], 0); /* though it was written to before the reset */
    }
    arena_free(arena);
    arena_free(NULL);
}

static void test_allocations_do_not_touch(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    enum { COUNT = 2000 };
    unsigned char *list[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        list[i] = arena_allocate(arena, i % 97 + 1);
        memset(list[i], (int)(i & 0xFF), i % 97 + 1);
    }
    unsigned char *large = arena_allocate(arena, 5u << 20);
    memset(large, 0xFF, 5u << 20);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t k = 0; k <= i % 97; k++) {
            assert_int_equal(list[i][k], i & 0xFF);
        }
    }
    assert_true(arena_used(arena) >= 5u << 20);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
}

static void test_growing(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    int *list = NULL;
    size_t capacity = 0;
    for (int i = 0; i < 10000; i++) {
        list = arena_grow(arena, list, (size_t)i, &capacity, sizeof *list);
        assert_true(capacity > (size_t)i);
        list[i] = i;
    }
    for (int i = 0; i < 10000; i++) {
        assert_int_equal(list[i], i);
    }
    arena_free(arena);
}

static void test_copies_end_with_a_nul(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct span copy = arena_copy(arena, SPAN("a\0b"));
    assert_int_equal(copy.size, 3);
    assert_memory_equal(copy.data, "a\0b", 4);
    copy = arena_copy(arena, span_of(NULL));
    assert_int_equal(copy.size, 0);
    assert_string_equal(copy.data, "");
    assert_string_equal(arena_copy_string(arena, SPAN("text")), "text");
    struct span text = arena_print(arena, "%d %s", 7, "of nine");
    assert_span_equal(text, "7 of nine");
    assert_int_equal(text.data[text.size], '\0');
    arena_free(arena);
}

static void test_joining(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const struct span parts[] = {SPAN("a"), SPAN(""), {NULL, 0}, SPAN("b")};
    assert_span_equal(arena_join(arena, parts, 4, ", "), "a, , , b");
    assert_span_equal(arena_join(arena, parts, 4, ""), "ab");
    assert_span_equal(arena_join(arena, parts, 1, ", "), "a");
    assert_span_equal(arena_join(arena, parts, 0, ", "), "");
    arena_free(arena);
}

#ifdef HAS_ASAN
static void test_gaps_are_poisoned(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    for (size_t size = 1; size < 200; size++) {
        char *first = arena_allocate(arena, size);
        char *second = arena_allocate(arena, size);
        assert_null(__asan_region_is_poisoned(first, size));
        assert_null(__asan_region_is_poisoned(second, size));
        assert_true(__asan_address_is_poisoned(first + size));
        assert_true(__asan_address_is_poisoned(second + size));
        assert_true(__asan_address_is_poisoned(second - 1));
    }
    char *kept = arena_allocate(arena, 10);
    arena_reset(arena);
    assert_true(__asan_address_is_poisoned(kept));
    arena_free(arena);
}
#else
static void test_gaps_are_poisoned(void **state) {
    (void)state;
    skip(); /* needs BUILD=asan */
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_is_zeroed_and_aligned),
        cmocka_unit_test(test_allocations_do_not_touch),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_copies_end_with_a_nul),
        cmocka_unit_test(test_joining),
        cmocka_unit_test(test_gaps_are_poisoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
