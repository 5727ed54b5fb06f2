#include "tests/origin/smtp_script.h"

#include <stdlib.h>

/* Takes a word off a line; empty at its end. */
static struct span take_word(struct span *line) {
    *line = span_trim(*line);
    size_t end = span_find_byte(*line, ' ');
    struct span word = span_first(*line, end);
    *line = span_from(*line, end == SPAN_NOT_FOUND ? line->size : end);
    return word;
}

static bool is_command(struct span word) {
    static const char *const commands[] = {"CONNECT", "EHLO", "HELO", "AUTH", "MAIL", "RCPT",
                                           "DATA",    "DOT",  "RSET", "NOOP", "QUIT"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (span_equal_nocase(word, span_of(commands[i]))) {
            return true;
        }
    }
    return false;
}

static bool parse_conditions(struct span line, struct script_rule *rule) {
    for (struct span word = take_word(&line); !span_is_empty(word); word = take_word(&line)) {
        struct span value = take_word(&line);
        bool valid = !span_is_empty(value);
        if (span_equal(word, SPAN("first"))) {
            valid = span_to_int64(value, &rule->first) && rule->first > 0;
        } else if (span_equal(word, SPAN("after"))) {
            valid = span_to_int64(value, &rule->after) && rule->after >= 0;
        } else if (span_equal(word, SPAN("to"))) {
            rule->to = value;
        } else {
            valid = false;
        }
        if (!valid) {
            return false;
        }
    }
    return true;
}

static bool parse_rule(struct span line, struct script_rule *rule) {
    struct span word = take_word(&line);
    if (span_equal(word, SPAN("drop-after-dot"))) {
        rule->action = SCRIPT_DROP;
        rule->command = SPAN("DOT");
        struct span count = take_word(&line);
        return span_is_empty(count) || (span_to_int64(count, &rule->first) && rule->first > 0);
    }
    if (span_equal(word, SPAN("drop")) || span_equal(word, SPAN("stall"))) {
        rule->action = span_equal(word, SPAN("drop")) ? SCRIPT_DROP : SCRIPT_STALL;
        rule->command = take_word(&line);
        return is_command(rule->command) && parse_conditions(line, rule);
    }
    rule->action = SCRIPT_REPLY;
    rule->command = word;
    return is_command(word) && span_to_int64(take_word(&line), &rule->code) && rule->code >= 200 &&
           rule->code <= 599 && parse_conditions(line, rule);
}

bool script_parse(struct script *script, struct span text, struct error *error) {
    *script = (struct script){.arena = arena_create()};
    struct span rest = arena_copy(script->arena, text);
    struct span line;
    for (unsigned number = 1; span_split(&rest, '\n', &line); number++) {
        struct script_rule rule = {.action = SCRIPT_PASS};
        line = span_trim(span_first(line, span_find_byte(line, '#')));
        if (span_is_empty(line)) {
            continue;
        }
        if (!parse_rule(line, &rule)) {
            return error_set_at(error, ERROR_USAGE, number, 1, "script rule \"%.*s\" is not known",
                                SPAN_ARG(line));
        }
        script->rules =
            memory_grow(script->rules, script->count, &script->capacity, sizeof *script->rules);
        script->rules[script->count++] = rule;
    }
    return true;
}

void script_done(struct script *script) {
    free(script->rules);
    arena_free(script->arena);
    *script = (struct script){NULL, 0, 0, NULL};
}

enum script_action script_decide(struct script *script, struct span command, struct span detail,
                                 int64_t *code) {
    for (size_t i = 0; i < script->count; i++) {
        struct script_rule *rule = &script->rules[i];
        if (!span_equal_nocase(command, rule->command) ||
            (!span_is_empty(rule->to) && span_find(detail, rule->to) == SPAN_NOT_FOUND)) {
            continue;
        }
        rule->seen++;
        if (rule->seen > rule->after && (rule->first == 0 || rule->hits < rule->first)) {
            rule->hits++;
            *code = rule->code;
            return rule->action;
        }
    }
    return SCRIPT_PASS;
}
