"""Gates whose clocks boot in 1970 or in 2038. Taps are taken, and get the right time before they are sent."""

import datetime
import glob
import json
import os
import time
import zoneinfo

from conftest import Server, card, status, terminal_arguments, wait_until

MANILA = zoneinfo.ZoneInfo("Asia/Manila")  # the default time zone
IN_1970 = {
    # The wall clock alone: monotonic time goes on as it does on a machine that booted wrong.
    "LD_PRELOAD": next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), ""),
    "FAKETIME": "@1970-01-01 08:00:00",
    "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    "DONT_FAKE_MONOTONIC": "1",
}
IN_2038 = {**IN_1970, "FAKETIME": "@2038-01-19 11:14:00"}


def boot(path, name):
    """Runs a program as if the machine had started anew."""
    file = path / f"boot-{name}"
    file.write_text(f"{name}\n")
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    # /proc can't be written to, but mounted over, for that program alone.
    return [
        "unshare", *user, "--mount", "sh", "-c",
        'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', str(file),
    ]  # fmt: skip


def recorded(data):
    return status(data)["records"] if (data / "journal").exists() else 0


def today():
    return datetime.datetime.now(MANILA).strftime("%Y-%m-%d")


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


BOOTS = (("2038", IN_2038), ("1970", IN_1970), ("right", {}))


def clocks_of(records):
    """By card, in the order in which they were typed; each must be under today."""
    assert sorted(record["nfc_id"] for record in records) == [card(n) for n in range(6)]
    assert {record["day"] for record in records} == {today()}
    return {record["nfc_id"]: record["clock"] for record in records}


def test_a_boot_in_2038_one_in_1970_and_one_right_are_all_of_today(server, start, school, tmp_path):
    data = school()
    central = server()
    central.run()
    central.enroll(data)
    central.process.kill()
    for n, (name, environment) in enumerate(BOOTS):
        if name == "right":
            central.run().sign_in()
        gate = start(
            *terminal_arguments(data, central.url),
            environment=environment,
            wrapper=boot(tmp_path, name),
        )
        gate.type(card(2 * n), card(2 * n + 1), card(2 * n))
        verdicts = [ack["verdict"] for ack in gate.acks(3)]
        assert verdicts == ["accepted", "accepted", "duplicate"], name
        if name != "right":
            gate.kill()
            assert status(data)["pending"] == 2 * n + 2
    wait_until(lambda: status(data)["pending"] == 0, 20, "the taps are sent")
    assert status(data)["quarantined"] == 0
    clocks = clocks_of(central.attendance())
    assert [clocks[card(n)] for n in range(4)] == ["unsure"] * 4, "nobody ever knew"
    assert "unsure" not in (clocks[card(4)], clocks[card(5)])
    # A guess turns nobody away.
    gate.type(card(0), card(4))
    assert [ack["verdict"] for ack in gate.acks(2)] == ["accepted", "duplicate"]


def test_a_server_in_reach_tells_each_of_these_boots_the_time(server, start, school, tmp_path):
    data = school()
    central = server().run()
    central.enroll(data)
    central.sign_in()
    for n, (name, environment) in enumerate(BOOTS):
        gate = start(
            *terminal_arguments(data, central.url),
            environment=environment,
            wrapper=boot(tmp_path, name),
        )
        gate.type(card(2 * n), card(2 * n + 1))
        assert [ack["verdict"] for ack in gate.acks(2)] == ["accepted"] * 2, name
        wait_until(lambda: status(data)["pending"] == 0, 20, "the taps are sent")
        gate.kill()
    records = central.attendance()
    clocks = clocks_of(records)
    assert "unsure" not in clocks.values()
    assert max(seconds_from_now(record) for record in records) < 90
    _, body, _ = central.request("/api/attendance/unsure")
    assert json.loads(body)["count"] == 0


def test_with_a_store_that_tells_no_time_they_wait_for_the_right_boot(start, school, tmp_path):
    central = Server(start, school("main")).prepare()
    for n, (name, environment) in enumerate(BOOTS):
        gate = start(
            "run", "--data", central.data, "--listen", f"127.0.0.1:{central.port}", "--panel", "json",
            environment=environment, wrapper=boot(tmp_path, name),
        )  # fmt: skip
        gate.type(card(2 * n), card(2 * n + 1))
        wait_until(lambda: recorded(central.data) == 2 * n + 2, 20, f"taps in {name}")
        if name != "right":
            time.sleep(1)
            assert status(central.data)["pending"] == 2 * n + 2
            gate.kill()
    wait_until(lambda: status(central.data)["pending"] == 0, 20, "the taps are stored")
    central.sign_in()
    clocks_of(central.attendance())
    _, body, _ = central.request("/api/attendance/unsure")
    unsure = json.loads(body)["records"]
    assert sorted(record["nfc_id"] for record in unsure) == [card(n) for n in range(4)]


def test_a_machine_whose_clock_is_kept_elsewhere_is_believed_without_ntp(start, school):
    """This one: a virtual machine or a container, or a computer with a battery."""
    central = Server(start, school("main")).prepare()
    gate = start(
        "run", "--data", central.data, "--listen", f"127.0.0.1:{central.port}", "--panel", "json",
        "--clock", "rtc",
    )  # fmt: skip
    gate.type(card(0))
    wait_until(lambda: recorded(central.data) == 1, 20, "the tap is taken")
    wait_until(lambda: status(central.data)["confirmed"] == 1, 20, "it is stored")
    central.sign_in()
    assert central.attendance()[0]["clock"] == "synchronised"
