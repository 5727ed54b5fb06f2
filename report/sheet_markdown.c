/* The report as GitHub Markdown: for tickets, wikis and chat. */
#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

#include "base/print.h"
#include "report/grid.h"

#include <math.h>

static void print_kpis(struct buffer *out, const struct sheet *sheet,
                       const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"kpi", "KPI", GRID_TEXT, 0},
        {"value", "value", GRID_TEXT, 0},
        {"interval", "95 % interval", GRID_TEXT, 0},
        {"n", "n", GRID_COUNT, 0},
        {"change", "change", GRID_TEXT, 0},
    };
    struct grid grid = grid_make(sheet->arena, columns, sizeof(columns) / sizeof(columns[0]), "");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        const struct kpi *kpi = &sheet->kpis[i];
        if (!kpi_is_shown(kpi)) {
            continue;
        }
        struct kpi_text text = paint_kpi(sheet->arena, kpi);
        grid_text(&grid, span_of(kpi->name));
        grid_text(&grid, text.value);
        grid_text(&grid, text.interval);
        grid_number(&grid, kpi->known ? (double)kpi->n : NAN);
        grid_text(&grid,
                  text.certain || span_is_empty(text.change)
                      ? text.change
                      : arena_print(sheet->arena, "%.*s (within chance)", SPAN_ARG(text.change)));
    }
    grid_print(out, &grid, style);
}

static void print_members(struct buffer *out, const char *title,
                          const struct sheet_members *members, struct arena *arena,
                          const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"name", "name", GRID_TEXT, 0},
        {"mentions", "mentions", GRID_COUNT, 0},
        {"share", "share", GRID_SHARE, 0},
        {"net", "net sentiment", GRID_TEXT, 0},
    };
    if (members->count == 0) {
        return;
    }
    struct grid grid = grid_make(arena, columns, sizeof(columns) / sizeof(columns[0]), "");
    for (size_t i = 0; i < members->count; i++) {
        const struct sheet_member *member = &members->list[i];
        grid_text(&grid, member->name);
        grid_number(&grid, (double)member->counts.mentions);
        grid_number(&grid, member->share);
        grid_text(&grid, isnan(member->net) ? SPAN("-") : paint_signed(arena, member->net));
    }
    buffer_print(out, "\n### %s\n\n", title);
    grid_print(out, &grid, style);
}

static void print_incidents(struct buffer *out, const struct sheet *sheet) {
    buffer_append_string(out, "\n### Incidents\n\n");
    if (sheet->incident_count == 0) {
        buffer_append_string(out, "None in this period.\n");
    }
    for (size_t i = 0; i < sheet->incident_count; i++) {
        const struct sheet_incident *entry = &sheet->incidents[i];
        buffer_append_string(out, "- **");
        print_markdown(out, entry->incident.headline);
        buffer_append_string(out, "**  \n  ");
        print_markdown(out, incident_facts(sheet->arena, &entry->incident));
        struct span words = evidence_words_text(sheet->arena, &entry->evidence);
        if (!span_is_empty(words)) {
            buffer_append_string(out, "  \n  new words: ");
            print_markdown(out, words);
        }
        buffer_append_byte(out, '\n');
    }
}

static void print_mentions(struct buffer *out, const char *title, const struct sheet *sheet,
                           const struct sheet_mention *list, size_t count) {
    if (count == 0) {
        return;
    }
    buffer_print(out, "\n### %s\n\n", title);
    for (size_t i = 0; i < count; i++) {
        struct span excerpt = span_first_utf8(mention_excerpt(&list[i].mention, sheet->arena), 280);
        struct span score = paint_signed(sheet->arena, list[i].score.value);
        buffer_print(out, "- %.*s ", SPAN_ARG(score));
        print_markdown(out, mention_place(&list[i].mention));
        buffer_append_string(out, ": ");
        print_markdown(out, excerpt);
        buffer_append_byte(out, '\n');
    }
}

static void print_sheet(struct buffer *out, const struct sheet *sheet,
                        const struct output_style *style) {
    char since[DATE_TEXT_SIZE];
    char until[DATE_TEXT_SIZE];
    buffer_append_string(out, "## ");
    print_markdown(out, sheet->brand);
    buffer_print(
        out, "\n\n%s to %s (%.*s); %zu of %zu sources answer; polled in %.0f %% of the hours\n\n",
        date_print_day(sheet->wall.since_ms, since),
        date_print_day(sheet->wall.until_ms - 1, until), SPAN_ARG(sheet->zone), sheet->sources_good,
        sheet->source_count, sheet->coverage * 100);
    print_kpis(out, sheet, style);
    print_incidents(out, sheet);
    print_members(out, "Topics", &sheet->topics, sheet->arena, style);
    print_members(out, "Market", &sheet->rivals, sheet->arena, style);
    print_members(out, "Channels", &sheet->channels, sheet->arena, style);
    print_mentions(out, "Best mentions", sheet, sheet->extremes.best, sheet->extremes.best_count);
    print_mentions(out, "Worst mentions", sheet, sheet->extremes.worst,
                   sheet->extremes.worst_count);
}

void sheet_print_markdown(struct buffer *out, const struct sheets *sheets,
                          const struct output_style *style) {
    for (size_t i = 0; i < sheets->count; i++) {
        buffer_append_string(out, i > 0 ? "\n" : "");
        print_sheet(out, &sheets->list[i], style);
    }
}
