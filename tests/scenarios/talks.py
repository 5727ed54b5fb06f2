#!/usr/bin/env python3
"""Every recipe end to end: talks.py BUILD-FOLDER FILE.talk...

Each talk (tests/unit/parsers/talks, format in parsers/recipes/README.md) is played over the wire:
earshot, configured with the talk's source, crawls through a proxy that stands for the whole internet
here. The proxy ends TLS under a certificate made for the talks' hosts, so that recipes ask their own
addresses, as shipped. It checks each request (method, URL, the headers and the body that the talk
names, keys included), and gives the answers that the talk has. Then

    crawl --once     asks what the talk says, poll by poll; the store holds the talk's items, each field
    crawl --once     asks the same place again, or where it was cut short; the store stays as it is
    source test      asks as the first crawl did, and shows the same items

Prints what differs, and a line at the end; exit code 0: nothing did."""

import http.server
import json
import os
import re
import shutil
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
from datetime import datetime, timedelta
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import zip_longest
from urllib.parse import urlsplit

NOW = "2026-11-21T09:10:11Z"
BRAND = "Nobody Says This"
PAGES_TESTED = 3  # by `source test`
WALK_TRIES = 3  # as in app/poll.c
REALS = ("rating", "nps", "csat", "ces")
COUNTS = ("likes", "replies", "shares", "views", "followers")
TEXTS = ("id", "url", "title", "text", "author", "author_id", "parent", "site", "published", "updated")


class Round:
    """One poll: its requests with their answers, what comes of it."""

    def __init__(self, after):
        self.after = after  # the poll before, "6h"; "" for the first
        self.requests, self.answers, self.items, self.ends = [], [], [], {}

    def cut_short(self):
        """It ends in an error, or is asked for more than the talk has: the next crawl goes on there."""
        return "error" in self.ends or len(self.requests) > len(self.answers) or \
            self.ends.get("unanswered", "") == "the poll is over"


class Talk:
    """One .talk file: what is given, and one poll after the other."""

    def __init__(self, path):
        self.name = os.path.basename(path)[: -len(".talk")]
        self.given, self.params = {}, {}
        self.rounds = [Round("")]
        self.headers, self.status = [], 200
        with open(path, encoding="utf-8") as file:
            lines = iter(file.read().split("\n"))
        for line in lines:
            if line == "<<<":
                body = []
                for line in lines:
                    if line == ">>>":
                        break
                    body.append(line)
                self.take_answer("".join(piece + "\n" for piece in body))
            elif line and not line.startswith("#"):
                self.take(*(line.split(" ", 1) + [""])[:2])

    def take(self, word, value):
        if word == "param":
            name, _, value = value.partition("=")
            self.params[name] = value if value.startswith("{") else value.replace("\\n", "\n")
        elif word == "<":
            name, _, value = value.partition(":")
            self.headers.append((name, value.strip()))
        elif word == "status":
            self.status = int(value)
        elif word == "again":
            self.rounds.append(Round(value))
        elif word == ">":
            self.take_request(value, self.rounds[-1].requests)
        elif word == "=":
            self.take_result(self.rounds[-1], *(value.split(" ", 1) + [""])[:2])
        else:
            self.given[word] = value

    def take_answer(self, body):
        self.rounds[-1].answers.append((self.status, self.headers, body))
        self.headers, self.status = [], 200

    def take_request(self, value, requests):
        if value == "delivered":
            requests.append({"method": "POST", "url": "", "headers": [], "body": "", "login": False})
        elif re.match(r"[A-Z]+ [a-z]+://", value):
            method, url = value.split(" ", 1)
            requests.append({"method": method, "url": url, "headers": [], "body": "", "login": False})
        elif re.match(r"[A-Za-z-]+: ", value) and not requests[-1]["body"]:
            requests[-1]["headers"].append(value.split(": ", 1))
        else:
            requests[-1]["body"] += value

    def take_result(self, poll, name, value):
        if name == "item":
            poll.items.append({"page": sum(not request["login"] for request in poll.requests)})
        elif name == "logged":
            poll.requests[-1]["login"] = True
        elif name == "deleted":
            poll.items[-1][name] = True
        elif name in COUNTS:
            poll.items[-1][name] = int(value)
        elif name in REALS:
            poll.items[-1][name] = float(value)
        elif name in TEXTS + ("language", "country"):
            poll.items[-1][name] = value.replace("\\n", "\n")
        else:
            self.rounds[-1].ends[name] = value  # how it ends: complete, error, older, ...

    def is_web(self):
        return all(re.match("https?:", request["url"]) for poll in self.rounds for request in poll.requests)

    def hosts(self):
        return {urlsplit(request["url"]).hostname for poll in self.rounds for request in poll.requests}


MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\dZ|\b1[78]\d{8}\b)")


def moment_of(text):
    text = text.replace("%3A", ":")
    return int(text) if text.isdigit() else datetime.fromisoformat(text).timestamp()


def same_but_for_a_minute(one, other):
    """The clock goes on between two polls: moments in them may be a little later."""
    ones, others = MOMENT.split(one), MOMENT.split(other)
    return ones[::2] == others[::2] and \
        all(abs(moment_of(a) - moment_of(b)) <= 120 for a, b in zip(ones[1::2], others[1::2]))


def unsigned(text):
    """A JSON Web Token looks otherwise each time."""
    return text and re.sub(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", "JWT", text)


# --- The internet -----------------------------------------------------------------------------------


class Script:
    """What is to be asked next, and what was asked otherwise."""

    def __init__(self, talk):
        self.talk, self.lock = talk, threading.Lock()
        self.play(talk.rounds[0])

    def play(self, poll, at=0):
        """This poll of the talk, from one of its requests on."""
        self.poll, self.at, self.problems, self.strange = poll, at, [], False

    def play_any(self):
        """Whatever the talk has an answer for, after what it begins with."""
        self.poll, self.at, self.problems, self.strange = None, 0, [], False
        self.left = [pair for poll in self.talk.rounds for pair in zip(poll.requests, poll.answers)]
        while self.left[0][0]["login"]:  # the token is kept
            self.left.pop(0)

    def answer(self, asked):
        """(status, headers, body)"""
        with self.lock:
            return self.answer_next(asked) if self.poll else self.answer_any(asked)

    def answer_next(self, asked):
        poll = self.poll
        if self.at >= len(poll.requests):
            self.problems.append(f"asked beyond the talk: {asked['method']} {asked['url']}")
            return 404, [], ""
        wanted = poll.requests[self.at]
        headers = dict(wanted["headers"])
        alike = same_but_for_a_minute if poll.after else str.__eq__
        wrong = [part for part in ("method", "url", "body") if not alike(asked[part], wanted[part])]
        wrong += [name for name, value in headers.items() if unsigned(asked["headers"].get(name)) != value]
        for part in wrong:
            self.problems.append(f"request {self.at + 1}: {part} is "
                                 f"{asked.get(part) or asked['headers'].get(part)!r}, wanted "
                                 f"{wanted.get(part) or headers.get(part)!r}")
        if wrong or self.at >= len(poll.answers):
            self.at += not wrong
            return 404, [], ""
        self.at += 1
        return poll.answers[self.at - 1]

    def answer_any(self, asked):
        def place(request):
            return request["url"].split("?")[0]

        if self.at == 0 and place(asked) != place(self.left[0][0]):
            self.problems.append(f"begins with {asked['url']!r}, not {self.left[0][0]['url']!r}")
        self.at += 1
        for same in (lambda request: request["url"], place):
            for pair in self.left:
                if same(pair[0]) == same(asked) and pair[0]["body"] == asked["body"]:
                    self.left.remove(pair)
                    return pair[1]
        self.strange = True
        return 500, [], ""


def kind_of(body):
    start = body.lstrip()[:200].lower()
    if start.startswith(("<?xml", "<rss", "<feed", "<rdf")):
        return "application/xml"
    return "text/html; charset=utf-8" if start.startswith("<") else "application/json"


class Site(http.server.BaseHTTPRequestHandler):
    """A proxy that is all the sites itself."""

    protocol_version = "HTTP/1.1"
    site = ""

    def do_CONNECT(self):
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.site = "https://" + self.path.removesuffix(":443")
        self.close_connection = False

    def do_GET(self):
        size = int(self.headers.get("Content-Length") or 0)
        asked = {"method": self.command, "url": self.site + self.path, "headers": self.headers,
                 "body": unsigned(self.rfile.read(size).decode())}
        if self.path == "/robots.txt":
            status, headers, body = 404, [], ""
        else:
            status, headers, body = self.server.script.answer(asked)
        body_bytes = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if body and "content-type" not in [name.lower() for name, _ in headers]:
            self.send_header("Content-Type", kind_of(body))
        self.send_header("Content-Length", str(len(body_bytes)))
        self.end_headers()
        self.wfile.write(body_bytes)

    do_POST = do_PUT = do_DELETE = do_HEAD = do_GET

    def log_message(self, *_):
        pass


class Internet(socketserver.ThreadingMixIn, socketserver.TCPServer):
    daemon_threads = True

    def __init__(self, script, tls):
        super().__init__(("127.0.0.1", 0), Site)
        self.script, self.tls = script, tls
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def handle_error(self, *_):
        pass  # a connection that the other side dropped


def make_certificate(folder, hosts):
    """A certificate of its own making for all of `hosts`; its path, and a server's TLS with it."""
    path = os.path.join(folder, "certificate.pem")
    names = ",".join("DNS:" + host for host in sorted(hosts))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=talks", "-addext", "subjectAltName=" + names,
                    "-keyout", path, "-out", path + ".crt"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path + ".crt", path)
    return path + ".crt", tls


# --- One talk ---------------------------------------------------------------------------------------


class Play:
    def __init__(self, build, talk, folder, certificate, tls):
        self.earshot = os.path.join(os.path.abspath(build), "earshot")
        self.talk, self.script = talk, Script(talk)
        self.now = datetime.fromisoformat(NOW)
        self.problems = []
        self.dir = os.path.join(folder, talk.name)
        os.mkdir(self.dir)
        self.internet = Internet(self.script, tls)
        self.configure(certificate)

    def private_file(self, name, text):
        path = os.path.join(self.dir, name)
        with open(path, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(text + "\n")
        return path

    def configure(self, certificate):
        given = self.talk.given
        params = {}
        for name, value in self.talk.params.items():
            if "\n" in value or value.startswith("{"):
                params[name + "_file"] = self.private_file(name, value)
            else:
                params[name] = value
        source = {"name": "talk", "recipe": given["recipe"], "params": params, "since": "30d",
                  "about": [BRAND], "allow_private": True}
        if "url" in given:
            source["url"] = given["url"]
        if "key" in given:
            source["key_file"] = self.private_file("key", given["key"])
        brand = {"name": BRAND, "query": given["query"]} if "query" in given else {"name": BRAND}
        configuration = {"data_dir": os.path.join(self.dir, "data"), "brands": [brand], "sources": [source],
                         "crawler": {"host_spacing": "0s", "ca_file": certificate,
                                     "proxy": f"http://127.0.0.1:{self.internet.server_address[1]}"}}
        with open(os.path.join(self.dir, "earshot.yaml"), "w", encoding="utf-8") as file:
            json.dump(configuration, file, ensure_ascii=False)

    def run(self, *words, now=NOW):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": self.dir, "NO_COLOR": "1"}
        done = subprocess.run([self.earshot, *words, "--now", now, "--quiet", "--log-level", "error",
                               "--config", os.path.join(self.dir, "earshot.yaml")],
                              capture_output=True, env=environment, timeout=60, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def wrong(self, what):
        self.problems.append(what)

    def asked_all(self, when, requests):
        self.problems += [f"{when}: {problem}" for problem in self.script.problems]
        if self.script.at < requests:
            self.wrong(f"{when}: {self.script.at} of {requests} requests were made")

    def exported(self):
        code, output, errors = self.run("store", "export")
        if code != 0:
            self.wrong(f"store export: {errors}")
        return [json.loads(line) for line in output.splitlines()]

    def crawl(self, when, poll, now):
        code, _, errors = self.run("crawl", "--once", now=now)
        if code != (3 if poll.cut_short() else 0):
            self.wrong(f"{when}: exit code {code}: {errors.strip()}")
        error = poll.ends.get("error", "").split(": ", 1)[-1]
        if error not in errors:
            self.wrong(f"{when}: says {errors.strip()!r}, wanted {error!r}")

    def compare(self, mentions):
        """The talk's items against what is stored: the last that was said of each."""
        wanted = {}
        for item in [item for poll in self.talk.rounds for item in poll.items]:
            key = item.get("id") or item.get("url")
            before = wanted.pop(key, {})
            if not item.get("deleted"):
                wanted[key] = before | item
        stored = {mention.get("id") or mention.get("url"): mention for mention in mentions}
        for key in stored.keys() - wanted.keys():
            self.wrong(f"stored, but not in the talk: {key}")
        for key, item in wanted.items():
            if key not in stored:
                self.wrong(f"not stored: {key}")
                continue
            for field in (*TEXTS, *COUNTS, *REALS):
                is_now = stored[key].get(field)
                if field in REALS and is_now is not None:
                    is_now = round(is_now, 2)  # as talks give it
                if is_now != item.get(field):
                    self.wrong(f"{key}: {field} is {is_now!r}, wanted {item.get(field)!r}")

    def tried(self):
        first = self.talk.rounds[0]
        self.script.play(first)
        _, output, errors = self.run("source", "test", "talk", "--all")
        self.asked_all("source test", min(PAGES_TESTED, len(first.requests)))
        items = [item for item in first.items if item["page"] <= PAGES_TESTED]
        if not re.search(rf"^items    {len(items)} on ", output, re.MULTILINE):
            self.wrong(f"source test does not show {len(items)} items: {output}{errors}")
        for item in items:
            shown = re.split(r"[\n\t]", item.get("title") or item.get("text", ""))[0][:40].strip()
            if shown not in output:
                self.wrong(f"source test does not show {shown!r}")

    def again(self, before, now):
        """One crawl more: it begins where the talk does. Where that was cut short, the next ones go on
        there, and after some tries the place is given up."""
        last = self.talk.rounds[-1]
        for _ in range(WALK_TRIES - 1 if last.cut_short() else 0):
            self.script.play(last, len(last.requests) - 1)
            self.run("crawl", "--once", now=now)
            self.asked_all("going on", 1)
        self.script.play_any()
        code, _, errors = self.run("crawl", "--once", now=now)
        self.asked_all("one crawl more", 1)
        if code != 0 and not last.cut_short() and not self.script.strange:
            self.wrong(f"one crawl more: exit code {code}: {errors.strip()}")
        for old, new in zip_longest(before, self.exported(), fillvalue={}):
            changed = [name for name in old | new if old.get(name) != new.get(name)]
            if set(changed) - {"fetched"}:
                self.wrong(f"one crawl more changed {new.get('id') or old.get('id')}: {', '.join(changed)}")

    def play(self):
        now = NOW
        for number, poll in enumerate(self.talk.rounds, 1):
            now = later(now, poll.after)
            self.script.play(poll)
            self.crawl(f"crawl {number}", poll, now)
            self.asked_all(f"crawl {number}", len(poll.requests))
        stored = self.exported()
        self.compare(stored)
        self.again(stored, now)
        self.tried()
        self.internet.shutdown()
        self.internet.server_close()
        return self.problems


def later(moment, pause):
    """A minute is added: what is due after six hours is due six hours after it was seen."""
    units = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
    parts = {units[unit]: int(number) for number, unit in re.findall(r"(\d+)([smhd])", pause)}
    parts["minutes"] = parts.get("minutes", 0) + (1 if parts else 0)
    return (datetime.fromisoformat(moment) + timedelta(**parts)).strftime("%Y-%m-%dT%H:%M:%SZ")


def main():
    build, talks = sys.argv[1], [Talk(path) for path in sys.argv[2:]]
    talks = [talk for talk in talks if talk.is_web()]  # mailboxes have scenarios of their own
    folder = tempfile.mkdtemp(prefix="earshot-talks.")
    certificate, tls = make_certificate(folder, set().union(*(talk.hosts() for talk in talks)))
    bad = requests = items = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        plays = pool.map(lambda talk: Play(build, talk, folder, certificate, tls).play(), talks)
        for number, (talk, problems) in enumerate(zip(talks, plays), 1):
            bad += bool(problems)
            requests += sum(len(poll.requests) for poll in talk.rounds)
            items += sum(len(poll.items) for poll in talk.rounds)
            for problem in problems:
                print(f"{talk.name}: {problem}")
            if sys.stderr.isatty():
                print(f"\r{number}/{len(talks)} {talk.name}\033[K", end="", file=sys.stderr)
    shutil.rmtree(folder)
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    print(f"talks {len(talks)} requests {requests} items {items} failed {bad}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
