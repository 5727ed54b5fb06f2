#include "parsers/paging.h"

#include "base/url.h"

struct position position_first(const struct paging *paging, struct arena *arena) {
    return (struct position){.page = paging->first, .cursor = arena_copy(arena, paging->start)};
}

/* Whether the answer itself says that there is more, as far as the recipe knows where. */
static bool says_more(const struct paging *paging, const struct page_facts *facts,
                      const struct position *position) {
    const struct answer *answer = facts->answer;
    if (!conditions_all(answer, &paging->more, answer->root)) {
        return false;
    }
    int64_t pages = 0;
    struct span text = value_text(answer, place_get(answer, &paging->pages, answer->root));
    return !span_to_int64(text, &pages) || position->page + 1 < paging->first + pages;
}

static bool advance_none(const struct paging *paging, const struct page_facts *facts,
                         struct arena *arena, struct position *position) {
    (void)paging;
    (void)facts;
    (void)arena;
    (void)position;
    return false;
}

static bool advance_page(const struct paging *paging, const struct page_facts *facts,
                         struct arena *arena, struct position *position) {
    (void)arena;
    if (position->page > paging->last - paging->step || !says_more(paging, facts, position)) {
        return false;
    }
    position->page += paging->step;
    return true;
}

/* A site that gives so many pages and no more: from its last page on, the next window begins at
 * the oldest item seen. Its second is asked for again, because it may have been cut; when it alone
 * fills a window, it is left behind. */
static bool advance_window(const struct paging *paging, const struct page_facts *facts,
                           struct arena *arena, struct position *position) {
    if (position->page < paging->last) {
        return advance_page(paging, facts, arena, position);
    }
    const struct answer *answer = facts->answer;
    if (facts->oldest_ms == DATE_NONE || !conditions_all(answer, &paging->more, answer->root)) {
        return false;
    }
    int64_t until_s = facts->oldest_ms / SECOND_MS + 1;
    if (position->until_s != 0 && until_s >= position->until_s) {
        until_s = position->until_s - 1;
    }
    position->until_s = until_s;
    position->page = paging->first;
    return true;
}

static bool cursor_set(struct span next, struct arena *arena, struct position *position) {
    if (next.size == 0 || span_equal(next, position->cursor)) {
        return false; /* a repeated cursor is the end */
    }
    position->cursor = arena_copy(arena, next);
    return true;
}

static bool advance_cursor(const struct paging *paging, const struct page_facts *facts,
                           struct arena *arena, struct position *position) {
    const struct answer *answer = facts->answer;
    struct span next = value_text(answer, place_get(answer, &paging->next, answer->root));
    return conditions_all(answer, &paging->more, answer->root) && cursor_set(next, arena, position);
}

static bool advance_id(const struct paging *paging, const struct page_facts *facts,
                       struct arena *arena, struct position *position) {
    return conditions_all(facts->answer, &paging->more, facts->answer->root) &&
           cursor_set(facts->last_id, arena, position);
}

static bool url_set(struct span next, const struct page_facts *facts, struct arena *arena,
                    struct position *position) {
    struct span url = next.size == 0 ? next : url_resolve(next, facts->answer->url, arena);
    if (url.size == 0 || url.size > LIMIT_URL || span_equal(url, position->url) ||
        span_equal(url, facts->response->url)) {
        return false;
    }
    position->url = arena_copy(arena, url);
    return true;
}

/* The target of rel="next" in a Link header (RFC 8288). */
static struct span link_next(const struct web_response *response) {
    for (size_t i = 0; i < response->header_count; i++) {
        struct span rest = response->headers[i].value;
        if (!span_equal_nocase(response->headers[i].name, SPAN("link"))) {
            continue;
        }
        size_t open = span_find_byte(rest, '<');
        while (open != SPAN_NOT_FOUND) {
            rest = span_from(rest, open + 1);
            size_t close = span_find_byte(rest, '>');
            struct span target = span_first(rest, close);
            rest = span_from(rest, close == SPAN_NOT_FOUND ? rest.size : close + 1);
            open = span_find_byte(rest, '<');
            struct span about = span_first(rest, open);
            if (span_find_nocase(about, SPAN("rel=\"next\"")) != SPAN_NOT_FOUND ||
                span_find_nocase(about, SPAN("rel=next")) != SPAN_NOT_FOUND) {
                return target;
            }
        }
    }
    return (struct span){0};
}

static bool advance_link(const struct paging *paging, const struct page_facts *facts,
                         struct arena *arena, struct position *position) {
    (void)paging;
    return url_set(link_next(facts->response), facts, arena, position);
}

static bool advance_next(const struct paging *paging, const struct page_facts *facts,
                         struct arena *arena, struct position *position) {
    struct span next = facts->next_url;
    if (next.size == 0) {
        const struct answer *answer = facts->answer;
        next = value_text(answer, place_get(answer, &paging->next, answer->root));
    }
    return url_set(next, facts, arena, position);
}

static const struct kind {
    const char *name;
    bool (*advance)(const struct paging *paging, const struct page_facts *facts,
                    struct arena *arena, struct position *position);
} kinds[] = {
    [PAGING_NONE] = {"none", advance_none},
    [PAGING_PAGE] = {"page", advance_page},
    [PAGING_CURSOR] = {"cursor", advance_cursor},
    [PAGING_LINK] = {"link", advance_link},
    [PAGING_NEXT] = {"next", advance_next},
    [PAGING_WINDOW] = {"window", advance_window},
    [PAGING_ID] = {"id", advance_id},
};

bool paging_kind_parse(struct span name, enum paging_kind *kind) {
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (span_equal(name, span_of(kinds[i].name))) {
            *kind = (enum paging_kind)i;
            return true;
        }
    }
    return false;
}

bool position_advance(const struct paging *paging, const struct page_facts *facts,
                      struct arena *arena, struct position *position) {
    position->empty = facts->items == 0 ? position->empty + 1 : 0;
    return position->empty <= paging->empty &&
           kinds[paging->kind].advance(paging, facts, arena, position);
}
