"""The school's day, with real processes: its time zone, departures, settings, and weekdays without classes."""

import datetime
import json
import os
import time
import zoneinfo

from conftest import Server, card, tamtap, terminal_arguments, wait_until
from test_clock import IN_1970

NEW_YORK = "America/New_York"
WITHIN = 6  # seconds, in which a connected gate has heard of a change


def at(moment):
    """An environment in which the wall clock begins at this moment, "YYYY-MM-DD HH:MM:SS" in Manila."""
    return {**IN_1970, "FAKETIME": f"@{moment}", "TZ": "Asia/Manila"}


def zone_in_the_morning():
    """One where it is eight o'clock, so that a clock that runs fast meets no midnight."""
    ahead = (8 - datetime.datetime.now(datetime.timezone.utc).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"  # whose sign is the other way round


def setting(data, key):
    return tamtap("settings", "get", key, "--data", data).stdout.strip()


def decide(data, key, value):
    return tamtap("settings", "set", key, value, "--data", data)


def gate_of(server, start, data, *more, **how):
    return start(*terminal_arguments(data, server.url, "--reader", "stdin", *more), **how)


def test_settings_are_listed_got_and_set_at_the_master_and_bad_ones_get_a_sentence(school):
    data = school(people=1)
    assert setting(data, "departures") == "off"
    assert "departures is on in sqlite:" in decide(data, "departures", "Yes").stdout
    assert setting(data, "departures") == "on"
    listed = json.loads(tamtap("settings", "list", "--json", "--data", data).stdout)
    departures = next(each for each in listed if each["key"] == "departures")
    assert departures["value"] == "on" and departures["said"]
    for key, value, sentence in (
        ("departures", "maybe", "this setting takes on or off"),
        ("departures.after_minutes", "0", "a whole number from 1 to 1440"),
        ("timezone", "Manila", "use an IANA name"),
        ("departure", "on", "there is none; there are school.name, timezone, departures"),
    ):
        refused = tamtap("settings", "set", key, value, "--data", data, check=False)
        assert refused.returncode == 1 and sentence in refused.stderr, refused.stderr
    refused = tamtap("settings", "get", "departure", "--data", data, check=False)
    assert refused.returncode == 1 and "there is none" in refused.stderr
    assert tamtap("settings", "set", "departures", "--data", data, check=False).returncode == 2


def test_a_gate_takes_the_zone_of_its_server_and_says_so_where_a_flag_disagrees(server, start, school, tmp_path):
    central = Server(start, school("server", people=3), more=["--timezone", NEW_YORK]).prepare().run()
    assert setting(central.data, "timezone") == NEW_YORK, "the server wrote down its own"
    gate = tmp_path / "gate"
    central.enroll(gate)
    central.sign_in()
    plain = gate_of(central, start, gate)
    plain.type(card(0))
    assert plain.acks(1)[0]["at"][-6:] in ("-04:00", "-05:00"), "without a flag of its own"
    assert plain.stop() == 0
    other = gate_of(central, start, gate, "--timezone", "Asia/Manila")
    other.type(card(1))
    ack = other.acks(1)[0]
    assert ack["verdict"] == "accepted" and ack["at"][-6:] in ("-04:00", "-05:00")
    assert any(f"the school's time zone is {NEW_YORK}" in line for line in other.log), other.log
    wait_until(lambda: len(central.attendance()) == 2, 20, "both taps are of the school's today")
    today = datetime.datetime.now(zoneinfo.ZoneInfo(NEW_YORK)).strftime("%Y-%m-%d")
    assert {each["day"] for each in central.attendance()} == {today}
    assert other.stop() == 0
    central.process.stop()
    refused = tamtap("server", "--data", central.data, "--listen", "127.0.0.1:0", "--timezone", "Asia/Manila", check=False)
    assert refused.returncode == 1 and f"the school's time zone is {NEW_YORK}" in refused.stderr


def test_a_zone_that_changes_holds_from_the_next_tap_on_and_moves_no_day(server, start, school, tmp_path):
    central = Server(start, school("server", people=3)).prepare().run()
    gate = tmp_path / "gate"
    central.enroll(gate)
    running = gate_of(central, start, gate)
    running.type(card(0))
    before = running.acks(1)[0]["at"]
    assert before.endswith("+08:00")
    decide(central.data, "timezone", NEW_YORK)
    deadline = time.monotonic() + WITHIN
    while True:
        running.type(card(1))
        if running.acks(1)[0]["at"][-6:] in ("-04:00", "-05:00"):
            break
        assert time.monotonic() < deadline, "the gate has not heard of the new zone"
        time.sleep(0.2)
    central.sign_in()
    day = before[:10]
    wait_until(
        lambda: any(each["nfc_id"] == card(0) for each in central.get(f"/api/attendance/{day}")[1]["records"]),
        20, "the tap of before stays where it was",
    )  # fmt: skip
    assert running.stop() == 0


def test_departures_are_taps_of_their_own_and_show_in_the_attendance(server, start, school, tmp_path):
    central = Server(start, school("server", people=2), more=["--timezone", zone_in_the_morning()]).prepare().run()
    decide(central.data, "departures", "on")
    decide(central.data, "departures.after_minutes", "1")
    gate = tmp_path / "gate"
    central.enroll(gate)
    central.sign_in()
    # The gate's wall clock runs thirty times as fast.
    running = gate_of(central, start, gate, environment={**IN_1970, "FAKETIME": "+0 x30"})
    running.type(card(0), card(0))
    arrival, soon = running.acks(2)
    assert arrival["verdict"] == "accepted" and soon["verdict"] == "duplicate"
    assert "departure" not in arrival
    deadline = time.monotonic() + 60
    while (left := (running.type(card(0)), running.acks(1)[0])[1])["verdict"] != "accepted":
        assert time.monotonic() < deadline and left["verdict"] == "duplicate"
        time.sleep(0.2)
    assert left["departure"] is True and left["tap"] != arrival["tap"]
    wait_until(lambda: "departed_at" in central.attendance()[0], 20, "the departure is stored")
    record = central.attendance()[0]
    assert record["departed_at"] == left["at"] and record["departure"] == left["at"][11:19]
    assert [each["tap"] for each in record["taps"]] == [arrival["tap"], left["tap"]]
    assert record["tap"] == arrival["tap"]
    assert running.stop() == 0


def test_a_schedule_of_mondays_alone_has_no_classes_on_a_thursday(start, tmp_path):
    assert IN_1970["LD_PRELOAD"], "libfaketime is missing; make test installs it"
    data = tmp_path / "data"
    (tmp_path / "people.csv").write_text(f"{card(0)},Ana,Reyes,7,Narra\n{card(1)},Ben,Cruz,7,Narra\n")
    (tmp_path / "hours.csv").write_text(
        "Section,Mon Start,Mon End,Tue Start,Tue End,Wed Start,Wed End,Thu Start,Thu End,Fri Start,Fri End,"
        "Sat Start,Sat End\nNarra,07:00,16:00,,,,,,,,,,\n"
    )
    tamtap("roster", "import", tmp_path / "people.csv", "--data", data)
    tamtap("roster", "import", tmp_path / "hours.csv", "--data", data)
    for day, reason, absent in (("2026-11-26", "NO_CLASSES_TODAY", 0), ("2026-11-30", None, 1)):
        central = Server(start, data)
        if day == "2026-11-26":
            central.prepare()
        running = start(
            "run", "--data", data, "--listen", f"127.0.0.1:{central.port}", "--panel", "json", "--terminal-id",
            "gate-1", "--clock", "rtc", environment=at(f"{day} 07:05:00"),
        )  # fmt: skip
        wait_until(central.answers, 30, f"the server answers: {running.log}")
        running.type(card(0))
        assert running.acks(1)[0]["reason"] == reason
        central.sign_in()
        wait_until(
            lambda: central.get("/api/stats/summary")[1]["stats"]["absent"] == absent, 20, f"{absent} are absent on {day}"
        )
        summary = central.get("/api/stats/summary")[1]
        assert summary["date"] == day and summary["isInstructional"] == (reason is None)
        assert running.stop() == 0


def test_in_the_night_a_tap_is_of_the_evening_before_at_the_gate_and_at_the_server(start, school, tmp_path):
    assert IN_1970["LD_PRELOAD"], "libfaketime is missing; make test installs it"
    assert os.path.exists(IN_1970["LD_PRELOAD"])
    data = tmp_path / "data"
    (tmp_path / "people.csv").write_text(f"{card(0)},Ana,Reyes,7,Narra\n")
    nights = ",".join(["22:00,06:00"] * 5 + [","])
    (tmp_path / "hours.csv").write_text(
        "Section," + ",".join(f"{day} Start,{day} End" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat"))
        + f"\nNarra,{nights}\n"
    )  # fmt: skip
    tamtap("roster", "import", tmp_path / "people.csv", "--data", data)
    tamtap("roster", "import", tmp_path / "hours.csv", "--data", data)
    central = Server(start, data).prepare()
    running = start(
        "run", "--data", data, "--listen", f"127.0.0.1:{central.port}", "--panel", "json", "--terminal-id",
        "gate-1", "--clock", "rtc", environment=at("2026-11-26 00:30:00"),
    )  # fmt: skip
    wait_until(central.answers, 30, f"the server answers: {running.log}")
    running.type(card(0), card(0))
    first, again = running.acks(2)
    assert first["verdict"] == "accepted" and again["verdict"] == "duplicate"
    central.sign_in()
    wait_until(lambda: central.get("/api/attendance/2026-11-25")[1]["count"] == 1, 20, "it is of Wednesday")
    record = central.get("/api/attendance/2026-11-25")[1]["records"][0]
    assert record["date"] == "2026-11-26 00:30:00"[:11] + record["time"] and record["session"] == "AM"
    assert central.get("/api/attendance/2026-11-26")[1]["count"] == 0
    assert running.stop() == 0
