#!/usr/bin/env python3
"""A school's morning that does not end: a server, two gates, and a fault every half minute.

    make soak HOURS=8          (fractions work: HOURS=0.1)

Real processes on real disks, as root, who may mount a disk that is full. Each gate takes taps all
the time; processes are killed and stopped, the server goes away, a gate boots in 1970, a gate's
disk is full. Memory and descriptors are looked at every second. In the end all faults heal, the
backlog has to drain by itself, and every acknowledged tap has to be in the server's database, once,
at the time it was made. Prints a report, and with --json the same as JSON. Exit 1 if a promise was
broken.
"""

import argparse
import contextlib
import json
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "e2e")]
from conftest import Process, Server, stored_taps, twice  # noqa: E402
from gates import BusyGate, FullDisk  # noqa: E402
from measuring import Watch  # noqa: E402

TAPS_A_SECOND = 5  # at each gate, at most
MOST_PEOPLE = 20_000  # of one school; they tap less often when the run is long
DRAIN_S = 180
# A frozen gate answers late, and says when the tap was taken.
LATE_S = 60


def stop_for(process, seconds):
    process.send_signal(signal.SIGSTOP)
    time.sleep(seconds)
    process.send_signal(signal.SIGCONT)


class Soak:
    def __init__(self, seconds, every, seed, only, directory):
        self.seconds, self.every, self.seed, self.directory = seconds, every, seed, directory
        self.chance = random.Random(seed)
        self.server = Server(Process, directory / "server").prepare().run()
        people = range(min(MOST_PEOPLE, max(500, int(seconds * TAPS_A_SECOND))))
        self.gates = [
            BusyGate(name, directory, self.server, people, seconds, seed + n)
            for n, name in enumerate(("gate-1", "gate-2"))
        ]
        self.full = []
        pause = min(every * 0.6, 20)
        self.faults = {
            "gate killed": lambda: self.gate().kill(),
            "server killed": lambda: self.server_away(0),
            "server away": lambda: self.server_away(pause),
            "server frozen": lambda: stop_for(self.server.process.process, pause),
            "gate frozen": lambda: stop_for(self.gate().process.process, pause),
            "gate in 1970": self.gate_in_1970,
            "gate's disk full": self.fill_disk,
        }
        self.faults = {name: each for name, each in self.faults.items() if name in (only or name)}
        self.made = dict.fromkeys(self.faults, 0)
        self.watch = Watch(self.pids)

    def gate(self):
        return self.chance.choice(self.gates)

    def pids(self):
        processes = {"server": self.server.process, **{g.name: g.process for g in self.gates}}
        return {name: process.process.pid for name, process in processes.items()}

    def server_away(self, seconds):
        self.server.process.kill()
        time.sleep(seconds)
        self.server.run()

    def gate_in_1970(self):
        """There is nobody to tell it the time for a moment."""
        self.server.process.kill()
        self.gate().kill_into_1970()
        time.sleep(5)
        self.server.run()

    def fill_disk(self):
        number = len(self.full) + 1
        full = FullDisk(
            f"full-{number}", self.directory, self.server, MOST_PEOPLE + number * FullDisk.PEOPLE
        )
        self.full.append(full)
        full.live_through()

    def run(self):
        began = time.monotonic()
        # The first faults are one of each, so that a short run has them all too.
        order = sorted(self.faults)
        self.chance.shuffle(order)
        next_fault = began + self.every
        while (now := time.monotonic()) < began + self.seconds:
            if now < next_fault:
                time.sleep(0.2)
                continue
            fault = order.pop() if order else self.chance.choice(sorted(self.faults))
            print(f"{now - began:8.0f} s  {fault}", flush=True)
            self.faults[fault]()
            self.made[fault] += 1
            next_fault = now + self.every
        return self.settle()

    def end(self):
        """Whatever became of it: no process and no mount stays."""
        self.watch.stop()
        for gate in self.gates:
            gate.running = False
        for gate in (*self.gates, *(full.gate for full in self.full)):
            if gate.process:
                gate.process.kill()
        for full in self.full:
            full.unmount()
        self.server.process.kill()

    def in_store(self):
        database = f"file:{self.directory}/server/central.db?mode=ro"
        with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
            return dict(connection.execute("SELECT tap, record FROM attendance_taps"))

    def settle(self):
        for gate in self.gates:
            gate.running = False
        time.sleep(1)
        gates = [*self.gates, *(full.gate for full in self.full)]
        expected = {tap: said for gate in gates for tap, said in gate.acknowledged.items()}
        began = time.monotonic()
        while not expected.keys() <= self.in_store().keys():
            if time.monotonic() - began > DRAIN_S:
                break
            time.sleep(0.2)
        drained = time.monotonic() - began
        processes = self.watch.stop()
        for gate in self.gates:
            gate.process.stop()
        damaged = sum(gate.damaged() for gate in self.gates)
        damaged += sum(full.damaged for full in self.full)
        self.server.process.stop()
        stored = {tap: json.loads(record) for tap, record in self.in_store().items()}
        database = self.directory / "server" / "central.db"
        # A gate that knows no day cannot know who has tapped on it, and turns nobody away.
        in_1970 = {tap for gate in gates for tap in gate.taken_in_1970}
        knew_the_day = [
            each for each in stored_taps(database, self.directory) if each[0] not in in_1970
        ]
        kept = {tap: said for tap, said in expected.items() if tap in stored}
        return {
            "seconds": round(self.seconds),
            "seed": self.seed,
            "faults": self.made,
            "acknowledged": len(expected),
            "stored": len(stored),
            "lost": len(expected) - len(kept),
            "twice": len(twice(knew_the_day)),
            "altered": sum(stored[tap]["nfc_id"] != person for tap, (person, _) in kept.items()),
            "at_a_wrong_time": sum(
                abs(stored[tap]["tapped_at_us"] / 1e6 - when) > LATE_S
                for tap, (_, when) in kept.items()
            ),
            "taken_in_1970": len(in_1970),
            # Taps whose acknowledgement a kill cut off: there whole, which is allowed.
            "stored_without_ack_seen": len(stored) - len(kept),
            "refused_for_a_full_disk": sum(full.gate.refused["STORAGE_FULL"] for full in self.full),
            "otherwise_refused": sum(sum(gate.refused.values()) for gate in self.gates),
            "drained_after_s": round(drained, 1),
            "damaged_journals": damaged,
            "processes (min, max, last)": processes,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=1)
    parser.add_argument("--every", type=float, default=30, help="seconds between faults")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--only", action="append", metavar="FAULT", help="this fault and no other")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tamtap-soak-") as directory:
        soak = Soak(
            arguments.hours * 3600, arguments.every, arguments.seed, arguments.only,
            pathlib.Path(directory),
        )  # fmt: skip
        try:
            report = soak.run()
        finally:
            soak.end()
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
    broken = sum(
        report[each]
        for each in ("lost", "twice", "altered", "at_a_wrong_time", "damaged_journals")
    )
    print("every acknowledged tap is there, once" if not broken else "BROKEN PROMISES")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
