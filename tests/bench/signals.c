/* False alerts of all that is watched of a brand together, on simulated brands with nothing in them
 * but chance: the budget is theirs in common.
 *
 *   signals [BRANDS [WEEKS]]     default 200 brands, 26 weeks after six to learn from
 *
 * Brands as in alerts.c; half of them differ from day to day in what is said of them, half hardly. By
 * kind: in how many alerts it surprised alone or first. Then how often and how soon a change is
 * noticed that lasts two days: the share of negative talk doubles, ratings fall to two stars, a topic
 * of six in a hundred becomes a third of all, reach is twenty times what it was, nobody speaks. */
#include "tests/unit/report/simulate.h"

#include "report/events.h"

#include <stdio.h>

#define LEARN (6 * HOURS_WEEK)
#define CHANGE_HOURS ((size_t)48)
#define KINDS_MAX 16

static const struct signal_options ours = {.window = 6, .minimum = 5, .false_per_week = 0.25};

struct kind_count {
    const char *kind;
    double alone; /* alerts of this signal, were it the only one */
    double named;
};

struct counts {
    struct kind_count kinds[KINDS_MAX];
    size_t kind_count;
    double alerts, weeks;
};

static struct kind_count *kind_of(struct counts *counts, const char *kind) {
    for (size_t i = 0; i < counts->kind_count; i++) {
        if (strcmp(counts->kinds[i].kind, kind) == 0) {
            return &counts->kinds[i];
        }
    }
    counts->kinds[counts->kind_count] = (struct kind_count){.kind = kind};
    return &counts->kinds[counts->kind_count++];
}

static void count_alone(struct counts *counts, const struct history *history, struct arena *arena) {
    size_t count = 0;
    struct lane *lanes = signals_run(history, &ours, LEARN, arena, &count);
    for (size_t l = 0; l < count; l++) {
        size_t last = 0;
        for (size_t i = LEARN; i < history->count; i++) {
            if (lanes[l].results[i].surprising) {
                kind_of(counts, lanes[l].signal->kind)->alone += last == 0 || i - last > 24;
                last = i;
            }
        }
    }
}

static struct event *find(const struct history *history, size_t first, struct arena *arena,
                          size_t *count) {
    const struct event_options options = {
        .signals = ours, .lookback_ms = (int64_t)(history->count - first) * HOUR_MS};
    return events_find(history, &options, arena, count);
}

static void count_false(struct counts *counts, const struct history *history, struct arena *arena) {
    size_t count = 0;
    struct event *events = find(history, LEARN, arena, &count);
    for (size_t i = 0; i < count; i++) {
        kind_of(counts, events[i].lane->signal->kind)->named++;
    }
    counts->alerts += (double)count;
    counts->weeks += (double)(history->count - LEARN) / (double)HOURS_WEEK;
    count_alone(counts, history, arena);
}

/* --- Changes ---------------------------------------------------------------------------------- */

static void change_negative(struct history *history, size_t i, uint64_t *random) {
    double more = random_hits(random, history->volume[i].count - history->negative[i].count, 0.25);
    history->negative[i].count += more;
    history->negativity[i].sum += more;
    history->negativity[i].squares += more;
}

static void change_rating(struct history *history, size_t i, uint64_t *random) {
    (void)random;
    history->rating[i].sum = history->rating[i].total * 0.6;
    history->rating[i].squares = history->rating[i].total * 0.5;
}

static void change_topic(struct history *history, size_t i, uint64_t *random) {
    double hits = random_hits(random, history->volume[i].count, 0.33);
    history->topics[1].points[i].sum = history->topics[1].points[i].squares = hits;
}

static void change_reach(struct history *history, size_t i, uint64_t *random) {
    (void)random;
    history->reach[i].count *= 20;
}

static void change_silence(struct history *history, size_t i, uint64_t *random) {
    (void)random;
    history->volume[i].count = history->negative[i].count = history->reach[i].count = 0;
    history->negativity[i] = history->rating[i] = (struct share_point){0};
    for (size_t t = 0; t < history->topic_count; t++) {
        history->topics[t].points[i] = (struct share_point){0};
    }
}

static const struct {
    const char *name;
    void (*apply)(struct history *history, size_t hour, uint64_t *random);
} changes[] = {{"negative share doubles", change_negative},
               {"ratings fall to 2 stars", change_rating},
               {"a topic of 6 % has 33 %", change_topic},
               {"reach is twenty-fold", change_reach},
               {"nobody speaks", change_silence}};
#define CHANGES (sizeof(changes) / sizeof(changes[0]))

struct noticed {
    double tried, found, delay;
};

static void change_try(size_t c, const struct simulated_brand *brand, uint64_t *random,
                       struct noticed *noticed) {
    struct arena *arena = arena_create();
    size_t hours = LEARN + 3 * HOURS_WEEK;
    struct history history = simulate_history(brand, hours, random, arena);
    size_t begin = hours - CHANGE_HOURS;
    for (size_t i = begin; i < hours; i++) {
        changes[c].apply(&history, i, random);
    }
    size_t count = 0;
    struct event *events = find(&history, begin, arena, &count);
    noticed->tried++;
    noticed->found += count > 0;
    noticed->delay += count > 0 ? (double)(events[0].first - begin) : 0;
    arena_free(arena);
}

static const struct {
    const char *name;
    double least, most; /* mentions a day */
} sizes[] = {{"1 to 10 a day", 0, 10}, {"10 to 100", 10, 100}, {"100 to 1,000", 100, 1e9}};
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

static void changes_print(struct noticed noticed[CHANGES][SIZES]) {
    printf("\n%-26s", "noticed within two days");
    for (size_t s = 0; s < SIZES; s++) {
        printf("%22s", sizes[s].name);
    }
    for (size_t c = 0; c < CHANGES; c++) {
        printf("\n%-26s", changes[c].name);
        for (size_t s = 0; s < SIZES; s++) {
            const struct noticed *one = &noticed[c][s];
            printf("%9.0f %% (%4.1f h) ", one->tried > 0 ? 100 * one->found / one->tried : 0,
                   one->found > 0 ? one->delay / one->found : 0);
        }
    }
    printf("\n");
}

static void brand_run(const struct simulated_brand *brand, size_t hours, uint64_t *random,
                      struct counts *counts, struct noticed noticed[CHANGES][SIZES]) {
    struct arena *arena = arena_create();
    struct history history = simulate_history(brand, hours, random, arena);
    count_false(counts, &history, arena);
    arena_free(arena);
    size_t size = 0;
    while (brand->per_day >= sizes[size].most) {
        size++;
    }
    for (size_t c = 0; c < CHANGES; c++) {
        change_try(c, brand, random, &noticed[c][size]);
    }
}

int main(int argc, char **argv) {
    size_t brands = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200;
    size_t weeks = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 26;
    struct counts counts = {0};
    struct noticed noticed[CHANGES][SIZES] = {0};
    uint64_t random = 20261121;
    for (size_t b = 0; b < brands; b++) {
        struct simulated_brand brand = {
            .per_day = pow(1000, (double)b / (double)(brands > 1 ? brands - 1 : 1)),
            .dispersion = b % 2 == 0 ? 0 : 0.25};
        brand_run(&brand, LEARN + weeks * HOURS_WEEK, &random, &counts, noticed);
    }
    printf("signals %zu brands, %zu weeks; budget %.3f a brand and week, seen %.3f (%+.0f %%)\n",
           brands, weeks, ours.false_per_week, counts.alerts / counts.weeks,
           100 * (counts.alerts / counts.weeks / ours.false_per_week - 1));
    printf("%-12s %14s %14s\n", "kind", "alone/week", "names/week");
    for (size_t i = 0; i < counts.kind_count; i++) {
        printf("%-12s %14.4f %14.4f\n", counts.kinds[i].kind, counts.kinds[i].alone / counts.weeks,
               counts.kinds[i].named / counts.weeks);
    }
    changes_print(noticed);
    return 0;
}
