/* report/shapes: whatever a notice holds, every shape stays within its receiver's limits and calls, links
 * and formats nothing that is not ours. */
#include "report/shapes.h"
#include "base/print.h"
#include "report/sheet.h"
#include "tests/unit/report/hostile.h"
#include "tests/unit/test.h"

#include <jansson.h>

static const enum webhook_shape all_shapes[] = {SHAPE_JSON,    SHAPE_SLACK,      SHAPE_TEAMS,
                                                SHAPE_DISCORD, SHAPE_MATTERMOST, SHAPE_APPRISE};
#define SHAPE_COUNT (sizeof all_shapes / sizeof all_shapes[0])

static const struct incident incident = {.id = 7, .brand = {"Acme", 4}, .ended_ms = DATE_NONE};
static const struct evidence evidence = {.first_ms = DATE_NONE};

/* A notice of which every text is this one. */
static struct notice notice_of(struct span text) {
    struct notice notice = {.type = SPAN("incident.opened"),
                            .title = text,
                            .status = SPAN("NEW"),
                            .lead = text,
                            .brand = text,
                            .tone = NOTICE_ALARM,
                            .time_ms = 1782864000000,
                            .link = SPAN("https://earshot.example/"),
                            .incident = &incident,
                            .evidence = &evidence};
    for (size_t i = 0; i < NOTICE_PARAGRAPHS; i++) {
        notice_paragraph(&notice, text);
    }
    for (size_t i = 0; i < NOTICE_FACTS; i++) {
        notice_fact(&notice, "fact", text);
    }
    for (size_t i = 0; i < NOTICE_QUOTES; i++) {
        notice.quotes[notice.quote_count++] = (struct notice_quote){.text = text,
                                                                    .place = text,
                                                                    .when = SPAN("now"),
                                                                    .score = SPAN("-0.5"),
                                                                    .reasons = text,
                                                                    .url = text};
    }
    return notice;
}

static json_t *parse(struct span body) {
    json_error_t error;
    json_t *root = json_loadb(body.data, body.size, 0, &error);
    if (root == NULL) {
        fail_msg("%s in: %.*s", error.text, SPAN_ARG(body));
    }
    return root;
}

typedef void string_visitor(const char *key, const char *text, const json_t *parent,
                            enum webhook_shape shape);

static void visit(const json_t *value, const char *key, const json_t *parent,
                  enum webhook_shape shape, string_visitor *visitor) {
    const char *name;
    json_t *member;
    size_t index;
    if (json_is_string(value)) {
        visitor(key, json_string_value(value), parent, shape);
    }
    json_object_foreach((json_t *)(uintptr_t)value, name, member) {
        visit(member, name, value, shape, visitor);
    }
    json_array_foreach(value, index, member) {
        visit(member, key, parent, shape, visitor);
    }
}

static size_t characters(const char *text) {
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count;
}

static bool has_type(const json_t *object, const char *type) {
    const char *given = json_string_value(json_object_get(object, "type"));
    return given != NULL && strcmp(given, type) == 0;
}

static void assert_lacks(const char *text, const char *needle, enum webhook_shape shape) {
    if (strstr(text, needle) != NULL) {
        fail_msg("%s holds \"%s\": %s", shape_name(shape), needle, text);
    }
}

/* Markup that is alive: a call, a tag, a link. What is escaped by a backslash is not. */
static void check_markdown(const char *text, enum webhook_shape shape) {
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\') {
            at++;
        } else if (*at == '[' && strncmp(at, "[open](<http", 12) != 0 &&
                   strncmp(at, "[Open the dashboard](<http", 26) != 0) {
            fail_msg("%s: a link of theirs: %s", shape_name(shape), at);
        } else if (*at == '`' || *at == '|' || *at == '~') {
            fail_msg("%s: markup of theirs: %s", shape_name(shape), at);
        }
    }
}

static void check_string(const char *key, const char *text, const json_t *parent,
                         enum webhook_shape shape) {
    bool link = key != NULL && (strcmp(key, "url") == 0 || strcmp(key, "$schema") == 0);
    bool slack_markup = has_type(parent, "mrkdwn") && key != NULL && strcmp(key, "text") == 0;
    struct span rest = span_of(text);
    while (rest.size > 0) {
        uint32_t rune = 0;
        rest = span_from(rest, rune_decode(rest, &rune));
        bool call = rune == '@' && !(rest.size >= 3 && memcmp(rest.data, "\xE2\x80\x8B", 3) == 0);
        if ((!rune_is_harmless(rune) && rune != '\n' && rune != 0x200B) || (call && !link)) {
            fail_msg("%s: U+%04X in: %s", shape_name(shape), (unsigned)rune, text);
        }
    }
    if (link || slack_markup) {
        const char *url = slack_markup ? text + 1 : text;
        assert_true(strncmp(url, "http://", 7) == 0 || strncmp(url, "https://", 8) == 0);
        assert_true(strcspn(url, " <|\"'`()\\") >= strlen(url) - 10 || slack_markup);
        assert_true(!slack_markup || strcspn(url, "|>") == strlen(url) - strlen("|dashboard>") ||
                    strcspn(url, "|>") == strlen(url) - strlen("|open>"));
    } else if (shape == SHAPE_SLACK) {
        assert_lacks(text, "<", shape);
    }
    if (!link && (shape == SHAPE_DISCORD || shape == SHAPE_MATTERMOST)) {
        check_markdown(text, shape);
    }
    if (shape == SHAPE_TEAMS && key != NULL && strcmp(key, "type") == 0) {
        assert_true(strcmp(text, "TextBlock") != 0 && strcmp(text, "FactSet") != 0);
    }
    if (shape == SHAPE_SLACK && has_type(parent, "plain_text")) {
        assert_true(characters(text) <= 3000);
    }
}

static void check_limits(const json_t *root, struct span body, enum webhook_shape shape) {
    if (shape == SHAPE_SLACK) {
        const json_t *blocks = json_object_get(root, "blocks");
        const json_t *header = json_object_get(json_array_get(blocks, 0), "text");
        assert_true(json_array_size(blocks) <= 50);
        assert_true(characters(json_string_value(json_object_get(header, "text"))) <= 150);
        assert_true(characters(json_string_value(json_object_get(header, "text"))) > 0);
    } else if (shape == SHAPE_TEAMS) {
        assert_true(body.size <= 28000);
    } else if (shape == SHAPE_DISCORD) {
        const json_t *embed = json_array_get(json_object_get(root, "embeds"), 0);
        const json_t *parse_list =
            json_object_get(json_object_get(root, "allowed_mentions"), "parse");
        assert_true(characters(json_string_value(json_object_get(embed, "title"))) <= 256);
        assert_true(characters(json_string_value(json_object_get(embed, "description"))) <= 4096);
        assert_true(json_is_array(parse_list) && json_array_size(parse_list) == 0);
    } else if (shape == SHAPE_MATTERMOST) {
        assert_true(characters(json_string_value(json_object_get(root, "text"))) <= 16383);
    }
}

static void check(struct span text, struct arena *arena) {
    struct notice notice = notice_of(text);
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        struct span body = shape_print(all_shapes[i], &notice, arena);
        json_t *root = parse(body);
        check_limits(root, body, all_shapes[i]);
        if (all_shapes[i] != SHAPE_JSON) {
            visit(root, NULL, NULL, all_shapes[i], check_string);
        }
        json_decref(root);
    }
}

static void hostile_text_is_dead_in_every_shape(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        check(span_of(hostile_texts[i]), arena);
    }
    arena_free(arena);
}

static void long_text_stays_within_the_limits(void **state) {
    (void)state;
    static const char *const pieces[] = {
        "word ", "&", "@", "*", "\xE4\xB8\xAD", "e\xCC\x81\xCC\x82\xCC\x83", "\xF0\x9F\x98\x80",
        "<>"};
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        struct buffer text;
        buffer_init(&text, LIMIT_TEXT);
        while (text.size < 20000) {
            buffer_append_string(&text, pieces[i]);
        }
        check(buffer_span(&text), arena);
        buffer_done(&text);
    }
    arena_free(arena);
}

/* What is said is there, and a good link is kept. */
static void the_notice_is_told(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    struct notice notice = notice_of(SPAN("the courier never came"));
    notice.quotes[0].url = SPAN("https://forum.example/t/1?a=b&c=d(e)");
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        struct span body = shape_print(all_shapes[i], &notice, arena);
        assert_true(span_find(body, SPAN("the courier never came")) != SPAN_NOT_FOUND);
        assert_true(span_find(body, SPAN("https://forum.example/t/1?a=b")) != SPAN_NOT_FOUND);
        assert_true(all_shapes[i] == SHAPE_JSON || span_find(body, SPAN("NEW")) != SPAN_NOT_FOUND);
    }
    struct span body = shape_print(SHAPE_JSON, &notice, arena);
    json_t *root = parse(body);
    const json_t *data = json_object_get(root, "data");
    assert_string_equal(json_string_value(json_object_get(root, "type")), "incident.opened");
    assert_string_equal(json_string_value(json_object_get(root, "timestamp")),
                        "2026-07-01T00:00:00Z");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(data, "incident"), "id")),
                     7);
    assert_int_equal(json_array_size(json_object_get(data, "mentions")), NOTICE_QUOTES);
    json_decref(root);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_text_is_dead_in_every_shape),
        cmocka_unit_test(long_text_stays_within_the_limits),
        cmocka_unit_test(the_notice_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
