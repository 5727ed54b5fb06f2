/* Text by reference: a pointer and a size, never owning, not NUL-terminated.
 *
 * All text in earshot travels as spans. Bytes are UTF-8 unless a header says otherwise. The memory
 * belongs to whoever made it: usually an arena that lives as long as the document. */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const char *data; /* may be NULL only when size is 0 */
    size_t size;      /* bytes */
};

/* A span over a string literal; a span over a NUL-terminated string (NULL gives the empty span). */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
static inline struct span span_of(const char *string) {
    return (struct span){string, string == NULL ? 0 : strlen(string)};
}

/* For printf: `"%.*s", SPAN_ARG(text)`. Trusted text only; remote text goes through log or print.
 */
#define SPAN_ARG(span) ((int)(span).size), ((span).size > 0 ? (span).data : "")

static inline bool span_is_empty(struct span span) {
    return span.size == 0;
}

bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b); /* ASCII letters only */
bool span_starts_with(struct span text, struct span prefix);
bool span_starts_with_nocase(struct span text, struct span prefix); /* ASCII letters only */
bool span_ends_with(struct span text, struct span suffix);
int span_compare(struct span a, struct span b); /* byte order, shorter first: <0, 0, >0 */

/* Offset of the first occurrence, or SPAN_NOT_FOUND. */
#define SPAN_NOT_FOUND ((size_t)-1)
size_t span_find(struct span text, struct span needle);
size_t span_find_byte(struct span text, char byte);
size_t span_find_nocase(struct span text, struct span needle); /* ASCII letters only */

/* Parts; offsets beyond the end are clamped. */
struct span span_from(struct span text, size_t offset);
struct span span_first(struct span text, size_t size);
struct span span_trim(struct span text); /* ASCII white space off both ends */

/* Takes what stands before `separator` off `rest` and returns it; false once `rest` is used up.
 * "a,,b" gives "a", "", "b"; "" gives one "". Start with `rest->data` non-NULL. */
bool span_split(struct span *rest, char separator, struct span *part);

/* Whole span as a number in base 10, with sign; false when empty, partly numeric or out of range.
 */
bool span_to_int64(struct span text, int64_t *value);
bool span_to_double(struct span text, double *value); /* '.' as decimal point, finite only */

/* The longest prefix of at most `size` bytes that does not cut a UTF-8 character. */
struct span span_first_utf8(struct span text, size_t size);

static inline bool byte_is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}
static inline bool byte_is_digit(char c) {
    return c >= '0' && c <= '9';
}
static inline bool byte_is_alpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
/* One of the bytes of a string; unlike strchr() it does not find NUL in every string. */
static inline bool byte_is_any_of(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}
static inline char byte_to_lower(char c) {
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

#endif
