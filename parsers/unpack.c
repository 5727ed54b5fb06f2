#include "parsers/unpack.h"

#include "base/buffer.h"
#include "base/limits.h"

#include <archive.h>
#include <archive_entry.h>

static bool is_gzip(struct span bytes) {
    return span_starts_with(bytes, SPAN("\x1f\x8b\x08"));
}

static bool is_zip(struct span bytes) {
    return span_starts_with(bytes, SPAN("PK\x03\x04"));
}

bool unpack_is(struct span bytes) {
    return is_gzip(bytes) || is_zip(bytes);
}

static bool archive_error(struct archive *archive, struct error *error) {
    const char *said = archive_error_string(archive);
    return error_set(error, ERROR_INPUT, "the packed file cannot be read: %.200s",
                     said == NULL ? "it is cut short" : said);
}

/* No filter and no format but those two: others start programs, or were never asked for. */
static bool archive_begin(struct archive *archive, struct span bytes) {
    int filter = is_gzip(bytes) ? archive_read_support_filter_gzip(archive) : ARCHIVE_OK;
    int format = is_gzip(bytes) ? archive_read_support_format_raw(archive)
                                : archive_read_support_format_zip(archive);
    return filter == ARCHIVE_OK && format == ARCHIVE_OK &&
           archive_read_open_memory(archive, bytes.data, bytes.size) == ARCHIVE_OK;
}

/* The next file, past the folders; ARCHIVE_EOF behind the last one. */
static int next_file(struct archive *archive) {
    struct archive_entry *entry = NULL;
    int outcome = ARCHIVE_OK;
    for (size_t i = 0; i < LIMIT_ARCHIVE_ENTRIES; i++) {
        outcome = archive_read_next_header(archive, &entry);
        if (outcome != ARCHIVE_OK || archive_entry_filetype(entry) != AE_IFDIR) {
            break;
        }
    }
    return outcome;
}

/* Text packs 3 to 20 fold. Below a MiB nobody is harmed. */
static bool grows_too_much(size_t packed, size_t unpacked) {
    return unpacked > MIB && unpacked / LIMIT_INFLATE_RATIO > packed;
}

static bool data_read(struct archive *archive, size_t packed, struct buffer *out,
                      struct error *error) {
    char piece[16 * KIB];
    la_ssize_t size = archive_read_data(archive, piece, sizeof piece);
    for (; size > 0; size = archive_read_data(archive, piece, sizeof piece)) {
        buffer_append(out, (struct span){piece, (size_t)size});
        if (out->overflowed) {
            return error_set(error, ERROR_LIMIT, "unpacked it is larger than %zu MiB",
                             LIMIT_BODY / MIB);
        }
        if (grows_too_much(packed, out->size)) {
            return error_set(error, ERROR_LIMIT, "it unpacks to more than %zu times its size",
                             LIMIT_INFLATE_RATIO);
        }
    }
    return size == 0 || archive_error(archive, error);
}

static bool archive_unpack(struct archive *archive, struct span bytes, struct buffer *out,
                           struct error *error) {
    if (!archive_begin(archive, bytes)) {
        return archive_error(archive, error);
    }
    int outcome = next_file(archive);
    if (outcome == ARCHIVE_EOF) {
        return error_set(error, ERROR_INPUT, "the archive holds no file");
    }
    if (outcome != ARCHIVE_OK) {
        return archive_error(archive, error);
    }
    if (!data_read(archive, bytes.size, out, error)) {
        return false;
    }
    return next_file(archive) == ARCHIVE_EOF ||
           error_set(error, ERROR_INPUT, "the archive holds more than one file");
}

bool unpack(struct span bytes, struct arena *arena, struct span *text, struct error *error) {
    if (!unpack_is(bytes)) {
        *text = bytes;
        return true;
    }
    struct buffer out;
    buffer_init(&out, LIMIT_BODY);
    struct archive *archive = archive_read_new();
    bool unpacked = archive != NULL && archive_unpack(archive, bytes, &out, error);
    if (archive == NULL) {
        error_set(error, ERROR_SYSTEM, "libarchive does not start");
    }
    if (unpacked) {
        *text = arena_copy(arena, buffer_span(&out));
    }
    archive_read_free(archive);
    buffer_done(&out);
    return unpacked;
}
