#include "app/lessons.h"

#include "app/targets.h"
#include "base/file.h"
#include "parsers/parsers.h"

/* Lines that are told about one by one. */
enum { TOLD_MOST = 10 };

/* Stars up to which a text is negative, and neutral; above it is positive. */
static const double stars_negative = 2.4;
static const double stars_neutral = 3.4;

enum member {
    MEMBER_TEXT,
    MEMBER_LABEL,
    MEMBER_STARS,
    MEMBER_TARGET,
    MEMBER_PLACE,
    MEMBER_LANGUAGE,
    MEMBER_GENRE,
    MEMBER_COUNT
};
static const char *const members[MEMBER_COUNT] = {"text", "label", "stars", "target",
                                                  "tpos", "lang",  "genre"};

/* What the command's options say of all lessons. */
struct reading {
    struct app *app;
    struct lessons *lessons;
    const char *path;  /* of the file */
    struct span brand; /* empty: labels are about the text, or each line's own target */
    enum genre genre;
};

static enum label label_of_stars(double stars) {
    if (stars <= stars_negative) {
        return LABEL_NEGATIVE;
    }
    return stars <= stars_neutral ? LABEL_NEUTRAL : LABEL_POSITIVE;
}

static bool label_read(struct span text, struct span stars, enum label *label,
                       struct error *error) {
    int64_t number = 0;
    double value = 0;
    if (text.size > 0) {
        bool good = label_parse(text, label) && *label != LABEL_UNSURE;
        if (!good && span_to_int64(text, &number) && number >= -1 && number <= 1) {
            *label = (enum label)(LABEL_NEUTRAL + number);
            good = true;
        }
        return good || error_set(error, ERROR_INPUT,
                                 "label \"%.*s\" is none; it is negative, neutral or positive, or "
                                 "-1, 0, 1",
                                 SPAN_ARG(text));
    }
    if (stars.size == 0) {
        return error_set(error, ERROR_INPUT, "neither \"label\" nor \"stars\"");
    }
    if (!span_to_double(stars, &value) || value < 0 || value > 5) {
        return error_set(error, ERROR_INPUT, "\"%.*s\" is no number of stars; they go from 1 to 5",
                         SPAN_ARG(stars));
    }
    *label = label_of_stars(value);
    return true;
}

static struct lesson *lesson_add(struct lessons *lessons) {
    lessons->list = arena_grow(lessons->arena, lessons->list, lessons->count, &lessons->capacity,
                               sizeof *lessons->list);
    struct lesson *lesson = &lessons->list[lessons->count++];
    *lesson = (struct lesson){.request = {.three = true}};
    return lesson;
}

static void lesson_aim(const struct reading *reading, struct span name, struct span place,
                       struct lesson *lesson) {
    if (name.size > 0) {
        struct arena *arena = reading->lessons->arena;
        struct sentiment_target *target = ARENA_NEW(arena, struct sentiment_target);
        *target = target_at(lesson->request.text, name, place, arena);
        lesson->request.targets = target;
        lesson->request.target_count = 1;
    }
}

static bool lesson_read(const struct reading *reading, const struct span *values,
                        struct error *error) {
    enum label label = LABEL_UNSURE;
    enum genre genre = reading->genre;
    if (!label_read(span_trim(values[MEMBER_LABEL]), span_trim(values[MEMBER_STARS]), &label,
                    error)) {
        return false;
    }
    if (values[MEMBER_TEXT].size == 0) {
        return error_set(error, ERROR_INPUT, "no \"text\"");
    }
    if (values[MEMBER_GENRE].size > 0 && !genre_parse(values[MEMBER_GENRE], &genre)) {
        return error_set(error, ERROR_INPUT,
                         "genre \"%.*s\" is none; it is any, social, review or news",
                         SPAN_ARG(values[MEMBER_GENRE]));
    }
    struct lesson *lesson = lesson_add(reading->lessons);
    lesson->label = label;
    lesson->request.text = values[MEMBER_TEXT];
    lesson->request.language_hint = values[MEMBER_LANGUAGE];
    lesson->request.genre = genre;
    bool own = values[MEMBER_TARGET].size > 0;
    lesson_aim(reading, own ? values[MEMBER_TARGET] : reading->brand, values[MEMBER_PLACE], lesson);
    return true;
}

static void leave_out(const struct reading *reading, unsigned line, const struct error *error) {
    if (reading->lessons->left_out++ < TOLD_MOST) {
        app_fail(reading->app, EXIT_CODE_PARTIAL, "%s:%u: %s; left out", reading->path, line,
                 error->message);
    }
}

static void row_visit(void *context, unsigned line, const struct span *values) {
    struct error error;
    if (!lesson_read(context, values, &error)) {
        leave_out(context, line, &error);
    }
}

static void lines_read(const struct reading *reading, struct span text) {
    struct span values[MEMBER_COUNT];
    struct span line;
    for (unsigned number = 1; text.size > 0 && span_split(&text, '\n', &line); number++) {
        struct error error;
        line = span_trim(line);
        if (line.size > 0 &&
            (!json_members(line, members, MEMBER_COUNT, reading->lessons->arena, values, &error) ||
             !lesson_read(reading, values, &error))) {
            leave_out(reading, number, &error);
        }
    }
}

/* JSON lines begin with a brace; anything else is CSV. */
static bool lessons_read(struct reading *reading, struct error *error) {
    struct span text;
    struct arena *arena = reading->lessons->arena;
    if (!file_read(reading->path, LIMIT_DOCUMENT, arena, &text, error)) {
        return error_add_context(error, "%s", reading->path);
    }
    if (span_starts_with(span_trim(text), SPAN("{"))) {
        lines_read(reading, text);
        return true;
    }
    return csv_members(text, members, MEMBER_COUNT, arena, row_visit, reading, error) ||
           error_add_context(error, "%s:1", reading->path);
}

/* --- From the store --------------------------------------------------------------------------- */

static bool speaks_of(const struct mention *mention, struct span brand) {
    for (size_t i = 0; i < mention->brand_count; i++) {
        if (span_equal_nocase(mention->brands[i].name, brand)) {
            return true;
        }
    }
    return brand.size == 0;
}

static bool genre_meant(const struct reading *reading, const struct mention *mention) {
    return !app_given(reading->app, "genre") ||
           genre_of_channel(mention->channel) == reading->genre;
}

/* The mention's text as it was judged, meant to be `label`, towards the brand or (empty) as a whole. */
static void lesson_keep(const struct reading *reading, const struct mention *mention,
                        enum label label, struct span brand) {
    struct arena *arena = reading->lessons->arena;
    struct span parts[] = {mention->item.title, mention->item.text};
    bool titled = mention->item.title.size > 0;
    struct lesson *lesson = lesson_add(reading->lessons);
    lesson->label = label;
    lesson->request.text =
        titled ? arena_join(arena, parts, 2, "\n") : arena_copy(arena, mention->item.text);
    lesson->request.language_hint = arena_copy(arena, mention->language);
    lesson->request.genre = genre_of_channel(mention->channel);
    lesson_aim(reading, arena_copy(arena, brand), (struct span){0}, lesson);
}

static bool mention_visit(void *context, const struct mention *mention) {
    const struct reading *reading = context;
    if (mention->item.rating != RATING_NONE && mention->item.text.size > 0 &&
        genre_meant(reading, mention) && speaks_of(mention, reading->brand)) {
        lesson_keep(reading, mention, label_of_stars(mention->item.rating), reading->brand);
    }
    return true;
}

static void rated_gather(struct reading *reading, const struct snapshot *snapshot) {
    snapshot_mentions_from(snapshot, 0, mention_visit, reading);
}

/* What people said towards brands; of the whole text only where they said nothing else. */
static void verdicts_keep(struct reading *reading, const struct mention *mention) {
    const struct work *work = mention->work;
    size_t kept = 0;
    for (size_t i = 0; i < work->verdict_count; i++) {
        const struct work_verdict *verdict = &work->verdicts[i];
        bool meant = reading->brand.size == 0 || span_equal_nocase(verdict->name, reading->brand);
        if (verdict->name.size > 0 && meant) {
            lesson_keep(reading, mention, verdict->label, verdict->name);
            reading->lessons->corrected += work_corrects(verdict);
            kept++;
        }
    }
    const struct work_verdict *whole = work_verdict_on(work, WORK_WHOLE);
    if (kept == 0 && whole != NULL && reading->brand.size == 0) {
        lesson_keep(reading, mention, whole->label, SPAN(""));
        reading->lessons->corrected += work_corrects(whole);
    }
}

static void corrections_gather(struct reading *reading, const struct snapshot *snapshot) {
    const struct query *query = NULL;
    struct arena *scratch = arena_create();
    uint64_t sequence = 0;
    int64_t time_ms = 0;
    if (query_parse(SPAN("corrected:yes OR corrected:confirmed"), 0, reading->app->arena, &query,
                    NULL)) {
        struct search *search = search_open(snapshot, query, DATE_NONE, DATE_NONE);
        while (search_next(search, &sequence, &time_ms)) {
            struct mention mention;
            arena_reset(scratch);
            if (snapshot_mention(snapshot, sequence, scratch, &mention) && mention.work != NULL &&
                genre_meant(reading, &mention)) {
                verdicts_keep(reading, &mention);
            }
        }
        search_close(search);
    }
    arena_free(scratch);
}

static bool lessons_gather(struct reading *reading,
                           void (*gather)(struct reading *reading, const struct snapshot *snapshot),
                           enum exit_code *code) {
    struct snapshot *snapshot = NULL;
    if (!app_open_snapshot(reading->app, &snapshot, code)) {
        return false;
    }
    gather(reading, snapshot);
    snapshot_close(snapshot);
    return true;
}

bool lessons_load(struct app *app, struct lessons *lessons, enum exit_code *code) {
    struct error error;
    struct reading reading = {
        .app = app, .lessons = lessons, .brand = span_of(app_value(app, "brand"))};
    *lessons = (struct lessons){.arena = app->arena};
    const char *genre = app_value(app, "genre");
    *code = EXIT_CODE_USAGE;
    if (genre != NULL && !genre_parse(span_of(genre), &reading.genre)) {
        app_fail(app, EXIT_CODE_USAGE, "--genre is any, social, review or news");
        return false;
    }
    bool rated = app_given(app, "from-store");
    bool corrected = app_given(app, "corrections");
    if (app->word_count + rated + corrected != 1) {
        app_fail(app, EXIT_CODE_USAGE,
                 "give a file of labelled texts (lines {\"text\": ..., \"label\": ...}), or "
                 "--from-store for the rated mentions, or --corrections for what people said with "
                 "earshot mention ID set");
        return false;
    }
    if (rated || corrected) {
        return lessons_gather(&reading, rated ? rated_gather : corrections_gather, code);
    }
    reading.path = arena_copy_string(app->arena, app->words[0]);
    if (!lessons_read(&reading, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    *code = EXIT_CODE_OK;
    return true;
}
