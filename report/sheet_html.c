/* The report as one HTML file: tiles, chart, incidents, tables, mentions. */
#include "report/html.h"
#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

#include "base/print.h"
#include "report/grid.h"

#include <math.h>

static void print_tile(struct buffer *out, struct arena *arena, const struct kpi *kpi) {
    struct kpi_text text = paint_kpi(arena, kpi);
    buffer_append_string(out, "<div class=\"tile\"><span class=\"name\">");
    print_html(out, span_of(kpi->name));
    buffer_append_string(out, "</span><b>");
    print_html(out, text.value);
    buffer_append_string(out, "</b>");
    if (!span_is_empty(text.change)) {
        bool feels = kpi_feels(kpi);
        const char *class = !text.certain || !feels              ? "dim"
                            : kpi_is_better(kpi, text.direction) ? "good"
                                                                 : "bad";
        const char *arrow = !text.certain ? "≈" : text.direction > 0 ? "▲" : "▼";
        buffer_print(out, "<span class=\"%s\">%s %.*s%s</span>", class, arrow,
                     SPAN_ARG(text.change), text.certain ? "" : ", within chance");
    }
    if (!span_is_empty(text.interval)) {
        html_element(out, "span", NULL, text.interval);
    }
    if (kpi->known) {
        struct span n = paint_count(arena, (double)kpi->n);
        buffer_print(out, "<span>n = %.*s%s</span>", SPAN_ARG(n),
                     kpi->provisional ? ", too few to lean on" : "");
    }
    buffer_append_string(out, "</div>\n");
}

static bool step_has_incident(const struct sheet *sheet, int64_t from_ms, int64_t until_ms) {
    for (size_t i = 0; i < sheet->incident_count; i++) {
        int64_t started_ms = sheet->incidents[i].incident.started_ms;
        if (started_ms >= from_ms && started_ms < until_ms) {
            return true;
        }
    }
    return false;
}

static void print_chart(struct buffer *out, const struct sheet *sheet) {
    if (sheet->point_count == 0) {
        return;
    }
    int64_t step_ms = sheet->step == SERIES_DAY ? DAY_MS : HOUR_MS;
    struct html_column *columns = ARENA_ARRAY(sheet->arena, struct html_column, sheet->point_count);
    size_t peak = 0;
    for (size_t i = 0; i < sheet->point_count; i++) {
        const struct sheet_point *point = &sheet->points[i];
        columns[i] = (struct html_column){
            .known = point->known,
            .positive = (double)point->counts.labels[LABEL_POSITIVE],
            .negative = (double)point->counts.labels[LABEL_NEGATIVE],
            .neutral =
                (double)(point->counts.labels[LABEL_NEUTRAL] + point->counts.labels[LABEL_UNSURE]),
            .time_ms = point->wall_ms,
            .marked = step_has_incident(sheet, point->time_ms, point->time_ms + step_ms)};
        peak = point->counts.mentions > sheet->points[peak].counts.mentions ? i : peak;
    }
    char day[DATE_TEXT_SIZE];
    struct span sentence = arena_print(sheet->arena, "%llu mentions; the most, %llu, on %s.",
                                       (unsigned long long)sheet->tally.mentions,
                                       (unsigned long long)sheet->points[peak].counts.mentions,
                                       date_print_day(sheet->points[peak].wall_ms, day));
    buffer_append_string(out, "<section><h2>Mentions by feeling</h2>\n");
    html_chart(out, columns, sheet->point_count, sentence);
    buffer_append_string(
        out, "<p class=\"dim\">"
             "<i class=\"key\" style=\"background:var(--good);margin-left:0\"></i>positive"
             "<i class=\"key\" style=\"background:var(--neutral)\"></i>neutral or unsure"
             "<i class=\"key\" style=\"background:var(--bad)\"></i>negative");
    buffer_append_string(out, ". Hatched: no data. ");
    print_html(out, sentence);
    buffer_append_string(out, "</p></section>\n");
}

static void print_incident(struct buffer *out, const struct sheet *sheet,
                           const struct sheet_incident *entry) {
    bool open = entry->incident.state != INCIDENT_CLOSED;
    buffer_print(out, "<article class=\"%s\">", open ? "open" : "closed");
    html_element(out, "h3", NULL, entry->incident.headline);
    html_element(out, "p", NULL, incident_facts(sheet->arena, &entry->incident));
    struct span words = evidence_words_text(sheet->arena, &entry->evidence);
    if (!span_is_empty(words)) {
        html_element(out, "p", NULL, arena_print(sheet->arena, "New words: %.*s", SPAN_ARG(words)));
    }
    struct span spread = evidence_sources_text(sheet->arena, &entry->evidence);
    if (!span_is_empty(spread)) {
        html_element(out, "p", NULL, spread);
    }
    if (entry->evidence.hour_count > 1) {
        html_spark(out, entry->evidence.hours, entry->evidence.hour_count);
        buffer_append_string(out, "<p>Mentions by the hour, from a day before.</p>");
    }
    buffer_append_string(out, "</article>\n");
}

static void print_member_row(struct buffer *out, struct arena *arena,
                             const struct sheet_member *member, double largest) {
    const char *class = isnan(member->net) || member->counts.mentions < 5 ? "dim"
                        : member->net < -0.1                              ? "bad"
                        : member->net > 0.1                               ? "good"
                                                                          : "";
    struct span net = isnan(member->net) ? SPAN("-") : paint_signed(arena, member->net);
    struct span count = paint_count(arena, (double)member->counts.mentions);
    buffer_append_string(out, "<tr><td>");
    print_html(out, member->name);
    buffer_print(out, "</td><td class=\"number\">%.*s</td><td class=\"number\">%.0f %%</td><td>",
                 SPAN_ARG(count), member->share * 100);
    html_bar(out, largest > 0 ? member->share / largest : 0, "");
    buffer_print(out, "</td><td class=\"number %s\">%.*s</td></tr>\n", class, SPAN_ARG(net));
}

static void print_members(struct buffer *out, const struct sheet *sheet, const char *title,
                          const struct sheet_members *members) {
    if (members->count == 0) {
        return;
    }
    double largest = 0;
    for (size_t i = 0; i < members->count; i++) {
        largest = fmax(largest, members->list[i].share);
    }
    buffer_print(out,
                 "<section><h2>%s</h2><div class=\"wide\"><table><thead><tr>"
                 "<th scope=\"col\">name</th><th scope=\"col\" class=\"number\">mentions</th>"
                 "<th scope=\"col\" class=\"number\">share</th><th scope=\"col\"></th>"
                 "<th scope=\"col\" class=\"number\">net</th></tr></thead><tbody>\n",
                 title);
    for (size_t i = 0; i < members->count; i++) {
        print_member_row(out, sheet->arena, &members->list[i], largest);
    }
    buffer_append_string(out, "</tbody></table></div></section>\n");
}

static void print_mentions(struct buffer *out, const struct sheet *sheet, const char *title,
                           const char *class, const struct sheet_mention *list, size_t count) {
    char day[DATE_TEXT_SIZE];
    if (count == 0) {
        return;
    }
    buffer_print(out, "<section><h2>%s</h2>\n", title);
    for (size_t i = 0; i < count; i++) {
        const struct mention *mention = &list[i].mention;
        struct output_style style = {.unicode = true};
        struct span excerpt =
            paint_line(sheet->arena, mention_excerpt(mention, sheet->arena), 280, &style);
        struct span score = paint_signed(sheet->arena, list[i].score.value);
        buffer_print(out, "<blockquote class=\"%s\"><p>", class);
        print_html(out, excerpt);
        buffer_print(out, "</p><footer>%.*s · ", SPAN_ARG(score));
        html_link(out, mention->item.url, mention_place(mention));
        buffer_print(out, " · %s</footer></blockquote>\n", date_print_day(list[i].wall_ms, day));
    }
    buffer_append_string(out, "</section>\n");
}

static void print_sources(struct buffer *out, const struct sheet *sheet) {
    static const struct grid_column columns[] = {
        {"name", "source", GRID_TEXT, 0},   {"mentions", "mentions", GRID_COUNT, 0},
        {"net", "net", GRID_TEXT, 0},       {"coverage", "hours polled", GRID_SHARE, 0},
        {"health", "health", GRID_TEXT, 0}, {"succeeded", "last answer (UTC)", GRID_TIME, 0},
    };
    struct grid grid = grid_make(sheet->arena, columns, sizeof(columns) / sizeof(columns[0]),
                                 "No source was polled yet.");
    for (size_t i = 0; i < sheet->source_count; i++) {
        const struct sheet_source *source = &sheet->sources[i];
        bool failing = source->health == HEALTH_FAILING;
        struct span health = span_of(health_name(source->health));
        if (failing && !span_is_empty(source->state.reason)) {
            health = arena_print(sheet->arena, "failing: %.*s", SPAN_ARG(source->state.reason));
        }
        grid_text(&grid, source->name);
        grid_number(&grid, (double)source->mentions);
        grid_text(&grid, isnan(source->net) ? SPAN("-") : paint_signed(sheet->arena, source->net));
        grid_number(&grid, source->coverage);
        grid_tone(&grid, health, failing ? TONE_BAD : TONE_GOOD);
        grid_time(&grid, source->state.succeeded_ms);
    }
    buffer_append_string(out, "<section><h2>Sources</h2>\n");
    grid_print_html(out, &grid);
    buffer_append_string(out, "</section>\n");
}

static void print_definitions(struct buffer *out, const struct sheet *sheet) {
    buffer_append_string(out, "<section><details><summary>How the numbers are made</summary><p>");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        const struct kpi *kpi = &sheet->kpis[i];
        struct span line = arena_print(sheet->arena, "%s = %s; interval: %s.", kpi->name,
                                       kpi->formula, kpi->method);
        print_html(out, line);
        buffer_append_string(out, "<br>");
    }
    buffer_append_string(out, "\"No data\" is not zero.</p></details></section>\n");
}

static void print_head(struct buffer *out, const struct sheet *sheet) {
    char since[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    buffer_append_string(out, "<header>");
    html_element(out, "h1", NULL, sheet->brand);
    buffer_print(out,
                 "<p>%s to %s (%.*s) · %zu of %zu sources answer · polled in %.0f %% of the "
                 "hours</p></header>\n",
                 date_print_day(sheet->wall.since_ms, since),
                 date_print_day(sheet->wall.until_ms - 1, until), SPAN_ARG(sheet->zone),
                 sheet->sources_good, sheet->source_count, sheet->coverage * 100);
}

static void print_sheet(struct buffer *out, const struct sheet *sheet) {
    print_head(out, sheet);
    buffer_append_string(out, "<div class=\"tiles\">\n");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        if (kpi_is_shown(&sheet->kpis[i])) {
            print_tile(out, sheet->arena, &sheet->kpis[i]);
        }
    }
    buffer_append_string(out, "</div>\n");
    print_chart(out, sheet);
    for (size_t i = 0; i < sheet->incident_count; i++) {
        print_incident(out, sheet, &sheet->incidents[i]);
    }
    buffer_append_string(out, "<div class=\"pair\">\n");
    print_members(out, sheet, "Topics", &sheet->topics);
    print_members(out, sheet, "Market", &sheet->rivals);
    print_members(out, sheet, "Channels", &sheet->channels);
    print_members(out, sheet, "Languages", &sheet->languages);
    print_mentions(out, sheet, "Best mentions", "good", sheet->extremes.best,
                   sheet->extremes.best_count);
    print_mentions(out, sheet, "Worst mentions", "bad", sheet->extremes.worst,
                   sheet->extremes.worst_count);
    buffer_append_string(out, "</div>\n");
    print_sources(out, sheet);
    print_definitions(out, sheet);
}

void sheet_print_html(struct buffer *out, const struct sheets *sheets,
                      const struct output_style *style) {
    (void)style;
    html_page_begin(out, sheets->count == 1 ? sheets->list[0].brand : SPAN("earshot report"));
    for (size_t i = 0; i < sheets->count; i++) {
        print_sheet(out, &sheets->list[i]);
    }
    html_page_end(out);
}
