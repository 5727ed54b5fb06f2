/* base/yaml: places, refusals, and documents made to hurt. */
#include "base/yaml.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "tests/unit/test.h"

static int setup(void **state) {
    *state = arena_create();
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static struct yaml_node *parsed(struct arena *arena, const char *text) {
    struct yaml_node *root = NULL;
    struct error error = {0};
    if (!yaml_parse(span_of(text), arena, &root, &error)) {
        fail_msg("%u:%u: %s", error.line, error.column, error.message);
    }
    return root;
}

static void test_reads_scalars_as_text(void **state) {
    struct yaml_node *root = parsed(*state, "a: no\nb: \"x\\ty\"\nc: 'it''s'\nd: |\n  one\n  two\n"
                                            "e: 007\nf:\ng: >-\n  folded\n  text\n");
    assert_int_equal(root->type, YAML_MAPPING);
    assert_int_equal(root->count, 7);
    assert_span_equal(yaml_get(root, "a")->scalar, "no");
    assert_false(yaml_get(root, "a")->quoted);
    assert_span_equal(yaml_get(root, "b")->scalar, "x\ty");
    assert_true(yaml_get(root, "b")->quoted);
    assert_span_equal(yaml_get(root, "c")->scalar, "it's");
    assert_span_equal(yaml_get(root, "d")->scalar, "one\ntwo\n");
    assert_true(yaml_get(root, "d")->quoted);
    assert_span_equal(yaml_get(root, "e")->scalar, "007");
    assert_span_equal(yaml_get(root, "f")->scalar, "");
    assert_span_equal(yaml_get(root, "g")->scalar, "folded text");
    assert_null(yaml_get(root, "h"));
    assert_null(yaml_get(yaml_get(root, "a"), "a"));
}

static void assert_place(const struct yaml_node *node, unsigned line, unsigned column) {
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
}

static void test_knows_every_place(void **state) {
    struct yaml_node *root = parsed(*state, "top: 1\n"
                                            "\"日本\t\": {inner: \"é\", list: [1, {x: y}, a: b]}\n"
                                            "block:\n"
                                            "  - k: v\n"
                                            "    l:\n"
                                            "  -\n"
                                            "  - plain\n"
                                            "  - |\n"
                                            "     text\n"
                                            "  - 'quoted'\n");
    assert_place(root, 1, 1);
    assert_place(root->keys[0], 1, 1);
    assert_place(root->list[0], 1, 6);
    assert_place(root->keys[1], 2, 1);
    struct yaml_node *flow = root->list[1];
    assert_place(flow, 2, 8);
    assert_place(flow->keys[0], 2, 9);
    assert_place(flow->list[0], 2, 16);
    struct yaml_node *list = flow->list[1];
    assert_place(list, 2, 27);
    assert_place(list->list[0], 2, 28);
    assert_place(list->list[1], 2, 31);
    assert_place(list->list[2], 2, 39);
    assert_place(list->list[2]->keys[0], 2, 39);
    assert_place(list->list[2]->list[0], 2, 42);
    struct yaml_node *block = root->list[2];
    assert_place(block, 4, 3);
    assert_place(block->list[0], 4, 5);
    assert_place(block->list[0]->keys[1], 5, 5);
    assert_int_equal(block->list[0]->list[1]->line, 5);
    assert_span_equal(block->list[1]->scalar, "");
    assert_place(block->list[2], 7, 5);
    assert_place(block->list[3], 9, 6);
    assert_place(block->list[4], 10, 5);
}

static void test_line_ends_of_other_systems(void **state) {
    struct yaml_node *root = parsed(*state, "\xEF\xBB\xBF"
                                            "a: 1\r\nb: 2\r\nc: 3\r\n");
    assert_int_equal(root->count, 3);
    assert_span_equal(yaml_get(root, "a")->scalar, "1");
    assert_place(root->keys[0], 1, 1);
    assert_place(root->list[2], 3, 4);
}

static void test_an_empty_document_is_an_empty_mapping(void **state) {
    static const char *const empty[] = {"", "\n\n", "# nothing yet\n", "---\n", "---\n...\n"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++) {
        struct yaml_node *root = parsed(*state, empty[i]);
        assert_int_equal(root->type, YAML_MAPPING);
        assert_int_equal(root->count, 0);
    }
}

static void test_other_roots_are_left_to_the_reader(void **state) {
    assert_int_equal(parsed(*state, "- a\n- b\n")->type, YAML_SEQUENCE);
    assert_span_equal(parsed(*state, "just words\n")->scalar, "just words");
}

static void test_refuses(void **state) {
    static const struct {
        const char *text;
        unsigned line, column;
        const char *message; /* a part of it */
    } rows[] = {
        {"a: &x 1\nb: *x\n", 1, 4, "anchors are not accepted"},
        {"a: 1\nb: *x\n", 2, 4, "aliases are not accepted"},
        {"*x : 1\n", 1, 1, "aliases are not accepted"},
        {"a: !!str 3\n", 1, 4, "tags are not accepted"},
        {"a: !secret x\n", 1, 4, "tags are not accepted"},
        {"- &m {a: 1}\n", 1, 3, "anchors are not accepted"},
        {"a:\n  <<: {b: 1}\n", 2, 3, "merge keys"},
        {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
        {"a: 1\n...\nb: 2\n", 2, 1, "second document"},
        {"%YAML 1.1\n---\na: 1\n", 1, 1, "directives are not accepted"},
        {"a: 1\nb: 2\na: 3\n", 3, 1, "\"a\" stands here twice, first in line 1"},
        {"x: {b: 1, 'b': 2}\n", 1, 11, "\"b\" stands here twice"},
        {"[a, b]: c\n", 1, 1, "cannot be a key"},
        {"? {a: 1}\n: c\n", 1, 3, "cannot be a key"},
        {": c\n", 1, 1, "a name is missing"},
        {"a: [1, 2\nb: 3\n", 1, 4, "without a closing bracket"},
        {"a: 'x\nb: 3\n", 1, 4, ""},
        {"a:\n\t- x\n", 2, 1, "tab"},
        {"a: 1\n  b: 3\n", 1, 4, ""},
        {"a: \"\\q\"\n", 1, 5, "invalid escape"},
        {"a: \"\\0\"\n", 1, 4, "makes a NUL"},
        {"a: \"\\uD800\"\n", 1, 5, ""},
        {"caf\xE9: 1\n", 1, 4, "not UTF-8 (byte 0xE9)"},
        {"a: 1\r\nb: \x1B[31m\n", 2, 4, "control character U+001B"},
        {"a: 1\rb: \xC2\x9B\n", 2, 4, "control character U+009B"},
        {"{a: 1}}\n", 1, 7, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct yaml_node *root = NULL;
        struct error error = {0};
        if (yaml_parse(span_of(rows[i].text), *state, &root, &error)) {
            fail_msg("accepted: %s", rows[i].text);
        }
        if (strstr(error.message, rows[i].message) == NULL || error.line != rows[i].line ||
            error.column != rows[i].column) {
            fail_msg("%zu %s gives %u:%u: %s", i, rows[i].text, error.line, error.column,
                     error.message);
        }
        assert_int_equal(error.kind, ERROR_INPUT);
    }
}

static void test_refuses_a_nul_byte(void **state) {
    struct yaml_node *root = NULL;
    struct error error = {0};
    assert_false(yaml_parse(SPAN("a: b\nc: \0d\n"), *state, &root, &error));
    assert_string_equal(error.message,
                        "control character U+0000; write it as an escape in double quotes");
    assert_int_equal(error.line, 2);
}

static void test_an_error_is_not_wanted_by_everyone(void **state) {
    struct yaml_node *root = NULL;
    assert_false(yaml_parse(SPAN("a: ["), *state, &root, NULL));
    assert_false(yaml_parse(SPAN("a: *b"), *state, &root, NULL));
}

static void fill(struct buffer *text, const char *piece, size_t size) {
    buffer_clear(text);
    while (text->size + strlen(piece) <= size) {
        buffer_append_string(text, piece);
    }
}

static void test_depth_has_a_ceiling(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    struct yaml_node *root = NULL;
    struct error error = {0};
    fill(&text, "[", LIMIT_DEPTH);
    for (size_t i = 0; i < LIMIT_DEPTH; i++) {
        buffer_append_byte(&text, ']');
    }
    assert_true(yaml_parse(buffer_span(&text), *state, &root, &error));
    fill(&text, "[", LIMIT_DEPTH + 1);
    assert_false(yaml_parse(buffer_span(&text), *state, &root, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    assert_int_equal(error.column, LIMIT_DEPTH + 1);
    buffer_done(&text);
}

static void test_size_has_a_ceiling(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG + 1);
    struct yaml_node *root = NULL;
    struct error error = {0};
    fill(&text, "#", LIMIT_CONFIG);
    assert_true(yaml_parse(buffer_span(&text), *state, &root, &error));
    fill(&text, "#", LIMIT_CONFIG + 1);
    assert_false(yaml_parse(buffer_span(&text), *state, &root, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    buffer_done(&text);
}

/* Nine levels of nine references: 387 million nodes once resolved. */
static void test_an_alias_bomb_goes_off_nowhere(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    buffer_append_string(&text, "a0: &a0 boom\n");
    for (int level = 1; level < 10; level++) {
        buffer_print(&text, "a%d: &a%d [", level, level);
        for (int i = 0; i < 9; i++) {
            buffer_print(&text, "%s*a%d", i > 0 ? ", " : "", level - 1);
        }
        buffer_append_string(&text, "]\n");
    }
    struct yaml_node *root = NULL;
    struct error error = {0};
    assert_false(yaml_parse(buffer_span(&text), *state, &root, &error));
    assert_int_equal(error.line, 1);
    assert_true(arena_used(*state) < 64 * KIB);
    buffer_done(&text);
}

/* A mebibyte of whatever is worst: the test is that it ends, and in little memory. */
static void test_a_mebibyte_of_anything_ends(void **state) {
    static const char *const pieces[] = {
        "[",      "]",       "{",        "- ",     "? ",           "{a: ",      "&a ",  "*a ",
        "a: ",    "[a, ",    "'",        "\"",     "!a ",          "{? ",       "[]",   "a:\n",
        "-\n",    "- a\n",   "%",        "%a\n",   "|\n",          "---\n",     "a\n",  "a ",
        "a: >\n", "\n a",    "\t",       ",",      "\"\\n",        "#",         "# \n", "...\n",
        "'a'\n",  "- - a\n", "a: [b]\n", "?\n:\n", "\xE6\x97\xA5", "- {a: b}\n"};
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        fill(&text, pieces[i], LIMIT_CONFIG);
        struct yaml_node *root = NULL;
        struct error error = {0};
        bool ok = yaml_parse(buffer_span(&text), *state, &root, &error);
        assert_true(ok || error.message[0] != '\0');
        assert_true(arena_used(*state) < 512 * MIB);
        arena_reset(*state);
    }
    buffer_done(&text);
}

static void test_many_keys(void **state) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    for (int i = 0; i < 60000; i++) {
        buffer_print(&text, "key%d: %d\n", i, i);
    }
    struct yaml_node *root = NULL;
    struct error error = {0};
    assert_true(yaml_parse(buffer_span(&text), *state, &root, &error));
    assert_int_equal(root->count, 60000);
    assert_span_equal(root->list[59999]->scalar, "59999");
    buffer_append_string(&text, "key30000: again\n");
    assert_false(yaml_parse(buffer_span(&text), *state, &root, &error));
    assert_int_equal(error.line, 60001);
    buffer_done(&text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_reads_scalars_as_text, setup, teardown),
        cmocka_unit_test_setup_teardown(test_knows_every_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_line_ends_of_other_systems, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_empty_document_is_an_empty_mapping, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_other_roots_are_left_to_the_reader, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refuses, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refuses_a_nul_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_error_is_not_wanted_by_everyone, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth_has_a_ceiling, setup, teardown),
        cmocka_unit_test_setup_teardown(test_size_has_a_ceiling, setup, teardown),
        cmocka_unit_test_setup_teardown(test_an_alias_bomb_goes_off_nowhere, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_mebibyte_of_anything_ends, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_keys, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
