#!/usr/bin/env python3
"""Deliveries to a running earshot: webhook.py BUILD-FOLDER

What is signed well is answered 202 when it is durable: killed with SIGKILL at that moment, earshot has
it. What is not is refused by a problem that says why, and nothing of it is stored."""

import base64
import collections
import hashlib
import hmac
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes....").decode()
TYPEFORM_SECRET = "what is told to nobody"


class Program:
    def __init__(self, build):
        self.program = os.path.join(os.path.abspath(build), "earshot")
        self.folder = tempfile.mkdtemp(prefix="earshot-webhook.")
        self.path = f"{self.folder}/earshot.yaml"
        with open(self.path, "w") as file:
            file.write(f"""data_dir: {self.folder}/data
brands: [Acme]
serve: {{listen: "127.0.0.1:0"}}
sources:
  - {{name: shop, recipe: webhook, key: "{SECRET}"}}
  - {{name: survey, recipe: typeform-webhook, key: {TYPEFORM_SECRET}, about: Acme}}
""")

    def start(self, command):
        self.process = subprocess.Popen([self.program, command, "--config", self.path],
                                        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for line in self.process.stderr:
            found = re.search(r"serving on http://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found[1])
                self.heard = []
                threading.Thread(target=lambda: self.heard.extend(self.process.stderr), daemon=True).start()
                return
        sys.exit(f"earshot {command} did not begin to serve")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        if self.process.wait(timeout=30) != 0:
            sys.exit(f"earshot ended with {self.process.returncode}: {''.join(self.heard)}")

    def post(self, path, body, headers, method="POST"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    def stored(self):
        out = subprocess.run([self.program, "store", "export", "--config", self.path],
                             capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines()]


def check(holds, what):
    if not holds:
        sys.exit(f"not so: {what}")
    print(f"  {what}")


def standard(body, identifier, moment=None, secret=SECRET):
    moment = str(int(time.time() if moment is None else moment))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{identifier}.{moment}.".encode() + body, hashlib.sha256).digest()
    return {"webhook-id": identifier, "webhook-timestamp": moment,
            "webhook-signature": "v1," + base64.b64encode(mac).decode()}


def review(number):
    return json.dumps({"id": f"r{number}", "text": f"Acme kettle {number} leaks", "rating": 2}).encode()


def listens(program):
    """A source that nobody has delivered to yet is listened to, which is not the same as unknown."""
    for _ in range(100):
        out = subprocess.run([program.program, "source", "list", "--format", "json", "--config", program.path],
                             capture_output=True, text=True, check=True).stdout
        if re.search(r'"source":\s*"survey"', out) and re.search(r'"health":\s*"ok"', out):
            break
        time.sleep(0.1)
    check("never polled" not in out and '"ok"' in out, "what nobody delivers to is listened to")


def good(program):
    body = review(1)
    headers = standard(body, "msg_1")
    status, _, text = program.post("/hook/shop", body, headers)
    check(status == 202 and json.loads(text) == {"items": 1}, "a signed delivery is taken")
    status, _, text = program.post("/hook/shop", body, headers)
    check(status == 202 and json.loads(text) == {"known": True}, "and is known when it comes again")
    lines = review(2) + b"\n" + review(3) + b"\n"
    status, _, text = program.post("/hook/shop", lines, {
        "X-Hub-Signature-256": "sha256=" + hmac.new(SECRET.encode(), lines, hashlib.sha256).hexdigest()})
    check(status == 202 and json.loads(text) == {"items": 2}, "lines of JSON, under X-Hub-Signature-256")
    status, _, _ = program.post("/hook/shop", review(4), {"Authorization": f"Bearer {SECRET}"})
    check(status == 202, "one with the key as bearer token")
    answer = json.dumps({"event_type": "form_response", "form_response": {
        "token": "t1", "submitted_at": "2026-11-20T10:05:00Z",
        "answers": [{"type": "text", "text": "Slow delivery"}]}}).encode()
    mac = hmac.new(TYPEFORM_SECRET.encode(), answer, hashlib.sha256).digest()
    status, _, _ = program.post("/hook/survey", answer,
                                {"Typeform-Signature": "sha256=" + base64.b64encode(mac).decode()})
    check(status == 202, "an answer from Typeform")


def bad(program):
    body = review(99)
    now = time.time()
    refusals = [
        ("no signature", "/hook/shop", body, {}, 401),
        ("a forged one", "/hook/shop", body, standard(review(98), "msg_9"), 401),
        ("another secret", "/hook/shop", body, standard(body, "msg_9", secret="whsec_AAAA"), 401),
        ("an old one", "/hook/shop", body, standard(body, "msg_9", now - 400), 401),
        ("one from the future", "/hook/shop", body, standard(body, "msg_9", now + 400), 401),
        ("a wrong token", "/hook/shop", body, {"Authorization": "Bearer guess"}, 401),
        ("a scheme of another recipe", "/hook/survey", body, {"Authorization": f"Bearer {TYPEFORM_SECRET}"}, 401),
        ("an unknown hook", "/hook/nobody", body, standard(body, "msg_9"), 404),
        ("what is no JSON", "/hook/shop", b"{nonsense", standard(b"{nonsense", "msg_9"), 422),
    ]
    for what, path, sent, headers, wanted in refusals:
        status, answered, text = program.post(path, sent, headers)
        problem = json.loads(text)
        check(status == wanted and problem["status"] == wanted and problem["title"] and
              answered["Content-Type"] == "application/problem+json", f"{what}: {status}, {problem['title']}")
    status, headers, _ = program.post("/hook/shop", None, {}, method="GET")
    check(status == 405 and headers["Allow"] == "POST", "a GET: 405")
    status, _, _ = program.post("/", b"{}", {"Authorization": f"Bearer {SECRET}"})
    check(status == 405, "a POST elsewhere: 405")
    for what, length, status in [("too much", "Content-Length: 1048577", b" 413 "),
                                 ("a length that is not clear", "Transfer-Encoding: chunked", b" 400 "),
                                 ("two lengths", "Content-Length: 2\r\nContent-Length: 3", b" 400 "),
                                 ("no length", "Accept: */*", b" 411 ")]:
        with socket.create_connection(("127.0.0.1", program.port)) as raw:
            raw.sendall(f"POST /hook/shop HTTP/1.1\r\nHost: localhost\r\n{length}\r\n"
                        f"Authorization: Bearer {SECRET}\r\n\r\n".encode())
            check(status in raw.recv(4096).split(b"\r\n")[0], f"{what}:{status.decode()}before it is read")


def killed(program, first):
    """Answered is stored, whatever comes next."""
    for number in range(first, first + 5):
        body = review(number)
        status, _, _ = program.post("/hook/shop", body, standard(body, f"msg_{number}"))
        program.kill()
        check(status == 202, "killed at the moment of the answer")
        program.start("run")


def play(program):
    program.start("run")
    listens(program)
    good(program)
    bad(program)
    killed(program, 10)
    program.stop()
    stored = collections.Counter((m["source"], m["id"]) for m in program.stored())
    wanted = {("shop", f"r{n}") for n in [1, 2, 3, 4, 10, 11, 12, 13, 14]} | {("survey", "t1")}
    check(set(stored) == wanted and max(stored.values()) == 1, f"{len(stored)} mentions, each once")
    program.start("serve")
    body = review(1)
    status, headers, _ = program.post("/hook/shop", body, standard(body, "msg_1"))
    check(status == 503 and "Retry-After" in headers, "a server that only reads says so")
    program.stop()
    subprocess.run(["rm", "-rf", program.folder], check=True)


def main():
    program = Program(sys.argv[1])
    try:
        play(program)
    finally:
        program.kill()


if __name__ == "__main__":
    main()
