/* origin: the far end of everything, for demos and tests. See origin.h for what it serves. */
#include "base/clock.h"
#include "base/limits.h"
#include "tests/origin/origin.h"
#include "tests/origin/smtp.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct settings {
    struct origin_options origin;
    const char *truth;
    const char *now;
    const char *speed;
    size_t brands;
    bool until_eof;
    bool help;
    bool mail;
    struct smtp_options smtp;
    struct buffer script;
    struct faults faults;
};

/* One row an option: how it is read and what it says. */
struct option {
    const char *name;
    const char *value; /* its kind; NULL: a switch */
    const char *help;
    bool (*read)(struct settings *settings, const char *value);
};

static bool read_count(const char *value, int64_t least, int64_t most, int64_t *number) {
    return span_to_int64(span_of(value), number) && *number >= least && *number <= most;
}

static bool read_port(struct settings *settings, const char *value) {
    int64_t number = 0;
    bool valid = read_count(value, 0, 65535, &number);
    settings->origin.port = (int)number;
    return valid;
}

static bool read_seed(struct settings *settings, const char *value) {
    int64_t number = 0;
    bool valid = read_count(value, 0, INT64_MAX, &number);
    settings->origin.world.seed = (uint64_t)number;
    return valid;
}

static bool read_days(struct settings *settings, const char *value) {
    int64_t number = 0;
    bool valid = read_count(value, 1, 3660, &number);
    settings->origin.world.days = (int)number;
    return valid;
}

static bool read_ahead(struct settings *settings, const char *value) {
    int64_t number = 0;
    bool valid = read_count(value, 0, 366, &number);
    settings->origin.world.ahead_days = (int)number;
    return valid;
}

static bool read_scale(struct settings *settings, const char *value) {
    double *scale = &settings->origin.world.scale;
    return span_to_double(span_of(value), scale) && *scale > 0 && *scale <= 1000;
}

static bool read_brand(struct settings *settings, const char *value) {
    if (settings->brands == WORLD_BRANDS || *value == '\0') {
        return false;
    }
    settings->origin.world.brands[settings->brands++] = span_of(value);
    return true;
}

static bool read_now(struct settings *settings, const char *value) {
    settings->now = value;
    return date_parse(span_of(value), &settings->origin.world.now_ms) ||
           span_to_int64(span_of(value), &settings->origin.world.now_ms);
}

static bool read_speed(struct settings *settings, const char *value) {
    settings->speed = value;
    double *speed = &settings->origin.speed;
    return span_to_double(span_of(value), speed) && *speed >= 0;
}

static bool read_feed_items(struct settings *settings, const char *value) {
    return read_count(value, 1, 100000, &settings->origin.feed_items);
}

static bool read_crawl_delay(struct settings *settings, const char *value) {
    return read_count(value, 0, 3600, &settings->origin.crawl_delay);
}

static bool read_mastodon_quota(struct settings *settings, const char *value) {
    return read_count(value, 1, INT32_MAX, &settings->origin.mastodon_quota);
}

static bool read_files(struct settings *settings, const char *value) {
    settings->origin.files = value;
    return true;
}

static bool read_truth(struct settings *settings, const char *value) {
    settings->truth = value;
    return true;
}

static bool read_fault(struct settings *settings, const char *value) {
    struct error error;
    bool valid = faults_add(&settings->faults, span_of(value), &error);
    if (!valid) {
        fprintf(stderr, "origin: %s\n", error.message);
    }
    return valid;
}

static bool read_smtp(struct settings *settings, const char *value) {
    (void)value;
    settings->mail = true;
    return true;
}

static bool read_mailbox(struct settings *settings, const char *value) {
    settings->mail = true;
    settings->smtp.mailbox = value;
    return true;
}

static bool read_script(struct settings *settings, const char *value) {
    FILE *file = fopen(value, "r");
    if (file == NULL) {
        fprintf(stderr, "origin: %s: %s\n", value, strerror(errno));
        return false;
    }
    char bytes[4096];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    while (size > 0 && buffer_append(&settings->script, (struct span){bytes, size})) {
        size = fread(bytes, 1, sizeof bytes, file);
    }
    bool whole = ferror(file) == 0 && !settings->script.overflowed;
    fclose(file);
    settings->mail = true;
    return whole;
}

static bool read_until_eof(struct settings *settings, const char *value) {
    (void)value;
    settings->until_eof = true;
    return true;
}

static bool read_help(struct settings *settings, const char *value) {
    (void)value;
    settings->help = true;
    return true;
}

static const struct option options[] = {
    {"--port", "PORT", "listen on this port of 127.0.0.1; default: any free one", read_port},
    {"--seed", "N", "which world; default 1", read_seed},
    {"--days", "N", "how long the month is; default 30", read_days},
    {"--scale", "X", "how much is said; 1, the default, is about 5,000 posts", read_scale},
    {"--brand", "NAME", "up to three times: the brands; the first one has the incident",
     read_brand},
    {"--now", "MOMENT", "where the month ends; default: the clock's time", read_now},
    {"--speed", "X", "how fast time passes; default 1, and 0 with --now", read_speed},
    {"--ahead", "DAYS", "posts for the days after now, to be followed; default 0", read_ahead},
    {"--feed-items", "N", "items in one feed document; default 500", read_feed_items},
    {"--crawl-delay", "S", "said in robots.txt; default: not said", read_crawl_delay},
    {"--mastodon-quota", "N", "its requests in five minutes; default 300", read_mastodon_quota},
    {"--files", "FOLDER", "serve its files, too: pages of sites that nobody else plays",
     read_files},
    {"--truth", "FILE", "write what was said as JSON lines (- is standard output) and end",
     read_truth},
    {"--fault", "SPEC", "PATHPREFIX:KIND[:every=N][:first=N][:after=N], may be repeated",
     read_fault},
    {"--smtp", NULL, "also receive mail; prints \"smtp 127.0.0.1:PORT\"", read_smtp},
    {"--mailbox", "DIR", "keep each message there as NNNN.eml and NNNN.json", read_mailbox},
    {"--smtp-script", "FILE", "how mail is answered: see tests/origin/smtp.h", read_script},
    {"--until-eof", NULL, "end when standard input closes", read_until_eof},
    {"--help", NULL, "this text", read_help},
};
#define OPTION_COUNT (sizeof options / sizeof options[0])

static void print_help(void) {
    struct buffer kinds;
    buffer_init(&kinds, LIMIT_DOCUMENT);
    printf("usage: origin [options]\n\n"
           "Serves a month of invented talk about three brands in the wire formats of its\n"
           "sources. Prints \"listening 127.0.0.1:PORT\" when it is ready.\n\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        printf("  %-16s %-7s %s\n", options[i].name,
               options[i].value == NULL ? "" : options[i].value, options[i].help);
    }
    faults_print_kinds(&kinds);
    printf("\nFault kinds:\n%s", buffer_string(&kinds));
    buffer_done(&kinds);
}

static bool read_argument(struct settings *settings, char **arguments, int *at) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(arguments[*at], options[i].name) != 0) {
            continue;
        }
        const char *value = NULL;
        if (options[i].value != NULL) {
            value = arguments[++*at];
        }
        if (options[i].value != NULL && value == NULL) {
            fprintf(stderr, "origin: %s needs %s\n", options[i].name, options[i].value);
            return false;
        }
        if (!options[i].read(settings, value)) {
            fprintf(stderr, "origin: %s: not a valid %s\n", options[i].name, options[i].value);
            return false;
        }
        return true;
    }
    fprintf(stderr, "origin: unknown option %s; see --help\n", arguments[*at]);
    return false;
}

static bool read_arguments(struct settings *settings, int count, char **arguments) {
    for (int i = 1; i < count; i++) {
        if (!read_argument(settings, arguments, &i)) {
            return false;
        }
    }
    for (size_t i = settings->brands; i < WORLD_BRANDS; i++) {
        settings->origin.world.brands[i] = span_of(world_default_brands[i]);
    }
    if (settings->now == NULL) {
        settings->origin.world.now_ms = clock_wall_ms(&system_clock);
        settings->origin.speed = settings->speed == NULL ? 1 : settings->origin.speed;
    }
    return true;
}

static int write_truth(const struct settings *settings) {
    struct error error;
    bool to_stdout = strcmp(settings->truth, "-") == 0;
    FILE *file = to_stdout ? stdout : fopen(settings->truth, "w");
    if (file == NULL) {
        fprintf(stderr, "origin: %s: %s\n", settings->truth, strerror(errno));
        return 1;
    }
    struct world *world = world_create(&settings->origin.world);
    bool written = world_write_truth(world, file, &error);
    world_free(world);
    if (!to_stdout) {
        written = fclose(file) == 0 && written;
    }
    if (!written) {
        fprintf(stderr, "origin: %s: cannot be written\n", settings->truth);
    }
    return written ? 0 : 1;
}

/* --- Running ---------------------------------------------------------------------------------- */

struct program {
    uv_loop_t loop;
    uv_signal_t signals[2];
    uv_pipe_t input;
    uv_fs_t input_read;
    char input_bytes[256];
    uv_buf_t input_piece;
    struct origin *origin;
    struct smtp *smtp;
    bool ending;
};

static void program_end(struct program *program) {
    if (program->ending) {
        return;
    }
    program->ending = true;
    origin_close(program->origin);
    smtp_close(program->smtp);
    uv_close((uv_handle_t *)&program->signals[0], NULL);
    uv_close((uv_handle_t *)&program->signals[1], NULL);
    if (uv_handle_get_type((uv_handle_t *)&program->input) == UV_NAMED_PIPE) {
        uv_close((uv_handle_t *)&program->input, NULL);
    }
}

static void on_signal(uv_signal_t *signal, int number) {
    (void)number;
    program_end(signal->data);
}

static void on_input_allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *piece) {
    (void)suggested;
    struct program *program = handle->data;
    *piece = uv_buf_init(program->input_bytes, sizeof program->input_bytes);
}

static void on_input(uv_stream_t *stream, ssize_t size, const uv_buf_t *piece) {
    (void)piece;
    if (size < 0) {
        program_end(stream->data);
    }
}

static void on_file_read(uv_fs_t *read) {
    struct program *program = read->data;
    ssize_t size = read->result;
    uv_fs_req_cleanup(read);
    if (size <= 0) {
        program_end(program);
    } else if (!program->ending) {
        uv_fs_read(&program->loop, read, STDIN_FILENO, &program->input_piece, 1, -1, on_file_read);
    }
}

/* Pipes, sockets and terminals are watched; a file or /dev/null is read to its end. */
static void watch_input(struct program *program) {
    uv_handle_type type = uv_guess_handle(STDIN_FILENO);
    if (type == UV_NAMED_PIPE || type == UV_TTY || type == UV_TCP) {
        uv_pipe_init(&program->loop, &program->input, 0);
        program->input.data = program;
        if (uv_pipe_open(&program->input, STDIN_FILENO) == 0) {
            uv_read_start((uv_stream_t *)&program->input, on_input_allocate, on_input);
            return;
        }
    }
    program->input_read.data = program;
    program->input_piece = uv_buf_init(program->input_bytes, sizeof program->input_bytes);
    uv_fs_read(&program->loop, &program->input_read, STDIN_FILENO, &program->input_piece, 1, -1,
               on_file_read);
}

static bool program_start(struct program *program, struct settings *settings, struct error *error) {
    static const int numbers[2] = {SIGTERM, SIGINT};
    if (!origin_start(&program->loop, &settings->origin, &program->origin, error)) {
        return false;
    }
    settings->smtp.script = buffer_span(&settings->script);
    if (settings->mail && !smtp_start(&program->loop, &settings->smtp, &program->smtp, error)) {
        origin_close(program->origin);
        return false;
    }
    struct faults *faults = origin_faults(program->origin);
    faults_done(faults);
    *faults = settings->faults; /* the origin owns them from here on */
    faults_init(&settings->faults);
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(&program->loop, &program->signals[i]);
        program->signals[i].data = program;
        uv_signal_start(&program->signals[i], on_signal, numbers[i]);
    }
    printf("listening 127.0.0.1:%d\n", origin_port(program->origin));
    if (settings->mail) {
        printf("smtp 127.0.0.1:%d\n", smtp_port(program->smtp));
    }
    fflush(stdout);
    if (settings->until_eof) {
        watch_input(program);
    }
    return true;
}

static int serve(struct settings *settings) {
    struct program *program = NEW(struct program);
    struct error error;
    uv_loop_init(&program->loop);
    bool started = program_start(program, settings, &error);
    if (!started) {
        fprintf(stderr, "origin: %s\n", error.message);
    }
    uv_run(&program->loop, UV_RUN_DEFAULT);
    uv_loop_close(&program->loop);
    free(program);
    return started ? 0 : 1;
}

int main(int count, char **arguments) {
    struct settings settings = {.origin = {.world = {.seed = 1, .days = 30, .scale = 1},
                                           .feed_items = 500,
                                           .mastodon_quota = 300}};
    faults_init(&settings.faults);
    buffer_init(&settings.script, LIMIT_CONFIG);
    int code = 2;
    if (read_arguments(&settings, count, arguments)) {
        code = 0;
        if (settings.help) {
            print_help();
        } else if (settings.truth != NULL) {
            code = write_truth(&settings);
        } else {
            code = serve(&settings);
        }
    }
    faults_done(&settings.faults);
    buffer_done(&settings.script);
    return code;
}
