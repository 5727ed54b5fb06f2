#include "sentiment/feature.h"

#include "sentiment/form.h"
#include "sentiment/overlay.h"

#include <math.h>
#include <stdlib.h>

/* Words around a target whose side counts. */
enum { SIDE_REACH = 6 };

/* The longest word looked at. */
enum { LIMIT_WORD = 60 };

struct word { /* of the text, "_" for the target; empty: none */
    struct span text;
    uint64_t hash;
    unsigned uses; /* FORM_*: the forms that may be asked for */
};

struct gathering {
    const struct analysis *analysis;
    const struct sites *sites;
    const struct sentiment_overlay *overlay;
    struct arena *arena;
    struct features *features;
    size_t capacity;
    struct word target;
    struct word negation;
    struct word before;    /* the word before; none behind a mark */
    uint32_t before_begin; /* where it stands */
    bool negated;          /* a negation stands before, in this clause, no comma between */
    uint32_t negation_ordinal;
    uint32_t clause;
};

/* --- What is found ---------------------------------------------------------------------------- */

static struct word word_of(const struct gathering *gathering, struct span text, uint64_t hash) {
    const struct sentiment_overlay *overlay = gathering->overlay;
    return (struct word){text, hash, overlay == NULL ? FORM_ANY : overlay_uses(overlay, hash)};
}

/* Notes a form, its words in a row. Of an overlay's rows the one that may be meant is asked for now
 * and looked at when all are noted: memory is waited for once, and not once per form. */
static void add(struct gathering *gathering, uint64_t hash, const struct span *words, size_t count,
                struct feature feature) {
    struct features *features = gathering->features;
    if (features->count == LIMIT_FEATURES) {
        return;
    }
    feature.hash = hash;
    if (gathering->overlay == NULL) {
        feature.form = arena_join(gathering->arena, words, count, " ");
    } else {
        overlay_prefetch(gathering->overlay, hash);
    }
    if (features->count == gathering->capacity) {
        features->list = arena_grow(gathering->arena, features->list, features->count,
                                    &gathering->capacity, sizeof *features->list);
    }
    features->list[features->count++] = feature;
}

static struct feature feature_at(const struct token *token) {
    return (struct feature){.begin = token->begin, .end = token->end};
}

static void add_one(struct gathering *gathering, const struct token *token, struct span form) {
    add(gathering, form_word_hash(form), &form, 1, feature_at(token));
}

static void add_around_gap(struct gathering *gathering, const struct word *first,
                           const struct word *second, const struct token *token) {
    static const struct span gap = {"...", 3};
    const struct span words[] = {first->text, gap, second->text};
    uint64_t hash = form_hash_then(first->hash, block_hash(0, block_load("...\0\0\0\0")));
    add(gathering, form_hash_then(hash, second->hash), words, 3, feature_at(token));
}

/* --- Words ------------------------------------------------------------------------------------ */

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

/* A negation reaches to the next comma, and no further than its clause. */
static void follow_negation(struct gathering *gathering, const struct token *token) {
    bool comma = token->kind == TOKEN_MARK && token->mark == ',';
    if (token_has(token, ROLE_NEGATION)) {
        gathering->negated = true;
        gathering->negation_ordinal = token->ordinal;
    } else if (comma || token->clause != gathering->clause) {
        gathering->negated = false;
    }
    gathering->clause = token->clause;
}

static bool is_negated(const struct gathering *gathering, const struct token *token) {
    return gathering->negated && token->clause == gathering->clause &&
           token->ordinal - gathering->negation_ordinal <=
               gathering->analysis->settings->negation_scope;
}

size_t family_of(struct span word, char family[FAMILY_SIZE]) {
    size_t letters = 0;
    for (size_t at = 0; at < word.size && at < FAMILY_SIZE; at++) {
        bool begins = ((unsigned char)word.data[at] & 0xC0) != 0x80;
        letters += begins;
        if (begins && letters > FAMILY_LETTERS) {
            memcpy(family, word.data, at);
            family[at] = '*';
            return at + 1;
        }
    }
    return 0;
}

/* The same of a token: of ASCII letters, as nearly all are, at once. */
static size_t family_of_token(const struct token *token, char family[FAMILY_SIZE]) {
    uint64_t block = block_load(token->folded.data);
    if (token->folded.size <= FAMILY_LETTERS) {
        return 0;
    }
    if ((block & BLOCK_EACH(0x80)) != 0) {
        return family_of(token->folded, family);
    }
    memcpy(family, token->folded.data, FAMILY_LETTERS);
    family[FAMILY_LETTERS] = '*';
    return FAMILY_LETTERS + 1;
}

static enum spelling spelling_of(const struct gathering *gathering, const struct token *token) {
    const struct analysis *analysis = gathering->analysis;
    char first = analysis->text.data[token->begin];
    size_t number = (size_t)(token - analysis->tokens.list);
    if (first < 'A' || first > 'Z') {
        return SPELLING_SMALL;
    }
    bool begins = analysis->sentences[token->sentence].first == number;
    return begins || analysis->shouting ? 0 : SPELLING_CAPITAL;
}

/* A word by itself or behind a negation. */
static void add_word(struct gathering *gathering, const struct token *token,
                     const struct word *word, bool negated, float valence) {
    struct feature feature = feature_at(token);
    feature.valence = valence;
    if (gathering->overlay == NULL) {
        feature.spelling = (uint8_t)spelling_of(gathering, token);
    }
    if (negated && (word->uses & FORM_NEGATED) != 0) {
        add_around_gap(gathering, &gathering->negation, word, token);
    } else if (!negated && (word->uses & FORM_ALONE) != 0) {
        add(gathering, word->hash, &word->text, 1, feature);
    }
}

static void add_family(struct gathering *gathering, const struct token *token, bool negated) {
    char text[FAMILY_SIZE] = {0};
    size_t size = family_of_token(token, text);
    if (size > 0) {
        struct word family = word_of(gathering, (struct span){text, size}, blocks_hash(text, size));
        add_word(gathering, token, &family, negated, 0);
    }
}

static void add_pair(struct gathering *gathering, const struct token *token,
                     const struct word *word) {
    const struct word *before = &gathering->before;
    if (before->text.size > 0 && (before->uses & FORM_FIRST) != 0 &&
        (word->uses & FORM_SECOND) != 0) {
        const struct span words[] = {before->text, word->text};
        add(gathering, form_hash_then(before->hash, word->hash), words, 2,
            (struct feature){.begin = gathering->before_begin, .end = token->end});
    }
    gathering->before = *word;
    gathering->before_begin = token->begin;
}

static void add_side(struct gathering *gathering, const struct token *token,
                     const struct word *word) {
    if (gathering->sites == NULL || (word->uses & (FORM_BEFORE | FORM_BEHIND)) == 0) {
        return;
    }
    double side = side_of(gathering, token);
    if (side < 0 && side >= -SIDE_REACH && (word->uses & FORM_BEFORE) != 0) {
        add_around_gap(gathering, word, &gathering->target, token);
    } else if (side > 0 && side <= SIDE_REACH && (word->uses & FORM_BEHIND) != 0) {
        add_around_gap(gathering, &gathering->target, word, token);
    }
}

static void read_word(struct gathering *gathering, size_t index) {
    const struct analysis *analysis = gathering->analysis;
    const struct token *token = &analysis->tokens.list[index];
    if ((token->flags & TOKEN_MASKED) != 0) {
        add_pair(gathering, token, &gathering->target);
        return;
    }
    struct word word =
        word_of(gathering, token->folded, blocks_hash(token->folded.data, token->folded.size));
    bool negated = is_negated(gathering, token);
    bool meant = !sense_is_none(token->sense) && token->last == index && !negated;
    add_word(gathering, token, &word, negated, meant ? token->sense->valence[analysis->genre] : 0);
    add_family(gathering, token, negated);
    add_pair(gathering, token, &word);
    add_side(gathering, token, &word);
}

/* --- Everything else -------------------------------------------------------------------------- */

static void read_mark(struct gathering *gathering, const struct token *token) {
    if (token->mark == '?' || token->mark == '!') {
        add_one(gathering, token, token->mark == '?' ? SPAN("?") : SPAN("!"));
    } else if (token->mark == '.' && token->end - token->begin > 1) {
        add_one(gathering, token, SPAN("..."));
    }
    if (token->mark != '-' && token->mark != '"') {
        gathering->before = (struct word){0};
    }
}

static void read_name(struct gathering *gathering, const struct token *token) {
    bool name = gathering->analysis->text.data[token->begin] == '@';
    add_one(gathering, token, name ? SPAN("@") : SPAN("://"));
    gathering->before = (struct word){0};
}

static void read_token(struct gathering *gathering, size_t index) {
    const struct token *token = &gathering->analysis->tokens.list[index];
    if (token->kind == TOKEN_MARK) {
        read_mark(gathering, token);
    } else if (token->kind == TOKEN_NAME && (token->flags & TOKEN_MASKED) == 0) {
        read_name(gathering, token);
    } else if (token->folded.size > LIMIT_WORD) {
        gathering->before = (struct word){0};
    } else {
        read_word(gathering, index);
    }
    follow_negation(gathering, token);
}

/* Where the lexicon does not let the rest of a text speak of a target (news), neither do words. */
static bool is_beside(const struct gathering *gathering, uint32_t sentence) {
    const struct token *tokens = gathering->analysis->tokens.list;
    const struct sites *sites = gathering->sites;
    if (sites == NULL || gathering->analysis->settings->target_text != 0) {
        return false;
    }
    for (size_t i = 0; i < sites->count; i++) {
        if (tokens[sites->list[i].first].sentence == sentence) {
            return false;
        }
    }
    return true;
}

static void read_all(struct gathering *gathering) {
    const struct tokens *tokens = &gathering->analysis->tokens;
    uint32_t sentence = UINT32_MAX;
    bool beside = false;
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->list[i].sentence != sentence) {
            sentence = tokens->list[i].sentence;
            beside = is_beside(gathering, sentence);
        }
        if (!beside) {
            read_token(gathering, i);
        }
    }
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

static void keep_known(struct features *features, const struct sentiment_overlay *overlay,
                       struct arena *arena) {
    uint64_t *seen = ARENA_ARRAY(arena, uint64_t, overlay->count / 64 + 1);
    size_t kept = 0;
    for (size_t i = 0; i < features->count; i++) {
        features->list[kept] = features->list[i];
        kept += overlay_meet(overlay, features->list[i].hash, seen, &features->list[kept].row);
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
                                  .features = features,
                                  .negation = {.text = SPAN("not")}};
    gathering.target = word_of(&gathering, SPAN("_"), form_word_hash(SPAN("_")));
    gathering.negation.hash = form_word_hash(gathering.negation.text);
    *features = (struct features){
        .ground = {[GROUND_ONE] = 1,
                   [GROUND_GOOD] = fmin(tally->positive, 6) / 3,
                   [GROUND_BAD] = fmin(tally->negative, 6) / 3,
                   [GROUND_BALANCE] = 2 * sentiment_normalise(tally->positive - tally->negative),
                   [GROUND_LENGTH] = log2((double)analysis->tokens.words + 1) - 3.5}};
    read_all(&gathering);
    if (overlay == NULL) {
        keep_first_of_each(features);
    } else {
        keep_known(features, overlay, arena);
    }
}
