#include "app/importer.h"

#include "app/progress.h"
#include "base/print.h"

#include <stdio.h>

#define DRAW_EVERY_MS 100

/* --- What it is about --------------------------------------------------------------------------- */

static const struct config_source *find_source(const struct config *config, struct span name) {
    for (size_t i = 0; i < config->source_count; i++) {
        if (span_equal(config->sources[i].name, name)) {
            return &config->sources[i];
        }
    }
    return NULL;
}

static bool add_about(struct importer *importer, size_t *about, struct span name,
                      enum exit_code *code) {
    size_t brand = assessor_brand(importer->assessor, name);
    if (brand == assessor_brand_count(importer->assessor)) {
        *code =
            app_fail(importer->app, EXIT_CODE_USAGE, "there is no brand \"%.*s\"", SPAN_ARG(name));
        return false;
    }
    about[importer->origin.about_count++] = brand;
    return true;
}

static bool add_only_brand(struct importer *importer, size_t *about, enum exit_code *code) {
    const struct config *config = importer->app->config;
    size_t own = 0;
    for (size_t i = 0; i < config->brand_count; i++) {
        if (config->brands[i].own) {
            about[0] = i;
            own++;
        }
    }
    importer->origin.about_count = 1;
    if (own != 1) {
        *code = app_fail(importer->app, EXIT_CODE_USAGE,
                         "whose customers answered? Say --about BRAND, or `about:` at a source of "
                         "the configuration and --source NAME");
    }
    return own == 1;
}

static bool gather_about(struct importer *importer, bool must_be_about, enum exit_code *code) {
    const struct app *app = importer->app;
    const struct config_list none = {0};
    const struct config_list *said = importer->source == NULL ? &none : &importer->source->about;
    size_t *about = ARENA_ARRAY(app->arena, size_t, said->count + APP_OPTIONS_MAX + 1);
    importer->origin.about = about;
    for (size_t i = 0; i < app->given_count; i++) {
        if (strcmp(app->given[i].name, "about") == 0 &&
            !add_about(importer, about, span_of(app->given[i].value), code)) {
            return false;
        }
    }
    bool told = importer->origin.about_count > 0;
    for (size_t i = 0; i < said->count && !told; i++) {
        if (!add_about(importer, about, said->list[i], code)) {
            return false;
        }
    }
    return importer->origin.about_count > 0 || !must_be_about ||
           add_only_brand(importer, about, code);
}

/* --- Opening ------------------------------------------------------------------------------------ */

static void keep_brand_names(struct importer *importer) {
    size_t count = assessor_brand_count(importer->assessor);
    for (size_t i = 0; i < count; i++) {
        importer_brand(importer, assessor_brand_names(importer->assessor)[i]);
    }
}

bool importer_open(struct importer *importer, struct app *app, const char *file, const char *name,
                   bool must_be_about, enum exit_code *code) {
    struct error error;
    *importer = (struct importer){.app = app, .file = file, .dry_run = app_given(app, "dry-run")};
    importer->arena = arena_create();
    uv_mutex_init(&importer->mutex);
    uv_cond_init(&importer->committed);
    if (app->config == NULL && !app_load_config(app, code)) {
        return false;
    }
    if (!assessor_create(app->config, app->now_ms, &importer->assessor, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    importer->source = find_source(app->config, span_of(name));
    importer->origin = (struct assessor_origin){.source = span_of(name), .now_ms = app->now_ms};
    if (importer->source != NULL) {
        importer->origin.channel = importer->source->channel;
        importer->origin.language = importer->source->language;
        importer->origin.country = importer->source->country;
    }
    keep_brand_names(importer);
    return gather_about(importer, must_be_about, code) &&
           (importer->dry_run || app->store != NULL || app_open_store(app, STORE_WRITE, code));
}

void importer_close(struct importer *importer) {
    if (importer->app->progress) {
        progress_clear();
    }
    assessor_free(importer->assessor);
    store_stories_free(importer->stories);
    arena_free(importer->arena);
    uv_cond_destroy(&importer->committed);
    uv_mutex_destroy(&importer->mutex);
}

/* --- Judging ------------------------------------------------------------------------------------ */

uint32_t importer_brand(struct importer *importer, struct span name) {
    for (size_t i = 0; i < importer->brand_count; i++) {
        if (span_equal(importer->brand_names[i], name)) {
            return (uint32_t)i;
        }
    }
    struct arena *arena = importer->app->arena;
    importer->brand_names = arena_grow(arena, importer->brand_names, importer->brand_count,
                                       &importer->brand_capacity, sizeof *importer->brand_names);
    importer->brand_names[importer->brand_count] = arena_copy(arena, name);
    return (uint32_t)importer->brand_count++;
}

void importer_judge(struct importer *importer, const struct item *item, struct span brand,
                    enum channel channel, struct mention *mention) {
    struct assessor_origin origin = importer->origin;
    size_t named = assessor_brand(importer->assessor, brand);
    if (brand.size > 0 && named < assessor_brand_count(importer->assessor)) {
        origin.about = &named;
        origin.about_count = 1;
    }
    origin.channel = origin.channel == CHANNEL_UNKNOWN ? channel : origin.channel;
    assessor_judge(importer->assessor, &origin, item, importer->arena, mention);
}

/* --- Storing ------------------------------------------------------------------------------------ */

/* On the writer thread. */
static void on_committed(void *context, const struct store_result *result) {
    struct importer *importer = context;
    uv_mutex_lock(&importer->mutex);
    importer->added += result->added;
    importer->updated += result->updated + result->removed;
    importer->unchanged += result->unchanged;
    importer->crowded = importer->crowded || result->crowded;
    if (!result->stored) {
        importer->failure = result->error;
    }
    importer->pending--;
    uv_cond_signal(&importer->committed);
    uv_mutex_unlock(&importer->mutex);
}

static void wait_for(struct importer *importer, size_t pending) {
    uv_mutex_lock(&importer->mutex);
    while (importer->pending > pending) {
        uv_cond_wait(&importer->committed, &importer->mutex);
    }
    uv_mutex_unlock(&importer->mutex);
}

static void run_submit(struct importer *importer, struct import_run *run) {
    run->batch = (struct store_batch){
        .source = run->source,
        .state = importer->state,
        .mentions = importer->mentions + run->first,
        .mention_count = run->count,
        .brand_names = importer->brand_names,
        .brand_name_count = importer->brand_count,
        .now_ms = importer->app->now_ms,
        .stories = importer->stories,
    };
    uv_mutex_lock(&importer->mutex);
    size_t before = importer->pending++;
    uv_mutex_unlock(&importer->mutex);
    while (!store_submit(importer->app->store, &run->batch, on_committed, importer)) {
        wait_for(importer, before); /* the queue is full of ours */
    }
}

bool importer_flush(struct importer *importer, struct error *error) {
    for (size_t i = 0; i < importer->run_count && !importer->dry_run; i++) {
        run_submit(importer, &importer->runs[i]);
    }
    wait_for(importer, 0);
    importer->count = 0;
    importer->run_count = 0;
    importer->state = NULL;
    arena_reset(importer->arena);
    if (importer->failure.kind != ERROR_NONE) {
        *error = importer->failure;
        return false;
    }
    return true;
}

/* --- A dry run's rows --------------------------------------------------------------------------- */

static void show_mention(struct importer *importer, struct span source,
                         const struct mention *mention) {
    struct buffer *out = &importer->app->out;
    char time[DATE_TEXT_SIZE];
    const struct item *item = &mention->item;
    const char *day = date_print(item->published_ms, time);
    buffer_print(out, "\n  %s  ", day[0] == '\0' ? "no date" : day);
    print_plain(out, source, false);
    for (size_t i = 0; i < mention->brand_count; i++) {
        buffer_append_string(out, i == 0 ? ", about " : ", ");
        print_plain(out, mention->brands[i].name, false);
    }
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (item->answers[i] >= 0) {
            buffer_print(out, ", %s %g", survey_scales[i].name, item->answers[i]);
        }
    }
    if (item->rating >= 0) {
        buffer_print(out, ", %.1f stars", item->rating);
    }
    buffer_print(out, ", %s", label_name(mention->score.label));
    const struct span texts[] = {item->author, item->title, item->text};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].size > 0) {
            buffer_append_string(out, "\n    ");
            print_plain(out, span_first_utf8(texts[i], 300), false);
            buffer_append_string(out, texts[i].size > 300 ? "..." : "");
        }
    }
    buffer_append_byte(out, '\n');
}

bool importer_is_full(const struct importer *importer) {
    return importer->count == IMPORT_MENTIONS || importer->run_count == IMPORT_RUNS;
}

void importer_add(struct importer *importer, struct span source, const struct mention *mention) {
    struct import_run *last =
        importer->run_count == 0 ? NULL : &importer->runs[importer->run_count - 1];
    importer->matched += mention->brand_count > 0;
    if (importer->dry_run && importer->taken++ < IMPORT_SHOWN) {
        show_mention(importer, source, mention);
    }
    if (last == NULL || !span_equal(last->source, source)) {
        last = &importer->runs[importer->run_count++];
        *last = (struct import_run){.source = source, .first = importer->count};
    }
    importer->mentions[importer->count++] = *mention;
    last->count++;
}

/* --- Words about it ----------------------------------------------------------------------------- */

void importer_note(struct importer *importer, const char *format, ...) {
    char text[512];
    if (importer->noted++ >= IMPORT_SHOWN) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (importer->app->progress) {
        progress_clear();
    }
    app_say(importer->app, "%s: %s", importer->file, text);
}

void importer_progress(struct importer *importer, const struct text_stream *stream) {
    uint64_t read = 0;
    uint64_t total = 0;
    text_stream_progress(stream, &read, &total);
    int64_t now_ms = clock_monotonic_ms(&system_clock);
    if (importer->app->progress && total > 0 && now_ms - importer->drawn_ms >= DRAW_EVERY_MS) {
        char what[64];
        snprintf(what, sizeof what, "%zu read", importer->read);
        importer->drawn_ms = now_ms;
        progress_draw_share((double)read / (double)total, what, importer->app->style.unicode);
    }
}

enum exit_code importer_report(struct importer *importer) {
    struct app *app = importer->app;
    if (app->progress) {
        progress_clear();
    }
    if (importer->noted > IMPORT_SHOWN) {
        app_say(app, "%s: and %zu more like these", importer->file, importer->noted - IMPORT_SHOWN);
    }
    if (importer->dry_run) {
        app_say(app,
                "%s: %zu read, %zu would be taken, %zu of them about your brands; nothing is "
                "stored",
                importer->file, importer->read, importer->taken, importer->matched);
    } else {
        app_say(app,
                "%s: %zu read, %llu new, %llu updated, %llu already there, %zu left out; %zu about "
                "your brands",
                importer->file, importer->read, (unsigned long long)importer->added,
                (unsigned long long)importer->updated, (unsigned long long)importer->unchanged,
                importer->left_out, importer->matched);
    }
    if (importer->crowded) {
        app_say(app,
                "there are more than %u topics or sources now: further ones are counted as "
                "\"other\"",
                LIMIT_SERIES_MEMBERS);
    }
    return importer->faults > 0 ? EXIT_CODE_PARTIAL : EXIT_CODE_OK;
}
