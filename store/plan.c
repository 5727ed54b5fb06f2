#include "store/plan.h"

#include "base/query_tree.h"
#include "base/work.h"
#include "store/meta.h"
#include "store/segment.h"
#include "store/terms.h"

struct planner {
    const struct query *query;
    struct transaction *transaction;
    struct arena *arena;
};

static struct plan *plan_new(const struct planner *planner, enum plan_kind kind, bool exact) {
    struct plan *plan = ARENA_NEW(planner->arena, struct plan);
    plan->kind = kind;
    plan->exact = exact;
    return plan;
}

static void plan_add(const struct planner *planner, struct plan *plan, struct plan *child) {
    plan->children = arena_grow(planner->arena, plan->children, plan->count, &plan->capacity,
                                sizeof(struct plan *));
    plan->children[plan->count++] = child;
    plan->exact = plan->exact && child->exact;
}

/* A term that is cut stands for others too. */
static struct plan *plan_term(const struct planner *planner, struct span term, bool prefix,
                              struct span shown) {
    struct plan *plan = plan_new(planner, PLAN_TERM, term.size < TERM_MAX);
    plan->term = term_cut(term);
    plan->prefix = prefix;
    plan->shown = shown;
    return plan;
}

/* --- Words ------------------------------------------------------------------------------------ */

static struct plan *plan_word(const struct planner *planner, struct span folded, bool prefix) {
    struct span shown = arena_print(planner->arena, "%.*s%s", SPAN_ARG(folded), prefix ? "*" : "");
    return plan_term(planner, folded, prefix, shown);
}

/* Words that stand in a row, or near each other, stand in the mention. */
static struct plan *plan_form(const struct planner *planner, const struct query_form *form) {
    bool bare = form->before.size == 0 && form->after.size == 0;
    struct plan *all = plan_new(planner, PLAN_AND, form->count == 1 && bare);
    for (size_t i = 0; i < form->count; i++) {
        plan_add(planner, all, plan_word(planner, form->words[i].folded, form->words[i].prefix));
    }
    return all;
}

static bool span_is_letters(struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        if (!byte_is_alpha(text.data[i])) {
            return false;
        }
    }
    return text.size > 0;
}

/* The words of an exact literal. The first and the last may be parts of other words of the text
 * ("3" in "3.5"), unless they are plain letters. */
static struct plan *plan_literal(const struct planner *planner, struct span text) {
    struct words words;
    words_split(text, planner->arena, &words);
    struct plan *all = plan_new(planner, PLAN_AND, false);
    for (size_t i = 0; i < words.count; i++) {
        bool inner = i > 0 && i + 1 < words.count;
        if (inner || span_is_letters(words.list[i].folded)) {
            plan_add(planner, all, plan_word(planner, words.list[i].folded, false));
        }
    }
    return all->count > 0 ? all : plan_new(planner, PLAN_ALL, false);
}

static struct plan *plan_text(const struct planner *planner, const struct query_term *term) {
    if (term->exact) {
        return plan_literal(planner, term->text);
    }
    struct plan *any = plan_new(planner, PLAN_OR, true);
    for (size_t i = 0; i < term->form_count; i++) {
        plan_add(planner, any, plan_form(planner, &term->form[i]));
    }
    return any;
}

/* --- Fields ----------------------------------------------------------------------------------- */

struct field_plan {
    const struct planner *planner;
    const struct query_field *field;
    struct span shown;
};

static struct plan *field_text(const struct field_plan *made, enum term_field kind,
                               struct span value, bool prefix) {
    return plan_term(made->planner, term_of_text(kind, value, made->planner->arena), prefix,
                     made->shown);
}

static struct plan *field_number(const struct field_plan *made, enum term_field kind,
                                 uint64_t number) {
    return plan_term(made->planner, term_of_number(kind, number, made->planner->arena), false,
                     made->shown);
}

/* Every name of that kind that the field means. */
static struct plan *field_names(const struct field_plan *made, enum name_kind names,
                                enum term_field kind) {
    struct transaction *transaction = made->planner->transaction;
    struct arena *arena = made->planner->arena;
    struct plan *any = plan_new(made->planner, PLAN_OR, true);
    struct counters counters;
    counters_load(transaction, &counters);
    for (uint32_t i = 1; i <= counters.last_name[names]; i++) {
        struct span folded = words_fold(name_text(transaction, names, i, arena), arena);
        bool meant = made->field->prefix ? span_starts_with(folded, made->field->folded)
                                         : span_equal(folded, made->field->folded);
        if (meant) {
            plan_add(made->planner, any, field_number(made, kind, i));
        }
    }
    any->shown = made->shown;
    return any;
}

static struct plan *field_source(const struct field_plan *made) {
    return field_names(made, NAME_SOURCE, TERM_SOURCE);
}

static struct plan *field_topic(const struct field_plan *made) {
    return field_names(made, NAME_TOPIC, TERM_TOPIC);
}

static struct plan *field_brand(const struct field_plan *made) {
    return field_names(made, NAME_BRAND, TERM_BRAND);
}

static struct plan *field_channel(const struct field_plan *made) {
    return field_number(made, TERM_CHANNEL, (uint64_t)made->field->choice);
}

static struct plan *field_stage(const struct field_plan *made) {
    return field_number(made, TERM_STAGE, (uint64_t)made->field->choice);
}

static struct plan *field_language(const struct field_plan *made) {
    bool region = span_find_byte(made->field->folded, '-') != SPAN_NOT_FOUND;
    return field_text(made, region ? TERM_CLAIMED : TERM_LANGUAGE, made->field->folded,
                      made->field->prefix);
}

static struct plan *field_country(const struct field_plan *made) {
    return field_text(made, TERM_COUNTRY, made->field->folded, made->field->prefix);
}

static struct plan *field_site(const struct field_plan *made) {
    return field_text(made, TERM_SITE, made->field->folded, false);
}

/* Towards a brand, the index does not know how a mention feels. */
static struct plan *field_label(const struct field_plan *made) {
    return made->planner->query->brand.size > 0
               ? plan_new(made->planner, PLAN_ALL, false)
               : field_number(made, TERM_LABEL, (uint64_t)made->field->choice);
}

/* The name or key as a whole; or all of the words, in whatever order. */
static struct plan *field_author(const struct field_plan *made) {
    const struct words *words = &made->field->words;
    struct plan *any = plan_new(made->planner, PLAN_OR, true);
    plan_add(made->planner, any,
             field_text(made, TERM_AUTHOR_NAME, made->field->folded, made->field->prefix));
    if (words->count > 0) {
        struct plan *all = plan_new(made->planner, PLAN_AND, words->count == 1);
        for (size_t i = 0; i < words->count; i++) {
            plan_add(made->planner, all,
                     field_text(made, TERM_AUTHOR, words->list[i].folded,
                                made->field->prefix && i + 1 == words->count));
        }
        plan_add(made->planner, any, all);
    }
    any->shown = made->shown;
    return any;
}

/* A number that stands for "nothing" (0) has no term: it is what has none of the others. */
static struct plan *field_handled(const struct field_plan *made, enum term_field kind,
                                  uint64_t count) {
    const struct planner *planner = made->planner;
    if (made->field->choice > 0) {
        return field_number(made, kind, (uint64_t)made->field->choice);
    }
    struct plan *any = plan_new(planner, PLAN_OR, true);
    for (uint64_t number = 1; number < count; number++) {
        plan_add(planner, any, field_number(made, kind, number));
    }
    struct plan *none = plan_new(planner, PLAN_NOT, true);
    plan_add(planner, none, any);
    none->shown = made->shown;
    return none;
}

static struct plan *field_status(const struct field_plan *made) {
    return field_handled(made, TERM_STATUS, WORK_STATUS_COUNT);
}

static struct plan *field_review(const struct field_plan *made) {
    return field_handled(made, TERM_REVIEW, REVIEW_COUNT);
}

static struct plan *field_tag(const struct field_plan *made) {
    return field_text(made, TERM_TAG, made->field->folded, made->field->prefix);
}

static struct plan *field_assigned(const struct field_plan *made) {
    return field_text(made, TERM_ASSIGNED, made->field->folded, made->field->prefix);
}

/* Fields that are not here are numbers, which the index does not know. */
static const struct {
    const char *name;
    struct plan *(*make)(const struct field_plan *made);
} fields[] = {
    {"source", field_source},     {"channel", field_channel},  {"lang", field_language},
    {"country", field_country},   {"topic", field_topic},      {"stage", field_stage},
    {"author", field_author},     {"site", field_site},        {"brand", field_brand},
    {"label", field_label},       {"status", field_status},    {"tag", field_tag},
    {"assigned", field_assigned}, {"corrected", field_review},
};

static struct plan *plan_field(const struct planner *planner, const struct query_field *field,
                               bool demanded) {
    enum query_bound bound = query_field_bound(field);
    if (bound == BOUND_SINCE || bound == BOUND_UNTIL) {
        return plan_new(planner, PLAN_ALL, demanded);
    }
    struct buffer shown;
    buffer_init(&shown, LIMIT_QUERY);
    query_field_print(&shown, field);
    struct field_plan made = {planner, field, arena_copy(planner->arena, buffer_span(&shown))};
    buffer_done(&shown);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (span_equal(query_field_name(field), span_of(fields[i].name))) {
            return fields[i].make(&made);
        }
    }
    return plan_new(planner, PLAN_ALL, false);
}

/* --- The tree --------------------------------------------------------------------------------- */

static struct plan *plan_node(const struct planner *planner, const struct query_node *node,
                              bool demanded);

static struct plan *plan_children(const struct planner *planner, const struct query_node *node,
                                  enum plan_kind kind, bool demanded) {
    struct plan *plan = plan_new(planner, kind, node->kind != QUERY_NEAR);
    for (size_t i = 0; i < node->count; i++) {
        plan_add(planner, plan, plan_node(planner, node->children[i], demanded));
    }
    return plan;
}

/* What may be more than the child would leave too little when turned round. */
static struct plan *plan_not(const struct planner *planner, const struct query_node *node) {
    struct plan *child = plan_node(planner, node->children[0], false);
    if (!child->exact) {
        return plan_new(planner, PLAN_ALL, false);
    }
    struct plan *plan = plan_new(planner, PLAN_NOT, true);
    plan_add(planner, plan, child);
    return plan;
}

/* `demanded`: every match of the whole query must satisfy the node. */
static struct plan *plan_node(const struct planner *planner, const struct query_node *node,
                              bool demanded) {
    switch (node->kind) {
    case QUERY_AND:
        return plan_children(planner, node, PLAN_AND, demanded);
    case QUERY_NEAR:
        return plan_children(planner, node, PLAN_AND, false);
    case QUERY_OR:
        return plan_children(planner, node, PLAN_OR, false);
    case QUERY_NOT:
        return plan_not(planner, node);
    case QUERY_TERM:
        return plan_text(planner, planner->query->terms[node->term]);
    case QUERY_FIELD:
    default:
        return plan_field(planner, &node->field, demanded);
    }
}

const struct plan *plan_make(const struct query *query, struct transaction *transaction,
                             struct arena *arena) {
    struct planner planner = {query, transaction, arena};
    return plan_node(&planner, query->root, true);
}

/* --- Printing --------------------------------------------------------------------------------- */

static void plan_show(struct buffer *out, const struct plan *plan, enum plan_kind within);

static void children_show(struct buffer *out, const struct plan *plan, enum plan_kind within) {
    size_t said = 0;
    for (size_t i = 0; i < plan->count; i++) {
        said += plan->children[i]->kind != PLAN_ALL;
    }
    bool bracket = said > 1 && within != PLAN_ALL && within != plan->kind;
    size_t shown = 0;
    buffer_append_string(out, bracket ? "(" : "");
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->children[i]->kind != PLAN_ALL) {
            const char *between = plan->kind == PLAN_AND ? " AND " : " OR ";
            buffer_append_string(out, shown++ > 0 ? between : "");
            plan_show(out, plan->children[i], said > 1 ? plan->kind : within);
        }
    }
    buffer_append_string(out, bracket ? ")" : "");
}

/* `within`: the kind it is an operand of; PLAN_ALL = none. */
static void plan_show(struct buffer *out, const struct plan *plan, enum plan_kind within) {
    if (plan->shown.size > 0) {
        buffer_append(out, plan->shown);
    } else if (plan->kind == PLAN_NOT) {
        buffer_append_string(out, "NOT ");
        plan_show(out, plan->children[0], PLAN_NOT);
    } else {
        children_show(out, plan, within);
    }
}

void plan_print(struct buffer *out, const struct plan *plan) {
    size_t before = out->size;
    plan_show(out, plan, PLAN_ALL);
    if (out->size == before) {
        buffer_append_string(out, "every mention");
    }
}
