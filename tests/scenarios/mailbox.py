#!/usr/bin/env python3
"""A mailbox on a real mail server (dovecot): mailbox.py BUILD-FOLDER [SEED]

A thousand messages are fetched while earshot is killed in between; then the mailbox loses messages, is
rebuilt, refuses the login, hangs. Nothing may be lost, stored twice, or marked as seen."""

import base64
import collections
import contextlib
import glob
import grp
import http.server
import json
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

NOW = "2026-11-20T12:00:00Z"
DOVECOT = "/usr/sbin/dovecot"
PEOPLE = 900  # messages that somebody wrote; then come those nobody did


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """dovecot with one user, as whoever runs this; mail is kept by nobody where that is root."""

    def __init__(self, folder):
        self.folder = folder
        self.mail = f"{folder}/mail"
        self.imap, self.imaps = free_port(), free_port()
        user = pwd.getpwuid(os.getuid())
        self.keeper = pwd.getpwnam("nobody") if user.pw_uid == 0 else user
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", f"{folder}/key.pem", "-out", f"{folder}/ca.pem"],
                       check=True, capture_output=True)
        group = grp.getgrgid(user.pw_gid).gr_name
        # root has the users that come with dovecot; anybody else is all of them
        users = "" if user.pw_uid == 0 else (f"default_login_user = {user.pw_name}\n"
                                             f"default_internal_user = {user.pw_name}\n"
                                             f"default_internal_group = {group}\n")
        with open(f"{folder}/dovecot.conf", "w") as file:
            file.write(f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/ca.pem
ssl_key = <{folder}/key.pem
{users}first_valid_uid = 1
mail_location = maildir:{self.mail}:INDEX=MEMORY
passdb {{
  driver = static
  args = user=help@acme.example password=open-sesame
}}
userdb {{
  driver = static
  args = uid={self.keeper.pw_uid} gid={self.keeper.pw_gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
""")
        for name in ("cur", "new", "tmp", ".K&APY-ln/cur", ".K&APY-ln/new", ".K&APY-ln/tmp"):
            os.makedirs(f"{self.mail}/{name}")
        os.chmod(folder, 0o755)
        self.own()
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", f"{folder}/dovecot.conf"],
                                        stderr=subprocess.PIPE)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.imaps), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"dovecot did not start; see {folder}/dovecot.log")

    def own(self):
        for path, _, names in os.walk(self.mail):
            for name in [path, *(f"{path}/{name}" for name in names)]:
                os.chown(name, self.keeper.pw_uid, self.keeper.pw_gid)

    def deliver(self, number, headers, text, box=""):
        path = f"{self.mail}/{box}new/{1000 + number}.{number}.host"
        with open(path, "w") as file:
            file.write(f"Date: Wed, 18 Nov 2026 {number // 60 % 24:02d}:{number % 60:02d}:00 +0000\n"
                       f"Message-ID: <{number}@people.example>\n{headers}\n\n{text}\n")
        os.chown(path, self.keeper.pw_uid, self.keeper.pw_gid)
        moment = 1795000000 + number  # INTERNALDATE: 18 November 2026
        os.utime(path, (moment, moment))

    def messages(self):
        return glob.glob(f"{self.mail}/new/*") + glob.glob(f"{self.mail}/cur/*")

    def rebuild(self):
        """All numbers are given anew, under another UIDVALIDITY."""
        time.sleep(1.1)  # it is the time in seconds
        for path in glob.glob(f"{self.mail}/dovecot*"):
            os.remove(path)

    def stop(self):
        self.process.terminate()
        self.process.wait()


def stall(port):
    """Says hello, lets in, and falls silent."""
    listener = socket.create_server(("127.0.0.1", port))

    def talk(connection):
        with contextlib.suppress(OSError):
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
            for line in connection.makefile("rb"):
                tag, command = line.split()[:2]
                if command in (b"CAPABILITY", b"LOGIN"):
                    connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")

    def serve():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


def token_server(port):
    """Gives out a token for the secret."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            good = "client_secret=s3cret" in body and self.path == "/t-1/oauth2/v2.0/token"
            answer = b'{"access_token": "t0ken", "expires_in": 3600}' if good else b'{"error": "no"}'
            self.send_response(200 if good else 400)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = http.server.HTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def token_mailbox(port):
    """One message, for whoever has the token (XOAUTH2)."""
    listener = socket.create_server(("127.0.0.1", port))
    message = (b"From: Ana <ana@people.example>\r\nMessage-ID: <t@people.example>\r\n"
               b"Date: Wed, 18 Nov 2026 10:00:00 +0000\r\nSubject: Acme\r\n\r\nThe lid broke.\r\n")
    wanted = base64.b64encode(b"user=help@acme.example\x01auth=Bearer t0ken\x01\x01")
    answers = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2\r\n",
               b"EXAMINE": b"* OK [UIDVALIDITY 7] ok\r\n", b"SEARCH": b"* SEARCH 3\r\n",
               b"FETCH": b"* 1 FETCH (UID 3 BODY[]<0> {%d}\r\n%s)\r\n" % (len(message), message)}

    def talk(connection):
        with contextlib.suppress(OSError):  # its caller may leave without a word
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=XOAUTH2] hello\r\n")
            for line in connection.makefile("rb"):
                tag, command, *rest = line.split()
                command = rest[0] if command == b"UID" else command
                bad = command == b"AUTHENTICATE" and rest != [b"XOAUTH2", wanted]
                connection.sendall(answers.get(command, b"") + tag + (b" NO\r\n" if bad else b" OK done\r\n"))

    def serve():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


def token_login(program):
    tokens, mailbox = free_port(), free_port()
    token_server(tokens)
    token_mailbox(mailbox)
    with open(f"{program.folder}/earshot.yaml", "w") as file:
        file.write(f"""data_dir: {program.folder}/tokens
brands: [Acme]
crawler: {{host_spacing: 0s}}
sources:
  - name: support
    recipe: mailbox-microsoft
    params: {{base: "imap://127.0.0.1:{mailbox}", auth: "http://127.0.0.1:{tokens}", tenant: t-1,
             client_id: c-1, username: help@acme.example}}
    key: s3cret
    allow_private: true
""")
    _, err = program.run("crawl", "--once")
    check("1 new mention" in err, "a mailbox that wants a token is logged in to with one")


class Program:
    def __init__(self, build, folder, server):
        self.program = os.path.join(os.path.abspath(build), "earshot")
        self.folder = folder
        self.server = server
        self.configure(f"imaps://127.0.0.1:{server.imaps}/INBOX")

    def configure(self, url, password="open-sesame", trust=True, data="data", timeout="1m"):
        ca = f", ca_file: {self.folder}/ca.pem" if trust else ""
        with open(f"{self.folder}/earshot.yaml", "w") as file:
            file.write(f"""data_dir: {self.folder}/{data}
brands: [Acme]
crawler: {{host_spacing: 0s, timeout: {timeout}{ca}}}
retain: {{unmatched: 60d}}
sources:
  - name: support
    recipe: mailbox
    url: "{url}"
    params: {{username: help@acme.example}}
    key: {password}
    allow_private: true
""")

    def start(self, *words):
        return subprocess.Popen([self.program, *words, "--config", f"{self.folder}/earshot.yaml",
                                 "--now", NOW], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *words, code=0):
        process = self.start(*words)
        out, err = process.communicate(timeout=300)
        if process.returncode != code:
            sys.exit(f"earshot {' '.join(words)} ended with {process.returncode}, not {code}:\n{out}{err}")
        return out, err

    def stored(self):
        out, _ = self.run("store", "export")
        return [json.loads(line) for line in out.splitlines()]


def check(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")
    print(f"  {what}")


def fill(server):
    for number in range(PEOPLE):
        server.deliver(number, f"From: Person {number} <p{number}@people.example>\n"
                               f"Subject: Acme order {number}",
                       f"The Acme kettle number {number} leaks.\n\n"
                       "On Tue, 17 Nov 2026 at 10:01, Acme <help@acme.example> wrote:\n> We love it.")
    for number in range(PEOPLE, PEOPLE + 50):
        server.deliver(number, "From: a@people.example\nAuto-Submitted: auto-replied\n"
                               "Subject: Re: order", "I am away.")
    for number in range(PEOPLE + 50, PEOPLE + 100):
        server.deliver(number, "From: MAILER-DAEMON@mx.example\nSubject: Undelivered", "Sorry.")


def crawl_killed(program, dice):
    """Killed until a crawl ends on its own."""
    kills = 0
    while kills < 25:
        process = program.start("crawl", "--once", "--quiet")
        time.sleep(dice.uniform(0.02, 0.5))
        if process.poll() is not None and process.returncode == 0:
            process.communicate()
            break
        process.kill()
        process.communicate()
        kills += 1
    program.run("crawl", "--once")
    return kills


def failures(program, server):
    url = f"imaps://127.0.0.1:{server.imaps}"
    program.configure(url + "/INBOX", password="wrong", data="other")
    _, err = program.run("crawl", "--once", code=3)
    check("refuses the login" in err and "username" in err and "wrong" not in err,
          "a wrong password is told with what to do, and not shown")
    program.configure(url + "/Nowhere", data="other")
    _, err = program.run("crawl", "--once", code=3)
    check("cannot be opened" in err, "a mailbox that is not there is told")
    program.configure(url + "/INBOX", trust=False, data="other2")
    _, err = program.run("crawl", "--once", code=3)
    check("certificate" in err, "a certificate nobody vouches for is refused")
    port = free_port()
    stall(port)
    program.configure(f"imap://127.0.0.1:{port}/INBOX", data="other3", timeout="2s")
    begun = time.monotonic()
    _, err = program.run("crawl", "--once", code=3)
    check("took too long" in err and time.monotonic() - begun < 60, "a server that falls silent is left")


def main():
    build = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30)
    if not os.access(DOVECOT, os.X_OK) or shutil.which("openssl") is None:
        print("dovecot-imapd or openssl is not installed: no mailbox to read")
        sys.exit(77)
    print(f"seed {seed}")
    folder = tempfile.mkdtemp(prefix="earshot-mailbox.")
    server = Server(folder)
    try:
        fill(server)
        program = Program(build, folder, server)
        kills = crawl_killed(program, random.Random(seed))
        stored = program.stored()
        count = collections.Counter(mention["id"] for mention in stored)
        check(len(count) == PEOPLE and max(count.values()) == 1,
              f"of {PEOPLE + 100} messages the {PEOPLE} that somebody wrote are stored once, "
              f"after {kills} kills")
        check(all("leaks" in m["text"] and "love" not in m["text"] for m in stored),
              "their writers' words alone")
        check("people.example" not in json.dumps([{**m, "id": ""} for m in stored]),
              "nobody's address is kept")
        check(all(":2," not in path or "S" not in path.split(":2,")[1] for path in server.messages()),
              "none is marked as seen")
        _, err = program.run("crawl", "--once")
        check("0 items" in err, "nothing new is nothing fetched")

        for path in server.messages()[:100]:
            os.remove(path)
        server.rebuild()
        server.deliver(2000, "From: New <new@people.example>\nSubject: Acme", "Works like a charm.")
        _, err = program.run("crawl", "--once")
        check("1 new mention" in err and len(program.stored()) == PEOPLE + 1,
              "a mailbox that lost messages and was rebuilt brings the new one alone")
        _, err = program.run("crawl", "--once")
        check("0 items" in err, "and is followed on")

        program.configure(f"imap://127.0.0.1:{server.imap}/K%C3%B6ln", data="cologne")
        server.deliver(1, "From: K <k@people.example>\nSubject: Acme", "Gut.", box=".K&APY-ln/")
        _, err = program.run("crawl", "--once")
        check("1 new mention" in err, "STARTTLS, and a mailbox with a name beyond ASCII")
        token_login(program)
        failures(program, server)
    finally:
        server.stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
