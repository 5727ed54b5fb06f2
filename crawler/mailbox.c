#include "crawler/mailbox.h"

#include "crawler/imap.h"

#include <stdio.h>
#include <stdlib.h>

/* Messages asked for at a time: one command's answer is what is waited for when time is over. */
#define BATCH ((size_t)16)

/* What the server says around a message: its size, date, numbers. */
#define REPLY_GRACE (4 * KIB)

enum visit_step { VISIT_CONNECTING, VISIT_OPENING, VISIT_SEARCHING, VISIT_FETCHING, VISIT_OVER };

struct visit {
    struct wire *wire;
    struct transfer *way; /* the connection */
    struct transfer_events events;
    struct transfer_answer answer;
    struct web_header header; /* the answer's */
    struct arena *arena;
    struct imap_place place;
    struct wire_watch *watch;
    enum visit_step step;
    int64_t timeout_ms;
    size_t max_body;
    struct buffer said;   /* by the server, not understood yet */
    struct buffer to_say; /* what the connection has not taken yet */
    struct buffer body;
    struct span tag; /* of the command under way */
    unsigned commands;
    uint32_t validity; /* as the server says */
    struct imap_uids uids;
    size_t asked; /* of the numbers found */
};

/* --- Ending ----------------------------------------------------------------------------------- */

static void visit_end(struct visit *visit) {
    wire_watch_stop(visit->watch);
    visit->watch = NULL;
    visit->step = VISIT_OVER;
    visit->events.on_done(visit->events.context);
}

static void visit_fail(struct visit *visit, enum fetch_reason reason, const char *what,
                       struct span detail) {
    enum error_kind kind = reason == FETCH_REASON_LIMIT ? ERROR_LIMIT : ERROR_NETWORK;
    visit->answer.reason = reason;
    error_set(&visit->answer.error, kind, "%s%.*s", what, SPAN_ARG(detail));
    visit_end(visit);
}

/* --- Saying ----------------------------------------------------------------------------------- */

static void flush(struct visit *visit) {
    CURL *connection = transfer_connection(visit->way);
    size_t sent = 0;
    CURLcode code = CURLE_OK;
    while (code == CURLE_OK && sent < visit->to_say.size) {
        size_t now = 0;
        code =
            curl_easy_send(connection, visit->to_say.data + sent, visit->to_say.size - sent, &now);
        sent += now;
    }
    struct span left = span_from(buffer_span(&visit->to_say), sent);
    memmove(visit->to_say.data, left.data, left.size);
    visit->to_say.size = left.size;
    wire_watch_writing(visit->watch, left.size > 0 && code == CURLE_AGAIN);
}

static void visit_say(struct visit *visit, enum visit_step step, struct span command) {
    visit->step = step;
    visit->tag = arena_print(visit->arena, "E%u", ++visit->commands);
    buffer_print(&visit->to_say, "%.*s %.*s\r\n", SPAN_ARG(visit->tag), SPAN_ARG(command));
    flush(visit);
}

/* --- What is asked ---------------------------------------------------------------------------- */

static void visit_open(struct visit *visit) {
    struct span name = imap_mailbox_name(visit->place.mailbox, visit->arena);
    visit_say(visit, VISIT_OPENING, arena_print(visit->arena, "EXAMINE %.*s", SPAN_ARG(name)));
}

static void visit_finish(struct visit *visit) {
    char left[24];
    snprintf(left, sizeof left, "%zu", visit->uids.count - visit->asked);
    visit->header =
        (struct web_header){SPAN("Messages-Left"), arena_copy(visit->arena, span_of(left))};
    visit->answer.headers = &visit->header;
    visit->answer.header_count = 1;
    visit->answer.status = 200;
    visit->answer.body = buffer_span(&visit->body);
    visit_say(visit, VISIT_OVER, SPAN("LOGOUT")); /* its answer is not waited for */
    visit_end(visit);
}

static size_t message_ceiling(const struct visit *visit) {
    size_t fitting = visit->max_body / 4;
    return fitting < LIMIT_MESSAGE ? fitting : LIMIT_MESSAGE;
}

/* The next messages, or the end: all are here, or the body is full, or half of the time is over. */
static void visit_fetch(struct visit *visit) {
    size_t ceiling = message_ceiling(visit);
    size_t used = visit->body.size < visit->max_body ? visit->body.size : visit->max_body;
    size_t count = (visit->max_body - used) / (ceiling + REPLY_GRACE);
    size_t left = visit->uids.count - visit->asked;
    count = count < BATCH ? count : BATCH;
    count = count < left ? count : left;
    if (count == 0 || visit->asked >= LIMIT_MESSAGES ||
        wire_watch_left_ms(visit->watch) < visit->timeout_ms / 2) {
        visit_finish(visit);
        return;
    }
    struct span set = imap_uid_set(visit->uids.list + visit->asked, count, visit->arena);
    visit->asked += count;
    visit_say(visit, VISIT_FETCHING,
              arena_print(visit->arena,
                          "UID FETCH %.*s (UID INTERNALDATE RFC822.SIZE BODY.PEEK[]<0.%zu>)",
                          SPAN_ARG(set), ceiling));
}

static void visit_search(struct visit *visit) {
    if (visit->place.validity != 0 && visit->validity != visit->place.validity) {
        visit_finish(visit); /* the numbers asked for are another mailbox's */
    } else {
        visit_say(visit, VISIT_SEARCHING,
                  arena_print(visit->arena, "UID SEARCH %.*s", SPAN_ARG(visit->place.search)));
    }
}

/* --- What is heard ---------------------------------------------------------------------------- */

static void visit_go_on(struct visit *visit) {
    if (visit->step == VISIT_OPENING) {
        visit_search(visit);
    } else {
        visit_fetch(visit);
    }
}

static void hear_data(struct visit *visit, struct span reply) {
    uint32_t validity = imap_reply_validity(reply);
    bool opens = visit->step == VISIT_OPENING && validity != 0;
    visit->validity = opens ? validity : visit->validity;
    if (visit->step == VISIT_SEARCHING) {
        imap_reply_found(reply, visit->arena, &visit->uids);
    } else if ((opens || visit->step == VISIT_FETCHING) && !buffer_append(&visit->body, reply)) {
        visit_fail(visit, FETCH_REASON_LIMIT, "the server sends more than it was asked for",
                   (struct span){NULL, 0});
    }
}

static void hear(struct visit *visit, struct span reply) {
    switch (imap_reply_status(reply, visit->tag)) {
    case IMAP_OK:
        visit_go_on(visit);
        break;
    case IMAP_NO:
    case IMAP_BAD:
        visit_fail(visit, FETCH_REASON_STATUS,
                   visit->step == VISIT_OPENING
                       ? "the mailbox cannot be opened (is its name right?): "
                       : "the server refuses: ",
                   imap_reply_words(reply));
        break;
    case IMAP_BYE:
        visit_fail(visit, FETCH_REASON_BODY,
                   "the server takes its leave: ", imap_reply_words(reply));
        break;
    case IMAP_UNTAGGED:
        hear_data(visit, reply);
        break;
    }
}

static void hear_all(struct visit *visit) {
    size_t heard = 0;
    struct span said = buffer_span(&visit->said);
    while (visit->step != VISIT_OVER) {
        size_t size = imap_reply_size(span_from(said, heard), visit->max_body);
        if (size == SPAN_NOT_FOUND) {
            visit_fail(visit, FETCH_REASON_LIMIT, "one reply of the server is too large",
                       (struct span){NULL, 0});
        }
        if (size == 0 || size == SPAN_NOT_FOUND) {
            break;
        }
        hear(visit, span_first(span_from(said, heard), size));
        heard += size;
    }
    memmove(visit->said.data, said.data + heard, said.size - heard);
    visit->said.size -= heard;
}

static void on_heard(void *context, bool in_time) {
    struct visit *visit = context;
    char piece[16 * KIB];
    size_t size = 0;
    CURLcode code = CURLE_OK;
    if (!in_time) {
        visit_fail(visit, FETCH_REASON_TIMEOUT, "the server took too long", (struct span){NULL, 0});
        return;
    }
    flush(visit);
    while (visit->step != VISIT_OVER) {
        code = curl_easy_recv(transfer_connection(visit->way), piece, sizeof piece, &size);
        if (code == CURLE_AGAIN) {
            return;
        }
        if (code != CURLE_OK || size == 0) {
            visit_fail(visit, FETCH_REASON_BODY, "the server closed the connection",
                       (struct span){NULL, 0});
            return;
        }
        buffer_append(&visit->said, (struct span){piece, size});
        hear_all(visit);
    }
}

/* --- Beginning -------------------------------------------------------------------------------- */

/* Logged in, or not. */
static void on_connected(void *context) {
    struct visit *visit = context;
    const struct transfer_answer *way = transfer_answer(visit->way);
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (way->reason != FETCH_REASON_NONE) {
        visit->answer.reason = way->reason;
        visit->answer.error = way->error;
        if (way->error.code == CURLE_LOGIN_DENIED) {
            error_set(&visit->answer.error, ERROR_REFUSED,
                      "the server refuses the login: see `username` among the source's params, and "
                      "its `key` (many providers want a password made for one program, or a token: "
                      "mailbox-google, mailbox-microsoft)");
        }
        visit_end(visit);
        return;
    }
    curl_easy_getinfo(transfer_connection(visit->way), CURLINFO_ACTIVESOCKET, &socket);
    visit->watch = wire_watch_start(visit->wire, socket, visit->timeout_ms, on_heard, visit);
    visit_open(visit);
    on_heard(visit, true);
}

static void on_settled(void *context) {
    struct visit *visit = context;
    visit->events.on_settled(visit->events.context);
}

struct visit *visit_start(struct wire *wire, const struct transfer_setup *setup,
                          const struct transfer_request *request, const struct imap_place *place,
                          const struct transfer_events *events) {
    struct visit *visit = NEW(struct visit);
    *visit = (struct visit){
        .wire = wire,
        .events = *events,
        .arena = arena_create(),
        .place = *place,
        .timeout_ms = setup->timeout_ms,
        .max_body = request->max_body,
    };
    buffer_init(&visit->said, request->max_body + 16 * KIB);
    buffer_init(&visit->to_say, LIMIT_URL * 8 + REPLY_GRACE);
    buffer_init(&visit->body, request->max_body);
    struct transfer_events own = {on_settled, on_connected, visit};
    visit->way = transfer_start(wire, setup, request, &own);
    return visit;
}

const struct transfer_answer *visit_answer(const struct visit *visit) {
    return &visit->answer;
}

void visit_free(struct visit *visit) {
    if (visit == NULL) {
        return;
    }
    wire_watch_stop(visit->watch);
    transfer_free(visit->way);
    buffer_done(&visit->said);
    buffer_done(&visit->to_say);
    buffer_done(&visit->body);
    arena_free(visit->arena);
    free(visit);
}
