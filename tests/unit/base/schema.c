/* base/schema: a table of its own, with every type of option. */
#include "base/schema.h"
#include "base/limits.h"
#include "tests/unit/test.h"

struct tea { /* one of a list */
    struct span name;
    double share;
    struct secret token;
    unsigned line;
};

struct kitchen {
    struct span owner;
    double mix;
    int64_t cups;
    struct {
        bool hot;
        int64_t pause_ms;
        struct secret key;
    } stove;
    struct tea *teas;
    size_t tea_count;
    const struct config_pair *notes;
    size_t note_count;
    struct config_list helpers;
    int colour;
};

enum { GREEN = 3, BLACK = 7 };
static const struct schema_choice colours[] = {{"green", GREEN}, {"black", BLACK}, {NULL, 0}};

static bool check_owner(struct span text, struct error *error) {
    return text.data[0] != 'x' || error_set(error, ERROR_USAGE, "begins with x");
}

static const struct schema_row tea_rows[] = {
    {.name = "name", .type = SCHEMA_TEXT, .offset = offsetof(struct tea, name), .help = "what"},
    {.name = "share",
     .type = SCHEMA_SHARE,
     .offset = offsetof(struct tea, share),
     .fallback = "10%",
     .help = "how much"},
    {.name = "token",
     .type = SCHEMA_SECRET,
     .offset = offsetof(struct tea, token),
     .help = "who may"},
};
static const struct schema tea_schema = {
    .noun = "tea",
    .rows = tea_rows,
    .count = 3,
    .size = sizeof(struct tea),
    .shorthand = "name",
    .line_offset = offsetof(struct tea, line),
};

static const struct schema_row stove_rows[] = {
    {.name = "hot",
     .type = SCHEMA_BOOL,
     .offset = offsetof(struct kitchen, stove.hot),
     .fallback = "yes",
     .help = "lit"},
    {.name = "pause",
     .type = SCHEMA_DURATION,
     .offset = offsetof(struct kitchen, stove.pause_ms),
     .minimum = 0,
     .maximum = 5000,
     .fallback = "3s",
     .help = "wait"},
    {.name = "key",
     .type = SCHEMA_SECRET,
     .offset = offsetof(struct kitchen, stove.key),
     .help = "for the gas"},
};
static const struct schema stove_schema = {
    .noun = "stove", .rows = stove_rows, .count = 3, .size = sizeof(struct kitchen)};

static const struct schema_row kitchen_rows[] = {
    {.name = "owner",
     .type = SCHEMA_TEXT,
     .offset = offsetof(struct kitchen, owner),
     .maximum = 10,
     .check = check_owner,
     .help = "whose",
     .required = true},
    {.name = "mix", .type = SCHEMA_SHARE, .offset = offsetof(struct kitchen, mix), .help = "milk"},
    {.name = "cups",
     .type = SCHEMA_INT,
     .offset = offsetof(struct kitchen, cups),
     .help = "any number"},
    {.name = "stove", .type = SCHEMA_SECTION, .section = &stove_schema, .help = "heat"},
    {.name = "teas",
     .type = SCHEMA_SECTIONS,
     .offset = offsetof(struct kitchen, teas),
     .count_offset = offsetof(struct kitchen, tea_count),
     .maximum = 3,
     .section = &tea_schema,
     .help = "to drink"},
    {.name = "notes",
     .type = SCHEMA_PAIRS,
     .offset = offsetof(struct kitchen, notes),
     .count_offset = offsetof(struct kitchen, note_count),
     .maximum = 2,
     .help = "on the wall"},
    {.name = "helpers",
     .type = SCHEMA_TEXTS,
     .offset = offsetof(struct kitchen, helpers),
     .maximum = 2,
     .help = "who helps"},
    {.name = "colour",
     .type = SCHEMA_CHOICE,
     .offset = offsetof(struct kitchen, colour),
     .choices = colours,
     .fallback = "black",
     .help = "of the walls"},
};
static const struct schema kitchen_schema = {
    .noun = "kitchen", .rows = kitchen_rows, .count = 8, .size = sizeof(struct kitchen)};

static int setup(void **state) {
    *state = arena_create();
    return 0;
}

static int teardown(void **state) {
    arena_free(*state);
    return 0;
}

static struct schema_reader read_kitchen(struct arena *arena, const char *text,
                                         struct kitchen *kitchen) {
    struct schema_reader reader = {.arena = arena, .file = SPAN("k.yaml")};
    struct yaml_node *root = NULL;
    struct error error = {0};
    if (!yaml_parse(span_of(text), arena, &root, &error)) {
        fail_msg("%s", error.message);
    }
    memset(kitchen, 0, sizeof *kitchen);
    schema_read(&reader, &kitchen_schema, root, kitchen);
    schema_sort_problems(&reader);
    return reader;
}

static bool about(double a, double b) {
    return a - b < 1e-9 && b - a < 1e-9;
}

static void test_every_type(void **state) {
    struct kitchen kitchen;
    struct schema_reader reader = read_kitchen(
        *state,
        "owner: jo\nmix: 25 %\ncups: -9223372036854775808\nstove: {hot: off, key: gas}\n"
        "teas: [mint, {name: earl, share: .5, token: t}, {share: 100%}]\n"
        "notes: {a: 1, 'b c': \"\"}\nhelpers: kim\ncolour: GREEN\n",
        &kitchen);
    assert_int_equal(reader.problems.count, 0);
    assert_span_equal(kitchen.owner, "jo");
    assert_true(about(kitchen.mix, 0.25));
    assert_int_equal(kitchen.cups, INT64_MIN);
    assert_false(kitchen.stove.hot);
    assert_int_equal(kitchen.stove.pause_ms, 3000);
    assert_span_equal(kitchen.stove.key.value, "gas");
    assert_int_equal(kitchen.tea_count, 3);
    assert_span_equal(kitchen.teas[0].name, "mint");
    assert_true(about(kitchen.teas[0].share, 0.1));
    assert_true(about(kitchen.teas[1].share, 0.5));
    assert_true(about(kitchen.teas[2].share, 1));
    assert_span_equal(kitchen.teas[2].name, "");
    assert_int_equal(kitchen.teas[1].line, 5);
    assert_int_equal(kitchen.note_count, 2);
    assert_span_equal(kitchen.notes[1].key, "b c");
    assert_int_equal(kitchen.helpers.count, 1);
    assert_int_equal(kitchen.colour, GREEN);
}

static void test_defaults_of_what_is_absent(void **state) {
    struct kitchen kitchen;
    struct schema_reader reader = read_kitchen(*state, "owner: jo\n", &kitchen);
    assert_int_equal(reader.problems.count, 0);
    assert_true(kitchen.stove.hot);
    assert_int_equal(kitchen.stove.pause_ms, 3000);
    assert_int_equal(kitchen.colour, BLACK);
    assert_int_equal(kitchen.tea_count, 0);
    assert_int_equal(kitchen.cups, 0);
}

static void test_a_wrong_value_leaves_the_default(void **state) {
    struct kitchen kitchen;
    struct schema_reader reader =
        read_kitchen(*state, "owner: jo\nstove: {pause: 6s}\ncolour: [x]\n", &kitchen);
    assert_int_equal(reader.problems.count, 2);
    assert_int_equal(kitchen.stove.pause_ms, 3000);
    assert_int_equal(kitchen.colour, BLACK);
}

static void test_problems(void **state) {
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        {"owner: xavier", "owner: begins with x"},
        {"owner: much-too-long", "owner: 13 bytes long: at most 10"},
        {"owner: \"a\\nb\"", "owner: must be one line without control characters"},
        {"owner: \"\"", "this kitchen needs \"owner\""},
        {"owner: a\nmix: 1.5", "mix: 1.5 is outside 0..1 (0%..100%)"},
        {"owner: a\nmix: 101%", "mix: 101% is outside 0..1 (0%..100%)"},
        {"owner: a\nmix: -1%", "mix: -1% is outside 0..1 (0%..100%)"},
        {"owner: a\nmix: half", "mix: \"half\" is not a share; write 0.25 or 25%"},
        {"owner: a\nmix: \"%\"", "mix: \"%\" is not a share; write 0.25 or 25%"},
        {"owner: a\nteas: [a, b, c, d]", "teas: 4 entries: at most 3"},
        {"owner: a\nnotes: {a: 1, b: 2, c: 3}", "notes: 3 entries: at most 2"},
        {"owner: a\nhelpers: [a, b, c]", "helpers: 3 entries: at most 2"},
        {"owner: a\nhelpers: [a, \"b\\nc\"]",
         "helpers: must be one line without control characters"},
        {"owner: a\ncolour: gren", "colour: \"gren\" is not one of green, black; did you mean "
                                   "\"green\"?"},
        {"owner: a\ncolour: mauve", "colour: \"mauve\" is not one of green, black"},
        {"owner: a\nstove: {key_fil: x}", "unknown option \"key_fil\"; stove has hot, pause, key"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kitchen kitchen;
        struct schema_reader reader = read_kitchen(*state, rows[i].text, &kitchen);
        assert_int_equal(reader.problems.count, 1);
        assert_span_equal(reader.problems.list[0].message, rows[i].message);
    }
}

static void test_finding_rows(void **state) {
    (void)state;
    assert_ptr_equal(schema_find(&stove_schema, SPAN("key")), &stove_rows[2]);
    assert_ptr_equal(schema_find(&stove_schema, SPAN("key_file")), &stove_rows[2]);
    assert_null(schema_find(&stove_schema, SPAN("hot_file")));
    assert_null(schema_find(&stove_schema, SPAN("ke")));
    assert_null(schema_find(&stove_schema, SPAN("key_filename")));
}

static void test_secrets_are_found_by_their_names(void **state) {
    unsetenv("CREDENTIALS_DIRECTORY");
    setenv("EARSHOT_STOVE_KEY", "gas", 1);
    setenv("EARSHOT_TEAS_MINT_TOKEN", "green", 1);
    setenv("EARSHOT_TEAS__TOKEN", "nobody", 1);
    struct kitchen kitchen;
    struct schema_reader reader = read_kitchen(
        *state, "owner: jo\nteas: [mint, {token: own, name: earl}, {share: 1}]\n", &kitchen);
    schema_find_secrets(&reader, &kitchen_schema, &kitchen);
    assert_span_equal(kitchen.stove.key.value, "gas");
    assert_span_equal(kitchen.teas[0].token.value, "green");
    assert_span_equal(kitchen.teas[1].token.value, "own");
    assert_span_equal(kitchen.teas[2].token.value, "");
    setenv("EARSHOT_STOVE_KEY", "two\nlines", 1);
    reader = read_kitchen(*state, "owner: jo\n", &kitchen);
    schema_find_secrets(&reader, &kitchen_schema, &kitchen);
    assert_int_equal(reader.problems.count, 1);
    assert_span_equal(reader.problems.list[0].message,
                      "stove.key: $EARSHOT_STOVE_KEY: it is more than one line of text");
    unsetenv("EARSHOT_STOVE_KEY");
    unsetenv("EARSHOT_TEAS_MINT_TOKEN");
    unsetenv("EARSHOT_TEAS__TOKEN");
}

static void test_printing(void **state) {
    struct kitchen kitchen;
    read_kitchen(*state,
                 "owner: jo\nmix: 5%\nstove: {key: gas}\nteas: [mint, {share: 1, name: a b}]\n"
                 "notes: {a: 'b, c'}\nhelpers: [x, y]\ncolour: green\n",
                 &kitchen);
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    schema_print(&out, &kitchen_schema, &kitchen);
    assert_string_equal(buffer_string(&out),
                        "owner: jo                               # whose\n"
                        "mix: 0.05                               # milk\n"
                        "cups:                                   # any number\n"
                        "stove: # heat\n"
                        "  hot: true                             # lit\n"
                        "  pause: 3s                             # wait\n"
                        "  key: \"***\"                            # for the gas\n"
                        "teas: # to drink\n"
                        "  - name: mint                          # what\n"
                        "    share: 0.1                          # how much\n"
                        "  - name: a b\n"
                        "    share: 1\n"
                        "notes: {a: \"b, c\"}                      # on the wall\n"
                        "helpers: [x, y]                         # who helps\n"
                        "colour: green                           # of the walls\n");
    buffer_clear(&out);
    schema_print_example(&out, &kitchen_schema, 2);
    assert_string_equal(buffer_string(&out),
                        "#  owner:                               # whose\n"
                        "#  mix:                                 # milk\n"
                        "#  cups:                                # any number\n"
                        "#  notes:                               # on the wall\n"
                        "#  helpers:                             # who helps\n"
                        "#  colour: black                        # of the walls\n");
    buffer_done(&out);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_every_type),
        TEST(test_defaults_of_what_is_absent),
        TEST(test_a_wrong_value_leaves_the_default),
        TEST(test_problems),
        TEST(test_finding_rows),
        TEST(test_secrets_are_found_by_their_names),
        TEST(test_printing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
