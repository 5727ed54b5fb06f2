#include "sentiment/course.h"

#include "base/limits.h"

#include <stdlib.h>

static const enum label class_labels[CLASS_COUNT] = {LABEL_NEGATIVE, LABEL_NEUTRAL, LABEL_POSITIVE};

struct sentiment_course *sentiment_course_create(void) {
    struct sentiment_course *course = NEW(struct sentiment_course);
    course->arena = arena_create();
    return course;
}

void sentiment_course_free(struct sentiment_course *course) {
    if (course != NULL) {
        arena_free(course->arena);
        free(course->texts);
        free(course->cells);
        free(course);
    }
}

void sentiment_course_sieve(struct sentiment_course *course, const struct sentiment_sieve *sieve) {
    course->sieve = *sieve;
}

static void cells_add(struct sentiment_course *course, const struct features *features) {
    for (size_t i = 0; i < features->count; i++) {
        const struct feature *feature = &features->list[i];
        course->cells = memory_grow(course->cells, course->cell_count, &course->cell_capacity,
                                    sizeof *course->cells);
        course->cells[course->cell_count++] =
            (struct course_cell){.hash = feature->hash,
                                 .form = arena_copy(course->arena, feature->form),
                                 .text = (uint32_t)course->text_count,
                                 .valence = feature->valence,
                                 .spelling = feature->spelling};
    }
}

static bool class_of(enum label label, int *class) {
    for (*class = 0; *class < CLASS_COUNT; (*class)++) {
        if (class_labels[*class] == label) {
            return true;
        }
    }
    return false;
}

bool sentiment_course_add(struct sentiment_course *course, const struct sentiment *sentiment,
                          const struct sentiment_request *request, enum label label,
                          struct error *error) {
    int class = CLASS_NEUTRAL;
    bool target = request->target_count == 1;
    if (!class_of(label, &class)) {
        return error_set(error, ERROR_INPUT, "a label is negative, neutral or positive");
    }
    if (course->text_count > 0 && target != course->target) {
        return error_set(error, ERROR_INPUT,
                         "some labels are about a target and some about the whole text; learn "
                         "from them apart");
    }
    if (course->cell_count + LIMIT_FEATURES > LIMIT_COURSE) {
        return error_set(error, ERROR_LIMIT,
                         "more than can be learned from at once (%zu words in texts)",
                         LIMIT_COURSE);
    }
    struct features features;
    struct arena *arena = arena_create();
    sentiment_features(sentiment, request, NULL, arena, &features);
    course->texts = memory_grow(course->texts, course->text_count, &course->text_capacity,
                                sizeof *course->texts);
    struct course_text *text = &course->texts[course->text_count];
    *text =
        (struct course_text){.first = course->cell_count, .count = features.count, .class = class};
    memcpy(text->ground, features.ground, sizeof text->ground);
    cells_add(course, &features);
    course->genre =
        course->text_count == 0 || course->genre == request->genre ? request->genre : GENRE_ANY;
    course->target = target;
    course->text_count++;
    arena_free(arena);
    return true;
}
