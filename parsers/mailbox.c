#include "parsers/mailbox.h"

#include "base/url.h"
#include "base/url_parts.h"

/* --- Replies ---------------------------------------------------------------------------------- */

/* "{42}" at the end of a line: so many bytes follow it. As crawler/imap.c reads it, "{42+}" too. */
static bool literal_announced(struct span line, size_t *size) {
    int64_t value = 0;
    size_t open = line.size;
    if (span_ends_with(line, SPAN("\r"))) {
        line.size--;
    }
    if (!span_ends_with(line, SPAN("}"))) {
        return false;
    }
    for (open = line.size - 1; open > 0 && line.data[open] != '{'; open--) {
    }
    struct span digits = span_first(span_from(line, open + 1), line.size - open - 2);
    if (span_ends_with(digits, SPAN("+"))) {
        digits.size--;
    }
    bool good = digits.size > 0 && byte_is_digit(digits.data[0]) && span_to_int64(digits, &value);
    *size = good ? (size_t)value : 0;
    return good;
}

bool mailbox_reply(struct span *rest, struct span *reply) {
    size_t at = 0;
    bool more = rest->size > 0;
    if (!more) {
        return false;
    }
    while (more) {
        struct span line = span_from(*rest, at);
        size_t end = span_find_byte(line, '\n');
        size_t literal = 0;
        line = span_first(line, end);
        at += end == SPAN_NOT_FOUND ? line.size : end + 1;
        more = end != SPAN_NOT_FOUND && literal_announced(line, &literal);
        at += literal < rest->size - at ? literal : rest->size - at;
    }
    *reply = span_first(*rest, at);
    *rest = span_from(*rest, at);
    return true;
}

/* Takes one value off the front: "quoted", {n} literal, (list), or a word. */
static struct span value_take(struct span *rest) {
    struct span text = *rest;
    size_t size = 0;
    size_t end = span_find_byte(text, '\n');
    if (span_starts_with(text, SPAN("{")) && end != SPAN_NOT_FOUND &&
        literal_announced(span_first(text, end), &size)) {
        *rest = span_from(text, size < text.size - end - 1 ? end + 1 + size : text.size);
        return span_first(span_from(text, end + 1), size);
    }
    if (span_starts_with(text, SPAN("\""))) {
        for (size = 1; size < text.size && text.data[size] != '"'; size++) {
            size += text.data[size] == '\\';
        }
        *rest = span_from(text, size + 1);
        return span_first(span_from(text, 1), size - 1);
    }
    char until = span_starts_with(text, SPAN("(")) ? ')' : ' ';
    while (size < text.size && text.data[size] != until &&
           (until == ')' || (text.data[size] != ')' && text.data[size] != '\r'))) {
        size++;
    }
    size += until == ')' && size < text.size;
    *rest = span_from(text, size);
    return span_first(text, size);
}

/* "03-Nov-2026 10:11:12 +0100", the day maybe with a space before it. */
static int64_t received_of(struct span text) {
    char plain[40];
    int64_t ms = DATE_NONE;
    text = span_trim(text);
    if (text.size >= sizeof plain) {
        return DATE_NONE;
    }
    for (size_t i = 0; i < text.size; i++) {
        bool dash = text.data[i] == '-' && i < 8;
        plain[i] = dash ? ' ' : text.data[i];
    }
    return date_parse_any((struct span){plain, text.size}, DATE_NONE, &ms) ? ms : DATE_NONE;
}

static uint32_t number_of(struct span text) {
    int64_t value = 0;
    bool good = span_to_int64(text, &value) && value > 0 && value <= UINT32_MAX;
    return good ? (uint32_t)value : 0;
}

/* Behind "* 12 FETCH (", or an empty span. */
static struct span fetch_data(struct span reply) {
    static const struct span mark = {" FETCH (", sizeof " FETCH (" - 1};
    size_t at = span_find_nocase(span_first(reply, 32), mark);
    bool numbered = span_starts_with(reply, SPAN("* ")) && reply.size > 2 &&
                    byte_is_digit(reply.data[2]) && at != SPAN_NOT_FOUND;
    return numbered ? span_from(reply, at + mark.size) : (struct span){NULL, 0};
}

bool mailbox_message(struct span reply, struct mailbox_message *message) {
    struct span rest = fetch_data(reply);
    *message = (struct mailbox_message){.received_ms = DATE_NONE};
    while (rest.size > 0 && rest.data[0] != ')') {
        size_t before = rest.size;
        size_t space = span_find_byte(rest, ' ');
        struct span name = span_first(rest, space);
        rest = span_from(rest, space == SPAN_NOT_FOUND ? rest.size : space + 1);
        struct span value = value_take(&rest);
        if (span_equal_nocase(name, SPAN("UID"))) {
            message->uid = number_of(value);
        } else if (span_equal_nocase(name, SPAN("INTERNALDATE"))) {
            message->received_ms = received_of(value);
        } else if (span_starts_with_nocase(name, SPAN("BODY["))) {
            message->bytes = value;
        }
        while (rest.size > 0 && byte_is_space(rest.data[0])) {
            rest = span_from(rest, 1);
        }
        if (rest.size == before) {
            break; /* nothing was taken: no list of ours */
        }
    }
    return message->uid != 0 && message->bytes.size > 0;
}

/* --- Asking ----------------------------------------------------------------------------------- */

static struct span param_value(const struct poll *poll, struct span name) {
    for (size_t i = 0; i < poll->recipe->info.param_count; i++) {
        if (span_equal(poll->params[i].name, name)) {
            return poll->params[i].value;
        }
    }
    return (struct span){NULL, 0};
}

/* "SINCE 3-Nov-2026": by the day, so that the first one may bring more than was asked for. */
static struct span since_words(const struct poll *poll) {
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int64_t since_ms = poll->mailbox.since_ms;
    if (since_ms == DATE_NONE) {
        return (struct span){NULL, 0};
    }
    struct date date = date_from_ms(since_ms - DAY_MS); /* the server's day may be another */
    return arena_print(poll->arena, "SINCE %d-%s-%04d", date.day, months[date.month - 1],
                       date.year);
}

/* What is searched for: everything behind the last message known, and what the address itself says.
 * "n:*" would find the last message even if it is older than n. */
static struct span search_words(const struct poll *poll, struct span own) {
    struct span words[3];
    size_t count = 0;
    if (poll->mailbox.uid > 0) {
        words[count++] =
            arena_print(poll->arena, "UID %lld:4294967295", (long long)poll->mailbox.uid + 1);
    }
    words[count] = since_words(poll);
    count += words[count].size > 0;
    words[count] = own;
    count += own.size > 0;
    return count == 0 ? SPAN("ALL") : arena_join(poll->arena, words, count, " ");
}

struct span mailbox_request_url(struct poll *poll, struct span text) {
    struct arena *arena = poll->arena;
    struct url url;
    if (!url_parse(text, NULL, arena, &url)) {
        return text; /* the crawler says what is wrong with it */
    }
    struct span own = url_percent_decode(url.query, arena);
    url.username =
        url_percent_encode(param_value(poll, SPAN("username")), URL_SET_USERINFO "%", arena);
    if (poll->recipe->login == NULL) { /* else the key is what a token is asked for with */
        url.password = url_percent_encode(poll->options.key, URL_SET_USERINFO "%", arena);
    }
    url.query = url_percent_encode(search_words(poll, own), URL_SET_QUERY "%", arena);
    if (poll->mailbox.validity > 0) {
        url.path = arena_print(arena, "%.*s;UIDVALIDITY=%lld", SPAN_ARG(url.path),
                               (long long)poll->mailbox.validity);
    }
    return url_print(&url, arena);
}

/* --- Understanding ---------------------------------------------------------------------------- */

/* The mailbox's UIDVALIDITY, which the server says before all else. */
static int64_t validity_of(struct span body) {
    static const struct span mark = {"* OK [UIDVALIDITY ", sizeof "* OK [UIDVALIDITY " - 1};
    if (!span_starts_with_nocase(body, mark)) {
        return 0;
    }
    struct span rest = span_from(body, mark.size);
    return number_of(span_first(rest, span_find_byte(rest, ']')));
}

static void take_message(struct poll *poll, const struct mailbox_message *message,
                         struct items *items) {
    struct item item;
    enum message_kind kind;
    bool read =
        message_parse(message->bytes, message->received_ms, items->arena, &item, &kind, NULL);
    if (!read || kind != MESSAGE_PERSONAL) {
        poll->report.left_out++;
    } else if (poll->options.since_ms != DATE_NONE && item.published_ms < poll->mailbox.since_ms) {
        poll->report.old_items++;
    } else {
        *items_add(items) = item;
        poll->report.items++;
    }
}

static void take_messages(struct poll *poll, struct span body, struct items *items) {
    struct span reply;
    int64_t known = poll->mailbox.uid;
    while (mailbox_reply(&body, &reply)) {
        struct mailbox_message message;
        if (mailbox_message(reply, &message) && message.uid > known) {
            take_message(poll, &message, items);
            poll->mailbox.uid = message.uid > poll->mailbox.uid ? message.uid : poll->mailbox.uid;
        }
    }
}

/* Messages that were found and not fetched. */
static int64_t messages_left(const struct web_response *response) {
    int64_t left = 0;
    struct span said = web_header_find(response->headers, response->header_count, "Messages-Left");
    return span_to_int64(said, &left) && left > 0 ? left : 0;
}

/* All that was found is here, or cannot be had now: a message that is left may be gone. */
static void visit_finish(struct poll *poll, bool left) {
    poll->report.walked = true;
    poll->report.complete = !left;
    poll->report.more_soon = left;
    poll->from_ms = poll->mailbox.since_ms;
}

bool mailbox_take(struct poll *poll, const struct web_response *response, struct items *items,
                  struct error *error) {
    struct mailbox_mark *mark = &poll->mailbox;
    int64_t validity = validity_of(response->body);
    if (validity == 0) {
        return error_set(error, ERROR_INPUT, "the mailbox does not say its UIDVALIDITY");
    }
    poll->report.pages++;
    if (mark->validity != 0 && mark->validity != validity) {
        /* Another mailbox by the same name, or one that was rebuilt: its numbers mean nothing. What
         * is known already is known by its Message-ID. */
        *mark = (struct mailbox_mark){.validity = validity, .since_ms = poll->options.since_ms};
        return true;
    }
    int64_t before = mark->uid;
    mark->validity = validity;
    take_messages(poll, response->body, items);
    bool left = messages_left(response) > 0;
    if (!left || mark->uid == before) {
        visit_finish(poll, left);
    }
    return true;
}
