#include "app/options.h"

#include "base/suggest.h"

#include <langinfo.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COMMANDS_MAX 64 /* of those that a slip is compared with */

const struct app_option app_common_options[] = {
    {"config", 'c', "FILE", "configuration to use"},
    {"format", 'f', "FORMAT", "table, json, jsonl, csv, md or html"},
    {"color", 0, "WHEN", "auto, always or never"},
    {"now", 0, "TIME", "pretend that it is this moment (tests, demonstrations)"},
    {"log-level", 0, "LEVEL", "debug, info, warning or error"},
    {"log-format", 0, "FORM", "logfmt or json"},
    {"quiet", 'q', NULL, "no progress, no remarks"},
    {"help", 'h', NULL, "say what the command does"},
    {NULL, 0, NULL, NULL},
};

static const struct app_option *option_in(const struct app_option *options, struct span name,
                                          char letter) {
    for (; options != NULL && options->name != NULL; options++) {
        if ((letter != 0 && options->letter == letter) ||
            (letter == 0 && span_equal(span_of(options->name), name))) {
            return options;
        }
    }
    return NULL;
}

static const struct app_option *option_find(const struct app *app, struct span name, char letter) {
    const struct app_option *own =
        app->command == NULL ? NULL : option_in(app->command->options, name, letter);
    return own != NULL ? own : option_in(app_common_options, name, letter);
}

static size_t gather_options(const struct app_option *options, struct span *names, size_t count) {
    for (; options != NULL && options->name != NULL && count < APP_OPTIONS_MAX * 2; options++) {
        names[count++] = span_of(options->name);
    }
    return count;
}

static void complain_option(struct app *app, const char *argument, struct span name) {
    struct span names[APP_OPTIONS_MAX * 2];
    size_t count = gather_options(app_common_options, names, 0);
    count = gather_options(app->command == NULL ? NULL : app->command->options, names, count);
    struct span nearest = suggest_name(name, names, count);
    bool has = nearest.size > 0;
    app_fail(app, EXIT_CODE_USAGE, "unknown option \"%s\"%s%.*s%s; see: earshot %s --help",
             argument, has ? "; did you mean \"--" : "", SPAN_ARG(nearest), has ? "\"" : "",
             app->command == NULL ? "" : app->command->name);
}

static void give(struct app *app, const struct app_option *option, const char *value) {
    if (app->given_count < APP_OPTIONS_MAX) {
        app->given[app->given_count].name = option->name;
        app->given[app->given_count++].value = value;
    }
}

/* The arguments still to be looked at. */
struct arguments {
    char **list;
    size_t count;
    size_t at;
};

/* One argument that begins with "-": --name, --name=value, --name value, -x, -x value. */
static bool understand_option(struct app *app, struct arguments *arguments) {
    const char *argument = arguments->list[arguments->at++];
    bool is_long = argument[1] == '-';
    struct span name = span_of(argument + (is_long ? 2 : 1));
    size_t equals = is_long ? span_find_byte(name, '=') : SPAN_NOT_FOUND;
    const char *value = equals == SPAN_NOT_FOUND ? NULL : name.data + equals + 1;
    name = span_first(name, equals);
    const struct app_option *option = NULL;
    if (is_long || name.size == 1) {
        option = option_find(app, name, is_long ? 0 : name.data[0]);
    }
    if (option == NULL) {
        complain_option(app, argument, name);
        return false;
    }
    if (option->argument == NULL && value != NULL) {
        app_fail(app, EXIT_CODE_USAGE, "--%s takes no value", option->name);
        return false;
    }
    if (option->argument != NULL && value == NULL) {
        if (arguments->at == arguments->count) {
            app_fail(app, EXIT_CODE_USAGE, "--%s needs a value: --%s %s", option->name,
                     option->name, option->argument);
            return false;
        }
        value = arguments->list[arguments->at++];
    }
    give(app, option, value == NULL ? "" : value);
    return true;
}

/* The command named by the first word, or the first two. Takes these words off. */
static const struct app_command *find_command(struct arguments *arguments) {
    char name[128] = "";
    size_t used = 0;
    const struct app_command *found = NULL;
    size_t found_at = arguments->at;
    for (size_t words = 1; words <= 2 && arguments->at + words <= arguments->count; words++) {
        const char *word = arguments->list[arguments->at + words - 1];
        used +=
            (size_t)snprintf(name + used, sizeof name - used, "%s%s", words > 1 ? " " : "", word);
        if (used >= sizeof name) {
            break;
        }
        for (const struct app_command *row = app_commands; row->name != NULL; row++) {
            if (strcmp(row->name, name) == 0) {
                found = row;
                found_at = arguments->at + words;
            }
        }
    }
    arguments->at = found_at;
    return found;
}

static enum exit_code complain_command(struct app *app, const char *word) {
    struct span names[COMMANDS_MAX];
    size_t count = 0;
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        if (count < COMMANDS_MAX) {
            names[count++] = span_of(row->name);
        }
        if (strncmp(row->name, word, strlen(word)) == 0 && row->name[strlen(word)] == ' ') {
            return app_fail(app, EXIT_CODE_USAGE,
                            "\"%s\" needs a second word, such as \"earshot %s\"; see: earshot help",
                            word, row->name);
        }
    }
    struct span nearest = suggest_name(span_of(word), names, count);
    bool has = nearest.size > 0;
    return app_fail(app, EXIT_CODE_USAGE, "unknown command \"%s\"%s%.*s%s; see: earshot help", word,
                    has ? "; did you mean \"" : "", SPAN_ARG(nearest), has ? "\"" : "");
}

static bool locale_is_utf8(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int terminal_width(void) {
    const char *said = getenv("COLUMNS");
    int64_t columns = 0;
    if (said != NULL && span_to_int64(span_of(said), &columns) && columns >= 40 && columns < 1000) {
        return (int)columns;
    }
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) {
        return size.ws_col;
    }
    return 80;
}

static bool wants_colour(const struct app *app) {
    const char *when = app_value(app, "color");
    if (when != NULL && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    const char *terminal = getenv("TERM");
    const char *refused = getenv("NO_COLOR");
    return isatty(STDOUT_FILENO) == 1 && (refused == NULL || refused[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static bool understand_style(struct app *app) {
    const char *format = app_value(app, "format");
    const char *colour = app_value(app, "color");
    app->style.format = OUTPUT_TABLE;
    if (format != NULL && !output_format_parse(span_of(format), &app->style.format)) {
        app_fail(app, EXIT_CODE_USAGE,
                 "--format %s is unknown; it may be table, json, jsonl, csv, md or html", format);
        return false;
    }
    if (colour != NULL && strcmp(colour, "auto") != 0 && strcmp(colour, "always") != 0 &&
        strcmp(colour, "never") != 0) {
        app_fail(app, EXIT_CODE_USAGE, "--color %s is unknown; it may be auto, always or never",
                 colour);
        return false;
    }
    app->style.colour = wants_colour(app);
    app->style.unicode = locale_is_utf8();
    app->style.width = terminal_width();
    const char *terminal = getenv("TERM");
    app->progress = isatty(STDERR_FILENO) == 1 && !app_given(app, "quiet") && terminal != NULL &&
                    strcmp(terminal, "dumb") != 0;
    return true;
}

static bool understand_now(struct app *app) {
    const char *now = app_value(app, "now");
    int64_t moment = 0;
    if (now != NULL) {
        if (!date_parse(span_of(now), &moment)) {
            app_fail(app, EXIT_CODE_USAGE,
                     "--now %s is no time; it looks like 2026-11-21T09:00:00Z", now);
            return false;
        }
        app->clock.shift_ms = moment - clock_wall_ms(&system_clock);
    }
    app->now_ms = clock_wall_ms(&app->clock.clock);
    return true;
}

static bool understand_log(struct app *app) {
    static const char *const levels[] = {"debug", "info", "warning", "error"};
    const char *level = app_value(app, "log-level");
    const char *form = app_value(app, "log-format");
    enum log_level least = app->command->run == command_run ? LOG_INFO : LOG_SILENT;
    bool good = level == NULL;
    for (size_t i = 0; level != NULL && i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(levels[i], level) == 0) {
            least = (enum log_level)i;
            good = true;
        }
    }
    good = good && (form == NULL || strcmp(form, "json") == 0 || strcmp(form, "logfmt") == 0);
    if (!good) {
        app_fail(app, EXIT_CODE_USAGE,
                 "--log-level is debug, info, warning or error; --log-format is logfmt or json");
        return false;
    }
    bool json = form != NULL && strcmp(form, "json") == 0;
    app->log = log_create(stderr, json ? LOG_JSON : LOG_LOGFMT, least, &app->clock.clock);
    return true;
}

static bool understand_words(struct app *app, struct arguments *arguments) {
    struct span *words = ARENA_ARRAY(app->arena, struct span, arguments->count + 1);
    bool only_words = false;
    while (arguments->at < arguments->count) {
        const char *argument = arguments->list[arguments->at];
        if (!only_words && strcmp(argument, "--") == 0) {
            only_words = true;
            arguments->at++;
        } else if (!only_words && argument[0] == '-' && argument[1] != '\0') {
            if (!understand_option(app, arguments)) {
                return false;
            }
        } else {
            words[app->word_count++] = span_of(argument);
            arguments->at++;
        }
    }
    app->words = words;
    return true;
}

static bool check_words(struct app *app) {
    const struct app_command *command = app->command;
    if (app->word_count < command->words_least || app->word_count > command->words_most) {
        app_fail(app, EXIT_CODE_USAGE, "usage: earshot %s%s%s; see: earshot %s --help",
                 command->name, command->arguments[0] == '\0' ? "" : " ", command->arguments,
                 command->name);
        return false;
    }
    return true;
}

bool options_understand(int argument_count, char **list, struct app *app, enum exit_code *code) {
    *app = (struct app){.arena = arena_create(), .clock = shifted_clock_make(0)};
    buffer_init(&app->out, LIMIT_DOCUMENT);
    struct arguments arguments = {list, (size_t)argument_count, 1};
    *code = EXIT_CODE_USAGE;
    /* Options may stand before the command: they are the common ones then. */
    while (arguments.at < arguments.count && arguments.list[arguments.at][0] == '-') {
        if (strcmp(arguments.list[arguments.at], "--version") == 0) {
            buffer_print(&app->out, "earshot %s\n", EARSHOT_VERSION);
            *code = EXIT_CODE_OK;
            return false;
        }
        if (!understand_option(app, &arguments)) {
            return false;
        }
    }
    if (arguments.at == arguments.count) {
        help_print_overview(&app->out);
        *code = app_given(app, "help") ? EXIT_CODE_OK : EXIT_CODE_USAGE;
        return false;
    }
    const char *word = arguments.list[arguments.at];
    app->command = find_command(&arguments);
    if (app->command == NULL) {
        complain_command(app, word);
        return false;
    }
    if (!understand_words(app, &arguments)) {
        return false;
    }
    if (app_given(app, "help")) {
        help_print_command(&app->out, app->command);
        *code = EXIT_CODE_OK;
        return false;
    }
    return check_words(app) && understand_style(app) && understand_now(app) && understand_log(app);
}

void options_done(struct app *app) {
    if (app->store != NULL) {
        store_close(app->store);
    }
    config_free(app->config);
    log_free(app->log);
    buffer_done(&app->out);
    arena_free(app->arena);
}
