"""Our gates beside an existing TamTap server on one database: what each writes, the other understands."""

import json
import re
import time

import pytest
from conftest import Server, card, export, free_port, status, tamtap, terminal_arguments, wait_until
from existing_server import Ears, ExistingServer, mfrc522, today

IN_TIME = 20  # seconds, for what takes a moment on a quiet machine


@pytest.fixture
def existing(mongo):
    mongo.run()
    return ExistingServer(mongo.uri).make(people=10)


@pytest.fixture
def gate(start, tmp_path, mongo, existing):
    def make(*more, data="gate"):
        directory = tmp_path / data
        process = start(
            *terminal_arguments(directory, mongo.uri, "--reader", "stdin", "--timezone", "Asia/Manila", *more)
        )
        process.data = directory
        wait_until(lambda: any("the school changed" in line for line in process.log), IN_TIME, "the gate knows the school")
        return process

    return make


def tap(gate, *people):
    """Taps of these students; their acks, when all that is accepted is in the database."""
    gate.type(*(ExistingServer.student(n)["nfc_id"] for n in people))
    acks = gate.acks(len(people))
    wait_until(lambda: status(gate.data)["pending"] == 0, IN_TIME, "the taps are in the database")
    return acks


def ids(*people):
    return sorted(ExistingServer.student(n)["nfc_id"] for n in people)


def test_who_tapped_is_in_its_lists_and_its_marks_pass_them_by(gate, existing):
    process = gate()
    acks = tap(process, 0, 1, 2)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 3
    assert existing.pending("Narra") == ids(3, 5, 6, 7, 8)
    (record,) = existing.history(ids(0)[0])
    assert record["status"] == "on_time" and re.fullmatch(r"\d\d:\d\d:\d\d", record["time"])
    assert record["date"] == f"{today()} {record['time']}"
    rows = {row["NFC ID"]: row for row in existing.export("Narra")}
    assert sorted(rows) == ids(0, 1, 2)
    row = rows[ids(1)[0]]
    assert (row["Student Name"], row["Student Email"], row["Section"], row["Date"], row["Status"]) == (
        "First1 Last1", "s1@school.example", "Narra", today(), "on_time",
    )  # fmt: skip
    assert row["Time In"] and existing.mark_absent(ids(0)[0]) == 409
    assert existing.bulk_absent("Narra") == ids(3, 5, 6, 7, 8)
    assert existing.summary("Narra") == {"on_time": 3, "absent": 5}
    assert existing.pending("Narra") == []
    # Its indexes and ours stand beside each other; in `attendance` nothing is unique but the id.
    indexes = existing.db.attendance.index_information().values()
    assert not [each for each in indexes if each.get("unique") and each["key"] != [("_id", 1)]]
    for collection, key in (("students", "nfc_id"), ("schedules", "section"), ("teachers", "username")):
        there = existing.db[collection].index_information().values()
        assert [each for each in there if each["key"] == [(key, 1)] and each.get("unique")], collection


def test_who_is_marked_and_then_taps_is_there_once_and_came(gate, existing):
    assert existing.mark_absent(ids(0)[0]) == 200
    existing.mark_excused(ids(1)[0])
    process = gate()
    assert existing.mark_absent(ids(2)[0]) == 200  # while the gate runs
    acks = tap(process, 0, 1, 2)
    assert [ack["verdict"] for ack in acks] == ["accepted"] * 3, "a mark turns nobody away"
    tap(gate(data="another"), 5)  # whoever asks for the day's arrivals finds what is left to do
    wait_until(lambda: existing.summary("Narra") == {"on_time": 4}, IN_TIME, "each is there once")
    assert [len(existing.history(each)) for each in ids(0, 1, 2)] == [1, 1, 1]
    kept = {each["nfc_id"]: each for each in existing.db.tamtap_taken_in.find()}
    assert sorted(kept) == ids(0, 1, 2) and kept[ids(1)[0]]["excuse_reason"] == "Medical"


def test_a_mark_over_a_tap_stands_on_its_pages_and_the_tap_on_ours(gate, existing, start, tmp_path, mongo):
    process = gate()
    tap(process, 0)
    existing.mark_excused(ids(0)[0])
    (record,) = existing.history(ids(0)[0])
    assert record["status"] == "excused" and record["time"]
    assert tap(process, 0)[0]["verdict"] == "duplicate"
    other = gate(data="another")
    tap(other, 1)
    wait_until(lambda: tap(other, 0)[0]["verdict"] == "duplicate", IN_TIME, "the other gate knows")
    server = Server(start, tmp_path / "server", central=mongo.uri).prepare().run().sign_in()
    mine = {record["nfc_id"]: record["status"] for record in server.attendance()}
    assert mine == {ids(0)[0]: "on_time", ids(1)[0]: "on_time"}


def test_our_marks_are_marks_to_it_and_its_marks_to_us(existing, start, tmp_path, mongo):
    server = Server(start, tmp_path / "server", central=mongo.uri).prepare().run().sign_in()
    assert existing.mark_absent(ids(0)[0]) == 200
    existing.mark_excused(ids(1)[0])
    code, body, _ = server.request(
        f"/api/attendance/{today()}/marks", "POST", {"nfc_id": ids(2)[0], "status": "absent"}
    )
    assert code == 200, body
    assert existing.mark_absent(ids(2)[0]) == 409
    (record,) = existing.history(ids(2)[0])
    assert record["status"] == "absent" and record["date"] == today() and record["time"] is None
    assert existing.summary("Narra") == {"absent": 2, "excused": 1}
    ours = {record["nfc_id"]: record["status"] for record in server.attendance()}
    assert ours == {ids(0)[0]: "absent", ids(1)[0]: "excused", ids(2)[0]: "absent"}


def test_people_of_either_are_people_of_both(gate, existing, mongo, tmp_path):
    process = gate()
    fresh = {**ExistingServer.student(20), "section": "Narra"}
    existing.db.students.insert_one(fresh)
    process.type(fresh["nfc_id"])
    assert process.acks(1)[0]["reason"] == "UNKNOWN_CARD"

    def known():
        process.type(fresh["nfc_id"])
        return process.acks(1)[0]["verdict"] == "accepted"

    wait_until(known, 12, "who is unknown is asked for at once")
    existing.db.students.update_one({"nfc_id": ids(0)[0]}, {"$set": {"section": "Yakal", "first_name": "Anna"}})
    existing.db.students.delete_one({"nfc_id": ids(1)[0]})
    other = gate(data="another")
    other.type(*ids(0, 1))
    changed, removed = other.acks(2)
    assert changed["verdict"] == "accepted" and removed["reason"] == "UNKNOWN_CARD"
    wait_until(lambda: existing.of_day(nfc_id=ids(0)[0]), IN_TIME, "the tap is there")
    assert existing.of_day(nfc_id=ids(0)[0])[0]["section"] == "Yakal"
    # And one whom we add.
    roster = tmp_path / "more.csv"
    roster.write_text(f"{mfrc522('7A000001')},Nina,Peña,8,Molave\n")
    tamtap("roster", "import", roster, "--central", mongo.uri, "--data", other.data)
    wait_until(lambda: existing.db.students.find_one({"first_name": "Nina"}), IN_TIME, "it is in its collection")
    added = existing.db.students.find_one({"first_name": "Nina"})
    assert added["nfc_id"] == mfrc522("7A000001") and added["name"] == "Nina Peña"
    assert added["tamtap_id"] and added["registered"] and (added["grade"], added["section"]) == ("8", "Molave")
    assert existing.mark_absent(added["nfc_id"]) == 200
    assert existing.db.students.find_one({"nfc_id": ids(2)[0]}).keys() >= ExistingServer.student(2).keys()


def test_it_hears_of_taps_and_refusals_and_nothing_waits_for_it(gate, existing):
    port = free_port()
    process = gate("--notify", f"http://127.0.0.1:{port}")
    began = time.monotonic()
    tap(process, 0)
    assert time.monotonic() - began < 5, "it is away, and nothing waits"
    ears = Ears(port)
    tap(process, 1)
    wait_until(lambda: len(ears.of("/attendance")) >= 1, IN_TIME, "it hears of a tap")
    heard = ears.of("/attendance")[-1]
    assert (heard["nfc_id"], heard["name"], heard["section"]) == (ids(1)[0], "First1 Last1", "Narra")
    time.sleep(2.5)  # its connection is closed by then, as servers do with idle ones
    tap(process, 2)
    process.type("DEADBEEF")
    assert process.acks(1)[0]["reason"] == "UNKNOWN_CARD"
    existing.db.calendar.insert_one({"type": "suspension", "date": today(), "section": None, "reason": "Typhoon"})
    later = gate("--notify", ears.url, data="another")
    later.type(ids(3)[0])
    assert later.acks(1)[0]["reason"] == "NO_CLASSES_TODAY"
    wait_until(lambda: len(ears.of("/fail")) == 2, IN_TIME, "it hears of refusals")
    unknown, refused = ears.of("/fail")
    assert unknown == {"nfc_id": "DEADBEEF", "name": "Unknown card", "reason": "UNKNOWN_CARD"}
    assert refused == {"nfc_id": ids(3)[0], "name": "First3 Last3", "reason": "NO_CLASSES_TODAY"}
    assert [each["nfc_id"] for each in ears.of("/attendance")][-1] == ids(2)[0]
    assert not ears.refused
    complaints = [line for line in process.log if "notify:" in line and "no TamTap server" in line]
    assert not complaints, "it is one, of another kind"
    ears.close()


def test_who_leaves_has_not_arrived_twice(gate, existing):
    existing.db.settings.insert_many([
        {"key": "departures", "value": "on"}, {"key": "departures.after_minutes", "value": 1},
    ])  # fmt: skip
    ears = Ears()
    # Somebody came by one of its own gates a while ago, as far as the day allows.
    student = existing.student(1)
    existing.db.attendance.insert_one({
        **{key: student[key] for key in ("nfc_id", "tamtap_id", "name", "first_name", "last_name", "grade", "section")},
        "role": "student", "date": f"{today()} 00:00:00", "time": "00:00:00", "session": "AM", "status": "on_time",
        "photo": "001_First1_Last1_000000_AM.jpg",
    })  # fmt: skip
    process = gate("--notify", ears.url)
    tap(process, 0)
    wait_until(lambda: len(ears.of("/attendance")) == 1, IN_TIME, "the arrival is heard of")

    def leaves():
        return tap(process, 1)[0]["verdict"] == "accepted"

    wait_until(leaves, 90, "they leave")
    wait_until(lambda: len(export(process.data)["attendance"]) == 2, IN_TIME, "both taps are stored")
    tap(gate("--notify", ears.url, data="another"), 5)
    wait_until(lambda: len(existing.history(student["nfc_id"])) == 1, IN_TIME, "the day is there once")
    (record,) = existing.history(student["nfc_id"])
    assert record["time"] == "00:00:00" and record["photo"] == "001_First1_Last1_000000_AM.jpg"
    wait_until(lambda: len(ears.of("/attendance")) == 2, IN_TIME, "the other arrival is heard of")
    assert [each["nfc_id"] for each in ears.of("/attendance")] == ids(0) + ids(5)
    ears.close()


def test_the_secret_of_a_gate_is_shown_to_the_server_that_gave_it_alone(start, school, server):
    data = school()
    ours = server().run()
    ours.enroll(data)
    ears = Ears()
    gate = start(*terminal_arguments(data, ours.url, "--notify", ears.url))
    gate.type(card(1))
    assert gate.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: ears.of("/attendance"), 15, "the other server hears of the tap")
    wait_until(lambda: status(data)["confirmed"] == 1, 15, "ours has it")
    assert ears.credentials == []
    ears.close()
