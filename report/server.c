/* libmicrohttpd on the loop: its epoll descriptor is polled by libuv, its time-outs are a libuv
 * timer. Its own time-out ends only idle connections, so that a client that drips a byte now and
 * then would live for ever: every connection has an absolute deadline of ours beside it. */
#include "report/server.h"

#include "base/config_parts.h"
#include "report/answer.h"
#include "report/receive.h"
#include "report/routes.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTION_MEMORY (32 * KIB)
#define IDLE_SECONDS 15u

/* A browser opens six connections, a dashboard a few; a request takes milliseconds. */
const struct server_limits server_limits_default = {
    .connections = 256, .connections_per_address = 64, .request_ms = 10000, .answer_ms = 60000};

struct server {
    uv_loop_t *loop;
    struct store *store;
    const struct config *config;
    const struct clock *clock;
    struct log *log;
    struct server_limits limits;
    struct arena *arena;
    struct http_policy policy;
    struct receiver *receiver; /* of deliveries */
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t timer;
    size_t handles; /* open on the loop: poll, timer, one a connection */
    int port;
    bool stopping;
    void (*on_closed)(void *context);
    void *context;
};

struct peer { /* one connection's deadline; freed by its close callback */
    struct server *server;
    uv_timer_t deadline;
    int descriptor;
};

/* --- Handles ---------------------------------------------------------------------------------- */

static void handle_closed(struct server *server) {
    if (--server->handles > 0 || !server->stopping) {
        return;
    }
    void (*on_closed)(void *context) = server->on_closed;
    void *context = server->context;
    receiver_free(server->receiver);
    arena_free(server->arena);
    free(server);
    if (on_closed != NULL) {
        on_closed(context);
    }
}

static void own_handle_closed(uv_handle_t *handle) {
    handle_closed(handle->data);
}

static void peer_closed(uv_handle_t *handle) {
    struct peer *peer = handle->data;
    struct server *server = peer->server;
    free(peer);
    handle_closed(server);
}

/* Shut down and not closed: the descriptor is the library's, which sees the end and closes it. */
static void peer_expired(uv_timer_t *timer) {
    struct peer *peer = timer->data;
    log_debug(peer->server->log, "http_deadline");
    (void)shutdown(peer->descriptor, SHUT_RDWR);
}

static void peer_open(struct server *server, struct MHD_Connection *connection, void **context) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct peer *peer = NEW(struct peer);
    peer->server = server;
    peer->descriptor = info == NULL ? -1 : info->connect_fd;
    uv_timer_init(server->loop, &peer->deadline);
    peer->deadline.data = peer;
    server->handles++;
    uv_timer_start(&peer->deadline, peer_expired, server->limits.request_ms, 0);
    *context = peer;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **peer,
                          enum MHD_ConnectionNotificationCode code) {
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        peer_open(context, connection, peer);
    } else if (*peer != NULL) {
        struct peer *closing = *peer;
        uv_close((uv_handle_t *)&closing->deadline, peer_closed);
        *peer = NULL;
    }
}

static void peer_allow(struct MHD_Connection *connection, uint64_t ms) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct peer *peer = info == NULL ? NULL : info->socket_context;
    if (peer != NULL && !uv_is_closing((uv_handle_t *)&peer->deadline)) {
        uv_timer_start(&peer->deadline, peer_expired, ms, 0);
    }
}

/* --- Requests --------------------------------------------------------------------------------- */

static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *name,
                                 const char *value) {
    struct http_facts *facts = context;
    struct span header = span_of(name);
    struct span text = span_of(value);
    (void)kind;
    if (span_equal_nocase(header, SPAN("Host"))) {
        facts->host = facts->host_count++ == 0 ? text : facts->host;
    } else if (span_equal_nocase(header, SPAN("Content-Length"))) {
        int64_t length = 0;
        bool good = span_to_int64(span_trim(text), &length) && length >= 0;
        facts->length = facts->length_count > 0 ? facts->length
                        : good                  ? (uint64_t)length
                                                : UINT64_MAX;
        facts->length_count++;
        facts->has_body = facts->has_body || !span_equal(span_trim(text), SPAN("0"));
    } else if (span_equal_nocase(header, SPAN("Transfer-Encoding"))) {
        facts->has_coding = true;
    } else if (span_equal_nocase(header, SPAN("Upgrade"))) {
        facts->has_upgrade = true;
    } else if (span_equal_nocase(header, SPAN("Authorization"))) {
        facts->authorization = text;
    }
    return MHD_YES;
}

static struct span argument(struct MHD_Connection *connection, enum MHD_ValueKind kind,
                            const char *name) {
    return span_of(MHD_lookup_connection_value(connection, kind, name));
}

/* What mail programs post with their one click is "List-Unsubscribe=One-Click"; it is not read. */
#define POST_MOST (4 * KIB)

static void request_answer(struct server *server, struct MHD_Connection *connection,
                           const struct http_facts *facts, struct route_answer *answer) {
    const struct route *route = route_find(facts->target);
    bool posted = route != NULL && route->takes_posts && span_equal(facts->method, SPAN("POST"));
    struct http_refusal refusal =
        posted ? http_judge_delivery(facts, &server->policy, POST_MOST)
               : http_judge(facts, &server->policy, route != NULL && route->open);
    if (refusal.status != 0) {
        route_problem(answer, refusal.status, refusal.title);
        return;
    }
    if (route == NULL) {
        route_problem(answer, 404, "nothing is served here");
        return;
    }
    struct route_request request = {
        .store = server->store,
        .config = server->config,
        .now_ms = clock_wall_ms(server->clock),
        .path = facts->target,
        .posted = posted,
        .before = argument(connection, MHD_GET_ARGUMENT_KIND, "before"),
        .limit = argument(connection, MHD_GET_ARGUMENT_KIND, "limit"),
        .if_none_match = argument(connection, MHD_HEADER_KIND, "If-None-Match"),
    };
    route->answer(&request, answer);
}

static void server_run(struct server *server);

static void on_timer(uv_timer_t *timer) {
    server_run(timer->data);
}

/* --- Requests as they come --------------------------------------------------------------------- */

/* Until a delivery is whole it has the time of a request, and then that of an answer. */
static enum MHD_Result delivery_go_on(struct server *server, struct MHD_Connection *connection,
                                      struct hook_delivery *delivery, const char *data,
                                      size_t *size) {
    bool before = receiver_is_whole(delivery);
    enum MHD_Result result = receiver_go_on(server->receiver, delivery, data, size);
    if (!before && receiver_is_whole(delivery)) {
        peer_allow(connection, server->limits.answer_ms);
    }
    return result;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **request_context) {
    struct server *server = context;
    struct http_facts facts = {.method = span_of(method), .target = span_of(url)};
    struct route_answer answer = {.status = 200, .type = "text/plain"};
    (void)version;
    if (*request_context != NULL) {
        return delivery_go_on(server, connection, *request_context, data, size);
    }
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &facts);
    peer_allow(connection, server->limits.answer_ms);
    if (http_hook_name(facts.target).size > 0) {
        peer_allow(connection, server->limits.request_ms);
        struct hook_delivery *delivery = NULL;
        enum MHD_Result result = receiver_begin(server->receiver, connection, &facts, &delivery);
        *request_context = delivery;
        return result;
    }
    buffer_init(&answer.body, LIMIT_DOCUMENT);
    request_answer(server, connection, &facts, &answer);
    return answer_send(connection, &answer);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request_context,
                         enum MHD_RequestTerminationCode code) {
    const struct server *server = context;
    struct hook_delivery *delivery = *request_context;
    *request_context = NULL;
    if (delivery != NULL) {
        receiver_let_go(delivery);
    }
    if (code == MHD_REQUEST_TERMINATED_COMPLETED_OK) {
        peer_allow(connection, server->limits.request_ms);
    }
}

/* --- The loop --------------------------------------------------------------------------------- */

/* The daemon notices by itself only what comes in. */
static void on_awake(void *context) {
    struct server *server = context;
    uv_timer_start(&server->timer, on_timer, 0, 0);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    server_run(poll->data);
}

static void server_run(struct server *server) {
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    (void)MHD_run(server->daemon);
    if (MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES) {
        uv_timer_start(&server->timer, on_timer, wait_ms, 0);
    } else {
        uv_timer_stop(&server->timer);
    }
}

/* --- Start and stop --------------------------------------------------------------------------- */

static bool address_parse(struct server *server, struct sockaddr_storage *address,
                          struct span *host, struct error *error) {
    struct span listen = server->config->serve.listen;
    int64_t port = 0;
    if (!config_split_address(listen, host, &port)) {
        return error_set(error, ERROR_USAGE, "serve.listen: \"%.*s\" is no address and port",
                         SPAN_ARG(listen));
    }
    struct span bare = *host;
    if (span_equal_nocase(bare, SPAN("localhost"))) {
        bare = SPAN("127.0.0.1");
    }
    if (span_starts_with(bare, SPAN("[")) && span_ends_with(bare, SPAN("]"))) {
        bare = span_first(span_from(bare, 1), bare.size - 2);
    }
    const char *text = arena_copy_string(server->arena, bare);
    if (uv_ip4_addr(text, (int)port, (struct sockaddr_in *)address) != 0 &&
        uv_ip6_addr(text, (int)port, (struct sockaddr_in6 *)address) != 0) {
        return error_set(error, ERROR_USAGE, "serve.listen: \"%s\" is no IP address", text);
    }
    return true;
}

/* The names a browser may know us by. On a wildcard address there is no such list; there the token
 * guards. */
static void policy_fill(struct server *server, struct span host) {
    struct span *hosts = ARENA_ARRAY(server->arena, struct span, 8);
    size_t count = 0;
    server->policy.token = server->config->serve.token.value;
    if (span_equal(host, SPAN("0.0.0.0")) || span_equal(host, SPAN("::")) ||
        span_equal(host, SPAN("[::]"))) {
        return;
    }
    hosts[count++] = SPAN("localhost");
    hosts[count++] = SPAN("127.0.0.1");
    hosts[count++] = SPAN("[::1]");
    hosts[count++] = host;
    hosts[count++] = arena_print(server->arena, "[%.*s]", SPAN_ARG(host));
    struct span base = server->config->serve.base_url;
    size_t scheme = span_find(base, SPAN("://"));
    if (scheme != SPAN_NOT_FOUND) {
        struct span authority = span_from(base, scheme + 3);
        size_t slash = span_find_byte(authority, '/');
        hosts[count++] =
            http_host_name(slash == SPAN_NOT_FOUND ? authority : span_first(authority, slash));
    }
    server->policy.hosts = hosts;
    server->policy.host_count = count;
}

static bool daemon_start(struct server *server, const struct sockaddr_storage *address,
                         struct error *error) {
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME |
                     (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0u);
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
        (const struct sockaddr *)address, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_CONNECTION_LIMIT,
        server->limits.connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        server->limits.connections_per_address, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (server->daemon == NULL) {
        return error_set(error, ERROR_SYSTEM, "cannot listen on %.*s: is the port taken?",
                         SPAN_ARG(server->config->serve.listen));
    }
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info == NULL ? 0 : info->port;
    return true;
}

static bool loop_attach(struct server *server, struct error *error) {
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    int code = info == NULL ? UV_EBADF : uv_poll_init(server->loop, &server->poll, info->listen_fd);
    if (code != 0) {
        MHD_stop_daemon(server->daemon);
        return error_set(error, ERROR_SYSTEM, "cannot serve: %s", uv_strerror(code));
    }
    uv_timer_init(server->loop, &server->timer);
    server->handles = 2;
    server->poll.data = server;
    server->timer.data = server;
    uv_poll_start(&server->poll, UV_READABLE, on_ready);
    server_run(server);
    return true;
}

bool server_start_limited(const struct server_setup *setup, struct server **server,
                          struct error *error) {
    struct server *made = NEW(struct server);
    struct sockaddr_storage address = {0};
    struct span host = {0};
    *made = (struct server){.loop = setup->loop,
                            .store = setup->store,
                            .config = setup->config,
                            .clock = setup->clock,
                            .log = setup->log,
                            .limits = setup->limits,
                            .arena = arena_create()};
    const struct receiver_setup receiver = {setup->hooks, &made->policy, setup->clock,
                                            setup->log,   on_awake,      made};
    made->receiver = receiver_create(&receiver);
    bool started = address_parse(made, &address, &host, error);
    if (started) {
        policy_fill(made, host);
        started = daemon_start(made, &address, error) && loop_attach(made, error);
    }
    if (!started) {
        receiver_free(made->receiver);
        arena_free(made->arena);
        free(made);
        return false;
    }
    *server = made;
    return true;
}

bool server_start(uv_loop_t *loop, struct store *store, const struct config *config,
                  const struct hooks *hooks, const struct clock *clock, struct log *log,
                  struct server **server, struct error *error) {
    const struct server_setup setup = {
        loop, store, config, hooks, clock, log, server_limits_default};
    return server_start_limited(&setup, server, error);
}

int server_port(const struct server *server) {
    return server->port;
}

void server_stop(struct server *server, void (*on_closed)(void *context), void *context) {
    server->stopping = true;
    server->on_closed = on_closed;
    server->context = context;
    uv_poll_stop(&server->poll);
    receiver_stop(server->receiver);
    /* Ends every connection, which closes its deadline. */
    MHD_stop_daemon(server->daemon);
    uv_close((uv_handle_t *)&server->poll, own_handle_closed);
    uv_close((uv_handle_t *)&server->timer, own_handle_closed);
}
