/* Mail from any text: what goes out is one message, of ASCII, in lines that end in CRLF, with the
 * headers we wrote and no other. */
#include "report/mime.h"

#include "base/limits.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HEADERS 12

static void check(bool right) {
    if (!right) {
        abort();
    }
}

static void check_wire(struct span mail) {
    size_t headers = 0;
    bool in_head = true;
    struct span line;
    while (mail.size > 0 && span_split(&mail, '\n', &line)) {
        check(line.size > 0 && line.size <= 79 && line.data[line.size - 1] == '\r');
        for (size_t i = 0; i + 1 < line.size; i++) {
            check((line.data[i] >= ' ' && line.data[i] <= '~') || line.data[i] == '\t');
        }
        in_head = in_head && line.size > 1;
        headers += in_head && line.data[0] != ' ' ? 1 : 0;
        if (mail.size == 0) {
            break;
        }
    }
    check(headers == HEADERS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span all = {(const char *)data, size > 4096 ? 4096 : size};
    struct span head = span_first(all, all.size / 2);
    struct span body = span_from(all, all.size / 2);
    struct mime_message message = {.date_ms = 1782864000000,
                                   .from_name = head,
                                   .from = SPAN("earshot@example.com"),
                                   .to_name = body,
                                   .to = SPAN("ada@example.com"),
                                   .subject = head,
                                   .message_id = SPAN("id@example.com"),
                                   .thread = SPAN("root@example.com"),
                                   .list_name = head,
                                   .list_id = SPAN("list.example.com"),
                                   .text = all,
                                   .html = body.size == 0 ? SPAN("x") : body};
    struct buffer out;
    struct error error = {0};
    buffer_init(&out, LIMIT_MAIL);
    if (mime_print(&out, &message, &error)) {
        check_wire(buffer_span(&out));
    }
    message.to = head;
    buffer_clear(&out);
    (void)mime_print(&out, &message, &error);
    buffer_done(&out);
    return 0;
}
