#include "base/query_tokens.h"
#include "base/query_tree.h"
#include "base/suggest.h"
#include "base/url.h"
#include "base/work.h"

#include <math.h>

/* What a field's test may look at. */
struct field_view {
    const struct mention *mention;
    const struct score *score; /* NULL: not scored yet */
    struct arena *arena;
};

struct query_field_row {
    const char *name;
    bool (*parse)(struct query_field *field, int64_t now_ms, struct arena *arena,
                  struct error *error);
    bool (*matches)(const struct query_field *field, const struct field_view *view);
    double (*number)(const struct field_view *view); /* of number fields; NAN = not known */
    enum query_bound bound;
};

/* --- Values ----------------------------------------------------------------------------------- */

static bool parse_text(struct query_field *field, int64_t now_ms, struct arena *arena,
                       struct error *error) {
    (void)now_ms;
    field->prefix = span_ends_with(field->value, SPAN("*"));
    struct span value = span_first(field->value, field->value.size - (field->prefix ? 1 : 0));
    field->folded = words_fold(value, arena);
    if (field->folded.size == 0) {
        return error_set(error, ERROR_USAGE, "%s needs letters before '*'", field->row->name);
    }
    return true;
}

/* A number with a comparison before it, or two with ".." between. */
static bool parse_number(struct query_field *field, int64_t now_ms, struct arena *arena,
                         struct error *error) {
    (void)now_ms;
    (void)arena;
    struct span value = field->value;
    size_t dots = span_find(value, SPAN(".."));
    bool valid = false;
    if (dots != SPAN_NOT_FOUND) {
        valid = span_to_double(span_first(value, dots), &field->least) &&
                span_to_double(span_from(value, dots + 2), &field->most);
    } else {
        bool less = value.data[0] == '<';
        bool more = value.data[0] == '>';
        size_t size = less || more ? 1 : 0;
        bool equal = value.size > size && value.data[size] == '=';
        double number = 0;
        valid = span_to_double(span_from(value, size + (equal ? 1 : 0)), &number);
        field->least = less ? -INFINITY : number;
        field->most = more ? INFINITY : number;
        field->above = more && !equal;
        field->below = less && !equal;
    }
    if (!valid) {
        return error_set(error, ERROR_USAGE,
                         "%s needs a number or a comparison: %s:4, %s:<=2, %s:2..4",
                         field->row->name, field->row->name, field->row->name, field->row->name);
    }
    return true;
}

static bool parse_moment(struct query_field *field, int64_t now_ms, struct arena *arena,
                         struct error *error) {
    (void)arena;
    if (!date_parse_since(field->value, now_ms, &field->moment_ms)) {
        return error_set(error, ERROR_USAGE,
                         "%s needs a date or a length of time: %s:2026-11-01, "
                         "%s:7d",
                         field->row->name, field->row->name, field->row->name);
    }
    return true;
}

/* One of the names of an enumeration: `name` gives the one at an index. */
static bool parse_choice(struct query_field *field, const char *const *names, size_t count,
                         struct arena *arena, struct error *error) {
    struct span *candidates = ARENA_ARRAY(arena, struct span, count);
    for (size_t i = 0; i < count; i++) {
        candidates[i] = span_of(names[i]);
        if (span_equal_nocase(candidates[i], field->value)) {
            field->choice = (int)i;
            return true;
        }
    }
    struct span near = suggest_name(field->value, candidates, count);
    struct span all = arena_join(arena, candidates, count, ", ");
    if (near.size > 0) {
        return error_set(error, ERROR_USAGE, "no %s is called \"%.*s\"; did you mean \"%.*s\"?",
                         field->row->name, SPAN_ARG(field->value), SPAN_ARG(near));
    }
    return error_set(error, ERROR_USAGE, "no %s is called \"%.*s\"; there are %.*s",
                     field->row->name, SPAN_ARG(field->value), SPAN_ARG(all));
}

static bool parse_channel(struct query_field *field, int64_t now_ms, struct arena *arena,
                          struct error *error) {
    (void)now_ms;
    const char *names[CHANNEL_COUNT];
    for (int i = 0; i < CHANNEL_COUNT; i++) {
        names[i] = channel_name((enum channel)i);
    }
    return parse_choice(field, names, CHANNEL_COUNT, arena, error);
}

static bool parse_stage(struct query_field *field, int64_t now_ms, struct arena *arena,
                        struct error *error) {
    (void)now_ms;
    const char *names[STAGE_COUNT];
    for (int i = 0; i < STAGE_COUNT; i++) {
        names[i] = stage_name((enum stage)i);
    }
    return parse_choice(field, names, STAGE_COUNT, arena, error);
}

static bool parse_label(struct query_field *field, int64_t now_ms, struct arena *arena,
                        struct error *error) {
    (void)now_ms;
    const char *names[LABEL_COUNT];
    for (int i = 0; i < LABEL_COUNT; i++) {
        names[i] = label_name((enum label)i);
    }
    return parse_choice(field, names, LABEL_COUNT, arena, error);
}

static bool parse_status(struct query_field *field, int64_t now_ms, struct arena *arena,
                         struct error *error) {
    (void)now_ms;
    const char *names[WORK_STATUS_COUNT];
    for (int i = 0; i < WORK_STATUS_COUNT; i++) {
        names[i] = work_status_name((enum work_status)i);
    }
    return parse_choice(field, names, WORK_STATUS_COUNT, arena, error);
}

static bool parse_review(struct query_field *field, int64_t now_ms, struct arena *arena,
                         struct error *error) {
    (void)now_ms;
    const char *names[REVIEW_COUNT];
    for (int i = 0; i < REVIEW_COUNT; i++) {
        names[i] = work_review_name((enum work_review)i);
    }
    return parse_choice(field, names, REVIEW_COUNT, arena, error);
}

static bool parse_author(struct query_field *field, int64_t now_ms, struct arena *arena,
                         struct error *error) {
    if (!parse_text(field, now_ms, arena, error)) {
        return false;
    }
    words_split(field->folded, arena, &field->words);
    return true;
}

/* A host, or a URL of it. */
static bool parse_site(struct query_field *field, int64_t now_ms, struct arena *arena,
                       struct error *error) {
    (void)now_ms;
    struct url url;
    bool is_url = span_find(field->value, SPAN("://")) != SPAN_NOT_FOUND;
    struct span text =
        is_url ? field->value : arena_print(arena, "http://%.*s", SPAN_ARG(field->value));
    if (!url_parse(text, NULL, arena, &url) || url.host.size == 0) {
        return error_set(error, ERROR_USAGE, "site needs a host name: site:example.com");
    }
    bool www = span_starts_with(url.host, SPAN("www."));
    field->folded = span_from(url.host, www ? 4 : 0);
    return true;
}

/* --- Tests ------------------------------------------------------------------------------------ */

static bool text_matches(const struct query_field *field, struct span text, struct arena *arena) {
    if (text.size == 0) {
        return false;
    }
    struct span folded = words_fold(text, arena);
    return field->prefix ? span_starts_with(folded, field->folded)
                         : span_equal(folded, field->folded);
}

static bool match_source(const struct query_field *field, const struct field_view *view) {
    return text_matches(field, view->mention->source, view->arena);
}

static bool match_country(const struct query_field *field, const struct field_view *view) {
    return text_matches(field, view->mention->item.country, view->arena);
}

/* "pt" is met by "pt-BR", not the other way round. What was detected goes before what the source
 * claims, which has the region. */
static bool match_language(const struct query_field *field, const struct field_view *view) {
    struct span claimed = view->mention->item.language;
    struct span detected = view->mention->language;
    struct span known = detected.size > 0 ? detected : claimed;
    if (span_find_byte(field->folded, '-') != SPAN_NOT_FOUND) {
        known = claimed;
    } else {
        known = span_first(known, span_find_byte(known, '-'));
    }
    return text_matches(field, known, view->arena);
}

static bool match_channel(const struct query_field *field, const struct field_view *view) {
    return (int)view->mention->channel == field->choice;
}

static bool match_stage(const struct query_field *field, const struct field_view *view) {
    return (int)view->mention->stage == field->choice;
}

static bool match_label(const struct query_field *field, const struct field_view *view) {
    return view->score != NULL && (int)view->score->label == field->choice;
}

static bool match_topic(const struct query_field *field, const struct field_view *view) {
    for (size_t i = 0; i < view->mention->topic_count; i++) {
        if (text_matches(field, view->mention->topics[i].name, view->arena)) {
            return true;
        }
    }
    return false;
}

static bool match_status(const struct query_field *field, const struct field_view *view) {
    const struct work *work = view->mention->work;
    return (int)(work == NULL ? WORK_NONE : work->status) == field->choice;
}

static bool match_review(const struct query_field *field, const struct field_view *view) {
    return (int)work_review(view->mention->work) == field->choice;
}

static bool match_assigned(const struct query_field *field, const struct field_view *view) {
    const struct work *work = view->mention->work;
    return work != NULL && text_matches(field, work->assigned, view->arena);
}

static bool match_tag(const struct query_field *field, const struct field_view *view) {
    const struct work *work = view->mention->work;
    for (size_t i = 0; work != NULL && i < work->tag_count; i++) {
        if (text_matches(field, work->tags[i], view->arena)) {
            return true;
        }
    }
    return false;
}

static bool match_brand(const struct query_field *field, const struct field_view *view) {
    for (size_t i = 0; i < view->mention->brand_count; i++) {
        if (text_matches(field, view->mention->brands[i].name, view->arena)) {
            return true;
        }
    }
    return false;
}

/* Whether `wanted` stands in `words` at `at`; the last word may go on where `prefix`. */
static bool words_match_at(const struct words *words, size_t at, const struct words *wanted,
                           bool prefix) {
    for (size_t i = 0; i < wanted->count; i++) {
        struct span have = words->list[at + i].folded;
        struct span want = wanted->list[i].folded;
        bool open = prefix && i + 1 == wanted->count;
        if (open ? !span_starts_with(have, want) : !span_equal(have, want)) {
            return false;
        }
    }
    return true;
}

/* Whole words of the name: "jo" is in "Jo Smith", not in "John"; or all of the name or its key. */
static bool match_author(const struct query_field *field, const struct field_view *view) {
    const struct item *item = &view->mention->item;
    if (text_matches(field, item->author, view->arena) ||
        text_matches(field, item->author_id, view->arena)) {
        return true;
    }
    struct words words;
    words_split(item->author, view->arena, &words);
    for (size_t at = 0; at + field->words.count <= words.count && field->words.count > 0; at++) {
        if (words_match_at(&words, at, &field->words, field->prefix)) {
            return true;
        }
    }
    return false;
}

/* The host itself or one below it. */
static bool host_matches(const struct query_field *field, struct span host) {
    struct span wanted = field->folded;
    if (!span_ends_with(host, wanted)) {
        return false;
    }
    return host.size == wanted.size || host.data[host.size - wanted.size - 1] == '.';
}

static bool match_site(const struct query_field *field, const struct field_view *view) {
    const struct item *item = &view->mention->item;
    struct url url;
    if (item->site.size > 0 && host_matches(field, words_fold(item->site, view->arena))) {
        return true;
    }
    return item->url.size > 0 && url_parse(item->url, NULL, view->arena, &url) &&
           host_matches(field, url.host);
}

static bool match_number(const struct query_field *field, const struct field_view *view) {
    double value = field->row->number(view);
    if (isnan(value)) {
        return false;
    }
    bool enough = field->above ? value > field->least : value >= field->least;
    bool few = field->below ? value < field->most : value <= field->most;
    return enough && few;
}

static double number_rating(const struct field_view *view) {
    double rating = view->mention->item.rating;
    return rating < 0 ? (double)NAN : rating;
}

static double number_answer(const struct field_view *view, enum survey_question question) {
    double answer = view->mention->item.answers[question];
    return answer < 0 ? (double)NAN : answer;
}

static double number_nps(const struct field_view *view) {
    return number_answer(view, SURVEY_NPS);
}

static double number_csat(const struct field_view *view) {
    return number_answer(view, SURVEY_CSAT);
}

static double number_ces(const struct field_view *view) {
    return number_answer(view, SURVEY_CES);
}

static double number_sentiment(const struct field_view *view) {
    return view->score == NULL ? (double)NAN : view->score->value;
}

static double number_reach(const struct field_view *view) {
    return (double)mention_reach(view->mention);
}

static double number_engagement(const struct field_view *view) {
    return (double)mention_engagement(view->mention);
}

static bool match_since(const struct query_field *field, const struct field_view *view) {
    return mention_time_ms(view->mention) >= field->moment_ms;
}

static bool match_until(const struct query_field *field, const struct field_view *view) {
    return mention_time_ms(view->mention) < field->moment_ms;
}

/* --- The table -------------------------------------------------------------------------------- */

static const struct query_field_row rows[] = {
    {"source", parse_text, match_source, NULL, BOUND_NONE},
    {"channel", parse_channel, match_channel, NULL, BOUND_NONE},
    {"lang", parse_text, match_language, NULL, BOUND_NONE},
    {"country", parse_text, match_country, NULL, BOUND_NONE},
    {"rating", parse_number, match_number, number_rating, BOUND_NONE},
    {"nps", parse_number, match_number, number_nps, BOUND_NONE},
    {"csat", parse_number, match_number, number_csat, BOUND_NONE},
    {"ces", parse_number, match_number, number_ces, BOUND_NONE},
    {"sentiment", parse_number, match_number, number_sentiment, BOUND_NONE},
    {"label", parse_label, match_label, NULL, BOUND_NONE},
    {"topic", parse_text, match_topic, NULL, BOUND_NONE},
    {"stage", parse_stage, match_stage, NULL, BOUND_NONE},
    {"author", parse_author, match_author, NULL, BOUND_NONE},
    {"site", parse_site, match_site, NULL, BOUND_NONE},
    {"brand", parse_text, match_brand, NULL, BOUND_BRAND},
    {"reach", parse_number, match_number, number_reach, BOUND_NONE},
    {"engagement", parse_number, match_number, number_engagement, BOUND_NONE},
    {"status", parse_status, match_status, NULL, BOUND_NONE},
    {"tag", parse_text, match_tag, NULL, BOUND_NONE},
    {"assigned", parse_text, match_assigned, NULL, BOUND_NONE},
    {"corrected", parse_review, match_review, NULL, BOUND_NONE},
    {"since", parse_moment, match_since, NULL, BOUND_SINCE},
    {"until", parse_moment, match_until, NULL, BOUND_UNTIL},
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

bool query_field_find(struct span name, const struct query_field_row **row, struct error *error) {
    struct span names[ROW_COUNT];
    for (size_t i = 0; i < ROW_COUNT; i++) {
        names[i] = span_of(rows[i].name);
        if (span_equal_nocase(names[i], name)) {
            *row = &rows[i];
            return true;
        }
    }
    struct span near = suggest_name(name, names, ROW_COUNT);
    if (near.size > 0) {
        return error_set(error, ERROR_USAGE, "unknown field \"%.*s\"; did you mean \"%.*s\"?",
                         SPAN_ARG(name), SPAN_ARG(near));
    }
    return error_set(error, ERROR_USAGE,
                     "unknown field \"%.*s\"; to look for these words, put them in quotes",
                     SPAN_ARG(name));
}

bool query_field_parse(const struct query_field_row *row, struct span value, int64_t now_ms,
                       struct arena *arena, struct query_field *field, struct error *error) {
    *field = (struct query_field){.row = row, .value = arena_copy(arena, value)};
    if (value.size == 0) {
        return error_set(error, ERROR_USAGE, "%s: needs a value right behind the colon", row->name);
    }
    return row->parse(field, now_ms, arena, error);
}

static bool value_is_bare(struct span value) {
    for (size_t i = 0; i < value.size; i++) {
        char c = value.data[i];
        if (byte_is_space(c) || (unsigned char)c >= 0x80 || strchr("()\"`\\", c) != NULL) {
            return false;
        }
    }
    return true;
}

void query_field_print(struct buffer *out, const struct query_field *field) {
    buffer_print(out, "%s:", field->row->name);
    if (value_is_bare(field->value)) {
        buffer_append(out, field->value);
        return;
    }
    quoted_print(out, field->value);
}

enum query_bound query_field_bound(const struct query_field *field) {
    return field->row->bound;
}

struct span query_field_name(const struct query_field *field) {
    return span_of(field->row->name);
}

/* Everything zero is a score that nobody has made yet. */
static const struct score *score_if_known(const struct score *score) {
    bool unknown = score->label == LABEL_UNSURE && score->value == 0 && score->confidence == 0;
    return unknown ? NULL : score;
}

static const struct score *score_of(const struct mention *mention, struct span brand,
                                    struct arena *arena) {
    for (size_t i = 0; i < mention->brand_count && brand.size > 0; i++) {
        if (span_equal(words_fold(mention->brands[i].name, arena), brand)) {
            return score_if_known(&mention->brands[i].score);
        }
    }
    return score_if_known(&mention->score);
}

bool query_field_matches(const struct query_field *field, const struct mention *mention,
                         struct span brand, struct arena *arena) {
    struct field_view view = {mention, score_of(mention, brand, arena), arena};
    return field->row->matches(field, &view);
}
