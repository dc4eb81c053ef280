#!/usr/bin/env python3
"""A school's morning that does not end: a server, two gates, and a fault every half minute.

    make soak HOURS=8          (fractions work: HOURS=0.1)

Real processes on real disks. Each gate takes taps all the time; processes are killed and stopped,
the server goes away, a gate's disk fills up. Memory and descriptors are watched. In the end all
faults heal, the backlog has to drain by itself, and every acknowledged tap has to be in the server's
database, once. Prints a report, and with --json the same as JSON. Exit 1 if a promise was broken.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from conftest import SCHEDULE, Process, Server, card, tamtap, terminal_arguments  # noqa: E402

TAPS_A_SECOND = 5  # at each gate
DRAIN_S = 180


class Watched:
    """The largest size and the most descriptors that any process of one kind had."""

    def __init__(self):
        self.first_mb = self.most_mb = self.last_mb = 0.0
        self.descriptors = 0

    def look(self, pid):
        try:
            with open(f"/proc/{pid}/statm") as statm:
                mb = int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
            descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        except (FileNotFoundError, ProcessLookupError, IndexError):
            return  # it was killed just now
        self.first_mb = self.first_mb or mb
        self.most_mb = max(self.most_mb, mb)
        self.last_mb = mb
        self.descriptors = max(self.descriptors, descriptors)

    def report(self):
        return {
            "first_mb": round(self.first_mb, 1),
            "most_mb": round(self.most_mb, 1),
            "last_mb": round(self.last_mb, 1),
            "descriptors": self.descriptors,
        }


class Gate:
    """A terminal that is fed by a thread, and started again whenever it died."""

    def __init__(self, name, directory, server, people, seed):
        self.name, self.people, self.chance = name, people, random.Random(seed)
        self.data = directory / name
        self.journal = self.data / "journal"
        for file in ("people.csv", "schedule.csv"):
            tamtap("roster", "import", directory / file, "--data", self.data)
        server.enroll(self.data, name)
        self.arguments = terminal_arguments(self.data, server.url, "--terminal-id", name)
        self.acknowledged, self.refused = {}, 0
        self.running = True
        self.paused = threading.Event()
        self.process = None
        self.start()
        threading.Thread(target=self.feed, daemon=True).start()

    def start(self):
        self.process = Process(*self.arguments)
        threading.Thread(target=self.listen, args=(self.process,), daemon=True).start()

    def listen(self, process):
        while process.process.poll() is None or not process.lines.empty():
            for event in process.drain():
                if event["event"] != "ack":
                    continue
                if event["verdict"] == "accepted":
                    self.acknowledged[event["tap"]] = event["card"]
                self.refused += event["verdict"] == "refused"
            time.sleep(0.05)

    def feed(self):
        while self.running:
            time.sleep(self.chance.expovariate(TAPS_A_SECOND))
            if self.paused.is_set():
                continue
            try:
                self.process.type(card(self.chance.randrange(self.people)))
            except (BrokenPipeError, ValueError, OSError):
                time.sleep(0.1)  # it is dead; it will be started again

    def kill(self):
        self.process.kill()
        self.start()

    def fill_disk(self, seconds):
        """Its journal's disk has no room for a while; only where we may mount."""
        hog = self.data / "journal" / "hog"
        space = os.statvfs(self.journal)
        with open(hog, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, space.f_bavail * space.f_frsize - 4096))
        time.sleep(seconds)
        hog.unlink()


def mount_small_disk(directory):
    directory.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", directory], check=False)
    return done.returncode == 0


def stop_for(process, seconds):
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


def run(hours, every, seed, directory):
    chance = random.Random(seed)
    seconds = hours * 3600
    people = max(500, int(seconds * TAPS_A_SECOND))
    people = min(people, 100_000)
    (directory / "people.csv").write_text(
        "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(people))
    )
    (directory / "schedule.csv").write_text(SCHEDULE)
    server = Server(Process, directory / "server").prepare().run()
    small = mount_small_disk(directory / "gate-1" / "journal")
    gates = [
        Gate(name, directory, server, people, seed + n) for n, name in enumerate(("gate-1", "gate-2"))
    ]
    watched = {"server": Watched(), "gate-1": Watched(), "gate-2": Watched()}

    def server_away():
        server.process.kill()
        time.sleep(min(every * 0.6, 20))
        server.run()

    def server_killed():
        server.process.kill()
        server.run()

    pause = min(every * 0.6, 20)
    faults = {
        "gate killed": lambda: chance.choice(gates).kill(),
        "server killed": server_killed,
        "server away": server_away,
        "server frozen": lambda: stop_for(server.process.process, pause),
        "gate frozen": lambda: stop_for(chance.choice(gates).process.process, pause),
    }
    if small:
        faults["gate's disk full"] = lambda: gates[0].fill_disk(pause)
    made = dict.fromkeys(faults, 0)

    end = time.monotonic() + seconds
    next_fault = time.monotonic() + every
    while time.monotonic() < end:
        for name, process in (("server", server.process), *((g.name, g.process) for g in gates)):
            watched[name].look(process.process.pid)
        if time.monotonic() >= next_fault:
            fault = chance.choice(sorted(faults))
            print(f"{seconds - (end - time.monotonic()):8.0f} s  {fault}", flush=True)
            faults[fault]()
            made[fault] += 1
            next_fault = time.monotonic() + every
        time.sleep(0.5)

    for gate in gates:
        gate.running = False
    time.sleep(1)
    began = time.monotonic()
    database = directory / "server" / "central.db"

    def stored():
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            return {tap: json.loads(record)["nfc_id"] for tap, record in connection.execute(
                "SELECT tap, record FROM attendance_taps")}  # fmt: skip

    expected = {tap: person for gate in gates for tap, person in gate.acknowledged.items()}
    while not expected.keys() <= stored().keys() and time.monotonic() - began < DRAIN_S:
        time.sleep(0.2)
    drained = time.monotonic() - began
    for gate in gates:
        gate.process.stop()
    found = stored()
    report = {
        "seconds": round(seconds),
        "seed": seed,
        "faults": made,
        "acknowledged": len(expected),
        "stored": len(found),
        "lost": len(expected.keys() - found.keys()),
        "altered": sum(found[tap] != person for tap, person in expected.items() if tap in found),
        # Taps whose acknowledgement a kill cut off: there whole, which is allowed.
        "stored_without_ack_seen": len(found.keys() - expected.keys()),
        "refused_while_disk_full": gates[0].refused,
        "drained_after_s": round(drained, 1),
        "damaged_journals": sum(
            tamtap("journal", "verify", "--data", gate.data, check=False).returncode for gate in gates
        ),
        "processes": {name: each.report() for name, each in watched.items()},
    }
    server.process.stop()
    if small:
        subprocess.run(["umount", "-l", directory / "gate-1" / "journal"], check=True)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--every", type=float, default=30, help="seconds between faults")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tamtap-soak-") as directory:
        report = run(arguments.hours, arguments.every, arguments.seed, pathlib.Path(directory))
    if arguments.json:
        print(json.dumps(report))
    else:
        for key, value in report.items():
            if isinstance(value, dict):
                print(key)
                for name, each in value.items():
                    print(f"    {name:<24} {each}")
            else:
                print(f"{key:<28} {value}")
    broken = report["lost"] + report["altered"] + report["damaged_journals"]
    print("every acknowledged tap is there, once" if not broken else "BROKEN PROMISES")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
