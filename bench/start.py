#!/usr/bin/env python3
"""How long a gate takes to be ready, and how much memory it holds after its first tap.

A gate without camera and MongoDB is started 20 times, each time on a new data directory that knows
one person. Ready: from the start of the program to its first line, IDLE; and the time that all its
threads had spent on processors by then, which a busy machine changes less. Memory: VmRSS, and of that
what is the process' own (RssAnon), after the first tap was acknowledged.

    bench/start.py [TAMTAP] [ROUNDS]
"""

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

TAMTAP = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/tamtap").resolve()
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def school(tamtap, directory):
    (directory / "roster.csv").write_text("A0000001,First,Last,7,Narra\n")
    (directory / "schedule.csv").write_text(
        "Section,Grade,Adviser Name," + ",".join(f"{day} Start,{day} End" for day in DAYS)
        + "\nNarra,7,M. Santos," + ",".join(["00:00,23:59"] * 7) + "\n"
    )  # fmt: skip
    for file in ("roster.csv", "schedule.csv"):
        subprocess.run([tamtap, "roster", "import", directory / file, "--data", directory / "data"],
                       check=True, capture_output=True)  # fmt: skip


def one_round(directory):
    begin = time.monotonic()
    gate = subprocess.Popen(
        [TAMTAP, "terminal", "--data", directory / "data", "--panel", "json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    first = json.loads(gate.stdout.readline())
    ready_ms = (time.monotonic() - begin) * 1000
    tasks = pathlib.Path(f"/proc/{gate.pid}/task").glob("*/schedstat")
    worked_ms = sum(int(task.read_text().split()[0]) for task in tasks) / 1e6
    assert first["state"] == "IDLE", first
    gate.stdin.write("A0000001\n")
    gate.stdin.flush()
    for line in gate.stdout:
        event = json.loads(line)
        if event["event"] == "ack":
            assert event["verdict"] == "accepted", event
            break
    fields = {}
    for line in pathlib.Path(f"/proc/{gate.pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        fields[name] = value.split()
    gate.terminate()
    gate.wait()
    return ready_ms, worked_ms, *(int(fields[name][0]) for name in ("VmRSS", "RssAnon", "Threads"))


def main():
    results = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as directory:
            school(TAMTAP, pathlib.Path(directory))
            results.append(one_round(pathlib.Path(directory)))
    ready, worked, resident, own, threads = zip(*results)
    print(f"ready in {statistics.median(ready):.1f} ms (best {min(ready):.1f}) after "
          f"{statistics.median(worked):.1f} ms of work; resident with "
          f"{statistics.median(resident) / 1024:.1f} MiB (its own: {statistics.median(own) / 1024:.1f}); "
          f"{max(threads)} threads; medians of {ROUNDS} starts")


if __name__ == "__main__":
    main()
