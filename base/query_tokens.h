/* The words, signs and operators of a query, one at a time; behind base/query.h. */
#ifndef BASE_QUERY_TOKENS_H
#define BASE_QUERY_TOKENS_H

#include "base/buffer.h"
#include "base/error.h"

enum token_kind {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_MINUS,
    TOKEN_NEAR,
    TOKEN_QUOTED,
    TOKEN_EXACT,
    TOKEN_WORD,
};

struct token {
    enum token_kind kind;
    size_t at;          /* offset in the text */
    struct span text;   /* as written */
    struct span inside; /* between quotes or back-ticks */
};

struct lexer {
    struct span text;
    size_t at;          /* behind the current token */
    struct token token; /* the current one */
    struct error *error;
};

/* Reads the next token; false after setting the error: a quote is not closed. */
MUST_CHECK bool lexer_next(struct lexer *lexer);

/* Size of the quotation mark, straight or curly, that stands at `at`; 0 = none. */
size_t quote_size(struct span text, size_t at);

/* In quotation marks, those inside and backslashes with a backslash before them. */
void quoted_print(struct buffer *out, struct span text);

/* Whether a quotation mark comes next, with nothing between. */
bool lexer_at_quote(const struct lexer *lexer);

/* Gives the error, already set, its column: the character at offset `at`. Returns NULL. */
void *lexer_fail_at(struct lexer *lexer, size_t at);

/* Sets the error too. */
void *lexer_fail(struct lexer *lexer, size_t at, enum error_kind kind, const char *message);

#endif
