#!/usr/bin/env python3
"""How well copies are told: copies.py BUILD-FOLDER [SEED]

The origin's papers print each other's stories, cut, framed and credited as papers do, and it knows which
are which. One crawl fetches them; two posts are a pair where they are one story. Prints how many of the
pairs found are pairs (precision) and how many of the pairs are found (recall), and fails below what was
reached. The origin tells few stories again and again with other names and numbers: those that have one
headline within three days cannot be told apart by it, and are no mistake. On real articles:
build/asan/unit/store/copies."""

import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile

from kill import BRANDS, END, FEEDS, configuration, stamp
from play import Origin

PRECISION, RECALL = 0.7, 0.9  # most of the rest are stories of the origin that differ in names and numbers


def pairs(stories):
    """Pairs of posts in the same story; `stories`: story of each post, None = its own."""
    members = collections.defaultdict(list)
    for post, story in stories.items():
        if story is not None:
            members[story].append(post)
    return {(a, b) for story in members.values() for a in story for b in story if a < b}


def headlines(posts, truth):
    """The stories of the posts, those with a headline in common within three days as one."""
    leader = {}

    def lead(story):
        while leader.setdefault(story, story) != story:
            story = leader[story]
        return story

    told = collections.defaultdict(list)
    for key, post in posts.items():
        told[post["title"]].append((post["time"], truth[key] or key))
    for stories in told.values():
        stories.sort()
        for (earlier, one), (later, other) in zip(stories, stories[1:]):
            if datetime.datetime.fromisoformat(later[:19]) - datetime.datetime.fromisoformat(earlier[:19]) \
                    <= datetime.timedelta(days=3):
                leader[lead(one)] = lead(other)
    return {key: lead(truth[key] or key) for key in posts}


def main():
    build, seed = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "5"
    folder = tempfile.mkdtemp(prefix="earshot-copies.")
    mailbox = os.path.join(folder, "mailbox")
    os.mkdir(mailbox)
    origin = Origin(build, ["--days", "20", "--scale", "0.5", "--seed", seed, "--now", stamp(END)], mailbox)
    path = os.path.join(folder, "earshot.yaml")
    with open(path, "w") as file:
        file.write(configuration("http://" + origin.address, folder))

    def earshot(*words):
        return subprocess.run([os.path.join(build, "earshot"), *words, "--config", path], check=True,
                              capture_output=True, text=True, timeout=300).stdout

    earshot("crawl", "--once", "--quiet", "--now", stamp(END))
    truth = {(post["source"], post["id"]): post["cluster"]
             for post in map(json.loads, origin.ask("/control/truth?published=1").splitlines())
             if post["source"] in FEEDS}
    posts = {}
    for line in earshot("store", "export").splitlines():
        mention = json.loads(line)
        if (mention["source"], mention["id"]) in truth:
            posts[(mention["source"], mention["id"])] = mention
    origin.stop()
    real, seen = pairs({key: truth[key] for key in posts}), pairs({key: posts[key]["cluster"] for key in posts})
    alike = pairs(headlines(posts, truth))
    precision, recall = len(seen & alike) / len(seen), len(seen & real) / len(real)
    print(f"copies: {len(posts)} posts, {len(real)} pairs, {len(seen)} found: "
          f"precision {precision:.3f}, recall {recall:.3f}")
    if precision < PRECISION or recall < RECALL:
        for kind, wrong in (("missed", real - seen), ("invented", seen - alike)):
            print(f"{kind}: {sorted(wrong)[:5]}")
        sys.exit(f"seed {seed}: less than precision {PRECISION}, recall {RECALL}; see {folder}")
    subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
