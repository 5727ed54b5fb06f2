#!/usr/bin/env python3
"""KPIs recomputed by somebody else: recount.py BUILD-FOLDER [SEED]

Crawls a small world, exports every mention as JSON lines, computes each KPI of the report anew from
these lines with the published formulas (`earshot kpi list`), and compares."""

import datetime
import json
import math
import os
import subprocess
import sys
import tempfile

from kill import BRANDS, END, configuration, stamp
from play import Origin

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
    prior = sum(market) / len(market)
    judged = positive + negative + neutral
    net = (positive - negative) / judged
    interval = net_interval(positive / judged, negative / judged, effective(judged))
    everyone = sum(len(rows) for rows in family.values())
    told = lambda share: (6 * share - 15 * (1 - share)) / (6 * share + 15 * (1 - share))
    health, voice = positive / (positive + negative), len(own) / everyone
    return {
        "volume": (len(own), len(own), len(own), len(own)),
        "net_sentiment": (net, judged, *interval),
        "brand_health": (health, positive + negative, *wilson(health, effective(positive + negative))),
        "share_of_voice": (voice, everyone, *wilson(voice, effective(everyone))),
        "rating": ((5 * prior + sum(ratings)) / (5 + len(ratings)), len(ratings), None, None),
        "word_of_mouth": (told(health), positive + negative,
                          *map(told, wilson(health, effective(positive + negative)))),
        "spread": (len(own) / stories, stories, None, None),
        "reach": (sum(reach(m) for m, _ in own), len(own), None, None),
        "engagement": (sum(count(m, "likes") + count(m, "replies") + count(m, "shares")
                           for m, _ in own), len(own), None, None),
        **surveys(own),
    }


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
                                "  - {name: Brellin, competitors: [Tavora, Quondale]}\n"))

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
    mentions = [json.loads(line) for line in earshot("store", "export").splitlines()]
    report = json.loads(earshot("report", BRANDS[0], "--since", "10d", "--format", "json"))[0]
    origin.stop()
    since, until = moment(report["since"]), moment(report["until"])
    period = [m for m in mentions if since <= moment(m["time"]) < until]
    expected = recompute(period, BRANDS[0])
    wrong = []
    for kpi in report["kpis"]:
        value, n, low, high = expected.pop(kpi["key"], (math.nan, 0, None, None))
        for name, mine in (("value", value), ("n", n), ("low", low), ("high", high)):
            # Values to the last digit; an interval as far as its quantile is an approximation.
            near = 1e-9 if name in ("value", "n") else 1e-5
            if mine is not None and not math.isclose(kpi[name], mine, rel_tol=near, abs_tol=near):
                wrong.append(f"{kpi['key']} {name}: the report says {kpi[name]}, the recount {mine}")
    wrong += [f"{key} is not in the report" for key in expected]
    if wrong or not period:
        sys.exit("\n".join(wrong) + f"\nsee {folder}")
    print(f"{len(period)} mentions of {since} to {until}: all KPIs agree")
    subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
