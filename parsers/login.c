#include "parsers/login.h"

#include "base/json_writer.h"
#include "base/limits.h"
#include "base/seal.h"
#include "parsers/fields.h"
#include "parsers/json.h"
#include "parsers/poll_state.h"

/* A token is replaced so long before it ends: the request that carries it may wait for its turn. */
#define MARGIN_MS MINUTE_MS
/* Where an answer does not say how long its token lives (RFC 6749 5.1 only recommends it). */
#define LIFETIME_MS HOUR_MS
#define LIFETIME_MOST_MS (366 * DAY_MS)
/* Sites close an account, or an address, after some failed logins in a row. */
#define REFUSED_MS (15 * MINUTE_MS)
/* Of an answer that refuses: what says why is short. */
#define REFUSAL_MOST (64 * KIB)

/* --- Credentials ------------------------------------------------------------------------------ */

static bool jwt_uses(const struct jwt_part *jwt, struct span name) {
    bool found = template_uses(&jwt->key, name, false);
    for (size_t i = 0; i < jwt->header.count; i++) {
        found = found || template_uses(&jwt->header.list[i].value, name, false);
    }
    for (size_t i = 0; i < jwt->claims.count; i++) {
        found = found || template_uses(&jwt->claims.list[i].value, name, false);
    }
    return found;
}

bool login_uses(const struct login *login, struct span name) {
    return jwt_uses(&login->jwt, name) || request_uses(&login->request, name, false) ||
           request_uses(&login->refresh, name, false);
}

static bool uses_beside_url(const struct request_part *request, struct span name) {
    struct request_part part = *request;
    part.url.count = 0;
    return request_uses(&part, name, false);
}

/* What the user gave to log in with; not where. */
static bool is_credential(const struct recipe *recipe, const struct recipe_param *param) {
    const struct login *login = recipe->login;
    return param->secret ||
           (param->default_value.data == NULL && login != NULL &&
            (jwt_uses(&login->jwt, param->name) || uses_beside_url(&login->request, param->name)));
}

static struct web_header *credentials(const struct poll *poll, size_t *count) {
    const struct recipe_info *info = &poll->recipe->info;
    struct web_header *list = ARENA_ARRAY(poll->arena, struct web_header, info->param_count + 1);
    *count = 0;
    for (size_t i = 0; i < info->param_count; i++) {
        if (is_credential(poll->recipe, &info->params[i])) {
            list[(*count)++] = poll->params[i];
        }
    }
    if (poll->options.key.size > 0) {
        list[(*count)++] = (struct web_header){SPAN("key"), poll->options.key};
    }
    return list;
}

/* "client_id and client_secret" */
static struct span credential_names(const struct poll *poll) {
    size_t count = 0;
    const struct web_header *list = credentials(poll, &count);
    struct span *names = ARENA_ARRAY(poll->arena, struct span, count + 1);
    for (size_t i = 0; i < count; i++) {
        names[i] = list[i].name;
    }
    return arena_join(poll->arena, names, count, " and ");
}

/* All that the login depends on, where it is asked included: a token must not go to another site. */
static struct span seal_key(const struct poll *poll) {
    const struct recipe_info *info = &poll->recipe->info;
    struct span key =
        arena_print(poll->arena, "%.*s\n%.*s", SPAN_ARG(info->name), SPAN_ARG(poll->options.key));
    for (size_t i = 0; i < info->param_count; i++) {
        struct span value = poll->params[i].value;
        if (info->params[i].secret || login_uses(poll->recipe->login, info->params[i].name)) {
            key = arena_print(poll->arena, "%.*s\n%.*s=%zu:%.*s", SPAN_ARG(key),
                              SPAN_ARG(info->params[i].name), value.size, SPAN_ARG(value));
        }
    }
    return key;
}

static struct span given(const struct poll *poll, const char *name) {
    return web_header_find(poll->params, poll->recipe->info.param_count, name);
}

/* --- What is kept from poll to poll ----------------------------------------------------------- */

/* The token to begin with, where the user gave one that can be renewed. */
static void token_of_user(struct poll *poll, int64_t renew_ms) {
    poll->login.token = given(poll, "token");
    poll->login.renew_ms = renew_ms;
    poll->login.refresh_token = (struct span){0};
    poll->login.changed = true;
}

static bool kept_read(struct poll *poll, struct span kept) {
    struct login_state *state = &poll->login;
    struct span text;
    json_t *root = NULL;
    if (kept.size == 0 || !seal_open(kept, state->seal_key, poll->arena, &text) ||
        !json_parse(text, &root, NULL)) {
        return false;
    }
    state->token = json_scalar(json_object_get(root, "token"), poll->arena);
    state->refresh_token = json_scalar(json_object_get(root, "refresh"), poll->arena);
    state->renew_ms = json_integer_value(json_object_get(root, "until"));
    state->refusal = json_scalar(json_object_get(root, "refusal"), poll->arena);
    state->refused_until_ms = json_integer_value(json_object_get(root, "refused_until"));
    json_decref(root);
    return true;
}

struct span poll_login(struct poll *poll) {
    struct login_state *state = &poll->login;
    const struct login *login = poll->recipe->login;
    if (!state->changed || login->request.url.count == 0) {
        return (struct span){0};
    }
    struct buffer out;
    buffer_init(&out, 4 * LIMIT_SECRET);
    struct json_writer json = json_writer_make(&out, false);
    json_object_begin(&json, NULL);
    json_put_text_if(&json, "token", state->token);
    json_put_text_if(&json, "refresh", state->refresh_token);
    json_put_int(&json, "until", state->renew_ms);
    json_put_text_if(&json, "refusal", state->refusal);
    json_put_int(&json, "refused_until", state->refused_until_ms);
    json_object_end(&json);
    state->changed = false;
    struct span sealed = seal_close(buffer_span(&out), state->seal_key, poll->arena);
    buffer_done(&out);
    return sealed;
}

/* --- Signing ---------------------------------------------------------------------------------- */

static void pairs_put(struct json_writer *json, const struct template_pairs *pairs,
                      struct poll *poll) {
    for (size_t i = 0; i < pairs->count; i++) {
        struct span value = template_fill(&pairs->list[i].value, poll_variable, poll, poll->arena);
        json_put_text(json, arena_copy_string(poll->arena, pairs->list[i].name), value);
    }
}

/* RFC 7519: who asks, for whom, from when until when; RFC 7515: by which key. */
static bool jwt_make(struct poll *poll, struct error *error) {
    const struct jwt_part *jwt = &poll->recipe->login->jwt;
    int64_t now_s = poll->login.now_ms / SECOND_MS;
    struct buffer header, claims;
    buffer_init(&header, LIMIT_SECRET);
    buffer_init(&claims, LIMIT_SECRET);
    struct json_writer json = json_writer_make(&header, false);
    json_object_begin(&json, NULL);
    json_put_string(&json, "alg", sign_algorithm_name(jwt->algorithm));
    json_put_string(&json, "typ", "JWT");
    pairs_put(&json, &jwt->header, poll);
    json_object_end(&json);
    json = json_writer_make(&claims, false);
    json_object_begin(&json, NULL);
    pairs_put(&json, &jwt->claims, poll);
    json_put_int(&json, "iat", now_s);
    json_put_int(&json, "exp", now_s + jwt->lifetime_ms / SECOND_MS);
    json_object_end(&json);
    struct span key = template_fill(&jwt->key, poll_variable, poll, poll->arena);
    bool done = sign_jws(jwt->algorithm, key, buffer_span(&header), buffer_span(&claims),
                         poll->arena, &poll->login.jwt, error);
    buffer_done(&header);
    buffer_done(&claims);
    return done || error_add_context(error, "recipe %.*s: %.*s", SPAN_ARG(poll->recipe->info.name),
                                     SPAN_ARG(jwt->key_name));
}

/* --- Beginning and asking --------------------------------------------------------------------- */

/* Short-lived ones lose a tenth, not all. */
static int64_t renewal_ms(const struct login_state *state, int64_t lifetime_ms) {
    int64_t margin_ms = lifetime_ms / 10 < MARGIN_MS ? lifetime_ms / 10 : MARGIN_MS;
    return state->now_ms + lifetime_ms - margin_ms;
}

bool login_begin(struct poll *poll, struct span kept, struct error *error) {
    const struct login *login = poll->recipe->login;
    struct login_state *state = &poll->login;
    state->now_ms = poll->options.now_ms;
    if (login == NULL || poll->options.saved) {
        return true;
    }
    state->seal_key = seal_key(poll);
    if (!kept_read(poll, kept) && given(poll, "token").size > 0) {
        token_of_user(poll, renewal_ms(state, login->lifetime_ms));
    }
    if (state->now_ms < state->refused_until_ms) {
        char time[DATE_TEXT_SIZE];
        return error_set(
            error, ERROR_NETWORK, "%.*s; with these, not before %s", SPAN_ARG(state->refusal),
            date_print(state->refused_until_ms - state->refused_until_ms % SECOND_MS, time));
    }
    return !login->signs || jwt_make(poll, error);
}

void poll_clock(struct poll *poll, int64_t now_ms) {
    poll->login.now_ms = now_ms;
}

bool login_request(struct poll *poll, struct web_request *request) {
    const struct login *login = poll->recipe->login;
    struct login_state *state = &poll->login;
    struct error ignored; /* the key was fit when the poll began */
    state->asking = false;
    if (login == NULL || poll->options.saved || state->fresh ||
        (state->token.size > 0 && state->now_ms < state->renew_ms)) {
        return false;
    }
    if (login->signs && jwt_make(poll, &ignored) && login->request.url.count == 0) {
        state->token = state->jwt;
        state->renew_ms = renewal_ms(state, login->jwt.lifetime_ms);
        state->fresh = true;
        return false;
    }
    bool refreshes = login->refresh.url.count > 0 && state->refresh_token.size > 0;
    state->asking = true;
    *request = request_fill(refreshes ? &login->refresh : &login->request, poll);
    request->api = true;
    request->secret = true;
    return true;
}

bool login_variable(const struct poll *poll, struct span name, struct span *value) {
    const struct login_state *state = &poll->login;
    const struct {
        const char *name;
        struct span value;
    } texts[] = {
        {"token", state->token}, {"refresh_token", state->refresh_token}, {"jwt", state->jwt}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].value.size > 0 && span_equal(name, span_of(texts[i].name))) {
            *value = texts[i].value;
            return true;
        }
    }
    return false;
}

/* --- Answers ---------------------------------------------------------------------------------- */

/* RFC 6749 A.12 and A.17: visible ASCII and spaces. Anything else would break out of a header. */
static bool token_is_sound(struct span token) {
    bool sound = token.size > 0 && token.size <= LIMIT_SECRET;
    for (size_t i = 0; sound && i < token.size; i++) {
        sound = token.data[i] >= 0x20 && token.data[i] < 0x7f;
    }
    return sound;
}

static int64_t lifetime_said(const struct login *login, const struct answer *answer) {
    double seconds = 0;
    struct span said = value_text(answer, place_get(answer, &login->lifetime, answer->root));
    if (login->lifetime_ms > 0) {
        return login->lifetime_ms;
    }
    if (!span_to_double(said, &seconds) || seconds < 1) {
        return LIFETIME_MS;
    }
    return seconds > (double)(LIFETIME_MOST_MS / SECOND_MS) ? LIFETIME_MOST_MS
                                                            : (int64_t)seconds * SECOND_MS;
}

static bool token_take(struct poll *poll, const struct answer *answer, struct error *error) {
    const struct login *login = poll->recipe->login;
    struct login_state *state = &poll->login;
    struct span token = value_text(answer, place_get(answer, &login->token, answer->root));
    struct span refresh =
        value_text(answer, place_get(answer, &login->refresh_token, answer->root));
    if (!token_is_sound(token)) {
        return error_set(error, ERROR_INPUT, "the answer to the login has no token at \"%.*s\"",
                         SPAN_ARG(login->token_text));
    }
    state->token = arena_copy(poll->arena, token);
    if (token_is_sound(refresh)) { /* without one, the old one stays good (RFC 6749 6) */
        state->refresh_token = arena_copy(poll->arena, refresh);
    }
    state->renew_ms = renewal_ms(state, lifetime_said(login, answer));
    state->refusal = (struct span){0};
    state->refused_until_ms = 0;
    state->fresh = true;
    state->changed = true;
    return true;
}

bool login_response(struct poll *poll, const struct web_response *response, struct arena *arena,
                    struct error *error) {
    struct answer answer = {.arena = arena, .url = response->url};
    if (!json_parse(response->body, &answer.root.json, error)) {
        return error_add_context(error, "the answer to the login");
    }
    bool taken = token_take(poll, &answer, error);
    json_decref(answer.root.json);
    return taken;
}

/* --- Refusals --------------------------------------------------------------------------------- */

/* What an answer says of why it refuses: OAuth's members, and those that others use. */
static struct span refusal_said(const struct poll *poll, const json_t *root) {
    const json_t *error = json_object_get(root, "error");
    const json_t *said[] = {json_object_get(root, "error_description"),
                            json_object_get(root, "message"), json_object_get(error, "message"),
                            error};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (json_span(said[i]).size > 0) {
            return arena_copy(poll->arena, span_first_utf8(json_span(said[i]), 120));
        }
    }
    return (struct span){0};
}

/* Some repeat what they were given. */
static bool tells_secrets(const struct poll *poll, struct span said) {
    size_t count = 0;
    const struct web_header *list = credentials(poll, &count);
    const struct login_state *state = &poll->login;
    const struct span tokens[] = {state->token, state->refresh_token, state->jwt};
    bool found = false;
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        found = found || (tokens[i].size > 0 && span_find(said, tokens[i]) != SPAN_NOT_FOUND);
    }
    for (size_t i = 0; i < count; i++) {
        found =
            found || (list[i].value.size > 0 && span_find(said, list[i].value) != SPAN_NOT_FOUND);
    }
    return found;
}

struct refusal {
    bool ended; /* the site says that the token is the trouble */
    struct span said;
};

static struct refusal refusal_read(struct poll *poll, const struct web_response *response) {
    const struct login *login = poll->recipe->login;
    struct answer answer = {.arena = poll->arena};
    struct refusal refusal = {.ended = response->status == 401};
    if (response->body.size > 0 && response->body.size <= REFUSAL_MOST &&
        json_parse(response->body, &answer.root.json, NULL)) {
        refusal.ended |= login != NULL && conditions_any(&answer, &login->ended, answer.root);
        refusal.said = refusal_said(poll, answer.root.json);
        json_decref(answer.root.json);
    }
    if (tells_secrets(poll, refusal.said)) {
        refusal.said = (struct span){0};
    }
    return refusal;
}

static void refusal_tell(const struct poll *poll, const struct web_response *response,
                         const struct refusal *refusal, struct error *error) {
    struct span names = credential_names(poll);
    bool given_and_refused = poll->recipe->login != NULL && !poll->login.asking &&
                             poll->recipe->login->request.url.count > 0;
    error_set(error, ERROR_NETWORK,
              given_and_refused
                  ? "the site refuses the token it has just given (HTTP %u%s%.*s): check whether "
                    "%.*s may ask for this"
                  : "the site refused the credentials (HTTP %u%s%.*s): check %.*s",
              response->status, refusal->said.size > 0 ? ": " : "", SPAN_ARG(refusal->said),
              SPAN_ARG(names));
    error->code = (int)response->status;
}

static bool status_refuses(unsigned status) {
    return status == 400 || status == 401 || status == 403 || status == 422;
}

/* Whether anything but what the user gave was shown to the site. */
static bool login_used_kept(const struct poll *poll) {
    const struct login_state *state = &poll->login;
    return state->refresh_token.size > 0 ||
           (state->token.size > 0 && login_uses(poll->recipe->login, SPAN("token")) &&
            !span_equal(state->token, given(poll, "token")));
}

/* An error of another kind: the site knows best why. */
static void error_add_said(struct error *error, struct span said) {
    struct error before = *error;
    error_set(error, before.kind, "%.380s: the site says: %.*s", before.message, SPAN_ARG(said));
    error->code = before.code;
}

static void refusal_keep(struct poll *poll, const struct error *error) {
    struct login_state *state = &poll->login;
    state->refusal = arena_copy(poll->arena, span_of(error->message));
    state->refused_until_ms = state->now_ms + REFUSED_MS;
    state->changed = true;
}

bool poll_refused(struct poll *poll, const struct web_response *response, struct error *error) {
    struct login_state *state = &poll->login;
    struct refusal refusal = refusal_read(poll, response);
    bool of_login = state->asking && status_refuses(response->status);
    bool of_page = !state->asking && refusal.ended;
    if (of_login && login_used_kept(poll)) {
        token_of_user(poll, 0);
        return true;
    }
    if (of_page && poll->recipe->login != NULL && !state->fresh) {
        state->renew_ms = 0;
        return true;
    }
    if ((of_login || of_page) && credential_names(poll).size > 0) {
        refusal_tell(poll, response, &refusal, error);
    } else if (refusal.said.size > 0) {
        error_add_said(error, refusal.said);
    }
    if (of_login) {
        refusal_keep(poll, error);
    }
    return false;
}
