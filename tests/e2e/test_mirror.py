"""A second copy of the journal on another medium, with the release binary."""

import json
import shutil

from conftest import card, export, tamtap, terminal_arguments

NOBODY = "http://127.0.0.1:9"  # no store answers there


def exported_cards(data):
    return sorted(record["nfc_id"] for records in export(data).values() for record in records)


def accepted(terminal, cards):
    """Taps them; the cards that were acknowledged."""
    terminal.type(*cards)
    return [ack["card"] for ack in terminal.acks(len(cards)) if ack["verdict"] == "accepted"]


def test_a_lost_journal_comes_back_from_its_mirror(start, school, tmp_path):
    data, mirror = school(), tmp_path / "stick"
    mirror.mkdir()
    arguments = terminal_arguments(data, NOBODY, "--journal-mirror", mirror)
    cards = [card(n) for n in range(40)]

    terminal = start(*arguments)
    acknowledged = accepted(terminal, cards[:30])
    assert acknowledged == cards[:30]
    terminal.kill()
    shutil.rmtree(data / "journal")  # the card died, and a new one is in

    terminal = start(*arguments)
    acknowledged += accepted(terminal, cards)
    assert acknowledged == cards, "the first thirty are duplicates"
    terminal.kill()

    assert exported_cards(data) == cards
    assert tamtap("journal", "verify", "--data", data).returncode == 0
    for segment in (data / "journal").glob("*.jsonl"):
        # A kill may come while the next segment is prepared: blank lines mean nothing, and the mirror
        # may have none of it yet.
        here = segment.read_bytes().rstrip(b"\n")
        copy = mirror / segment.name
        assert (copy.read_bytes().rstrip(b"\n") if copy.exists() else b"") == here, segment.name


def test_taps_go_on_when_the_mirror_is_pulled_out(start, school, tmp_path):
    data, mirror = school(), tmp_path / "stick"
    mirror.mkdir()
    cards = [card(n) for n in range(20)]
    terminal = start(*terminal_arguments(data, NOBODY, "--journal-mirror", mirror))
    acknowledged = accepted(terminal, cards[:10])
    shutil.rmtree(mirror)
    acknowledged += accepted(terminal, cards[10:])
    terminal.kill()
    assert acknowledged == cards
    assert exported_cards(data) == cards


def files_below(directory):
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def test_a_stick_that_comes_back_to_a_new_journal_is_set_aside_and_its_taps_come_back(
    start, school, tmp_path
):
    before, later = 1_000, 10
    data, mirror = school(people=before + later), tmp_path / "stick"
    mirror.mkdir()
    cards = [card(n) for n in range(before + later)]
    mirrored = terminal_arguments(data, NOBODY, "--journal-mirror", mirror)

    terminal = start(*mirrored)
    assert accepted(terminal, cards[:before]) == cards[:before]
    terminal.kill()
    stick = files_below(mirror)
    shutil.rmtree(data / "journal")  # the card died, and a new one is in

    terminal = start(*terminal_arguments(data, NOBODY))  # one morning without the stick
    assert len(accepted(terminal, cards[before : before + 5])) == 5
    terminal.kill()

    terminal = start(*mirrored)  # the stick comes back
    assert len(accepted(terminal, cards[before + 5 :])) == 5
    [aside] = (mirror / "set-aside").iterdir()
    assert files_below(aside) == stick, "every byte is there"
    [said] = json.loads(
        tamtap("journal", "status", "--data", data, "--json").stdout
    )["set_aside"]
    assert said["directory"] == str(aside)
    assert (said["records"], said["pending"]) == (before, before)
    assert str(aside) in tamtap("journal", "status", "--data", data).stdout
    doctor = tamtap("doctor", "--data", data, "--central", NOBODY, check=False)
    assert str(aside) in doctor.stdout
    listed = tamtap("journal", "list", "--journal", aside).stdout
    assert len(listed.splitlines()) == before

    # The command that status names, while the terminal runs; twice is once.
    imported = json.loads(tamtap("journal", "import", aside, "--data", data, "--json").stdout)
    assert (imported["imported"], imported["skipped"]) == (before, 0)
    again = json.loads(tamtap("journal", "import", aside, "--data", data, "--json").stdout)
    assert (again["imported"], again["skipped"]) == (0, before)
    terminal.kill()

    assert exported_cards(data) == sorted(cards)
    assert tamtap("journal", "verify", "--data", data).returncode == 0
    for segment in (data / "journal").glob("*.jsonl"):
        assert (mirror / segment.name).read_bytes() == segment.read_bytes(), "mirroring goes on"
    assert files_below(aside) == stick
