#!/bin/sh
# What can be checked without running the program: layers, library homes, headers that stand alone,
# banned functions, function length, format, scripts.
set -u
cd "$(dirname "$0")/.." || exit 2
failed=0
complain() {
    echo "$*"
    failed=1
}

# --- Layers: who may include whom -----------------------------------------------------------------
# FOLDER: the folders whose door it may see. Everything else in a folder is private to it.
layers='base:
parsers: base
sentiment: base
store: base
crawler: base
report: base store crawler sentiment
app: base crawler parsers sentiment store report'
echo "$layers" | while IFS=: read -r folder doors; do
    grep -nE '^#include "' "$folder"/*.c "$folder"/*.h "$folder"/*.cc 2>/dev/null |
        while IFS=: read -r file line include; do
            target=$(echo "$include" | sed 's/.*"\(.*\)".*/\1/')
            other=${target%%/*}
            if [ "$other" = "$folder" ] || [ "$other" = base ]; then
                continue
            fi
            case " $doors " in
            *" $other "*) ;;
            *)
                echo "$file:$line: $folder must not see $other"
                continue
                ;;
            esac
            if [ "$target" != "$other/$other.h" ]; then
                echo "$file:$line: $target is private to $other; its door is $other/$other.h"
            fi
        done
done >/tmp/lint.$$
[ -s /tmp/lint.$$ ] && complain "$(cat /tmp/lint.$$)"

# --- Library homes: HEADER PATTERN: folders ----------------------------------------------------------
homes='<uv.h>: crawler report app
<curl/: crawler
<libxml/: parsers
<archive: parsers
<jansson.h>: parsers
<gmime/: parsers
<lmdb.h>: store
<zstd.h>: store
<libfyaml.h>: base
<unicode/: base
<libpsl.h>: base
<openssl/: base
<xxhash.h>: base
<cld2/: sentiment
<microhttpd.h>: report'
echo "$homes" | while IFS=: read -r header folders; do
    grep -lF "#include $header" base/* crawler/* parsers/*.[ch] sentiment/*.* store/* report/* app/* \
        2>/dev/null | while read -r file; do
        case " $folders " in
        *" ${file%%/*} "*) ;;
        *) echo "$file: $header belongs to $folders" ;;
        esac
    done
done >/tmp/lint.$$
[ -s /tmp/lint.$$ ] && complain "$(cat /tmp/lint.$$)"

# --- The clock belongs to base/clock.c -----------------------------------------------------------------
grep -nE '[^_a-z](time|gettimeofday|clock_gettime|localtime|gmtime|uv_now|uv_hrtime)\(' \
    base/*.c crawler/*.c parsers/*.c sentiment/*.c store/*.c report/*.c app/*.c |
    grep -vE '^base/clock\.c|^[^:]*:[0-9]*:[ ]*(/\*|\*|//)' >/tmp/lint.$$
[ -s /tmp/lint.$$ ] && complain "time comes from base/clock.h:
$(cat /tmp/lint.$$)"

# --- Banned: functions that overflow, lose errors or hide state ------------------------------------------
grep -nwE '(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|strncpy|strncat|scanf|sscanf|alloca|setjmp|system|popen|rand|srand|tmpnam|mktemp)\(' \
    base/*.[ch] crawler/*.[ch] parsers/*.[ch] sentiment/*.[ch] store/*.[ch] report/*.[ch] \
    app/*.[ch] >/tmp/lint.$$
[ -s /tmp/lint.$$ ] && complain "banned functions:
$(cat /tmp/lint.$$)"

# --- One name, one function: a second one, ours or a library's, would be linked by chance ----------------
if [ -n "${ARCHIVES:-}" ]; then
    # shellcheck disable=SC2086 # file names are words
    nm -g --defined-only $ARCHIVES 2>/dev/null | awk '$2 ~ /^[TDRB]$/ {print $3}' | sort >/tmp/lint.$$
    doubled=$(uniq -d /tmp/lint.$$)
    [ -n "$doubled" ] && complain "defined twice: $doubled"
    for library in jansson uv curl xml2 gmime-3.0 lmdb fyaml microhttpd psl nettle crypto; do
        file=$(find /usr/lib /lib -name "lib$library.so*" 2>/dev/null | head -n 1)
        [ -n "$file" ] || continue
        shared=$(nm -D --defined-only "$file" 2>/dev/null | awk '{print $3}' | sed 's/@.*//' |
            sort -u | comm -12 - /tmp/lint.$$)
        [ -n "$shared" ] && complain "defined by us and by lib$library: $shared"
    done
fi

# --- Headers compile alone ----------------------------------------------------------------------------------
flags=$(pkg-config --cflags libuv libcurl libcrypto libxml-2.0 jansson lmdb libfyaml libmicrohttpd icu-uc libpsl gmime-3.0)
for header in base/*.h crawler/*.h parsers/*.h sentiment/*.h store/*.h report/*.h app/*.h; do
    # shellcheck disable=SC2086 # flags are words
    if ! ${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -I. $flags \
        -fsyntax-only -x c "$header" 2>/tmp/lint.$$; then
        complain "$header does not compile alone:
$(head -n 5 /tmp/lint.$$)"
    fi
done

# --- Functions fit on a screen ---------------------------------------------------------------------------------
if command -v ctags >/dev/null 2>&1 && ctags --version 2>/dev/null | grep -q Universal; then
    ctags -x --_xformat='%F %n %e %N' --c-kinds=f --fields=+e base/*.c crawler/*.c parsers/*.c \
        sentiment/*.c store/*.c report/*.c app/*.c 2>/dev/null |
        awk '$3 - $2 > 70 {printf "%s:%d: %s has %d lines; 70 is the most\n", $1, $2, $4, $3 - $2 + 1}' >/tmp/lint.$$
    [ -s /tmp/lint.$$ ] && complain "$(cat /tmp/lint.$$)"
fi

# --- Loose ends ----------------------------------------------------------------------------------------------------
grep -nE 'TODO|FIXME|XXX|HACK' base/* crawler/* parsers/*.[ch] sentiment/*.[ch] store/* report/* app/* \
    >/tmp/lint.$$ 2>/dev/null
[ -s /tmp/lint.$$ ] && complain "loose ends:
$(cat /tmp/lint.$$)"

# --- Format and scripts ------------------------------------------------------------------------------------------------
if command -v clang-format >/dev/null 2>&1; then
    files=$(ls base/*.[ch] crawler/*.[ch] parsers/*.[ch] sentiment/*.[ch] store/*.[ch] report/*.[ch] \
        app/*.[ch] tests/*/*.[ch] tests/unit/*/*.[ch] 2>/dev/null)
    # shellcheck disable=SC2086 # file names are words
    clang-format --dry-run --Werror $files 2>/tmp/lint.$$ ||
        complain "not formatted (make format):
$(grep -o '^[^:]*:[0-9]*' /tmp/lint.$$ | sort -u | head -n 20)"
else
    echo "clang-format is not installed: format not checked"
fi
if command -v shellcheck >/dev/null 2>&1; then
    shellcheck .ci/packages .ci/run base/embed.sh tests/*.sh tests/conformance/check.sh || complain "scripts: see above"
else
    echo "shellcheck is not installed: scripts not checked"
fi
rm -f /tmp/lint.$$
exit $failed
