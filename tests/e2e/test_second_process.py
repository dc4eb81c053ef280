"""A second process on one data directory refuses, and until then has changed nothing in it."""

import contextlib
import os
import signal
import stat

import pytest
from conftest import card, free_port, tamtap, terminal_arguments, wait_until


# Whoever reads a SQLite database notes that in its shared memory; and root, who opens its log, gives
# it to the database's owner, who has it already.
# What SQLite makes beside it meanwhile, and removes, changes the time of the directory.
BY_READING = {"central.db-shm": {"times", "content"}, "central.db-wal": {"times"}, ".": {"times"}}


def tree(directory):
    """All that is in it: names, owners, modes, sizes, times of change and contents."""
    found = {}
    for place, directories, files in os.walk(directory):
        for name in [".", *directories, *files]:
            path = os.path.join(place, name)
            status = os.lstat(path)
            content = None
            if stat.S_ISREG(status.st_mode):
                with open(path, "rb") as file:
                    content = file.read()
            seen = {
                "who": (status.st_mode, status.st_uid, status.st_gid, status.st_ino),
                "size": status.st_size,
                "times": (status.st_mtime_ns, status.st_ctime_ns),
                "content": content,
            }
            for part in BY_READING.get(name, ()):
                del seen[part]
            found[os.path.relpath(path, directory)] = seen
    return found


@contextlib.contextmanager
def held_still(process):
    """The first process keeps what it has locked and changes nothing itself meanwhile."""
    pid = process.process.pid
    os.kill(pid, signal.SIGSTOP)
    state = lambda: open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0]  # noqa: E731
    wait_until(lambda: state() == "T", 10, "the first process is stopped")
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def first(school, start):
    """Starts the first process of a data directory; returns the directory and the process."""

    def make(kind):
        data = school()
        if kind == "server":
            port = free_port()
            process = start("server", "--data", data, "--listen", f"127.0.0.1:{port}")
            wait_until(lambda: not process.lines.empty(), 30, "the server is up")
            return data, process
        if kind == "terminal":
            process = start(*terminal_arguments(data, f"sqlite:{data / 'central.db'}"))
        else:
            process = start(
                "run", "--data", data, "--listen", f"127.0.0.1:{free_port()}", "--panel", "json",
                "--terminal-id", "gate-1",
            )  # fmt: skip
        process.type(card(1))
        assert process.acks(1)[0]["verdict"] == "accepted"
        shared = data / "central.db-shm"
        wait_until(lambda: shared.exists() and shared.stat().st_size > 0, 30, "its store is open")
        if kind == "run":
            wait_until(lambda: (data / "server.db-wal").exists(), 30, "its server is up")
        return data, process

    return make


OTHER_STORE = ["--central", "http://127.0.0.1:9"]
SECOND = [
    ("terminal", "terminal", []),
    ("terminal", "terminal", OTHER_STORE),
    ("terminal", "terminal", ["--terminal-id", "another", "--exit-on-eof"]),
    ("terminal", "run", ["--listen", "127.0.0.1:0"]),
    ("terminal", "run", ["--demo", "--listen", "127.0.0.1:0"]),
    ("run", "run", ["--demo", "--listen", "127.0.0.1:0"]),
    ("run", "run", ["--central", "sqlite:{data}/other.db", "--listen", "127.0.0.1:0"]),
    ("run", "terminal", OTHER_STORE),
    ("run", "server", ["--listen", "127.0.0.1:0"]),
    ("server", "server", ["--listen", "127.0.0.1:0"]),
    ("server", "server", ["--central", "sqlite:{data}/other.db", "--listen", "127.0.0.1:0"]),
]


@pytest.mark.parametrize("kind, command, flags", SECOND)
def test_a_second_process_changes_nothing_before_it_refuses(first, kind, command, flags):
    data, process = first(kind)
    flags = [flag.replace("{data}", str(data)) for flag in flags]
    with held_still(process):
        before = tree(data)
        refused = tamtap(command, "--data", data, *flags, check=False)
        after = tree(data)
    assert refused.returncode == 1, refused.stderr
    assert f"in use by process {process.process.pid}" in refused.stderr
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert not changed
    assert process.stop() == 0


def test_a_mirror_that_was_named_to_a_second_process_is_not_touched_either(first, tmp_path):
    data, process = first("terminal")
    mirror = tmp_path / "stick"
    mirror.mkdir()
    with held_still(process):
        before = tree(tmp_path)
        refused = tamtap("terminal", "--data", data, "--journal-mirror", mirror, check=False)
        assert tree(tmp_path) == before
    assert refused.returncode == 1


@pytest.mark.parametrize(
    "command",
    [
        ("journal", "status"),
        ("journal", "verify"),
        ("journal", "list"),
        ("journal", "export"),
        ("journal", "requeue", "no-tap-id"),
        ("journal", "import", "{data}/no-such-file"),
        ("roster", "list"),
        ("roster", "export"),
        ("roster", "import", "{data}/no-such-file"),
        ("enroll", "http://127.0.0.1:9", "token"),
    ],
)
def test_what_only_reads_or_refuses_beside_a_running_gate_changes_nothing(first, command):
    data, process = first("terminal")
    words = [word.replace("{data}", str(data)) for word in command]
    with held_still(process):
        before = tree(data)
        tamtap(*words, "--data", data, check=False)
        assert tree(data) == before


def test_a_gate_takes_taps_where_its_server_part_is_another_process(first, start):
    """`run` beside a `server`: the gate is free, so it takes taps; the rest waits, and says so."""
    data, server = first("server")
    both = start(
        "run", "--data", data, "--listen", f"127.0.0.1:{free_port()}", "--panel", "json",
        "--terminal-id", "gate-1", "--central", f"sqlite:{data / 'other.db'}",
    )  # fmt: skip
    both.type(card(1))
    assert both.acks(1)[0]["verdict"] == "accepted"
    in_use = f"in use by process {server.process.pid}"
    wait_until(lambda: any(in_use in line for line in both.log), 30, "it says who serves")
    assert not (data / "other.db").exists()
    assert b"other.db" not in (data / "central.json").read_bytes().partition(b'"server"')[2]
    assert server.stop() == 0
    wait_until(lambda: (data / "other.db").exists(), 60, "its own server part comes up")
    assert both.stop() == 0


def test_a_store_that_can_never_work_is_not_remembered(school):
    data = school()
    before = tree(data)
    for command in ("terminal", "run", "server"):
        for central in ("htp://127.0.0.1:3000", "http://127.0.0.1:port", "sqlite:"):
            refused = tamtap(command, "--data", data, "--central", central, check=False)
            assert refused.returncode != 0
            assert tree(data) == before, (command, central)
