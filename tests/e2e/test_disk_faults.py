"""Disks that are full, that fail, and processes that die at any call: strace makes them, for real."""

import os
import resource
import subprocess
import time

import pytest
from conftest import (
    TAMTAP,
    card,
    export,
    status,
    takes_blocks,
    tamtap,
    terminal_arguments,
    wait_until,
    whole_acks,
)

TAPS = 20
# By either of them lines become durable: past the page cache where the file system can, or by a flush.
FLUSHES = "fdatasync,pwritev2"


def tap_under_strace(data, *strace, taps=range(TAPS)):
    """Runs a terminal under strace until its input ends or it dies; returns the accepted acks."""
    done = subprocess.run(
        ["strace", "-f", "-qq", "-o", "/dev/null", *strace, TAMTAP, *map(str, terminal_arguments(
            data, f"sqlite:{data.parent / 'central.db'}", "--exit-on-eof", "--log-level", "error"
        ))],
        input="".join(f"{card(n)}\n" for n in taps),
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
    )  # fmt: skip
    return whole_acks(done.stdout)


def taps_of(data):
    everything = export(data)
    return [record["tap"] for name in everything for record in everything[name]]


def check(data, acknowledged):
    """Every acknowledged tap is there, once; nothing is damaged."""
    taps = taps_of(data)
    assert len(taps) == len(set(taps))
    assert set(acknowledged) <= set(taps)
    assert tamtap("journal", "verify", "--data", data).returncode == 0


@pytest.mark.parametrize("call", ["pwrite64", "fdatasync", "pwritev2", "openat", "ftruncate", "fsync"])
def test_killed_at_the_nth_call_nothing_acknowledged_is_lost(school, call):
    data = school()
    if call == "pwritev2" and not takes_blocks(data):
        pytest.skip("this file system takes no blocks past the page cache")
    acknowledged = []
    killed = 0
    for n in range(1, 13):
        before = status(data)["records"] if (data / "journal").exists() else 0
        first = n * 2 * TAPS
        acks = tap_under_strace(
            data, "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}",
            taps=range(first % 280, first % 280 + TAPS),
        )  # fmt: skip
        killed += len(acks) < TAPS
        acknowledged += [ack["tap"] for ack in acks]
        if (data / "journal").exists():
            assert status(data)["records"] >= before
            check(data, acknowledged)
    assert killed > 0
    assert len(tap_under_strace(data, "-e", "trace=none", taps=[299])) == 1
    check(data, acknowledged)


@pytest.mark.parametrize("call", FLUSHES.split(","))
@pytest.mark.parametrize("n", [1, 2, 3, 5, 8])
def test_a_flush_that_fails_is_never_acknowledged_as_it_was(school, n, call):
    data = school()
    acks = tap_under_strace(data, "-e", f"trace={call}", "-e", f"inject={call}:error=EIO:when={n}")
    # One failed flush in each thread: the journal goes on in a new segment, or the start was refused.
    assert len(acks) in (0, TAPS)
    if (data / "journal").exists():
        check(data, [ack["tap"] for ack in acks])
    again = tap_under_strace(data, "-e", "trace=none", taps=[250])
    assert len(again) == 1
    check(data, [ack["tap"] for ack in acks + again])


def test_when_every_flush_fails_nobody_is_told_success(school, start):
    data = school()
    terminal = start(*terminal_arguments(data, f"sqlite:{data.parent / 'central.db'}"))
    terminal.type(card(1))
    first = terminal.acks(1)[0]
    strace = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(terminal.process.pid),
         "-e", f"trace={FLUSHES}", "-e", f"inject={FLUSHES}:error=EIO"],
    )  # fmt: skip
    wait_until(lambda: "TracerPid:\t0" not in _tracer(terminal), 10, "strace is attached")
    terminal.type(card(2), card(3))
    refused = terminal.acks(2)
    assert {(ack["verdict"], ack["reason"]) for ack in refused} == {("refused", "STORAGE_FAILED")}
    strace.terminate()
    strace.wait(10)
    terminal.type(card(2))
    accepted = terminal.acks(1)[0]
    assert accepted["verdict"] == "accepted"
    assert terminal.stop() == 0
    check(data, [first["tap"], accepted["tap"]])


def _tracer(terminal):
    with open(f"/proc/{terminal.process.pid}/status") as lines:
        return lines.read()


def test_a_full_disk_refuses_visibly_and_accepts_again_when_there_is_room(school, start):
    data = school(people=20_000)
    disk = data / "journal"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", disk], check=True)
    try:
        terminal = start(*terminal_arguments(data, "http://127.0.0.1:9"))
        accepted, refused = [], None
        n = 0
        while refused is None and n < 20_000:
            terminal.type(*(card(each) for each in range(n, n + 500)))
            for ack in terminal.acks(500, timeout=60):
                if ack["verdict"] == "accepted":
                    accepted.append(ack["tap"])
                else:
                    refused = ack
            n += 500
        assert refused is not None and refused["reason"] == "STORAGE_FULL"
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        terminal.type(refused["card"])
        ack = terminal.acks(1)[0]
        assert ack["verdict"] == "accepted"
        assert terminal.stop() == 0
        check(data, [*accepted, ack["tap"]])
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


class Strace:
    """Injects a fault into a running terminal, until it is left."""

    def __init__(self, terminal, call, fault):
        self.terminal = terminal
        self.arguments = ["-e", f"trace={call}", "-e", f"inject={call}:{fault}"]

    def __enter__(self):
        self.strace = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", "/dev/null", "-p", str(self.terminal.process.pid)]
            + self.arguments
        )
        wait_until(lambda: "TracerPid:\t0" not in _tracer(self.terminal), 10, "strace is attached")
        return self

    def __exit__(self, *_):
        self.strace.terminate()
        self.strace.wait(10)


@pytest.fixture
def terminal(school, start):
    data = school()
    terminal = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    terminal.type(card(0))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    terminal.data = data
    return terminal


def test_a_disk_that_was_remounted_read_only_refuses_and_serves_again_after_it(terminal):
    with Strace(terminal, "pwrite64,pwritev2,openat", "error=EROFS"):
        terminal.type(card(1), card(2))
        refused = terminal.acks(2)
    assert {(ack["verdict"], ack["reason"]) for ack in refused} == {("refused", "STORAGE_FAILED")}
    terminal.type(card(1), card(2))
    accepted = terminal.acks(2)
    assert [ack["verdict"] for ack in accepted] == ["accepted"] * 2
    assert terminal.stop() == 0
    check(terminal.data, [ack["tap"] for ack in accepted])


def test_a_flush_of_two_seconds_is_waited_for(terminal):
    with Strace(terminal, FLUSHES, "delay_enter=2000000"):
        begin = time.monotonic()
        terminal.type(card(1))
        ack = terminal.acks(1)[0]
        assert time.monotonic() - begin >= 2
    assert ack["verdict"] == "accepted"
    assert terminal.stop() == 0
    check(terminal.data, [ack["tap"]])


def test_interrupted_writes_are_finished(terminal):
    with Strace(terminal, "pwrite64,pwritev2", "error=EINTR:when=1+2"):
        terminal.type(*(card(n) for n in range(1, 21)))
        acks = terminal.acks(20)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 20
    assert terminal.stop() == 0
    check(terminal.data, [ack["tap"] for ack in acks])


def test_without_a_descriptor_left_taps_go_on(terminal):
    pid = terminal.process.pid
    used = len(os.listdir(f"/proc/{pid}/fd"))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used, 1024))
    terminal.type(*(card(n) for n in range(1, 101)))
    acks = terminal.acks(100)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 100
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (1024, 1024))
    terminal.type(card(101))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    assert terminal.stop() == 0
    check(terminal.data, [ack["tap"] for ack in acks])


@pytest.mark.parametrize("n", range(1, 26))
def test_whichever_flush_fails_a_person_is_told_the_truth(terminal, n):
    """The n-th flush from now on fails, in each thread."""
    by = "pwritev2" if takes_blocks(terminal.data) else "fdatasync"
    with Strace(terminal, by, f"error=EIO:when={n}"):
        terminal.type(*(card(each) for each in range(1, 26)))
        acks = terminal.acks(25)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 25, "it goes on in a new segment"
    assert terminal.stop() == 0
    check(terminal.data, [ack["tap"] for ack in acks])
