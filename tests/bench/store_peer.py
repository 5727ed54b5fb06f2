"""What tests/bench/store.c stores, stored by SQLite: store_peer.py MENTIONS BATCH RATE FOLDER

The same tables under the same guarantees: WAL, synchronous=full, one transaction for each BATCH, waited
for; a mention found again by id or URL; by brand and time; full text with positions (FTS5); counters
by hour of every brand in eight dimensions, summed up for the batch before they are written. No copies are
looked for. Timed are the transactions alone, on both sides. RATE is ours: prints the ratio."""
import collections
import os
import random
import sqlite3
import sys
import time

HOUR = 3600000
FIRST = 1780000000000
SPAN = 150 * 24 * HOUR
LANGUAGES = ["en", "en", "en", "es", "de"]
TOPICS = ["delivery", "price", "support", "quality"]
SOURCES = ["hackernews", "steam", "mastodon", "news", "appstore"]

SCHEMA = """
create table mentions(sequence integer primary key, source text, id text, url text, author text,
    text text, published integer, fetched integer, likes integer, language text, stage integer,
    score real, confidence real, label integer, brand text, topic text);
create unique index by_id on mentions(source, id);
create index by_url on mentions(source, url);
create index by_brand on mentions(brand, published);
create virtual table texts using fts5(text, content='mentions', content_rowid='sequence');
create table series(hour integer, brand text, dimension text, member text, n integer, positive integer,
    negative integer, neutral integer, total real, squares real, engagement integer,
    primary key(hour, brand, dimension, member)) without rowid;
"""


def text_make(vocabulary):
    words = []
    size = 0
    while size < 300:
        words.append(random.choice(vocabulary))
        size += len(words[-1]) + 1
    return " ".join(words)[:300]


def mention_make(number, total, vocabulary):
    moment = FIRST + number * SPAN // total
    return (number + 1, SOURCES[number // 100 % 5],
            str(40000000 + number) if number % 2 == 0 else f"t3_{number * 7919:x}",
            f"https://forum.example/item/{number}", f"user{random.randrange(50000)}",
            text_make(vocabulary), moment - random.randrange(60000), moment, random.randrange(40),
            random.choice(LANGUAGES), random.randrange(6), random.uniform(-1, 1), 0.8,
            random.randrange(4), f"brand{int(200 ** random.random())}",
            random.choice(TOPICS) if random.random() < 0.5 else None)


def deltas(rows):
    """The series' counters of a batch, summed up by key."""
    sums = collections.defaultdict(lambda: [0] * 7)
    for row in rows:
        hour = row[6] // HOUR
        members = [("all", ""), ("source", row[1]), ("channel", "forum"), ("language", row[9]),
                   ("stage", row[10]), ("label", row[13])]
        if row[15] is not None:
            members.append(("topic", row[15]))
        keys = [(hour, row[14]) + member for member in members]
        keys += [(hour, "*") + member for member in members[:2]]
        for key in keys:
            counters = sums[key]
            counters[0] += 1
            counters[1] += row[13] == 3
            counters[2] += row[13] == 1
            counters[3] += row[13] == 2
            counters[4] += row[11]
            counters[5] += row[11] * row[11]
            counters[6] += row[8]
    return [key + tuple(counters) for key, counters in sorted(sums.items(), key=str)]


def store(base, rows):
    with base:
        for row in rows:  # known already?
            base.execute("select sequence from mentions where source = ? and id = ?",
                         row[1:3]).fetchone()
            base.execute("select sequence from mentions where source = ? and url = ?",
                         (row[1], row[3])).fetchone()
        base.executemany("insert into mentions values(" + ",".join("?" * 16) + ")", rows)
        base.executemany("insert into texts(rowid, text) values(?, ?)",
                         [(row[0], row[5]) for row in rows])
        base.executemany(
            "insert into series values(" + ",".join("?" * 11) + ") on conflict do update set "
            "n = n + excluded.n, positive = positive + excluded.positive, "
            "negative = negative + excluded.negative, neutral = neutral + excluded.neutral, "
            "total = total + excluded.total, squares = squares + excluded.squares, "
            "engagement = engagement + excluded.engagement", deltas(rows))


def main():
    total, batch, rate = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    random.seed(1)
    vocabulary = ["".join(random.choice("abcdefghijklmnopqrstuvwxyz")
                          for _ in range(random.randint(2, 10))) for _ in range(4096)]
    path = os.path.join(sys.argv[4], "peer.sqlite")
    base = sqlite3.connect(path)
    base.execute("pragma journal_mode=wal")
    base.execute("pragma synchronous=full")
    try:
        base.executescript(SCHEMA)
    except sqlite3.OperationalError:
        print("sqlite                          absent: this Python's SQLite has no FTS5")
        return
    took = 0
    for first in range(0, total, batch):
        rows = [mention_make(number, total, vocabulary)
                for number in range(first, min(first + batch, total))]
        begin = time.perf_counter()
        store(base, rows)
        took += time.perf_counter() - begin
    base.execute("pragma wal_checkpoint(truncate)")
    base.close()
    print(f"sqlite, waited for          {total / took:10.0f} mentions/s, "
          f"{os.path.getsize(path) / total:.0f} bytes/mention: ours is {rate * took / total:.1f} times as fast")


main()
