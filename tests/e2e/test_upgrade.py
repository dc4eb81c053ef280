"""Journals that another release wrote: kept, read, and sent.

journals/0.1.0.tar.gz: a gate's journal and roster, written by release 0.1.0; ten taps, four of them
confirmed, six pending.
"""

import datetime
import pathlib
import tarfile
import time
import zlib
import zoneinfo

from conftest import SCHEDULE, card, export, status, tamtap, terminal_arguments, wait_until

JOURNALS = pathlib.Path(__file__).parent / "journals"


def unpacked(name, data):
    with tarfile.open(JOURNALS / name) as archive:
        archive.extractall(data)
    return data


def test_a_backlog_of_release_0_1_0_is_kept_and_sent(tmp_path, start):
    data = unpacked("0.1.0.tar.gz", tmp_path / "data")
    before = status(data)
    assert (before["records"], before["confirmed"], before["pending"]) == (10, 4, 6)
    taps = {record["tap"] for records in export(data).values() for record in records}
    start(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"))
    wait_until(lambda: status(data)["pending"] == 0, 20, "the backlog drains")
    assert {record["tap"] for record in export(data)["attendance"]} == taps
    assert tamtap("journal", "verify", "--data", data).returncode == 0


def test_lines_of_a_later_release_stay_where_they_are(tmp_path, start):
    data = unpacked("0.1.0.tar.gz", tmp_path / "data")
    segment = data / "journal" / "00000001.jsonl"
    content = segment.read_bytes()
    used = len(content.rstrip(b"\n")) + 1
    line = b'{"v":2,"type":"tap","number":11,"who":"somebody"'
    line += b',"crc":"%08x"}\n' % zlib.crc32(line)
    segment.write_bytes(content[:used] + line + content[used + len(line) :])

    assert status(data)["unknown_lines"] == 1
    (tmp_path / "schedule.csv").write_text(SCHEDULE)  # whatever day and hour it is now
    tamtap("roster", "import", tmp_path / "schedule.csv", "--data", data)
    terminal = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    terminal.type(card(10), card(11))
    assert [ack["verdict"] for ack in terminal.acks(2)] == ["accepted"] * 2
    terminal.kill()
    after = status(data)
    assert after["records"] == 12 and after["unknown_lines"] == 1
    assert line in segment.read_bytes()
    assert tamtap("journal", "verify", "--data", data).returncode == 0


def simple_mfrc522(uid):
    """The number that SimpleMFRC522 prints for a card of four bytes: with their check byte."""
    check = 0
    for byte in bytes.fromhex(uid):
        check ^= byte
    return str(int(uid, 16) << 8 | check)


def test_what_an_old_database_holds_of_today_counts_at_a_gate(start, school, mongo):
    import pymongo

    now = datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Manila"))

    def old_document(nfc_id, status, when):
        return {
            "nfc_id": nfc_id, "tamtap_id": "", "name": "First Last", "role": "student",
            "date": f"{when:%Y-%m-%d} 00:00:01", "time": "00:00:01", "session": "AM",
            "status": status, "photo": None,
        }  # fmt: skip

    data = school()
    mongo.run()
    yesterday = now - datetime.timedelta(days=1)
    pymongo.MongoClient(mongo.uri)["tamtap"]["attendance"].insert_many([
        old_document(card(1), "on_time", now),
        old_document(simple_mfrc522(card(2)), "late", now),
        old_document(card(3), "absent", now),
        old_document(card(4), "on_time", yesterday),
    ])  # fmt: skip
    terminal = start(*terminal_arguments(data, mongo.uri, "--timezone", "Asia/Manila"))
    terminal.type(card(5))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: status(data)["pending"] == 0, 20, "the gate reaches the database")
    time.sleep(1)  # what others have is asked for right after that
    terminal.type(*map(card, (1, 2, 3, 4)))
    assert [ack["verdict"] for ack in terminal.acks(4)] == [
        "duplicate", "duplicate", "accepted", "accepted",
    ]  # fmt: skip
