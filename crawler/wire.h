/* The bridge between libcurl's multi interface and the loop: sockets as uv_poll, its timer as
 * uv_timer. It knows nothing of what is transferred. */
#ifndef CRAWLER_WIRE_H
#define CRAWLER_WIRE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

struct wire; /* opaque */

/* `connections` is the most that are kept open for reuse. */
struct wire *wire_create(uv_loop_t *loop, size_t connections);

/* All easy handles must have been taken out. `on_closed` runs on the loop when the last handle of
 * the wire is closed and its memory is freed. */
void wire_close(struct wire *wire, void (*on_closed)(void *context), void *context);

/* Told once, from the loop and outside of libcurl's callbacks, when the easy handle is done; it is
 * still in the wire then: take it out. Found through CURLOPT_PRIVATE. */
struct wire_job {
    void (*on_done)(struct wire_job *job, CURLcode code);
};

void wire_add(struct wire *wire, CURL *easy, struct wire_job *job);
void wire_take(struct wire *wire, CURL *easy); /* at any time but in libcurl's callbacks */

/* A connection of libcurl's that is spoken on by others, as long as it is watched. */
struct wire_watch; /* opaque */
typedef void wire_watch_callback(void *context, bool in_time);

/* Calls whenever something can be read, or once, with `in_time` false, when `timeout_ms` are over. */
struct wire_watch *wire_watch_start(struct wire *wire, curl_socket_t socket, int64_t timeout_ms,
                                    wire_watch_callback *on_ready, void *context);
void wire_watch_writing(struct wire_watch *watch, bool too); /* also when it can be written to */
int64_t wire_watch_left_ms(const struct wire_watch *watch);
void wire_watch_stop(struct wire_watch *watch); /* before the connection is closed; NULL is fine */

#endif
