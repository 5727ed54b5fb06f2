#include "report/shapes.h"

#include "base/print.h"
#include "report/paint.h"

#define TITLE_COLUMNS 120
#define LINE_COLUMNS 400
#define QUOTE_COLUMNS 280
#define FACT_COLUMNS 80

static const struct output_style plain_style = {.unicode = true};

/* --- Text ------------------------------------------------------------------------------------- */

typedef void escaper(struct buffer *out, struct span text);

/* One line of at most so many columns, and escaped of so many bytes. Bytes count before, too: marks
 * that take no column can be piled up. */
static struct span line_within(struct arena *arena, struct span text, int columns, escaper *escape,
                               size_t most) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    do {
        buffer_clear(&out);
        struct span head = span_first_utf8(text, 2 * (size_t)columns);
        escape(&out, paint_line(arena, head, columns - 1, &plain_style));
        if (head.size < text.size && !span_ends_with(buffer_span(&out), SPAN("…"))) {
            buffer_append_string(&out, "…");
        }
        columns = columns * 3 / 4;
    } while (out.size > most && columns > 1);
    struct span line = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return line;
}

#define LINE_MOST 3000 /* Slack's for one text */
static struct span line_of(struct arena *arena, struct span text, int columns, escaper *escape) {
    return line_within(arena, text, columns, escape, LINE_MOST);
}

static struct span plain_of(struct arena *arena, struct span text, int columns) {
    return line_of(arena, text, columns, print_silent);
}

/* "mastodon, 21 Nov 09:10 UTC, sentiment -0.62: broken -2.1" */
static struct span quote_origin(struct arena *arena, const struct notice_quote *quote) {
    return arena_print(arena, "%.*s, %.*s, sentiment %.*s%s%.*s", SPAN_ARG(quote->place),
                       SPAN_ARG(quote->when), SPAN_ARG(quote->score),
                       quote->reasons.size > 0 ? ": " : "", SPAN_ARG(quote->reasons));
}

static struct span link_of(struct arena *arena, struct span url) {
    struct buffer out;
    buffer_init(&out, LIMIT_URL);
    print_link(&out, url);
    struct span link = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return link;
}

static struct span headline(struct arena *arena, const struct notice *notice) {
    return arena_print(arena, "%.*s: %.*s", SPAN_ARG(notice->status), SPAN_ARG(notice->title));
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void put_quotes(struct json_writer *json, const struct notice *notice) {
    json_array_begin(json, "mentions");
    for (size_t i = 0; i < notice->quote_count; i++) {
        const struct notice_quote *quote = &notice->quotes[i];
        json_object_begin(json, NULL);
        json_put_text(json, "text", quote->text);
        json_put_text(json, "place", quote->place);
        json_put_text(json, "score", quote->score);
        json_put_text_if(json, "reasons", quote->reasons);
        if (link_is_web(quote->url)) {
            json_put_text(json, "url", quote->url);
        }
        json_object_end(json);
    }
    json_array_end(json);
}

static void put_incident(struct json_writer *json, const struct notice *notice) {
    const struct incident *incident = notice->incident;
    json_object_begin(json, "incident");
    json_put_count(json, "id", incident->id);
    json_put_text(json, "kind", incident->kind);
    json_put_time(json, "started", incident->started_ms);
    json_put_time(json, "ended", incident->ended_ms);
    json_put_real(json, "expected", incident->expected);
    json_put_real(json, "observed", incident->observed);
    json_put_real(json, "peak", incident->peak);
    json_put_real(json, "probability", incident->probability);
    json_object_end(json);
    evidence_print_json(json, "evidence", notice->evidence);
}

static void print_json_shape(struct json_writer *json, const struct notice *notice,
                             struct arena *arena) {
    (void)arena;
    json_put_text(json, "type", notice->type);
    json_put_time(json, "timestamp", notice->time_ms);
    json_object_begin(json, "data");
    json_put_text(json, "title", notice->title);
    json_put_text(json, "status", notice->status);
    json_put_text(json, "lead", notice->lead);
    json_put_text_if(json, "brand", notice->brand);
    json_array_begin(json, "paragraphs");
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        json_put_text(json, NULL, notice->paragraphs[i]);
    }
    json_array_end(json);
    json_object_begin(json, "facts");
    for (size_t i = 0; i < notice->fact_count; i++) {
        struct span name = arena_copy(arena, notice->facts[i].name);
        json_put_text(json, name.data, notice->facts[i].value);
    }
    json_object_end(json);
    put_quotes(json, notice);
    if (notice->incident != NULL) {
        put_incident(json, notice);
    }
    json_put_text_if(json, "link", notice->link);
    json_object_end(json);
}

/* --- Slack ------------------------------------------------------------------------------------ */

#define SLACK_HEADER 150

static void slack_text(struct json_writer *json, const char *key, const char *type,
                       struct span text) {
    json_object_begin(json, key);
    json_put_string(json, "type", type);
    json_put_text(json, "text", text);
    if (strcmp(type, "plain_text") == 0) {
        json_put_bool(json, "emoji", false);
    }
    json_object_end(json);
}

static void slack_section(struct json_writer *json, struct span text) {
    json_object_begin(json, NULL);
    json_put_string(json, "type", "section");
    slack_text(json, "text", "plain_text", text);
    json_object_end(json);
}

/* The one place with markup: a link whose address cannot end early, under a name of ours. */
static void slack_link(struct json_writer *json, struct span link, const char *label,
                       struct arena *arena) {
    if (link.size > 0) {
        struct span escaped = line_of(arena, link, LIMIT_FIELD, print_slack);
        slack_text(json, NULL, "mrkdwn", arena_print(arena, "<%.*s|%s>", SPAN_ARG(escaped), label));
    }
}

static void slack_context(struct json_writer *json, struct span text, struct span url,
                          const char *label, struct arena *arena) {
    json_object_begin(json, NULL);
    json_put_string(json, "type", "context");
    json_array_begin(json, "elements");
    slack_text(json, NULL, "plain_text", line_of(arena, text, LINE_COLUMNS, print_slack));
    slack_link(json, link_of(arena, url), label, arena);
    json_array_end(json);
    json_object_end(json);
}

static void slack_facts(struct json_writer *json, const struct notice *notice,
                        struct arena *arena) {
    if (notice->fact_count == 0) {
        return;
    }
    json_object_begin(json, NULL);
    json_put_string(json, "type", "section");
    json_array_begin(json, "fields");
    for (size_t i = 0; i < notice->fact_count && i < 10; i++) { /* ten is Slack's most */
        struct span text = arena_print(arena, "%.*s: %.*s", SPAN_ARG(notice->facts[i].name),
                                       SPAN_ARG(notice->facts[i].value));
        slack_text(json, NULL, "plain_text", line_of(arena, text, FACT_COLUMNS, print_slack));
    }
    json_array_end(json);
    json_object_end(json);
}

static void print_slack_shape(struct json_writer *json, const struct notice *notice,
                              struct arena *arena) {
    struct span title = headline(arena, notice);
    json_put_text(json, "text", line_of(arena, title, TITLE_COLUMNS, print_slack));
    json_array_begin(json, "blocks");
    json_object_begin(json, NULL);
    json_put_string(json, "type", "header");
    slack_text(json, "text", "plain_text",
               line_within(arena, title, TITLE_COLUMNS, print_slack, SLACK_HEADER));
    json_object_end(json);
    slack_section(json, line_of(arena, notice->lead, LINE_COLUMNS, print_slack));
    slack_facts(json, notice, arena);
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        slack_section(json, line_of(arena, notice->paragraphs[i], LINE_COLUMNS, print_slack));
    }
    for (size_t i = 0; i < notice->quote_count; i++) {
        const struct notice_quote *quote = &notice->quotes[i];
        slack_section(json, line_of(arena, quote->text, QUOTE_COLUMNS, print_slack));
        slack_context(json, quote_origin(arena, quote), quote->url, "open", arena);
    }
    if (notice->link.size > 0) {
        slack_context(json, SPAN("earshot"), notice->link, "dashboard", arena);
    }
    json_array_end(json);
}

/* --- Teams ------------------------------------------------------------------------------------ */

/* A RichTextBlock: unlike a TextBlock it knows no Markdown. */
static void teams_text(struct json_writer *json, struct span text, const char *size, bool strong,
                       const char *colour) {
    json_object_begin(json, NULL);
    json_put_string(json, "type", "RichTextBlock");
    json_array_begin(json, "inlines");
    json_object_begin(json, NULL);
    json_put_string(json, "type", "TextRun");
    json_put_text(json, "text", text);
    json_put_string(json, "size", size);
    json_put_string(json, "color", colour);
    if (strong) {
        json_put_string(json, "weight", "bolder");
    }
    json_object_end(json);
    json_array_end(json);
    json_object_end(json);
}

static void teams_action(struct json_writer *json, const char *key, const char *title,
                         struct span url) {
    json_object_begin(json, key);
    json_put_string(json, "type", "Action.OpenUrl");
    json_put_string(json, "title", title);
    json_put_text(json, "url", url);
    json_object_end(json);
}

static void teams_quote(struct json_writer *json, const struct notice_quote *quote,
                        struct arena *arena) {
    struct span link = link_of(arena, quote->url);
    json_object_begin(json, NULL);
    json_put_string(json, "type", "Container");
    json_put_string(json, "style", quote->good ? "good" : "emphasis");
    if (link.size > 0) {
        teams_action(json, "selectAction", "open", link);
    }
    json_array_begin(json, "items");
    teams_text(json, plain_of(arena, quote->text, QUOTE_COLUMNS), "default", false, "default");
    teams_text(json, plain_of(arena, quote_origin(arena, quote), LINE_COLUMNS), "small", false,
               "default");
    json_array_end(json);
    json_object_end(json);
}

static void teams_body(struct json_writer *json, const struct notice *notice, struct arena *arena) {
    static const char *const colours[] = {
        [NOTICE_PLAIN] = "default", [NOTICE_ALARM] = "attention", [NOTICE_CALM] = "good"};
    json_array_begin(json, "body");
    teams_text(json, notice->status, "small", true, colours[notice->tone]);
    teams_text(json, plain_of(arena, notice->title, TITLE_COLUMNS), "large", true, "default");
    teams_text(json, plain_of(arena, notice->lead, LINE_COLUMNS), "default", false, "default");
    for (size_t i = 0; i < notice->fact_count; i++) { /* a FactSet would read Markdown */
        struct span text = arena_print(arena, "%.*s: %.*s", SPAN_ARG(notice->facts[i].name),
                                       SPAN_ARG(notice->facts[i].value));
        teams_text(json, plain_of(arena, text, FACT_COLUMNS), "default", false, "default");
    }
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        teams_text(json, plain_of(arena, notice->paragraphs[i], LINE_COLUMNS), "default", false,
                   "default");
    }
    for (size_t i = 0; i < notice->quote_count; i++) {
        teams_quote(json, &notice->quotes[i], arena);
    }
    json_array_end(json);
}

static void print_teams_shape(struct json_writer *json, const struct notice *notice,
                              struct arena *arena) {
    struct span link = link_of(arena, notice->link);
    json_put_string(json, "type", "message");
    json_array_begin(json, "attachments");
    json_object_begin(json, NULL);
    json_put_string(json, "contentType", "application/vnd.microsoft.card.adaptive");
    json_object_begin(json, "content");
    json_put_string(json, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
    json_put_string(json, "type", "AdaptiveCard");
    json_put_string(json, "version", "1.4");
    json_put_text(json, "fallbackText", plain_of(arena, notice->title, TITLE_COLUMNS));
    teams_body(json, notice, arena);
    if (link.size > 0) {
        json_array_begin(json, "actions");
        teams_action(json, NULL, "Open the dashboard", link);
        json_array_end(json);
    }
    json_object_end(json);
    json_object_end(json);
    json_array_end(json);
}

/* --- Discord and Mattermost ------------------------------------------------------------------- */

static void chat_line(struct buffer *out, struct arena *arena, const char *before, struct span text,
                      int columns) {
    buffer_append_string(out, before);
    buffer_append(out, line_of(arena, text, columns, print_chat));
    buffer_append_byte(out, '\n');
}

static void chat_quote(struct buffer *out, struct arena *arena, const struct notice_quote *quote) {
    struct span link = link_of(arena, quote->url);
    chat_line(out, arena, "\n> ", quote->text, QUOTE_COLUMNS);
    buffer_append_string(out, "> ");
    buffer_append(out, line_of(arena, quote_origin(arena, quote), LINE_COLUMNS, print_chat));
    if (link.size > 0) {
        buffer_print(out, " [open](<%.*s>)", SPAN_ARG(link));
    }
    buffer_append_byte(out, '\n');
}

/* The notice without its title as Markdown, in `arena`. */
static struct span chat_text(struct arena *arena, const struct notice *notice) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    chat_line(&out, arena, "", notice->lead, LINE_COLUMNS);
    for (size_t i = 0; i < notice->fact_count; i++) {
        struct span value = line_of(arena, notice->facts[i].value, FACT_COLUMNS, print_chat);
        buffer_print(&out, "%s**%.*s** %.*s", i > 0 ? ", " : "", SPAN_ARG(notice->facts[i].name),
                     SPAN_ARG(value));
    }
    buffer_append_string(&out, notice->fact_count > 0 ? "\n" : "");
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        chat_line(&out, arena, "", notice->paragraphs[i], LINE_COLUMNS);
    }
    for (size_t i = 0; i < notice->quote_count; i++) {
        chat_quote(&out, arena, &notice->quotes[i]);
    }
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

#define DISCORD_TITLE 256

static void print_discord_shape(struct json_writer *json, const struct notice *notice,
                                struct arena *arena) {
    static const int64_t colours[] = {
        [NOTICE_PLAIN] = 0x2457C5, [NOTICE_ALARM] = 0xC0362C, [NOTICE_CALM] = 0x1A7F4B};
    struct span link = link_of(arena, notice->link);
    json_object_begin(json, "allowed_mentions");
    json_array_begin(json, "parse");
    json_array_end(json);
    json_object_end(json);
    json_array_begin(json, "embeds");
    json_object_begin(json, NULL);
    json_put_text(
        json, "title",
        line_within(arena, headline(arena, notice), TITLE_COLUMNS, print_chat, DISCORD_TITLE));
    json_put_text(json, "description", chat_text(arena, notice));
    json_put_int(json, "color", colours[notice->tone]);
    json_put_time(json, "timestamp", notice->time_ms);
    json_put_text_if(json, "url", link);
    json_object_end(json);
    json_array_end(json);
}

static void print_mattermost_shape(struct json_writer *json, const struct notice *notice,
                                   struct arena *arena) {
    struct span title = line_of(arena, headline(arena, notice), TITLE_COLUMNS, print_chat);
    struct span text = chat_text(arena, notice);
    struct span link = link_of(arena, notice->link);
    json_put_text(json, "text",
                  arena_print(arena, "#### %.*s\n%.*s%s%.*s%s", SPAN_ARG(title), SPAN_ARG(text),
                              link.size > 0 ? "\n[Open the dashboard](<" : "", SPAN_ARG(link),
                              link.size > 0 ? ">)" : ""));
}

/* --- Apprise ---------------------------------------------------------------------------------- */

static struct span plain_text(struct arena *arena, const struct notice *notice) {
    struct buffer out;
    buffer_init(&out, LIMIT_TEXT);
    buffer_append(&out, line_of(arena, notice->lead, LINE_COLUMNS, print_silent));
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        buffer_append_byte(&out, '\n');
        buffer_append(&out, line_of(arena, notice->paragraphs[i], LINE_COLUMNS, print_silent));
    }
    for (size_t i = 0; i < notice->quote_count; i++) {
        const struct notice_quote *quote = &notice->quotes[i];
        struct span text = line_of(arena, quote->text, QUOTE_COLUMNS, print_silent);
        struct span origin = line_of(arena, quote_origin(arena, quote), LINE_COLUMNS, print_silent);
        struct span link = link_of(arena, quote->url);
        buffer_print(&out, "\n\n%.*s\n(%.*s)%s%.*s", SPAN_ARG(text), SPAN_ARG(origin),
                     link.size > 0 ? "\n" : "", SPAN_ARG(link));
    }
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

/* What lies behind Apprise may be a chat room: as safe as for one. */
static void print_apprise_shape(struct json_writer *json, const struct notice *notice,
                                struct arena *arena) {
    static const char *const types[] = {
        [NOTICE_PLAIN] = "info", [NOTICE_ALARM] = "warning", [NOTICE_CALM] = "success"};
    json_put_text(json, "title",
                  line_of(arena, headline(arena, notice), TITLE_COLUMNS, print_silent));
    json_put_text(json, "body", plain_text(arena, notice));
    json_put_string(json, "type", types[notice->tone]);
    json_put_string(json, "format", "text");
}

/* --- The table -------------------------------------------------------------------------------- */

static const struct shape {
    const char *name;
    size_t most; /* bytes */
    void (*print)(struct json_writer *json, const struct notice *notice, struct arena *arena);
} shapes[] = {
    [SHAPE_JSON] = {"json", 256 * KIB, print_json_shape},
    [SHAPE_SLACK] = {"slack", 64 * KIB, print_slack_shape},
    [SHAPE_TEAMS] = {"teams", 28 * 1000, print_teams_shape},
    [SHAPE_DISCORD] = {"discord", 4000, print_discord_shape},
    [SHAPE_MATTERMOST] = {"mattermost", 16000, print_mattermost_shape},
    [SHAPE_APPRISE] = {"apprise", 32 * KIB, print_apprise_shape},
};

const char *shape_name(enum webhook_shape shape) {
    return shapes[shape].name;
}

static struct span print_once(const struct shape *shape, const struct notice *notice,
                              struct arena *arena) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    struct json_writer json = json_writer_make(&out, false);
    json_object_begin(&json, NULL);
    shape->print(&json, notice, arena);
    json_object_end(&json);
    struct span body = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return body;
}

struct span shape_print(enum webhook_shape shape, const struct notice *notice,
                        struct arena *arena) {
    struct notice fitting = *notice;
    struct span body = print_once(&shapes[shape], &fitting, arena);
    while (body.size > shapes[shape].most && fitting.quote_count + fitting.paragraph_count > 0) {
        if (fitting.quote_count > 0) {
            fitting.quote_count--;
        } else {
            fitting.paragraph_count--;
        }
        body = print_once(&shapes[shape], &fitting, arena);
    }
    return body;
}
