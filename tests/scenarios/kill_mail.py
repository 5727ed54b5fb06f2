#!/usr/bin/env python3
"""kill -9 while messages go out: kill_mail.py BUILD-FOLDER [ROUNDS] [SEED]

An incident is on, and a digest is due; forty people and six chat rooms are to be told of both. earshot is
killed again and again while it delivers, until the outbox is empty. Nobody may be left out of either,
and whoever gets a message twice gets it under the same id (the kill fell between the other side's answer
and our commit)."""

import datetime
import email
import json
import os
import random
import subprocess
import sys
import tempfile
import time

from kill import stamp
from play import Origin

PEOPLE = 40
ROOMS = 6
BEFORE = datetime.datetime(2026, 11, 5, 9, tzinfo=datetime.timezone.utc)
NOW = datetime.datetime(2026, 11, 6, 20, tzinfo=datetime.timezone.utc)


def configuration(origin, folder):
    people = "\n".join(f"  - {{email: person{i}@brellin.example, digests: daily}}" for i in range(PEOPLE))
    shapes = ["json", "slack", "teams", "discord", "mattermost", "apprise"]
    rooms = "\n".join(f"  - {{name: room{i}, shape: {shapes[i]}, url: 'http://{origin.address}/hooks/room{i}', "
                      "digests: daily, allow_private: true}" for i in range(ROOMS))
    return f"""data_dir: {folder}/data
brands: [Brellin, Tavora, Quondale]
crawler: {{host_spacing: 0s}}
sources:
  - {{name: hn, recipe: hackernews, params: {{base: "http://{origin.address}/hn", official: "http://{origin.address}/hn"}}, allow_private: true, since: 60d}}
  - {{name: mastodon, recipe: mastodon-tag, params: {{base: "http://{origin.address}/mastodon", tag: brellin}}, allow_private: true, since: 60d}}
people:
{people}
webhooks:
{rooms}
mail: {{url: "smtp://{origin.smtp}", from: earshot@brellin.example, require_tls: false}}
"""


def mails(mailbox):
    """recipient -> list of Message-IDs"""
    found = {}
    for name in os.listdir(mailbox):
        if not name.endswith(".json"):
            continue
        with open(os.path.join(mailbox, name)) as file:
            envelope = json.load(file)
        with open(os.path.join(mailbox, name[:-5] + ".eml"), "rb") as file:
            message = email.message_from_binary_file(file)
        for recipient in envelope["to"]:
            found.setdefault(recipient.strip("<>"), []).append(message["Message-ID"])
    return found


def posts(origin):
    """room -> list of webhook ids"""
    found = {}
    for line in origin.ask("/control/hooks").splitlines():
        post = json.loads(line)
        found.setdefault(post["name"], []).append(post["id"])
    return found


def check(found, names, seed, folder):
    """Everyone was told of the incident and of the day, under one id each; the number of repeats."""
    for name in names:
        if len(set(found.get(name, []))) != 2:
            sys.exit(f"seed {seed}: {name} got {found.get(name, [])}, not an alert and a digest; see {folder}")
    return sum(len(found[name]) - 2 for name in names)


def run(build, origin, path, moment):
    origin.ask(f"/control/time?now={stamp(moment)}", method="POST")
    return subprocess.Popen([os.path.join(build, "earshot"), "crawl", "--once", "--quiet", "--config", path,
                             "--now", stamp(moment)], stderr=subprocess.PIPE)


def play(build, origin, folder, dice):
    """Runs until nothing waits; how many were killed."""
    path = os.path.join(folder, "earshot.yaml")
    with open(path, "w") as file:
        file.write(configuration(origin, folder))
    run(build, origin, path, BEFORE).communicate()  # from here on a digest a day is due
    kills = 0
    for attempt in range(1000):
        process = run(build, origin, path, NOW + datetime.timedelta(seconds=20 * attempt))
        if attempt == 0:
            # The first run finds the incident; it is let go until messages have begun to go out.
            while process.poll() is None and not mails(origin.mailbox):
                time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.06) if attempt == 0 else dice.uniform(0.03, 0.6))
        killed = process.poll() is None
        process.kill()
        process.communicate()
        kills += killed
        if not killed and process.returncode == 0:
            break
    return kills


def main():
    build, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    dice = random.Random(seed)
    kills = twice = 0
    for _ in range(rounds):
        folder = tempfile.mkdtemp(prefix="earshot-mail.")
        os.mkdir(os.path.join(folder, "mailbox"))
        origin = Origin(build, ["--days", "30", "--seed", "11", "--now", "2026-11-20T12:00:00Z"],
                        os.path.join(folder, "mailbox"))
        kills += play(build, origin, folder, dice)
        twice += check(mails(origin.mailbox), [f"person{i}@brellin.example" for i in range(PEOPLE)], seed, folder)
        twice += check(posts(origin), [f"room{i}" for i in range(ROOMS)], seed, folder)
        origin.stop()
        subprocess.run(["rm", "-rf", folder], check=True)
    print(f"seed {seed}: {rounds} times an alert and a digest to {PEOPLE} people and {ROOMS} rooms, {kills} kills: "
          f"nobody left out, {twice} repeats, all under the same id")


if __name__ == "__main__":
    main()
