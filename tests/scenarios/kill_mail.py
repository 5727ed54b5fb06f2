#!/usr/bin/env python3
"""kill -9 while mail goes out: kill_mail.py BUILD-FOLDER [ROUNDS] [SEED]

An incident is on; forty people are to be told. earshot is killed again and again while it delivers,
until the outbox is empty. Nobody may be left out, and whoever gets a message twice gets it under the
same Message-ID (the kill fell between the server's answer and our commit)."""

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
NOW = datetime.datetime(2026, 11, 6, 20, tzinfo=datetime.timezone.utc)


def configuration(origin, folder):
    people = "\n".join(f"  - person{i}@brellin.example" for i in range(PEOPLE))
    return f"""data_dir: {folder}/data
brands: [Brellin, Tavora, Quondale]
crawler: {{host_spacing: 0s}}
sources:
  - {{name: hn, recipe: hackernews, params: {{base: "http://{origin.address}/hn", official: "http://{origin.address}/hn"}}, allow_private: true, since: 60d}}
  - {{name: mastodon, recipe: mastodon-tag, params: {{base: "http://{origin.address}/mastodon", tag: brellin}}, allow_private: true, since: 60d}}
people:
{people}
mail: {{url: "smtp://{origin.smtp}", from: earshot@brellin.example, require_tls: false}}
"""


def delivered(mailbox):
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


def main():
    build, rounds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    dice = random.Random(seed)
    kills = twice = 0
    for _ in range(rounds):
        folder = tempfile.mkdtemp(prefix="earshot-mail.")
        mailbox = os.path.join(folder, "mailbox")
        os.mkdir(mailbox)
        origin = Origin(build, ["--days", "30", "--seed", "11", "--now", "2026-11-20T12:00:00Z"], mailbox)
        path = os.path.join(folder, "earshot.yaml")
        with open(path, "w") as file:
            file.write(configuration(origin, folder))
        moment = NOW
        for attempt in range(200):
            moment = NOW + datetime.timedelta(seconds=20 * attempt)
            origin.ask(f"/control/time?now={stamp(moment)}", method="POST")
            process = subprocess.Popen([os.path.join(build, "earshot"), "crawl", "--once", "--quiet", "--config",
                                        path, "--now", stamp(moment)], stderr=subprocess.PIPE)
            if attempt == 0:
                # The first run finds the incident; it is let go until mail has begun to go out.
                while process.poll() is None and not delivered(mailbox):
                    time.sleep(0.002)
            time.sleep(dice.uniform(0, 0.06) if attempt == 0 else dice.uniform(0.03, 0.25))
            killed = process.poll() is None
            process.kill()
            process.communicate()
            kills += killed
            if not killed and process.returncode == 0:
                break
        origin.stop()
        found = delivered(mailbox)
        missing = [i for i in range(PEOPLE) if f"person{i}@brellin.example" not in found]
        mixed = [who for who, ids in found.items() if len(set(ids)) > 1]
        twice += sum(len(ids) - 1 for ids in found.values())
        if missing or mixed:
            sys.exit(f"seed {seed}: {len(missing)} never got it, {len(mixed)} got two messages; see {folder}")
        subprocess.run(["rm", "-rf", folder], check=True)
    print(f"seed {seed}: {rounds} incidents to {PEOPLE} people, {kills} kills: nobody left out, "
          f"{twice} repeats, all under the same Message-ID")


if __name__ == "__main__":
    main()
