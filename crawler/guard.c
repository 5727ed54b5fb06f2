#include "crawler/guard.h"

#include "crawler/crawler.h"
#include "crawler/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* The IANA special-purpose registries (RFC 6890 and its updates). Prefixes that only wrap an IPv4
 * address (mapped, compatible, NAT64, 6to4, Teredo) are refused whole: what they wrap is for the
 * network to say, and no public site needs to be reached through them. */
struct guard_range {
    const char *name;
    int family;
    unsigned bits;
    unsigned char prefix[16];
};

static const struct guard_range ranges[] = {
    {"unspecified", AF_INET, 8, {0}},
    {"private", AF_INET, 8, {10}},
    {"carrier-grade NAT", AF_INET, 10, {100, 64}},
    {"loopback", AF_INET, 8, {127}},
    {"link-local", AF_INET, 16, {169, 254}},
    {"private", AF_INET, 12, {172, 16}},
    {"protocol assignments", AF_INET, 24, {192, 0, 0}},
    {"documentation", AF_INET, 24, {192, 0, 2}},
    {"6to4 relay", AF_INET, 24, {192, 88, 99}},
    {"private", AF_INET, 16, {192, 168}},
    {"benchmarking", AF_INET, 15, {198, 18}},
    {"documentation", AF_INET, 24, {198, 51, 100}},
    {"documentation", AF_INET, 24, {203, 0, 113}},
    {"multicast", AF_INET, 4, {224}},
    {"reserved", AF_INET, 4, {240}},
    {"loopback", AF_INET6, 128, {[15] = 1}},
    {"unspecified or IPv4-compatible", AF_INET6, 96, {0}},
    {"IPv4-mapped", AF_INET6, 96, {[10] = 0xFF, [11] = 0xFF}},
    {"IPv4-translated", AF_INET6, 96, {[8] = 0xFF, [9] = 0xFF}},
    {"NAT64", AF_INET6, 96, {0x00, 0x64, 0xFF, 0x9B}},
    {"NAT64", AF_INET6, 48, {0x00, 0x64, 0xFF, 0x9B, 0x00, 0x01}},
    {"discard", AF_INET6, 64, {0x01}},
    {"Teredo or protocol assignments", AF_INET6, 23, {0x20, 0x01}},
    {"documentation", AF_INET6, 32, {0x20, 0x01, 0x0D, 0xB8}},
    {"6to4", AF_INET6, 16, {0x20, 0x02}},
    {"documentation", AF_INET6, 20, {0x3F, 0xFF}},
    {"unique local", AF_INET6, 7, {0xFC}},
    {"link-local", AF_INET6, 10, {0xFE, 0x80}},
    {"site-local", AF_INET6, 10, {0xFE, 0xC0}},
    {"multicast", AF_INET6, 8, {0xFF}},
};

static bool bits_equal(const unsigned char *a, const unsigned char *b, unsigned bits) {
    if (memcmp(a, b, bits / 8) != 0) {
        return false;
    }
    unsigned mask = 0xFFU << (8 - bits % 8) & 0xFFU;
    return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) & mask) == 0;
}

static const char *judge_bytes(int family, const unsigned char *bytes) {
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (ranges[i].family == family && bits_equal(bytes, ranges[i].prefix, ranges[i].bits)) {
            return ranges[i].name;
        }
    }
    /* Global unicast is 2000::/3; the rest of IPv6 is not handed out. */
    return family == AF_INET6 && (bytes[0] & 0xE0) != 0x20 ? "reserved" : NULL;
}

const char *guard_judge(const struct sockaddr *address) {
    unsigned char bytes[16];
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        memcpy(bytes, &v4.sin_addr, 4);
        return judge_bytes(AF_INET, bytes);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, address, sizeof v6);
        memcpy(bytes, &v6.sin6_addr, 16);
        return judge_bytes(AF_INET6, bytes);
    }
    return "neither IPv4 nor IPv6";
}

/* One part of an IPv4 spelling: decimal, 0 octal, 0x hexadecimal. */
static bool part_parse(struct span part, uint64_t *value) {
    unsigned base = 10;
    if (span_starts_with_nocase(part, SPAN("0x"))) {
        base = 16;
        part = span_from(part, 2);
    } else if (part.size > 1 && part.data[0] == '0') {
        base = 8;
    } else if (part.size == 0) {
        return false;
    }
    *value = 0;
    for (size_t i = 0; i < part.size; i++) {
        char c = byte_to_lower(part.data[i]);
        unsigned digit = byte_is_digit(c)         ? (unsigned)(c - '0')
                         : (c >= 'a' && c <= 'f') ? (unsigned)(c - 'a') + 10
                                                  : 99;
        if (digit >= base || *value > UINT32_MAX) {
            return false;
        }
        *value = *value * base + digit;
    }
    return true;
}

/* "1", "1.2", "1.2.3", "1.2.3.4": the last part fills what the others leave. */
static bool v4_parse(struct span text, unsigned char bytes[4]) {
    uint64_t parts[4];
    size_t count = 0;
    struct span part;
    while (span_split(&text, '.', &part)) {
        if (count == 4 || !part_parse(part, &parts[count++])) {
            return false;
        }
    }
    uint64_t address = parts[count - 1];
    if (address >> (8 * (5 - count)) != 0) {
        return false;
    }
    for (size_t i = 0; i + 1 < count; i++) {
        if (parts[i] > 255) {
            return false;
        }
        address |= parts[i] << (8 * (3 - i));
    }
    for (size_t i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(address >> (8 * (3 - i)));
    }
    return true;
}

static bool v6_parse(struct span text, unsigned char bytes[16]) {
    if (text.size >= 2 && text.data[0] == '[' && text.data[text.size - 1] == ']') {
        text = (struct span){text.data + 1, text.size - 2};
    }
    size_t zone = span_find_byte(text, '%');
    text = span_first(text, zone == SPAN_NOT_FOUND ? text.size : zone);
    char copy[INET6_ADDRSTRLEN];
    if (text.size >= sizeof copy) {
        return false;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return inet_pton(AF_INET6, copy, bytes) == 1;
}

/* The URL standard's "ends in a number": such a host is an IPv4 address or nothing. */
static bool ends_in_number(struct span host) {
    size_t begin = host.size;
    while (begin > 0 && host.data[begin - 1] != '.') {
        begin--;
    }
    struct span last = span_from(host, begin);
    uint64_t ignored;
    bool digits = last.size > 0;
    for (size_t i = 0; i < last.size; i++) {
        digits = digits && byte_is_digit(last.data[i]);
    }
    return digits || (span_starts_with_nocase(last, SPAN("0x")) && part_parse(last, &ignored));
}

enum guard_host guard_judge_host(struct span host) {
    unsigned char bytes[16];
    if (host.size == 0) {
        return GUARD_HOST_REFUSED;
    }
    if (span_find_byte(host, ':') != SPAN_NOT_FOUND) {
        bool public = v6_parse(host, bytes) && judge_bytes(AF_INET6, bytes) == NULL;
        return public ? GUARD_HOST_PUBLIC : GUARD_HOST_REFUSED;
    }
    if (host.data[host.size - 1] == '.') {
        host.size--;
    }
    if (!ends_in_number(host)) {
        return GUARD_HOST_NAME;
    }
    bool public = v4_parse(host, bytes) && judge_bytes(AF_INET, bytes) == NULL;
    return public ? GUARD_HOST_PUBLIC : GUARD_HOST_REFUSED;
}

bool guard_allows_address(struct span address) {
    struct arena *arena = arena_create();
    struct target target;
    struct span url = arena_print(arena, "http://%.*s/", SPAN_ARG(address));
    bool bare_v6 = address.size > 0 && address.data[0] != '[' &&
                   span_find_byte(address, ':') != SPAN_NOT_FOUND;
    if (bare_v6) {
        url = arena_print(arena, "http://[%.*s]/", SPAN_ARG(address));
    }
    /* As a URL first: that undoes percent escapes and full-width digits as curl would. */
    bool allowed = target_parse(url, NULL, arena, &target, NULL) &&
                   guard_judge_host(target.host) != GUARD_HOST_REFUSED;
    arena_free(arena);
    return allowed;
}
