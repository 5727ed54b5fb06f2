/* TLS, proxies and the environment: whom the crawler believes. The TLS server is openssl's own. */
#include "tests/unit/crawler/client.h"

#include "crawler/trust.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <sys/wait.h>

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

static const struct web_peer_route routes[] = {
    {.path = "/page", .text = OK},
    {.path = "http://shop.example/page", .text = OK},
    {.path = "http://10.0.0.1/page", .text = OK},
    {.path = "http://shop.example/away",
     .text = "HTTP/1.1 302 Found\r\nLocation: http://192.168.1.1/\r\nContent-Length: 0\r\n\r\n"},
    {0},
};

static char folder[] = "/tmp/earshot-trust-XXXXXX";
static int tls_port;
static pid_t tls_server;

static bool tls_answers(void) {
    for (int i = 0; i < 100; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in name = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)tls_port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        bool open = connect(fd, (struct sockaddr *)&name, sizeof name) == 0;
        close(fd);
        if (open) {
            return true;
        }
        poll(NULL, 0, 50);
    }
    return false;
}

static int free_port(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    bind(fd, (struct sockaddr *)&name, sizeof name);
    getsockname(fd, (struct sockaddr *)&name, &size);
    close(fd);
    return ntohs(name.sin_port);
}

/* A certificate for "localhost" that nobody has signed but itself. */
static int start_tls(void **state) {
    (void)state;
    assert_non_null(mkdtemp(folder));
    char command[1024];
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
             "subjectAltName=DNS:localhost -keyout %s/key.pem -out %s/cert.pem 2>/dev/null",
             folder, folder);
    if (system(command) != 0) {
        print_message("openssl is not there: TLS is not tested\n");
        return 0;
    }
    tls_port = free_port();
    tls_server = fork();
    if (tls_server == 0) {
        char port[10];
        snprintf(port, sizeof port, "%d", tls_port);
        int null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        if (chdir(folder) == 0) {
            execlp("openssl", "openssl", "s_server", "-accept", port, "-key", "key.pem", "-cert",
                   "cert.pem", "-www", (char *)NULL);
        }
        _exit(127);
    }
    return tls_answers() ? 0 : -1;
}

static int stop_tls(void **state) {
    (void)state;
    if (tls_server > 0) {
        kill(tls_server, SIGKILL);
        waitpid(tls_server, NULL, 0);
    }
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command);
}

static struct answer ask_tls(const char *host, bool insecure, bool trusting) {
    struct crawler_options options = client_options();
    struct client client;
    char path[64];
    snprintf(path, sizeof path, "%s/cert.pem", folder);
    options.ca_file = trusting ? span_of(path) : (struct span){NULL, 0};
    client_open_with(&client, routes, &options);
    client.options.insecure = insecure;
    struct web_request request = {.url =
                                      arena_print(client.arena, "https://%s:%d/", host, tls_port)};
    struct answer answer = client_ask(&client, &request);
    client_close(&client);
    return answer;
}

static void certificates_are_checked(void **state) {
    (void)state;
    if (tls_server <= 0) {
        skip();
    }
    assert_outcome(ask_tls("localhost", false, false), FETCH_FAILED, FETCH_REASON_TLS);
    assert_outcome(ask_tls("localhost", false, true), FETCH_OK, FETCH_REASON_NONE);
    assert_outcome(ask_tls("127.0.0.1", false, true), FETCH_FAILED, FETCH_REASON_TLS);
    assert_outcome(ask_tls("127.0.0.1", true, false), FETCH_OK, FETCH_REASON_NONE);
}

static size_t count_certificates(const char *path) {
    char line[4096];
    size_t count = 0;
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        count += strstr(line, "BEGIN CERTIFICATE") != NULL;
    }
    if (file != NULL) {
        fclose(file);
    }
    return count;
}

static void trust_is_added_not_replaced(void **state) {
    (void)state;
    char path[64];
    snprintf(path, sizeof path, "%s/extra.pem", folder);
    FILE *extra = fopen(path, "w");
    fputs("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----", extra);
    fclose(extra);
    struct trust *trust = trust_open(span_of(path));
    size_t system = count_certificates(curl_version_info(CURLVERSION_NOW)->cainfo);
    assert_int_equal(count_certificates(trust_path(trust)), system + 1);
    trust_close(trust);
    trust = trust_open(SPAN("/not/there.pem"));
    assert_string_equal(trust_path(trust), "/not/there.pem");
    trust_close(trust);
    trust = trust_open((struct span){NULL, 0});
    assert_null(trust_path(trust));
    trust_close(trust);
}

/* What an insecure source opened, another may not use. */
static void an_unchecked_connection_is_not_lent(void **state) {
    (void)state;
    if (tls_server <= 0) {
        skip();
    }
    struct client client;
    client_open(&client, routes);
    struct web_request request = {.url =
                                      arena_print(client.arena, "https://localhost:%d/", tls_port)};
    client.options.insecure = true;
    assert_outcome(client_ask(&client, &request), FETCH_OK, FETCH_REASON_NONE);
    client.options.insecure = false;
    assert_outcome(client_ask(&client, &request), FETCH_FAILED, FETCH_REASON_TLS);
    client_close(&client);
}

static struct answer ask(struct client *client, const char *url) {
    struct web_request request = {.url = span_of(url)};
    return client_ask(client, &request);
}

static void the_environment_names_no_proxy(void **state) {
    (void)state;
    struct client client;
    setenv("http_proxy", "http://127.0.0.1:9/", 1);
    setenv("all_proxy", "http://127.0.0.1:9/", 1);
    client_open(&client, routes);
    assert_outcome(client_get(&client, "/page"), FETCH_OK, FETCH_REASON_NONE);
    client_close(&client);
    unsetenv("http_proxy");
    unsetenv("all_proxy");
}

/* Behind a proxy the guard sees no addresses, but still those that stand in URLs. */
static void a_proxy_is_used_when_configured(void **state) {
    (void)state;
    struct crawler_options options = client_options();
    struct client client;
    char proxy[64];
    struct web_peer server;
    setenv("no_proxy", "*", 1);
    web_peer_start(&server, routes);
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", server.port);
    options.proxy = span_of(proxy);
    client_open_with(&client, routes, &options);
    client.options.allow_private = false;
    assert_outcome(ask(&client, "http://shop.example/page"), FETCH_OK, FETCH_REASON_NONE);
    assert_outcome(ask(&client, "http://10.0.0.1/page"), FETCH_REFUSED, FETCH_REASON_GUARD);
    assert_outcome(ask(&client, "http://0x7f.1/page"), FETCH_REFUSED, FETCH_REASON_GUARD);
    assert_outcome(ask(&client, "http://shop.example/away"), FETCH_REFUSED, FETCH_REASON_GUARD);
    client_close(&client);
    assert_int_equal(web_peer_count(&server, NULL), 2);
    web_peer_stop(&server);
    unsetenv("no_proxy");
}

static void ports_of_other_protocols_are_refused(void **state) {
    (void)state;
    struct client client;
    client_open(&client, routes);
    assert_outcome(ask(&client, "http://127.0.0.1:25/"), FETCH_REFUSED, FETCH_REASON_GUARD);
    assert_outcome(ask(&client, "http://127.0.0.1:6667/"), FETCH_REFUSED, FETCH_REASON_GUARD);
    client_close(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_checked),
        cmocka_unit_test(trust_is_added_not_replaced),
        cmocka_unit_test(an_unchecked_connection_is_not_lent),
        cmocka_unit_test(the_environment_names_no_proxy),
        cmocka_unit_test(a_proxy_is_used_when_configured),
        cmocka_unit_test(ports_of_other_protocols_are_refused),
    };
    return cmocka_run_group_tests(tests, start_tls, stop_tls);
}
