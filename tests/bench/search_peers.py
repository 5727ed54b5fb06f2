"""The questions of tests/bench/search.c to SQLite FTS5 and Xapian, on the same texts.

search_peers.py TEXTS FOLDER: one text a line, oldest first, spread over 400 days. Prints "absent"
for a peer that Python does not have here.
"""
import os
import random
import sqlite3
import sys
import time

ROUNDS = 200
DAYS = 400
BATCH = 1000


def words_of(path):
    """Words between rank 20 and 3,000, as the questions of the other side use them."""
    counts = {}
    with open(path, encoding="utf-8") as texts:
        for number, text in enumerate(texts):
            if number == 20000:
                break
            for word in text.split():
                counts[word] = counts.get(word, 0) + 1
    ranked = sorted(counts, key=counts.get, reverse=True)
    return ranked[20:3000]


def report(name, what, took):
    took.sort()
    print(f"{name:8}{what:36} p50 {took[len(took) // 2] * 1e3:8.3f} ms   "
          f"p99 {took[len(took) * 99 // 100] * 1e3:8.3f} ms")


def ask(name, what, words, question):
    took = []
    for _ in range(ROUNDS):
        pair = random.choice(words), random.choice(words)
        begin = time.perf_counter()
        question(*pair)
        took.append(time.perf_counter() - begin)
    report(name, what, took)


def sqlite_peer(path, folder, words, total):
    base = sqlite3.connect(os.path.join(folder, "peer.sqlite"))
    base.execute("pragma journal_mode=wal")
    base.execute("pragma synchronous=full")
    try:
        base.execute("create virtual table texts using fts5(text, content='mentions', "
                     "content_rowid='id', detail=full)")
    except sqlite3.OperationalError:
        print("sqlite  absent: this Python's SQLite has no FTS5")
        return
    base.execute("create table mentions(id integer primary key, day integer, channel integer, "
                 "label integer, text text)")
    base.execute("create table series(day integer, label integer, n integer, "
                 "primary key(day, label)) without rowid")
    begin = time.perf_counter()
    rows = []
    with open(path, encoding="utf-8") as texts:
        for number, text in enumerate(texts):
            day = number * DAYS // total
            rows.append((number, day, number % 4, number * 7 % 4, text))
            if len(rows) == BATCH:
                sqlite_store(base, rows)
                rows = []
    sqlite_store(base, rows)
    print(f"sqlite  {total} mentions with FTS5, a table and a day series: "
          f"{total / (time.perf_counter() - begin):.0f}/s")
    since = DAYS - 90
    select = "select m.id from texts join mentions m on m.id = texts.rowid where texts match ? "
    newest = "order by texts.rowid desc limit 50"
    ask("sqlite", "two words, 90 days, a channel", words, lambda a, b: base.execute(
        select + "and m.day >= ? and m.channel = 1 " + newest,
        (f"{a} AND {b}", since)).fetchall())
    ask("sqlite", "two words, newest 50", words, lambda a, b: base.execute(
        select + newest, (f"{a} AND {b}",)).fetchall())
    ask("sqlite", "phrase, newest 50", words, lambda a, b: base.execute(
        select + newest, (f'"{a} {b}"',)).fetchall())
    ask("sqlite", "NEAR, newest 50", words, lambda a, b: base.execute(
        select + newest, (f"NEAR({a} {b}, 5)",)).fetchall())
    ask("sqlite", "either word, by day over 90 days", words, lambda a, b: base.execute(
        "select m.day, m.label, count(*) from texts join mentions m on m.id = texts.rowid "
        "where texts match ? and m.day >= ? group by 1, 2", (f"{a} OR {b}", since)).fetchall())


def sqlite_store(base, rows):
    with base:
        base.executemany("insert into mentions values(?, ?, ?, ?, ?)", rows)
        base.executemany("insert into texts(rowid, text) values(?, ?)",
                         [(row[0], row[4]) for row in rows])
        base.executemany("insert into series values(?, ?, 1) on conflict do update set n = n + 1",
                         [(row[1], row[3]) for row in rows])


def xapian_peer(path, folder, words, total):
    try:
        import xapian
    except ImportError:
        print("xapian  absent: Debian has it as python3-xapian")
        return
    base = xapian.WritableDatabase(os.path.join(folder, "peer.xapian"),
                                   xapian.DB_CREATE_OR_OVERWRITE)
    generator = xapian.TermGenerator()
    begin = time.perf_counter()
    with open(path, encoding="utf-8") as texts:
        for number, text in enumerate(texts):
            document = xapian.Document()
            generator.set_document(document)
            generator.index_text(text)
            document.add_value(0, xapian.sortable_serialise(number * DAYS // total))
            base.add_document(document)
            if number % 20000 == 0:
                base.commit()
    base.commit()
    print(f"xapian  {total} texts with one value: {total / (time.perf_counter() - begin):.0f}/s")

    def newest(query):
        enquire = xapian.Enquire(base)
        enquire.set_query(query)
        enquire.set_weighting_scheme(xapian.BoolWeight())
        enquire.set_docid_order(xapian.Enquire.DESCENDING)
        return list(enquire.get_mset(0, 50))

    query = xapian.Query
    since = query(query.OP_VALUE_GE, 0, xapian.sortable_serialise(DAYS - 90))
    ask("xapian", "two words, 90 days", words, lambda a, b: newest(
        query(query.OP_FILTER, query(query.OP_AND, [a, b]), since)))
    ask("xapian", "two words, newest 50", words,
        lambda a, b: newest(query(query.OP_AND, [a, b])))
    ask("xapian", "phrase, newest 50", words,
        lambda a, b: newest(query(query.OP_PHRASE, [a, b], 2)))


def main():
    path, folder = sys.argv[1:3]
    os.makedirs(folder)
    random.seed(1)
    words = words_of(path)
    with open(path, encoding="utf-8") as texts:
        total = sum(1 for _ in texts)
    sqlite_peer(path, folder, words, total)
    xapian_peer(path, folder, words, total)


main()
