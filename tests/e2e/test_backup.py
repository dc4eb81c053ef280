"""Backups of what runs, restored elsewhere."""

import datetime
import json
import os
import shutil
import subprocess
import threading
import time

import pytest

from conftest import card, export, free_port, status, stored_taps, tamtap, wait_until


def taps_in(data):
    exported = export(data)
    return {record["tap"] for each in exported.values() for record in each}


def backup(data, file, *more):
    return json.loads(tamtap("backup", "create", file, "--data", data, "--json", *more).stdout)


def restore(file, data):
    return json.loads(tamtap("backup", "restore", file, "--data", data, "--json").stdout)


@pytest.mark.parametrize("role", ["terminal", "run"])
def test_a_backup_amid_200_taps_a_second_has_every_tap_acknowledged_before_its_end(role, tmp_path, school, start):
    data = school(people=1500)
    listen = ["--listen", f"127.0.0.1:{free_port()}"] if role == "run" else []
    gate = start(role, "--data", data, "--panel", "json", *listen)
    heard = []  # (when we read that it was acknowledged, tap)

    def hear():
        while len(heard) < 1400:
            for ack in gate.acks(1):
                assert ack["verdict"] == "accepted", ack
                heard.append((time.time(), ack["tap"]))

    listener = threading.Thread(target=hear, daemon=True)
    listener.start()
    made = []

    def type_all():
        for n in range(1400):
            gate.type(card(n))
            time.sleep(1 / 200)

    typist = threading.Thread(target=type_all, daemon=True)
    typist.start()
    while typist.is_alive():
        if len(heard) > 100 * (len(made) + 1) and len(made) < 5:
            made.append(backup(data, tmp_path / f"backup-{len(made)}.tar"))
        time.sleep(0.01)
    listener.join(60)
    assert len(heard) == 1400 and len(made) >= 3
    assert gate.stop() == 0
    for number, each in enumerate(made):
        elsewhere = tmp_path / f"elsewhere-{number}"
        restored = restore(each["file"], elsewhere)
        until = datetime.datetime.fromisoformat(each["until"]).timestamp()
        before = {tap for when, tap in heard if when < until}
        assert len(before) >= 100
        lost = before - taps_in(elsewhere)
        assert not lost, f"{len(lost)} of {len(before)}"
        assert restored["taps"] >= len(before)


def test_what_is_restored_on_another_machine_goes_on_there(tmp_path, school, start):
    data = school()
    tamtap("account", "add", "head", "--role", "admin", "--password-stdin", "--data", data, stdin="tamaraw grazes at dawn\n")
    first = start("run", "--data", data, "--panel", "json", "--listen", f"127.0.0.1:{free_port()}")
    first.type(*(card(n) for n in range(20)))
    first.acks(20)
    wait_until(lambda: status(data)["confirmed"] == 20, 30, "all are stored")
    settings = tmp_path / "tamtap.toml"
    settings.write_text(f'data = "{data}"\nidle-text = "A/B"\n')
    made = json.loads(tamtap("backup", "create", tmp_path / "b.tar", "--config", settings, "--json").stdout)
    assert made["notes"] == []
    assert first.stop() == 0
    shutil.rmtree(data)
    other = tmp_path / "other"
    restored = restore(tmp_path / "b.tar", other)
    assert restored["taps"] == 20
    with open(restored["settings"]) as kept:
        assert "A/B" in kept.read()
    assert "head" in tamtap("account", "list", "--data", other).stdout
    second = start("run", "--data", other, "--panel", "json", "--listen", f"127.0.0.1:{free_port()}")
    second.type(card(0), card(20))
    known, new = second.acks(2)
    assert (known["verdict"], new["verdict"]) == ("duplicate", "accepted")
    wait_until(lambda: status(other)["confirmed"] == 21, 30, "the new one is stored too")
    assert second.stop() == 0
    assert len(stored_taps(other / "central.db", tmp_path)) == 21


def test_a_central_store_that_is_older_than_the_journal_is_sent_what_it_lacks(tmp_path, school, start):
    """As in every backup of a busy `run`: the databases are copied before the journal."""
    data = school()
    gate = start("run", "--data", data, "--panel", "json", "--listen", f"127.0.0.1:{free_port()}")
    gate.type(*(card(n) for n in range(10)))
    gate.acks(10)
    wait_until(lambda: status(data)["confirmed"] == 10, 30, "all are stored")
    older = restore(backup(data, tmp_path / "older.tar")["file"], tmp_path / "older")
    gate.type(*(card(n) for n in range(10, 20)))
    gate.acks(10)
    wait_until(lambda: status(data)["confirmed"] == 20, 30, "all are stored")
    newer = restore(backup(data, tmp_path / "newer.tar")["file"], tmp_path / "newer")
    assert (older["taps"], newer["taps"]) == (10, 20)
    assert gate.stop() == 0
    shutil.copy(tmp_path / "older/central.db", tmp_path / "newer/central.db")
    again = start("run", "--data", tmp_path / "newer", "--listen", f"127.0.0.1:{free_port()}")
    wait_until(lambda: len(stored_taps(tmp_path / "newer/central.db", tmp_path)) == 20, 60, "the store has them again")
    assert again.stop() == 0


def test_a_backup_is_its_owners_alone_and_tar_reads_it(tmp_path, school):
    data = school()
    made = backup(data, tmp_path / "b.tar")
    assert os.stat(made["file"]).st_mode & 0o777 == 0o600
    names = subprocess.run(["tar", "tf", made["file"]], capture_output=True, text=True, check=True).stdout.split()
    assert names[-1] == "manifest.json" and "central.db" in names
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith("b.tar")) == ["b.tar"]


def test_a_damaged_backup_is_refused_whole(tmp_path, school, start):
    data = school()
    gate = start("terminal", "--data", data, "--panel", "json")
    gate.type(*(card(n) for n in range(5)))
    gate.acks(5)
    assert gate.stop() == 0
    whole = (tmp_path / "b.tar", bytearray())
    backup(data, whole[0])
    content = whole[0].read_bytes()
    damaged, into = tmp_path / "damaged.tar", tmp_path / "into"
    # Somewhere in each kind of place: headers, contents, the manifest, the end.
    places = [0, 130, 600, len(content) // 3, len(content) // 2, len(content) - 3000]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1
        damaged.write_bytes(changed)
        done = tamtap("backup", "restore", damaged, "--data", into, check=False)
        if done.returncode == 0:  # padding between two files, which means nothing
            assert content[place] == 0 and restored_equals(into, data, tmp_path)
            shutil.rmtree(into)
            continue
        assert done.returncode == 1 and "restore" in done.stderr or "archive" in done.stderr, done.stderr
        assert list(into.iterdir()) == []
    for size in (0, 100, 512, 5000, len(content) - 1024, len(content) - 2000):
        damaged.write_bytes(content[:size])
        done = tamtap("backup", "restore", damaged, "--data", into, check=False)
        assert done.returncode == 1 and list(into.iterdir()) == [], (size, done.stderr)


def restored_equals(into, data, tmp_path):
    return taps_in(into) == taps_in(data)


def test_nothing_that_is_there_is_restored_over(tmp_path, school):
    data = school()
    made = backup(data, tmp_path / "b.tar")
    done = tamtap("backup", "restore", made["file"], "--data", data, check=False)
    assert done.returncode == 1 and "not empty" in done.stderr
    done = tamtap("backup", "create", made["file"], "--data", data, check=False)
    assert done.returncode == 1 and "name another file" in done.stderr


def test_the_newest_are_kept(tmp_path, school):
    data, into = school(), tmp_path / "backups"
    into.mkdir()
    (into / "notes.tar").write_text("somebody else's")
    files = []
    for _ in range(4):
        files.append(backup(data, into, "--keep", 2)["file"])
        time.sleep(1.1)  # their names are by the second
    assert sorted(str(each) for each in into.iterdir()) == sorted([str(into / "notes.tar"), *files[-2:]])


def test_a_full_disk_leaves_no_half_backup(tmp_path, school):
    data = school()
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], check=True)
    try:
        done = tamtap("backup", "create", small / "b.tar", "--data", data, check=False)
        assert done.returncode == 1 and done.stderr
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", small], check=True)


def test_what_is_elsewhere_is_said(tmp_path, school):
    data = school()
    other = tmp_path / "elsewhere.db"
    process = tamtap("terminal", "--data", data, "--central", f"sqlite:{other}", "--exit-on-eof")
    assert process.returncode == 0
    (note,) = backup(data, tmp_path / "b.tar")["notes"]
    assert str(other) in note
