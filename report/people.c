/* Who is told what, and who has said that it is enough. */
#include "report/grid.h"
#include "report/mute.h"

static struct span list_text(struct arena *arena, const struct config_list *list,
                             const char *otherwise) {
    return list->count == 0 ? span_of(otherwise) : arena_join(arena, list->list, list->count, ", ");
}

static struct span muted_text(struct arena *arena, const struct snapshot *snapshot,
                              const struct config_person *person) {
    struct span kinds[RHYTHM_COUNT + 1];
    size_t count = 0;
    if (mute_is_set(snapshot, MUTE_ALERTS, person->email)) {
        kinds[count++] = SPAN(MUTE_ALERTS);
    }
    for (size_t i = 0; i < RHYTHM_COUNT; i++) {
        if (mute_is_set(snapshot, config_rhythms[i], person->email)) {
            kinds[count++] = span_of(config_rhythms[i]);
        }
    }
    return arena_join(arena, kinds, count, ", ");
}

void people_print(struct buffer *out, const struct snapshot *snapshot, const struct config *config,
                  const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"email", "who", GRID_TEXT, 32},      {"brands", "brands", GRID_TEXT, 20},
        {"alerts", "alerts", GRID_TEXT, 6},   {"digests", "digests", GRID_TEXT, 24},
        {"zone", "time zone", GRID_TEXT, 20}, {"muted", "has had enough of", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, columns, sizeof columns / sizeof columns[0],
                                 "The configuration names nobody (people).");
    for (size_t i = 0; i < config->person_count; i++) {
        const struct config_person *person = &config->people[i];
        grid_text(&grid, person->email);
        grid_text(&grid, list_text(arena, &person->brands, "all own"));
        grid_text(&grid, person->alerts ? SPAN("yes") : SPAN("no"));
        grid_text(&grid, list_text(arena, &person->digests, "none"));
        grid_text(&grid, person->zone);
        grid_tone(&grid, muted_text(arena, snapshot, person), TONE_BAD);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

bool people_resume(struct store *store, struct span email, int64_t now_ms, struct error *error) {
    bool done = mute_set(store, MUTE_ALERTS, email, false, now_ms, error);
    for (size_t i = 0; done && i < RHYTHM_COUNT; i++) {
        done = mute_set(store, config_rhythms[i], email, false, now_ms, error);
    }
    return done;
}
