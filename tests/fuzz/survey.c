/* Any bytes as a survey's export; what stands above the first line "---" is its map. Read whole and
 * in pieces it gives the same rows, and no address of mail. */
#include "base/buffer.h"
#include "base/charset.h"
#include "base/memory.h"
#include "base/print.h"
#include "parsers/parsers.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span utf8_of(struct span text, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, 16 * MIB);
    print_repaired(&out, text);
    struct span repaired = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return repaired;
}

static uint64_t check_item(const struct survey_row *row) {
    const struct item *item = &row->item;
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        const struct survey_scale *scale = &survey_scales[i];
        if (item->answers[i] >= 0 &&
            !(item->answers[i] >= scale->worst - 1e-9 && item->answers[i] <= scale->best + 1e-9)) {
            fatal("an answer is not on its scale");
        }
    }
    if (!charset_is_utf8(item->text) || item->text.size > LIMIT_TEXT) {
        fatal("no text");
    }
    return row->line + item->text.size * 31 + item->id.size;
}

/* A sum over all rows; 0 when it is no survey. */
static uint64_t take(const struct survey_map *map, struct span text, size_t piece) {
    struct arena *arena = arena_create();
    struct survey *survey = survey_create(map, SPAN("key"), arena);
    struct error error;
    uint64_t sum = 0;
    bool sound = true;
    for (int pass = 0; pass < 2 && sound; pass++) {
        size_t given = 0;
        size_t used = 0;
        bool last = false;
        while (!last && sound) {
            given = text.size - given > piece ? given + piece : text.size;
            last = given == text.size;
            struct span rest = {text.data + used, given - used};
            struct survey_row row;
            if (pass == 0) {
                sound = survey_study(survey, &rest, last, &error);
            }
            while (pass == 1 && survey_next(survey, &rest, last, arena, &row)) {
                sum += check_item(&row);
            }
            used = given - rest.size;
        }
        sound = sound && (pass == 1 || survey_settle(survey, &error));
    }
    struct buffer out;
    buffer_init(&out, 16 * MIB);
    if (sound) {
        survey_describe(survey, &out);
    }
    buffer_done(&out);
    arena_free(arena);
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span all = utf8_of((struct span){(const char *)data, size}, arena);
    const struct survey_map *map = NULL;
    struct config_problems problems = {0};
    size_t line = span_find(all, SPAN("\n---\n"));
    if (line != SPAN_NOT_FOUND) {
        struct span yaml = span_first(all, line + 1);
        all = span_from(all, line + 5);
        if (!survey_map_parse(yaml, SPAN("map"), arena, &map, &problems)) {
            map = NULL;
        }
    }
    uint64_t whole = take(map, all, all.size + 1);
    size_t piece = 300 * KIB; /* more than the look that finds the delimiter */
    if (whole != take(map, all, piece)) {
        fatal("pieces make a difference");
    }
    arena_free(arena);
    return 0;
}
