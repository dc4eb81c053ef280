"""Release binaries on a file system that loses power: what was not flushed is lost, torn, reordered.

TAMTAP_LONG=1 cuts the power 2,000 times; TAMTAP_SEED chooses other cuts.
"""

import os
import random
import subprocess
import time

import pytest
from conftest import (
    BUILD,
    TAMTAP,
    Server,
    card,
    check_confirmed,
    status,
    terminal_arguments,
    wait_until,
    whole_acks,
)
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


class ServerOnThatDisk:
    """A gate on a sound disk, and a server whose whole data directory may lose power."""

    def __init__(self, start, school, disks, tmp_path, people):
        self.tmp_path = tmp_path
        self.gate = school(people=people)
        self.disk = disks(tmp_path / "server")
        self.server = Server(start, tmp_path / "server").prepare().run()
        self.server.enroll(self.gate)
        self.terminal = start(*terminal_arguments(self.gate, self.server.url))
        self.acknowledged = {}

    def run(self):
        """A start that cannot flush what it finds there is refused; then it is started again."""

        def runs():
            if self.server.process.process.poll() is not None:
                self.server.launch()
            return self.server.answers()

        wait_until(runs, 20, "the server answers")

    def hear(self, count):
        for ack in self.terminal.acks(count):
            assert ack["verdict"] == "accepted"
            self.acknowledged[ack["tap"]] = ack["card"]

    def sent(self):
        return status(self.gate)["pending"] == 0

    def lose_power(self, seed):
        self.disk.do(f"crash {seed}")
        self.server.process.kill()
        self.disk.do("on")

    def check(self):
        """How many taps the gate holds as confirmed; the server is dead."""
        database = self.server.data / "central.db"
        journal = check_confirmed(database, self.gate, self.acknowledged, self.tmp_path)
        return len({record["tap"] for record in journal["attendance"]})


def test_a_server_that_loses_power_keeps_every_tap_that_it_confirmed(
    school, disks, start, tmp_path, capsys
):
    """Power cuts, among them some after an end of the server and some after a flush that failed."""
    cuts = 1_000 if LONG else 30
    cards_each = 10
    chance = random.Random(SEED)
    world = ServerOnThatDisk(start, school, disks, tmp_path, people=cuts * cards_each)
    confirmed = ends = failed_flushes = 0
    for cut in range(cuts):
        calm = cut % 10 == 4  # power goes when the server has confirmed all, however slow the machine is
        if not calm and chance.random() < 0.4:
            failed_flushes += 1
            world.disk.do(f"fail-sync {chance.randint(1, 3)}")
            world.disk.do("slow-sync 60")  # so that a kill may fall into it
        world.terminal.type(*(card(cut * cards_each + n) for n in range(cards_each)))
        if not calm and chance.random() < 0.4:
            ends += 1
            time.sleep(chance.uniform(0, 0.1))
            chance.choice((world.server.process.kill, world.server.process.stop))()
            world.disk.do("slow-sync 0")
            world.run()
        time.sleep(chance.uniform(0, chance.choice((0.05, 0.3))))
        world.disk.do("slow-sync 0")
        if calm:
            wait_until(world.sent, 90, "the server confirms the taps")
        world.lose_power(chance.randrange(1 << 32))
        world.hear(cards_each)
        confirmed += world.check()
        world.run()
    wait_until(world.sent, 90, "the backlog drains")
    world.server.process.kill()
    assert world.check() == len(world.acknowledged) == cuts * cards_each
    with capsys.disabled():
        print(
            f"\n{cuts} power cuts of the server, {ends} after it ended, {failed_flushes} flushes that"
            f" failed; {confirmed} looks at confirmed taps, {len(world.acknowledged)} taps, each"
            " there once"
        )
    assert confirmed > 0


def test_a_tap_whose_flush_failed_in_a_killed_server_is_not_confirmed_from_memory(
    school, disks, start, tmp_path
):
    """The next server reads it from the kernel's cache; no later flush would bring it to the disk."""
    world = ServerOnThatDisk(start, school, disks, tmp_path, people=10)
    world.terminal.type(*(card(n) for n in range(5)))
    world.hear(5)
    wait_until(world.sent, 20, "all is sent")
    world.disk.do("slow-sync 600")
    world.disk.do("fail-sync 1")
    world.terminal.type(card(5))
    world.hear(1)
    time.sleep(0.3)
    world.server.process.kill()
    time.sleep(0.6)
    world.disk.do("slow-sync 0")
    world.run()
    wait_until(world.sent, 20, "all is sent")
    world.lose_power(1)
    assert world.check() == 6


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
