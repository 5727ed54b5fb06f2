#include "report/digest.h"
#include "report/incident.h"
#include "report/mail_html.h"
#include "report/paint.h"

#include <math.h>

#define CELL(value) ((struct mail_cell){.text = (value), .bar = -1})
#define INK(value, which) ((struct mail_cell){.text = (value), .ink = (which), .bar = -1})

static struct span net_text(struct arena *arena, double net) {
    return isnan(net) ? SPAN("-") : paint_signed(arena, net);
}

static enum mail_ink net_ink(double net) {
    return isnan(net) ? INK_SOFT : net < -0.1 ? INK_BAD : net > 0.1 ? INK_GOOD : INK_TEXT;
}

/* --- Parts ------------------------------------------------------------------------------------ */

static struct mail_tile tile_of(struct arena *arena, const struct digest_tile *tile) {
    const struct kpi *kpi = tile->kpi;
    struct mail_tile made = {
        .name = span_of(kpi->name), .value = tile->text.value, .ink = INK_SOFT};
    if (tile->text.change.size > 0) {
        const char *arrow = !tile->text.certain ? "" : tile->text.direction > 0 ? "▲ " : "▼ ";
        made.change = arena_print(arena, "%s%.*s%s", arrow, SPAN_ARG(tile->text.change),
                                  tile->text.certain ? "" : ", within chance");
        bool feels = kpi_feels(kpi) && tile->text.certain;
        made.ink = !feels                                     ? INK_SOFT
                   : kpi_is_better(kpi, tile->text.direction) ? INK_GOOD
                                                              : INK_BAD;
    }
    if (tile->text.interval.size > 0) {
        made.note = arena_print(arena, "%.*s%s", SPAN_ARG(tile->text.interval),
                                kpi->provisional ? " (few mentions)" : "");
    }
    return made;
}

static void print_tiles(struct buffer *out, const struct digest *digest,
                        const struct digest_brand *brand) {
    struct digest_tile tiles[KPI_COUNT];
    struct mail_tile made[KPI_COUNT];
    size_t count = digest_tiles(brand, digest->arena, tiles);
    for (size_t i = 0; i < count; i++) {
        made[i] = tile_of(digest->arena, &tiles[i]);
    }
    mail_tiles(out, made, count);
}

static double highest(const struct digest_brand *brand) {
    double high = 0;
    for (size_t i = 0; i < brand->step_count; i++) {
        high = brand->steps[i].mentions > high ? brand->steps[i].mentions : high;
    }
    return high;
}

#define ROWS_MOST 10 /* a longer trend is a row of columns */

static void print_trend_rows(struct buffer *out, struct arena *arena,
                             const struct digest_brand *brand) {
    static const char *const names[] = {"day", "", "mentions", "net"};
    double high = highest(brand);
    mail_table_begin(out);
    mail_table_head(out, names, 4);
    for (size_t i = 0; i < brand->step_count; i++) {
        const struct digest_step *step = &brand->steps[i];
        bool known = !isnan(step->mentions);
        struct mail_cell cells[] = {CELL(step->name),
                                    {.bar = known && high > 0 ? step->mentions / high : -1},
                                    known ? CELL(paint_count(arena, step->mentions))
                                          : INK(SPAN("no data"), INK_SOFT),
                                    INK(net_text(arena, step->net), net_ink(step->net))};
        mail_table_row(out, cells, 4);
    }
    mail_table_end(out);
}

static void print_trend_columns(struct buffer *out, const struct digest *digest,
                                const struct digest_brand *brand) {
    double *values = ARENA_ARRAY(digest->arena, double, brand->step_count + 1);
    bool gaps = false;
    for (size_t i = 0; i < brand->step_count; i++) {
        values[i] = brand->steps[i].mentions;
        gaps = gaps || isnan(values[i]);
    }
    mail_bars(out, values, brand->step_count);
    if (highest(brand) > 0) {
        mail_paragraph(out, INK_SOFT,
                       arena_print(digest->arena, "Mentions by the %s; the highest: %.0f.%s",
                                   digest->hourly ? "hour" : "day", highest(brand),
                                   gaps ? " Grey: no data." : ""));
    }
}

static void print_trend(struct buffer *out, const struct digest *digest,
                        const struct digest_brand *brand) {
    if (brand->step_count == 0 || brand->sheet.tally.mentions == 0) {
        return;
    }
    mail_subheading(out, SPAN("Trend"));
    if (brand->step_count <= ROWS_MOST) {
        print_trend_rows(out, digest->arena, brand);
    } else {
        print_trend_columns(out, digest, brand);
    }
}

static void topic_row(struct buffer *out, struct arena *arena, const struct digest_topic *topic) {
    const char *arrow = topic->shift > 0 ? "▲" : "▼";
    struct mail_cell cells[] = {CELL(topic->name), CELL(paint_count(arena, (double)topic->before)),
                                CELL(paint_count(arena, (double)topic->now)),
                                CELL(arena_print(arena, "%s %+.0f pt", arrow, topic->shift * 100)),
                                INK(net_text(arena, topic->net), net_ink(topic->net))};
    mail_table_row(out, cells, 5);
}

static void print_topics(struct buffer *out, struct arena *arena,
                         const struct digest_brand *brand) {
    static const char *const names[] = {"topic", "before", "now", "share", "net"};
    if (brand->up_count + brand->down_count == 0) {
        return;
    }
    mail_subheading(out, SPAN("Topics that rose and fell"));
    mail_table_begin(out);
    mail_table_head(out, names, 5);
    for (size_t i = 0; i < brand->up_count; i++) {
        topic_row(out, arena, &brand->up[i]);
    }
    for (size_t i = 0; i < brand->down_count; i++) {
        topic_row(out, arena, &brand->down[i]);
    }
    mail_table_end(out);
}

static void print_quotes(struct buffer *out, struct arena *arena, const char *title,
                         const struct notice_quote *quotes, size_t count) {
    if (count > 0) {
        mail_subheading(out, span_of(title));
    }
    for (size_t i = 0; i < count; i++) {
        mail_quote(out, arena, &quotes[i]);
    }
}

static void print_market(struct buffer *out, struct arena *arena,
                         const struct digest_brand *brand) {
    static const char *const names[] = {"brand", "mentions", "share", "net"};
    const struct sheet_members *rivals = &brand->sheet.rivals;
    if (rivals->count == 0 || brand->sheet.tally.mentions == 0) {
        return;
    }
    mail_subheading(out, SPAN("Market"));
    mail_table_begin(out);
    mail_table_head(out, names, 4);
    for (size_t i = 0; i < rivals->count; i++) {
        const struct sheet_member *rival = &rivals->list[i];
        struct mail_cell cells[] = {CELL(rival->name),
                                    CELL(paint_count(arena, (double)rival->counts.mentions)),
                                    CELL(arena_print(arena, "%.0f %%", rival->share * 100)),
                                    INK(net_text(arena, rival->net), net_ink(rival->net))};
        mail_table_row(out, cells, 4);
    }
    mail_table_end(out);
}

static void print_incidents(struct buffer *out, struct arena *arena,
                            const struct digest_brand *brand) {
    const struct sheet *sheet = &brand->sheet;
    if (sheet->incident_count > 0) {
        mail_subheading(out, SPAN("Incidents"));
    }
    for (size_t i = 0; i < sheet->incident_count; i++) {
        const struct incident *incident = &sheet->incidents[i].incident;
        bool open = incident->state != INCIDENT_CLOSED;
        mail_paragraph(out, open ? INK_BAD : INK_TEXT, incident->headline);
        mail_paragraph(out, INK_SOFT, incident_facts(arena, incident));
    }
}

/* Those that do not do well; the rest is a sentence. */
static void print_sources(struct buffer *out, struct arena *arena,
                          const struct digest_brand *brand) {
    static const char *const names[] = {"source", "hours polled", "health"};
    const struct sheet *sheet = &brand->sheet;
    bool begun = false;
    mail_subheading(out, SPAN("Sources"));
    mail_paragraph(out, INK_SOFT, digest_coverage(brand, arena));
    for (size_t i = 0; i < sheet->source_count; i++) {
        const struct sheet_source *source = &sheet->sources[i];
        if (source->health == HEALTH_GOOD) {
            continue;
        }
        if (!begun) {
            mail_table_begin(out);
            mail_table_head(out, names, 3);
            begun = true;
        }
        struct span why = source->state.reason.size > 0 ? source->state.reason
                                                        : span_of(health_name(source->health));
        struct mail_cell cells[] = {
            CELL(source->name), CELL(arena_print(arena, "%.0f %%", source->coverage * 100)),
            INK(arena_print(arena, "failing: %.*s", SPAN_ARG(why)), INK_BAD)};
        mail_table_row(out, cells, 3);
    }
    if (begun) {
        mail_table_end(out);
    }
}

static void print_brand(struct buffer *out, const struct digest *digest,
                        const struct digest_brand *brand) {
    struct arena *arena = digest->arena;
    mail_card_begin(out);
    mail_status(out, digest->when, NOTICE_PLAIN);
    mail_heading(out, brand->sheet.brand);
    if (brand->sheet.tally.mentions == 0) {
        bool asked = brand->sheet.coverage > 0;
        mail_paragraph(out, asked ? INK_TEXT : INK_BAD,
                       asked ? SPAN("Nobody spoke of it, and the sources were asked.")
                             : SPAN("No data: no source was asked in this time. That is not the "
                                    "same as no mentions."));
    } else {
        print_tiles(out, digest, brand);
        mail_paragraph(out, INK_SOFT, digest_comparison(digest));
    }
    print_incidents(out, arena, brand);
    print_trend(out, digest, brand);
    print_topics(out, arena, brand);
    print_quotes(out, arena, "Against", brand->worst, brand->worst_count);
    print_quotes(out, arena, "In favour", brand->best, brand->best_count);
    print_market(out, arena, brand);
    print_sources(out, arena, brand);
    mail_button(out, digest->config->serve.base_url, "Open the dashboard");
    mail_card_end(out);
}

static void print_rest(struct buffer *out, const struct digest *digest, size_t first) {
    static const char *const names[] = {"brand", "mentions", "net"};
    mail_card_begin(out);
    mail_heading(out, SPAN("Further brands"));
    mail_table_begin(out);
    mail_table_head(out, names, 3);
    for (size_t i = first; i < digest->brand_count && i < first + 100; i++) {
        const struct digest_brand *brand = &digest->brands[i];
        double net = tally_net(&brand->sheet.tally);
        struct mail_cell cells[] = {CELL(brand->sheet.brand),
                                    CELL(digest_volume(brand, digest->arena)),
                                    INK(net_text(digest->arena, net), net_ink(net))};
        mail_table_row(out, cells, 3);
    }
    mail_table_end(out);
    mail_card_end(out);
}

static void print_undelivered(struct buffer *out, const struct digest_reader *reader) {
    if (reader->undelivered_count == 0) {
        return;
    }
    mail_card_begin(out);
    mail_heading(out, SPAN("What could not be delivered to you"));
    for (size_t i = 0; i < reader->undelivered_count; i++) {
        mail_paragraph(out, INK_TEXT, reader->undelivered[i]);
    }
    mail_card_end(out);
}

/* --- The page --------------------------------------------------------------------------------- */

static struct span print_page(const struct digest *digest, const struct digest_reader *reader,
                              size_t detailed) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL);
    mail_page_begin(&out, digest_title(digest));
    if (digest->terms.several) {
        mail_card_begin(&out);
        mail_paragraph(&out, INK_TEXT,
                       SPAN("earshot was off: this digest stands for all that should have come "
                            "since the last one."));
        mail_card_end(&out);
    }
    print_undelivered(&out, reader);
    for (size_t i = 0; i < digest->brand_count && i < detailed; i++) {
        print_brand(&out, digest, &digest->brands[i]);
    }
    if (detailed < digest->brand_count) {
        print_rest(&out, digest, detailed);
    }
    mail_page_end(&out, reader->footer);
    struct span html = arena_copy(digest->arena, buffer_span(&out));
    buffer_done(&out);
    return html;
}

struct span digest_html(const struct digest *digest, const struct digest_reader *reader) {
    size_t detailed = digest->brand_count < DIGEST_DETAILED ? digest->brand_count : DIGEST_DETAILED;
    struct span html = print_page(digest, reader, detailed);
    while (detailed > 0 && mime_quoted_size(html) > LIMIT_MAIL_HTML) {
        detailed--;
        html = print_page(digest, reader, detailed);
    }
    return html;
}
