"""Gates that are tapped at, and what was said to whom."""

import datetime
import json
import os
import random
import subprocess
import threading
import time
import uuid

from conftest import SCHEDULE, Process, card, status, tamtap, terminal_arguments, wait_until
from test_clock import IN_1970

REPEATS = 0.1  # of the taps come from a person who has tapped already


class Gate:
    """A terminal whose answers are noted."""

    def __init__(self, name, directory, server, people):
        self.name, self.people = name, people
        self.data = directory / name
        self.journal = self.data / "journal"
        for file, content in (("people", people_file(people)), ("schedule", SCHEDULE)):
            path = directory / f"{name}-{file}.csv"
            path.write_text(content)
            tamtap("roster", "import", path, "--data", self.data)
            path.unlink()
        server.enroll(self.data, name)
        self.arguments = terminal_arguments(self.data, server.url, "--terminal-id", name)
        self.acknowledged = {}  # tap: (card, when it was said)
        self.taken_in_1970 = set()
        self.refused = {}  # reason: how often
        self.process = None

    def start(self, **more):
        self.process = Process(*self.arguments, **more)
        threading.Thread(target=self.listen, args=(self.process,), daemon=True).start()

    def listen(self, process):
        while process.process.poll() is None or not process.lines.empty():
            for event in process.drain():
                if event["event"] != "ack":
                    continue
                if event["verdict"] == "accepted":
                    self.acknowledged[event["tap"]] = (event["card"], time.time())
                    if event["at"].startswith("1970"):
                        self.taken_in_1970.add(event["tap"])
                elif event["verdict"] == "refused":
                    self.refused[event["reason"]] = self.refused.get(event["reason"], 0) + 1
            time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.start()

    def kill_into_1970(self):
        """Its battery is empty: it boots, anew, without the time, and has to be told."""
        self.process.kill()
        boot = self.data / "boot_id"
        boot.write_text(f"{uuid.uuid4()}\n")
        self.start(
            environment=IN_1970,
            wrapper=("unshare", "--mount", "--propagation", "slave", "sh", "-c",
                     'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', boot),
        )  # fmt: skip

    def damaged(self):
        return tamtap("journal", "verify", "--data", self.data, check=False).returncode != 0


class BusyGate(Gate):
    """Everybody taps at it once in the given time, in an order of its own, some of them twice."""

    def __init__(self, name, directory, server, people, seconds, seed):
        super().__init__(name, directory, server, people)
        self.chance = random.Random(seed)
        self.taps_a_second = len(people) / seconds / (1 - REPEATS)
        self.running = True
        self.start()
        threading.Thread(target=self.feed, daemon=True).start()

    def feed(self):
        order = list(self.people)
        self.chance.shuffle(order)
        done = 0
        while self.running:
            time.sleep(self.chance.expovariate(self.taps_a_second))
            again = done > 0 and (done == len(order) or self.chance.random() < REPEATS)
            person = order[self.chance.randrange(done)] if again else order[done]
            try:
                self.process.type(card(person))
                done += not again
            except (BrokenPipeError, ValueError, OSError):
                time.sleep(0.1)  # it is dead; it will be started again


def people_file(people):
    return "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in people)


class FullDisk:
    """A new gate whose segment is nearly full, on a disk without room for another one.

    A segment is made whole in advance, so a disk that fills up is felt only when one is needed.
    """

    PEOPLE = 300
    # 649 bytes a line of a segment's 4 MiB: there is room for about 70 taps more.
    TAPS_BEFORE = 6_400

    def __init__(self, name, directory, server, first_person):
        self.gate = Gate(name, directory, server, range(first_person, first_person + self.PEOPLE))
        self.gate.journal.mkdir()
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", self.gate.journal], check=True
        )
        self.mounted, self.damaged = True, False
        begin = datetime.datetime(2020, 1, 6, 7)
        earlier = [
            {"nfc_id": card(first_person), "name": f"First Last{n}", "section": "Narra", "grade": "7",
             "date": str(begin + datetime.timedelta(seconds=n))}
            for n in range(self.TAPS_BEFORE)
        ]  # fmt: skip
        file = self.gate.data / "earlier.json"
        file.write_text(json.dumps({"attendance": earlier}))
        tamtap("journal", "import", file, "--data", self.gate.data)
        assert len(list(self.gate.journal.glob("*.jsonl"))) == 1

    def live_through(self):
        """Taps until it is full, refuses, gets room, and takes all who were turned away."""
        hog = self.gate.journal / "hog"
        space = os.statvfs(self.gate.journal)
        with open(hog, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, space.f_bavail * space.f_frsize - 4096)
        self.gate.start()
        cards = [card(n) for n in self.gate.people]
        self.gate.process.type(*cards)

        def answers():
            return len(self.gate.acknowledged) + sum(self.gate.refused.values())

        wait_until(lambda: answers() == self.PEOPLE, 30, "everybody got an answer")
        accepted = len(self.gate.acknowledged)
        assert 0 < accepted < self.PEOPLE, f"{accepted} accepted: that disk was not full"
        assert set(self.gate.refused) == {"STORAGE_FULL"}, self.gate.refused
        hog.unlink()
        told = {person for person, _ in self.gate.acknowledged.values()}
        self.gate.process.type(*(each for each in cards if each not in told))
        wait_until(lambda: len(self.gate.acknowledged) == self.PEOPLE, 30, "it takes taps again")
        wait_until(lambda: status(self.gate.data)["pending"] == 0, 60, "its taps are sent")
        assert self.gate.process.stop() == 0
        self.damaged = self.gate.damaged()
        self.unmount()

    def unmount(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.gate.journal], check=True)
        self.mounted = False
