#include "parsers/mailbox.h"

/* --- Beginning -------------------------------------------------------------------------------- */

/* Whether a parameter is of no use but to log in. */
static bool logs_in(const struct poll *poll, const struct recipe_param *param) {
    const struct login *login = poll->recipe->login;
    return param->secret || (login != NULL && login_uses(login, param->name));
}

static bool params_fill(struct poll *poll, const struct poll_options *options,
                        struct error *error) {
    const struct recipe_info *info = &poll->recipe->info;
    poll->params = ARENA_ARRAY(poll->arena, struct web_header, info->param_count);
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        struct span value = web_header_find(options->params, options->param_count,
                                            arena_copy_string(poll->arena, param->name));
        bool needed =
            param->default_value.data == NULL && !(options->saved && logs_in(poll, param));
        if (value.size == 0 && needed) {
            return error_set(error, ERROR_USAGE, "recipe %.*s needs the parameter \"%.*s\": %.*s",
                             SPAN_ARG(info->name), SPAN_ARG(param->name), SPAN_ARG(param->help));
        }
        poll->params[i].name = param->name;
        poll->params[i].value =
            arena_copy(poll->arena, value.size > 0 ? value : param->default_value);
    }
    for (size_t i = 0; i < options->param_count; i++) {
        size_t known = 0;
        while (known < info->param_count &&
               !span_equal(options->params[i].name, info->params[known].name)) {
            known++;
        }
        if (known == info->param_count) {
            return error_set(error, ERROR_USAGE, "recipe %.*s has no parameter \"%.*s\"",
                             SPAN_ARG(info->name), SPAN_ARG(options->params[i].name));
        }
    }
    return true;
}

static bool needs_check(const struct poll *poll, struct error *error) {
    const struct recipe_info *info = &poll->recipe->info;
    const struct {
        bool needed;
        struct span given;
        const char *what;
    } needs[] = {{info->needs_url, poll->options.url, "\"url\""},
                 {info->needs_query, poll->options.query, "a query"},
                 {info->needs_key && !poll->options.saved, poll->options.key, "\"key\""}};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (needs[i].needed && needs[i].given.size == 0) {
            return error_set(error, ERROR_USAGE, "recipe %.*s needs %s", SPAN_ARG(info->name),
                             needs[i].what);
        }
    }
    return true;
}

/* A back-fill asks for what is older than the following has ever been asked for, as far as the site
 * can be asked. */
static void back_begin(struct poll *poll) {
    int64_t reach_ms = poll->recipe->reach_ms;
    int64_t bound = reach_ms == 0 ? DATE_NONE : poll->options.now_ms - reach_ms;
    int64_t least = poll->options.since_ms > bound ? poll->options.since_ms : bound;
    poll->report.walked |= poll->from_ms == DATE_NONE || poll->from_ms <= least;
    if (!poll->begun && !poll->report.walked) {
        poll->position.until_s = poll->from_ms / SECOND_MS + 1;
    }
    poll->report.complete = poll->report.walked;
}

bool poll_begin(const struct recipe *recipe, const struct poll_options *options, struct span cursor,
                struct arena *arena, struct poll **poll, struct error *error) {
    struct poll *made = ARENA_NEW(arena, struct poll);
    made->recipe = recipe;
    made->options = *options;
    made->arena = arena;
    made->options.url = arena_copy(arena, span_trim(options->url));
    made->options.query = arena_copy(arena, options->query);
    made->options.key = arena_copy(arena, options->key);
    made->options.language = arena_copy(arena, options->language);
    made->options.pages_max = options->pages_max == 0 ? LIMIT_PAGES : options->pages_max;
    made->known_ms = DATE_NONE;
    made->newest_ms = DATE_NONE;
    made->from_ms = DATE_NONE;
    made->mailbox.since_ms = options->since_ms;
    if (!recipe->info.reads) {
        return error_set(error, ERROR_USAGE, "%.*s: nothing is read of it. %.*s",
                         SPAN_ARG(recipe->info.name), SPAN_ARG(recipe->info.refused));
    }
    made->queue_count = options->no_follow || options->saved ? 0 : recipe->follow_count;
    made->queues = ARENA_ARRAY(arena, struct queue, recipe->follow_count);
    if (!params_fill(made, options, error) || !needs_check(made, error) ||
        !login_begin(made, options->login, error)) {
        return false;
    }
    made->position = position_first(&recipe->listing.paging, arena);
    poll_load_cursor(made, cursor);
    if (options->back_fill) {
        back_begin(made);
    }
    *poll = made;
    return true;
}

/* --- Asking ----------------------------------------------------------------------------------- */

static const struct listing *listing_asked(const struct poll *poll) {
    if (poll->turn == TURN_FOLLOW) {
        return &poll->recipe->follows[poll->following].listing;
    }
    return poll->turn == TURN_FIRST ? poll->recipe->first : &poll->recipe->listing;
}

/* What is asked next: a page of the listing, then what its items want, then the next page. */
static enum turn turn_choose(struct poll *poll) {
    bool listing = !poll->report.walked;
    bool wants = (listing || follow_waiting(poll) > 0) && !poll->options.saved;
    if (poll->recipe->first != NULL && poll->first_body.size == 0 && wants) {
        return TURN_FIRST;
    }
    if (listing && poll->report.pages == 0 && !follow_is_crowded(poll)) {
        return TURN_LISTING;
    }
    if (follow_choose(poll)) {
        return TURN_FOLLOW;
    }
    if (!listing || follow_is_crowded(poll)) {
        return TURN_NONE;
    }
    poll->report.more_soon |= poll->report.pages >= poll->options.pages_max;
    return poll->report.pages >= poll->options.pages_max ? TURN_NONE : TURN_LISTING;
}

bool poll_request(struct poll *poll, struct web_request *request) {
    if (!poll->over && poll->turn == TURN_NONE) {
        poll->turn = turn_choose(poll);
        poll->over = poll->turn == TURN_NONE;
    }
    if (poll->over) {
        poll->report.waiting = follow_waiting(poll);
        return false;
    }
    if (login_request(poll, request)) {
        return true;
    }
    *request = request_fill(&listing_asked(poll)->request, poll);
    request->api = poll->recipe->info.api;
    if (poll->turn != TURN_FIRST && poll_position(poll)->url.size > 0) {
        request->url = poll_position(poll)->url;
    }
    if (poll->recipe->listing.format == FORMAT_MAILBOX) {
        request->url = mailbox_request_url(poll, request->url);
    }
    return true;
}

bool poll_asks_top(const struct poll *poll) {
    return poll->turn == TURN_LISTING && poll->report.pages == 0 && !poll->begun &&
           !poll->login.asking;
}

enum poll_asks poll_asks(const struct poll *poll) {
    if (poll->login.asking) {
        return POLL_ASKS_LOGIN;
    }
    return poll->turn == TURN_FOLLOW ? POLL_ASKS_ITEM : POLL_ASKS_LISTING;
}

/* --- Answers ---------------------------------------------------------------------------------- */

static bool status_check(const struct web_response *response, struct error *error) {
    if (response->status >= 200 && response->status < 300) {
        return true;
    }
    error_set(error, ERROR_NETWORK, "HTTP status %u", response->status);
    if (error != NULL) {
        error->code = (int)response->status;
    }
    return false;
}

/* What a page that could be read means. A follow-up's answer that lacks what must be there is an
 * error like one that cannot be read; the listing's is reported beside its items. */
static bool page_take(struct page *page, struct items *items, struct error *error) {
    struct poll *poll = page->poll;
    if (poll->turn == TURN_FIRST) {
        return true;
    }
    if (poll->turn == TURN_LISTING && page->listing->format == FORMAT_MAILBOX) {
        return mailbox_take(poll, page->response, items, error);
    }
    if (poll->turn == TURN_LISTING) {
        walk_take(page, items);
        return true;
    }
    if (page->missing.size > 0) {
        return error_set(error, ERROR_INPUT, "%.*s", SPAN_ARG(page->missing));
    }
    follow_take(page, items);
    return true;
}

static void failure_name(const struct poll *poll, struct error *error) {
    struct span follow = poll->turn == TURN_FOLLOW ? listing_asked(poll)->name : (struct span){0};
    error_add_context(error, "%.*s%s%.*s", SPAN_ARG(poll->recipe->info.name),
                      follow.size > 0 ? ": " : "", SPAN_ARG(follow));
}

/* The turn stays: what it wants is asked for with the token. */
static bool token_take(struct poll *poll, const struct web_response *response, struct arena *arena,
                       struct error *error) {
    poll->over = !status_check(response, error) || !login_response(poll, response, arena, error);
    return !poll->over || error_add_context(error, "%.*s", SPAN_ARG(poll->recipe->info.name));
}

bool poll_response(struct poll *poll, const struct web_response *response, struct arena *arena,
                   struct items *items, struct error *error) {
    if (poll->login.asking) {
        return token_take(poll, response, arena, error);
    }
    struct page page = {.poll = poll,
                        .listing = listing_asked(poll),
                        .response = response,
                        .found = {.arena = arena}};
    page.answer = (struct answer){.arena = arena,
                                  .url = response->url,
                                  .now_ms = poll->options.now_ms,
                                  .language = poll->options.language,
                                  .lookup = poll_variable,
                                  .lookup_context = poll,
                                  .file = poll->recipe->file};
    bool answered = status_check(response, error);
    poll->login.fresh &= !answered;
    bool good = answered && page_read(&page, error) && page_take(&page, items, error);
    page_close(&page);
    poll->report.shown += page.listed;
    if (answered && !good) {
        failure_name(poll, error);
    }
    if (!good && poll->turn == TURN_FOLLOW) {
        follow_fail(poll, false, true, items);
    }
    poll->over |= !good;
    poll->turn = TURN_NONE;
    return good;
}

bool poll_unanswered(struct poll *poll, unsigned status, struct items *items) {
    bool gone = (status == 404 || status == 410) && !poll->login.asking;
    /* A key that has run out, too many requests and an overload speak of the site as a whole. */
    bool general = poll->login.asking || status < 400 || status == 401 || status == 429 ||
                   status == 502 || status == 503 || status == 504;
    bool on = poll->turn == TURN_FOLLOW && follow_fail(poll, gone, !general, items);
    poll->over |= !on;
    poll->turn = TURN_NONE;
    return on;
}

void poll_unchanged(struct poll *poll) {
    walk_finish(poll);
    poll->turn = TURN_NONE;
}

const struct poll_report *poll_report(const struct poll *poll) {
    return &poll->report;
}
