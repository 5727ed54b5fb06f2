/* The digest in plain text, and as a notice for chat rooms. */
#include "base/print.h"
#include "report/digest.h"
#include "report/incident.h"
#include "report/paint.h"

#include <math.h>

static const struct output_style style = {.unicode = true, .width = 76};

#define NAME_COLUMNS 18
#define BAR_COLUMNS 24
#define NUMBER_COLUMNS 10

static struct span net_text(struct arena *arena, double net) {
    return isnan(net) ? SPAN("-") : paint_signed(arena, net);
}

static void heading(struct buffer *out, const char *text) {
    buffer_print(out, "\n%s\n", text);
    paint_repeat(out, "-", (int)strlen(text));
    buffer_append_byte(out, '\n');
}

static void name_cell(struct buffer *out, struct arena *arena, struct span name) {
    paint_padded(out, paint_line(arena, name, NAME_COLUMNS, &style), NAME_COLUMNS + 1, false);
}

/* --- Parts ------------------------------------------------------------------------------------ */

static void print_tiles(struct buffer *out, struct arena *arena, const struct digest_brand *brand) {
    struct digest_tile tiles[KPI_COUNT];
    size_t count = digest_tiles(brand, arena, tiles);
    for (size_t i = 0; i < count; i++) {
        const struct kpi_text *text = &tiles[i].text;
        name_cell(out, arena, span_of(tiles[i].kpi->name));
        paint_padded(out, text->value, NUMBER_COLUMNS, true);
        if (text->change.size > 0) {
            buffer_print(out, "   %.*s%s", SPAN_ARG(text->change),
                         text->certain ? "" : ", within chance");
        }
        buffer_append_byte(out, '\n');
    }
}

static void print_trend(struct buffer *out, struct arena *arena, const struct digest_brand *brand) {
    double high = 0;
    for (size_t i = 0; i < brand->step_count; i++) {
        high = brand->steps[i].mentions > high ? brand->steps[i].mentions : high;
    }
    if (high <= 0) {
        return;
    }
    heading(out, "Trend");
    for (size_t i = 0; i < brand->step_count; i++) {
        const struct digest_step *step = &brand->steps[i];
        name_cell(out, arena, step->name);
        if (isnan(step->mentions)) {
            buffer_append_string(out, "no data\n");
            continue;
        }
        paint_bar(out, step->mentions / high, BAR_COLUMNS, &style);
        paint_padded(out, paint_count(arena, step->mentions), NUMBER_COLUMNS, true);
        paint_padded(out, net_text(arena, step->net), NUMBER_COLUMNS, true);
        buffer_append_byte(out, '\n');
    }
}

static void print_topic(struct buffer *out, struct arena *arena, const struct digest_topic *topic) {
    struct span before = paint_count(arena, (double)topic->before);
    struct span now = paint_count(arena, (double)topic->now);
    name_cell(out, arena, topic->name);
    buffer_print(out, "%s %+.0f points of share, %.*s to %.*s mentions, net %.*s\n",
                 topic->shift > 0 ? "up" : "down", topic->shift * 100, SPAN_ARG(before),
                 SPAN_ARG(now), SPAN_ARG(net_text(arena, topic->net)));
}

static void print_topics(struct buffer *out, struct arena *arena,
                         const struct digest_brand *brand) {
    if (brand->up_count + brand->down_count > 0) {
        heading(out, "Topics that rose and fell");
    }
    for (size_t i = 0; i < brand->up_count; i++) {
        print_topic(out, arena, &brand->up[i]);
    }
    for (size_t i = 0; i < brand->down_count; i++) {
        print_topic(out, arena, &brand->down[i]);
    }
}

static void print_market(struct buffer *out, struct arena *arena,
                         const struct digest_brand *brand) {
    const struct sheet_members *rivals = &brand->sheet.rivals;
    if (rivals->count == 0 || brand->sheet.tally.mentions == 0) {
        return;
    }
    heading(out, "Market");
    for (size_t i = 0; i < rivals->count; i++) {
        const struct sheet_member *rival = &rivals->list[i];
        name_cell(out, arena, rival->name);
        paint_padded(out, paint_count(arena, (double)rival->counts.mentions), NUMBER_COLUMNS, true);
        buffer_print(out, " %5.0f %%", rival->share * 100);
        paint_padded(out, net_text(arena, rival->net), NUMBER_COLUMNS, true);
        buffer_append_byte(out, '\n');
    }
}

static void print_incidents(struct buffer *out, struct arena *arena,
                            const struct digest_brand *brand) {
    const struct sheet *sheet = &brand->sheet;
    if (sheet->incident_count > 0) {
        heading(out, "Incidents");
    }
    for (size_t i = 0; i < sheet->incident_count; i++) {
        const struct incident *incident = &sheet->incidents[i].incident;
        paint_wrapped(out, incident->headline, 0, 3, &style);
        paint_wrapped(out, incident_facts(arena, incident), 2, 3, &style);
    }
}

static void print_sources(struct buffer *out, struct arena *arena,
                          const struct digest_brand *brand) {
    const struct sheet *sheet = &brand->sheet;
    heading(out, "Sources");
    paint_wrapped(out, digest_coverage(brand, arena), 0, 2, &style);
    for (size_t i = 0; i < sheet->source_count; i++) {
        const struct sheet_source *source = &sheet->sources[i];
        if (source->health != HEALTH_GOOD) {
            name_cell(out, arena, source->name);
            buffer_print(out, "%s, polled in %.0f %% of the hours\n", health_name(source->health),
                         source->coverage * 100);
        }
    }
}

static void print_brand(struct buffer *out, const struct digest *digest,
                        const struct digest_brand *brand) {
    struct arena *arena = digest->arena;
    struct span title = arena_print(arena, "\n== %.*s, %.*s ==", SPAN_ARG(brand->sheet.brand),
                                    SPAN_ARG(digest->when));
    paint_wrapped(out, title, 0, 2, &style);
    buffer_append_byte(out, '\n');
    if (brand->sheet.tally.mentions == 0) {
        buffer_append_string(out, brand->sheet.coverage > 0
                                      ? "Nobody spoke of it, and the sources were asked.\n"
                                      : "No data: no source was asked in this time.\n");
    } else {
        print_tiles(out, arena, brand);
        buffer_append_byte(out, '\n');
        paint_wrapped(out, digest_comparison(digest), 0, 2, &style);
    }
    print_incidents(out, arena, brand);
    print_trend(out, arena, brand);
    print_topics(out, arena, brand);
    buffer_append_string(out, brand->worst_count > 0 ? "\nAgainst:\n" : "");
    for (size_t i = 0; i < brand->worst_count; i++) {
        text_quote(out, arena, &brand->worst[i]);
    }
    buffer_append_string(out, brand->best_count > 0 ? "\nIn favour:\n" : "");
    for (size_t i = 0; i < brand->best_count; i++) {
        text_quote(out, arena, &brand->best[i]);
    }
    print_market(out, arena, brand);
    print_sources(out, arena, brand);
}

struct span digest_text(const struct digest *digest, const struct digest_reader *reader) {
    struct buffer out;
    buffer_init(&out, LIMIT_MAIL / 4);
    paint_wrapped(&out, digest_title(digest), 0, 3, &style);
    if (digest->terms.several) {
        buffer_append_string(&out, "\nearshot was off: this digest stands for all that should "
                                   "have come since the last one.\n");
    }
    if (reader->undelivered_count > 0) {
        heading(&out, "What could not be delivered to you");
    }
    for (size_t i = 0; i < reader->undelivered_count; i++) {
        paint_wrapped(&out, reader->undelivered[i], 0, 3, &style);
    }
    for (size_t i = 0; i < digest->brand_count; i++) {
        print_brand(&out, digest, &digest->brands[i]);
    }
    if (link_is_web(digest->config->serve.base_url)) {
        buffer_append_string(&out, "\nDashboard: ");
        print_link(&out, digest->config->serve.base_url);
        buffer_append_byte(&out, '\n');
    }
    buffer_append_string(&out, "\n-- \n");
    paint_wrapped(&out, reader->footer, 0, 6, &style);
    struct span text = arena_copy(digest->arena, buffer_span(&out));
    buffer_done(&out);
    return text;
}

/* --- For chat rooms --------------------------------------------------------------------------- */

static struct span tile_text(struct arena *arena, const struct kpi_text *text) {
    return text->change.size == 0
               ? text->value
               : arena_print(arena, "%.*s (%.*s%s)", SPAN_ARG(text->value), SPAN_ARG(text->change),
                             text->certain ? "" : ", within chance");
}

static struct span brand_line(struct arena *arena, const struct digest_brand *brand) {
    struct span net = net_text(arena, tally_net(&brand->sheet.tally));
    struct span volume = digest_volume(brand, arena);
    return arena_print(arena, "%.*s: %.*s, net sentiment %.*s", SPAN_ARG(brand->sheet.brand),
                       SPAN_ARG(volume), SPAN_ARG(net));
}

static struct span topics_line(struct arena *arena, const char *name,
                               const struct digest_topic *topics, size_t count) {
    struct span *parts = ARENA_ARRAY(arena, struct span, count + 1);
    for (size_t i = 0; i < count; i++) {
        parts[i] = arena_print(arena, "%.*s %+.0f points", SPAN_ARG(topics[i].name),
                               topics[i].shift * 100);
    }
    struct span list = arena_join(arena, parts, count, ", ");
    return count == 0 ? list : arena_print(arena, "%s: %.*s", name, SPAN_ARG(list));
}

static void one_brand(struct notice *notice, const struct digest *digest,
                      const struct digest_brand *brand) {
    struct arena *arena = digest->arena;
    struct digest_tile tiles[KPI_COUNT];
    size_t count = digest_tiles(brand, arena, tiles);
    for (size_t i = 0; i < count && brand->sheet.tally.mentions > 0; i++) {
        notice_fact(notice, tiles[i].kpi->name, tile_text(arena, &tiles[i].text));
    }
    for (size_t i = 0; i < brand->sheet.incident_count; i++) {
        notice_paragraph(notice, brand->sheet.incidents[i].incident.headline);
    }
    notice_paragraph(notice, topics_line(arena, "Topics up", brand->up, brand->up_count));
    notice_paragraph(notice, topics_line(arena, "Topics down", brand->down, brand->down_count));
    for (size_t i = 0; i < brand->worst_count; i++) {
        notice->quotes[notice->quote_count++] = brand->worst[i];
    }
    for (size_t i = 0; i < brand->best_count && notice->quote_count < NOTICE_QUOTES; i++) {
        notice->quotes[notice->quote_count++] = brand->best[i];
    }
    notice->lead = digest_coverage(brand, arena);
}

struct notice *digest_notice(const struct digest *digest, const struct digest_reader *reader,
                             int64_t now_ms) {
    struct arena *arena = digest->arena;
    struct notice *notice = ARENA_NEW(arena, struct notice);
    *notice = (struct notice){
        .type = arena_print(arena, "digest.%s", config_rhythms[digest->terms.rhythm]),
        .title = digest_title(digest),
        .status = arena_print(arena, "%s digest", config_rhythms[digest->terms.rhythm]),
        .time_ms = now_ms,
        .link = digest->config->serve.base_url,
    };
    if (digest->brand_count == 1) {
        notice->brand = digest->brands[0].sheet.brand;
        one_brand(notice, digest, &digest->brands[0]);
    } else if (digest->brand_count > 0) {
        notice->lead = digest_coverage(&digest->brands[0], arena);
    }
    for (size_t i = 0; i < digest->brand_count && digest->brand_count > 1; i++) {
        notice_paragraph(notice, brand_line(arena, &digest->brands[i]));
    }
    for (size_t i = 0; i < reader->undelivered_count; i++) {
        notice_paragraph(
            notice, arena_print(arena, "Not delivered: %.*s", SPAN_ARG(reader->undelivered[i])));
    }
    return notice;
}
