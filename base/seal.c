#include "base/seal.h"

#include "base/base64.h"
#include "base/sign.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#define NONCE_SIZE ((size_t)12)
#define TAG_SIZE ((size_t)16)

/* nonce, cipher text, tag */
#define AROUND (NONCE_SIZE + TAG_SIZE)

/* A key of its own for this use, so that the same secret can safely sign elsewhere. */
static void key_make(struct span secret, unsigned char key[SIGN_HMAC_SIZE]) {
    sign_hmac(secret, SPAN("earshot seal 1"), key);
}

static bool encrypt(struct span text, const unsigned char *key, unsigned char *out) {
    int size = 0;
    int rest = 0;
    unsigned char *cipher = out + NONCE_SIZE;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done =
        context != NULL && RAND_bytes(out, (int)NONCE_SIZE) == 1 &&
        EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, out) == 1 &&
        EVP_EncryptUpdate(context, cipher, &size, (const unsigned char *)text.data,
                          (int)text.size) == 1 &&
        EVP_EncryptFinal_ex(context, cipher + size, &rest) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, (int)TAG_SIZE, cipher + text.size) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

struct span seal_close(struct span text, struct span key, struct arena *arena) {
    unsigned char secret[SIGN_HMAC_SIZE];
    unsigned char *bytes = arena_allocate(arena, text.size + AROUND);
    key_make(key, secret);
    if (text.size > INT32_MAX || !encrypt(text, secret, bytes)) {
        fatal("libcrypto cannot encrypt with AES-256-GCM");
    }
    struct buffer out;
    buffer_init(&out, (text.size + AROUND) * 2);
    base64_append(&out, (struct span){(const char *)bytes, text.size + AROUND});
    struct span sealed = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return sealed;
}

static bool decrypt(struct span bytes, const unsigned char *key, unsigned char *out) {
    int size = 0;
    int rest = 0;
    unsigned char tag[TAG_SIZE];
    const unsigned char *nonce = (const unsigned char *)bytes.data;
    memcpy(tag, bytes.data + bytes.size - TAG_SIZE, TAG_SIZE);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done =
        context != NULL && EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
        EVP_DecryptUpdate(context, out, &size, nonce + NONCE_SIZE, (int)(bytes.size - AROUND)) ==
            1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, (int)TAG_SIZE, tag) == 1 &&
        EVP_DecryptFinal_ex(context, out + size, &rest) == 1;
    EVP_CIPHER_CTX_free(context);
    return done;
}

bool seal_open(struct span sealed, struct span key, struct arena *arena, struct span *text) {
    unsigned char secret[SIGN_HMAC_SIZE];
    struct span bytes = base64_decode(sealed, arena);
    if (bytes.size < AROUND || bytes.size > INT32_MAX) {
        return false;
    }
    unsigned char *out = arena_allocate(arena, bytes.size - AROUND + 1);
    key_make(key, secret);
    if (!decrypt(bytes, secret, out)) {
        return false;
    }
    *text = (struct span){(const char *)out, bytes.size - AROUND};
    return true;
}
