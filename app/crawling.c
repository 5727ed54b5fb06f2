#include "app/crawling.h"

static void take_options(struct crawler_options *options, const struct config *config) {
    options->timeout_ms = config->crawler.timeout_ms;
    options->connect_timeout_ms = config->crawler.connect_timeout_ms;
    options->host_spacing_ms = config->crawler.host_spacing_ms;
    options->max_body = (size_t)config->crawler.max_body;
    options->concurrency = (size_t)config->crawler.concurrency;
    options->proxy = config->crawler.proxy;
    options->ca_file = config->crawler.ca_file;
    options->obey_robots = config->crawler.robots;
}

struct crawler *crawling_open(uv_loop_t *loop, const struct config *config,
                              const struct clock *clock, struct log *log) {
    struct crawler_options options = crawler_defaults;
    struct buffer agent;
    buffer_init(&agent, LIMIT_FIELD);
    buffer_append(&agent, options.user_agent);
    if (config != NULL) {
        take_options(&options, config);
        if (config->crawler.contact.size > 0) {
            buffer_print(&agent, " (+%.*s)", SPAN_ARG(config->crawler.contact));
        }
    }
    options.user_agent = buffer_span(&agent);
    struct crawler *crawler = crawler_create(loop, &options, clock, log);
    buffer_done(&agent);
    return crawler;
}

/* The terms of a site are not those of a machine of one's own: there each source stands for a site
 * of its own, and is not spaced. */
struct fetch_options crawling_options(const struct task *task) {
    bool private = task->config->allow_private;
    return (struct fetch_options){
        .allow_private = private,
        .insecure = task->config->insecure,
        .spacing_ms = private ? 0 : task->info->spacing_ms,
        .governor_key = private ? task->source : task->info->governor_key,
    };
}
