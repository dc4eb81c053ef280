"""What staff do on the pages: marking a day, and looking at what waits for their judgement."""

import contextlib
import json
import os
import sqlite3
import subprocess

from conftest import (
    ROOT,
    Server,
    card,
    export,
    status,
    terminal_arguments,
    wait_until,
)

PEOPLE = 12


def unsure_record(pattern, n):
    """A tap of a gate whose clock was never known to be right, like `pattern` but of person `n`."""
    person = {"nfc_id": card(n), "card": card(n), "person": card(n), "name": f"First{n} Last{n}",
              "first_name": f"First{n}", "last_name": f"Last{n}"}  # fmt: skip
    record = {key: value for key, value in pattern.items() if key != "reason"}
    return {**record, **person, "tap": "gate-1.00ff00ff.1", "clock": "unsure"}


def test_staff_mark_days_and_settle_taps_in_a_real_browser(start, school):
    data = school("gate", PEOPLE)
    central = Server(start, school("main", PEOPLE)).prepare()
    central.process = start(
        "run", "--data", central.data, "--listen", f"127.0.0.1:{central.port}", "--panel", "json",
        "--terminal-id", "main",
    )  # fmt: skip
    wait_until(central.answers, 20, f"it answers: {central.process.log}")
    central.sign_in()

    # A tap whose id the store has with another content is refused for good, and stays so until
    # somebody mends the store and lets the gate try again.
    central.enroll(data)
    nowhere = start(*terminal_arguments(data, "http://127.0.0.1:1"))
    nowhere.type(card(1))
    nowhere.acks(1)
    nowhere.stop()
    pending = export(data)["pending_attendance"][0]
    central.take_forged(data, pending)
    terminal = start(*terminal_arguments(data, central.url))
    wait_until(lambda: status(data)["quarantined"] == 1, 15, "refused")
    with contextlib.closing(sqlite3.connect(central.data / "central.db")) as store, store:
        store.execute("DELETE FROM attendance_taps WHERE tap = ?", (pending["tap"],))
        store.execute("DELETE FROM attendance WHERE tap = ?", (pending["tap"],))

    refused = export(data)["quarantined"][0]
    secret = json.loads((data / "credentials.json").read_text())["secret"]
    code, body, _ = central.request(
        "/api/terminal/records", "POST", json.dumps(unsure_record(refused, 2)).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"},
    )  # fmt: skip
    assert code == 200 and b'"stored"' in body, body

    done = subprocess.run(
        ["node", "--test", "test/staff.test.mjs"],
        cwd=ROOT / "web",
        env={**os.environ, "TAMTAP_URL": central.url, "TAMTAP_USER": "head",
             "TAMTAP_PASSWORD": "correct horse"},
        capture_output=True,
        text=True,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert (status(data)["confirmed"], status(data)["quarantined"]) == (1, 0)

    # A tap after the mark is the arrival.
    excused = [each["nfc_id"] for each in central.attendance() if each["status"] == "excused"]
    assert excused
    terminal.type(excused[0])
    assert terminal.acks(1)[0]["verdict"] == "accepted"

    def arrival():
        return next(each for each in central.attendance() if each["nfc_id"] == excused[0])

    wait_until(lambda: arrival()["terminal"] == "gate-1", 10, "the tap speaks for the day")
    assert arrival()["status"] != "excused"
