#!/bin/sh
# Builds and runs everything that is tested; ends with "N passed, N failed".
#
#   run.sh           all: lint, both compilers, unit tests and fuzz corpora under ASan and UBSan,
#                    threads under TSan, scenarios, the kill test
#   run.sh units     only what is named: lint compilers units threads fuzz scenarios kill conformance manual
set -u
cd "$(dirname "$0")/.." || exit 2
make=${MAKE:-make}
make="$make --no-print-directory"
jobs=$(nproc 2>/dev/null || echo 2)
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0
failed=0
skipped=0

# One test of a name: its command's exit code decides (77: skipped, with a reason); what it printed
# is shown when it fails.
try() {
    name=$1
    shift
    "$@" >"$results/output" 2>&1
    code=$?
    if [ $code = 0 ]; then
        passed=$((passed + 1))
        echo "ok      $name"
    elif [ $code = 77 ]; then
        skipped=$((skipped + 1))
        echo "skipped $name: $(tail -n 1 "$results/output")"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
        sed 's/^/        /' "$results/output" | tail -n 60
    fi
}

# One cmocka program: each of its tests counts.
try_unit() {
    program=$1
    name=$(echo "$program" | sed 's|.*/unit/||')
    CMOCKA_MESSAGE_OUTPUT=tap "$program" >"$results/tap" 2>"$results/errors"
    code=$?
    good=$(grep -c '^ok ' "$results/tap")
    skips=$(grep -c '^not ok .*# SKIP' "$results/tap") # so cmocka writes it
    bad=$(($(grep -c '^not ok ' "$results/tap") - skips))
    if [ $code != 0 ] && [ "$bad" = 0 ]; then
        bad=1 # it crashed
    fi
    passed=$((passed + good))
    skipped=$((skipped + skips))
    failed=$((failed + bad))
    if [ "$bad" = 0 ]; then
        echo "ok      $name ($good$([ "$skips" = 0 ] || echo ", $skips skipped"))"
    else
        echo "FAILED  $name"
        grep -v '^ok ' "$results/tap" | sed 's/^/        /' | tail -n 40
        sed 's/^/        /' "$results/errors" | tail -n 60
    fi
}

run_lint() {
    # shellcheck disable=SC2086 # $make is words
    try lint $make -j"$jobs" BUILD=release lint
}

run_compilers() {
    for compiler in gcc clang; do
        # shellcheck disable=SC2086 # $make is words
        try "$compiler, warnings as errors" $make -j"$jobs" CC=$compiler WERROR=1 BUILD=release \
            OUT=build/$compiler build/$compiler/earshot build/$compiler/origin
    done
}

run_units() {
    if ! $make -j"$jobs" BUILD=asan build/asan/origin build/asan/earshot units >"$results/build" 2>&1; then
        try "unit tests build" cat "$results/build" /nonexistent
        return
    fi
    for program in build/asan/unit/*/*; do
        [ -x "$program" ] && [ -f "$program" ] && try_unit "$program"
    done
}

# What threads touch: the store's writer, and the rooms that the pool runs at once.
run_threads() {
    for unit in tests/unit/store/*.c tests/unit/*/threads*.c; do
        case $unit in
        *kill* | *failures* | *\**) continue ;; # they fork, which TSan does not follow; no such file
        esac
        unit=${unit#tests/}
        unit=${unit%.c}
        if ! $make -j"$jobs" BUILD=tsan "build/tsan/$unit" >"$results/build" 2>&1; then
            try "$unit under TSan builds" cat "$results/build" /nonexistent
        else
            # It would sleep for a second at the end of every child.
            try "$unit under TSan" env CMOCKA_MESSAGE_OUTPUT=stdout SEEDS=20 \
                TSAN_OPTIONS=atexit_sleep_ms=0 "build/tsan/$unit"
        fi
    done
    if ! $make -j"$jobs" BUILD=tsan build/tsan/earshot build/tsan/origin >"$results/build" 2>&1; then
        try "pipeline under TSan builds" cat "$results/build" /nonexistent
        return
    fi
    for scenario in first-mention alert daemon; do
        try "scenario $scenario under TSan" env TSAN_OPTIONS=exitcode=66 \
            python3 tests/scenarios/play.py build/tsan tests/scenarios/$scenario.scenario
    done
}

run_fuzz() {
    for source in tests/fuzz/*.c; do
        name=$(basename "$source" .c)
        [ "$name" = replay ] && continue
        if ! $make -j"$jobs" BUILD=asan "build/asan/replay/$name" >"$results/build" 2>&1; then
            try "fuzz $name builds" cat "$results/build" /nonexistent
            continue
        fi
        set -- tests/fuzz/corpus/"$name"/*
        [ -e "$1" ] || set --
        try "fuzz $name ($# inputs)" "build/asan/replay/$name" "$@"
    done
}

run_scenarios() {
    $make -j"$jobs" BUILD=asan build/asan/earshot build/asan/origin >"$results/build" 2>&1 ||
        try "scenarios build" cat "$results/build" /nonexistent
    for scenario in tests/scenarios/*.scenario; do
        [ -e "$scenario" ] || continue
        try "scenario $(basename "$scenario" .scenario)" \
            python3 tests/scenarios/play.py build/asan "$scenario"
    done
    try "talks: every recipe over the wire" \
        python3 tests/scenarios/talks.py build/asan tests/unit/parsers/talks/*.talk
}

run_kill() {
    $make -j"$jobs" BUILD=release build/release/earshot build/release/origin >"$results/build" 2>&1 ||
        try "kill test builds" cat "$results/build" /nonexistent
    try "KPIs agree with a recount" python3 tests/scenarios/recount.py build/release
    try "copies are told" python3 tests/scenarios/copies.py build/release
    try "webhook deliveries" python3 tests/scenarios/webhook.py build/release
    try "mailbox on a real server" python3 tests/scenarios/mailbox.py build/release
    try "mail through real servers" python3 tests/scenarios/smtp.py build/release
    try "kill -9 while mail goes out" python3 tests/scenarios/kill_mail.py build/release 4
    try "kill -9 at random moments" python3 tests/scenarios/kill.py build/release "${KILLS:-40}"
}

run_conformance() {
    try "conformance suites" sh tests/conformance/check.sh
}

run_manual() {
    $make -j"$jobs" BUILD=release build/release/earshot >"$results/build" 2>&1 ||
        try "manual builds" cat "$results/build" /nonexistent
    build/release/earshot help manual >"$results/earshot.1"
    try "manual page" mandoc -Tlint -Wwarning "$results/earshot.1"
    try "documents agree with the program" sh tests/documents.sh build/release/earshot
}

if [ $# = 0 ]; then
    set -- lint compilers units threads fuzz scenarios kill conformance manual
fi
for part in "$@"; do
    echo "== $part"
    run_"$part"
done
echo
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed = 0 ]
