/* fixtures FIXTURES_DIR: real payloads, by the recipe of their source or as standard documents.
 * Prints "fixtures files N items N failed N there N kept N". With V=1 a line per file and a table
 * per source on standard error.
 *
 * Which recipe reads a payload is found by trying: of a source's rows the one with the most items
 * counts. A row may look for items at another place than its recipe does: the same post stands in
 * a search, in a thread, alone. A file fails when it is not what its row says: items, nothing, an
 * error.
 *
 * Nothing may be lost silently, so JSON is also walked without any recipe: leaves whose names say
 * text, time, author, rating or count ("there") must be found as such in some item ("kept"). Not
 * all can be: a payload also holds profiles of authors, links, the site's own texts. */
#include "base/buffer.h"
#include "parsers/document.h"
#include "tests/file.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define PARAMS_MOST 16
#define SHOWN_MOST 4 /* leaves of one kind that a file's line shows as lost */

enum outcome { ITEMS, NOTHING, REFUSED };

static const struct row {
    const char *folder;
    const char *prefix;    /* of the file name; a longer one that fits hides shorter ones */
    const char *extension; /* "" = any */
    const char *recipe;    /* NULL = a standard document */
    const char *items;     /* where they are; NULL: where the recipe says */
    enum outcome expected;
} rows[] = {
    {"amazon", "", ".html", NULL, NULL, ITEMS},
    {"appstore", "", ".json", "appstore", NULL, ITEMS},
    {"bluesky", "", ".json", "bluesky-author", NULL, ITEMS},
    {"bluesky", "", ".json", "bluesky-search", NULL, ITEMS},
    {"bluesky", "", ".json", "bluesky-search", "[thread.post, 'thread.replies[*].post']", ITEMS},
    {"bluesky", "", ".html", NULL, NULL, ITEMS},
    {"discourse", "", ".json", "discourse-latest", NULL, ITEMS},
    {"discourse", "", ".json", "discourse-topics", NULL, ITEMS},
    {"discourse", "", ".json", "discourse-search", NULL, ITEMS},
    {"discourse", "", ".json", "discourse-latest", "post_stream.posts", ITEMS},
    {"discourse", "", ".json", "discourse-latest", ".", ITEMS},
    {"errors", "", ".bin", NULL, NULL, REFUSED},
    {"errors", "", ".html", "reviews-page", NULL, NOTHING}, /* walls, without their status */
    {"errors", "facebook", ".json", "facebook-page", NULL, REFUSED},
    {"errors", "github", ".json", "github-issues", NULL, REFUSED},
    {"errors", "google_api", ".json", "youtube-search", NULL, REFUSED},
    {"errors", "mastodon", ".json", "mastodon-tag", NULL, REFUSED},
    {"errors", "bluesky", ".json", "bluesky-search", NULL, REFUSED},
    {"errors", "reddit", ".json", "reddit", NULL, REFUSED},
    {"errors", "x_", ".json", "x-recent", NULL, REFUSED},
    {"facebook", "", ".json", "facebook-page", NULL, ITEMS},
    {"facebook", "", ".json", "facebook-page", ".", ITEMS},
    {"facebook", "pages__", ".json", "facebook-page", NULL, NOTHING},      /* pages, no posts */
    {"facebook", "posts__multi", ".json", "facebook-page", NULL, NOTHING}, /* a map by id */
    {"feeds", "", "", NULL, NULL, ITEMS},
    {"github", "", ".json", "github-issues", NULL, ITEMS},
    {"github", "", ".json", "github-issues", "issues", ITEMS},
    {"github", "", ".json", "github-issues", ".", ITEMS},
    {"github", "search_commits", ".json", "github-issues", NULL, NOTHING},
    {"github", "search_users", ".json", "github-issues", NULL, NOTHING},
    {"googleplaces", "", ".json", "google-places-legacy", NULL, ITEMS},
    {"googleplaces", "error", ".json", "google-places-legacy", NULL, REFUSED},
    {"googleplaces", "textsearch", ".json", "google-places-legacy", NULL, NOTHING}, /* places */
    {"instagram", "", ".json", "instagram-comments", NULL, ITEMS},
    {"instagram", "", ".json", "instagram-hashtag", NULL, ITEMS},
    {"instagram", "", ".json", "instagram-comments", "data", ITEMS},
    {"instagram", "", ".json", "instagram-comments", ".", ITEMS},
    {"instagram", "comments__comments", ".json", "instagram-comments", NULL, NOTHING}, /* by id */
    {"legacy_html", "", ".html", NULL, NULL, ITEMS},
    {"lemmy", "", ".json", "lemmy", NULL, ITEMS},
    {"lemmy", "", ".json", "lemmy-v4", NULL, ITEMS},
    {"mastodon", "", ".rss", NULL, NULL, ITEMS},
    {"mastodon", "", ".json", "mastodon-tag", NULL, ITEMS},
    {"mastodon", "", ".json", "mastodon-search", NULL, ITEMS},
    {"mastodon", "", ".json", "mastodon-tag", "[ancestors, descendants]", ITEMS},
    {"newsapi", "", ".json", "newsapi", NULL, ITEMS},
    {"reddit", "", ".json", "reddit", NULL, ITEMS},
    {"reddit", "", ".json", "reddit-comments", NULL, ITEMS},
    {"reddit", "", ".json", "reddit-thread", NULL, ITEMS},
    {"reddit", "", ".json", "reddit-thread", "json.data.things", ITEMS},
    {"reddit", "feed", "", NULL, NULL, ITEMS},
    {"schema_org_pages", "", ".html", NULL, NULL, ITEMS},
    {"telegram", "", ".html", "telegram-channel", NULL, ITEMS},
    {"telegram", "channel", ".html", "telegram-channel", NULL, REFUSED}, /* shows no messages */
    {"telegram", "post-", ".html", "telegram-channel", NULL, REFUSED},
    {"x", "", "", "x-recent", NULL, ITEMS},
    {"x", "", "", "x-recent", ".", ITEMS},
    {"youtube", "", ".xml", NULL, NULL, ITEMS},
    {"youtube", "", ".atom", NULL, NULL, ITEMS},
    {"youtube", "", ".json", "youtube-search", NULL, ITEMS},
    {"youtube", "", ".json", "youtube-comments", NULL, ITEMS},
    {"youtube", "videos", ".json", "youtube-search", NULL, NOTHING}, /* asked for by no recipe */
};
#define ROW_COUNT (sizeof rows / sizeof rows[0])

/* --- Leaves that speak for themselves ------------------------------------------------------------ */

enum kind {
    KIND_TEXT,
    KIND_TIME,
    KIND_AUTHOR,
    KIND_RATING,
    KIND_COUNT,
    KIND_ITEM,
    KIND_NUMBER,
    ASIDE,
    PERSON
};
static const char *const kind_names[KIND_NUMBER] = {"text",   "time",  "author",
                                                    "rating", "count", "item"};

static const struct name {
    const char *name;
    enum kind kind;
} names[] = {
    /* What an item only shows or points at, and what a site says of itself. */
    {"_expandable", ASIDE},
    {"actions_summary", ASIDE},
    {"all_awardings", ASIDE},
    {"attachments", ASIDE},
    {"card", ASIDE},
    {"context_annotations", ASIDE},
    {"crosspost_parent_list", ASIDE},
    {"embed", ASIDE},
    {"entities", ASIDE},
    {"media", ASIDE}, /* X: pictures; Reddit: players */
    {"media_attachments", ASIDE},
    {"opening_hours", ASIDE},
    {"current_opening_hours", ASIDE},
    {"posters", ASIDE},
    {"quote", ASIDE},
    {"quoted_status", ASIDE},
    {"reason", ASIDE},
    {"reply", ASIDE}, /* Bluesky: the post answered */
    {"secure_media", ASIDE},
    {"suggested_topics", ASIDE},
    {"tweets", ASIDE}, /* X: those referred to */
    {"accounts", ASIDE},
    {"communities", ASIDE},
    {"community", ASIDE},
    /* Of somebody only the name matters. */
    {"account", PERSON},
    {"author", PERSON},
    {"creator", PERSON},
    {"from", PERSON},
    {"owner", PERSON},
    {"user", PERSON},
    {"users", ASIDE}, /* X: all that are named anywhere */
    {"body", KIND_TEXT},
    {"caption", KIND_TEXT},
    {"content", KIND_TEXT},
    {"cooked", KIND_TEXT},
    {"description", KIND_TEXT},
    {"message", KIND_TEXT},
    {"selftext", KIND_TEXT},
    {"text", KIND_TEXT},
    {"textDisplay", KIND_TEXT},
    {"textOriginal", KIND_TEXT},
    {"title", KIND_TEXT},
    {"createdAt", KIND_TIME},
    {"created_at", KIND_TIME},
    {"created_time", KIND_TIME},
    {"created_utc", KIND_TIME},
    {"publishedAt", KIND_TIME},
    {"published", KIND_TIME},
    {"published_at", KIND_TIME},
    {"time", KIND_TIME},
    {"timestamp", KIND_TIME},
    {"updated", KIND_TIME},
    {"acct", KIND_AUTHOR},
    {"authorDisplayName", KIND_AUTHOR},
    {"handle", KIND_AUTHOR},
    {"login", KIND_AUTHOR},
    {"username", KIND_AUTHOR},
    {"im:rating", KIND_RATING},
    {"rating", KIND_RATING},
    {"comment_count", KIND_COUNT},
    {"comments_count", KIND_COUNT},
    {"favourites_count", KIND_COUNT},
    {"like_count", KIND_COUNT},
    {"likeCount", KIND_COUNT},
    {"num_comments", KIND_COUNT},
    {"quote_count", KIND_COUNT},
    {"reblogs_count", KIND_COUNT},
    {"replies_count", KIND_COUNT},
    {"reply_count", KIND_COUNT},
    {"replyCount", KIND_COUNT},
    {"repostCount", KIND_COUNT},
    {"retweet_count", KIND_COUNT},
    {"score", KIND_COUNT},
    {"totalReplyCount", KIND_COUNT},
    {"viewCount", KIND_COUNT},
};

struct balance {
    size_t there[KIND_NUMBER];
    size_t kept[KIND_NUMBER];
};

struct walk {
    struct arena *arena;
    const struct items *items;
    struct span *plain; /* of each item: title, text and who, bare */
    struct balance balance;
    struct buffer *lost;
    bool person; /* inside what tells of somebody */
};

/* Letters and digits alone: what markup, white space and line ends cannot change. */
static struct span bare(struct span text, struct arena *arena) {
    char *out = ARENA_ARRAY(arena, char, text.size + 1);
    size_t size = 0;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        if (byte >= 0x80 || (byte >= '0' && byte <= '9') ||
            ((byte | 32) >= 'a' && (byte | 32) <= 'z')) {
            out[size++] = text.data[i];
        }
    }
    return (struct span){out, size};
}

/* The longest stretch without anything that could be markup is looked for. */
static bool kept_text(const struct walk *walk, struct span text) {
    struct span wanted = {0};
    text = html_to_text(text, walk->arena);
    while (text.size > 0) {
        size_t end = 0;
        while (end < text.size && strchr("[](){}<>*_`&#|\\/~^\n", text.data[end]) == NULL) {
            end++;
        }
        wanted = end > wanted.size ? span_first(text, end) : wanted;
        text = span_from(text, end < text.size ? end + 1 : end);
    }
    wanted = span_first(bare(wanted, walk->arena), 60);
    for (size_t i = 0; i < walk->items->count; i++) {
        if (span_find(walk->plain[i], wanted) != SPAN_NOT_FOUND) {
            return true;
        }
    }
    return wanted.size == 0;
}

static bool kept_time(const struct walk *walk, int64_t ms) {
    for (size_t i = 0; i < walk->items->count; i++) {
        const struct item *item = &walk->items->list[i];
        if (item->published_ms / SECOND_MS == ms / SECOND_MS ||
            item->updated_ms / SECOND_MS == ms / SECOND_MS) {
            return true;
        }
    }
    return false;
}

static bool kept_author(const struct walk *walk, struct span name) {
    for (size_t i = 0; i < walk->items->count; i++) {
        const struct item *item = &walk->items->list[i];
        if (span_equal(item->author, name) || span_equal(item->author_id, name)) {
            return true;
        }
    }
    return false;
}

static bool kept_rating(const struct walk *walk, double rating) {
    for (size_t i = 0; i < walk->items->count; i++) {
        double difference = walk->items->list[i].rating - rating;
        if (difference > -0.01 && difference < 0.01) {
            return true;
        }
    }
    return false;
}

static bool kept_count(const struct walk *walk, int64_t count) {
    for (size_t i = 0; i < walk->items->count; i++) {
        const struct engagement *has = &walk->items->list[i].engagement;
        if (has->likes == count || has->replies == count || has->shares == count ||
            has->views == count) {
            return true;
        }
    }
    return false;
}

static void weigh(struct walk *walk, const char *name, enum kind kind, bool kept,
                  struct span value) {
    walk->balance.there[kind]++;
    walk->balance.kept[kind] += kept;
    if (!kept && walk->balance.there[kind] - walk->balance.kept[kind] <= SHOWN_MOST) {
        buffer_print(walk->lost, "    %s lost: %s %.*s\n", kind_names[kind], name,
                     SPAN_ARG(span_first_utf8(value, 60)));
    }
}

static void weigh_number(struct walk *walk, const char *name, enum kind kind, double number) {
    char text[32];
    snprintf(text, sizeof text, "%g", number);
    if (kind == KIND_TIME && number > 1e8) {
        weigh(walk, name, kind, kept_time(walk, (int64_t)number * SECOND_MS), span_of(text));
    } else if (kind == KIND_RATING) {
        weigh(walk, name, kind, kept_rating(walk, number), span_of(text));
    } else if (kind == KIND_COUNT && number > 0) {
        weigh(walk, name, kind, kept_count(walk, (int64_t)number), span_of(text));
    }
}

static void weigh_string(struct walk *walk, const char *name, enum kind kind, struct span value) {
    int64_t ms = 0;
    double number = 0;
    if (kind == KIND_TEXT && value.size >= 20 && span_find_byte(value, ' ') != SPAN_NOT_FOUND) {
        weigh(walk, name, kind, kept_text(walk, value), value);
    } else if (kind == KIND_TIME && date_parse_any(value, DATE_NONE, &ms)) {
        weigh(walk, name, kind, kept_time(walk, ms), value);
    } else if (kind == KIND_AUTHOR && value.size > 0) {
        weigh(walk, name, kind, kept_author(walk, value), value);
    } else if (kind >= KIND_RATING && span_to_double(value, &number)) {
        weigh_number(walk, name, kind, number);
    }
}

static enum kind kind_of(const char *name) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0) {
            return names[i].kind;
        }
    }
    return KIND_NUMBER;
}

static void leaf_weigh(struct walk *walk, const char *name, const json_t *leaf) {
    enum kind kind = kind_of(name) == PERSON ? KIND_AUTHOR : kind_of(name);
    if (kind >= KIND_NUMBER || (walk->person && kind != KIND_AUTHOR)) {
        return;
    }
    if (json_is_string(leaf)) {
        weigh_string(walk, name, kind,
                     (struct span){json_string_value(leaf), json_string_length(leaf)});
    } else if (json_is_number(leaf)) {
        weigh_number(walk, name, kind, json_number_value(leaf));
    }
}

/* {"label": ...} is the App Store's way of writing a leaf. */
static void json_walk(struct walk *walk, const char *name, json_t *json) {
    size_t index;
    const char *key;
    json_t *member;
    bool person = walk->person;
    if (json_is_object(json) && kind_of(name) != ASIDE) {
        walk->person = person || kind_of(name) == PERSON;
        json_object_foreach(json, key, member) {
            json_walk(walk, strcmp(key, "label") == 0 ? name : key, member);
        }
        walk->person = person;
    } else if (json_is_array(json)) {
        json_array_foreach(json, index, member) {
            json_walk(walk, name, member);
        }
    } else if (!json_is_object(json)) {
        leaf_weigh(walk, name, json);
    }
}

/* Elements of feeds: one item each. */
static void elements_weigh(struct walk *walk, struct span body) {
    static const char *const elements[] = {"<item>", "<item ", "<entry>", "<entry "};
    struct span text = charset_to_utf8(body, SPAN(""), walk->arena);
    size_t *there = &walk->balance.there[KIND_ITEM];
    for (size_t i = 0; i < sizeof elements / sizeof elements[0]; i++) {
        struct span rest = text;
        size_t at = 0;
        while ((at = span_find(rest, span_of(elements[i]))) != SPAN_NOT_FOUND) {
            *there += 1;
            rest = span_from(rest, at + 1);
        }
    }
    walk->balance.kept[KIND_ITEM] = walk->items->count < *there ? walk->items->count : *there;
}

static void body_weigh(struct walk *walk, struct span body) {
    elements_weigh(walk, body);
    json_t *json = json_loadb(body.data, body.size, JSON_ALLOW_NUL, NULL);
    walk->plain = ARENA_ARRAY(walk->arena, struct span, walk->items->count);
    for (size_t i = 0; i < walk->items->count; i++) {
        const struct item *item = &walk->items->list[i];
        walk->plain[i] =
            bare(arena_print(walk->arena, "%.*s %.*s", SPAN_ARG(item->title), SPAN_ARG(item->text)),
                 walk->arena);
    }
    json_walk(walk, "", json);
    json_decref(json);
}

/* --- Reading ------------------------------------------------------------------------------------- */

/* The recipe as shipped, or with its items elsewhere. */
static bool recipe_load(const struct row *row, struct arena *arena, const struct recipe **recipe,
                        struct error *error) {
    if (row->items == NULL) {
        return recipe_builtin(span_of(row->recipe), arena, recipe, error);
    }
    char path[256];
    snprintf(path, sizeof path, "parsers/recipes/%s.yaml", row->recipe);
    struct span text = test_file(path, arena);
    struct span line;
    bool inside = false;
    struct buffer yaml;
    buffer_init(&yaml, LIMIT_CONFIG);
    while (span_split(&text, '\n', &line)) {
        bool begins = span_starts_with(line, SPAN("items:"));
        inside = begins || (inside && span_starts_with(line, SPAN(" ")));
        if (begins) {
            buffer_print(&yaml, "items: %s\n", row->items);
        } else if (!inside) {
            buffer_print(&yaml, "%.*s\n", SPAN_ARG(line));
        }
    }
    bool parsed =
        recipe_parse(arena_copy(arena, buffer_span(&yaml)), span_of(path), arena, recipe, error);
    buffer_done(&yaml);
    return parsed;
}

static bool recipe_read(const struct row *row, struct span body, struct items *items,
                        struct error *error) {
    const struct recipe *recipe = NULL;
    struct poll *poll = NULL;
    struct web_request request;
    struct web_header params[PARAMS_MOST];
    struct poll_options options = {.params = params,
                                   .url = SPAN("https://source.example/"),
                                   .query = SPAN("q"),
                                   .saved = true,
                                   .now_ms = INT64_C(1795252211000),
                                   .since_ms = DATE_NONE};
    if (!recipe_load(row, items->arena, &recipe, error)) {
        return false;
    }
    const struct recipe_info *info = recipe_info(recipe);
    for (size_t i = 0; i < info->param_count; i++) {
        if (info->params[i].default_value.data == NULL) {
            params[options.param_count++] = (struct web_header){info->params[i].name, SPAN("1")};
        }
    }
    if (!poll_begin(recipe, &options, SPAN(""), items->arena, &poll, error) ||
        !poll_request(poll, &request)) {
        return false;
    }
    struct web_response response = {.status = 200, .url = request.url, .body = body};
    return poll_response(poll, &response, items->arena, items, error);
}

/* Several answers may stand in one file, each on a line of its own. */
static bool lines_read(const struct row *row, struct span body, struct items *items,
                       struct error *error) {
    struct span line;
    bool read = body.size > 0;
    while (span_split(&body, '\n', &line)) {
        read = read && (line.size == 0 || recipe_read(row, line, items, error));
    }
    return read;
}

static bool row_read(const struct row *row, const char *path, struct span body, struct items *items,
                     struct error *error) {
    if (row->recipe != NULL) {
        return span_ends_with(span_of(path), SPAN(".jsonl")) ? lines_read(row, body, items, error)
                                                             : recipe_read(row, body, items, error);
    }
    bool page = span_ends_with(span_of(path), SPAN(".html"));
    return document_parse(body, page ? SPAN("text/html") : SPAN(""),
                          SPAN("https://source.example/"), items->arena, items, NULL, error);
}

/* --- Counting ------------------------------------------------------------------------------------ */

struct tally {
    size_t files;
    size_t items;
    size_t failed;
    struct balance balance;
    size_t ids, texts, dates, authors, ratings, counts; /* items that have one */
};

static void items_count(const struct items *items, struct tally *tally) {
    for (size_t i = 0; i < items->count; i++) {
        const struct item *item = &items->list[i];
        tally->ids += item->id.size > 0;
        tally->texts += item->text.size > 0 || item->title.size > 0;
        tally->dates += item->published_ms != DATE_NONE;
        tally->authors += item->author.size > 0;
        tally->ratings += item->rating >= 0;
        tally->counts += item->engagement.likes != COUNT_NONE ||
                         item->engagement.replies != COUNT_NONE ||
                         item->engagement.views != COUNT_NONE;
    }
    tally->items += items->count;
}

static void tally_add(struct tally *sum, const struct tally *part) {
    sum->files += part->files;
    sum->items += part->items;
    sum->failed += part->failed;
    sum->ids += part->ids;
    sum->texts += part->texts;
    sum->dates += part->dates;
    sum->authors += part->authors;
    sum->ratings += part->ratings;
    sum->counts += part->counts;
    for (size_t i = 0; i < KIND_NUMBER; i++) {
        sum->balance.there[i] += part->balance.there[i];
        sum->balance.kept[i] += part->balance.kept[i];
    }
}

static void tally_print(const char *name, const struct tally *tally) {
    fprintf(stderr, "%s: %zu items, id %zu text %zu time %zu author %zu rating %zu count %zu; kept",
            name, tally->items, tally->ids, tally->texts, tally->dates, tally->authors,
            tally->ratings, tally->counts);
    for (size_t i = 0; i < KIND_NUMBER; i++) {
        if (tally->balance.there[i] > 0) {
            fprintf(stderr, " %s %zu/%zu", kind_names[i], tally->balance.kept[i],
                    tally->balance.there[i]);
        }
    }
}

/* --- Files --------------------------------------------------------------------------------------- */

static bool row_fits(const struct row *row, const char *folder, const char *name) {
    return strcmp(row->folder, folder) == 0 &&
           span_starts_with(span_of(name), span_of(row->prefix)) &&
           span_ends_with(span_of(name), span_of(row->extension));
}

static size_t prefix_longest(const char *folder, const char *name, bool *fits) {
    size_t longest = 0;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (row_fits(&rows[i], folder, name)) {
            *fits = true;
            longest = strlen(rows[i].prefix) > longest ? strlen(rows[i].prefix) : longest;
        }
    }
    return longest;
}

struct reading {
    const struct row *row;
    struct items items;
    struct error error;
    bool read;
};

static struct reading file_read_best(const char *folder, const char *name, const char *path,
                                     struct span body, struct arena *arena) {
    bool fits = false;
    size_t longest = prefix_longest(folder, name, &fits);
    struct reading best = {.row = NULL};
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (!row_fits(&rows[i], folder, name) || strlen(rows[i].prefix) < longest) {
            continue;
        }
        struct reading next = {.row = &rows[i], .items = {.arena = arena}};
        next.read = row_read(next.row, path, body, &next.items, &next.error);
        if (best.row == NULL ||
            (next.read && (!best.read || next.items.count > best.items.count))) {
            best = next;
        }
    }
    return best;
}

/* A list of accounts or places has ids and is no talk. */
static bool says_something(const struct reading *reading) {
    bool says = reading->row->recipe == NULL && reading->items.count > 0;
    for (size_t i = 0; i < reading->items.count; i++) {
        const struct item *item = &reading->items.list[i];
        says = says || item->text.size > 0 || item->title.size > 0 || item->rating >= 0;
    }
    return says;
}

static void file_check(const char *folder, const char *name, const char *path, struct tally *sum) {
    struct arena *arena = arena_create();
    struct buffer lost;
    buffer_init(&lost, LIMIT_DOCUMENT);
    struct span body = test_file(path, arena);
    struct reading reading = file_read_best(folder, name, path, body, arena);
    struct tally tally = {.files = 1};
    enum outcome got = !reading.read ? REFUSED : !says_something(&reading) ? NOTHING : ITEMS;
    items_count(&reading.items, &tally);
    struct walk walk = {.arena = arena, .items = &reading.items, .lost = &lost};
    body_weigh(&walk, body);
    bool nothing_there = walk.balance.there[KIND_TEXT] <= 1 && walk.balance.there[KIND_ITEM] == 0;
    tally.failed = got != reading.row->expected && !(got == NOTHING && nothing_there);
    if (got == ITEMS) {
        tally.balance = walk.balance;
    }
    tally_add(sum, &tally);
    if (getenv("V") != NULL) {
        fprintf(stderr, "%s ", tally.failed ? "FAILED" : "  ");
        tally_print(name, &tally);
        fprintf(stderr, " (%s%s%s)%s%s\n%s",
                reading.row->recipe == NULL ? "document" : reading.row->recipe,
                reading.row->items == NULL ? "" : " at ",
                reading.row->items == NULL ? "" : reading.row->items, reading.read ? "" : ": ",
                reading.read ? "" : reading.error.message, buffer_string(&lost));
    }
    buffer_done(&lost);
    arena_free(arena);
}

static void folder_check(const char *fixtures, const char *folder, struct tally *sum) {
    char path[4096];
    struct dirent **entries = NULL;
    struct tally tally = {0};
    snprintf(path, sizeof path, "%s/%s", fixtures, folder);
    int count = scandir(path, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        bool fits = false;
        prefix_longest(folder, name, &fits);
        if (fits && name[0] != '.' && !span_ends_with(span_of(name), SPAN(".headers"))) {
            snprintf(path, sizeof path, "%s/%s/%s", fixtures, folder, name);
            file_check(folder, name, path, &tally);
        }
        free(entries[i]);
    }
    free(entries);
    if (getenv("V") != NULL && tally.files > 0) {
        tally_print(folder, &tally);
        fprintf(stderr, ", files %zu failed %zu\n", tally.files, tally.failed);
    }
    tally_add(sum, &tally);
}

int main(int argc, char **argv) {
    const char *fixtures = argc > 1 ? argv[1] : ".";
    struct tally sum = {0};
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (i == 0 || strcmp(rows[i].folder, rows[i - 1].folder) != 0) {
            folder_check(fixtures, rows[i].folder, &sum);
        }
    }
    if (sum.files == 0) {
        fprintf(stderr, "fixtures: skipped: no payloads under %s\n", fixtures);
        return 0;
    }
    size_t there = 0;
    size_t kept = 0;
    for (size_t i = 0; i < KIND_NUMBER; i++) {
        there += sum.balance.there[i];
        kept += sum.balance.kept[i];
    }
    printf("fixtures files %zu items %zu failed %zu there %zu kept %zu\n", sum.files, sum.items,
           sum.failed, there, kept);
    return 0;
}
