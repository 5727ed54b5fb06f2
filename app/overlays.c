#include "app/overlays.h"

#include "base/file.h"
#include "base/limits.h"

bool overlay_load(const char *path, struct sentiment_overlay **overlay, struct error *error) {
    struct arena *arena = arena_create();
    struct span text;
    bool read = file_read(path, LIMIT_DOCUMENT, arena, &text, error);
    if (!read) {
        error_add_context(error, "%s", path);
    }
    bool good = read && sentiment_overlay_open(text, overlay, error);
    if (read && !good) {
        error_add_context(error, "%s:%u", path, error->line);
    }
    arena_free(arena);
    return good;
}
