/* Mail: one message to one recipient per SMTP transaction, one after the other, so that all use one
 * kept connection. */
#include "base/buffer.h"
#include "base/date.h"
#include "crawler/engine.h"

#include <stdlib.h>

/* RFC 5321 4.5.3.2.6 gives the server ten minutes to answer the final dot; giving up earlier is
 * what makes duplicates. */
#define REPLY_TIMEOUT_MS (11 * MINUTE_MS)
#define CONNECT_TIMEOUT_MS (30 * SECOND_MS)
#define TOTAL_TIMEOUT_MS (30 * MINUTE_MS)

#define REPLY_CEILING (4 * KIB)

struct mail_send {
    struct wire_job job; /* first: found through it */
    struct link link;    /* in crawler->mails */
    struct crawler *crawler;
    struct arena *arena;
    struct mail_route route;
    struct span from;
    struct span to;
    struct span message;
    mail_callback *on_done;
    void *context;
    CURL *easy; /* NULL: not on the wire */
    struct curl_slist *recipients;
    size_t sent;     /* bytes of `message` given to libcurl */
    bool complete;   /* all of them: the final dot goes out, or has */
    bool in_message; /* MAIL was said: replies are about this message */
    bool answered;   /* a whole reply came after `complete` */
    bool over;       /* its callback is running */
    int code;        /* of the last whole reply */
    struct buffer reply;
    bool reply_goes_on; /* the reply in `reply` has more lines */
    char problem[CURL_ERROR_SIZE];
};

/* --- What libcurl asks and tells -------------------------------------------------------------- */

static size_t on_read(char *data, size_t size, size_t count, void *context) {
    struct mail_send *send = context;
    size_t room = size * count;
    size_t left = send->message.size - send->sent;
    size_t now = left < room ? left : room;
    memcpy(data, send->message.data + send->sent, now);
    send->sent += now;
    send->complete = send->complete || now == 0;
    return now;
}

/* One line of a reply: "250-more" or "250 last". */
static size_t on_reply(char *data, size_t size, size_t count, void *context) {
    struct mail_send *send = context;
    struct span line = span_trim((struct span){data, size * count});
    int64_t code = 0;
    if (!send->reply_goes_on) {
        buffer_clear(&send->reply);
    }
    if (line.size < 3 || !span_to_int64(span_first(line, 3), &code)) {
        return size * count;
    }
    send->reply_goes_on = line.size > 3 && line.data[3] == '-';
    buffer_append_string(&send->reply, send->reply.size > 0 ? " " : "");
    buffer_append(&send->reply, span_trim(span_from(line, 4)));
    if (!send->reply_goes_on) {
        send->code = (int)code;
        send->answered = send->complete;
    }
    return size * count;
}

/* The one way to learn which command a reply belongs to. */
static int on_trace(CURL *easy, curl_infotype type, char *data, size_t size, void *context) {
    (void)easy;
    struct mail_send *send = context;
    struct span text = {data, size};
    if (type == CURLINFO_HEADER_OUT && span_starts_with_nocase(text, SPAN("MAIL "))) {
        send->in_message = true;
    }
    return 0;
}

/* --- The outcome ------------------------------------------------------------------------------ */

/* By the server's words alone: libcurl reports a refused recipient as "failed sending data". */
static enum mail_outcome judge(const struct mail_send *send) {
    int class = send->code / 100;
    if (send->complete && !send->answered) {
        return MAIL_UNKNOWN;
    }
    if (send->complete && class == 2) {
        return MAIL_SENT;
    }
    /* A greeting, STARTTLS or AUTH refused is the route's trouble; the message was not judged. */
    return class == 5 && send->in_message ? MAIL_REFUSED : MAIL_LATER;
}

static void mail_release(struct mail_send *send) {
    struct crawler *crawler = send->crawler;
    if (send->easy != NULL) {
        wire_take(crawler->wires[WIRE_MAIL], send->easy);
        curl_easy_cleanup(send->easy);
        send->easy = NULL;
    }
    curl_slist_free_all(send->recipients);
    send->recipients = NULL;
}

static void mail_free(struct mail_send *send) {
    mail_release(send);
    buffer_done(&send->reply);
    arena_free(send->arena);
    free(send);
}

static void mail_finish(struct mail_send *send, struct mail_result *result) {
    struct crawler *crawler = send->crawler;
    list_take(&send->link);
    crawler->mail_count--;
    mail_release(send);
    send->over = true;
    crawler_wake(crawler); /* the next one's turn */
    send->on_done(send->context, result);
    mail_free(send);
}

static void on_wire_done(struct wire_job *job, CURLcode code) {
    struct mail_send *send = (struct mail_send *)(void *)job;
    struct mail_result result = {.outcome = judge(send), .code = send->code};
    result.reply = buffer_span(&send->reply);
    if (result.outcome != MAIL_SENT) {
        const char *detail = send->problem[0] != '\0' ? send->problem : curl_easy_strerror(code);
        struct span why = send->code >= 400 ? result.reply : span_of(detail);
        error_set(&result.error, ERROR_NETWORK, "mail to %.*s: %s%.*s", SPAN_ARG(send->to),
                  result.outcome == MAIL_UNKNOWN ? "no answer to the whole message: " : "",
                  SPAN_ARG(why));
        result.error.code = send->code;
    }
    mail_finish(send, &result);
}

/* --- The way out ------------------------------------------------------------------------------ */

/* No control characters, spaces or angle brackets; something on both sides of an @. */
static bool address_is_valid(struct span address) {
    size_t at = span_find_byte(address, '@');
    for (size_t i = 0; i < address.size; i++) {
        unsigned char c = (unsigned char)address.data[i];
        if (c <= ' ' || c == 127 || c == '<' || c == '>') {
            return false;
        }
    }
    return at != SPAN_NOT_FOUND && at > 0 && at + 1 < address.size;
}

/* A name for EHLO goes into a URL's path: letters, digits, and what addresses have. */
static bool hello_is_valid(struct span hello) {
    for (size_t i = 0; i < hello.size; i++) {
        char c = hello.data[i];
        if (!byte_is_alpha(c) && !byte_is_digit(c) && (c == '\0' || !strchr(".-:[]", c))) {
            return false;
        }
    }
    return true;
}

static bool lines_end_in_crlf(struct span message) {
    for (size_t i = 0; i < message.size; i++) {
        bool follows = i > 0 && message.data[i - 1] == '\r';
        bool goes_on = i + 1 < message.size && message.data[i + 1] == '\n';
        char c = message.data[i];
        if (c == '\0' || (c == '\n' && !follows) || (c == '\r' && !goes_on)) {
            return false;
        }
    }
    return message.size > 0;
}

/* NULL when it may be sent, else what is wrong with it. */
static const char *mail_problem(const struct mail_send *send) {
    struct span url = send->route.url;
    if (!address_is_valid(send->to)) {
        return "the recipient's address is not valid";
    }
    if (send->from.size > 0 && !address_is_valid(send->from)) {
        return "the sender's address is not valid";
    }
    if (!lines_end_in_crlf(send->message)) {
        return "the message is empty or has line ends other than CRLF";
    }
    if (!span_starts_with(url, SPAN("smtp://")) && !span_starts_with(url, SPAN("smtps://"))) {
        return "the route is not an smtp:// or smtps:// URL";
    }
    return hello_is_valid(send->route.hello) ? NULL : "the name for EHLO is not a host name";
}

static void set_route(struct mail_send *send) {
    CURL *easy = send->easy;
    const struct mail_route *route = &send->route;
    struct span url = route->url;
    while (span_ends_with(url, SPAN("/"))) {
        url.size--;
    }
    url = arena_print(send->arena, "%.*s/%.*s", SPAN_ARG(url), SPAN_ARG(route->hello));
    curl_easy_setopt(easy, CURLOPT_URL, url.data);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (route->ca_file.size > 0) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, route->ca_file.data);
    }
    /* Without require_tls what a server offers is taken, and its certificate on trust: that is no
     * worse than the clear text that it replaces. */
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(route->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    bool checks = route->require_tls || span_starts_with(url, SPAN("smtps://"));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, checks ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, checks ? 2L : 0L);
    if (route->username.size > 0) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, route->username.data);
        curl_easy_setopt(easy, CURLOPT_PASSWORD, route->password.data);
    }
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(REPLY_TIMEOUT_MS / SECOND_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, send->problem);
}

static void set_message(struct mail_send *send) {
    CURL *easy = send->easy;
    struct span from = arena_print(send->arena, "<%.*s>", SPAN_ARG(send->from));
    struct span to = arena_print(send->arena, "<%.*s>", SPAN_ARG(send->to));
    send->recipients = curl_slist_append(NULL, to.data);
    if (send->recipients == NULL) {
        fatal("out of memory (a recipient)");
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from.data);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, send->recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)send->message.size);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, send);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, send);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, send);
}

void mails_advance(struct crawler *crawler) {
    if (list_is_empty(&crawler->mails)) {
        return;
    }
    struct mail_send *send = LIST_MEMBER(crawler->mails.next, struct mail_send, link);
    if (send->easy != NULL) {
        return;
    }
    const char *problem = mail_problem(send);
    if (problem != NULL) {
        struct mail_result result = {.outcome = MAIL_REFUSED};
        error_set(&result.error, ERROR_USAGE, "mail to %.*s: %s", SPAN_ARG(send->to), problem);
        mail_finish(send, &result);
        return;
    }
    send->easy = curl_easy_init();
    if (send->easy == NULL) {
        fatal("out of memory (a transfer)");
    }
    set_route(send);
    set_message(send);
    wire_add(crawler->wires[WIRE_MAIL], send->easy, &send->job);
}

/* --- Starting and cancelling ------------------------------------------------------------------ */

static void copy_route(struct mail_send *send, const struct mail_route *route) {
    struct arena *arena = send->arena;
    send->route = (struct mail_route){
        .url = arena_copy(arena, route->url),
        .username = arena_copy(arena, route->username),
        .password = arena_copy(arena, route->password),
        .hello = arena_copy(arena, route->hello),
        .ca_file = arena_copy(arena, route->ca_file),
        .require_tls = route->require_tls,
    };
}

struct mail_send *crawler_send_mail(struct crawler *crawler, const struct mail_route *route,
                                    struct span from, struct span to, struct span message,
                                    mail_callback *on_done, void *context) {
    struct mail_send *send = NEW(struct mail_send);
    *send = (struct mail_send){.job.on_done = on_wire_done,
                               .crawler = crawler,
                               .arena = arena_create(),
                               .on_done = on_done,
                               .context = context};
    copy_route(send, route);
    send->from = arena_copy(send->arena, from);
    send->to = arena_copy(send->arena, to);
    send->message = arena_copy(send->arena, message);
    buffer_init(&send->reply, REPLY_CEILING);
    list_init(&send->link);
    list_append(&crawler->mails, &send->link);
    crawler->mail_count++;
    crawler_wake(crawler);
    return send;
}

void mail_cancel(struct mail_send *send) {
    if (!send->over) {
        list_take(&send->link);
        send->crawler->mail_count--;
        crawler_wake(send->crawler);
        mail_free(send);
    }
}

void mails_cancel(struct crawler *crawler) {
    while (!list_is_empty(&crawler->mails)) {
        mail_cancel(LIST_MEMBER(crawler->mails.next, struct mail_send, link));
    }
}
