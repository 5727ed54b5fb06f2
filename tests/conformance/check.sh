#!/bin/sh
# Holds what `make conformance` prints against floors: what was reached must not be lost unnoticed.
# Exit code 77, and why, where the suites are not there (SUITES=folder).
#
#     check.sh              runs `make conformance`
#     check.sh FILE         reads what it printed
set -u
cd "$(dirname "$0")/../.." || exit 2
suites=${SUITES:-../shared/suites}
work=$(mktemp)
trap 'rm -f "$work"' EXIT
if [ $# = 1 ]; then
    cp "$1" "$work"
elif [ ! -d "$suites" ]; then
    echo "no conformance suites in $suites"
    exit 77
else
    ${MAKE:-make} --no-print-directory BUILD=release conformance >"$work" 2>/dev/null || exit 1
fi
# Each line: suite, key, least value; "passed" and such count as a share of total without skipped.
awk '
    FNR == NR { if ($1 != "" && $1 !~ /^#/) { floor[$1 " " $2] = $3 } next }
    {
        for (i = 2; i < NF; i += 2) value[$1 " " $i] = $(i + 1)
        if (($1 " passed") in value)
            value[$1 " share"] = value[$1 " passed"] / (value[$1 " total"] - value[$1 " skipped"])
        if (value[$1 " there"] > 0)
            value[$1 " kept_share"] = value[$1 " kept"] / value[$1 " there"]
    }
    END {
        for (name in floor) {
            if (name ~ /^fixtures / && !("fixtures files" in value)) continue # no payloads here
            if (!(name in value)) { print name ": not measured"; bad = 1; continue }
            if (value[name] + 0 < floor[name] + 0) {
                print name ": " value[name] " is below " floor[name]; bad = 1
            }
        }
        exit bad
    }' tests/conformance/floors "$work"
