#!/usr/bin/env python3
"""Plays one scenario: play.py BUILD-FOLDER FILE.scenario

A scenario is one text file: what the world is, how earshot is configured, which commands are run and
what must be seen. It begins with comment lines that say what it shows.

    origin: --seed 7 --days 3 --fault '/hn:429:every=2'     options of the test origin
    now: 2026-11-20T12:00:00Z                               its clock, and earshot's
    --- earshot.yaml                                        a file; {origin} {smtp} {dir} are filled in
    brands: ...
    --- run crawl --once                                    a command; `run [PREFIX=value] ...`; with
                                                            FILE_KIB=300 no file may grow beyond that
    stdin: FILE * 100                                       what it reads: a file, so many times
    exit: 0                                                 the exit code it must have
    stdout: REGEX          stdout! REGEX                    must, must not be found (also stderr)
    stdout-lines: 3                                         how many lines
    requests: REGEX >= 2                                    requests the origin saw so far (method path status)
    mails: == 1            mail: REGEX                      what its mail sink took
    posts: == 1            post: REGEX    post! REGEX       what was posted to /hooks: "NAME ID BODY"
    stored! REGEX                                           must not be found in the bytes of the store
    save: NAME             same: NAME                       keeps stdout in a file; must be the same again
    --- start run                                           a command that goes on (see `stop`)
    until: REGEX                                            waits (10 s) for it on stderr or stdout; its
                                                            first group is {1} from there on
    core: 0                                                 how large a core dump it may leave
    --- get http://...                                      asks it over HTTP; the body is `stdout`, the
                                                            status `exit`, the headers `stderr`
    --- signal HUP                                          sends it a signal, and waits as `start` does
    --- stop TERM                                           ends it by a signal, then checks it as `run`
    --- control /control/time?now=...                       tells the origin something (POST; or `control DELETE ...`)
    --- before smtp.txt                                     a file that is there before the origin starts

Exit code 0: all was seen. The origin is started for each scenario on a port of its own."""

import json
import operator
import os
import re
import resource
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

OPERATORS = {"==": operator.eq, ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


class Failure(Exception):
    pass


class Origin:
    """The test origin as a child process."""

    def __init__(self, build, arguments, mailbox):
        self.mailbox = mailbox
        command = [os.path.join(build, "origin"), "--smtp", "--mailbox", mailbox, "--until-eof"]
        self.process = subprocess.Popen(command + arguments, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.address = self.wait_for("listening")
        self.smtp = self.wait_for("smtp")

    def wait_for(self, word):
        line = self.process.stdout.readline()
        if not line.startswith(word + " "):
            raise Failure(f"the origin said {line!r} instead of {word!r}")
        return line.split()[1]

    def ask(self, path, method="GET"):
        request = urllib.request.Request(f"http://{self.address}{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def requests(self):
        lines = self.ask("/control/log").splitlines()
        seen = [json.loads(line) for line in lines if line.strip()]
        return [f"{r['method']} {r['path']} {r['status']}" for r in seen
                if not r["path"].startswith("/control/")]

    def mails(self):
        texts = []
        for name in sorted(os.listdir(self.mailbox)):
            if name.endswith(".eml"):
                with open(os.path.join(self.mailbox, name), errors="replace") as file:
                    texts.append(file.read())
        return texts

    def posts(self):
        lines = [json.loads(line) for line in self.ask("/control/hooks").splitlines() if line.strip()]
        return [f"{post['name']} {post['id']} {post['body']}" for post in lines]

    def stop(self):
        self.process.stdin.close()
        try:
            code = self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        if code != 0:
            raise Failure(f"the origin ended with exit code {code}")


def parse(path):
    """Head lines, then sections (title, lines)."""
    head, sections = {}, []
    with open(path) as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.startswith("--- "):
                sections.append((line[4:], [], number))
            elif sections:
                sections[-1][1].append((number, line))
            elif line.strip() and not line.startswith("#"):
                key, _, value = line.partition(":")
                head[key.strip()] = value.strip()
    return head, sections


def compare(text, count):
    symbol, number = text.split()
    return OPERATORS[symbol](count, int(number))


class Play:
    def __init__(self, build, path):
        self.build = os.path.abspath(build)
        self.head, self.sections = parse(path)
        self.dir = tempfile.mkdtemp(prefix="earshot-scenario.")
        mailbox = os.path.join(self.dir, "mailbox")
        os.mkdir(mailbox)
        self.names = {"dir": self.dir}
        for title, lines, _ in self.sections:
            if title.startswith("before "):
                self.write(title[7:], lines)
        arguments = shlex.split(self.fill(self.head.get("origin", "")))
        if "now" in self.head:
            arguments += ["--now", self.head["now"]]
        self.origin = Origin(self.build, arguments, mailbox)
        self.names.update({"origin": "http://" + self.origin.address, "smtp": self.origin.smtp})
        self.last = None
        self.daemon = None

    def write(self, name, lines):
        path = os.path.join(self.dir, name.strip())
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(self.fill("\n".join(text for _, text in lines)) + "\n")

    def fill(self, text):
        for name, value in self.names.items():
            text = text.replace("{" + name + "}", value)
        return text

    def command(self, words):
        words = shlex.split(self.fill(words))
        environment = dict(os.environ, LC_ALL="C.UTF-8", NO_COLOR="1", COLUMNS="100", HOME=self.dir)
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "EARSHOT_CONFIG"):
            environment.pop(name, None)  # nothing of whoever runs the tests
        while words and re.match(r"^[A-Z_]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        command = [os.path.join(self.build, "earshot")] + words
        if words and "--config" not in words and words[0] not in ("init", "score", "help", "robots"):
            command += ["--config", os.path.join(self.dir, "earshot.yaml")]
        if "now" in self.head and "--now" not in words:
            command += ["--now", self.head["now"]]
        return command, environment

    def run(self, words, checks):
        command, environment = self.command(words)
        given = [line[6:].partition("*") for _, line in checks if line.startswith("stdin:")]
        checks = [check for check in checks if not check[1].startswith("stdin:")]
        text = b""
        for name, _, times in given:
            with open(os.path.join(self.dir, name.strip()), "rb") as file:
                text += file.read() * int(times or 1)
        room = environment.pop("FILE_KIB", None)
        limit = (int(room) * 1024, resource.RLIM_INFINITY) if room else None
        done = subprocess.run(command, capture_output=True, cwd=self.dir, env=environment,
                              timeout=300, input=text,
                              preexec_fn=limit and (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)))
        self.last = {"stdout": done.stdout.decode(errors="replace"),
                     "stderr": done.stderr.decode(errors="replace"), "exit": done.returncode}
        self.check_all(checks)

    def start(self, words, checks):
        command, environment = self.command(words)
        self.log = os.path.join(self.dir, "daemon.log")
        with open(self.log, "wb") as log:
            self.daemon = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.dir,
                                           env=environment, stdin=subprocess.DEVNULL)
        self.wait_for_all(checks)

    def signal(self, name, checks):
        self.daemon.send_signal(getattr(signal, "SIG" + name))
        self.wait_for_all(checks)

    def wait_for_all(self, checks):
        for number, line in checks:
            if line.startswith("until:"):
                self.wait_for(number, line[6:].strip())
            elif line.startswith("core:"):
                self.check_core(number, line[5:].strip())

    def check_core(self, number, size):
        with open(f"/proc/{self.daemon.pid}/limits") as limits:
            if not re.search(rf"^Max core file size +{size} +{size} ", limits.read(), re.MULTILINE):
                raise Failure(f"line {number}: core dumps may be larger than {size}")

    def wait_for(self, number, pattern):
        for _ in range(200):
            with open(self.log, errors="replace") as log:
                text = log.read()
            match = re.search(pattern, text, re.MULTILINE)
            if match:
                self.names.update({str(i + 1): group for i, group in enumerate(match.groups())})
                return
            time.sleep(0.05)
        raise Failure(f"line {number}: not seen: {pattern}\n{text}")

    def get(self, address, checks):
        try:
            with urllib.request.urlopen(self.fill(address), timeout=30) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        self.last = {"stdout": body.decode(errors="replace"), "stderr": str(headers), "exit": status}
        self.check_all(checks)

    def stop(self, name, checks):
        self.daemon.send_signal(getattr(signal, "SIG" + name))
        code = self.daemon.wait(timeout=30)
        with open(self.log, errors="replace") as log:
            self.last = {"stdout": "", "stderr": log.read(), "exit": code}
        self.daemon = None
        self.check_all(checks)

    def check_all(self, checks):
        for number, line in checks:
            if line.strip() and not line.startswith("#"):
                self.check(number, self.fill(line))

    def check(self, number, line):
        match = re.match(r"^([a-z-]+)([:!])\s*(.*)$", line)
        if not match:
            raise Failure(f"line {number}: not understood: {line}")
        kind, sign, value = match.groups()
        if not self.holds(kind, sign, value):
            shown = "\n".join(f"{key}:\n{text}" for key, text in self.last.items())
            raise Failure(f"line {number}: {line}\n--- but:\n{shown}\n--- requests:\n" +
                          "\n".join(self.origin.requests()[-30:]))

    def stored(self):
        """The store's file, and what its mentions say: their texts are squeezed in it."""
        export = subprocess.run([os.path.join(self.build, "earshot"), "store", "export", "--config",
                                 os.path.join(self.dir, "earshot.yaml")],
                                capture_output=True, cwd=self.dir, check=False)
        with open(os.path.join(self.dir, "data", "data.mdb"), "rb") as file:
            return file.read() + export.stdout

    def holds(self, kind, sign, value):
        if kind == "exit":
            return self.last["exit"] == int(value)
        if kind in ("stdout", "stderr"):
            found = re.search(value, self.last[kind], re.MULTILINE) is not None
            return found == (sign == ":")
        if kind == "stored":
            return (re.search(value.encode(), self.stored()) is not None) == (sign == ":")
        if kind == "save":
            with open(os.path.join(self.dir, value), "w") as file:
                return file.write(self.last["stdout"]) > 0
        if kind == "same":
            with open(os.path.join(self.dir, value)) as file:
                return file.read() == self.last["stdout"]
        if kind == "stdout-lines":
            return len(self.last["stdout"].splitlines()) == int(value)
        if kind == "requests":
            pattern, symbol, count = re.match(r"^(.*) (==|>=|<=|>|<) (\d+)$", value).groups()
            seen = [r for r in self.origin.requests() if re.search(pattern, r)]
            return OPERATORS[symbol](len(seen), int(count))
        if kind == "mails":
            return compare(value, len(self.origin.mails()))
        if kind == "posts":
            return compare(value, len(self.origin.posts()))
        if kind == "post":
            found = any(re.search(value, post, re.MULTILINE) for post in self.origin.posts())
            return found == (sign == ":")
        if kind == "mail":
            return any(re.search(value, mail, re.MULTILINE) for mail in self.origin.mails())
        raise Failure(f"unknown check: {kind}")

    def play(self):
        for title, lines, _ in self.sections:
            if title.startswith("run "):
                self.run(title[4:], lines)
            elif title.startswith("start "):
                self.start(title[6:], lines)
            elif title.startswith("get "):
                self.get(title[4:].strip(), lines)
            elif title.startswith("signal "):
                self.signal(title[7:].strip(), lines)
            elif title.startswith("stop "):
                self.stop(title[5:].strip(), lines)
            elif title.startswith("control "):
                *method, path = title[8:].split()
                self.origin.ask(path, method=(method or ["POST"])[0])
            elif not title.startswith("before "):
                self.write(title, lines)
        self.origin.stop()


def main():
    play = Play(sys.argv[1], sys.argv[2])
    try:
        play.play()
    except Failure as failure:
        print(f"{sys.argv[2]}: {failure}", file=sys.stderr)
        play.origin.process.kill()
        if play.daemon is not None:
            play.daemon.kill()
        sys.exit(1)
    subprocess.run(["rm", "-rf", play.dir], check=True)


if __name__ == "__main__":
    main()
