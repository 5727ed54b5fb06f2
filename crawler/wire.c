#include "crawler/wire.h"

#include "base/memory.h"

#include <limits.h>
#include <stdlib.h>

struct wire {
    CURLM *multi;
    uv_loop_t *loop;
    uv_timer_t timer;
    size_t handles; /* of the loop's, not yet closed */
    bool closing;
    void (*on_closed)(void *context);
    void *context;
};

/* A new one for every socket libcurl speaks of, never looked up by number: the number may be in use
 * again before the old handle's close callback has run. */
struct wire_socket {
    uv_poll_t poll;
    struct wire *wire;
    curl_socket_t socket;
};

static void wire_release_handle(struct wire *wire) {
    if (--wire->handles == 0) {
        void (*on_closed)(void *) = wire->on_closed;
        void *context = wire->context;
        free(wire);
        on_closed(context);
    }
}

static void wire_collect(struct wire *wire) {
    int left = 0;
    CURLMsg *message;
    while (!wire->closing && (message = curl_multi_info_read(wire->multi, &left)) != NULL) {
        struct wire_job *job = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&job);
        job->on_done(job, code);
    }
}

static void on_socket_ready(uv_poll_t *poll, int status, int events) {
    struct wire_socket *socket = poll->data;
    struct wire *wire = socket->wire;
    int flags = 0;
    if (status < 0) {
        flags = CURL_CSELECT_ERR; /* libuv reports POLLERR as EBADF */
    } else {
        flags |= (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
        flags |= (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    }
    int running = 0; /* libcurl 7.88 writes through this pointer unasked */
    curl_multi_socket_action(wire->multi, socket->socket, flags, &running);
    wire_collect(wire);
}

static void on_socket_closed(uv_handle_t *handle) {
    struct wire_socket *socket = handle->data;
    struct wire *wire = socket->wire;
    free(socket);
    wire_release_handle(wire);
}

static struct wire_socket *socket_create(struct wire *wire, curl_socket_t fd) {
    struct wire_socket *socket = NEW(struct wire_socket);
    *socket = (struct wire_socket){.wire = wire, .socket = fd};
    if (uv_poll_init_socket(wire->loop, &socket->poll, fd) != 0) {
        free(socket);
        return NULL; /* the transfer will time out; failing here would abort all of them */
    }
    socket->poll.data = socket;
    wire->handles++;
    curl_multi_assign(wire->multi, fd, socket);
    return socket;
}

static void socket_forget(struct wire *wire, struct wire_socket *socket) {
    if (socket != NULL) {
        curl_multi_assign(wire->multi, socket->socket, NULL);
        uv_poll_stop(&socket->poll);
        uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
    }
}

/* libcurl wants to hear of this socket, or no more. Never fails: -1 would abort every transfer. */
static int on_socket_wanted(CURL *easy, curl_socket_t fd, int what, void *context, void *known) {
    (void)easy;
    struct wire *wire = context;
    struct wire_socket *socket = known;
    if (what == CURL_POLL_REMOVE) {
        socket_forget(wire, socket);
        return 0;
    }
    if (socket == NULL && !wire->closing) {
        socket = socket_create(wire, fd);
    }
    if (socket != NULL) {
        int events = 0;
        events |= (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
        events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
        uv_poll_start(&socket->poll, events, on_socket_ready);
    }
    return 0;
}

static void on_timer(uv_timer_t *timer) {
    struct wire *wire = timer->data;
    int running = 0;
    curl_multi_socket_action(wire->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    wire_collect(wire);
}

/* A time of 0 goes through the loop like any other: libcurl must not be called from inside. */
static int on_timer_wanted(CURLM *multi, long timeout_ms, void *context) {
    (void)multi;
    struct wire *wire = context;
    if (timeout_ms < 0 || wire->closing) {
        uv_timer_stop(&wire->timer);
    } else {
        uv_timer_start(&wire->timer, on_timer, (uint64_t)timeout_ms, 0);
    }
    return 0;
}

struct wire *wire_create(uv_loop_t *loop, size_t connections) {
    struct wire *wire = NEW(struct wire);
    *wire = (struct wire){.loop = loop, .multi = curl_multi_init(), .handles = 1};
    if (wire->multi == NULL || uv_timer_init(loop, &wire->timer) != 0) {
        fatal("libcurl or libuv could not be started");
    }
    wire->timer.data = wire;
    long kept = connections < (size_t)INT_MAX ? (long)connections : (long)INT_MAX;
    curl_multi_setopt(wire->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wanted);
    curl_multi_setopt(wire->multi, CURLMOPT_SOCKETDATA, wire);
    curl_multi_setopt(wire->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
    curl_multi_setopt(wire->multi, CURLMOPT_TIMERDATA, wire);
    curl_multi_setopt(wire->multi, CURLMOPT_MAXCONNECTS, kept < 1 ? 1 : kept);
    return wire;
}

static void on_timer_closed(uv_handle_t *handle) {
    wire_release_handle(handle->data);
}

void wire_close(struct wire *wire, void (*on_closed)(void *context), void *context) {
    wire->closing = true;
    wire->on_closed = on_closed;
    wire->context = context;
    curl_multi_cleanup(wire->multi); /* announces and removes the sockets of kept connections */
    uv_close((uv_handle_t *)&wire->timer, on_timer_closed);
}

void wire_add(struct wire *wire, CURL *easy, struct wire_job *job) {
    curl_easy_setopt(easy, CURLOPT_PRIVATE, job);
    CURLMcode code = curl_multi_add_handle(wire->multi, easy);
    if (code != CURLM_OK) {
        fatal("a transfer could not be started: %s", curl_multi_strerror(code));
    }
}

void wire_take(struct wire *wire, CURL *easy) {
    curl_multi_remove_handle(wire->multi, easy);
}

/* --- Connections of others -------------------------------------------------------------------- */

struct wire_watch {
    struct wire *wire;
    uv_poll_t poll;
    uv_timer_t timer;
    size_t handles;
    wire_watch_callback *on_ready;
    void *context;
};

static void on_watch_ready(uv_poll_t *poll, int status, int events) {
    struct wire_watch *watch = poll->data;
    (void)status; /* whoever reads will see */
    (void)events;
    watch->on_ready(watch->context, true);
}

static void on_watch_over(uv_timer_t *timer) {
    struct wire_watch *watch = timer->data;
    watch->on_ready(watch->context, false);
}

static void on_watch_closed(uv_handle_t *handle) {
    struct wire_watch *watch = handle->data;
    struct wire *wire = watch->wire;
    if (--watch->handles == 0) {
        free(watch);
    }
    wire_release_handle(wire);
}

struct wire_watch *wire_watch_start(struct wire *wire, curl_socket_t socket, int64_t timeout_ms,
                                    wire_watch_callback *on_ready, void *context) {
    struct wire_watch *watch = NEW(struct wire_watch);
    *watch =
        (struct wire_watch){.wire = wire, .handles = 2, .on_ready = on_ready, .context = context};
    if (uv_poll_init_socket(wire->loop, &watch->poll, socket) != 0 ||
        uv_timer_init(wire->loop, &watch->timer) != 0) {
        fatal("a connection could not be watched");
    }
    watch->poll.data = watch;
    watch->timer.data = watch;
    wire->handles += 2;
    uv_poll_start(&watch->poll, UV_READABLE, on_watch_ready);
    uv_timer_start(&watch->timer, on_watch_over, timeout_ms > 0 ? (uint64_t)timeout_ms : 0, 0);
    return watch;
}

void wire_watch_writing(struct wire_watch *watch, bool too) {
    uv_poll_start(&watch->poll, UV_READABLE | (too ? UV_WRITABLE : 0), on_watch_ready);
}

int64_t wire_watch_left_ms(const struct wire_watch *watch) {
    return (int64_t)uv_timer_get_due_in(&watch->timer);
}

void wire_watch_stop(struct wire_watch *watch) {
    if (watch != NULL) {
        uv_poll_stop(&watch->poll);
        uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        uv_close((uv_handle_t *)&watch->timer, on_watch_closed);
    }
}
