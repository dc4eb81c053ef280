"""An existing school moves in: people, days, marks, accounts and photos come over, and the counts are the same."""

import csv
import io
import json
import os
import shutil
import subprocess

import pymongo
import pytest
from conftest import (
    BUILD, ROOT, SCHEDULE, TAMTAP, Server, export, free_port, status, tamtap, wait_until,
)  # fmt: skip
from existing_school import DAYS, PASSWORDS, Existing, bcrypt

IN_TIME = 30


@pytest.fixture(scope="module")
def existing():
    return Existing()


@pytest.fixture
def file(existing, tmp_path):
    path = tmp_path / "tamtap_users.json"
    path.write_text(json.dumps(existing.file(), ensure_ascii=False))
    return path


@pytest.fixture
def database(existing, mongo):
    mongo.run()
    client = pymongo.MongoClient(mongo.uri)
    existing.fill(client["existing"])
    return client["existing"], mongo.uri.rpartition("/")[0]


def roster(data, *more):
    found = json.loads(tamtap("roster", "list", "--json", "--data", data, *more).stdout)
    return {each["nfc_id"]: each for each in found["students"] + found["teachers"]}, found


def import_(source, data, *more):
    return json.loads(tamtap("journal", "import", source, "--data", data, "--json", *more).stdout)


def records(server):
    code, body = server.get(f"/api/attendance/range/query?from={DAYS[0]}&to={DAYS[-1]}")
    assert code == 200, body
    return body["records"]


def statuses(found):
    return {(each["nfc_id"], each["day"]): each["status"] for each in found}


def check_people(existing, people):
    assert len(people) == 50
    for person in existing.students + existing.teachers:
        here = people[person["nfc_id"]]
        for key in ("tamtap_id", "name", "first_name", "last_name", "email", "section", "registered"):
            assert here[key] == person[key], person
        assert here["grade"] == str(person["grade"])


def check_marks(existing, found):
    marks = {(each["nfc_id"], each["day"]): each for each in found if each["terminal"] == "staff"}
    assert len(marks) == len(existing.marks)
    for mark in existing.marks:
        here = marks[(mark["nfc_id"], mark["date"])]
        assert here["marked_by"] == "cruz" and here["marked_by_name"] == "T. Cruz"
        assert here["marked_at"].startswith(mark["date"])
        for key in ("excuse_reason", "excuse_note"):
            assert here.get(key) == mark.get(key)


def test_a_gates_file_comes_over_whole_and_twice_is_once(existing, file, start, tmp_path):
    data = tmp_path / "data"
    would = import_(file, data, "--dry-run")
    assert would["school"]["people"]["new"] == 50 and would["dry_run"]
    assert roster(data)[0] == {}
    first = import_(file, data)
    assert first["left_out"] == [] and first["people"] == 50
    assert first["taps"] == {"new": len(existing.taps + existing.pending), "unchanged": 0}
    assert first["marks"] == {"new": len(existing.marks), "unchanged": 0}
    second = import_(file, data)
    assert second["school"]["people"] == {"new": 0, "unchanged": 50, "kept": 0}
    assert second["taps"] == {"new": 0, "unchanged": len(existing.taps + existing.pending)}
    assert second["marks"] == {"new": 0, "unchanged": len(existing.marks)}
    people, _ = roster(data)
    check_people(existing, people)
    assert {person["role"] for person in people.values()} == {"student", "teacher"}
    journal = export(data)
    # What the central store has is confirmed, whatever the gate's file said of it.
    assert len(journal["attendance"]) == len(existing.taps + existing.pending)
    assert journal["pending_attendance"] == []

    server = Server(start, data).prepare().run().sign_in()
    found = records(server)
    assert statuses(found) == existing.counts()
    check_marks(existing, found)
    # The next person gets a number that nobody has.
    tamtap("roster", "add", "7A000001", "--first-name", "Zoe", "--section", "Narra", "--data", data)
    numbers = [person["tamtap_id"] for person in roster(data)[0].values()]
    assert len(set(numbers)) == 51


def test_what_cant_be_read_is_named_and_all_else_comes(existing, tmp_path):
    broken = existing.file()
    broken["attendance"] = broken["attendance"] + [{"nfc_id": "", "date": DAYS[0]}, {"nfc_id": "1", "date": "soon"}]
    broken["students"]["7A000002"] = "Zoe"
    path = tmp_path / "tamtap_users.json"
    path.write_text(json.dumps(broken))
    done = tamtap("journal", "import", path, "--data", tmp_path / "data", check=False)
    assert done.returncode == 1
    total = len(existing.taps + existing.marks)
    for name in (f"attendance[{total}]", f"attendance[{total + 1}]", 'students["7A000002"]'):
        assert f"left out: {name}" in done.stderr
    assert "3 entries were left out" in done.stdout
    assert len(roster(tmp_path / "data")[0]) == 50


def test_what_the_school_said_since_then_stays(existing, file, tmp_path):
    data = tmp_path / "data"
    import_(file, data)
    person = existing.students[0]
    tamtap("roster", "replace-card", person["tamtap_id"], "7A000003", "--data", data)
    again = import_(file, data)
    assert again["school"]["people"] == {"new": 0, "unchanged": 49, "kept": 1}
    assert any(person["name"] in note for note in again["notes"])
    assert len(roster(data)[0]) == 50


@pytest.mark.parametrize("into", ["sqlite", "mongodb"])
def test_a_database_comes_over_whole_and_is_left_as_it_is(existing, database, start, tmp_path, into):
    former, base = database
    before = {name: sorted(map(str, former[name].find())) for name in former.list_collection_names()}
    data = tmp_path / "data"
    central = [] if into == "sqlite" else ["--central", f"{base}/tamtap"]
    uri = f"{base}/existing"
    first = import_(uri, data, *central)
    assert first["left_out"] == []
    school = first["school"]
    assert (school["people"]["new"], school["schedules"]["new"], school["calendar"]["new"]) == (50, 3, 1)
    assert school["settings"]["new"] == 1 and any("theme" in note for note in first["notes"])
    assert first["accounts"]["new"] == 3
    assert first["taps"]["new"] == len(existing.taps + existing.pending)
    assert first["marks"]["new"] == len(existing.marks)
    second = import_(uri, data, *central)
    assert second["taps"]["new"] == second["marks"]["new"] == second["accounts"]["new"] == 0
    assert second["school"]["people"] == {"new": 0, "unchanged": 50, "kept": 0}
    assert {name: sorted(map(str, former[name].find())) for name in former.list_collection_names()} == before

    people, found = roster(data, *central)
    check_people(existing, people)
    schedules = {each["section"]: each for each in found["schedules"]}
    assert schedules["Narra"]["weekly_schedule"]["monday"] == {"start": "07:00", "end": "17:00"}
    assert "saturday" not in schedules["Narra"]["weekly_schedule"]
    assert schedules["Molave"]["weekly_schedule"]["monday"] == {"start": "07:30", "end": "17:00"}
    assert schedules["Yakal"]["weekly_schedule"]["friday"] == {"start": "06:30", "end": "16:30"}
    assert {"key": "saturdayClassesEnabled", "value": "true"} in found["settings"]
    server = Server(start, data, central=central[1] if central else None).prepare().run().sign_in()
    found = records(server)
    assert statuses(found) == existing.counts()
    check_marks(existing, found)
    check_staff(server, data)


def check_staff(server, data):
    """They sign in with their passwords; the hashes of the former installation go."""

    def sign_in(name, password):
        return server.request("/api/auth/login", "POST", {"username": name, "password": password})[0]

    def accounts():
        listed = json.loads(tamtap("account", "list", "--json", "--data", data).stdout)
        return {each["username"]: each for each in listed}

    server.cookie = None
    wait_until(lambda: len(accounts()) == 4, IN_TIME, "the accounts are here")
    assert {name: each["role"] for name, each in accounts().items()} == {
        "head": "admin", "office": "admin", "cruz": "adviser", "Begoña": "adviser",
    }  # fmt: skip
    assert accounts()["cruz"]["sections"] == ["Narra", "Molave"]
    assert sign_in("cruz", "pw1235") == 401
    assert accounts()["cruz"]["former_password"]
    for name, password in PASSWORDS.items():
        assert sign_in(name, password) == 200, name
        assert not accounts()[name]["former_password"]
        assert sign_in(name, password) == 200, name
    assert sign_in("cruz@school.example", PASSWORDS["cruz"]) == 200
    assert sign_in("man\u0303ana", PASSWORDS["cruz"]) == 401
    for path in data.glob("server.db*"):
        assert b"$2a$04$" not in path.read_bytes() and b"$2y$04$" not in path.read_bytes(), path


def test_staff_of_the_database_that_a_server_stands_on_sign_in(existing, database, start, tmp_path):
    former, base = database
    data = tmp_path / "data"
    server = Server(start, data, central=f"{base}/existing").prepare().run()
    check_staff(server, data)
    # Its own server goes on reading its hashes there.
    assert former.teachers.find_one({"username": "cruz"})["password"].startswith("$2a$")
    # Who is removed here does not come back at the next look.
    tamtap("account", "remove", "cruz", "--data", data)
    server.process.stop()
    server.run()
    wait_until(lambda: server.answers(), IN_TIME, "it is up again")
    listed = tamtap("account", "list", "--data", data).stdout
    assert "cruz" not in listed and "office" in listed


def two_of_one_name(former):
    """An admin and a teacher of one name, an adviser known by name alone, and somebody without a password."""
    former.admins.insert_one({
        "username": "jdcruz", "name": "Punong Guro", "email": "head@school.ph", "password": bcrypt("of the admin"),
        "forcePasswordChange": True,
    })  # fmt: skip
    former.teachers.insert_many([
        {"username": "JDCruz", "email": "jd@school.ph", "password": bcrypt("of the teacher")},
        {"username": "lsan", "first_name": "Liza", "last_name": "San", "password": bcrypt("of liza")},
        {"username": "idle"},
    ])  # fmt: skip
    former.schedules.insert_many([
        {"section": "Ipil", "adviser_name": "Liza San", "time_in": "07:00"},
        {"section": "Dao", "adviser_name": "Nobody Here", "time_in": "07:00"},
    ])  # fmt: skip


def check_two_of_one_name(server, data):
    def sign_in(password):
        body = {"username": "jdcruz", "password": password}
        return server.request("/api/auth/login", "POST", body)[:2]

    def accounts():
        listed = json.loads(tamtap("account", "list", "--json", "--data", data).stdout)
        return {each["username"]: each for each in listed}

    wait_until(lambda: "lsan" in accounts(), IN_TIME, "the accounts are here")
    assert accounts()["jdcruz"]["role"] == "admin" and "JDCruz" not in accounts() and "idle" not in accounts()
    assert (accounts()["lsan"]["role"], accounts()["lsan"]["sections"]) == ("adviser", ["Ipil"])
    server.cookie = None
    assert sign_in("of the teacher")[0] == 401
    code, body = sign_in("of the admin")
    assert code == 200, body
    user = (json.loads(body) if isinstance(body, (bytes, str)) else body)["user"]
    assert (user["name"], user["email"], user["role_type"]) == ("Punong Guro", "head@school.ph", "admin")
    assert user["forcePasswordChange"]


def test_of_two_accounts_of_one_name_the_admins_is_whole(database, start, tmp_path):
    former, base = database
    two_of_one_name(former)
    data = tmp_path / "data"
    done = tamtap("journal", "import", f"{base}/existing", "--data", data, "--json", check=False)
    first = json.loads(done.stdout)
    assert done.returncode == 1 and first["accounts"] == {"new": 5, "changed": 0, "unchanged": 0, "removed": 0}
    assert [each.partition(" (")[0].partition(":")[0] for each in first["left_out"]] == ["account JDCruz", "account idle"]
    assert "adviser Nobody Here of section Dao is nobody known here" in first["notes"]
    tamtap("account", "remove", "cruz", "--data", data)
    again = tamtap("journal", "import", f"{base}/existing", "--data", data, "--json", check=False)
    assert json.loads(again.stdout)["accounts"] == {"new": 0, "changed": 0, "unchanged": 4, "removed": 1}
    check_two_of_one_name(Server(start, data).prepare().run(), data)


def test_of_two_accounts_of_one_name_the_admins_is_whole_on_their_database(database, start, tmp_path):
    former, base = database
    two_of_one_name(former)
    data = tmp_path / "data"
    check_two_of_one_name(Server(start, data, central=f"{base}/existing").prepare().run(), data)


def test_a_gate_of_a_server_brings_its_taps_and_says_what_it_cant_bring(existing, file, server, tmp_path):
    ours = server().run().sign_in()
    gate = tmp_path / "gate"
    ours.enroll(gate)
    done = tamtap("journal", "import", file, "--data", gate, check=False)
    assert done.returncode == 1
    assert done.stderr.count("import it on the machine of") == len(existing.marks)
    assert len(roster(gate)[0]) == 50 and len(roster(ours.data)[0]) == 50
    assert status(gate)["records"] == len(existing.taps + existing.pending)
    refused = tamtap("journal", "import", "mongodb://127.0.0.1:1/tamtap", "--data", gate, check=False)
    assert refused.returncode == 1 and "on the machine of" in refused.stderr


def make_photos(existing, directory):
    """A folder for each day, as the existing gate leaves them. Returns how many."""
    (picture,) = list((BUILD / "photos").glob("*.jpg"))[:1]
    names = list(existing.photos())
    # One that its entry does not name, and that is found by its name.
    entry = next(each for each in existing.taps if not each["photo"] and "photo_path" not in each)
    person = next(each for each in existing.students + existing.teachers if each["tamtap_id"] == entry["tamtap_id"])
    unnamed = (entry["date"][:10], existing.photo_name(person, entry["time"]))
    for day, name in [*names, unnamed]:
        (directory / day).mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, directory / day / name)
    return len(names) + 1, unnamed


def photos_(directory, data, *more, check=True):
    return json.loads(tamtap("photos", "import", directory, "--data", data, "--json", *more, check=check).stdout)


def test_photos_come_over_and_are_those_of_their_taps(existing, file, start, tmp_path):
    data, folder = tmp_path / "data", tmp_path / "photos"
    count, unnamed = make_photos(existing, folder)
    import_(file, data, "--photos", folder)
    assert photos_(folder, data, "--dry-run")["imported"] == count
    assert not (data / "photos").exists()
    first = photos_(folder, data)
    assert (first["imported"], first["without_tap"], first["left_out"]) == (count, 0, [])
    # What was cut short goes on, and what is there is left alone.
    kept = sorted((data / "photos").rglob("*.jpg"))
    kept[0].unlink()
    before = {path: path.stat().st_mtime_ns for path in kept[1:]}
    assert (photos_(folder, data)["imported"], photos_(folder, data)["unchanged"]) == (1, count)
    assert before == {path: path.stat().st_mtime_ns for path in kept[1:]}
    server = Server(start, data).prepare().run().sign_in()
    shown = [(each["day"], each["photo"]) for each in records(server) if each["photo"]]
    assert unnamed in shown and len(shown) == count
    for day, name in shown[:5] + [unnamed]:
        assert "Niño" not in name
        code, body, _ = server.request(f"/photos/{day}/{name}")
        assert code == 200 and body.startswith(b"\xff\xd8\xff"), name
    # What is no photo is named, and all else comes.
    day = folder / DAYS[0]
    (day / "letter.jpg").write_bytes(b"Dear parents")
    (day / "notes.txt").write_text("x")
    shutil.copy(kept[1], day / "999_Nobody_Here_070000_AM.jpg")
    done = photos_(folder, data, check=False)
    assert done["imported"] == 1 and done["without_tap"] == 2
    assert sorted(each.partition(":")[0] for each in done["left_out"]) == [f"{DAYS[0]}/letter.jpg", f"{DAYS[0]}/notes.txt"]


def test_odd_things_among_the_photos_are_named_and_neither_followed_nor_waited_for(existing, file, tmp_path):
    data, folder = tmp_path / "data", tmp_path / "photos"
    count, _ = make_photos(existing, folder)
    day = folder / DAYS[0]
    picture = next(day.glob("*.jpg"))
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(picture, outside / "secret.jpg")
    (day / "link.jpg").symlink_to(picture.name)
    (day / "sub.jpg").mkdir()
    os.mkfifo(day / "p.jpg")
    (day / "cut.jpg").write_bytes(picture.read_bytes()[:2000])
    shutil.copy(picture, os.fsencode(day) + b"/ni\xf1o.jpg")
    (folder / "2025-06-30").symlink_to(outside)
    (folder / "2025-06-29").write_text("x")
    import_(file, data, "--photos", folder)
    would = photos_(folder, data, "--dry-run", check=False)
    done = photos_(folder, data, check=False)
    assert would == {**done, "dry_run": True}
    assert done["imported"] == count
    reasons = dict(each.split(": ", 1) for each in done["left_out"])
    assert {name.removeprefix(f"{DAYS[0]}/") for name in reasons} == {
        "link.jpg", "sub.jpg", "p.jpg", "cut.jpg", "ni\\xf1o.jpg", "2025-06-30", "2025-06-29",
    }  # fmt: skip
    for name, words in (("link.jpg", "symbolic link"), ("sub.jpg", "a folder"), ("p.jpg", "no regular file")):
        assert words in reasons[f"{DAYS[0]}/{name}"]
    assert "not UTF-8" in reasons[f"{DAYS[0]}/ni\\xf1o.jpg"] and "symbolic link" in reasons["2025-06-30"]
    assert not (data / "photos" / "2025-06-30").exists()
    (data / "photos" / DAYS[0] / picture.name).unlink()
    said = tamtap("photos", "import", folder, "--data", data, check=False)
    assert said.returncode == 1 and said.stdout.startswith("1 photo imported,")


def counted(*arguments, by="record"):
    return tamtap("attendance", "count", *arguments, "--by", by, "--csv").stdout


def test_the_counts_before_and_after_are_the_same(existing, file, database, tmp_path):
    _, base = database
    data, other = tmp_path / "data", tmp_path / "other"
    import_(file, data)
    import_(f"{base}/existing", other)
    for by in ("day", "person", "section", "record"):
        before = counted(file, by=by)
        assert counted("--data", data, by=by) == before
        assert counted(f"{base}/existing", by=by) == before
        assert counted("--data", other, by=by) == before
    rows = list(csv.DictReader(io.StringIO(counted("--data", data))))
    mine = {(row["nfc_id"], row["day"]): next(s for s in ("on_time", "late", "absent", "excused") if row[s] == "1") for row in rows}
    assert mine == existing.counts()
    total = json.loads(tamtap("attendance", "count", "--data", data, "--json").stdout)
    assert total["all"] == {status: existing.summary()[status] for status in ("on_time", "late", "absent", "excused")}
    some = json.loads(tamtap("attendance", "count", file, "--from", DAYS[1], "--to", DAYS[2], "--json").stdout)
    assert [row["day"] for row in some["rows"]] == DAYS[1:3]
    assert not (tmp_path / "tamtap-data").exists()
    wrong = tamtap("attendance", "count", file, "--from", "June", check=False)
    assert wrong.returncode == 1 and "YYYY-MM-DD" in wrong.stderr


def test_a_newcomer_moves_in_by_the_page_alone(existing, file, database, start, tmp_path):
    """docs/moving-in.md, command by command, in a folder with the copies that it speaks of."""
    _, base = database
    here = tmp_path
    make_photos(existing, here / "photos")
    person = existing.students[0]
    header = "nfc_id,first_name,last_name,grade,section\n"
    (here / "students.csv").write_text(f"{header}{person['nfc_id']},{person['first_name']},Married,7,{person['section']}\n")
    (here / "schedule.csv").write_text(SCHEDULE)
    (here / "bin").mkdir()
    (here / "bin" / "tamtap").symlink_to(TAMTAP)
    places = {"/var/lib/tamtap": f"{here}/data", "mongodb://localhost:27017/tamtap": f"{base}/existing"}
    printed = [
        line.strip() for line in (ROOT / "docs" / "moving-in.md").read_text().splitlines() if line.startswith("    ")
    ]
    *commands, run = printed
    assert len(commands) == 14 and run.startswith("tamtap run ")
    said = {}
    for command in commands:
        words = command
        for place, ours in places.items():
            words = words.replace(place, ours)
        done = subprocess.run(
            words, shell=True, cwd=here, capture_output=True, text=True, input="correct horse\n", timeout=120,
            env={**os.environ, "PATH": f"{here}/bin:{os.environ['PATH']}"},
        )  # fmt: skip
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        said[command] = done.stdout
    assert said["diff before.csv after.csv"] == ""
    assert "people: 50 new" in said[commands[3]] and "nothing was changed" in said[commands[3]]
    assert "people: 50 new" in said[commands[4]]
    assert "people: 0 new, 50 unchanged" in said[commands[5]] and "accounts: 3 new" in said[commands[5]]
    assert all(name in said["tamtap account list --data /var/lib/tamtap"] for name in PASSWORDS)
    port = free_port()
    words = run.replace("/var/lib/tamtap", f"{here}/data").split()[1:]
    start(*words, "--listen", f"127.0.0.1:{port}", "--panel", "json")
    server = Server(start, here / "data", port=port)
    wait_until(server.answers, IN_TIME, "it runs")
    server.sign_in()
    assert statuses(records(server)) == existing.counts()
    check_marks(existing, records(server))
