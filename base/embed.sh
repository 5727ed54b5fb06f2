#!/bin/sh
# Writes a C file with a table of the given files: embed.sh TABLE FILE... (see base/embed.h).
# The assembler reads the bytes in (.incbin), so that a megabyte of lexicon costs no compile time.
set -eu
export LC_ALL=C
table=$1
shift
printf '#include "base/embed.h"\n\n'
index=0
for file in "$@"; do
    printf '__asm__(".section .rodata\\n.balign 64\\n%s_%d:\\n.incbin \\"%s\\"\\n%s_%d_end:\\n.byte 0\\n.previous");\n' \
        "$table" "$index" "$file" "$table" "$index"
    printf 'extern const char %s_%d[], %s_%d_end[];\n' "$table" "$index" "$table" "$index"
    index=$((index + 1))
done
printf '\nconst struct embedded_file %s[] = {\n' "$table"
index=0
for file in "$@"; do
    printf '    {"%s", %s_%d, %s_%d_end},\n' "${file##*/}" "$table" "$index" "$table" "$index"
    index=$((index + 1))
done
printf '    {NULL, NULL, NULL},\n};\n'
