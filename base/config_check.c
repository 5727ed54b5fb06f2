#include "base/config_parts.h"

#include "base/print.h"
#include "base/query.h"
#include "base/suggest.h"

#include <stdlib.h>

#define SHOWN(text) SPAN_ARG(span_first_utf8((text), 80))

struct check {
    struct schema_reader *reader;
    const struct yaml_node *root;
    struct config *config;
    struct name *brands; /* sorted */
    size_t *seen;        /* per brand: the last list that named it */
    size_t lists;
};

/* --- Places ----------------------------------------------------------------------------------- */

/* Item `index` of the top-level list `list`, or NULL. */
static const struct yaml_node *entry_node(const struct check *check, const char *list,
                                          size_t index) {
    const struct yaml_node *node = yaml_get(check->root, list);
    return node != NULL && node->type == YAML_SEQUENCE && index < node->count ? node->list[index]
                                                                              : NULL;
}

/* The value of an option for a problem: itself, or its section where it is not written. */
static const struct yaml_node *field_node(const struct yaml_node *section, const char *field) {
    const struct yaml_node *node = section == NULL ? NULL : yaml_get(section, field);
    return node != NULL ? node : section;
}

static bool is_given(const struct yaml_node *section, const char *field) {
    const struct yaml_node *node = section == NULL ? NULL : yaml_get(section, field);
    return node != NULL && (node->type != YAML_SCALAR || node->quoted || node->scalar.size > 0);
}

/* Entry `index` of a list of texts that may be written as one text. */
static const struct yaml_node *text_node(const struct yaml_node *list, size_t index) {
    return list != NULL && list->type == YAML_SEQUENCE && index < list->count ? list->list[index]
                                                                              : list;
}

/* --- Names ------------------------------------------------------------------------------------ */

struct name {
    struct span text;
    size_t index;
};

/* Case makes no difference: people would not see it. */
static int text_compare(struct span a, struct span b) {
    size_t size = a.size < b.size ? a.size : b.size;
    for (size_t i = 0; i < size; i++) {
        int difference =
            (unsigned char)byte_to_lower(a.data[i]) - (unsigned char)byte_to_lower(b.data[i]);
        if (difference != 0) {
            return difference;
        }
    }
    return a.size == b.size ? 0 : a.size < b.size ? -1 : 1;
}

static int name_compare(const void *a, const void *b) {
    const struct name *first = a;
    const struct name *second = b;
    int order = text_compare(first->text, second->text);
    return order != 0 ? order : first->index < second->index ? -1 : first->index > second->index;
}

static const struct name *name_find(const struct name *names, size_t count, struct span text) {
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (text_compare(names[middle].text, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && text_compare(names[low].text, text) == 0 ? &names[low] : NULL;
}

/* Every text but the first of its kind is a problem at `field` of its entry in `list`. */
static void check_unique(struct check *check, struct name *names, size_t count, const char *list,
                         const char *field) {
    qsort(names, count, sizeof *names, name_compare);
    for (size_t i = 1; i < count; i++) {
        if (names[i].text.size > 0 && text_compare(names[i - 1].text, names[i].text) == 0) {
            const struct yaml_node *first = entry_node(check, list, names[i - 1].index);
            const struct yaml_node *entry = entry_node(check, list, names[i].index);
            schema_problem(check->reader, field_node(entry, field),
                           "%s: \"%.*s\" is there already, in line %u", field, SHOWN(names[i].text),
                           field_node(first, field)->line);
        }
    }
}

static void problem_no_brand(struct check *check, struct span text, const struct yaml_node *node,
                             const char *field) {
    const struct config *config = check->config;
    if (!schema_has_room(check->reader)) {
        return; /* a suggestion takes a walk over all brands */
    }
    struct span *names = NEW_ARRAY(struct span, config->brand_count);
    for (size_t i = 0; i < config->brand_count; i++) {
        names[i] = config->brands[i].name;
    }
    struct span near = suggest_name(text, names, config->brand_count);
    schema_problem(check->reader, node, "%s: no brand is called \"%.*s\"%s%.*s%s", field,
                   SHOWN(text), near.size > 0 ? "; did you mean \"" : "", SHOWN(near),
                   near.size > 0 ? "\"?" : "");
    free(names);
}

static const struct name *brand_find(const struct check *check, struct span text) {
    return text.size == 0 ? NULL : name_find(check->brands, check->config->brand_count, text);
}

/* Names of brands, each as the brand itself writes it, none twice. */
static void resolve_brands(struct check *check, struct config_list *list,
                           const struct yaml_node *entry, const char *field) {
    const struct yaml_node *node = field_node(entry, field);
    struct span *names = ARENA_ARRAY(check->reader->arena, struct span, list->count);
    check->lists++;
    for (size_t i = 0; i < list->count; i++) {
        const struct name *brand = brand_find(check, list->list[i]);
        names[i] = list->list[i];
        if (brand == NULL) {
            problem_no_brand(check, names[i], text_node(node, i), field);
        } else if (check->seen[brand->index] == check->lists) {
            schema_problem(check->reader, text_node(node, i), "%s: \"%.*s\" stands here twice",
                           field, SHOWN(names[i]));
        } else {
            check->seen[brand->index] = check->lists;
            names[i] = check->config->brands[brand->index].name;
        }
    }
    list->list = names;
}

/* --- Brands ----------------------------------------------------------------------------------- */

/* Nothing but `none`, or nothing at all: the name itself is looked for. */
static void complete_definition(struct check *check, struct config_brand *brand) {
    if (brand->query.size == 0 && brand->any.count == 0 && brand->all.count == 0) {
        struct span *name = ARENA_NEW(check->reader->arena, struct span);
        *name = brand->name;
        brand->any = (struct config_list){.list = name, .count = 1};
    }
}

/* The query's error counts characters of the text, whose lines are lines of the file where it is
 * written as a block. */
static struct yaml_node query_place(struct span query, unsigned column,
                                    const struct yaml_node *node) {
    struct yaml_node place = *node;
    bool block = span_find_byte(query, '\n') != SPAN_NOT_FOUND;
    place.column += node->quoted && !block ? 1 : 0;
    for (unsigned at = 1; at < column && query.size > 0; at++) {
        uint32_t rune = 0;
        query = span_from(query, rune_decode(query, &rune));
        place.column = rune == '\n' ? node->column : place.column + 1;
        place.line += rune == '\n' ? 1 : 0;
    }
    return place;
}

static void check_query(struct check *check, struct span query, const struct yaml_node *node) {
    const struct query *parsed = NULL;
    struct error error = {0};
    if (!query_parse(query, 0, check->reader->arena, &parsed, &error)) {
        struct yaml_node place = query_place(query, error.column, node);
        schema_problem(check->reader, &place, "query: %s", error.message);
    }
}

static void check_phrases(struct check *check, const struct config_list *list,
                          const struct yaml_node *entry, const char *field) {
    for (size_t i = 0; i < list->count; i++) {
        const struct query *parsed = NULL;
        struct error error = {0};
        if (list->list[i].size > 0 && !query_from_lists(&list->list[i], 1, NULL, 0, NULL, 0,
                                                        check->reader->arena, &parsed, &error)) {
            schema_problem(check->reader, text_node(field_node(entry, field), i), "%s: %s", field,
                           error.message);
        }
    }
}

static void check_definition(struct check *check, const struct config_brand *brand,
                             const struct yaml_node *entry) {
    bool lists = brand->any.count + brand->all.count + brand->none.count > 0;
    if (brand->query.size > 0 && lists) {
        schema_problem(check->reader, field_node(entry, "query"),
                       "query: is one way to define a brand, any/all/none the other; keep one");
    } else if (brand->query.size > 0) {
        check_query(check, brand->query, field_node(entry, "query"));
    }
    check_phrases(check, &brand->any, entry, "any");
    check_phrases(check, &brand->all, entry, "all");
    check_phrases(check, &brand->none, entry, "none");
    if (brand->query.size + brand->any.count + brand->all.count == 0 && brand->name.size > 0) {
        const struct config_list name = {.list = &brand->name, .count = 1};
        check_phrases(check, &name, entry, "name");
    }
}

/* Marks competitors; a brand of which nobody says so is ours. */
static void find_own(struct check *check, const bool *is_competitor) {
    struct config *config = check->config;
    bool any = false;
    bool said = false;
    for (size_t i = 0; i < config->brand_count; i++) {
        if (is_given(entry_node(check, "brands", i), "own")) {
            said = true;
        } else {
            config->brands[i].own = !is_competitor[i];
        }
        any = any || config->brands[i].own;
    }
    if (!any && !said && config->brand_count > 0) {
        config->brands[0].own = true; /* all name each other: the first is ours */
    }
}

static void check_competitors(struct check *check, size_t index, bool *is_competitor) {
    struct config_brand *brand = &check->config->brands[index];
    const struct yaml_node *entry = entry_node(check, "brands", index);
    resolve_brands(check, &brand->competitors, entry, "competitors");
    for (size_t i = 0; i < brand->competitors.count; i++) {
        const struct name *other = brand_find(check, brand->competitors.list[i]);
        if (other != NULL && other->index == index) {
            schema_problem(check->reader, text_node(field_node(entry, "competitors"), i),
                           "competitors: a brand cannot compete with itself");
        } else if (other != NULL) {
            is_competitor[other->index] = true;
        }
    }
}

static void check_brands(struct check *check) {
    struct config *config = check->config;
    check->brands = ARENA_ARRAY(check->reader->arena, struct name, config->brand_count);
    check->seen = ARENA_ARRAY(check->reader->arena, size_t, config->brand_count);
    for (size_t i = 0; i < config->brand_count; i++) {
        check->brands[i] = (struct name){config->brands[i].name, i};
    }
    check_unique(check, check->brands, config->brand_count, "brands", "name");
    bool *is_competitor = ARENA_ARRAY(check->reader->arena, bool, config->brand_count);
    for (size_t i = 0; i < config->brand_count; i++) {
        check_definition(check, &config->brands[i], entry_node(check, "brands", i));
        check_competitors(check, i, is_competitor);
        complete_definition(check, &config->brands[i]);
    }
    find_own(check, is_competitor);
    const struct yaml_node *list = yaml_get(check->root, "brands");
    if (list != NULL && list->type == YAML_SEQUENCE && list->count == 0) {
        schema_problem(check->reader, list, "brands: name at least one");
    }
}

/* --- Sources ---------------------------------------------------------------------------------- */

static struct span upper_case(struct arena *arena, struct span text) {
    char *bytes = arena_copy_string(arena, text);
    for (size_t i = 0; i < text.size; i++) {
        bytes[i] = bytes[i] >= 'a' && bytes[i] <= 'z' ? (char)(bytes[i] - 'a' + 'A') : bytes[i];
    }
    return (struct span){bytes, text.size};
}

static void check_source_url(struct check *check, const struct config_source *source,
                             const struct yaml_node *entry) {
    bool is_feed = span_equal(source->recipe, SPAN("feed"));
    if (is_given(entry, "feed") && is_given(entry, "url")) {
        schema_problem(check->reader, field_node(entry, "feed"),
                       "feed: says the same as url; keep one");
    } else if (is_given(entry, "feed") && !is_feed) {
        schema_problem(check->reader, field_node(entry, "feed"),
                       "feed: is short for recipe: feed; write url for another recipe");
    } else if (is_feed && !is_given(entry, "url") && !is_given(entry, "feed")) {
        schema_problem(check->reader, entry,
                       "this source needs \"recipe\", or the \"url\" of a feed");
    }
}

static struct span default_source_name(const struct config_source *source, struct arena *arena) {
    struct span host = config_url_host(source->url, arena);
    if (!span_equal(source->recipe, SPAN("feed")) || host.size == 0) {
        return source->recipe;
    }
    return span_starts_with_nocase(host, SPAN("www.")) ? span_from(host, 4) : host;
}

/* Gives nameless sources the first of "host", "host-2", ... that no other source has. */
static void name_sources(struct check *check) {
    struct config *config = check->config;
    struct arena *arena = check->reader->arena;
    struct name *given = ARENA_ARRAY(arena, struct name, config->source_count);
    struct name *wanted = ARENA_ARRAY(arena, struct name, config->source_count);
    size_t given_count = 0;
    size_t wanted_count = 0;
    for (size_t i = 0; i < config->source_count; i++) {
        const struct config_source *source = &config->sources[i];
        if (source->name.size > 0) {
            given[given_count++] = (struct name){source->name, i};
        } else {
            wanted[wanted_count++] = (struct name){default_source_name(source, arena), i};
        }
    }
    qsort(given, given_count, sizeof *given, name_compare);
    qsort(wanted, wanted_count, sizeof *wanted, name_compare);
    unsigned number = 1;
    for (size_t i = 0; i < wanted_count; i++) {
        struct span base = wanted[i].text;
        struct span name;
        number = i > 0 && text_compare(wanted[i - 1].text, base) == 0 ? number : 1;
        do {
            name = number == 1 ? base : arena_print(arena, "%.*s-%u", SPAN_ARG(base), number);
            number++;
        } while (name_find(given, given_count, name) != NULL);
        config->sources[wanted[i].index].name = name;
    }
}

static void check_sources(struct check *check) {
    struct config *config = check->config;
    for (size_t i = 0; i < config->source_count; i++) {
        struct config_source *source = &config->sources[i];
        const struct yaml_node *entry = entry_node(check, "sources", i);
        check_source_url(check, source, entry);
        resolve_brands(check, &source->brands, entry, "brands");
        resolve_brands(check, &source->about, entry, "about");
        source->country = upper_case(check->reader->arena, source->country);
    }
    name_sources(check);
    struct name *names = ARENA_ARRAY(check->reader->arena, struct name, config->source_count);
    for (size_t i = 0; i < config->source_count; i++) {
        names[i] = (struct name){config->sources[i].name, i};
    }
    check_unique(check, names, config->source_count, "sources", "name");
}

/* --- People and mail -------------------------------------------------------------------------- */

static void check_people(struct check *check) {
    struct config *config = check->config;
    struct name *names = ARENA_ARRAY(check->reader->arena, struct name, config->person_count);
    bool mailed = false;
    for (size_t i = 0; i < config->person_count; i++) {
        struct config_person *person = &config->people[i];
        resolve_brands(check, &person->brands, entry_node(check, "people", i), "brands");
        names[i] = (struct name){person->email, i};
        mailed = mailed || person->alerts || person->digests.count > 0;
        person->zone = person->zone.size > 0 ? person->zone : config->zone;
    }
    check_unique(check, names, config->person_count, "people", "email");
    if (mailed && config->mail.url.size == 0 && !is_given(yaml_get(check->root, "mail"), "url")) {
        schema_problem(check->reader, yaml_get(check->root, "people"),
                       "people: are to get mail, but no mail server is set; set mail.url and "
                       "mail.from");
    }
}

/* Its address is a secret: no message shows it. */
static void check_webhook_url(struct check *check, const struct config_webhook *webhook,
                              const struct yaml_node *entry) {
    struct span url = webhook->url.value;
    struct error error;
    bool given = is_given(entry, "url") || is_given(entry, "url_file");
    if (url.size == 0 && !given) {
        schema_problem(check->reader, entry,
                       "this webhook needs an address: url_file, or the credential "
                       "webhooks.NAME.url");
    } else if (url.size > 0 && !config_check_web_url(url, &error)) {
        schema_problem(check->reader, field_node(entry, "url"),
                       "url: it is not a web address; write https://host/path");
    } else if (url.size > 0 && !webhook->allow_private &&
               !span_starts_with_nocase(url, SPAN("https://"))) {
        schema_problem(check->reader, field_node(entry, "url"),
                       "url: must be https, as what is posted quotes people; allow_private is for "
                       "receivers of your own");
    }
}

static void check_webhooks(struct check *check) {
    struct config *config = check->config;
    struct name *names = ARENA_ARRAY(check->reader->arena, struct name, config->webhook_count);
    for (size_t i = 0; i < config->webhook_count; i++) {
        struct config_webhook *webhook = &config->webhooks[i];
        const struct yaml_node *entry = entry_node(check, "webhooks", i);
        check_webhook_url(check, webhook, entry);
        resolve_brands(check, &webhook->brands, entry, "brands");
        webhook->zone = webhook->zone.size > 0 ? webhook->zone : config->zone;
        names[i] = (struct name){webhook->name, i};
    }
    check_unique(check, names, config->webhook_count, "webhooks", "name");
}

static void check_mail_login(struct check *check, const struct yaml_node *mail) {
    const struct config *config = check->config;
    bool found = config->mail.login.size == 0;
    for (size_t i = 0; i < config->source_count; i++) {
        found = found || text_compare(config->sources[i].name, config->mail.login) == 0;
    }
    if (!found) {
        schema_problem(check->reader, field_node(mail, "login"),
                       "login: no source is called \"%.*s\"; name one whose recipe has a login, "
                       "such as mailbox-microsoft (enabled: false where it is for mail alone)",
                       SHOWN(config->mail.login));
    } else if (config->mail.login.size > 0 && !is_given(mail, "username")) {
        schema_problem(check->reader, field_node(mail, "login"),
                       "login: needs \"username\" beside it: whom the token is for");
    }
}

static void check_mail(struct check *check) {
    struct config *config = check->config;
    const struct yaml_node *mail = yaml_get(check->root, "mail");
    if (is_given(mail, "url") && !is_given(mail, "from")) {
        schema_problem(check->reader, field_node(mail, "url"),
                       "url: needs \"from\" beside it: the address that mail comes from");
    }
    if (is_given(mail, "from") && !is_given(mail, "url")) {
        schema_problem(check->reader, field_node(mail, "from"),
                       "from: needs \"url\" beside it: the mail server");
    }
    check_mail_login(check, mail);
    if (is_given(mail, "username") && !is_given(mail, "login") &&
        config->mail.password.value.size == 0 && !is_given(mail, "password") &&
        !is_given(mail, "password_file")) {
        schema_problem(check->reader, field_node(mail, "username"),
                       "username: needs a password: password_file, credential mail.password or "
                       "$EARSHOT_MAIL_PASSWORD");
    }
    if (!is_given(mail, "require_tls")) {
        config->mail.require_tls =
            !config_is_loopback(config_url_host(config->mail.url, check->reader->arena));
    }
}

/* --- The rest --------------------------------------------------------------------------------- */

static void check_serve(struct check *check) {
    const struct config *config = check->config;
    const struct yaml_node *serve = yaml_get(check->root, "serve");
    struct span host;
    int64_t port = 0;
    if (config->serve.token.value.size == 0 && !is_given(serve, "token") &&
        !is_given(serve, "token_file") &&
        config_split_address(config->serve.listen, &host, &port) && !config_is_loopback(host)) {
        schema_problem(check->reader, field_node(serve, "listen"),
                       "listen: others can reach %.*s, so readers need a token: token_file, "
                       "credential serve.token or $EARSHOT_SERVE_TOKEN",
                       SHOWN(config->serve.listen));
    }
}

static void default_data_dir(struct check *check) {
    static const struct {
        const char *variable;
        const char *rest;
    } places[] = {
        {"STATE_DIRECTORY", ""}, {"XDG_DATA_HOME", "/earshot"}, {"HOME", "/.local/share/earshot"}};
    struct config *config = check->config;
    for (size_t i = 0; i < sizeof places / sizeof places[0] && config->data_dir.size == 0; i++) {
        const char *folder = getenv(places[i].variable);
        if (folder != NULL && folder[0] == '/') {
            config->data_dir = arena_print(check->reader->arena, "%s%s", folder, places[i].rest);
        }
    }
    if (config->data_dir.size == 0) {
        config->data_dir = SPAN("/var/lib/earshot");
    }
}

void config_check(struct schema_reader *reader, const struct yaml_node *root,
                  struct config *config) {
    struct check check = {.reader = reader, .root = root, .config = config};
    check_brands(&check);
    check_sources(&check);
    schema_find_secrets(reader, &config_schema, config); /* by the names just given */
    check_people(&check);
    check_webhooks(&check);
    check_mail(&check);
    check_serve(&check);
    default_data_dir(&check);
}
