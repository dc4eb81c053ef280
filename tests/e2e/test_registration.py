"""A card is held up, and its person typed: at a gate that runs, and at a reader of the command's own."""

import json
import subprocess

from conftest import SCHEDULE, TAMTAP, tamtap, wait_until
from test_cards import answers, copy_of, gate_of, make


def add(*arguments, stdin="", check=True):
    return tamtap("roster", "add", *arguments, stdin=stdin, check=check)


def refuse(gate, *cards):
    for card in cards:
        [answer] = answers(gate, card + "\n")
        assert answer[1:3] == ("refused", "UNKNOWN_CARD")


def written(data, count):
    """The journal's own thread writes refusals; a command that comes later finds them."""

    def there():
        return json.loads(tamtap("journal", "status", "--data", data, "--json").stdout)["refusals"] >= count

    wait_until(there, 10, f"{count} refusals are in the journal")


def known(gate, data, card, name):
    wait_until(lambda: card in copy_of(data), 15, f"the gate knows {name}")
    [answer] = answers(gate, card + "\n")
    assert answer[:2] == (name, "accepted")


def test_the_last_unknown_card_is_claimed_and_a_lost_card_replaced_by_it(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    none = tamtap("roster", "add", "--data", data, "--last-unknown", "--first-name", "No", check=False)
    assert none.returncode == 1
    gate = gate_of(start, data, store)
    assert answers(gate, "51E69621\n")[0][1] == "accepted"  # it has begun its journal
    none = tamtap("roster", "add", "--data", data, "--last-unknown", "--first-name", "No", check=False)
    assert none.returncode == 1 and "hold the card against its reader first" in none.stderr
    refuse(gate, "AABBCC01", "AABBCC02")
    written(data, 2)
    done = add("--data", data, "--last-unknown", "--first-name", "Gil", "--last-name", "Yu", "--section", "Narra")
    assert "AABBCC02 was held up on" in done.stdout and "Gil Yu has the card AABBCC02" in done.stdout
    known(gate, data, "AABBCC02", "Gil Yu")
    refuse(gate, "AABBCC03")
    written(data, 3)
    done = tamtap("roster", "replace-card", "Ben Cruz", "--data", data, "--last-unknown")
    assert "Ben Cruz has the card AABBCC03" in done.stdout
    wait_until(lambda: "AABBCC03" in copy_of(data), 15, "the gate knows the new card")
    assert answers(gate, "AABBCC03\n", "2710951593\n") == [
        ("Ben Cruz", "accepted", None, "AABBCC03"),
        ("Ben Cruz", "refused", "CARD_REPLACED", "A195D6A9"),
    ]
    again = add("--data", data, "2710951593", "--first-name", "Fay", "--section", "Narra", check=False)
    assert again.returncode == 1 and "say that it is returned: --returned" in again.stderr


def test_a_section_is_registered_in_a_row_at_a_gate_that_runs(tmp_path, start):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    gate = gate_of(start, data, store)
    refuse(gate, "AABBCC00")  # before the command: of that card it says nothing
    written(data, 1)
    command = subprocess.Popen(
        [TAMTAP, "roster", "add", "--tap", "--data", data, "--section", "Narra", "--grade", "7"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def until(words):
        line = ""
        while words not in line:
            line = command.stdout.readline()
            assert line, f"the command ended before it said '{words}'"

    for card, first, last in (("AABBCC04", "Hana", "Lee"), ("AABBCC05", "Ivo", "Paz")):
        until("the reader of the gate")
        refuse(gate, card)
        until(f"The card {card} is new")
        command.stdin.write(f"{first}\n{last}\n")
        command.stdin.flush()
        until(f"{first} {last} has the card {card}")
    # Who passes by while a name is typed does not get the next pupil's name.
    until("the reader of the gate")
    refuse(gate, "AABBCC06")
    until("The card AABBCC06 is new")
    refuse(gate, "AABBCCFF")
    written(data, 5)
    command.stdin.write("bad \x07 name\nX\nOna\nQuo\n")
    command.stdin.flush()
    until("Ona Quo has the card AABBCC06")
    until("AABBCCFF was held up meanwhile and is passed over")
    until("the reader of the gate")
    refuse(gate, "AABBCC0A")
    until("The card AABBCC0A is new")
    command.stdin.write("\n")
    command.stdin.flush()
    until("registered: 3")
    assert command.wait(10) == 0
    known(gate, data, "AABBCC05", "Ivo Paz")


def test_without_a_gate_the_readers_of_the_command_are_asked(tmp_path):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    cards = tmp_path / "cards"
    cards.write_text("AABBCC07\n51E69621\nno card\nAABBCC08\n")
    done = add(
        *("--tap", "--data", data, "--central", store, "--reader", f"script:{cards}", "--section", "Narra"),
        stdin="Jo\nNy\nKai\nSo\n",
    )
    assert "Jo Ny has the card AABBCC07" in done.stdout and "Kai So has the card AABBCC08" in done.stdout
    assert "51E69621 is that of Ana Reyes already" in done.stdout
    assert "registered: 2" in done.stdout
    one = tmp_path / "one"
    one.write_text("AABBCC09\n")
    done = tamtap(
        *("roster", "replace-card", "Ana Reyes", "--tap"),
        *("--data", data, "--central", store, "--reader", f"script:{one}"),
    )
    assert "Ana Reyes has the card AABBCC09" in done.stdout


def test_cards_and_names_may_be_typed_or_piped(tmp_path):
    store = f"sqlite:{tmp_path / 'central.db'}"
    data = make(tmp_path, store)
    typed = "AABBCC20\nMia\nLim\nnothing\nAABBCC21\nNed\nOh\n"
    done = add("--tap", "--data", data, "--central", store, "--section", "Narra", stdin=typed)
    assert "Type or scan" in done.stdout and "registered: 2" in done.stdout
    assert "'nothing' is no card" in done.stderr


def test_one_way_to_say_the_card(tmp_path):
    data = tmp_path / "data"
    for ways in ((), ("AABBCC01", "--tap"), ("--tap", "--last-unknown"), ("AABBCC01", "--last-unknown")):
        wrong = add(*ways, "--data", data, "--first-name", "A", "--section", "N", check=False)
        assert wrong.returncode == 1 and "CARD, --tap and --last-unknown" in wrong.stderr


def test_offline_it_waits_in_the_outbox_and_arrives(tmp_path, start, server):
    central = server()
    (tmp_path / "hours.csv").write_text(SCHEDULE)  # classes on every day
    tamtap("schedule", "import", tmp_path / "hours.csv", "--data", central.data)
    data = tmp_path / "gate"
    central.run()
    central.enroll(data)
    gate = start("terminal", "--data", data, "--panel", "json", "--terminal-id", "gate-1")
    wait_until(lambda: copy_of(data) != "", 30, "the gate has the school")
    central.process.kill()
    refuse(gate, "AABBCC10")
    written(data, 1)
    done = add("--data", data, "--last-unknown", "--first-name", "Lia", "--last-name", "Go", "--section", "Narra")
    assert "Lia Go has the card AABBCC10" in done.stdout
    known(gate, data, "AABBCC10", "Lia Go")
    central.run()
    wait_until(lambda: "AABBCC10" in tamtap("roster", "list", "--data", central.data).stdout, 60, "the master knows her")

    def listed():
        _, found = central.get("/api/refusals")
        return [each["nfc_id"] for each in found["data"] if each["refusal"] != ""] == ["AABBCC10"]

    central.sign_in()
    wait_until(listed, 60, "the refusal was brought")
