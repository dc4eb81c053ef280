"""One school, one master: what is said at the central store or at a gate, and what becomes of it, with
real processes as an office and a gate run them."""

import json
import time
import urllib.request

import pytest

from conftest import free_port, tamtap, wait_until

HOURS = "Section," + ",".join(f"{day} Start,{day} End" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
WITHIN = 5  # seconds, in which a connected gate has heard of a change


@pytest.fixture
def office(tmp_path, start):
    """A server whose school knows Ana; what a gate needs to belong to it."""

    class Office:
        data = tmp_path / "server"
        port = free_port()

        def __init__(self):
            (tmp_path / "hours.csv").write_text(HOURS + "\nNarra," + ",".join(["00:00,23:59"] * 7) + "\n")
            self.roster("A0000001,Ana,Reyes,7,Narra")
            tamtap("roster", "import", tmp_path / "hours.csv", "--data", self.data)
            self.server = None

        def serve(self):
            self.server = start("server", "--data", self.data, "--listen", f"127.0.0.1:{self.port}")
            wait_until(self.answers, 30, "the server answers")

        def answers(self):
            try:
                return urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/health", timeout=5).status == 200
            except OSError:
                time.sleep(0.1)
                return False

        def roster(self, *lines, data=None):
            file = tmp_path / "people.csv"
            file.write_text("nfc_id,first_name,last_name,grade,section\n" + "\n".join(lines) + "\n")
            return tamtap("roster", "import", file, "--data", data or self.data)

        def gate(self, name):
            data = tmp_path / name
            token = tamtap("terminals", "add", name, "--data", self.data).stdout.strip()
            tamtap("enroll", f"http://127.0.0.1:{self.port}", token, "--data", data)
            return data

    return Office()


def run_gate(start, data):
    return start("terminal", "--data", data, "--reader", "stdin", "--panel", "json")


def tap(gate, card):
    """What the gate says to this card now."""
    gate.type(card)
    (ack,) = gate.acks(1, timeout=10)
    return ack["reason"] or ack["verdict"]


def becomes(gate, card, answer, within=WITHIN):
    deadline = time.monotonic() + within
    while (said := tap(gate, card)) != answer:
        assert time.monotonic() < deadline, f"{card}: {said}, and not {answer} within {within} s"
        time.sleep(0.2)


def taps(data):
    return json.loads(tamtap("journal", "status", "--json", "--data", data).stdout)


def listed(data):
    return json.loads(tamtap("roster", "list", "--json", "--data", data).stdout)


def test_what_the_office_changes_reaches_a_connected_gate_within_five_seconds(office, start):
    office.serve()
    gate = run_gate(start, office.gate("main-gate"))
    assert tap(gate, "A0000001") == "accepted", "enrolling brought the school"
    office.roster("A0000002,Ben,Cruz,7,Narra")
    becomes(gate, "A0000002", "accepted")
    tamtap("roster", "remove", "Ben Cruz", "--data", office.data)
    becomes(gate, "A0000002", "UNKNOWN_CARD")
    entry = json.loads(tamtap("calendar", "suspend", "2026-01-01", "2099-12-31", "--json", "--data", office.data).stdout)
    becomes(gate, "A0000001", "NO_CLASSES_TODAY")
    tamtap("calendar", "remove", entry["id"], "--data", office.data)
    becomes(gate, "A0000001", "duplicate")
    assert gate.stop() == 0


def test_what_a_lone_gate_registers_holds_at_once_and_is_handed_over_once(office, start):
    office.serve()
    data = office.gate("main-gate")
    office.server.stop()
    gate = run_gate(start, data)
    said = office.roster("A0000003,Cora,Lim,7,Narra", data=data)
    assert f"http://127.0.0.1:{office.port}" in said.stdout + said.stderr
    becomes(gate, "A0000003", "accepted")
    office.roster("A0000008,Eva,Go,7,Narra", data=data)
    becomes(gate, "A0000008", "accepted")
    assert gate.stop() == 0
    gate = run_gate(start, data)
    assert tap(gate, "A0000003") == "duplicate", "it is there after a restart"
    # Meanwhile the office says something later of the same person, and something else of another.
    office.roster("A0000003,Cora,Lim-Reyes,8,Narra", "A0000004,Dan,Sy,7,Narra")
    office.serve()
    becomes(gate, "A0000004", "accepted", within=30)
    people = {each["nfc_id"]: each for each in listed(office.data)["students"]}
    assert sorted(people) == ["A0000001", "A0000003", "A0000004", "A0000008"]
    assert people["A0000003"]["last_name"] == "Lim-Reyes", "the later word"
    assert {each["nfc_id"] for each in listed(data)["students"]} == set(people)
    assert json.loads((data / "roster.json").read_text())["outbox"] == []
    wait_until(lambda: taps(data)["pending"] == 0, 30, "their taps are at the office, too")
    assert taps(data)["quarantined"] == 0, "none was sent before the office knew whose it is"
    assert gate.stop() == 0


def test_a_corrected_roster_is_kept_over_a_restart(office, start):
    local = office.data.parent / "alone"
    office.roster("A0000001,Anna,Reyes,7,Narra", data=local)
    tamtap("roster", "import", office.data.parent / "hours.csv", "--data", local)
    port = free_port()
    once = start("run", "--data", local, "--reader", "stdin", "--panel", "json", "--listen", f"127.0.0.1:{port}")
    assert tap(once, "A0000001") == "accepted"
    assert once.stop() == 0
    office.roster("A0000001,Ana,Reyes,7,Narra", data=local)
    again = start("run", "--data", local, "--reader", "stdin", "--panel", "json", "--listen", f"127.0.0.1:{port}")
    again.type("A0000001")
    (ack,) = again.acks(1)
    assert (ack["verdict"], ack["name"]) == ("duplicate", "Ana Reyes")
    # And while it runs.
    tamtap("roster", "remove", "A0000001", "--data", local)
    becomes(again, "A0000001", "UNKNOWN_CARD")
    time.sleep(6)
    assert tap(again, "A0000001") == "UNKNOWN_CARD", "it does not come back"
    assert again.stop() == 0


def test_a_card_of_somebody_else_is_refused_with_both_names(office):
    refused = tamtap("roster", "add", "A0000001", "--first-name", "Ben", "--last-name", "Cruz", "--section", "Narra",
                  "--data", office.data, check=False)
    assert refused.returncode == 1
    assert "Ana Reyes" in refused.stderr and "Ben Cruz" in refused.stderr
    tamtap("roster", "add", "A0000005", "--first-name", "Ben", "--last-name", "Cruz", "--section", "Narra",
           "--data", office.data)
    refused = tamtap("roster", "replace-card", "Ben Cruz", "A0000001", "--data", office.data, check=False)
    assert refused.returncode == 1 and "Ana Reyes" in refused.stderr
    tamtap("roster", "replace-card", "Ben Cruz", "A0000006", "--data", office.data)
    (ben,) = [each for each in listed(office.data)["students"] if each["name"] == "Ben Cruz"]
    assert (ben["person"], ben["nfc_id"], ben["replaced_cards"]) == ("A0000005", "A0000006", ["A0000005"])


def test_what_a_gate_says_stands_in_the_audit_trail_and_it_has_no_say_in_settings(office, start):
    office.serve()
    data = office.gate("main-gate")
    office.roster("A0000007,Eli,Tan,7,Narra", data=data)
    secret = json.loads((data / "credentials.json").read_text())["secret"]

    def ask(changes):
        request = urllib.request.Request(
            f"http://127.0.0.1:{office.port}/api/terminal/school/changes",
            json.dumps({"changes": changes}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {secret}"},
        )
        return json.loads(urllib.request.urlopen(request, timeout=10).read())["outcomes"]

    setting = {"id": "1", "kind": "setting", "key": "timezone", "at_us": 5, "by": "",
               "fields": {"present": True, "value": "America/New_York"}}
    (outcome,) = ask([setting])
    assert "settings" in outcome
    assert listed(office.data)["settings"] == [{"key": "timezone", "value": "Asia/Manila"}]
    assert "A0000007" in {each["nfc_id"] for each in listed(office.data)["students"]}
