#include "report/mail.h"

#include "base/hash.h"
#include "base/print.h"
#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

#include <inttypes.h>
#include <math.h>

#define EXCERPT_COLUMNS 280

static const char *reason_line(const struct mail_incident *mail) {
    switch (mail->reason) {
    case MAIL_OPENED:
        return mail->incident->state == INCIDENT_CLOSED ? "This is over already."
                                                        : "It is still on.";
    case MAIL_GREW:
        return "It has grown since the last mail.";
    case MAIL_CLOSED:
        return "It is over: back to what is usual.";
    }
    return "";
}

struct span mail_subject(struct arena *arena, const struct incident *incident) {
    struct span since = moment_text(arena, incident->started_ms);
    return arena_print(arena, "%.*s: unusual talk since %.*s", SPAN_ARG(incident->brand),
                       SPAN_ARG(since));
}

static const struct output_style mail_style = {.unicode = true, .width = 76};

/* --- Text ------------------------------------------------------------------------------------- */

static void text_mentions(struct buffer *out, struct arena *arena,
                          const struct evidence *evidence) {
    if (evidence->worst_count > 0) {
        buffer_append_string(out, "\nThe loudest against:\n");
    }
    for (size_t i = 0; i < evidence->worst_count; i++) {
        const struct mention *mention = &evidence->worst[i].mention;
        struct span place = paint_line(arena, mention_place(mention), 40, &mail_style);
        struct span when = moment_text(arena, mention_time_ms(mention));
        struct span score = paint_signed(arena, evidence->worst[i].score.value);
        buffer_print(out, "\n- %.*s, %.*s (sentiment %.*s)\n", SPAN_ARG(place), SPAN_ARG(when),
                     SPAN_ARG(score));
        paint_wrapped(out, mention_excerpt(mention, arena), 2, 4, &mail_style);
        if (!span_is_empty(mention->item.url)) {
            struct span url = paint_line(arena, mention->item.url, (int)LIMIT_FIELD, &mail_style);
            buffer_print(out, "  %.*s\n", SPAN_ARG(url));
        }
    }
}

static struct span footer_text(struct arena *arena, const struct mail_incident *mail) {
    return arena_print(arena,
                       "Sources: %zu of %zu answer; polled in %.0f %% of the incident's hours. You "
                       "get this because the configuration of earshot names you for alerts "
                       "(people); alerts.false_per_week sets how often chance may ring.",
                       mail->sources_good, mail->source_count, mail->evidence->coverage * 100);
}

static struct span why_text(struct arena *arena, const struct incident *incident) {
    struct span odds = probability_text(arena, incident->probability);
    bool negative = span_equal(incident->kind, SPAN("negative"));
    return arena_print(
        arena,
        "Expected %.2g %s in the window, seen %.0f at the peak. The odds that chance "
        "alone brings that many: %.*s (against what this hour of the week usually "
        "brings, over-dispersed counts).",
        incident->expected, negative ? "negative mentions" : "mentions", incident->peak,
        SPAN_ARG(odds));
}

struct span mail_text(struct arena *arena, const struct mail_incident *mail) {
    struct buffer out;
    const struct evidence *evidence = mail->evidence;
    buffer_init(&out, LIMIT_MAIL);
    paint_wrapped(&out, mail->incident->headline, 0, 4, &mail_style);
    buffer_print(&out, "%s\n\n", reason_line(mail));
    paint_wrapped(&out, why_text(arena, mail->incident), 0, 5, &mail_style);
    struct span spread = evidence_sources_text(arena, evidence);
    if (!span_is_empty(spread)) {
        buffer_append_byte(&out, '\n');
        paint_wrapped(&out, spread, 0, 4, &mail_style);
    }
    struct span words = evidence_words_text(arena, evidence);
    if (!span_is_empty(words)) {
        paint_wrapped(&out, arena_print(arena, "New words: %.*s", SPAN_ARG(words)), 0, 3,
                      &mail_style);
    }
    if (evidence->hour_count > 1) {
        buffer_append_string(&out, "\nBy the hour, from a day before: ");
        paint_spark(&out, evidence->hours, evidence->hour_count, 44, &mail_style);
        buffer_append_byte(&out, '\n');
    }
    text_mentions(&out, arena, evidence);
    buffer_append_string(&out, "\n-- \n");
    paint_wrapped(&out, footer_text(arena, mail), 0, 5, &mail_style);
    struct span text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

/* --- HTML ------------------------------------------------------------------------------------- */

static const char html_head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<style>\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  .page { background-color: #12161c !important; }\n"
    "  .card { background-color: #1b2129 !important; border-color: #2f3844 !important; }\n"
    "  .text { color: #e6eaf0 !important; }\n"
    "  .soft { color: #9aa6b5 !important; }\n"
    "  .quote { background-color: #252d38 !important; }\n"
    "  .link { color: #8ab0ff !important; }\n"
    "  .alarm { color: #ff8d81 !important; }\n"
    "  .calm { color: #5fd09a !important; }\n"
    "}\n"
    "@media (max-width: 480px) { .card { padding: 16px !important; } }\n"
    "</style></head>\n"
    "<body class=\"page\" style=\"margin:0;padding:0;background-color:#f2f4f7\">\n";

#define FONT "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"

static void html_paragraph(struct buffer *out, const char *class, const char *css,
                           struct span text) {
    buffer_print(out, "<p class=\"%s\" style=\"margin:0 0 12px;" FONT "%s\">", class, css);
    print_html(out, text);
    buffer_append_string(out, "</p>\n");
}

#define CSS_TEXT "font-size:15px;line-height:22px;color:#1b2330"
#define CSS_SOFT "font-size:13px;line-height:19px;color:#5b6675"

/* Hours as a row of cells whose fill grows from below: shown by every mail program there is. */
#define BAR_HEIGHT 48
#define BARS_MAX 48

static double hours_mean(const struct evidence *evidence, size_t begin, size_t end) {
    double sum = 0;
    size_t known = 0;
    for (size_t i = begin; i < end; i++) {
        if (!isnan(evidence->hours[i])) {
            sum += evidence->hours[i];
            known++;
        }
    }
    return known == 0 ? NAN : sum / (double)known;
}

static void html_bars(struct buffer *out, struct arena *arena, const struct evidence *evidence) {
    size_t bars = evidence->hour_count < BARS_MAX ? evidence->hour_count : BARS_MAX;
    double high = 0;
    for (size_t i = 0; i < bars; i++) {
        double value = hours_mean(evidence, i * evidence->hour_count / bars,
                                  (i + 1) * evidence->hour_count / bars);
        high = isnan(value) ? high : fmax(high, value);
    }
    if (bars < 2 || high <= 0) {
        return;
    }
    buffer_append_string(out, "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" "
                              "cellspacing=\"0\" border=\"0\" "
                              "style=\"margin:4px 0 4px;table-layout:fixed\"><tr>\n");
    for (size_t i = 0; i < bars; i++) {
        double value = hours_mean(evidence, i * evidence->hour_count / bars,
                                  (i + 1) * evidence->hour_count / bars);
        int height = isnan(value) ? 0 : (int)(value / high * (BAR_HEIGHT - 2)) + 2;
        const char *colour = isnan(value) ? "#dfe3e8" : "#d0453a";
        buffer_print(out,
                     "<td valign=\"bottom\" height=\"%d\" style=\"padding:0 1px 0 0;font-size:0;"
                     "line-height:0\"><div style=\"height:%dpx;background-color:%s\">&nbsp;</div>"
                     "</td>",
                     BAR_HEIGHT, isnan(value) ? BAR_HEIGHT : height, colour);
    }
    buffer_append_string(out, "</tr></table>\n");
    html_paragraph(out, "soft", CSS_SOFT,
                   arena_print(arena,
                               "Mentions by the hour, from a day before; the highest: %.0f. "
                               "Grey: no data.",
                               high));
}

static void html_anchor(struct buffer *out, struct span url, const char *label) {
    bool safe = span_starts_with_nocase(url, SPAN("https://")) ||
                span_starts_with_nocase(url, SPAN("http://"));
    if (safe && url.size <= LIMIT_FIELD) {
        buffer_append_string(out, " &middot; <a class=\"link\" style=\"color:#2457c5\" href=\"");
        print_html(out, url);
        buffer_print(out, "\">%s</a>", label);
    }
}

static void html_mention(struct buffer *out, struct arena *arena,
                         const struct sheet_mention *entry) {
    const struct mention *mention = &entry->mention;
    struct span excerpt =
        paint_line(arena, mention_excerpt(mention, arena), EXCERPT_COLUMNS, &mail_style);
    struct span score = paint_signed(arena, entry->score.value);
    struct span when = moment_text(arena, mention_time_ms(mention));
    buffer_append_string(
        out, "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "
             "border=\"0\" style=\"margin:0 0 8px\"><tr><td class=\"quote\" "
             "bgcolor=\"#f6f7f9\" style=\"padding:10px 12px;border-left:3px solid #d0453a\">\n");
    buffer_append_string(out, "<div class=\"text\" style=\"" FONT
                              "font-size:14px;line-height:20px;color:#1b2330;"
                              "word-break:break-word\">");
    print_html(out, excerpt);
    buffer_append_string(out, "</div>\n<div class=\"soft\" style=\"" FONT
                              "font-size:12px;line-height:18px;color:#5b6675\">");
    print_html(out, mention_place(mention));
    buffer_print(out, " &middot; %.*s &middot; sentiment %.*s", SPAN_ARG(when), SPAN_ARG(score));
    html_anchor(out, mention->item.url, "open");
    buffer_append_string(out, "</div></td></tr></table>\n");
}

/* The sentence that mail programs show beside the subject, and then the page does not. */
static void html_preheader(struct buffer *out, const struct mail_incident *mail) {
    buffer_append_string(out, "<div style=\"display:none;max-height:0;overflow:hidden;"
                              "font-size:1px;line-height:1px;color:#f2f4f7\">");
    print_html(out, mail->incident->headline);
    buffer_print(out, " %s</div>\n", reason_line(mail));
}

static void html_card(struct buffer *out, struct arena *arena, const struct mail_incident *mail) {
    const struct evidence *evidence = mail->evidence;
    bool over = mail->incident->state == INCIDENT_CLOSED;
    html_paragraph(out, over ? "calm" : "alarm",
                   over ? "font-size:12px;line-height:16px;letter-spacing:1px;color:#1a7f4b;"
                          "font-weight:bold"
                        : "font-size:12px;line-height:16px;letter-spacing:1px;color:#c0362c;"
                          "font-weight:bold",
                   over                        ? SPAN("OVER")
                   : mail->reason == MAIL_GREW ? SPAN("STILL GROWING")
                                               : SPAN("NEW"));
    buffer_append_string(out, "<h1 class=\"text\" style=\"margin:0 0 8px;" FONT
                              "font-size:21px;line-height:28px;font-weight:bold;"
                              "color:#1b2330\">");
    print_html(out, mail->incident->headline);
    buffer_append_string(out, "</h1>\n");
    html_paragraph(out, "soft", CSS_SOFT, span_of(reason_line(mail)));
    html_bars(out, arena, evidence);
    html_paragraph(out, "text", CSS_TEXT, why_text(arena, mail->incident));
    struct span spread = evidence_sources_text(arena, evidence);
    if (!span_is_empty(spread)) {
        html_paragraph(out, "text", CSS_TEXT, spread);
    }
    struct span words = evidence_words_text(arena, evidence);
    if (!span_is_empty(words)) {
        html_paragraph(out, "text", CSS_TEXT,
                       arena_print(arena, "New words: %.*s", SPAN_ARG(words)));
    }
    for (size_t i = 0; i < evidence->worst_count; i++) {
        html_mention(out, arena, &evidence->worst[i]);
    }
}

struct span mail_html(struct arena *arena, const struct mail_incident *mail) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    buffer_append_string(&out, html_head);
    html_preheader(&out, mail);
    buffer_append_string(
        &out, "<table role=\"presentation\" class=\"page\" width=\"100%\" cellpadding=\"0\" "
              "cellspacing=\"0\" border=\"0\" bgcolor=\"#f2f4f7\"><tr><td align=\"center\" "
              "style=\"padding:16px 8px\">\n<table role=\"presentation\" width=\"100%\" "
              "cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"max-width:600px\"><tr>"
              "<td class=\"card\" bgcolor=\"#ffffff\" align=\"left\" style=\"padding:24px;"
              "border:1px solid #dfe3e8;border-radius:8px\">\n");
    html_card(&out, arena, mail);
    buffer_append_string(&out, "</td></tr><tr><td align=\"left\" style=\"padding:12px 8px\">\n");
    html_paragraph(&out, "soft", "font-size:12px;line-height:17px;color:#5b6675",
                   footer_text(arena, mail));
    buffer_append_string(&out, "</td></tr></table>\n</td></tr></table>\n</body></html>\n");
    struct span html = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return html;
}

/* --- Messages --------------------------------------------------------------------------------- */

/* Names an incident for its whole life, whatever number the store gives it. */
static uint64_t incident_key(const struct incident *incident) {
    uint64_t hash = hash_bytes(incident->brand);
    return hash_combine(hash, (uint64_t)incident->started_ms);
}

static void fill_people(struct mime_message *message, const struct config *config,
                        const struct config_person *person) {
    message->from = config->mail.from;
    message->from_name =
        span_is_empty(config->mail.from_name) ? SPAN("earshot") : config->mail.from_name;
    message->to = person->email;
    message->to_name = person->name;
}

/* A list id is made of what host names are made of. */
static struct span list_label(struct arena *arena, struct span name) {
    char *label = arena_copy_string(arena, span_first(name, 40));
    for (char *c = label; *c != '\0'; c++) {
        bool kept = byte_is_alpha(*c) || byte_is_digit(*c);
        *c = kept ? byte_to_lower(*c) : '-';
    }
    return *label == '\0' ? SPAN("brand") : span_of(label);
}

static bool row_fill(struct arena *arena, struct mime_message *message, struct outbox_row *row,
                     struct error *error) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    bool made = mime_print(&out, message, error);
    *row = (struct outbox_row){.channel = SPAN("mail"),
                               .recipient = message->to,
                               .message_id = message->message_id,
                               .subject = message->subject,
                               .body = arena_copy(arena, buffer_span(&out)),
                               .state = OUTBOX_QUEUED,
                               .created_ms = message->date_ms,
                               .due_ms = message->date_ms,
                               .finished_ms = DATE_NONE};
    buffer_done(&out);
    return made;
}

bool mail_make(struct arena *arena, const struct mail_incident *mail,
               const struct config_person *person, struct outbox_row *row, struct error *error) {
    static const char *const steps[] = {
        [MAIL_OPENED] = "open", [MAIL_GREW] = "grew", [MAIL_CLOSED] = "over"};
    const struct incident *incident = mail->incident;
    struct mime_message message = {.date_ms = mail->now_ms};
    struct span domain = mime_address_domain(mail->config->mail.from);
    uint64_t key = incident_key(incident);
    uint64_t to = hash_bytes(person->email) & 0xFFFFFFFF;
    /* A story may grow, or end, more than once: the hour tells these mails apart. */
    int64_t hour = (mail->now_ms - incident->started_ms) / HOUR_MS;
    fill_people(&message, mail->config, person);
    message.subject = mail_subject(arena, incident);
    message.thread =
        arena_print(arena, "incident.%016" PRIx64 ".%08" PRIx64 "@%.*s", key, to, SPAN_ARG(domain));
    message.message_id =
        mail->reason == MAIL_OPENED
            ? arena_print(arena, "incident.%016" PRIx64 ".%s.%08" PRIx64 "@%.*s", key,
                          steps[mail->reason], to, SPAN_ARG(domain))
            : arena_print(arena, "incident.%016" PRIx64 ".%s%" PRId64 ".%08" PRIx64 "@%.*s", key,
                          steps[mail->reason], hour, to, SPAN_ARG(domain));
    struct span label = list_label(arena, incident->brand);
    message.list_name = arena_print(arena, "%.*s alerts", SPAN_ARG(incident->brand));
    message.list_id = arena_print(arena, "%.*s.alerts.%.*s", SPAN_ARG(label), SPAN_ARG(domain));
    message.text = mail_text(arena, mail);
    message.html = mail_html(arena, mail);
    return row_fill(arena, &message, row, error);
}

bool mail_make_sources(struct arena *arena, const struct incident *incidents, size_t count,
                       const struct config *config, int64_t now_ms,
                       const struct config_person *person, struct outbox_row *row,
                       struct error *error) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    buffer_append_string(&out, "These sources stopped answering. Until they do, \"no mentions\" "
                               "there means \"no data\".\n\n");
    uint64_t key = 0;
    for (size_t i = 0; i < count; i++) {
        key = hash_combine(key, hash_bytes(incidents[i].headline));
        key = hash_combine(key, (uint64_t)incidents[i].started_ms);
        buffer_append_string(&out, "- ");
        struct span line = paint_line(arena, incidents[i].headline, (int)LIMIT_FIELD, &mail_style);
        buffer_append(&out, line);
        buffer_append_byte(&out, '\n');
    }
    buffer_append_string(&out, "\n`earshot source list` shows all of them. One mail is sent when a "
                               "source breaks, none while it stays so.\n");
    struct mime_message message = {.date_ms = now_ms};
    struct span domain = mime_address_domain(config->mail.from);
    fill_people(&message, config, person);
    message.subject = count == 1
                          ? SPAN("earshot: a source stopped answering")
                          : arena_print(arena, "earshot: %zu sources stopped answering", count);
    message.message_id = arena_print(arena, "sources.%016" PRIx64 ".%08" PRIx64 "@%.*s", key,
                                     hash_bytes(person->email) & 0xFFFFFFFF, SPAN_ARG(domain));
    message.list_name = SPAN("earshot sources");
    message.list_id = arena_print(arena, "sources.earshot.%.*s", SPAN_ARG(domain));
    message.text = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return row_fill(arena, &message, row, error);
}
