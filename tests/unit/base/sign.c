#include "tests/unit/test.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/sign.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

/* Keys made for these tests; they open nothing. */
static const char ec_pkcs8[] = "-----BEGIN PRIVATE KEY-----\n"
                               "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUx/cSOKKDTeTr2JB\n"
                               "2hXHEqTIbMvAQPdpLbRa0fD227ehRANCAASnSH4peev8wSUhDiGOuRBwoswc7bc8\n"
                               "sxDHwmG7jXv+BEbxhI3bIpY6a3kjgQqBeZdJjdI7ydYSsNIDLdcKsIhE\n"
                               "-----END PRIVATE KEY-----\n";
static const char ec_sec1[] = "-----BEGIN EC PRIVATE KEY-----\n"
                              "MHcCAQEEIFMf3Ejiig03k69iQdoVxxKkyGzLwED3aS20WtHw9tu3oAoGCCqGSM49\n"
                              "AwEHoUQDQgAEp0h+KXnr/MElIQ4hjrkQcKLMHO23PLMQx8Jhu417/gRG8YSN2yKW\n"
                              "Omt5I4EKgXmXSY3SO8nWErDSAy3XCrCIRA==\n"
                              "-----END EC PRIVATE KEY-----\n";
static const char ec_public[] = "-----BEGIN PUBLIC KEY-----\n"
                                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEp0h+KXnr/MElIQ4hjrkQcKLMHO23\n"
                                "PLMQx8Jhu417/gRG8YSN2yKWOmt5I4EKgXmXSY3SO8nWErDSAy3XCrCIRA==\n"
                                "-----END PUBLIC KEY-----\n";
static const char ec_locked[] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjDyR0maZXfBwICCAAw\n"
                                "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEGvxjPAxKhcv3vWZWyGfjuIEgZD0\n"
                                "PlWL3yOrhTNxcpTaBKW9YBAW5kDtotIjNFxhYF8lxlMX6xdE1FkdiHS5OFfn0KuU\n"
                                "/9bpwpw2okly+dy5LApfYyu95qWCNNsvzkK4ifp905iU2NVf/mgvxyb0EYG7Jaxi\n"
                                "sa+ETllixPg0OsVj3GnWX69K0+wwk+QyRprBhuJYl95oMLM7dHsUyvknGKSMBPg=\n"
                                "-----END ENCRYPTED PRIVATE KEY-----\n";
static const char ec_p384[] = "-----BEGIN EC PRIVATE KEY-----\n"
                              "MIGkAgEBBDD0kzfzZUgr0XGf/r3tUDwI76QNuX0FE8aI7DuIgn5NYCX/aNPIV7kL\n"
                              "gdyAl2zWNd+gBwYFK4EEACKhZANiAAQE0p/o/W17tZ0nBdaS6jSWzwXPpXQDNGIk\n"
                              "xIwdhjQooQ3MXlJTYMf7rsGk5zugqiIRIfUKZgcn95yewYpDTIpeh6Aoj+zYuT6F\n"
                              "4mBhMiiI8++ScHlsqUlgTyi0wa6FGRg=\n"
                              "-----END EC PRIVATE KEY-----\n";
static const char rsa_pkcs8[] = "-----BEGIN PRIVATE KEY-----\n"
                                "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDWHCDZ6LotNOQM\n"
                                "bsw0hn0mBFC4FYhH8HmVc7aWPMG4kKWNo4lB638cEgSdrXQlSt/tjUsFqzG5dPNV\n"
                                "D4ns7A1pmwhI5eoS9v5L5tOmPlgYmx+FWylp5uAihHPQ9VFyjQXMZt7PUEpQvQ8j\n"
                                "HZpkKDhJFdaaTZXCqRM8vh8jdMtESQ8hZqN60foosppdwtbVoW3MzaaQtTcb6dIa\n"
                                "Q2KttItyBjIjzpkSVWTUXTmh7j60lYoP+vkzZol8KYX/DdlqzEp18V0trCAXtFXY\n"
                                "XioervnlBW1cTQ7N8fQcGkq8w2RiUyti3zrrRPbC4aqFX5hqiHzNlunSFAu0l8Rx\n"
                                "+wUnlfnRAgMBAAECggEAFGrLQSxdsJjmFD9ujqWygnEP53X6MG4Akh1eMHZrvLdi\n"
                                "ah7JpHUaAmm/ce/L7xB0SRlbqZc5HyfFWnuoWeTqpILpp9Xw280c080XqrcwPGxy\n"
                                "dYuLZ/NhtTjvOGJkWWmUP3khzyAnbgqRSnZ0tg9VyrZf6Af0+4KW+IhivMVS6thl\n"
                                "7KUb/5kg9G4cz7+8/YeYP9Sar9dkJ/A6Udc52COfJK33YgGaPsC8WDOlpd0haEd+\n"
                                "Gyl61pVGrHlu52+NuSHv64hZoYkIOVFunFfDroTV+fIza+Aw0YA9LKG0BLNHa9Sm\n"
                                "6D3tnBb4eED8Wp/QGvP1cYuRerL2tNuEp9HJOiLcYQKBgQD6zn0uTzj3W6yIj4sV\n"
                                "tJj3cj69AvnrOYXH71RVYDmoWr71KE47b5Rey2FVe6wvtcxHla6RuX8mLWyfg3ub\n"
                                "FGYs01qCd+EpOF4eiRPCR3FBS2aMxqE3lQ5BvgPEmL8ihfYBg9JGyv2rWvPgy8+h\n"
                                "eyNCdSZWtvU1Qnu/HqaZnbSyiQKBgQDaixy3pSvnMHBWwJ2uhU7DrMxLij8dyYKm\n"
                                "Mauea6veGf9ykEKac6BkcAHGjZOVuigDLuGso921xuD5NVIroVBsbeEC+1JBZAfq\n"
                                "7CTnGiInKzzgyU0F9BbaSqKsdz3oeXSAvP8SuZSMggY32aE4oRyqa7ujiq+wDMxO\n"
                                "RGvpHV1bCQKBgCFRQOvf9k9VzEuv1egiP5fPg2oUdSK8V3tB3dAhokctFuT2X74h\n"
                                "inI1Tk7OyQblfaecyL3vCGcH7cAa9VaalSArS4C9cBnLtSUVTJyoZPEplQvqbww1\n"
                                "Ltmo5lM9f1aUuSNmYY6p9JzIzlD0gjaPZxWy/k7SqyxSEqJG7hbGDnURAoGBAMKU\n"
                                "n8IHJxrVrwAeyYYsnR9tyAvuEBpGY7Pzf5kyxrierylitlpsXr9uVrZhMalbMOr8\n"
                                "n+Qllm6Vn5NjXUEJhOC1yGTuPaOJG9+X15eIViZHwhFmSdTmKj67uzERjiZhlVBW\n"
                                "dklGwLOFxWGOvJP+Jta5yzxma9y02GdLVkUdZxR5AoGBAPqJvJpHgMxaUI6sQ3VA\n"
                                "j1viK7rr42OrOgt+nuur1KDHLSoKO7aBl5i0t8cvuNiHsB7g2QS1N5lTZrXZXpwZ\n"
                                "CNPp4zxgqlNrIS4vyISycQUkM6pPLl70+OP91Tn8dpbEm8D+7frfZGUTXCpO0lZY\n"
                                "450J07ylCkrciKliXKIkocvy\n"
                                "-----END PRIVATE KEY-----\n";
static const char rsa_pkcs1[] = "-----BEGIN RSA PRIVATE KEY-----\n"
                                "MIIEpAIBAAKCAQEA1hwg2ei6LTTkDG7MNIZ9JgRQuBWIR/B5lXO2ljzBuJCljaOJ\n"
                                "Qet/HBIEna10JUrf7Y1LBasxuXTzVQ+J7OwNaZsISOXqEvb+S+bTpj5YGJsfhVsp\n"
                                "aebgIoRz0PVRco0FzGbez1BKUL0PIx2aZCg4SRXWmk2VwqkTPL4fI3TLREkPIWaj\n"
                                "etH6KLKaXcLW1aFtzM2mkLU3G+nSGkNirbSLcgYyI86ZElVk1F05oe4+tJWKD/r5\n"
                                "M2aJfCmF/w3ZasxKdfFdLawgF7RV2F4qHq755QVtXE0OzfH0HBpKvMNkYlMrYt86\n"
                                "60T2wuGqhV+Yaoh8zZbp0hQLtJfEcfsFJ5X50QIDAQABAoIBABRqy0EsXbCY5hQ/\n"
                                "bo6lsoJxD+d1+jBuAJIdXjB2a7y3YmoeyaR1GgJpv3Hvy+8QdEkZW6mXOR8nxVp7\n"
                                "qFnk6qSC6afV8NvNHNPNF6q3MDxscnWLi2fzYbU47zhiZFlplD95Ic8gJ24KkUp2\n"
                                "dLYPVcq2X+gH9PuClviIYrzFUurYZeylG/+ZIPRuHM+/vP2HmD/Umq/XZCfwOlHX\n"
                                "OdgjnySt92IBmj7AvFgzpaXdIWhHfhspetaVRqx5budvjbkh7+uIWaGJCDlRbpxX\n"
                                "w66E1fnyM2vgMNGAPSyhtASzR2vUpug97ZwW+HhA/Fqf0Brz9XGLkXqy9rTbhKfR\n"
                                "yToi3GECgYEA+s59Lk8491usiI+LFbSY93I+vQL56zmFx+9UVWA5qFq+9ShOO2+U\n"
                                "XsthVXusL7XMR5Wukbl/Ji1sn4N7mxRmLNNagnfhKTheHokTwkdxQUtmjMahN5UO\n"
                                "Qb4DxJi/IoX2AYPSRsr9q1rz4MvPoXsjQnUmVrb1NUJ7vx6mmZ20sokCgYEA2osc\n"
                                "t6Ur5zBwVsCdroVOw6zMS4o/HcmCpjGrnmur3hn/cpBCmnOgZHABxo2TlbooAy7h\n"
                                "rKPdtcbg+TVSK6FQbG3hAvtSQWQH6uwk5xoiJys84MlNBfQW2kqirHc96Hl0gLz/\n"
                                "ErmUjIIGN9mhOKEcqmu7o4qvsAzMTkRr6R1dWwkCgYAhUUDr3/ZPVcxLr9XoIj+X\n"
                                "z4NqFHUivFd7Qd3QIaJHLRbk9l++IYpyNU5OzskG5X2nnMi97whnB+3AGvVWmpUg\n"
                                "K0uAvXAZy7UlFUycqGTxKZUL6m8MNS7ZqOZTPX9WlLkjZmGOqfScyM5Q9II2j2cV\n"
                                "sv5O0qssUhKiRu4Wxg51EQKBgQDClJ/CByca1a8AHsmGLJ0fbcgL7hAaRmOz83+Z\n"
                                "Msa4nq8pYrZabF6/bla2YTGpWzDq/J/kJZZulZ+TY11BCYTgtchk7j2jiRvfl9eX\n"
                                "iFYmR8IRZknU5io+u7sxEY4mYZVQVnZJRsCzhcVhjryT/ibWucs8ZmvctNhnS1ZF\n"
                                "HWcUeQKBgQD6ibyaR4DMWlCOrEN1QI9b4iu66+NjqzoLfp7rq9Sgxy0qCju2gZeY\n"
                                "tLfHL7jYh7Ae4NkEtTeZU2a12V6cGQjT6eM8YKpTayEuL8iEsnEFJDOqTy5e9Pjj\n"
                                "/dU5/HaWxJvA/u3632RlE1wqTtJWWOOdCdO8pQpK3IipYlyiJKHL8g==\n"
                                "-----END RSA PRIVATE KEY-----\n";
static const char rsa_short[] = "-----BEGIN PRIVATE KEY-----\n"
                                "MIICeAIBADANBgkqhkiG9w0BAQEFAASCAmIwggJeAgEAAoGBAMMJaiUxJZg0mRvY\n"
                                "BnQUivvQvQuc5Wf27mkO6kClqEv6pd6C+GjEHj/jLUUAAWDPWCTFWkoq8k/UILUY\n"
                                "EUkjwYVLBZ8DUAj3zPW1nMpcU1SrRGfYwQk8+t75CnaU2eyD+O6XU7U5ncWx/Gw4\n"
                                "pZ/DndLyIhO1rzzV3u1GOaR2HqWHAgMBAAECgYAcaunBY4jTxY4thWtjTH73s/Fn\n"
                                "mMPAQzV3r0mog7qi33F9m12wfireKi61aAvLXEq+iNbgCaPmx8TAPjJ+kqwmi1QM\n"
                                "xVmy4UOXxv0NHsgcvKH7de37fwBhM/g31rCGF4i1ER0emHIoDWNHSricVPUdnSTY\n"
                                "13esdEAAr3aBHvUYKQJBAPd+w558pJxm/OloueVkBV8UIRMAw/9uct7mkP2EoM2c\n"
                                "F8DR+1WULcHjEXXmINP5scuvAvJQRE48MoI5mdzC01UCQQDJvStog0fAsnvg55M3\n"
                                "jUgle9lJWFH5pPlSsjRisn1xEQinbMvIucT9R74rOcVLc0SclbQFp/J/9L2DtPXW\n"
                                "IQ1rAkEArMlJVQp7+d1E0MeWkPmlbl2lQZkVPO0lMU0TCIthoGpLgwiWSYbr8yLN\n"
                                "+9uwK411fVgv3HABYAVS1evU6XTzCQJBALJ6zzWmt8tu3RQsLN2/++1VtfYi0luY\n"
                                "LhCQorITEdH/bPWa1mvelr4yQ7fAY6GN+EzEUUGTxYKZBzXH2ps4IMMCQQDimv/I\n"
                                "+iseFjpjeVP3zvNo5Kxa2qw6ShrL3gjka2tze3TSBlYk10hCC2R/mN9ViDnLeTQq\n"
                                "bDawNJWiz/vt1Xpo\n"
                                "-----END PRIVATE KEY-----\n";

/* By the definition of RFC 8017 8.2, computed with plain powers: d-th power modulo n of the padded
 * digest. */
static const char rsa_jws[] =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhY21lIn0.XDIDEasclev1lbbkluxjtIx"
    "2iUenO7_jnydpv53XPeQDWnbCm-AyoUNqAAOMaJy1ZHEVrp4aIIJDJQuhXRqcPlif7TF7EN0YJRRGYAi"
    "XV8z8CFc7WjzKg83cMiHrZPmJQW1wlP4SxWVPx23b1mnILdwJGRbfwgmKendO5oZ8Bl97v5SfgXf_6Cn"
    "b2lGcPag_qCw3DNJufPCMny_eddRcAo28FnogggppdflC6I4afFFCvKMppBkIt8W8wCBbc5e-JWbgyPc"
    "6yJqH6ONaCYLpv90l396XjrICWF36zW_fphdiEZr0L8_2vplfAqEQYkL0mqMcawh155jzQMV1M0TJEg";

/* --- HMAC ------------------------------------------------------------------------------------- */

static void mac_text(struct span key, struct span text, char hex[2 * SIGN_HMAC_SIZE + 1]) {
    unsigned char mac[SIGN_HMAC_SIZE];
    sign_hmac(key, text, mac);
    for (size_t i = 0; i < SIGN_HMAC_SIZE; i++) {
        snprintf(hex + 2 * i, 3, "%02x", mac[i]);
    }
}

/* RFC 4231 4.2, 4.3, 4.4, 4.7 (a key longer than a block) and 4.8. */
static void test_hmac(void **state) {
    (void)state;
    char many[131];
    char fifty[50];
    char hex[2 * SIGN_HMAC_SIZE + 1];
    memset(many, 0xaa, sizeof many);
    memset(fifty, 0xdd, sizeof fifty);
    const struct {
        struct span key, text;
        const char *mac;
    } cases[] = {
        {SPAN("\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b"),
         SPAN("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {SPAN("Jefe"), SPAN("what do ya want for nothing?"),
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{many, 20},
         {fifty, 50},
         "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
        {{many, 131},
         SPAN("Test Using Larger Than Block-Size Key - Hash Key First"),
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {{many, 131},
         SPAN("This is a test using a larger than block-size key and a larger than block-size "
              "data. The key needs to be hashed before being used by the HMAC algorithm."),
         "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mac_text(cases[i].key, cases[i].text, hex);
        assert_string_equal(hex, cases[i].mac);
    }
    mac_text(SPAN(""), SPAN(""), hex); /* neither key nor text */
    assert_string_equal(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_equal(void **state) {
    (void)state;
    assert_true(sign_equal(SPAN("abc"), SPAN("abc")));
    assert_true(sign_equal(SPAN(""), (struct span){0}));
    assert_false(sign_equal(SPAN("abd"), SPAN("abc")));
    assert_false(sign_equal(SPAN("ab"), SPAN("abc")));
    assert_false(sign_equal(SPAN("abcd"), SPAN("abc")));
    assert_false(sign_equal(SPAN(""), SPAN("abc")));
}

/* --- JSON Web Signatures ---------------------------------------------------------------------- */

static void test_rs256(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    const char *const keys[] = {rsa_pkcs8, rsa_pkcs1};
    for (size_t i = 0; i < 2; i++) {
        struct span jws;
        struct error error = {0};
        assert_true(sign_jws(SIGN_RS256, span_of(keys[i]),
                             SPAN("{\"alg\":\"RS256\",\"typ\":\"JWT\"}"),
                             SPAN("{\"iss\":\"acme\"}"), arena, &jws, &error));
        assert_span_equal(jws, rsa_jws);
    }
    arena_free(arena);
}

/* Whether the two numbers r and s are a signature of `text` by who has the private half. */
static bool verifies(struct span numbers, struct span text) {
    assert_int_equal(numbers.size, 64);
    BIO *bytes = BIO_new_mem_buf(ec_public, -1);
    EVP_PKEY *key = PEM_read_bio_PUBKEY(bytes, NULL, NULL, NULL);
    ECDSA_SIG *signature = ECDSA_SIG_new();
    const unsigned char *raw = (const unsigned char *)numbers.data;
    assert_int_equal(
        ECDSA_SIG_set0(signature, BN_bin2bn(raw, 32, NULL), BN_bin2bn(raw + 32, 32, NULL)), 1);
    unsigned char *der = NULL;
    int der_size = i2d_ECDSA_SIG(signature, &der);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key), 1);
    bool right = EVP_DigestVerify(context, der, (size_t)der_size, (const unsigned char *)text.data,
                                  text.size) == 1;
    EVP_MD_CTX_free(context);
    OPENSSL_free(der);
    ECDSA_SIG_free(signature);
    EVP_PKEY_free(key);
    BIO_free(bytes);
    return right;
}

/* Often enough that halves with leading zeroes (one in 128) come up. */
static void test_es256(void **state) {
    (void)state;
    struct arena *arena = arena_create();
    for (size_t i = 0; i < 400; i++) {
        struct span rest;
        struct span header, claims;
        const char *key = i % 2 == 0 ? ec_pkcs8 : ec_sec1;
        assert_true(sign_jws(SIGN_ES256, span_of(key), SPAN("{\"alg\":\"ES256\"}"),
                             SPAN("{\"iss\":\"\xC3\xBC\"}"), arena, &rest, NULL));
        struct span whole = rest;
        assert_true(span_split(&rest, '.', &header) && span_split(&rest, '.', &claims));
        assert_span_equal(base64_decode(header, arena), "{\"alg\":\"ES256\"}");
        assert_span_equal(base64_decode(claims, arena), "{\"iss\":\"\xC3\xBC\"}");
        assert_int_equal(rest.size, 86);
        struct span text = span_first(whole, header.size + 1 + claims.size);
        assert_true(verifies(base64_decode(rest, arena), text));
        assert_false(verifies(base64_decode(rest, arena), header));
    }
    arena_free(arena);
}

static void test_unfit_keys(void **state) {
    (void)state;
    static const struct {
        enum sign_algorithm algorithm;
        const char *pem, *error;
    } cases[] = {
        {SIGN_ES256, "", "this is no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\")"},
        {SIGN_ES256, "s3cret",
         "this is no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\")"},
        {SIGN_ES256, ec_public,
         "this is no private key in PEM form (\"-----BEGIN PRIVATE KEY-----\")"},
        {SIGN_ES256, ec_locked, "the private key is locked with a passphrase"},
        {SIGN_ES256, ec_p384, "ES256 wants an elliptic-curve key on P-256"},
        {SIGN_ES256, rsa_pkcs8, "ES256 wants an elliptic-curve key on P-256"},
        {SIGN_RS256, ec_pkcs8, "RS256 wants an RSA key of 2,048 bits or more"},
        {SIGN_RS256, rsa_short, "RS256 wants an RSA key of 2,048 bits or more"},
    };
    struct arena *arena = arena_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct span jws;
        struct error error = {0};
        assert_false(sign_jws(cases[i].algorithm, span_of(cases[i].pem), SPAN("{}"), SPAN("{}"),
                              arena, &jws, &error));
        assert_string_equal(error.message, cases[i].error);
    }
    struct error error = {0};
    struct span jws;
    struct span huge = {arena_allocate(arena, LIMIT_SECRET + 1), LIMIT_SECRET + 1};
    assert_false(sign_jws(SIGN_RS256, huge, SPAN("{}"), SPAN("{}"), arena, &jws, &error));
    assert_int_equal(error.kind, ERROR_LIMIT);
    arena_free(arena);
}

static void test_names(void **state) {
    (void)state;
    enum sign_algorithm algorithm;
    assert_true(sign_algorithm_parse(SPAN("RS256"), &algorithm));
    assert_int_equal(algorithm, SIGN_RS256);
    assert_string_equal(sign_algorithm_name(SIGN_ES256), "ES256");
    assert_false(sign_algorithm_parse(SPAN("none"), &algorithm)); /* RFC 7518 3.6 */
    assert_false(sign_algorithm_parse(SPAN("HS256"), &algorithm));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hmac),       cmocka_unit_test(test_equal),
        cmocka_unit_test(test_rs256),      cmocka_unit_test(test_es256),
        cmocka_unit_test(test_unfit_keys), cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
