#include "store/terms.h"

#include "base/matcher.h"
#include "base/url.h"
#include "base/work.h"
#include "store/segment.h"

struct term_visit {
    const struct mention *mention;
    struct arena *arena;
    term_visitor *visit;
    void *context;
};

struct span term_of_text(enum term_field field, struct span value, struct arena *arena) {
    char *term = arena_allocate(arena, value.size + 2);
    term[0] = '\x02';
    term[1] = (char)field;
    memcpy(term + 2, value.data, value.size);
    return (struct span){term, value.size + 2};
}

struct span term_of_number(enum term_field field, uint64_t value, struct arena *arena) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return term_of_text(field, (struct span){digits + at, sizeof digits - at}, arena);
}

static void visit_text(const struct term_visit *visit, enum term_field field, struct span value) {
    if (value.size > 0) {
        visit->visit(visit->context, term_of_text(field, value, visit->arena));
    }
}

static void visit_number(const struct term_visit *visit, enum term_field field, uint64_t value) {
    visit->visit(visit->context, term_of_number(field, value, visit->arena));
}

/* --- Words ------------------------------------------------------------------------------------ */

static void visit_words(const struct term_visit *visit, struct span text) {
    struct words words;
    words_split(span_first_utf8(text, LIMIT_TEXT), visit->arena, &words);
    for (size_t i = 0; i < words.count; i++) {
        struct span folded = words.list[i].folded;
        if (folded.size == 0) {
            continue;
        }
        visit->visit(visit->context, folded);
        if (span_find_byte(folded, '\'') == SPAN_NOT_FOUND) {
            continue;
        }
        struct slice slice = {.first = 0};
        while (slice_next(folded, &slice)) {
            if (slice.text.size > 0) {
                visit->visit(visit->context, slice.text);
            }
        }
    }
}

/* --- Fields ----------------------------------------------------------------------------------- */

static void visit_author(const struct term_visit *visit) {
    const struct item *item = &visit->mention->item;
    struct words words;
    words_split(item->author, visit->arena, &words);
    for (size_t i = 0; i < words.count; i++) {
        visit_text(visit, TERM_AUTHOR, words.list[i].folded);
    }
    visit_text(visit, TERM_AUTHOR_NAME, words_fold(item->author, visit->arena));
    visit_text(visit, TERM_AUTHOR_NAME, words_fold(item->author_id, visit->arena));
}

/* "a.example.com": itself, example.com, com. */
static void visit_host(const struct term_visit *visit, struct span host) {
    while (host.size > 0) {
        visit_text(visit, TERM_SITE, host);
        size_t point = span_find_byte(host, '.');
        host = point == SPAN_NOT_FOUND ? SPAN("") : span_from(host, point + 1);
    }
}

static void visit_site(const struct term_visit *visit) {
    const struct item *item = &visit->mention->item;
    struct url url;
    visit_host(visit, words_fold(item->site, visit->arena));
    if (item->url.size > 0 && url_parse(item->url, NULL, visit->arena, &url)) {
        visit_host(visit, url.host);
    }
}

static void visit_languages(const struct term_visit *visit) {
    struct span claimed = words_fold(visit->mention->item.language, visit->arena);
    struct span detected = words_fold(visit->mention->language, visit->arena);
    struct span known = detected.size > 0 ? detected : claimed;
    visit_text(visit, TERM_LANGUAGE, span_first(known, span_find_byte(known, '-')));
    visit_text(visit, TERM_CLAIMED, claimed);
}

static void visit_scores(const struct term_visit *visit) {
    const struct mention *mention = visit->mention;
    const struct score *whole = &mention->score;
    bool scored = whole->label != LABEL_UNSURE || whole->value != 0 || whole->confidence != 0;
    if (scored) {
        visit_number(visit, TERM_LABEL, whole->label);
    }
    visit_number(visit, TERM_FEELING, mention_feeling(mention)->label);
}

static void visit_work(const struct term_visit *visit, const struct work *work) {
    if (work->status != WORK_NONE) {
        visit_number(visit, TERM_STATUS, work->status);
    }
    if (work_review(work) != REVIEW_NONE) {
        visit_number(visit, TERM_REVIEW, work_review(work));
    }
    visit_text(visit, TERM_ASSIGNED, words_fold(work->assigned, visit->arena));
    for (size_t i = 0; i < work->tag_count; i++) {
        visit_text(visit, TERM_TAG, words_fold(work->tags[i], visit->arena));
    }
}

void terms_visit(const struct record *record, struct arena *arena, term_visitor *visit,
                 void *context) {
    const struct mention *mention = &record->mention;
    struct term_visit all = {mention, arena, visit, context};
    visit(context, TERM_DOCUMENTS);
    visit_words(&all, mention->item.title);
    visit_words(&all, mention->item.text);
    visit_number(&all, TERM_SOURCE, record->source);
    visit_number(&all, TERM_CHANNEL, mention->channel);
    visit_number(&all, TERM_STAGE, mention->stage);
    visit_languages(&all);
    visit_text(&all, TERM_COUNTRY, words_fold(mention->item.country, arena));
    for (size_t i = 0; i < mention->topic_count; i++) {
        visit_number(&all, TERM_TOPIC, record->topics[i]);
    }
    for (size_t i = 0; i < mention->brand_count; i++) {
        visit_number(&all, TERM_BRAND, mention->brands[i].brand);
    }
    visit_author(&all);
    visit_site(&all);
    visit_scores(&all);
    if (mention->work != NULL) {
        visit_work(&all, mention->work);
    }
}
