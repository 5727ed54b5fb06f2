#include "parsers/path.h"

#include "base/limits.h"

#include <stdlib.h>

#define STEPS_MOST 32
#define ALTERNATIVES_MOST 16

struct step {
    enum { STEP_MEMBER, STEP_ELEMENT, STEP_EVERY, STEP_WHERE, STEP_DEEP } type;
    const char *name; /* member, or the one to compare */
    struct span value;
    int64_t index; /* negative: from the end */
};

struct alternative {
    struct step *steps;
    size_t count;
};

struct path {
    struct alternative *list;
    size_t count;
};

static bool where_parse(struct span inside, struct arena *arena, struct step *step,
                        struct error *error) {
    size_t equals = span_find_byte(inside, '=');
    if (span_equal(inside, SPAN("*"))) {
        step->type = STEP_EVERY;
        return true;
    }
    if (span_to_int64(inside, &step->index)) {
        step->type = STEP_ELEMENT;
        return true;
    }
    if (equals == SPAN_NOT_FOUND || equals == 0) {
        return error_set(error, ERROR_USAGE, "\"[%.*s]\": a number, *, or name=value is wanted",
                         SPAN_ARG(inside));
    }
    step->type = STEP_WHERE;
    step->name = arena_copy_string(arena, span_trim(span_first(inside, equals)));
    step->value = span_trim(span_from(inside, equals + 1));
    return true;
}

/* Takes one step off `text`. */
static bool step_parse(struct span *text, struct arena *arena, struct step *step,
                       struct error *error) {
    char c = text->data[0];
    char closing = c == '[' ? ']' : c == '\'' ? '\'' : '\0';
    if (closing != '\0') {
        size_t end = span_find_byte(span_from(*text, 1), closing);
        if (end == SPAN_NOT_FOUND) {
            return error_set(error, ERROR_USAGE, "\"%c\" without \"%c\"", c, closing);
        }
        struct span inside = span_first(span_from(*text, 1), end);
        *text = span_from(*text, end + 2);
        step->name = arena_copy_string(arena, inside);
        return c == '\'' || where_parse(span_trim(inside), arena, step, error);
    }
    size_t size = 0;
    while (size < text->size && strchr(".[|", text->data[size]) == NULL) {
        size++;
    }
    struct span name = span_trim(span_first(*text, size));
    *text = span_from(*text, size);
    step->name = arena_copy_string(arena, name);
    step->type = span_equal(name, SPAN("**")) ? STEP_DEEP : STEP_MEMBER;
    return name.size > 0 || error_set(error, ERROR_USAGE, "a name is missing");
}

static bool alternative_parse(struct span text, struct arena *arena,
                              struct alternative *alternative, struct error *error) {
    alternative->steps = ARENA_ARRAY(arena, struct step, STEPS_MOST);
    size_t deep = 0;
    text = span_trim(text);
    if (span_equal(text, SPAN("."))) {
        return true;
    }
    if (text.size == 0) {
        return error_set(error, ERROR_USAGE, "an empty path; \".\" is the value itself");
    }
    while (text.size > 0) {
        if (alternative->count == STEPS_MOST) {
            return error_set(error, ERROR_LIMIT, "more than %d steps", STEPS_MOST);
        }
        struct step *step = &alternative->steps[alternative->count++];
        if (!step_parse(&text, arena, step, error)) {
            return false;
        }
        if (step->type == STEP_DEEP && deep++ > 0) {
            return error_set(error, ERROR_USAGE, "** stands here twice");
        }
        if (text.size > 0 && text.data[0] == '.') {
            text = span_from(text, 1);
            if (text.size == 0) {
                return error_set(error, ERROR_USAGE, "nothing behind the last point");
            }
        }
    }
    return true;
}

bool path_parse(struct span text, struct arena *arena, const struct path **path,
                struct error *error) {
    struct path *made = ARENA_NEW(arena, struct path);
    made->list = ARENA_ARRAY(arena, struct alternative, ALTERNATIVES_MOST);
    struct span part;
    struct span rest = arena_copy(arena, text); /* the steps' names stay in it */
    while (span_split(&rest, '|', &part)) {
        if (made->count == ALTERNATIVES_MOST) {
            return error_set(error, ERROR_LIMIT, "more than %d alternatives", ALTERNATIVES_MOST);
        }
        if (!alternative_parse(part, arena, &made->list[made->count++], error)) {
            return error_add_context(error, "path \"%.*s\"", SPAN_ARG(text));
        }
    }
    *path = made;
    return true;
}

static bool scalar_equals(const json_t *value, struct span text) {
    switch (value == NULL ? JSON_NULL : json_typeof(value)) {
    case JSON_STRING:
        return span_equal(json_span(value), text);
    case JSON_INTEGER: {
        int64_t number = 0;
        return span_to_int64(text, &number) && number == json_integer_value(value);
    }
    case JSON_TRUE:
        return span_equal(text, SPAN("true"));
    case JSON_FALSE:
        return span_equal(text, SPAN("false"));
    case JSON_NULL:
        return span_equal(text, SPAN("null"));
    case JSON_REAL:
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    return false;
}

/* "id", or "field.type": a member of a member. */
static const json_t *member_inside(const json_t *value, const char *names) {
    struct span rest = span_of(names);
    struct span name;
    while (span_split(&rest, '.', &name)) {
        value = json_object_getn(value, name.data, name.size);
    }
    return value;
}

struct finder {
    json_t **list; /* NULL: only the first is wanted */
    struct arena *arena;
    size_t count;
    size_t capacity;
    json_t *first;
};

static void found_add(struct finder *finder, json_t *value) {
    bool empty = json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0);
    if (empty || finder->count >= LIMIT_ITEMS) {
        return;
    }
    finder->first = finder->count == 0 ? value : finder->first;
    if (finder->arena != NULL) {
        finder->list = arena_grow(finder->arena, finder->list, finder->count, &finder->capacity,
                                  sizeof *finder->list);
        finder->list[finder->count] = value;
    }
    finder->count++;
}

static void follow(struct finder *finder, const struct alternative *alternative, size_t at,
                   json_t *value);

/* The value and all inside, outer before inner. Depth: LIMIT_DEPTH, by json_parse(). */
static void follow_deep(struct finder *finder, const struct alternative *alternative, size_t at,
                        json_t *value) {
    size_t index = 0;
    const char *name = NULL;
    json_t *inner = NULL;
    follow(finder, alternative, at, value);
    json_array_foreach(value, index, inner) {
        follow_deep(finder, alternative, at, inner);
    }
    json_object_foreach(value, name, inner) {
        follow_deep(finder, alternative, at, inner);
    }
}

/* Follows the steps from `value`; [*], [a=b] and ** can lead to several values. Depth: STEPS_MOST. */
static void follow(struct finder *finder, const struct alternative *alternative, size_t at,
                   json_t *value) {
    while (value != NULL && at < alternative->count) {
        const struct step *step = &alternative->steps[at++];
        size_t index = 0;
        json_t *element = NULL;
        json_t *next = NULL;
        switch (step->type) {
        case STEP_MEMBER:
            next = json_object_get(value, step->name);
            break;
        case STEP_ELEMENT:
            index = step->index < 0 ? json_array_size(value) - (size_t)-step->index
                                    : (size_t)step->index;
            next = json_array_get(value, index);
            break;
        case STEP_WHERE:
            json_array_foreach(value, index, element) {
                if (scalar_equals(member_inside(element, step->name), step->value)) {
                    follow(finder, alternative, at, element);
                }
            }
            return;
        case STEP_DEEP:
            follow_deep(finder, alternative, at, value);
            return;
        case STEP_EVERY:
            json_array_foreach(value, index, element) {
                follow(finder, alternative, at, element);
            }
            return;
        }
        value = next;
    }
    if (value != NULL) {
        found_add(finder, value);
    }
}

json_t *path_get(const struct path *path, json_t *root) {
    struct finder finder = {0};
    for (size_t i = 0; i < path->count && finder.count == 0; i++) {
        follow(&finder, &path->list[i], 0, root);
    }
    return finder.first;
}

json_t **path_list(const struct path *path, json_t *root, struct arena *arena, size_t *count) {
    struct finder finder = {.arena = arena};
    for (size_t i = 0; i < path->count && finder.count == 0; i++) {
        follow(&finder, &path->list[i], 0, root);
    }
    if (finder.count == 1 && json_is_array(finder.first)) {
        struct finder elements = {.arena = arena};
        size_t index = 0;
        json_t *element = NULL;
        json_array_foreach(finder.first, index, element) {
            found_add(&elements, element);
        }
        finder = elements;
    }
    *count = finder.count;
    return finder.list;
}
