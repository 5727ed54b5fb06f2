#!/usr/bin/env python3
"""Sentiment, side by side: peers_sentiment.py BENCH [FILE.jsonl...]

The same texts through earshot (BENCH is its bench program) and through lexicon scorers for Node and
Python. These score the whole text only, in English: no language, target, topic or reason; so earshot
is set beside them by its English texts. CPU time, one core. A peer that is not installed is "absent";
nothing is installed for it:

    npm install -g sentiment wink-sentiment vader-sentiment       (or NODE_PATH=.../node_modules)
    pip install vaderSentiment

Default files: the English sets of ../shared/suites/sentiment and those of other languages for the
rows by language, else the bench's own texts."""

import glob
import os
import subprocess
import sys
import tempfile

from peers import SECONDS, row, said

PYTHON = """
import json, sys, time
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
score = SentimentIntensityAnalyzer().polarity_scores
texts = [json.loads(line)["text"] for path in sys.argv[2:] for line in open(path, encoding="utf-8")]
done, begin = 0, time.process_time()
while time.process_time() - begin < float(sys.argv[1]):
    for text in texts[:2000]:
        score(text)
        done += len(text.encode())
print(done / (time.process_time() - begin))
"""

NODE = """
const fs = require("fs"), kind = process.argv[2], seconds = +process.argv[3];
const texts = process.argv.slice(4).flatMap((path) => fs.readFileSync(path, "utf8").split("\\n"))
  .filter((line) => line).map((line) => JSON.parse(line).text);
const library = require(kind);
const scorers = {
  "sentiment": () => { const one = new library(); return (text) => one.analyze(text); },
  "wink-sentiment": () => library,
  "vader-sentiment": () => (text) => library.SentimentIntensityAnalyzer.polarity_scores(text),
};
const score = scorers[kind]();
const spent = () => { const use = process.cpuUsage(); return (use.user + use.system) / 1e6; };
let bytes = 0, best = 0, all = spent();
while (spent() - all < seconds) {
  bytes = 0;
  const begin = spent();
  for (let i = 0; i < texts.length && spent() - begin < seconds; i += 500)
    for (const text of texts.slice(i, i + 500)) { score(text); bytes += Buffer.byteLength(text); }
  best = Math.max(best, bytes / (spent() - begin));
}
console.log(best);
"""


def main():
    bench, files = sys.argv[1], sys.argv[2:]
    real = "../shared/suites/sentiment"
    with tempfile.TemporaryDirectory() as folder:
        files = files or sorted(glob.glob(f"{real}/*.jsonl"))
        if not files:
            print(f"(no {real}: made-up posts)")
            files = [folder + "/posts.jsonl"]
            subprocess.run([bench, "--write", files[0]], check=True)
        subprocess.run([bench, str(SECONDS / 3), *files], check=True)
        for library in ("sentiment", "wink-sentiment", "vader-sentiment"):
            row("Node " + library, said(["node", "SCRIPT", library, str(SECONDS), *files], NODE),
                "whole text only")
        row("Python vaderSentiment", said(["python3", "SCRIPT", str(SECONDS), *files], PYTHON),
            "whole text only")


if __name__ == "__main__":
    main()
