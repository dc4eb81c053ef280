"""A confirmation is worth what the store is worth that gave it: restored servers, moved gates,
gates with another name, and gates that were started with less than before."""

import datetime
import json
import shutil
import sqlite3
from contextlib import closing

from conftest import Server, card, export, status, stored_taps, tamtap, twice, wait_until

DAYS = 7
A_DAY = 12


def past_days(path, first):
    """A file of the system before TamTap, with taps of the last days that no server has yet."""
    today = datetime.date.today()
    taps = []
    for back in range(1, DAYS + 1):
        day = (today - datetime.timedelta(days=back)).isoformat()
        for n in range(first, first + A_DAY):
            taps.append({
                "date": f"{day} 07:{n % 60:02}:00", "nfc_id": card(n), "name": f"First{n} Last{n}",
                "tamtap_id": f"{n:03}", "role": "student", "grade": "7", "section": "Narra",
                "session": "AM", "status": "on_time", "photo": None,
            })  # fmt: skip
    path.write_text(json.dumps({"students": {}, "attendance": [], "pending_attendance": taps}))
    return path


NEW_CARD = "176B3325"


def people_of(data):
    """Names by card, as that installation knows them."""
    people = json.loads(tamtap("roster", "list", "--json", "--data", data).stdout)["students"]
    return {person["nfc_id"]: person["name"] for person in people}


class Gate:
    def __init__(self, start, data, first):
        self.start, self.data, self.next = start, data, first + 50
        self.process = None

    def run(self, *more):
        self.process = self.start("terminal", "--data", self.data, "--panel", "json", *more)
        return self

    def restart(self, *more):
        self.process.stop()
        return self.run(*more)

    def tap(self, count):
        self.process.type(*(card(n) for n in range(self.next, self.next + count)))
        self.next += count
        assert {ack["verdict"] for ack in self.process.acks(count)} == {"accepted"}

    def takes(self, known):
        """Whether that card, which is tapped now, is taken."""
        self.process.type(known)
        (ack,) = self.process.acks(1)
        return ack["verdict"] == "accepted"

    def settled(self):
        now = status(self.data)
        return now["pending"] == 0 and now["unchecked"] == 0

    def taps(self):
        """Everything that it has ever acknowledged."""
        journal = export(self.data)
        assert not journal["quarantined"]
        return {tap["tap"] for tap in journal["attendance"] + journal["pending_attendance"]}


def taps_in(database):
    """As they are there now, under a server that runs; none while it is just being made."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=10)) as reading:
            return {tap for (tap,) in reading.execute("SELECT tap FROM attendance_taps")}
    except sqlite3.OperationalError:
        return set()


def holds(server, gates):
    there = taps_in(server.data / "central.db")
    return all(gate.taps() <= there for gate in gates)


def holds_once(server, gates, tmp_path):
    """With the server dead."""
    stored = stored_taps(server.data / "central.db", tmp_path)
    # What was imported has no gate that could not have tapped twice.
    assert not twice([each for each in stored if each[2] != "import"])
    return len({tap for tap, *_ in stored}) == len(stored) and all(gate.taps() <= {tap for tap, *_ in stored} for gate in gates)


def make_gates(start, school, server, tmp_path, count):
    gates = []
    for i in range(count):
        gate = Gate(start, school(f"gate-{i + 1}"), first=i * 100)
        server.enroll(gate.data, f"gate-{i + 1}")
        tamtap("journal", "import", past_days(tmp_path / f"past-{i}.json", i * 100), "--data", gate.data)
        gates.append(gate.run())
    return gates


def test_a_server_restored_from_yesterdays_copy_and_one_that_a_gate_moves_to_get_every_tap(
    start, school, server, tmp_path
):
    master = server().run()
    gates = make_gates(start, school, master, tmp_path, 3)
    for gate in gates:
        gate.tap(5)
    wait_until(lambda: all(status(gate.data)["pending"] == 0 for gate in gates), 30, "all confirmed")
    master.process.stop()
    copy = tmp_path / "yesterday"
    shutil.copytree(master.data, copy)

    master.run()
    # Somebody comes to the school, and taps.
    tamtap("roster", "add", NEW_CARD, "--first-name", "Ligaya", "--last-name", "Bautista", "--section", "Narra",
           "--data", master.data)
    wait_until(lambda: gates[0].takes(NEW_CARD), 30, "the gate knows who is new")
    for gate in gates:
        gate.tap(5)
    wait_until(lambda: all(status(gate.data)["pending"] == 0 for gate in gates), 30, "all confirmed")
    everything = set().union(*(gate.taps() for gate in gates))
    assert len(everything) == 3 * (DAYS * A_DAY + 10) + 1

    # The machine is set up anew from what was saved yesterday; meanwhile people tap.
    master.process.stop()
    shutil.rmtree(master.data)
    shutil.copytree(copy, master.data)
    for gate in gates:
        gate.tap(1)
    assert not everything <= taps_in(master.data / "central.db")
    master.run()
    took = wait_until(lambda: holds(master, gates), 75, "the restored server has all again")
    print(f"what the restored server lacked was there again after {took:.1f} s")
    assert "Ligaya Bautista" in people_of(master.data)[NEW_CARD], "the server knows who came since the copy was made"
    wait_until(lambda: all(NEW_CARD in people_of(gate.data) for gate in gates), 30, "and so do all gates")

    # One of them is given to another server: that one gets its whole history.
    other = Server(start, tmp_path / "other").prepare().run()
    moving = gates[2]
    other.enroll(moving.data, "gate-of-another-name")
    moving.restart()
    moving.tap(1)
    took = wait_until(lambda: holds(other, [moving]), 75, "the other server has all")
    print(f"what the other server lacked was there after {took:.1f} s")
    assert len(moving.taps()) == DAYS * A_DAY + 12
    for gate in gates:
        gate.process.stop()
    master.process.kill()
    other.process.kill()
    assert holds_once(master, gates[:2], tmp_path) and holds_once(other, [moving], tmp_path)


def test_an_enrolled_gate_needs_no_central_and_a_stranded_one_is_freed(start, school, server, tmp_path):
    master = server().run()
    gate = Gate(start, school("gate"), first=0)
    # As it was stranded: by a store of its own, where nobody looks.
    gate.run("--central", f"sqlite:{gate.data / 'central.db'}", "--terminal-id", "gate-1")
    gate.tap(20)
    wait_until(lambda: status(gate.data)["confirmed"] == 20, 20, "confirmed by the wrong store")
    gate.process.stop()
    (gate.data / "central.json").unlink()  # the version before wrote none
    master.enroll(gate.data)
    gate.run()
    gate.tap(3)
    wait_until(lambda: holds(master, [gate]), 30, "the server has all")
    assert len(gate.taps()) == 23
    assert status(gate.data)["central"] == master.url

    # Another start without --central is the same; an explicit other one moves it there, and says so.
    gate.restart()
    gate.tap(1)
    wait_until(lambda: holds(master, [gate]), 30, "the server has this too")
    elsewhere = tmp_path / "elsewhere.db"
    gate.restart("--central", f"sqlite:{elsewhere}")
    wait_until(lambda: any("moves from" in line for line in gate.process.log), 10, "it says that it moves")
    wait_until(
        lambda: elsewhere.exists() and taps_in(elsewhere) == gate.taps(),
        30, "the new store has all",
    )  # fmt: skip
    assert status(gate.data)["central"] == f"sqlite:{elsewhere}"
    gate.tap(1)
    assert len(tamtap("roster", "list", "--data", gate.data).stdout.splitlines()) == 301


def test_a_gate_that_gets_another_name_brings_its_backlog_along(start, school, server, tmp_path):
    master = server().run()
    gate = Gate(start, school("gate"), first=0)
    master.enroll(gate.data, "gate-1")
    gate.run()
    gate.tap(5)
    wait_until(gate.settled, 90, "settled")
    master.process.stop()
    gate.tap(20)
    gate.process.stop()
    master.run()
    master.enroll(gate.data, "main-gate")
    gate.run()
    gate.tap(2)
    wait_until(lambda: status(gate.data)["pending"] == 0, 30, "all confirmed")
    assert holds(master, [gate])
    names = {tap.split(".")[0] for tap in gate.taps()}
    assert names == {"gate-1", "main-gate"}
    listed = json.loads(tamtap("terminals", "list", "--data", master.data, "--json").stdout)
    assert {each["name"]: each["state"] for each in listed} == {
        "gate-1": "revoked", "main-gate": "enrolled",
    }  # fmt: skip


def test_taps_of_a_name_that_is_still_anothers_wait_and_say_why(start, school, server, tmp_path):
    master = server().run()
    other = school("other")
    master.enroll(other, "gate-2")
    gate = Gate(start, school("gate"), first=0)
    master.enroll(gate.data, "gate-1")
    gate.run("--terminal-id", "gate-2")
    gate.tap(2)
    master.sign_in()

    def reason():
        _, health = master.get("/api/terminals")
        return json.dumps(health)

    wait_until(lambda: "terminals revoke gate-2" in reason(), 30, "the page says why they wait")
    now = status(gate.data)
    assert now["pending"] == 2 and now["quarantined"] == 0
    said = tamtap("doctor", "--data", gate.data, check=False).stdout
    assert "terminals revoke gate-2" in said, said
    tamtap("terminals", "revoke", "gate-2", "--data", master.data)
    wait_until(lambda: status(gate.data)["pending"] == 0, 30, "now they come")
    assert holds(master, [gate])


def test_what_a_store_lost_alone_can_be_sent_again_by_hand(start, school, server, tmp_path):
    master = server().run()
    gate = Gate(start, school("gate"), first=0)
    master.enroll(gate.data)
    gate.run()
    gate.tap(10)
    wait_until(gate.settled, 90, "checked")
    with closing(sqlite3.connect(master.data / "central.db", timeout=10)) as database:
        database.execute("PRAGMA foreign_keys=ON")
        lost = database.execute("SELECT id FROM attendance ORDER BY id LIMIT 3").fetchall()
        for (attendance,) in lost:
            database.execute("DELETE FROM attendance WHERE id = ?", (attendance,))
        database.commit()
    assert not holds(master, [gate])
    today = datetime.date.today() - datetime.timedelta(days=1)
    said = json.loads(
        tamtap("journal", "resend", "--since", today, "--data", gate.data, "--json").stdout
    )
    assert said == {"offered": 10}
    wait_until(lambda: holds(master, [gate]), 75, "the store has them again")
