#include "store/work.h"

#include "store/meta.h"

/* --- As bytes --------------------------------------------------------------------------------- */

size_t work_measure(const struct work *work) {
    size_t size = 8 * VARINT_MAX + work->assigned.size;
    for (size_t i = 0; i < work->tag_count; i++) {
        size += VARINT_MAX + work->tags[i].size;
    }
    for (size_t i = 0; i < work->change_count; i++) {
        size += 3 * VARINT_MAX + work->changes[i].who.size + work->changes[i].what.size;
    }
    return size + work->verdict_count * (3 * VARINT_MAX + 2);
}

void work_pack(struct packer *packer, const struct work *work) {
    pack_u8(packer, work->status);
    pack_u8(packer, work->answered_ms != DATE_NONE);
    if (work->answered_ms != DATE_NONE) {
        pack_signed(packer, work->answered_ms);
    }
    pack_text(packer, work->assigned);
    pack_varint(packer, work->tag_count);
    for (size_t i = 0; i < work->tag_count; i++) {
        pack_text(packer, work->tags[i]);
    }
    pack_varint(packer, work->verdict_count);
    for (size_t i = 0; i < work->verdict_count; i++) {
        pack_varint(packer, work->verdicts[i].brand);
        pack_u8(packer, work->verdicts[i].label);
        pack_score(packer, &work->verdicts[i].machine);
    }
    pack_varint(packer, work->change_count);
    for (size_t i = 0; i < work->change_count; i++) {
        pack_signed(packer, work->changes[i].time_ms);
        pack_text(packer, work->changes[i].who);
        pack_text(packer, work->changes[i].what);
    }
}

static int64_t unpack_sound_moment(struct unpacker *unpacker) {
    int64_t ms = unpack_signed(unpacker);
    unpacker->bad = unpacker->bad || !moment_is_sound(ms);
    return unpacker->bad ? 0 : ms;
}

static size_t unpack_size(struct unpacker *unpacker, size_t most) {
    uint64_t count = unpack_varint(unpacker);
    unpacker->bad = unpacker->bad || count > most;
    return unpacker->bad ? 0 : (size_t)count;
}

static void unpack_verdicts(struct unpacker *unpacker, struct arena *arena, struct work *work) {
    work->verdict_count = unpack_size(unpacker, LIMIT_WORK_VERDICTS);
    work->verdicts = ARENA_ARRAY(arena, struct work_verdict, work->verdict_count);
    for (size_t i = 0; i < work->verdict_count; i++) {
        work->verdicts[i].brand = (uint32_t)unpack_varint(unpacker);
        uint8_t label = unpack_u8(unpacker);
        unpacker->bad = unpacker->bad || label >= LABEL_COUNT || label == LABEL_UNSURE;
        work->verdicts[i].label = unpacker->bad ? LABEL_NEUTRAL : (enum label)label;
        work->verdicts[i].machine = unpack_score(unpacker);
    }
}

struct work *work_unpack(struct unpacker *unpacker, struct arena *arena) {
    struct work *work = ARENA_NEW(arena, struct work);
    work_init(work);
    uint8_t status = unpack_u8(unpacker);
    unpacker->bad = unpacker->bad || status >= WORK_STATUS_COUNT;
    work->status = unpacker->bad ? WORK_NONE : (enum work_status)status;
    if (unpack_u8(unpacker) != 0) {
        work->answered_ms = unpack_sound_moment(unpacker);
    }
    work->assigned = unpack_text(unpacker);
    work->tag_count = unpack_size(unpacker, LIMIT_WORK_TAGS);
    work->tags = ARENA_ARRAY(arena, struct span, work->tag_count);
    for (size_t i = 0; i < work->tag_count; i++) {
        work->tags[i] = unpack_text(unpacker);
    }
    unpack_verdicts(unpacker, arena, work);
    work->change_count = unpack_size(unpacker, LIMIT_WORK_CHANGES);
    work->changes = ARENA_ARRAY(arena, struct work_change, work->change_count);
    for (size_t i = 0; i < work->change_count; i++) {
        work->changes[i].time_ms = unpack_sound_moment(unpacker);
        work->changes[i].who = unpack_text(unpacker);
        work->changes[i].what = unpack_text(unpacker);
    }
    return work;
}

void work_own(struct work *work, struct arena *arena) {
    work->assigned = arena_copy(arena, work->assigned);
    for (size_t i = 0; i < work->tag_count; i++) {
        work->tags[i] = arena_copy(arena, work->tags[i]);
    }
    for (size_t i = 0; i < work->change_count; i++) {
        work->changes[i].who = arena_copy(arena, work->changes[i].who);
        work->changes[i].what = arena_copy(arena, work->changes[i].what);
    }
}

/* --- Within limits ---------------------------------------------------------------------------- */

static void texts_normalise(struct work *work, struct arena *arena) {
    struct span *tags = ARENA_ARRAY(arena, struct span, work->tag_count);
    size_t tag_count = 0;
    for (size_t i = 0; i < work->tag_count && tag_count < LIMIT_WORK_TAGS; i++) {
        tags[tag_count] = span_first_utf8(work->tags[i], LIMIT_WORK_NAME);
        tag_count += tags[tag_count].size > 0;
    }
    work->tags = tags;
    work->tag_count = tag_count;
    work->assigned = span_first_utf8(work->assigned, LIMIT_WORK_NAME);
    size_t left_out =
        work->change_count > LIMIT_WORK_CHANGES ? work->change_count - LIMIT_WORK_CHANGES : 0;
    struct work_change *changes =
        ARENA_ARRAY(arena, struct work_change, work->change_count - left_out);
    for (size_t i = left_out; i < work->change_count; i++) {
        struct work_change *change = &changes[i - left_out];
        *change = work->changes[i];
        change->time_ms = moment_is_sound(change->time_ms) ? change->time_ms : 0;
        change->who = span_first_utf8(change->who, LIMIT_WORK_NAME);
        change->what = span_first_utf8(change->what, LIMIT_WORK_NOTE);
    }
    work->changes = changes;
    work->change_count -= left_out;
}

/* One a brand; what is unsure is no verdict. */
static void verdicts_normalise(struct work *work, struct arena *arena) {
    struct work kept = {.verdicts = ARENA_ARRAY(arena, struct work_verdict, work->verdict_count)};
    for (size_t i = 0; i < work->verdict_count && kept.verdict_count < LIMIT_WORK_VERDICTS; i++) {
        struct work_verdict verdict = work->verdicts[i];
        bool sound = verdict.label != LABEL_UNSURE && verdict.label < LABEL_COUNT;
        if (sound && work_verdict_on(&kept, verdict.brand) == NULL) {
            score_normalise(&verdict.machine);
            kept.verdicts[kept.verdict_count++] = verdict;
        }
    }
    work->verdicts = kept.verdicts;
    work->verdict_count = kept.verdict_count;
}

void work_normalise(struct mention *mention, struct arena *arena) {
    if (mention->work == NULL) {
        return;
    }
    struct work *work = ARENA_NEW(arena, struct work);
    *work = *mention->work;
    work->status = work->status < WORK_STATUS_COUNT ? work->status : WORK_NONE;
    work->answered_ms = moment_is_sound(work->answered_ms) ? work->answered_ms : DATE_NONE;
    texts_normalise(work, arena);
    verdicts_normalise(work, arena);
    bool said = work->status != WORK_NONE || work->answered_ms != DATE_NONE ||
                work->assigned.size > 0 || work->tag_count > 0 || work->verdict_count > 0 ||
                work->change_count > 0;
    mention->work = said ? work : NULL;
}

bool work_is_laid(const struct mention *mention) {
    for (size_t i = 0; mention->work != NULL && i < mention->work->verdict_count; i++) {
        const struct work_verdict *verdict = &mention->work->verdicts[i];
        struct score meant = work_score(verdict);
        const struct score *score = verdict->brand == WORK_WHOLE ? &mention->score : NULL;
        for (size_t j = 0; j < mention->brand_count; j++) {
            score = mention->brands[j].brand == verdict->brand ? &mention->brands[j].score : score;
        }
        if (score != NULL && (score->label != meant.label ||
                              score_units(score->value) != score_units(meant.value))) {
            return false;
        }
    }
    return true;
}

/* --- Editing ---------------------------------------------------------------------------------- */

static void brands_name(struct change *change, struct mention *mention) {
    for (size_t i = 0; i < mention->brand_count; i++) {
        mention->brands[i].name =
            name_text(&change->transaction, NAME_BRAND, mention->brands[i].brand, change->arena);
    }
}

void work_task_apply(struct change *change, struct work_task *task) {
    struct record before;
    if (!change_load(change, task->sequence, &before) || before.state != RECORD_LIVE) {
        task->outcome = WORK_REFUSED;
        error_set(&task->refusal, ERROR_USAGE, "there is no mention %llu",
                  (unsigned long long)task->sequence);
        return;
    }
    brands_name(change, &before.mention);
    struct record now = before;
    work_lift(&now.mention, change->arena);
    task->outcome = work_apply(&now.mention, task->edit, change->arena, &task->refusal);
    if (task->outcome == WORK_CHANGED) {
        record_normalise(&now, change->arena);
        work_lay(&now.mention, change->arena);
        change_rejudge(change, &before, &now);
        change_save(change, &now);
    }
}
