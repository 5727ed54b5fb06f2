#include "base/sign.h"

#include "base/base64.h"
#include "base/limits.h"

#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

/* --- Shared keys ------------------------------------------------------------------------------ */

void sign_hmac(struct span key, struct span text, unsigned char mac[SIGN_HMAC_SIZE]) {
    if (key.size > INT32_MAX || HMAC(EVP_sha256(), key.size > 0 ? key.data : "", (int)key.size,
                                     (const unsigned char *)(text.size > 0 ? text.data : ""),
                                     text.size, mac, NULL) == NULL) {
        fatal("libcrypto has no HMAC-SHA256");
    }
}

struct sign_digest *sign_digest_begin(void) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
        fatal("libcrypto has no SHA-256");
    }
    return (struct sign_digest *)context;
}

void sign_digest_add(struct sign_digest *digest, struct span bytes) {
    if (EVP_DigestUpdate((EVP_MD_CTX *)digest, bytes.data, bytes.size) != 1) {
        fatal("libcrypto cannot go on with SHA-256");
    }
}

void sign_digest_end(struct sign_digest *digest, char hex[65]) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (EVP_DigestFinal_ex((EVP_MD_CTX *)digest, bytes, &size) != 1 || size != 32) {
        fatal("libcrypto cannot end SHA-256");
    }
    EVP_MD_CTX_free((EVP_MD_CTX *)digest);
    base16_write(hex, (struct span){(const char *)bytes, size});
    hex[64] = '\0';
}

bool sign_equal(struct span given, struct span secret) {
    return given.size == secret.size &&
           (given.size == 0 || CRYPTO_memcmp(given.data, secret.data, given.size) == 0);
}

/* --- Private keys ----------------------------------------------------------------------------- */

#define P256_BYTES 32 /* of each half of a signature (RFC 7518 3.4) */

static const struct {
    const char *name;
    int key_type;
    int bits_least;
    const char *wants;
} algorithms[] = {
    [SIGN_ES256] = {"ES256", EVP_PKEY_EC, 256, "an elliptic-curve key on P-256"},
    [SIGN_RS256] = {"RS256", EVP_PKEY_RSA, 2048, "an RSA key of 2,048 bits or more"},
};

bool sign_algorithm_parse(struct span name, enum sign_algorithm *algorithm) {
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (span_equal(name, span_of(algorithms[i].name))) {
            *algorithm = (enum sign_algorithm)i;
            return true;
        }
    }
    return false;
}

const char *sign_algorithm_name(enum sign_algorithm algorithm) {
    return algorithms[algorithm].name;
}

/* Without one of its own, libcrypto would ask for a passphrase on the terminal. */
static int no_passphrase(char *buffer, int size, int writing, void *locked) {
    (void)buffer;
    (void)size;
    (void)writing;
    *(bool *)locked = true;
    return -1;
}

static bool key_fits(enum sign_algorithm algorithm, const EVP_PKEY *key) {
    char group[32] = "";
    if (EVP_PKEY_get_base_id(key) != algorithms[algorithm].key_type ||
        EVP_PKEY_get_bits(key) < algorithms[algorithm].bits_least) {
        return false;
    }
    return algorithm != SIGN_ES256 ||
           (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
            strcmp(group, "prime256v1") == 0);
}

static EVP_PKEY *key_read(enum sign_algorithm algorithm, struct span pem, struct error *error) {
    bool locked = false;
    if (pem.size > LIMIT_SECRET) {
        error_set(error, ERROR_LIMIT, "the private key is over %zu bytes", LIMIT_SECRET);
        return NULL;
    }
    BIO *bytes = BIO_new_mem_buf(pem.size > 0 ? pem.data : "", (int)pem.size);
    EVP_PKEY *key =
        bytes == NULL ? NULL : PEM_read_bio_PrivateKey(bytes, NULL, no_passphrase, &locked);
    BIO_free(bytes);
    if (locked) {
        error_set(error, ERROR_USAGE, "the private key is locked with a passphrase");
    } else if (key == NULL) {
        error_set(error, ERROR_USAGE,
                  "this is no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\")");
    } else if (!key_fits(algorithm, key)) {
        error_set(error, ERROR_USAGE, "%s wants %s", algorithms[algorithm].name,
                  algorithms[algorithm].wants);
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

/* --- Signing ---------------------------------------------------------------------------------- */

static struct span sign_with(EVP_PKEY *key, struct span text, struct arena *arena) {
    size_t size = 0;
    unsigned char *signature = NULL;
    const unsigned char *bytes = (const unsigned char *)text.data;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, NULL, &size, bytes, text.size) == 1;
    if (done) {
        signature = arena_allocate(arena, size);
        done = EVP_DigestSign(context, signature, &size, bytes, text.size) == 1;
    }
    EVP_MD_CTX_free(context);
    return done ? (struct span){(const char *)signature, size} : (struct span){0};
}

/* ECDSA's two numbers side by side: libcrypto writes them as ASN.1, JWS wants them bare. */
static struct span halves_of(struct span der, struct arena *arena) {
    const unsigned char *at = (const unsigned char *)der.data;
    unsigned char *out = arena_allocate(arena, 2 * P256_BYTES);
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)der.size);
    bool done =
        signature != NULL &&
        BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, P256_BYTES) == P256_BYTES &&
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + P256_BYTES, P256_BYTES) == P256_BYTES;
    ECDSA_SIG_free(signature);
    return done ? (struct span){(const char *)out, (size_t)2 * P256_BYTES} : (struct span){0};
}

bool sign_jws(enum sign_algorithm algorithm, struct span pem, struct span header,
              struct span claims, struct arena *arena, struct span *jws, struct error *error) {
    EVP_PKEY *key = key_read(algorithm, pem, error);
    ERR_clear_error(); /* what is left there is taken for a fault of this thread's next TLS call */
    if (key == NULL) {
        return false;
    }
    struct buffer out;
    buffer_init(&out, 2 * (header.size + claims.size) + LIMIT_SECRET);
    base64_append_url(&out, header);
    buffer_append_byte(&out, '.');
    base64_append_url(&out, claims);
    struct span signature = sign_with(key, buffer_span(&out), arena);
    if (algorithm == SIGN_ES256 && signature.size > 0) {
        signature = halves_of(signature, arena);
    }
    buffer_append_byte(&out, '.');
    base64_append_url(&out, signature);
    *jws = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    EVP_PKEY_free(key);
    return signature.size > 0 || error_set(error, ERROR_SYSTEM, "libcrypto cannot sign with it");
}
