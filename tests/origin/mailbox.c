#include "tests/origin/mailbox.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tests/origin/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define MESSAGES_MOST 9999
#define PATH_SIZE 4096

bool mailbox_open(const char *folder, struct error *error) {
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        return error_set_errno(error, errno, "%s", folder);
    }
    return true;
}

static bool write_file(const char *path, struct span bytes, struct error *error) {
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        return error_set_errno(error, errno, "%s", path);
    }
    bool written = fwrite(bytes.data, 1, bytes.size, file) == bytes.size;
    written = fclose(file) == 0 && written;
    return written || error_set_errno(error, errno, "%s", path);
}

static void put_envelope(struct buffer *out, const struct envelope *envelope, size_t size) {
    json_open(out, NULL, '{');
    json_text(out, "from", envelope->from);
    json_open(out, "to", '[');
    for (size_t i = 0; i < envelope->to_count; i++) {
        json_item(out, envelope->to[i]);
    }
    json_close(out, ']');
    json_text(out, "hello", envelope->hello);
    json_text(out, "user", envelope->user);
    json_number(out, "size", (int64_t)size);
    json_bool(out, "bare_lf", envelope->bare_lf);
    json_number(out, "longest_line", (int64_t)envelope->longest_line);
    json_number(out, "received_ms", clock_wall_ms(&system_clock));
    json_close(out, '}');
    json_end(out);
    buffer_append_byte(out, '\n');
}

bool mailbox_keep(const char *folder, const struct envelope *envelope, struct span message,
                  struct error *error) {
    char path[PATH_SIZE];
    char part[PATH_SIZE];
    int number = 1;
    do {
        snprintf(path, sizeof path, "%s/%04d.eml", folder, number);
    } while (access(path, F_OK) == 0 && ++number <= MESSAGES_MOST);
    if (number > MESSAGES_MOST) {
        return error_set(error, ERROR_LIMIT, "%s: holds %d messages already", folder,
                         MESSAGES_MOST);
    }
    if (!write_file(path, message, error)) {
        return false;
    }
    struct buffer json;
    buffer_init(&json, LIMIT_MAIL);
    put_envelope(&json, envelope, message.size);
    snprintf(path, sizeof path, "%s/%04d.json", folder, number);
    snprintf(part, sizeof part, "%s/%04d.part", folder, number);
    bool kept = write_file(part, buffer_span(&json), error);
    buffer_done(&json);
    return kept && (rename(part, path) == 0 || error_set_errno(error, errno, "%s", path));
}
