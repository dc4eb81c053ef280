#!/usr/bin/env python3
"""The live feed and its posts beside Node (Express and socket.io, stock) and beside bare writes.

All on this machine, over loopback, in one run, in short rounds that take turns; figures are medians,
and ratios are medians of the rounds' own ratios. The servers and the clients have raised priority if
this may be had (nice -5), because what else runs here would otherwise be measured too.

    bench/live.py [BUILD] [--rounds N] [--clients N] [--only tell,underway,post,ingest,memory]

Needs tests/node/node_modules (`npm ci` there; `make live-figures` does it) and the program live_bench.
"""

import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
NICE = -5


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def first_of_all():
    try:
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
    except PermissionError:
        print("(without raised priority: this user may not)", file=sys.stderr)


def wait_for(port):
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


class Bench:
    def __init__(self, build, directory):
        self.build, self.directory = build, directory
        self.started = []

    def start(self, *command):
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL,
                                   stderr=(self.directory / "log").open("a"))  # fmt: skip
        self.started.append(process)
        return process

    def stop(self):
        for process in self.started:
            process.terminate()
        for process in self.started:
            process.wait()

    def tamtap(self, *arguments, stdin=""):
        return subprocess.run([self.build / "tamtap", *map(str, arguments), "--data", self.directory / "data"],
                              input=stdin, text=True, check=True, capture_output=True).stdout  # fmt: skip

    def start_tamtap(self):
        self.port = free_port()
        self.tamtap("account", "add", "head", "--role", "admin", "--password-stdin", stdin="correct horse\n")
        self.server = self.start(self.build / "tamtap", "server", "--data", self.directory / "data",
                                 "--listen", f"127.0.0.1:{self.port}", "--timezone", "Asia/Manila",
                                 "--log-level", "warning")  # fmt: skip
        wait_for(self.port)
        body, headers = self.post("/api/auth/login", {"username": "head", "password": "correct horse"})
        self.cookie = headers["Set-Cookie"].split(";")[0]
        token = self.tamtap("terminals", "add", "gate-1").strip()
        self.secret = self.post("/api/terminal/enroll", {"token": token})[0]["secret"]

    def post(self, path, body):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})  # fmt: skip
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read()), answer.headers

    def start_node(self, *more):
        port = free_port()
        self.start("node", ROOT / "bench/live_rival.mjs", port, *more)
        wait_for(port)
        return port

    def private_mib(self):
        time.sleep(1)
        rollup = pathlib.Path(f"/proc/{self.server.pid}/smaps_rollup").read_text()
        return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1024


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("build", nargs="?", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--only", default="memory,tell,underway,post,ingest")
    arguments = parser.parse_args()
    parts = arguments.only.split(",")
    first_of_all()
    live_bench = arguments.build / "bench" / "live_bench"
    with tempfile.TemporaryDirectory(dir=arguments.build) as directory:
        bench = Bench(arguments.build, pathlib.Path(directory))
        load = lambda part, *more: subprocess.run(  # noqa: E731
            list(map(str, [live_bench, part, "--rounds", arguments.rounds, "--tamtap", bench.port,
                           "--cookie", bench.cookie, "--secret", bench.secret, *more])), check=True)  # fmt: skip
        try:
            bench.start_tamtap()
            if "memory" in parts:
                print(f"memory of the server, private: idle {bench.private_mib():.1f} MiB", flush=True)
                listeners = subprocess.Popen(
                    list(map(str, [live_bench, "listen", "--tamtap", bench.port, "--cookie", bench.cookie,
                                   "--clients", arguments.clients])), stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE)  # fmt: skip
                listeners.stdout.readline()
                print(f"  with {arguments.clients} clients {bench.private_mib():.1f} MiB", flush=True)
                listeners.communicate(b"")
            if "tell" in parts:
                bare = free_port()
                bench.start(live_bench, "serve-bare", bare, arguments.clients)
                time.sleep(0.5)  # a look whether it listens would count as its first client
                load("tell", "--clients", arguments.clients, "--node", bench.start_node(), "--bare", bare)
            if "underway" in parts:
                load("underway", "--clients", arguments.clients, "--node", bench.start_node())
            if "post" in parts:
                flushing = bench.start_node(pathlib.Path(directory) / "taps.jsonl")
                for posters in (1, 8, 64):
                    load("post", "--node", bench.start_node(), "--node-flushing", flushing, "--posters", posters)
            if "ingest" in parts:
                load("ingest", "--posters", 500, "--store", pathlib.Path(directory) / "alone.db")
        finally:
            bench.stop()
            log = pathlib.Path(directory, "log")
            if log.exists() and (said := log.read_text()):
                print(said[-3000:], file=sys.stderr)


if __name__ == "__main__":
    main()
