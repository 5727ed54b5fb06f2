#!/bin/sh
# The parts of README.md that the program knows better: documents.sh EARSHOT [--update]
#
# Between `<!-- earshot COMMAND -->` and `<!-- end -->` stands what that command prints (in a fence
# where it is not Markdown). This checks that it still does; --update writes it anew.
set -eu
program=$1
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp README.md "$work/new"
grep -n '^<!-- earshot ' README.md | while IFS=: read -r _ mark; do
    command=$(echo "$mark" | sed 's/^<!-- earshot \(.*\) -->$/\1/')
    # shellcheck disable=SC2086 # the command's words
    "$program" $command >"$work/text"
    case $command in
    *"--format md"*) cp "$work/text" "$work/piece" ;;
    *) (echo '```' && sed 's/[[:space:]]*$//' "$work/text" && echo '```') >"$work/piece" ;;
    esac
    awk -v mark="$mark" -v piece="$work/piece" '
        $0 == mark { print; while ((getline line < piece) > 0) print line; inside = 1; next }
        inside && $0 == "<!-- end -->" { inside = 0 }
        !inside { print }' "$work/new" >"$work/next"
    mv "$work/next" "$work/new"
done
if cmp -s README.md "$work/new"; then
    exit 0
fi
if [ "${2:-}" = --update ]; then
    cp "$work/new" README.md
    exit 0
fi
diff -u README.md "$work/new" || true
echo "README.md is behind the program; put it right with: sh tests/documents.sh $program --update"
exit 1
