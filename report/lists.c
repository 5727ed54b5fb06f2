/* The short lists: incidents, sources, outbox. */
#include "base/json_writer.h"
#include "base/print.h"
#include "report/grid.h"
#include "report/incident.h"
#include "report/report.h"
#include "report/sheet.h"

#include <math.h>

#define COLUMNS(columns) (columns), sizeof(columns) / sizeof((columns)[0])

void incidents_print(struct buffer *out, const struct snapshot *snapshot,
                     const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"id", "id", GRID_COUNT, 6},
        {"state", "state", GRID_TEXT, 6},
        {"handling", "handled", GRID_TEXT, 12},
        {"kind", "kind", GRID_TEXT, GRID_DATA},
        {"started", "started (UTC)", GRID_TIME, 16},
        {"ended", "ended", GRID_TIME, GRID_DATA},
        {"expected", "expected", GRID_REAL, GRID_DATA},
        {"peak", "peak", GRID_REAL, GRID_DATA},
        {"probability", "chance", GRID_REAL, GRID_DATA},
        {"headline", "what", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "No incidents.");
    size_t count = 0;
    struct incident *list = snapshot_incidents(snapshot, arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool counted = !span_equal(list[i].kind, SPAN("source"));
        grid_number(&grid, (double)list[i].id);
        grid_tone(&grid, span_of(incident_state_name(list[i].state)),
                  list[i].state == INCIDENT_CLOSED ? TONE_DIM : TONE_BAD);
        grid_text(&grid, incident_care_text(arena, &list[i]));
        grid_text(&grid, list[i].kind);
        grid_time(&grid, list[i].started_ms);
        grid_time(&grid, list[i].ended_ms);
        grid_number(&grid, counted ? list[i].expected : NAN);
        grid_number(&grid, counted ? list[i].peak : NAN);
        grid_number(&grid, counted ? list[i].probability : NAN);
        grid_text(&grid, list[i].headline);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

/* "4m ago", "in 10m": for people; machines get the moment. */
static struct span relative(struct arena *arena, int64_t ms, int64_t now_ms) {
    char text[DATE_TEXT_SIZE];
    if (ms == DATE_NONE) {
        return SPAN("never");
    }
    int64_t distance = ms > now_ms ? ms - now_ms : now_ms - ms;
    int64_t unit = distance < HOUR_MS ? MINUTE_MS : distance < DAY_MS ? HOUR_MS : DAY_MS;
    if (distance < MINUTE_MS) {
        return SPAN("now");
    }
    duration_print(distance / unit * unit, text);
    return arena_print(arena, ms > now_ms ? "in %s" : "%s ago", text);
}

static void source_row_fill(struct grid *grid, const struct source_row *row, bool people,
                            int64_t now_ms) {
    const struct source_state *state = &row->state;
    bool failing = state->failures > 0;
    bool waits = !failing && state->reason.size > 0;
    struct span health = failing
                             ? arena_print(grid->arena, "failing: %.*s", SPAN_ARG(state->reason))
                         : waits ? SPAN("out of budget")
                                 : span_of(state->polls == 0 ? "never polled" : "ok");
    grid_text(grid, row->key);
    grid_tone(grid, health, failing ? TONE_BAD : waits || state->polls == 0 ? TONE_DIM : TONE_GOOD);
    if (people) {
        grid_text(grid, relative(grid->arena, state->succeeded_ms, now_ms));
        grid_text(grid, relative(grid->arena, state->next_ms, now_ms));
    } else {
        grid_time(grid, state->succeeded_ms);
        grid_time(grid, state->next_ms);
    }
    grid_number(grid, (double)state->polls);
    grid_number(grid, (double)state->mentions);
    grid_number(grid, (double)state->failures);
    grid_text(grid, state->message);
}

void sources_print(struct buffer *out, const struct snapshot *snapshot,
                   const struct output_style *style, int64_t now_ms) {
    struct grid_column columns[] = {
        {"source", "source", GRID_TEXT, 24},      {"health", "health", GRID_TEXT, 18},
        {"succeeded", "answered", GRID_TIME, 16}, {"next", "next", GRID_TIME, 16},
        {"polls", "polls", GRID_COUNT, 7},        {"mentions", "mentions", GRID_COUNT, 8},
        {"failures", "failures", GRID_COUNT, 8},  {"message", "why", GRID_TEXT, 0},
    };
    bool people = style->format == OUTPUT_TABLE || style->format == OUTPUT_MARKDOWN ||
                  style->format == OUTPUT_HTML;
    if (people) {
        columns[2].type = GRID_TEXT;
        columns[3].type = GRID_TEXT;
    }
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "No source was polled yet.");
    size_t count = 0;
    struct source_row *rows = snapshot_sources(snapshot, arena, &count);
    for (size_t i = 0; i < count; i++) {
        source_row_fill(&grid, &rows[i], people, now_ms);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

void outbox_print(struct buffer *out, const struct snapshot *snapshot,
                  const struct output_style *style) {
    static const struct grid_column columns[] = {
        {"id", "id", GRID_COUNT, 6},
        {"state", "state", GRID_TEXT, 9},
        {"created", "created (UTC)", GRID_TIME, 16},
        {"due", "next attempt", GRID_TIME, GRID_DATA},
        {"attempts", "tries", GRID_COUNT, 5},
        {"channel", "by", GRID_TEXT, GRID_DATA},
        {"recipient", "to", GRID_TEXT, 24},
        {"message_id", "message id", GRID_TEXT, GRID_DATA},
        {"subject", "subject", GRID_TEXT, GRID_DATA},
        {"reply", "reply", GRID_TEXT, GRID_DATA},
        {"about", "what", GRID_TEXT, 0},
    };
    struct arena *arena = arena_create();
    struct grid grid = grid_make(arena, COLUMNS(columns), "The outbox is empty.");
    size_t count = 0;
    struct outbox_row *rows = snapshot_outbox(snapshot, false, arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool waiting = rows[i].state == OUTBOX_QUEUED || rows[i].state == OUTBOX_IN_FLIGHT;
        bool sent = rows[i].state == OUTBOX_SENT;
        grid_number(&grid, (double)rows[i].id);
        grid_tone(&grid, span_of(outbox_state_name(rows[i].state)),
                  sent      ? TONE_GOOD
                  : waiting ? TONE_PLAIN
                            : TONE_BAD);
        grid_time(&grid, rows[i].created_ms);
        grid_time(&grid, waiting ? rows[i].due_ms : DATE_NONE);
        grid_number(&grid, (double)rows[i].attempts);
        grid_text(&grid, rows[i].channel);
        grid_text(&grid, rows[i].recipient);
        grid_text(&grid, rows[i].message_id);
        grid_text(&grid, rows[i].subject);
        grid_text(&grid, rows[i].reply);
        /* For people one column: what the server said once it said something. */
        grid_text(&grid, span_is_empty(rows[i].reply) ? rows[i].subject : rows[i].reply);
    }
    grid_print(out, &grid, style);
    arena_free(arena);
}

/* --- One message ------------------------------------------------------------------------------ */

static void row_print_json(struct buffer *out, const struct outbox_row *row, bool pretty) {
    struct json_writer json = json_writer_make(out, pretty);
    json_object_begin(&json, NULL);
    json_put_count(&json, "id", row->id);
    json_put_string(&json, "state", outbox_state_name(row->state));
    json_put_text(&json, "channel", row->channel);
    json_put_text(&json, "recipient", row->recipient);
    json_put_text(&json, "message_id", row->message_id);
    json_put_text(&json, "subject", row->subject);
    json_put_count(&json, "attempts", row->attempts);
    json_put_time(&json, "created", row->created_ms);
    json_put_time(&json, "due", row->due_ms);
    json_put_time(&json, "finished", row->finished_ms);
    json_put_text(&json, "reply", row->reply);
    json_put_count(&json, "incident", row->incident);
    json_put_text(&json, "body", row->body);
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

static void fact_print(struct buffer *out, const char *name, struct span text) {
    buffer_print(out, "%-10s ", name);
    print_plain(out, text, false);
    buffer_append_byte(out, '\n');
}

void outbox_row_print(struct buffer *out, const struct outbox_row *row,
                      const struct output_style *style) {
    char created[DATE_TEXT_SIZE];
    char next[DATE_TEXT_SIZE];
    bool waits = row->state == OUTBOX_QUEUED || row->state == OUTBOX_IN_FLIGHT;
    if (style->format == OUTPUT_JSON || style->format == OUTPUT_JSONL) {
        row_print_json(out, row, style->format == OUTPUT_JSON);
        return;
    }
    buffer_print(out, "number     %llu, %s after %u attempt%s\n", (unsigned long long)row->id,
                 outbox_state_name(row->state), (unsigned)row->attempts,
                 row->attempts == 1 ? "" : "s");
    buffer_print(out, "created    %s\n", date_print(row->created_ms, created));
    buffer_print(out, "%s %s\n", waits ? "next try  " : "finished  ",
                 date_print(waits ? row->due_ms : row->finished_ms, next));
    fact_print(out, "by", row->channel);
    fact_print(out, "to", row->recipient);
    fact_print(out, "id", row->message_id);
    fact_print(out, "subject", row->subject);
    fact_print(out, "reply", row->reply);
    buffer_append_byte(out, '\n');
    print_plain(out, row->body, true);
    buffer_append_string(out, row->body.size == 0 ? "(its text is not kept)\n" : "");
}
