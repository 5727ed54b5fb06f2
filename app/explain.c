#include "app/explain.h"

#include "base/print.h"

static void put_line(struct buffer *out, const char *name, struct span text) {
    buffer_print(out, "  %-10s", name);
    print_plain(out, text, false);
    buffer_append_string(out, "\n");
}

static void explain_query(struct app *app, const struct query *query, enum query_dialect dialect) {
    struct buffer text;
    size_t count = 0;
    const struct span *searches = query_compile(query, dialect, app->arena, &count);
    buffer_init(&text, LIMIT_QUERY * 2);
    query_print(&text, query);
    put_line(&app->out, "query", buffer_span(&text));
    buffer_done(&text);
    for (size_t i = 0; i < count; i++) {
        put_line(&app->out, "asks for", searches[i]);
    }
    if (count == 0) {
        put_line(&app->out, "asks for", SPAN("nothing: there is no whole word to search for"));
    }
    const struct query_remainder *rest = query_remainders(query, dialect, app->arena, &count);
    for (size_t i = 0; i < count; i++) {
        put_line(&app->out, "checks",
                 arena_print(app->arena, "%.*s  (%s)", SPAN_ARG(rest[i].clause), rest[i].why));
    }
    if (count == 0) {
        put_line(&app->out, "checks", SPAN("nothing more than the site does"));
    }
}

static void explain_brand(struct app *app, const struct assessor *assessor, size_t brand,
                          enum query_dialect dialect) {
    print_plain(&app->out, assessor_brand_names(assessor)[brand], false);
    buffer_append_string(&app->out, "\n");
    explain_query(app, assessor_query(assessor, brand), dialect);
}

static void explain_brands(struct app *app, const struct assessor *assessor,
                           const struct task *task) {
    const struct config_list *only = &task->config->brands;
    size_t count = only->count > 0 ? only->count : assessor_brand_count(assessor);
    for (size_t i = 0; i < count; i++) {
        size_t brand = only->count > 0 ? assessor_brand(assessor, only->list[i]) : i;
        explain_brand(app, assessor, brand, task->info->dialect);
    }
}

bool source_explain(struct app *app, const struct assessor *assessor, const struct task *task,
                    struct error *error) {
    const struct query *query = NULL;
    const struct recipe_info *info = task->info;
    if (!info->needs_query) {
        buffer_print(&app->out, "%.*s has no search: all it lists is fetched, and matched here\n",
                     SPAN_ARG(info->name));
        return true;
    }
    buffer_print(&app->out, "%.*s is searched in the dialect \"%s\"\n", SPAN_ARG(info->name),
                 query_dialect_name(info->dialect));
    if (task->brand != TASK_ALL_BRANDS) {
        explain_brands(app, assessor, task);
        return true;
    }
    if (!app_given(app, "query")) {
        return error_set(error, ERROR_USAGE, "say --query, or configure it as a source");
    }
    if (!query_parse(span_of(app_value(app, "query")), app->now_ms, app->arena, &query, error)) {
        return false;
    }
    explain_query(app, query, info->dialect);
    return true;
}
