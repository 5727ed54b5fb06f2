#include "tests/origin/search.h"

/* Bytes above ASCII are letters: good enough for six European languages. */
static bool is_word(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || (unsigned char)c >= 0x80;
}

static bool stands_at(struct span text, size_t at, struct span word, bool prefix) {
    bool begins = at == 0 || !is_word(text.data[at - 1]);
    size_t end = at + word.size;
    bool ends = prefix || end == text.size || !is_word(text.data[end]);
    return begins && ends;
}

static bool has_word(struct span text, struct span word, bool prefix) {
    size_t at = 0;
    while (word.size > 0 && at + word.size <= text.size) {
        size_t next = span_find_nocase(span_from(text, at), word);
        if (next == SPAN_NOT_FOUND) {
            return false;
        }
        if (stands_at(text, at + next, word, prefix)) {
            return true;
        }
        at += next + 1;
    }
    return false;
}

/* Takes a word or a quoted phrase off the query; `*excluded` when a minus stands before it. */
static struct span take_term(struct span *query, bool *excluded) {
    *query = span_trim(*query);
    *excluded = span_starts_with(*query, SPAN("-"));
    *query = span_from(*query, *excluded ? 1 : 0);
    char end = ' ';
    if (span_starts_with(*query, SPAN("\""))) {
        *query = span_from(*query, 1);
        end = '"';
    }
    size_t size = span_find_byte(*query, end);
    struct span term = span_first(*query, size);
    *query = span_trim(span_from(*query, size == SPAN_NOT_FOUND ? query->size : size + 1));
    return term;
}

bool search_matches(struct span query, struct span title, struct span text, bool prefix) {
    while (!span_is_empty(query)) {
        bool excluded = false;
        struct span term = take_term(&query, &excluded);
        bool last = prefix && span_is_empty(query);
        bool found = has_word(title, term, last) || has_word(text, term, last);
        if (!span_is_empty(term) && found == excluded) {
            return false;
        }
    }
    return true;
}

bool search_has_tag(struct span text, struct span tag) {
    while (!span_is_empty(text)) {
        size_t hash = span_find_byte(text, '#');
        if (hash == SPAN_NOT_FOUND) {
            return false;
        }
        text = span_from(text, hash + 1);
        if (span_starts_with_nocase(text, tag) &&
            (text.size == tag.size || !is_word(text.data[tag.size]))) {
            return true;
        }
    }
    return false;
}
