/* Any bytes as a text with a brand somewhere in it, in any genre, with reasons. The first byte picks
 * the genre, the second and third the place of the brand. */
#include "sentiment/sentiment.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sentiment_result *result, size_t size) {
    if (!(result->whole.value >= -1 && result->whole.value <= 1) ||
        !(result->targets[0].confidence >= 0 && result->targets[0].confidence <= 1)) {
        abort();
    }
    for (size_t i = 0; i < result->reason_count; i++) {
        if (result->reasons[i].begin >= result->reasons[i].end || result->reasons[i].end > size) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct sentiment *sentiment;
    struct error error;
    if (sentiment == NULL && !sentiment_open(&sentiment, &error)) {
        abort();
    }
    if (size < 3) {
        return 0;
    }
    struct sentiment_place places[] = {{data[1], (uint32_t)data[1] + 4},
                                       {data[2], (uint32_t)data[2] + 1}};
    struct sentiment_target target = {.name = SPAN("Acme"), .places = places, .place_count = 2};
    struct sentiment_request request = {.text = {(const char *)data + 3, size - 3},
                                        .genre = (enum genre)(data[0] % 4),
                                        .targets = &target,
                                        .target_count = 1,
                                        .explain = true,
                                        .three = (data[0] & 8) != 0};
    struct arena *arena = arena_create();
    struct sentiment_result result;
    sentiment_score(sentiment, &request, arena, &result);
    check(&result, size - 3);
    arena_free(arena);
    return 0;
}
