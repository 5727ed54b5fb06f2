#include "sentiment/language.h"

#include "sentiment/cld2.h"
#include "sentiment/runes.h"

/* What one word is worth as evidence. */
static const double weight_function = 1.0;
static const double weight_vocabulary = 0.4;
static const double weight_letter = 0.7;
static const double weight_group = 0.3;
static const double weight_hint = 1.5;
static const double weight_cld2 = 2.0;

/* So much more than the next language, and so much per word, needs no second opinion. */
static const double margin_sure = 2.5;
static const double share_sure = 0.2;

/* Less evidence than this says nothing. */
static const double least_evidence = 0.25;

/* Words whose letter groups are looked at: a long text is told by its function words. */
enum { GROUPED_WORDS = 16 };

/* Text for CLD2: what it reads beyond this changes nothing. */
enum { CLD2_BYTES = 4096 };

struct evidence {
    double weight[LANGUAGE_COUNT];
    double words;
    double foreign; /* words in a script none of ours uses */
};

/* Letters that only some of ours use. */
static unsigned letter_languages(uint32_t rune) {
    static const struct {
        uint32_t rune;
        unsigned languages;
    } rows[] = {
        {0xDF, 1U << LANGUAGE_DE},
        {0xE4, 1U << LANGUAGE_DE},
        {0xF6, 1U << LANGUAGE_DE},
        {0xFC, 1U << LANGUAGE_DE | 1U << LANGUAGE_ES},
        {0xF1, 1U << LANGUAGE_ES},
        {0xE3, 1U << LANGUAGE_PT},
        {0xF5, 1U << LANGUAGE_PT},
        {0xE7, 1U << LANGUAGE_PT | 1U << LANGUAGE_FR},
        {0xE8, 1U << LANGUAGE_FR | 1U << LANGUAGE_IT},
        {0xF9, 1U << LANGUAGE_FR | 1U << LANGUAGE_IT},
        {0xF2, 1U << LANGUAGE_IT},
        {0xEC, 1U << LANGUAGE_IT},
        {0xE0, 1U << LANGUAGE_FR | 1U << LANGUAGE_IT | 1U << LANGUAGE_PT},
        {0xE9, 1U << LANGUAGE_FR | 1U << LANGUAGE_ES | 1U << LANGUAGE_PT | 1U << LANGUAGE_IT},
        {0xEA, 1U << LANGUAGE_FR | 1U << LANGUAGE_PT},
        {0xE2, 1U << LANGUAGE_FR | 1U << LANGUAGE_PT},
        {0xEE, 1U << LANGUAGE_FR},
        {0xFB, 1U << LANGUAGE_FR},
        {0x153, 1U << LANGUAGE_FR},
        {0xE1, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
        {0xED, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
        {0xF3, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
        {0xFA, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].rune == rune) {
            return rows[i].languages;
        }
    }
    return 0;
}

/* Letter groups that are common in some of ours and rare in the others. `end`: only at the end of a
 * word. */
static const struct group {
    const char *letters;
    bool end;
    unsigned languages;
} groups[] = {
    {"th", false, 1U << LANGUAGE_EN},
    {"wh", false, 1U << LANGUAGE_EN},
    {"ght", false, 1U << LANGUAGE_EN},
    {"ck", false, 1U << LANGUAGE_EN | 1U << LANGUAGE_DE},
    {"ing", true, 1U << LANGUAGE_EN},
    {"ly", true, 1U << LANGUAGE_EN},
    {"ed", true, 1U << LANGUAGE_EN},
    {"ee", false, 1U << LANGUAGE_EN | 1U << LANGUAGE_DE},
    {"oo", false, 1U << LANGUAGE_EN},
    {"'s", true, 1U << LANGUAGE_EN},
    {"n't", true, 1U << LANGUAGE_EN},
    {"ción", true, 1U << LANGUAGE_ES},
    {"cion", true, 1U << LANGUAGE_ES},
    {"ll", false, 1U << LANGUAGE_ES | 1U << LANGUAGE_EN | 1U << LANGUAGE_IT | 1U << LANGUAGE_FR},
    {"ue", false, 1U << LANGUAGE_ES | 1U << LANGUAGE_FR},
    {"ien", false, 1U << LANGUAGE_ES | 1U << LANGUAGE_FR},
    {"dad", true, 1U << LANGUAGE_ES},
    {"jaj", false, 1U << LANGUAGE_ES},
    {"ito", true, 1U << LANGUAGE_ES | 1U << LANGUAGE_IT},
    {"aje", false, 1U << LANGUAGE_ES},
    {"os", true, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
    {"as", true, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
    {"ndo", true, 1U << LANGUAGE_ES | 1U << LANGUAGE_PT | 1U << LANGUAGE_IT},
    {"ão", true, 1U << LANGUAGE_PT},
    {"ões", true, 1U << LANGUAGE_PT},
    {"lh", false, 1U << LANGUAGE_PT},
    {"nh", false, 1U << LANGUAGE_PT},
    {"ei", false, 1U << LANGUAGE_PT | 1U << LANGUAGE_DE},
    {"ou", true, 1U << LANGUAGE_PT | 1U << LANGUAGE_FR},
    {"iu", true, 1U << LANGUAGE_PT},
    {"eu", true, 1U << LANGUAGE_PT | 1U << LANGUAGE_FR},
    {"dade", true, 1U << LANGUAGE_PT},
    {"ém", true, 1U << LANGUAGE_PT},
    {"em", true, 1U << LANGUAGE_PT},
    {"am", true, 1U << LANGUAGE_PT},
    {"kkk", false, 1U << LANGUAGE_PT},
    {"rsrs", false, 1U << LANGUAGE_PT},
    {"gli", false, 1U << LANGUAGE_IT},
    {"zz", false, 1U << LANGUAGE_IT},
    {"cch", false, 1U << LANGUAGE_IT},
    {"ggi", false, 1U << LANGUAGE_IT},
    {"tt", false, 1U << LANGUAGE_IT | 1U << LANGUAGE_EN | 1U << LANGUAGE_DE | 1U << LANGUAGE_FR},
    {"zione", true, 1U << LANGUAGE_IT},
    {"ghi", false, 1U << LANGUAGE_IT},
    {"i", true, 1U << LANGUAGE_IT},
    {"o", true, 1U << LANGUAGE_IT | 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
    {"a", true, 1U << LANGUAGE_IT | 1U << LANGUAGE_ES | 1U << LANGUAGE_PT},
    {"sch", false, 1U << LANGUAGE_DE},
    {"cht", false, 1U << LANGUAGE_DE},
    {"ich", false, 1U << LANGUAGE_DE},
    {"ung", true, 1U << LANGUAGE_DE},
    {"tz", false, 1U << LANGUAGE_DE},
    {"ie", false, 1U << LANGUAGE_DE | 1U << LANGUAGE_FR | 1U << LANGUAGE_ES},
    {"en", true, 1U << LANGUAGE_DE},
    {"er", true, 1U << LANGUAGE_DE | 1U << LANGUAGE_EN | 1U << LANGUAGE_FR},
    {"eux", true, 1U << LANGUAGE_FR},
    {"aux", true, 1U << LANGUAGE_FR},
    {"eau", false, 1U << LANGUAGE_FR},
    {"que", true, 1U << LANGUAGE_FR | 1U << LANGUAGE_PT | 1U << LANGUAGE_ES},
    {"oi", false, 1U << LANGUAGE_FR},
    {"ez", true, 1U << LANGUAGE_FR | 1U << LANGUAGE_ES},
    {"ement", true, 1U << LANGUAGE_FR},
    {"tion", true, 1U << LANGUAGE_FR | 1U << LANGUAGE_EN},
};

static void evidence_add(struct evidence *evidence, unsigned languages, double weight) {
    if (languages == 0) {
        return;
    }
    if ((languages & (languages - 1)) == 0) { /* most words are of one language */
        evidence->weight[__builtin_ctz(languages)] += weight;
        return;
    }
    double share = weight / __builtin_popcount(languages);
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        if ((languages >> i & 1U) != 0) {
            evidence->weight[i] += share;
        }
    }
}

/* A word nobody listed: what its letter groups say. */
static void evidence_groups(struct evidence *evidence, struct span folded) {
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        struct span letters = span_of(groups[i].letters);
        bool fits = groups[i].end ? span_ends_with(folded, letters)
                                  : span_find(folded, letters) != SPAN_NOT_FOUND;
        if (fits && folded.size > letters.size + 1) {
            evidence_add(evidence, groups[i].languages, weight_group);
        }
    }
}

static void evidence_letters(struct evidence *evidence, struct span folded) {
    for (size_t at = 0, size = 0; at < folded.size; at += size) {
        if ((unsigned char)folded.data[at] < 0x80) {
            size = 1;
            continue;
        }
        uint32_t rune = runes_decode(folded, at, &size);
        if (rune >= 0x250) {
            evidence->foreign += 1;
            return;
        }
        evidence_add(evidence, letter_languages(rune), weight_letter);
    }
}

static bool is_evidence(const struct token *token) {
    return token->kind == TOKEN_WORD && (token->flags & TOKEN_HASHTAG) == 0;
}

static void evidence_gather(const struct lexicon *lexicon, const struct tokens *tokens,
                            struct evidence *evidence) {
    const unsigned ours = (1U << LANGUAGE_COUNT) - 1;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (!is_evidence(token)) {
            continue;
        }
        const struct form *form = lexicon_form(lexicon, token->form);
        evidence->words += 1;
        if (form->function != 0) {
            evidence_add(evidence, form->function & ours, weight_function);
        } else {
            evidence_add(evidence, form->vocabulary & ours, weight_vocabulary);
        }
        if ((token->flags & TOKEN_ACCENTED) != 0) {
            evidence_letters(evidence, token->folded);
        }
    }
}

static void evidence_gather_groups(const struct lexicon *lexicon, const struct tokens *tokens,
                                   struct evidence *evidence) {
    size_t grouped = 0;
    for (size_t i = 0; i < tokens->count && grouped < GROUPED_WORDS; i++) {
        const struct token *token = &tokens->list[i];
        if (is_evidence(token) && lexicon_form(lexicon, token->form)->function == 0) {
            evidence_groups(evidence, token->folded);
            grouped++;
        }
    }
}

static void evidence_best(const struct evidence *evidence, int *best, double *margin) {
    double second = 0;
    *best = 0;
    for (int i = 1; i < LANGUAGE_COUNT; i++) {
        if (evidence->weight[i] > evidence->weight[*best]) {
            second = evidence->weight[*best];
            *best = i;
        } else if (evidence->weight[i] > second) {
            second = evidence->weight[i];
        }
    }
    *margin = evidence->weight[*best] - second;
}

/* What CLD2 shall read: words only, since names, addresses and tags mislead it. */
static struct span clean_text(const struct tokens *tokens, struct arena *arena) {
    char *clean = arena_allocate(arena, CLD2_BYTES);
    size_t used = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (token->kind != TOKEN_WORD || (token->flags & TOKEN_HASHTAG) != 0 ||
            used + token->folded.size + 1 > CLD2_BYTES) {
            continue;
        }
        memcpy(clean + used, token->folded.data, token->folded.size);
        used += token->folded.size;
        clean[used++] = ' ';
    }
    return (struct span){clean, used};
}

/* Adds CLD2's opinion; false when it is sure of a language that is not ours. */
static bool evidence_ask(struct evidence *evidence, const struct tokens *tokens, struct span hint,
                         struct arena *arena) {
    struct span clean = clean_text(tokens, arena);
    enum language hinted = LANGUAGE_ANY;
    const char *hint_code = language_parse(hint, &hinted) ? language_code(hinted) : "";
    int percent = 0;
    int reliable = 0;
    const char *code = cld2_detect(clean.data, clean.size, hint_code, &percent, &reliable);
    enum language found = LANGUAGE_ANY;
    if (language_parse(span_of(code), &found) && found != LANGUAGE_ANY) {
        evidence->weight[found] += weight_cld2 * (reliable != 0 ? 1.0 : 0.4);
        return true;
    }
    return reliable == 0 || percent < 60 || strcmp(code, "un") == 0;
}

enum language language_detect(const struct lexicon *lexicon, const struct tokens *tokens,
                              struct span hint, struct arena *arena, double *confidence) {
    struct evidence evidence = {0};
    enum language hinted = LANGUAGE_ANY;
    int best = 0;
    double margin = 0;
    evidence_gather(lexicon, tokens, &evidence);
    bool has_hint = hint.size > 0 && language_parse(hint, &hinted) && hinted != LANGUAGE_ANY;
    if (has_hint) {
        evidence.weight[hinted] += weight_hint;
    }
    evidence_best(&evidence, &best, &margin);
    bool sure = margin >= margin_sure && evidence.weight[best] >= share_sure * evidence.words;
    bool ours = true;
    if (!sure && evidence.words > 0) {
        evidence_gather_groups(lexicon, tokens, &evidence);
        ours = evidence_ask(&evidence, tokens, hint, arena);
        evidence_best(&evidence, &best, &margin);
    }
    bool thin = evidence.weight[best] < least_evidence ||
                (!ours && evidence.weight[best] < 0.35 * evidence.words) ||
                evidence.foreign * 2 > evidence.words;
    *confidence = thin ? 0 : margin / (margin + 0.5);
    return thin ? LANGUAGE_ANY : (enum language)best;
}
