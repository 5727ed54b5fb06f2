/* Messages to webhooks through the whole of delivery, against a receiver that answers as it is told. */
#include "tests/unit/crawler/server.h"
#include "tests/unit/report/world.h"

#include "base/webhook.h"
#include "report/carrier.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

struct room {
    struct world world;
    struct web_peer server;
    struct config_webhook webhooks[2];
    struct manual_clock clock;
    uv_loop_t loop;
    struct crawler *crawler;
    struct delivery *delivery;
    struct arena *arena;
};

static void room_open(struct room *room, const struct web_peer_route *routes) {
    world_open(&room->world);
    web_peer_start(&room->server, routes);
    room->arena = arena_create();
    room->clock = manual_clock_make(WORLD_END_MS);
    for (size_t i = 0; i < 2; i++) {
        room->webhooks[i] = (struct config_webhook){
            .name = i == 0 ? SPAN("first") : SPAN("second"),
            .url = {arena_print(room->arena, "http://127.0.0.1:%d/%s/SECRETPATH", room->server.port,
                                i == 0 ? "first" : "second")},
            .secret = {SPAN(SECRET)},
            .allow_private = true};
    }
    room->world.config.webhooks = room->webhooks;
    room->world.config.webhook_count = 2;
}

static void room_start(struct room *room) {
    assert_int_equal(uv_loop_init(&room->loop), 0);
    room->crawler = crawler_create(&room->loop, &crawler_defaults, &room->clock.clock, NULL);
    room->delivery = delivery_start(room->world.store, room->crawler, &room->world.config, NULL,
                                    &room->clock.clock, NULL);
}

static void on_closed(void *context) {
    *(bool *)context = true;
}

static void room_stop(struct room *room) {
    bool closed = false;
    delivery_stop(room->delivery);
    crawler_close(room->crawler, on_closed, &closed);
    uv_run(&room->loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&room->loop), 0);
}

static void room_close(struct room *room) {
    web_peer_stop(&room->server);
    world_close(&room->world);
    arena_free(room->arena);
}

static void room_put(struct room *room, const char *webhook, const char *id) {
    struct error error = {0};
    struct outbox_row row = {.channel = SPAN("webhook"),
                             .recipient = span_of(webhook),
                             .message_id = span_of(id),
                             .subject = SPAN("subject"),
                             .body = SPAN("{\"type\":\"test\"}"),
                             .created_ms = room->clock.now_ms,
                             .due_ms = room->clock.now_ms,
                             .finished_ms = DATE_NONE};
    assert_true(store_put_alerts(room->world.store, NULL, 0, &row, 1, &error));
}

/* Turns the loop until nothing is due, moving the clock to what is due next, until then. */
static void room_run(struct room *room, int64_t until_ms) {
    while (room->clock.now_ms <= until_ms) {
        while (!delivery_is_idle(room->delivery)) {
            uv_run(&room->loop, UV_RUN_ONCE);
        }
        int64_t next_ms = delivery_next_ms(room->delivery);
        if (next_ms == DATE_NONE || next_ms > until_ms) {
            return;
        }
        room->clock.now_ms = next_ms;
        delivery_wake(room->delivery);
    }
}

static struct outbox_row room_row(struct room *room, size_t index) {
    struct snapshot *snapshot = world_snapshot(&room->world);
    size_t count = 0;
    struct outbox_row *rows = snapshot_outbox(snapshot, false, room->arena, &count);
    snapshot_close(snapshot);
    assert_true(index < count);
    return rows[index];
}

static void assert_holds(struct span text, const char *needle) {
    if (span_find(text, span_of(needle)) == SPAN_NOT_FOUND) {
        fail_msg("no \"%s\" in: %.*s", needle, SPAN_ARG(text));
    }
}

static struct span header_of(const char *head, const char *name) {
    const char *at = strstr(head, name);
    assert_non_null(at);
    at += strlen(name);
    return (struct span){at, strcspn(at, "\r")};
}

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

static void what_is_posted_is_signed(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {{.path = "/first/SECRETPATH", .text = ok},
                                                   {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room_put(&room, "first", "msg_1");
    room_start(&room);
    room_run(&room, WORLD_END_MS);
    struct outbox_row row = room_row(&room, 0);
    assert_int_equal(row.state, OUTBOX_SENT);
    assert_int_equal(row.body.size, 0);
    assert_span_equal(row.reply, "HTTP 200");
    const char *head = room.server.requests[0].head;
    const char *body = strstr(head, "\r\n\r\n") + 4;
    const struct web_header headers[] = {
        {SPAN("webhook-id"), header_of(head, "webhook-id: ")},
        {SPAN("webhook-timestamp"), header_of(head, "webhook-timestamp: ")},
        {SPAN("webhook-signature"), header_of(head, "webhook-signature: ")}};
    const struct webhook_terms terms = {1u << WEBHOOK_STANDARD, SPAN(SECRET)};
    const struct webhook_delivery delivery = {headers, 3, span_of(body)};
    struct span id;
    assert_string_equal(body, "{\"type\":\"test\"}");
    assert_int_equal(webhook_verify(&terms, &delivery, WORLD_END_MS, room.arena, &id),
                     WEBHOOK_GOOD);
    assert_span_equal(id, "msg_1");
    assert_non_null(strstr(head, "Content-Type: application/json"));
    room_stop(&room);
    room_close(&room);
}

static bool say_next(struct web_peer *server, int fd, const struct web_peer_request *request) {
    static const char *const says[] = {
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Slowly\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n",
    };
    size_t number = web_peer_count(server, request->path) - 1;
    return web_peer_send_text(fd, number < 3 ? says[number] : ok);
}

/* By the standard's table, or later where the receiver says so; under one id, signed anew. */
static void a_receiver_in_trouble_is_asked_again(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {{.path = "/first/SECRETPATH", .say = say_next},
                                                   {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room_put(&room, "first", "msg_1");
    room_start(&room);
    room_run(&room, WORLD_END_MS + HOUR_MS);
    struct outbox_row row = room_row(&room, 0);
    assert_int_equal(row.state, OUTBOX_QUEUED);
    assert_int_equal(row.attempts, 3);
    assert_true(row.due_ms >= room.clock.now_ms + 2 * HOUR_MS);
    assert_holds(row.reply, "HTTP 429");
    room_run(&room, WORLD_END_MS + DAY_MS);
    row = room_row(&room, 0);
    assert_int_equal(row.state, OUTBOX_SENT);
    assert_int_equal(row.attempts, 4);
    struct span first = header_of(room.server.requests[0].head, "webhook-id: ");
    struct span last = header_of(room.server.requests[3].head, "webhook-id: ");
    assert_true(span_equal(first, last));
    assert_false(span_equal(header_of(room.server.requests[0].head, "webhook-signature: "),
                            header_of(room.server.requests[3].head, "webhook-signature: ")));
    room_stop(&room);
    room_close(&room);
}

/* One that hangs up on everybody holds up nobody else; its address is in no error. */
static void one_receiver_does_not_hold_up_another(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {
        {.path = "/first/SECRETPATH", .text = "", .hang_up = true},
        {.path = "/second/SECRETPATH", .text = ok},
        {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room_put(&room, "first", "msg_1");
    room_put(&room, "first", "msg_2");
    room_put(&room, "second", "msg_3");
    room_start(&room);
    room_run(&room, WORLD_END_MS + MINUTE_MS);
    assert_int_equal(room_row(&room, 2).state, OUTBOX_SENT);
    assert_int_equal(room_row(&room, 0).state, OUTBOX_QUEUED);
    /* While the circuit is open, nothing is tried: two rows, but few questions. */
    assert_true(web_peer_count(&room.server, "/first/SECRETPATH") <= 4);
    room_run(&room, WORLD_END_MS + 5 * DAY_MS);
    for (size_t i = 0; i < 2; i++) {
        struct outbox_row row = room_row(&room, i);
        assert_int_equal(row.state, OUTBOX_EXPIRED);
        assert_true(row.attempts <= 10);
        assert_true(span_find(row.reply, SPAN("SECRET")) == SPAN_NOT_FOUND);
        assert_holds(row.reply, "127.0.0.1");
    }
    room_stop(&room);
    room_close(&room);
}

static void some_answers_are_final(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {
        {.path = "/first/SECRETPATH", .text = "HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\ngone"},
        {.path = "/second/SECRETPATH",
         .text = "HTTP/1.1 400 Bad\r\nContent-Length: 14\r\n\r\ninvalid_blocks"},
        {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room_put(&room, "first", "msg_1");
    room_put(&room, "first", "msg_2");
    room_put(&room, "second", "msg_3");
    room_put(&room, "second", "msg_4");
    room_start(&room);
    room_run(&room, WORLD_END_MS + DAY_MS);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(room_row(&room, i).state, OUTBOX_FAILED);
    }
    assert_int_equal(web_peer_count(&room.server, "/first/SECRETPATH"), 1);
    assert_int_equal(web_peer_count(&room.server, "/second/SECRETPATH"), 2);
    assert_holds(room_row(&room, 1).reply, "410");
    assert_holds(room_row(&room, 2).reply, "HTTP 400: invalid_blocks");
    room_stop(&room);
    room_close(&room);
}

/* A redirect could lead the message, and its signature, anywhere. */
static void redirects_are_not_followed(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {
        {.path = "/first/SECRETPATH",
         .text = "HTTP/1.1 307 There\r\nLocation: /second/SECRETPATH\r\nContent-Length: 0\r\n\r\n"},
        {.path = "/second/SECRETPATH", .text = ok},
        {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room_put(&room, "first", "msg_1");
    room_start(&room);
    room_run(&room, WORLD_END_MS);
    assert_int_equal(room_row(&room, 0).state, OUTBOX_QUEUED);
    assert_holds(room_row(&room, 0).reply, "a redirect");
    assert_int_equal(web_peer_count(&room.server, "/second/SECRETPATH"), 0);
    room_stop(&room);
    room_close(&room);
}

static void the_guard_watches_receivers_too(void **state) {
    (void)state;
    static const struct web_peer_route routes[] = {{.path = "/first/SECRETPATH", .text = ok},
                                                   {.path = NULL}};
    struct room room;
    room_open(&room, routes);
    room.webhooks[0].allow_private = false;
    room_put(&room, "first", "msg_1");
    room_put(&room, "nobody", "msg_2");
    room_start(&room);
    room_run(&room, WORLD_END_MS);
    assert_int_equal(room_row(&room, 0).state, OUTBOX_FAILED);
    assert_holds(room_row(&room, 0).reply, "not public");
    assert_int_equal(room_row(&room, 1).state, OUTBOX_QUEUED);
    assert_int_equal(web_peer_count(&room.server, NULL), 0);
    /* To somewhere that is not configured: waits for it some days. */
    room.clock.now_ms += 4 * DAY_MS;
    delivery_wake(room.delivery);
    assert_int_equal(room_row(&room, 1).state, OUTBOX_EXPIRED);
    room_stop(&room);
    room_close(&room);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_posted_is_signed),
        cmocka_unit_test(a_receiver_in_trouble_is_asked_again),
        cmocka_unit_test(one_receiver_does_not_hold_up_another),
        cmocka_unit_test(some_answers_are_final),
        cmocka_unit_test(redirects_are_not_followed),
        cmocka_unit_test(the_guard_watches_receivers_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
