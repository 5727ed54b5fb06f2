#include "sentiment/token.h"

#include "base/limits.h"
#include "sentiment/emoticon.h"
#include "sentiment/runes.h"
#include "sentiment/scanner.h"

#define TIMES_10(value) value, value, value, value, value, value, value, value, value, value
#define TIMES_26(value) TIMES_10(value), TIMES_10(value), value, value, value, value, value, value
#define TIMES_128(value)                                                                           \
    TIMES_26(value), TIMES_26(value), TIMES_26(value), TIMES_26(value), TIMES_10(value),           \
        TIMES_10(value), value, value, value, value

const uint8_t byte_classes[256] = {
    ['\t'] = BYTE_BLANK,
    ['\v'] = BYTE_BLANK,
    ['\f'] = BYTE_BLANK,
    ['\r'] = BYTE_BLANK,
    [' '] = BYTE_BLANK,
    ['\''] = BYTE_WORD,
    ['*'] = BYTE_WORD,
    ['\\'] = BYTE_WORD,
    ['0'] = TIMES_10(BYTE_WORD | BYTE_DIGIT),
    ['A'] = TIMES_26(BYTE_WORD | BYTE_LETTER),
    ['a'] = TIMES_26(BYTE_WORD | BYTE_LETTER),
    [0x80] = TIMES_128(BYTE_WORD),
};

/* The same once more, directly behind. */
static void token_repeat(const struct scanner *scanner, struct token *token) {
    token->end = (uint32_t)scanner->at;
    if (token->repeats < UINT8_MAX) {
        token->repeats++;
    }
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
    token_fold(scanner, token, length, blocks_hash(token->folded.data, length));
    return true;
}

/* One emoji; joined sequences (family, flag of pride) are told by their first part. */
static void scan_emoji(struct scanner *scanner, uint32_t rune, size_t size) {
    size_t begin = scanner->at;
    char *folded = scanner->folded + scanner->used;
    size_t length = runes_encode(rune, folded);
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
    uint64_t hash = blocks_hash(folded, length); /* of one block: no two have the same */
    if (last != NULL && last->kind == TOKEN_EMOJI && last->end == begin && last->hash == hash) {
        token_repeat(scanner, last);
        memset(folded, 0, length);
    } else {
        token_fold(scanner, token_add(scanner, TOKEN_EMOJI, begin), length, hash);
    }
}

static char mark_of(uint32_t rune) {
    static const char plain[0x80] = {
        ['.'] = '.', ['!'] = '!', ['?'] = '?', [','] = ',', [';'] = ';', [':'] = ':',   ['('] = '(',
        [')'] = ')', ['"'] = '"', ['-'] = '-', ['/'] = '/', ['*'] = '*', ['\n'] = '\n',
    };
    static const struct {
        uint32_t rune;
        char mark;
    } rows[] = {
        {0x2026, '.'}, {0x2013, '-'}, {0x2014, '-'},  {0x201C, '"'},  {0x201D, '"'}, {0x201E, '"'},
        {0xAB, '"'},   {0xBB, '"'},   {0x2022, ';'},  {0xBF, '('},    {0xA1, '('},   {0x3002, '.'},
        {0xFF01, '!'}, {0xFF1F, '?'}, {0x2028, '\n'}, {0x2029, '\n'}, {0xFF0C, ','},
    };
    if (rune < 0x80) {
        return plain[rune] != '\0' ? plain[rune] : ' ';
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
    while (end - scanner->at < BLOCK_SIZE &&
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
    char byte = byte_at(scanner, scanner->at);
    char second = byte_at(scanner, scanner->at + 1);
    unsigned class = byte_class(byte);
    if (emoticon_begins(byte, second) && scan_emoticon(scanner)) {
        return;
    }
    if ((class & BYTE_LETTER) != 0) {
        scan_letters(scanner, byte, second);
    } else if ((class & BYTE_DIGIT) != 0) {
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

/* The text with zeros behind it, so that nothing that looks ahead need ask where it ends. */
static struct span text_padded(struct span text, struct arena *arena) {
    char *padded = arena_allocate(arena, text.size + (size_t)2 * BLOCK_SIZE);
    if (text.size > 0) {
        memcpy(padded, text.data, text.size);
    }
    return (struct span){padded, text.size};
}

void tokens_split(struct span text, struct arena *arena, struct tokens *tokens) {
    text = text_padded(span_first_utf8(text, LIMIT_TEXT), arena);
    *tokens = (struct tokens){0};
    struct scanner scanner = {.text = text, .arena = arena, .tokens = tokens};
    /* No two bytes of text make more than one token, which is rounded up to a block. */
    scanner.folded = arena_allocate(arena, (text.size / 2 + 4) * BLOCK_SIZE);
    scanner.capacity = text.size / 4 + 16;
    tokens->list = ARENA_ARRAY(arena, struct token, scanner.capacity);
    while (scanner.at < text.size) {
        if ((byte_class(text.data[scanner.at]) & BYTE_BLANK) != 0) {
            scanner.at++;
        } else {
            scan_token(&scanner);
        }
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
