"""What is kept of people goes when it is too old, and is told or erased when somebody asks for it."""

import contextlib
import json
import shlex
import sqlite3
import time
import zipfile

from conftest import card, status, tamtap, terminal_arguments, wait_until
from test_clock import IN_1970
from test_documents import PRIVACY, of


def today(offset=0):
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 + offset * 86400))  # in Manila


def test_a_person_is_told_everything_and_then_forgotten_also_by_the_gate(start, school, server, tmp_path):
    served = server().run()
    data = school(name="gate")
    served.enroll(data)
    # What a gate has registered before it was enrolled comes to its server.
    gate = start(*terminal_arguments(data, served.url))
    gate.type(*(card(n) for n in range(5)), "04112233")
    assert len([ack for ack in gate.acks(6) if ack["verdict"] == "accepted"]) == 5
    wait_until(lambda: status(data)["pending"] == 0, 30, "the gate has sent all")
    served.sign_in()
    wait_until(lambda: len(served.attendance()) == 5, 10, "the server has them")

    archive = tmp_path / "first1.zip"
    tamtap("roster", "export-person", card(1), archive, "--data", served.data)
    with zipfile.ZipFile(archive) as files:
        assert files.testzip() is None
        person = json.loads(files.read("person.json"))
        assert len(files.read("attendance.csv").splitlines()) == 2, "the columns, and one tap"
    assert person["person"]["name"] == "First1 Last1"
    assert [record["record"]["name"] for record in person["records"]] == ["First1 Last1"]
    again = tamtap("roster", "export-person", card(1), archive, "--data", served.data, check=False)
    assert again.returncode == 1, "it overwrites nothing"

    def erase(*more, stdin=""):
        return tamtap("roster", "erase", "First1 Last1", "--reason", "the parents asked", *more,
                      "--data", served.data, stdin=stdin, check=False)  # fmt: skip

    refused = erase(stdin="First2 Last2\n")
    assert refused.returncode == 1 and "nothing was changed" in refused.stderr
    assert len(served.attendance()) == 5
    erased = erase(stdin="First1 Last1\n")
    assert erased.returncode == 0 and "1 records" in erased.stdout, erased
    assert "First1 Last1" not in {record["name"] for record in served.attendance()}
    wait_until(lambda: "First1 Last1" not in (data / "roster.json").read_text(), 15, "the gate forgets them")

    # Neither a restart nor a look whether the store went back brings them again.
    gate.stop()
    gate = start(*terminal_arguments(data, served.url))
    gate.type(card(1), card(7))
    assert [ack["reason"] for ack in gate.acks(2)] == ["UNKNOWN_CARD", None]
    wait_until(lambda: len(served.attendance()) == 5, 30, "the next tap arrives")
    assert not [line for line in gate.log if "lost taps" in line or "lacks" in line]
    assert "First1 Last1" not in {record["name"] for record in served.attendance()}
    left = [path for path in served.data.glob("central.db*") if b"First1 Last1" in path.read_bytes()]
    assert not left, "nor is the name left in the file"
    code, audit = served.get("/api/audit?what=erase")
    assert code == 200
    assert [(each["who"], each["whom"]) for each in audit["data"]] == [("command line", "somebody who was erased")]
    assert "First1 Last1" not in json.dumps(served.get("/api/audit?limit=1000")[1])


def test_what_is_too_old_goes_from_a_server_at_its_start(start, school, server):
    served = server(more=("--clock", "rtc")).run()
    data = school(name="gate")
    served.enroll(data)
    gate = start(*terminal_arguments(data, served.url))
    gate.type(*(card(n) for n in range(3)))
    gate.acks(3)
    wait_until(lambda: status(data)["pending"] == 0, 30, "the gate has sent all")
    gate.stop()
    served.process.stop()
    old = today(-40)
    with contextlib.closing(sqlite3.connect(served.data / "central.db")) as store:
        for row in range(1000):
            person = f"{0xB0000000 + row:08X}"
            store.execute("INSERT INTO attendance VALUES(?, ?, ?, 'Narra', ?, ?)",
                          (f"{old}/{person}", old, person, row, f"t{row}"))  # fmt: skip
        store.commit()
    photos = served.data / "photos" / old
    photos.mkdir(parents=True)
    (photos / "a.jpg").write_bytes(b"a face")
    tamtap("settings", "set", "retention.records_days", "30", "--data", served.data)
    served.run()

    def days():
        with contextlib.closing(sqlite3.connect(f"file:{served.data}/central.db?mode=ro", uri=True)) as store:
            return store.execute("SELECT count(*) FROM attendance WHERE day = ?", (old,)).fetchone()[0]

    wait_until(lambda: days() == 0 and not photos.exists(), 30, "what is too old goes")
    served.sign_in()
    assert len(served.attendance()) == 3, "and nothing else"

    def said():
        return [each["detail"] for each in served.get("/api/audit?who=retention")[1]["data"]]

    wait_until(said, 10, "the trail says so")
    assert said() == [f"1000 persons' days of before {today(-30)}; 1 photos of before {today(-30)}"]
    code, notice = served.get("/api/privacy")
    assert code == 200 and "for 30 days" in json.dumps(notice["languages"]["en"])


def test_photos_of_taps_that_wait_in_a_journal_here_stay(start, school, server):
    """A server may be started where a gate ran, or run beside it: in one directory of photos."""
    served = server(more=("--clock", "rtc"))
    data = school(name="server", people=1)
    gate = start(*terminal_arguments(data, "http://127.0.0.1:9", "--clock", "rtc"),
                 environment={**IN_1970, "FAKETIME": "-5d"})  # fmt: skip
    gate.type(card(0))
    assert [ack["verdict"] for ack in gate.acks(1)] == ["accepted"]
    gate.stop()
    days = {day: served.data / "photos" / day / "a.jpg" for day in (today(-5), today(-6))}
    for photo in days.values():
        photo.parent.mkdir(parents=True)
        photo.write_bytes(b"a face")
    store = f"sqlite:{data}/central.db"
    tamtap("settings", "set", "retention.photos_days", "2", "--data", data, "--central", store)
    served.central = ["--central", store]
    served.run()
    wait_until(lambda: not days[today(-6)].exists(), 30, "what is too old goes")
    assert days[today(-5)].exists(), "its tap is pending"


def test_the_document_is_right(school, tmp_path):
    """Each command that docs/privacy.md prints, in its order."""
    data = school(people=3)
    place = {"PERSON": card(1), "FILE.zip": str(tmp_path / "file.zip")}
    done = 0
    for printed in of(PRIVACY):
        words = [place.get(word, word) for word in shlex.split(printed)[1:]]
        tamtap(*words, "--data", data, stdin="First1 Last1\n")
        done += 1
    assert done == 5
    listed = tamtap("settings", "list", "--data", data).stdout
    assert "730" in listed and "0917 555 0101" in listed
    assert "First1" not in tamtap("roster", "list", "--data", data).stdout
    with zipfile.ZipFile(tmp_path / "file.zip") as files:
        assert json.loads(files.read("person.json"))["person"]["name"] == "First1 Last1"
