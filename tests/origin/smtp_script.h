/* The mail sink's script: which command is answered how. */
#ifndef TESTS_ORIGIN_SMTP_SCRIPT_H
#define TESTS_ORIGIN_SMTP_SCRIPT_H

#include "base/arena.h"
#include "base/error.h"

enum script_action { SCRIPT_PASS, SCRIPT_REPLY, SCRIPT_DROP, SCRIPT_STALL };

struct script_rule {
    enum script_action action;
    struct span command;
    int64_t code;
    int64_t first; /* 0 = for ever */
    int64_t after;
    struct span to; /* empty = any */
    int64_t seen;
    int64_t hits;
};

struct script {
    struct script_rule *rules;
    size_t count;
    size_t capacity;
    struct arena *arena;
};

/* Reads `text`; the script is the caller's also on false, script_done() it. */
MUST_CHECK bool script_parse(struct script *script, struct span text, struct error *error);
void script_done(struct script *script);

/* What becomes of a command whose line (or recipients) is `detail`; counts. `*code` for a reply. */
enum script_action script_decide(struct script *script, struct span command, struct span detail,
                                 int64_t *code);

#endif
