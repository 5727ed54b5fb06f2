/* Hostile text through every output: nothing of it stays alive. */
#include "tests/unit/report/world.h"

#include "base/print.h"
#include "report/grid.h"
#include "report/mail.h"
#include "report/sheet.h"
#include "tests/unit/report/hostile.h"

#include <jansson.h>

static struct world hostile_world;

static int setup(void **state) {
    world_open(&hostile_world);
    struct world_batch batch = {.world = &hostile_world, .arena = arena_create()};
    static const struct span names[] = {{"Acme", 4}, {"Globex", 6}};
    struct store_result result;
    struct error error = {0};
    for (size_t i = 0; i < HOSTILE_COUNT * 2; i++) {
        hostile_world.text = hostile_texts[i % HOSTILE_COUNT];
        world_say(&batch, WORLD_END_MS - HOUR_MS - (int64_t)i * MINUTE_MS, 0,
                  i < HOSTILE_COUNT ? LABEL_NEGATIVE : LABEL_POSITIVE, false);
        struct mention *mention = &batch.list[batch.count - 1];
        mention->item.title = span_of(hostile_texts[(i + 1) % HOSTILE_COUNT]);
        mention->item.author = span_of(hostile_texts[(i + 2) % HOSTILE_COUNT]);
        mention->item.site = span_of(hostile_texts[(i + 3) % HOSTILE_COUNT]);
        mention->item.url = i % 2 == 0 ? SPAN("javascript:alert(1)//\"><script>")
                                       : SPAN("https://x.example/\"><script>alert(5)</script>");
    }
    const struct store_batch written = {.source = SPAN("forum<script>"),
                                        .mentions = batch.list,
                                        .mention_count = batch.count,
                                        .brand_names = names,
                                        .brand_name_count = 2,
                                        .now_ms = WORLD_END_MS,
                                        .polled_ok = true};
    assert_true(store_write(hostile_world.store, &written, &result, &error));
    arena_free(batch.arena);
    *state = &hostile_world;
    return 0;
}

static int teardown(void **state) {
    world_close(*state);
    return 0;
}

static void assert_lacks(struct span text, struct span needle, const char *where) {
    if (span_find_nocase(text, needle) != SPAN_NOT_FOUND) {
        size_t place = span_find_nocase(text, needle);
        struct span around = span_first(span_from(text, place < 60 ? 0 : place - 60), 160);
        fail_msg("%s holds \"%.*s\": %.*s", where, SPAN_ARG(needle), SPAN_ARG(around));
    }
}

/* No control but line feed (and, where asked, CR and tab), no bidirectional override, valid
 * UTF-8 only. */
static void assert_plain(struct span text, bool spaces, const char *where) {
    while (text.size > 0) {
        uint32_t rune = 0;
        struct span rest = text;
        text = span_from(text, rune_decode(text, &rune));
        bool control = (rune < 32 && rune != '\n' && !(spaces && (rune == '\r' || rune == '\t'))) ||
                       (rune >= 127 && rune < 160) || (rune >= 0x202A && rune <= 0x202E) ||
                       (rune >= 0x2066 && rune <= 0x2069);
        bool broken = rune == 0xFFFD && rest.data[0] != (char)0xEF;
        if (control || broken) {
            fail_msg("%s holds U+%04X before: %.40s", where, (unsigned)rune, rest.data);
        }
    }
}

static void print_report(struct world *world, enum output_format format, struct buffer *out) {
    struct snapshot *snapshot = world_snapshot(world);
    struct error error = {0};
    const struct report_request request = {.period = {WORLD_END_MS - DAY_MS, WORLD_END_MS}};
    const struct output_style style = {.format = format, .unicode = true, .width = 100};
    buffer_init(out, LIMIT_DOCUMENT);
    assert_true(report_print(out, snapshot, &world->config, &request, &style, &error));
    assert_true(span_find(buffer_span(out), SPAN("Acme")) != SPAN_NOT_FOUND);
    snapshot_close(snapshot);
}

static void terminals_stay_unharmed(void **state) {
    struct buffer out;
    print_report(*state, OUTPUT_TABLE, &out);
    assert_plain(buffer_span(&out), false, "table");
    buffer_done(&out);
    print_report(*state, OUTPUT_MARKDOWN, &out);
    assert_plain(buffer_span(&out), false, "markdown");
    assert_lacks(buffer_span(&out), SPAN("<script"), "markdown");
    assert_lacks(buffer_span(&out), SPAN("](javascript"), "markdown");
    buffer_done(&out);
}

static void pages_run_nothing(void **state) {
    struct buffer out;
    print_report(*state, OUTPUT_HTML, &out);
    struct span html = buffer_span(&out);
    static const char *const needles[] = {"<script",           "<img",        "<svg onload",
                                          "href=\"javascript", "</textarea>", "<h1>second",
                                          "onload=\"",         "onerror=\""};
    assert_plain(html, false, "page");
    for (size_t i = 0; i < sizeof(needles) / sizeof(needles[0]); i++) {
        assert_lacks(html, span_of(needles[i]), "page");
    }
    buffer_done(&out);
}

static void json_stays_one_document(void **state) {
    struct buffer out;
    print_report(*state, OUTPUT_JSON, &out);
    assert_plain(buffer_span(&out), false, "json");
    assert_lacks(buffer_span(&out), SPAN("\",\"injected\":true"), "json");
    buffer_done(&out);
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    struct error error = {0};
    buffer_init(&out, LIMIT_DOCUMENT);
    assert_true(feed_print(&out, snapshot, &world->config, SPAN("Acme"), 0, 100, &error));
    assert_plain(buffer_span(&out), false, "feed");
    assert_lacks(buffer_span(&out), SPAN("\",\"injected\":true"), "feed");
    assert_lacks(buffer_span(&out), SPAN("\"url\":\"javascript"), "feed");
    buffer_done(&out);
    snapshot_close(snapshot);
}

/* Every text cell that a spreadsheet would run has lost its first bite. */
static void spreadsheets_run_nothing(void **state) {
    (void)state;
    static const struct grid_column columns[] = {{"text", "text", GRID_TEXT, 0},
                                                 {"n", "n", GRID_COUNT, 0}};
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, columns, 2, "");
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        grid_text(&grid, span_of(hostile_texts[i]));
        grid_number(&grid, (double)i);
    }
    const struct output_style style = {.format = OUTPUT_CSV};
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    grid_print(&out, &grid, &style);
    struct span text = buffer_span(&out);
    size_t cells = 0;
    for (size_t i = 0; i < text.size; cells++) {
        bool quoted = text.data[i] == '"';
        i += quoted ? 1 : 0;
        assert_true(strchr("=+-@\t", text.data[i]) == NULL);
        while (quoted && !(text.data[i] == '"' && text.data[i + 1] != '"')) {
            i += text.data[i] == '"' ? 2 : 1;
        }
        while (text.data[i] != ',' && text.data[i] != '\n') {
            i++;
        }
        i++;
    }
    assert_int_equal(cells, 2 + 2 * HOSTILE_COUNT);
    buffer_done(&out);
    arena_free(arena);
}

/* The worst mentions in an alert are the attacker's own words, with the attacker's own link. */
static void mails_carry_no_attack(void **state) {
    struct world *world = *state;
    struct arena *arena = arena_create();
    struct sheet_mention worst[HOSTILE_COUNT] = {0};
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        item_init(&worst[i].mention.item);
        worst[i].mention.item.text = span_of(hostile_texts[i]);
        worst[i].mention.item.site = span_of(hostile_texts[(i + 1) % HOSTILE_COUNT]);
        worst[i].mention.item.url =
            i % 2 == 0 ? SPAN("javascript:alert(1)") : span_of(hostile_texts[i]);
        worst[i].mention.fetched_ms = WORLD_END_MS;
    }
    struct evidence_word word = {span_of(hostile_texts[0]), 3, 0};
    struct evidence_source source = {span_of(hostile_texts[8]), 3};
    const struct evidence evidence = {.worst = worst,
                                      .worst_count = HOSTILE_COUNT,
                                      .words = &word,
                                      .word_count = 1,
                                      .sources = &source,
                                      .source_count = 1,
                                      .first_source = span_of(hostile_texts[2]),
                                      .first_ms = WORLD_END_MS};
    const struct incident incident = {.brand = span_of(hostile_texts[2]),
                                      .kind = SPAN("negative"),
                                      .headline = span_of(hostile_texts[0]),
                                      .started_ms = WORLD_END_MS,
                                      .ended_ms = DATE_NONE,
                                      .probability = 0.001};
    const struct notice_about about = {.incident = &incident,
                                       .evidence = &evidence,
                                       .config = &world->config,
                                       .now_ms = WORLD_END_MS};
    const struct notice *notice = notice_of_incident(arena, &about);
    static const char *const needles[] = {"<script",           "<img",        "<svg",
                                          "href=\"javascript", "</textarea>", "<h1>second"};
    struct span html = notice_html(arena, notice, incident.headline);
    assert_plain(html, true, "mail page"); /* white space there, and encoded on the wire */
    for (size_t i = 0; i < sizeof(needles) / sizeof(needles[0]); i++) {
        assert_lacks(html, span_of(needles[i]), "mail page");
    }
    struct span text = notice_text(arena, notice, incident.headline);
    assert_plain(text, false, "mail text");
    assert_lacks(text, SPAN("\njavascript"), "mail text");
    struct outbox_row row;
    struct error error = {0};
    const struct message message = {.key = SPAN("incident.1"),
                                    .subject = span_of(hostile_texts[2]),
                                    .list = span_of(hostile_texts[2]),
                                    .kind = "alerts",
                                    .text = text,
                                    .html = html,
                                    .notice = notice,
                                    .config = &world->config,
                                    .now_ms = WORLD_END_MS};
    assert_true(mail_make(arena, &message, &world->people[0], &row, &error));
    struct span head = span_first(row.body, span_find(row.body, SPAN("\r\n\r\n")));
    assert_lacks(head, SPAN("\nBcc"), "mail head");
    arena_free(arena);
}

/* --- Every output, by its table ----------------------------------------------------------------- */

enum kind { KIND_TERMINAL, KIND_PAGE, KIND_JSON, KIND_CSV, KIND_MARKDOWN };

struct source { /* what is printed from */
    struct world *world;
    struct snapshot *snapshot;
    struct arena *arena;
    struct output_style style;
};

static void out_report(const struct source *source, struct buffer *out) {
    const struct report_request request = {.period = {WORLD_END_MS - DAY_MS, WORLD_END_MS}};
    struct error error = {0};
    assert_true(report_print(out, source->snapshot, &source->world->config, &request,
                             &source->style, &error));
}

static void out_query(const struct source *source, struct buffer *out) {
    struct query_request request = {
        .text = SPAN("acme"), .period = {DATE_NONE, DATE_NONE}, .limit = 100, .explain = true};
    struct error error = {0};
    uint64_t matched = 0;
    assert_true(query_parse(request.text, WORLD_END_MS, source->arena, &request.query, &error));
    assert_true(query_run(out, source->snapshot, &request, &source->style, &matched, &error));
    assert_true(matched > 10);
}

static void out_outbox(const struct source *source, struct buffer *out) {
    outbox_print(out, source->snapshot, &source->style);
}

static void out_message(const struct source *source, struct buffer *out) {
    size_t count = 0;
    struct outbox_row *rows = snapshot_outbox(source->snapshot, false, source->arena, &count);
    assert_int_equal(count, HOSTILE_COUNT);
    for (size_t i = 0; i < count; i++) {
        outbox_row_print(out, &rows[i], &source->style);
    }
}

static void out_feed(const struct source *source, struct buffer *out) {
    struct error error = {0};
    assert_true(
        feed_print(out, source->snapshot, &source->world->config, SPAN("Acme"), 0, 100, &error));
}

/* What people noted is hostile too. */
static void put_hostile_work(struct world *world) {
    struct error error = {0};
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        struct span text = span_of(hostile_texts[i]);
        struct work_ruling ruling = {.label = LABEL_POSITIVE};
        struct work_edit edit = {.who = text,
                                 .now_ms = WORLD_END_MS,
                                 .answered_ms = DATE_NONE,
                                 .sets_status = true,
                                 .status = WORK_OPEN,
                                 .assigns = true,
                                 .assigned = text,
                                 .tags = &text,
                                 .tag_count = 1,
                                 .rulings = &ruling,
                                 .ruling_count = 1,
                                 .note = text};
        bool changed = false;
        assert_true(store_edit(world->store, i + 1, &edit, &changed, &error));
        assert_true(changed);
    }
}

static void out_mention(const struct source *source, struct buffer *out) {
    for (uint64_t sequence = 1; sequence <= HOSTILE_COUNT; sequence++) {
        struct mention mention;
        assert_true(snapshot_mention(source->snapshot, sequence, source->arena, &mention));
        dossier_print(out, source->snapshot, &(struct dossier_request){.mention = &mention},
                      &source->style);
    }
}

static void out_kpis(const struct source *source, struct buffer *out) {
    struct kpi_request request = {.segment = {.brand = SPAN("Acme")},
                                  .period = {WORLD_END_MS - DAY_MS, WORLD_END_MS},
                                  .dimensions = {SPAN("brand"), SPAN("source")},
                                  .dimension_count = 2,
                                  .limit = 10};
    struct error error = {0};
    assert_true(kpis_print(out, source->snapshot, &source->world->config, &request, &source->style,
                           &error));
}

static void out_compare(const struct source *source, struct buffer *out) {
    struct compare_request request = {.daily = false};
    struct error error = {0};
    for (size_t i = 0; i < 2; i++) {
        struct compare_side *side = &request.sides[i];
        side->name = arena_print(source->arena, "acme %s", hostile_texts[i]);
        side->segment = (struct segment){.brand = SPAN("Acme")};
        side->period = (struct period){WORLD_END_MS - DAY_MS, WORLD_END_MS};
    }
    assert_true(compare_print(out, source->snapshot, &source->world->config, &request,
                              &source->style, &error));
}

static struct span hostile_words(void *context, const struct mention *mention, struct span brand,
                                 struct arena *arena) {
    (void)context, (void)brand, (void)arena;
    return mention->item.text;
}

static void print_digest(const struct source *source, bool html, struct buffer *out) {
    const struct explainer explainer = {hostile_words, NULL};
    const struct digest_request request = {.rhythm = RHYTHM_DAILY,
                                           .now_ms = WORLD_END_MS + 9 * HOUR_MS};
    struct error error = {0};
    assert_true(digest_print(out, source->snapshot, &source->world->config, &explainer, &request,
                             html, &error));
}

static void out_digest_text(const struct source *source, struct buffer *out) {
    print_digest(source, false, out);
}

static void out_digest_html(const struct source *source, struct buffer *out) {
    print_digest(source, true, out);
}

static void print_log(enum log_format format, struct buffer *out) {
    FILE *file = tmpfile();
    struct manual_clock clock = manual_clock_make(WORLD_END_MS);
    struct log *log = log_create(file, format, LOG_INFO, &clock.clock);
    char line[4096];
    size_t lines = 0;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        log_info(log, "message_sent", LOG_STRING("reply", hostile_texts[i]));
    }
    rewind(file);
    for (; fgets(line, sizeof line, file) != NULL; lines++) {
        buffer_append_string(out, line);
    }
    assert_int_equal(lines, HOSTILE_COUNT);
    log_free(log);
    fclose(file);
}

static void out_log_text(const struct source *source, struct buffer *out) {
    (void)source;
    print_log(LOG_LOGFMT, out);
}

static void out_log_json(const struct source *source, struct buffer *out) {
    (void)source;
    print_log(LOG_JSON, out);
}

static const struct output {
    const char *name;
    void (*print)(const struct source *source, struct buffer *out);
    enum output_format format;
    enum kind kind;
} outputs[] = {
    {"report as table", out_report, OUTPUT_TABLE, KIND_TERMINAL},
    {"report as JSON", out_report, OUTPUT_JSON, KIND_JSON},
    {"report as JSON lines", out_report, OUTPUT_JSONL, KIND_JSON},
    {"report as CSV", out_report, OUTPUT_CSV, KIND_CSV},
    {"report as Markdown", out_report, OUTPUT_MARKDOWN, KIND_MARKDOWN},
    {"report as page", out_report, OUTPUT_HTML, KIND_PAGE},
    {"query as table", out_query, OUTPUT_TABLE, KIND_TERMINAL},
    {"query as JSON", out_query, OUTPUT_JSON, KIND_JSON},
    {"query as JSON lines", out_query, OUTPUT_JSONL, KIND_JSON},
    {"query as CSV", out_query, OUTPUT_CSV, KIND_CSV},
    {"query as Markdown", out_query, OUTPUT_MARKDOWN, KIND_MARKDOWN},
    {"mention as table", out_mention, OUTPUT_TABLE, KIND_TERMINAL},
    {"mention as JSON", out_mention, OUTPUT_JSON, KIND_JSON},
    {"KPIs as table", out_kpis, OUTPUT_TABLE, KIND_TERMINAL},
    {"KPIs as JSON", out_kpis, OUTPUT_JSON, KIND_JSON},
    {"KPIs as CSV", out_kpis, OUTPUT_CSV, KIND_CSV},
    {"KPIs as Markdown", out_kpis, OUTPUT_MARKDOWN, KIND_MARKDOWN},
    {"comparison as table", out_compare, OUTPUT_TABLE, KIND_TERMINAL},
    {"comparison as JSON", out_compare, OUTPUT_JSON, KIND_JSON},
    {"comparison as CSV", out_compare, OUTPUT_CSV, KIND_CSV},
    {"comparison as Markdown", out_compare, OUTPUT_MARKDOWN, KIND_MARKDOWN},
    {"comparison as page", out_compare, OUTPUT_HTML, KIND_PAGE},
    {"outbox as table", out_outbox, OUTPUT_TABLE, KIND_TERMINAL},
    {"outbox as JSON", out_outbox, OUTPUT_JSON, KIND_JSON},
    {"outbox as CSV", out_outbox, OUTPUT_CSV, KIND_CSV},
    {"outbox as Markdown", out_outbox, OUTPUT_MARKDOWN, KIND_MARKDOWN},
    {"outbox as page", out_outbox, OUTPUT_HTML, KIND_PAGE},
    {"message", out_message, OUTPUT_TABLE, KIND_TERMINAL},
    {"message as JSON", out_message, OUTPUT_JSONL, KIND_JSON},
    {"feed", out_feed, OUTPUT_JSON, KIND_JSON},
    {"digest as text", out_digest_text, OUTPUT_TABLE, KIND_TERMINAL},
    {"digest as page", out_digest_html, OUTPUT_HTML, KIND_PAGE},
    {"log as text", out_log_text, OUTPUT_TABLE, KIND_TERMINAL},
    {"log as JSON", out_log_json, OUTPUT_JSON, KIND_JSON},
};

/* No cell begins as a formula does, unless it is a number. */
static void check_csv(struct span text, const char *where) {
    bool quoted = false;
    bool begins = true;
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool opens = begins && c == '"';
        const char *cell = text.data + i + (opens ? 1 : 0);
        char *end = NULL;
        if (begins && byte_is_any_of(*cell, "=+-@\t\r") &&
            (strtod(cell, &end), end == cell || !byte_is_any_of(*end, ",\n\r\""))) {
            fail_msg("%s: a formula: %.40s", where, cell);
        }
        quoted = c == '"' ? !quoted : quoted;
        begins = !quoted && (c == ',' || c == '\n');
    }
    assert_false(quoted);
}

static void check_output(const struct output *output, struct span text) {
    static const char *const needles[][9] = {
        [KIND_TERMINAL] = {NULL},
        [KIND_PAGE] = {"<script", "<img", "<svg onload", "href=\"javascript", "</textarea>",
                       "<h1>second", "<at>", "<!channel", NULL},
        [KIND_JSON] = {"\",\"injected\":true", "\n\"injected\"", NULL},
        [KIND_CSV] = {NULL},
        [KIND_MARKDOWN] = {"<script", NULL},
    };
    assert_plain(text, output->kind == KIND_CSV || output->kind == KIND_PAGE, output->name);
    for (size_t i = 0; needles[output->kind][i] != NULL; i++) {
        assert_lacks(text, span_of(needles[output->kind][i]), output->name);
    }
    if (output->kind == KIND_CSV) {
        check_csv(text, output->name);
    }
    for (size_t i = 0; output->kind == KIND_MARKDOWN && i + 1 < text.size; i++) {
        bool link = text.data[i] == ']' && text.data[i + 1] == '(';
        assert_true(!link || (i > 0 && text.data[i - 1] == '\\'));
    }
    if (output->kind == KIND_JSON) {
        for (size_t at = 0; at < text.size;) { /* one document after the other */
            json_error_t error;
            json_t *root =
                json_loadb(text.data + at, text.size - at, JSON_DISABLE_EOF_CHECK, &error);
            if (root == NULL) {
                fail_msg("%s is no JSON: %s", output->name, error.text);
            }
            at += (size_t)error.position;
            at += strspn(text.data + at, "\n \t");
            json_decref(root);
        }
    }
}

static void put_hostile_outbox(struct world *world) {
    struct outbox_row rows[HOSTILE_COUNT];
    struct error error = {0};
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        struct span text = span_of(hostile_texts[i]);
        rows[i] = (struct outbox_row){.channel = SPAN("webhook"),
                                      .recipient = text,
                                      .message_id = text,
                                      .subject = text,
                                      .body = text,
                                      .reply = text,
                                      .state = OUTBOX_FAILED,
                                      .created_ms = WORLD_END_MS,
                                      .due_ms = WORLD_END_MS,
                                      .finished_ms = WORLD_END_MS};
    }
    assert_true(store_put_messages(world->store, rows, HOSTILE_COUNT, NULL, 0, &error));
}

static void every_output_is_dead(void **state) {
    struct world *world = *state;
    put_hostile_outbox(world);
    put_hostile_work(world);
    world->config.digest.at = SPAN("08:00");
    for (size_t i = 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        struct source source = {
            .world = world,
            .snapshot = world_snapshot(world),
            .arena = arena_create(),
            .style = {.format = outputs[i].format, .unicode = true, .width = 100}};
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        outputs[i].print(&source, &out);
        assert_true(span_find_nocase(buffer_span(&out), SPAN("acme")) != SPAN_NOT_FOUND);
        check_output(&outputs[i], span_of(buffer_string(&out)));
        buffer_done(&out);
        snapshot_close(source.snapshot);
        arena_free(source.arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terminals_stay_unharmed), cmocka_unit_test(pages_run_nothing),
        cmocka_unit_test(json_stays_one_document), cmocka_unit_test(spreadsheets_run_nothing),
        cmocka_unit_test(mails_carry_no_attack),   cmocka_unit_test(every_output_is_dead),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
