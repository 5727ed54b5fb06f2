#include "report/kpi.h"

#include "report/grid.h"
#include "report/statistics.h"

#include <math.h>

/* Weight of the prior in the rating: as many ratings at the family's mean as a new brand needs
 * before its own mean is worth more than the habit of its market. */
#define RATING_PRIOR_WEIGHT 5.0
#define RATING_PRIOR_NONE 3.0

static void kpi_set(struct kpi *kpi, double value, struct interval interval, uint64_t n) {
    kpi->known = true;
    kpi->value = value;
    kpi->low = interval.low;
    kpi->high = interval.high;
    kpi->n = n;
}

static void kpi_set_sum(struct kpi *kpi, uint64_t value, uint64_t n) {
    double number = (double)value;
    kpi_set(kpi, number, (struct interval){number, number}, n);
}

/* Copies of one story are one voice: the interval is as wide as the distinct stories make it. */
static double effective_size(const struct tally *tally, double n) {
    if (tally->mentions == 0 || tally->stories == 0) {
        return n;
    }
    return fmax(1, n * (double)tally->stories / (double)tally->mentions);
}

static void compute_volume(const struct kpi_input *input, struct kpi *kpi) {
    if (input->brand->mentions > 0 || input->coverage > 0) {
        kpi_set_sum(kpi, input->brand->mentions, input->brand->mentions);
    }
}

static void compute_net_sentiment(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    uint64_t judged = tally_judged(tally);
    if (judged > 0) {
        double n = (double)judged;
        double positive = (double)tally->labels[LABEL_POSITIVE] / n;
        double negative = (double)tally->labels[LABEL_NEGATIVE] / n;
        double value =
            ((double)tally->labels[LABEL_POSITIVE] - (double)tally->labels[LABEL_NEGATIVE]) / n;
        kpi_set(kpi, value, statistics_net(positive, negative, effective_size(tally, n)), judged);
    }
}

static void compute_brand_health(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    uint64_t n = tally->labels[LABEL_POSITIVE] + tally->labels[LABEL_NEGATIVE];
    if (n > 0) {
        double share = (double)tally->labels[LABEL_POSITIVE] / (double)n;
        kpi_set(kpi, share, statistics_wilson(share, effective_size(tally, (double)n)), n);
    }
}

static void compute_share_of_voice(const struct kpi_input *input, struct kpi *kpi) {
    uint64_t n = input->family_mentions;
    if (input->has_family && n > 0) {
        double share = (double)input->brand->mentions / (double)n;
        kpi_set(kpi, share, statistics_wilson(share, effective_size(input->brand, (double)n)), n);
    }
}

static void compute_rating(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    if (tally->ratings == 0) {
        return;
    }
    double n = (double)tally->ratings;
    double value =
        (RATING_PRIOR_WEIGHT * input->rating_prior + tally->rating_sum) / (RATING_PRIOR_WEIGHT + n);
    struct interval interval = {0, 5};
    if (tally->ratings > 1) {
        interval = statistics_mean(tally->rating_sum, tally->rating_squares, n);
        double shrink = n / (n + RATING_PRIOR_WEIGHT);
        double mean = tally->rating_sum / n;
        interval.low = fmax(0, value - (mean - interval.low) * shrink);
        interval.high = fmin(5, value + (interval.high - mean) * shrink);
    }
    kpi_set(kpi, value, interval, tally->ratings);
}

static void compute_reach(const struct kpi_input *input, struct kpi *kpi) {
    if (input->brand->mentions > 0 || input->coverage > 0) {
        kpi_set_sum(kpi, input->brand->reach, input->brand->mentions);
    }
}

static void compute_engagement(const struct kpi_input *input, struct kpi *kpi) {
    if (input->brand->mentions > 0 || input->coverage > 0) {
        kpi_set_sum(kpi, input->brand->engagement, input->brand->mentions);
    }
}

/* A bad experience is told to fifteen people, a good one to six. Grows with the share of positive
 * mentions, so the ends of that share's interval are the ends of its own. */
#define TOLD_GOOD 6.0
#define TOLD_BAD 15.0

static double word_of_mouth(double share) {
    double good = TOLD_GOOD * share;
    double bad = TOLD_BAD * (1 - share);
    return (good - bad) / (good + bad);
}

static void compute_word_of_mouth(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    uint64_t n = tally->labels[LABEL_POSITIVE] + tally->labels[LABEL_NEGATIVE];
    if (n > 0) {
        double share = (double)tally->labels[LABEL_POSITIVE] / (double)n;
        struct interval interval = statistics_wilson(share, effective_size(tally, (double)n));
        interval.low = word_of_mouth(interval.low);
        interval.high = word_of_mouth(interval.high);
        kpi_set(kpi, word_of_mouth(share), interval, n);
    }
}

static void compute_spread(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    if (tally->stories > 0) {
        double value = (double)tally->mentions / (double)tally->stories;
        kpi_set(kpi, value, (struct interval){value, value}, tally->stories);
    }
}

#define NPS_POINTS 100.0

static void compute_nps(const struct kpi_input *input, struct kpi *kpi) {
    const struct tally *tally = input->brand;
    uint64_t n = tally->answers[SURVEY_NPS];
    if (n > 0) {
        double promoters = (double)tally->promoters / (double)n;
        double detractors = (double)tally->detractors / (double)n;
        struct interval interval = statistics_net(promoters, detractors, (double)n);
        interval.low *= NPS_POINTS;
        interval.high *= NPS_POINTS;
        double value = ((double)tally->promoters - (double)tally->detractors) / (double)n;
        kpi_set(kpi, value * NPS_POINTS, interval, n);
    }
}

static void compute_csat(const struct kpi_input *input, struct kpi *kpi) {
    uint64_t n = input->brand->answers[SURVEY_CSAT];
    if (n > 0) {
        double share = (double)input->brand->satisfied / (double)n;
        kpi_set(kpi, share, statistics_wilson(share, (double)n), n);
    }
}

static void compute_ces(const struct kpi_input *input, struct kpi *kpi) {
    const struct survey_scale *scale = &survey_scales[SURVEY_CES];
    const struct tally *tally = input->brand;
    uint64_t n = tally->answers[SURVEY_CES];
    if (n == 0) {
        return;
    }
    struct interval interval = {scale->worst, scale->best};
    if (n > 1) {
        interval = statistics_mean(tally->answer_sums[SURVEY_CES],
                                   tally->answer_squares[SURVEY_CES], (double)n);
        interval.low = fmax(scale->worst, interval.low);
        interval.high = fmin(scale->best, interval.high);
    }
    kpi_set(kpi, tally->answer_sums[SURVEY_CES] / (double)n, interval, n);
}

static void compute_response_rate(const struct kpi_input *input, struct kpi *kpi) {
    const struct response *response = input->response;
    if (response != NULL && response->kept && response->asked > 0) {
        double n = (double)response->asked;
        double share = (double)response->answered / n;
        kpi_set(kpi, share, statistics_wilson(share, n), response->asked);
    }
}

static void response_quantile(const struct kpi_input *input, double q, struct kpi *kpi) {
    const struct response *response = input->response;
    if (response != NULL && response->answered > 0) {
        size_t n = (size_t)response->answered;
        double value = statistics_quantile(response->hours, n, q);
        kpi_set(kpi, value, statistics_quantile_interval(response->hours, n, q), n);
    }
}

static void compute_response_time(const struct kpi_input *input, struct kpi *kpi) {
    response_quantile(input, 0.5, kpi);
}

static void compute_response_time_90(const struct kpi_input *input, struct kpi *kpi) {
    response_quantile(input, 0.9, kpi);
}

const struct kpi_definition kpi_definitions[KPI_COUNT] = {
    [KPI_VOLUME] = {"volume", "volume", "mentions of the brand", "counted whole", "mentions",
                    "AMEC integrated evaluation framework", false, compute_volume, 1, false},
    [KPI_NET_SENTIMENT] = {"net_sentiment", "net sentiment", "(pos - neg) / (pos + neg + neu)",
                           "Student 95 % of a difference of shares with half a mention more on "
                           "each side, n = distinct stories",
                           "", "net score as in NPS (Reichheld 2003)", false, compute_net_sentiment,
                           1, false},
    [KPI_BRAND_HEALTH] = {"brand_health", "brand health", "pos / (pos + neg)",
                          "Wilson 95 %, n = distinct stories", "share",
                          "Wilson 1927; Agresti & Coull 1998", false, compute_brand_health, 1,
                          false},
    [KPI_SHARE_OF_VOICE] = {"share_of_voice", "share of voice", "brand / (brand + competitors)",
                            "Wilson 95 %, n = distinct stories", "share",
                            "share of voice over a fixed set of brands", false,
                            compute_share_of_voice, 1, false},
    [KPI_RATING] = {"rating", "rating", "(5 m + sum of ratings) / (5 + n), m = mean of the market",
                    "Student 95 %, shrunk with the mean", "stars",
                    "Bayesian average on 0 to 5 stars", false, compute_rating, 1, false},
    [KPI_REACH] = {"reach", "reach", "sum of views, else followers, else 1 + engagement",
                   "counted whole", "people", "sum over all copies, each once", false,
                   compute_reach, 1, false},
    [KPI_ENGAGEMENT] = {"engagement", "engagement", "likes + replies + shares", "counted whole",
                        "acts", "sum over all copies, each once", false, compute_engagement, 1,
                        false},
    [KPI_WORD_OF_MOUTH] = {"word_of_mouth", "word of mouth", "(6 pos - 15 neg) / (6 pos + 15 neg)",
                           "Wilson 95 % of pos / (pos + neg), n = distinct stories", "",
                           "a bad experience is told to fifteen people, a good one to six", false,
                           compute_word_of_mouth, 1, false},
    [KPI_SPREAD] = {"spread", "spread", "mentions / distinct stories", "counted whole", "ratio",
                    "how often a story is taken up: copies and near copies are one story", false,
                    compute_spread, 1, false},
    [KPI_NPS] = {"nps", "promoter score", "100 (answers 9, 10 - answers 0 to 6) / answers",
                 "Student 95 % of a difference of shares with half an answer more on each side",
                 "points", "net promoter score (Reichheld 2003)", true, compute_nps, 1, false},
    [KPI_CSAT] = {"csat", "satisfaction", "answers 4, 5 / answers, on 1 to 5", "Wilson 95 %",
                  "share", "top two boxes of five; Wilson 1927", true, compute_csat, 1, false},
    [KPI_CES] = {"ces", "customer effort", "mean of answers on 1 (hard) to 7 (easy)",
                 "Student 95 %", "of 7",
                 "customer effort score (Dixon, Freeman & Toman 2010; 2.0 of 2013)", true,
                 compute_ces, 1, false},
    [KPI_RESPONSE_RATE] = {"response_rate", "response rate",
                           "answered / mentions that can be answered (not news, surveys, own)",
                           "Wilson 95 %", "share",
                           "answered: a reply by an account of the brand, or noted with earshot "
                           "mention; Wilson 1927",
                           true, compute_response_rate, 1, false},
    [KPI_RESPONSE_TIME] = {"response_time", "response time",
                           "median of hours from mention to first answer",
                           "95 % by order statistics (binomial)", "hours",
                           "distribution-free quantile interval (Conover 1999, 3.2)", true,
                           compute_response_time, 1, true},
    [KPI_RESPONSE_TIME_90] = {"response_time_90", "slow responses",
                              "hours within which nine of ten answers came",
                              "95 % by order statistics (binomial)", "hours",
                              "distribution-free quantile interval (Conover 1999, 3.2)", true,
                              compute_response_time_90, 1, true},
};

bool kpi_is_sum(const struct kpi *kpi) {
    return !kpi_feels(kpi) && strcmp(kpi->unit, "ratio") != 0;
}

bool kpi_feels(const struct kpi *kpi) {
    return strcmp(kpi->unit, "") == 0 || strcmp(kpi->unit, "share") == 0 ||
           strcmp(kpi->unit, "stars") == 0 || kpi->optional;
}

bool kpi_is_better(const struct kpi *kpi, int direction) {
    return kpi->less_is_better ? direction < 0 : direction > 0;
}

bool kpi_is_shown(const struct kpi *kpi) {
    return kpi->known || !kpi->optional;
}

struct kpi kpi_from(const struct kpi_definition *definition, const struct kpi_input *input) {
    struct kpi kpi = {.name = definition->name,
                      .key = definition->key,
                      .formula = definition->formula,
                      .method = definition->method,
                      .unit = definition->unit,
                      .version = definition->version,
                      .optional = definition->optional,
                      .less_is_better = definition->less_is_better};
    definition->compute(input, &kpi);
    kpi.provisional = kpi.known && kpi.n < KPI_PROVISIONAL_BELOW;
    return kpi;
}

static void segment_total(const struct snapshot *snapshot, const struct segment *segment,
                          struct period period, bool whole, struct tally *tally) {
    const int64_t ends_ms[] = {period.since_ms, period.until_ms};
    struct subject subject;
    *tally = (struct tally){0};
    if (segment_subject(snapshot, segment, &subject)) {
        struct census *census = census_open(snapshot, &subject, period.since_ms, period.until_ms);
        if (whole) {
            census_total(census, tally);
        } else {
            census_count(census, ends_ms, 1, tally);
        }
        census_close(census);
    }
}

void market_gather(const struct snapshot *snapshot, const struct config *config,
                   const struct segment *segment, struct period period, struct arena *arena,
                   struct market *market) {
    *market = (struct market){.period = period,
                              .coverage = snapshot_coverage(snapshot, (struct span){0},
                                                            period.since_ms, period.until_ms)};
    market->count = segment_family(config, segment, &market->segments, arena);
    market->tallies = ARENA_ARRAY(arena, struct tally, market->count);
    for (size_t i = 0; i < market->count; i++) {
        segment_total(snapshot, &market->segments[i], period, i == 0, &market->tallies[i]);
    }
    response_gather(snapshot, config, segment, period, arena, &market->response);
}

static struct kpi_input market_input(const struct market *market) {
    double ratings = 0;
    double rating_sum = 0;
    struct kpi_input input = {.brand = &market->tallies[0],
                              .has_family = market->count > 1,
                              .coverage = market->coverage,
                              .response = &market->response};
    for (size_t i = 0; i < market->count; i++) {
        input.family_mentions += market->tallies[i].mentions;
        ratings += (double)market->tallies[i].ratings;
        rating_sum += market->tallies[i].rating_sum;
    }
    input.rating_prior = ratings > 0 ? rating_sum / ratings : RATING_PRIOR_NONE;
    return input;
}

static bool first_entry(void *context, const struct timeline_entry *entry) {
    *(int64_t *)context = entry->time_ms;
    return false;
}

/* Whether the record (of the brand, or of all that is kept) reaches back over the whole period: a
 * sum over half of it would make any change look like growth. */
static bool period_is_whole(const struct snapshot *snapshot, const struct segment *segment,
                            struct period period, double coverage) {
    struct subject subject;
    int64_t first_ms = INT64_MAX;
    if (coverage < 0.9 && segment_subject(snapshot, segment, &subject)) {
        snapshot_timeline(snapshot, subject.brand, DATE_NONE, period.until_ms, false, first_entry,
                          &first_ms);
        return first_ms <= period.since_ms + (period.until_ms - period.since_ms) / 10;
    }
    return coverage >= 0.9;
}

void kpi_compute_market(const struct snapshot *snapshot, const struct market *now,
                        const struct market *before, struct kpi *kpis) {
    struct kpi_input input = market_input(now);
    struct kpi_input input_before = market_input(before);
    bool whole = period_is_whole(snapshot, &now->segments[0], before->period, before->coverage);
    for (size_t i = 0; i < KPI_COUNT; i++) {
        struct kpi previous = kpi_from(&kpi_definitions[i], &input_before);
        kpis[i] = kpi_from(&kpi_definitions[i], &input);
        kpis[i].compared = kpis[i].known && previous.known && (whole || !kpi_is_sum(&kpis[i]));
        kpis[i].previous = previous.value;
    }
}

void kpi_compute(const struct snapshot *snapshot, const struct config *config,
                 const struct segment *segment, struct period period, struct kpi *kpis) {
    struct arena *arena = arena_create();
    struct market now;
    struct market before;
    market_gather(snapshot, config, segment, period, arena, &now);
    market_gather(snapshot, config, segment, period_before(period), arena, &before);
    kpi_compute_market(snapshot, &now, &before, kpis);
    arena_free(arena);
}

struct period period_weeks_before(struct period period, int back) {
    int64_t week_ms = 7 * DAY_MS;
    int64_t length_ms = period.until_ms - period.since_ms;
    int64_t shift_ms = (length_ms + week_ms - 1) / week_ms * week_ms * back;
    return (struct period){period.since_ms - shift_ms, period.until_ms - shift_ms};
}

/* The market of several periods as if they were one. */
static void market_pool(struct market *pool, const struct market *more) {
    for (size_t i = 0; i < pool->count; i++) {
        tally_pool(&pool->tallies[i], &more->tallies[i]);
    }
    pool->coverage += more->coverage;
    pool->response = (struct response){0}; /* its times are not kept */
}

void kpi_compute_usual(const struct snapshot *snapshot, const struct config *config,
                       const struct market *now, struct kpi *kpis) {
    struct arena *arena = arena_create();
    struct market pool;
    double weeks = 0;
    for (int back = 1; back <= KPI_USUAL_WEEKS; back++) {
        struct market one;
        struct period period = period_weeks_before(now->period, back);
        market_gather(snapshot, config, &now->segments[0], period, arena, &one);
        if (!period_is_whole(snapshot, &now->segments[0], period, one.coverage)) {
            break; /* before that, nobody listened */
        }
        if (back == 1) {
            pool = one;
        } else {
            market_pool(&pool, &one);
        }
        weeks++;
    }
    if (weeks > 0) {
        struct kpi_input input = market_input(&pool);
        for (size_t i = 0; i < KPI_COUNT; i++) {
            struct kpi usual = kpi_from(&kpi_definitions[i], &input);
            kpis[i].has_usual = kpis[i].known && usual.known;
            kpis[i].usual = kpi_is_sum(&usual) ? usual.value / weeks : usual.value;
        }
    }
    arena_free(arena);
}

static void print_definition(struct buffer *out, const struct kpi_definition *row) {
    buffer_print(out, "%s\n  formula   %s\n  interval  %s\n  source    %s\n  version   %u\n\n",
                 row->name, row->formula, row->method, row->source, row->version);
}

static void definitions_grid(struct buffer *out, const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"key", "key", GRID_TEXT, 20},         {"name", "KPI", GRID_TEXT, 20},
        {"version", "version", GRID_COUNT, 7}, {"formula", "formula", GRID_TEXT, 0},
        {"method", "interval", GRID_TEXT, 30}, {"unit", "unit", GRID_TEXT, 8},
        {"source", "source", GRID_TEXT, 30},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, columns, sizeof columns / sizeof columns[0], "");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        const struct kpi_definition *row = &kpi_definitions[i];
        grid_text(&grid, span_of(row->key));
        grid_text(&grid, span_of(row->name));
        grid_number(&grid, row->version);
        grid_text(&grid, span_of(row->formula));
        grid_text(&grid, span_of(row->method));
        grid_text(&grid, span_of(row->unit));
        grid_text(&grid, span_of(row->source));
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

/* For people each definition as a short paragraph: nothing is cut, whatever the width. */
void kpi_print_definitions(struct buffer *out, const struct output_style *style) {
    if (style->format != OUTPUT_TABLE) {
        definitions_grid(out, style);
        return;
    }
    for (size_t i = 0; i < KPI_COUNT; i++) {
        print_definition(out, &kpi_definitions[i]);
    }
    buffer_print(out, "Below n = %d a KPI is provisional. \"no data\" is not zero.\n",
                 KPI_PROVISIONAL_BELOW);
}
