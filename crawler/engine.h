/* What the files of this folder share: the crawler itself, and one fetch's state. */
#ifndef CRAWLER_ENGINE_H
#define CRAWLER_ENGINE_H

#include "base/arena.h"
#include "crawler/crawler.h"
#include "crawler/governor.h"
#include "crawler/list.h"
#include "crawler/mailbox.h"
#include "crawler/target.h"
#include "crawler/transfer.h"
#include "crawler/trust.h"
#include "crawler/wire.h"

/* Connections are kept per kind, so that one made with the guard's exception is never used by a
 * fetch without it. */
enum wire_kind { WIRE_PUBLIC, WIRE_PRIVATE, WIRE_COUNT };

struct crawler {
    uv_loop_t *loop;
    const struct clock *clock;
    struct log *log;
    struct crawler_options options; /* its text in `arena` */
    struct transfer_setup setup;
    struct span agent; /* product token, for robots.txt */
    struct arena *arena;
    struct trust *trust;
    struct governor *governor;
    struct robots_cache *robots;
    struct mailer *mailer;
    struct wire *wires[WIRE_COUNT];
    uv_timer_t pump;     /* advances what is ready, then lets the governor choose */
    struct link fetches; /* all */
    struct link ready;   /* have something to do */
    size_t fetch_count;  /* the callers', without our own for robots.txt */
    size_t open_parts;   /* wires, mailer and pump, until closed */
    bool closing;
    void (*on_closed)(void *context);
    void *closed_context;
};

/* The pump runs on the loop's next turn. Safe in any callback. */
void crawler_wake(struct crawler *crawler);

enum fetch_stage {
    FETCH_AT_HOP,   /* to be judged: URL, guard, robots.txt, then the governor */
    FETCH_WAITING,  /* in the governor's queue */
    FETCH_ON_WIRE,  /* transferring */
    FETCH_ANSWERED, /* the transfer is done and to be judged */
};

struct fetch {
    struct link all;    /* in crawler->fetches */
    struct link ready;  /* in crawler->ready, or alone */
    struct link robots; /* among those who wait for a host's robots.txt, or alone */
    struct crawler *crawler;
    struct arena *arena;
    struct web_request request;
    struct fetch_options options;
    fetch_callback *on_done;
    void *context;

    enum fetch_stage stage;
    struct target first;  /* as asked for */
    struct target target; /* of this hop */
    struct span method;   /* of this hop; a redirect may change it */
    struct span body;
    bool posted;    /* `body` is to be sent */
    bool strange;   /* past a redirect to another origin: credentials stay behind */
    bool is_robots; /* our own, for robots.txt */
    bool over;      /* its callback is running */
    unsigned hops;
    struct governor_ticket ticket;
    struct transfer *transfer;
    struct imap_place place; /* of a mailbox */
    struct visit *visit;     /* in place of a transfer */
    int64_t since_ms;        /* when the present wait or transfer began */
    struct fetch_result result;
};

struct fetch *fetch_start(struct crawler *crawler, const struct web_request *request,
                          const struct fetch_options *options, fetch_callback *on_done,
                          void *context);

/* Puts it among the ready. */
void fetch_wake(struct fetch *fetch);
void fetch_advance(struct fetch *fetch);                  /* from the pump */
void fetch_go(struct fetch *fetch);                       /* the governor's GO: onto the wire */
void fetch_put_off(struct fetch *fetch, int64_t wait_ms); /* the governor's LATER */
void fetch_free(struct fetch *fetch);                     /* in any stage, without callback */

#endif
