#!/bin/sh
# Learns the overlays of this folder anew: sh sentiment/learned/learn.sh EARSHOT SETS
#
# SETS has labelled texts as JSON lines {"text", "label"}, labels about a target with its "target"
# and "tpos" (in characters): vader_amazon, vader_movie and vader_nyt (Hutto and Gilbert 2014: a
# label is the mean of twenty readers from 0.2 away from 0 on), newsmtsc_mt_train (Hamborg and Donnay
# 2021), sentfin and sentfin_mixed (Sinha et al. 2022); each is MIT. The same sets and the same
# program always make the same files. What of it pays on texts that were not learned from:
#
#     earshot lexicon test --folds 5 OPTIONS LESSONS         (the lessons stay in LESSONS, if it is set)
set -eu
earshot=$1 sets=$2
here=$(dirname "$0")
lessons=${LESSONS:-$(mktemp -d)}

# GENRE SET...: the sets as lines for `earshot lexicon train`, places in bytes.
lessons() {
    python3 - "$sets" "$@" <<'PYTHON'
import json, sys
for name in sys.argv[3:]:
    for line in open(f"{sys.argv[1]}/{name}.jsonl", encoding="utf-8"):
        row = json.loads(line)
        lesson = {"text": row["text"], "label": str(row["label"]), "lang": "en", "genre": sys.argv[2]}
        if row.get("target"):
            place = len(row["text"][: row["tpos"]].encode())
            lesson |= {"target": row["target"], "tpos": str(place)}
        print(json.dumps(lesson, ensure_ascii=False))
PYTHON
}

# NAME WHAT OPTION...: one overlay, from the lessons of its name.
learn() {
    name=$1 what=$2
    shift 2
    rm -f "$lessons/learned.tsv"
    "$earshot" lexicon train --quiet --without "$here/en.without.txt" --no-names "$@" \
        --output "$lessons/learned.tsv" "$lessons/$name.jsonl" >/dev/null
    {
        echo "# Learned from $what."
        echo "# Names, numbers, what is talked about (en.without.txt) and rows of few texts are left out."
        cat "$lessons/learned.tsv"
    } >"$here/$name.tsv"
}

lessons review vader_amazon vader_movie >"$lessons/en.review.jsonl"
lessons news vader_nyt >"$lessons/en.news.jsonl"
lessons news newsmtsc_mt_train sentfin sentfin_mixed >"$lessons/en.news-targets.jsonl"
learn en.review "14,313 sentences of product and film reviews, graded by twenty readers each (Hutto and Gilbert 2014, MIT)" \
    --least 4 --most 6000 --no-tilt
learn en.news "5,190 sentences of editorials, graded by twenty readers each (Hutto and Gilbert 2014, MIT)" \
    --least 3 --most 3000
learn en.news-targets "18,309 judgements of what a sentence says about a person or company (NewsMTSC, Hamborg and Donnay 2021; SEntFiN, Sinha et al. 2022; both MIT)" \
    --least 3 --most 8000
if [ -z "${LESSONS:-}" ]; then
    rm -r "$lessons"
fi
