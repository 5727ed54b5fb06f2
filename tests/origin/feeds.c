/* The papers' feeds: RSS 2.0, RSS 1.0, Atom, JSON Feed. One document holds the newest items; older
 * ones follow at ?paged=2 and are linked as RFC 5005 or JSON Feed have it. */
#include "base/limits.h"
#include "tests/origin/json.h"
#include "tests/origin/markup.h"
#include "tests/origin/state.h"

#include <inttypes.h>

struct feed {
    const struct site *site;
    struct selection items;
    struct span self; /* its own URL */
    struct span next; /* the older items' URL; empty: none */
    struct buffer *out;
};

static void put_element(struct buffer *out, const char *name, struct span text) {
    buffer_print(out, "<%s>", name);
    markup_xml(out, text);
    buffer_print(out, "</%s>\n", name);
}

/* The first sentence or so, as papers tease. */
static struct span teaser(const struct post *post) {
    struct span first = span_first(post->text, span_find(post->text, SPAN("\n\n")));
    return span_first_utf8(first, 200);
}

static struct span rfc822(int64_t ms, char text[DATE_TEXT_SIZE]) {
    return span_of(date_print_rfc5322(ms, text));
}

static int64_t newest_ms(const struct feed *feed) {
    return feed->items.count > 0 ? feed->items.list[0]->published_ms : 0;
}

/* --- RSS 2.0 ---------------------------------------------------------------------------------- */

/* The Spanish paper with the old charset also writes its own time zone, an hour ahead. */
static void put_rss2_date(struct buffer *out, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    bool ahead = post->site->kind == SITE_RSS2_LATIN1;
    struct span date = rfc822(post->published_ms + (ahead ? HOUR_MS : 0), moment);
    buffer_print(out, "<pubDate>%.*s %s</pubDate>\n",
                 SPAN_ARG(span_first(date, span_find(date, SPAN(" +")))), ahead ? "+0100" : "GMT");
}

static void put_rss2_item(struct buffer *out, const struct post *post) {
    buffer_append_string(out, "<item>\n");
    put_element(out, "title", post->title);
    put_element(out, "link", post->url);
    buffer_append_string(out, "<guid isPermaLink=\"false\">");
    markup_xml(out, post->id);
    buffer_append_string(out, "</guid>\n");
    put_rss2_date(out, post);
    buffer_append_string(out, "<dc:creator><![CDATA[");
    buffer_append(out, post->author);
    buffer_append_string(out, "]]></dc:creator>\n");
    put_element(out, "category", span_of(topic_name(post->topic)));
    put_element(out, "description", teaser(post));
    buffer_append_string(out, "<content:encoded><![CDATA[");
    markup_html(out, post->text);
    buffer_append_string(out, "]]></content:encoded>\n");
    buffer_print(out, "<slash:comments>%d</slash:comments>\n</item>\n", post->replies);
}

static void put_rss2(const struct feed *feed) {
    struct buffer *out = feed->out;
    char moment[DATE_TEXT_SIZE];
    buffer_append_string(
        out, "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\""
             " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
             " xmlns:atom=\"http://www.w3.org/2005/Atom\""
             " xmlns:slash=\"http://purl.org/rss/1.0/modules/slash/\">\n<channel>\n");
    put_element(out, "title", span_of(feed->site->title));
    buffer_print(out, "<link>https://%s/</link>\n", feed->site->host);
    buffer_append_string(out, "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
    markup_xml(out, feed->self);
    buffer_append_string(out, "\"/>\n");
    if (!span_is_empty(feed->next)) {
        buffer_append_string(out, "<atom:link rel=\"next\" href=\"");
        markup_xml(out, feed->next);
        buffer_append_string(out, "\"/>\n");
    }
    put_element(out, "description", span_of(feed->site->title));
    put_element(out, "language", span_of(feed->site->languages[0].code));
    put_element(out, "lastBuildDate", rfc822(newest_ms(feed), moment));
    buffer_append_string(out, "<ttl>30</ttl>\n");
    for (size_t i = 0; i < feed->items.count; i++) {
        put_rss2_item(out, feed->items.list[i]);
    }
    buffer_append_string(out, "</channel>\n</rss>\n");
}

static void put_rss2_utf8(const struct feed *feed) {
    buffer_append_string(feed->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    put_rss2(feed);
}

/* The header says nothing about the charset, the document does. */
static void put_rss2_latin1(const struct feed *feed) {
    struct buffer utf8;
    buffer_init(&utf8, LIMIT_DOCUMENT);
    struct feed inner = *feed;
    inner.out = &utf8;
    put_rss2(&inner);
    buffer_append_string(feed->out, "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n");
    markup_latin1(feed->out, buffer_span(&utf8));
    buffer_done(&utf8);
}

/* --- RSS 1.0 ---------------------------------------------------------------------------------- */

static void put_rss1(const struct feed *feed) {
    struct buffer *out = feed->out;
    char moment[DATE_TEXT_SIZE];
    buffer_append_string(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                              "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\""
                              " xmlns=\"http://purl.org/rss/1.0/\""
                              " xmlns:dc=\"http://purl.org/dc/elements/1.1/\""
                              " xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">\n");
    buffer_print(out, "<channel rdf:about=\"https://%s/\">\n", feed->site->host);
    put_element(out, "title", span_of(feed->site->title));
    buffer_print(out, "<link>https://%s/</link>\n", feed->site->host);
    put_element(out, "description", span_of(feed->site->title));
    put_element(out, "dc:language", span_of(feed->site->languages[0].code));
    buffer_append_string(out, "<items><rdf:Seq>\n");
    for (size_t i = 0; i < feed->items.count; i++) {
        buffer_append_string(out, "<rdf:li rdf:resource=\"");
        markup_xml(out, feed->items.list[i]->url);
        buffer_append_string(out, "\"/>\n");
    }
    buffer_append_string(out, "</rdf:Seq></items>\n</channel>\n");
    for (size_t i = 0; i < feed->items.count; i++) {
        const struct post *post = feed->items.list[i];
        buffer_append_string(out, "<item rdf:about=\"");
        markup_xml(out, post->url);
        buffer_append_string(out, "\">\n");
        put_element(out, "title", post->title);
        put_element(out, "link", post->url);
        put_element(out, "dc:date", span_of(date_print(post->published_ms, moment)));
        put_element(out, "dc:creator", post->author);
        put_element(out, "description", post->text);
        buffer_append_string(out, "</item>\n");
    }
    buffer_append_string(out, "</rdf:RDF>\n");
}

/* --- Atom ------------------------------------------------------------------------------------- */

static void put_atom_link(struct buffer *out, const char *relation, struct span href) {
    buffer_print(out, "<link rel=\"%s\" href=\"", relation);
    markup_xml(out, href);
    buffer_append_string(out, "\"/>\n");
}

static void put_atom_entry(struct buffer *out, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    buffer_append_string(out, "<entry>\n");
    put_element(out, "id", post->id);
    buffer_append_string(out, "<title type=\"html\">");
    struct buffer title;
    buffer_init(&title, LIMIT_DOCUMENT);
    markup_xml(&title, post->title);
    markup_xml(out, buffer_span(&title));
    buffer_done(&title);
    buffer_append_string(out, "</title>\n");
    put_atom_link(out, "alternate", post->url);
    put_element(out, "published", span_of(date_print(post->published_ms, moment)));
    put_element(out, "updated", span_of(date_print(post->published_ms, moment)));
    buffer_append_string(out, "<author>");
    put_element(out, "name", post->author);
    buffer_append_string(out, "</author>\n");
    buffer_print(out, "<category term=\"%s\"/>\n", topic_name(post->topic));
    put_element(out, "summary", teaser(post));
    buffer_append_string(out, "<content type=\"html\">");
    markup_escaped_html(out, post->text);
    buffer_append_string(out, "</content>\n</entry>\n");
}

static void put_atom(const struct feed *feed) {
    struct buffer *out = feed->out;
    char moment[DATE_TEXT_SIZE];
    buffer_print(out,
                 "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
                 "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n"
                 "<id>tag:%s,2020:feed</id>\n",
                 feed->site->languages[0].code, feed->site->host);
    put_element(out, "title", span_of(feed->site->title));
    put_element(out, "updated", span_of(date_print(newest_ms(feed), moment)));
    put_atom_link(out, "self", feed->self);
    if (!span_is_empty(feed->next)) {
        put_atom_link(out, "next", feed->next);
    }
    for (size_t i = 0; i < feed->items.count; i++) {
        put_atom_entry(out, feed->items.list[i]);
    }
    buffer_append_string(out, "</feed>\n");
}

/* --- JSON Feed 1.1 ---------------------------------------------------------------------------- */

static void put_json_item(struct buffer *out, const struct post *post) {
    char moment[DATE_TEXT_SIZE];
    struct buffer html;
    buffer_init(&html, LIMIT_DOCUMENT);
    markup_html(&html, post->text);
    json_open(out, NULL, '{');
    json_text(out, "id", post->id);
    json_text(out, "url", post->url);
    json_text(out, "title", post->title);
    json_text(out, "content_html", buffer_span(&html));
    json_string(out, "date_published", date_print(post->published_ms, moment));
    json_open(out, "authors", '[');
    json_open(out, NULL, '{');
    json_text(out, "name", post->author);
    json_close(out, '}');
    json_close(out, ']');
    json_string(out, "language", post->language);
    json_close(out, '}');
    buffer_done(&html);
}

static void put_jsonfeed(const struct feed *feed) {
    struct buffer *out = feed->out;
    json_open(out, NULL, '{');
    json_string(out, "version", "https://jsonfeed.org/version/1.1");
    json_string(out, "title", feed->site->title);
    buffer_print(out, "\"home_page_url\":\"https://%s/\",", feed->site->host);
    json_text(out, "feed_url", feed->self);
    json_string(out, "language", feed->site->languages[0].code);
    if (!span_is_empty(feed->next)) {
        json_text(out, "next_url", feed->next);
    }
    json_open(out, "items", '[');
    for (size_t i = 0; i < feed->items.count; i++) {
        put_json_item(out, feed->items.list[i]);
    }
    json_close(out, ']');
    json_close(out, '}');
    json_end(out);
}

/* --- Mischief --------------------------------------------------------------------------------- */

/* The posts as the paper tells them now, which may not be what it told before. */
static struct selection retell(const struct mischief *mischief, const struct selection *items,
                               struct arena *arena) {
    struct selection told = {ARENA_ARRAY(arena, const struct post *, items->count + 1),
                             items->count};
    for (size_t i = 0; i < items->count; i++) {
        struct post *post = ARENA_NEW(arena, struct post);
        *post = *items->list[i];
        if (mischief->ids) {
            post->id = arena_print(arena, "%.*s#2", SPAN_ARG(post->id));
        }
        if (mischief->dates) {
            post->published_ms += MISCHIEF_DELAY_MS;
        }
        if (mischief->texts) {
            post->text = arena_print(arena, "%.*s\n\n" MISCHIEF_EDIT, SPAN_ARG(post->text));
        }
        told.list[i] = post;
    }
    return told;
}

/* --- Serving ---------------------------------------------------------------------------------- */

static const struct format {
    enum site_kind kind;
    const char *type;
    void (*put)(const struct feed *feed);
} formats[] = {
    {SITE_RSS2, "application/rss+xml; charset=UTF-8", put_rss2_utf8},
    {SITE_RSS2_LATIN1, "text/xml", put_rss2_latin1},
    {SITE_RSS1, "application/rdf+xml", put_rss1},
    {SITE_ATOM, "application/atom+xml; charset=utf-8", put_atom},
    {SITE_JSONFEED, "application/feed+json", put_jsonfeed},
};

static const struct site *find_feed(struct span path) {
    for (size_t i = 0; i < site_count; i++) {
        if (site_is_feed(&sites[i]) &&
            span_equal(path, span_of(sites[i].path + strlen("/feeds")))) {
            return &sites[i];
        }
    }
    return NULL;
}

void feeds_answer(struct origin *origin, const struct http_request *request,
                  struct http_reply *reply) {
    const struct site *site = find_feed(request->path);
    if (site == NULL) {
        reply_not_found(reply);
        return;
    }
    struct filter filter = {.site = site, .product = -1};
    struct selection all = origin_select(origin, &filter, request->arena);
    int64_t paged = http_parameter_number(request, "paged", 1);
    size_t page = paged > 1 && paged < 100000 ? (size_t)paged : 1;
    size_t size = (size_t)origin->options.feed_items;
    struct feed feed = {
        .site = site,
        .items = selection_page(&all, page - 1, size),
        .self = arena_print(request->arena, "http://%.*s%s", SPAN_ARG(request->host), site->path),
        .out = &reply->body,
    };
    if (page * size < all.count) {
        feed.next = arena_print(request->arena, "%.*s?paged=%zu", SPAN_ARG(feed.self), page + 1);
    }
    feed.items = retell(&origin->mischief, &feed.items, request->arena);
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (formats[i].kind == site->kind) {
            reply->type = formats[i].type;
            formats[i].put(&feed);
        }
    }
}
