#!/usr/bin/env python3
"""KPIs recomputed by somebody else: recount.py BUILD-FOLDER [SEED]

Crawls a small world, exports every mention as JSON lines, computes each KPI of the report anew from
these lines with the published formulas (`earshot kpi list`), and compares."""

import collections
import datetime
import json
import math
import os
import subprocess
import sys
import tempfile

from kill import BRANDS, END, configuration, stamp
from play import Origin

ACCOUNT = "Care of the brand"
Z = 1.959963984540054  # 97.5 % point of the normal distribution


def wilson(share, n):
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def student(degrees):
    """97.5 % point of Student's t, by bisection over Simpson's rule on its density."""
    scale = math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(degrees * math.pi)
    density = lambda x: scale * (1 + x * x / degrees) ** (-(degrees + 1) / 2)

    def above_zero(x, steps=400):
        h = x / steps
        inner = sum((4 if i % 2 else 2) * density(i * h) for i in range(1, steps))
        return h / 3 * (density(0) + inner + density(x))

    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if above_zero(middle) < 0.475 else (low, middle)
    return low


def net_interval(positive, negative, n):
    """The interval of a difference of shares, half a mention added to either side."""
    p, q = (positive * n + 0.5) / (n + 1), (negative * n + 0.5) / (n + 1)
    half = student(n) * math.sqrt((p + q - (p - q) ** 2) / (n + 1))
    return p - q - half, p - q + half


def mean_interval(values):
    n, mean = len(values), sum(values) / len(values)
    half = student(n - 1) * math.sqrt(sum((x - mean) ** 2 for x in values) / (n - 1) / n)
    return mean - half, mean + half


def surveys(own):
    """KPIs of answers to surveys; None where nobody was asked."""
    nps, csat, ces = ([m[key] for m, _ in own if key in m] for key in ("nps", "csat", "ces"))
    nothing = (None, 0, None, None)
    expected = {"nps": nothing, "csat": nothing, "ces": nothing}
    if nps:
        good, bad = (sum(1 for x in nps if test(x)) / len(nps) for test in (lambda x: x >= 9, lambda x: x <= 6))
        expected["nps"] = (100 * (good - bad), len(nps), *(100 * x for x in net_interval(good, bad, len(nps))))
    if csat:
        share = sum(1 for x in csat if x >= 4) / len(csat)
        expected["csat"] = (share, len(csat), *wilson(share, len(csat)))
    if len(ces) > 1:
        low, high = mean_interval(ces)
        expected["ces"] = (sum(ces) / len(ces), len(ces), max(1, low), min(7, high))
    return expected


def moment(text):
    text = text.replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(text)


def count(mention, key):
    return mention.get(key, 0)


def reach(mention):
    acts = count(mention, "likes") + count(mention, "replies") + count(mention, "shares")
    return mention.get("views", mention.get("followers", 1 + acts))


def recompute(mentions, brand):
    """KPIs of one brand over mentions of the period: key -> (value, n, low, high)."""
    family = {name: [] for name in BRANDS}
    for mention in mentions:
        for entry in mention["brands"]:
            family[entry["name"]].append((mention, entry["label"]))
    own = family[brand]
    labels = [label for _, label in own]
    positive, negative, neutral = (labels.count(x) for x in ("positive", "negative", "neutral"))
    stories = len({mention["cluster"] for mention, _ in own})
    effective = lambda n: max(1, n * stories / len(own))
    ratings = [mention["rating"] for mention, _ in own if "rating" in mention]
    market = [m["rating"] for rows in family.values() for m, _ in rows if "rating" in m]
    prior = sum(market) / len(market) if market else 0
    judged, felt = positive + negative + neutral, positive + negative
    everyone = sum(len(rows) for rows in family.values())
    told = lambda share: (6 * share - 15 * (1 - share)) / (6 * share + 15 * (1 - share))
    nothing, voice = (None, 0, None, None), len(own) / everyone
    net = health = word = nothing
    if judged:
        net = ((positive - negative) / judged, judged,
               *net_interval(positive / judged, negative / judged, effective(judged)))
    if felt:
        share = positive / felt
        health = (share, felt, *wilson(share, effective(felt)))
        word = (told(share), felt, *map(told, wilson(share, effective(felt))))
    return {
        "volume": (len(own), len(own), len(own), len(own)),
        "net_sentiment": net,
        "brand_health": health,
        "share_of_voice": (voice, everyone, *wilson(voice, effective(everyone))),
        "rating": ((5 * prior + sum(ratings)) / (5 + len(ratings)) if ratings else None, len(ratings), None, None),
        "word_of_mouth": word,
        "spread": (len(own) / stories, stories, None, None),
        "reach": (sum(reach(m) for m, _ in own), len(own), None, None),
        "engagement": (sum(count(m, "likes") + count(m, "replies") + count(m, "shares")
                           for m, _ in own), len(own), None, None),
        **surveys(own),
    }


def quantile(values, q):
    """Between neighbours by linear interpolation."""
    values = sorted(values)
    place = q * (len(values) - 1)
    low = math.floor(place)
    return values[low] + (values[min(low + 1, len(values) - 1)] - values[low]) * (place - low)


def responses(mentions, everything, brand, account):
    """Response KPIs: who of those that can be answered was answered by the account, and how soon."""
    first = {}
    for reply in everything:
        if reply.get("author") == account and "parent" in reply:
            key = (reply["source"], reply["parent"])
            first[key] = min(first.get(key, moment(reply["time"])), moment(reply["time"]))
    asked = [m for m in mentions if m["channel"] not in ("news", "survey", "unknown") and m.get("author") != account
             and any(entry["name"] == brand for entry in m["brands"])]
    hours = [max(0, (first[m["source"], m["id"]] - moment(m["time"])).total_seconds() / 3600)
             for m in asked if (m["source"], m.get("id")) in first]
    share = len(hours) / len(asked)
    return {"response_rate": (share, len(asked), *wilson(share, len(asked))),
            "response_time": (quantile(hours, 0.5), len(hours), None, None),
            "response_time_90": (quantile(hours, 0.9), len(hours), None, None)}


def write_letters(path):
    """Letters to the brand, most of them answered by its own people, some twice."""
    with open(path, "w") as file:
        for i in range(60):
            when = END - datetime.timedelta(hours=4 * i + 2)
            letter = {"id": f"l{i}", "text": f"{BRANDS[0]}, where is my order {i}", "author": f"customer {i}",
                      "channel": "support", "published": stamp(when)}
            file.write(json.dumps(letter) + "\n")
            for again in range(0 if i % 3 == 0 else 1 + i % 2):
                reply = {"id": f"r{i}.{again}", "text": f"{BRANDS[0]} found your order {i}.{again}",
                         "author": ACCOUNT, "channel": "support", "parent": f"l{i}",
                         "published": stamp(when + datetime.timedelta(minutes=17 * i + 300 * again + 5))}
                file.write(json.dumps(reply) + "\n")


def judged(rows):
    labels = [label for _, label in rows]
    good, bad = labels.count("positive"), labels.count("negative")
    return (good - bad) / max(1, good + bad + labels.count("neutral"))


def impacts(mentions, brand):
    """What each topic costs: share x (net of the rest - net of the topic) x spread."""
    own = [(m, entry["label"]) for m in mentions for entry in m["brands"] if entry["name"] == brand]
    result = {}
    for topic in {topic["name"] for m, _ in own for topic in m["topics"]}:
        rows = [row for row in own if any(t["name"] == topic for t in row[0]["topics"])]
        rest = [row for row in own if row not in rows]
        spread = len(rows) / len({m["cluster"] for m, _ in rows})
        result[topic] = len(rows) / len(own) * (judged(rest) - judged(rows)) * spread
    return result


def differences(row_name, wanted, found, wrong):
    """Compares what was recounted with what a command said; values to the last digit."""
    for key, (value, n, low, high) in wanted.items():
        kpi = found.get(key, {})
        for name, mine in (("value", value), ("n", n), ("low", low), ("high", high)):
            # An interval as far as its quantile is an approximation.
            near = 1e-9 if name in ("value", "n") else 1e-5
            said = kpi.get(name)
            if mine is not None and (said is None or not math.isclose(said, mine, rel_tol=near, abs_tol=near)):
                wrong.append(f"{row_name} {key} {name}: earshot says {said}, the recount {mine}")


def check_segments(earshot, mentions, since, until, wrong):
    """KPIs by channel, what is usual, what topics cost, before and after."""
    period = [m for m in mentions if since <= moment(m["time"]) < until]
    rows = json.loads(earshot("kpi", BRANDS[0], "--since", "10d", "--by", "channel", "--format", "json"))
    for channel in {row["segment"] for row in rows}:
        # A rating is drawn to the mean of its market; without ratings there is none.
        part = [m for m in period if m["channel"] == channel]
        wanted = {k: v for k, v in recompute(part, BRANDS[0]).items() if v[0] is not None}
        differences(channel, wanted, {r["key"]: r for r in rows if r["segment"] == channel}, wrong)
    for row in json.loads(earshot("drivers", BRANDS[0], "--since", "10d", "--format", "json")):
        mine = impacts(period, BRANDS[0])[row["topic"]]
        if not math.isclose(row["impact"], mine, rel_tol=1e-9, abs_tol=1e-9):
            wrong.append(f"impact of {row['topic']}: earshot says {row['impact']}, the recount {mine}")
    day = datetime.timedelta(days=1)
    middle = END.replace(hour=0, minute=0, second=0, microsecond=0) - 5 * day
    compared = json.loads(earshot("compare", BRANDS[0], "--before", stamp(middle)[:10], "--window", "4d",
                                  "--format", "json"))
    for side, begin in (("a", middle - 4 * day), ("b", middle)):
        part = [m for m in mentions if begin <= moment(m["time"]) < begin + 4 * day]
        counted = recompute(part, BRANDS[0])
        for row in compared:
            mine = counted[row["key"]][0] if row["key"] in counted else None
            daily = 4 if row["key"] in ("volume", "reach", "engagement") else 1
            if row["key"] in ("volume", "net_sentiment", "brand_health", "share_of_voice", "reach", "nps") and \
                    not math.isclose(row[side], mine / daily, rel_tol=1e-9, abs_tol=1e-9):
                wrong.append(f"compare {row['key']} {side}: earshot says {row[side]}, the recount {mine / daily}")


def main():
    build, seed = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "4"
    folder = tempfile.mkdtemp(prefix="earshot-recount.")
    os.mkdir(os.path.join(folder, "mailbox"))
    origin = Origin(build, ["--days", "20", "--scale", "0.5", "--seed", seed, "--now", stamp(END)],
                    os.path.join(folder, "mailbox"))
    path = os.path.join(folder, "earshot.yaml")
    with open(path, "w") as file:
        text = configuration("http://" + origin.address, folder)
        file.write(text.replace("  - name: Brellin\n",
                                f"  - {{name: Brellin, competitors: [Tavora, Quondale], accounts: ['{ACCOUNT}']}}\n"))

    def earshot(*words):
        return subprocess.run([os.path.join(build, "earshot"), *words, "--config", path, "--now",
                               stamp(END)], check=True, capture_output=True).stdout.decode()

    earshot("crawl", "--once", "--quiet")
    answers = os.path.join(folder, "answers.csv")
    with open(answers, "w") as file:
        file.write("Response ID,Submitted At,How likely are you to recommend us?,How satisfied are you?,"
                   "How easy was it?\n")
        for i in range(200):
            when = END - datetime.timedelta(hours=3 * i + 1)
            file.write(f"a{i},{stamp(when)},{i * 7 % 11},{i * 3 % 5 + 1},{i * 5 % 7 + 1}\n")
    earshot("import", answers, "--about", BRANDS[0], "--quiet")
    letters = os.path.join(folder, "letters.jsonl")
    write_letters(letters)
    earshot("import", letters, "--source", "letters", "--quiet")
    mentions = [json.loads(line) for line in earshot("store", "export").splitlines()]
    report = json.loads(earshot("report", BRANDS[0], "--since", "10d", "--format", "json"))[0]
    origin.stop()
    since, until = moment(report["since"]), moment(report["until"])
    period = [m for m in mentions if since <= moment(m["time"]) < until]
    expected = {**recompute(period, BRANDS[0]), **responses(period, mentions, BRANDS[0], ACCOUNT)}
    wrong = []
    differences("report", expected, {kpi["key"]: kpi for kpi in report["kpis"]}, wrong)
    wrong += [f"{kpi['key']} is not recounted" for kpi in report["kpis"] if kpi["key"] not in expected]
    check_segments(earshot, mentions, since, until, wrong)
    if wrong or not period:
        sys.exit("\n".join(wrong) + f"\nsee {folder}")
    print(f"{len(period)} mentions of {since} to {until}: all KPIs agree")
    subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
