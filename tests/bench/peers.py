#!/usr/bin/env python3
"""Feeds, side by side: peers.py BENCH [FILE...]

The same files, through earshot (BENCH is its bench program), libxml2's tree, sfeed, Python's feedparser
and two parsers for Node; each to the items it makes. CPU time, one core, starts left out where a
program can be kept running (sfeed is started for each file: that is how it is used). A peer that is
not installed is "absent"; nothing is installed for it:

    apt-get install sfeed python3-feedparser
    npm install -g rss-parser feedparser       (or NODE_PATH=.../node_modules)

Default files: the XML feeds of ../shared/fixtures/feeds, else the bench's own."""

import glob
import os
import resource
import shutil
import subprocess
import sys
import tempfile

SECONDS = 3.0

PYTHON = """
import sys, time, feedparser
bodies = [open(path, "rb").read() for path in sys.argv[2:]]
done, begin = 0, time.process_time()
while time.process_time() - begin < float(sys.argv[1]):
    for body in bodies:
        feedparser.parse(body)
        done += len(body)
print(done / (time.process_time() - begin))
"""

NODE = """
const fs = require("fs"), kind = process.argv[2], seconds = +process.argv[3];
const bodies = process.argv.slice(4).map((path) => fs.readFileSync(path));
const library = require(kind);
const spent = () => { const use = process.cpuUsage(); return (use.user + use.system) / 1e6; };
const one = kind === "rss-parser"
  ? (body) => new library().parseString(body.toString()).catch(() => 0)
  : (body) => new Promise((done) => {
      const parser = new library({});
      parser.on("error", done).on("end", done).on("readable", () => { while (parser.read()); });
      parser.end(body);
    });
(async () => {
  let bytes = 0;
  const begin = spent();
  while (spent() - begin < seconds)
    for (const body of bodies) { await one(body); bytes += body.length; }
  console.log(bytes / (spent() - begin));
})();
"""


def row(name, speed, note=""):
    print(f"{name:<24}" + ("   absent" if speed is None else f"{speed / 1e6:7.1f} MB/s") +
          (f"   {note}" if note else ""), flush=True)


def said(command, script):
    """What the script, run by `command`, prints: bytes a second; None where it cannot run."""
    if shutil.which(command[0]) is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".cjs") as file:
        file.write(script)
        file.flush()
        words = [file.name if word == "SCRIPT" else word for word in command]
        modules = os.environ.get("NODE_PATH") or subprocess.run(
            ["npm", "root", "-g"], capture_output=True, text=True, check=False).stdout.strip() \
            if command[0] == "node" and shutil.which("npm") else ""
        done = subprocess.run(words, capture_output=True, text=True, check=False,
                              env=dict(os.environ, NODE_PATH=modules))
    return float(done.stdout) if done.returncode == 0 else None


def sfeed(files):
    if shutil.which("sfeed") is None:
        return None
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)
    done, spent = 0, 0.0
    while spent < SECONDS:
        for path in files:
            with open(path, "rb") as file:
                subprocess.run(["sfeed"], stdin=file, stdout=subprocess.DEVNULL, check=False)
            done += os.path.getsize(path)
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = now.ru_utime + now.ru_stime - begin.ru_utime - begin.ru_stime
    return done / spent


def python_with_feedparser():
    for python in ("/usr/bin/python3", "python3"):  # Debian's package is not in every python3
        if shutil.which(python) and subprocess.run([python, "-c", "import feedparser"],
                                                   capture_output=True, check=False).returncode == 0:
            return python
    return "python3"


def main():
    bench, files = sys.argv[1], sys.argv[2:]
    real = "../shared/fixtures/feeds"
    if not files:
        files = sorted(path for kind in ("xml", "rss", "atom", "rdf")
                       for path in glob.glob(f"{real}/*.{kind}"))
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            print(f"(no {real}: generated feeds)")
            subprocess.run([bench, "--write", folder], check=True)
            files = sorted(glob.glob(folder + "/*"))
        size = sum(os.path.getsize(path) for path in files)
        print(f"{len(files)} feeds, {size / 1e6:.1f} MB", flush=True)
        subprocess.run([bench, *files], check=True)
        row("sfeed", sfeed(files), "one start a feed")
        row("Python feedparser", said([python_with_feedparser(), "SCRIPT", str(SECONDS), *files], PYTHON))
        for library in ("rss-parser", "feedparser"):
            row("Node " + library, said(["node", "SCRIPT", library, str(SECONDS), *files], NODE))


if __name__ == "__main__":
    main()
