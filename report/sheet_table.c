/* The report on a terminal: readable at 80 columns, with or without colour and Unicode. */
#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

#include <math.h>

struct page {
    struct buffer *out;
    const struct output_style *style;
    struct arena *arena;
    int width;
};

static void page_rule(const struct page *page) {
    paint_begin(page->out, page->style, PAINT_DIM);
    paint_repeat(page->out, page->style->unicode ? "─" : "-", page->width);
    paint_end(page->out, page->style, PAINT_DIM);
    buffer_append_byte(page->out, '\n');
}

static void page_painted(const struct page *page, enum paint paint, struct span text) {
    paint_begin(page->out, page->style, paint);
    buffer_append(page->out, text);
    paint_end(page->out, page->style, paint);
}

static void page_section(const struct page *page, const char *title, const char *note) {
    int room = page->width - (int)strlen(title) - 2;
    buffer_append_byte(page->out, '\n');
    page_painted(page, PAINT_HEAD, span_of(title));
    buffer_append_string(page->out, "  ");
    page_painted(page, PAINT_DIM, paint_line(page->arena, span_of(note), room, page->style));
    buffer_append_byte(page->out, '\n');
}

static struct span period_text(const struct sheet *sheet) {
    char since[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    double days = (double)(sheet->period.until_ms - sheet->period.since_ms) / (double)DAY_MS;
    return arena_print(
        sheet->arena, "%s to %s (%.*s), %.3g days", date_print_day(sheet->wall.since_ms, since),
        date_print_day(sheet->wall.until_ms - 1, until), SPAN_ARG(sheet->zone), days);
}

static void print_head(const struct page *page, const struct sheet *sheet) {
    struct span name = paint_line(page->arena, sheet->brand, 30, page->style);
    struct span period = period_text(sheet);
    page_painted(page, PAINT_BOLD, name);
    buffer_print(page->out, "  %.*s\n", SPAN_ARG(period));
    paint_begin(page->out, page->style, PAINT_DIM);
    if (sheet->source_count == 0) {
        buffer_append_string(page->out, "no source was polled yet");
    } else {
        buffer_print(page->out, "%zu of %zu sources answer; polled in %.0f %% of the hours",
                     sheet->sources_good, sheet->source_count, sheet->coverage * 100);
    }
    paint_end(page->out, page->style, PAINT_DIM);
    buffer_append_byte(page->out, '\n');
    page_rule(page);
}

/* A change is coloured only where it is more than chance; reach and volume are neither good nor
 * bad. */
static enum paint change_paint(const struct kpi *kpi, const struct kpi_text *text) {
    if (!text->certain) {
        return PAINT_DIM;
    }
    if (!kpi_feels(kpi)) {
        return PAINT_BOLD;
    }
    return kpi_is_better(kpi, text->direction) ? PAINT_GOOD : PAINT_BAD;
}

static const char *arrow(const struct output_style *style, const struct kpi_text *text) {
    if (!text->certain || text->direction == 0) {
        return style->unicode ? "≈" : "~";
    }
    if (text->direction > 0) {
        return style->unicode ? "▲" : "^";
    }
    return style->unicode ? "▼" : "v";
}

static void print_kpi(const struct page *page, const struct kpi *kpi) {
    struct kpi_text text = paint_kpi(page->arena, kpi);
    buffer_append_string(page->out, "  ");
    paint_padded(page->out, span_of(kpi->name), 15, false);
    paint_begin(page->out, page->style, kpi->known ? PAINT_BOLD : PAINT_DIM);
    paint_padded(page->out, text.value, 9, true);
    paint_end(page->out, page->style, kpi->known ? PAINT_BOLD : PAINT_DIM);
    buffer_append_string(page->out, "  ");
    paint_padded(page->out, text.interval, 18, false);
    if (kpi->known) {
        struct span n = paint_count(page->arena, (double)kpi->n);
        buffer_print(page->out, "n %.*s", SPAN_ARG(n));
        paint_repeat(page->out, " ", span_is_empty(text.change) ? 0 : 8 - paint_columns(n));
    }
    if (!span_is_empty(text.change)) {
        paint_begin(page->out, page->style, change_paint(kpi, &text));
        buffer_print(page->out, "%s %.*s", arrow(page->style, &text), SPAN_ARG(text.change));
        paint_end(page->out, page->style, change_paint(kpi, &text));
    }
    if (kpi->provisional) {
        page_painted(page, PAINT_DIM, SPAN("  few"));
    }
    buffer_append_byte(page->out, '\n');
}

static void print_kpis(const struct page *page, const struct sheet *sheet) {
    page_section(page, "KPIs", "value, 95 % interval, n, change against the period before");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        if (kpi_is_shown(&sheet->kpis[i])) {
            print_kpi(page, &sheet->kpis[i]);
        }
    }
}

static double point_value(const struct sheet_point *point, bool net) {
    return !point->known ? NAN : net ? point->net : (double)point->counts.mentions;
}

static void print_spark_row(const struct page *page, const char *name, const double *values,
                            size_t count, struct span note) {
    buffer_append_string(page->out, "  ");
    paint_padded(page->out, span_of(name), 9, false);
    paint_spark(page->out, values, count, page->width - 36, page->style);
    buffer_print(page->out, "  %.*s\n", SPAN_ARG(note));
}

static void print_trend(const struct page *page, const struct sheet *sheet) {
    if (sheet->point_count == 0) {
        return;
    }
    double *volume = ARENA_ARRAY(page->arena, double, sheet->point_count);
    double *net = ARENA_ARRAY(page->arena, double, sheet->point_count);
    size_t peak = 0;
    size_t gaps = 0;
    size_t worst = SIZE_MAX;
    for (size_t i = 0; i < sheet->point_count; i++) {
        volume[i] = point_value(&sheet->points[i], false);
        net[i] = point_value(&sheet->points[i], true);
        gaps += isnan(volume[i]) ? 1 : 0;
        peak = !isnan(volume[i]) && !(volume[i] <= volume[peak]) ? i : peak;
        bool counts = !isnan(net[i]) && sheet->points[i].counts.mentions >= 3;
        worst = counts && (worst == SIZE_MAX || net[i] < net[worst]) ? i : worst;
    }
    char day[DATE_TEXT_SIZE];
    const char *step = sheet->step == SERIES_DAY ? "a day" : "an hour";
    page_section(page, "Trend",
                 arena_print(page->arena, "one sign %s%s", step,
                             gaps == 0              ? ""
                             : page->style->unicode ? "; · = no data"
                                                    : "; ? = no data")
                     .data);
    struct span most = isnan(volume[peak])
                           ? SPAN("")
                           : arena_print(page->arena, "most %.0f, %s", volume[peak],
                                         date_print_day(sheet->points[peak].wall_ms, day));
    print_spark_row(page, "volume", volume, sheet->point_count, most);
    struct span least = worst == SIZE_MAX
                            ? SPAN("")
                            : arena_print(page->arena, "least %+.2f, %s", net[worst],
                                          date_print_day(sheet->points[worst].wall_ms, day));
    print_spark_row(page, "net", net, sheet->point_count, least);
}

static void print_incident(const struct page *page, const struct sheet_incident *entry) {
    const struct incident *incident = &entry->incident;
    enum paint paint = incident->state == INCIDENT_CLOSED ? PAINT_BOLD : PAINT_BAD;
    const char *mark = page->style->unicode ? "●" : "*";
    paint_begin(page->out, page->style, paint);
    buffer_print(page->out, "  %s ", mark);
    struct span headline =
        paint_line(page->arena, incident->headline, page->width * 2 - 20, page->style);
    struct buffer wrapped;
    buffer_init(&wrapped, LIMIT_TEXT);
    paint_wrapped(&wrapped, headline, 4, 3, page->style);
    buffer_append(page->out, span_from(buffer_span(&wrapped), 4));
    buffer_done(&wrapped);
    paint_end(page->out, page->style, paint);
    struct span facts = incident_facts(page->arena, incident);
    paint_begin(page->out, page->style, PAINT_DIM);
    paint_wrapped(page->out, facts, 4, 2, page->style);
    paint_end(page->out, page->style, PAINT_DIM);
    struct span news = evidence_words_text(page->arena, &entry->evidence);
    if (!span_is_empty(news)) {
        paint_wrapped(page->out, arena_print(page->arena, "new words: %.*s", SPAN_ARG(news)), 4, 2,
                      page->style);
    }
    struct span spread = evidence_sources_text(page->arena, &entry->evidence);
    if (!span_is_empty(spread)) {
        paint_wrapped(page->out, spread, 4, 2, page->style);
    }
    if (entry->evidence.hour_count > 1) {
        buffer_append_string(page->out, "    ");
        paint_spark(page->out, entry->evidence.hours, entry->evidence.hour_count, page->width - 28,
                    page->style);
        buffer_append_string(page->out, "  by the hour\n");
    }
}

static void print_incidents(const struct page *page, const struct sheet *sheet) {
    page_section(page, "Incidents", "what was more than chance");
    if (sheet->incident_count == 0) {
        buffer_append_string(page->out, "  none in this period\n");
    }
    for (size_t i = 0; i < sheet->incident_count; i++) {
        print_incident(page, &sheet->incidents[i]);
    }
}

static void print_net(const struct page *page, double net, uint64_t mentions) {
    /* Below five mentions a colour would say more than is known. */
    enum paint paint = isnan(net) || mentions < 5 ? PAINT_DIM
                       : net < -0.1               ? PAINT_BAD
                       : net > 0.1                ? PAINT_GOOD
                                                  : PAINT_PLAIN;
    struct span text = isnan(net) ? SPAN("-") : paint_signed(page->arena, net);
    paint_begin(page->out, page->style, paint);
    paint_padded(page->out, text, 7, true);
    paint_end(page->out, page->style, paint);
}

static void print_member(const struct page *page, const struct sheet_member *member, double largest,
                         bool first_to_mend) {
    buffer_append_string(page->out, "  ");
    paint_padded(page->out, paint_line(page->arena, member->name, 16, page->style), 17, false);
    paint_padded(page->out, paint_count(page->arena, (double)member->counts.mentions), 7, true);
    buffer_print(page->out, " %4.0f %%  ", member->share * 100);
    int bar = page->width - 60 < 2 ? 2 : page->width - 60 > 16 ? 16 : page->width - 60;
    paint_bar(page->out, largest > 0 ? member->share / largest : 0, bar, page->style);
    print_net(page, member->net, member->counts.mentions);
    if (first_to_mend) {
        const char *mark = page->style->unicode ? "   ← mend first" : "   <- mend first";
        page_painted(page, PAINT_BAD, span_of(mark));
    }
    buffer_append_byte(page->out, '\n');
}

static void print_members(const struct page *page, const char *title, const char *note,
                          const struct sheet_members *members, bool impact) {
    if (members->count == 0) {
        return;
    }
    size_t mend = 0;
    double largest = 0;
    for (size_t i = 0; i < members->count; i++) {
        mend = members->list[i].impact > members->list[mend].impact ? i : mend;
        largest = fmax(largest, members->list[i].share);
    }
    page_section(page, title, note);
    for (size_t i = 0; i < members->count; i++) {
        /* An impact of 0.02: the topic takes two points off the brand's net sentiment. */
        bool first = impact && i == mend && members->list[i].impact >= 0.02;
        print_member(page, &members->list[i], largest, first);
    }
}

static void print_source(const struct page *page, const struct sheet_source *source) {
    enum paint paint = source->health == HEALTH_GOOD      ? PAINT_GOOD
                       : source->health == HEALTH_FAILING ? PAINT_BAD
                                                          : PAINT_DIM;
    int name = page->width - 56 < 12 ? 12 : page->width - 56 > 24 ? 24 : page->width - 56;
    buffer_append_string(page->out, "  ");
    paint_padded(page->out, paint_line(page->arena, source->name, name, page->style), name + 1,
                 false);
    paint_padded(page->out, paint_count(page->arena, (double)source->mentions), 7, true);
    print_net(page, source->net, source->mentions);
    buffer_print(page->out, "  %3.0f %% of hours  ", source->coverage * 100);
    page_painted(page, paint, span_of(health_name(source->health)));
    if (source->health == HEALTH_FAILING && !span_is_empty(source->state.reason)) {
        struct span reason = paint_line(page->arena, source->state.reason, 14, page->style);
        buffer_print(page->out, ": %.*s", SPAN_ARG(reason));
    }
    buffer_append_byte(page->out, '\n');
}

static void print_sources(const struct page *page, const struct sheet *sheet) {
    if (sheet->source_count == 0) {
        return;
    }
    page_section(page, "Sources", "mentions, net sentiment, hours polled, health");
    size_t shown = sheet->source_count < 12 ? sheet->source_count : 12;
    for (size_t i = 0; i < shown; i++) {
        print_source(page, &sheet->sources[i]);
    }
    if (shown < sheet->source_count) {
        buffer_print(page->out, "  and %zu more: earshot source list\n",
                     sheet->source_count - shown);
    }
}

static void print_mentions(const struct page *page, const char *title,
                           const struct sheet_mention *list, size_t count) {
    char day[DATE_TEXT_SIZE];
    if (count == 0) {
        return;
    }
    page_section(page, title, "one a story, one an author");
    for (size_t i = 0; i < count; i++) {
        const struct mention *mention = &list[i].mention;
        struct span place = paint_line(page->arena, mention_place(mention), 30, page->style);
        buffer_append_string(page->out, "  ");
        print_net(page, list[i].score.value, UINT64_MAX);
        buffer_print(page->out, "  %.*s, %s\n", SPAN_ARG(place),
                     date_print_day(list[i].wall_ms, day));
        paint_wrapped(page->out, mention_excerpt(mention, page->arena), 11, 2, page->style);
        if (!span_is_empty(mention->item.url)) {
            struct span url =
                paint_line(page->arena, mention->item.url, page->width - 11, page->style);
            page_painted(page, PAINT_DIM,
                         arena_print(page->arena, "           %.*s\n", SPAN_ARG(url)));
        }
    }
}

static void print_sheet(const struct page *page, const struct sheet *sheet) {
    print_head(page, sheet);
    print_kpis(page, sheet);
    print_trend(page, sheet);
    print_incidents(page, sheet);
    print_members(page, "Topics", "mentions, share, net sentiment", &sheet->topics, true);
    print_members(page, "Market", "mentions, share of voice, net sentiment", &sheet->rivals, false);
    print_members(page, "Channels", "mentions, share, net sentiment", &sheet->channels, false);
    print_members(page, "Languages", "mentions, share, net sentiment", &sheet->languages, false);
    print_sources(page, sheet);
    print_mentions(page, "Best mentions", sheet->extremes.best, sheet->extremes.best_count);
    print_mentions(page, "Worst mentions", sheet->extremes.worst, sheet->extremes.worst_count);
}

void sheet_print_table(struct buffer *out, const struct sheets *sheets,
                       const struct output_style *style) {
    struct page page = {
        .out = out, .style = style, .arena = arena_create(), .width = paint_width(style)};
    for (size_t i = 0; i < sheets->count; i++) {
        buffer_append_string(out, i > 0 ? "\n\n" : "");
        print_sheet(&page, &sheets->list[i]);
    }
    arena_free(page.arena);
}
