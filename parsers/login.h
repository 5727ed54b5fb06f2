/* Logging in: how a poll comes by the token that its requests carry.
 *
 * A recipe's `login:` says what is asked, or signed, for a token and where the answer has it. To the
 * poll that is one more request, before a page's: its answer brings a token instead of items. What
 * it brought is kept from poll to poll, sealed with the credentials it was given for, so that other
 * credentials begin anew (poll_login() in parsers.h).
 *
 *     token good          pages are asked for with it
 *     token about to end  asked anew before the next page: with the kept refresh token, if any
 *     kept one refused    once more with nothing but what the user gave
 *     page refused (401)  asked anew, once; a token refused at its first use ends the poll
 *     credentials refused not tried again for a while, by no poll of the source: sites count such logins
 *                         and close the account; other credentials are tried at once */
#ifndef PARSERS_LOGIN_H
#define PARSERS_LOGIN_H

#include "parsers/recipe.h"

struct poll;

struct login_state { /* of one poll; text in the poll's arena */
    struct span token;
    struct span refresh_token;
    int64_t renew_ms; /* not to be used from then on */
    int64_t now_ms;
    struct span jwt;
    struct span seal_key;     /* all that the login depends on */
    bool asking;              /* the request at hand is the login's */
    bool fresh;               /* the token has not been used yet */
    bool changed;             /* since it was last handed out to be kept */
    struct span refusal;      /* what the site said of the credentials; empty: it took them */
    int64_t refused_until_ms; /* it is not asked again before */
};

/* Takes up what was kept; signs a first time, so that a key that is unfit is told at once. */
MUST_CHECK bool login_begin(struct poll *poll, struct span kept, struct error *error);

/* The login's request, when a token must be had before anything else can be asked. */
bool login_request(struct poll *poll, struct web_request *request);

/* Understands the answer to it. */
MUST_CHECK bool login_response(struct poll *poll, const struct web_response *response,
                               struct arena *arena, struct error *error);

/* The value of {token}, {refresh_token} or {jwt}; false where parameters of that name, if any, count. */
bool login_variable(const struct poll *poll, struct span name, struct span *value);

/* Whether any of its templates has this variable. */
bool login_uses(const struct login *login, struct span name);

#endif
