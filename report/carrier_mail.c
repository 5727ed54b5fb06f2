#include "report/carrier.h"

#include <stdlib.h>

static const int64_t waits_ms[] = {10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS,
                                   15 * MINUTE_MS, HOUR_MS,   2 * HOUR_MS};

struct sending {
    const struct sender *sender;
    const struct outbox_row *row; /* the lane's: it stays */
    struct mail_send *send;       /* NULL: waits for a token */
    struct arena *arena;
    attempt_callback *on_done;
    void *context;
};

static enum attempt_outcome outcome_of(const struct mail_result *result) {
    switch (result->outcome) {
    case MAIL_SENT:
        return ATTEMPT_SENT;
    case MAIL_REFUSED:
        return ATTEMPT_REFUSED;
    case MAIL_LATER:
        return result->route ? ATTEMPT_DOWN : ATTEMPT_LATER;
    case MAIL_UNKNOWN:
        break;
    }
    return ATTEMPT_LATER;
}

static void mail_tell(struct sending *sending, const struct attempt *attempt) {
    sending->on_done(sending->context, attempt);
    arena_free(sending->arena);
    free(sending);
}

/* 535 and its kin (RFC 4954 6): the login is no good; another token may be. */
static bool login_was_refused(const struct mail_result *result) {
    return result->route && (result->code == 535 || result->code == 534 || result->code == 530);
}

static void on_sent(void *context, const struct mail_result *result) {
    struct sending *sending = context;
    const struct token_source *tokens = sending->sender->tokens;
    const struct attempt attempt = {
        .outcome = outcome_of(result),
        .code = result->code,
        .reply = span_is_empty(result->reply) ? span_of(result->error.message) : result->reply,
    };
    if (tokens != NULL && login_was_refused(result)) {
        tokens->forget(tokens->context);
    }
    mail_tell(sending, &attempt);
}

static void mail_hand_over(struct sending *sending, struct span token) {
    const struct config *config = sending->sender->config;
    struct mail_route route = {.url = config->mail.url,
                               .username = config->mail.username,
                               .password = config->mail.password.value,
                               .token = token,
                               .hello = config->mail.hello,
                               .ca_file = config->crawler.ca_file,
                               .require_tls = config->mail.require_tls};
    sending->send =
        crawler_send_mail(sending->sender->crawler, &route, config->mail.from,
                          sending->row->recipient, sending->row->body, on_sent, sending);
}

static void on_token(void *context, struct span token, const struct error *error) {
    struct sending *sending = context;
    if (token.size > 0) {
        mail_hand_over(sending, token);
        return;
    }
    const struct attempt attempt = {
        .outcome = ATTEMPT_DOWN,
        .code = error->code,
        .reply = arena_print(sending->arena, "no token for the mail server: %s", error->message)};
    mail_tell(sending, &attempt);
}

static struct sending *mail_start(const struct sender *sender, const struct outbox_row *row,
                                  attempt_callback *on_done, void *context) {
    struct sending *sending = NEW(struct sending);
    *sending = (struct sending){.sender = sender,
                                .row = row,
                                .arena = arena_create(),
                                .on_done = on_done,
                                .context = context};
    if (sender->tokens != NULL) {
        sender->tokens->ask(sender->tokens->context, on_token, sending);
    } else {
        mail_hand_over(sending, SPAN(""));
    }
    return sending;
}

static void mail_stop(struct sending *sending) {
    if (sending->send != NULL) {
        mail_cancel(sending->send);
    } else {
        sending->sender->tokens->cancel(sending->sender->tokens->context);
    }
    arena_free(sending->arena);
    free(sending);
}

static bool mail_knows(const struct config *config, const struct outbox_row *row) {
    (void)row;
    return !span_is_empty(config->mail.url);
}

const struct carrier carrier_mail = {
    .name = "mail",
    .waits_ms = waits_ms,
    .wait_count = sizeof waits_ms / sizeof waits_ms[0],
    .expiry_ms = DAY_MS,
    .start = mail_start,
    .cancel = mail_stop,
    .knows = mail_knows,
};
