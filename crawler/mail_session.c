#include "crawler/mail_session.h"

#include "base/buffer.h"
#include "base/date.h"
#include "crawler/trust.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* RFC 5321 4.5.3.2.6 gives the server ten minutes to answer the final dot; giving up earlier is
 * what makes duplicates. */
#define REPLY_TIMEOUT_MS (11 * MINUTE_MS)
#define CONNECT_TIMEOUT_MS (30 * SECOND_MS)
#define TOTAL_TIMEOUT_MS (30 * MINUTE_MS)

#define REPLY_CEILING (4 * KIB)

struct mail_session {
    CURL *easy;           /* keeps the connection */
    struct buffer opened; /* the route it was opened by */
    uv_mutex_t mutex;
    curl_socket_t socket; /* the latest that is open, under `mutex` */
    bool aborted;         /* under `mutex` */

    /* Of the transaction under way: */
    const struct mail_letter *letter;
    size_t sent;     /* bytes of the message given to libcurl */
    bool in_message; /* MAIL was said: replies are about this message */
    bool in_data;    /* the server said 354: what is sent is the message */
    bool answered;   /* a whole reply came after all of the message was given away */
    bool parted;     /* QUIT was said: what follows is farewell */
    int code;        /* of the last whole reply */
    struct buffer reply;
    bool reply_goes_on; /* more lines follow */
    char problem[CURL_ERROR_SIZE];
};

/* --- Letters ---------------------------------------------------------------------------------- */

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

const char *mail_letter_problem(const struct mail_letter *letter) {
    struct span url = letter->route.url;
    if (!address_is_valid(letter->to)) {
        return "the recipient's address is not valid";
    }
    if (letter->from.size > 0 && !address_is_valid(letter->from)) {
        return "the sender's address is not valid";
    }
    if (!lines_end_in_crlf(letter->message)) {
        return "the message is empty or has line ends other than CRLF";
    }
    if (!span_starts_with(url, SPAN("smtp://")) && !span_starts_with(url, SPAN("smtps://"))) {
        return "the route is not an smtp:// or smtps:// URL";
    }
    return hello_is_valid(letter->route.hello) ? NULL : "the name for EHLO is not a host name";
}

/* --- What libcurl asks and tells -------------------------------------------------------------- */

static size_t on_read(char *data, size_t size, size_t count, void *context) {
    struct mail_session *session = context;
    size_t room = size * count;
    size_t left = session->letter->message.size - session->sent;
    size_t now = left < room ? left : room;
    memcpy(data, session->letter->message.data + session->sent, now);
    session->sent += now;
    return now;
}

/* The final dot goes out, or has: all of the message is libcurl's. That it asks for more and is told
 * there is none cannot be waited for: it knows the size, and asks only where stuffed dots moved the
 * count. */
static bool is_complete(const struct mail_session *session) {
    return session->in_data && session->sent == session->letter->message.size;
}

/* One line of a reply: "250-more" or "250 last". */
static size_t on_reply(char *data, size_t size, size_t count, void *context) {
    struct mail_session *session = context;
    struct span line = span_trim((struct span){data, size * count});
    int64_t code = 0;
    if (session->parted || line.size < 3 || !span_to_int64(span_first(line, 3), &code)) {
        return size * count;
    }
    if (!session->reply_goes_on) {
        buffer_clear(&session->reply);
    }
    session->reply_goes_on = line.size > 3 && line.data[3] == '-';
    buffer_append_string(&session->reply, session->reply.size > 0 ? " " : "");
    buffer_append(&session->reply, span_trim(span_from(line, 4)));
    if (!session->reply_goes_on) {
        session->code = (int)code;
        session->answered = is_complete(session);
        session->in_data = session->in_data || code == 354;
    }
    return size * count;
}

/* The one way to learn which command a reply belongs to. */
static int on_trace(CURL *easy, curl_infotype type, char *data, size_t size, void *context) {
    (void)easy;
    struct mail_session *session = context;
    struct span text = {data, size};
    if (type == CURLINFO_HEADER_OUT) {
        session->in_message = session->in_message || span_starts_with(text, SPAN("MAIL "));
        session->parted = session->parted || span_starts_with(text, SPAN("QUIT"));
    }
    return 0;
}

static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct mail_session *session = context;
    curl_socket_t fd = CURL_SOCKET_BAD;
    uv_mutex_lock(&session->mutex);
    if (!session->aborted) {
        fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
        session->socket = fd;
    }
    uv_mutex_unlock(&session->mutex);
    return fd;
}

static int on_close(void *context, curl_socket_t fd) {
    struct mail_session *session = context;
    uv_mutex_lock(&session->mutex);
    if (session->socket == fd) {
        session->socket = CURL_SOCKET_BAD;
    }
    close(fd); /* inside the lock: its number must not be another's when it is cut */
    uv_mutex_unlock(&session->mutex);
    return 0;
}

static int on_progress(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up) {
    (void)down_total, (void)down, (void)up_total, (void)up;
    struct mail_session *session = context;
    uv_mutex_lock(&session->mutex);
    bool aborted = session->aborted;
    uv_mutex_unlock(&session->mutex);
    return aborted ? 1 : 0;
}

/* --- Options ---------------------------------------------------------------------------------- */

static void set_route(CURL *easy, const struct mail_route *route, struct arena *arena) {
    struct span url = route->url;
    while (span_ends_with(url, SPAN("/"))) {
        url.size--;
    }
    url = arena_print(arena, "%.*s/%.*s", SPAN_ARG(url), SPAN_ARG(route->hello));
    curl_easy_setopt(easy, CURLOPT_URL, url.data);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    /* Without require_tls what a server offers is taken, and its certificate on trust: that is no
     * worse than the clear text that it replaces. */
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(route->require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    bool checks = route->require_tls || span_starts_with(url, SPAN("smtps://"));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, checks ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, checks ? 2L : 0L);
    if (route->username.size > 0) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, route->username.data);
    }
    if (route->token.size > 0) {
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, route->token.data);
    } else if (route->username.size > 0) {
        curl_easy_setopt(easy, CURLOPT_PASSWORD, route->password.data);
    }
}

static void set_limits(struct mail_session *session) {
    CURL *easy = session->easy;
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(REPLY_TIMEOUT_MS / SECOND_MS));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)TOTAL_TIMEOUT_MS);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, session->problem);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, session);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, session);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, session);
}

static struct curl_slist *set_message(struct mail_session *session, struct arena *arena) {
    CURL *easy = session->easy;
    struct span from = arena_print(arena, "<%.*s>", SPAN_ARG(session->letter->from));
    struct span to = arena_print(arena, "<%.*s>", SPAN_ARG(session->letter->to));
    struct curl_slist *recipients = curl_slist_append(NULL, to.data);
    if (recipients == NULL) {
        fatal("out of memory (a recipient)");
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, from.data);
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)session->letter->message.size);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, session);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_reply);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, session);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, session);
    return recipients;
}

/* --- Sending ---------------------------------------------------------------------------------- */

/* By the server's words alone: libcurl reports a refused recipient as "failed sending data". */
static enum mail_outcome judge(const struct mail_session *session) {
    int class = session->code / 100;
    if (is_complete(session) && !session->answered) {
        return MAIL_UNKNOWN;
    }
    if (is_complete(session) && class == 2) {
        return MAIL_SENT;
    }
    /* A greeting, STARTTLS or AUTH refused is the route's trouble; the message was not judged. */
    return class == 5 && session->in_message ? MAIL_REFUSED : MAIL_LATER;
}

static void fill_result(const struct mail_session *session, CURLcode code, struct arena *arena,
                        struct mail_result *result) {
    result->outcome = judge(session);
    result->code = session->code;
    /* 421: it closes the connection, at whatever word (RFC 5321 3.8). */
    result->route = result->outcome == MAIL_LATER &&
                    (!session->in_message || session->code == 0 || session->code == 421);
    result->reply = arena_copy(arena, buffer_span(&session->reply));
    if (result->outcome == MAIL_SENT) {
        return;
    }
    const char *detail = session->problem[0] != '\0' ? session->problem : curl_easy_strerror(code);
    struct span why = session->code >= 400 ? result->reply : span_of(detail);
    error_set(&result->error, ERROR_NETWORK, "mail to %.*s: %s%.*s", SPAN_ARG(session->letter->to),
              result->outcome == MAIL_UNKNOWN ? "no answer to the whole message: " : "",
              SPAN_ARG(why));
    result->error.code = session->code;
}

static void cut(struct mail_session *session, int how) {
    if (session->socket != CURL_SOCKET_BAD) {
        shutdown(session->socket, how);
    }
}

/* QUIT goes out, and libcurl's wait for its reply ends at once. */
static void part(struct mail_session *session) {
    uv_mutex_lock(&session->mutex);
    cut(session, SHUT_RD);
    uv_mutex_unlock(&session->mutex);
    curl_easy_cleanup(session->easy);
    session->easy = NULL;
}

/* libcurl lends a connection to whoever names the same host and user, also when it was made without
 * TLS, or its certificate was never checked. We lend it to the same route only. */
static void open_route(struct mail_session *session, const struct mail_route *route,
                       struct arena *arena) {
    struct span parts[] = {route->url,
                           route->username,
                           route->password,
                           route->token,
                           route->hello,
                           route->ca_file,
                           route->require_tls ? SPAN("!") : SPAN("")};
    struct span key = arena_join(arena, parts, sizeof parts / sizeof *parts, "\n");
    if (session->easy != NULL && !span_equal(key, buffer_span(&session->opened))) {
        part(session);
    }
    if (session->easy == NULL) {
        session->easy = curl_easy_init();
    }
    if (session->easy == NULL) {
        fatal("out of memory (a mail session)");
    }
    buffer_clear(&session->opened);
    buffer_append(&session->opened, key);
    curl_easy_reset(session->easy); /* the connection stays */
}

void mail_session_send(struct mail_session *session, const struct mail_letter *letter,
                       struct arena *arena, struct mail_result *result) {
    session->letter = letter;
    session->sent = 0;
    session->in_message = false;
    session->in_data = false;
    session->answered = false;
    session->parted = false;
    session->reply_goes_on = false;
    session->code = 0;
    session->problem[0] = '\0';
    buffer_clear(&session->reply);
    open_route(session, &letter->route, arena);
    set_route(session->easy, &letter->route, arena);
    set_limits(session);
    struct curl_slist *recipients = set_message(session, arena);
    struct trust *trust = trust_open(letter->route.ca_file);
    if (trust_path(trust) != NULL) {
        curl_easy_setopt(session->easy, CURLOPT_CAINFO, trust_path(trust));
    }
    CURLcode code = curl_easy_perform(session->easy);
    trust_close(trust);
    fill_result(session, code, arena, result);
    curl_easy_setopt(session->easy, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
}

/* --- Life ------------------------------------------------------------------------------------- */

struct mail_session *mail_session_create(void) {
    struct mail_session *session = NEW(struct mail_session);
    if (uv_mutex_init(&session->mutex) != 0) {
        fatal("out of memory (a mail session)");
    }
    session->socket = CURL_SOCKET_BAD;
    buffer_init(&session->reply, REPLY_CEILING);
    buffer_init(&session->opened, LIMIT_URL * 8);
    return session;
}

void mail_session_abort(struct mail_session *session) {
    uv_mutex_lock(&session->mutex);
    session->aborted = true;
    cut(session, SHUT_RDWR);
    uv_mutex_unlock(&session->mutex);
}

void mail_session_clear(struct mail_session *session) {
    uv_mutex_lock(&session->mutex);
    session->aborted = false;
    uv_mutex_unlock(&session->mutex);
}

void mail_session_free(struct mail_session *session) {
    if (session->easy != NULL) {
        part(session);
    }
    buffer_done(&session->reply);
    buffer_done(&session->opened);
    uv_mutex_destroy(&session->mutex);
    free(session);
}
