"""Taps while the central store is away, and what becomes of them when it is back."""

import json
import random
import time

from conftest import card, export, status, tamtap, terminal_arguments, wait_until

TAPS = 200


def tap_all(terminal, first, last):
    """Types each card and returns the acks."""
    terminal.type(*(card(n) for n in range(first, last)))
    return terminal.acks(last - first)


def check_offline_taps(terminal, data):
    acks = tap_all(terminal, 0, TAPS)
    assert [ack["card"] for ack in acks] == [card(n) for n in range(TAPS)]
    assert {ack["verdict"] for ack in acks} == {"accepted"}
    assert len({ack["tap"] for ack in acks}) == TAPS
    terminal.type(card(7))
    again = terminal.acks(1)[0]
    assert again["verdict"] == "duplicate" and again["tap"] is None
    pending = export(data)["pending_attendance"]
    assert sorted(record["tap"] for record in pending) == sorted(ack["tap"] for ack in acks)
    return acks


def test_taps_taken_while_the_server_is_away_are_confirmed_within_3_s_of_its_return(
    start, school, server
):
    data = school()
    gate = server().run()
    gate.enroll(data)
    gate.process.stop()
    terminal = start(*terminal_arguments(data, gate.url))
    acks = check_offline_taps(terminal, data)
    gate.run()
    took = wait_until(lambda: status(data)["pending"] == 0, 15, "all confirmed")
    print(f"{TAPS} taps confirmed {took:.2f} s after the server answered")
    assert took < 3
    records = gate.sign_in().attendance()
    assert sorted(record["tap"] for record in records) == sorted(ack["tap"] for ack in acks)
    assert status(data)["confirmed"] == TAPS


def test_taps_taken_while_mongodb_is_away_are_confirmed_within_3_s_of_its_return(
    start, school, mongo
):
    import pymongo

    data = school()
    terminal = start(*terminal_arguments(data, mongo.uri))
    acks = check_offline_taps(terminal, data)
    mongo.run()
    took = wait_until(lambda: status(data)["pending"] == 0, 15, "all confirmed")
    print(f"{TAPS} taps confirmed {took:.2f} s after MongoDB answered")
    assert took < 3
    documents = list(pymongo.MongoClient(mongo.uri)["tamtap"]["attendance"].find())
    assert sorted(document["tap"] for document in documents) == sorted(ack["tap"] for ack in acks)


def test_mongodb_away_for_30_s_amid_taps_ends_with_the_same_set_on_both_sides(start, school, mongo):
    import pymongo

    data = school()
    mongo.run()
    terminal = start(*terminal_arguments(data, mongo.uri))
    acks = []
    stopped_at = time.monotonic() + 3
    back_at = stopped_at + 30
    n = 0
    while n < 250 or mongo.process is None:
        now = time.monotonic()
        if stopped_at <= now < back_at and mongo.process is not None:
            mongo.stop()
        if now >= back_at and mongo.process is None:
            mongo.run()
        if n < 300:
            acks += tap_all(terminal, n, n + 1)
            n += 1
        time.sleep(0.12)
    wait_until(lambda: status(data)["pending"] == 0, 30, "all confirmed")
    assert {ack["verdict"] for ack in acks} == {"accepted"}
    documents = list(pymongo.MongoClient(mongo.uri)["tamtap"]["attendance"].find())
    assert sorted(document["tap"] for document in documents) == sorted(ack["tap"] for ack in acks)
    journal = export(data)["attendance"]
    assert sorted(record["tap"] for record in journal) == sorted(ack["tap"] for ack in acks)


def test_one_record_that_is_refused_for_good_costs_its_99_neighbours_nothing(start, school, server):
    data = school()
    gate = server().run()
    gate.enroll(data)
    gate.process.stop()
    terminal = start(*terminal_arguments(data, gate.url))
    tap_all(terminal, 0, 100)
    terminal.stop()
    # The store gets the 50th tap with another content first, so that ours can never be stored.
    forged = export(data)["pending_attendance"][49]
    gate.run()
    gate.take_forged(data, forged)
    start(*terminal_arguments(data, gate.url))
    wait_until(lambda: status(data)["pending"] == 0, 15, "nothing is pending")
    now = status(data)
    assert (now["confirmed"], now["quarantined"]) == (99, 1)
    quarantined = export(data)["quarantined"]
    assert [record["tap"] for record in quarantined] == [forged["tap"]]
    assert "two contents" in quarantined[0]["reason"]


def test_a_quarantined_tap_can_be_requeued_beside_a_running_terminal(start, school, server):
    data = school()
    gate = server().run()
    gate.enroll(data)
    gate.process.stop()
    terminal = start(*terminal_arguments(data, gate.url))
    tap_all(terminal, 0, 3)
    terminal.stop()
    gate.run()
    gate.take_forged(data, *export(data)["pending_attendance"])
    start(*terminal_arguments(data, gate.url))
    wait_until(lambda: status(data)["quarantined"] == 3, 15, "refused")
    assert "3 taps are pending again" in tamtap("journal", "requeue", "--all", "--data", data).stdout
    wait_until(lambda: status(data)["quarantined"] == 3, 15, "refused again")
    unknown = tamtap("journal", "requeue", "gate-1.00ff.99", "--data", data, check=False)
    assert unknown.returncode == 1


def test_an_old_installation_is_imported_once_also_beside_a_running_terminal(
    start, school, tmp_path
):
    data = school()
    old = tmp_path / "tamtap_users.json"
    old.write_text(json.dumps({
        "students": {"100582761834": {"name": "Ana Reyes", "first_name": "Ana", "last_name": "Reyes",
                                      "grade": "7", "section": "Narra", "tamtap_id": "001"}},
        "teachers": {},
        "attendance": [{"nfc_id": "100582761834", "date": "2025-06-02 07:01:02", "session": "AM",
                        "status": "on_time"}],
        "pending_attendance": [{"nfc_id": "100582761834", "date": "2025-06-03 07:01:02"}],
    }))  # fmt: skip
    store = tmp_path / "central.db"
    terminal = start(*terminal_arguments(data, f"sqlite:{store}"))
    tap_all(terminal, 0, 1)
    first = json.loads(tamtap("journal", "import", old, "--data", data, "--json").stdout)
    assert (first["imported"], first["skipped"]) == (2, 0)
    second = json.loads(tamtap("journal", "import", old, "--data", data, "--json").stdout)
    assert (second["imported"], second["skipped"]) == (0, 2)
    wait_until(lambda: status(data)["pending"] == 0, 15, "all confirmed")
    assert status(data)["records"] == 3
    terminal.type("176B3325")
    assert terminal.acks(1)[0]["name"] == "Ana Reyes"


def test_what_is_typed_wrong_is_said_and_harms_nothing(start, school, tmp_path):
    data = school()
    terminal = start(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"))
    terminal.type("nonsense", "", "DEADBEEF", card(1))
    answers = [(ack["verdict"], ack["reason"], ack["card"]) for ack in terminal.acks(3)]
    assert answers == [
        ("refused", "UNREADABLE_CARD", "nonsense"),
        ("refused", "UNKNOWN_CARD", "DEADBEEF"),
        ("accepted", None, card(1)),
    ]
    wait_until(lambda: any("nonsense" in line for line in terminal.log), 5, "it is said")


def test_the_end_of_input_stops_cleanly_without_waiting_for_the_network(start, school):
    data = school()
    # An address that swallows everything: nothing answers, nothing refuses.
    terminal = start(*terminal_arguments(data, "mongodb://192.0.2.1/tamtap", "--exit-on-eof"))
    tap_all(terminal, 0, 20)
    begin = time.monotonic()
    terminal.process.stdin.close()
    assert terminal.process.wait(10) == 0
    assert time.monotonic() - begin < 3
    assert status(data)["pending"] == 20


def test_two_terminals_on_one_journal_the_second_refuses_and_names_the_first(start, school, tmp_path):
    data = school()
    first = start(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"))
    tap_all(first, 0, 1)
    second = tamtap(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"), check=False)
    assert second.returncode == 1
    assert f"process {first.process.pid}" in second.stderr


def test_fifty_kills_in_the_middle_of_taps_lose_nothing_and_repeat_nothing(start, school, tmp_path):
    data = school(people=5000)
    store = f"sqlite:{tmp_path / 'central.db'}"
    acknowledged = {}
    n = 0
    dice = random.Random(1)
    for _ in range(50):
        terminal = start(*terminal_arguments(data, store))
        acknowledged.update((ack["card"], ack) for ack in tap_all(terminal, n, n + 1))
        n += 1
        terminal.type(*(card(each) for each in range(n, n + 60)))
        n += 60
        time.sleep(dice.uniform(0.001, 0.03))
        terminal.kill()
        time.sleep(0.05)
        for event in terminal.drain():
            if event["event"] == "ack" and event["verdict"] == "accepted":
                acknowledged[event["card"]] = event
    print(f"{len(acknowledged)} taps were acknowledged before 50 kills")
    assert len(acknowledged) > 100
    terminal = start(*terminal_arguments(data, store))
    wait_until(lambda: status(data)["pending"] == 0, 30, "all confirmed")
    everything = export(data)
    records = everything["attendance"]
    assert not everything["pending_attendance"] and not everything["quarantined"]
    taps = [record["tap"] for record in records]
    assert len(taps) == len(set(taps))
    by_card = {}
    for record in records:
        by_card.setdefault(record["nfc_id"], []).append(record["tap"])
    for each, ack in acknowledged.items():
        assert by_card.get(each) == [ack["tap"]]
    assert tamtap("journal", "verify", "--data", data).returncode == 0
