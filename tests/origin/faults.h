/* Faults on demand: which answers go wrong, how, and how often.
 *
 *     /feeds/el-faro.xml:503:first=2      the first two requests for that path get 503
 *     /hn/:cut:every=5                    every fifth answer below /hn/ is cut in half, with 200
 *     /steam/:429:retry=30                Retry-After: 30
 *     /mastodon/:slow:bytes=64:ms=100     64 bytes each 100 ms
 *
 * Kinds: `faults_kinds` in faults.c, printed by `origin --help`, and any status from 400 to 599. */
#ifndef TESTS_ORIGIN_FAULTS_H
#define TESTS_ORIGIN_FAULTS_H

#include "base/error.h"
#include "tests/origin/http.h"

struct fault;

struct fault_kind {
    const char *name;
    const char *help;
    bool late; /* acts on the finished bytes, compressed or not; else on the content */
    void (*apply)(const struct fault *fault, const struct http_request *request,
                  struct http_reply *reply);
};

struct fault {
    struct span spec;   /* as given */
    struct span prefix; /* of the path */
    const struct fault_kind *kind;
    int64_t status;         /* kind "status" */
    int64_t every;          /* each how many requests; 1 = all */
    int64_t first;          /* only the first so many; 0 = for ever */
    int64_t after;          /* not the first so many */
    int64_t retry;          /* Retry-After in seconds */
    int64_t hops;           /* redirect: how many */
    int64_t bytes;          /* slow: at a time */
    int64_t ms;             /* slow: between */
    int64_t seen;           /* requests that met it */
    int64_t hits;           /* and went wrong */
    int64_t quiet_until_ms; /* monotonic: its Retry-After runs until then */
    int64_t date_ms;        /* the origin's time of the request, for dates */
};

struct faults { /* zero = none */
    struct fault *list;
    size_t count;
    size_t capacity;
    struct arena *arena;
};

void faults_init(struct faults *faults);
void faults_done(struct faults *faults);
void faults_clear(struct faults *faults);
MUST_CHECK bool faults_add(struct faults *faults, struct span spec, struct error *error);

/* One line a fault: its spec, tab, requests seen, tab, requests spoilt. */
void faults_print(struct buffer *out, const struct faults *faults);
void faults_print_kinds(struct buffer *out);

/* The fault this request meets, counted, or NULL. */
struct fault *faults_choose(struct faults *faults, const struct http_request *request);

#endif
