/* `earshot mention`: one mention in full, and what people do about it. */
#include "app/app.h"
#include "app/assessor.h"

/* The numbers in front; whether "set" ends them. */
struct chosen {
    uint64_t *list;
    size_t count;
    bool set;
};

static bool understand_ids(struct app *app, struct chosen *chosen) {
    *chosen = (struct chosen){.list = ARENA_ARRAY(app->arena, uint64_t, app->word_count)};
    for (size_t i = 0; i < app->word_count; i++) {
        struct span word = app->words[i];
        int64_t number = 0;
        bool last = i + 1 == app->word_count;
        word = span_starts_with(word, SPAN("#")) ? span_from(word, 1) : word;
        if (last && i > 0 && span_equal(word, SPAN("set"))) {
            chosen->set = true;
        } else if (span_to_int64(word, &number) && number > 0) {
            chosen->list[chosen->count++] = (uint64_t)number;
        } else {
            app_fail(app, EXIT_CODE_USAGE,
                     "\"%.*s\" is no number of a mention; `earshot query` shows them behind #",
                     SPAN_ARG(word));
            return false;
        }
    }
    return true;
}

/* --- Doing ------------------------------------------------------------------------------------ */

/* The values of an option that may be given several times. */
static const struct span *values_of(struct app *app, const char *option, size_t *count) {
    struct span *list = ARENA_ARRAY(app->arena, struct span, app->given_count);
    *count = 0;
    for (size_t i = 0; i < app->given_count; i++) {
        if (strcmp(app->given[i].name, option) == 0) {
            list[(*count)++] = span_of(app->given[i].value);
        }
    }
    return list;
}

static bool understand_status(struct app *app, struct work_edit *edit) {
    const char *status = app_value(app, "status");
    const char *answered = app_value(app, "answered");
    edit->sets_status = status != NULL || answered != NULL;
    edit->status = WORK_ANSWERED;
    if (status != NULL && !work_status_parse(span_of(status), &edit->status)) {
        app_fail(app, EXIT_CODE_USAGE, "--status is none, open, answered or closed");
        return false;
    }
    if (answered != NULL && edit->status != WORK_ANSWERED) {
        app_fail(app, EXIT_CODE_USAGE, "--answered goes with --status answered");
        return false;
    }
    if (answered != NULL && !date_parse_since(span_of(answered), app->now_ms, &edit->answered_ms)) {
        app_fail(app, EXIT_CODE_USAGE,
                 "--answered %s is no time; it looks like 2026-11-21T09:00:00Z or 2h", answered);
        return false;
    }
    return true;
}

/* "negative/Acme": the brand's name may hold further slashes. */
static bool understand_ruling(struct app *app, struct span text, struct work_ruling *ruling) {
    size_t slash = span_find_byte(text, '/');
    struct span label = span_first(text, slash);
    *ruling = (struct work_ruling){.brand = slash == SPAN_NOT_FOUND ? SPAN("")
                                                                    : span_from(text, slash + 1)};
    ruling->withdrawn = span_equal_nocase(label, SPAN("machine"));
    bool known = label_parse(label, &ruling->label) && ruling->label != LABEL_UNSURE;
    if (!known && !ruling->withdrawn) {
        app_fail(app, EXIT_CODE_USAGE,
                 "--sentiment %.*s: it is positive, neutral or negative, or machine to take back "
                 "what was said; with /BRAND towards that brand only",
                 SPAN_ARG(text));
    }
    return known || ruling->withdrawn;
}

static bool understand_rulings(struct app *app, struct work_edit *edit) {
    size_t count = 0;
    const struct span *values = values_of(app, "sentiment", &count);
    struct work_ruling *rulings = ARENA_ARRAY(app->arena, struct work_ruling, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (!understand_ruling(app, values[i], &rulings[i])) {
            return false;
        }
    }
    if (app_given(app, "confirm")) {
        rulings[count++] = (struct work_ruling){.own = true};
    }
    edit->rulings = rulings;
    edit->ruling_count = count;
    return true;
}

static bool understand_edit(struct app *app, struct work_edit *edit) {
    const char *assigned = app_value(app, "assign");
    *edit = (struct work_edit){
        .who = app_doer(app),
        .now_ms = app->now_ms,
        .answered_ms = DATE_NONE,
        .assigns = assigned != NULL,
        .assigned = span_of(assigned),
        .note = span_of(app_value(app, "note")),
    };
    edit->tags = values_of(app, "tag", &edit->tag_count);
    edit->untags = values_of(app, "untag", &edit->untag_count);
    if (!understand_status(app, edit) || !understand_rulings(app, edit)) {
        return false;
    }
    bool wanted = edit->sets_status || edit->assigns || edit->tag_count > 0 ||
                  edit->untag_count > 0 || edit->ruling_count > 0 || edit->note.size > 0;
    if (!wanted) {
        app_fail(app, EXIT_CODE_USAGE,
                 "say what to do: --status, --assign, --tag, --untag, --sentiment, --confirm or "
                 "--note");
    }
    return wanted;
}

static enum exit_code set(struct app *app, const struct chosen *chosen) {
    enum exit_code code = EXIT_CODE_OK;
    struct work_edit edit;
    struct error error;
    size_t changed_count = 0;
    if (!understand_edit(app, &edit)) {
        return EXIT_CODE_USAGE;
    }
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_EDIT, &code)) {
        return code;
    }
    for (size_t i = 0; i < chosen->count; i++) {
        bool changed = false;
        if (!store_edit(app->store, chosen->list[i], &edit, &changed, &error)) {
            code = app_fail_error(app, &error);
        }
        changed_count += changed;
    }
    app_say(app, "%zu of %zu mention%s changed", changed_count, chosen->count,
            chosen->count == 1 ? "" : "s");
    return code;
}

/* --- Showing ---------------------------------------------------------------------------------- */

static enum exit_code show_one(struct app *app, const struct snapshot *snapshot,
                               const struct assessor *assessor, uint64_t sequence) {
    struct mention mention;
    struct sentiment_request scored;
    struct sentiment_result result;
    if (!snapshot_mention(snapshot, sequence, app->arena, &mention)) {
        return app_fail(app, EXIT_CODE_FAILED, "there is no mention %llu, or it was emptied",
                        (unsigned long long)sequence);
    }
    struct dossier_request request = {.mention = &mention};
    if (mention.kept == KEPT_WHOLE) { /* what is left of the others would be scored otherwise */
        assessor_explain(assessor, &mention, app->arena, &scored, &result);
        request.scored = &scored;
        request.result = &result;
    }
    dossier_print(&app->out, snapshot, &request, &app->style);
    return EXIT_CODE_OK;
}

static enum exit_code show(struct app *app, const struct chosen *chosen) {
    struct snapshot *snapshot = NULL;
    struct assessor *assessor = NULL;
    enum exit_code code = EXIT_CODE_OK;
    struct error error;
    if (app->style.format > OUTPUT_JSONL) {
        return app_fail(app, EXIT_CODE_USAGE, "a mention is shown as table, json or jsonl");
    }
    if (!app_open_snapshot(app, &snapshot, &code)) {
        return code;
    }
    if (!assessor_create(app->config, app->now_ms, &assessor, &error)) {
        snapshot_close(snapshot);
        return app_fail_error(app, &error);
    }
    for (size_t i = 0; i < chosen->count; i++) {
        bool between = i > 0 && app->style.format == OUTPUT_TABLE;
        buffer_append_string(&app->out, between ? "\n" : "");
        enum exit_code one = show_one(app, snapshot, assessor, chosen->list[i]);
        code = one != EXIT_CODE_OK ? one : code;
    }
    assessor_free(assessor);
    snapshot_close(snapshot);
    return code;
}

static bool gives_change(const struct app *app) {
    for (size_t i = 0; i < app->given_count; i++) {
        for (const struct app_option *row = app->command->options; row->name != NULL; row++) {
            if (strcmp(app->given[i].name, row->name) == 0) {
                return true;
            }
        }
    }
    return false;
}

enum exit_code command_mention(struct app *app) {
    struct chosen chosen;
    if (!understand_ids(app, &chosen)) {
        return EXIT_CODE_USAGE;
    }
    if (!chosen.set && gives_change(app)) {
        return app_fail(app, EXIT_CODE_USAGE,
                        "to change something, say so: earshot mention %llu set ...",
                        (unsigned long long)chosen.list[0]);
    }
    return chosen.set ? set(app, &chosen) : show(app, &chosen);
}
