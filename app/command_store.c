/* `earshot store ...`: how the store is, whether it is right, and what is in it as JSON lines. */
#include "app/app.h"

#include "base/print.h"

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

/* --- Export -------------------------------------------------------------------------------------
 */

static void print_text(struct buffer *out, const char *name, struct span text) {
    if (text.size > 0) {
        buffer_print(out, ",\"%s\":\"", name);
        print_json(out, text);
        buffer_append_string(out, "\"");
    }
}

static void print_time(struct buffer *out, const char *name, int64_t ms) {
    char time[DATE_TEXT_SIZE];
    print_text(out, name, span_of(date_print(ms, time)));
}

static void print_count(struct buffer *out, const char *name, int64_t count) {
    if (count != COUNT_NONE) {
        buffer_print(out, ",\"%s\":%lld", name, (long long)count);
    }
}

static void print_scored(struct buffer *out, const struct score *score) {
    buffer_print(out, "\"score\":%.17g,\"confidence\":%.17g,\"label\":\"%s\"", score->value,
                 score->confidence, label_name(score->label));
}

static void print_item(struct buffer *out, const struct item *item) {
    print_text(out, "id", item->id);
    print_text(out, "url", item->url);
    print_text(out, "title", item->title);
    print_text(out, "text", item->text);
    print_text(out, "author", item->author);
    print_text(out, "country", item->country);
    print_text(out, "parent", item->parent);
    print_text(out, "site", item->site);
    print_time(out, "published", item->published_ms);
    print_time(out, "updated", item->updated_ms);
    if (item->rating >= 0) {
        buffer_print(out, ",\"rating\":%.17g", item->rating);
    }
    print_count(out, "likes", item->engagement.likes);
    print_count(out, "replies", item->engagement.replies);
    print_count(out, "shares", item->engagement.shares);
    print_count(out, "views", item->engagement.views);
    print_count(out, "followers", item->engagement.followers);
}

static bool print_mention(void *context, const struct mention *mention) {
    struct app *app = context;
    struct buffer *out = &app->out;
    buffer_print(out, "{\"sequence\":%llu,\"cluster\":%llu", (unsigned long long)mention->sequence,
                 (unsigned long long)mention->cluster);
    print_text(out, "source", mention->source);
    print_text(out, "channel", span_of(channel_name(mention->channel)));
    print_text(out, "stage", span_of(stage_name(mention->stage)));
    print_text(out, "language", mention->language);
    print_time(out, "fetched", mention->fetched_ms);
    print_time(out, "time", mention_time_ms(mention));
    print_item(out, &mention->item);
    buffer_append_string(out, ",");
    print_scored(out, &mention->score);
    buffer_append_string(out, ",\"brands\":[");
    for (size_t i = 0; i < mention->brand_count; i++) {
        buffer_append_string(out, i > 0 ? ",{\"name\":\"" : "{\"name\":\"");
        print_json(out, mention->brands[i].name);
        buffer_append_string(out, "\",");
        print_scored(out, &mention->brands[i].score);
        buffer_append_string(out, "}");
    }
    buffer_append_string(out, "],\"topics\":[");
    for (size_t i = 0; i < mention->topic_count; i++) {
        buffer_append_string(out, i > 0 ? ",{\"name\":\"" : "{\"name\":\"");
        print_json(out, mention->topics[i].name);
        buffer_append_string(out, "\",");
        print_scored(out, &mention->topics[i].score);
        buffer_append_string(out, "}");
    }
    buffer_append_string(out, "]}\n");
    if (out->size >= MIB) {
        app_flush(app);
    }
    return true;
}

enum exit_code command_store_export(struct app *app) {
    struct snapshot *snapshot = NULL;
    enum exit_code code = EXIT_CODE_OK;
    if (app_open_snapshot(app, &snapshot, &code)) {
        snapshot_mentions_from(snapshot, 0, print_mention, app);
        snapshot_close(snapshot);
    }
    return code;
}
