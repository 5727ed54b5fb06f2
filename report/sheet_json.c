/* The report for machines: JSON, JSON lines (one KPI a line), CSV (one KPI a row). */
#include "report/incident.h"
#include "report/sheet.h"

#include "report/grid.h"

#include <math.h>

void kpi_print_json(struct json_writer *json, const char *key, const struct kpi *kpi) {
    json_object_begin(json, key);
    json_put_string(json, "key", kpi->key);
    json_put_string(json, "name", kpi->name);
    json_put_real(json, "value", kpi->known ? kpi->value : NAN);
    json_put_real(json, "low", kpi->known ? kpi->low : NAN);
    json_put_real(json, "high", kpi->known ? kpi->high : NAN);
    json_put_count(json, "n", kpi->n);
    json_put_bool(json, "provisional", kpi->provisional);
    json_put_real(json, "previous", kpi->compared ? kpi->previous : NAN);
    json_put_real(json, "usual", kpi->has_usual ? kpi->usual : NAN);
    json_put_count(json, "version", kpi->version);
    json_put_string(json, "unit", kpi->unit);
    json_put_string(json, "formula", kpi->formula);
    json_put_string(json, "method", kpi->method);
    json_object_end(json);
}

static void score_print_json(struct json_writer *json, const char *key, struct score score) {
    json_object_begin(json, key);
    json_put_real(json, "value", score.value);
    json_put_string(json, "label", label_name(score.label));
    json_put_real(json, "confidence", score.confidence);
    json_object_end(json);
}

static void print_mention_fields(struct json_writer *json, const struct mention *mention) {
    const struct item *item = &mention->item;
    json_put_count(json, "sequence", mention->sequence);
    json_put_count(json, "cluster", mention->cluster);
    json_put_time(json, "time", mention_time_ms(mention));
    json_put_text(json, "source", mention->source);
    json_put_string(json, "channel", channel_name(mention->channel));
    json_put_string(json, "stage", stage_name(mention->stage));
    json_put_text_if(json, "language", mention->language);
    json_put_text_if(json, "country", item->country);
    json_put_text_if(json, "site", item->site);
    json_put_text_if(json, "url", item->url);
    json_put_text_if(json, "author", item->author);
    json_put_text_if(json, "title", item->title);
    json_put_text(json, "text", item->text);
    json_put_string(json, "kept", mention_kept_name(mention->kept));
    json_put_real(json, "rating", item->rating >= 0 ? item->rating : NAN);
    for (size_t i = 0; i < SURVEY_COUNT; i++) {
        if (item->answers[i] >= 0) {
            json_put_real(json, survey_scales[i].name, item->answers[i]);
        }
    }
    json_put_int(json, "reach", mention_reach(mention));
    json_put_int(json, "engagement", mention_engagement(mention));
}

void mention_print_json(struct json_writer *json, const char *key, const struct mention *mention) {
    json_object_begin(json, key);
    print_mention_fields(json, mention);
    score_print_json(json, "score", mention->score);
    json_array_begin(json, "brands");
    for (size_t i = 0; i < mention->brand_count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", mention->brands[i].name);
        score_print_json(json, "score", mention->brands[i].score);
        json_object_end(json);
    }
    json_array_end(json);
    json_array_begin(json, "topics");
    for (size_t i = 0; i < mention->topic_count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", mention->topics[i].name);
        score_print_json(json, "score", mention->topics[i].score);
        json_object_end(json);
    }
    json_array_end(json);
    work_print_json(json, mention->work);
    json_object_end(json);
}

static void counts_print_json(struct json_writer *json, const struct tally *counts) {
    json_put_count(json, "mentions", counts->mentions);
    json_put_count(json, "positive", counts->labels[LABEL_POSITIVE]);
    json_put_count(json, "negative", counts->labels[LABEL_NEGATIVE]);
    json_put_count(json, "neutral", counts->labels[LABEL_NEUTRAL]);
    json_put_count(json, "unsure", counts->labels[LABEL_UNSURE]);
    json_put_real(json, "net", tally_net(counts));
}

/* Null for "no data"; zero only where somebody looked and found nothing. */
static void point_print_json(struct json_writer *json, const struct sheet_point *point) {
    json_object_begin(json, NULL);
    json_put_time(json, "time", point->time_ms);
    if (point->known) {
        counts_print_json(json, &point->counts);
    } else {
        json_put_null(json, "mentions");
    }
    json_object_end(json);
}

static void members_print_json(struct json_writer *json, const char *key,
                               const struct sheet_members *members) {
    json_array_begin(json, key);
    for (size_t i = 0; i < members->count; i++) {
        json_object_begin(json, NULL);
        json_put_text(json, "name", members->list[i].name);
        json_put_real(json, "share", members->list[i].share);
        json_put_real(json, "impact", members->list[i].impact);
        counts_print_json(json, &members->list[i].counts);
        json_object_end(json);
    }
    json_array_end(json);
}

static void source_print_json(struct json_writer *json, const struct sheet_source *source) {
    json_object_begin(json, NULL);
    json_put_text(json, "name", source->name);
    json_put_string(json, "health", health_name(source->health));
    json_put_count(json, "mentions", source->mentions);
    json_put_real(json, "net", source->net);
    json_put_real(json, "coverage", source->coverage);
    json_put_time(json, "succeeded", source->state.succeeded_ms);
    json_put_count(json, "failures", source->state.failures);
    json_put_text_if(json, "reason", source->state.reason);
    json_put_text_if(json, "message", source->state.message);
    json_object_end(json);
}

static void handling_print_json(struct json_writer *json,
                                const struct incident_handling *handling) {
    if (handling->care == CARE_NONE) {
        return;
    }
    json_object_begin(json, "handling");
    json_put_string(json, "care", incident_care_name(handling->care));
    if (handling->care == CARE_MERGED) {
        json_put_count(json, "into", handling->into);
    }
    json_put_text(json, "by", handling->who);
    json_put_time(json, "time", handling->time_ms);
    json_put_text_if(json, "note", handling->note);
    json_object_end(json);
}

void incident_print_json(struct json_writer *json, const struct sheet_incident *entry) {
    const struct incident *incident = &entry->incident;
    json_object_begin(json, NULL);
    json_put_count(json, "id", incident->id);
    json_put_text(json, "brand", incident->brand);
    json_put_text(json, "kind", incident->kind);
    json_put_string(json, "state", incident_state_name(incident->state));
    json_put_text(json, "headline", incident->headline);
    json_put_time(json, "started", incident->started_ms);
    json_put_time(json, "ended", incident->ended_ms);
    json_put_real(json, "expected", incident->expected);
    json_put_real(json, "observed", incident->observed);
    json_put_real(json, "peak", incident->peak);
    json_put_real(json, "probability", incident->probability);
    handling_print_json(json, &incident->handling);
    evidence_print_json(json, "evidence", &entry->evidence);
    json_object_end(json);
}

static void mentions_print_json(struct json_writer *json, const char *key,
                                const struct sheet_mention *list, size_t count) {
    json_array_begin(json, key);
    for (size_t i = 0; i < count; i++) {
        mention_print_json(json, NULL, &list[i].mention);
    }
    json_array_end(json);
}

static void sheet_print_object(struct json_writer *json, const struct sheet *sheet) {
    json_object_begin(json, NULL);
    json_put_text(json, "brand", sheet->brand);
    json_put_time(json, "since", sheet->period.since_ms);
    json_put_time(json, "until", sheet->period.until_ms);
    json_put_text(json, "zone", sheet->zone);
    json_put_real(json, "coverage", sheet->coverage);
    json_put_count(json, "snapshot", sheet->snapshot_id);
    json_array_begin(json, "kpis");
    for (size_t i = 0; i < KPI_COUNT; i++) {
        kpi_print_json(json, NULL, &sheet->kpis[i]);
    }
    json_array_end(json);
    json_put_string(json, "step", sheet->step == SERIES_DAY ? "day" : "hour");
    json_array_begin(json, "trend");
    for (size_t i = 0; i < sheet->point_count; i++) {
        point_print_json(json, &sheet->points[i]);
    }
    json_array_end(json);
    members_print_json(json, "topics", &sheet->topics);
    members_print_json(json, "market", &sheet->rivals);
    members_print_json(json, "channels", &sheet->channels);
    members_print_json(json, "languages", &sheet->languages);
    json_array_begin(json, "sources");
    for (size_t i = 0; i < sheet->source_count; i++) {
        source_print_json(json, &sheet->sources[i]);
    }
    json_array_end(json);
    json_array_begin(json, "incidents");
    for (size_t i = 0; i < sheet->incident_count; i++) {
        incident_print_json(json, &sheet->incidents[i]);
    }
    json_array_end(json);
    mentions_print_json(json, "best", sheet->extremes.best, sheet->extremes.best_count);
    mentions_print_json(json, "worst", sheet->extremes.worst, sheet->extremes.worst_count);
    json_object_end(json);
}

void sheet_print_json(struct buffer *out, const struct sheets *sheets,
                      const struct output_style *style) {
    (void)style;
    struct json_writer json = json_writer_make(out, true);
    json_array_begin(&json, NULL);
    for (size_t i = 0; i < sheets->count; i++) {
        sheet_print_object(&json, &sheets->list[i]);
    }
    json_array_end(&json);
    buffer_append_byte(out, '\n');
}

/* One sheet a line: what a log shipper or jq takes one after the other. */
void sheet_print_json_lines(struct buffer *out, const struct sheets *sheets,
                            const struct output_style *style) {
    (void)style;
    for (size_t i = 0; i < sheets->count; i++) {
        struct json_writer json = json_writer_make(out, false);
        sheet_print_object(&json, &sheets->list[i]);
        buffer_append_byte(out, '\n');
    }
}

/* The trend with the KPIs of the whole period would be two tables; a spreadsheet wants one, and the
 * KPIs are the numbers people keep. */
void sheet_print_csv(struct buffer *out, const struct sheets *sheets,
                     const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"brand", "", GRID_TEXT, 0},       {"since", "", GRID_TIME, 0},
        {"until", "", GRID_TIME, 0},       {"kpi", "", GRID_TEXT, 0},
        {"value", "", GRID_REAL, 0},       {"low", "", GRID_REAL, 0},
        {"high", "", GRID_REAL, 0},        {"n", "", GRID_COUNT, 0},
        {"previous", "", GRID_REAL, 0},    {"unit", "", GRID_TEXT, 0},
        {"provisional", "", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, columns, sizeof(columns) / sizeof(columns[0]), "");
    for (size_t i = 0; i < sheets->count * KPI_COUNT; i++) {
        const struct sheet *sheet = &sheets->list[i / KPI_COUNT];
        const struct kpi *kpi = &sheet->kpis[i % KPI_COUNT];
        grid_text(&grid, sheet->brand);
        grid_time(&grid, sheet->period.since_ms);
        grid_time(&grid, sheet->period.until_ms);
        grid_text(&grid, span_of(kpi->key));
        grid_number(&grid, kpi->known ? kpi->value : NAN);
        grid_number(&grid, kpi->known ? kpi->low : NAN);
        grid_number(&grid, kpi->known ? kpi->high : NAN);
        grid_number(&grid, (double)kpi->n);
        grid_number(&grid, kpi->compared ? kpi->previous : NAN);
        grid_text(&grid, span_of(kpi->unit));
        grid_text(&grid, kpi->provisional ? SPAN("yes") : SPAN("no"));
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}
