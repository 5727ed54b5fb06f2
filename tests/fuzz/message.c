/* Any bytes as a mail, and as what a mail server said: what comes out keeps the item's promises. */
#include "parsers/message.h"
#include "base/charset.h"
#include "crawler/imap.h"
#include "parsers/mailbox.h"
#include "parsers/message_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(struct span text, size_t limit) {
    if (text.size > limit || !charset_is_utf8(text) ||
        (text.size > 0 && memchr(text.data, '\0', text.size) != NULL)) {
        fatal("an item's text is too long, no UTF-8, or holds a NUL");
    }
}

static void check_message(struct span bytes, struct arena *arena) {
    struct item item;
    enum message_kind kind;
    if (message_parse(bytes, DATE_NONE, arena, &item, &kind, NULL)) {
        check_text(item.id, LIMIT_FIELD);
        check_text(item.parent, LIMIT_FIELD);
        check_text(item.title, LIMIT_TITLE);
        check_text(item.text, LIMIT_TEXT);
        check_text(item.author, LIMIT_FIELD);
        if (span_find_byte(item.author, '@') != SPAN_NOT_FOUND) {
            fatal("an author's name holds an address");
        }
    }
}

/* The crawler and the parser must agree where a reply ends. */
static void check_replies(struct span rest, struct arena *arena) {
    struct imap_uids uids = {0};
    size_t size = imap_reply_size(rest, MIB);
    struct span reply;
    while (size != 0 && size != SPAN_NOT_FOUND && mailbox_reply(&rest, &reply)) {
        struct mailbox_message message;
        if (reply.size != size) {
            fatal("a reply of %zu bytes is read as one of %zu", size, reply.size);
        }
        imap_reply_found(reply, arena, &uids);
        if (mailbox_message(reply, &message)) {
            check_message(message.bytes, arena);
        }
        size = imap_reply_size(rest, MIB);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_create();
    struct span bytes = {(const char *)data, size};
    message_library_start();
    if (size > 2 && data[0] == '*') {
        check_replies(bytes, arena);
    } else {
        check_message(bytes, arena);
        (void)message_own_words(bytes, arena);
        (void)message_unflow(bytes, size % 2 == 0, arena);
        (void)message_unquote_html(bytes, arena);
    }
    arena_free(arena);
    return 0;
}
