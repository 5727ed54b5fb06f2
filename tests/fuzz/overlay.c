/* An overlay as a file. What can be read prints as something that can be read, and prints the same
 * from then on; whatever stands in it, scores stay within their bounds. */
#include "base/buffer.h"
#include "sentiment/sentiment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span printed(const struct sentiment_overlay *overlay, struct arena *arena) {
    struct buffer buffer;
    buffer_init(&buffer, 1 << 24);
    sentiment_overlay_print(overlay, &buffer);
    struct span text = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return text;
}

/* Reads what was printed; returns how that prints. */
static struct span printed_again(struct span text, struct arena *arena) {
    struct sentiment_overlay *overlay = NULL;
    struct error error = {0};
    if (!sentiment_overlay_open(text, &overlay, &error)) {
        fatal("printed, but not read: line %u: %s", error.line, error.message);
    }
    struct span again = printed(overlay, arena);
    sentiment_overlay_close(overlay);
    return again;
}

static void check_score(struct score score) {
    if (!(score.value >= -1 && score.value <= 1) ||
        !(score.confidence >= 0 && score.confidence <= 1)) {
        fatal("score %f, confidence %f", score.value, score.confidence);
    }
}

/* The forms in the file are words of the text. */
static void check_scores(const struct sentiment *sentiment, const struct sentiment_overlay *overlay,
                         struct span text, struct arena *arena) {
    struct sentiment_place place = {0, 4};
    struct sentiment_target target = {
        .name = SPAN("Acme"), .places = &place, .place_count = 1, .overlay = overlay};
    for (int genre = GENRE_ANY; genre <= GENRE_NEWS; genre++) {
        struct sentiment_request request = {.text = text,
                                            .genre = (enum genre)genre,
                                            .targets = &target,
                                            .target_count = 1,
                                            .overlay = overlay,
                                            .explain = true};
        struct sentiment_result result;
        sentiment_score(sentiment, &request, arena, &result);
        check_score(result.whole);
        check_score(result.targets[0]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sentiment *sentiment;
    struct sentiment_overlay *overlay = NULL;
    struct span text = {(const char *)data, size};
    struct error error = {0};
    if (sentiment == NULL && !sentiment_open(&sentiment, &error)) {
        fatal("%s", error.message);
    }
    if (!sentiment_overlay_open(text, &overlay, &error)) {
        return 0;
    }
    struct arena *arena = arena_create();
    struct span first = printed_again(printed(overlay, arena), arena);
    if (!span_equal(first, printed_again(first, arena))) {
        fatal("printed differently the second time");
    }
    check_scores(sentiment, overlay, text, arena);
    sentiment_overlay_close(overlay);
    arena_free(arena);
    return 0;
}
