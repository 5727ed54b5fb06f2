#include "sentiment/learned.h"

#include "base/embed.h"

static bool file_open(struct learned *learned, const struct embedded_file *file,
                      struct error *error) {
    struct span name = span_of(file->name);
    enum language language = LANGUAGE_ANY;
    struct sentiment_overlay *overlay = NULL;
    if (!language_parse(span_first(name, span_find_byte(name, '.')), &language)) {
        return error_set(error, ERROR_INPUT, "not named LANGUAGE.WHATEVER.tsv");
    }
    if (!sentiment_overlay_open(embedded_span(file), &overlay, error)) {
        return false;
    }
    struct sentiment_overlay **place =
        &learned->overlays[language][overlay->genre][overlay->target];
    if (*place != NULL) {
        sentiment_overlay_close(overlay);
        return error_set(error, ERROR_INPUT, "another file was learned for the same");
    }
    *place = overlay;
    return true;
}

bool learned_open(struct learned *learned, struct error *error) {
    *learned = (struct learned){0};
    for (const struct embedded_file *file = embedded_learned; file->name != NULL; file++) {
        if (!file_open(learned, file, error)) {
            learned_close(learned);
            return error_add_context(error, "sentiment/learned/%s", file->name);
        }
    }
    return true;
}

void learned_close(struct learned *learned) {
    for (int language = 0; language < LANGUAGE_SLOTS; language++) {
        for (int genre = 0; genre < GENRE_COUNT; genre++) {
            sentiment_overlay_close(learned->overlays[language][genre][false]);
            sentiment_overlay_close(learned->overlays[language][genre][true]);
        }
    }
}
