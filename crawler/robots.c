#include "crawler/robots.h"

#include "base/buffer.h"
#include "base/date.h"
#include "base/limits.h"
#include "crawler/crawler.h"

#include <stdlib.h>

enum reading { AS_WRITTEN, UNESCAPED, READING_COUNT };

struct piece { /* of `text` */
    uint32_t begin;
    uint32_t size;
};

struct robots_rule {
    struct piece pattern[READING_COUNT];
    unsigned line;
    bool allow;
};

struct robots {
    struct robots_rule *rules;
    size_t count;
    char *text; /* the patterns */
    size_t text_size;
    int64_t delay_ms;
};

/* --- Lines ------------------------------------------------------------------------------------ */

enum field { FIELD_OTHER, FIELD_AGENT, FIELD_ALLOW, FIELD_DISALLOW, FIELD_DELAY };

/* Prefixes, as Google's parser has them. */
static const struct {
    const char *name;
    enum field field;
} field_names[] = {
    {"user-agent", FIELD_AGENT},  {"useragent", FIELD_AGENT},   {"user agent", FIELD_AGENT},
    {"allow", FIELD_ALLOW},       {"disallow", FIELD_DISALLOW}, {"dissallow", FIELD_DISALLOW},
    {"dissalow", FIELD_DISALLOW}, {"disalow", FIELD_DISALLOW},  {"diasllow", FIELD_DISALLOW},
    {"disallaw", FIELD_DISALLOW}, {"crawl-delay", FIELD_DELAY},
};

struct reader {
    struct span rest;
    unsigned line; /* of the line read last, from 1 */
    enum field field;
    struct span value;
};

static struct span without_mark(struct span text) {
    static const char mark[] = "\xEF\xBB\xBF"; /* also when it is broken off */
    size_t size = 0;
    while (size < 3 && size < text.size && text.data[size] == mark[size]) {
        size++;
    }
    return span_from(text, size);
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Splits at the first colon; without one, at white space when exactly two words stand there. */
static bool split_field(struct span line, struct span *key, struct span *value) {
    size_t at = span_find_byte(line, ':');
    if (at != SPAN_NOT_FOUND) {
        *key = span_trim(span_first(line, at));
        *value = span_trim(span_from(line, at + 1));
        return key->size > 0;
    }
    line = span_trim(line);
    for (at = 0; at < line.size && !is_blank(line.data[at]); at++) {
    }
    *key = span_first(line, at);
    *value = span_trim(span_from(line, at));
    return value->size > 0 && span_find_byte(*value, ' ') == SPAN_NOT_FOUND &&
           span_find_byte(*value, '\t') == SPAN_NOT_FOUND;
}

static void read_field(struct reader *reader, struct span line) {
    struct span key;
    reader->field = FIELD_OTHER;
    line = span_first(line, LIMIT_ROBOTS_LINE);
    line = span_first(line, span_find_byte(line, '#'));
    if (!split_field(line, &key, &reader->value)) {
        return;
    }
    for (size_t i = 0; i < sizeof field_names / sizeof *field_names; i++) {
        if (span_starts_with_nocase(key, span_of(field_names[i].name))) {
            reader->field = field_names[i].field;
            return;
        }
    }
}

/* The next line, ended by LF, CR or CRLF; false at the end. */
static bool reader_next(struct reader *reader) {
    if (reader->rest.size == 0) {
        return false;
    }
    struct span rest = reader->rest;
    size_t end = 0;
    while (end < rest.size && rest.data[end] != '\n' && rest.data[end] != '\r') {
        end++;
    }
    read_field(reader, span_first(rest, end));
    bool pair = end + 1 < rest.size && rest.data[end] == '\r' && rest.data[end + 1] == '\n';
    reader->rest = span_from(rest, end + (pair ? 2 : 1));
    reader->line++;
    return true;
}

static struct reader reader_make(struct span text) {
    return (struct reader){.rest = without_mark(span_first(text, LIMIT_ROBOTS))};
}

/* --- Groups ----------------------------------------------------------------------------------- */

/* Whom the group that a line stands in speaks to. */
struct group {
    bool everyone;
    bool agent;
    bool has_rules; /* the next user-agent line begins another group */
};

static bool names_everyone(struct span value) {
    return value.size > 0 && value.data[0] == '*' &&
           (value.size == 1 || byte_is_space(value.data[1]));
}

static bool names_agent(struct span value, struct span agent) {
    size_t size = 0;
    while (size < value.size && (byte_is_alpha(value.data[size]) || value.data[size] == '-' ||
                                 value.data[size] == '_')) {
        size++;
    }
    return size > 0 && span_equal_nocase(span_first(value, size), agent);
}

static void group_follow(struct group *group, const struct reader *reader, struct span agent) {
    if (reader->field == FIELD_AGENT) {
        if (group->has_rules) {
            *group = (struct group){0};
        }
        if (names_everyone(reader->value)) {
            group->everyone = true;
        } else if (names_agent(reader->value, agent)) {
            group->agent = true;
        }
    } else if (reader->field == FIELD_ALLOW || reader->field == FIELD_DISALLOW) {
        group->has_rules = true;
    }
}

static bool has_own_group(struct span text, struct span agent) {
    struct reader reader = reader_make(text);
    while (reader_next(&reader)) {
        if (reader.field == FIELD_AGENT && !names_everyone(reader.value) &&
            names_agent(reader.value, agent)) {
            return true;
        }
    }
    return false;
}

/* --- Percent forms ---------------------------------------------------------------------------- */

static int hex_value(char c) {
    c = byte_to_lower(c);
    return byte_is_digit(c) ? c - '0' : (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}

/* The octet of a "%XX" at `at`, or -1. */
static int escape_at(struct span text, size_t at) {
    if (text.data[at] != '%' || at + 2 >= text.size) {
        return -1;
    }
    int high = hex_value(text.data[at + 1]);
    int low = hex_value(text.data[at + 2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

static bool is_unreserved(int octet) {
    char c = (char)octet;
    return byte_is_alpha(c) || byte_is_digit(c) || (octet > 0 && octet < 128 && strchr("-._~", c));
}

/* Appends `text` in one form: hexadecimal digits in capitals; when `encode`, octets beyond ASCII
 * escaped; when `decode`, escaped unreserved octets bare. */
static void append_form(struct buffer *out, struct span text, bool encode, bool decode) {
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        int octet = escape_at(text, i);
        bool escaped = octet >= 0;
        i += escaped ? 2 : 0;
        if (escaped ? decode && is_unreserved(octet) : byte < 128 || !encode) {
            buffer_append_byte(out, escaped ? (char)octet : (char)byte);
            continue;
        }
        unsigned value = escaped ? (unsigned)octet : byte;
        char triplet[3] = {'%', digits[value >> 4], digits[value & 15]};
        buffer_append(out, (struct span){triplet, 3});
    }
}

/* --- Rules ------------------------------------------------------------------------------------ */

struct builder {
    struct robots *robots;
    struct buffer text;
    size_t capacity;
};

static struct piece add_text(struct builder *builder, struct span pattern, bool decode) {
    size_t begin = builder->text.size;
    append_form(&builder->text, pattern, true, decode);
    return (struct piece){(uint32_t)begin, (uint32_t)(builder->text.size - begin)};
}

static void add_rule(struct builder *builder, bool allow, struct span pattern, unsigned line) {
    if (pattern.size == 0) {
        return; /* "Disallow:" forbids nothing */
    }
    struct robots *robots = builder->robots;
    robots->rules =
        memory_grow(robots->rules, robots->count, &builder->capacity, sizeof *robots->rules);
    struct robots_rule *rule = &robots->rules[robots->count++];
    *rule = (struct robots_rule){.line = line, .allow = allow};
    rule->pattern[AS_WRITTEN] = add_text(builder, pattern, false);
    rule->pattern[UNESCAPED] = span_find_byte(pattern, '%') == SPAN_NOT_FOUND
                                   ? rule->pattern[AS_WRITTEN]
                                   : add_text(builder, pattern, true);
}

static void add_line(struct builder *builder, const struct reader *reader) {
    struct span value = reader->value;
    double seconds = 0;
    if (reader->field == FIELD_DELAY && span_to_double(value, &seconds) && seconds > 0) {
        double ms = seconds * 1000;
        builder->robots->delay_ms = ms < (double)DAY_MS ? (int64_t)ms : DAY_MS;
        return;
    }
    if (reader->field != FIELD_ALLOW && reader->field != FIELD_DISALLOW) {
        return;
    }
    bool allow = reader->field == FIELD_ALLOW;
    add_rule(builder, allow, value, reader->line);
    size_t slash = value.size;
    while (slash > 0 && value.data[slash - 1] != '/') {
        slash--;
    }
    if (allow && slash > 0 && span_starts_with(span_from(value, slash), SPAN("index.htm"))) {
        char folder[LIMIT_ROBOTS_LINE + 1];
        memcpy(folder, value.data, slash);
        folder[slash] = '$';
        add_rule(builder, true, (struct span){folder, slash + 1}, reader->line);
    }
}

struct robots *robots_parse(struct span text, struct span agent) {
    struct builder builder = {.robots = NEW(struct robots)};
    /* Escaping makes three octets of one, for two readings. */
    buffer_init(&builder.text, 6 * LIMIT_ROBOTS);
    bool own = has_own_group(text, agent);
    struct group group = {0};
    struct reader reader = reader_make(text);
    while (reader_next(&reader)) {
        group_follow(&group, &reader, agent);
        if (own ? group.agent : group.everyone) {
            add_line(&builder, &reader);
        }
    }
    struct robots *robots = builder.robots;
    robots->rules = memory_resize(robots->rules, robots->count, sizeof *robots->rules);
    robots->text_size = builder.text.size;
    robots->text = memory_resize(builder.text.data, robots->text_size, 1);
    return robots;
}

void robots_free(struct robots *robots) {
    if (robots != NULL) {
        free(robots->rules);
        free(robots->text);
        free(robots);
    }
}

size_t robots_size(const struct robots *robots) {
    return sizeof *robots + robots->count * sizeof *robots->rules + robots->text_size;
}

int64_t robots_crawl_delay_ms(const struct robots *robots) {
    return robots->delay_ms;
}

/* --- Matching --------------------------------------------------------------------------------- */

/* Whether `path` begins with `pattern`, "*" standing for anything and a final "$" for the end.
 * Taking every piece at its first occurrence is enough, as only the order of pieces matters. */
static bool pattern_matches(struct span pattern, struct span path) {
    bool to_the_end = span_ends_with(pattern, SPAN("$"));
    pattern.size -= to_the_end ? 1 : 0;
    size_t star = span_find_byte(pattern, '*');
    if (star == SPAN_NOT_FOUND) {
        return to_the_end ? span_equal(path, pattern) : span_starts_with(path, pattern);
    }
    if (!span_starts_with(path, span_first(pattern, star))) {
        return false;
    }
    path = span_from(path, star);
    pattern = span_from(pattern, star + 1);
    while ((star = span_find_byte(pattern, '*')) != SPAN_NOT_FOUND) {
        size_t found = span_find(path, span_first(pattern, star));
        if (found == SPAN_NOT_FOUND) {
            return false;
        }
        path = span_from(path, found + star);
        pattern = span_from(pattern, star + 1);
    }
    return to_the_end ? span_ends_with(path, pattern) : span_find(path, pattern) != SPAN_NOT_FOUND;
}

/* The longest matching pattern decides, at equal length the one that allows. */
static bool permits(const struct robots *robots, enum reading reading, struct span path,
                    unsigned *line) {
    size_t longest = 0;
    bool allowed = true;
    for (size_t i = 0; i < robots->count; i++) {
        const struct robots_rule *rule = &robots->rules[i];
        struct piece piece = rule->pattern[reading];
        bool decides = piece.size > longest || (piece.size == longest && rule->allow && !allowed);
        struct span pattern = {robots->text + piece.begin, piece.size};
        if (decides && pattern_matches(pattern, path)) {
            longest = piece.size;
            allowed = rule->allow;
            *line = rule->line;
        }
    }
    return allowed;
}

bool robots_permits(const struct robots *robots, struct span path, unsigned *line) {
    bool allowed = true;
    unsigned decided = 0;
    for (int reading = AS_WRITTEN; allowed && reading < READING_COUNT; reading++) {
        struct buffer form;
        buffer_init(&form, 3 * path.size + 1);
        append_form(&form, path, reading == UNESCAPED, reading == UNESCAPED);
        decided = 0;
        allowed = permits(robots, (enum reading)reading, buffer_span(&form), &decided);
        buffer_done(&form);
    }
    if (line != NULL) {
        *line = decided;
    }
    return allowed;
}

/* --- For whole URLs --------------------------------------------------------------------------- */

/* Path and query of a URL as written, without fragment: no parser of URLs, which would mend what is
 * to be judged. */
static struct span path_of(struct span url, struct buffer *out) {
    url = span_first(url, span_find_byte(url, '#'));
    size_t scheme = span_find(url, SPAN("://"));
    size_t at = span_starts_with(url, SPAN("//")) ? 2 : 0;
    size_t early = at;
    while (early < url.size && strchr("/?;", url.data[early]) == NULL) {
        early++;
    }
    if (scheme != SPAN_NOT_FOUND && scheme < early) {
        at = scheme + 3;
    }
    while (at < url.size && (url.data[at] == '\0' || strchr("/?;", url.data[at]) == NULL)) {
        at++;
    }
    struct span path = span_from(url, at);
    if (path.size == 0 || path.data[0] != '/') {
        buffer_append_byte(out, '/');
    }
    buffer_append(out, path);
    return buffer_span(out);
}

bool robots_allows(struct span robots_txt, struct span agent, struct span url, unsigned *line) {
    struct buffer path;
    buffer_init(&path, url.size + 1);
    struct robots *robots = robots_parse(robots_txt, agent);
    bool allowed = robots_permits(robots, path_of(url, &path), line);
    robots_free(robots);
    buffer_done(&path);
    return allowed;
}

int64_t robots_delay_ms(struct span robots_txt, struct span agent) {
    struct robots *robots = robots_parse(robots_txt, agent);
    int64_t delay_ms = robots->delay_ms;
    robots_free(robots);
    return delay_ms;
}
