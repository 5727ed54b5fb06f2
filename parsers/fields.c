#include "parsers/fields.h"

#include "base/buffer.h"
#include "base/url.h"
#include "parsers/dates.h"
#include "parsers/dom.h"
#include "parsers/markup.h"
#include "parsers/numbers.h"

/* --- Tables ----------------------------------------------------------------------------------- */

static const struct member {
    const char *name;
    enum {
        MEMBER_TEXT,
        MEMBER_MOMENT,
        MEMBER_COUNT,
        MEMBER_RATING,
        MEMBER_ANSWER,
        MEMBER_FLAG
    } kind;
    size_t offset; /* in struct item */
    enum value_type type;
} members[] = {
    {"id", MEMBER_TEXT, offsetof(struct item, id), VALUE_TEXT},
    {"url", MEMBER_TEXT, offsetof(struct item, url), VALUE_URL},
    {"title", MEMBER_TEXT, offsetof(struct item, title), VALUE_TEXT},
    {"text", MEMBER_TEXT, offsetof(struct item, text), VALUE_TEXT},
    {"author", MEMBER_TEXT, offsetof(struct item, author), VALUE_TEXT},
    {"author_id", MEMBER_TEXT, offsetof(struct item, author_id), VALUE_TEXT},
    {"language", MEMBER_TEXT, offsetof(struct item, language), VALUE_LANGUAGE},
    {"country", MEMBER_TEXT, offsetof(struct item, country), VALUE_TEXT},
    {"parent", MEMBER_TEXT, offsetof(struct item, parent), VALUE_TEXT},
    {"site", MEMBER_TEXT, offsetof(struct item, site), VALUE_TEXT},
    {"published", MEMBER_MOMENT, offsetof(struct item, published_ms), VALUE_DATE},
    {"updated", MEMBER_MOMENT, offsetof(struct item, updated_ms), VALUE_DATE},
    {"rating", MEMBER_RATING, offsetof(struct item, rating), VALUE_RATING},
    {"nps", MEMBER_ANSWER, offsetof(struct item, answers[SURVEY_NPS]), VALUE_ANSWER},
    {"csat", MEMBER_ANSWER, offsetof(struct item, answers[SURVEY_CSAT]), VALUE_ANSWER},
    {"ces", MEMBER_ANSWER, offsetof(struct item, answers[SURVEY_CES]), VALUE_ANSWER},
    {"likes", MEMBER_COUNT, offsetof(struct item, engagement.likes), VALUE_COUNT},
    {"replies", MEMBER_COUNT, offsetof(struct item, engagement.replies), VALUE_COUNT},
    {"shares", MEMBER_COUNT, offsetof(struct item, engagement.shares), VALUE_COUNT},
    {"views", MEMBER_COUNT, offsetof(struct item, engagement.views), VALUE_COUNT},
    {"followers", MEMBER_COUNT, offsetof(struct item, engagement.followers), VALUE_COUNT},
    {"deleted", MEMBER_FLAG, offsetof(struct item, deleted), VALUE_FLAG},
};
#define MEMBER_TOTAL (sizeof members / sizeof members[0])
_Static_assert(MEMBER_TOTAL <= FIELD_MOST, "struct recipe has room for every field");

bool field_find(struct span name, size_t *field) {
    for (*field = 0; *field < MEMBER_TOTAL; (*field)++) {
        if (span_equal(name, span_of(members[*field].name))) {
            return true;
        }
    }
    return false;
}

enum value_type field_default_type(size_t field) {
    return members[field].type;
}

/* By its name in recipes; and what a value is not that cannot be read as one. */
static const struct type {
    const char *name;
    const char *wanted;
} types[] = {
    [VALUE_TEXT] = {"text", "text"},
    [VALUE_HTML] = {"html", "text"},
    [VALUE_ESCAPED] = {"escaped", "text"},
    [VALUE_BBCODE] = {"bbcode", "text"},
    [VALUE_MARKDOWN] = {"markdown", "text"},
    [VALUE_URL] = {"url", "address"},
    [VALUE_DATE] = {"date", "date"},
    [VALUE_EPOCH] = {"epoch", "moment in seconds"},
    [VALUE_EPOCH_MS] = {"epoch_ms", "moment in milliseconds"},
    [VALUE_COUNT] = {"count", "number"},
    [VALUE_RATING] = {"rating", "rating on this scale"},
    [VALUE_ANSWER] = {"answer", "answer on the scale of its question"},
    [VALUE_THUMBS] = {"thumbs", "true or false"},
    [VALUE_FLAG] = {"flag", "true or false"},
    [VALUE_LANGUAGE] = {"language", "language"},
};

bool value_type_parse(struct span name, enum value_type *type) {
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (span_equal(name, span_of(types[i].name))) {
            *type = (enum value_type)i;
            return true;
        }
    }
    return false;
}

/* --- Places ----------------------------------------------------------------------------------- */

struct value place_get(const struct answer *answer, const struct place *place, struct value from) {
    if (place->path != NULL) {
        return (struct value){.json = path_get(place->path, from.json)};
    }
    if (place->text.size == 0 || from.node == NULL) {
        return (struct value){0};
    }
    struct xpath_result result = xpath_select(from.node, place->text, answer->arena);
    return (struct value){.node = result.count == 0 ? NULL : result.nodes[0], .text = result.text};
}

struct value *place_list(const struct answer *answer, const struct place *place, struct value from,
                         size_t *count) {
    struct value *list = NULL;
    if (place->path != NULL) {
        json_t **found = path_list(place->path, from.json, answer->arena, count);
        list = ARENA_ARRAY(answer->arena, struct value, *count);
        for (size_t i = 0; i < *count; i++) {
            list[i].json = found[i];
        }
        return list;
    }
    struct xpath_result result = xpath_select(from.node, place->text, answer->arena);
    list = ARENA_ARRAY(answer->arena, struct value, result.count);
    *count = result.count;
    for (size_t i = 0; i < result.count; i++) {
        list[i].node = result.nodes[i];
    }
    return list;
}

struct span value_text(const struct answer *answer, struct value value) {
    if (value.json != NULL) {
        return span_trim(json_scalar(value.json, answer->arena));
    }
    return span_trim(value.node != NULL ? dom_text(value.node, answer->arena) : value.text);
}

/* --- Conditions ------------------------------------------------------------------------------- */

static bool is_true(const struct answer *answer, struct value value) {
    if (value.json != NULL) {
        bool empty = (json_is_array(value.json) && json_array_size(value.json) == 0) ||
                     (json_is_object(value.json) && json_object_size(value.json) == 0) ||
                     json_is_false(value.json) || json_is_null(value.json);
        return !empty;
    }
    return value_text(answer, value).size > 0;
}

/* What is no number is not more or less than anything. */
static bool size_holds(const struct answer *answer, const struct condition *condition,
                       struct value value) {
    double number = 0;
    if (!span_to_double(value_text(answer, value), &number)) {
        return false;
    }
    switch (condition->test) {
    case CONDITION_MORE:
        return number > condition->number;
    case CONDITION_LESS:
        return number < condition->number;
    case CONDITION_AT_LEAST:
        return number >= condition->number;
    case CONDITION_AT_MOST:
        return number <= condition->number;
    case CONDITION_SET:
    case CONDITION_UNSET:
    case CONDITION_EQUAL:
    case CONDITION_DIFFERENT:
    case CONDITION_HOLDS:
    case CONDITION_LACKS:
        break;
    }
    return false;
}

static bool text_holds(const struct answer *answer, const struct condition *condition,
                       struct value value) {
    struct span wanted =
        template_fill(&condition->holds, answer->lookup, answer->lookup_context, answer->arena);
    return span_find_nocase(value_text(answer, value), wanted) != SPAN_NOT_FOUND;
}

bool condition_holds(const struct answer *answer, const struct condition *condition,
                     struct value from) {
    struct value value = place_get(answer, &condition->place, from);
    switch (condition->test) {
    case CONDITION_SET:
        return is_true(answer, value);
    case CONDITION_UNSET:
        return !is_true(answer, value);
    case CONDITION_EQUAL:
        return span_equal(value_text(answer, value), condition->value);
    case CONDITION_DIFFERENT:
        return !span_equal(value_text(answer, value), condition->value);
    case CONDITION_HOLDS:
        return text_holds(answer, condition, value);
    case CONDITION_LACKS:
        return !text_holds(answer, condition, value);
    case CONDITION_MORE:
    case CONDITION_LESS:
    case CONDITION_AT_LEAST:
    case CONDITION_AT_MOST:
        break;
    }
    return size_holds(answer, condition, value);
}

bool conditions_any(const struct answer *answer, const struct conditions *conditions,
                    struct value from) {
    for (size_t i = 0; i < conditions->count; i++) {
        if (condition_holds(answer, &conditions->list[i], from)) {
            return true;
        }
    }
    return false;
}

bool conditions_all(const struct answer *answer, const struct conditions *conditions,
                    struct value from) {
    for (size_t i = 0; i < conditions->count; i++) {
        if (!condition_holds(answer, &conditions->list[i], from)) {
            return false;
        }
    }
    return true;
}

/* --- Values ----------------------------------------------------------------------------------- */

static struct span language_text(struct span text, struct arena *arena) {
    char *copy = arena_copy_string(arena, text);
    for (size_t i = 0; i < text.size; i++) {
        copy[i] = copy[i] == '_' ? '-' : copy[i];
    }
    return (struct span){copy, text.size};
}

static struct span text_read(const struct answer *answer, const struct rule *rule,
                             struct span text) {
    switch (rule->type) {
    case VALUE_HTML:
        return html_to_text(text, answer->arena);
    case VALUE_ESCAPED:
        return escaped_text(text, answer->arena);
    case VALUE_BBCODE:
        return bbcode_text(text, answer->arena);
    case VALUE_MARKDOWN:
        return markdown_text(text, answer->arena);
    case VALUE_URL:
        if (span_starts_with_nocase(text, SPAN("http://")) ||
            span_starts_with_nocase(text, SPAN("https://"))) {
            return text;
        }
        return url_resolve(text, answer->url, answer->arena);
    case VALUE_LANGUAGE:
        return language_text(text, answer->arena);
    case VALUE_TEXT:
    case VALUE_DATE:
    case VALUE_EPOCH:
    case VALUE_EPOCH_MS:
    case VALUE_COUNT:
    case VALUE_RATING:
    case VALUE_ANSWER:
    case VALUE_THUMBS:
    case VALUE_FLAG:
        break;
    }
    return text;
}

static bool moment_read(const struct answer *answer, const struct rule *rule, struct span text,
                        int64_t *ms) {
    double number = 0;
    if (rule->type != VALUE_EPOCH && rule->type != VALUE_EPOCH_MS) {
        return date_parse_in(text, answer->now_ms, answer->language, ms);
    }
    /* Within what struct date can say. */
    double scale = rule->type == VALUE_EPOCH ? 1000.0 : 1.0;
    if (!span_to_double(text, &number) || number * scale > 253402300799999.0 ||
        number * scale < -62135596800000.0) {
        return false;
    }
    *ms = (int64_t)(number * scale);
    return true;
}

static bool flag_read(struct span text, bool *flag) {
    static const char *const yes[] = {"true", "1", "yes"};
    static const char *const no[] = {"false", "0", "no"};
    for (size_t i = 0; i < 3; i++) {
        if (span_equal_nocase(text, span_of(yes[i])) || span_equal_nocase(text, span_of(no[i]))) {
            *flag = span_equal_nocase(text, span_of(yes[i]));
            return true;
        }
    }
    return false;
}

/* A number, and where its scale ends. */
static bool scale_read(const struct answer *answer, const struct rule *rule, struct value from,
                       struct span text, double *number, double *best) {
    *best = rule->best;
    return number_read_first(text, number) &&
           (rule->best_rule == NULL ||
            (number_read_first(rule_text(answer, rule->best_rule, from), best) &&
             *best > rule->worst));
}

static bool rating_read(const struct answer *answer, const struct rule *rule, struct value from,
                        struct span text, double *rating) {
    double number = 0;
    double best = 0;
    bool up = false;
    if (rule->type == VALUE_THUMBS) {
        *rating = flag_read(text, &up) && up ? 5.0 : 1.0;
        return flag_read(text, &up);
    }
    *rating = scale_read(answer, rule, from, text, &number, &best)
                  ? rating_normalise(number, rule->worst, best)
                  : RATING_NONE;
    return *rating >= 0;
}

static bool answer_read(const struct answer *answer, const struct rule *rule, struct value from,
                        struct span text, enum survey_question question, double *value) {
    const struct survey_scale *scale = &survey_scales[question];
    double number = 0;
    double best = 0;
    bool own = rule->type == VALUE_ANSWER;
    *value = scale_read(answer, rule, from, text, &number, &best)
                 ? survey_normalise(question, number, own ? scale->worst : rule->worst,
                                    own ? scale->best : best)
                 : ANSWER_NONE;
    return *value >= 0;
}

/* --- Rules ------------------------------------------------------------------------------------ */

/* Variables of a template: members of the item first, then those of the poll. */
struct item_scope {
    const struct answer *answer;
    struct value from;
};

static struct span item_lookup(void *context, struct span name) {
    const struct item_scope *scope = context;
    struct error ignored;
    struct place place = {0};
    if (scope->from.json != NULL && path_parse(name, scope->answer->arena, &place.path, &ignored)) {
        struct span text = value_text(scope->answer, place_get(scope->answer, &place, scope->from));
        if (text.size > 0) {
            return text;
        }
    }
    return scope->answer->lookup == NULL
               ? (struct span){0}
               : scope->answer->lookup(scope->answer->lookup_context, name);
}

/* The name by which an element of a join is found. */
static struct span join_name(const struct answer *answer, const struct rule *rule,
                             struct value element) {
    if (rule->on_template.count == 0) {
        return value_text(answer, place_get(answer, &rule->on, element));
    }
    struct item_scope scope = {answer, element};
    return template_fill(&rule->on_template, item_lookup, &scope, answer->arena);
}

static struct value join_follow(const struct answer *answer, const struct rule *rule,
                                struct value key) {
    struct span wanted = value_text(answer, key);
    size_t count = 0;
    struct value *list = place_list(answer, &rule->join, answer->root, &count);
    for (size_t i = 0; i < count && wanted.size > 0; i++) {
        if (span_equal(join_name(answer, rule, list[i]), wanted)) {
            return place_get(answer, &rule->take, list[i]);
        }
    }
    return (struct value){0};
}

static struct span markup_text(const struct answer *answer, const struct rule *rule,
                               struct value value) {
    bool markup =
        rule->type == VALUE_HTML && value.node != NULL && value.node->type == XML_ELEMENT_NODE;
    return markup ? dom_inner(value.node, answer->arena) : value_text(answer, value);
}

static struct span every_text(const struct answer *answer, const struct rule *rule,
                              struct value from) {
    struct buffer out;
    size_t count = 0;
    struct value *list = place_list(answer, &rule->place, from, &count);
    buffer_init(&out, LIMIT_TEXT);
    for (size_t i = 0; i < count; i++) {
        struct value value = rule->joins ? join_follow(answer, rule, list[i]) : list[i];
        struct span text = markup_text(answer, rule, value);
        if (text.size > 0 && out.size > 0) {
            buffer_append_string(&out, rule->type == VALUE_HTML ? "<br>" : "\n");
        }
        buffer_append(&out, text);
    }
    struct span all = arena_copy(answer->arena, buffer_span(&out));
    buffer_done(&out);
    return all;
}

/* What stands between two marks; nothing where one of them is not there. */
static struct span part_between(struct span text, struct span after, struct span before) {
    size_t start = span_find(text, after);
    struct span rest = span_from(text, start == SPAN_NOT_FOUND ? text.size : start + after.size);
    size_t end = before.size == 0 ? rest.size : span_find(rest, before);
    return span_trim(span_first(rest, end == SPAN_NOT_FOUND ? 0 : end));
}

struct span rule_text(const struct answer *answer, const struct rule *rule, struct value from) {
    struct span text = rule->constant;
    if (rule->conditional && !condition_holds(answer, &rule->when, from)) {
        return (struct span){0};
    }
    if (rule->from == RULE_TEMPLATE) {
        struct item_scope scope = {answer, from};
        text = template_fill(&rule->template, item_lookup, &scope, answer->arena);
    } else if (rule->from == RULE_PLACE && rule->every) {
        text = every_text(answer, rule, from);
    } else if (rule->from == RULE_PLACE) {
        struct value value = place_get(answer, &rule->place, from);
        value = rule->joins ? join_follow(answer, rule, value) : value;
        text = markup_text(answer, rule, value);
    }
    if (rule->after.size > 0 || rule->before.size > 0) {
        text = part_between(text, rule->after, rule->before);
    }
    for (size_t i = 0; i < rule->map_count; i++) {
        if (span_equal_nocase(text, rule->map[i].from)) {
            return rule->map[i].to;
        }
    }
    return text;
}

static bool member_set(const struct answer *answer, const struct member *member,
                       const struct rule *rule, struct value from, struct span text,
                       struct item *item) {
    void *target = (char *)item + member->offset;
    switch (member->kind) {
    case MEMBER_TEXT:
        *(struct span *)target = text_read(answer, rule, text);
        return ((struct span *)target)->size > 0;
    case MEMBER_MOMENT:
        return moment_read(answer, rule, text, target);
    case MEMBER_COUNT:
        return number_read_count(text, target);
    case MEMBER_RATING:
        return rating_read(answer, rule, from, text, target);
    case MEMBER_ANSWER:
        return answer_read(answer, rule, from, text,
                           (enum survey_question)((double *)target - item->answers), target);
    case MEMBER_FLAG:
        return flag_read(text, target);
    }
    return false;
}

/* "mine.yaml:14: published: "soon" is no date (item 7: data[6].created)". */
static void blemish_note(struct answer *answer, const struct member *member,
                         const struct rule *rule, const struct item_place *where,
                         struct span text) {
    answer->blemishes++;
    if (answer->first_blemish.size > 0) {
        return;
    }
    struct span shown = span_first_utf8(text, 60);
    struct span place = SPAN("");
    if (rule->from == RULE_PLACE && where->list->path != NULL) {
        bool whole = span_equal(where->list->text, SPAN("."));
        place = arena_print(answer->arena, ": %.*s[%zu].%.*s",
                            SPAN_ARG(whole ? SPAN("") : where->list->text), where->index,
                            SPAN_ARG(rule->place.text));
    } else if (rule->from == RULE_PLACE) {
        place = arena_print(answer->arena, ": %.*s", SPAN_ARG(rule->place.text));
    }
    answer->first_blemish =
        arena_print(answer->arena, "%.*s:%u: %s: \"%.*s\" is no %s (item %zu%.*s)",
                    SPAN_ARG(answer->file), rule->line, member->name, SPAN_ARG(shown),
                    types[rule->type].wanted, where->number, SPAN_ARG(place));
}

/* An answer of markup that holds no text is no value, but nothing is wrong with it either. */
static bool may_be_empty(enum value_type type) {
    return type == VALUE_HTML || type == VALUE_BBCODE || type == VALUE_MARKDOWN;
}

void item_unwrap(struct item *item, struct span parameter, struct arena *arena) {
    struct span inner = url_parameter(item->url, parameter, arena);
    inner = inner.size == 0 ? inner : url_resolve(inner, (struct span){0}, arena);
    if (inner.size == 0) {
        return;
    }
    /* Such a link is another one each time it is given. */
    item->id = span_equal(item->id, item->url) ? inner : item->id;
    item->url = inner;
}

/* A rule for a scale that the answer does not describe is not the one for this item. */
static bool scale_is_known(const struct answer *answer, const struct rule *rule,
                           struct value from) {
    return rule->best_rule == NULL || rule_text(answer, rule->best_rule, from).size > 0;
}

uint32_t fields_fill(struct answer *answer, const struct listing *listing, struct value from,
                     const struct item_place *where, struct item *item) {
    uint32_t filled = 0;
    for (size_t f = 0; f < MEMBER_TOTAL; f++) {
        const struct field *field = &listing->fields[f];
        bool done = false;
        for (size_t r = 0; r < field->count && !done; r++) {
            struct span text = rule_text(answer, &field->rules[r], from);
            if (text.size == 0 || !scale_is_known(answer, &field->rules[r], from)) {
                continue;
            }
            done = member_set(answer, &members[f], &field->rules[r], from, text, item);
            if (!done && !may_be_empty(field->rules[r].type)) {
                blemish_note(answer, &members[f], &field->rules[r], where, text);
            }
        }
        filled |= done ? UINT32_C(1) << f : 0;
    }
    if (item->updated_ms == item->published_ms) {
        item->updated_ms = DATE_NONE; /* never changed */
    }
    return filled;
}
