#include "app/app.h"

#include "base/base64.h"
#include "base/file.h"
#include "base/print.h"
#include "base/zone.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <uv.h>

const char *app_value(const struct app *app, const char *option) {
    for (size_t i = app->given_count; i > 0; i--) { /* the last one given counts */
        if (strcmp(app->given[i - 1].name, option) == 0) {
            return app->given[i - 1].value;
        }
    }
    return NULL;
}

bool app_given(const struct app *app, const char *option) {
    return app_value(app, option) != NULL;
}

PRINTF_LIKE(1, 0) static void say(const char *format, va_list arguments) {
    char text[2048];
    vsnprintf(text, sizeof text, format, arguments);
    struct buffer clean;
    buffer_init(&clean, sizeof text * 4);
    print_plain(&clean, span_of(text), true);
    fprintf(stderr, "earshot: %s\n", buffer_string(&clean));
    buffer_done(&clean);
}

enum exit_code app_fail(struct app *app, enum exit_code code, const char *format, ...) {
    app_flush(app);
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
    return code;
}

enum exit_code app_fail_error(struct app *app, const struct error *error) {
    return app_fail(app, error->kind == ERROR_USAGE ? EXIT_CODE_USAGE : EXIT_CODE_FAILED, "%s",
                    error->message);
}

void app_say(const struct app *app, const char *format, ...) {
    if (app_given(app, "quiet")) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void app_flush(struct app *app) {
    struct span rest = buffer_span(&app->out);
    if (app->out.overflowed) {
        fprintf(stderr, "earshot: the answer is longer than %zu MiB and was cut\n",
                LIMIT_DOCUMENT / MIB);
    }
    while (rest.size > 0) {
        ssize_t written = write(STDOUT_FILENO, rest.data, rest.size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written < 0 && errno == EPIPE) {
            break; /* the reader has seen enough, as `head` does */
        }
        if (written < 0) {
            fprintf(stderr, "earshot: cannot write to stdout: %s\n", strerror(errno));
            exit(EXIT_CODE_FAILED);
        }
        rest = span_from(rest, (size_t)written);
    }
    buffer_clear(&app->out);
}

bool app_read_file(struct app *app, const char *path, size_t ceiling, struct span *text,
                   struct error *error) {
    return file_read(path, ceiling, app->arena, text, error) ||
           error_add_context(error, "%s", path);
}

static struct span config_path(struct app *app, bool *exists) {
    const char *given = app_value(app, "config");
    if (given != NULL) {
        *exists = true;
        return span_of(given);
    }
    return config_default_path(app->arena, exists);
}

bool app_load_config(struct app *app, enum exit_code *code) {
    *code = EXIT_CODE_OK;
    return app->config != NULL || app_read_config(app, app->arena, &app->config, code);
}

bool app_read_config(struct app *app, struct arena *arena, struct config **config,
                     enum exit_code *code) {
    bool exists = false;
    struct span path = config_path(app, &exists);
    *code = EXIT_CODE_USAGE;
    if (!exists) {
        app_fail(app, EXIT_CODE_USAGE,
                 "there is no configuration yet; write one with: earshot init --brand \"Acme\"\n"
                 "(looked for %.*s)",
                 SPAN_ARG(path));
        return false;
    }
    struct config_problems problems = {0};
    const char *name = arena_copy_string(arena, path);
    if (config_load(name, arena, config, &problems)) {
        *code = EXIT_CODE_OK;
        return true;
    }
    struct span text = {NULL, 0};
    struct error ignored;
    if (!app_read_file(app, name, LIMIT_CONFIG, &text, &ignored)) {
        text = (struct span){NULL, 0}; /* the problem itself says that it cannot be read */
    }
    struct buffer out;
    buffer_init(&out, LIMIT_DOCUMENT);
    config_print_problems(&out, path, text, &problems);
    app_flush(app);
    fwrite(out.data, 1, out.size, stderr);
    buffer_done(&out);
    return false;
}

#define AUTHOR_KEY_BYTES 32

char *app_author_key_path(struct app *app) {
    struct span folder = app->config->data_dir;
    while (folder.size > 1 && folder.data[folder.size - 1] == '/') {
        folder.size--;
    }
    return arena_copy_string(app->arena, arena_print(app->arena, "%.*s.key", SPAN_ARG(folder)));
}

bool app_make_author_key(struct app *app, struct error *error) {
    unsigned char bytes[AUTHOR_KEY_BYTES];
    char hex[AUTHOR_KEY_BYTES * 2 + 2];
    struct span key = {hex, sizeof hex - 1};
    char *path = app_author_key_path(app);
    if (access(path, F_OK) == 0) {
        return true;
    }
    int code = uv_random(NULL, NULL, bytes, sizeof bytes, 0, NULL);
    if (code != 0) {
        return error_set(error, ERROR_SYSTEM, "no random numbers: %s", uv_strerror(code));
    }
    base16_write(hex, (struct span){(const char *)bytes, sizeof bytes});
    hex[key.size - 1] = '\n';
    return file_create(path, key, error) || error_add_context(error, "%s", path);
}

/* What blocked authors are known by, where anybody ever was. */
static bool read_author_key(struct app *app, struct span *key, struct error *error) {
    char *path = app_author_key_path(app);
    *key = SPAN("");
    if (access(path, F_OK) != 0) {
        return true;
    }
    if (!file_read(path, LIMIT_CONFIG, app->arena, key, error)) {
        return error_add_context(error, "%s", path);
    }
    *key = span_trim(*key);
    return key->size >= AUTHOR_KEY_BYTES ||
           error_set(error, ERROR_USAGE,
                     "%s is no author key; without the right one nobody who was blocked is known",
                     path);
}

bool app_open_store(struct app *app, enum store_mode mode, enum exit_code *code) {
    struct store_options options = {.mode = mode};
    struct error error;
    char *folder = arena_copy_string(app->arena, app->config->data_dir);
    if (mode == STORE_WRITE && !read_author_key(app, &options.author_key, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    if (mode != STORE_WRITE && access(folder, F_OK) != 0) {
        *code =
            app_fail(app, EXIT_CODE_FAILED,
                     "nothing has been stored in %s yet; fetch with: earshot crawl --once", folder);
        return false;
    }
    if (!store_open(folder, &options, &app->store, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return true;
}

bool app_open_snapshot(struct app *app, struct snapshot **snapshot, enum exit_code *code) {
    struct error error;
    if (!app_load_config(app, code) || !app_open_store(app, STORE_READ, code)) {
        return false;
    }
    if (!snapshot_open(app->store, snapshot, &error)) {
        *code = app_fail_error(app, &error);
        return false;
    }
    return true;
}

bool app_moment(const struct app *app, const char *text, int64_t *ms) {
    struct zone *zone = NULL;
    int64_t ago_ms = 0;
    if (!date_parse_since(span_of(text), app->now_ms, ms)) {
        return false;
    }
    bool day = !duration_parse(span_of(text), &ago_ms) && strchr(text, 'T') == NULL;
    if (day && zone_open(app->config->zone, &zone, NULL)) {
        struct date date = date_from_ms(*ms);
        *ms = zone_moment(zone, &date);
        zone_close(zone);
    }
    return true;
}

bool app_period(struct app *app, int64_t length_ms, struct period *period, enum exit_code *code) {
    const char *since = app_value(app, "since");
    const char *until = app_value(app, "until");
    if (!app_load_config(app, code)) {
        return false;
    }
    period->until_ms = app->now_ms;
    *code = EXIT_CODE_USAGE;
    if (until != NULL && !app_moment(app, until, &period->until_ms)) {
        app_fail(app, EXIT_CODE_USAGE, "--until %s is no time; it looks like 2026-11-21 or 7d",
                 until);
        return false;
    }
    period->since_ms = date_hour_start(period->until_ms) - length_ms;
    if (since != NULL && !app_moment(app, since, &period->since_ms)) {
        app_fail(app, EXIT_CODE_USAGE, "--since %s is no time; it looks like 2026-11-21 or 7d",
                 since);
        return false;
    }
    if (period->since_ms >= period->until_ms) {
        app_fail(app, EXIT_CODE_USAGE, "the period is empty: it begins at or after its end");
        return false;
    }
    *code = EXIT_CODE_OK;
    return true;
}

const struct config_brand *app_find_brand(struct app *app, struct span name) {
    for (size_t i = 0; i < app->config->brand_count; i++) {
        if (span_equal_nocase(app->config->brands[i].name, name)) {
            return &app->config->brands[i];
        }
    }
    app_fail(app, EXIT_CODE_USAGE, "there is no brand \"%.*s\" in %.*s", SPAN_ARG(name),
             SPAN_ARG(app->config->file));
    return NULL;
}

struct span app_doer(const struct app *app) {
    const char *given = app_value(app, "by");
    const struct passwd *self = getpwuid(getuid());
    return span_of(given != NULL ? given : self != NULL ? self->pw_name : "somebody");
}
