#include "tests/unit/report/world.h"

#include "report/sheet.h"

#define MONTH_MS (30 * DAY_MS)

static int setup(void **state) {
    struct world *world = calloc(1, sizeof(*world));
    world_open(world);
    world->surge_ms = WORLD_END_MS - 6 * DAY_MS + 9 * HOUR_MS;
    int64_t seen_ms[] = {world->surge_ms + 4 * HOUR_MS,
                         WORLD_END_MS}; /* while on, and long after */
    int64_t from_ms = WORLD_END_MS - MONTH_MS;
    for (size_t i = 0; i < 2; i++) {
        struct alert_summary summary;
        struct error error = {0};
        world_live(world, from_ms, seen_ms[i], 1.5);
        assert_true(
            alerts_evaluate(world->store, &world->config, NULL, seen_ms[i], &summary, &error));
        from_ms = seen_ms[i];
    }
    *state = world;
    return 0;
}

static int teardown(void **state) {
    world_close(*state);
    free(*state);
    return 0;
}

/* --- KPIs against a recount ------------------------------------------------------------------- */

struct recount {
    struct period period;
    const char *brand;
    uint64_t count, positive, negative, neutral, ratings;
    double rating_sum;
    uint64_t asked, promoters, detractors, satisfied;
    double effort_sum;
    int64_t reach, engagement;
};

static bool recount_mention(void *context, const struct mention *mention) {
    struct recount *recount = context;
    int64_t time_ms = mention_time_ms(mention);
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (!span_equal(mention->brands[i].name, span_of(recount->brand)) ||
            time_ms < recount->period.since_ms || time_ms >= recount->period.until_ms) {
            continue;
        }
        enum label label = mention->brands[i].score.label;
        recount->count++;
        recount->positive += label == LABEL_POSITIVE;
        recount->negative += label == LABEL_NEGATIVE;
        recount->neutral += label == LABEL_NEUTRAL;
        recount->reach += mention_reach(mention);
        recount->engagement += mention_engagement(mention);
        const double *answers = mention->item.answers;
        if (answers[SURVEY_NPS] >= 0) {
            recount->asked++;
            recount->promoters += answers[SURVEY_NPS] >= 9;
            recount->detractors += answers[SURVEY_NPS] <= 6;
            recount->satisfied += answers[SURVEY_CSAT] >= 4;
            recount->effort_sum += answers[SURVEY_CES];
        }
        if (mention->item.rating >= 0) {
            recount->ratings++;
            recount->rating_sum += mention->item.rating;
        }
    }
    return true;
}

static struct recount recount_brand(const struct snapshot *snapshot, const char *brand,
                                    struct period period) {
    struct recount recount = {.period = period, .brand = brand};
    snapshot_mentions_from(snapshot, 1, recount_mention, &recount);
    return recount;
}

static void assert_same(double actual, double expected) {
    if (actual < expected || actual > expected) {
        fail_msg("%.17g is not %.17g", actual, expected);
    }
}

static void kpis_equal_a_recount(void **state) {
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    struct kpi kpis[KPI_COUNT];
    struct period period = {WORLD_END_MS - 10 * DAY_MS - 12345, WORLD_END_MS - 7777};
    kpi_compute(snapshot, &world->config, &(struct segment){.brand = SPAN("Acme")}, period, kpis);
    struct recount acme = recount_brand(snapshot, "Acme", period);
    struct recount globex = recount_brand(snapshot, "Globex", period);
    assert_true(acme.count > 200);
    assert_same(kpis[KPI_VOLUME].value, (double)acme.count);
    double judged = (double)(acme.positive + acme.negative + acme.neutral);
    assert_same(kpis[KPI_NET_SENTIMENT].value,
                ((double)acme.positive - (double)acme.negative) / judged);
    assert_same(kpis[KPI_BRAND_HEALTH].value,
                (double)acme.positive / (double)(acme.positive + acme.negative));
    assert_same(kpis[KPI_SHARE_OF_VOICE].value,
                (double)acme.count / (double)(acme.count + globex.count));
    double prior = (acme.rating_sum + globex.rating_sum) / (double)(acme.ratings + globex.ratings);
    assert_same(kpis[KPI_RATING].value, (5 * prior + acme.rating_sum) / (5 + (double)acme.ratings));
    assert_same(kpis[KPI_REACH].value, (double)acme.reach);
    assert_same(kpis[KPI_ENGAGEMENT].value, (double)acme.engagement);
    assert_same(kpis[KPI_WORD_OF_MOUTH].value,
                (6 * kpis[KPI_BRAND_HEALTH].value - 15 * (1 - kpis[KPI_BRAND_HEALTH].value)) /
                    (6 * kpis[KPI_BRAND_HEALTH].value + 15 * (1 - kpis[KPI_BRAND_HEALTH].value)));
    assert_true(kpis[KPI_SPREAD].value >= 1);
    assert_true(acme.asked > 50);
    assert_int_equal(kpis[KPI_NPS].n, acme.asked);
    assert_same(kpis[KPI_NPS].value,
                ((double)acme.promoters - (double)acme.detractors) / (double)acme.asked * 100);
    assert_same(kpis[KPI_CSAT].value, (double)acme.satisfied / (double)acme.asked);
    assert_same(kpis[KPI_CES].value, acme.effort_sum / (double)acme.asked);
    for (size_t i = 0; i < KPI_COUNT; i++) {
        if (i >= KPI_RESPONSE_RATE) { /* nobody keeps account of answers */
            assert_false(kpis[i].known);
            continue;
        }
        assert_true(kpis[i].known);
        assert_false(kpis[i].provisional);
        assert_true(kpis[i].low <= kpis[i].value && kpis[i].value <= kpis[i].high);
        assert_true(kpis[i].compared);
    }
    snapshot_close(snapshot);
}

static void no_data_is_not_zero(void **state) {
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    struct kpi kpis[KPI_COUNT];
    struct period before = {WORLD_END_MS - 90 * DAY_MS, WORLD_END_MS - 60 * DAY_MS};
    kpi_compute(snapshot, &world->config, &(struct segment){.brand = SPAN("Acme")}, before, kpis);
    for (size_t i = 0; i < KPI_COUNT; i++) {
        assert_false(kpis[i].known);
    }
    assert_true(kpi_is_shown(&kpis[KPI_RATING])); /* "no data" is an answer */
    assert_false(kpi_is_shown(&kpis[KPI_NPS]));   /* but not to who asked nothing */
    /* Polled, and nobody spoke: zero mentions, and no sentiment to speak of. */
    struct period minute = {WORLD_END_MS - DAY_MS, WORLD_END_MS - DAY_MS + 1};
    kpi_compute(snapshot, &world->config, &(struct segment){.brand = SPAN("Acme")}, minute, kpis);
    assert_true(kpis[KPI_VOLUME].known);
    assert_same(kpis[KPI_VOLUME].value, 0);
    assert_false(kpis[KPI_NET_SENTIMENT].known);
    snapshot_close(snapshot);
}

/* Two days in which nobody polled, and none spoke: a gap, in each form; not a zero. */
static void gaps_are_shown_as_gaps(void **state) {
    (void)state;
    struct world world;
    world_open(&world);
    world_live(&world, WORLD_END_MS - 8 * DAY_MS, WORLD_END_MS - 5 * DAY_MS, 2);
    world_live(&world, WORLD_END_MS - 3 * DAY_MS, WORLD_END_MS, 2);
    struct snapshot *snapshot = world_snapshot(&world);
    const struct report_request request = {.period = {WORLD_END_MS - 8 * DAY_MS, WORLD_END_MS}};
    static const struct {
        enum output_format format;
        const char *gap;
    } rows[] = {{OUTPUT_JSON, "\"mentions\": null"},
                {OUTPUT_TABLE, "? = no data"},
                {OUTPUT_HTML, "fill=\"url(#gap)\""}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct output_style style = {.format = rows[i].format, .width = 80};
        struct error error = {0};
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        assert_true(report_print(&out, snapshot, &world.config, &request, &style, &error));
        size_t gaps = 0;
        struct span rest = buffer_span(&out);
        size_t place;
        while ((place = span_find(rest, span_of(rows[i].gap))) != SPAN_NOT_FOUND) {
            gaps++;
            rest = span_from(rest, place + 1);
        }
        assert_int_equal(gaps, rows[i].format == OUTPUT_TABLE ? 1 : 2);
        buffer_done(&out);
    }
    snapshot_close(snapshot);
    world_close(&world);
}

/* Forty posts with a text of their own, and forty copies of one: the shares are the same, but the
 * copies are one voice. */
static void copies_are_one_voice(void **state) {
    (void)state;
    struct kpi kpis[2][KPI_COUNT];
    for (int copies = 0; copies < 2; copies++) {
        struct world world;
        world_open(&world);
        struct world_batch batch = {.world = &world, .arena = arena_create()};
        world.text = copies ? "Acme courier lost my parcel, and nobody there answers the phone or "
                              "says where it is; avoid them until this has been put right"
                            : NULL;
        for (int i = 0; i < 40; i++) {
            world_say(&batch, WORLD_END_MS - i * MINUTE_MS, 0,
                      i % 4 == 0 ? LABEL_NEGATIVE : LABEL_POSITIVE, false);
            if (!copies) {
                batch.list[i].item.text =
                    arena_print(batch.arena, "Acme %llx and %llx met %llx at %llx",
                                (unsigned long long)world_random(&world),
                                (unsigned long long)world_random(&world),
                                (unsigned long long)world_random(&world),
                                (unsigned long long)world_random(&world));
            }
        }
        world_write(&batch, WORLD_END_MS);
        struct snapshot *snapshot = world_snapshot(&world);
        kpi_compute(snapshot, &world.config, &(struct segment){.brand = SPAN("Acme")},
                    (struct period){WORLD_END_MS - DAY_MS, WORLD_END_MS + 1}, kpis[copies]);
        snapshot_close(snapshot);
        arena_free(batch.arena);
        world_close(&world);
    }
    const struct kpi *apart = kpis[0];
    const struct kpi *same = kpis[1];
    assert_same(apart[KPI_SPREAD].value, 1);
    assert_same(same[KPI_SPREAD].value, 40);
    assert_same(same[KPI_NET_SENTIMENT].value, apart[KPI_NET_SENTIMENT].value);
    assert_true(same[KPI_NET_SENTIMENT].high - same[KPI_NET_SENTIMENT].low >
                2 * (apart[KPI_NET_SENTIMENT].high - apart[KPI_NET_SENTIMENT].low));
    assert_true(same[KPI_BRAND_HEALTH].low < apart[KPI_BRAND_HEALTH].low - 0.1);
}

static void the_loudest_come_first_and_once(void **state) {
    (void)state;
    struct world world;
    world_open(&world);
    struct world_batch batch = {.world = &world, .arena = arena_create()};
    for (int i = 0; i < 30; i++) {
        world_say(&batch, WORLD_END_MS - i * MINUTE_MS, 0, LABEL_NEGATIVE, false);
        struct mention *mention = &batch.list[i];
        mention->item.author = arena_print(batch.arena, "author%d", (i * 7) % 30 / 2);
        mention->item.text = arena_print(
            batch.arena, "Acme %llx, %llx: %llx", (unsigned long long)world_random(&world),
            (unsigned long long)world_random(&world), (unsigned long long)world_random(&world));
        mention->score.value = -0.1 - 0.02 * ((i * 7) % 30);
        mention->brands[0].score = mention->score;
    }
    world_write(&batch, WORLD_END_MS);
    struct snapshot *snapshot = world_snapshot(&world);
    struct arena *arena = arena_create();
    struct extremes extremes = {0};
    uint32_t brand = 0;
    assert_true(snapshot_brand(snapshot, SPAN("Acme"), &brand));
    mentions_extreme(snapshot, &(struct subject){.brand = brand},
                     (struct period){WORLD_END_MS - DAY_MS, WORLD_END_MS + 1}, 5, arena, &extremes);
    assert_int_equal(extremes.best_count, 0);
    assert_int_equal(extremes.worst_count, 5);
    assert_true(extremes.worst[0].score.value < -0.67);
    for (size_t i = 1; i < 5; i++) {
        const struct sheet_mention *before = &extremes.worst[i - 1];
        const struct sheet_mention *now = &extremes.worst[i];
        assert_true(before->weight >= now->weight);
        assert_true(before->score.value <= now->score.value);
        for (size_t j = 0; j < i; j++) {
            assert_false(
                span_equal(extremes.worst[j].mention.item.author, now->mention.item.author));
        }
    }
    arena_free(arena);
    snapshot_close(snapshot);
    arena_free(batch.arena);
    world_close(&world);
}

/* --- Every form ------------------------------------------------------------------------------- */

static struct span print_report(struct world *world, const struct output_style *style,
                                struct buffer *out) {
    struct snapshot *snapshot = world_snapshot(world);
    struct error error = {0};
    const struct report_request request = {.period = {WORLD_END_MS - MONTH_MS, WORLD_END_MS}};
    buffer_init(out, LIMIT_DOCUMENT);
    if (!report_print(out, snapshot, &world->config, &request, style, &error)) {
        fail_msg("%s", error.message);
    }
    snapshot_close(snapshot);
    return buffer_span(out);
}

static void save(const char *name, struct span text) {
    const char *folder = getenv("EARSHOT_KEEP");
    char path[256];
    if (folder == NULL) {
        return;
    }
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text.data, 1, text.size, file), text.size);
    fclose(file);
}

static void every_form_has_the_numbers(void **state) {
    static const struct {
        const char *name;
        const char *needle;
    } forms[] = {{"table", "net sentiment"},     {"json", "\"net_sentiment\""},
                 {"jsonl", "\"net_sentiment\""}, {"csv", "net_sentiment"},
                 {"md", "| net sentiment |"},    {"html", "net sentiment"}};
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct buffer out;
        struct output_style style = {.unicode = true, .width = 80};
        assert_true(output_format_parse(span_of(forms[i].name), &style.format));
        struct span text = print_report(*state, &style, &out);
        assert_true(span_find(text, SPAN("Acme")) != SPAN_NOT_FOUND);
        assert_true(span_find(text, span_of(forms[i].needle)) != SPAN_NOT_FOUND);
        save(forms[i].name, text);
        buffer_done(&out);
    }
}

static void lists_are_printed(void **state) {
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    for (int format = OUTPUT_TABLE; format <= OUTPUT_HTML; format++) {
        struct output_style style = {.format = (enum output_format)format, .width = 100};
        struct buffer out;
        buffer_init(&out, LIMIT_DOCUMENT);
        incidents_print(&out, snapshot, &style);
        sources_print(&out, snapshot, &style, WORLD_END_MS);
        outbox_print(&out, snapshot, &style);
        assert_true(span_find(buffer_span(&out), SPAN("closed")) != SPAN_NOT_FOUND);
        assert_true(span_find(buffer_span(&out), SPAN("forum")) != SPAN_NOT_FOUND);
        assert_true(span_find(buffer_span(&out), SPAN("ada@example.com")) != SPAN_NOT_FOUND);
        save(format == OUTPUT_TABLE ? "lists" : "lists.other", buffer_span(&out));
        buffer_done(&out);
    }
    struct arena *arena = arena_create();
    size_t count = 0;
    struct outbox_row *rows = snapshot_outbox(snapshot, false, arena, &count);
    assert_int_equal(count, 2); /* it is on; it is over */
    save("mail.eml", rows[0].body);
    arena_free(arena);
    snapshot_close(snapshot);
}

static void tables_keep_their_width(void **state) {
    for (int width = 60; width <= 120; width += 20) {
        struct buffer out;
        struct output_style style = {.format = OUTPUT_TABLE, .width = width};
        struct span rest = print_report(*state, &style, &out);
        struct span line;
        while (rest.size > 0 && span_split(&rest, '\n', &line)) {
            if (line.size > (size_t)width) {
                fail_msg("wider than %d: %.*s", width, SPAN_ARG(line));
            }
        }
        buffer_done(&out);
    }
}

static void wrong_requests_are_refused(void **state) {
    struct world *world = *state;
    struct snapshot *snapshot = world_snapshot(world);
    struct error error = {0};
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    const struct output_style style = {0};
    struct report_request request = {.segment = {.brand = SPAN("Initech")},
                                     .period = {WORLD_END_MS - MONTH_MS, WORLD_END_MS}};
    assert_false(report_print(&out, snapshot, &world->config, &request, &style, &error));
    assert_int_equal(error.kind, ERROR_USAGE);
    request = (struct report_request){.period = {WORLD_END_MS, WORLD_END_MS}};
    assert_false(report_print(&out, snapshot, &world->config, &request, &style, &error));
    enum output_format format;
    assert_false(output_format_parse(SPAN("xml"), &format));
    buffer_done(&out);
    snapshot_close(snapshot);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kpis_equal_a_recount),
        cmocka_unit_test(no_data_is_not_zero),
        cmocka_unit_test(gaps_are_shown_as_gaps),
        cmocka_unit_test(copies_are_one_voice),
        cmocka_unit_test(the_loudest_come_first_and_once),
        cmocka_unit_test(every_form_has_the_numbers),
        cmocka_unit_test(lists_are_printed),
        cmocka_unit_test(tables_keep_their_width),
        cmocka_unit_test(wrong_requests_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
