#include "report/mail_html.h"

#include "base/print.h"
#include "report/paint.h"

#include <math.h>

#define EXCERPT_COLUMNS 280
#define BAR_HEIGHT 48
#define BARS_MAX ((size_t)48)
#define BAR_WIDTH 90
#define NAME_SHORT ((size_t)12) /* is not broken, on the smallest telephone */

#define FONT "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"
#define TABLE                                                                                      \
    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" "             \
    "border=\"0\" "

static const char head[] =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta name=\"supported-color-schemes\" content=\"light dark\">\n"
    "<style>\n"
    ":root { color-scheme: light dark; }\n"
    "@media (prefers-color-scheme: dark) {\n"
    "  .page { background-color: #12161c !important; }\n"
    "  .card { background-color: #1b2129 !important; border-color: #2f3844 !important; }\n"
    "  .line { border-color: #2f3844 !important; }\n"
    "  .text { color: #e6eaf0 !important; }\n"
    "  .soft { color: #9aa6b5 !important; }\n"
    "  .quote { background-color: #252d38 !important; }\n"
    "  .link { color: #8ab0ff !important; }\n"
    "  .bad { color: #ff8d81 !important; }\n"
    "  .good { color: #5fd09a !important; }\n"
    "  .none { background-color: #39434f !important; }\n"
    "}\n"
    "@media (max-width: 480px) { .card { padding: 16px !important; } }\n"
    "</style></head>\n"
    "<body class=\"page\" style=\"margin:0;padding:0;background-color:#f2f4f7\">\n";

static const struct {
    const char *class;
    const char *colour;
} inks[] = {[INK_TEXT] = {"text", "#1b2330"},
            [INK_SOFT] = {"soft", "#5b6675"},
            [INK_BAD] = {"bad", "#b3261e"},
            [INK_GOOD] = {"good", "#1a7f4b"}};

/* <tag class style>text</tag> in an ink. */
static void element(struct buffer *out, const char *tag, enum mail_ink ink, const char *css,
                    struct span text) {
    buffer_print(out, "<%s class=\"%s\" style=\"" FONT "%s;color:%s\">", tag, inks[ink].class, css,
                 inks[ink].colour);
    print_html(out, text);
    buffer_print(out, "</%s>\n", tag);
}

/* --- Page and cards --------------------------------------------------------------------------- */

void mail_page_begin(struct buffer *out, struct span preheader) {
    buffer_append_string(out, head);
    buffer_append_string(out, "<div style=\"display:none;max-height:0;overflow:hidden;"
                              "font-size:1px;line-height:1px;color:#f2f4f7\">");
    print_html(out, preheader);
    buffer_append_string(out, "</div>\n" TABLE
                              "class=\"page\" bgcolor=\"#f2f4f7\"><tr><td align=\"center\" "
                              "style=\"padding:16px 8px\">\n" TABLE "style=\"max-width:600px\">\n");
}

void mail_page_end(struct buffer *out, struct span footer) {
    buffer_append_string(out, "<tr><td align=\"left\" style=\"padding:12px 8px\">\n");
    element(out, "p", INK_SOFT, "margin:0;font-size:12px;line-height:17px", footer);
    buffer_append_string(out, "</td></tr></table>\n</td></tr></table>\n</body></html>\n");
}

void mail_card_begin(struct buffer *out) {
    buffer_append_string(out, "<tr><td class=\"card\" bgcolor=\"#ffffff\" align=\"left\" "
                              "style=\"padding:24px;border:1px solid #dfe3e8;"
                              "border-radius:8px\">\n");
}

void mail_card_end(struct buffer *out) {
    buffer_append_string(out, "</td></tr><tr><td style=\"height:12px;font-size:0;"
                              "line-height:0\">&nbsp;</td></tr>\n");
}

/* --- Text ------------------------------------------------------------------------------------- */

void mail_status(struct buffer *out, struct span status, enum notice_tone tone) {
    enum mail_ink ink = tone == NOTICE_ALARM ? INK_BAD : tone == NOTICE_CALM ? INK_GOOD : INK_SOFT;
    element(out, "p", ink,
            "margin:0 0 12px;font-size:12px;line-height:16px;letter-spacing:1px;font-weight:bold",
            status);
}

void mail_heading(struct buffer *out, struct span text) {
    element(out, "h1", INK_TEXT,
            "margin:0 0 8px;font-size:21px;line-height:28px;font-weight:bold;"
            "word-break:break-word",
            text);
}

void mail_subheading(struct buffer *out, struct span text) {
    element(out, "h2", INK_TEXT,
            "margin:20px 0 8px;font-size:15px;line-height:20px;font-weight:bold", text);
}

void mail_paragraph(struct buffer *out, enum mail_ink ink, struct span text) {
    bool soft = ink == INK_SOFT;
    element(out, "p", ink,
            soft ? "margin:0 0 12px;font-size:13px;line-height:19px;word-break:break-word"
                 : "margin:0 0 12px;font-size:15px;line-height:22px;word-break:break-word",
            text);
}

void mail_button(struct buffer *out, struct span url, const char *label) {
    if (link_is_web(url)) {
        buffer_append_string(out, "<p style=\"margin:16px 0 0\"><a class=\"link\" style=\"" FONT
                                  "font-size:14px;line-height:20px;color:#2457c5;"
                                  "font-weight:bold\" href=\"");
        print_link(out, url);
        buffer_print(out, "\">%s</a></p>\n", label);
    }
}

/* --- Bars ------------------------------------------------------------------------------------- */

static double mean_known(const double *values, size_t begin, size_t end) {
    double sum = 0;
    size_t known = 0;
    for (size_t i = begin; i < end; i++) {
        sum += isnan(values[i]) ? 0 : values[i];
        known += isnan(values[i]) ? 0 : 1;
    }
    return known == 0 ? NAN : sum / (double)known;
}

static void bar_cell(struct buffer *out, double value, double high) {
    bool known = !isnan(value);
    int height = known ? (int)(value / high * (BAR_HEIGHT - 2)) + 2 : BAR_HEIGHT;
    buffer_print(out,
                 "<td valign=\"bottom\" height=\"%d\" style=\"padding:0 1px 0 0;font-size:0;"
                 "line-height:0\"><div class=\"%s\" style=\"height:%dpx;background-color:%s\">"
                 "&nbsp;</div></td>",
                 BAR_HEIGHT, known ? "bar" : "none", height, known ? "#4a6fd0" : "#e4e7ec");
}

void mail_bars(struct buffer *out, const double *values, size_t count) {
    size_t bars = count < BARS_MAX ? count : BARS_MAX;
    double high = 0;
    for (size_t i = 0; i < bars; i++) {
        high = fmax(high, mean_known(values, i * count / bars, (i + 1) * count / bars));
    }
    if (bars < 2 || high <= 0) {
        return;
    }
    buffer_append_string(out, TABLE "style=\"margin:4px 0;table-layout:fixed\"><tr>\n");
    for (size_t i = 0; i < bars; i++) {
        bar_cell(out, mean_known(values, i * count / bars, (i + 1) * count / bars), high);
    }
    buffer_append_string(out, "</tr></table>\n");
}

/* --- Quotes ----------------------------------------------------------------------------------- */

static struct span quote_note(struct arena *arena, const struct notice_quote *quote) {
    return arena_print(arena, "%.*s \xC2\xB7 %.*s \xC2\xB7 sentiment %.*s%s%.*s",
                       SPAN_ARG(quote->place), SPAN_ARG(quote->when), SPAN_ARG(quote->score),
                       quote->reasons.size > 0 ? ": " : "", SPAN_ARG(quote->reasons));
}

void mail_quote(struct buffer *out, struct arena *arena, const struct notice_quote *quote) {
    static const struct output_style style = {.unicode = true};
    buffer_append_string(out, TABLE "style=\"margin:0 0 8px\"><tr><td class=\"quote\" ");
    buffer_print(out, "bgcolor=\"#f6f7f9\" style=\"padding:10px 12px;border-left:3px solid %s\">\n",
                 quote->good ? "#1f9d5c" : "#d0453a");
    element(out, "div", INK_TEXT, "font-size:14px;line-height:20px;word-break:break-word",
            paint_line(arena, quote->text, EXCERPT_COLUMNS, &style));
    element(out, "div", INK_SOFT, "font-size:12px;line-height:18px;word-break:break-word",
            paint_line(arena, quote_note(arena, quote), EXCERPT_COLUMNS, &style));
    if (link_is_web(quote->url)) {
        buffer_append_string(out, "<div style=\"" FONT "font-size:12px;line-height:18px\">"
                                  "<a class=\"link\" style=\"color:#2457c5\" href=\"");
        print_link(out, quote->url);
        buffer_append_string(out, "\">open</a></div>\n");
    }
    buffer_append_string(out, "</td></tr></table>\n");
}

/* --- Tables ----------------------------------------------------------------------------------- */

#define CELL "padding:5px 0 5px 8px;border-bottom:1px solid #e8ebef;font-size:13px;line-height:18px"

void mail_table_begin(struct buffer *out) {
    buffer_append_string(out, TABLE "style=\"margin:0 0 8px\">\n");
}

void mail_table_head(struct buffer *out, const char *const *names, size_t count) {
    buffer_append_string(out, "<tr>");
    for (size_t i = 0; i < count; i++) {
        buffer_print(out,
                     "<td class=\"soft line\" align=\"%s\" style=\"" FONT CELL
                     ";color:#5b6675;font-size:12px%s\">%s</td>",
                     i == 0 ? "left" : "right", i == 0 ? ";padding-left:0" : "", names[i]);
    }
    buffer_append_string(out, "</tr>\n");
}

static void cell_bar(struct buffer *out, double bar) {
    int width = (int)(bar * BAR_WIDTH) + 1;
    buffer_print(out,
                 "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
                 "align=\"left\"><tr><td class=\"bar\" width=\"%d\" height=\"8\" "
                 "style=\"background-color:#4a6fd0;font-size:0;line-height:0\">&nbsp;</td>"
                 "<td width=\"%d\" style=\"font-size:0;line-height:0\">&nbsp;</td></tr></table>",
                 width, BAR_WIDTH + 2 - width);
}

void mail_table_row(struct buffer *out, const struct mail_cell *cells, size_t count) {
    buffer_append_string(out, "<tr>");
    for (size_t i = 0; i < count; i++) {
        buffer_print(out, "<td class=\"%s line\" align=\"%s\" style=\"" FONT CELL ";color:%s%s\">",
                     inks[cells[i].ink].class, i == 0 ? "left" : "right", inks[cells[i].ink].colour,
                     i > 0 || cells[i].text.size <= NAME_SHORT ? ";white-space:nowrap"
                                                               : ";word-break:break-word");
        if (cells[i].bar >= 0) {
            cell_bar(out, cells[i].bar);
        } else {
            print_html(out, cells[i].text);
        }
        buffer_append_string(out, "</td>");
    }
    buffer_append_string(out, "</tr>\n");
}

void mail_table_end(struct buffer *out) {
    buffer_append_string(out, "</table>\n");
}

/* --- Tiles ------------------------------------------------------------------------------------ */

static void print_tile(struct buffer *out, const struct mail_tile *tile) {
    buffer_append_string(out, "<td class=\"quote\" bgcolor=\"#f6f7f9\" width=\"50%\" "
                              "valign=\"top\" style=\"padding:10px 12px;"
                              "border:4px solid transparent;background-clip:padding-box\">\n");
    element(out, "div", INK_SOFT, "font-size:12px;line-height:16px", tile->name);
    element(out, "div", INK_TEXT, "font-size:22px;line-height:28px;font-weight:bold", tile->value);
    if (tile->change.size > 0) {
        element(out, "div", tile->ink, "font-size:13px;line-height:18px", tile->change);
    }
    if (tile->note.size > 0) {
        element(out, "div", INK_SOFT, "font-size:11px;line-height:15px", tile->note);
    }
    buffer_append_string(out, "</td>\n");
}

void mail_tiles(struct buffer *out, const struct mail_tile *tiles, size_t count) {
    buffer_append_string(out, TABLE "style=\"margin:8px 0\">\n");
    for (size_t i = 0; i < count; i += 2) {
        buffer_append_string(out, "<tr>");
        print_tile(out, &tiles[i]);
        if (i + 1 < count) {
            print_tile(out, &tiles[i + 1]);
        } else {
            buffer_append_string(out, "<td width=\"50%\">&nbsp;</td>");
        }
        buffer_append_string(out, "</tr>\n");
    }
    buffer_append_string(out, "</table>\n");
}
