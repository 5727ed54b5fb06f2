#include "tests/origin/identity.h"

#include "base/hash.h"
#include "tests/origin/dice.h"

#include <inttypes.h>

#define AUTHORS 1500 /* few enough that people come back */

/* One name for one number. */
static struct span make_author(struct arena *arena, uint64_t number) {
    static const char *const first[] = {"mira", "tolo", "bex",  "juno", "kiri", "ruda", "sela",
                                        "olmo", "pim",  "vado", "lune", "gato", "fern", "nilo"};
    static const char *const last[] = {"plays", "stone", "rojo", "wave", "luz",  "byte", "pine",
                                       "mar",   "fox",   "ink",  "sol",  "mint", "vega"};
    struct dice dice = dice_make(number);
    return arena_print(arena, "%s%s%" PRIu64, first[dice_roll(&dice, 14)],
                       last[dice_roll(&dice, 13)], number);
}

int64_t identity_author_number(struct span author) {
    return (int64_t)(hash_bytes(author) % UINT64_C(900000000)) + 100000000;
}

/* "update-breaks-brellin-app": ASCII letters and digits of a headline. */
static struct span make_slug(struct arena *arena, struct span title) {
    char *slug = arena_allocate(arena, title.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < title.size && size < 60; i++) {
        char c = byte_to_lower(title.data[i]);
        if (byte_is_alpha(c) || byte_is_digit(c)) {
            slug[size++] = c;
        } else if (c == ' ' && size > 0 && slug[size - 1] != '-') {
            slug[size++] = '-';
        }
    }
    return (struct span){slug, size};
}

static int64_t make_number(const struct post *post, int64_t index) {
    switch (post->site->kind) {
    case SITE_HN:
        return 45000000 + index * 3 + index % 2;
    case SITE_MASTODON: /* as there: milliseconds, then 16 bits of sequence */
        return post->published_ms * 65536 + index % 65536;
    case SITE_STACK:
        return 1790000 + index * 2;
    case SITE_APPSTORE:
        return INT64_C(11000000000) + index * 7;
    case SITE_STEAM:
        return INT64_C(180000000) + index * 5;
    case SITE_SHOP:
    case SITE_BAZAAR:
    case SITE_RSS2:
    case SITE_RSS2_LATIN1:
    case SITE_RSS1:
    case SITE_ATOM:
    case SITE_JSONFEED:
        break;
    }
    return 1000 + index;
}

static struct span make_id(struct arena *arena, const struct post *post) {
    const char *host = post->site->host;
    switch (post->site->kind) {
    case SITE_SHOP:
    case SITE_BAZAAR:
        return arena_print(arena, "rv-%" PRId64, post->number);
    case SITE_RSS2:
    case SITE_RSS2_LATIN1:
        return arena_print(arena, "https://%s/?p=%" PRId64, host, post->number);
    case SITE_ATOM: {
        char day[DATE_TEXT_SIZE];
        return arena_print(arena, "tag:%s,%s:%" PRId64, host,
                           date_print_day(post->published_ms, day), post->number);
    }
    case SITE_RSS1:
    case SITE_JSONFEED:
        return post->url;
    case SITE_HN:
    case SITE_MASTODON:
    case SITE_STACK:
    case SITE_APPSTORE:
    case SITE_STEAM:
        break;
    }
    return arena_print(arena, "%" PRId64, post->number);
}

static struct span make_review_url(const struct world *world, const struct post *post) {
    struct arena *arena = world->arena;
    struct span slug = world_tag(world, (size_t)post->product, arena);
    if (post->site->kind == SITE_APPSTORE) {
        return arena_print(arena,
                           "https://itunes.apple.com/%s/review?id=%" PRId64
                           "&type=Purple%%20Software#r%" PRId64,
                           post->country, WORLD_APPSTORE_APP(post->product), post->number);
    }
    if (post->site->kind == SITE_STEAM) {
        return arena_print(
            arena, "https://steamcommunity.com/profiles/%" PRId64 "/recommended/%" PRId64 "/",
            INT64_C(76561197960265728) + identity_author_number(post->author),
            WORLD_STEAM_APP(post->product));
    }
    return arena_print(arena, "https://%s/p/%.*s-controller#rv-%" PRId64, post->site->host,
                       SPAN_ARG(slug), post->number);
}

static struct span make_url(const struct world *world, const struct post *post) {
    struct arena *arena = world->arena;
    const char *host = post->site->host;
    struct span slug = make_slug(arena, post->title);
    if (site_is_review(post->site)) {
        return make_review_url(world, post);
    }
    if (site_is_feed(post->site)) {
        struct date date = date_from_ms(post->published_ms);
        return arena_print(arena, "https://%s/%04d/%02d/%.*s-%" PRId64, host, date.year, date.month,
                           SPAN_ARG(slug), post->number);
    }
    if (post->site->kind == SITE_MASTODON) {
        return arena_print(arena, "https://%s/@%.*s/%" PRId64, host, SPAN_ARG(post->author),
                           post->number);
    }
    if (post->site->kind == SITE_STACK) {
        return arena_print(arena, "https://%s/questions/%" PRId64 "/%.*s", host, post->number,
                           SPAN_ARG(slug));
    }
    return arena_print(arena, "https://%s/item?id=%" PRId64, host, post->number);
}

void identity_assign(struct world *world) {
    struct dice dice = dice_make(world->options.seed ^ UINT64_C(0xA0761D6478BD642F));
    for (size_t i = 0; i < world->count; i++) {
        struct post *post = &world->posts[i];
        post->number = make_number(post, (int64_t)i);
        /* The app stores take one review of a person; elsewhere people come back. */
        bool once = post->site->kind == SITE_STEAM || post->site->kind == SITE_APPSTORE;
        uint64_t author = dice_roll(&dice, AUTHORS);
        post->author = make_author(world->arena, once ? AUTHORS + i : author);
        post->url = make_url(world, post);
        post->id = make_id(world->arena, post);
        if (post->site->kind == SITE_HN && span_is_empty(post->title)) {
            post->thread = post->number - dice_between(&dice, 20, 900);
        }
    }
}
