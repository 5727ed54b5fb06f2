/* Signatures: that a text comes from who holds a key. Home of OpenSSL's libcrypto, with seal.h.
 *
 * HMAC-SHA256 (RFC 2104, FIPS 198-1) for keys that both sides hold: signed webhooks, keyed hashes.
 * JSON Web Signatures (RFC 7515, compact form; RFC 7518 for the algorithms) for keys of which the
 * other side holds the public half: the tokens by which app stores and service accounts log in. */
#ifndef BASE_SIGN_H
#define BASE_SIGN_H

#include "base/arena.h"
#include "base/error.h"

#define SIGN_HMAC_SIZE 32

void sign_hmac(struct span key, struct span text, unsigned char mac[SIGN_HMAC_SIZE]);

/* SHA-256 (FIPS 180-4) of what comes in pieces, in hexadecimal. */
struct sign_digest; /* opaque */
struct sign_digest *sign_digest_begin(void);
void sign_digest_add(struct sign_digest *digest, struct span bytes);
void sign_digest_end(struct sign_digest *digest, char hex[65]); /* and frees it */

/* Takes as long for a near miss as for a wild guess: time tells nothing of a secret but its length. */
bool sign_equal(struct span given, struct span secret);

enum sign_algorithm {
    SIGN_ES256, /* ECDSA on P-256 with SHA-256; every signature is another */
    SIGN_RS256, /* RSASSA-PKCS1-v1_5 with SHA-256; 2,048 bits at least (RFC 7518 3.3) */
};
MUST_CHECK bool sign_algorithm_parse(struct span name,
                                     enum sign_algorithm *algorithm); /* "ES256" */
const char *sign_algorithm_name(enum sign_algorithm algorithm);

/* header.claims.signature, in `arena`. Header and claims are JSON texts, signed byte for byte; `pem`
 * is a private key as PKCS#8, SEC1 or PKCS#1 has it, not locked with a passphrase. The error says
 * what is wrong with the key and tells nothing of it. */
MUST_CHECK bool sign_jws(enum sign_algorithm algorithm, struct span pem, struct span header,
                         struct span claims, struct arena *arena, struct span *jws,
                         struct error *error);

#endif
