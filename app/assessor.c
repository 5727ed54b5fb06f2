#include "app/assessor.h"

#include "app/overlays.h"

#include <stdlib.h>

struct assessor {
    struct arena *arena;
    const struct query **queries; /* by brand */
    struct span *names;
    struct sentiment_overlay **overlays; /* by brand; NULL: nothing was learned about it */
    size_t brand_count;
    struct matcher *matcher;
    struct sentiment *sentiment;
};

/* A brand without a definition is its name, as a phrase. */
static bool brand_query(const struct config_brand *brand, int64_t now_ms, struct arena *arena,
                        const struct query **query, struct error *error) {
    if (brand->query.size > 0) {
        return query_parse(brand->query, now_ms, arena, query, error);
    }
    if (brand->any.count + brand->all.count > 0) {
        return query_from_lists(brand->any.list, brand->any.count, brand->all.list,
                                brand->all.count, brand->none.list, brand->none.count, arena, query,
                                error);
    }
    return query_from_lists(&brand->name, 1, NULL, 0, brand->none.list, brand->none.count, arena,
                            query, error);
}

static bool compile_brands(struct assessor *assessor, const struct config *config, int64_t now_ms,
                           struct error *error) {
    size_t count = config->brand_count;
    assessor->queries = ARENA_ARRAY(assessor->arena, const struct query *, count);
    assessor->names = ARENA_ARRAY(assessor->arena, struct span, count);
    assessor->overlays = ARENA_ARRAY(assessor->arena, struct sentiment_overlay *, count);
    assessor->brand_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct config_brand *brand = &config->brands[i];
        assessor->names[i] = brand->name;
        if (!brand_query(brand, now_ms, assessor->arena, &assessor->queries[i], error)) {
            return error_add_context(error, "%.*s:%u: brand \"%.*s\"", SPAN_ARG(config->file),
                                     brand->line, SPAN_ARG(brand->name));
        }
    }
    assessor->matcher = matcher_create(assessor->queries, count);
    return true;
}

static bool load_overlays(struct assessor *assessor, const struct config *config,
                          struct error *error) {
    for (size_t i = 0; i < config->brand_count; i++) {
        const struct config_brand *brand = &config->brands[i];
        if (brand->overlay.size > 0 &&
            !overlay_load(arena_copy_string(assessor->arena, brand->overlay),
                          &assessor->overlays[i], error)) {
            error->kind = ERROR_USAGE; /* the configuration names it */
            return error_add_context(error, "%.*s:%u: brand \"%.*s\"", SPAN_ARG(config->file),
                                     brand->line, SPAN_ARG(brand->name));
        }
    }
    return true;
}

bool assessor_create(const struct config *config, int64_t now_ms, struct assessor **created,
                     struct error *error) {
    struct assessor *assessor = NEW(struct assessor);
    assessor->arena = arena_create();
    if (!compile_brands(assessor, config, now_ms, error) ||
        !load_overlays(assessor, config, error) || !sentiment_open(&assessor->sentiment, error)) {
        assessor_free(assessor);
        return false;
    }
    *created = assessor;
    return true;
}

void assessor_free(struct assessor *assessor) {
    if (assessor == NULL) {
        return;
    }
    if (assessor->sentiment != NULL) {
        sentiment_close(assessor->sentiment);
    }
    for (size_t i = 0; i < assessor->brand_count; i++) {
        sentiment_overlay_close(assessor->overlays[i]);
    }
    if (assessor->matcher != NULL) {
        matcher_free(assessor->matcher);
    }
    arena_free(assessor->arena);
    free(assessor);
}

const struct query *assessor_query(const struct assessor *assessor, size_t brand) {
    return assessor->queries[brand];
}

size_t assessor_brand_count(const struct assessor *assessor) {
    return assessor->brand_count;
}

const struct span *assessor_brand_names(const struct assessor *assessor) {
    return assessor->names;
}

size_t assessor_brand(const struct assessor *assessor, struct span name) {
    size_t brand = 0;
    while (brand < assessor->brand_count && !span_equal_nocase(assessor->names[brand], name)) {
        brand++;
    }
    return brand;
}

/* The brands a mention speaks of, and where each is named in the text that is scored. */
struct found {
    struct sentiment_target *targets; /* one a brand */
    size_t *brands;
    size_t count;
};

static bool list_has(const size_t *brands, size_t count, size_t brand) {
    for (size_t i = 0; i < count; i++) {
        if (brands[i] == brand) {
            return true;
        }
    }
    return false;
}

/* The places of one brand's hits; those in the text come behind the title and its line feed. */
static void gather_places(struct sentiment_target *target, const struct query_hits *hits,
                          size_t brand, size_t text_offset, struct arena *arena) {
    struct sentiment_place *places = ARENA_ARRAY(arena, struct sentiment_place, hits->count);
    target->places = places;
    for (size_t i = 0; i < hits->count; i++) {
        const struct query_hit *hit = &hits->list[i];
        if (hit->query == brand) {
            uint32_t shift = hit->in_title ? 0 : (uint32_t)text_offset;
            places[target->place_count++] =
                (struct sentiment_place){hit->begin + shift, hit->end + shift};
        }
    }
}

static void find_brands(const struct assessor *assessor, const struct assessor_origin *origin,
                        const struct mention *mention, size_t text_offset, struct arena *arena,
                        struct found *found) {
    struct query_hits hits;
    matcher_match(assessor->matcher, mention, arena, &hits);
    found->targets = ARENA_ARRAY(arena, struct sentiment_target, LIMIT_MENTION_BRANDS);
    found->brands = ARENA_ARRAY(arena, size_t, LIMIT_MENTION_BRANDS);
    for (size_t i = 0; i < hits.query_count && found->count < LIMIT_MENTION_BRANDS; i++) {
        size_t brand = hits.queries[i];
        struct sentiment_target *target = &found->targets[found->count];
        target->name = assessor->names[brand];
        target->overlay = assessor->overlays[brand];
        gather_places(target, &hits, brand, text_offset, arena);
        found->brands[found->count++] = brand;
    }
    for (size_t i = 0; i < origin->about_count && found->count < LIMIT_MENTION_BRANDS; i++) {
        if (!list_has(found->brands, found->count, origin->about[i])) {
            found->targets[found->count].name = assessor->names[origin->about[i]];
            found->targets[found->count].overlay = assessor->overlays[origin->about[i]];
            found->brands[found->count++] = origin->about[i];
        }
    }
}

/* Where a source is about a brand, the whole text is meant for it; elsewhere what is said near its
 * name counts. */
static void keep_brands(const struct assessor *assessor, const struct assessor_origin *origin,
                        const struct found *found, const struct sentiment_result *result,
                        struct arena *arena, struct mention *mention) {
    mention->brands = ARENA_ARRAY(arena, struct brand_mention, found->count);
    mention->brand_count = found->count;
    for (size_t i = 0; i < found->count; i++) {
        bool whole =
            list_has(origin->about, origin->about_count, found->brands[i]) && found->count == 1;
        mention->brands[i] = (struct brand_mention){
            .brand = (uint32_t)found->brands[i],
            .score = whole ? result->whole : result->targets[i],
            .name = assessor->names[found->brands[i]],
        };
    }
}

/* Stars without a word are no neutral opinion: of feelings nothing is known. */
static void say_nothing(struct mention *mention) {
    const struct score unsure = {.label = LABEL_UNSURE};
    mention->score = unsure;
    for (size_t i = 0; i < mention->brand_count; i++) {
        mention->brands[i].score = unsure;
    }
}

/* What is asked of the scorer: title and text as one, and the brands in it. */
static struct sentiment_request request_make(const struct assessor *assessor,
                                             const struct assessor_origin *origin,
                                             const struct mention *mention, struct arena *arena,
                                             struct found *found) {
    const struct item *item = &mention->item;
    struct span parts[] = {item->title, item->text};
    bool titled = item->title.size > 0;
    find_brands(assessor, origin, mention, titled ? item->title.size + 1 : 0, arena, found);
    return (struct sentiment_request){
        .text = titled ? arena_join(arena, parts, 2, "\n") : item->text,
        .language_hint = item->language.size > 0 ? item->language : origin->language,
        .genre = genre_of_channel(mention->channel),
        .overlay = found->count == 1 ? found->targets[0].overlay : NULL,
        .targets = found->targets,
        .target_count = found->count,
    };
}

void assessor_explain(const struct assessor *assessor, const struct mention *mention,
                      struct arena *arena, struct sentiment_request *request,
                      struct sentiment_result *result) {
    size_t *about = ARENA_ARRAY(arena, size_t, mention->brand_count);
    struct assessor_origin origin = {.about = about};
    struct found found = {0};
    for (size_t i = 0; i < mention->brand_count; i++) {
        size_t brand = assessor_brand(assessor, mention->brands[i].name);
        if (brand < assessor->brand_count) {
            about[origin.about_count++] = brand;
        }
    }
    *request = request_make(assessor, &origin, mention, arena, &found);
    request->explain = true;
    sentiment_score(assessor->sentiment, request, arena, result);
}

void assessor_judge(const struct assessor *assessor, const struct assessor_origin *origin,
                    const struct item *item, struct arena *arena, struct mention *mention) {
    *mention = (struct mention){
        .item = *item,
        .source = origin->source,
        .channel = item->channel != CHANNEL_UNKNOWN ? item->channel : origin->channel,
        .fetched_ms = origin->now_ms,
    };
    if (item->country.size == 0) {
        mention->item.country = origin->country;
    }
    if (item->deleted) {
        return; /* nothing left to judge: the store takes it out */
    }
    struct found found = {0};
    struct sentiment_request request = request_make(assessor, origin, mention, arena, &found);
    struct sentiment_result result;
    sentiment_score(assessor->sentiment, &request, arena, &result);
    mention->language = result.language;
    mention->score = result.whole;
    mention->topics = result.topics;
    mention->topic_count = result.topic_count;
    mention->stage = result.stage;
    keep_brands(assessor, origin, &found, &result, arena, mention);
    if (span_trim(request.text).size == 0) {
        say_nothing(mention);
    }
}
