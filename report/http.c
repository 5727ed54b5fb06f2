#include "report/http.h"

#include "base/sign.h"

struct span http_host_name(struct span host) {
    if (span_starts_with(host, SPAN("["))) {
        size_t end = span_find_byte(host, ']');
        return end == SPAN_NOT_FOUND ? host : span_first(host, end + 1);
    }
    size_t colon = span_find_byte(host, ':');
    return colon == SPAN_NOT_FOUND ? host : span_first(host, colon);
}

static bool host_is_allowed(struct span host, const struct http_policy *policy) {
    struct span name = http_host_name(host);
    for (size_t i = 0; i < policy->host_count; i++) {
        if (span_equal_nocase(name, policy->hosts[i])) {
            return true;
        }
    }
    return policy->host_count == 0;
}

static bool is_authorised(const struct http_facts *facts, const struct http_policy *policy) {
    struct span scheme = SPAN("Bearer ");
    if (span_is_empty(policy->token)) {
        return true;
    }
    return span_starts_with_nocase(facts->authorization, scheme) &&
           sign_equal(span_trim(span_from(facts->authorization, scheme.size)), policy->token);
}

struct http_refusal http_judge(const struct http_facts *facts, const struct http_policy *policy,
                               bool open) {
    if (facts->has_coding || facts->length_count > 1) {
        return (struct http_refusal){400, "the length of the request is not clear"};
    }
    if (facts->host_count != 1) {
        return (struct http_refusal){400, "a request names exactly one host"};
    }
    if (!span_equal(facts->method, SPAN("GET")) && !span_equal(facts->method, SPAN("HEAD"))) {
        return (struct http_refusal){405, "only GET and HEAD are served"};
    }
    if (facts->has_body || facts->has_upgrade) {
        return (struct http_refusal){400, "no body belongs here"};
    }
    if (!host_is_allowed(facts->host, policy)) {
        return (struct http_refusal){421, "this server is not known by that name"};
    }
    if (!open && !is_authorised(facts, policy)) {
        return (struct http_refusal){401, "a token is needed"};
    }
    return (struct http_refusal){0, ""};
}

struct http_refusal http_judge_delivery(const struct http_facts *facts,
                                        const struct http_policy *policy, size_t ceiling) {
    if (facts->has_coding || facts->length_count > 1 || facts->has_upgrade) {
        return (struct http_refusal){400, "the length of the request is not clear"};
    }
    if (facts->host_count != 1) {
        return (struct http_refusal){400, "a request names exactly one host"};
    }
    if (!span_equal(facts->method, SPAN("POST"))) {
        return (struct http_refusal){405, "deliveries are posted"};
    }
    if (facts->length_count == 0) {
        return (struct http_refusal){411, "a delivery says how long it is"};
    }
    if (facts->length > ceiling) {
        return (struct http_refusal){413, "the delivery is too large"};
    }
    if (!host_is_allowed(facts->host, policy)) {
        return (struct http_refusal){421, "this server is not known by that name"};
    }
    return (struct http_refusal){0, ""};
}

bool http_parse_sequence(struct span text, uint64_t *sequence) {
    int64_t value = 0;
    *sequence = 0;
    if (text.size == 0 || !byte_is_digit(text.data[0]) || !span_to_int64(text, &value)) {
        return false;
    }
    *sequence = (uint64_t)value;
    return true;
}

struct span http_feed_brand(struct span path) {
    struct span prefix = SPAN("/feed/");
    struct span suffix = SPAN(".json");
    if (!span_starts_with(path, prefix) || !span_ends_with(path, suffix) ||
        path.size <= prefix.size + suffix.size) {
        return (struct span){0};
    }
    return span_first(span_from(path, prefix.size), path.size - prefix.size - suffix.size);
}

struct span http_hook_name(struct span path) {
    struct span prefix = SPAN("/hook/");
    return span_starts_with(path, prefix) ? span_from(path, prefix.size) : (struct span){NULL, 0};
}

bool http_etag_matches(struct span if_none_match, struct span etag) {
    struct span rest = if_none_match;
    struct span part;
    while (rest.size > 0 && span_split(&rest, ',', &part)) {
        part = span_trim(part);
        if (span_starts_with(part, SPAN("W/"))) {
            part = span_from(part, 2);
        }
        if (span_equal(part, etag) || span_equal(part, SPAN("*"))) {
            return true;
        }
    }
    return false;
}
