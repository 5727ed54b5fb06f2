#include "base/config.h"

#include "base/config_parts.h"
#include "base/file.h"
#include "base/limits.h"

#include <stdlib.h>
#include <unistd.h>

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

bool config_load(const char *path, struct arena *arena, struct config **config,
                 struct config_problems *problems) {
    struct span text;
    struct error error = {0};
    if (file_read(path, LIMIT_CONFIG, arena, &text, &error)) {
        return config_parse(text, span_of(path), arena, config, problems);
    }
    struct schema_reader reader = {.arena = arena};
    schema_problem(&reader, NULL, "%s", error.message);
    *problems = reader.problems;
    *config = NULL;
    return false;
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
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        *exists = paths[i].size > 0 && access(paths[i].data, F_OK) == 0;
        first = first.size == 0 ? paths[i] : first;
        if (*exists || (i == 0 && paths[i].size > 0)) {
            return paths[i]; /* what the environment names is never passed over */
        }
    }
    return first;
}
