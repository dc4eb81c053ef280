"""A store that freezes: nothing refuses, nothing answers, and nobody at the gate notices.

TAMTAP_LONG=1 freezes it for a minute instead of ten seconds, and one store after the other. The
quiet time that it is compared with is as long, half of it before and half after.
"""

import os
import signal
import statistics
import threading
import time

import pytest
from conftest import card, export, status, terminal_arguments, wait_until

LONG = bool(os.environ.get("TAMTAP_LONG"))
FROZEN_S = 60 if LONG else 10
HALF_QUIET_S = 30 if LONG else 3
PACE_S = 0.04


def p99(values):
    return sorted(values)[int(len(values) * 0.99)]


class Taps:
    """One tap after another, each timed from the card to its acknowledgement."""

    def __init__(self, terminal):
        self.terminal = terminal
        self.acks = []

    def during(self, seconds):
        took = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            begin = time.monotonic()
            self.terminal.type(card(len(self.acks)))
            self.acks += self.terminal.acks(1)
            took.append(time.monotonic() - begin)
            time.sleep(PACE_S)
        return took


def freeze_amid_taps(name, terminal, data, pid, failures):
    try:
        taps = Taps(terminal)
        taps.during(1)
        quiet = taps.during(HALF_QUIET_S)
        os.kill(pid, signal.SIGSTOP)
        try:
            frozen = taps.during(FROZEN_S)
        finally:
            os.kill(pid, signal.SIGCONT)
        drained = wait_until(lambda: status(data)["pending"] == 0, 30, "the backlog drains")
        quiet += taps.during(HALF_QUIET_S)
        wait_until(lambda: status(data)["pending"] == 0, 30, "the last taps are confirmed")
        print(
            f"{name} frozen for {FROZEN_S} s: acknowledged p99 {p99(frozen) * 1000:.1f} ms of "
            f"{len(frozen)} taps, {p99(quiet) * 1000:.1f} ms of {len(quiet)} while it "
            f"answered: ratio {p99(frozen) / p99(quiet):.2f}, of the medians "
            f"{statistics.median(frozen) / statistics.median(quiet):.2f}; drained {drained:.2f} s after"
        )
        assert {ack["verdict"] for ack in taps.acks} == {"accepted"}
        # A tap that waits for the store waits for a time-out: seconds.
        assert max(frozen) < 1.5
        confirmed = export(data)["attendance"]
        assert sorted(tap["tap"] for tap in confirmed) == sorted(ack["tap"] for ack in taps.acks)
    except BaseException as failure:
        failures.append(failure)
        raise


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_that_freezes_amid_taps_slows_no_tap_and_gets_them_all(
    start, school, server, mongo
):
    gate = server().run()
    mongo.run()
    failures = []
    threads = []
    for name, central, pid in (
        ("our server", gate.url, gate.process.process.pid),
        ("MongoDB", mongo.uri, mongo.process.pid),
    ):
        data = school(name.replace(" ", "-"), people=3000)
        if name == "our server":
            gate.enroll(data)
        terminal = start(*terminal_arguments(data, central))
        threads.append(
            threading.Thread(
                target=freeze_amid_taps, args=(name, terminal, data, pid, failures)
            )
        )
    for thread in threads:
        thread.start()
        if LONG:
            thread.join()
    for thread in threads:
        thread.join()
    assert not failures, failures[0]
