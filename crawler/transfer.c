#include "crawler/transfer.h"

#include "crawler/guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

/* Wire bytes are compared with decoded bytes only once a body is past this: a short text may
 * deflate very well by chance. */
#define INFLATE_GRACE MIB

struct transfer {
    struct wire_job job; /* first: found through it */
    struct wire *wire;
    struct transfer_events events;
    struct transfer_answer answer;
    struct arena *arena; /* headers and request strings */
    struct buffer body;
    size_t header_bytes;
    size_t header_capacity;
    struct web_header *headers;
    CURL *easy; /* NULL once it is over */
    struct curl_slist *request_headers;
    char message[CURL_ERROR_SIZE];
    const char *stopped;      /* the ceiling that ended it */
    const char *refused;      /* what the guard called the address it refused */
    char refused_address[64]; /* which one */
    bool connected;           /* the guard let an address pass */
    bool allow_private;
    bool headers_over; /* what comes after is a trailer */
    bool mailbox;
};

/* --- Options ---------------------------------------------------------------------------------- */

static bool is_token_byte(char c) {
    return byte_is_alpha(c) || byte_is_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

bool transfer_header_is_valid(const struct web_header *header) {
    for (size_t i = 0; i < header->name.size; i++) {
        if (!is_token_byte(header->name.data[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < header->value.size; i++) {
        if (memchr("\r\n", header->value.data[i], 3) != NULL) {
            return false;
        }
    }
    return header->name.size > 0;
}

static void add_request_line(struct transfer *transfer, const char *line) {
    struct curl_slist *list = curl_slist_append(transfer->request_headers, line);
    if (list == NULL) {
        fatal("out of memory (a header)");
    }
    transfer->request_headers = list;
}

static void add_request_header(struct transfer *transfer, const struct web_header *header) {
    /* libcurl takes "Name:" as "do not send" and "Name;" as a header without value. */
    struct span name = header->name;
    struct span value = header->value;
    struct span line = value.size == 0 ? arena_print(transfer->arena, "%.*s;", SPAN_ARG(name))
                                       : arena_print(transfer->arena, "%.*s: %.*s", SPAN_ARG(name),
                                                     SPAN_ARG(value));
    add_request_line(transfer, line.data);
}

static const char *address_text(const struct curl_sockaddr *address, char *text, size_t size) {
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    const void *bytes = NULL;
    if (address->family == AF_INET) {
        memcpy(&v4, &address->addr, sizeof v4);
        bytes = &v4.sin_addr;
    } else if (address->family == AF_INET6) {
        memcpy(&v6, &address->addr, sizeof v6);
        bytes = &v6.sin6_addr;
    }
    return bytes == NULL ? "" : inet_ntop(address->family, bytes, text, (socklen_t)size);
}

/* The address is known and nothing has been sent yet: the one place a guard can stand. */
static curl_socket_t on_open(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
    (void)purpose;
    struct transfer *transfer = context;
    transfer->events.on_settled(transfer->events.context);
    const char *refused = transfer->allow_private ? NULL : guard_judge(&address->addr);
    if (refused != NULL) {
        transfer->refused = refused;
        address_text(address, transfer->refused_address, sizeof transfer->refused_address);
        return CURL_SOCKET_BAD;
    }
    transfer->connected = true;
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* Also for a connection that is used again, for which no socket is opened. */
static int on_request_begins(void *context, char *remote, char *local, int remote_port,
                             int local_port) {
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    struct transfer *transfer = context;
    transfer->events.on_settled(transfer->events.context);
    return CURL_PREREQFUNC_OK;
}

/* --- The answer as it arrives ----------------------------------------------------------------- */

static void add_header(struct transfer *transfer, struct span line) {
    size_t colon = span_find_byte(line, ':');
    if (colon == SPAN_NOT_FOUND || colon == 0) {
        return;
    }
    size_t count = transfer->answer.header_count;
    transfer->headers = arena_grow(transfer->arena, transfer->headers, count,
                                   &transfer->header_capacity, sizeof *transfer->headers);
    transfer->headers[count].name = arena_copy(transfer->arena, span_first(line, colon));
    transfer->headers[count].value =
        arena_copy(transfer->arena, span_trim(span_from(line, colon + 1)));
    transfer->answer.headers = transfer->headers;
    transfer->answer.header_count++;
}

/* One line of the head: of an interim answer (1xx), of the final one, or a trailer. */
static size_t on_header(char *data, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    struct span line = {data, size * count};
    transfer->header_bytes += line.size;
    if (transfer->header_bytes > LIMIT_HEADERS ||
        transfer->answer.header_count >= LIMIT_HEADER_COUNT) {
        transfer->stopped = "the headers are too large";
        return 0;
    }
    if (transfer->headers_over) {
        return line.size;
    }
    if (span_starts_with(line, SPAN("HTTP/"))) {
        long status = 0;
        curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
        transfer->answer.status = status > 0 ? (unsigned)status : 0;
        transfer->answer.header_count = 0;
    } else if (span_trim(line).size == 0) {
        transfer->headers_over = transfer->answer.status >= 200;
    } else if (!byte_is_space(line.data[0])) {
        add_header(transfer, line); /* a folded line (obs-fold) is dropped: RFC 9112 5.2 */
    }
    return line.size;
}

/* Decoded bytes arrive here: CURLOPT_MAXFILESIZE sees neither these nor a missing length. */
static size_t on_body(char *data, size_t size, size_t count, void *context) {
    struct transfer *transfer = context;
    struct span piece = {data, size * count};
    curl_off_t wire_bytes = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_DOWNLOAD_T, &wire_bytes);
    size_t decoded = transfer->body.size + piece.size;
    if (decoded > INFLATE_GRACE && decoded / LIMIT_INFLATE_RATIO > (size_t)wire_bytes) {
        transfer->stopped = "the body unpacks to more than 200 times its size";
        return 0;
    }
    if (!buffer_append(&transfer->body, piece)) {
        transfer->stopped = "the body is too large";
        return 0;
    }
    return piece.size;
}

/* --- Its end ---------------------------------------------------------------------------------- */

static const struct {
    CURLcode code;
    enum fetch_reason reason;
} reasons[] = {
    {CURLE_OK, FETCH_REASON_NONE},
    {CURLE_COULDNT_RESOLVE_HOST, FETCH_REASON_DNS},
    {CURLE_COULDNT_RESOLVE_PROXY, FETCH_REASON_DNS},
    {CURLE_COULDNT_CONNECT, FETCH_REASON_CONNECT},
    {CURLE_SEND_ERROR, FETCH_REASON_CONNECT},
    {CURLE_PROXY, FETCH_REASON_CONNECT},
    {CURLE_OPERATION_TIMEDOUT, FETCH_REASON_TIMEOUT},
    {CURLE_LOGIN_DENIED, FETCH_REASON_STATUS},
    {CURLE_SSL_CONNECT_ERROR, FETCH_REASON_TLS},
    {CURLE_USE_SSL_FAILED, FETCH_REASON_TLS},
    {CURLE_SSL_CERTPROBLEM, FETCH_REASON_TLS},
    {CURLE_SSL_CIPHER, FETCH_REASON_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, FETCH_REASON_TLS},
    {CURLE_SSL_CACERT_BADFILE, FETCH_REASON_TLS},
    {CURLE_SSL_ISSUER_ERROR, FETCH_REASON_TLS},
    {CURLE_SSL_INVALIDCERTSTATUS, FETCH_REASON_TLS},
};

/* Everything not in the table broke off after the connection stood: the answer is not whole. */
static enum fetch_reason reason_of(CURLcode code) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (reasons[i].code == code) {
            return reasons[i].reason;
        }
    }
    return FETCH_REASON_BODY;
}

static void judge_end(struct transfer *transfer, CURLcode code) {
    struct transfer_answer *answer = &transfer->answer;
    answer->body = buffer_span(&transfer->body);
    answer->reason = reason_of(code);
    if (transfer->stopped != NULL) {
        answer->reason = FETCH_REASON_LIMIT;
        error_set(&answer->error, ERROR_LIMIT, "%s", transfer->stopped);
    } else if (code == CURLE_COULDNT_CONNECT && transfer->refused != NULL && !transfer->connected) {
        answer->reason = FETCH_REASON_GUARD;
        error_set(&answer->error, ERROR_REFUSED,
                  "its address %s is %s; a source may set allow_private", transfer->refused_address,
                  transfer->refused);
    } else if (code != CURLE_OK) {
        const char *detail =
            transfer->message[0] != '\0' ? transfer->message : curl_easy_strerror(code);
        error_set(&answer->error, ERROR_NETWORK, "%s", detail);
        answer->error.code = (int)code;
    }
}

static void release(struct transfer *transfer) {
    wire_take(transfer->wire, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->request_headers);
    transfer->easy = NULL;
    transfer->request_headers = NULL;
}

static void on_wire_done(struct wire_job *job, CURLcode code) {
    struct transfer *transfer = (struct transfer *)(void *)job;
    judge_end(transfer, code);
    if (!transfer->mailbox || code != CURLE_OK) {
        release(transfer);
    }
    transfer->events.on_done(transfer->events.context);
}

/* --- Its start -------------------------------------------------------------------------------- */

static void set_safety(struct transfer *transfer, const struct transfer_setup *setup,
                       const struct transfer_request *request) {
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, request->mailbox ? "imap,imaps" : "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, setup->proxy);
    curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    /* With a CA directory beside the bundle libcurl parses the bundle anew for every connection. */
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    if (setup->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, setup->ca_file);
    }
    if (request->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    /* Else ending a transfer waits for its name lookup, and the loop with it. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)setup->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)setup->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->message);
    /* The address of a proxy is the user's own choice; the target's is out of sight behind it. */
    transfer->allow_private = request->allow_private || setup->proxy[0] != '\0';
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request_begins);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
}

static void set_answer(struct transfer *transfer) {
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, ""); /* all that libcurl can unpack */
    curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
}

static void set_target(CURL *easy, const struct target *target) {
    curl_easy_setopt(easy, CURLOPT_URL, target->url.data);
    if (target->username.size > 0) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, target->username.data);
        curl_easy_setopt(easy, CURLOPT_PASSWORD,
                         target->password.size > 0 ? target->password.data : "");
    }
}

/* In clear text a password goes only where the user said that the server is one of his own. */
static void set_mailbox(struct transfer *transfer, const struct transfer_request *request) {
    CURL *easy = transfer->easy;
    struct span bearer = SPAN("Bearer ");
    struct span login = web_header_find(request->headers, request->header_count, "Authorization");
    if (span_starts_with_nocase(login, bearer)) {
        struct span token = arena_copy(transfer->arena, span_from(login, bearer.size));
        curl_easy_setopt(easy, CURLOPT_XOAUTH2_BEARER, token.data);
    }
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     (long)(request->allow_private ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    curl_easy_setopt(easy, CURLOPT_CONNECT_ONLY, 1L);
}

static void set_request(struct transfer *transfer, const struct transfer_request *request) {
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, request->multiplex ? 1L : 0L);
    if (span_equal(request->method, SPAN("HEAD"))) {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    } else if (span_equal(request->method, SPAN("POST"))) {
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
                         request->body.size > 0 ? request->body.data : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.size);
        add_request_line(transfer, "Expect:"); /* no pause before the body */
    }
    for (size_t i = 0; i < request->header_count; i++) {
        add_request_header(transfer, &request->headers[i]);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->request_headers);
}

struct transfer *transfer_start(struct wire *wire, const struct transfer_setup *setup,
                                const struct transfer_request *request,
                                const struct transfer_events *events) {
    struct transfer *transfer = NEW(struct transfer);
    *transfer = (struct transfer){
        .job.on_done = on_wire_done,
        .wire = wire,
        .events = *events,
        .arena = arena_create(),
        .easy = curl_easy_init(),
        .mailbox = request->mailbox,
    };
    if (transfer->easy == NULL) {
        fatal("out of memory (a transfer)");
    }
    buffer_init(&transfer->body, request->max_body);
    set_safety(transfer, setup, request);
    set_target(transfer->easy, request->target);
    if (request->mailbox) {
        set_mailbox(transfer, request);
    } else {
        set_answer(transfer);
        set_request(transfer, request);
    }
    curl_easy_setopt(transfer->easy, CURLOPT_USERAGENT, setup->user_agent);
    wire_add(wire, transfer->easy, &transfer->job);
    return transfer;
}

const struct transfer_answer *transfer_answer(const struct transfer *transfer) {
    return &transfer->answer;
}

CURL *transfer_connection(const struct transfer *transfer) {
    return transfer->easy;
}

void transfer_free(struct transfer *transfer) {
    if (transfer == NULL) {
        return;
    }
    if (transfer->easy != NULL) {
        release(transfer);
    }
    buffer_done(&transfer->body);
    arena_free(transfer->arena);
    free(transfer);
}
