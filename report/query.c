/* Answers to ad-hoc questions: the mentions that match, newest first, and their totals. */
#include "report/html.h"
#include "report/paint.h"
#include "report/sheet.h"

#include "base/print.h"
#include "report/grid.h"

#include <math.h>

struct answer_hit {
    struct mention mention;
    struct query_hits hits; /* with explain only */
};

#define TREND_STEPS ((size_t)90) /* at most: one sign each, on a line */

/* The period in steps of whole days (24 hours from its beginning), and what matches in each. One
 * step where the period is open. */
struct trend {
    int64_t times_ms[TREND_STEPS + 1];
    struct search_count counts[TREND_STEPS];
    bool known[TREND_STEPS]; /* a source was asked, or something was found */
    size_t count;
    int64_t step_ms;
};

struct answer {
    const struct query_request *request;
    struct arena *arena;
    struct trend trend;
    struct answer_hit *list;
    size_t count;
    uint64_t matched;
    uint64_t labels[LABEL_COUNT];
    uint64_t total;   /* mentions in the period */
    struct span plan; /* what the index was asked for; with explain only */
};

struct query_walk {
    const struct snapshot *snapshot;
    const struct matcher *matcher;
    struct arena *scratch; /* of one mention */
    struct answer *answer;
};

/* Feeling towards the brand the mention was kept for; of the whole text where there is none. */
static struct score hit_score(const struct mention *mention) {
    return *mention_feeling(mention);
}

/* --- The trend -------------------------------------------------------------------------------- */

static void trend_begin(struct trend *trend, struct period period) {
    bool open = period.since_ms == DATE_NONE || period.until_ms == DATE_NONE ||
                period.until_ms <= period.since_ms;
    int64_t length_ms = open ? 0 : period.until_ms - period.since_ms;
    int64_t days = (length_ms + DAY_MS - 1) / DAY_MS;
    int64_t step_days = (days + (int64_t)TREND_STEPS - 1) / (int64_t)TREND_STEPS;
    trend->step_ms = step_days * DAY_MS;
    trend->count = open ? 1 : (size_t)((days + step_days - 1) / step_days);
    for (size_t i = 0; i < trend->count; i++) {
        trend->times_ms[i] = open ? INT64_MIN : period.since_ms + (int64_t)i * trend->step_ms;
    }
    trend->times_ms[trend->count] = open ? INT64_MAX : period.until_ms;
}

static void trend_add(struct trend *trend, int64_t time_ms, enum label label) {
    size_t step = trend->count == 1 ? 0 : (size_t)((time_ms - trend->times_ms[0]) / trend->step_ms);
    trend->counts[step].mentions++;
    trend->counts[step].labels[label]++;
}

static void trend_sum(struct answer *answer, const struct snapshot *snapshot) {
    struct trend *trend = &answer->trend;
    for (size_t i = 0; i < trend->count; i++) {
        trend->known[i] =
            trend->count == 1 || trend->counts[i].mentions > 0 ||
            snapshot_coverage(snapshot, SPAN(""), trend->times_ms[i], trend->times_ms[i + 1]) > 0;
        answer->matched += trend->counts[i].mentions;
        for (size_t label = 0; label < LABEL_COUNT; label++) {
            answer->labels[label] += trend->counts[i].labels[label];
        }
    }
}

/* --- Finding ---------------------------------------------------------------------------------- */

static void keep_hit(struct query_walk *walk, uint64_t sequence) {
    struct answer *answer = walk->answer;
    struct answer_hit *hit = &answer->list[answer->count];
    if (!snapshot_mention(walk->snapshot, sequence, answer->arena, &hit->mention)) {
        return;
    }
    answer->count++;
    if (answer->request->explain) {
        matcher_match(walk->matcher, &hit->mention, answer->arena, &hit->hits);
    }
}

/* One that the index takes for a match, without being sure. */
static void hit_check(struct query_walk *walk, uint64_t sequence) {
    struct answer *answer = walk->answer;
    struct mention mention;
    struct query_hits hits = {0};
    if (snapshot_mention(walk->snapshot, sequence, walk->scratch, &mention)) {
        matcher_match(walk->matcher, &mention, walk->scratch, &hits);
    }
    if (hits.query_count > 0) {
        trend_add(&answer->trend, mention_time_ms(&mention), hit_score(&mention).label);
        if (answer->count < answer->request->limit) {
            keep_hit(walk, sequence);
        }
    }
    arena_reset(walk->scratch);
}

static struct span plan_text(const struct search *search, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_QUERY * 4);
    search_print(&out, search);
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

static void answer_find(struct answer *answer, const struct snapshot *snapshot) {
    const struct query_request *request = answer->request;
    struct matcher *matcher = matcher_create(&request->query, 1);
    struct query_walk walk = {snapshot, matcher, arena_create(), answer};
    struct search *search =
        search_open(snapshot, request->query, request->period.since_ms, request->period.until_ms);
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    bool exact = search_is_exact(search);
    answer->total = search_total(search);
    trend_begin(&answer->trend, request->period);
    if (exact) { /* counted in the index: only what is shown is read */
        search_count(search, answer->trend.times_ms, answer->trend.count, answer->trend.counts);
    }
    while ((!exact || answer->count < request->limit) && search_next(search, &sequence, &time_ms)) {
        if (exact) {
            keep_hit(&walk, sequence);
        } else {
            hit_check(&walk, sequence);
        }
    }
    trend_sum(answer, snapshot);
    if (request->explain) {
        answer->plan = plan_text(search, answer->arena);
    }
    search_close(search);
    arena_free(walk.scratch);
    matcher_free(matcher);
}

static double labels_net(const uint64_t *labels) {
    uint64_t judged = labels[LABEL_POSITIVE] + labels[LABEL_NEGATIVE] + labels[LABEL_NEUTRAL];
    return judged == 0
               ? NAN
               : ((double)labels[LABEL_POSITIVE] - (double)labels[LABEL_NEGATIVE]) / (double)judged;
}

static enum paint label_paint(enum label label) {
    return label == LABEL_POSITIVE ? PAINT_GOOD : label == LABEL_NEGATIVE ? PAINT_BAD : PAINT_DIM;
}

static void print_explanation(struct buffer *out, const struct answer_hit *hit, struct arena *arena,
                              const struct output_style *style) {
    for (size_t i = 0; i < hit->hits.count; i++) {
        const struct query_hit *found = &hit->hits.list[i];
        struct span whole = found->in_title ? hit->mention.item.title : hit->mention.item.text;
        struct span bytes = span_first(span_from(whole, found->begin), found->end - found->begin);
        struct span line = arena_print(arena, "%.*s matched \"%.*s\" at byte %u of the %s",
                                       SPAN_ARG(found->clause), SPAN_ARG(bytes), found->begin,
                                       found->in_title ? "title" : "text");
        paint_begin(out, style, PAINT_DIM);
        paint_wrapped(out, line, 4, 2, style);
        paint_end(out, style, PAINT_DIM);
    }
}

#define HIT_COLUMNS 44 /* of a hit's line without its place: score, time, number, rating */

/* "  corrected, open, jo, refund": what people did about it. */
static void print_hit_work(struct buffer *out, struct arena *arena, const struct work *work,
                           int columns, const struct output_style *style) {
    struct span words[LIMIT_WORK_TAGS + 3];
    size_t count = 0;
    if (work == NULL) {
        return;
    }
    if (work_review(work) != REVIEW_NONE) {
        words[count++] =
            work_review(work) == REVIEW_CORRECTED ? SPAN("corrected") : SPAN("confirmed");
    }
    if (work->status != WORK_NONE) {
        words[count++] = span_of(work_status_name(work->status));
    }
    if (work->assigned.size > 0) {
        words[count++] = work->assigned;
    }
    for (size_t i = 0; i < work->tag_count && i < LIMIT_WORK_TAGS; i++) {
        words[count++] = work->tags[i];
    }
    struct span line = paint_line(arena, arena_join(arena, words, count, ", "), columns, style);
    buffer_print(out, "  %.*s", SPAN_ARG(line));
}

static void print_hit(struct buffer *out, const struct answer *answer, const struct answer_hit *hit,
                      const struct output_style *style) {
    const struct mention *mention = &hit->mention;
    struct score score = hit_score(mention);
    struct span value = paint_signed(answer->arena, score.value);
    char text[DATE_TEXT_SIZE];
    struct span when = span_first(
        arena_copy(answer->arena, span_of(date_print(mention_time_ms(mention), text))), 16);
    paint_begin(out, style, label_paint(score.label));
    paint_padded(out, value, 5, true);
    paint_end(out, style, label_paint(score.label));
    paint_begin(out, style, PAINT_DIM);
    struct span place = paint_line(answer->arena, mention_place(mention), 28, style);
    buffer_print(out, "  %.*s  %.*s  #%llu", SPAN_ARG(when), SPAN_ARG(place),
                 (unsigned long long)mention->sequence);
    if (mention->item.rating >= 0) {
        buffer_print(out, "  %.1f/5", mention->item.rating);
    }
    print_hit_work(out, answer->arena, mention->work,
                   paint_width(style) - HIT_COLUMNS - paint_columns(place), style);
    paint_end(out, style, PAINT_DIM);
    buffer_append_byte(out, '\n');
    paint_wrapped(out, mention_excerpt(mention, answer->arena), 2, 3, style);
    if (answer->request->explain) {
        print_explanation(out, hit, answer->arena, style);
    }
}

static void print_plan(struct buffer *out, const struct answer *answer,
                       const struct output_style *style) {
    if (answer->plan.size > 0) {
        struct span line =
            arena_print(answer->arena, "asked of the index: %.*s", SPAN_ARG(answer->plan));
        paint_begin(out, style, PAINT_DIM);
        paint_wrapped(out, line, 0, 3, style);
        paint_end(out, style, PAINT_DIM);
    }
}

static void print_trend_row(struct buffer *out, const char *name, const double *values,
                            size_t count, const struct output_style *style) {
    buffer_print(out, "%-8s", name);
    paint_spark(out, values, count, style->width > 20 ? style->width - 10 : 70, style);
    buffer_append_byte(out, '\n');
}

static void print_trend(struct buffer *out, const struct answer *answer,
                        const struct output_style *style) {
    const struct trend *trend = &answer->trend;
    double volume[TREND_STEPS];
    double net[TREND_STEPS];
    char from[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    if (trend->count < 2 || answer->matched == 0) {
        return;
    }
    for (size_t i = 0; i < trend->count; i++) {
        volume[i] = trend->known[i] ? (double)trend->counts[i].mentions : NAN;
        net[i] = labels_net(trend->counts[i].labels);
    }
    int64_t days = trend->step_ms / DAY_MS;
    buffer_print(out, "%s to %s, one sign for %lld day%s; %s = no data\n",
                 date_print_day(trend->times_ms[0], from),
                 date_print_day(trend->times_ms[trend->count] - 1, until), (long long)days,
                 days == 1 ? "" : "s", style->unicode ? "·" : "?");
    print_trend_row(out, "volume", volume, trend->count, style);
    print_trend_row(out, "net", net, trend->count, style);
}

static void answer_print_table(struct buffer *out, const struct answer *answer,
                               const struct output_style *style) {
    for (size_t i = 0; i < answer->count; i++) {
        print_hit(out, answer, &answer->list[i], style);
    }
    print_plan(out, answer, style);
    if (answer->matched == 0) {
        buffer_print(out, "no mention matches; there are %llu in that time\n",
                     (unsigned long long)answer->total);
        return;
    }
    double net = labels_net(answer->labels);
    buffer_print(out,
                 "%s%llu of %llu mentions match%s: %llu positive, %llu neutral, %llu negative, "
                 "%llu unsure",
                 answer->count > 0 ? "\n" : "", (unsigned long long)answer->matched,
                 (unsigned long long)answer->total,
                 answer->count < answer->matched ? " (newest shown)" : "",
                 (unsigned long long)answer->labels[LABEL_POSITIVE],
                 (unsigned long long)answer->labels[LABEL_NEUTRAL],
                 (unsigned long long)answer->labels[LABEL_NEGATIVE],
                 (unsigned long long)answer->labels[LABEL_UNSURE]);
    if (!isnan(net)) {
        struct span text = paint_signed(answer->arena, net);
        buffer_print(out, "; net %.*s", SPAN_ARG(text));
    }
    buffer_append_byte(out, '\n');
    print_trend(out, answer, style);
}

static void print_hit_json(struct json_writer *json, const struct answer *answer,
                           const struct answer_hit *hit) {
    if (!answer->request->explain) {
        mention_print_json(json, NULL, &hit->mention);
        return;
    }
    json_object_begin(json, NULL);
    mention_print_json(json, "mention", &hit->mention);
    json_array_begin(json, "matches");
    for (size_t i = 0; i < hit->hits.count; i++) {
        const struct query_hit *found = &hit->hits.list[i];
        json_object_begin(json, NULL);
        json_put_text(json, "clause", found->clause);
        json_put_string(json, "in", found->in_title ? "title" : "text");
        json_put_count(json, "begin", found->begin);
        json_put_count(json, "end", found->end);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void print_trend_json(struct json_writer *json, const struct trend *trend) {
    json_array_begin(json, "trend");
    for (size_t i = 0; i < trend->count && trend->count > 1; i++) {
        json_object_begin(json, NULL);
        json_put_time(json, "from", trend->times_ms[i]);
        json_put_real(json, "mentions",
                      trend->known[i] ? (double)trend->counts[i].mentions
                                      : NAN); /* null: no data */
        for (size_t label = 0; label < LABEL_COUNT && trend->known[i]; label++) {
            json_put_count(json, label_name((enum label)label), trend->counts[i].labels[label]);
        }
        json_object_end(json);
    }
    json_array_end(json);
}

static void answer_print_json(struct buffer *out, const struct answer *answer,
                              const struct output_style *style) {
    (void)style;
    struct json_writer json = json_writer_make(out, true);
    json_object_begin(&json, NULL);
    json_put_text(&json, "query", answer->request->text);
    json_put_count(&json, "matched", answer->matched);
    json_put_count(&json, "total", answer->total);
    if (answer->plan.size > 0) {
        json_put_text(&json, "plan", answer->plan);
    }
    for (size_t i = 0; i < LABEL_COUNT; i++) {
        json_put_count(&json, label_name((enum label)i), answer->labels[i]);
    }
    json_put_real(&json, "net", labels_net(answer->labels));
    print_trend_json(&json, &answer->trend);
    json_array_begin(&json, "mentions");
    for (size_t i = 0; i < answer->count; i++) {
        print_hit_json(&json, answer, &answer->list[i]);
    }
    json_array_end(&json);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

static void answer_print_json_lines(struct buffer *out, const struct answer *answer,
                                    const struct output_style *style) {
    (void)style;
    for (size_t i = 0; i < answer->count; i++) {
        struct json_writer json = json_writer_make(out, false);
        print_hit_json(&json, answer, &answer->list[i]);
        buffer_append_byte(out, '\n');
    }
}

static void grid_work(struct grid *grid, const struct work *work) {
    static const struct work nothing = {.status = WORK_NONE};
    const struct work *done = work == NULL ? &nothing : work;
    grid_text(grid, span_of(work_status_name(done->status)));
    grid_text(grid, done->assigned);
    grid_text(grid, arena_join(grid->arena, done->tags, done->tag_count, ", "));
    grid_text(grid, span_of(work_review_name(work_review(done))));
}

static void answer_print_grid(struct buffer *out, const struct answer *answer,
                              const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"sequence", "#", GRID_COUNT, 0},   {"time", "time", GRID_TIME, 0},
        {"source", "source", GRID_TEXT, 0}, {"channel", "channel", GRID_TEXT, 0},
        {"language", "lang", GRID_TEXT, 0}, {"brand", "brand", GRID_TEXT, 0},
        {"score", "score", GRID_REAL, 0},   {"label", "label", GRID_TEXT, 0},
        {"rating", "rating", GRID_REAL, 0}, {"reach", "reach", GRID_COUNT, 0},
        {"author", "author", GRID_TEXT, 0}, {"url", "url", GRID_TEXT, 0},
        {"status", "status", GRID_TEXT, 0}, {"assigned", "assigned", GRID_TEXT, 0},
        {"tags", "tags", GRID_TEXT, 0},     {"corrected", "corrected", GRID_TEXT, 0},
        {"title", "title", GRID_TEXT, 0},   {"text", "text", GRID_TEXT, 0},
    };
    struct grid grid = grid_make(answer->arena, columns, sizeof(columns) / sizeof(columns[0]),
                                 "No mention matches.");
    for (size_t i = 0; i < answer->count; i++) {
        const struct mention *mention = &answer->list[i].mention;
        struct score score = hit_score(mention);
        grid_number(&grid, (double)mention->sequence);
        grid_time(&grid, mention_time_ms(mention));
        grid_text(&grid, mention->source);
        grid_text(&grid, span_of(channel_name(mention->channel)));
        grid_text(&grid, mention->language);
        grid_text(&grid, mention->brand_count > 0 ? mention->brands[0].name : (struct span){0});
        grid_number(&grid, score.value);
        grid_text(&grid, span_of(label_name(score.label)));
        grid_number(&grid, mention->item.rating >= 0 ? mention->item.rating : NAN);
        grid_number(&grid, (double)mention_reach(mention));
        grid_text(&grid, mention->item.author);
        grid_text(&grid, mention->item.url);
        grid_work(&grid, mention->work);
        grid_text(&grid, mention->item.title);
        grid_text(&grid, mention->item.text);
    }
    grid_print(out, &grid, style);
}

bool query_run(struct buffer *out, const struct snapshot *snapshot,
               const struct query_request *request, const struct output_style *style,
               uint64_t *matched, struct error *error) {
    static void (*const printers[])(struct buffer *, const struct answer *,
                                    const struct output_style *) = {
        [OUTPUT_TABLE] = answer_print_table,      [OUTPUT_JSON] = answer_print_json,
        [OUTPUT_JSONL] = answer_print_json_lines, [OUTPUT_CSV] = answer_print_grid,
        [OUTPUT_MARKDOWN] = answer_print_grid,    [OUTPUT_HTML] = answer_print_grid,
    };
    struct arena *arena = arena_create();
    struct answer answer = {.request = request, .arena = arena};
    answer.list = ARENA_ARRAY(arena, struct answer_hit, request->limit + 1);
    answer_find(&answer, snapshot);
    printers[style->format](out, &answer, style);
    *matched = answer.matched;
    arena_free(arena);
    if (out->overflowed) {
        return error_set(error, ERROR_LIMIT, "the answer passes its ceiling of %zu bytes",
                         out->ceiling);
    }
    return true;
}
