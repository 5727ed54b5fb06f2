#include "sentiment/reason.h"

#include "base/buffer.h"

/* A row of rules never gets longer. */
enum { LIMIT_RULES = 512 };

static const struct bend_name {
    enum bend bend;
    const char *text;
} bend_names[] = {
    {BEND_REFUSED, "denies what no list names"},
    {BEND_BOOSTED, "boosted by"},
    {BEND_DAMPED, "damped by"},
    {BEND_NEGATED, "negated by"},
    {BEND_ENDED, "ended by"},
    {BEND_CAPITALS, "in capitals"},
    {BEND_EXCLAIMED, "exclaimed"},
    {BEND_REPEATED, "said before"},
    {BEND_IRREALIS, "not said to be so"},
    {BEND_QUESTION, "in a question"},
    {BEND_BEFORE, "before \"but\""},
    {BEND_BEHIND, "after \"but\""},
    {BEND_CONCEDED, "conceded"},
    {BEND_HASHTAG, "in a hashtag"},
    {BEND_LONG, "in a long text"},
    {BEND_MOCKED, "praise before a complaint"},
    {BEND_NEGATIVE, "bad weighs more"},
};

static struct span token_text(const struct analysis *analysis, uint32_t token) {
    const struct token *list = analysis->tokens.list;
    return (struct span){analysis->text.data + list[token].begin,
                         list[list[token].last].end - list[token].begin};
}

static void print_rule(struct buffer *out, const struct analysis *analysis,
                       const struct opinion *opinion, const struct bend_name *name) {
    (void)buffer_append_string(out, out->size > 0 ? "; " : "");
    (void)buffer_append_string(out, name->text);
    if (((uint32_t)name->bend & (BEND_NEGATED | BEND_ENDED | BEND_BOOSTED | BEND_DAMPED)) != 0) {
        bool turned = name->bend == BEND_NEGATED || name->bend == BEND_ENDED;
        uint32_t cause = turned ? opinion->negator : opinion->booster;
        (void)buffer_append_byte(out, ' ');
        (void)buffer_append(out, token_text(analysis, cause));
    }
}

static struct span rules_text(const struct analysis *analysis, const struct opinion *opinion,
                              double share, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_RULES);
    for (size_t i = 0; i < sizeof bend_names / sizeof *bend_names; i++) {
        if ((opinion->bends & (uint32_t)bend_names[i].bend) != 0) {
            print_rule(&out, analysis, opinion, &bend_names[i]);
        }
    }
    if (share < 0) {
        (void)buffer_print(&out, "%sthe other side of a comparison", out.size > 0 ? "; " : "");
    } else if (share < 1) {
        (void)buffer_print(&out, "%sat a distance", out.size > 0 ? "; " : "");
    }
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

void reasons_append(struct reasons *reasons, struct sentiment_reason reason) {
    reasons->list = arena_grow(reasons->arena, reasons->list, reasons->count, &reasons->capacity,
                               sizeof *reasons->list);
    reasons->list[reasons->count++] = reason;
}

/* A negation is listed by many phrases that begin with it; it is named itself. */
static struct span entry_text(const struct analysis *analysis, const struct opinion *opinion) {
    const struct token *token = &analysis->tokens.list[opinion->token];
    return (opinion->bends & BEND_REFUSED) != 0
               ? token_text(analysis, opinion->token)
               : lexicon_text(analysis->lexicon, token->sense->text);
}

void reasons_add(struct reasons *reasons, const struct analysis *analysis, size_t target,
                 const struct opinion *opinion, double share) {
    const struct token *tokens = analysis->tokens.list;
    struct sentiment_reason reason = {
        .target = target,
        .begin = tokens[opinion->token].begin,
        .end = tokens[opinion->last].end,
        .entry = entry_text(analysis, opinion),
        .valence = opinion->valence,
        .rules = rules_text(analysis, opinion, share, reasons->arena),
        .contribution = share * opinion_contribution(opinion),
    };
    reasons_append(reasons, reason);
}
