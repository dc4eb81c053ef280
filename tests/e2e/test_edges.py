"""Text in other alphabets' bytes, files of root's, and one file imported again and again."""

import json
import os
import pathlib
import sqlite3
import subprocess
import time

import pytest
from conftest import (
    SCHEDULE, TAMTAP, Server, card, export, free_port, status, tamtap, terminal_arguments, wait_until,
)  # fmt: skip

SERVICE = 65534
PREDECESSOR = {
    "students": {"A0000001": {"first_name": "Peña", "section": "Narra"}},
    "attendance": [{"nfc_id": "A0000001", "date": "2026-11-02 07:00:00"}],
    "pending_attendance": [
        {"nfc_id": card(n), "date": f"2026-11-03 07:{n:02}:00"} for n in range(1, 6)
    ],
}


def run(*arguments, **more):
    words = [each if isinstance(each, bytes) else str(each) for each in arguments]
    return subprocess.run([TAMTAP, *words], capture_output=True, timeout=60, **more)


def refused(*arguments, status=2, **more):
    done = run(*arguments, **more)
    assert done.returncode == status, done.stderr
    assert b"UTF-8" in done.stderr
    return done


@pytest.fixture
def predecessor(tmp_path):
    path = tmp_path / "tamtap_users.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(PREDECESSOR, ensure_ascii=False).encode())
    return path


def imported(done):
    result = json.loads(done.stdout)
    return result["imported"], result["skipped"]


def test_a_file_imported_thrice_is_once_whoever_holds_the_journal(tmp_path, school, start, predecessor):
    data = school()
    twice = ("journal", "import", predecessor, "--data", data, "--json")
    assert imported(tamtap(*twice)) == (6, 0)
    assert imported(tamtap(*twice)) == (0, 6)
    gate = start(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"))
    wait_until(lambda: status(data)["pending"] == 0, 30, "the backlog drains")
    assert imported(tamtap(*twice)) == (0, 6)
    gate.stop()
    assert imported(tamtap(*twice)) == (0, 6)
    assert status(data)["records"] == 6
    # Another gate of the same school, the same file.
    other = school("other")
    assert imported(tamtap("journal", "import", predecessor, "--data", other, "--json")) == (6, 0)
    start("terminal", "--data", other, "--central", f"sqlite:{tmp_path / 'central.db'}",
          "--terminal-id", "gate-2", "--panel", "json")  # fmt: skip
    wait_until(lambda: status(other)["pending"] == 0, 30, "the other backlog drains")
    assert status(other)["quarantined"] == 0
    with sqlite3.connect(tmp_path / "central.db") as central:
        taps = central.execute("SELECT count(*) FROM attendance_taps GROUP BY attendance").fetchall()
    assert len(taps) >= 5 and set(taps) == {(1,)}


def test_a_request_that_waits_in_the_inbox_is_once(school, start, predecessor):
    data = school()
    gate = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    wait_until(lambda: (data / "inbox").exists() and status(data)["generation"], 20, "the gate runs")
    gate.process.send_signal(19)  # SIGSTOP: it holds the journal, and does nothing
    first = subprocess.Popen([TAMTAP, "journal", "import", predecessor, "--data", data, "--json"],
                             stdout=subprocess.PIPE)  # fmt: skip
    wait_until(lambda: list((data / "inbox").glob("*.request")), 20, "the request waits")
    again = tamtap("journal", "import", predecessor, "--data", data, "--json")
    assert imported(again) == (0, 6)  # they wait there already
    gate.process.send_signal(18)  # SIGCONT
    output, _ = first.communicate(timeout=40)
    assert json.loads(output)["imported"] == 6
    assert status(data)["records"] == 6


def test_a_roster_in_windows_1252_is_read_and_said(tmp_path, start):
    data = tmp_path / "data"
    people = tmp_path / "people.csv"
    people.write_bytes(b"04A2B3C4,Ben,Pe\xf1a,7,Narra\n")
    done = run("roster", "import", people, "--data", data)
    assert done.returncode == 0 and b"Windows-1252" in done.stderr
    schedule = tmp_path / "schedule.csv"
    schedule.write_bytes(SCHEDULE.encode() + b"Pe\xf1a,7,M. Santos\n")
    done = run("roster", "import", schedule, "--data", data)
    assert done.returncode == 0 and b"Windows-1252" in done.stderr
    listed = json.loads(tamtap("roster", "list", "--data", data, "--json").stdout)
    assert listed["students"][0]["last_name"] == "Peña"
    gate = start(*terminal_arguments(data, f"sqlite:{tmp_path / 'central.db'}"))
    gate.type("04A2B3C4")
    assert gate.acks(1)[0]["name"] == "Ben Peña"


def test_a_gate_starts_with_what_it_can_read_of_its_roster(tmp_path, school, start):
    data = school(people=3)
    roster = data / "roster.json"
    damaged = roster.read_bytes().replace(b"Last1", b"L\xe1st1")
    roster.write_bytes(damaged)
    gate = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    gate.type(card(0), card(1))
    assert [ack["verdict"] for ack in gate.acks(2)] == ["accepted", "refused"]
    gate.stop()
    assert run("roster", "import", _csv(tmp_path, card(1)), "--data", data).returncode == 0
    assert pathlib.Path(f"{roster}.unreadable-1").read_bytes() == damaged


def test_a_gate_starts_without_a_roster_that_is_none(school, start):
    data = school(people=3)
    (data / "roster.json").write_bytes(b"\0" * 4096)
    gate = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    gate.type(card(0))
    assert gate.acks(1)[0]["reason"] == "UNKNOWN_CARD"
    assert (data / "roster.json.unreadable-1").read_bytes() == b"\0" * 4096


def _csv(tmp_path, *cards):
    path = tmp_path / "more.csv"
    path.write_text("".join(f"{each},Ana,Cruz,7,Narra\n" for each in cards))
    return path


def test_flags_passwords_and_variables_that_are_not_utf8_are_refused(tmp_path):
    data = tmp_path / "data"
    add = ("account", "add", "ana", "--role", "teacher", "--password-stdin", "--data", data)
    refused(*add, "--sections", b"Pe\xf1a", input=b"correct horse\n")
    refused(*add, input=b"correct h\xf1rse\n", status=1)
    refused("account", "list", "--data", data, env={**os.environb, b"MONGODB_URI": b"sqlite:\xf1"})
    settings = tmp_path / "tamtap.toml"
    settings.write_bytes(b'idle-text = "Pe\xf1a"\n')
    refused("account", "list", "--data", data, "--config", settings)
    settings.write_bytes("# Peña\n".encode("utf-16"))
    assert run("account", "list", "--data", data, "--config", settings).returncode == 0
    assert run(*add, "--sections", "Narra, Molave", input=b"\xef\xbb\xbfcorrect horse\r\n").returncode == 0
    listed = json.loads(run("account", "list", "--data", data, "--json").stdout)
    assert listed[0]["sections"] == ["Narra", "Molave"]


def test_an_account_that_cannot_be_read_keeps_nobody_else_out(tmp_path, start):
    server = Server(start, tmp_path / "server").prepare()
    tamtap("account", "add", "ben", "--role", "teacher", "--password-stdin", "--data", server.data,
           stdin="battery staple\n")  # fmt: skip
    with sqlite3.connect(server.data / "server.db") as database:
        database.execute("UPDATE accounts SET sections = CAST(x'5B22F1225D' AS TEXT) WHERE username = 'ben'")
    server.run()
    tamtap("account", "list", "--data", server.data)
    assert "head" in tamtap("account", "list", "--data", server.data).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can work for another user")
def test_what_root_creates_serves_the_user_whose_directory_it_is(tmp_path, start, predecessor):
    for place in (tmp_path, *tmp_path.parents):
        if place.owner() == "root" and place != pathlib.Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    os.chown(data, SERVICE, SERVICE)
    tamtap("roster", "import", _csv(tmp_path, card(1)), "--data", data)
    (tmp_path / "schedule.csv").write_text(SCHEDULE)
    tamtap("roster", "import", tmp_path / "schedule.csv", "--data", data)
    tamtap("account", "add", "head", "--role", "admin", "--password-stdin", "--data", data,
           stdin="correct horse\n")  # fmt: skip
    tamtap("journal", "import", predecessor, "--data", data)
    tamtap("terminals", "add", "gate-9", "--data", data)
    made = list(data.rglob("*"))
    assert {path.name for path in made} >= {"roster.json", "server.db", "journal"}
    owned(made)

    port = free_port()
    gate = subprocess.Popen(
        [TAMTAP, "run", "--data", data, "--listen", f"127.0.0.1:{port}", "--panel", "json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        user=SERVICE, group=SERVICE, extra_groups=[], cwd="/",
    )  # fmt: skip
    try:
        gate.stdin.write(f"{card(1)}\n")
        gate.stdin.flush()
        deadline = time.monotonic() + 30
        while '"verdict":"accepted"' not in (line := gate.stdout.readline()):
            assert line and time.monotonic() < deadline
        # While it runs: what root does beside it, and leaves for it.
        tamtap("account", "add", "ana", "--role", "teacher", "--password-stdin", "--data", data,
               stdin="battery staple\n")  # fmt: skip
        tamtap("journal", "import", predecessor, "--data", data)
        owned(data.rglob("*"))
    finally:
        gate.terminate()
        assert gate.wait(20) == 0


def owned(paths):
    for path in paths:
        try:
            found = path.lstat()
        except FileNotFoundError:
            continue  # it was for a moment
        assert (found.st_uid, found.st_gid) == (SERVICE, SERVICE), path
        assert found.st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
