#include "base/url_parts.h"

#include <unicode/uidna.h>

/* --- IPv4 ------------------------------------------------------------------------------------- */

/* A number as C writes it (10, 0x0A, 012), held at 2^33 where it is bigger. False when it is none.
 */
static bool number_parse(struct span text, uint64_t *value) {
    unsigned base = 10;
    if (span_starts_with_nocase(text, SPAN("0x"))) {
        base = 16;
        text = span_from(text, 2);
    } else if (text.size >= 2 && text.data[0] == '0') {
        base = 8;
        text = span_from(text, 1);
    } else if (text.size == 0) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < text.size; i++) {
        char c = byte_to_lower(text.data[i]);
        unsigned digit = byte_is_digit(c) ? (unsigned)(c - '0') : 36;
        if (c >= 'a' && c <= 'f') {
            digit = (unsigned)(c - 'a') + 10;
        }
        if (digit >= base) {
            return false;
        }
        *value = *value * base + digit;
        if (*value > (uint64_t)1 << 33) {
            *value = (uint64_t)1 << 33;
        }
    }
    return true;
}

static struct span without_final_dot(struct span host) {
    return host.size > 1 && host.data[host.size - 1] == '.' ? span_first(host, host.size - 1)
                                                            : host;
}

/* Whether a host must be an IPv4 address: its last label is a number. */
static bool host_ends_in_number(struct span host) {
    host = without_final_dot(host);
    size_t begin = host.size;
    while (begin > 0 && host.data[begin - 1] != '.') {
        begin--;
    }
    struct span label = span_from(host, begin);
    size_t digits = 0;
    while (digits < label.size && byte_is_digit(label.data[digits])) {
        digits++;
    }
    uint64_t value = 0;
    return (label.size > 0 && digits == label.size) || number_parse(label, &value);
}

static bool ipv4_parse(struct span text, struct arena *arena, struct span *host) {
    struct span rest = without_final_dot(text);
    uint64_t address = 0;
    unsigned count = 0;
    uint64_t last = 0;
    struct span part;
    while (span_split(&rest, '.', &part)) {
        /* All but the last number are one byte each; the last fills what is left. */
        if (count == 4 || (count > 0 && last > 255) || !number_parse(part, &last)) {
            return false;
        }
        address = address << 8 | (last & 0xFF);
        count++;
    }
    unsigned last_bits = 8 * (5 - count);
    if (last >= (uint64_t)1 << last_bits) {
        return false;
    }
    address = (address >> 8) << last_bits | last;
    *host = arena_print(arena, "%u.%u.%u.%u", (unsigned)(address >> 24 & 255),
                        (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
                        (unsigned)(address & 255));
    return true;
}

/* --- IPv6 ------------------------------------------------------------------------------------- */

struct ipv6 {
    uint16_t pieces[8];
    int count;
    int gap; /* index of the piece that "::" stands before; -1 = none */
};

/* The last two pieces written as an IPv4 address. */
static bool ipv6_parse_ipv4(struct span text, struct ipv6 *address) {
    if (address->count > 6) {
        return false;
    }
    unsigned bytes[4];
    for (int i = 0; i < 4; i++) {
        size_t end = span_find_byte(text, '.');
        struct span part = span_first(text, end);
        int64_t value = 0;
        bool last = end == SPAN_NOT_FOUND;
        if (part.size == 0 || part.size > 3 || !byte_is_digit(part.data[0]) ||
            (part.size > 1 && part.data[0] == '0') || !span_to_int64(part, &value) || value > 255 ||
            last != (i == 3)) {
            return false;
        }
        bytes[i] = (unsigned)value;
        text = last ? text : span_from(text, end + 1);
    }
    address->pieces[address->count++] = (uint16_t)(bytes[0] << 8 | bytes[1]);
    address->pieces[address->count++] = (uint16_t)(bytes[2] << 8 | bytes[3]);
    return true;
}

static bool ipv6_parse_pieces(struct span text, struct ipv6 *address) {
    while (text.size > 0) {
        if (address->count == 8) {
            return false;
        }
        if (text.data[0] == ':') { /* the second of "::" */
            if (address->gap >= 0) {
                return false;
            }
            address->gap = address->count;
            text = span_from(text, 1);
            continue;
        }
        size_t end = span_find_byte(text, ':');
        struct span part = span_first(text, end);
        if (end == SPAN_NOT_FOUND && span_find_byte(part, '.') != SPAN_NOT_FOUND) {
            return ipv6_parse_ipv4(part, address);
        }
        char digits[8] = "0x";
        uint64_t value = 0;
        if (part.size > 4) {
            return false;
        }
        memcpy(digits + 2, part.data, part.size);
        if (!number_parse((struct span){digits, part.size + 2}, &value)) {
            return false;
        }
        address->pieces[address->count++] = (uint16_t)value;
        text = span_from(text, part.size);
        if (text.size == 1) { /* a colon must be followed by something */
            return false;
        }
        text = span_from(text, 1);
    }
    return true;
}

/* The longest run of two or more zero pieces; its length in `*length`. */
static int ipv6_longest_zeros(const uint16_t pieces[8], int *length) {
    int best = -1;
    *length = 1;
    for (int i = 0; i < 8; i++) {
        int end = i;
        while (end < 8 && pieces[end] == 0) {
            end++;
        }
        if (end - i > *length) {
            best = i;
            *length = end - i;
        }
        i = end > i ? end : i;
    }
    return best;
}

static struct span ipv6_print(const uint16_t pieces[8], struct arena *arena) {
    int zeros_size = 0;
    int zeros = ipv6_longest_zeros(pieces, &zeros_size);
    struct buffer buffer;
    buffer_init(&buffer, 64);
    buffer_append_byte(&buffer, '[');
    for (int i = 0; i < 8; i++) {
        if (i == zeros) {
            buffer_append_string(&buffer, i == 0 ? "::" : ":");
            i += zeros_size - 1;
            continue;
        }
        buffer_print(&buffer, i < 7 ? "%x:" : "%x", (unsigned)pieces[i]);
    }
    buffer_append_byte(&buffer, ']');
    struct span host = arena_copy(arena, buffer_span(&buffer));
    buffer_done(&buffer);
    return host;
}

/* `text` without its brackets. */
static bool ipv6_parse(struct span text, struct arena *arena, struct span *host) {
    struct ipv6 address = {.gap = -1};
    if (text.size == 0 || (text.data[0] == ':' && !span_starts_with(text, SPAN("::")))) {
        return false;
    }
    /* At the beginning the first colon of "::" has no piece before it. */
    text = text.data[0] == ':' ? span_from(text, 1) : text;
    if (!ipv6_parse_pieces(text, &address)) {
        return false;
    }
    int missing = 8 - address.count;
    if ((address.gap < 0) != (missing == 0)) {
        return false;
    }
    uint16_t pieces[8] = {0};
    for (int i = 0; i < address.count; i++) {
        pieces[address.gap >= 0 && i >= address.gap ? i + missing : i] = address.pieces[i];
    }
    *host = ipv6_print(pieces, arena);
    return true;
}

/* --- Domains ---------------------------------------------------------------------------------- */

/* What the standard forbids in hosts, besides controls in domains. */
#define HOST_FORBIDDEN "\t\n\r #/:<>?@[\\]^|"

static bool host_is_forbidden(struct span host, bool domain) {
    for (size_t i = 0; i < host.size; i++) {
        unsigned char byte = (unsigned char)host.data[i];
        if (byte == 0 || strchr(HOST_FORBIDDEN, byte) != NULL ||
            (domain && (byte < 0x20 || byte == '%' || byte == 0x7F))) {
            return true;
        }
    }
    return false;
}

/* UTS #46 is the identity, but for case, on ASCII without punycode. */
static bool domain_is_plain(struct span domain) {
    for (size_t i = 0; i < domain.size; i++) {
        if ((unsigned char)domain.data[i] >= 0x80) {
            return false;
        }
    }
    return span_find_nocase(domain, SPAN("xn--")) == SPAN_NOT_FOUND;
}

/* Errors of the DNS and of registries, which the URL standard does not ask about. */
#define IDNA_TOLERATED                                                                             \
    (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |     \
     UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4)

static bool domain_to_ascii(struct span domain, struct arena *arena, struct span *ascii) {
    UErrorCode status = U_ZERO_ERROR;
    UIDNA *idna = uidna_openUTS46(
        UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &status);
    if (U_FAILURE(status)) {
        fatal("ICU has no IDNA data: %s", u_errorName(status));
    }
    /* A character becomes at most 18 by mapping and each of these five bytes of punycode. */
    int32_t capacity = (int32_t)domain.size * 90 + 64;
    char *out = arena_allocate(arena, (size_t)capacity);
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    int32_t size = uidna_nameToASCII_UTF8(idna, domain.data, (int32_t)domain.size, out, capacity,
                                          &info, &status);
    uidna_close(idna);
    *ascii = (struct span){out, (size_t)size};
    return U_SUCCESS(status) && (info.errors & ~(uint32_t)IDNA_TOLERATED) == 0;
}

static struct span ascii_to_lower(struct span text, struct arena *arena) {
    char *lower = arena_copy_string(arena, text);
    for (size_t i = 0; i < text.size; i++) {
        lower[i] = byte_to_lower(lower[i]);
    }
    return (struct span){lower, text.size};
}

bool url_host_parse(struct span text, bool special, struct arena *arena, struct span *host) {
    if (text.size > 0 && text.data[0] == '[') {
        return text.data[text.size - 1] == ']' && text.size > 1 &&
               ipv6_parse((struct span){text.data + 1, text.size - 2}, arena, host);
    }
    if (!special) {
        *host = url_percent_encode(text, URL_SET_CONTROL, arena);
        return !host_is_forbidden(text, false);
    }
    struct span domain = url_percent_decode(text, arena);
    if (domain_is_plain(domain)) {
        *host = ascii_to_lower(domain, arena);
    } else if (!domain_to_ascii(domain, arena, host)) {
        return false;
    }
    if (host->size == 0 || host_is_forbidden(*host, true)) {
        return false;
    }
    return !host_ends_in_number(*host) || ipv4_parse(*host, arena, host);
}

bool url_host_is_address(struct span host) {
    return host.size > 0 && (host.data[0] == '[' || host_ends_in_number(host));
}
