#include "report/carrier.h"

#include <stdlib.h>

static const int64_t waits_ms[] = {10 * SECOND_MS, MINUTE_MS, 5 * MINUTE_MS,
                                   15 * MINUTE_MS, HOUR_MS,   2 * HOUR_MS};

struct sending {
    struct mail_send *send;
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

static void on_sent(void *context, const struct mail_result *result) {
    struct sending *sending = context;
    const struct attempt attempt = {
        .outcome = outcome_of(result),
        .code = result->code,
        .reply = span_is_empty(result->reply) ? span_of(result->error.message) : result->reply,
    };
    sending->on_done(sending->context, &attempt);
    free(sending);
}

static struct sending *mail_start(const struct sender *sender, const struct outbox_row *row,
                                  attempt_callback *on_done, void *context) {
    const struct config *config = sender->config;
    struct mail_route route = {.url = config->mail.url,
                               .username = config->mail.username,
                               .password = config->mail.password.value,
                               .hello = config->mail.hello,
                               .ca_file = config->crawler.ca_file,
                               .require_tls = config->mail.require_tls};
    struct sending *sending = NEW(struct sending);
    *sending = (struct sending){.on_done = on_done, .context = context};
    sending->send = crawler_send_mail(sender->crawler, &route, config->mail.from, row->recipient,
                                      row->body, on_sent, sending);
    return sending;
}

static void mail_stop(struct sending *sending) {
    mail_cancel(sending->send);
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
