#include "sentiment/feature.h"

#include "base/hash.h"
#include "sentiment/overlay.h"

#include <math.h>
#include <stdlib.h>

/* Words around a target whose side counts. */
enum { SIDE_REACH = 6 };

/* Letters that a word shares with its family ("delay*"), and the longest word looked at. */
enum { FAMILY_LETTERS = 5, LIMIT_WORD = 60 };

/* Two words and what stands between them. */
enum { LIMIT_FEATURE = 2 * LIMIT_WORD + 16 };

struct gathering {
    const struct analysis *analysis;
    const struct sites *sites;
    const struct sentiment_overlay *overlay;
    struct arena *arena;
    struct features *features;
    size_t capacity;
    struct span before;    /* the word before, "_" for the target, empty behind a mark */
    uint32_t before_begin; /* where it stands */
};

/* Notes a feature whose form is three pieces in a row: nearly all are unknown to an overlay, and
 * cost no memory then. */
static void add(struct gathering *gathering, struct span first, struct span second,
                struct span third, struct feature feature) {
    struct features *features = gathering->features;
    char text[LIMIT_FEATURE];
    struct span form = {text, first.size + second.size + third.size};
    if (features->count == LIMIT_FEATURES || form.size > sizeof text) {
        return;
    }
    memcpy(text, first.data, first.size);
    memcpy(text + first.size, second.data, second.size);
    memcpy(text + first.size + second.size, third.data, third.size);
    feature.hash = hash_bytes(form);
    if (gathering->overlay != NULL) {
        feature.row = overlay_find(gathering->overlay, feature.hash);
        if (feature.row == NULL) {
            return;
        }
    } else {
        feature.form = arena_copy(gathering->arena, form);
    }
    features->list = arena_grow(gathering->arena, features->list, features->count,
                                &gathering->capacity, sizeof *features->list);
    features->list[features->count++] = feature;
}

/* At the place of a token. */
static void add_at(struct gathering *gathering, const struct token *token, struct span first,
                   struct span second, struct span third) {
    add(gathering, first, second, third,
        (struct feature){.begin = token->begin, .end = token->end});
}

/* Words from a token to the nearest place of the target in its sentence: negative in front of it,
 * 0 where there is none. */
static double side_of(const struct gathering *gathering, const struct token *token) {
    const struct token *tokens = gathering->analysis->tokens.list;
    double nearest = 0;
    for (size_t i = 0; gathering->sites != NULL && i < gathering->sites->count; i++) {
        const struct site *site = &gathering->sites->list[i];
        bool before = token->begin < tokens[site->first].begin;
        double words = (double)token->ordinal - tokens[before ? site->first : site->last].ordinal;
        if (tokens[site->first].sentence == token->sentence &&
            (nearest == 0 || fabs(words) < fabs(nearest))) {
            nearest = words;
        }
    }
    return nearest;
}

static bool is_negated(const struct analysis *analysis, size_t index) {
    const struct token *tokens = analysis->tokens.list;
    for (size_t i = index; i-- > 0 && tokens[i].clause == tokens[index].clause;) {
        bool comma = tokens[i].kind == TOKEN_MARK && tokens[i].mark == ',';
        double distance = (double)tokens[index].ordinal - tokens[i].ordinal;
        if (comma || distance > analysis->settings->negation_scope) {
            return false;
        }
        if (token_has(&tokens[i], ROLE_NEGATION)) {
            return true;
        }
    }
    return false;
}

/* The first letters of a word; the word itself where it has no more. */
static struct span family_of(struct span word) {
    size_t letters = 0;
    size_t at = 0;
    while (at < word.size) {
        bool begins = ((unsigned char)word.data[at] & 0xC0) != 0x80;
        if (begins && letters++ == FAMILY_LETTERS) {
            break;
        }
        at++;
    }
    return span_first(word, at);
}

static void add_side(struct gathering *gathering, const struct token *token) {
    double side = side_of(gathering, token);
    struct span word = token->folded;
    if (side == 0 || fabs(side) > SIDE_REACH || (token->flags & TOKEN_MASKED) != 0) {
        return;
    }
    if (side < 0) {
        add_at(gathering, token, word, SPAN(" ... _"), SPAN(""));
    } else {
        add_at(gathering, token, SPAN("_ ... "), word, SPAN(""));
    }
}

static void add_pair(struct gathering *gathering, const struct token *token, struct span word) {
    if (gathering->before.size > 0) {
        add(gathering, gathering->before, SPAN(" "), word,
            (struct feature){.begin = gathering->before_begin, .end = token->end});
    }
    gathering->before = word;
    gathering->before_begin = token->begin;
}

static void add_word(struct gathering *gathering, size_t index) {
    const struct analysis *analysis = gathering->analysis;
    const struct token *token = &analysis->tokens.list[index];
    struct span word = token->folded;
    if ((token->flags & TOKEN_MASKED) != 0) {
        add_pair(gathering, token, SPAN("_"));
        return;
    }
    struct span negated = is_negated(analysis, index) ? SPAN("not ... ") : SPAN("");
    bool meant = !sense_is_none(token->sense) && token->last == index && negated.size == 0;
    add(gathering, negated, word, SPAN(""),
        (struct feature){.valence = meant ? token->sense->valence[analysis->genre] : 0,
                         .begin = token->begin,
                         .end = token->end});
    struct span family = family_of(word);
    if (family.size < word.size) {
        add_at(gathering, token, negated, family, SPAN("*"));
    }
    add_pair(gathering, token, word);
}

static void add_mark(struct gathering *gathering, const struct token *token) {
    if (token->mark == '?' || token->mark == '!') {
        add_at(gathering, token, token->mark == '?' ? SPAN("?") : SPAN("!"), SPAN(""), SPAN(""));
    } else if (token->mark == '.' && token->repeats > 0) {
        add_at(gathering, token, SPAN("..."), SPAN(""), SPAN(""));
    }
    if (token->mark != '-' && token->mark != '"') {
        gathering->before = (struct span){0};
    }
}

static void add_name(struct gathering *gathering, const struct token *token) {
    bool name = gathering->analysis->text.data[token->begin] == '@';
    add_at(gathering, token, name ? SPAN("@") : SPAN("://"), SPAN(""), SPAN(""));
    gathering->before = (struct span){0};
}

static void add_token(struct gathering *gathering, size_t index) {
    const struct token *token = &gathering->analysis->tokens.list[index];
    if (token->kind == TOKEN_MARK) {
        add_mark(gathering, token);
    } else if (token->kind == TOKEN_NAME && (token->flags & TOKEN_MASKED) == 0) {
        add_name(gathering, token);
    } else if (token->folded.size > LIMIT_WORD) {
        gathering->before = (struct span){0};
    } else {
        add_word(gathering, index);
        add_side(gathering, token);
    }
}

static bool names_target(const struct sites *sites, const struct token *tokens, size_t index) {
    for (size_t i = 0; i < sites->count; i++) {
        if (tokens[sites->list[i].first].sentence == tokens[index].sentence) {
            return true;
        }
    }
    return false;
}

/* Where the lexicon does not let the rest of a text speak of a target (news), neither do words. */
static bool is_beside(const struct gathering *gathering, size_t index) {
    const struct analysis *analysis = gathering->analysis;
    return gathering->sites != NULL && analysis->settings->target_text == 0 &&
           !names_target(gathering->sites, analysis->tokens.list, index);
}

static int compare(const void *a, const void *b) {
    const struct feature *left = a;
    const struct feature *right = b;
    if (left->hash != right->hash) {
        return left->hash < right->hash ? -1 : 1;
    }
    return left->begin < right->begin ? -1 : left->begin > right->begin;
}

static void keep_first_of_each(struct features *features) {
    size_t kept = 0;
    if (features->count > 0) {
        qsort(features->list, features->count, sizeof *features->list, compare);
    }
    for (size_t i = 0; i < features->count; i++) {
        if (kept == 0 || features->list[kept - 1].hash != features->list[i].hash) {
            features->list[kept++] = features->list[i];
        }
    }
    features->count = kept;
}

void features_find(const struct analysis *analysis, const struct sites *sites,
                   const struct tally *tally, const struct sentiment_overlay *overlay,
                   struct arena *arena, struct features *features) {
    struct gathering gathering = {.analysis = analysis,
                                  .sites = sites,
                                  .overlay = overlay,
                                  .arena = arena,
                                  .features = features};
    *features = (struct features){
        .ground = {[GROUND_ONE] = 1,
                   [GROUND_GOOD] = fmin(tally->positive, 6) / 3,
                   [GROUND_BAD] = fmin(tally->negative, 6) / 3,
                   [GROUND_BALANCE] = 2 * sentiment_normalise(tally->positive - tally->negative),
                   [GROUND_LENGTH] = log2((double)analysis->tokens.words + 1) - 3.5}};
    for (size_t i = 0; i < analysis->tokens.count; i++) {
        if (!is_beside(&gathering, i)) {
            add_token(&gathering, i);
        }
    }
    keep_first_of_each(features);
}
