#!/usr/bin/env python3
"""kill -9 at random moments: kill.py BUILD-FOLDER [KILLS] [SEED]

The origin's month passes in small steps. At each step earshot is started to fetch what is new, and
killed after a random time; at the end it may finish once. Then what it stored is compared with what
the origin knows was said: nothing lost, nothing twice, nothing invented, and every rollup equal to a
recount (`store verify`, also after every tenth kill)."""

import collections
import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
import time


from play import Origin

FEEDS = {"harbor-gazette": "xml", "circuit-wire": "atom", "northern-ledger": "rdf",
         "pixel-notes": "json", "el-faro": "xml", "onda-tecnica": "atom",
         "diario-del-muelle": "xml", "cuaderno-azul": "json"}
BRANDS = ["Brellin", "Tavora", "Quondale"]
END = datetime.datetime(2026, 11, 20, 12, tzinfo=datetime.timezone.utc)
DAYS = 20


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def configuration(origin, folder):
    lines = [f"data_dir: {folder}/data", "crawler: {host_spacing: 0s}", "retain: {unmatched: 60d}", "brands:"]
    lines += [f"  - name: {brand}" for brand in BRANDS]
    lines.append("sources:")
    common = "allow_private: true, since: 60d"
    for name, kind in FEEDS.items():
        lines.append(f'  - {{name: {name}, feed: "{origin}/feeds/{name}.{kind}", {common}}}')
    lines.append(f'  - {{name: hn, recipe: hackernews, params: {{base: "{origin}/hn", official: "{origin}/hn"}}, {common}}}')
    lines.append(f'  - {{name: stackexchange, recipe: stackexchange, brands: Brellin, '
                 f'params: {{base: "{origin}/stackexchange", site: stackoverflow}}, {common}}}')
    for index, brand in enumerate(BRANDS):
        lines.append(f'  - {{name: appstore-{index}, recipe: appstore, about: {brand}, '
                     f'params: {{base: "{origin}/appstore", app: "{1510001001 + index}"}}, {common}}}')
        lines.append(f'  - {{name: steam-{index}, recipe: steam, about: {brand}, '
                     f'params: {{base: "{origin}/steam", app: "{710010 + 10 * index}"}}, {common}}}')
    return "\n".join(lines) + "\n"


def expected(post):
    """Whether a poll of the sources above must have met the post."""
    source = post["source"]
    if source in FEEDS or source == "steam":
        return True
    if source == "hn":
        return any(brand["named"] for brand in post["brands"])
    if source == "stackexchange":
        return any(brand["named"] and brand["name"] == BRANDS[0] for brand in post["brands"])
    if source == "appstore":
        return "/us/" in post["url"]  # the storefront that is polled
    return False


def main():
    build, kills = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 30)
    print(f"seed {seed}, {kills} kills")
    dice = random.Random(seed)
    folder = tempfile.mkdtemp(prefix="earshot-kill.")
    os.mkdir(os.path.join(folder, "mailbox"))
    origin = Origin(build, ["--days", str(DAYS), "--scale", "0.5", "--seed", str(seed),
                            "--now", stamp(END)], os.path.join(folder, "mailbox"))
    base = "http://" + origin.address
    path = os.path.join(folder, "earshot.yaml")
    with open(path, "w") as file:
        file.write(configuration(base, folder))

    def earshot(*words, **options):
        return subprocess.Popen([os.path.join(build, "earshot"), *words, "--config", path], **options)

    def finish(process):
        out, err = process.communicate(timeout=300)
        if process.returncode != 0:
            sys.exit(f"seed {seed}: {process.args} ended with {process.returncode}\n{err.decode()[-3000:]}")
        return out.decode()

    def crawl(moment):
        origin.ask(f"/control/time?now={stamp(moment)}", method="POST")
        return earshot("crawl", "--once", "--quiet", "--now", stamp(moment),
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    killed = 0
    for step in range(kills):
        moment = END - datetime.timedelta(days=DAYS) * (1 - (step + 1) / kills)
        process = crawl(moment)
        time.sleep(dice.uniform(0.005, 0.4))
        killed += process.poll() is None
        process.kill()
        process.communicate()
        if step % 10 == 9 and os.path.exists(os.path.join(folder, "data")):
            finish(earshot("store", "verify", **pipes))
    # What a killed poll was told ("back off") it could not remember: a site may refuse it once more.
    for minutes in range(5):
        process = crawl(END + datetime.timedelta(minutes=minutes))
        _, complaints = process.communicate(timeout=300)
        if process.returncode == 0:
            break
    else:
        sys.exit(f"seed {seed}: the last crawl ended with {process.returncode}\n{complaints.decode()[-3000:]}")
    print(finish(earshot("store", "verify", **pipes)).strip())

    truth = [json.loads(line) for line in origin.ask("/control/truth?published=1").splitlines()]
    wanted = {(post["source"], post["id"]) for post in truth if expected(post)}
    said = {(post["source"], post["id"]) for post in truth}
    stored = collections.Counter()
    for line in finish(earshot("store", "export", **pipes)).splitlines():
        mention = json.loads(line)
        source = mention["source"].split("/")[0].split("-")[0] \
            if mention["source"] not in FEEDS else mention["source"]
        stored[(source, mention["id"])] += 1
    origin.stop()
    lost = sorted(wanted - set(stored))
    twice = sorted(key for key, count in stored.items() if count > 1)
    invented = sorted(set(stored) - said)
    print(f"{killed} of {kills} killed while running; {len(wanted)} posts expected, "
          f"{sum(stored.values())} stored: {len(lost)} lost, {len(twice)} twice, {len(invented)} invented")
    if lost or twice or invented or not wanted:
        sys.exit(f"seed {seed}: lost {lost[:5]}, twice {twice[:5]}, invented {invented[:5]}; see {folder}")
    subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
