#!/usr/bin/env python3
"""What a gate with every device costs: the processor's time while nobody taps, and memory over many taps.

    tests/soak/gate_devices.py [--idle SECONDS] [--taps N] [--people N] [--camera]

The devices are modelled (tests/devices). Their library within the gate costs some of the time that is measured, so a gate
with real devices costs less. With --camera it has one too, a program that gives a photograph of
640x480 15 times a second. It fails if the gate takes more than 1 % of a core while it is idle, or if what it holds grows with the
taps: at most it may hold 300 KB more in their second half than in their first.
"""

import argparse
import json
import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
os.environ.setdefault("TAMTAP_BUILD", str(pathlib.Path(__file__).resolve().parents[2] / "build"))

from conftest import SCHEDULE, Process, card, tamtap, wait_until  # noqa: E402
from devices import DISPLAY, KEYBOARD, LIGHTS, READER, UPS, Devices  # noqa: E402
from test_camera import Camera  # noqa: E402

MOST_OF_A_CORE = 0.01
MOST_GROWTH_KB = 300
SAME_PRESENTATION = 0.5  # within this many seconds a card is one tap (src/reader/card_presence.h)


def processor_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def private_kb(pid):
    """What this process alone holds."""
    rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_"))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def make_school(directory, people):
    data = directory / "data"
    roster, schedule = directory / "roster.csv", directory / "schedule.csv"
    roster.write_text("".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(people)))
    schedule.write_text(SCHEDULE)
    tamtap("roster", "import", roster, "--data", data)
    tamtap("roster", "import", schedule, "--data", data)
    return data


def measure_idle(pid, seconds):
    time.sleep(2)
    before, begin = processor_seconds(pid), time.monotonic()
    time.sleep(seconds)
    share = (processor_seconds(pid) - before) / (time.monotonic() - begin)
    print(f"idle for {seconds} s with all devices: {share:.2%} of one core", flush=True)
    return share <= MOST_OF_A_CORE


def measure_taps(gate, devices, taps, people):
    """The same people tap again and again: what is held must not grow with their taps."""
    pid, held = gate.process.pid, {}
    begin = round_began = time.monotonic()
    for n in range(taps):
        if n % people == 0:  # a fast gate is through with all of them in less than that
            time.sleep(max(0, round_began + SAME_PRESENTATION + 0.1 - time.monotonic()))
            round_began = time.monotonic()
        devices.tell("keyboard", "type", card(n % people))
        try:
            gate.acks(1)
        except AssertionError as error:
            raise AssertionError(f"tap {n + 1} came to nothing: {gate.drain()[-3:]} {gate.log[-5:]}") from error
        if (n + 1) % (taps // 10) == 0:
            time.sleep(1)
            held[n + 1] = (private_kb(pid), descriptors(pid))
            print(f"{n + 1} taps: {held[n + 1][0]} KB of its own, {held[n + 1][1]} descriptors", flush=True)
    print(f"{taps} taps in {time.monotonic() - begin:.0f} s", flush=True)
    # The most of each half: what is given back to the system at times is no sign of a leak when it is taken again.
    samples = list(held.values())
    most = [[max(each[n] for each in half) for n in (0, 1)] for half in (samples[:5], samples[5:])]
    return most[1][0] - most[0][0] <= MOST_GROWTH_KB and most[1][1] <= most[0][1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--idle", type=float, default=600)
    parser.add_argument("--taps", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--camera", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        directory = pathlib.Path(directory)
        devices = Devices(directory)
        camera = ["--camera", Camera(directory).spec] if arguments.camera else []
        gate = Process(
            "terminal", "--data", make_school(directory, arguments.people), "--panel", "json", "--panel", DISPLAY,
            "--panel", LIGHTS, "--reader", READER, "--reader", KEYBOARD, "--power-ups", UPS,
            *camera, environment=devices.environment,
        )  # fmt: skip
        try:
            devices.shows("WAITING FOR", "TAMARAW...")
            wait_until(lambda: devices.is_high(25), 10, "the reader is let go")
            wait_until(lambda: devices.tell("keyboard", "taken") == "yes", 10, "the keyboard is taken")
            fine = measure_idle(gate.process.pid, arguments.idle) if arguments.idle else True
            fine &= measure_taps(gate, devices, arguments.taps, arguments.people) if arguments.taps else True
            fine &= gate.stop() == 0
        finally:
            if gate.process.poll() is None:
                gate.kill()
            devices.stop()
    print(json.dumps({"fine": fine}))
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
