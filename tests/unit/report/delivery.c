#include "tests/unit/report/smtp_peer.h"
#include "tests/unit/report/world.h"

#include "report/mime.h"

#include <time.h>

struct post { /* a delivery with all around it */
    struct world world;
    struct smtp_peer peer;
    struct manual_clock clock;
    uv_loop_t loop;
    struct crawler *crawler;
    struct delivery *delivery;
    char url[64];
};

static void post_start(struct post *post) {
    assert_int_equal(uv_loop_init(&post->loop), 0);
    post->crawler = crawler_create(&post->loop, &crawler_defaults, &system_clock, NULL);
    post->delivery = delivery_start(post->world.store, post->crawler, &post->world.config, NULL,
                                    &post->clock.clock, NULL);
}

static void on_closed(void *context) {
    *(bool *)context = true;
}

static void post_stop(struct post *post) {
    delivery_stop(post->delivery);
    bool closed = false;
    crawler_close(post->crawler, on_closed, &closed);
    uv_run(&post->loop, UV_RUN_DEFAULT);
    assert_true(closed);
    assert_int_equal(uv_loop_close(&post->loop), 0);
}

static void post_open(struct post *post, const int *script, size_t count) {
    world_open(&post->world);
    peer_start(&post->peer, script, count);
    post->clock = manual_clock_make(WORLD_END_MS);
    snprintf(post->url, sizeof(post->url), "smtp://127.0.0.1:%d", post->peer.port);
    post->world.config.mail.url = span_of(post->url);
}

static void post_close(struct post *post) {
    peer_stop(&post->peer);
    world_close(&post->world);
}

static void put_mails(struct post *post, size_t count) {
    struct arena *arena = arena_create();
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        struct buffer out;
        struct mime_message message = {.date_ms = WORLD_END_MS,
                                       .from = SPAN("earshot@example.com"),
                                       .to = SPAN("ada@example.com"),
                                       .subject = SPAN("test"),
                                       .text = SPAN("text\n")};
        message.message_id = arena_print(arena, "mail.%zu@example.com", i);
        buffer_init(&out, LIMIT_MAIL);
        assert_true(mime_print(&out, &message, &error));
        struct outbox_row row = {.channel = SPAN("mail"),
                                 .recipient = message.to,
                                 .message_id = message.message_id,
                                 .subject = message.subject,
                                 .body = buffer_span(&out),
                                 .created_ms = WORLD_END_MS,
                                 .due_ms = WORLD_END_MS,
                                 .finished_ms = DATE_NONE};
        assert_true(store_put_alerts(post->world.store, NULL, 0, &row, 1, &error));
        buffer_done(&out);
    }
    arena_free(arena);
}

/* Turns the loop until nothing is due, then moves the clock to what is due next; for so long. */
static void post_run(struct post *post, int64_t until_ms) {
    while (post->clock.now_ms <= until_ms) {
        while (!delivery_is_idle(post->delivery)) {
            uv_run(&post->loop, UV_RUN_ONCE);
        }
        int64_t next_ms = delivery_next_ms(post->delivery);
        if (next_ms == DATE_NONE || next_ms > until_ms) {
            return;
        }
        post->clock.now_ms = next_ms;
        delivery_wake(post->delivery);
    }
}

static struct outbox_row *rows_of(struct post *post, struct arena *arena, size_t *count) {
    struct snapshot *snapshot = world_snapshot(&post->world);
    struct outbox_row *rows = snapshot_outbox(snapshot, false, arena, count);
    snapshot_close(snapshot);
    return rows;
}

static void all_waiting_mail_is_sent(void **state) {
    (void)state;
    struct post post;
    struct arena *arena = arena_create();
    post_open(&post, NULL, 0);
    put_mails(&post, 5);
    post_start(&post);
    post_run(&post, WORLD_END_MS);
    size_t count = 0;
    struct outbox_row *rows = rows_of(&post, arena, &count);
    assert_int_equal(count, 5);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].state != OUTBOX_SENT) {
            fail_msg("%s: %.*s", outbox_state_name(rows[i].state), SPAN_ARG(rows[i].reply));
        }
        assert_int_equal(rows[i].attempts, 1);
        assert_int_equal(rows[i].finished_ms, WORLD_END_MS);
    }
    assert_int_equal(post.peer.accepted, 5);
    assert_true(delivery_is_idle(post.delivery));
    put_mails(&post, 1);
    delivery_wake(post.delivery);
    assert_false(delivery_is_idle(post.delivery));
    post_run(&post, WORLD_END_MS);
    assert_int_equal(post.peer.accepted, 6);
    post_stop(&post);
    post_close(&post);
    arena_free(arena);
}

/* What waits of an incident that was muted does not go out. */
static void muted_incidents_are_not_told(void **state) {
    (void)state;
    struct post post;
    struct arena *arena = arena_create();
    struct incident incidents[2] = {{.brand = SPAN("Acme")}, {.brand = SPAN("Acme")}};
    const struct incident_handling handling = {.care = CARE_MUTED, .who = SPAN("jo")};
    size_t count = 0;
    bool changed = false;
    post_open(&post, NULL, 0);
    put_mails(&post, 3);
    struct outbox_row *rows = rows_of(&post, arena, &count);
    rows[0].incident = 1;
    rows[1].incident = 2;
    assert_true(store_put_alerts(post.world.store, incidents, 2, rows, 2, NULL));
    assert_true(store_handle_incident(post.world.store, 2, &handling, &changed, NULL));
    post_start(&post);
    post_run(&post, WORLD_END_MS);
    rows = rows_of(&post, arena, &count);
    assert_int_equal(post.peer.accepted, 2);
    assert_int_equal(rows[0].state, OUTBOX_SENT);
    assert_int_equal(rows[1].state, OUTBOX_DROPPED);
    assert_int_equal(rows[1].attempts, 0);
    assert_int_equal(rows[2].state, OUTBOX_SENT);
    post_stop(&post);
    post_close(&post);
    arena_free(arena);
}

static void answers_decide(void **state) {
    (void)state;
    static const int script[] = {451, 451, 554, 250};
    struct post post;
    struct arena *arena = arena_create();
    post_open(&post, script, 4);
    put_mails(&post, 1);
    post_start(&post);
    post_run(&post, WORLD_END_MS);
    size_t count = 0;
    struct outbox_row *row = rows_of(&post, arena, &count);
    assert_int_equal(row->state, OUTBOX_QUEUED);
    assert_int_equal(row->attempts, 1);
    assert_true(row->due_ms >= WORLD_END_MS + 9 * SECOND_MS &&
                row->due_ms <= WORLD_END_MS + 11 * SECOND_MS);
    assert_true(span_find(row->reply, SPAN("scripted")) != SPAN_NOT_FOUND);
    assert_int_equal(delivery_next_ms(post.delivery), row->due_ms);
    post_run(&post, WORLD_END_MS + HOUR_MS);
    row = rows_of(&post, arena, &count);
    assert_int_equal(row->state, OUTBOX_FAILED);
    assert_int_equal(row->attempts, 3);
    assert_int_equal(post.peer.accepted, 0);
    post_stop(&post);
    post_close(&post);
    arena_free(arena);
}

/* Hung up after the final dot: it may have arrived. Tried again, under the same Message-ID. */
static void silence_after_the_dot_is_tried_again(void **state) {
    (void)state;
    static const int script[] = {0, 250};
    struct post post;
    struct arena *arena = arena_create();
    post_open(&post, script, 2);
    put_mails(&post, 1);
    post_start(&post);
    post_run(&post, WORLD_END_MS + HOUR_MS);
    size_t count = 0;
    assert_int_equal(rows_of(&post, arena, &count)->state, OUTBOX_SENT);
    assert_int_equal(post.peer.dots, 2);
    assert_string_equal(post.peer.ids[0], post.peer.ids[1]);
    post_stop(&post);
    post_close(&post);
    arena_free(arena);
}

static void mail_expires_after_a_day(void **state) {
    (void)state;
    struct post post;
    struct arena *arena = arena_create();
    post_open(&post, NULL, 0);
    peer_stop(&post.peer); /* nobody listens there any more */
    put_mails(&post, 2);
    post_start(&post);
    post_run(&post, WORLD_END_MS + 3 * DAY_MS);
    size_t count = 0;
    struct outbox_row *rows = rows_of(&post, arena, &count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(rows[i].state, OUTBOX_EXPIRED);
        assert_true(rows[i].attempts <= 20);
    }
    post_stop(&post);
    world_close(&post.world);
    arena_free(arena);
}

/* Cut off at every moment, again and again: each mail arrives, and what arrives twice does so under
 * one Message-ID, and only where the answer was not yet on record. */
static void nothing_is_lost_in_any_window(void **state) {
    (void)state;
    enum { MAILS = 40 };
    struct post post;
    struct arena *arena = arena_create();
    post_open(&post, NULL, 0);
    put_mails(&post, MAILS);
    size_t cuts = 0;
    for (size_t turns = 0; turns < 400; turns++) {
        post_start(&post);
        for (size_t i = 0; i <= turns % 2 && !delivery_is_idle(post.delivery); i++) {
            uv_run(&post.loop, UV_RUN_ONCE);
        }
        /* The server is at another word of the talk each time. */
        const struct timespec pause = {.tv_nsec = (long)(turns * 7 % 11) * 100000};
        nanosleep(&pause, NULL);
        bool idle = delivery_is_idle(post.delivery) && delivery_next_ms(post.delivery) == DATE_NONE;
        if (!idle && delivery_is_idle(post.delivery)) {
            post.clock.now_ms = delivery_next_ms(post.delivery);
        }
        post_stop(&post);
        if (idle) {
            break;
        }
        cuts++;
    }
    size_t count = 0;
    struct outbox_row *rows = rows_of(&post, arena, &count);
    size_t arrived[MAILS] = {0};
    for (size_t i = 0; i < post.peer.dots && i < PEER_MESSAGES; i++) {
        size_t number = MAILS;
        assert_int_equal(sscanf(post.peer.ids[i], "<mail.%zu@", &number), 1);
        assert_true(number < MAILS);
        arrived[number]++;
    }
    assert_true(cuts >= 3);
    assert_int_equal(count, MAILS);
    for (size_t i = 0; i < MAILS; i++) {
        assert_int_equal(rows[i].state, OUTBOX_SENT);
        assert_true(arrived[i] >= 1);
        assert_true(arrived[i] <= rows[i].attempts);
    }
    print_message("  %zu cuts; %zu mails came %zu times\n", cuts, (size_t)MAILS,
                  (size_t)post.peer.dots);
    post_close(&post);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_waiting_mail_is_sent),
        cmocka_unit_test(muted_incidents_are_not_told),
        cmocka_unit_test(answers_decide),
        cmocka_unit_test(silence_after_the_dot_is_tried_again),
        cmocka_unit_test(mail_expires_after_a_day),
        cmocka_unit_test(nothing_is_lost_in_any_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
