#include "sentiment/compound.h"

/* The shortest first part, and the longest word that is tried: each tail costs a look-up. */
enum { HEAD_LEAST = 3, COMPOUND_MOST = 40 };

static uint32_t find_tail(const struct analysis *analysis, struct span word) {
    size_t least = (size_t)analysis->settings->compound_tail;
    for (size_t at = HEAD_LEAST; at + least <= word.size; at++) {
        uint32_t form = lexicon_find(analysis->lexicon, span_from(word, at));
        if ((lexicon_sense(analysis->lexicon, form, analysis->language)->roles & ROLE_TAIL) != 0) {
            return form;
        }
    }
    return NO_FORM;
}

void compounds_find(struct analysis *analysis) {
    for (size_t i = 0; i < analysis->tokens.count; i++) {
        struct token *token = &analysis->tokens.list[i];
        if (token->kind == TOKEN_WORD && token->form == NO_FORM &&
            token->folded.size <= COMPOUND_MOST) {
            token->form = find_tail(analysis, token->folded);
        }
    }
}
