/* Help: everything that can be said from the tables of app/commands.c and base/config.c. */
#include "app/app.h"

static size_t command_width(void) {
    size_t width = 0;
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        size_t size = strlen(row->name) + 1 + strlen(row->arguments);
        width = size > width ? size : width;
    }
    return width;
}

void help_print_overview(struct buffer *out) {
    size_t width = command_width();
    buffer_append_string(out,
                         "earshot " EARSHOT_VERSION
                         " listens to what people say about brands, and tells the people who must "
                         "know.\n\n"
                         "Begin with:\n"
                         "  earshot init --brand \"Acme\" --brand-competitor \"Globex\"\n"
                         "  earshot crawl --once\n"
                         "  earshot report\n\n"
                         "Commands:\n");
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        buffer_print(out, "  %s %-*s  %s\n", row->name, (int)(width - strlen(row->name) - 1),
                     row->arguments, row->summary);
    }
    buffer_append_string(out, "\nearshot COMMAND --help says more.\n");
}

static void print_options(struct buffer *out, const struct app_option *options) {
    for (; options != NULL && options->name != NULL; options++) {
        char shown[64];
        snprintf(shown, sizeof shown, "--%s%s%s", options->name,
                 options->argument != NULL ? " " : "",
                 options->argument != NULL ? options->argument : "");
        if (options->letter != 0) {
            buffer_print(out, "  -%c, %-24s  %s\n", options->letter, shown, options->help);
        } else {
            buffer_print(out, "      %-24s  %s\n", shown, options->help);
        }
    }
}

/* Fills paragraphs to 78 columns; indented lines (examples) stay as they are. */
static void print_filled(struct buffer *out, struct span text) {
    struct span line;
    struct span rest = text;
    while (span_split(&rest, '\n', &line)) {
        size_t column = 0;
        struct span words = line;
        struct span word;
        if (span_starts_with(line, SPAN("    "))) {
            buffer_append(out, span_from(line, 2));
            buffer_append_byte(out, '\n');
            continue;
        }
        while (span_split(&words, ' ', &word)) {
            if (column > 0 && column + 1 + word.size > 78) {
                buffer_append_byte(out, '\n');
                column = 0;
            }
            if (column > 0) {
                buffer_append_byte(out, ' ');
                column++;
            }
            buffer_append(out, word);
            column += word.size;
        }
        buffer_append_byte(out, '\n');
    }
}

void help_print_command(struct buffer *out, const struct app_command *command) {
    buffer_print(out, "earshot %s%s%s: %s\n\n", command->name,
                 command->arguments[0] == '\0' ? "" : " ", command->arguments, command->summary);
    print_filled(out, span_of(command->help));
    if (command->options != NULL) {
        buffer_append_string(out, "\nOptions:\n");
        print_options(out, command->options);
    }
    buffer_append_string(out, "\nCommon options:\n");
    print_options(out, app_common_options);
    buffer_append_string(out,
                         "\nExit codes: 0 fine, 1 failed, 2 usage or configuration, 3 partial, "
                         "4 threshold hit.\n");
}

/* --- The manual page (mdoc, see mdoc(7)) ------------------------------------------------------ */

/* Text for mdoc: backslashes, and dots or quotes at the start of a line, mean something there; a new
 * sentence begins a new line, so that its space is as wide as it should be. */
static void print_mdoc(struct buffer *out, struct span text) {
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        bool starts_line = i == 0 || text.data[i - 1] == '\n';
        if (starts_line && (c == '.' || c == '\'')) {
            buffer_append_string(out, "\\&");
        }
        bool ends_sentence =
            i > 1 && c == ' ' && text.data[i - 1] == '.' && text.data[i - 2] != '.';
        if (ends_sentence) {
            buffer_append_byte(out, '\n');
        } else if (c == '\\') {
            buffer_append_string(out, "\\e");
        } else if (c == '"') {
            buffer_append_string(out, "\\(dq");
        } else {
            buffer_append_byte(out, c);
        }
    }
}

static void print_mdoc_options(struct buffer *out, const struct app_option *options) {
    if (options == NULL) {
        return;
    }
    buffer_append_string(out, ".Bl -tag -width Ds\n");
    for (; options->name != NULL; options++) {
        buffer_append_string(out, ".It ");
        if (options->letter != 0) {
            buffer_print(out, "Fl %c , ", options->letter);
        }
        buffer_print(out, "Fl -%s", options->name);
        if (options->argument != NULL) {
            buffer_print(out, " Ar %s", options->argument);
        }
        buffer_append_byte(out, '\n');
        print_mdoc(out, span_of(options->help));
        buffer_append_string(out, ".\n");
    }
    buffer_append_string(out, ".El\n");
}

/* Paragraphs, and the indented examples between them. */
static void print_mdoc_help(struct buffer *out, struct span text) {
    struct span rest = text;
    struct span line;
    bool example = false;
    while (span_split(&rest, '\n', &line)) {
        bool indented = span_starts_with(line, SPAN("    "));
        if (indented != example) {
            buffer_append_string(out, indented ? ".Bd -literal -offset indent\n" : ".Ed\n");
            example = indented;
        }
        if (line.size > 0) {
            print_mdoc(out, span_from(line, indented ? 4 : 0));
            buffer_append_byte(out, '\n');
        }
    }
    buffer_append_string(out, example ? ".Ed\n" : "");
}

void help_print_manual(struct buffer *out) {
    buffer_append_string(
        out, ".Dd November 21, 2026\n.Dt EARSHOT 1\n.Os\n.Sh NAME\n.Nm earshot\n"
             ".Nd listen to what people say about brands\n"
             ".Sh SYNOPSIS\n.Nm\n.Ar command\n.Op Ar options\n"
             ".Sh DESCRIPTION\n"
             "Polls review sites, social networks, forums, news and feeds, finds the mentions of "
             "brands,\nscores each of them and keeps them with their time series; reports, raises "
             "alerts,\nsends mail and serves feeds.\n"
             ".Sh COMMANDS\n");
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        buffer_print(out, ".Ss %s", row->name);
        buffer_print(out, "%s%s\n", row->arguments[0] == '\0' ? "" : " ", row->arguments);
        print_mdoc_help(out, span_of(row->help));
        print_mdoc_options(out, row->options);
    }
    buffer_append_string(out, ".Sh OPTIONS\nThese work with every command:\n");
    print_mdoc_options(out, app_common_options);
    buffer_append_string(out, ".Sh CONFIGURATION\nOne YAML file.\n");
    config_print_options(out, CONFIG_HELP_MDOC);
    buffer_append_string(
        out, ".Sh FILES\n"
             "The configuration is looked for in\n.Ev EARSHOT_CONFIG ,\n"
             ".Pa $XDG_CONFIG_HOME/earshot/earshot.yaml ,\n"
             ".Pa ~/.config/earshot/earshot.yaml\nand\n.Pa /etc/earshot/earshot.yaml .\n"
             "Own recipes lie in the folder\n.Pa recipes\nbeside it.\n"
             ".Sh EXIT STATUS\n"
             "0: fine; 1: failed; 2: usage or configuration; 3: partial, some sources failed;\n"
             "4: a threshold was hit; 130: interrupted.\n");
}

static void print_markdown(struct buffer *out) {
    buffer_append_string(out, "| command | what it does |\n|---|---|\n");
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        buffer_print(out, "| `earshot %s%s%s` | %s |\n", row->name,
                     row->arguments[0] == '\0' ? "" : " ", row->arguments, row->summary);
    }
}

enum exit_code command_help(struct app *app) {
    if (app->word_count == 0) {
        if (app->style.format == OUTPUT_MARKDOWN) {
            print_markdown(&app->out);
        } else {
            help_print_overview(&app->out);
        }
        return EXIT_CODE_OK;
    }
    struct span name = arena_join(app->arena, app->words, app->word_count, " ");
    if (span_equal(name, SPAN("manual"))) {
        help_print_manual(&app->out);
        return EXIT_CODE_OK;
    }
    for (const struct app_command *row = app_commands; row->name != NULL; row++) {
        if (span_equal(span_of(row->name), name)) {
            help_print_command(&app->out, row);
            return EXIT_CODE_OK;
        }
    }
    return app_fail(app, EXIT_CODE_USAGE, "there is no command \"%.*s\"; see: earshot help",
                    SPAN_ARG(name));
}
