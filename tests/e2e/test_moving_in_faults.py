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
