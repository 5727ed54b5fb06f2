#include "sentiment/language.h"

#include "sentiment/cld2.h"
#include "sentiment/runes.h"

/* Evidence is counted in whole numbers, 600 to a word: they divide by every number of languages that
 * may share one, and the order of the words does not matter. */
enum {
    UNIT = 600,
    WEIGHT_FUNCTION = UNIT,           /* a function word */
    WEIGHT_VOCABULARY = UNIT * 2 / 5, /* another word that is listed */
    WEIGHT_ACCENT = UNIT * 7 / 10,    /* a letter that only some languages have */
    WEIGHT_HINT = UNIT * 3 / 2,       /* what the source claims */
    WEIGHT_LETTERS = 4,               /* a step of struct letters */
};

/* So much more than the next language, and so much per word, needs no second opinion. */
enum { MARGIN_SURE = UNIT * 5 / 2, SHARE_SURE = UNIT / 5 };

/* So much more than any other makes a sentence one of its own language within a text of another. */
enum { MARGIN_SENTENCE = UNIT * 3 / 2 };

/* Less evidence than this says nothing. */
enum { LEAST_EVIDENCE = UNIT / 4 };

/* With less than this per word, CLD2 may say that the text is in another language. */
enum { SHARE_OURS = UNIT * 7 / 20 };

/* Letters looked at: sixteen words tell enough, and sums stay within sixteen bits. */
enum { LETTERS_MOST = 256, LETTERS_WORDS = 16 };

/* Letters as unlikely as this in the language they speak for (steps per three letters), and words as
 * unknown, are somebody else's. */
static const double familiar_least = 28;
static const double familiar_words = 45;

/* Text for CLD2: what it reads beyond this changes nothing. */
enum { CLD2_BYTES = 1024 };

struct evidence {
    int32_t weight[LANGUAGE_COUNT];
    int32_t words;
    int32_t scripts; /* words in a script that none of ours uses */
    int32_t others;  /* function words of languages that are not ours */
    unsigned asked;  /* flags of words that are evidence */
};

/* --- Words ------------------------------------------------------------------------------------- */

/* Weights by enum language, the last two 0, added eight at a time. */
typedef uint16_t weights __attribute__((vector_size(16)));

/* A word is shared out among the languages that have it: its weight for each, by its evidence. */
#define BIT(set, bit) ((set) >> (bit)&1)
#define COUNT(set)                                                                                 \
    (BIT(set, 0) + BIT(set, 1) + BIT(set, 2) + BIT(set, 3) + BIT(set, 4) + BIT(set, 5))
#define PART(set, bit, weight) (BIT(set, bit) * (weight) / (COUNT(set) + !COUNT(set)))
#define SHARE(set, weight)                                                                         \
    {                                                                                              \
        PART(set, 0, weight), PART(set, 1, weight), PART(set, 2, weight), PART(set, 3, weight),    \
            PART(set, 4, weight), PART(set, 5, weight)                                             \
    }
#define SHARE_4(set, weight)                                                                       \
    SHARE(set, weight), SHARE(set + 1, weight), SHARE(set + 2, weight), SHARE(set + 3, weight)
#define SHARE_16(set, weight)                                                                      \
    SHARE_4(set, weight), SHARE_4(set + 4, weight), SHARE_4(set + 8, weight),                      \
        SHARE_4(set + 12, weight)
#define SHARE_64(weight)                                                                           \
    SHARE_16(0, weight), SHARE_16(16, weight), SHARE_16(32, weight), SHARE_16(48, weight)
static const weights word_shares[] = {SHARE_64(WEIGHT_VOCABULARY), SHARE_64(WEIGHT_FUNCTION)};
static const weights accent_shares[] = {SHARE_64(WEIGHT_ACCENT)};
_Static_assert(EVIDENCE_FUNCTION == 1 << LANGUAGE_COUNT, "function words stand behind the others");

/* So many words, of no weight above UNIT, are added up in sixteen bits. */
enum { WORDS_TOGETHER = UINT16_MAX / UNIT };

static void evidence_add(struct evidence *evidence, weights sum) {
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        evidence->weight[i] += sum[i];
    }
}

/* Letters that only some of ours use. */
static unsigned accent_languages(uint32_t rune) {
    enum {
        ES = 1 << LANGUAGE_ES,
        PT = 1 << LANGUAGE_PT,
        IT = 1 << LANGUAGE_IT,
        DE = 1 << LANGUAGE_DE,
        FR = 1 << LANGUAGE_FR,
    };
    static const uint8_t rows[] = {
        [0xDF - 0xDF] = DE,      [0xE0 - 0xDF] = FR | IT | PT, [0xE1 - 0xDF] = ES | PT,
        [0xE2 - 0xDF] = FR | PT, [0xE3 - 0xDF] = PT,           [0xE4 - 0xDF] = DE,
        [0xE7 - 0xDF] = PT | FR, [0xE8 - 0xDF] = FR | IT,      [0xE9 - 0xDF] = FR | ES | PT | IT,
        [0xEA - 0xDF] = FR | PT, [0xEC - 0xDF] = IT,           [0xED - 0xDF] = ES | PT,
        [0xEE - 0xDF] = FR,      [0xF1 - 0xDF] = ES,           [0xF2 - 0xDF] = IT,
        [0xF3 - 0xDF] = ES | PT, [0xF5 - 0xDF] = PT,           [0xF6 - 0xDF] = DE,
        [0xF9 - 0xDF] = FR | IT, [0xFA - 0xDF] = ES | PT,      [0xFB - 0xDF] = FR,
        [0xFC - 0xDF] = DE | ES,
    };
    if (rune >= 0xDF && rune - 0xDF < sizeof rows) {
        return rows[rune - 0xDF];
    }
    return rune == 0x153 ? FR : 0;
}

static void gather_accents(struct evidence *evidence, struct span folded) {
    for (size_t at = 0, size = 0; at < folded.size; at += size) {
        if ((unsigned char)folded.data[at] < 0x80) {
            size = 1;
            continue;
        }
        uint32_t rune = runes_decode(folded, at, &size);
        if (rune >= 0x250) {
            evidence->scripts++;
            return;
        }
        evidence_add(evidence, accent_shares[accent_languages(rune)]);
    }
}

static bool is_evidence(const struct evidence *evidence, const struct token *token) {
    return (token->flags & evidence->asked) != 0;
}

static void gather_words(const struct lexicon *lexicon, const struct token *tokens, size_t count,
                         struct evidence *evidence) {
    weights sum = {0};
    for (size_t i = 0; i < count; i++) {
        const struct token *token = &tokens[i];
        /* Whether it is one, and of which kind, cannot be foreseen: no branches. */
        unsigned counts = is_evidence(evidence, token);
        unsigned told = lexicon_form(lexicon, token->form)->evidence & (0U - counts);
        sum += word_shares[told & ~(unsigned)EVIDENCE_FOREIGN];
        evidence->words += (int32_t)counts;
        evidence->others += (told & EVIDENCE_FOREIGN) != 0;
        if ((token->flags & TOKEN_ACCENTED) != 0 && counts != 0) {
            gather_accents(evidence, token->folded);
        }
    }
    evidence_add(evidence, sum);
}

static void evidence_gather(const struct lexicon *lexicon, const struct token *tokens, size_t count,
                            struct evidence *evidence) {
    for (size_t i = 0; i < count; i += WORDS_TOGETHER) {
        size_t left = count - i;
        gather_words(lexicon, &tokens[i], left < WORDS_TOGETHER ? left : WORDS_TOGETHER, evidence);
    }
}

static enum language evidence_best(const struct evidence *evidence, int32_t *margin) {
    int32_t second = 0;
    int best = 0;
    for (int i = 1; i < LANGUAGE_COUNT; i++) {
        int32_t weight = evidence->weight[i];
        if (weight > evidence->weight[best]) {
            second = evidence->weight[best];
            best = i;
        } else if (weight > second) {
            second = weight;
        }
    }
    *margin = evidence->weight[best] - second;
    return (enum language)best;
}

/* --- Letters ----------------------------------------------------------------------------------- */

/* Numbers are of every language. */
static bool has_letters(const struct evidence *evidence, const struct token *token) {
    return is_evidence(evidence, token) && !byte_is_digit(token->folded.data[0]);
}

struct letter_sums {
    int16_t sum __attribute__((vector_size(16))); /* by enum language */
    int count;
};
typedef int8_t letter_weights __attribute__((vector_size(8)));

static void letters_add(const struct lexicon *lexicon, struct span word, struct letter_sums *sums) {
    uint32_t three = (uint32_t)(unsigned char)word.data[0] << 16;
    for (size_t i = 1; i <= word.size && sums->count < LETTERS_MOST; i++, sums->count++) {
        three = three >> 8 | (uint32_t)(unsigned char)word.data[i] << 16;
        letter_weights row;
        memcpy(&row, lexicon->letters[letters_row(three)].weight, sizeof row);
        sums->sum += __builtin_convertvector(row, __typeof__(sums->sum));
    }
}

/* Adds what the letters of the first words say that are no function words. Returns how familiar the
 * text looks in the language that is best then: its letters, and the share of its words that are
 * listed. */
static double evidence_add_letters(struct evidence *evidence, const struct lexicon *lexicon,
                                   const struct tokens *tokens) {
    int32_t margin = 0;
    int32_t listed = evidence->weight[evidence_best(evidence, &margin)];
    struct letter_sums sums = {0};
    int words = 0;
    for (size_t i = 0; i < tokens->count && words < LETTERS_WORDS; i++) {
        const struct token *token = &tokens->list[i];
        unsigned told = lexicon_form(lexicon, token->form)->evidence;
        if (has_letters(evidence, token) && (told & EVIDENCE_FUNCTION) == 0) {
            letters_add(lexicon, token->folded, &sums);
            words++;
        }
    }
    int16_t least = sums.sum[0];
    for (int i = 1; i < LANGUAGE_COUNT; i++) {
        least = sums.sum[i] < least ? sums.sum[i] : least;
    }
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        evidence->weight[i] += WEIGHT_LETTERS * (sums.sum[i] - least);
    }
    enum language best = evidence_best(evidence, &margin);
    return (double)sums.sum[best] / (sums.count > 0 ? sums.count : 1) +
           familiar_words * listed / ((double)evidence->words * UNIT);
}

/* --- CLD2 -------------------------------------------------------------------------------------- */

/* What CLD2 shall read: words only, since names, addresses and tags mislead it. */
static struct span clean_text(const struct evidence *evidence, const struct tokens *tokens,
                              struct arena *arena) {
    char *clean = arena_allocate(arena, CLD2_BYTES);
    size_t used = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->list[i];
        if (!is_evidence(evidence, token) || used + token->folded.size + 1 > CLD2_BYTES) {
            continue;
        }
        memcpy(clean + used, token->folded.data, token->folded.size);
        used += token->folded.size;
        clean[used++] = ' ';
    }
    return (struct span){clean, used};
}

/* Is CLD2 sure of a language that is not ours? Among ours it is not asked: the letters of our own
 * vocabulary tell these apart better, above all in short texts. */
static bool is_foreign(const struct evidence *evidence, const struct tokens *tokens,
                       struct span hint, struct arena *arena) {
    struct span clean = clean_text(evidence, tokens, arena);
    enum language language = LANGUAGE_ANY;
    const char *hint_code = language_parse(hint, &language) ? language_code(language) : "";
    int percent = 0;
    int reliable = 0;
    const char *code = cld2_detect(clean.data, clean.size, hint_code, &percent, &reliable);
    bool ours = language_parse(span_of(code), &language) || strcmp(code, "un") == 0;
    return !ours && reliable != 0 && percent >= 60;
}

/* --- The answer -------------------------------------------------------------------------------- */

/* Could a sentence be in another language? */
static bool has_rival(const struct evidence *words, enum language best) {
    bool rival = false;
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        rival = rival || (i != (int)best && words->weight[i] >= MARGIN_SENTENCE);
    }
    return rival;
}

enum language language_detect(const struct lexicon *lexicon, const struct tokens *tokens,
                              struct span hint, struct arena *arena, double *confidence,
                              bool *rival) {
    struct evidence evidence = {.asked = TOKEN_SPOKEN};
    enum language hinted = LANGUAGE_ANY;
    int32_t margin = 0;
    evidence_gather(lexicon, tokens->list, tokens->count, &evidence);
    if (evidence.words == 0) { /* hashtags are names, but better than nothing */
        evidence.asked = TOKEN_HASHTAG;
        evidence_gather(lexicon, tokens->list, tokens->count, &evidence);
    }
    struct evidence words = evidence;
    if (hint.size > 0 && language_parse(hint, &hinted) && hinted != LANGUAGE_ANY) {
        evidence.weight[hinted] += WEIGHT_HINT;
    }
    enum language best = evidence_best(&evidence, &margin);
    int32_t listed = evidence.weight[best];
    bool foreign = false;
    if (evidence.words > 0 && (margin < MARGIN_SURE || listed < SHARE_SURE * evidence.words)) {
        double familiar = evidence_add_letters(&evidence, lexicon, tokens);
        best = evidence_best(&evidence, &margin);
        foreign = listed < SHARE_OURS * evidence.words &&
                  (evidence.others > 0 || familiar < familiar_least) &&
                  is_foreign(&evidence, tokens, hint, arena);
    }
    /* Where no word is listed, letters alone must tell: "Acme" is of no language. */
    int32_t told = listed > 0 ? evidence.weight[best] : margin;
    bool thin = told < LEAST_EVIDENCE || foreign || evidence.scripts * 2 > evidence.words;
    *rival = has_rival(&words, best);
    *confidence = thin ? 0 : margin / (margin + UNIT / 2.0);
    return thin ? LANGUAGE_ANY : best;
}

/* --- Texts in several languages ------------------------------------------------------------------- */

static bool ends_sentence(const struct token *token) {
    return token->kind == TOKEN_MARK &&
           (token->mark == '.' || token->mark == '!' || token->mark == '?' || token->mark == '\n');
}

/* The language of a sentence, by its words alone; that of the text where they are not sure. */
static enum language sentence_language(const struct lexicon *lexicon, const struct token *tokens,
                                       size_t count, enum language main) {
    struct evidence evidence = {.asked = TOKEN_SPOKEN};
    int32_t margin = 0;
    evidence_gather(lexicon, tokens, count, &evidence);
    enum language best = evidence_best(&evidence, &margin);
    return margin >= MARGIN_SENTENCE ? best : main;
}

const uint8_t *language_segments(const struct lexicon *lexicon, const struct tokens *tokens,
                                 enum language main, struct arena *arena) {
    uint8_t *languages = NULL;
    for (size_t first = 0, next = 0; first < tokens->count; first = next) {
        for (next = first + 1; next < tokens->count && !ends_sentence(&tokens->list[next - 1]);) {
            next++;
        }
        enum language language =
            sentence_language(lexicon, &tokens->list[first], next - first, main);
        if (language != main && languages == NULL) {
            languages = ARENA_ARRAY(arena, uint8_t, tokens->count);
            memset(languages, (int)main, tokens->count);
        }
        if (languages != NULL) {
            memset(languages + first, (int)language, next - first);
        }
    }
    return languages;
}
