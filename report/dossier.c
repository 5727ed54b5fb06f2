/* All that is known of one mention, for `earshot mention`. */
#include "base/print.h"
#include "base/work.h"
#include "report/grid.h"
#include "report/paint.h"
#include "report/sheet.h"

#include <math.h>

#define COMPANY_SHOWN 8 /* of a thread, of copies, of an author's other mentions */
#define THREAD_MOST 100

struct company {          /* mentions that go with it */
    struct mention *list; /* at most COMPANY_SHOWN */
    size_t shown;
    size_t count;
};

enum { COMPANY_THREAD, COMPANY_COPIES, COMPANY_AUTHOR, COMPANY_KINDS };

struct dossier {
    const struct dossier_request *request;
    const struct mention *mention;
    struct arena *arena;
    struct company company[COMPANY_KINDS];
};

/* --- Gathering -------------------------------------------------------------------------------- */

/* Those beside the mention itself. */
static void company_gather(struct dossier *dossier, const struct snapshot *snapshot,
                           struct company *company, const uint64_t *list, size_t count) {
    company->list = ARENA_ARRAY(dossier->arena, struct mention, COMPANY_SHOWN);
    for (size_t i = 0; i < count; i++) {
        if (list[i] == dossier->mention->sequence) {
            continue;
        }
        company->count++;
        if (company->shown < COMPANY_SHOWN &&
            snapshot_mention(snapshot, list[i], dossier->arena, &company->list[company->shown])) {
            company->shown++;
        }
    }
}

/* The author's newest first. */
static void author_gather(struct dossier *dossier, const struct snapshot *snapshot,
                          struct company *company) {
    const struct mention *mention = dossier->mention;
    bool keyed = mention->item.author_id.size > 0;
    struct store_author author = {keyed ? mention->item.author_id : mention->item.author,
                                  mention->source};
    size_t count = 0;
    if (author.name.size == 0) {
        return;
    }
    uint64_t *list = snapshot_author(snapshot, &author, dossier->arena, &count);
    uint64_t *newest = ARENA_ARRAY(dossier->arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        newest[i] = list[count - 1 - i];
    }
    company_gather(dossier, snapshot, company, newest, count);
}

static const struct {
    const char *title;
    const char *key;
    const char *one; /* how it is said that there are so many */
    const char *many;
} company_words[COMPANY_KINDS] = {
    [COMPANY_THREAD] = {"thread", "thread", "other in its thread", "others in its thread"},
    [COMPANY_COPIES] = {"copies", "copies", "copy of the same story", "copies of the same story"},
    [COMPANY_AUTHOR] = {"by the same author", "author_mentions", "other mention", "other mentions"},
};

static void dossier_gather(struct dossier *dossier, const struct snapshot *snapshot) {
    const struct mention *mention = dossier->mention;
    struct company *company = dossier->company;
    size_t count = 0;
    uint64_t *list = snapshot_thread(snapshot, mention, THREAD_MOST, dossier->arena, &count);
    company_gather(dossier, snapshot, &company[COMPANY_THREAD], list, count);
    list = snapshot_story(snapshot, mention->cluster, dossier->arena, &count);
    company_gather(dossier, snapshot, &company[COMPANY_COPIES], list, count);
    author_gather(dossier, snapshot, &company[COMPANY_AUTHOR]);
}

/* --- For people ------------------------------------------------------------------------------- */

static struct span moment_text(struct arena *arena, int64_t ms) {
    char text[DATE_TEXT_SIZE];
    struct span whole = arena_copy(arena, span_of(date_print(ms, text)));
    return arena_print(arena, "%.10s %.5s", whole.data, whole.data + 11);
}

static enum paint label_paint(enum label label) {
    return label == LABEL_POSITIVE ? PAINT_GOOD : label == LABEL_NEGATIVE ? PAINT_BAD : PAINT_PLAIN;
}

static void print_title(struct buffer *out, const char *title, const struct output_style *style) {
    buffer_append_byte(out, '\n');
    paint_begin(out, style, PAINT_HEAD);
    buffer_append_string(out, title);
    paint_end(out, style, PAINT_HEAD);
    buffer_append_byte(out, '\n');
}

static void print_fact(struct buffer *out, const char *name, struct span value, struct arena *arena,
                       const struct output_style *style) {
    if (value.size > 0) {
        paint_begin(out, style, PAINT_DIM);
        buffer_print(out, "  %-10s", name);
        paint_end(out, style, PAINT_DIM);
        struct span line = paint_line(arena, value, paint_width(style) - 12, style);
        buffer_append(out, line);
        buffer_append_byte(out, '\n');
    }
}

static void print_head(struct buffer *out, const struct dossier *dossier,
                       const struct output_style *style) {
    const struct mention *mention = dossier->mention;
    const struct item *item = &mention->item;
    struct arena *arena = dossier->arena;
    struct span place = arena_print(
        arena, "%.*s (%s%s%.*s)", SPAN_ARG(mention_place(mention)), channel_name(mention->channel),
        mention->language.size > 0 ? ", " : "", SPAN_ARG(mention->language));
    paint_begin(out, style, PAINT_BOLD);
    buffer_print(out, "mention %llu", (unsigned long long)mention->sequence);
    paint_end(out, style, PAINT_BOLD);
    buffer_append_byte(out, '\n');
    print_fact(
        out, "published",
        arena_print(arena, "%.*s UTC", SPAN_ARG(moment_text(arena, mention_time_ms(mention)))),
        arena, style);
    print_fact(out, "at", place, arena, style);
    print_fact(out, "by", item->author, arena, style);
    print_fact(out, "link", item->url, arena, style);
    if (item->rating >= 0) {
        print_fact(out, "rating", arena_print(arena, "%.1f of 5", item->rating), arena, style);
    }
    print_fact(out, "heard by",
               arena_print(arena, "%.*s, %.*s acts",
                           SPAN_ARG(paint_count(arena, (double)mention_reach(mention))),
                           SPAN_ARG(paint_count(arena, (double)mention_engagement(mention)))),
               arena, style);
    buffer_append_byte(out, '\n');
    paint_begin(out, style, PAINT_BOLD);
    paint_wrapped(out, item->title, 2, 3, style);
    paint_end(out, style, PAINT_BOLD);
    paint_wrapped(out, item->text, 2, 1000, style);
    paint_begin(out, style, PAINT_DIM);
    if (mention->kept == KEPT_EXCERPT) {
        buffer_append_string(out, "  (the rest of its text is no longer kept)\n");
    } else if (mention->kept == KEPT_FACTS) {
        paint_wrapped(out, mention_words(mention), 2, 1, style);
    }
    paint_end(out, style, PAINT_DIM);
}

static void print_score(struct buffer *out, struct span name, const struct score *score,
                        const struct work_verdict *verdict, struct arena *arena,
                        const struct output_style *style) {
    buffer_append_string(out, "  ");
    paint_padded(out, paint_line(arena, name, 20, style), 22, false);
    paint_begin(out, style, label_paint(score->label));
    buffer_print(out, "%+.2f  %s", score->value, label_name(score->label));
    paint_end(out, style, label_paint(score->label));
    paint_begin(out, style, PAINT_DIM);
    if (verdict == NULL) {
        buffer_print(out, "  (%.0f %% sure)", score->confidence * 100);
    } else if (work_corrects(verdict)) {
        buffer_print(out, "  corrected; earshot said %+.2f %s (%.0f %% sure)",
                     verdict->machine.value, label_name(verdict->machine.label),
                     verdict->machine.confidence * 100);
    } else {
        buffer_print(out, "  confirmed; earshot was %.0f %% sure",
                     verdict->machine.confidence * 100);
    }
    paint_end(out, style, PAINT_DIM);
    buffer_append_byte(out, '\n');
}

static void print_scores(struct buffer *out, const struct dossier *dossier,
                         const struct output_style *style) {
    const struct mention *mention = dossier->mention;
    print_title(out, "sentiment", style);
    print_score(out, SPAN("the whole text"), &mention->score,
                work_verdict_on(mention->work, WORK_WHOLE), dossier->arena, style);
    for (size_t i = 0; i < mention->brand_count; i++) {
        const struct brand_mention *brand = &mention->brands[i];
        print_score(out, brand->name, &brand->score, work_verdict_on(mention->work, brand->brand),
                    dossier->arena, style);
    }
    for (size_t i = 0; i < mention->topic_count; i++) {
        struct span name =
            arena_print(dossier->arena, "topic %.*s", SPAN_ARG(mention->topics[i].name));
        print_score(out, name, &mention->topics[i].score, NULL, dossier->arena, style);
    }
    if (mention->stage != STAGE_UNKNOWN) {
        buffer_print(out, "  journey stage         %s\n", stage_name(mention->stage));
    }
    if (dossier->request->result != NULL) {
        buffer_append_byte(out, '\n');
        score_print_reasons(out, dossier->request->scored, dossier->request->result, style);
    } else if (mention->kept != KEPT_WHOLE) {
        buffer_append_string(out,
                             "\nScored when all of its words were there; they were the reasons.\n");
    }
}

static void print_work(struct buffer *out, const struct dossier *dossier,
                       const struct output_style *style) {
    const struct work *work = dossier->mention->work;
    struct arena *arena = dossier->arena;
    print_title(out, "work", style);
    if (work == NULL) {
        buffer_append_string(out, "  nobody has taken it up\n");
        return;
    }
    print_fact(out, "status", span_of(work_status_name(work->status)), arena, style);
    if (work->answered_ms != DATE_NONE) {
        print_fact(out, "answered",
                   arena_print(arena, "%.*s UTC", SPAN_ARG(moment_text(arena, work->answered_ms))),
                   arena, style);
    }
    print_fact(out, "assigned", work->assigned, arena, style);
    print_fact(out, "tags", arena_join(arena, work->tags, work->tag_count, ", "), arena, style);
    for (size_t i = 0; i < work->change_count; i++) {
        const struct work_change *change = &work->changes[i];
        paint_begin(out, style, PAINT_DIM);
        buffer_print(out, "  %.*s  ", SPAN_ARG(moment_text(arena, change->time_ms)));
        paint_end(out, style, PAINT_DIM);
        struct span line =
            arena_print(arena, "%.*s: %.*s", SPAN_ARG(change->who), SPAN_ARG(change->what));
        buffer_append(out, paint_line(arena, line, paint_width(style) - 20, style));
        buffer_append_byte(out, '\n');
    }
}

static void print_company(struct buffer *out, const struct dossier *dossier, size_t kind,
                          const struct output_style *style) {
    const struct company *company = &dossier->company[kind];
    struct arena *arena = dossier->arena;
    if (company->count == 0) {
        return;
    }
    print_title(out, company_words[kind].title, style);
    for (size_t i = 0; i < company->shown; i++) {
        const struct mention *mention = &company->list[i];
        struct span value = paint_signed(arena, mention->score.value);
        paint_begin(out, style, label_paint(mention->score.label));
        paint_padded(out, value, 7, true);
        paint_end(out, style, label_paint(mention->score.label));
        paint_begin(out, style, PAINT_DIM);
        buffer_print(out, "  %.*s  %.*s  #%llu\n",
                     SPAN_ARG(moment_text(arena, mention_time_ms(mention))),
                     SPAN_ARG(paint_line(arena,
                                         mention->item.author.size > 0 ? mention->item.author
                                                                       : mention_place(mention),
                                         28, style)),
                     (unsigned long long)mention->sequence);
        paint_end(out, style, PAINT_DIM);
        paint_wrapped(out, mention_excerpt(mention, arena), 9, 2, style);
    }
    buffer_print(out, "  %zu %s%s\n", company->count,
                 company->count == 1 ? company_words[kind].one : company_words[kind].many,
                 company->count > company->shown ? "; the first shown" : "");
}

static void dossier_print_table(struct buffer *out, const struct dossier *dossier,
                                const struct output_style *style) {
    print_head(out, dossier, style);
    print_scores(out, dossier, style);
    print_work(out, dossier, style);
    for (size_t i = 0; i < COMPANY_KINDS; i++) {
        print_company(out, dossier, i, style);
    }
}

/* --- For machines ----------------------------------------------------------------------------- */

static void verdict_print_json(struct json_writer *json, const struct work_verdict *verdict) {
    json_object_begin(json, NULL);
    json_put_text_if(json, "brand", verdict->name);
    json_put_string(json, "label", label_name(verdict->label));
    json_put_real(json, "machine_score", verdict->machine.value);
    json_put_real(json, "machine_confidence", verdict->machine.confidence);
    json_put_string(json, "machine_label", label_name(verdict->machine.label));
    json_object_end(json);
}

void work_print_json(struct json_writer *json, const struct work *work) {
    if (work == NULL) {
        return;
    }
    json_object_begin(json, "work");
    json_put_string(json, "status", work_status_name(work->status));
    if (work->answered_ms != DATE_NONE) {
        json_put_time(json, "answered", work->answered_ms);
    }
    json_put_text_if(json, "assigned", work->assigned);
    json_array_begin(json, "tags");
    for (size_t i = 0; i < work->tag_count; i++) {
        json_put_text(json, NULL, work->tags[i]);
    }
    json_array_end(json);
    json_array_begin(json, "verdicts");
    for (size_t i = 0; i < work->verdict_count; i++) {
        verdict_print_json(json, &work->verdicts[i]);
    }
    json_array_end(json);
    json_array_begin(json, "changes");
    for (size_t i = 0; i < work->change_count; i++) {
        json_object_begin(json, NULL);
        json_put_time(json, "time", work->changes[i].time_ms);
        json_put_text(json, "who", work->changes[i].who);
        json_put_text(json, "what", work->changes[i].what);
        json_object_end(json);
    }
    json_array_end(json);
    json_object_end(json);
}

static void dossier_print_json(struct buffer *out, const struct dossier *dossier, bool pretty) {
    struct json_writer json = json_writer_make(out, pretty);
    const struct dossier_request *request = dossier->request;
    json_object_begin(&json, NULL);
    mention_print_json(&json, "mention", dossier->mention);
    if (request->result != NULL) {
        score_print_reasons_json(&json, request->scored, request->result);
    }
    for (size_t i = 0; i < COMPANY_KINDS; i++) {
        const struct company *company = &dossier->company[i];
        json_array_begin(&json, company_words[i].key);
        for (size_t j = 0; j < company->shown; j++) {
            mention_print_json(&json, NULL, &company->list[j]);
        }
        json_array_end(&json);
    }
    json_object_end(&json);
    buffer_append_byte(out, '\n');
}

void dossier_print(struct buffer *out, const struct snapshot *snapshot,
                   const struct dossier_request *request, const struct output_style *style) {
    struct dossier dossier = {
        .request = request, .mention = request->mention, .arena = arena_create()};
    dossier_gather(&dossier, snapshot);
    if (style->format == OUTPUT_TABLE) {
        dossier_print_table(out, &dossier, style);
    } else {
        dossier_print_json(out, &dossier, style->format == OUTPUT_JSON);
    }
    arena_free(dossier.arena);
}
