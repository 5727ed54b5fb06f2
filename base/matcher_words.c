#include "base/matcher.h"
#include "base/print.h"

/* --- Words with apostrophes ------------------------------------------------------------------- */

#define SLICE_PARTS 8 /* further parts are only found together with these */

bool slice_next(struct span folded, struct slice *slice) {
    const char *end = folded.data + folded.size;
    if (slice->text.data == NULL) {
        slice->text = folded;
        slice->text.size = 0;
    } else if (slice->text.data + slice->text.size == end || slice->last == SLICE_PARTS) {
        /* The runs that begin here are done: on to the next part. */
        struct span rest = {slice->text.data, (size_t)(end - slice->text.data)};
        size_t part = span_find_byte(rest, '\'');
        if (part == SPAN_NOT_FOUND || slice->first == SLICE_PARTS) {
            return false;
        }
        slice->first++;
        slice->last = slice->first;
        slice->text = (struct span){rest.data + part + 1, 0};
    } else {
        slice->last++;
        slice->text.size++; /* the apostrophe */
    }
    const char *from = slice->text.data + slice->text.size;
    struct span rest = {from, (size_t)(end - from)};
    size_t part = span_find_byte(rest, '\'');
    slice->text.size += part == SPAN_NOT_FOUND ? rest.size : part;
    return true;
}

static bool rune_is_apostrophe(uint32_t rune) {
    return rune == '\'' || rune == 0x2018 || rune == 0x2019 || rune == 0x201B || rune == 0x2BC ||
           rune == 0xFF07;
}

/* Where in the text the part after `ordinal` apostrophes begins, or ends where `at_end`. */
static uint32_t part_offset(struct span text, const struct word *word, unsigned ordinal,
                            bool at_end) {
    size_t at = word->begin;
    unsigned met = 0;
    while (at < word->end) {
        uint32_t rune = 0;
        size_t size = rune_decode(span_from(text, at), &rune);
        if (rune_is_apostrophe(rune)) {
            if (at_end && met == ordinal) {
                return (uint32_t)at;
            }
            met++;
            if (!at_end && met == ordinal) {
                return (uint32_t)(at + size);
            }
        }
        at += size;
    }
    return at_end ? word->end : word->begin;
}

static bool text_is_word(struct span text, const struct query_word *word) {
    return word->prefix ? span_starts_with(text, word->folded) : span_equal(text, word->folded);
}

bool place_has_word(const struct place *place, size_t index, const struct query_word *wanted,
                    struct range *range) {
    const struct word *word = &place->words.list[index];
    *range = (struct range){word->begin, word->end};
    if (text_is_word(word->folded, wanted)) {
        return true;
    }
    if (span_find_byte(word->folded, '\'') == SPAN_NOT_FOUND) {
        return false;
    }
    struct slice slice = {.first = 0};
    while (slice_next(word->folded, &slice)) {
        if (text_is_word(slice.text, wanted)) {
            if (slice.first > 0) {
                range->begin = part_offset(place->text, word, slice.first, false);
            }
            range->end = part_offset(place->text, word, slice.last, true);
            return true;
        }
    }
    return false;
}

/* --- Forms ------------------------------------------------------------------------------------ */

static struct span place_slice(const struct place *place, uint32_t begin, uint32_t end) {
    return begin < end ? (struct span){place->text.data + begin, end - begin}
                       : (struct span){place->text.data, 0};
}

/* Nothing but white space and brackets. */
static bool gap_is_wrapping(struct span gap) {
    for (size_t i = 0; i < gap.size; i++) {
        if (!byte_is_space(gap.data[i]) && strchr("()[]{}<>", gap.data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

/* "dot" said in words where a dot should stand: example (dot) com. */
static bool word_is_dot(const struct place *place, size_t index) {
    static const char *const names[] = {"dot", "punto", "ponto", "punkt", "point"};
    const struct word *list = place->words.list;
    if (index == 0 || index + 1 >= place->words.count ||
        !gap_is_wrapping(place_slice(place, list[index - 1].end, list[index].begin)) ||
        !gap_is_wrapping(place_slice(place, list[index].end, list[index + 1].begin))) {
        return false;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (span_equal(list[index].folded, span_of(names[i]))) {
            return true;
        }
    }
    return false;
}

/* Whether a host name that ends at `at` goes on, and is another one: acme.com.evil.test,
 * acme.com-evil.test. (acme.com-like is none.) */
static bool host_goes_on(struct span text, size_t at) {
    struct span rest = span_from(text, at);
    size_t size = 0;
    if (rest.size > 0 && rest.data[0] == '-') {
        while (size < rest.size && (byte_is_alpha(rest.data[size]) ||
                                    byte_is_digit(rest.data[size]) || rest.data[size] == '-')) {
            size++;
        }
    }
    return size + 1 < rest.size && rest.data[size] == '.' &&
           (byte_is_alpha(rest.data[size + 1]) || byte_is_digit(rest.data[size + 1]));
}

/* Whether the form, where it ends or begins with a host name, stands there as all of that name but
 * for what is below it: not in my-acme.com. */
static bool host_is_whole(const struct place *place, const struct query_form *form,
                          struct range range) {
    bool ends = form->count > 1 && form->words[form->count - 1].gap == GAP_DOT;
    bool begins = form->count > 1 && form->words[1].gap == GAP_DOT;
    bool joined = range.begin > 0 && place->text.data[range.begin - 1] == '-';
    return !(ends && host_goes_on(place->text, range.end)) && !(begins && joined);
}

static bool symbols_match(const struct place *place, const struct query_form *form,
                          struct range range) {
    struct span before = span_first(place->text, range.begin);
    struct span after = span_from(place->text, range.end);
    return span_ends_with(before, form->before) && span_starts_with(after, form->after);
}

/* Finds the form's next word at `*index`, or behind a "dot" that stands there. */
static bool form_step(const struct place *place, size_t *index, const struct query_word *word,
                      uint32_t behind, struct range *range) {
    if (word->gap == GAP_DOT && *index < place->words.count && word_is_dot(place, *index)) {
        ++*index;
        return place_has_word(place, *index, word, range);
    }
    return *index < place->words.count && place_has_word(place, *index, word, range) &&
           query_gap_allows(word->gap, word->symbol, place_slice(place, behind, range->begin));
}

bool place_has_form(const struct place *place, size_t index, const struct query_form *form,
                    struct occurrence *found) {
    struct range whole;
    if (!place_has_word(place, index, &form->words[0], &whole)) {
        return false;
    }
    found->first = place->number + (uint32_t)index;
    for (size_t i = 1; i < form->count; i++) {
        struct range range;
        index++;
        if (!form_step(place, &index, &form->words[i], whole.end, &range)) {
            return false;
        }
        whole.end = range.end;
    }
    found->last = place->number + (uint32_t)index;
    found->begin = whole.begin - (uint32_t)form->before.size;
    found->end = whole.end + (uint32_t)form->after.size;
    found->in_title = place->in_title;
    return symbols_match(place, form, whole) && host_is_whole(place, form, whole);
}
