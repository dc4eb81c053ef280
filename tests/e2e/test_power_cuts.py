"""Release binaries on a file system that loses power: what was not flushed is lost, torn, reordered.

TAMTAP_LONG=1 cuts the power 2,000 times; TAMTAP_SEED chooses other cuts.
"""

import os
import random
import subprocess
import time

import pytest
from conftest import BUILD, TAMTAP, card, terminal_arguments, wait_until, whole_acks
from test_kills import check

LONG = os.environ.get("TAMTAP_LONG") == "1"
SEED = int(os.environ.get("TAMTAP_SEED", "1"))
NOBODY = "http://127.0.0.1:9"


class FaultyDisk:
    """Mounted at a directory; see tests/fault_fs/fault_fs.cc for its commands."""

    def __init__(self, directory):
        directory.mkdir(parents=True)
        self.directory = directory
        self.process = subprocess.Popen(
            [BUILD / "tests" / "fault_file_system", directory],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        wait_until(lambda: os.path.ismount(directory), 10, "the file system is mounted")

    def do(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def unmount(self):
        subprocess.run(["umount", "-l", self.directory], check=True)
        self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture
def disks():
    mounted = []

    def mount(directory):
        mounted.append(FaultyDisk(directory))
        return mounted[-1]

    yield mount
    for disk in mounted:
        disk.unmount()


def run_until(data, cards, end):
    """A terminal that gets the cards until `end` was called; its whole acks."""
    process = subprocess.Popen(
        [TAMTAP, *map(str, terminal_arguments(data, NOBODY, "--log-level", "error"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    process.stdin.write("".join(f"{each}\n" for each in cards))
    process.stdin.flush()
    end()
    process.kill()
    acks = whole_acks(process.stdout.read())
    process.wait()
    process.stdin.close()
    return acks


def test_power_cuts_lose_no_acknowledged_tap(school, disks, capsys):
    cuts = 2_000 if LONG else 100
    cards_each = 20
    cuts_a_school = 50
    chance = random.Random(SEED)
    acknowledged_in_all = 0
    for first in range(0, cuts, cuts_a_school):
        data = school(f"data-{first}", people=cuts_a_school * cards_each)
        disk = disks(data / "journal")
        acknowledged = []
        for cut in range(cuts_a_school):

            def power_goes():
                time.sleep(chance.uniform(0.02, 0.12))
                disk.do(f"crash {chance.randrange(1 << 32)}")

            people = range(cut * cards_each, (cut + 1) * cards_each)
            acknowledged += run_until(data, (card(n) for n in people), power_goes)
            disk.do("on")
            if cut % 10 == 9:
                check(data, acknowledged)
        acknowledged_in_all += len(acknowledged)
    with capsys.disabled():
        print(f"\n{cuts} power cuts, {acknowledged_in_all} acknowledged taps, none lost or twice")
    assert acknowledged_in_all > cuts


def test_short_writes_are_finished(school, disks):
    data = school()
    disk = disks(data / "journal")
    disk.do("short-writes")
    acks = run_until(data, (card(n) for n in range(50)), lambda: time.sleep(2))
    assert len(acks) == 50
    check(data, acks)


def test_a_tap_is_not_acknowledged_before_a_slow_flush_is_through(school, disks, start):
    data = school()
    disk = disks(data / "journal")
    terminal = start(*terminal_arguments(data, NOBODY))
    terminal.type(card(0))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    disk.do("slow-sync 2000")
    begin = time.monotonic()
    terminal.type(card(1))
    ack = terminal.acks(1)[0]
    assert ack["verdict"] == "accepted"
    assert time.monotonic() - begin >= 2
    # Power goes in the middle of the next flush: nobody is told anything that does not hold.
    terminal.type(card(2))
    time.sleep(0.5)
    disk.do("crash 1")
    terminal.kill()
    disk.do("slow-sync 0")
    disk.do("on")
    check(data, [ack])


@pytest.mark.parametrize("n", range(1, 16))
def test_a_failed_flush_whose_pages_are_gone_loses_no_acknowledged_tap(school, disks, n):
    """As on Linux: after the error the pages are clean, and a second flush would do nothing."""
    data = school()
    disk = disks(data / "journal")
    disk.do(f"fail-sync {n}")

    def power_goes():
        time.sleep(0.3)
        disk.do(f"crash {n}")

    acks = run_until(data, (card(each) for each in range(15)), power_goes)
    disk.do("on")
    acks += run_until(data, (card(each) for each in range(15, 20)), lambda: time.sleep(0.3))
    assert len(acks) >= 5
    check(data, acks)


def test_that_disk_keeps_what_is_flushed_and_may_lose_the_rest(school, disks):
    """The disk itself: what is flushed survives, what is not may not."""
    directory = school() / "journal"
    disk = disks(directory)
    kept, lost = directory / "kept", directory / "lost"
    kept.write_text("kept")
    descriptor = os.open(kept, os.O_RDWR)
    os.fsync(descriptor)
    os.close(descriptor)
    descriptor = os.open(directory, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    outcomes = set()
    for seed in range(16):
        lost.write_text("lost")
        disk.do(f"crash {seed}")
        disk.do("on")
        assert kept.read_text() == "kept"
        outcomes.add(lost.read_text() if lost.exists() else None)
        lost.unlink(missing_ok=True)
    assert None in outcomes and len(outcomes) > 1
