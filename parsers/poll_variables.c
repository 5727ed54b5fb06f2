#include "parsers/poll_state.h"

#include <inttypes.h>

static struct span number_text(struct poll *poll, int64_t number) {
    return arena_print(poll->arena, "%" PRId64, number);
}

int64_t poll_floor_ms(const struct poll *poll) {
    int64_t known =
        poll->known_ms == DATE_NONE ? DATE_NONE : poll->known_ms - poll->recipe->overlap_ms;
    return known > poll->options.since_ms ? known : poll->options.since_ms;
}

struct position *poll_position(struct poll *poll) {
    return poll->turn == TURN_FOLLOW ? &poll->queues[poll->following].position : &poll->position;
}

/* Since when a request wants items: a follow-up, since its newest answer. */
static int64_t wanted_ms(const struct poll *poll) {
    const struct queue *queue = poll->turn == TURN_FOLLOW ? &poll->queues[poll->following] : NULL;
    if (queue == NULL) {
        return poll_floor_ms(poll);
    }
    int64_t known = queue->batch == 1 ? queue->list[0].known_ms : DATE_NONE;
    return known > poll->options.since_ms ? known : poll->options.since_ms;
}

/* The same as far back as the site can be asked; a minute passes until it is. */
static int64_t asked_ms(const struct poll *poll) {
    int64_t floor = wanted_ms(poll) == DATE_NONE ? 0 : wanted_ms(poll);
    int64_t reach_ms = poll->recipe->reach_ms;
    int64_t least = reach_ms == 0 ? floor : poll->options.now_ms - reach_ms + MINUTE_MS;
    return floor > least ? floor : least;
}

/* A moment as APIs want it: "since_s", "until_day" and so on; plain "since" is RFC 3339, in whole
 * seconds: many APIs refuse fractions. */
static struct span moment_text(struct poll *poll, struct span form, int64_t ms) {
    char text[DATE_TEXT_SIZE];
    struct date date = date_from_ms(ms);
    if (span_equal(form, SPAN("_s"))) {
        return number_text(poll, ms / SECOND_MS);
    }
    if (span_equal(form, SPAN("_ms"))) {
        return number_text(poll, ms);
    }
    if (span_equal(form, SPAN("_day"))) {
        return arena_copy(poll->arena, span_of(date_print_day(ms, text)));
    }
    if (span_equal(form, SPAN("_digits"))) {
        return arena_print(poll->arena, "%04d%02d%02d%02d%02d%02d", date.year, date.month, date.day,
                           date.hour, date.minute, date.second);
    }
    return form.size > 0 && !span_equal(form, SPAN("_or_any"))
               ? (struct span){0}
               : arena_copy(poll->arena, span_of(date_print(ms - ms % SECOND_MS, text)));
}

/* "service_key.client_email": a member of a parameter that is a JSON object, as files of keys are. */
static struct span param_member(const struct poll *poll, struct span name) {
    size_t point = span_find_byte(name, '.');
    struct span value = {0};
    for (size_t i = 0; point != SPAN_NOT_FOUND && i < poll->recipe->info.param_count; i++) {
        const char *member = arena_copy_string(poll->arena, span_from(name, point + 1));
        if (span_equal(poll->params[i].name, span_first(name, point)) &&
            json_members(poll->params[i].value, &member, 1, poll->arena, &value, NULL)) {
            return value;
        }
    }
    return (struct span){0};
}

struct span poll_variable(void *context, struct span name) {
    struct poll *poll = context;
    const struct poll_options *options = &poll->options;
    struct span value = {0};
    if (login_variable(poll, name, &value)) {
        return value;
    }
    for (size_t i = 0; i < poll->recipe->info.param_count; i++) {
        if (span_equal(poll->params[i].name, name)) {
            return poll->params[i].value;
        }
    }
    const struct position *position = poll_position(poll);
    if (poll->turn == TURN_FOLLOW) {
        value = follow_variable(poll, name);
        if (value.size > 0) {
            return value;
        }
    }
    const struct {
        const char *name;
        struct span value;
    } texts[] = {{"query", options->query},
                 {"url", options->url},
                 {"key", options->key},
                 {"language", options->language},
                 {"cursor", position->cursor}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (span_equal(name, span_of(texts[i].name))) {
            return texts[i].value;
        }
    }
    if (span_equal(name, SPAN("page"))) {
        return number_text(poll, position->page);
    }
    if (span_starts_with(name, SPAN("since"))) {
        return moment_text(poll, span_from(name, 5), asked_ms(poll));
    }
    if (span_equal(name, SPAN("until_or_any")) && position->until_s == 0) {
        return SPAN("*");
    }
    if (span_starts_with(name, SPAN("until")) && position->until_s != 0) {
        return moment_text(poll, span_from(name, 5), position->until_s * SECOND_MS);
    }
    return param_member(poll, name);
}

struct web_request request_fill(const struct request_part *part, struct poll *poll) {
    struct web_header *headers = ARENA_ARRAY(poll->arena, struct web_header, part->header_count);
    size_t count = 0;
    for (size_t i = 0; i < part->header_count; i++) {
        struct span value =
            template_fill(&part->header_values[i], poll_variable, poll, poll->arena);
        if (value.size > 0) {
            headers[count++] = (struct web_header){part->header_names[i], value};
        }
    }
    return (struct web_request){
        .method = part->method,
        .url = template_fill(&part->url, poll_variable, poll, poll->arena),
        .headers = headers,
        .header_count = count,
        .body = template_fill(&part->body, poll_variable, poll, poll->arena),
    };
}
