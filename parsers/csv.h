/* CSV as RFC 4180 has it, and as it is found: cells divided by , ; TAB or |, quotes doubled or
 * forgotten, line feeds between quotes, rows that end in LF, CR or CRLF and are of any width.
 *
 * Text may come in pieces: a row that its piece does not end is left for the next. A quote that is
 * never closed would swallow the rest of the file; its row is read again with quotes as ordinary
 * characters, and after LIMIT_CSV_FAULTS such rows so is the rest. */
#ifndef PARSERS_CSV_H
#define PARSERS_CSV_H

#include "base/arena.h"
#include "base/limits.h"

struct csv_reader {
    char delimiter;
    unsigned line;   /* of what comes next, 1-based */
    size_t unclosed; /* rows with a quote that was never closed */
};
struct csv_reader csv_reader_make(char delimiter);

enum csv_fault {
    CSV_SOUND,
    CSV_UNCLOSED,
    CSV_TOO_LONG, /* LIMIT_COLUMNS or LIMIT_CSV_ROW: the rest of it is left out, or the next row */
};

struct csv_row {
    struct span *cells; /* as they are meant: quotes gone; in the arena or in the text */
    size_t count;
    unsigned line; /* where it begins */
    enum csv_fault fault;
    unsigned fault_line;   /* of the open quote, or of the row */
    unsigned fault_column; /* 1-based, in bytes */
};

enum csv_outcome {
    CSV_ROW,
    CSV_MORE, /* what is left of the text may go on; never after `last` */
    CSV_END,  /* no text is left */
};

/* Takes the next row off `text`; lines without anything on them are passed over. `last`: nothing
 * comes behind the text. */
enum csv_outcome csv_next(struct csv_reader *reader, struct span *text, bool last,
                          struct arena *arena, struct csv_row *row);

/* The delimiter that makes the rows of `sample`, the beginning of a file, most alike; ',' where
 * there is one column only. */
char csv_sniff(struct span sample, struct arena *arena);

#endif
