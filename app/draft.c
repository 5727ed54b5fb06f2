#include "app/draft.h"

#include "base/print.h"
#include "base/url.h"

#include <stdlib.h>

/* --- Which recipes ---------------------------------------------------------------------------- */

static int compare_candidates(const void *a, const void *b) {
    const struct candidate *one = a;
    const struct candidate *other = b;
    const size_t ranks[][2] = {
        {one->info->refused.size > 0, other->info->refused.size > 0},
        {one->info->needs_key, other->info->needs_key},
        {other->closeness, one->closeness},
    };
    for (size_t i = 0; i < sizeof ranks / sizeof ranks[0]; i++) {
        if (ranks[i][0] != ranks[i][1]) {
            return ranks[i][0] < ranks[i][1] ? -1 : 1;
        }
    }
    return span_compare(one->info->name, other->info->name);
}

bool candidates_find(struct span url, struct span software, struct arena *arena,
                     struct candidates *candidates, struct error *error) {
    size_t count = 0;
    const struct span *names = recipe_builtin_names(arena, &count);
    *candidates = (struct candidates){.list = ARENA_ARRAY(arena, struct candidate, count)};
    for (size_t i = 0; i < count; i++) {
        const struct recipe *recipe = NULL;
        struct candidate *one = &candidates->list[candidates->count];
        if (!recipe_builtin(names[i], arena, &recipe, error)) {
            return false;
        }
        one->info = recipe_info(recipe);
        one->closeness = recipe_match(recipe, url, software, arena, one->params, &one->param_count);
        candidates->count += one->closeness > 0;
    }
    qsort(candidates->list, candidates->count, sizeof *candidates->list, compare_candidates);
    return true;
}

bool candidate_named(struct span name, struct span url, struct arena *arena,
                     struct candidate *candidate, struct error *error) {
    const struct recipe *recipe = NULL;
    if (!recipe_builtin(name, arena, &recipe, error)) {
        return false;
    }
    *candidate = (struct candidate){.info = recipe_info(recipe)};
    candidate->params[candidate->param_count++] = (struct web_header){SPAN("url"), url};
    return true;
}

/* --- Names ------------------------------------------------------------------------------------ */

/* What may stand in names of files and sources. */
static struct span plain_name(struct span text, struct arena *arena) {
    char *copy = arena_copy_string(arena, text);
    size_t size = 0;
    for (size_t i = 0; i < text.size && size < 40; i++) {
        char c = byte_to_lower(text.data[i]);
        bool plain = byte_is_alpha(c) || byte_is_digit(c);
        if (plain || (size > 0 && copy[size - 1] != '-')) {
            copy[size++] = plain ? c : '-';
        }
    }
    size -= size > 0 && copy[size - 1] == '-';
    return size == 0 ? SPAN("site") : (struct span){copy, size};
}

struct span draft_name(struct span address, struct arena *arena) {
    struct url url;
    if (!url_parse(address, NULL, arena, &url)) {
        return SPAN("site");
    }
    struct span host = url.host;
    host = span_starts_with(host, SPAN("www.")) ? span_from(host, 4) : host;
    return plain_name(host, arena);
}

/* By the recipe and what it is asked for; by the host where any site's address is taken. */
static struct span candidate_name(const struct candidate *candidate, struct span url,
                                  struct arena *arena) {
    for (size_t i = 0; i < candidate->param_count; i++) {
        const struct web_header *param = &candidate->params[i];
        if (span_equal(param->name, SPAN("base")) || span_equal(param->name, SPAN("url"))) {
            return draft_name(url, arena);
        }
    }
    struct span last = candidate->param_count == 0
                           ? SPAN("")
                           : candidate->params[candidate->param_count - 1].value;
    return plain_name(
        arena_print(arena, "%.*s %.*s", SPAN_ARG(candidate->info->name), SPAN_ARG(last)), arena);
}

/* --- A source --------------------------------------------------------------------------------- */

static void print_quoted(struct buffer *out, struct span text) {
    buffer_append_byte(out, '"');
    print_json(out, text);
    buffer_append_byte(out, '"');
}

static bool is_given(const struct candidate *candidate, struct span name) {
    for (size_t i = 0; i < candidate->param_count; i++) {
        if (span_equal(candidate->params[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* What the address gave, and what is still to be filled in. */
static void print_params(struct buffer *out, const struct candidate *candidate,
                         const char *margin) {
    const struct recipe_info *info = candidate->info;
    bool any = false;
    for (size_t i = 0; i < candidate->param_count; i++) {
        const struct web_header *param = &candidate->params[i];
        if (!span_equal(param->name, SPAN("url"))) {
            buffer_print(out, "%s%s%.*s: ", any ? "" : margin, any ? ", " : "  params: {",
                         SPAN_ARG(param->name));
            print_quoted(out, param->value);
            any = true;
        }
    }
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        if (param->default_value.data == NULL && !is_given(candidate, param->name)) {
            buffer_print(out, "%s%s%.*s: \"\"", any ? "" : margin, any ? ", " : "  params: {",
                         SPAN_ARG(param->name));
            any = true;
        }
    }
    buffer_append_string(out, any ? "}\n" : "");
}

/* What only the user can know, each line with its reason. */
static void print_hints(struct buffer *out, const struct candidate *candidate, const char *margin) {
    const struct recipe_info *info = candidate->info;
    for (size_t i = 0; i < info->param_count; i++) {
        const struct recipe_param *param = &info->params[i];
        if (param->default_value.data == NULL && !is_given(candidate, param->name)) {
            buffer_print(out, "%s  # %.*s: %.*s\n", margin, SPAN_ARG(param->name),
                         SPAN_ARG(param->help));
        }
    }
    if (info->needs_key) {
        buffer_print(out, "%s  # key_file: FILE      where your key or token is; terms: %.*s\n",
                     margin, SPAN_ARG(info->terms));
    }
    if (info->channel == CHANNEL_REVIEW) {
        buffer_print(out,
                     "%s  # about: [BRAND]      when all of it speaks of your brand, named "
                     "or not\n",
                     margin);
    }
}

void draft_print_source(struct buffer *out, const struct candidate *candidate, struct span url,
                        bool commented, struct arena *arena) {
    const char *margin = commented ? "  #" : "  ";
    struct span name = candidate_name(candidate, url, arena);
    buffer_print(out, "%s- recipe: %.*s   # %.*s\n", margin, SPAN_ARG(candidate->info->name),
                 SPAN_ARG(candidate->info->title));
    buffer_print(out, "%s  name: %.*s\n", margin, SPAN_ARG(name));
    if (candidate->info->needs_url) {
        buffer_print(out, "%s  url: ", margin);
        print_quoted(out, is_given(candidate, SPAN("url"))
                              ? candidate->params[candidate->param_count - 1].value
                              : url);
        buffer_append_byte(out, '\n');
    }
    print_params(out, candidate, margin);
    print_hints(out, candidate, margin);
}

/* --- A recipe --------------------------------------------------------------------------------- */

void draft_print_recipe(struct buffer *out, const struct finding *finding, struct arena *arena) {
    bool rated = span_find(finding->recipe, SPAN("\n  rating: ")) != SPAN_NOT_FOUND;
    struct span name = draft_name(finding->url, arena);
    buffer_print(
        out,
        "# The blocks of %.*s, a draft: look it over, save it as recipes/%.*s.yaml beside\n"
        "# your configuration, and name it among the sources:\n"
        "#\n"
        "#   - recipe: %.*s\n"
        "#     url: ",
        SPAN_ARG(name), SPAN_ARG(name), SPAN_ARG(name));
    print_quoted(out, finding->url);
    buffer_print(
        out,
        "\nname: %.*s\n"
        "title: %.*s\n"
        "channel: %s          # review social forum news video survey support\n"
        "terms: \"\"              # the page that states the site's terms: do they allow it?\n"
        "limits: as the site's robots.txt says\n"
        "gives: what the page shows\n"
        "interval: 6h\n"
        "spacing: 5s\n\n%.*s",
        SPAN_ARG(name), SPAN_ARG(name), rated ? "review" : "forum", SPAN_ARG(finding->recipe));
}

/* A word for the shell, whatever is in it. */
static struct span shell_quoted(struct span name, struct span value, struct arena *arena) {
    struct buffer out;
    buffer_init(&out, 4 * LIMIT_URL);
    buffer_append_byte(&out, '\'');
    buffer_append(&out, name);
    for (size_t i = 0; i < value.size; i++) {
        buffer_append(&out,
                      value.data[i] == '\'' ? SPAN("'\\''") : span_first(span_from(value, i), 1));
    }
    buffer_append_byte(&out, '\'');
    struct span word = arena_copy(arena, buffer_span(&out));
    buffer_done(&out);
    return word;
}

struct span draft_trial(const struct candidate *candidate, struct arena *arena) {
    struct span line =
        arena_print(arena, "earshot source test %.*s", SPAN_ARG(candidate->info->name));
    for (size_t i = 0; i < candidate->param_count; i++) {
        const struct web_header *param = &candidate->params[i];
        bool is_url = span_equal(param->name, SPAN("url"));
        struct span name = is_url ? SPAN("") : arena_print(arena, "%.*s=", SPAN_ARG(param->name));
        struct span word = shell_quoted(name, param->value, arena);
        line = arena_print(arena, "%.*s %s %.*s", SPAN_ARG(line), is_url ? "--url" : "--param",
                           SPAN_ARG(word));
    }
    return line;
}
