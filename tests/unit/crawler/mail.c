/* Mail against a scripted server: what it says is what decides. */
#include "tests/unit/crawler/client.h"

/* One reply per command; NULL takes the usual one, "" hangs up, "..." says nothing. */
struct script {
    const char *greeting;
    const char *ehlo;
    const char *auth;
    const char *mail;
    const char *rcpt;
    const char *data;
    const char *dot;
};

struct post_office {
    struct script script;
    int listener;
    int port;
    pthread_t thread;
    int peer; /* the connection of the moment, or -1 */
    pthread_mutex_t mutex;
    int connections;
    _Atomic int transactions;
    int quits;
    char commands[4096];
    char message[65536]; /* the last one, as it came, with its final dot */
    bool whole;          /* the final dot came */
};

/* False when the connection is to be closed. */
static bool reply(int fd, const char *scripted, const char *usual) {
    const char *text = scripted == NULL ? usual : scripted;
    if (strcmp(text, "...") == 0) {
        web_peer_sleep(fd, 60000);
        return false;
    }
    char line[512]; /* at once: two small writes would wait for an acknowledgement */
    snprintf(line, sizeof line, "%s\r\n", text);
    return text[0] != '\0' && web_peer_send_text(fd, line);
}

static bool read_line(FILE *in, char *line, int size) {
    return fgets(line, size, in) != NULL;
}

static bool take_message(struct post_office *office, int fd, FILE *in) {
    char line[4096];
    office->message[0] = '\0';
    office->whole = false;
    if (!reply(fd, office->script.data, "354 go on")) {
        return false;
    }
    if (office->script.data != NULL) {
        return true;
    }
    while (read_line(in, line, sizeof line)) {
        strncat(office->message, line, sizeof office->message - strlen(office->message) - 1);
        if (strcmp(line, ".\r\n") == 0) {
            office->whole = true;
            office->transactions++;
            return reply(fd, office->script.dot, "250 2.0.0 queued as 4711");
        }
    }
    return false;
}

static bool answer_command(struct post_office *office, int fd, FILE *in, const char *line) {
    const struct script *script = &office->script;
    if (strncmp(line, "EHLO", 4) == 0) {
        return reply(fd, script->ehlo, "250-office.example\r\n250 8BITMIME");
    } else if (strncmp(line, "AUTH", 4) == 0) {
        char secret[256];
        return reply(fd, NULL, "334 ") && read_line(in, secret, sizeof secret) &&
               reply(fd, script->auth, "235 welcome");
    } else if (strncmp(line, "MAIL", 4) == 0) {
        return reply(fd, script->mail, "250 sender ok");
    } else if (strncmp(line, "RCPT", 4) == 0) {
        return reply(fd, script->rcpt, "250 recipient ok");
    } else if (strncmp(line, "DATA", 4) == 0) {
        return take_message(office, fd, in);
    } else if (strncmp(line, "QUIT", 4) == 0) {
        office->quits++;
        reply(fd, NULL, "221 bye");
        return false;
    }
    return reply(fd, NULL, "250 fine");
}

static void *work(void *context) {
    struct post_office *office = context;
    int fd;
    while ((fd = accept(office->listener, NULL, NULL)) >= 0) {
        char line[4096];
        pthread_mutex_lock(&office->mutex);
        office->peer = fd;
        pthread_mutex_unlock(&office->mutex);
        office->connections++;
        FILE *in = fdopen(dup(fd), "r");
        bool open = reply(fd, office->script.greeting, "220 office.example ESMTP");
        while (open && read_line(in, line, sizeof line)) {
            strncat(office->commands, line, sizeof office->commands - strlen(office->commands) - 1);
            open = answer_command(office, fd, in, line);
        }
        pthread_mutex_lock(&office->mutex);
        office->peer = -1;
        pthread_mutex_unlock(&office->mutex);
        shutdown(fd, SHUT_RDWR);
        fclose(in);
        close(fd);
    }
    return NULL;
}

static const struct web_peer_route no_routes[] = {{0}};

static struct post_office office;
static struct client client;

static void open_office(struct script script) {
    office = (struct post_office){.script = script, .peer = -1};
    pthread_mutex_init(&office.mutex, NULL);
    office.listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    bind(office.listener, (struct sockaddr *)&name, sizeof name);
    listen(office.listener, 16);
    getsockname(office.listener, (struct sockaddr *)&name, &size);
    office.port = ntohs(name.sin_port);
    pthread_create(&office.thread, NULL, work, &office);
    client_open(&client, no_routes);
}

static void close_office(void) {
    client_close(&client);
    shutdown(office.listener, SHUT_RDWR);
    pthread_mutex_lock(&office.mutex);
    if (office.peer >= 0) {
        shutdown(office.peer, SHUT_RDWR);
    }
    pthread_mutex_unlock(&office.mutex);
    pthread_join(office.thread, NULL);
    close(office.listener);
    pthread_mutex_destroy(&office.mutex);
}

struct receipt {
    int times;
    enum mail_outcome outcome;
    int code;
    char reply[200];
    struct error error;
};

static void on_mail(void *context, const struct mail_result *result) {
    struct receipt *receipt = context;
    receipt->times++;
    receipt->outcome = result->outcome;
    receipt->code = result->code;
    receipt->error = result->error;
    snprintf(receipt->reply, sizeof receipt->reply, "%.*s", SPAN_ARG(result->reply));
}

static struct mail_route office_route(void) {
    return (struct mail_route){
        .url = arena_print(client.arena, "smtp://127.0.0.1:%d/", office.port),
        .hello = SPAN("listener.example"),
    };
}

static struct mail_send *post(const struct mail_route *route, const char *to, const char *message,
                              struct receipt *receipt) {
    *receipt = (struct receipt){0};
    return crawler_send_mail(client.crawler, route, SPAN("alerts@listener.example"), span_of(to),
                             span_of(message), on_mail, receipt);
}

#define LETTER "Subject: hello\r\n\r\nfirst\r\n.second\r\n..third\r\n.\r\nlast\r\n"

static struct receipt post_one(struct script script) {
    struct receipt receipt;
    open_office(script);
    struct mail_route route = office_route();
    post(&route, "reader@people.example", LETTER, &receipt);
    assert_int_equal(receipt.times, 0);
    assert_int_equal(crawler_in_flight(client.crawler), 1);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipt.times, 1);
    assert_int_equal(crawler_in_flight(client.crawler), 0);
    close_office();
    return receipt;
}

static void a_letter_arrives_as_it_was(void **state) {
    (void)state;
    struct receipt receipt = post_one((struct script){0});
    assert_int_equal(receipt.outcome, MAIL_SENT);
    assert_int_equal(receipt.code, 250);
    assert_string_equal(receipt.reply, "2.0.0 queued as 4711");
    assert_non_null(strstr(office.commands, "EHLO listener.example\r\n"));
    assert_non_null(strstr(office.commands, "MAIL FROM:<alerts@listener.example>"));
    assert_non_null(strstr(office.commands, "RCPT TO:<reader@people.example>"));
    assert_string_equal(office.message, "Subject: hello\r\n\r\nfirst\r\n..second\r\n...third\r\n"
                                        "..\r\nlast\r\n.\r\n");
    assert_int_equal(office.quits, 1); /* a polite end */
}

static void the_servers_words_decide(void **state) {
    (void)state;
    static const struct {
        struct script script;
        enum mail_outcome outcome;
        int code;
    } rows[] = {
        {{.rcpt = "550 5.1.1 no such user"}, MAIL_REFUSED, 550},
        {{.rcpt = "451 4.7.1 greylisted"}, MAIL_LATER, 451},
        {{.rcpt = "421 going down"}, MAIL_LATER, 421},
        {{.mail = "550 5.7.1 sender unwelcome"}, MAIL_REFUSED, 550},
        {{.mail = "452 too much"}, MAIL_LATER, 452},
        {{.data = "554 no"}, MAIL_REFUSED, 554},
        {{.dot = "554 5.6.0 spam"}, MAIL_REFUSED, 554},
        {{.dot = "451 try again"}, MAIL_LATER, 451},
        {{.dot = "250-first\r\n250 last"}, MAIL_SENT, 250},
        {{.dot = ""}, MAIL_UNKNOWN, 354},
        {{.greeting = "554 go away"}, MAIL_LATER, 554}, /* not about this message */
        {{.greeting = "421 busy"}, MAIL_LATER, 421},
        {{.greeting = ""}, MAIL_LATER, 0},
        {{.mail = ""}, MAIL_LATER, 250},
        {{.data = ""}, MAIL_LATER, 250},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct receipt receipt = post_one(rows[i].script);
        if (receipt.outcome != rows[i].outcome || receipt.code != rows[i].code) {
            fail_msg("row %zu: outcome %d, code %d, %s", i, (int)receipt.outcome, receipt.code,
                     receipt.error.message);
        }
        bool explained = strstr(receipt.error.message, "reader@people.example") != NULL;
        assert_int_equal(explained, receipt.outcome != MAIL_SENT);
    }
}

/* libcurl compares the bytes it wrote with the size it was told: where no dot was stuffed it may not
 * ask for the message's end. A letter that arrived must not be taken for one that did not. */
static void an_answer_counts_however_the_message_ended(void **state) {
    (void)state;
    for (int dots = 0; dots < 6; dots++) {
        char letter[256] = "Subject: dots\r\n\r\n";
        for (int i = 0; i < dots; i++) {
            strcat(letter, ".line\r\n");
        }
        struct receipt receipt;
        open_office((struct script){0});
        struct mail_route route = office_route();
        post(&route, "reader@people.example", letter, &receipt);
        uv_run(&client.loop, UV_RUN_DEFAULT);
        bool whole = office.whole;
        close_office();
        if (receipt.outcome != MAIL_SENT || !whole) {
            fail_msg("%d dots: outcome %d: %s", dots, (int)receipt.outcome, receipt.error.message);
        }
    }
}

static void one_connection_serves_many(void **state) {
    (void)state;
    struct receipt receipts[5];
    open_office((struct script){0});
    struct mail_route route = office_route();
    for (size_t i = 0; i < 5; i++) {
        post(&route, i == 2 ? "not an address" : "reader@people.example", LETTER, &receipts[i]);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(receipts[i].times, 1);
        assert_int_equal(receipts[i].outcome, i == 2 ? MAIL_REFUSED : MAIL_SENT);
    }
    struct receipt later;
    post(&route, "reader@people.example", LETTER, &later);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(later.outcome, MAIL_SENT);
    close_office();
    assert_int_equal(office.connections, 1);
    assert_int_equal(office.transactions, 5);
}

static void what_cannot_be_sent_is_not(void **state) {
    (void)state;
    static const struct {
        const char *to;
        const char *message;
    } rows[] = {
        {"", LETTER},
        {"nobody", LETTER},
        {"@people.example", LETTER},
        {"a@", LETTER},
        {"a@b.example>\r\nRCPT TO:<c@d.example", LETTER},
        {"a b@c.example", LETTER},
        {"<a@b.example>", LETTER},
        {"a@b.example\x7F", LETTER},
        {"a@b.example", ""},
        {"a@b.example", "Subject: x\n\nbare line feeds\n"},
        {"a@b.example", "Subject: x\r\n\r\nbare\rreturn\r\n"},
        {"a@b.example", "Subject: x\r\n\r\n\n.\r\nMAIL FROM:<x@y.example>\r\n"},
    };
    open_office((struct script){0});
    struct mail_route route = office_route();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct receipt receipt;
        post(&route, rows[i].to, rows[i].message, &receipt);
        assert_int_equal(receipt.times, 0);
        uv_run(&client.loop, UV_RUN_DEFAULT);
        assert_int_equal(receipt.outcome, MAIL_REFUSED);
        assert_int_equal(receipt.error.kind, ERROR_USAGE);
    }
    struct receipt receipt;
    route.hello = SPAN("a b\r\nMAIL");
    post(&route, "a@b.example", LETTER, &receipt);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipt.outcome, MAIL_REFUSED);
    route = office_route();
    route.url = SPAN("file:///etc/passwd");
    post(&route, "a@b.example", LETTER, &receipt);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipt.outcome, MAIL_REFUSED);
    close_office();
    assert_int_equal(office.connections, 0);
}

static void passwords_go_where_they_are_wanted(void **state) {
    (void)state;
    struct receipt receipt;
    for (int wrong = 0; wrong < 2; wrong++) {
        open_office((struct script){.ehlo = "250-office.example\r\n250 AUTH PLAIN",
                                    .auth = wrong ? "535 5.7.8 no" : NULL});
        struct mail_route route = office_route();
        route.username = SPAN("me");
        route.password = SPAN("hunter2");
        post(&route, "reader@people.example", LETTER, &receipt);
        uv_run(&client.loop, UV_RUN_DEFAULT);
        close_office();
        assert_int_equal(receipt.outcome, wrong ? MAIL_LATER : MAIL_SENT);
        assert_non_null(strstr(office.commands, "AUTH PLAIN"));
        assert_null(strstr(receipt.error.message, "hunter2"));
    }
}

static void without_tls_nothing_is_said(void **state) {
    (void)state;
    struct receipt receipt;
    open_office((struct script){0});
    struct mail_route route = office_route();
    route.require_tls = true;
    post(&route, "reader@people.example", LETTER, &receipt);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipt.outcome, MAIL_LATER);
    assert_null(strstr(office.commands, "MAIL"));
    close_office();
}

static void a_connection_serves_one_route(void **state) {
    (void)state;
    struct receipt receipts[4];
    open_office((struct script){.ehlo = "250-office.example\r\n250 AUTH PLAIN"});
    struct mail_route routes[4];
    for (size_t i = 0; i < 4; i++) {
        routes[i] = office_route();
    }
    routes[1].username = SPAN("me");
    routes[1].password = SPAN("hunter2");
    routes[2] = routes[1];
    routes[2].password = SPAN("hunter3");
    routes[3].require_tls = true; /* must not go out on what was opened without */
    for (size_t i = 0; i < 4; i++) {
        post(&routes[i], "reader@people.example", LETTER, &receipts[i]);
    }
    uv_run(&client.loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(receipts[i].outcome, i < 3 ? MAIL_SENT : MAIL_LATER);
    }
    close_office();
    assert_int_equal(office.connections, 4);
    assert_int_equal(office.transactions, 3);
}

static void no_server_is_no_answer(void **state) {
    (void)state;
    struct receipt receipt;
    open_office((struct script){0});
    int port = office.port;
    close_office();
    open_office((struct script){0});
    office.port = port;
    struct mail_route route = office_route();
    post(&route, "reader@people.example", LETTER, &receipt);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipt.outcome, MAIL_LATER);
    assert_int_equal(receipt.code, 0);
    close_office();
}

/* Wherever the server is silent: cancelling one or closing all takes no time, lets no half message
 * through, and the next one goes its way. */
static void silence_is_not_waited_for(void **state) {
    (void)state;
    static const struct script scripts[] = {
        {.greeting = "..."}, {.ehlo = "..."}, {.mail = "..."},
        {.rcpt = "..."},     {.data = "..."}, {.dot = "..."},
    };
    for (size_t i = 0; i < 2 * sizeof scripts / sizeof *scripts; i++) {
        struct receipt receipts[2];
        open_office(scripts[i / 2]);
        struct mail_route route = office_route();
        struct mail_send *first = post(&route, "reader@people.example", LETTER, &receipts[0]);
        post(&route, "other@people.example", LETTER, &receipts[1]);
        client_run_for(&client, 50);
        for (int j = 0; j < 100 && scripts[i / 2].dot != NULL && office.transactions == 0; j++) {
            client_run_for(&client, 50);
        }
        if (i % 2 == 0) {
            mail_cancel(first);
            assert_int_equal(crawler_in_flight(client.crawler), 1);
            client_run_for(&client, 50);
        }
        close_office();
        assert_int_equal(receipts[0].times + receipts[1].times, 0);
        if ((office.transactions > 0) != (scripts[i / 2].dot != NULL)) {
            fail_msg("script %zu: %s", i, office.commands);
        }
    }
}

static void a_cancelled_letter_is_not_cut_short(void **state) {
    (void)state;
    struct receipt receipts[2];
    open_office((struct script){.data = NULL});
    struct mail_route route = office_route();
    struct mail_send *first = post(&route, "reader@people.example", LETTER, &receipts[0]);
    mail_cancel(first);
    post(&route, "other@people.example", LETTER, &receipts[1]);
    uv_run(&client.loop, UV_RUN_DEFAULT);
    assert_int_equal(receipts[0].times, 0);
    assert_int_equal(receipts[1].outcome, MAIL_SENT);
    assert_true(office.whole);
    close_office();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_letter_arrives_as_it_was),
        cmocka_unit_test(the_servers_words_decide),
        cmocka_unit_test(an_answer_counts_however_the_message_ended),
        cmocka_unit_test(one_connection_serves_many),
        cmocka_unit_test(what_cannot_be_sent_is_not),
        cmocka_unit_test(passwords_go_where_they_are_wanted),
        cmocka_unit_test(without_tls_nothing_is_said),
        cmocka_unit_test(a_connection_serves_one_route),
        cmocka_unit_test(no_server_is_no_answer),
        cmocka_unit_test(silence_is_not_waited_for),
        cmocka_unit_test(a_cancelled_letter_is_not_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
