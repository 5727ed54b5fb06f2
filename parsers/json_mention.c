/* The way back from `store export`: one line of JSON as a mention. */
#include "base/work.h"
#include "parsers/document.h"
#include "parsers/json.h"
#include "parsers/parsers.h"

static const struct member {
    const char *name;
    enum { MEMBER_TEXT, MEMBER_MOMENT, MEMBER_REAL, MEMBER_COUNT } kind;
    size_t offset; /* in struct mention */
} members[] = {
    {"sequence", MEMBER_COUNT, offsetof(struct mention, sequence)},
    {"cluster", MEMBER_COUNT, offsetof(struct mention, cluster)},
    {"source", MEMBER_TEXT, offsetof(struct mention, source)},
    {"language", MEMBER_TEXT, offsetof(struct mention, language)},
    {"fetched", MEMBER_MOMENT, offsetof(struct mention, fetched_ms)},
    {"id", MEMBER_TEXT, offsetof(struct mention, item.id)},
    {"url", MEMBER_TEXT, offsetof(struct mention, item.url)},
    {"title", MEMBER_TEXT, offsetof(struct mention, item.title)},
    {"text", MEMBER_TEXT, offsetof(struct mention, item.text)},
    {"author", MEMBER_TEXT, offsetof(struct mention, item.author)},
    {"author_id", MEMBER_TEXT, offsetof(struct mention, item.author_id)},
    {"country", MEMBER_TEXT, offsetof(struct mention, item.country)},
    {"parent", MEMBER_TEXT, offsetof(struct mention, item.parent)},
    {"site", MEMBER_TEXT, offsetof(struct mention, item.site)},
    {"published", MEMBER_MOMENT, offsetof(struct mention, item.published_ms)},
    {"updated", MEMBER_MOMENT, offsetof(struct mention, item.updated_ms)},
    {"rating", MEMBER_REAL, offsetof(struct mention, item.rating)},
    {"nps", MEMBER_REAL, offsetof(struct mention, item.answers[SURVEY_NPS])},
    {"csat", MEMBER_REAL, offsetof(struct mention, item.answers[SURVEY_CSAT])},
    {"ces", MEMBER_REAL, offsetof(struct mention, item.answers[SURVEY_CES])},
    {"likes", MEMBER_COUNT, offsetof(struct mention, item.engagement.likes)},
    {"replies", MEMBER_COUNT, offsetof(struct mention, item.engagement.replies)},
    {"shares", MEMBER_COUNT, offsetof(struct mention, item.engagement.shares)},
    {"views", MEMBER_COUNT, offsetof(struct mention, item.engagement.views)},
    {"followers", MEMBER_COUNT, offsetof(struct mention, item.engagement.followers)},
};

static bool member_read(const struct member *member, struct span text, struct mention *mention) {
    void *target = (char *)mention + member->offset;
    if (member->kind == MEMBER_MOMENT) {
        return date_parse_any(text, DATE_NONE, target);
    }
    if (member->kind == MEMBER_REAL) {
        return span_to_double(text, target);
    }
    if (member->kind == MEMBER_COUNT) {
        return span_to_int64(text, target);
    }
    *(struct span *)target = text;
    return true;
}

static bool members_read(const json_t *root, struct arena *arena, struct mention *mention,
                         struct error *error) {
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const json_t *value = json_object_get(root, members[i].name);
        if (value == NULL || json_is_null(value)) {
            continue;
        }
        struct span text = json_scalar(value, arena);
        bool scalar = !json_is_object(value) && !json_is_array(value);
        if (!scalar || !member_read(&members[i], text, mention)) {
            return error_set(error, ERROR_INPUT, "\"%s\" is not understood: %.*s", members[i].name,
                             SPAN_ARG(json_excerpt(value, arena)));
        }
    }
    return true;
}

static struct span text_of(const json_t *object, const char *name, struct arena *arena) {
    return json_scalar(json_object_get(object, name), arena);
}

static bool score_read(const json_t *object, struct arena *arena, struct score *score) {
    *score = (struct score){0};
    return span_to_double(text_of(object, "score", arena), &score->value) &&
           span_to_double(text_of(object, "confidence", arena), &score->confidence) &&
           label_parse(text_of(object, "label", arena), &score->label);
}

static bool brands_read(const json_t *list, struct arena *arena, struct mention *mention) {
    size_t count = json_array_size(list);
    mention->brands = ARENA_ARRAY(arena, struct brand_mention, count);
    for (size_t i = 0; i < count; i++) {
        struct brand_mention *brand = &mention->brands[mention->brand_count++];
        const json_t *entry = json_array_get(list, i);
        brand->name = text_of(entry, "name", arena);
        if (brand->name.size == 0 || !score_read(entry, arena, &brand->score)) {
            return false;
        }
    }
    return json_is_array(list);
}

static bool topics_read(const json_t *list, struct arena *arena, struct mention *mention) {
    size_t count = json_array_size(list);
    mention->topics = ARENA_ARRAY(arena, struct topic_mention, count);
    for (size_t i = 0; i < count; i++) {
        struct topic_mention *topic = &mention->topics[mention->topic_count++];
        const json_t *entry = json_array_get(list, i);
        topic->name = text_of(entry, "name", arena);
        if (topic->name.size == 0 || !score_read(entry, arena, &topic->score)) {
            return false;
        }
    }
    return true;
}

/* --- Work ------------------------------------------------------------------------------------- */

static bool verdict_read(const json_t *entry, struct arena *arena, struct work_verdict *verdict) {
    *verdict = (struct work_verdict){.name = text_of(entry, "brand", arena)};
    return label_parse(text_of(entry, "label", arena), &verdict->label) &&
           verdict->label != LABEL_UNSURE &&
           span_to_double(text_of(entry, "machine_score", arena), &verdict->machine.value) &&
           span_to_double(text_of(entry, "machine_confidence", arena),
                          &verdict->machine.confidence) &&
           label_parse(text_of(entry, "machine_label", arena), &verdict->machine.label);
}

static bool verdicts_read(const json_t *list, struct arena *arena, struct work *work) {
    size_t count = json_array_size(list);
    work->verdicts = ARENA_ARRAY(arena, struct work_verdict, count);
    while (work->verdict_count < count) {
        const json_t *entry = json_array_get(list, work->verdict_count);
        if (!verdict_read(entry, arena, &work->verdicts[work->verdict_count])) {
            return false;
        }
        work->verdict_count++;
    }
    return true;
}

static bool changes_read(const json_t *list, struct arena *arena, struct work *work) {
    size_t count = json_array_size(list);
    work->changes = ARENA_ARRAY(arena, struct work_change, count);
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(list, i);
        struct work_change *change = &work->changes[work->change_count++];
        change->who = text_of(entry, "who", arena);
        change->what = text_of(entry, "what", arena);
        if (!date_parse_any(text_of(entry, "time", arena), DATE_NONE, &change->time_ms)) {
            return false;
        }
    }
    return true;
}

static bool work_read(const json_t *root, struct arena *arena, struct mention *mention,
                      struct error *error) {
    const json_t *object = json_object_get(root, "work");
    struct work *work = ARENA_NEW(arena, struct work);
    const json_t *tags = json_object_get(object, "tags");
    struct span answered = text_of(object, "answered", arena);
    work_init(work);
    if (object == NULL) {
        return true;
    }
    work->assigned = text_of(object, "assigned", arena);
    work->tags = ARENA_ARRAY(arena, struct span, json_array_size(tags));
    for (size_t i = 0; i < json_array_size(tags); i++) {
        work->tags[work->tag_count++] = json_scalar(json_array_get(tags, i), arena);
    }
    if (!work_status_parse(text_of(object, "status", arena), &work->status) ||
        (answered.size > 0 && !date_parse_any(answered, DATE_NONE, &work->answered_ms)) ||
        !verdicts_read(json_object_get(object, "verdicts"), arena, work) ||
        !changes_read(json_object_get(object, "changes"), arena, work)) {
        return error_set(error, ERROR_INPUT, "\"work\" is not understood: %.*s",
                         SPAN_ARG(json_excerpt(object, arena)));
    }
    mention->work = work;
    return true;
}

/* The scores of an export are what people made of them; whoever takes them in lays the verdicts
 * again. */
static void verdicts_lift(struct mention *mention, struct arena *arena) {
    struct work *work = mention->work;
    for (size_t i = 0; i < mention->brand_count; i++) {
        mention->brands[i].brand = (uint32_t)i + 1;
        for (size_t j = 0; work != NULL && j < work->verdict_count; j++) {
            if (span_equal(work->verdicts[j].name, mention->brands[i].name)) {
                work->verdicts[j].brand = mention->brands[i].brand;
            }
        }
    }
    for (size_t j = 0; work != NULL && j < work->verdict_count; j++) {
        if (work->verdicts[j].name.size > 0 && work->verdicts[j].brand == WORK_WHOLE) {
            work->verdicts[j].brand = UINT32_MAX; /* one that the text does not speak of */
        }
    }
    work_lift(mention, arena);
}

/* Judged is what has everything that earshot itself would say of it; anything less is judged anew. */
static void judgement_read(const json_t *root, struct arena *arena, struct json_mention *found) {
    struct mention *mention = &found->mention;
    found->judged = score_read(root, arena, &mention->score) &&
                    brands_read(json_object_get(root, "brands"), arena, mention) &&
                    topics_read(json_object_get(root, "topics"), arena, mention);
    if (!found->judged) {
        mention->score = (struct score){0};
        mention->brand_count = 0;
        mention->topic_count = 0;
        mention->item.language = mention->language; /* a claim, until it is judged */
    }
}

static bool mention_read(const json_t *root, struct arena *arena, struct json_mention *found,
                         struct error *error) {
    struct mention *mention = &found->mention;
    struct span time = text_of(root, "time", arena);
    struct span channel = text_of(root, "channel", arena);
    mention->fetched_ms = DATE_NONE;
    if (!members_read(root, arena, mention, error)) {
        return false;
    }
    if (channel.size > 0 && !channel_parse(channel, &mention->channel)) {
        return error_set(error, ERROR_INPUT, "channel \"%.*s\" is unknown", SPAN_ARG(channel));
    }
    bool told = mention_kept_parse(text_of(root, "kept", arena), &mention->kept);
    mention->kept = told ? mention->kept : KEPT_WHOLE;
    bool staged = stage_parse(text_of(root, "stage", arena), &mention->stage);
    mention->stage = staged ? mention->stage : STAGE_UNKNOWN;
    /* Of an export, "time" is what was made of the others. */
    bool dated = mention->item.published_ms != DATE_NONE || mention->fetched_ms != DATE_NONE;
    if (!dated && time.size > 0 && !date_parse_any(time, DATE_NONE, &mention->item.published_ms)) {
        return error_set(error, ERROR_INPUT, "\"time\" is no date: %.*s", SPAN_ARG(time));
    }
    found->brand = text_of(root, "brand", arena);
    judgement_read(root, arena, found);
    if (!work_read(root, arena, mention, error)) {
        return false;
    }
    if (found->judged) {
        verdicts_lift(mention, arena);
    }
    return true;
}

bool json_mention_parse(struct span line, struct arena *arena, struct json_mention *found,
                        struct error *error) {
    json_t *root = NULL;
    *found = (struct json_mention){0};
    item_init(&found->mention.item);
    if (!json_parse(line, &root, error)) {
        return false;
    }
    bool read = json_is_object(root) ? mention_read(root, arena, found, error)
                                     : error_set(error, ERROR_INPUT, "not a JSON object");
    json_decref(root);
    struct items one = {.arena = arena, .list = &found->mention.item, .count = 1, .capacity = 1};
    items_finish(&one, 0);
    return read;
}
