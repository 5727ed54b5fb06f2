#!/usr/bin/env python3
"""Every recipe end to end: talks.py BUILD-FOLDER FILE.talk...

Each talk (tests/unit/parsers/talks, format in parsers/recipes/README.md) is played over the wire:
earshot, configured with the talk's source, crawls through a proxy that stands for the whole internet
here. The proxy ends TLS under a certificate made for the talks' hosts, so that recipes ask their own
addresses, as shipped. It checks each request (method, URL, the headers and the body that the talk
names, keys included), and gives the answers that the talk has. Then

    crawl --once     asks what the talk says; the store holds the talk's items, field by field
    crawl --once     asks the same place again and changes nothing in the store
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
from itertools import zip_longest
from urllib.parse import urlsplit

NOW = "2026-11-21T09:10:11Z"
BRAND = "Nobody Says This"
PAGES_TESTED = 3  # by `source test`
COUNTS = ("likes", "replies", "shares", "views", "followers")
TEXTS = ("id", "url", "title", "text", "author", "author_id", "parent", "site", "published", "updated")


class Talk:
    """One .talk file: what is given, the requests with their answers, the items."""

    def __init__(self, path):
        self.name = os.path.basename(path)[: -len(".talk")]
        self.given, self.params = {}, {}
        self.requests, self.answers, self.items = [], [], []
        self.headers, self.ends = [], {}
        self.status = 200
        self.again = []  # (requests so far, how long the next poll comes after them)
        self.over = False  # no items come any more
        with open(path, encoding="utf-8") as file:
            lines = iter(file.read().split("\n"))
        for line in lines:
            if line == "<<<":
                body = []
                for line in lines:
                    if line == ">>>":
                        break
                    body.append(line)
                self.answers.append((self.status, self.headers, "".join(piece + "\n" for piece in body)))
                self.headers, self.status = [], 200
            elif line and not line.startswith("#"):
                self.take(*(line.split(" ", 1) + [""])[:2])

    def take(self, word, value):
        if word == "param":
            name, _, value = value.partition("=")
            self.params[name] = value
        elif word == "<":
            name, _, value = value.partition(":")
            self.headers.append((name, value.strip()))
        elif word == ">":
            self.take_request(value)
        elif word == "status":
            self.status = int(value)
        elif word == "again":
            self.again.append((len(self.answers), value))
            self.ends = {}
        elif word == "=":
            self.take_result(*(value.split(" ", 1) + [""])[:2])
        else:
            self.given[word] = value

    def take_request(self, value):
        if re.match(r"[A-Z]+ (https?|imaps?)://", value):
            method, url = value.split(" ", 1)
            self.requests.append({"method": method, "url": url, "headers": [], "body": ""})
        elif re.match(r"[A-Za-z-]+: ", value) and not self.requests[-1]["body"]:
            self.requests[-1]["headers"].append(value.split(": ", 1))
        else:
            self.requests[-1]["body"] += value

    def take_result(self, name, value):
        if name == "item":
            self.items.append({"page": len(self.answers)})
        elif name in ("complete", "to", "error", "missing", "unread", "older", "unasked", "unanswered"):
            self.ends[name] = value
        elif name == "deleted":
            self.items[-1][name] = True
        elif name in COUNTS:
            self.items[-1][name] = int(value)
        elif name == "rating":
            self.items[-1][name] = float(value)
        else:
            self.items[-1][name] = value.replace("\\n", "\n")

    def hosts(self):
        return {urlsplit(request["url"]).hostname for request in self.requests}


# --- The internet -----------------------------------------------------------------------------------


class Script:
    """What is to be asked next, and what was asked otherwise."""

    def __init__(self, talk):
        self.talk, self.lock = talk, threading.Lock()
        self.start()

    def start(self, at=0, exact=True):
        """A poll that caught up asks from another moment on the next time."""
        self.at, self.exact, self.problems = at, exact, []

    def answer_again(self, asked):
        """As the talk has it, in whatever order: what is known is not asked for again."""
        fitting = [i for i, request in enumerate(self.talk.requests[:len(self.talk.answers)])
                   if request["url"].split("?")[0] == asked["url"].split("?")[0]]
        if not fitting:
            self.problems.append(f"asked beyond the talk: {asked['method']} {asked['url']}")
            return 404, [], ""
        later = [i for i in fitting if i >= self.at]
        self.at = (later or fitting)[0] + 1
        return self.talk.answers[self.at - 1]

    def differences(self, wanted, asked):
        found = [part for part in ("method", "url", "body") if asked[part] != wanted[part]]
        return found + [name for name, value in wanted["headers"] if asked["headers"].get(name) != value]

    def answer(self, asked):
        """(status, headers, body)"""
        with self.lock:
            talk = self.talk
            if not self.exact:
                return self.answer_again(asked)
            if self.at >= len(talk.requests):
                self.problems.append(f"asked beyond the talk: {asked['method']} {asked['url']}")
                return 404, [], ""
            wanted = talk.requests[self.at]
            wrong = self.differences(wanted, asked)
            for part in wrong:
                self.problems.append(f"request {self.at + 1}: {part} is "
                                     f"{asked.get(part) or asked['headers'].get(part)!r}, wanted "
                                     f"{wanted.get(part) or dict(wanted['headers']).get(part)!r}")
            if wrong or self.at >= len(talk.answers):
                self.at += not wrong
                return 404, [], ""
            self.at += 1
            return talk.answers[self.at - 1]


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
                 "body": self.rfile.read(size).decode()}
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
        pending = len(talk.requests) > len(talk.answers)
        self.cut_short = "error" in talk.ends or pending  # the next crawl goes on there
        self.dir = os.path.join(folder, talk.name)
        os.mkdir(self.dir)
        self.internet = Internet(self.script, tls)
        self.configure(certificate)

    def configure(self, certificate):
        given = self.talk.given
        source = {"name": "talk", "recipe": given["recipe"], "params": self.talk.params, "since": "30d",
                  "about": [BRAND], "allow_private": True}
        if "url" in given:
            source["url"] = given["url"]
        if "key" in given:
            source["key_file"] = os.path.join(self.dir, "key")
            with open(source["key_file"], "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                file.write(given["key"] + "\n")
        brand = {"name": BRAND, "query": given["query"]} if "query" in given else {"name": BRAND}
        configuration = {"data_dir": os.path.join(self.dir, "data"), "brands": [brand], "sources": [source],
                         "crawler": {"host_spacing": "0s", "ca_file": certificate,
                                     "proxy": f"http://127.0.0.1:{self.internet.server_address[1]}"}}
        with open(os.path.join(self.dir, "earshot.yaml"), "w", encoding="utf-8") as file:
            json.dump(configuration, file, ensure_ascii=False)

    def run(self, *words):
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": self.dir, "NO_COLOR": "1"}
        done = subprocess.run([self.earshot, *words, "--now", self.now.strftime("%FT%TZ"), "--quiet", "--log-level", "error",
                               "--config", os.path.join(self.dir, "earshot.yaml")],
                              capture_output=True, env=environment, timeout=60, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def wrong(self, what):
        self.problems.append(what)

    def asked_all(self, when, requests):
        requests = min(requests, len(self.talk.requests))
        self.problems += [f"{when}: {problem}" for problem in self.script.problems]
        if self.script.at < requests:
            self.wrong(f"{when}: {self.script.at} of {requests} requests were made")

    def exported(self):
        code, output, errors = self.run("store", "export")
        if code != 0:
            self.wrong(f"store export: {errors}")
        return [json.loads(line) for line in output.splitlines()]

    def crawl(self, when):
        code, _, errors = self.run("crawl", "--once")
        wanted = 3 if self.cut_short else 0
        if code != wanted:
            self.wrong(f"{when}: exit code {code}, wanted {wanted}: {errors.strip()}")
        if "error" in self.talk.ends and self.script.exact and \
                self.talk.ends["error"].split(": ", 1)[-1] not in errors:
            self.wrong(f"{when}: says {errors.strip()!r}, wanted {self.talk.ends['error']!r}")

    def compare(self, mentions):
        """The talk's items against what is stored: the last state of each."""
        wanted = {}
        for item in self.talk.items:
            key = item.get("id") or item.get("url")
            before = wanted.pop(key, {})
            if not item.get("deleted"):
                wanted[key] = before | item  # what is left out stays
        stored = {mention.get("id") or mention.get("url"): mention for mention in mentions}
        for key in stored.keys() - wanted.keys():
            self.wrong(f"stored, but not in the talk: {key}")
        for key, item in wanted.items():
            if key not in stored:
                self.wrong(f"not stored: {key}")
                continue
            for field in (*TEXTS, *COUNTS, "rating"):
                is_now = stored[key].get(field)
                if field == "rating" and is_now is not None:
                    is_now = round(is_now, 2)  # as talks give it
                if is_now != item.get(field):
                    self.wrong(f"{key}: {field} is {is_now!r}, wanted {item.get(field)!r}")

    def tried(self):
        self.script.start()
        code, output, errors = self.run("source", "test", "talk", "--all")
        pages = min([PAGES_TESTED, *(asked for asked, _ in self.talk.again)])
        self.asked_all("source test", pages)
        items = [item for item in self.talk.items if item["page"] <= pages]
        if not re.search(rf"^items    {len(items)} on ", output, re.MULTILINE):
            self.wrong(f"source test does not show {len(items)} items: {output}{errors}")
        for item in items:
            shown = re.split(r"[\n\t]", item.get("title") or item.get("text", ""))[0][:40].strip()
            if shown not in output:
                self.wrong(f"source test does not show {shown!r}")

    def later(self, pause):
        units = {"m": "minutes", "h": "hours", "d": "days"}
        # a little more: the last crawl took some time, too
        self.now += timedelta(seconds=30, **{units[pause[-1]]: int(pause[:-1])})

    def play(self):
        for number, (asked, pause) in enumerate(self.talk.again, 1):
            self.crawl(f"crawl {number}")
            self.asked_all(f"crawl {number}", asked)
            self.later(pause)
        self.crawl("first crawl")
        self.asked_all("first crawl", len(self.talk.requests))
        first = self.exported()
        self.compare(first)
        if self.cut_short:
            self.script.start(at=len(self.talk.requests) - 1)
        else:
            self.script.start(exact=False)
        self.crawl("second crawl")
        self.asked_all("second crawl", 1)
        # answers of several days, given at once, say first what was so first
        last = first if self.talk.again else self.exported()
        for before, after in zip_longest(first, last, fillvalue={}):
            changed = [name for name in before | after if before.get(name) != after.get(name)]
            if set(changed) - {"fetched"}:
                self.wrong(f"the second crawl changed {after.get('id') or before.get('id')}: "
                           f"{', '.join(changed)}")
        self.now = datetime.fromisoformat(NOW)
        self.tried()
        self.internet.shutdown()
        self.internet.server_close()
        return self.problems


def main():
    build, talks = sys.argv[1], [Talk(path) for path in sys.argv[2:]]
    # A mailbox is no site of the web: mailbox.py has a real mail server for it.
    talks = [talk for talk in talks if talk.requests[:1] and talk.requests[0]["url"].startswith("http")]
    folder = tempfile.mkdtemp(prefix="earshot-talks.")
    certificate, tls = make_certificate(folder, set().union(*(talk.hosts() for talk in talks)))
    bad = requests = items = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        plays = pool.map(lambda talk: Play(build, talk, folder, certificate, tls).play(), talks)
        for number, (talk, problems) in enumerate(zip(talks, plays), 1):
            bad += bool(problems)
            requests += len(talk.requests)
            items += len(talk.items)
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
