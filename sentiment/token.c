#include "sentiment/token.h"

#include "base/limits.h"
#include "sentiment/block.h"
#include "sentiment/emoticon.h"
#include "sentiment/runes.h"

struct scanner {
    struct span text;
    size_t at;
    char *folded; /* zeroed */
    size_t used;  /* where a token's begins, a multiple of BLOCK_SIZE */
    struct arena *arena;
    struct tokens *tokens;
    size_t capacity;
};

/* A word while it is read. */
struct word_state {
    size_t begin;
    size_t folded; /* where its folded text begins */
    unsigned letters;
    unsigned capitals;
    unsigned run; /* equal letters in a row */
    uint32_t last;
    uint8_t flags;
};

/* Articles and pronouns that lose their vowel before another: "l'hotel", "dell'albergo". None of
 * them is the first half of an English contraction. */
static const char elisions[][BLOCK_SIZE] = {
    "l",    "d",    "n",    "j",     "m",      "t",      "s",      "c",     "qu",
    "un",   "all",  "dell", "dall",  "nell",   "sull",   "coll",   "quell", "quest",
    "com",  "cos",  "dov",  "jusqu", "lorsqu", "puisqu", "quoiqu", "bell",  "tutt",
    "sant", "senz", "anch", "mezz",  "quant",  "nient",  "ch",     "gl",    "v",
};

/* A token that ends where the scanner stands. Its memory is zeroed. */
static inline struct token *token_add(struct scanner *scanner, enum token_kind kind, size_t begin) {
    struct tokens *tokens = scanner->tokens;
    if (tokens->count == scanner->capacity) {
        tokens->list = arena_grow(scanner->arena, tokens->list, tokens->count, &scanner->capacity,
                                  sizeof *tokens->list);
    }
    struct token *token = &tokens->list[tokens->count++];
    token->kind = (uint8_t)kind;
    token->begin = (uint32_t)begin;
    token->end = (uint32_t)scanner->at;
    token->repeats = 1;
    token->folded.data = scanner->folded + scanner->used;
    token->ordinal = (uint32_t)tokens->words;
    tokens->words += kind != TOKEN_MARK;
    return token;
}

/* The same once more, directly behind. */
static void token_repeat(const struct scanner *scanner, struct token *token) {
    token->end = (uint32_t)scanner->at;
    if (token->repeats < UINT8_MAX) {
        token->repeats++;
    }
}

/* `folded` is followed by zeros. */
static bool is_elision(struct span folded) {
    for (size_t i = 0; folded.size < BLOCK_SIZE && i < sizeof elisions / sizeof *elisions; i++) {
        if (block_load(folded.data) == block_load(elisions[i])) {
            return true;
        }
    }
    return false;
}

static char byte_at(const struct scanner *scanner, size_t offset) {
    return offset < scanner->text.size ? scanner->text.data[offset] : '\0';
}

static bool letter_at(const struct scanner *scanner, size_t offset) {
    size_t size = 0;
    return offset < scanner->text.size &&
           rune_is_letter(runes_decode(scanner->text, offset, &size));
}

static void word_letter(struct scanner *scanner, struct word_state *word, uint32_t rune) {
    uint32_t lower = rune_lower(rune);
    word->flags |= rune >= 0x80 ? TOKEN_ACCENTED : 0;
    word->letters++;
    word->capitals += lower != rune;
    word->run = lower == word->last ? word->run + 1 : 1;
    word->last = lower;
    if (word->run == 3) {
        word->flags |= TOKEN_ELONGATED;
    }
    if (word->letters == 1 && lower != rune) {
        word->flags |= TOKEN_INITIAL;
    }
    scanner->used += runes_encode(lower, scanner->folded + scanner->used);
}

/* The same for a run of ASCII letters, which most text is. */
static void word_ascii(struct scanner *scanner, struct word_state *word) {
    const char *text = scanner->text.data;
    size_t at = scanner->at;
    if (word->letters == 0 && text[at] >= 'A' && text[at] <= 'Z') {
        word->flags |= TOKEN_INITIAL;
    }
    for (; at < scanner->text.size && byte_is_alpha(text[at]); at++) {
        char lower = (char)(text[at] | 0x20);
        word->letters++;
        word->capitals += lower != text[at];
        word->run = (uint32_t)lower == word->last ? word->run + 1 : 1;
        word->last = (uint32_t)lower;
        word->flags |= word->run == 3 ? TOKEN_ELONGATED : 0;
        scanner->folded[scanner->used++] = lower;
    }
    scanner->at = at;
}

static void word_accent(struct scanner *scanner, struct word_state *word, uint32_t accent) {
    uint32_t composed = rune_compose(word->last, accent);
    if (composed != 0 && word->last < 0x80) {
        word->flags |= TOKEN_ACCENTED;
        scanner->used--;
        scanner->used += runes_encode(composed, scanner->folded + scanner->used);
        word->last = composed;
    }
}

/* Folded text of a token ends here. */
static void folded_end(struct scanner *scanner) {
    scanner->used = (scanner->used + BLOCK_SIZE - 1) & ~(size_t)(BLOCK_SIZE - 1);
}

static void word_end(struct scanner *scanner, struct word_state *word) {
    if (scanner->used == word->folded) {
        return;
    }
    struct token *token = token_add(scanner, TOKEN_WORD, word->begin);
    token->folded = (struct span){scanner->folded + word->folded, scanner->used - word->folded};
    token->flags = word->flags;
    folded_end(scanner);
    if (word->letters >= 3 && word->capitals == word->letters) {
        token->flags |= TOKEN_CAPITALS;
    }
    if (scanner->folded[word->folded] == 'h' &&
        (span_equal(token->folded, SPAN("http")) || span_equal(token->folded, SPAN("https")))) {
        token->kind = TOKEN_NAME;
        token->folded.size = 0;
        token->flags = 0;
    }
}

static struct word_state word_begin(const struct scanner *scanner, uint8_t flags) {
    return (struct word_state){.begin = scanner->at, .folded = scanner->used, .flags = flags};
}

static void word_byte(struct scanner *scanner, char byte) {
    scanner->folded[scanner->used++] = byte;
}

/* An apostrophe of `size` bytes inside a word: goes on ("don't"), or ends it ("l'" hotel). */
static bool word_apostrophe(struct scanner *scanner, struct word_state *word, size_t size) {
    if (!letter_at(scanner, scanner->at + size)) {
        return false;
    }
    bool elision =
        is_elision((struct span){scanner->folded + word->folded, scanner->used - word->folded});
    word_byte(scanner, '\'');
    scanner->at += size;
    if (elision) {
        word_end(scanner, word);
        *word = word_begin(scanner, (uint8_t)(word->flags & TOKEN_HASHTAG));
    }
    return true;
}

/* "3.5", "10/10", "24/7", "f*ck" stay together. */
static bool word_joins(const struct scanner *scanner, char byte) {
    char before = scanner->at > 0 ? scanner->text.data[scanner->at - 1] : '\0';
    char behind = byte_at(scanner, scanner->at + 1);
    if (byte == '*') {
        return byte_is_alpha(before) && (byte_is_alpha(behind) || behind == '*');
    }
    return (byte == '.' || byte == ',' || byte == '/' || byte == ':') && byte_is_digit(before) &&
           byte_is_digit(behind);
}

/* Takes one character beyond ASCII (or an escape that names one). */
static bool word_take_rune(struct scanner *scanner, struct word_state *word) {
    size_t size = 0;
    uint32_t rune = runes_decode(scanner->text, scanner->at, &size);
    if (rune == 0x2019 || rune == 0x2BC || rune == 0x2018) {
        return word_apostrophe(scanner, word, size);
    }
    if (rune >= 0x300 && rune <= 0x36F) {
        word_accent(scanner, word, rune);
    } else if (rune_is_letter(rune)) {
        word_letter(scanner, word, rune);
    } else if (!rune_is_ignored(rune)) {
        return false;
    }
    scanner->at += size;
    return true;
}

static void word_take_letters(struct scanner *scanner, struct word_state *word) {
    if ((word->flags & TOKEN_HASHTAG) == 0) {
        word_ascii(scanner, word);
        return;
    }
    /* Hashtags are looked at letter by letter: a capital may begin the next word. */
    word_letter(scanner, word, (unsigned char)scanner->text.data[scanner->at]);
    scanner->at++;
}

/* "sh**": a star goes on where one stands already. */
static bool word_is_starred(const struct scanner *scanner, const struct word_state *word) {
    return scanner->used > word->folded && scanner->folded[scanner->used - 1] == '*' &&
           word->letters > 0;
}

/* Takes what comes next into the word; false where the word ends before it. */
static bool word_take(struct scanner *scanner, struct word_state *word) {
    char byte = scanner->text.data[scanner->at];
    if (byte_is_alpha(byte)) {
        word_take_letters(scanner, word);
        return true;
    }
    if (byte_is_digit(byte) || word_joins(scanner, byte) ||
        (byte == '*' && word_is_starred(scanner, word))) {
        word_byte(scanner, byte);
        scanner->at++;
        word->last = 0;
        return true;
    }
    if (byte == '\'') {
        return word_apostrophe(scanner, word, 1);
    }
    bool plain = (unsigned char)byte < 0x80 && byte != '\\';
    return !plain && word_take_rune(scanner, word);
}

/* May a byte behind letters belong to their word? */
static bool byte_continues_word(char byte) {
    return byte != ' ' && (byte_is_alpha(byte) || byte_is_digit(byte) || byte == '\'' ||
                           byte == '*' || byte == '\\' || (unsigned char)byte >= 0x80);
}

/* What the letters of a block tell of a word of which they are a part. */
struct letters_seen {
    bool initial;
    bool all; /* capitals */
    bool elongated;
};

/* Folds the letters that a block of the text begins with; returns how many. `before`: letters of the
 * word that stand in front of it. */
static unsigned fold_block(const char *at, size_t before, char *folded, struct letters_seen *seen) {
    uint64_t block = block_load(at);
    uint64_t letters = block_letters(block);
    unsigned size = block_run(letters);
    uint64_t first = block_first(size);
    uint64_t capitals = block_capitals(block, letters) & first;
    uint64_t lower = (block | BLOCK_EACH(0x20)) & first;
    block_store(lower, folded);
    seen->initial = before == 0 ? (capitals & 0x80) != 0 : seen->initial;
    seen->all = seen->all && capitals == (first & BLOCK_EACH(0x80));
    seen->elongated = seen->elongated || block_repeats(lower, first);
    if (before > 0) { /* three in a row that began in the block before */
        uint64_t across = block_load(folded - 2);
        seen->elongated = seen->elongated || block_repeats(across, block_first(2 + size));
    }
    return size;
}

/* Nine words of ten are ASCII letters and nothing else: read eight at once, without a look at each
 * and hardly a branch that depends on them. False for the others, and at the end of the text. */
static bool scan_plain_word(struct scanner *scanner) {
    const char *at = scanner->text.data + scanner->at;
    size_t left = scanner->text.size - scanner->at;
    char *folded = scanner->folded + scanner->used;
    struct letters_seen seen = {.all = true};
    size_t size = 0;
    unsigned run = BLOCK_SIZE;
    for (; run == BLOCK_SIZE && left > size + BLOCK_SIZE; size += run) {
        run = fold_block(at + size, size, folded + size, &seen);
    }
    if (run == BLOCK_SIZE || byte_continues_word(at[size])) {
        return false;
    }
    size_t begin = scanner->at;
    scanner->at += size;
    struct token *token = token_add(scanner, TOKEN_WORD, begin);
    token->flags =
        (uint8_t)((seen.all && size >= 3 ? TOKEN_CAPITALS : 0) |
                  (seen.initial ? TOKEN_INITIAL : 0) | (seen.elongated ? TOKEN_ELONGATED : 0));
    token->folded = (struct span){folded, size};
    scanner->used += size;
    folded_end(scanner);
    scanner->at += at[size] == ' ';
    return true;
}

static void scan_word(struct scanner *scanner) {
    struct word_state word = word_begin(scanner, 0);
    while (scanner->at < scanner->text.size && word_take(scanner, &word)) {
    }
    word_end(scanner, &word);
}

/* "#WorstServiceEver2024" is four words. */
static void scan_hashtag(struct scanner *scanner) {
    scanner->at++;
    struct word_state word = word_begin(scanner, TOKEN_HASHTAG);
    bool lower = false; /* the character before is a small letter */
    while (scanner->at < scanner->text.size) {
        size_t size = 0;
        uint32_t rune = runes_decode(scanner->text, scanner->at, &size);
        bool digit = rune >= '0' && rune <= '9';
        if (rune == '_' || (lower && (rune_is_upper(rune) || digit))) {
            word_end(scanner, &word);
            scanner->at += rune == '_';
            word = word_begin(scanner, TOKEN_HASHTAG);
            lower = false;
            if (rune == '_') {
                continue;
            }
        }
        if (rune == '\'' || rune == '*' || !word_take(scanner, &word)) {
            break;
        }
        lower = !digit && !rune_is_upper(rune);
    }
    word_end(scanner, &word);
}

static bool is_name_byte(char byte) {
    return byte_is_alpha(byte) || byte_is_digit(byte) || byte == '_' || byte == '-' || byte == '.';
}

static void scan_name(struct scanner *scanner, size_t begin) {
    while (scanner->at < scanner->text.size && is_name_byte(scanner->text.data[scanner->at])) {
        scanner->at++;
    }
    while (scanner->at > begin + 1 && scanner->text.data[scanner->at - 1] == '.') {
        scanner->at--;
    }
    (void)token_add(scanner, TOKEN_NAME, begin);
}

static bool url_here(const struct scanner *scanner) {
    struct span rest = span_from(scanner->text, scanner->at);
    return span_starts_with_nocase(rest, SPAN("http://")) ||
           span_starts_with_nocase(rest, SPAN("https://")) ||
           span_starts_with_nocase(rest, SPAN("www."));
}

static void scan_url(struct scanner *scanner) {
    size_t begin = scanner->at;
    while (scanner->at < scanner->text.size && !byte_is_space(scanner->text.data[scanner->at]) &&
           byte_at(scanner, scanner->at) != '"' && byte_at(scanner, scanner->at) != '<') {
        scanner->at++;
    }
    (void)token_add(scanner, TOKEN_NAME, begin);
}

static bool scan_emoticon(struct scanner *scanner) {
    char key[EMOTICON_SIZE];
    char before = scanner->at > 0 ? scanner->text.data[scanner->at - 1] : ' ';
    size_t size = emoticon_match(span_from(scanner->text, scanner->at), before, key);
    if (size == 0) {
        return false;
    }
    size_t begin = scanner->at;
    scanner->at += size;
    struct token *token = token_add(scanner, TOKEN_EMOTICON, begin);
    size_t length = strlen(key);
    memcpy(scanner->folded + scanner->used, key, length);
    token->folded = (struct span){scanner->folded + scanner->used, length};
    scanner->used += length;
    folded_end(scanner);
    return true;
}

/* One emoji; joined sequences (family, flag of pride) are told by their first part. */
static void scan_emoji(struct scanner *scanner, uint32_t rune, size_t size) {
    size_t begin = scanner->at;
    size_t folded = scanner->used;
    scanner->used += runes_encode(rune, scanner->folded + scanner->used);
    scanner->at += size;
    bool joined = false;
    while (scanner->at < scanner->text.size) {
        uint32_t next = runes_decode(scanner->text, scanner->at, &size);
        if (!rune_is_joiner(next) && !(joined && rune_is_emoji(next))) {
            break;
        }
        joined = next == 0x200D;
        scanner->at += size;
    }
    struct token *last =
        scanner->tokens->count > 0 ? &scanner->tokens->list[scanner->tokens->count - 1] : NULL;
    struct span text = {scanner->folded + folded, scanner->used - folded};
    if (last != NULL && last->kind == TOKEN_EMOJI && last->end == begin &&
        span_equal(last->folded, text)) {
        token_repeat(scanner, last);
    } else {
        token_add(scanner, TOKEN_EMOJI, begin)->folded = text;
    }
    folded_end(scanner);
}

static char mark_of(uint32_t rune) {
    static const struct {
        uint32_t rune;
        char mark;
    } rows[] = {
        {0x2026, '.'}, {0x2013, '-'}, {0x2014, '-'},  {0x201C, '"'},  {0x201D, '"'}, {0x201E, '"'},
        {0xAB, '"'},   {0xBB, '"'},   {0x2022, ';'},  {0xBF, '('},    {0xA1, '('},   {0x3002, '.'},
        {0xFF01, '!'}, {0xFF1F, '?'}, {0x2028, '\n'}, {0x2029, '\n'}, {0xFF0C, ','},
    };
    if (rune < 0x80) {
        return rune != 0 && strchr(".!?,;:()\"-/*\n", (int)rune) != NULL ? (char)rune : ' ';
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].rune == rune) {
            return rows[i].mark;
        }
    }
    return ' ';
}

static void scan_mark(struct scanner *scanner, uint32_t rune, size_t size) {
    size_t begin = scanner->at;
    scanner->at += size;
    struct tokens *tokens = scanner->tokens;
    struct token *last = tokens->count > 0 ? &tokens->list[tokens->count - 1] : NULL;
    char mark = mark_of(rune);
    if (last != NULL && last->kind == TOKEN_MARK && last->mark == mark && last->end == begin) {
        token_repeat(scanner, last);
        return;
    }
    token_add(scanner, TOKEN_MARK, begin)->mark = mark;
}

/* "&amp;" left over from markup. */
static bool scan_entity(struct scanner *scanner) {
    size_t end = scanner->at + 1;
    while (end - scanner->at < 8 &&
           (byte_is_alpha(byte_at(scanner, end)) || byte_is_digit(byte_at(scanner, end)) ||
            byte_at(scanner, end) == '#')) {
        end++;
    }
    if (end < scanner->at + 3 || byte_at(scanner, end) != ';') {
        return false;
    }
    scan_mark(scanner, ' ', end + 1 - scanner->at);
    return true;
}

static void scan_other(struct scanner *scanner, char byte) {
    if ((unsigned char)byte < 0x80 && byte != '\\') {
        if (byte != '&' || !scan_entity(scanner)) {
            scan_mark(scanner, (unsigned char)byte, 1);
        }
        return;
    }
    size_t size = 1;
    uint32_t rune = runes_decode(scanner->text, scanner->at, &size);
    if (rune_is_letter(rune) && rune != 0x2BC && rune != 0x2018) {
        scan_word(scanner);
    } else if (rune_is_emoji(rune)) {
        scan_emoji(scanner, rune, size);
    } else if (rune_is_ignored(rune) || rune_is_joiner(rune) || (rune >= 0x300 && rune <= 0x36F)) {
        scanner->at += size;
    } else {
        scan_mark(scanner, rune, size);
    }
}

static void scan_letters(struct scanner *scanner, char first, char second) {
    /* "http", "www" */
    bool address = ((first | 0x20) == 'h' && (second | 0x20) == 't') ||
                   ((first | 0x20) == 'w' && (second | 0x20) == 'w');
    if (address && url_here(scanner)) {
        scan_url(scanner);
    } else if (address || !scan_plain_word(scanner)) {
        scan_word(scanner);
    }
}

static void scan_token(struct scanner *scanner) {
    char byte = scanner->text.data[scanner->at];
    char second = byte_at(scanner, scanner->at + 1);
    if (byte_is_space(byte) && byte != '\n') {
        scanner->at++;
    } else if (emoticon_begins(byte, second) && scan_emoticon(scanner)) {
        return;
    } else if (byte_is_alpha(byte)) {
        scan_letters(scanner, byte, second);
    } else if (byte_is_digit(byte)) {
        scan_word(scanner);
    } else if (byte == '@' && is_name_byte(second)) {
        size_t begin = scanner->at++;
        scan_name(scanner, begin);
    } else if (byte == '#' && letter_at(scanner, scanner->at + 1)) {
        scan_hashtag(scanner);
    } else {
        scan_other(scanner, byte);
    }
}

void tokens_split(struct span text, struct arena *arena, struct tokens *tokens) {
    text = span_first_utf8(text, LIMIT_TEXT);
    *tokens = (struct tokens){0};
    struct scanner scanner = {.text = text, .arena = arena, .tokens = tokens};
    /* No two bytes of text make more than one token, which is rounded up to a block. */
    scanner.folded = arena_allocate(arena, (text.size / 2 + 4) * BLOCK_SIZE);
    scanner.capacity = text.size / 4 + 16;
    tokens->list = ARENA_ARRAY(arena, struct token, scanner.capacity);
    while (scanner.at < text.size) {
        scan_token(&scanner);
    }
}

size_t token_without_accents(struct span folded, bool two, char *plain) {
    size_t used = 0;
    for (size_t at = 0, size = 0; at < folded.size; at += size) {
        uint32_t rune = runes_decode(folded, at, &size);
        char letter = rune_plain(rune);
        if (rune == 0xDF) {
            plain[used++] = 's';
            plain[used++] = 's';
        } else if (letter != '\0') {
            plain[used++] = letter;
            if (two && (rune == 0xE4 || rune == 0xF6 || rune == 0xFC)) {
                plain[used++] = 'e';
            }
        } else {
            memcpy(plain + used, folded.data + at, size);
            used += size;
        }
    }
    return used;
}

size_t token_shorten(struct span folded, size_t length, char *shorter) {
    size_t used = 0;
    for (size_t at = 0; at < folded.size;) {
        size_t run = 1;
        while (at + run < folded.size && folded.data[at + run] == folded.data[at]) {
            run++;
        }
        size_t keep = run >= 3 ? length : run;
        memset(shorter + used, folded.data[at], keep);
        used += keep;
        at += run;
    }
    return used;
}
