#include "app/mail_token.h"

#include "app/crawling.h"

#include <stdlib.h>

struct mail_token {
    struct mail_token_parts parts;
    struct token_source source;
    uv_timer_t soon;     /* answers that are known at once are given later, as promised */
    struct arena *arena; /* of what is asked for */
    struct poll *poll;
    struct fetch *fetch; /* NULL: nothing is on the wire */
    struct span found;
    struct error error;
    token_callback *on_token; /* NULL: nobody asks */
    void *context;
};

static void on_soon(uv_timer_t *timer) {
    struct mail_token *token = timer->data;
    token_callback *on_token = token->on_token;
    token->on_token = NULL;
    on_token(token->context, token->found, &token->error);
}

static void answer(struct mail_token *token, struct span found) {
    token->found = found;
    uv_timer_start(&token->soon, on_soon, 0, 0);
}

/* "Bearer TOKEN" of the request that the login was for. */
static struct span bearer_of(const struct web_request *request) {
    struct span mark = SPAN("Bearer ");
    struct span value = web_header_find(request->headers, request->header_count, "Authorization");
    return span_starts_with(value, mark) ? span_from(value, mark.size) : SPAN("");
}

/* What is kept of the login goes into the store before the token is used: the site may have taken back
 * what was kept before. */
static bool keep(struct mail_token *token, struct span kept) {
    struct store_result result;
    const struct store_batch batch = {.source = token->parts.task->key,
                                      .login_name = token->parts.task->source,
                                      .login = kept,
                                      .now_ms = clock_wall_ms(token->parts.clock)};
    return kept.data == NULL || store_write(token->parts.store, &batch, &result, &token->error);
}

static void go_on(struct mail_token *token);

static void on_fetched(void *context, const struct fetch_result *result) {
    struct mail_token *token = context;
    struct items items = {.arena = token->arena};
    token->fetch = NULL;
    token->error = result->error;
    bool good =
        result->outcome == FETCH_OK
            ? poll_response(token->poll, &result->response, token->arena, &items, &token->error)
            : result->reason == FETCH_REASON_STATUS &&
                  poll_refused(token->poll, &result->response, &token->error);
    if (keep(token, poll_login(token->poll)) && good) {
        go_on(token);
    } else {
        answer(token, SPAN(""));
    }
}

/* The login's own requests, until one comes that carries the token. */
static void go_on(struct mail_token *token) {
    struct web_request request;
    poll_clock(token->poll, clock_wall_ms(token->parts.clock));
    if (!poll_request(token->poll, &request)) {
        error_set(&token->error, ERROR_USAGE, "its recipe asks for nothing");
        answer(token, SPAN(""));
    } else if (request.secret) {
        struct fetch_options options = crawling_options(token->parts.task);
        token->fetch = crawler_fetch(token->parts.crawler, &request, &options, on_fetched, token);
    } else {
        struct span found = bearer_of(&request);
        if (found.size == 0) {
            error_set(&token->error, ERROR_USAGE, "recipe \"%.*s\" logs in without a token",
                      SPAN_ARG(token->parts.task->info->name));
        }
        answer(token, arena_copy(token->arena, found));
    }
}

static struct span kept_login(struct mail_token *token) {
    struct snapshot *snapshot = NULL;
    struct span kept = {NULL, 0};
    if (snapshot_open(token->parts.store, &snapshot, &token->error)) {
        kept = snapshot_login(snapshot, token->parts.task->source, token->arena);
        snapshot_close(snapshot);
    }
    return kept;
}

static void ask(void *context, token_callback *on_token, void *token_context) {
    struct mail_token *token = context;
    struct poll_options options = task_poll_options(token->parts.task);
    arena_reset(token->arena);
    token->error = (struct error){0};
    token->on_token = on_token;
    token->context = token_context;
    options.login = kept_login(token);
    options.now_ms = clock_wall_ms(token->parts.clock);
    options.since_ms = options.now_ms;
    if (poll_begin(token->parts.task->recipe, &options, (struct span){NULL, 0}, token->arena,
                   &token->poll, &token->error)) {
        go_on(token);
    } else {
        answer(token, SPAN(""));
    }
}

static void cancel(void *context) {
    struct mail_token *token = context;
    uv_timer_stop(&token->soon);
    token->on_token = NULL;
    if (token->fetch != NULL) {
        fetch_cancel(token->fetch);
        token->fetch = NULL;
    }
}

/* Where the store cannot take it, the token ends by itself. */
static void forget(void *context) {
    (void)keep(context, SPAN(""));
}

struct mail_token *mail_token_open(const struct mail_token_parts *parts) {
    struct mail_token *token = NEW(struct mail_token);
    token->parts = *parts;
    token->arena = arena_create();
    token->source = (struct token_source){ask, cancel, forget, token};
    uv_timer_init(parts->loop, &token->soon);
    token->soon.data = token;
    return token;
}

static void on_closed(uv_handle_t *handle) {
    struct mail_token *token = handle->data;
    arena_free(token->arena);
    free(token);
}

void mail_token_close(struct mail_token *token) {
    if (token != NULL) {
        cancel(token);
        uv_close((uv_handle_t *)&token->soon, on_closed);
    }
}

const struct token_source *mail_token_source(const struct mail_token *token) {
    return token == NULL ? NULL : &token->source;
}
