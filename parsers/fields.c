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
    enum { MEMBER_TEXT, MEMBER_MOMENT, MEMBER_COUNT, MEMBER_RATING, MEMBER_FLAG } kind;
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

static const char *const type_names[] = {
    [VALUE_TEXT] = "text",         [VALUE_HTML] = "html",         [VALUE_BBCODE] = "bbcode",
    [VALUE_MARKDOWN] = "markdown", [VALUE_URL] = "url",           [VALUE_DATE] = "date",
    [VALUE_EPOCH] = "epoch",       [VALUE_EPOCH_MS] = "epoch_ms", [VALUE_COUNT] = "count",
    [VALUE_RATING] = "rating",     [VALUE_THUMBS] = "thumbs",     [VALUE_FLAG] = "flag",
    [VALUE_LANGUAGE] = "language", [VALUE_ESCAPED] = "escaped",
};

bool value_type_parse(struct span name, enum value_type *type) {
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++) {
        if (span_equal(name, span_of(type_names[i]))) {
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
    if (place->xpath.size == 0 || from.node == NULL) {
        return (struct value){0};
    }
    struct xpath_result result = xpath_select(from.node, place->xpath, answer->arena);
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
    struct xpath_result result = xpath_select(from.node, place->xpath, answer->arena);
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
    }
    return false;
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

static bool rating_read(const struct answer *answer, const struct rule *rule, struct value from,
                        struct span text, double *rating) {
    double number = 0;
    double best = rule->best;
    bool up = false;
    if (rule->type == VALUE_THUMBS) {
        *rating = flag_read(text, &up) && up ? 5.0 : 1.0;
        return flag_read(text, &up);
    }
    if (!number_read_first(text, &number)) {
        return false;
    }
    struct span said = value_text(answer, place_get(answer, &rule->best_place, from));
    if (said.size > 0 && (!number_read_first(said, &best) || best <= rule->worst)) {
        return false;
    }
    *rating = rating_normalise(number, rule->worst, best);
    return *rating >= 0;
}

/* --- Rules ------------------------------------------------------------------------------------ */

static struct value join_follow(const struct answer *answer, const struct rule *rule,
                                struct value key) {
    struct span wanted = value_text(answer, key);
    size_t count = 0;
    struct value *list = place_list(answer, &rule->join, answer->root, &count);
    for (size_t i = 0; i < count && wanted.size > 0; i++) {
        struct value own = place_get(answer, &rule->on, list[i]);
        if (span_equal(value_text(answer, own), wanted)) {
            return place_get(answer, &rule->take, list[i]);
        }
    }
    return (struct value){0};
}

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
        struct span text = markup_text(answer, rule, list[i]);
        if (text.size > 0 && out.size > 0) {
            buffer_append_string(&out, rule->type == VALUE_HTML ? "<br>" : "\n");
        }
        buffer_append(&out, text);
    }
    struct span all = arena_copy(answer->arena, buffer_span(&out));
    buffer_done(&out);
    return all;
}

static struct span rule_text(const struct answer *answer, const struct rule *rule,
                             struct value from) {
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
    case MEMBER_FLAG:
        return flag_read(text, target);
    }
    return false;
}

static void blemish_note(struct answer *answer, const struct member *member, size_t number,
                         struct span text) {
    answer->blemishes++;
    if (answer->first_blemish.size == 0) {
        struct span shown = span_first_utf8(text, 60);
        answer->first_blemish = arena_print(answer->arena, "item %zu: %s \"%.*s\" not understood",
                                            number, member->name, SPAN_ARG(shown));
    }
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

uint32_t fields_fill(struct answer *answer, const struct recipe *recipe, struct value from,
                     size_t number, struct item *item) {
    uint32_t filled = 0;
    for (size_t f = 0; f < MEMBER_TOTAL; f++) {
        const struct field *field = &recipe->fields[f];
        bool done = false;
        for (size_t r = 0; r < field->count && !done; r++) {
            struct span text = rule_text(answer, &field->rules[r], from);
            if (text.size == 0) {
                continue;
            }
            done = member_set(answer, &members[f], &field->rules[r], from, text, item);
            if (!done && !may_be_empty(field->rules[r].type)) {
                blemish_note(answer, &members[f], number, text);
            }
        }
        filled |= done ? UINT32_C(1) << f : 0;
    }
    if (item->updated_ms == item->published_ms) {
        item->updated_ms = DATE_NONE; /* never changed */
    }
    return filled;
}
