"""A second copy of the journal on another medium, with the release binary."""

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
        assert (mirror / segment.name).read_bytes() == segment.read_bytes(), segment.name


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
