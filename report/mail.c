#include "report/mail.h"

#include "base/hash.h"
#include "base/print.h"
#include "report/incident.h"
#include "report/mail_html.h"
#include "report/mute.h"
#include "report/paint.h"
#include "report/shapes.h"

#include <inttypes.h>

static const struct output_style mail_style = {.unicode = true, .width = 76};

#define TEXT_SPARK 44

/* --- Text ------------------------------------------------------------------------------------- */

static void text_wrapped(struct buffer *out, struct span text, int lines) {
    paint_wrapped(out, text, 0, lines, &mail_style);
}

void text_quote(struct buffer *out, struct arena *arena, const struct notice_quote *quote) {
    struct span place = paint_line(arena, quote->place, 40, &mail_style);
    buffer_print(out, "\n- %.*s, %.*s (sentiment %.*s)\n", SPAN_ARG(place), SPAN_ARG(quote->when),
                 SPAN_ARG(quote->score));
    paint_wrapped(out, quote->text, 2, 4, &mail_style);
    if (quote->reasons.size > 0) {
        paint_wrapped(out, arena_print(arena, "(%.*s)", SPAN_ARG(quote->reasons)), 2, 2,
                      &mail_style);
    }
    if (link_is_web(quote->url)) {
        buffer_append_string(out, "  ");
        print_link(out, quote->url);
        buffer_append_byte(out, '\n');
    }
}

struct span notice_text(struct arena *arena, const struct notice *notice, struct span footer) {
    const struct evidence *evidence = notice->evidence;
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    text_wrapped(&out, notice->title, 4);
    text_wrapped(&out, notice->lead, 2);
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        buffer_append_byte(&out, '\n');
        text_wrapped(&out, notice->paragraphs[i], 5);
    }
    if (evidence != NULL && evidence->hour_count > 1) {
        buffer_append_string(&out, "\nBy the hour, from a day before: ");
        paint_spark(&out, evidence->hours, evidence->hour_count, TEXT_SPARK, &mail_style);
        buffer_append_byte(&out, '\n');
    }
    buffer_append_string(&out, notice->quote_count > 0 ? "\nThe loudest against:\n" : "");
    for (size_t i = 0; i < notice->quote_count; i++) {
        text_quote(&out, arena, &notice->quotes[i]);
    }
    if (link_is_web(notice->link)) {
        buffer_append_string(&out, "\nDashboard: ");
        print_link(&out, notice->link);
        buffer_append_byte(&out, '\n');
    }
    buffer_append_string(&out, "\n-- \n");
    text_wrapped(&out, footer, 8);
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

/* --- HTML ------------------------------------------------------------------------------------- */

static void html_hours(struct buffer *out, struct arena *arena, const struct evidence *evidence) {
    double high = 0;
    for (size_t i = 0; i < evidence->hour_count; i++) {
        high = evidence->hours[i] > high ? evidence->hours[i] : high;
    }
    mail_bars(out, evidence->hours, evidence->hour_count);
    if (high > 0 && evidence->hour_count > 1) {
        mail_paragraph(out, INK_SOFT,
                       arena_print(arena,
                                   "Mentions by the hour, from a day before; the highest: %.0f. "
                                   "Grey: no data.",
                                   high));
    }
}

struct span notice_html(struct arena *arena, const struct notice *notice, struct span footer) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    mail_page_begin(
        &out, arena_print(arena, "%.*s %.*s", SPAN_ARG(notice->title), SPAN_ARG(notice->lead)));
    mail_card_begin(&out);
    mail_status(&out, notice->status, notice->tone);
    mail_heading(&out, notice->title);
    mail_paragraph(&out, INK_SOFT, notice->lead);
    if (notice->evidence != NULL) {
        html_hours(&out, arena, notice->evidence);
    }
    for (size_t i = 0; i < notice->paragraph_count; i++) {
        mail_paragraph(&out, INK_TEXT, notice->paragraphs[i]);
    }
    for (size_t i = 0; i < notice->quote_count; i++) {
        mail_quote(&out, arena, &notice->quotes[i]);
    }
    mail_button(&out, notice->link, "Open the dashboard");
    mail_card_end(&out);
    mail_page_end(&out, footer);
    struct span html = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return html;
}

/* --- Keys ------------------------------------------------------------------------------------- */

static uint64_t incident_key(const struct incident *incident) {
    return hash_combine(hash_bytes(incident->brand), (uint64_t)incident->started_ms);
}

struct span incident_subject(struct arena *arena, const struct incident *incident) {
    struct span since = moment_text(arena, incident->started_ms);
    return arena_print(arena, "%.*s: unusual talk since %.*s", SPAN_ARG(incident->brand),
                       SPAN_ARG(since));
}

struct span incident_thread(struct arena *arena, const struct incident *incident) {
    return arena_print(arena, "incident.%016" PRIx64, incident_key(incident));
}

/* A story may grow, or end, more than once: the hour tells these messages apart. */
struct span incident_message_key(struct arena *arena, const struct incident *incident,
                                 enum incident_step step, int64_t now_ms) {
    static const char *const steps[] = {
        [STEP_OPENED] = "open", [STEP_GREW] = "grew", [STEP_CLOSED] = "over"};
    int64_t hour = (now_ms - incident->started_ms) / HOUR_MS;
    struct span thread = incident_thread(arena, incident);
    return step == STEP_OPENED
               ? arena_print(arena, "%.*s.%s", SPAN_ARG(thread), steps[step])
               : arena_print(arena, "%.*s.%s%" PRId64, SPAN_ARG(thread), steps[step], hour);
}

/* --- Rows ------------------------------------------------------------------------------------- */

/* A list id is made of what host names are made of. */
static struct span list_label(struct arena *arena, struct span name) {
    char *label = arena_copy_string(arena, span_first(name, 40));
    for (char *c = label; *c != '\0'; c++) {
        bool kept = byte_is_alpha(*c) || byte_is_digit(*c);
        *c = kept ? byte_to_lower(*c) : '-';
    }
    return *label == '\0' ? SPAN("earshot") : span_of(label);
}

static struct outbox_row row_of(const struct message *message) {
    return (struct outbox_row){.subject = message->subject,
                               .state = OUTBOX_QUEUED,
                               .created_ms = message->now_ms,
                               .due_ms = message->now_ms,
                               .finished_ms = DATE_NONE,
                               .incident = message->incident};
}

bool mail_make(struct arena *arena, const struct message *message,
               const struct config_person *person, struct outbox_row *row, struct error *error) {
    const struct config *config = message->config;
    struct span domain = mime_address_domain(config->mail.from);
    uint64_t to = hash_bytes(person->email) & 0xFFFFFFFF;
    struct span label = list_label(arena, message->list);
    struct mime_message mime = {
        .date_ms = message->now_ms,
        .from = config->mail.from,
        .from_name =
            span_is_empty(config->mail.from_name) ? SPAN("earshot") : config->mail.from_name,
        .to = person->email,
        .to_name = person->name,
        .subject = message->subject,
        .message_id = arena_print(arena, "%.*s.%08" PRIx64 "@%.*s", SPAN_ARG(message->key), to,
                                  SPAN_ARG(domain)),
        .list_name = message->list,
        .list_id = arena_print(arena, "%.*s.%.*s", SPAN_ARG(label), SPAN_ARG(domain)),
        .unsubscribe = arena_print(arena, "mailto:%.*s?subject=unsubscribe%%20%.*s",
                                   SPAN_ARG(config->mail.from), SPAN_ARG(label)),
        .one_click = mute_link(arena, config, message->kind, person->email),
        .text = message->text,
        .html = message->html,
    };
    if (!span_is_empty(message->thread)) {
        mime.thread = arena_print(arena, "%.*s.%08" PRIx64 "@%.*s", SPAN_ARG(message->thread), to,
                                  SPAN_ARG(domain));
    }
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    bool made = mime_print(&out, &mime, error);
    *row = row_of(message);
    row->channel = SPAN("mail");
    row->recipient = person->email;
    row->message_id = mime.message_id;
    row->body = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return made;
}

/* Without full stops: those are what the signature joins id, time and body with. */
void post_make(struct arena *arena, const struct message *message,
               const struct config_webhook *webhook, struct outbox_row *row) {
    uint64_t key = hash_bytes(message->key);
    *row = row_of(message);
    row->channel = SPAN("webhook");
    row->recipient = webhook->name;
    row->message_id = arena_print(arena, "msg_%016" PRIx64 "%08" PRIx64, key,
                                  hash_bytes(webhook->name) & 0xFFFFFFFF);
    row->body = shape_print(webhook->shape, message->notice, arena);
}
