/* How long reports take over a large store.
 *
 *   report [MENTIONS]     default 1,000,000: one brand and a rival, thirteen months; two in five
 *                         speak of a third one that nobody configured
 *
 * Prints the milliseconds of a whole report of the last month as table and page, of one page of the
 * feed, of one look for surges; of the KPIs of thirteen months; and of the last 90 days of what nobody
 * configured, as a trend by day in UTC, in Madrid, in Kolkata and in Kathmandu, and as KPIs; best of
 * three each. */
#include "report/report.h"
#include "base/zone.h"
#include "tests/bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define END_MS ((int64_t)1782864000000)
#define SPAN_MS (395 * DAY_MS)
#define MONTH_MS (30 * DAY_MS)
#define TREND_DAYS 90
#define BATCH 1000
#define ROUNDS 3

static double milliseconds(void) {
    return seconds_now() * 1e3;
}

static _Noreturn void give_up(const struct error *error) {
    fprintf(stderr, "report: %s\n", error->message);
    exit(1);
}

static const struct span names[] = {{"Acme", 4}, {"Globex", 6}};

static void mention_make(struct mention *mention, struct arena *arena, size_t number,
                         size_t total) {
    static const char *const topics[] = {"delivery", "price", "support", "quality"};
    int64_t time_ms = END_MS - SPAN_MS + (int64_t)((double)number / (double)total * SPAN_MS);
    uint32_t brand = random_next() % 3 == 0;
    *mention = (struct mention){.source = SPAN("forum"), .channel = CHANNEL_FORUM};
    item_init(&mention->item);
    mention->item.id = arena_print(arena, "%zu", number);
    mention->item.url = arena_print(arena, "https://forum.example/item/%zu", number);
    mention->item.author = arena_print(arena, "user%d", (int)(random_next() % 50000));
    mention->item.text = arena_print(
        arena, "%s order %llx came %llx late, box %llx was %s", names[brand].data,
        (unsigned long long)random_next(), (unsigned long long)random_next() % 4096,
        (unsigned long long)random_next(), random_next() % 5 < 2 ? "from initech" : "open");
    mention->item.published_ms = time_ms;
    mention->item.rating = (double)(random_next() % 6);
    mention->fetched_ms = time_ms;
    mention->language = SPAN("en");
    mention->stage = (enum stage)(random_next() % STAGE_COUNT);
    mention->score = (struct score){(double)(random_next() % 2001) / 1000 - 1, 0.8,
                                    (enum label)(random_next() % LABEL_COUNT)};
    mention->brands = ARENA_NEW(arena, struct brand_mention);
    mention->brand_count = 1;
    mention->brands[0] = (struct brand_mention){brand, mention->score, names[brand]};
    mention->topics = ARENA_NEW(arena, struct topic_mention);
    mention->topic_count = 1;
    mention->topics[0] = (struct topic_mention){span_of(topics[random_next() % 4]), mention->score};
}

static void fill(struct store *store, size_t total) {
    struct arena *arena = arena_create();
    for (size_t number = 0; number < total; number += BATCH) {
        struct mention *list = ARENA_ARRAY(arena, struct mention, BATCH);
        size_t count = total - number < BATCH ? total - number : BATCH;
        for (size_t i = 0; i < count; i++) {
            mention_make(&list[i], arena, number + i, total);
        }
        const struct store_batch batch = {.source = SPAN("forum"),
                                          .mentions = list,
                                          .mention_count = count,
                                          .brand_names = names,
                                          .brand_name_count = 2,
                                          .now_ms = list[count - 1].fetched_ms,
                                          .polled_ok = true};
        struct store_result result;
        struct error error = {0};
        if (!store_write(store, &batch, &result, &error)) {
            give_up(&error);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

struct task {
    struct store *store;
    const struct config *config;
    const char *zone;
    size_t size; /* bytes written, mentions counted */
};

static void task_report(struct task *task, enum output_format format) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    struct buffer out;
    const struct report_request request = {.segment = {.brand = names[0]},
                                           .period = {END_MS - MONTH_MS, END_MS}};
    const struct output_style style = {.format = format, .unicode = true, .width = 80};
    buffer_init(&out, LIMIT_DOCUMENT);
    if (!snapshot_open(task->store, &snapshot, &error) ||
        !report_print(&out, snapshot, task->config, &request, &style, &error)) {
        give_up(&error);
    }
    snapshot_close(snapshot);
    task->size = out.size;
    buffer_done(&out);
}

static void task_table(struct task *task) {
    task_report(task, OUTPUT_TABLE);
}

static void task_page(struct task *task) {
    task_report(task, OUTPUT_HTML);
}

static void task_feed(struct task *task) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    if (!snapshot_open(task->store, &snapshot, &error) ||
        !feed_print(&out, snapshot, task->config, names[0], 0, 50, &error)) {
        give_up(&error);
    }
    snapshot_close(snapshot);
    task->size = out.size;
    buffer_done(&out);
}

static void task_alerts(struct task *task) {
    struct alert_summary summary;
    struct error error = {0};
    if (!alerts_evaluate(task->store, task->config, NULL, END_MS, &summary, &error)) {
        give_up(&error);
    }
    task->size = summary.opened;
}

/* Everything of a month, as the page that is mailed. */
static void task_digest(struct task *task) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    struct buffer out;
    const struct digest_request request = {.rhythm = RHYTHM_MONTHLY, .now_ms = END_MS + DAY_MS};
    buffer_init(&out, LIMIT_DOCUMENT);
    if (!snapshot_open(task->store, &snapshot, &error) ||
        !digest_print(&out, snapshot, task->config, NULL, &request, true, &error)) {
        give_up(&error);
    }
    snapshot_close(snapshot);
    task->size = out.size;
    buffer_done(&out);
}

static void task_kpis(struct task *task, const struct segment *segment, int64_t length_ms) {
    struct snapshot *snapshot = NULL;
    struct error error = {0};
    struct kpi kpis[KPI_COUNT];
    if (!snapshot_open(task->store, &snapshot, &error)) {
        give_up(&error);
    }
    kpi_compute(snapshot, task->config, segment, (struct period){END_MS - length_ms, END_MS}, kpis);
    snapshot_close(snapshot);
    task->size = kpis[KPI_VOLUME].n;
}

static void task_kpis_of_brand(struct task *task) {
    task_kpis(task, &(struct segment){.brand = names[0]}, SPAN_MS);
}

static const struct query *initech(struct arena *arena) {
    const struct query *query = NULL;
    struct error error = {0};
    if (!query_parse(SPAN("initech"), END_MS, arena, &query, &error)) {
        give_up(&error);
    }
    return query;
}

static void task_kpis_of_query(struct task *task) {
    struct arena *arena = arena_create();
    task_kpis(task, &(struct segment){.query = initech(arena)}, TREND_DAYS * DAY_MS);
    arena_free(arena);
}

/* By days of the task's zone. */
static void task_trend(struct task *task, const struct subject *subject) {
    struct snapshot *snapshot = NULL;
    struct zone *zone = NULL;
    struct error error = {0};
    int64_t times_ms[TREND_DAYS + 1];
    struct tally tallies[TREND_DAYS];
    if (!snapshot_open(task->store, &snapshot, &error) ||
        !zone_open(span_of(task->zone), &zone, &error)) {
        give_up(&error);
    }
    for (int i = 0; i <= TREND_DAYS; i++) {
        times_ms[i] = zone_day_start(zone, END_MS, i - TREND_DAYS);
    }
    struct census *census = census_open(snapshot, subject, times_ms[0], times_ms[TREND_DAYS]);
    census_count(census, times_ms, TREND_DAYS, tallies);
    census_close(census);
    task->size = 0;
    for (size_t i = 0; i < TREND_DAYS; i++) {
        task->size += tallies[i].mentions;
    }
    zone_close(zone);
    snapshot_close(snapshot);
}

static void task_trend_of_query(struct task *task) {
    struct arena *arena = arena_create();
    task_trend(task, &(struct subject){.brand = BRAND_ANY, .query = initech(arena)});
    arena_free(arena);
}

static void task_trend_of_brand(struct task *task) {
    struct snapshot *snapshot = NULL;
    struct subject subject = {.brand = BRAND_ANY};
    struct error error = {0};
    if (!snapshot_open(task->store, &snapshot, &error) ||
        !snapshot_brand(snapshot, names[0], &subject.brand)) {
        give_up(&error);
    }
    snapshot_close(snapshot);
    task_trend(task, &subject);
}

static void measure(struct task *task, const char *name, void (*run)(struct task *task)) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double begin = milliseconds();
        run(task);
        double taken = milliseconds() - begin;
        best = round == 0 || taken < best ? taken : best;
    }
    printf("report %-40s %8.1f ms   (%zu)\n", name, best, task->size);
}

int main(int argc, char **argv) {
    size_t total = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 1000000;
    char folder[] = "/tmp/earshot-bench-XXXXXX";
    const struct store_options options = {.mode = STORE_WRITE, .no_sync = true};
    struct config_brand brands[] = {{.name = names[0], .own = true, .competitors = {&names[1], 1}},
                                    {.name = names[1]}};
    struct config config = {.brands = brands, .brand_count = 2};
    struct task task = {.config = &config};
    struct error error = {0};
    config.alerts.enabled = true;
    config.alerts.false_per_week = 1;
    config.alerts.minimum = 5;
    config.alerts.window_ms = 6 * HOUR_MS;
    config.digest.at = SPAN("08:00");
    config.digest.monthday = 1;
    config.serve.listen = SPAN("127.0.0.1:8765");
    if (mkdtemp(folder) == NULL || !store_open(folder, &options, &task.store, &error)) {
        give_up(&error);
    }
    fill(task.store, total);
    printf("report mentions %zu\n", total);
    measure(&task, "table", task_table);
    measure(&task, "page", task_page);
    measure(&task, "feed", task_feed);
    measure(&task, "alerts", task_alerts);
    measure(&task, "digest", task_digest);
    measure(&task, "KPIs of 13 months", task_kpis_of_brand);
    static const char *const zones[] = {"UTC", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu"};
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        char name[64];
        task.zone = zones[i];
        snprintf(name, sizeof name, "trend of 90 days, %s", zones[i]);
        measure(&task, name, task_trend_of_brand);
    }
    measure(&task, "trend of 90 days, nobody configured", task_trend_of_query);
    measure(&task, "KPIs of 90 days, nobody configured", task_kpis_of_query);
    store_close(task.store);
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command) == 0 ? 0 : 1;
}
