#include "base/query_tokens.h"

void *lexer_fail_at(struct lexer *lexer, size_t at) {
    if (lexer->error != NULL) {
        unsigned column = 1;
        for (size_t i = 0; i < at && i < lexer->text.size; i++) {
            column += ((unsigned char)lexer->text.data[i] & 0xC0) != 0x80;
        }
        lexer->error->column = column;
    }
    return NULL;
}

void *lexer_fail(struct lexer *lexer, size_t at, enum error_kind kind, const char *message) {
    error_set(lexer->error, kind, "%s", message);
    return lexer_fail_at(lexer, at);
}

/* Size of the white space that stands at `at`; 0 = none. */
static size_t space_size(struct span text, size_t at) {
    if (byte_is_space(text.data[at])) {
        return 1;
    }
    return span_starts_with(span_from(text, at), SPAN("\xC2\xA0")) ? 2 : 0; /* no-break space */
}

size_t quote_size(struct span text, size_t at) {
    static const char *const curly[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E"}; /* “ ” „ */
    if (text.data[at] == '"') {
        return 1;
    }
    for (size_t i = 0; i < sizeof curly / sizeof curly[0]; i++) {
        if (span_starts_with(span_from(text, at), span_of(curly[i]))) {
            return 3;
        }
    }
    return 0;
}

void quoted_print(struct buffer *out, struct span text) {
    buffer_append_byte(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\\' || quote_size(text, i) > 0) {
            buffer_append_byte(out, '\\');
        }
        buffer_append_byte(out, text.data[i]);
    }
    buffer_append_byte(out, '"');
}

/* Where the word that begins at `at` ends. */
static size_t word_size(struct span text, size_t at) {
    size_t end = at;
    while (end < text.size && space_size(text, end) == 0 && quote_size(text, end) == 0 &&
           text.data[end] != '`') {
        /* "example(dot)com" is a word, "f(x" is a word and a parenthesis. */
        if (text.data[end] == ')') {
            break;
        }
        if (text.data[end] == '(') {
            if (end > at && span_starts_with_nocase(span_from(text, end), SPAN("(dot)"))) {
                end += 5;
                continue;
            }
            if (end > at && span_starts_with(span_from(text, end), SPAN("(.)"))) {
                end += 3;
                continue;
            }
            break;
        }
        end++;
    }
    return end - at;
}

static bool token_read_quoted(struct lexer *lexer, struct token *token) {
    struct span text = lexer->text;
    size_t begin = lexer->at + quote_size(text, lexer->at);
    size_t end = begin;
    while (end < text.size && quote_size(text, end) == 0) {
        end += text.data[end] == '\\' && end + 1 < text.size ? 2 : 1;
    }
    if (end >= text.size) {
        lexer_fail(lexer, token->at, ERROR_USAGE, "unclosed quote");
        return false;
    }
    token->kind = TOKEN_QUOTED;
    token->inside = (struct span){text.data + begin, end - begin};
    lexer->at = end + quote_size(text, end);
    return true;
}

static bool token_read_exact(struct lexer *lexer, struct token *token) {
    struct span rest = span_from(lexer->text, lexer->at + 1);
    size_t size = span_find_byte(rest, '`');
    if (size == SPAN_NOT_FOUND) {
        lexer_fail(lexer, token->at, ERROR_USAGE, "unclosed back-tick");
        return false;
    }
    token->kind = TOKEN_EXACT;
    token->inside = span_first(rest, size);
    lexer->at += size + 2;
    return true;
}

/* The words of the language, in capitals; NEAR and ONEAR with or without their number. */
static enum token_kind keyword(struct span word) {
    static const struct {
        const char *name;
        enum token_kind kind;
    } keywords[] = {{"AND", TOKEN_AND},
                    {"OR", TOKEN_OR},
                    {"NOT", TOKEN_NOT},
                    {"NEAR", TOKEN_NEAR},
                    {"ONEAR", TOKEN_NEAR}};
    struct span name = span_first(word, span_find_byte(word, '/'));
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        bool whole = name.size == word.size || keywords[i].kind == TOKEN_NEAR;
        if (whole && span_equal(name, span_of(keywords[i].name))) {
            return keywords[i].kind;
        }
    }
    return TOKEN_WORD;
}

bool lexer_next(struct lexer *lexer) {
    struct span text = lexer->text;
    while (lexer->at < text.size && space_size(text, lexer->at) > 0) {
        lexer->at += space_size(text, lexer->at);
    }
    struct token *token = &lexer->token;
    *token = (struct token){.kind = TOKEN_END, .at = lexer->at};
    if (lexer->at == text.size) {
        return true;
    }
    char first = text.data[lexer->at];
    if (quote_size(text, lexer->at) > 0) {
        return token_read_quoted(lexer, token);
    }
    if (first == '`') {
        return token_read_exact(lexer, token);
    }
    size_t size = 1;
    if (first == '(' || first == ')' || first == '-') {
        token->kind = first == '(' ? TOKEN_OPEN : first == ')' ? TOKEN_CLOSE : TOKEN_MINUS;
    } else {
        size = word_size(text, lexer->at);
        token->kind = keyword(span_first(span_from(text, lexer->at), size));
    }
    token->text = span_first(span_from(text, lexer->at), size);
    lexer->at += size;
    return true;
}

bool lexer_at_quote(const struct lexer *lexer) {
    return lexer->at < lexer->text.size && quote_size(lexer->text, lexer->at) > 0;
}
