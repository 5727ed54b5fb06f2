#include "base/print.h"
#include "base/query_tree.h"

/* Symbols that belong to a name when they touch it: @acme #acme $ACME .net, C++ C# canal+ 100% */
#define SYMBOLS_BEFORE "#@$&"
#define SYMBOLS_AFTER "+#&%$"

/* --- Gaps ------------------------------------------------------------------------------------- */

static bool rune_is_dash(uint32_t rune) {
    return rune == '-' || (rune >= 0x2010 && rune <= 0x2015) || rune == 0x2212 || rune == 0xAD;
}

static bool rune_is_space(uint32_t rune) {
    return rune == ' ' || (rune >= '\t' && rune <= '\r') || rune == 0xA0 || rune == 0x3000 ||
           (rune >= 0x2000 && rune <= 0x200B) || rune == 0x202F;
}

/* What a gap is made of. */
struct gap_contents {
    bool spaced;   /* holds white space */
    size_t dashes; /* characters of each kind */
    size_t dots;
    size_t opening; /* ( [ { < */
    size_t closing;
    size_t soft;   /* punctuation that never belongs to a name */
    size_t others; /* symbols */
};

static struct gap_contents gap_look(struct span between) {
    struct gap_contents contents = {0};
    while (between.size > 0) {
        uint32_t rune = 0;
        between = span_from(between, rune_decode(between, &rune));
        if (rune_is_space(rune)) {
            contents.spaced = true;
        } else if (rune_is_dash(rune)) {
            contents.dashes++;
        } else if (rune == '.') {
            contents.dots++;
        } else if (rune < 0x80 && strchr("([{<", (int)rune) != NULL) {
            contents.opening++;
        } else if (rune < 0x80 && strchr(")]}>", (int)rune) != NULL) {
            contents.closing++;
        } else if (rune < 0x80 && strchr(",;:!?'\"", (int)rune) != NULL) {
            contents.soft++;
        } else {
            contents.others++;
        }
    }
    return contents;
}

/* Copies what is not white space to `out`; returns its size. */
static size_t gap_squeeze(struct span between, char *out, size_t room) {
    size_t size = 0;
    while (between.size > 0) {
        uint32_t rune = 0;
        size_t bytes = rune_decode(between, &rune);
        if (!rune_is_space(rune)) {
            if (size + bytes > room) {
                return room + 1;
            }
            memcpy(out + size, between.data, bytes);
            size += bytes;
        }
        between = span_from(between, bytes);
    }
    return size;
}

/* '.', '[.]', '( . )', but not '. ', which ends a sentence. */
static bool gap_is_dot(struct span between) {
    struct gap_contents contents = gap_look(between);
    bool only_dot = contents.dots == 1 && contents.opening == contents.closing &&
                    contents.opening <= 1 && contents.dashes + contents.soft + contents.others == 0;
    bool ends_sentence = contents.spaced && contents.opening == 0 &&
                         !(between.size > 0 && byte_is_space(between.data[0]));
    return only_dot && !ends_sentence;
}

enum query_gap query_gap_of(struct span between, struct span *symbol) {
    struct gap_contents contents = gap_look(between);
    size_t hard = contents.others + contents.opening + contents.closing;
    *symbol = (struct span){NULL, 0};
    if (between.size == 0) {
        return GAP_HYPHEN; /* scripts without spaces: their words touch */
    }
    if (!contents.spaced && contents.dashes > 0 && hard + contents.dots + contents.soft == 0) {
        return GAP_HYPHEN;
    }
    if (gap_is_dot(between) && !contents.spaced) {
        return GAP_DOT;
    }
    if (contents.spaced && hard == 0) {
        return GAP_ANY;
    }
    *symbol = between;
    return GAP_SYMBOL;
}

bool query_gap_allows(enum query_gap gap, struct span symbol, struct span between) {
    char squeezed[64];
    size_t size = 0;
    struct gap_contents contents;
    switch (gap) {
    case GAP_HYPHEN:
        contents = gap_look(between);
        return contents.dots + contents.opening + contents.closing + contents.soft +
                   contents.others ==
               0;
    case GAP_DOT:
        return gap_is_dot(between);
    case GAP_SYMBOL:
        size = gap_squeeze(between, squeezed, sizeof squeezed);
        return size <= sizeof squeezed && span_equal((struct span){squeezed, size}, symbol);
    case GAP_ANY:
    default:
        return true;
    }
}

/* --- Words ------------------------------------------------------------------------------------ */

/* The symbol of a GAP_SYMBOL without white space, as texts are compared. */
static struct span symbol_squeezed(struct span symbol, struct arena *arena) {
    char *out = arena_allocate(arena, symbol.size + 1);
    return (struct span){out, gap_squeeze(symbol, out, symbol.size)};
}

static size_t rune_count(struct span text) {
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        count += ((unsigned char)text.data[i] & 0xC0) != 0x80;
    }
    return count;
}

static struct span symbols_before(struct span text, size_t begin) {
    size_t at = begin;
    while (at > 0 && strchr(SYMBOLS_BEFORE, text.data[at - 1]) != NULL) {
        at--;
    }
    if (at == begin && at > 0 && text.data[at - 1] == '.' &&
        (at == 1 || text.data[at - 2] == ' ')) {
        at--;
    }
    return (struct span){text.data + at, begin - at};
}

static struct span symbols_after(struct span text, size_t end) {
    size_t at = end;
    while (at < text.size && text.data[at] != '\0' &&
           strchr(SYMBOLS_AFTER, text.data[at]) != NULL) {
        at++;
    }
    return (struct span){text.data + end, at - end};
}

/* A '*' that ends no word is a mistake worth telling. */
static bool stars_check(struct span text, const struct words *words, size_t *at,
                        struct error *error) {
    size_t index = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '*') {
            continue;
        }
        while (index < words->count && words->list[index].end < i) {
            index++;
        }
        *at = i;
        const struct word *word = index < words->count ? &words->list[index] : NULL;
        bool at_end = word != NULL && word->end == i &&
                      (index + 1 == words->count || words->list[index + 1].begin > i + 1);
        if (!at_end) {
            return error_set(error, ERROR_USAGE,
                             "'*' can only stand at the end of a word: return*");
        }
        if (rune_count(word->folded) < 2) {
            return error_set(error, ERROR_USAGE, "'*' needs at least two letters before it");
        }
    }
    return true;
}

/* coca-cola as one word: the second form, when all gaps are hyphens. */
static void term_add_joined(struct query_term *term, struct arena *arena) {
    const struct query_form *form = &term->form[0];
    struct span *parts = ARENA_ARRAY(arena, struct span, form->count);
    for (size_t i = 0; i < form->count; i++) {
        const struct query_word *word = &form->words[i];
        bool last = i + 1 == form->count;
        if ((i > 0 && word->gap != GAP_HYPHEN) || (word->prefix && !last)) {
            return;
        }
        parts[i] = word->folded;
    }
    struct query_word *joined = ARENA_NEW(arena, struct query_word);
    joined->folded = arena_join(arena, parts, form->count, "");
    joined->prefix = form->words[form->count - 1].prefix;
    term->form[1] = (struct query_form){joined, 1, form->before, form->after};
    term->form_count = 2;
}

static bool words_are_visible(const struct words *words) {
    for (size_t i = 0; i < words->count; i++) {
        if (words->list[i].folded.size == 0) {
            return false;
        }
    }
    return words->count > 0;
}

bool query_term_words(struct span text, struct arena *arena, struct query_term *term, size_t *at,
                      struct error *error) {
    struct words words;
    words_split(text, arena, &words);
    term->text = text;
    *at = 0;
    if (!words_are_visible(&words)) {
        return error_set(
            error, ERROR_USAGE,
            "\"%.*s\" holds no letter or digit; for exact symbols use back-ticks: `C++`",
            SPAN_ARG(text));
    }
    if (!stars_check(text, &words, at, error)) {
        return false;
    }
    struct query_word *list = ARENA_ARRAY(arena, struct query_word, words.count);
    size_t end = 0;
    bool touching = false; /* two words with nothing between: 任天堂 */
    for (size_t i = 0; i < words.count; i++) {
        const struct word *word = &words.list[i];
        struct query_word *made = &list[i];
        struct span between = {text.data + end, word->begin - end};
        touching = touching || (i > 0 && between.size == 0);
        made->folded = word->folded;
        made->gap = i == 0 ? GAP_ANY : query_gap_of(between, &made->symbol);
        made->symbol = symbol_squeezed(made->symbol, arena);
        made->prefix = word->end < text.size && text.data[word->end] == '*';
        end = word->end + (made->prefix ? 1 : 0);
    }
    term->form[0] = (struct query_form){
        list, words.count, symbols_before(text, words.list[0].begin), symbols_after(text, end)};
    term->form_count = 1;
    if (words.count > 1 && !touching) {
        term_add_joined(term, arena);
    }
    return true;
}

bool query_term_exact(struct span text, struct query_term *term, struct error *error) {
    if (span_trim(text).size == 0) {
        return error_set(error, ERROR_USAGE, "there is nothing between the back-ticks");
    }
    term->exact = true;
    term->text = text;
    return true;
}
