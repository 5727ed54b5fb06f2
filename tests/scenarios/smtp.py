#!/usr/bin/env python3
"""Mail through real servers: smtp.py BUILD-FOLDER

aiosmtpd behind STARTTLS and TLS with an authority of the test's own: passwords, tokens (XOAUTH2, renewed
when one is refused), a certificate nobody vouches for, STARTTLS that was stripped on the way, a server that
speaks 4xx and 5xx. Then postfix, where it is installed: a real queue, and the mail as the mailbox has it.
What is not installed is skipped, and says so."""

import base64
import email
import email.policy
import glob
import http.server
import json
import logging
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

try:
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:  # of another Python than the system's
    if os.path.exists("/usr/lib/python3/dist-packages/aiosmtpd") and sys.executable != "/usr/bin/python3":
        os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
    print("skipped: python3-aiosmtpd is not installed")
    sys.exit(0)

NOW = "2026-11-20T12:00:00Z"
POSTFIX = "/usr/sbin/postfix"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def expect(good, what):
    if not good:
        sys.exit(f"smtp: {what}")


def make_certificate(folder, name):
    """A key, and a certificate that vouches for itself."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    f"/CN={name}", "-addext", f"subjectAltName={name}", "-keyout", f"{folder}/{name}.key",
                    "-out", f"{folder}/{name}.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/{name}.pem", f"{folder}/{name}.key")
    return context, f"{folder}/{name}.pem"


class Office:
    """What the server was told, and what it answers."""

    def __init__(self, smtps=False):
        self.smtps = smtps  # then aiosmtpd does not say of a session that it is secure
        self.messages, self.logins = [], []
        self.data_answers, self.token = [], None

    async def handle_DATA(self, server, session, envelope):
        answer = self.data_answers.pop(0) if self.data_answers else "250 kept"
        if answer.startswith("250"):
            self.messages.append((envelope.rcpt_tos, envelope.content, self.smtps or session.ssl is not None))
        return answer

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((mechanism, data.login, data.password))
        good = data.login == b"ears" and data.password == b"open-sesame"
        return AuthResult(success=good, handled=False)


class Server(SMTP):
    """aiosmtpd with XOAUTH2, which it does not know."""

    async def auth_XOAUTH2(self, server, arguments):
        said = base64.b64decode(arguments[1]) if len(arguments) > 1 else await server.challenge_auth("")
        parts = dict(part.split(b"=", 1) for part in said.split(b"\x01") if b"=" in part)
        office = self.event_handler
        office.logins.append(("XOAUTH2", parts.get(b"user"), parts.get(b"auth")))
        good = office.token is not None and parts.get(b"auth") == b"Bearer " + office.token.encode()
        return AuthResult(success=good, handled=False)


class Place(Controller):
    def __init__(self, office, context=None, smtps=False, mechanisms=(), offer_tls=True):
        self.options = {"auth_required": bool(mechanisms), "authenticator": office.authenticate,
                        "auth_require_tls": False,
                        "auth_exclude_mechanism": [m for m in ("PLAIN", "LOGIN", "XOAUTH2") if m not in mechanisms]}
        if context is not None and not smtps and offer_tls:
            self.options.update(tls_context=context, require_starttls=True)
        super().__init__(office, hostname="127.0.0.1", port=free_port(), ssl_context=context if smtps else None)

    def factory(self):
        return Server(self.handler, hostname="test", **self.options)

    def _trigger_server(self):
        # a greeting waited for in the clear would never come from a server that wants TLS
        socket.create_connection((self.hostname, self.port)).close()


class Tokens(http.server.BaseHTTPRequestHandler):
    """Gives a new token each time, for ten minutes."""

    issued = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        Tokens.issued += 1
        body = json.dumps({"access_token": f"token-{Tokens.issued}", "expires_in": 600}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Earshot:
    def __init__(self, build, mail, sources=""):
        self.program = os.path.join(os.path.abspath(build), "earshot")
        self.folder = tempfile.mkdtemp(prefix="earshot-smtp.")
        self.path = f"{self.folder}/earshot.yaml"
        with open(f"{self.folder}/feed.xml", "w") as file:
            file.write("<rss version='2.0'><channel><title>t</title></channel></rss>")
        with open(self.path, "w") as file:
            file.write(f"""data_dir: {self.folder}/data
brands: [Brellin]
digest: {{empty: send}}
people: [{{email: ada@brellin.example, name: "Ada, Lovelace \\u00e9", alerts: false, digests: daily}}]
sources:
  - {{name: feed, url: "http://127.0.0.1:{free_port()}/", allow_private: true}}
{sources}
{mail}
""")

    def run(self, *words, minute=0):
        done = subprocess.run([self.program, *words, "--config", self.path, "--now", f"2026-11-20T12:{minute:02}:00Z"],
                              capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def send(self, minute=0):
        """Puts a digest into the outbox and delivers; the outbox as it is then."""
        code, said = self.run("digest", "--send", "--so-far", minute=minute)
        expect(code == 0, f"digest --send: {said}")
        return self.deliver(minute)

    def deliver(self, minute):
        self.run("crawl", "--once", minute=minute)
        rows = [json.loads(line) for line in self.run("outbox", "list", "--format", "jsonl", minute=minute)[1].splitlines()]
        return rows[-1]

    def done(self):
        shutil.rmtree(self.folder)


def mail_of(place, scheme="smtp", more=""):
    return f"mail: {{url: '{scheme}://127.0.0.1:{place.port}', from: earshot@brellin.example, require_tls: true{more}}}"


def check_sent(earshot, office, row, what):
    expect(row["state"] == "sent", f"{what}: {row}")
    recipients, content, secure = office.messages[-1]
    expect(secure, f"{what}: it went out in the clear")
    expect(recipients == ["ada@brellin.example"], f"{what}: to {recipients}")
    expect(max(len(line) for line in content.split(b"\r\n")) <= 998, f"{what}: a long line")
    expect(b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b""),
           f"{what}: a bare line end")
    message = email.message_from_bytes(content, policy=email.policy.default)
    expect(message["To"].addresses[0].display_name == "Ada, Lovelace \u00e9", f"{what}: To: {message['To']}")
    expect(message["Auto-Submitted"] == "auto-generated" and "List-Id" in message, f"{what}: headers")
    expect(not message.defects and not message.get_body(("html",)).defects, f"{what}: {message.defects}")
    expect([part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"], what)
    earshot.done()


def try_secure(build, folder):
    context, authority = make_certificate(folder, "IP:127.0.0.1")
    trust = f"\ncrawler: {{ca_file: {authority}}}"
    for scheme, smtps in (("smtp", False), ("smtps", True)):
        for mechanism in ("PLAIN", "LOGIN"):
            office = Office(smtps)
            place = Place(office, context, smtps, [mechanism])
            place.start()
            login = ", username: ears, password: open-sesame"
            earshot = Earshot(build, mail_of(place, scheme, login) + trust)
            check_sent(earshot, office, earshot.send(), f"{scheme} with {mechanism}")
            expect(office.logins == [(mechanism, b"ears", b"open-sesame")], f"{mechanism}: {office.logins}")
            place.stop()
    office = Office()
    place = Place(office, context, False, ["PLAIN"])
    place.start()
    earshot = Earshot(build, mail_of(place, "smtp", ", username: ears, password: wrong") + trust)
    row = earshot.send()
    expect(row["state"] == "queued" and "invalid" in row["reply"].lower(), f"wrong password: {row}")
    expect("wrong" not in json.dumps(row), "the password is in the outbox")
    place.stop()
    earshot.done()


def try_distrust(build, folder):
    context, _ = make_certificate(folder, "IP:127.0.0.1")
    other, other_authority = make_certificate(folder, "DNS:elsewhere.example")
    cases = (("a certificate nobody vouches for", context, "", True),
             ("a certificate of another host", other, f"\ncrawler: {{ca_file: {other_authority}}}", True),
             ("STARTTLS stripped on the way", context, "", False))
    for what, used, trust, offer in cases:
        office = Office()
        place = Place(office, used, False, ["PLAIN"] if not offer else [], offer_tls=offer)
        place.start()
        earshot = Earshot(build, mail_of(place, "smtp", ", username: ears, password: open-sesame") + trust)
        row = earshot.send()
        expect(row["state"] == "queued" and not office.messages, f"{what}: {row}")
        expect(not office.logins, f"{what}: the password was said: {office.logins}")
        place.stop()
        earshot.done()


def try_answers(build, folder):
    context, authority = make_certificate(folder, "IP:127.0.0.1")
    office = Office()
    place = Place(office, context)
    place.start()
    earshot = Earshot(build, mail_of(place) + f"\ncrawler: {{ca_file: {authority}}}")
    office.data_answers = ["451 4.3.0 later", "250 kept"]
    row = earshot.send(1)
    expect(row["state"] == "queued" and "later" in row["reply"], f"451: {row}")
    row = earshot.deliver(3)
    expect(row["state"] == "sent" and row["attempts"] == 2, f"451, then 250: {row}")
    office.data_answers = ["554 5.7.1 never"]
    row = earshot.send(5)
    expect(row["state"] == "failed" and "never" in row["reply"], f"554: {row}")
    place.stop()
    earshot.done()


def try_tokens(build, folder):
    context, authority = make_certificate(folder, "IP:127.0.0.1")
    teller = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tokens)
    threading.Thread(target=teller.serve_forever, daemon=True).start()
    office = Office()
    place = Place(office, context, False, ["XOAUTH2"])
    place.start()
    sources = f"""  - {{name: login, recipe: mailbox-microsoft, enabled: false, allow_private: true, key: the-secret,
     params: {{auth: "http://127.0.0.1:{teller.server_port}", tenant: t, client_id: c, username: earshot@brellin.example}}}}"""
    earshot = Earshot(build, mail_of(place, "smtp", ", username: earshot@brellin.example, login: login") +
                      f"\ncrawler: {{ca_file: {authority}, host_spacing: 0s}}", sources)
    office.token = "token-1"
    row = earshot.send(1)
    expect(row["state"] == "sent" and Tokens.issued == 1, f"token: {row}, {Tokens.issued} issued, {office.logins}")
    expect(office.logins[-1] == ("XOAUTH2", b"earshot@brellin.example", b"Bearer token-1"), f"{office.logins}")
    row = earshot.send(3)
    expect(row["state"] == "sent" and Tokens.issued == 1, f"the token is kept: {row}, {Tokens.issued} issued")
    office.token = "token-2"  # the first one is taken back
    row = earshot.send(5)
    expect(row["state"] == "queued", f"a token that was taken back: {row}")
    row = earshot.deliver(7)
    expect(row["state"] == "sent" and Tokens.issued == 2, f"another token: {row}, {Tokens.issued} issued")
    with open(f"{earshot.folder}/data/data.mdb", "rb") as file:
        data = file.read()
    expect(b"token-2" not in data and b"the-secret" not in data, "a token lies open in the store")
    place.stop()
    teller.shutdown()
    earshot.done()


# --- Postfix ---------------------------------------------------------------------------------------------


class Postfix:
    """An instance of its own, that delivers to a maildir."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        os.chmod(folder, 0o755)
        for name in ("etc", "queue", "data", "mail"):
            os.mkdir(f"{folder}/{name}")
        keeper = pwd.getpwnam("nobody")
        shutil.chown(f"{folder}/mail", keeper.pw_uid)
        shutil.chown(f"{folder}/data", "postfix")
        with open(f"{folder}/etc/main.cf", "w") as file:
            file.write(f"""compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
myhostname = mx.brellin.example
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
virtual_mailbox_domains = brellin.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:ada/
virtual_uid_maps = static:{keeper.pw_uid}
virtual_gid_maps = static:{keeper.pw_gid}
maillog_file = /dev/stdout
smtpd_tls_security_level = may
smtpd_tls_cert_file = {folder}/IP:127.0.0.1.pem
smtpd_tls_key_file = {folder}/IP:127.0.0.1.key
""")
        with open("/usr/share/postfix/master.cf.dist") as file:
            lines = file.read().splitlines()
        with open(f"{folder}/etc/master.cf", "w") as file:
            for line in lines:
                if line.startswith("smtp      inet"):
                    line = f"127.0.0.1:{self.port} inet n - n - - smtpd"
                parts = line.split()
                if len(parts) > 4 and not line.startswith(("#", " ")) and parts[4] == "y":
                    line = line.replace(" y ", " n ", 1)
                file.write(line + "\n")
            file.write("postlog unix-dgram n - n - 1 postlogd\n")
        make_certificate(folder, "IP:127.0.0.1")
        self.process = subprocess.Popen([POSTFIX, "-c", f"{folder}/etc", "start-fg"],
                                        stdout=open(f"{folder}/log", "w"), stderr=subprocess.STDOUT)
        for _ in range(100):
            time.sleep(0.1)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        sys.exit("postfix did not start:\n" + open(f"{folder}/log").read())

    def mails(self):
        for _ in range(100):
            found = glob.glob(f"{self.folder}/mail/ada/new/*")
            if found:
                return [open(name, "rb").read() for name in found]
            time.sleep(0.1)
        sys.exit("nothing came into the mailbox:\n" + open(f"{self.folder}/log").read())

    def stop(self):
        subprocess.run([POSTFIX, "-c", f"{self.folder}/etc", "stop"], capture_output=True)
        self.process.wait(timeout=30)


def try_postfix(build):
    if not os.path.exists(POSTFIX) or os.getuid() != 0:
        print("postfix: skipped (not installed, or not run as root)")
        return
    folder = tempfile.mkdtemp(prefix="earshot-postfix.")
    postfix = Postfix(folder)
    earshot = Earshot(build, mail_of(postfix) + f"\ncrawler: {{ca_file: '{folder}/IP:127.0.0.1.pem'}}")
    row = earshot.send()
    expect(row["state"] == "sent" and "queued as" in row["reply"], f"postfix: {row}")
    mails = postfix.mails()
    message = email.message_from_bytes(mails[0], policy=email.policy.default)
    expect(len(mails) == 1 and message["Message-ID"].strip("<>") == row["message_id"], f"postfix: {message.items()}")
    expect("using TLSv1" in mails[0].decode() or "ESMTPS" in mails[0].decode(), "postfix: it came in the clear")
    expect("No data" in message.get_body(("plain",)).get_content(), "postfix: another text")
    expect(message["X-Original-To"] is None or "ada@" in message["X-Original-To"], "postfix: another recipient")
    postfix.stop()
    shutil.rmtree(folder)
    earshot.done()


def main():
    build = sys.argv[1]
    folder = tempfile.mkdtemp(prefix="earshot-smtp-keys.")
    logging.disable(logging.CRITICAL)  # what aiosmtpd thinks of our settings
    warnings.simplefilter("ignore")
    for part in (try_secure, try_distrust, try_answers, try_tokens):
        part(build, folder)
    try_postfix(build)
    shutil.rmtree(folder)
    print("mail passes STARTTLS, TLS, passwords and tokens; nothing is said to a server that cannot be trusted")


if __name__ == "__main__":
    main()
