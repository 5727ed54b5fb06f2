/* A scripted web server on loopback, in threads of its own: what it says is bytes, right or wrong.
 */
#ifndef TESTS_UNIT_CRAWLER_SERVER_H
#define TESTS_UNIT_CRAWLER_SERVER_H

#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SERVER_MAX 512

struct web_peer;
struct web_peer_request {
    char path[256];
    char head[8192]; /* request line, headers and body */
    int64_t at_ms;
};

/* What is said to one path. `say` runs in the connection's thread; false closes the connection. */
struct web_peer_route {
    const char *path;
    const char *text; /* sent as it is, unless NULL */
    bool (*say)(struct web_peer *server, int fd, const struct web_peer_request *request);
    bool hang_up; /* close after `text` */
};

struct web_peer {
    const struct web_peer_route *routes; /* ends with path NULL; what is not in it is a 404 */
    int listener;
    int port;
    pthread_t acceptor;
    pthread_t threads[SERVER_MAX];
    int connections[SERVER_MAX];
    size_t connection_count;
    pthread_mutex_t mutex;
    struct web_peer_request *requests;
    size_t request_count;
    bool stopping;
};

static inline int64_t web_peer_now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline bool web_peer_send(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

static inline bool web_peer_send_text(int fd, const char *text) {
    return web_peer_send(fd, text, strlen(text));
}

/* Sleeps, but wakes when the server stops or the other side hangs up. */
static inline void web_peer_sleep(int fd, int ms) {
    struct pollfd waited = {.fd = fd, .events = POLLIN};
    poll(&waited, 1, ms);
}

static inline bool web_peer_read_head(int fd, struct web_peer_request *request) {
    size_t size = 0;
    char *end = NULL;
    while (size < sizeof request->head - 1) {
        ssize_t got = recv(fd, request->head + size, sizeof request->head - 1 - size, 0);
        if (got <= 0) {
            return false;
        }
        size += (size_t)got;
        if (request->head[0] == 0x16) { /* TLS; as a web server does, in the clear */
            web_peer_send_text(fd, "HTTP/1.1 400 Bad Request\r\n\r\n");
            return false;
        }
        request->head[size] = '\0';
        end = strstr(request->head, "\r\n\r\n");
        const char *length = strstr(request->head, "Content-Length: ");
        size_t body = length == NULL ? 0 : strtoul(length + 16, NULL, 10);
        if (end != NULL && size >= (size_t)(end - request->head) + 4 + body) {
            break;
        }
    }
    sscanf(request->head, "%*s %255s", request->path);
    request->at_ms = web_peer_now_ms();
    return end != NULL;
}

static inline const struct web_peer_route *web_peer_route_find(const struct web_peer *server,
                                                               const char *path) {
    for (const struct web_peer_route *route = server->routes; route->path != NULL; route++) {
        if (strcmp(route->path, path) == 0) {
            return route;
        }
    }
    return NULL;
}

struct web_peer_thread {
    struct web_peer *server;
    int fd;
};

static inline void *web_peer_serve(void *context) {
    struct web_peer_thread *thread = context;
    struct web_peer *server = thread->server;
    int fd = thread->fd;
    free(thread);
    struct web_peer_request request;
    bool open = true;
    while (open && web_peer_read_head(fd, &request)) {
        pthread_mutex_lock(&server->mutex);
        assert(server->request_count < SERVER_MAX);
        server->requests[server->request_count++] = request;
        pthread_mutex_unlock(&server->mutex);
        const struct web_peer_route *route = web_peer_route_find(server, request.path);
        if (route == NULL) {
            open =
                web_peer_send_text(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
        } else if (route->text != NULL) {
            open = web_peer_send_text(fd, route->text) && !route->hang_up;
        } else {
            open = route->say(server, fd, &request);
        }
    }
    shutdown(fd, SHUT_RDWR);
    return NULL;
}

static inline void *web_peer_accept(void *context) {
    struct web_peer *server = context;
    int fd;
    while ((fd = accept(server->listener, NULL, NULL)) >= 0) {
        pthread_mutex_lock(&server->mutex);
        assert(server->connection_count < SERVER_MAX);
        size_t number = server->connection_count++;
        server->connections[number] = fd;
        pthread_mutex_unlock(&server->mutex);
        struct web_peer_thread *thread = malloc(sizeof *thread);
        *thread = (struct web_peer_thread){server, fd};
        pthread_create(&server->threads[number], NULL, web_peer_serve, thread);
    }
    return NULL;
}

static inline void web_peer_start_at(struct web_peer *server, const struct web_peer_route *routes,
                                     const char *address) {
    *server = (struct web_peer){.routes = routes};
    server->requests = calloc(SERVER_MAX, sizeof *server->requests);
    pthread_mutex_init(&server->mutex, NULL);
    server->listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET};
    inet_pton(AF_INET, address, &name.sin_addr);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(server->listener, 128), 0);
    socklen_t size = sizeof name;
    getsockname(server->listener, (struct sockaddr *)&name, &size);
    server->port = ntohs(name.sin_port);
    pthread_create(&server->acceptor, NULL, web_peer_accept, server);
}

static inline void web_peer_start(struct web_peer *server, const struct web_peer_route *routes) {
    web_peer_start_at(server, routes, "127.0.0.1");
}

static inline void web_peer_stop(struct web_peer *server) {
    shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->acceptor, NULL);
    for (size_t i = 0; i < server->connection_count; i++) {
        shutdown(server->connections[i], SHUT_RDWR);
    }
    for (size_t i = 0; i < server->connection_count; i++) {
        pthread_join(server->threads[i], NULL);
        close(server->connections[i]);
    }
    close(server->listener);
    free(server->requests);
    pthread_mutex_destroy(&server->mutex);
}

/* How often a path was asked for; NULL: all. */
static inline size_t web_peer_count(struct web_peer *server, const char *path) {
    size_t count = 0;
    pthread_mutex_lock(&server->mutex);
    for (size_t i = 0; i < server->request_count; i++) {
        count += path == NULL || strcmp(server->requests[i].path, path) == 0 ? 1 : 0;
    }
    pthread_mutex_unlock(&server->mutex);
    return count;
}

/* The last request for a path. */
static inline const struct web_peer_request *server_last(struct web_peer *server,
                                                         const char *path) {
    const struct web_peer_request *last = NULL;
    pthread_mutex_lock(&server->mutex);
    for (size_t i = 0; i < server->request_count; i++) {
        last = strcmp(server->requests[i].path, path) == 0 ? &server->requests[i] : last;
    }
    pthread_mutex_unlock(&server->mutex);
    if (last == NULL) {
        fail_msg("%s was never asked for", path);
    }
    return last;
}

#endif
