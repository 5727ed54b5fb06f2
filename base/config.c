#include "base/config.h"

#include "base/config_parts.h"
#include "base/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- The options ---------------------------------------------------------------------------------
 */

#define AT(field) .offset = offsetof(struct config, field)
static const struct schema_row crawler_rows[] = {
    {.name = "contact",
     .type = SCHEMA_TEXT,
     AT(crawler.contact),
     .otherwise = "not sent",
     .help = "address or page of yours that site owners find in the User-Agent"},
    {.name = "timeout",
     .type = SCHEMA_DURATION,
     AT(crawler.timeout_ms),
     .minimum = SECOND_MS,
     .maximum = 10 * MINUTE_MS,
     .fallback = "1m",
     .help = "one whole transfer"},
    {.name = "connect_timeout",
     .type = SCHEMA_DURATION,
     AT(crawler.connect_timeout_ms),
     .minimum = 100,
     .maximum = MINUTE_MS,
     .fallback = "10s",
     .help = "until a server answers at all"},
    {.name = "host_spacing",
     .type = SCHEMA_DURATION,
     AT(crawler.host_spacing_ms),
     .minimum = 0,
     .maximum = HOUR_MS,
     .fallback = "2s",
     .help = "least time between two requests to one host"},
    {.name = "max_body",
     .type = SCHEMA_SIZE,
     AT(crawler.max_body),
     .minimum = KIB,
     .maximum = LIMIT_BODY,
     .fallback = "10MiB",
     .help = "one answer after decompression"},
    {.name = "concurrency",
     .type = SCHEMA_INT,
     AT(crawler.concurrency),
     .minimum = 1,
     .maximum = 256,
     .fallback = "16",
     .help = "transfers at the same time"},
    {.name = "proxy",
     .type = SCHEMA_TEXT,
     AT(crawler.proxy),
     .check = config_check_web_url,
     .otherwise = "none, whatever the environment says",
     .help = "proxy for all transfers"},
    {.name = "ca_file",
     .type = SCHEMA_PATH,
     AT(crawler.ca_file),
     .otherwise = "the system's",
     .help = "further certificate authorities to trust (PEM)"},
    {.name = "robots",
     .type = SCHEMA_BOOL,
     AT(crawler.robots),
     .fallback = "true",
     .help = "obey robots.txt"},
};

static const struct schema_row mail_rows[] = {
    {.name = "url",
     .type = SCHEMA_TEXT,
     AT(mail.url),
     .check = config_check_mail_url,
     .otherwise = "no mail is sent",
     .help = "mail server: smtp://host:587 (STARTTLS) or smtps://host"},
    {.name = "from",
     .type = SCHEMA_TEXT,
     AT(mail.from),
     .check = config_check_email,
     .help = "address that mail comes from"},
    {.name = "from_name",
     .type = SCHEMA_TEXT,
     AT(mail.from_name),
     .fallback = "earshot",
     .help = "name that mail comes from"},
    {.name = "username",
     .type = SCHEMA_TEXT,
     AT(mail.username),
     .otherwise = "no login",
     .help = "login at the mail server"},
    {.name = "password", .type = SCHEMA_SECRET, AT(mail.password), .help = "password of the login"},
    {.name = "hello",
     .type = SCHEMA_TEXT,
     AT(mail.hello),
     .otherwise = "the host name",
     .help = "name given in EHLO"},
    {.name = "require_tls",
     .type = SCHEMA_BOOL,
     AT(mail.require_tls),
     .otherwise = "true, false for a server on this machine",
     .help = "never send mail unencrypted"},
};

static const struct schema_row alerts_rows[] = {
    {.name = "enabled",
     .type = SCHEMA_BOOL,
     AT(alerts.enabled),
     .fallback = "true",
     .help = "watch for surges and for sources that break"},
    {.name = "false_per_week",
     .type = SCHEMA_REAL,
     AT(alerts.false_per_week),
     .minimum = 0.01,
     .maximum = 100,
     .fallback = "1",
     .help = "false alerts that are acceptable per week, over all brands"},
    {.name = "minimum",
     .type = SCHEMA_INT,
     AT(alerts.minimum),
     .minimum = 1,
     .maximum = 1000000,
     .fallback = "5",
     .help = "least mentions in a window that may raise an alert"},
    {.name = "window",
     .type = SCHEMA_DURATION,
     AT(alerts.window_ms),
     .minimum = HOUR_MS,
     .maximum = 7 * DAY_MS,
     .fallback = "6h",
     .help = "the time that is compared with what is usual"},
    {.name = "cooldown",
     .type = SCHEMA_DURATION,
     AT(alerts.cooldown_ms),
     .minimum = 0,
     .maximum = 30 * DAY_MS,
     .fallback = "6h",
     .help = "least time between two mails about one incident"},
};

static const struct schema_row serve_rows[] = {
    {.name = "listen",
     .type = SCHEMA_TEXT,
     AT(serve.listen),
     .check = config_check_listen,
     .fallback = "127.0.0.1:8765",
     .help = "address of the dashboard; any but a loopback address needs a token"},
    {.name = "base_url",
     .type = SCHEMA_TEXT,
     AT(serve.base_url),
     .check = config_check_web_url,
     .otherwise = "no links",
     .help = "how people reach the dashboard, for links in mail"},
    {.name = "token", .type = SCHEMA_SECRET, AT(serve.token), .help = "what a reader must present"},
};

static const struct schema_row retain_rows[] = {
    {.name = "mentions",
     .type = SCHEMA_DURATION,
     AT(retain.mentions_ms),
     .minimum = 0,
     .maximum = 36500 * (double)DAY_MS,
     .fallback = "730d",
     .help = "how long mentions are kept; 0 = for ever"},
    {.name = "unmatched",
     .type = SCHEMA_DURATION,
     AT(retain.unmatched_ms),
     .minimum = 0,
     .maximum = 36500 * (double)DAY_MS,
     .fallback = "7d",
     .help = "how long items about no brand are kept, for questions asked later"},
};
#undef AT

#define AT(field) .offset = offsetof(struct config_brand, field)
static const struct schema_row brand_rows[] = {
    {.name = "name", .type = SCHEMA_TEXT, AT(name), .required = true, .help = "the brand's name"},
    {.name = "query",
     .type = SCHEMA_TEXT,
     AT(query),
     .maximum = LIMIT_QUERY,
     .lines = true,
     .otherwise = "the name",
     .help = "what speaks of the brand: acme OR \"acme coffee\" -\"acme brick\""},
    {.name = "any",
     .type = SCHEMA_TEXTS,
     AT(any),
     .maximum = LIMIT_QUERY_TERMS,
     .help = "the simple way: any of these words or phrases,"},
    {.name = "all",
     .type = SCHEMA_TEXTS,
     AT(all),
     .maximum = LIMIT_QUERY_TERMS,
     .help = "and all of these,"},
    {.name = "none",
     .type = SCHEMA_TEXTS,
     AT(none),
     .maximum = LIMIT_QUERY_TERMS,
     .help = "and none of these"},
    {.name = "competitors",
     .type = SCHEMA_TEXTS,
     AT(competitors),
     .maximum = LIMIT_BRANDS,
     .help = "names of other brands here, for share of voice"},
    {.name = "own",
     .type = SCHEMA_BOOL,
     AT(own),
     .otherwise = "true for brands that are nobody's competitor",
     .help = "ours: alerts and digests speak of it"},
};
#undef AT

static const struct schema_choice channels[] = {
    {"review", CHANNEL_REVIEW},   {"social", CHANNEL_SOCIAL},
    {"forum", CHANNEL_FORUM},     {"news", CHANNEL_NEWS},
    {"video", CHANNEL_VIDEO},     {"survey", CHANNEL_SURVEY},
    {"support", CHANNEL_SUPPORT}, {NULL, 0},
};

#define AT(field) .offset = offsetof(struct config_source, field)
static const struct schema_row source_rows[] = {
    {.name = "name",
     .type = SCHEMA_TEXT,
     AT(name),
     .otherwise = "the recipe or the host of the url",
     .help = "unique name, for reports and queries"},
    {.name = "recipe",
     .type = SCHEMA_TEXT,
     AT(recipe),
     .fallback = "feed",
     .help = "what kind of source; \"earshot source recipes\" lists them"},
    {.name = "url",
     .type = SCHEMA_TEXT,
     AT(url),
     .maximum = LIMIT_URL,
     .check = config_check_web_url,
     .help = "address, for recipes that take one"},
    {.name = "feed",
     .type = SCHEMA_TEXT,
     AT(url),
     .maximum = LIMIT_URL,
     .check = config_check_web_url,
     .alias = true,
     .help = "short for recipe: feed with this url"},
    {.name = "params",
     .type = SCHEMA_PAIRS,
     AT(params),
     .count_offset = offsetof(struct config_source, param_count),
     .maximum = LIMIT_PARAMS,
     .help = "the recipe's own parameters, {name: value}"},
    {.name = "brands",
     .type = SCHEMA_TEXTS,
     AT(brands),
     .maximum = LIMIT_BRANDS,
     .otherwise = "all",
     .help = "ask for these brands only"},
    {.name = "about",
     .type = SCHEMA_TEXTS,
     AT(about),
     .maximum = LIMIT_MENTION_BRANDS,
     .help = "all it brings speaks of these brands, named or not: reviews of their app"},
    {.name = "channel",
     .type = SCHEMA_CHOICE,
     AT(channel),
     .choices = channels,
     .otherwise = "as the recipe says",
     .help = "kind of place"},
    {.name = "language",
     .type = SCHEMA_TEXT,
     AT(language),
     .check = config_check_language,
     .otherwise = "detected",
     .help = "language of its texts"},
    {.name = "country",
     .type = SCHEMA_TEXT,
     AT(country),
     .check = config_check_country,
     .help = "country it speaks for, two letters"},
    {.name = "interval",
     .type = SCHEMA_DURATION,
     AT(interval_ms),
     .minimum = MINUTE_MS,
     .maximum = 30 * DAY_MS,
     .otherwise = "as the recipe suggests",
     .help = "how often it is asked"},
    {.name = "since",
     .type = SCHEMA_DURATION,
     AT(since_ms),
     .minimum = HOUR_MS,
     .maximum = 3650 * (double)DAY_MS,
     .fallback = "30d",
     .help = "how far back the first time goes"},
    {.name = "enabled",
     .type = SCHEMA_BOOL,
     AT(enabled),
     .fallback = "true",
     .help = "false leaves it alone and keeps what it brought"},
    {.name = "allow_private",
     .type = SCHEMA_BOOL,
     AT(allow_private),
     .fallback = "false",
     .help = "may connect to private and loopback addresses"},
    {.name = "insecure",
     .type = SCHEMA_BOOL,
     AT(insecure),
     .fallback = "false",
     .help = "does not check certificates; warned about at each start"},
    {.name = "key", .type = SCHEMA_SECRET, AT(key), .help = "key or token for its API"},
};
#undef AT

#define AT(field) .offset = offsetof(struct config_person, field)
static const struct schema_row person_rows[] = {
    {.name = "email",
     .type = SCHEMA_TEXT,
     AT(email),
     .required = true,
     .check = config_check_email,
     .help = "where mail goes"},
    {.name = "name", .type = SCHEMA_TEXT, AT(name), .help = "who that is"},
    {.name = "brands",
     .type = SCHEMA_TEXTS,
     AT(brands),
     .maximum = LIMIT_BRANDS,
     .otherwise = "all own brands",
     .help = "brands this person hears of"},
    {.name = "alerts",
     .type = SCHEMA_BOOL,
     AT(alerts),
     .fallback = "true",
     .help = "gets a mail when something happens"},
    {.name = "digest",
     .type = SCHEMA_BOOL,
     AT(digest),
     .fallback = "true",
     .help = "gets the regular summary"},
};
#undef AT

#define SECTION(text, table)                                                                       \
    { .noun = (text), .rows = (table), .count = COUNT(table), .size = sizeof(struct config) }
static const struct schema crawler_schema = SECTION("crawler", crawler_rows);
static const struct schema mail_schema = SECTION("mail", mail_rows);
static const struct schema alerts_schema = SECTION("alerts", alerts_rows);
static const struct schema serve_schema = SECTION("serve", serve_rows);
static const struct schema retain_schema = SECTION("retain", retain_rows);
static const struct schema brand_schema = {
    .noun = "brand",
    .rows = brand_rows,
    .count = COUNT(brand_rows),
    .size = sizeof(struct config_brand),
    .shorthand = "name",
    .line_offset = offsetof(struct config_brand, line),
};
static const struct schema source_schema = {
    .noun = "source",
    .rows = source_rows,
    .count = COUNT(source_rows),
    .size = sizeof(struct config_source),
    .shorthand = "recipe",
    .line_offset = offsetof(struct config_source, line),
};
static const struct schema person_schema = {
    .noun = "person",
    .rows = person_rows,
    .count = COUNT(person_rows),
    .size = sizeof(struct config_person),
    .shorthand = "email",
};

static const struct schema_row config_rows[] = {
    {.name = "data_dir",
     .type = SCHEMA_PATH,
     .offset = offsetof(struct config, data_dir),
     .otherwise = "$STATE_DIRECTORY, else earshot in $XDG_DATA_HOME or ~/.local/share",
     .help = "folder of the store"},
    {.name = "brands",
     .type = SCHEMA_SECTIONS,
     .offset = offsetof(struct config, brands),
     .count_offset = offsetof(struct config, brand_count),
     .maximum = LIMIT_BRANDS,
     .section = &brand_schema,
     .required = true,
     .help = "whom it is about"},
    {.name = "sources",
     .type = SCHEMA_SECTIONS,
     .offset = offsetof(struct config, sources),
     .count_offset = offsetof(struct config, source_count),
     .maximum = LIMIT_SOURCES,
     .section = &source_schema,
     .help = "where it listens"},
    {.name = "people",
     .type = SCHEMA_SECTIONS,
     .offset = offsetof(struct config, people),
     .count_offset = offsetof(struct config, person_count),
     .maximum = LIMIT_PEOPLE,
     .section = &person_schema,
     .help = "who gets mail"},
    {.name = "mail", .type = SCHEMA_SECTION, .section = &mail_schema, .help = "how mail is sent"},
    {.name = "alerts",
     .type = SCHEMA_SECTION,
     .section = &alerts_schema,
     .help = "when something is worth an alert"},
    {.name = "serve",
     .type = SCHEMA_SECTION,
     .section = &serve_schema,
     .help = "the dashboard and its feeds"},
    {.name = "retain",
     .type = SCHEMA_SECTION,
     .section = &retain_schema,
     .help = "how long things are kept"},
    {.name = "crawler",
     .type = SCHEMA_SECTION,
     .section = &crawler_schema,
     .help = "how sources are asked"},
};

const struct schema config_schema = SECTION("configuration", config_rows);

/* --- Reading -------------------------------------------------------------------------------------
 */

/* The configuration's arena goes with it; problems outlive it. */
static void hand_over(const struct config_problems *found, struct arena *arena,
                      struct config_problems *problems) {
    problems->count = found->count;
    problems->list = ARENA_ARRAY(arena, struct config_problem, found->count);
    for (size_t i = 0; i < found->count; i++) {
        problems->list[i] = found->list[i];
        problems->list[i].message = arena_copy(arena, found->list[i].message);
    }
}

bool config_parse(struct span text, struct span file, struct arena *arena, struct config **config,
                  struct config_problems *problems) {
    struct arena *own = arena_create();
    struct config *read = ARENA_NEW(own, struct config);
    struct schema_reader reader = {.arena = own, .file = arena_copy(own, file)};
    struct yaml_node *root = NULL;
    struct error error = {0};
    read->arena = own;
    read->file = reader.file;
    if (yaml_parse(text, own, &root, &error)) {
        schema_read(&reader, &config_schema, root, read);
        config_check(&reader, root, read);
    } else {
        struct yaml_node place = {.line = error.line, .column = error.column};
        schema_problem(&reader, &place, "%s", error.message);
    }
    schema_sort_problems(&reader);
    hand_over(&reader.problems, arena, problems);
    *config = problems->count == 0 ? read : NULL;
    if (*config == NULL) {
        arena_free(own);
    }
    return *config != NULL;
}

static bool read_file(const char *path, struct buffer *text, struct error *error) {
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        return error_set_errno(error, errno, "cannot be opened");
    }
    char block[8192];
    size_t size = 0;
    while ((size = fread(block, 1, sizeof block, file)) > 0 && !text->overflowed) {
        buffer_append(text, (struct span){block, size});
    }
    bool failed = ferror(file) != 0;
    int number = errno;
    fclose(file);
    if (failed) {
        return error_set_errno(error, number, "cannot be read");
    }
    return !text->overflowed ||
           error_set(error, ERROR_LIMIT, "larger than %zu KiB", LIMIT_CONFIG / KIB);
}

bool config_load(const char *path, struct arena *arena, struct config **config,
                 struct config_problems *problems) {
    struct buffer text;
    buffer_init(&text, LIMIT_CONFIG);
    struct error error = {0};
    bool loaded = false;
    if (read_file(path, &text, &error)) {
        loaded = config_parse(buffer_span(&text), span_of(path), arena, config, problems);
    } else {
        struct schema_reader reader = {.arena = arena};
        schema_problem(&reader, NULL, "%s", error.message);
        *problems = reader.problems;
        *config = NULL;
    }
    buffer_done(&text);
    return loaded;
}

void config_free(struct config *config) {
    if (config != NULL) {
        arena_free(config->arena);
    }
}

static struct span path_under(const char *folder, const char *rest, struct arena *arena) {
    return folder == NULL || folder[0] == '\0' ? SPAN("")
                                               : arena_print(arena, "%s%s", folder, rest);
}

struct span config_default_path(struct arena *arena, bool *exists) {
    struct span paths[] = {
        path_under(getenv("EARSHOT_CONFIG"), "", arena),
        path_under(getenv("XDG_CONFIG_HOME"), "/earshot/earshot.yaml", arena),
        path_under(getenv("HOME"), "/.config/earshot/earshot.yaml", arena),
        SPAN("/etc/earshot/earshot.yaml"),
    };
    struct span first = SPAN("");
    for (size_t i = 0; i < COUNT(paths); i++) {
        *exists = paths[i].size > 0 && access(paths[i].data, F_OK) == 0;
        first = first.size == 0 ? paths[i] : first;
        if (*exists || (i == 0 && paths[i].size > 0)) {
            return paths[i]; /* what the environment names is never passed over */
        }
    }
    return first;
}
