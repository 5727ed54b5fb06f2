#include "parsers/tag_guard.h"

#include "base/limits.h"

/* Shorter tags cannot have so many: an attribute and its space take two bytes. */
#define TAG_SHORT ((size_t)2 * LIMIT_ATTRIBUTES)

/* Words inside a tag that are parted by white space, quoted values being one. */
static size_t words_count(struct span tag) {
    size_t count = 0;
    char quote = '\0';
    for (size_t i = 1; i < tag.size; i++) {
        char c = tag.data[i];
        if (quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if ((c == '"' || c == '\'') && tag.data[i - 1] == '=') {
            quote = c;
        } else {
            bool begins = byte_is_space(tag.data[i - 1]) || tag.data[i - 1] == '"' ||
                          tag.data[i - 1] == '\'' || tag.data[i - 1] == '/';
            count += begins && !byte_is_space(c);
        }
    }
    return count;
}

/* What is passed over as a whole: comments, CDATA, scripts and styles. 0: nothing. */
static size_t passage_size(struct span rest, bool html) {
    static const struct {
        struct span begin;
        struct span end;
        bool html_only;
    } passages[] = {{{"<!--", 4}, {"-->", 3}, false},
                    {{"<![CDATA[", 9}, {"]]>", 3}, false},
                    {{"<script", 7}, {"</script", 8}, true},
                    {{"<style", 6}, {"</style", 7}, true}};
    for (size_t i = 0; i < sizeof passages / sizeof passages[0]; i++) {
        if ((passages[i].html_only && !html) || !span_starts_with_nocase(rest, passages[i].begin)) {
            continue;
        }
        size_t end = span_find(rest, passages[i].end);
        if (end == SPAN_NOT_FOUND) { /* </SCRIPT> */
            end = span_find_nocase(rest, passages[i].end);
        }
        return end == SPAN_NOT_FOUND ? rest.size : end + passages[i].end.size;
    }
    return 0;
}

bool tag_guard(struct span markup, bool html, struct error *error) {
    size_t at = 0;
    for (size_t tags = 0; tags <= LIMIT_NODES; tags++) {
        size_t open = span_find_byte(span_from(markup, at), '<');
        if (open == SPAN_NOT_FOUND) {
            return true;
        }
        at += open;
        struct span rest = span_from(markup, at);
        size_t passage = passage_size(rest, html);
        size_t close = span_find_byte(rest, '>');
        size_t size = passage > 0 ? passage : close == SPAN_NOT_FOUND ? rest.size : close + 1;
        if (passage == 0 && size > TAG_SHORT &&
            words_count(span_first(rest, size)) > LIMIT_ATTRIBUTES) {
            return error_set(error, ERROR_LIMIT, "a tag has more than %d attributes",
                             LIMIT_ATTRIBUTES);
        }
        at += size;
    }
    return error_set(error, ERROR_LIMIT, "more than %zu tags", LIMIT_NODES);
}
