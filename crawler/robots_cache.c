#include "crawler/robots_cache.h"

#include "base/date.h"
#include "crawler/table.h"

#include <stdlib.h>

#define KEEP_MS DAY_MS
#define RETRY_MS MINUTE_MS
#define STALE_MS (30 * DAY_MS)

/* All rules together; a million hostile lines weigh more than 20,000 honest hosts. */
#define CACHE_BYTES (32 * MIB)

struct robots_host {
    struct table_entry entry; /* first: found through it */
    struct robots_cache *cache;
    struct link waiting;  /* fetches */
    struct fetch *asking; /* NULL: not under way */
    struct robots *rules; /* the last that were read; NULL: everything is allowed */
    bool has_rules;       /* `rules` says something */
    bool failed;          /* the last try */
    struct robots_failure failure;
    int64_t read_ms;    /* when `rules` were read */
    int64_t expires_ms; /* of rules or failure */
    char name[];
};

struct robots_cache {
    struct crawler *crawler;
    struct table hosts;
    size_t bytes;
};

struct robots_cache *robots_cache_create(struct crawler *crawler) {
    struct robots_cache *cache = NEW(struct robots_cache);
    cache->crawler = crawler;
    return cache;
}

static void host_set_rules(struct robots_host *host, struct robots *rules) {
    if (host->rules != NULL) {
        host->cache->bytes -= robots_size(host->rules);
        robots_free(host->rules);
    }
    host->rules = rules;
    host->cache->bytes += rules == NULL ? 0 : robots_size(rules);
}

static void host_free(struct robots_host *host) {
    host_set_rules(host, NULL);
    table_remove(&host->cache->hosts, &host->entry);
    free(host);
}

void robots_cache_free(struct robots_cache *cache) {
    struct table_entry *entry;
    while ((entry = table_next(&cache->hosts, NULL)) != NULL) {
        host_free((struct robots_host *)(void *)entry);
    }
    table_done(&cache->hosts);
    free(cache);
}

/* Drops expired hosts; when that is not enough, the older half by the moment they expire. */
static void cache_sweep(struct robots_cache *cache, int64_t before_ms) {
    struct table_entry *entry = table_next(&cache->hosts, NULL);
    while (entry != NULL) {
        struct robots_host *host = (struct robots_host *)(void *)entry;
        entry = table_next(&cache->hosts, entry);
        if (host->expires_ms <= before_ms && host->asking == NULL) {
            host_free(host);
        }
    }
}

static bool cache_is_full(const struct robots_cache *cache) {
    return cache->hosts.count >= LIMIT_ROBOTS_HOSTS || cache->bytes >= CACHE_BYTES;
}

static void cache_make_room(struct robots_cache *cache) {
    int64_t now_ms = clock_monotonic_ms(cache->crawler->clock);
    for (int64_t ahead_ms = 0; cache_is_full(cache) && ahead_ms <= KEEP_MS;
         ahead_ms += KEEP_MS / 8) {
        cache_sweep(cache, now_ms + ahead_ms);
    }
}

/* --- Reading one ------------------------------------------------------------------------------ */

static bool is_unavailable(const struct fetch_result *result) {
    unsigned status = result->response.status;
    bool client_error = status >= 400 && status < 500 && status != 429;
    return client_error || (result->reason == FETCH_REASON_REDIRECT && status >= 300 &&
                            status < 400 && result->outcome == FETCH_FAILED);
}

/* A file past the ceiling is read as far as it goes, but not the line that was cut. */
static bool take_body(const struct fetch_result *result, struct span *body) {
    *body = result->response.body;
    if (result->outcome == FETCH_OK) {
        return true;
    }
    bool cut = result->reason == FETCH_REASON_LIMIT && result->response.status == 200;
    while (cut && body->size > 0 && body->data[body->size - 1] != '\n') {
        body->size--;
    }
    return cut && body->size > 0;
}

static void host_fail(struct robots_host *host, const struct fetch_result *result, int64_t now_ms) {
    host->failed = true;
    host->failure = (struct robots_failure){
        .outcome = result->outcome,
        .reason = result->reason,
        .retry_after_ms = result->retry_after_ms,
        .error = result->error,
    };
    int64_t retry_ms = result->retry_after_ms > 0 ? result->retry_after_ms : RETRY_MS;
    host->expires_ms = now_ms + (retry_ms < KEEP_MS ? retry_ms : KEEP_MS);
}

/* A site that asks for more than we grant is worth a line. */
static void report_delay(const struct robots_host *host) {
    int64_t delay_ms = host->rules == NULL ? 0 : robots_crawl_delay_ms(host->rules);
    if (delay_ms > ROBOTS_DELAY_CAP_MS) {
        log_warning(host->cache->crawler->log, "crawl_delay_capped",
                    LOG_TEXT("host", host->entry.key), LOG_INT("asked_ms", delay_ms),
                    LOG_INT("kept_ms", ROBOTS_DELAY_CAP_MS));
    }
}

static void on_read(void *context, const struct fetch_result *result) {
    struct robots_host *host = context;
    struct crawler *crawler = host->cache->crawler;
    int64_t now_ms = clock_monotonic_ms(crawler->clock);
    struct span body;
    host->asking = NULL;
    if (take_body(result, &body) || is_unavailable(result)) {
        bool has_file = take_body(result, &body);
        host_set_rules(host, has_file ? robots_parse(body, crawler->agent) : NULL);
        host->has_rules = true;
        host->failed = false;
        host->read_ms = now_ms;
        host->expires_ms = now_ms + KEEP_MS;
        report_delay(host);
    } else {
        host_fail(host, result, now_ms);
    }
    while (!list_is_empty(&host->waiting)) {
        struct fetch *fetch = LIST_MEMBER(host->waiting.next, struct fetch, robots);
        list_take(&fetch->robots);
        fetch_wake(fetch);
    }
}

static void host_read(struct robots_host *host, const struct fetch *fetch) {
    struct span url = arena_print(fetch->arena, "%.*s/robots.txt", SPAN_ARG(fetch->target.origin));
    struct web_request request = {.url = url};
    struct fetch_options options = fetch->options;
    options.max_body = LIMIT_ROBOTS;
    host->asking = fetch_start(host->cache->crawler, &request, &options, on_read, host);
    host->asking->is_robots = true;
}

/* --- Asking ----------------------------------------------------------------------------------- */

static struct robots_host *host_get(struct robots_cache *cache, const struct fetch *fetch) {
    /* What one source may reach another may not: their views of a host differ. */
    struct span name = arena_print(fetch->arena, "%.*s %d%d", SPAN_ARG(fetch->target.origin),
                                   fetch->options.allow_private, fetch->options.insecure);
    struct table_entry *entry = table_find(&cache->hosts, name);
    if (entry != NULL) {
        return (struct robots_host *)(void *)entry;
    }
    cache_make_room(cache);
    struct robots_host *host = memory_new(1, sizeof *host + name.size);
    memcpy(host->name, name.data, name.size);
    host->cache = cache;
    host->expires_ms = INT64_MIN;
    list_init(&host->waiting);
    table_insert(&cache->hosts, (struct span){host->name, name.size}, &host->entry);
    return host;
}

struct robots_view robots_cache_ask(struct robots_cache *cache, struct fetch *fetch) {
    struct robots_host *host = host_get(cache, fetch);
    int64_t now_ms = clock_monotonic_ms(cache->crawler->clock);
    if (host->asking != NULL || now_ms >= host->expires_ms) {
        list_append(&host->waiting, &fetch->robots);
        if (host->asking == NULL) {
            host_read(host, fetch);
        }
        return (struct robots_view){.state = ROBOTS_PENDING};
    }
    bool usable = host->has_rules && now_ms - host->read_ms <= STALE_MS;
    if (host->failed && !usable) {
        if (host->failure.retry_after_ms > 0) {
            host->failure.retry_after_ms = host->expires_ms - now_ms;
        }
        return (struct robots_view){.state = ROBOTS_UNREACHABLE, .failure = &host->failure};
    }
    return (struct robots_view){.state = ROBOTS_KNOWN, .rules = host->rules};
}

size_t robots_cache_count(const struct robots_cache *cache) {
    return cache->hosts.count;
}
