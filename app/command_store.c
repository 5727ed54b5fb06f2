/* `earshot store ...`: how the store is, whether it is right, and what is in it as JSON lines. */
#include "app/app.h"

#include "base/json_writer.h"

enum exit_code command_store_stats(struct app *app) {
    struct store_statistics sum;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_READ, &code)) {
        return code;
    }
    if (!store_statistics(app->store, &sum, &error)) {
        return app_fail_error(app, &error);
    }
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"mentions", sum.mentions},
        {"unmatched", sum.unmatched},
        {"tombstones", sum.tombstones},
        {"stories", sum.clusters},
        {"first_sequence", sum.first_sequence},
        {"last_sequence", sum.last_sequence},
        {"bytes_used", sum.bytes_used},
        {"bytes_file", sum.bytes_file},
        {"bytes_map", sum.bytes_map},
        {"schema", sum.schema},
        {"readers", sum.readers},
    };
    bool json = app->style.format == OUTPUT_JSON || app->style.format == OUTPUT_JSONL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_print(&app->out, json ? "%s\"%s\":%llu" : "%s%-16s %llu\n",
                     !json ? "" : (i == 0 ? "{" : ","), rows[i].name,
                     (unsigned long long)rows[i].value);
    }
    buffer_append_string(&app->out, json ? "}\n" : "");
    return EXIT_CODE_OK;
}

enum exit_code command_store_verify(struct app *app) {
    struct error error;
    uint64_t mentions = 0;
    enum exit_code code = EXIT_CODE_OK;
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_READ, &code)) {
        return code;
    }
    if (!store_verify(app->store, &mentions, &error)) {
        return app_fail_error(app, &error);
    }
    buffer_print(&app->out, "%llu mentions recounted; series, timeline and identities agree\n",
                 (unsigned long long)mentions);
    return EXIT_CODE_OK;
}

/* --- Export ----------------------------------------------------------------------------------- */

static void put_score(struct json_writer *json, const struct score *score) {
    json_put_real(json, "score", score->value);
    json_put_real(json, "confidence", score->confidence);
    json_put_string(json, "label", label_name(score->label));
}

static void put_time(struct json_writer *json, const char *key, int64_t ms) {
    if (ms != DATE_NONE) {
        json_put_time(json, key, ms);
    }
}

static void put_count(struct json_writer *json, const char *key, int64_t count) {
    if (count != COUNT_NONE) {
        json_put_int(json, key, count);
    }
}

static void put_item(struct json_writer *json, const struct item *item) {
    json_put_text_if(json, "id", item->id);
    json_put_text_if(json, "url", item->url);
    json_put_text_if(json, "title", item->title);
    json_put_text_if(json, "text", item->text);
    json_put_text_if(json, "author", item->author);
    json_put_text_if(json, "author_id", item->author_id);
    json_put_text_if(json, "country", item->country);
    json_put_text_if(json, "parent", item->parent);
    json_put_text_if(json, "site", item->site);
    put_time(json, "published", item->published_ms);
    put_time(json, "updated", item->updated_ms);
    if (item->rating >= 0) {
        json_put_real(json, "rating", item->rating);
    }
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (item->answers[i] >= 0) {
            json_put_real(json, survey_scales[i].name, item->answers[i]);
        }
    }
    put_count(json, "likes", item->engagement.likes);
    put_count(json, "replies", item->engagement.replies);
    put_count(json, "shares", item->engagement.shares);
    put_count(json, "views", item->engagement.views);
    put_count(json, "followers", item->engagement.followers);
}

static void put_brands(struct json_writer *json, const struct mention *mention) {
    json_array_begin(json, "brands");
    for (size_t i = 0; i < mention->brand_count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", mention->brands[i].name);
        put_score(json, &mention->brands[i].score);
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_topics(struct json_writer *json, const struct mention *mention) {
    json_array_begin(json, "topics");
    for (size_t i = 0; i < mention->topic_count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", mention->topics[i].name);
        put_score(json, &mention->topics[i].score);
        json_object_end(json);
    }
    json_array_end(json);
}

void app_print_mention(struct app *app, const struct mention *mention) {
    struct buffer *out = &app->out;
    struct json_writer json = json_writer_make(out, false);
    json_object_begin(&json, NULL);
    json_put_count(&json, "sequence", mention->sequence);
    json_put_count(&json, "cluster", mention->cluster);
    json_put_text(&json, "source", mention->source);
    json_put_string(&json, "channel", channel_name(mention->channel));
    json_put_string(&json, "stage", stage_name(mention->stage));
    json_put_text_if(&json, "language", mention->language);
    json_put_time(&json, "fetched", mention->fetched_ms);
    json_put_time(&json, "time", mention_time_ms(mention));
    if (mention->kept != KEPT_WHOLE) {
        json_put_string(&json, "kept", mention_kept_name(mention->kept));
    }
    put_item(&json, &mention->item);
    put_score(&json, &mention->score);
    put_brands(&json, mention);
    put_topics(&json, mention);
    work_print_json(&json, mention->work);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

struct export_page {
    struct app *app;
    uint64_t next; /* sequence to go on from */
    bool more;
};

static bool print_mention(void *context, const struct mention *mention) {
    struct export_page *page = context;
    app_print_mention(page->app, mention);
    page->next = mention->sequence + 1;
    page->more = page->app->out.size >= MIB;
    return !page->more;
}

/* Page by page, and no view stays open while one is written: whoever reads may be slow, and a view
 * keeps what it shows from being used again. */
enum exit_code command_store_export(struct app *app) {
    enum exit_code code = EXIT_CODE_OK;
    struct export_page page = {.app = app, .more = true};
    struct error error;
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_READ, &code)) {
        return code;
    }
    while (page.more) {
        struct snapshot *snapshot = NULL;
        page.more = false;
        if (!snapshot_open(app->store, &snapshot, &error)) {
            return app_fail_error(app, &error);
        }
        snapshot_mentions_from(snapshot, page.next, print_mention, &page);
        bool read = snapshot_check(snapshot, &error);
        snapshot_close(snapshot);
        app_flush(app);
        if (!read) {
            return app_fail_error(app, &error); /* what could be read of it has been written */
        }
    }
    return code;
}

/* --- Copies of the whole ---------------------------------------------------------------------- */

enum exit_code command_store_backup(struct app *app) {
    struct store_manifest manifest;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    char *folder = arena_copy_string(app->arena, app->words[0]);
    if (!app_load_config(app, &code) || !app_open_store(app, STORE_READ, &code)) {
        return code;
    }
    if (!store_backup(app->store, folder, &manifest, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, "%llu mentions in %s, %llu bytes; put back with: earshot store restore %s",
            (unsigned long long)manifest.mentions, folder, (unsigned long long)manifest.bytes,
            folder);
    return EXIT_CODE_OK;
}

enum exit_code command_store_restore(struct app *app) {
    struct store_manifest manifest;
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    char *backup = arena_copy_string(app->arena, app->words[0]);
    if (!app_load_config(app, &code)) {
        return code;
    }
    char *folder = arena_copy_string(app->arena, app->config->data_dir);
    if (!store_restore(backup, folder, app_given(app, "replace"), &manifest, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, "%llu mentions are back in %s; check with: earshot store verify",
            (unsigned long long)manifest.mentions, folder);
    return EXIT_CODE_OK;
}

enum exit_code command_store_compact(struct app *app) {
    struct error error;
    enum exit_code code = EXIT_CODE_OK;
    uint64_t before = 0;
    uint64_t after = 0;
    if (!app_load_config(app, &code)) {
        return code;
    }
    char *folder = arena_copy_string(app->arena, app->config->data_dir);
    if (!store_compact(folder, &before, &after, &error)) {
        return app_fail_error(app, &error);
    }
    app_say(app, "%s: %llu bytes before, %llu after", folder, (unsigned long long)before,
            (unsigned long long)after);
    return EXIT_CODE_OK;
}
