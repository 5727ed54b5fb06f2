/* tests/unit/sentiment/judged.tsv: English sentences that a reader judged before the engine saw them.
 * Some will always be too hard for words and rules; fewer than these right is a step back. */
#include "tests/unit/sentiment/helper.h"

#include "base/buffer.h"
#include "base/file.h"

#define JUDGED "tests/unit/sentiment/judged.tsv"

enum { LEAST_TEXTS = 93, LEAST_TARGETS = 85 }; /* per cent */

enum { LIMIT_MARKED = 8 };

struct marked { /* a text without its brackets, and what stood in them */
    struct buffer text;
    struct sentiment_target targets[LIMIT_MARKED];
    struct sentiment_place places[LIMIT_MARKED];
    enum label labels[LIMIT_MARKED];
    size_t count;
};

struct tally_of {
    unsigned rows;
    unsigned right;
};

static enum label label_read(char sign) {
    assert_non_null(strchr("+-0", sign));
    return sign == '+' ? LABEL_POSITIVE : sign == '-' ? LABEL_NEGATIVE : LABEL_NEUTRAL;
}

/* "The [food]+ was great but the [service]- slow." */
static void marked_read(struct span text, struct marked *marked) {
    while (text.size > 0) {
        size_t open = span_find_byte(text, '[');
        if (open == SPAN_NOT_FOUND) {
            (void)buffer_append(&marked->text, text);
            return;
        }
        size_t close = span_find_byte(text, ']');
        assert_true(close != SPAN_NOT_FOUND && close + 1 < text.size);
        assert_true(marked->count < LIMIT_MARKED);
        (void)buffer_append(&marked->text, span_first(text, open));
        struct sentiment_place *place = &marked->places[marked->count];
        place->begin = (uint32_t)marked->text.size;
        (void)buffer_append(&marked->text, span_first(span_from(text, open + 1), close - open - 1));
        place->end = (uint32_t)marked->text.size;
        marked->labels[marked->count++] = label_read(text.data[close + 1]);
        text = span_from(text, close + 2);
    }
}

static void judge(struct bench *bench, struct sentiment_request *request, enum label label,
                  struct tally_of *tally) {
    struct sentiment_result result;
    sentiment_score(bench->sentiment, request, bench->arena, &result);
    enum label got = request->target_count > 0 ? result.targets[0].label : result.whole.label;
    tally->rows++;
    tally->right += got == label;
}

/* Each target by itself, as a brand is asked for. */
static void judge_targets(struct bench *bench, struct sentiment_request request, struct span text,
                          struct tally_of *tally) {
    struct marked marked = {.count = 0};
    buffer_init(&marked.text, 4096);
    marked_read(text, &marked);
    request.text = buffer_span(&marked.text);
    for (size_t i = 0; i < marked.count; i++) {
        const struct sentiment_place *place = &marked.places[i];
        marked.targets[i] = (struct sentiment_target){
            .name = span_first(span_from(request.text, place->begin), place->end - place->begin),
            .places = place,
            .place_count = 1};
        request.targets = &marked.targets[i];
        request.target_count = 1;
        judge(bench, &request, marked.labels[i], tally);
    }
    buffer_done(&marked.text);
}

static void judge_line(struct bench *bench, struct span line, struct tally_of *texts,
                       struct tally_of *targets) {
    struct sentiment_request request = {.three = true};
    struct span genre;
    struct span label;
    assert_true(span_split(&line, '\t', &genre) && span_split(&line, '\t', &label));
    assert_true(genre_parse(genre, &request.genre) && label.size == 1);
    if (label.data[0] == '@') {
        judge_targets(bench, request, line, targets);
        return;
    }
    request.text = line;
    judge(bench, &request, label_read(label.data[0]), texts);
}

static void check_share(const char *of, const struct tally_of *tally, unsigned least) {
    print_message("%s: %u of %u right\n", of, tally->right, tally->rows);
    assert_true(tally->rows >= 100);
    assert_true(100 * tally->right >= least * tally->rows);
}

static void test_sentences_are_judged_as_readers_do(void **state) {
    struct bench *bench = *state;
    struct error error = {0};
    struct tally_of texts = {0};
    struct tally_of targets = {0};
    struct span rest;
    assert_true(file_read(JUDGED, 1 << 20, bench->arena, &rest, &error));
    struct span line;
    while (rest.size > 0 && span_split(&rest, '\n', &line)) {
        if (line.size > 0 && line.data[0] != '#') {
            judge_line(bench, line, &texts, &targets);
        }
    }
    check_share("texts", &texts, LEAST_TEXTS);
    check_share("targets", &targets, LEAST_TARGETS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentences_are_judged_as_readers_do),
    };
    return cmocka_run_group_tests(tests, bench_setup, bench_teardown);
}
