#include "tests/origin/smtp.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/limits.h"
#include "tests/origin/mailbox.h"
#include "tests/origin/smtp_script.h"

#include <inttypes.h>
#include <stdlib.h>

/* RFC 5321 4.5.3.1.6: a text line has 1,000 octets; commands with long parameters a few more. */
#define LINE_MOST (4 * KIB)

struct smtp {
    uv_tcp_t listener;
    struct session *sessions;
    struct script script;
    char *mailbox;
    size_t messages;
    size_t handles;
    int port;
    bool closing;
};

enum auth_step { AUTH_NONE, AUTH_PLAIN, AUTH_LOGIN_USER, AUTH_LOGIN_PASSWORD };

struct session {
    uv_tcp_t socket;
    struct smtp *smtp;
    struct session *previous;
    struct session *next;
    struct buffer input;
    struct buffer message;
    struct arena *arena; /* the envelope's text */
    struct envelope envelope;
    enum auth_step auth;
    bool has_from;
    bool in_data;
    bool stalled; /* says nothing any more */
    bool oversized;
    bool after_lf; /* the last line of the message ended with a lone LF */
};

static void smtp_release(struct smtp *smtp) {
    if (--smtp->handles == 0) {
        script_done(&smtp->script);
        free(smtp->mailbox);
        free(smtp);
    }
}

static void session_closed(uv_handle_t *handle) {
    struct session *session = handle->data;
    buffer_done(&session->input);
    buffer_done(&session->message);
    arena_free(session->arena);
    smtp_release(session->smtp);
    free(session);
}

static void session_close(struct session *session) {
    if (uv_is_closing((uv_handle_t *)&session->socket)) {
        return;
    }
    if (session->previous != NULL) {
        session->previous->next = session->next;
    } else {
        session->smtp->sessions = session->next;
    }
    if (session->next != NULL) {
        session->next->previous = session->previous;
    }
    uv_close((uv_handle_t *)&session->socket, session_closed);
}

/* --- Replies ---------------------------------------------------------------------------------- */

struct reply_write {
    uv_write_t write;
    bool last;
    char text[512];
};

static void on_reply_written(uv_write_t *write, int status) {
    struct reply_write *reply = write->data;
    struct session *session = write->handle->data;
    if (status < 0 || reply->last) {
        session_close(session);
    }
    free(reply);
}

static void session_send(struct session *session, const char *text, bool last) {
    struct reply_write *reply = NEW(struct reply_write);
    snprintf(reply->text, sizeof reply->text, "%s\r\n", text);
    reply->write.data = reply;
    reply->last = last;
    uv_buf_t piece = uv_buf_init(reply->text, (unsigned)strlen(reply->text));
    if (uv_write(&reply->write, (uv_stream_t *)&session->socket, &piece, 1, on_reply_written) !=
        0) {
        free(reply);
        session_close(session);
    }
}

static void session_reply(struct session *session, const char *text) {
    session_send(session, text, false);
}

/* Whether the script takes the answer to `command` into its hands; it has been given then. */
static bool session_scripted(struct session *session, const char *command, struct span detail) {
    int64_t code = 0;
    char text[64];
    switch (script_decide(&session->smtp->script, span_of(command), detail, &code)) {
    case SCRIPT_PASS:
        return false;
    case SCRIPT_REPLY:
        snprintf(text, sizeof text, "%" PRId64 " %" PRId64 ".0.0 As the script says", code,
                 code / 100);
        session_send(session, text, code == 421);
        break;
    case SCRIPT_DROP:
        session_close(session);
        break;
    case SCRIPT_STALL:
        session->stalled = true;
        break;
    }
    return true;
}

/* --- Commands --------------------------------------------------------------------------------- */

static void session_reset(struct session *session) {
    struct span hello = session->envelope.hello;
    struct span user = session->envelope.user;
    session->envelope = (struct envelope){.hello = hello, .user = user};
    session->has_from = false;
    session->oversized = false;
    session->after_lf = false;
    buffer_clear(&session->message);
}

static void do_hello(struct session *session, struct span argument) {
    session_reset(session);
    session->envelope.hello = arena_copy(session->arena, argument);
    session_reply(session, "250-origin.example\r\n250-PIPELINING\r\n250-SIZE 1048576\r\n"
                           "250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n"
                           "250 AUTH PLAIN LOGIN");
}

static void do_old_hello(struct session *session, struct span argument) {
    session_reset(session);
    session->envelope.hello = arena_copy(session->arena, argument);
    session_reply(session, "250 origin.example");
}

/* The address of "FROM:<a@b> SIZE=1"; false when there is none. */
static bool parse_path(struct span argument, const char *keyword, struct span *address) {
    if (!span_starts_with_nocase(argument, span_of(keyword))) {
        return false;
    }
    struct span rest = span_trim(span_from(argument, strlen(keyword)));
    size_t end = span_find_byte(rest, '>');
    if (!span_starts_with(rest, SPAN("<")) || end == SPAN_NOT_FOUND) {
        return false;
    }
    *address = span_first(span_from(rest, 1), end - 1);
    return true;
}

static void do_mail(struct session *session, struct span argument) {
    struct span address;
    if (span_is_empty(session->envelope.hello) || session->has_from) {
        session_reply(session, "503 5.5.1 Not now");
    } else if (!parse_path(argument, "FROM:", &address)) {
        session_reply(session, "501 5.5.4 MAIL FROM:<address>");
    } else {
        session->envelope.from = arena_copy(session->arena, address);
        session->has_from = true;
        session_reply(session, "250 2.1.0 Go on");
    }
}

static void do_recipient(struct session *session, struct span argument) {
    struct span address;
    struct envelope *envelope = &session->envelope;
    if (!session->has_from) {
        session_reply(session, "503 5.5.1 MAIL first");
    } else if (!parse_path(argument, "TO:", &address) || span_is_empty(address)) {
        session_reply(session, "501 5.5.4 RCPT TO:<address>");
    } else if (envelope->to_count == MAILBOX_RECIPIENTS) {
        session_reply(session, "452 4.5.3 Too many recipients");
    } else {
        envelope->to[envelope->to_count++] = arena_copy(session->arena, address);
        session_reply(session, "250 2.1.5 Go on");
    }
}

static void do_data(struct session *session, struct span argument) {
    (void)argument;
    if (session->envelope.to_count == 0) {
        session_reply(session, "503 5.5.1 RCPT first");
    } else {
        session->in_data = true;
        session_reply(session, "354 End with a dot");
    }
}

static void do_reset(struct session *session, struct span argument) {
    (void)argument;
    session_reset(session);
    session_reply(session, "250 2.0.0 Forgotten");
}

static void do_nothing(struct session *session, struct span argument) {
    (void)argument;
    session_reply(session, "250 2.0.0 Yes");
}

static void do_verify(struct session *session, struct span argument) {
    (void)argument;
    session_reply(session, "252 2.5.0 Try it");
}

static void do_quit(struct session *session, struct span argument) {
    (void)argument;
    session_send(session, "221 2.0.0 Bye", true);
}

/* --- AUTH ------------------------------------------------------------------------------------- */

static void auth_accept(struct session *session) {
    session->auth = AUTH_NONE;
    session_reply(session, "235 2.7.0 Welcome");
}

/* "authorisation NUL user NUL password" */
static void auth_plain(struct session *session, struct span response) {
    struct span decoded = base64_decode(response, session->arena);
    struct span rest = span_from(decoded, span_find_byte(decoded, '\0') + 1);
    session->envelope.user = span_first(rest, span_find_byte(rest, '\0'));
    auth_accept(session);
}

static void auth_continue(struct session *session, struct span line) {
    if (session->auth == AUTH_PLAIN) {
        auth_plain(session, line);
    } else if (session->auth == AUTH_LOGIN_USER) {
        session->envelope.user = base64_decode(line, session->arena);
        session->auth = AUTH_LOGIN_PASSWORD;
        session_reply(session, "334 UGFzc3dvcmQ6");
    } else {
        auth_accept(session);
    }
}

static void do_auth(struct session *session, struct span argument) {
    size_t space = span_find_byte(argument, ' ');
    struct span mechanism = span_first(argument, space);
    struct span initial =
        space == SPAN_NOT_FOUND ? (struct span){NULL, 0} : span_trim(span_from(argument, space));
    if (span_equal_nocase(mechanism, SPAN("PLAIN"))) {
        session->auth = AUTH_PLAIN;
    } else if (span_equal_nocase(mechanism, SPAN("LOGIN"))) {
        session->auth = AUTH_LOGIN_USER;
    } else {
        session_reply(session, "504 5.5.4 PLAIN or LOGIN");
        return;
    }
    if (!span_is_empty(initial)) {
        auth_continue(session, initial);
    } else {
        session_reply(session, session->auth == AUTH_PLAIN ? "334 " : "334 VXNlcm5hbWU6");
    }
}

static const struct {
    const char *name;
    void (*run)(struct session *session, struct span argument);
} commands[] = {
    {"EHLO", do_hello},     {"HELO", do_old_hello}, {"AUTH", do_auth},  {"MAIL", do_mail},
    {"RCPT", do_recipient}, {"DATA", do_data},      {"RSET", do_reset}, {"NOOP", do_nothing},
    {"VRFY", do_verify},    {"QUIT", do_quit},
};

static void session_command(struct session *session, struct span line) {
    size_t space = span_find_byte(line, ' ');
    struct span name = span_first(line, space);
    struct span argument =
        space == SPAN_NOT_FOUND ? (struct span){NULL, 0} : span_trim(span_from(line, space));
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (span_equal_nocase(name, span_of(commands[i].name))) {
            if (!session_scripted(session, commands[i].name, line)) {
                commands[i].run(session, argument);
            }
            return;
        }
    }
    session_reply(session, "500 5.5.2 What?");
}

/* --- Messages --------------------------------------------------------------------------------- */

static struct span recipients_text(struct session *session) {
    return arena_join(session->arena, session->envelope.to, session->envelope.to_count, " ");
}

static bool session_keep(struct session *session) {
    struct smtp *smtp = session->smtp;
    struct error error;
    if (smtp->mailbox != NULL &&
        !mailbox_keep(smtp->mailbox, &session->envelope, buffer_span(&session->message), &error)) {
        session_reply(session, "451 4.3.0 Cannot be kept");
        return false;
    }
    smtp->messages++;
    return true;
}

/* After the final dot: refused messages are not kept; dropped and stalled ones are, for the sender
 * is never told. */
static void session_finish(struct session *session) {
    session->in_data = false;
    int64_t code = 0;
    char text[64];
    enum script_action action =
        script_decide(&session->smtp->script, SPAN("DOT"), recipients_text(session), &code);
    if (action == SCRIPT_REPLY && code >= 300) {
        snprintf(text, sizeof text, "%" PRId64 " %" PRId64 ".0.0 As the script says", code,
                 code / 100);
        session_reply(session, text);
    } else if (session->oversized) {
        session_reply(session, "552 5.3.4 Too big");
    } else if (session_keep(session)) {
        if (action == SCRIPT_DROP) {
            session_close(session);
            return;
        }
        session->stalled = action == SCRIPT_STALL;
        if (!session->stalled) {
            session_reply(session, "250 2.0.0 Kept");
        }
    }
    session_reset(session);
}

/* One line of a message, with its end. Only CRLF . CRLF ends it: a lone LF around the dot is
 * content (SMTP smuggling). */
static void session_data_line(struct session *session, struct span line) {
    struct envelope *envelope = &session->envelope;
    bool whole = span_ends_with(line, SPAN("\r\n"));
    bool after_crlf = !session->after_lf;
    if (after_crlf && span_equal(line, SPAN(".\r\n"))) {
        session_finish(session);
        return;
    }
    session->after_lf = !whole;
    size_t size = line.size - (whole ? 2 : 1);
    envelope->longest_line = size > envelope->longest_line ? size : envelope->longest_line;
    envelope->bare_lf = envelope->bare_lf || !whole;
    if (after_crlf && span_starts_with(line, SPAN("."))) {
        line = span_from(line, 1);
    }
    session->oversized = !buffer_append(&session->message, line) || session->oversized;
}

static void session_line(struct session *session, struct span line) {
    if (session->in_data) {
        session_data_line(session, line);
        return;
    }
    line = span_trim(line);
    if (session->auth != AUTH_NONE) {
        auth_continue(session, line);
    } else {
        session_command(session, line);
    }
}

static bool session_open(const struct session *session) {
    return !session->stalled && !uv_is_closing((const uv_handle_t *)&session->socket);
}

static void session_read_lines(struct session *session) {
    struct span rest = buffer_span(&session->input);
    while (session_open(session)) {
        size_t end = span_find_byte(rest, '\n');
        if (end == SPAN_NOT_FOUND) {
            break;
        }
        session_line(session, span_first(rest, end + 1));
        rest = span_from(rest, end + 1);
    }
    if (!span_is_empty(rest)) {
        memmove(session->input.data, rest.data, rest.size);
    }
    session->input.size = rest.size;
}

/* --- Listening -------------------------------------------------------------------------------- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *piece) {
    (void)handle;
    *piece = uv_buf_init(memory_new(suggested, 1), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *piece) {
    struct session *session = stream->data;
    if (size < 0 || !buffer_append(&session->input, (struct span){piece->base, (size_t)size})) {
        session_close(session);
    } else {
        session_read_lines(session);
    }
    free(piece->base);
}

static void on_connection(uv_stream_t *listener, int status) {
    struct smtp *smtp = listener->data;
    if (status < 0) {
        return;
    }
    struct session *session = NEW(struct session);
    session->smtp = smtp;
    session->arena = arena_create();
    session->next = smtp->sessions;
    if (smtp->sessions != NULL) {
        smtp->sessions->previous = session;
    }
    smtp->sessions = session;
    smtp->handles++;
    /* libuv reads 64 KiB at a time; a line may be left over from the read before. */
    buffer_init(&session->input, LINE_MOST + 128 * KIB);
    buffer_init(&session->message, LIMIT_MAIL);
    uv_tcp_init(listener->loop, &session->socket);
    session->socket.data = session;
    if (uv_accept(listener, (uv_stream_t *)&session->socket) != 0) {
        session_close(session);
        return;
    }
    uv_tcp_nodelay(&session->socket, 1);
    uv_read_start((uv_stream_t *)&session->socket, on_allocate, on_read);
    if (!session_scripted(session, "CONNECT", SPAN(""))) {
        session_reply(session, "220 origin.example ESMTP");
    }
}

bool smtp_start(uv_loop_t *loop, const struct smtp_options *options, struct smtp **smtp,
                struct error *error) {
    struct smtp *made = NEW(struct smtp);
    made->handles = 1;
    uv_tcp_init(loop, &made->listener);
    made->listener.data = made;
    bool ready = script_parse(&made->script, options->script, error);
    if (ready && options->mailbox != NULL) {
        made->mailbox = memory_copy_string(options->mailbox);
        ready = mailbox_open(made->mailbox, error);
    }
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", options->port, &address);
    if (ready) {
        int failure = uv_tcp_bind(&made->listener, (const struct sockaddr *)&address, 0);
        if (failure == 0) {
            failure = uv_listen((uv_stream_t *)&made->listener, 128, on_connection);
        }
        ready = failure == 0 || error_set(error, ERROR_SYSTEM, "127.0.0.1:%d: %s", options->port,
                                          uv_strerror(failure));
    }
    if (!ready) {
        smtp_close(made);
        return false;
    }
    int size = sizeof address;
    uv_tcp_getsockname(&made->listener, (struct sockaddr *)&address, &size);
    made->port = ntohs(address.sin_port);
    *smtp = made;
    return true;
}

int smtp_port(const struct smtp *smtp) {
    return smtp->port;
}

size_t smtp_message_count(const struct smtp *smtp) {
    return smtp->messages;
}

static void listener_closed(uv_handle_t *handle) {
    smtp_release(handle->data);
}

void smtp_close(struct smtp *smtp) {
    if (smtp == NULL || smtp->closing) {
        return;
    }
    smtp->closing = true;
    while (smtp->sessions != NULL) {
        session_close(smtp->sessions);
    }
    uv_close((uv_handle_t *)&smtp->listener, listener_closed);
}
