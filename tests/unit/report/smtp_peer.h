/* A mail server of a few lines on a thread of its own: takes messages, answers the final dot as its
 * script says, remembers what it accepted. */
#ifndef TESTS_UNIT_REPORT_SMTP_PEER_H
#define TESTS_UNIT_REPORT_SMTP_PEER_H

#include "tests/unit/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_MESSAGES 256

struct smtp_peer {
    int listener;
    int port;
    pthread_t thread;
    atomic_int stop;
    const int *script; /* codes for one final dot after the other; 0 = hang up without answer; then
                          250 */
    size_t script_count;
    atomic_size_t dots;
    atomic_size_t accepted;
    char ids[PEER_MESSAGES][200]; /* Message-IDs of what came to its final dot */
    int codes[PEER_MESSAGES];     /* what was answered */
};

struct smtp_line {
    int descriptor;
    char bytes[4096];
    size_t size;
};

/* The next line without CRLF; false at the end of the connection. */
static inline bool peer_line(struct smtp_line *reader, char *line, size_t capacity) {
    for (;;) {
        char *end = memchr(reader->bytes, '\n', reader->size);
        if (end != NULL) {
            size_t size = (size_t)(end - reader->bytes) + 1;
            size_t kept = size >= capacity ? capacity - 1 : size;
            memcpy(line, reader->bytes, kept);
            line[kept] = '\0';
            line[strcspn(line, "\r\n")] = '\0';
            memmove(reader->bytes, reader->bytes + size, reader->size - size);
            reader->size -= size;
            return true;
        }
        if (reader->size == sizeof(reader->bytes)) {
            return false;
        }
        ssize_t got = recv(reader->descriptor, reader->bytes + reader->size,
                           sizeof(reader->bytes) - reader->size, 0);
        if (got <= 0) {
            return false;
        }
        reader->size += (size_t)got;
    }
}

static inline void peer_reply(int descriptor, const char *text) {
    (void)send(descriptor, text, strlen(text), MSG_NOSIGNAL);
}

/* The message up to its final dot; false when the client goes away before. */
static inline bool peer_message(struct smtp_peer *peer, struct smtp_line *reader) {
    char line[4096];
    char id[200] = "";
    while (peer_line(reader, line, sizeof(line))) {
        if (strncmp(line, "Message-ID: ", 12) == 0) {
            snprintf(id, sizeof(id), "%.190s", line + 12);
        }
        if (strcmp(line, ".") == 0) {
            size_t dot = peer->dots++;
            int code = dot < peer->script_count ? peer->script[dot] : 250;
            char reply[64];
            memcpy(peer->ids[dot % PEER_MESSAGES], id, sizeof(id));
            peer->codes[dot % PEER_MESSAGES] = code;
            peer->accepted += code == 250;
            snprintf(reply, sizeof(reply), "%d scripted\r\n", code);
            if (code == 0) {
                return false;
            }
            peer_reply(reader->descriptor, reply);
            return true;
        }
    }
    return false;
}

static inline void peer_talk(struct smtp_peer *peer, int descriptor) {
    struct smtp_line reader = {.descriptor = descriptor};
    char line[4096];
    bool on = true;
    peer_reply(descriptor, "220 peer.example ESMTP\r\n");
    while (on && peer_line(&reader, line, sizeof(line))) {
        if (strncmp(line, "DATA", 4) == 0) {
            peer_reply(descriptor, "354 go on\r\n");
            on = peer_message(peer, &reader);
        } else if (strncmp(line, "QUIT", 4) == 0) {
            peer_reply(descriptor, "221 bye\r\n");
            on = false;
        } else {
            peer_reply(descriptor, "250 peer.example\r\n");
        }
    }
    close(descriptor);
}

static inline void *peer_run(void *context) {
    struct smtp_peer *peer = context;
    for (;;) {
        int descriptor = accept(peer->listener, NULL, NULL);
        if (descriptor < 0 || peer->stop) {
            if (descriptor >= 0) {
                close(descriptor);
            }
            return NULL;
        }
        peer_talk(peer, descriptor);
    }
}

static inline void peer_start(struct smtp_peer *peer, const int *script, size_t count) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(address);
    memset(peer, 0, sizeof(*peer));
    peer->script = script;
    peer->script_count = count;
    peer->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(peer->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(listen(peer->listener, 16), 0);
    assert_int_equal(getsockname(peer->listener, (struct sockaddr *)&address, &size), 0);
    peer->port = ntohs(address.sin_port);
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_run, peer), 0);
}

static inline void peer_stop(struct smtp_peer *peer) {
    peer->stop = 1;
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
}

#endif
