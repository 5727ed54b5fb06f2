/* A site for members: OAuth 2 (RFC 6749) before Hacker News' search, at /club/hn/...
 *
 * POST /club/token with HTTP Basic gives a token for ten minutes of the origin's present and a refresh
 * token that is good for one use. Only the last of each is good; who shows an older one is a violation:
 * it did not keep what it was given, or logged in twice at once. */
#include "base/base64.h"
#include "base/limits.h"
#include "tests/origin/json.h"
#include "tests/origin/state.h"

#include <inttypes.h>

#define LIFETIME_S 600

static void refuse(struct http_reply *reply, int status, const char *error) {
    reply->status = status;
    reply_json(reply);
    json_open(&reply->body, NULL, '{');
    json_string(&reply->body, "error", error);
    json_close(&reply->body, '}');
    json_end(&reply->body);
}

static struct span token_print(struct arena *arena, const char *kind, int64_t number) {
    return arena_print(arena, "club-%s-%" PRId64, kind, number);
}

static void token_give(struct origin *origin, struct arena *arena, struct http_reply *reply) {
    int64_t number = ++origin->club.issued;
    origin->club.ends_ms = origin_now_ms(origin) + LIFETIME_S * SECOND_MS;
    reply_json(reply);
    json_open(&reply->body, NULL, '{');
    json_text(&reply->body, "access_token", token_print(arena, "access", number));
    json_text(&reply->body, "refresh_token", token_print(arena, "refresh", number));
    json_string(&reply->body, "token_type", "bearer");
    json_number(&reply->body, "expires_in", LIFETIME_S);
    json_close(&reply->body, '}');
    json_end(&reply->body);
}

static bool is_member(const struct http_request *request) {
    struct span given = http_header(request, "Authorization");
    struct span member = base64_decode(span_from(given, 6), request->arena);
    return span_starts_with(given, SPAN("Basic ")) && span_equal(member, SPAN(CLUB_MEMBER));
}

static void token_answer(struct origin *origin, const struct http_request *request,
                         struct http_reply *reply) {
    struct http_request form = *request;
    form.query = request->body;
    struct span grant = http_parameter(&form, "grant_type");
    struct span shown = http_parameter(&form, "refresh_token");
    struct span last = token_print(request->arena, "refresh", origin->club.issued);
    if (!is_member(request)) {
        refuse(reply, 401, "invalid_client");
    } else if (span_equal(grant, SPAN("client_credentials")) ||
               (span_equal(grant, SPAN("refresh_token")) && span_equal(shown, last))) {
        token_give(origin, request->arena, reply);
    } else {
        origin->violations++;
        refuse(reply, 400, "invalid_grant");
    }
}

void club_answer(struct origin *origin, const struct http_request *request,
                 struct http_reply *reply) {
    struct span token = token_print(request->arena, "access", origin->club.issued);
    struct span bearer = arena_print(request->arena, "Bearer %.*s", SPAN_ARG(token));
    struct http_request inner = *request;
    if (span_equal(request->path, SPAN("/token"))) {
        token_answer(origin, request, reply);
    } else if (!span_equal(http_header(request, "Authorization"), bearer)) {
        origin->violations++;
        refuse(reply, 401, "invalid_token");
    } else if (origin_now_ms(origin) >= origin->club.ends_ms) {
        refuse(reply, 401, "token_expired");
    } else {
        inner.path = span_from(request->path, strlen("/hn"));
        hn_answer(origin, &inner, reply);
    }
}
