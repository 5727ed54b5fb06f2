#include "report/html.h"

#include "base/date.h"
#include "base/print.h"

#include <math.h>

static const char style_sheet[] =
    ":root{color-scheme:light dark;--back:#f6f7f9;--card:#fff;--text:#1b2330;--soft:#5b6675;"
    "--line:#dfe3e8;--good:#1a7f4b;--bad:#c0362c;--neutral:#a9b4c2;--accent:#2457c5;"
    "--bad-back:#fdeeec}"
    "@media(prefers-color-scheme:dark){:root{--back:#12161c;--card:#1b2129;--text:#e6eaf0;"
    "--soft:#9aa6b5;--line:#2f3844;--good:#4cc38a;--bad:#ff7b6e;--neutral:#57657a;"
    "--accent:#8ab0ff;--bad-back:#33201f}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--back);color:var(--text);font:15px/1.5 system-ui,-apple-system,"
    "\"Segoe UI\",Roboto,\"Liberation Sans\",sans-serif}"
    "main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 3rem}"
    "h1{font-size:1.7rem;margin:0;line-height:1.2}"
    "h2{font-size:1.05rem;margin:0 0 .6rem}"
    "header p{margin:.3rem 0 1.2rem;color:var(--soft)}"
    "section,article{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:1rem 1.1rem;margin:0 0 1rem}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(11.5rem,1fr));gap:.7rem;"
    "margin:0 0 1rem}"
    ".tile{background:var(--card);border:1px solid var(--line);border-radius:10px;"
    "padding:.8rem .9rem}"
    ".tile b{display:block;font-size:1.55rem;line-height:1.25;font-weight:650;"
    "font-variant-numeric:tabular-nums}"
    ".tile span{display:block;color:var(--soft);font-size:.82rem}"
    ".tile .name{color:var(--text);font-size:.85rem;font-weight:600}"
    ".good{color:var(--good)}.bad{color:var(--bad)}.dim,.none{color:var(--soft)}"
    ".tile .good{color:var(--good)}.tile .bad{color:var(--bad)}"
    "article.open{border-color:var(--bad);background:var(--bad-back)}"
    "article h3{margin:0 0 .3rem;font-size:1rem}"
    "article p{margin:.2rem 0;color:var(--soft);font-size:.9rem}"
    ".pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:"
    "1rem}"
    ".pair>section{margin:0}.pair{margin:0 0 1rem}"
    ".wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.9rem}"
    "th{text-align:left;color:var(--soft);font-weight:600;font-size:.8rem}"
    "th,td{padding:.32rem .9rem .32rem 0;border-bottom:1px solid var(--line);"
    "vertical-align:baseline}"
    "tr:last-child td{border-bottom:0}th:last-child,td:last-child{padding-right:0}"
    ".number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "blockquote{margin:0 0 .8rem;padding:0 0 0 .8rem;border-left:3px solid var(--neutral)}"
    "blockquote.good{border-color:var(--good);color:inherit}"
    "blockquote.bad{border-color:var(--bad);color:inherit}"
    "blockquote p{margin:0;overflow-wrap:anywhere}"
    "blockquote footer{color:var(--soft);font-size:.83rem}"
    "a{color:var(--accent)}"
    "svg{display:block;width:100%;height:auto}"
    "svg text{fill:var(--soft);font-size:11px}"
    ".bar{display:inline-block;width:5rem;height:.55rem;border-radius:3px;background:var(--line);"
    "overflow:hidden;vertical-align:middle}"
    ".bar i{display:block;height:100%;background:var(--accent)}"
    ".key{display:inline-block;width:.7rem;height:.7rem;border-radius:2px;margin:0 .3rem 0 .8rem}"
    "details summary{cursor:pointer;color:var(--soft);font-size:.85rem}"
    "@media(max-width:480px){.tiles{grid-template-columns:1fr 1fr}.bar{display:none}"
    "section svg{min-height:9rem}main{padding:1rem .6rem 2rem}}"
    "@media print{body{background:#fff}section,article,.tile{break-inside:avoid}}";

void html_page_begin(struct buffer *out, struct span title) {
    buffer_append_string(out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                              "<meta name=\"viewport\" content=\"width=device-width, "
                              "initial-scale=1\">\n<title>");
    print_html(out, title);
    buffer_append_string(out, "</title>\n<style>");
    buffer_append_string(out, style_sheet);
    buffer_append_string(out, "</style></head>\n<body><main>\n");
}

void html_page_end(struct buffer *out) {
    buffer_append_string(out, "</main></body></html>\n");
}

void html_element(struct buffer *out, const char *tag, const char *class, struct span text) {
    if (class == NULL) {
        buffer_print(out, "<%s>", tag);
    } else {
        buffer_print(out, "<%s class=\"%s\">", tag, class);
    }
    print_html(out, text);
    buffer_print(out, "</%s>", tag);
}

void html_link(struct buffer *out, struct span url, struct span text) {
    if (!link_is_web(url)) {
        print_html(out, text);
        return;
    }
    buffer_append_string(out, "<a rel=\"noopener noreferrer nofollow\" href=\"");
    print_html(out, url);
    buffer_append_string(out, "\">");
    print_html(out, text);
    buffer_append_string(out, "</a>");
}

#define CHART_WIDTH 900
#define CHART_HEIGHT 220
#define CHART_LEFT 44
#define CHART_TOP 14
#define CHART_BOTTOM 24

struct chart {
    struct buffer *out;
    double top;  /* value at the top */
    double step; /* width of one column */
};

/* A round number at or above: 1, 2 or 5 times a power of ten. */
static double round_up(double value) {
    double power = pow(10, floor(log10(fmax(value, 1))));
    static const double steps[] = {1, 2, 4, 5, 10};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (steps[i] * power >= value) {
            return steps[i] * power;
        }
    }
    return 10 * power;
}

static double chart_y(const struct chart *chart, double value) {
    double height = CHART_HEIGHT - CHART_TOP - CHART_BOTTOM;
    return CHART_HEIGHT - CHART_BOTTOM - value / chart->top * height;
}

static void chart_part(const struct chart *chart, size_t index, double from, double to,
                       const char *colour) {
    if (to <= from) {
        return;
    }
    double gap = chart->step > 6 ? 2 : chart->step > 3 ? 1 : 0;
    double y = chart_y(chart, to);
    buffer_print(chart->out,
                 "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                 "fill=\"var(--%s)\"/>\n",
                 CHART_LEFT + (double)index * chart->step + gap / 2, y, chart->step - gap,
                 chart_y(chart, from) - y, colour);
}

static void chart_column(const struct chart *chart, const struct html_column *column,
                         size_t index) {
    double x = CHART_LEFT + (double)index * chart->step;
    if (!column->known) {
        /* No data: a hatched strip, which no count of mentions can be mistaken for. */
        buffer_print(chart->out,
                     "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
                     "fill=\"url(#gap)\"/>\n",
                     x, CHART_TOP, chart->step, CHART_HEIGHT - CHART_TOP - CHART_BOTTOM);
        return;
    }
    double below = column->negative;
    chart_part(chart, index, 0, below, "bad");
    chart_part(chart, index, below, below + column->neutral, "neutral");
    below += column->neutral;
    chart_part(chart, index, below, below + column->positive, "good");
    if (column->marked) {
        double centre = x + chart->step / 2;
        buffer_print(chart->out,
                     "<path d=\"M%.1f 2l5 9h-10z\" fill=\"var(--bad)\"><title>incident</title>"
                     "</path>\n",
                     centre);
    }
}

static void chart_axes(const struct chart *chart, const struct html_column *columns, size_t count) {
    for (int i = 0; i <= 2; i++) {
        double value = chart->top * i / 2;
        double y = chart_y(chart, value);
        buffer_print(chart->out,
                     "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--line)\"/>"
                     "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
                     CHART_LEFT, CHART_WIDTH, y, y, CHART_LEFT - 6, y + 4, value);
    }
    size_t every = (count + 5) / 6;
    for (size_t i = 0; i < count; i += every) {
        struct date date = date_from_ms(columns[i].time_ms);
        buffer_print(chart->out, "<text x=\"%.1f\" y=\"%d\">%d-%02d",
                     CHART_LEFT + (double)i * chart->step, CHART_HEIGHT - 6, date.month, date.day);
        bool hours = count > 1 && columns[1].time_ms - columns[0].time_ms < DAY_MS;
        if (hours) {
            buffer_print(chart->out, " %02d:00", date.hour);
        }
        buffer_append_string(chart->out, "</text>\n");
    }
}

void html_chart(struct buffer *out, const struct html_column *columns, size_t count,
                struct span sentence) {
    struct chart chart = {.out = out, .top = 1, .step = CHART_WIDTH - CHART_LEFT};
    for (size_t i = 0; i < count; i++) {
        chart.top = fmax(chart.top, columns[i].positive + columns[i].neutral + columns[i].negative);
    }
    chart.top = round_up(chart.top);
    chart.step = (double)(CHART_WIDTH - CHART_LEFT) / (double)(count == 0 ? 1 : count);
    buffer_print(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", CHART_WIDTH,
                 CHART_HEIGHT);
    print_html(out, sentence);
    buffer_append_string(out, "\"><defs><pattern id=\"gap\" width=\"6\" height=\"6\" "
                              "patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
                              "<line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" stroke=\"var(--line)\" "
                              "stroke-width=\"2\"/></pattern></defs>\n");
    chart_axes(&chart, columns, count);
    for (size_t i = 0; i < count; i++) {
        chart_column(&chart, &columns[i], i);
    }
    buffer_append_string(out, "</svg>\n");
}

void html_spark(struct buffer *out, const double *values, size_t count) {
    double high = 1;
    for (size_t i = 0; i < count; i++) {
        high = isnan(values[i]) ? high : fmax(high, values[i]);
    }
    double step = 600.0 / (double)(count == 0 ? 1 : count);
    buffer_append_string(out, "<svg viewBox=\"0 0 600 48\" aria-hidden=\"true\">");
    for (size_t i = 0; i < count; i++) {
        if (isnan(values[i])) {
            continue;
        }
        double height = fmax(1, values[i] / high * 46);
        buffer_print(out,
                     "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                     "fill=\"var(--bad)\"/>",
                     (double)i * step, 48 - height, step > 3 ? step - 1 : step, height);
    }
    buffer_append_string(out, "</svg>\n");
}

void html_bar(struct buffer *out, double share, const char *class) {
    double width = share < 0 ? 0 : share > 1 ? 100 : share * 100;
    buffer_print(out, "<span class=\"bar %s\"><i style=\"width:%.0f%%\"></i></span>", class, width);
}
