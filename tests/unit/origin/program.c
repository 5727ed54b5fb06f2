/* The program around the origin: what it prints first, and how it ends. Runs the `origin` built
 * beside this test; skipped where there is none. */
#include "tests/unit/test.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

struct process {
    pid_t id;
    int input;
    FILE *output;
};

/* OUT/origin, from OUT/unit/origin/program. */
static bool find_program(char *path, size_t size) {
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    if (length <= 0) {
        return false;
    }
    path[length] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL) {
            return false;
        }
        *slash = '\0';
    }
    size_t used = strlen(path);
    snprintf(path + used, size - used, "/origin");
    return access(path, X_OK) == 0;
}

static struct process start(const char *const *arguments) {
    char path[4096];
    int input[2];
    int output[2];
    if (!find_program(path, sizeof path)) {
        print_message("skipped: %s is not built\n", path);
        skip();
    }
    const char *words[16] = {path};
    for (size_t i = 0; i < 14 && arguments[i] != NULL; i++) {
        words[i + 1] = arguments[i];
    }
    assert_int_equal(pipe(input), 0);
    assert_int_equal(pipe(output), 0);
    pid_t id = fork();
    if (id == 0) {
        dup2(input[0], STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        close(input[0]);
        close(input[1]);
        close(output[0]);
        close(output[1]);
        execv(path, (char *const *)(uintptr_t)words);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    return (struct process){id, input[1], fdopen(output[0], "r")};
}

/* Its exit status; everything it still prints is read. */
static int finish(struct process *process) {
    char line[256];
    while (fgets(line, sizeof line, process->output) != NULL) {
    }
    int status = 0;
    assert_int_equal(waitpid(process->id, &status, 0), process->id);
    fclose(process->output);
    if (process->input >= 0) {
        close(process->input);
    }
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void expect_line(struct process *process, const char *beginning) {
    char line[256] = "";
    assert_non_null(fgets(line, sizeof line, process->output));
    assert_true(span_starts_with(span_of(line), span_of(beginning)));
}

static void test_ends_on_signals(void **state) {
    (void)state;
    static const int signals[] = {SIGTERM, SIGINT};
    static const char *const arguments[] = {"--smtp", "--scale", "0.05", NULL};
    for (size_t i = 0; i < 2; i++) {
        struct process process = start(arguments);
        expect_line(&process, "listening 127.0.0.1:");
        expect_line(&process, "smtp 127.0.0.1:");
        assert_int_equal(kill(process.id, signals[i]), 0);
        assert_int_equal(finish(&process), 0);
    }
}

static void test_ends_with_its_input(void **state) {
    (void)state;
    static const char *const arguments[] = {"--until-eof", "--scale", "0.05", NULL};
    struct process process = start(arguments);
    expect_line(&process, "listening 127.0.0.1:");
    assert_int_equal(write(process.input, "still here\n", 11), 11);
    assert_int_equal(kill(process.id, 0), 0);
    close(process.input);
    process.input = -1;
    assert_int_equal(finish(&process), 0);
}

static void test_writes_the_truth(void **state) {
    (void)state;
    static const char *const arguments[] = {
        "--truth", "-", "--scale", "0.05", "--now", "2026-11-01T00:00:00Z", NULL};
    struct process process = start(arguments);
    char line[8192];
    size_t lines = 0;
    while (fgets(line, sizeof line, process.output) != NULL) {
        assert_true(span_starts_with(span_of(line), SPAN("{\"source\":\"")));
        assert_true(span_ends_with(span_of(line), SPAN("\"}\n")));
        lines++;
    }
    assert_in_range(lines, 100, 600);
    assert_int_equal(finish(&process), 0);
}

static void test_refuses_wrong_words(void **state) {
    (void)state;
    static const char *const rows[][3] = {{"--colour", NULL},       {"--port", NULL},
                                          {"--port", "many", NULL}, {"--now", "soon", NULL},
                                          {"--days", "0", NULL},    {"--fault", "x", NULL},
                                          {"--speed", "-1", NULL},  {"--scale", "0", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct process process = start(rows[i]);
        assert_int_equal(finish(&process), 2);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ends_on_signals),
        cmocka_unit_test(test_ends_with_its_input),
        cmocka_unit_test(test_writes_the_truth),
        cmocka_unit_test(test_refuses_wrong_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
