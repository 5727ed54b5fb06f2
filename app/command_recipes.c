/* `earshot source recipes`: what can be polled, what it needs and what it asks of us; and what may
 * not be polled, with the way round. */
#include "app/app.h"
#include "app/tasks.h"

#include "base/print.h"

/* What a source must give: a URL, a key, parameters without default. */
static struct span recipe_needs(const struct recipe_info *info, struct arena *arena) {
    struct span *needs = ARENA_ARRAY(arena, struct span, info->param_count + 2);
    size_t count = 0;
    if (info->needs_url) {
        needs[count++] = SPAN("url");
    }
    if (info->needs_key) {
        needs[count++] = SPAN("key");
    }
    for (size_t i = 0; i < info->param_count; i++) {
        if (info->params[i].default_value.data == NULL) {
            needs[count++] = info->params[i].name;
        }
    }
    return count == 0 ? SPAN("nothing") : arena_join(arena, needs, count, ", ");
}

/* --- The lists -------------------------------------------------------------------------------- */

static void print_row(struct app *app, const struct recipe_info *info) {
    struct buffer *out = &app->out;
    const char *channel = channel_name(info->channel);
    bool refused = info->refused.size > 0;
    if (app->style.format != OUTPUT_MARKDOWN) {
        struct span needs = refused ? SPAN("-") : recipe_needs(info, app->arena);
        buffer_print(out, "%-20.*s %-8s %-42.*s %.*s\n", SPAN_ARG(info->name), channel,
                     SPAN_ARG(info->title), SPAN_ARG(needs));
    } else if (refused) {
        buffer_print(out, "| `%.*s` | [%.*s](%.*s) | %s | %.*s |\n", SPAN_ARG(info->name),
                     SPAN_ARG(info->title), SPAN_ARG(info->terms), info->reads ? "yes" : "no",
                     SPAN_ARG(info->refused));
    } else {
        struct span needs = recipe_needs(info, app->arena);
        buffer_print(out, "| `%.*s` | %.*s | %s | %.*s | %.*s |\n", SPAN_ARG(info->name),
                     SPAN_ARG(info->title), channel, SPAN_ARG(needs), SPAN_ARG(info->limits));
    }
}

static void print_head(struct app *app, bool refused) {
    struct buffer *out = &app->out;
    if (app->style.format == OUTPUT_MARKDOWN) {
        buffer_append_string(
            out, refused
                     ? "\nMay not be polled; the way round:\n\n"
                       "| recipe | site and its terms | reads saved pages | why, and what to do "
                       "instead |\n|---|---|---|---|\n"
                     : "| recipe | source | channel | needs | limits |\n|---|---|---|---|---|\n");
    } else {
        buffer_append_string(out, refused ? "\nMay not be polled; why, and the way round: earshot "
                                            "source recipes NAME\n"
                                          : "RECIPE               CHANNEL  SOURCE                  "
                                            "                   NEEDS\n");
    }
}

static bool print_list(struct app *app, bool refused, struct error *error) {
    size_t count = 0;
    const struct span *names = recipe_builtin_names(app->arena, &count);
    print_head(app, refused);
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        if (!recipe_builtin(names[i], app->arena, &recipe, error)) {
            return false;
        }
        if ((recipe_info(recipe)->refused.size > 0) == refused) {
            print_row(app, recipe_info(recipe));
        }
    }
    return true;
}

/* --- One of them ------------------------------------------------------------------------------ */

static void print_fact(struct buffer *out, const char *name, struct span text) {
    if (text.size > 0) {
        buffer_print(out, "%-10s ", name);
        print_plain(out, text, false);
        buffer_append_string(out, "\n");
    }
}

static void print_params(struct buffer *out, const struct recipe_info *info) {
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        buffer_print(out, "  %-12.*s ", SPAN_ARG(param->name));
        print_plain(out, param->help, false);
        if (param->default_value.data == NULL) {
            buffer_append_string(out, " (must be given)");
        } else if (param->default_value.size > 0) {
            buffer_append_string(out, " (default ");
            print_plain(out, param->default_value, false);
            buffer_append_string(out, ")");
        }
        buffer_append_string(out, "\n");
    }
}

static struct span retention_of(const struct recipe_info *info, struct arena *arena) {
    char text[DATE_TEXT_SIZE];
    return info->keep_ms == 0
               ? info->retention
               : arena_print(arena, "%.*s; kept for %s, less where `retain:` says so",
                             SPAN_ARG(info->retention), duration_print(info->keep_ms, text));
}

static void print_recipe(struct app *app, const struct recipe_info *info) {
    struct buffer *out = &app->out;
    char interval[DATE_TEXT_SIZE];
    print_fact(out, "recipe", info->name);
    print_fact(out, "source", info->title);
    print_fact(out, "channel", span_of(channel_name(info->channel)));
    print_fact(out, "refused", info->refused);
    print_fact(out, "terms", info->terms);
    print_fact(out, "limits", info->limits);
    print_fact(out, "gives", info->gives);
    print_fact(out, "retention", retention_of(info, app->arena));
    print_fact(out, "deletion", info->deletion);
    if (info->refused.size > 0) {
        struct span how =
            arena_print(app->arena, "earshot import PAGE.html --recipe %.*s", SPAN_ARG(info->name));
        print_fact(out, "saved page", info->reads ? how : SPAN("is not read"));
        return;
    }
    print_fact(out, "asked",
               info->hooks != 0 ? SPAN("not at all: it is delivered to /hook/NAME of earshot run")
               : info->needs_query ? SPAN("per brand, with its query")
                                   : SPAN("once for all brands"));
    if (info->interval_ms > 0 && info->hooks == 0) {
        print_fact(out, "interval", span_of(duration_print(info->interval_ms, interval)));
    }
    print_fact(out, "needs", recipe_needs(info, app->arena));
    if (info->param_count > 0) {
        buffer_append_string(out, "params\n");
        print_params(out, info);
    }
}

enum exit_code command_source_recipes(struct app *app) {
    struct error error;
    const struct recipe *recipe = NULL;
    if (app->word_count > 0) {
        if (!task_recipe(app->config, app->words[0], app->arena, &recipe, &error)) {
            return app_fail_error(app, &error);
        }
        print_recipe(app, recipe_info(recipe));
        return EXIT_CODE_OK;
    }
    bool printed = print_list(app, false, &error) && print_list(app, true, &error);
    return printed ? EXIT_CODE_OK : app_fail_error(app, &error);
}
