/* `earshot init` and `earshot config ...`. */
#include "app/app.h"
#include "app/tasks.h"
#include "base/file.h"
#include "parsers/parsers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Creates the folders of a path, as `mkdir -p` does. */
static bool make_folders(const char *path, struct error *error) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *at = folder + 1; *at != '\0'; at++) {
        if (*at != '/') {
            continue;
        }
        *at = '\0';
        if (mkdir(folder, 0755) != 0 && errno != EEXIST) {
            return error_set_errno(error, errno, "%s", folder);
        }
        *at = '/';
    }
    return true;
}

static bool write_new_file(const char *path, struct span text, struct error *error) {
    return make_folders(path, error) &&
           (file_create(path, text, error) || error_add_context(error, "%s", path));
}

/* "--brand-competitor A --brand-competitor B" and "A,B" both name two. */
static size_t gather_competitors(struct app *app, struct span *competitors, size_t most) {
    size_t count = 0;
    for (size_t i = 0; i < app->given_count; i++) {
        if (strcmp(app->given[i].name, "brand-competitor") != 0) {
            continue;
        }
        struct span rest = span_of(app->given[i].value);
        struct span part;
        while (count < most && span_split(&rest, ',', &part)) {
            part = span_trim(part);
            if (part.size > 0) {
                competitors[count++] = part;
            }
        }
    }
    return count;
}

enum exit_code command_init(struct app *app) {
    const char *brand = app_value(app, "brand");
    if (brand == NULL || span_trim(span_of(brand)).size == 0) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "which brand? For example: earshot init --brand \"Acme\" "
                        "--brand-competitor \"Globex\"");
    }
    struct span competitors[APP_OPTIONS_MAX];
    size_t count = gather_competitors(app, competitors, APP_OPTIONS_MAX);
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    config_print_example(&text, span_trim(span_of(brand)), competitors, count);
    bool exists = false;
    const char *given = app_value(app, "config");
    struct span path = given != NULL ? span_of(given) : config_default_path(app->arena, &exists);
    if (given != NULL && strcmp(given, "-") == 0) {
        buffer_append(&app->out, buffer_span(&text));
        buffer_done(&text);
        return EXIT_CODE_OK;
    }
    struct error error;
    bool written = write_new_file(arena_copy_string(app->arena, path), buffer_span(&text), &error);
    buffer_done(&text);
    if (!written && error.code == EEXIST) {
        return app_fail(app, EXIT_CODE_FAILED,
                        "%.*s exists already; edit it, or give another place with --config",
                        SPAN_ARG(path));
    }
    if (!written) {
        return app_fail_error(app, &error);
    }
    const char *option = given != NULL ? " --config " : "";
    app_say(app,
            "wrote %.*s\n"
            "next:  earshot config check%s%s\n"
            "       earshot crawl --once%s%s\n"
            "       earshot report%s%s",
            SPAN_ARG(path), option, given != NULL ? given : "", option, given != NULL ? given : "",
            option, given != NULL ? given : "");
    return EXIT_CODE_OK;
}

enum exit_code command_config_check(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    if (!app_load_config(app, &code)) {
        return code;
    }
    struct error error;
    struct assessor *assessor = NULL;
    struct tasks tasks;
    bool good = assessor_create(app->config, app->now_ms, &assessor, &error) &&
                tasks_create(app->config, assessor, app->arena, &tasks, &error);
    assessor_free(assessor);
    if (!good) {
        return app_fail_error(app, &error);
    }
    buffer_print(&app->out, "%.*s: fine: %zu brands, %zu sources, %zu polls\n",
                 SPAN_ARG(app->config->file), app->config->brand_count, app->config->source_count,
                 tasks.count);
    return EXIT_CODE_OK;
}

enum exit_code command_config_show(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    if (app_load_config(app, &code)) {
        config_print(&app->out, app->config);
    }
    return code;
}

static enum config_help help_form(const struct app *app) {
    return app->style.format == OUTPUT_MARKDOWN ? CONFIG_HELP_MARKDOWN : CONFIG_HELP_PLAIN;
}

enum exit_code command_config_survey_map(struct app *app) {
    survey_map_print_options(&app->out, help_form(app));
    return EXIT_CODE_OK;
}

enum exit_code command_config_options(struct app *app) {
    config_print_options(&app->out, help_form(app));
    return EXIT_CODE_OK;
}
