"""Card ids in the spellings that schools and readers have, at a real gate."""

import json

from conftest import SCHEDULE, export, tamtap, wait_until

ROSTER = """\
51E69621,Ana,Reyes,7,Narra
2710951593,Ben,Cruz,7,Narra
584193394409,Cy,Santos,7,Narra
LRN-102938,Dina,Lim,7,Narra
100582761834,Eli,Ong,7,Narra
04:A2:B3:C4:D5:E6:80,Flo,Tan,7,Narra
"""


def make(tmp_path, store, roster=ROSTER):
    """A gate's data directory; its school is in the central store."""
    data = tmp_path / "data"
    for name, text in (("roster.csv", roster), ("schedule.csv", SCHEDULE)):
        (tmp_path / name).write_text(text)
        tamtap("roster", "import", tmp_path / name, "--data", data, "--central", store)
    return data


def gate_of(start, data, store, *more, name="gate-1"):
    gate = start("terminal", "--data", data, "--central", store, "--panel", "json", "--terminal-id", name, *more)
    wait_until(lambda: "51E69621" in copy_of(data), 30, "the gate has the school")
    return gate


def copy_of(data):
    path = data / "roster.json"
    return path.read_text() if path.exists() else ""


def taps_of(data):
    found = export(data)
    return found["pending_attendance"] + found["attendance"]


def answers(gate, *lines):
    gate.process.stdin.write("".join(lines))
    gate.process.stdin.flush()
    return [(ack["name"], ack["verdict"], ack["reason"], ack["card"]) for ack in gate.acks(len(lines))]


def test_every_spelling_is_the_card_that_the_roster_knows(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    gate = gate_of(start, data, store)
    assert answers(gate, "0563537489\n", "A195D6A9\n", "A9D695A1\n", "2710951593\n") == [
        ("Ana Reyes", "accepted", None, "51E69621"),
        ("Ben Cruz", "accepted", None, "A195D6A9"),
        ("Ben Cruz", "duplicate", None, "A9D695A1"),
        ("Ben Cruz", "duplicate", None, "2710951593"),
    ]
    # What readers put around an id; and a line that ends in CR alone.
    assert answers(gate, "\x02176B3325\r\n\x03", ";0563537489?\r", "0x04 0xA2 0xB3 0xC4 0xD5 0xE6 0x80\r") == [
        ("Eli Ong", "accepted", None, "176B3325"),
        ("Ana Reyes", "duplicate", None, "51E69621"),
        ("Flo Tan", "accepted", None, "04A2B3C4D5E680"),
    ]
    assert answers(gate, "1426522848\n", "hello\n", "LRN-102938\n", "9" * 5_000 + "\n", "DEADBEEF\n") == [
        (None, "refused", "UNKNOWN_CARD", "1426522848"),
        (None, "refused", "UNREADABLE_CARD", "hello"),
        (None, "refused", "UNREADABLE_CARD", "LRN-102938"),
        (None, "refused", "UNREADABLE_CARD", "9" * 64),
        (None, "refused", "UNKNOWN_CARD", "DEADBEEF"),
    ]
    records = {each["name"]: each for each in taps_of(data)}
    assert (records["Ben Cruz"]["nfc_id"], records["Ben Cruz"]["card"]) == ("2710951593", "A195D6A9")
    assert (records["Eli Ong"]["nfc_id"], records["Eli Ong"]["card"]) == ("100582761834", "176B3325")
    listed = tamtap("roster", "export", "--data", data).stdout
    for spelled in ("51E69621", "2710951593", "584193394409", "LRN-102938", "100582761834"):
        assert f"{spelled}," in listed


def test_the_format_of_a_reader_is_its_only_reading(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store, roster="51E69621,Ana,Reyes,7,Narra\n2196E651,Ben,Cruz,7,Narra\n")
    for reader, name, reason in (
        ("stdin", None, "AMBIGUOUS_CARD"),
        ("stdin,format=dec", "Ben Cruz", None),
        ("stdin,format=dec-reversed", "Ana Reyes", None),
        ("stdin,format=hex", None, "UNREADABLE_CARD"),
    ):
        gate = gate_of(start, data, store, "--reader", reader)
        assert [answer[0::2] for answer in answers(gate, "0563537489\n")] == [(name, reason)]
        if reason == "AMBIGUOUS_CARD":
            both = lambda: any("Ana Reyes" in line and "Ben Cruz" in line for line in gate.log)  # noqa: E731
            wait_until(both, 5, "both are named")
        gate.stop()
    wrong = tamtap("terminal", "--data", data, "--reader", "stdin,format=decimal", check=False)
    assert wrong.returncode == 1 and "dec-reversed" in wrong.stderr


def test_a_cut_card_is_bound_by_its_first_tap_through_a_power_cut(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    gate = gate_of(start, data, store)
    assert answers(gate, "04A3C6CAE26180\n", "04A3C6CAE26181\n") == [
        ("Cy Santos", "accepted", None, "04A3C6CAE26180"),
        (None, "refused", "UNKNOWN_CARD", "04A3C6CAE26181"),
    ]
    gate.kill()
    gate = gate_of(start, data, store)
    assert answers(gate, "04A3C6CAE26181\n", "04A3C6CAE26180\n") == [
        (None, "refused", "UNKNOWN_CARD", "04A3C6CAE26181"),
        ("Cy Santos", "duplicate", None, "04A3C6CAE26180"),
    ]
    (record,) = taps_of(data)
    assert (record["nfc_id"], record["card"]) == ("584193394409", "04A3C6CAE26180")

    def at_the_master():
        listed = tamtap("roster", "list", "--data", data, "--central", store, "--json").stdout
        cards = {each["name"]: (each["nfc_id"], each["card"]) for each in json.loads(listed)["students"]}
        return cards["Cy Santos"] == ("584193394409", "04A3C6CAE26180")

    wait_until(at_the_master, 30, "the master knows the card")
    other = gate_of(start, tmp_path / "other", store, name="gate-2")
    wait_until(lambda: "04A3C6CAE26180" in copy_of(tmp_path / "other"), 30, "the other gate knows it")
    assert answers(other, "04A3C6CAE26181\n")[0][1:3] == ("refused", "UNKNOWN_CARD")


def test_a_replaced_card_is_refused_by_that_name(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    said = tamtap("roster", "replace-card", "100582761834", "2710951594", "--data", data, "--central", store)
    assert "Eli Ong has the card 2710951594" in said.stdout
    taken = tamtap("roster", "replace-card", "Eli Ong", "2710951593", "--data", data, "--central", store, check=False)
    assert taken.returncode != 0 and "Ben Cruz" in taken.stderr
    gate = gate_of(start, data, store)
    assert answers(gate, "176B3325\n", "100582761834\n", "2710951594\n") == [
        ("Eli Ong", "refused", "CARD_REPLACED", "176B3325"),
        ("Eli Ong", "refused", "CARD_REPLACED", "176B3325"),
        ("Eli Ong", "accepted", None, "2710951594"),
    ]
