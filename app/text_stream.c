#include "app/text_stream.h"

#include "base/buffer.h"
#include "base/charset.h"
#include "base/limits.h"
#include "base/print.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1 * MIB)

struct text_stream {
    int descriptor;
    bool begun;
    bool ended;
    bool known;            /* the charset is decided */
    struct span charset;   /* "" = UTF-8 */
    size_t unit;           /* bytes of a line feed: 2 in UTF-16 */
    bool big_endian;       /* of UTF-16 */
    struct buffer raw;     /* not decoded yet */
    struct buffer text;    /* handed out */
    struct buffer earlier; /* the text before it, in turn */
    struct arena *arena;   /* of one piece */
    struct arena *names;
    uint64_t read;
    uint64_t total;
};

/* A raw piece without a line end is as long as the longest row, a text that and a piece. */
#define RAW_MOST (2 * LIMIT_CSV_ROW)
#define TEXT_MOST (LIMIT_DOCUMENT)

bool text_stream_open(const char *path, struct span charset, struct text_stream **stream,
                      struct error *error) {
    struct stat status;
    bool standard = strcmp(path, "-") == 0;
    int descriptor = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return error_set_errno(error, errno, "%s", path);
    }
    if (fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(descriptor);
        return error_set(error, ERROR_USAGE, "%s is a folder", path);
    }
    struct text_stream *opened = NEW(struct text_stream);
    opened->descriptor = descriptor;
    opened->unit = 1;
    opened->names = arena_create();
    opened->arena = arena_create();
    opened->charset = arena_copy(opened->names, charset);
    opened->known = charset.size > 0;
    opened->total = S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    buffer_init(&opened->raw, RAW_MOST + PIECE);
    buffer_init(&opened->text, TEXT_MOST);
    buffer_init(&opened->earlier, TEXT_MOST);
    struct span ignored;
    if (opened->known && !charset_convert(SPAN("a"), charset, opened->arena, &ignored)) {
        text_stream_close(opened);
        return error_set(error, ERROR_USAGE, "no charset goes by the name \"%.*s\"",
                         SPAN_ARG(charset));
    }
    *stream = opened;
    return true;
}

void text_stream_close(struct text_stream *stream) {
    if (stream == NULL) {
        return;
    }
    close(stream->descriptor);
    buffer_done(&stream->raw);
    buffer_done(&stream->text);
    buffer_done(&stream->earlier);
    arena_free(stream->arena);
    arena_free(stream->names);
    free(stream);
}

void text_stream_progress(const struct text_stream *stream, uint64_t *read, uint64_t *total) {
    *read = stream->read;
    *total = stream->total;
}

/* --- Raw bytes ---------------------------------------------------------------------------------- */

static bool raw_read(struct text_stream *stream, struct error *error) {
    char *bytes = arena_allocate(stream->arena, PIECE);
    ssize_t size = 0;
    do {
        size = read(stream->descriptor, bytes, PIECE);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        return error_set_errno(error, errno, "cannot be read on");
    }
    stream->ended = size == 0;
    stream->read += (uint64_t)size;
    return buffer_append(&stream->raw, (struct span){bytes, (size_t)size}) ||
           error_set(error, ERROR_LIMIT, "a line is longer than %zu MiB", RAW_MOST / MIB);
}

static bool is_line_end(const struct text_stream *stream, const char *at) {
    if (stream->unit == 1) {
        return *at == '\n' || *at == '\r';
    }
    char high = at[stream->big_endian ? 0 : 1];
    char low = at[stream->big_endian ? 1 : 0];
    return high == '\0' && (low == '\n' || low == '\r');
}

/* Up to behind the last end of a line; 0 where there is none. */
static size_t raw_whole(const struct text_stream *stream) {
    size_t end = stream->raw.size - stream->raw.size % stream->unit;
    while (end > 0 && !is_line_end(stream, stream->raw.data + end - stream->unit)) {
        end -= stream->unit;
    }
    return end;
}

/* --- Charset ------------------------------------------------------------------------------------ */

static const struct start {
    struct span bytes;
    const char *charset; /* "" = UTF-8 */
    size_t unit;
    bool big_endian;
} starts[] = {
    {{"\xEF\xBB\xBF", 3}, "", 1, false},
    {{"\xFF\xFE", 2}, "utf-16le", 2, false},
    {{"\xFE\xFF", 2}, "utf-16be", 2, true},
};

static void stream_begin(struct text_stream *stream) {
    struct span raw = buffer_span(&stream->raw);
    stream->begun = true;
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (span_starts_with(raw, starts[i].bytes)) {
            stream->known = true;
            stream->charset = span_of(starts[i].charset);
            stream->unit = starts[i].unit;
            stream->big_endian = starts[i].big_endian;
            size_t left = raw.size - starts[i].bytes.size;
            memmove(stream->raw.data, stream->raw.data + starts[i].bytes.size, left);
            stream->raw.size = left;
            return;
        }
    }
}

static bool names_utf8(struct span charset) {
    return charset.size == 0 || span_equal_nocase(charset, SPAN("utf-8")) ||
           span_equal_nocase(charset, SPAN("utf8"));
}

/* The first piece that is no UTF-8 decides: a file is of one charset. */
static void stream_guess(struct text_stream *stream, struct span piece) {
    struct charset_fit fit = charset_fit_utf8(piece);
    if (!stream->known && fit.invalid > 0) {
        stream->known = true;
        stream->charset = fit.multibyte > fit.invalid ? SPAN("") /* damage in what is UTF-8 */
                                                      : charset_guess(piece, stream->names);
    }
}

static bool stream_decode(struct text_stream *stream, struct span piece, struct error *error) {
    struct span utf8 = piece;
    stream_guess(stream, piece);
    if (!names_utf8(stream->charset) &&
        !charset_convert(piece, stream->charset, stream->arena, &utf8)) {
        return error_set(error, ERROR_INPUT, "cannot be read as %.*s", SPAN_ARG(stream->charset));
    }
    if (names_utf8(stream->charset) && !charset_is_utf8(piece)) {
        print_repaired(&stream->text, piece);
    } else {
        buffer_append(&stream->text, utf8);
    }
    return !stream->text.overflowed || error_set(error, ERROR_LIMIT, "a row is too long");
}

/* --- Pieces ------------------------------------------------------------------------------------- */

bool text_stream_next(struct text_stream *stream, struct span left, struct span *text, bool *last,
                      struct error *error) {
    struct buffer swap = stream->earlier;
    stream->earlier = stream->text;
    stream->text = swap;
    buffer_clear(&stream->text);
    buffer_append(&stream->text, left);
    arena_reset(stream->arena);
    size_t whole = 0;
    while (whole == 0 && !stream->ended) {
        if (!raw_read(stream, error)) {
            return false;
        }
        if (!stream->begun) {
            stream_begin(stream);
        }
        whole = stream->ended ? stream->raw.size : raw_whole(stream);
    }
    struct span raw = buffer_span(&stream->raw);
    if (!stream_decode(stream, span_first(raw, whole), error)) {
        return false;
    }
    memmove(stream->raw.data, stream->raw.data + whole, raw.size - whole);
    stream->raw.size = raw.size - whole;
    *text = buffer_span(&stream->text);
    *last = stream->ended;
    return true;
}
