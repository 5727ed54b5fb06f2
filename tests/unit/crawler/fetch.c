/* Fetches against a server that answers rightly and wrongly. */
#include "tests/unit/crawler/client.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"

static const struct server_route routes[] = {
    {.path = "/plain", .text = OK_HEAD "Content-Length: 5\r\n\r\nhello"},
    {0},
};

static void a_page_is_fetched(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    struct answer answer = client_get(&client, "/plain");
    assert_outcome(answer, FETCH_OK, FETCH_REASON_NONE);
    assert_int_equal(answer.status, 200);
    assert_span_equal(answer.body, "hello");
    assert_span_equal(answer.content_type, "text/plain");
    client_close(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_fetched),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
