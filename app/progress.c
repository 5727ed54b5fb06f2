#include "app/progress.h"

#include <stdio.h>

#define BAR_WIDTH 24

/* How full one of the bar's cells is, in eighths. */
static const char *bar_cell(size_t eighths, bool unicode) {
    static const char *const cells[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
    if (!unicode) {
        return eighths >= 4 ? "#" : ".";
    }
    return cells[eighths > 8 ? 8 : eighths];
}

static void print_size(struct buffer *line, uint64_t bytes) {
    if (bytes < MIB) {
        buffer_print(line, "%.0f KB", (double)bytes / 1024.0);
    } else {
        buffer_print(line, "%.1f MB", (double)bytes / 1048576.0);
    }
}

/* A bar of which `eighths` of a cell are full. */
static void print_bar(struct buffer *line, size_t eighths, bool unicode) {
    buffer_append_string(line, "\r\x1b[K");
    for (size_t i = 0; i < BAR_WIDTH; i++) {
        size_t here = eighths > i * 8 ? eighths - i * 8 : 0;
        buffer_append_string(line, bar_cell(here, unicode));
    }
}

void progress_draw_share(double share, const char *what, bool unicode) {
    struct buffer line;
    buffer_init(&line, 4 * KIB);
    print_bar(&line, (size_t)(share * BAR_WIDTH * 8), unicode);
    buffer_print(&line, " %.0f %%  %s", share * 100, what);
    fwrite(line.data, 1, line.size, stderr);
    fflush(stderr);
    buffer_done(&line);
}

void progress_draw(const struct pipeline_progress *progress, int64_t elapsed_ms, int width,
                   bool unicode) {
    struct buffer line;
    buffer_init(&line, 4 * KIB);
    size_t total = progress->tasks == 0 ? 1 : progress->tasks;
    size_t filled = progress->done * BAR_WIDTH * 8 / total;
    print_bar(&line, filled, unicode);
    buffer_print(&line, " %zu/%zu polls", progress->done, progress->tasks);
    if (width >= 76) {
        buffer_print(&line, "  %llu pages  ", (unsigned long long)progress->pages);
        print_size(&line, progress->bytes);
        buffer_print(&line, "  %llu new", (unsigned long long)progress->added);
    }
    if (progress->failed > 0) {
        buffer_print(&line, "  %zu failed", progress->failed);
    }
    if (progress->back_to_ms != DATE_NONE && width >= 100) {
        char day[DATE_TEXT_SIZE];
        buffer_print(&line, "  back to %s", date_print_day(progress->back_to_ms, day));
    }
    if (width >= 100) {
        buffer_print(&line, "  %.1f s", (double)elapsed_ms / 1000.0);
    }
    fwrite(line.data, 1, line.size, stderr);
    fflush(stderr);
    buffer_done(&line);
}

void progress_clear(void) {
    fputs("\r\x1b[K", stderr);
    fflush(stderr);
}
