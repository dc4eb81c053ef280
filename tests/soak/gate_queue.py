#!/usr/bin/env python3
"""Whether a queue at a gate waits for anything that fails: forty people, a card each half second, before a camera that sees a
face and a display that takes 0.4 s a screen.

    tests/soak/gate_queue.py [--rounds N] [--seed N]

In each round the queue passes once while all is well and once for each thing that can happen to the camera or to the disk of
photos, at a moment of chance. What is measured is the time from the card's last key to the line of `--panel json`. It fails if a
tap is not taken, or if the p99 of a thing that happens is over 1.2 times that of the queues in between. As root: a disk of photos
of its own is mounted to be filled.
"""

import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
os.environ.setdefault("TAMTAP_BUILD", str(pathlib.Path(__file__).resolve().parents[2] / "build"))

from conftest import Process, card, wait_until  # noqa: E402
from devices import DISPLAY, KEYBOARD, LIGHTS, Devices  # noqa: E402
from gate_devices import make_school  # noqa: E402
from test_camera import Camera  # noqa: E402
from test_full_disk import fill  # noqa: E402

QUEUE = 40
A_CARD_EACH = 0.5
US_A_BYTE = 3_000  # a screen of 32 letters is 130 bytes
MOST = 1.2
QUIET = "all is well"
CAMERA = {
    "the camera freezes": "same",
    "the camera goes silent": "silent",
    "the camera sends garbage": "garbage",
    "the camera is unplugged": "die",
}
KILLED = "the camera is killed"
FULL = "the disk of photos is full"


class Queue:
    def __init__(self, directory, people):
        data = make_school(directory, people)
        self.photos = data / "photos"
        self.photos.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", self.photos], check=True)
        self.devices = Devices(directory)
        self.camera = Camera(directory)
        self.gate = Process(
            "terminal", "--data", data, "--panel", "json", "--panel", DISPLAY, "--panel", LIGHTS,
            "--reader", KEYBOARD, "--camera", self.camera.spec, environment=self.devices.environment,
        )  # fmt: skip
        self.passed = 0
        wait_until(lambda: self.devices.tell("keyboard", "taken") == "yes", 10, "the keyboard is taken")
        wait_until(lambda: self.camera.pid, 10, "the camera starts")
        self.devices.tell("i2c", "slow", US_A_BYTE)
        time.sleep(3)

    def stop(self):
        if self.gate.process.poll() is None:
            self.gate.kill()
        self.devices.stop()
        subprocess.run(["umount", "-l", self.photos], check=True)

    def tap(self):
        """Seconds, and what the gate says."""
        began = time.monotonic()
        self.devices.tell("keyboard", "type", card(self.passed))
        ack = self.gate.acks(1)[0]
        self.passed += 1
        return time.monotonic() - began, ack

    def happens(self, what):
        if what in CAMERA:
            self.camera.behave(CAMERA[what])
        elif what == KILLED:
            os.kill(self.camera.pid, signal.SIGKILL)
        elif what == FULL:
            fill(self.photos)

    def is_mended(self, what):
        if what == FULL:
            (self.photos / "filler").unlink()
        if what in (QUIET, FULL):
            return
        self.camera.behave("fine")
        wait_until(lambda: any("works again" in line for line in self.gate.log), 90, "the camera works again")
        self.gate.log.clear()

    def passes(self, what, chance):
        """How long each waited, in seconds."""
        at = chance.randrange(5, 20)
        pause = chance.random() * A_CARD_EACH
        took = []
        for n in range(QUEUE):
            next_card = time.monotonic() + A_CARD_EACH
            if n == at:
                time.sleep(pause)
                self.happens(what)
                time.sleep(A_CARD_EACH - pause)
                next_card = time.monotonic() + A_CARD_EACH
            seconds, ack = self.tap()
            assert ack["verdict"] == "accepted", (what, n, ack, self.gate.log[-5:])
            took.append(seconds)
            time.sleep(max(0, next_card - time.monotonic()))
        self.is_mended(what)
        return took


def at_share(numbers, share):
    ordered = sorted(numbers)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    happenings = [*CAMERA, KILLED, FULL]
    took = {}
    with tempfile.TemporaryDirectory() as directory:
        queue = Queue(pathlib.Path(directory), arguments.rounds * (len(happenings) + 1) * QUEUE)
        try:
            for number in range(arguments.rounds):
                for what in chance.sample([QUIET, *happenings], len(happenings) + 1):
                    passed = queue.passes(what, chance)
                    took.setdefault(what, []).extend(passed)
                    print(f"round {number + 1}, {what}: at most {max(passed) * 1e3:.1f} ms", file=sys.stderr, flush=True)
            assert queue.gate.stop() == 0
        finally:
            queue.stop()
    quiet = at_share(took[QUIET], 0.99)
    fine = True
    for what in [QUIET, *happenings]:
        p50, p99, most = (at_share(took[what], share) * 1e3 for share in (0.5, 0.99, 1))
        ratio = p99 / quiet / 1e3
        fine &= ratio <= MOST
        print(f"{what}: {len(took[what])} taps, p50 {p50:.1f} ms, p99 {p99:.1f} ms (x{ratio:.2f}), at most {most:.1f} ms", flush=True)
    print(json.dumps({"fine": fine}))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
