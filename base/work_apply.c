/* What somebody wants done to a mention, done: each change with its line of history. */
#include "base/work.h"

struct applying {
    struct mention *mention;
    struct work *work; /* becomes the mention's */
    const struct work_edit *edit;
    struct arena *arena;
    struct error *error;
    size_t changed;
};

/* --- History ---------------------------------------------------------------------------------- */

/* The oldest goes where there is no room. */
static void note_change(struct applying *applying, struct span what) {
    struct work *work = applying->work;
    size_t kept =
        work->change_count < LIMIT_WORK_CHANGES ? work->change_count : LIMIT_WORK_CHANGES - 1;
    struct work_change *changes = ARENA_ARRAY(applying->arena, struct work_change, kept + 1);
    for (size_t i = 0; i < kept; i++) {
        changes[i] = work->changes[work->change_count - kept + i];
    }
    changes[kept] = (struct work_change){
        .time_ms = applying->edit->now_ms,
        .who = arena_copy(applying->arena, span_first_utf8(applying->edit->who, LIMIT_WORK_NAME)),
        .what = arena_copy(applying->arena, span_first_utf8(what, LIMIT_WORK_NOTE)),
    };
    work->changes = changes;
    work->change_count = kept + 1;
    applying->changed++;
}

/* --- Status, person, tags --------------------------------------------------------------------- */

/* What was answered stays answered, also once it is closed; a new answer does not make it quicker. */
static void apply_status(struct applying *applying) {
    const struct work_edit *edit = applying->edit;
    struct work *work = applying->work;
    bool dated = edit->answered_ms != DATE_NONE && edit->answered_ms != work->answered_ms;
    if (!edit->sets_status || (edit->status == work->status && !dated)) {
        return;
    }
    bool answered = edit->status == WORK_ANSWERED;
    if (answered && (dated || work->answered_ms == DATE_NONE)) {
        work->answered_ms = dated ? edit->answered_ms : edit->now_ms;
    }
    if (edit->status == WORK_OPEN || edit->status == WORK_NONE) {
        work->answered_ms = DATE_NONE;
    }
    work->status = edit->status;
    note_change(applying,
                arena_print(applying->arena, "status %s", work_status_name(edit->status)));
}

static void apply_assigned(struct applying *applying) {
    struct span name = span_first_utf8(span_trim(applying->edit->assigned), LIMIT_WORK_NAME);
    if (applying->edit->assigns && !span_equal(name, applying->work->assigned)) {
        applying->work->assigned = arena_copy(applying->arena, name);
        note_change(applying, name.size == 0 ? SPAN("assigned to nobody")
                                             : arena_print(applying->arena, "assigned to %.*s",
                                                           SPAN_ARG(name)));
    }
}

static size_t tag_find(const struct work *work, struct span tag) {
    size_t found = 0;
    while (found < work->tag_count && !span_equal_nocase(work->tags[found], tag)) {
        found++;
    }
    return found;
}

static bool tag_add(struct applying *applying, struct span given) {
    struct work *work = applying->work;
    struct span tag = span_first_utf8(span_trim(given), LIMIT_WORK_NAME);
    if (tag.size == 0 || tag_find(work, tag) < work->tag_count) {
        return true;
    }
    if (work->tag_count == LIMIT_WORK_TAGS) {
        return error_set(applying->error, ERROR_USAGE, "a mention has at most %zu tags",
                         LIMIT_WORK_TAGS);
    }
    struct span *tags = ARENA_ARRAY(applying->arena, struct span, work->tag_count + 1);
    for (size_t i = 0; i < work->tag_count; i++) {
        tags[i] = work->tags[i];
    }
    tags[work->tag_count++] = arena_copy(applying->arena, tag);
    work->tags = tags;
    note_change(applying, arena_print(applying->arena, "tag +%.*s", SPAN_ARG(tag)));
    return true;
}

static void tag_remove(struct applying *applying, struct span tag) {
    struct work *work = applying->work;
    size_t gone = tag_find(work, span_trim(tag));
    if (gone == work->tag_count) {
        return;
    }
    struct span *tags = ARENA_ARRAY(applying->arena, struct span, work->tag_count);
    size_t kept = 0;
    for (size_t i = 0; i < work->tag_count; i++) {
        if (i != gone) {
            tags[kept++] = work->tags[i];
        }
    }
    note_change(applying, arena_print(applying->arena, "tag -%.*s", SPAN_ARG(work->tags[gone])));
    work->tags = tags;
    work->tag_count = kept;
}

static bool apply_tags(struct applying *applying) {
    const struct work_edit *edit = applying->edit;
    for (size_t i = 0; i < edit->untag_count; i++) {
        tag_remove(applying, edit->untags[i]);
    }
    for (size_t i = 0; i < edit->tag_count; i++) {
        if (!tag_add(applying, edit->tags[i])) {
            return false;
        }
    }
    return true;
}

/* --- Verdicts --------------------------------------------------------------------------------- */

/* The place of the verdict on the brand in a list of the work's own; a new one where there is none. */
static struct work_verdict *verdict_place(struct applying *applying, uint32_t brand) {
    struct work *work = applying->work;
    size_t at = 0;
    while (at < work->verdict_count && work->verdicts[at].brand != brand) {
        at++;
    }
    struct work_verdict *list =
        ARENA_ARRAY(applying->arena, struct work_verdict, work->verdict_count + 1);
    for (size_t i = 0; i < work->verdict_count; i++) {
        list[i] = work->verdicts[i];
    }
    list[at].brand = brand;
    work->verdicts = list;
    work->verdict_count += at == work->verdict_count;
    return &list[at];
}

static struct span ruling_text(const struct applying *applying, const char *word,
                               struct span name) {
    return arena_print(applying->arena, "sentiment %s%s%.*s", word, name.size > 0 ? "/" : "",
                       SPAN_ARG(name));
}

static void verdict_withdraw(struct applying *applying, uint32_t brand, struct span name) {
    if (work_verdict_on(applying->work, brand) == NULL) {
        return;
    }
    struct work *work = applying->work;
    struct work_verdict *gone = verdict_place(applying, brand);
    *gone = work->verdicts[--work->verdict_count];
    note_change(applying, ruling_text(applying, "machine", name));
}

/* Says of one score what the ruling says. False: there is nothing to confirm. */
static bool rule_on(struct applying *applying, const struct work_ruling *ruling, uint32_t brand,
                    struct span name, const struct score *machine) {
    const struct work_verdict *before = work_verdict_on(applying->work, brand);
    enum label label = ruling->own ? machine->label : ruling->label;
    if (ruling->withdrawn) {
        verdict_withdraw(applying, brand, name);
        return true;
    }
    if (label == LABEL_UNSURE) {
        return false;
    }
    if (before == NULL || before->label != label) {
        *verdict_place(applying, brand) = (struct work_verdict){brand, name, label, *machine};
        note_change(applying, ruling_text(applying, label_name(label), name));
    }
    return true;
}

static bool refuse_brand(const struct applying *applying, struct span name) {
    struct span names[LIMIT_MENTION_BRANDS];
    const struct mention *mention = applying->mention;
    size_t count =
        mention->brand_count < LIMIT_MENTION_BRANDS ? mention->brand_count : LIMIT_MENTION_BRANDS;
    for (size_t i = 0; i < count; i++) {
        names[i] = mention->brands[i].name;
    }
    struct span all = arena_join(applying->arena, names, count, ", ");
    return error_set(applying->error, ERROR_USAGE,
                     "mention %llu does not speak of \"%.*s\"; it speaks of %.*s",
                     (unsigned long long)mention->sequence, SPAN_ARG(name),
                     SPAN_ARG(all.size > 0 ? all : SPAN("none of your brands")));
}

static bool apply_ruling(struct applying *applying, const struct work_ruling *ruling) {
    struct mention *mention = applying->mention;
    bool all = ruling->brand.size == 0;
    bool met = all;
    bool ruled = all && rule_on(applying, ruling, WORK_WHOLE, SPAN(""), &mention->score);
    for (size_t i = 0; i < mention->brand_count; i++) {
        const struct brand_mention *brand = &mention->brands[i];
        if (all || span_equal_nocase(brand->name, ruling->brand)) {
            met = true;
            ruled |= rule_on(applying, ruling, brand->brand, brand->name, &brand->score);
        }
    }
    if (!met) {
        return refuse_brand(applying, ruling->brand);
    }
    return ruled || error_set(applying->error, ERROR_USAGE,
                              "mention %llu was left unsure: there is nothing to confirm; say "
                              "positive, neutral or negative",
                              (unsigned long long)mention->sequence);
}

/* --- All of it -------------------------------------------------------------------------------- */

enum work_outcome work_apply(struct mention *mention, const struct work_edit *edit,
                             struct arena *arena, struct error *error) {
    struct applying applying = {mention, ARENA_NEW(arena, struct work), edit, arena, error, 0};
    work_init(applying.work);
    if (mention->work != NULL) {
        *applying.work = *mention->work;
    }
    apply_status(&applying);
    apply_assigned(&applying);
    if (!apply_tags(&applying)) {
        return WORK_REFUSED;
    }
    for (size_t i = 0; i < edit->ruling_count; i++) {
        if (!apply_ruling(&applying, &edit->rulings[i])) {
            return WORK_REFUSED;
        }
    }
    if (edit->note.size > 0) {
        note_change(&applying, arena_print(arena, "note: %.*s", SPAN_ARG(edit->note)));
    }
    if (applying.changed == 0) {
        return WORK_SAME;
    }
    mention->work = applying.work;
    return WORK_CHANGED;
}
