#include "tests/origin/http.h"

#include "base/limits.h"
#include "tests/origin/request.h"

#include <stdlib.h>

struct http_server {
    uv_tcp_t listener;
    http_handler *handler;
    void *context;
    struct connection *connections; /* doubly linked */
    size_t handles;                 /* open ones: the last to close frees the server */
    int port;
    bool closing;
};

struct connection {
    uv_tcp_t socket;
    uv_timer_t drip;
    uv_write_t write;
    struct http_server *server;
    struct connection *previous;
    struct connection *next;
    struct buffer input;
    struct buffer output; /* the answer under way */
    size_t sent;
    size_t drip_bytes;
    uint64_t drip_ms;
    bool busy;  /* an answer is under way */
    bool close; /* close when it is out */
    int handles;
};

static void server_release(struct http_server *server) {
    if (--server->handles == 0) {
        free(server);
    }
}

static void connection_closed(uv_handle_t *handle) {
    struct connection *connection = handle->data;
    if (--connection->handles > 0) {
        return;
    }
    struct http_server *server = connection->server;
    buffer_done(&connection->input);
    buffer_done(&connection->output);
    free(connection);
    server_release(server);
}

static void connection_unlink(struct connection *connection) {
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        connection->server->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
}

static void connection_close(struct connection *connection) {
    if (uv_is_closing((uv_handle_t *)&connection->socket)) {
        return;
    }
    connection_unlink(connection);
    uv_close((uv_handle_t *)&connection->socket, connection_closed);
    uv_close((uv_handle_t *)&connection->drip, connection_closed);
}

/* Closes so that the peer sees ECONNRESET. */
static void connection_reset(struct connection *connection) {
    if (uv_tcp_close_reset(&connection->socket, connection_closed) != 0) {
        connection_close(connection);
        return;
    }
    connection_unlink(connection);
    uv_close((uv_handle_t *)&connection->drip, connection_closed);
}

/* --- Answering -------------------------------------------------------------------------------- */

static void connection_serve(struct connection *connection);
static void connection_send(struct connection *connection);

static void connection_answered(struct connection *connection) {
    connection->busy = false;
    buffer_clear(&connection->output);
    if (connection->close) {
        connection_close(connection);
    } else {
        connection_serve(connection);
    }
}

static void on_drip(uv_timer_t *timer) {
    connection_send(timer->data);
}

static void on_written(uv_write_t *write, int status) {
    struct connection *connection = write->data;
    if (status < 0) {
        connection_close(connection);
    } else if (connection->sent == connection->output.size) {
        connection_answered(connection);
    } else {
        uv_timer_start(&connection->drip, on_drip, connection->drip_ms, 0);
    }
}

static void connection_send(struct connection *connection) {
    size_t left = connection->output.size - connection->sent;
    size_t part =
        connection->drip_bytes > 0 && connection->drip_bytes < left ? connection->drip_bytes : left;
    uv_buf_t piece = uv_buf_init(connection->output.data + connection->sent, (unsigned)part);
    connection->sent += part;
    connection->write.data = connection;
    if (uv_write(&connection->write, (uv_stream_t *)&connection->socket, &piece, 1, on_written) !=
        0) {
        connection_close(connection);
    }
}

static const char *status_text(int status) {
    static const struct {
        int status;
        const char *text;
    } rows[] = {
        {200, "OK"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {410, "Gone"},
        {413, "Content Too Large"},
        {429, "Too Many Requests"},
        {431, "Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status == status) {
            return rows[i].text;
        }
    }
    return "Status";
}

#define CHUNK_SIZE ((size_t)4096)

/* RFC 9112 7.1 */
static void append_chunks(struct buffer *out, struct span body, bool whole) {
    while (!span_is_empty(body)) {
        struct span chunk = span_first(body, CHUNK_SIZE);
        buffer_print(out, "%zx\r\n", chunk.size);
        buffer_append(out, chunk);
        buffer_append_string(out, "\r\n");
        body = span_from(body, chunk.size);
    }
    buffer_append_string(out, whole ? "0\r\n\r\n" : "");
}

static void append_body(struct buffer *out, const struct http_reply *reply) {
    size_t size = reply->body.size > reply->withheld ? reply->body.size - reply->withheld : 0;
    struct span body = span_first(buffer_span(&reply->body), size);
    if (reply->chunked) {
        append_chunks(out, body, reply->withheld == 0);
    } else {
        buffer_append(out, body);
    }
}

static void append_framing(struct buffer *out, const struct http_reply *reply) {
    if (reply->chunked) {
        buffer_append_string(out, "Transfer-Encoding: chunked\r\n");
    } else if (!reply->unmeasured && reply->status != 304) {
        buffer_print(out, "Content-Length: %lld\r\n",
                     (long long)reply->body.size + (long long)reply->length_error);
    }
}

static void connection_answer(struct connection *connection, const struct http_reply *reply,
                              bool head) {
    struct buffer *out = &connection->output;
    buffer_print(out, "HTTP/1.1 %d %s\r\n", reply->status, status_text(reply->status));
    if (reply->type != NULL) {
        buffer_print(out, "Content-Type: %s\r\n", reply->type);
    }
    buffer_append(out, buffer_span(&reply->headers));
    append_framing(out, reply);
    connection->close =
        connection->close || reply->close || reply->unmeasured || reply->withheld > 0;
    buffer_print(out, "Connection: %s\r\n\r\n", connection->close ? "close" : "keep-alive");
    if (!head && reply->status != 304) {
        append_body(out, reply);
    }
    connection->sent = 0;
    connection->drip_bytes = reply->drip_bytes;
    connection->drip_ms = reply->drip_ms;
    if (reply->delay_ms > 0) {
        uv_timer_start(&connection->drip, on_drip, reply->delay_ms, 0);
    } else {
        connection_send(connection);
    }
}

static void connection_refuse(struct connection *connection, int status) {
    struct http_reply reply = {.status = status, .close = true};
    connection->busy = true;
    connection_answer(connection, &reply, false);
}

static void connection_handle(struct connection *connection, const struct http_request *request) {
    struct http_server *server = connection->server;
    struct http_reply reply = {.status = 200};
    buffer_init(&reply.headers, LIMIT_CONFIG);
    buffer_init(&reply.body, LIMIT_DOCUMENT);
    server->handler(server->context, request, &reply);
    connection->busy = true;
    if (reply.reset) {
        connection_reset(connection);
    } else if (!reply.stall) {
        connection_answer(connection, &reply, span_equal(request->method, SPAN("HEAD")));
    }
    buffer_done(&reply.headers);
    buffer_done(&reply.body);
}

/* Serves the first whole request of what has come in; the next one when its answer is out. */
static void connection_serve(struct connection *connection) {
    if (connection->busy || uv_is_closing((uv_handle_t *)&connection->socket)) {
        return;
    }
    struct arena *arena = arena_create();
    struct http_request request = {.arena = arena};
    size_t used = 0;
    bool close = false;
    int status = request_parse(buffer_span(&connection->input), &request, &used, &close);
    if (status == REQUEST_WHOLE) {
        memmove(connection->input.data, connection->input.data + used,
                connection->input.size - used);
        connection->input.size -= used;
        connection->close = close;
        connection_handle(connection, &request);
    } else if (status != REQUEST_PARTIAL) {
        connection_refuse(connection, status);
    }
    arena_free(arena);
}

/* --- Listening -------------------------------------------------------------------------------- */

static void on_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *piece) {
    (void)handle;
    *piece = uv_buf_init(memory_new(suggested, 1), (unsigned)suggested);
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *piece) {
    struct connection *connection = stream->data;
    if (size < 0) {
        connection_close(connection);
    } else if (!buffer_append(&connection->input, (struct span){piece->base, (size_t)size})) {
        uv_read_stop(stream);
        connection->busy ? connection_close(connection) : connection_refuse(connection, 413);
    } else {
        connection_serve(connection);
    }
    free(piece->base);
}

static void on_connection(uv_stream_t *listener, int status) {
    struct http_server *server = listener->data;
    if (status < 0) {
        return;
    }
    struct connection *connection = NEW(struct connection);
    connection->server = server;
    connection->handles = 2;
    server->handles++;
    buffer_init(&connection->input, REQUEST_CEILING);
    buffer_init(&connection->output, LIMIT_DOCUMENT + LIMIT_CONFIG);
    uv_tcp_init(listener->loop, &connection->socket);
    uv_timer_init(listener->loop, &connection->drip);
    connection->socket.data = connection;
    connection->drip.data = connection;
    connection->next = server->connections;
    if (server->connections != NULL) {
        server->connections->previous = connection;
    }
    server->connections = connection;
    if (uv_accept(listener, (uv_stream_t *)&connection->socket) != 0) {
        connection_close(connection);
        return;
    }
    uv_tcp_nodelay(&connection->socket, 1);
    uv_read_start((uv_stream_t *)&connection->socket, on_allocate, on_read);
}

bool http_start(uv_loop_t *loop, int port, http_handler *handler, void *context,
                struct http_server **server, struct error *error) {
    struct http_server *made = NEW(struct http_server);
    made->handler = handler;
    made->context = context;
    made->handles = 1;
    uv_tcp_init(loop, &made->listener);
    made->listener.data = made;
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", port, &address);
    int failure = uv_tcp_bind(&made->listener, (const struct sockaddr *)&address, 0);
    if (failure == 0) {
        failure = uv_listen((uv_stream_t *)&made->listener, 128, on_connection);
    }
    if (failure != 0) {
        http_close(made);
        return error_set(error, ERROR_SYSTEM, "127.0.0.1:%d: %s", port, uv_strerror(failure));
    }
    int size = sizeof address;
    uv_tcp_getsockname(&made->listener, (struct sockaddr *)&address, &size);
    made->port = ntohs(address.sin_port);
    *server = made;
    return true;
}

int http_port(const struct http_server *server) {
    return server->port;
}

static void listener_closed(uv_handle_t *handle) {
    server_release(handle->data);
}

void http_close(struct http_server *server) {
    if (server == NULL || server->closing) {
        return;
    }
    server->closing = true;
    while (server->connections != NULL) {
        connection_close(server->connections);
    }
    uv_close((uv_handle_t *)&server->listener, listener_closed);
}
