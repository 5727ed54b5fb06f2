/* One incident in full, for `earshot incident show`. */
#include "report/incident.h"
#include "report/paint.h"
#include "report/sheet.h"

struct showing {
    struct buffer *out;
    const struct output_style *style;
    struct arena *arena;
    const struct snapshot *snapshot;
    struct sheet_incident entry;
};

static void show_section(const struct showing *showing, const char *title) {
    buffer_append_byte(showing->out, '\n');
    paint_begin(showing->out, showing->style, PAINT_HEAD);
    buffer_append_string(showing->out, title);
    paint_end(showing->out, showing->style, PAINT_HEAD);
    buffer_append_byte(showing->out, '\n');
}

static void show_text(const struct showing *showing, struct span text) {
    if (!span_is_empty(text)) {
        paint_wrapped(showing->out, text, 2, 4, showing->style);
    }
}

static void show_head(const struct showing *showing) {
    const struct incident *incident = &showing->entry.incident;
    bool closed = incident->state == INCIDENT_CLOSED;
    paint_begin(showing->out, showing->style, closed ? PAINT_BOLD : PAINT_BAD);
    paint_wrapped(showing->out,
                  arena_print(showing->arena, "#%llu  %.*s", (unsigned long long)incident->id,
                              SPAN_ARG(incident->headline)),
                  0, 3, showing->style);
    paint_end(showing->out, showing->style, closed ? PAINT_BOLD : PAINT_BAD);
    show_text(showing, incident_facts(showing->arena, incident));
}

static void show_evidence(const struct showing *showing) {
    const struct evidence *evidence = &showing->entry.evidence;
    struct span words = evidence_words_text(showing->arena, evidence);
    if (evidence->mentions == 0) {
        return;
    }
    show_section(showing, "what made it");
    show_text(showing, evidence_sources_text(showing->arena, evidence));
    if (!span_is_empty(words)) {
        show_text(showing, arena_print(showing->arena, "new words: %.*s", SPAN_ARG(words)));
    }
    if (evidence->hour_count > 1) {
        buffer_append_string(showing->out, "  ");
        paint_spark(showing->out, evidence->hours, evidence->hour_count, showing->style->width - 40,
                    showing->style);
        buffer_append_string(showing->out, "  by the hour, from a day before\n");
    }
}

static void show_worst(const struct showing *showing) {
    const struct evidence *evidence = &showing->entry.evidence;
    if (evidence->worst_count == 0) {
        return;
    }
    show_section(showing, "the loudest against");
    for (size_t i = 0; i < evidence->worst_count; i++) {
        const struct mention *mention = &evidence->worst[i].mention;
        struct span score = paint_signed(showing->arena, evidence->worst[i].score.value);
        struct span text = mention_excerpt(mention, showing->arena);
        show_text(showing, arena_print(showing->arena, "#%llu %.*s %.*s: %.*s",
                                       (unsigned long long)mention->sequence, SPAN_ARG(score),
                                       SPAN_ARG(mention_place(mention)), SPAN_ARG(text)));
    }
}

static void show_parts(const struct showing *showing) {
    size_t count = 0;
    bool any = false;
    struct incident *list = snapshot_incidents(showing->snapshot, showing->arena, &count);
    for (size_t i = 0; i < count; i++) {
        bool part = list[i].handling.care == CARE_MERGED &&
                    list[i].handling.into == showing->entry.incident.id;
        if (part && !any) {
            show_section(showing, "parts of it");
        }
        if (part) {
            show_text(showing,
                      arena_print(showing->arena, "#%llu %s: %.*s", (unsigned long long)list[i].id,
                                  incident_state_name(list[i].state), SPAN_ARG(list[i].headline)));
        }
        any = any || part;
    }
}

static void show_messages(const struct showing *showing) {
    size_t count = 0;
    size_t states[OUTBOX_DROPPED + 1] = {0};
    struct outbox_row *rows = snapshot_outbox(showing->snapshot, false, showing->arena, &count);
    for (size_t i = 0; i < count; i++) {
        states[rows[i].state] += rows[i].incident == showing->entry.incident.id ? 1 : 0;
    }
    show_section(showing, "messages");
    bool any = false;
    for (size_t i = 0; i <= OUTBOX_DROPPED; i++) {
        if (states[i] > 0) {
            buffer_print(showing->out, "%s%zu %s", any ? ", " : "  ", states[i],
                         outbox_state_name((enum outbox_state)i));
            any = true;
        }
    }
    buffer_append_string(showing->out, any ? "\n" : "  none\n");
}

static void show_table(const struct showing *showing) {
    show_head(showing);
    show_evidence(showing);
    show_worst(showing);
    show_parts(showing);
    show_messages(showing);
}

void incident_print(struct buffer *out, const struct snapshot *snapshot,
                    const struct incident *incident, int64_t now_ms,
                    const struct output_style *style) {
    struct showing showing = {out, style, arena_create(), snapshot, {.incident = *incident}};
    evidence_collect(snapshot, incident, now_ms, showing.arena, &showing.entry.evidence);
    if (style->format == OUTPUT_TABLE) {
        show_table(&showing);
    } else {
        struct json_writer json = json_writer_make(out, style->format == OUTPUT_JSON);
        incident_print_json(&json, &showing.entry);
        buffer_append_byte(out, '\n');
    }
    arena_free(showing.arena);
}
