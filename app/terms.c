#include "app/terms.h"

#include "app/tasks.h"

/* Lengths of time; 0 = no bound. */
struct lengths {
    int64_t mention_ms;
    int64_t text_ms;
    int64_t excerpt_ms;
};

static int64_t shorter_ms(int64_t a_ms, int64_t b_ms) {
    return a_ms > 0 && (b_ms == 0 || a_ms < b_ms) ? a_ms : b_ms;
}

static struct store_term term_make(struct span source, const struct lengths *lengths,
                                   int64_t now_ms) {
    return (struct store_term){
        .source = source,
        .text_before_ms = lengths->text_ms > 0 ? now_ms - lengths->text_ms : DATE_NONE,
        .excerpt_before_ms = lengths->excerpt_ms > 0 ? now_ms - lengths->excerpt_ms : DATE_NONE,
        .mention_before_ms = lengths->mention_ms > 0 ? now_ms - lengths->mention_ms : DATE_NONE,
    };
}

/* What the source says, else what is said of all; `allowed_ms` is the site's bound. */
static struct lengths source_lengths(const struct config *config,
                                     const struct config_source *source, int64_t allowed_ms) {
    int64_t wanted_ms = source->retain_ms > 0 ? source->retain_ms : config->retain.mentions_ms;
    return (struct lengths){
        .mention_ms = shorter_ms(allowed_ms, wanted_ms),
        .text_ms = source->retain_text_ms > 0 ? source->retain_text_ms : config->retain.text_ms,
        .excerpt_ms =
            source->retain_excerpt_ms > 0 ? source->retain_excerpt_ms : config->retain.excerpt_ms,
    };
}

/* What the site allows: 0 = no bound, as for what people bring themselves. A recipe that cannot be read
 * any more was refused at the start, unless its source is switched off. */
static int64_t site_allows_ms(const struct config *config, const struct config_source *source,
                              struct arena *arena) {
    const struct recipe *recipe = NULL;
    bool asked = !span_equal(source->recipe, SPAN(TASK_RECIPE_IMPORT));
    return asked && task_recipe(config, source->recipe, arena, &recipe, NULL)
               ? recipe_info(recipe)->keep_ms
               : 0;
}

struct store_term *terms_make(const struct config *config, int64_t now_ms, struct arena *arena,
                              size_t *count) {
    const struct lengths all = {config->retain.mentions_ms, config->retain.text_ms,
                                config->retain.excerpt_ms};
    const struct lengths unmatched = {.mention_ms = config->retain.unmatched_ms};
    struct store_term *list = ARENA_ARRAY(arena, struct store_term, config->source_count + 2);
    *count = 0;
    list[(*count)++] = term_make(SPAN(""), &all, now_ms);
    list[*count] = term_make(SPAN(""), &unmatched, now_ms);
    list[(*count)++].unmatched_only = true;
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];
        struct lengths lengths =
            source_lengths(config, source, site_allows_ms(config, source, arena));
        list[(*count)++] = term_make(source->name, &lengths, now_ms);
    }
    return list;
}
