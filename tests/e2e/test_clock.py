"""A gate without a battery boots in 1970. Taps are taken, and get the right time before they are sent."""

import datetime
import glob
import time
import zoneinfo

from conftest import card, status, terminal_arguments, wait_until

MANILA = zoneinfo.ZoneInfo("Asia/Manila")  # the default time zone
IN_1970 = {
    # The wall clock alone: monotonic time goes on as it does on a machine that booted wrong.
    "LD_PRELOAD": next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), ""),
    "FAKETIME": "@1970-01-01 08:00:00",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "DONT_FAKE_MONOTONIC": "1",
}


def seconds_from_now(record):
    return abs(datetime.datetime.fromisoformat(record["tapped_at"]).timestamp() - time.time())


def check(records, cards):
    """All are there, today, at about now. Some may have been taken when the time was known."""
    assert sorted(record["nfc_id"] for record in records) == cards
    for record in records:
        assert record["day"] == datetime.datetime.now(MANILA).strftime("%Y-%m-%d")
        assert seconds_from_now(record) < 60
        assert record["clock"] in ("corrected", "synchronised")
    assert any(record["clock"] == "corrected" for record in records)


def test_the_server_tells_a_gate_in_1970_the_time(server, start, school):
    assert IN_1970["LD_PRELOAD"], "libfaketime is missing; make test installs it"
    data = school()
    central = server().run()
    central.enroll(data)
    central.sign_in()
    gate = start(*terminal_arguments(data, central.url), environment=IN_1970)
    cards = [card(n) for n in range(5)]
    gate.type(*cards)
    acks = gate.acks(5)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 5
    assert acks[0]["at"].startswith("1970-01-01"), "the first is taken before anything is known"
    wait_until(lambda: status(data)["pending"] == 0, 20, "the taps are sent")
    check(central.attendance(), cards)
    # From now on the gate knows the time by itself.
    gate.type(card(7), card(0))
    later = gate.acks(2)
    assert seconds_from_now({"tapped_at": later[0]["at"]}) < 60
    assert [ack["verdict"] for ack in later] == ["accepted", "duplicate"]


def test_taps_of_1970_wait_offline_and_are_corrected_when_the_clock_was_set(server, start, school):
    data = school()
    central = server()
    central.run()
    central.enroll(data)
    central.process.kill()
    cards = [card(n) for n in range(5)]
    gate = start(*terminal_arguments(data, central.url), environment=IN_1970)
    gate.type(*cards)
    assert [ack["verdict"] for ack in gate.acks(5)] == ["accepted"] * 5
    gate.kill()
    assert status(data)["pending"] == 5
    central.run().sign_in()
    start(*terminal_arguments(data, central.url))  # the same boot, with a right clock
    wait_until(lambda: status(data)["pending"] == 0, 20, "the taps are sent")
    check(central.attendance(), cards)
