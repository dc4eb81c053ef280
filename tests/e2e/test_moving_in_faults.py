"""What goes wrong when a school moves in is said, with what to do, and is never called a success."""

import json

from conftest import tamtap
from existing_school import Existing
from test_moving_in import database, existing, file, import_, roster  # noqa: F401

NOTHING = "nothing of an existing school in it"


def refused(*arguments):
    done = tamtap(*arguments, check=False)
    assert done.returncode == 1 and done.stdout == "", (done.stdout, done.stderr)
    return done.stderr


def test_what_holds_no_school_is_refused_with_what_to_give_instead(database, tmp_path):  # noqa: F811
    _, base = database
    data = tmp_path / "data"
    other = tmp_path / "other.json"
    other.write_text('{"foo": 1}')
    sheet = tmp_path / "students.xlsx"
    sheet.write_bytes(b"PK\x03\x04")
    folder = tmp_path / "folder"
    folder.mkdir()
    sources = {other: "tamtap_users.json", sheet: "tamtap roster import", f"{base}/mistyped": "name of the database"}
    for source, instead in sources.items():
        for command in (("journal", "import", source, "--data", data), ("attendance", "count", source)):
            said = refused(*command)
            assert NOTHING in said and instead in said
    said = refused("journal", "import", folder, "--data", data)
    assert NOTHING in said and "no journal" in said
    # The name that is taken where there is none is said.
    assert f"{base}/tamtap" in refused("journal", "import", base, "--data", data)


def test_a_file_that_was_cut_says_where_it_ends(existing, file, tmp_path):  # noqa: F811
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    said = refused("journal", "import", file, "--data", tmp_path / "data")
    assert "ends in the middle of attendance[" in said and "restore the last whole copy" in said
    file.write_bytes(b"")
    assert "it is empty" in refused("attendance", "count", file)


def test_half_a_character_costs_its_entry_alone(tmp_path):
    broken = Existing().file()
    broken["attendance"][3]["name"] = "Ni\udcf1o"  # as Python writes a byte that was no text
    broken["attendance"][4]["grade"] = float("nan")
    path = tmp_path / "tamtap_users.json"
    path.write_text(json.dumps(broken, indent=2))
    done = tamtap("journal", "import", path, "--data", tmp_path / "data", check=False)
    assert done.returncode == 1 and "2 entries were left out" in done.stdout
    for place, what in (("attendance[3]", "\\udcf1"), ("attendance[4]", "NaN")):
        (line,) = (line for line in done.stderr.splitlines() if place in line)
        assert what in line and "line " in line and "byte " in line
    assert len(roster(tmp_path / "data")[0]) == 50


def without_dry_run(said):
    return {key: value for key, value in said.items() if key not in ("dry_run", "store")}


def test_a_dry_run_says_what_the_import_then_does(existing, database, tmp_path):  # noqa: F811
    former, base = database
    data, uri = tmp_path / "data", f"{base}/existing"
    former.attendance.insert_one({"nfc_id": "1", "date": "soon", "status": "late"})
    former.admins.insert_one({"username": "x" * 65, "password": "$2b$04$" + "a" * 53})
    command = ("journal", "import", uri, "--data", data, "--json")
    for fresh in (50, 0):
        would, did = (tamtap(*command, *more, check=False) for more in (("--dry-run",), ()))
        assert would.returncode == did.returncode == 1 and would.stderr == did.stderr
        assert without_dry_run(json.loads(would.stdout)) == without_dry_run(json.loads(did.stdout))
        assert json.loads(did.stdout)["people"] == fresh
        assert len(json.loads(did.stdout)["left_out"]) == 2
    again = tamtap("journal", "import", uri, "--data", data, "--dry-run", check=False).stdout
    assert "people: 0 new, 50 unchanged" in again and "\n0 taps would be imported" in again and "accounts: 0 new" in again


def test_who_is_new_is_named_and_who_was_removed_here_stays_out(existing, file, tmp_path):  # noqa: F811
    data = tmp_path / "data"
    said = tamtap("journal", "import", file, "--data", data, "--dry-run").stdout
    named = [line for line in said.splitlines() if line.startswith("new: ")]
    assert len(named) == 21 and named[-1] == "new: and 30 more"
    assert existing.students[0]["name"] in named[0]
    import_(file, data)
    person = existing.students[0]
    tamtap("roster", "remove", person["nfc_id"], "--data", data)
    again = tamtap("journal", "import", file, "--data", data).stdout
    assert f"{person['name']} of" in again and "was removed here on" in again and "new: " not in again
    assert len(roster(data)[0]) == 49
    back = tamtap("journal", "import", file, "--data", data, "--bring-back").stdout
    assert "people: 1 new" in back and f"new: {person['name']} of" in back
    assert len(roster(data)[0]) == 50


def test_a_person_is_one_row_whatever_card_they_tapped_with(existing, file, tmp_path):  # noqa: F811
    data = tmp_path / "data"
    import_(file, data)
    before = tamtap("attendance", "count", "--data", data, "--by", "person", "--csv").stdout.splitlines()
    person = next(each for each in existing.students if any(line.startswith(each["nfc_id"]) for line in before))
    tamtap("roster", "replace-card", person["tamtap_id"], "7A000003", "--data", data)
    second = {**existing.file(), "attendance": [
        {**existing.entry(person, "2025-06-11", "07:00:00", "on_time"), "nfc_id": "7A000003"}], "pending_attendance": []}
    file.write_text(json.dumps(second))
    import_(file, data)
    after = tamtap("attendance", "count", "--data", data, "--by", "person", "--csv").stdout.splitlines()
    assert len(after) == len(before)
    assert not any(line.startswith(person["nfc_id"]) for line in after)
    (row,) = (line for line in after if line.startswith("7A000003,"))
    assert person["name"] in row


def test_taps_of_another_journal_are_said_to_wait_for_the_sync(file, tmp_path):  # noqa: F811
    data, other = tmp_path / "data", tmp_path / "other"
    import_(file, data)
    first = tamtap("journal", "import", data / "journal", "--data", other).stdout
    assert "wait for the next sync" in first
    second = tamtap("journal", "import", data / "journal", "--data", other).stdout
    assert second.startswith("0 taps imported") and "wait" not in second
    assert "give that" in refused("journal", "import", data, "--data", other)
