"""What earlier releases left on disk (tests/releases) is read by this one, and an older one refuses what it
would lose."""

import contextlib
import sqlite3
import tarfile

import pytest

from conftest import ROOT, Server, export, status, tamtap, wait_until

SAMPLES = sorted((ROOT / "tests/releases").glob("*.tar.xz"))


@pytest.fixture(params=SAMPLES, ids=lambda path: path.name.removesuffix(".tar.xz"))
def sample(request, tmp_path):
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_its_school_accounts_and_taps_are_there_and_its_backlog_is_sent(sample, start):
    gate, server = sample / "gate", Server(start, sample / "server").run()
    assert len(tamtap("roster", "list", "--data", server.data).stdout.split("First")) == 11
    assert tamtap("settings", "get", "departures", "--data", server.data).stdout.strip() == "on"
    assert "Christmas Eve" in tamtap("calendar", "list", "--data", server.data).stdout
    assert "main-gate" in tamtap("terminals", "list", "--data", server.data).stdout
    before = export(gate)
    taken = {each["tap"]: each["day"] for each in before["attendance"] + before["pending_attendance"]}
    assert (status(gate)["confirmed"], status(gate)["pending"], len(taken)) == (6, 4, 10)

    server.sign_in()
    server.enroll(gate, "main-gate")
    start("terminal", "--data", gate, "--central", server.url)
    wait_until(lambda: status(gate)["pending"] == 0, 30, "the backlog is sent")
    (day,) = set(taken.values())
    code, body = server.get(f"/api/attendance?date={day}")
    assert code == 200 and {each["tap"] for each in body["records"]} == set(taken)
    assert tamtap("journal", "verify", "--data", gate).returncode == 0


def test_every_key_of_its_settings_is_known(sample):
    tamtap("version", "--config", sample / "tamtap.toml")


@pytest.mark.parametrize("database", ["central.db", "server.db"])
def test_what_a_later_release_made_is_refused_with_a_sentence_and_stays_as_it_is(sample, database):
    file = sample / "server" / database
    with contextlib.closing(sqlite3.connect(file)) as later:
        later.execute("PRAGMA user_version = 999")
        later.commit()
    before = file.read_bytes()
    command = {"central.db": "roster", "server.db": "account"}[database]
    refused = tamtap(command, "list", "--data", file.parent, check=False)
    assert refused.returncode == 1
    assert "a newer TamTap made it; install that version" in refused.stderr
    assert file.read_bytes() == before


def test_there_is_a_sample_of_this_release():
    version = tamtap("version").stdout.split()[1].split("+")[0]
    assert (ROOT / f"tests/releases/{version}.tar.xz").exists(), (
        f"python3 tests/releases/make_sample.py build/tamtap makes that of {version}"
    )
