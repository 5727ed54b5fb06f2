#include "sentiment/analysis.h"

#include "sentiment/compound.h"
#include "sentiment/hashtag.h"
#include "sentiment/language.h"

/* An elongated word is looked for with its letters twice, then once: "goood", "looove". */
static uint32_t form_shortened(const struct lexicon *lexicon, const struct token *token) {
    char shorter[64];
    if (token->folded.size > sizeof shorter) {
        return NO_FORM;
    }
    for (size_t length = 2; length >= 1; length--) {
        size_t size = token_shorten(token->folded, length, shorter);
        uint32_t form = lexicon_find(lexicon, (struct span){shorter, size});
        if (form != NO_FORM) {
            return form;
        }
    }
    return NO_FORM;
}

/* The rows of the lexicon lie anywhere in five megabytes: all are asked for before the first is
 * looked at, so that memory is waited for once and not once per word. Marks and names have no text,
 * and find nothing. */
static void find_forms(struct analysis *analysis, struct arena *arena) {
    const struct lexicon *lexicon = analysis->lexicon;
    struct token *tokens = analysis->tokens.list;
    size_t count = analysis->tokens.count;
    uint32_t *rows = ARENA_ARRAY(arena, uint32_t, count);
    for (size_t i = 0; i < count; i++) {
        rows[i] = lexicon_row(lexicon, tokens[i].hash);
    }
    size_t capitals = 0;
    size_t words = 0;
    unsigned unlisted = 0; /* flags */
    for (size_t i = 0; i < count; i++) {
        struct token *token = &tokens[i];
        words += token->hash != 0;
        token->form = lexicon_confirm(lexicon, rows[i], token->hash);
        token->last = (uint32_t)i;
        capitals += (token->flags & TOKEN_CAPITALS) != 0;
        unlisted |= token->form == NO_FORM ? token->flags : 0U;
    }
    for (size_t i = 0; (unlisted & TOKEN_ELONGATED) != 0 && i < count; i++) {
        if ((tokens[i].flags & TOKEN_ELONGATED) != 0 && tokens[i].form == NO_FORM) {
            tokens[i].form = form_shortened(lexicon, &tokens[i]);
        }
    }
    analysis->hashtags = (unlisted & TOKEN_HASHTAG) != 0;
    analysis->shouting = words > 3 && capitals * 2 > words;
}

/* The first token that ends behind `offset`. */
static size_t token_at(const struct tokens *tokens, size_t offset) {
    size_t low = 0;
    for (size_t left = tokens->count; left > 0;) { /* binary search without a branch */
        size_t half = (left + 1) / 2;
        low += tokens->list[low + half - 1].end <= offset ? half : 0;
        left -= half;
    }
    return low;
}

bool analysis_place(const struct analysis *analysis, const struct sentiment_place *place,
                    size_t *first, size_t *last) {
    const struct tokens *tokens = &analysis->tokens;
    size_t at = token_at(tokens, place->begin);
    *first = at;
    while (at < tokens->count && tokens->list[at].begin < place->end) {
        *last = at++;
    }
    return at > *first;
}

/* The names of the brands say nothing about them: "united", "best", "trust". */
static void mask_targets(struct analysis *analysis, const struct sentiment_request *request) {
    for (size_t i = 0; i < request->target_count; i++) {
        const struct sentiment_target *target = &request->targets[i];
        for (size_t j = 0; j < target->place_count; j++) {
            size_t first = 0;
            size_t last = 0;
            if (!analysis_place(analysis, &target->places[j], &first, &last)) {
                continue;
            }
            for (size_t k = first; k <= last; k++) {
                analysis->tokens.list[k].flags |= TOKEN_MASKED;
                analysis->masked = true;
            }
        }
    }
}

static enum language token_language(const struct analysis *analysis, const struct token *token) {
    return analysis->languages == NULL
               ? analysis->language
               : (enum language)analysis->languages[token - analysis->tokens.list];
}

/* The form that a token is an inflected form of in the text's language, else its own: "breaking
 * down" is "break down". */
static uint32_t token_lemma(const struct analysis *analysis, const struct token *token) {
    enum language language = token_language(analysis, token);
    bool inflected = token->form != NO_FORM && token->sense->language == language;
    return inflected ? token->sense->owner : token->form;
}

static bool same_word(const struct analysis *analysis, const struct token *token, uint32_t form) {
    return form == NO_FORM || token->form == form || token_lemma(analysis, token) == form;
}

/* The word behind a token, hyphens left out; 0 when there is none in reach of a phrase. */
static size_t next_word(const struct analysis *analysis, size_t index) {
    const struct token *tokens = analysis->tokens.list;
    size_t at = index + 1;
    while (at < analysis->tokens.count && tokens[at].kind == TOKEN_MARK && tokens[at].mark == '-') {
        at++;
    }
    bool word = at < analysis->tokens.count && tokens[at].kind != TOKEN_MARK &&
                (tokens[at].flags & TOKEN_MASKED) == 0;
    return word ? at : 0;
}

/* May one of the phrases that begin with `first` go on behind it? Says no to nearly all that do not,
 * without a look at them. */
static bool may_follow(const struct token *first) {
    const struct token *second = first + 1;
    uint64_t bits = form_bit(second->form) | form_bit(second->sense->owner);
    bool hyphen = second->kind == TOKEN_MARK && second->mark == '-';
    return (first->sense->seconds & bits) != 0 || (hyphen && first->sense->seconds != 0);
}

/* The last token of a phrase whose second word is at `at`, 0 when the words behind it differ. */
static size_t phrase_match(const struct analysis *analysis, const struct phrase *phrase,
                           size_t at) {
    for (size_t word = 2; word < phrase->count; word++) {
        at = next_word(analysis, at);
        if (at == 0 || !same_word(analysis, &analysis->tokens.list[at], phrase->forms[word])) {
            return 0;
        }
    }
    return at;
}

/* Does a sense only tell topic, stage or urgency, or judge elsewhere? Its words then keep what they
 * mean themselves. */
static bool is_aside(const struct sense *sense, enum genre genre) {
    return sense->valence[genre] == 0 && (sense->roles & ~(uint32_t)ROLE_URGENT) == 0;
}

static void sense_meet(struct analysis *analysis, const struct sense *sense) {
    analysis->roles |= sense->roles;
    analysis->tells |= (sense->topics[0] | sense->stage | (sense->roles & ROLE_URGENT)) != 0;
}

/* The tokens `first` to `last` mean something together. */
static void set_phrase(struct analysis *analysis, size_t first, size_t last,
                       const struct sense *sense) {
    struct token *tokens = analysis->tokens.list;
    /* The words in it no longer judge, but still name their topics. */
    if (tokens[first].aside == NULL) {
        tokens[first].aside = tokens[first].sense;
    }
    tokens[first].sense = sense;
    tokens[first].last = (uint32_t)last;
    for (size_t j = first + 1; j <= last; j++) {
        sense_meet(analysis, tokens[j].sense);
        tokens[j].aside = tokens[j].sense;
        tokens[j].sense = &analysis->lexicon->senses[0];
        tokens[j].flags |= TOKEN_PART;
    }
}

/* The next phrase from `at` on that has one of two second words, or any; `end` where none has. Four
 * are looked at together: some words begin a thousand. */
static uint32_t next_phrase(const uint32_t *seconds, uint32_t at, uint32_t end, uint32_t form,
                            uint32_t lemma) {
    typedef uint32_t four __attribute__((vector_size(16)));
    for (; end - at >= 4; at += 4) {
        four listed;
        uint64_t found[2];
        memcpy(&listed, seconds + at, sizeof listed);
        four hits = (four)(listed == form) | (four)(listed == lemma) | (four)(listed == NO_FORM);
        memcpy(found, &hits, sizeof found);
        if ((found[0] | found[1]) != 0) {
            break;
        }
    }
    while (at < end && seconds[at] != form && seconds[at] != lemma && seconds[at] != NO_FORM) {
        at++;
    }
    return at;
}

/* Returns the last token of the phrase that begins at `first`; `first` where none does. */
static size_t find_phrase(struct analysis *analysis, size_t first) {
    const struct lexicon *lexicon = analysis->lexicon;
    struct token *tokens = analysis->tokens.list;
    size_t second = next_word(analysis, first);
    if (second == 0) {
        return first;
    }
    uint32_t form = tokens[second].form;
    uint32_t lemma = token_lemma(analysis, &tokens[second]);
    uint32_t begin = tokens[first].sense->phrases;
    uint32_t end = begin + tokens[first].sense->phrase_count;
    if (!lexicon_pair(lexicon, begin, form) && !lexicon_pair(lexicon, begin, lemma) &&
        !lexicon_pair(lexicon, begin, NO_FORM)) {
        return first;
    }
    const uint32_t *seconds = lexicon->seconds;
    for (uint32_t i = begin; (i = next_phrase(seconds, i, end, form, lemma)) < end; i++) {
        const struct phrase *phrase = lexicon_phrase(lexicon, i);
        const struct sense *sense = lexicon_phrase_sense(lexicon, phrase);
        size_t last = phrase_match(analysis, phrase, second);
        if (last == 0) {
            continue;
        }
        sense_meet(analysis, sense);
        if (!is_aside(sense, analysis->genre)) {
            set_phrase(analysis, first, last, sense);
            return last;
        }
        tokens[first].aside = sense;
    }
    return first;
}

static void find_phrases(struct analysis *analysis) {
    const struct token *tokens = analysis->tokens.list;
    size_t behind = 0; /* the phrase before */
    for (size_t i = 0; i < analysis->notable_count; i++) {
        uint32_t first = analysis->notable[i];
        sense_meet(analysis, tokens[first].sense);
        if (first >= behind && first + 1 < analysis->tokens.count && may_follow(&tokens[first])) {
            behind = find_phrase(analysis, first) + 1;
        }
    }
}

static void find_senses(struct analysis *analysis, struct arena *arena) {
    const struct lexicon *lexicon = analysis->lexicon;
    const struct sense *none = &lexicon->senses[0];
    struct token *tokens = analysis->tokens.list;
    size_t all = analysis->tokens.count;
    uint32_t *notable = ARENA_ARRAY(arena, uint32_t, all);
    const uint8_t *languages = analysis->languages;
    enum language language = analysis->language;
    size_t count = 0;
    for (size_t i = 0; i < all; i++) {
        language = languages != NULL ? (enum language)languages[i] : language;
        const struct sense *sense = lexicon_sense(lexicon, tokens[i].form, language);
        sense = (tokens[i].flags & TOKEN_MASKED) != 0 ? none : sense;
        __builtin_prefetch(sense);
        tokens[i].sense = sense;
        notable[count] = (uint32_t)i; /* taken back where it is none */
        count += sense != none;
    }
    analysis->notable = notable;
    analysis->notable_count = count;
    find_phrases(analysis);
}

void analysis_read(struct analysis *analysis, const struct sentiment_request *request,
                   struct arena *arena) {
    tokens_split(request->text, arena, &analysis->tokens);
    find_forms(analysis, arena);
    bool rival = false;
    analysis->language =
        language_detect(analysis->lexicon, &analysis->tokens, request->language_hint, arena,
                        &analysis->language_confidence, &rival);
    analysis->settings = lexicon_settings(analysis->lexicon, analysis->language, analysis->genre);
    if (analysis->hashtags) {
        hashtags_split(analysis, arena);
    }
    if (analysis->settings->compound_tail > 0) {
        compounds_find(analysis);
    }
    if (rival && analysis->language != LANGUAGE_ANY) {
        analysis->languages =
            language_segments(analysis->lexicon, &analysis->tokens, analysis->language, arena);
    }
    mask_targets(analysis, request);
    find_senses(analysis, arena);
}

/* --- Clauses and sentences -------------------------------------------------------------------- */

static bool mark_ends_sentence(const struct analysis *analysis, const struct token *mark) {
    if (mark->mark == '!' || mark->mark == '?' || mark->mark == '\n') {
        return true;
    }
    if (mark->mark != '.') {
        return false;
    }
    char behind = mark->end < analysis->text.size ? analysis->text.data[mark->end] : ' ';
    return !byte_is_alpha(behind) && !byte_is_digit(behind);
}

static bool mark_ends_clause(const struct analysis *analysis, const struct token *mark) {
    if (mark->mark == '-') {
        return mark->begin > 0 && byte_is_space(analysis->text.data[mark->begin - 1]);
    }
    return mark->mark == ';' || mark->mark == ':' || mark->mark == '(' || mark->mark == ')';
}

static struct sentence *sentence_add(struct analysis *analysis, struct arena *arena,
                                     size_t *capacity, size_t first) {
    analysis->sentences = arena_grow(arena, analysis->sentences, analysis->sentence_count, capacity,
                                     sizeof *analysis->sentences);
    struct sentence *sentence = &analysis->sentences[analysis->sentence_count++];
    *sentence = (struct sentence){.first = (uint32_t)first};
    return sentence;
}

/* What the tokens so far say about where we are. */
struct division {
    struct sentence *sentence;
    size_t capacity;
    uint32_t clause;
    bool ended; /* the sentence is over, but its smileys may follow */
};

static void divide_word(struct division *division, const struct token *token, size_t index) {
    division->clause += token_has(token, ROLE_CLAUSE);
    if (token_has(token, ROLE_CONTRAST) && index > division->sentence->first) {
        division->sentence->contrast = (uint32_t)index + 1;
    }
}

static void divide_mark(const struct analysis *analysis, struct division *division,
                        const struct token *mark) {
    struct sentence *sentence = division->sentence;
    sentence->exclamations += mark->mark == '!' ? mark->repeats : 0;
    sentence->question = sentence->question || mark->mark == '?';
    division->ended = division->ended || mark_ends_sentence(analysis, mark);
    division->clause += mark_ends_clause(analysis, mark);
}

void analysis_divide(struct analysis *analysis, struct arena *arena) {
    struct division division = {0};
    struct token *tokens = analysis->tokens.list;
    size_t count = analysis->tokens.count;
    bool dividers = (analysis->roles & (ROLE_CLAUSE | ROLE_CONTRAST)) != 0;
    division.sentence = sentence_add(analysis, arena, &division.capacity, 0);
    for (size_t i = 0; i < count; i++) {
        struct token *token = &tokens[i];
        if (division.ended && token->kind == TOKEN_WORD) {
            division.sentence = sentence_add(analysis, arena, &division.capacity, i);
            division.clause++;
            division.ended = false;
        }
        if (dividers && token->kind != TOKEN_MARK) {
            divide_word(&division, token, i);
        }
        token->clause = division.clause;
        token->sentence = (uint32_t)analysis->sentence_count - 1;
        if (token->kind == TOKEN_MARK) {
            divide_mark(analysis, &division, token);
        }
    }
}

void analysis_make(const struct lexicon *lexicon, const struct sentiment_request *request,
                   struct arena *arena, struct analysis *analysis) {
    *analysis =
        (struct analysis){.lexicon = lexicon, .text = request->text, .genre = request->genre};
    analysis_read(analysis, request, arena);
    analysis_divide(analysis, arena);
    analysis_judge(analysis, arena);
}
