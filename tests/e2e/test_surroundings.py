"""Nothing but the journal's disk and the reader stops a gate: hostile surroundings.

In each, every tap is taken, SIGTERM ends the process within 5 s, and where the surroundings can
heal, the taps arrive by themselves.
"""

import contextlib
import fcntl
import json
import os
import pty
import shutil
import signal
import socket
import sqlite3
import subprocess
import termios
import time

import pytest

from conftest import (
    TAMTAP,
    card,
    export,
    free_port,
    status,
    tamtap,
    terminal_arguments,
    wait_until,
)

TAPS = 40


def namespace(script):
    """Runs what follows after a shell script, in a mount namespace of its own."""
    return ["unshare", "-m", "--propagation", "private", "sh", "-c", script + ' && exec "$0" "$@"']


class Gate:
    """A gate in surroundings of the test's choice; nothing of it is read unless the test does."""

    def __init__(self, command, data, *arguments, wrapper=(), stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL, panel="json", environment=None):  # fmt: skip
        self.data = data
        listen = ["--listen", f"127.0.0.1:{free_port()}"] if command == "run" else []
        self.process = subprocess.Popen(
            [*wrapper, TAMTAP, command, "--data", data, "--terminal-id", "gate-1", "--panel", panel,
             *listen, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, text=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
        self.taps = 0

    def tap(self, count=TAPS):
        """Taps are in the journal within a few seconds, whatever else is."""
        assert self.process.poll() is None, f"it ended by itself: {self.process.returncode}"
        self.process.stdin.write("".join(f"{card(self.taps + n)}\n" for n in range(count)))
        self.process.stdin.flush()
        self.taps += count
        wait_until(lambda: self.records() >= self.taps, 10, "every tap is in the journal")

    def records(self):
        if not (self.data / "journal").exists():
            return 0
        done = tamtap("journal", "status", "--data", self.data, "--json", check=False)
        return json.loads(done.stdout)["records"] if done.returncode == 0 else 0

    def pending(self):
        return status(self.data)["pending"]

    def end(self):
        """SIGTERM, and what the journal holds is what was tapped."""
        assert self.process.poll() is None, f"it ended by itself: {self.process.returncode}"
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        finally:
            self.process.kill()
        assert self.process.returncode == 0, f"after {time.monotonic() - begin:.1f} s"
        journal = export(self.data)
        cards = [record["nfc_id"] for key in journal for record in journal[key]]
        assert sorted(cards) == sorted(card(n) for n in range(self.taps))


@pytest.fixture
def gate(school):
    gates = []

    def make(command="terminal", *arguments, **more):
        gates.append(Gate(command, school(), *arguments, **more))
        return gates[-1]

    yield make
    for each in gates:
        each.process.kill()
        each.process.wait()


def full_pipe():
    """The write end of a pipe that holds all it can, and the end that nobody reads."""
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETFL, os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(write_end, b"." * 4096)
    fcntl.fcntl(write_end, fcntl.F_SETFL, 0)
    return read_end, write_end


both_commands = pytest.mark.parametrize("command", ["terminal", "run"])


@both_commands
def test_pipes_that_nobody_reads(gate, command):
    read_end, write_end = full_pipe()
    it = gate(command, stdout=write_end, stderr=write_end, *(["--log-level", "debug"]))
    it.tap()
    it.end()
    os.close(read_end)
    os.close(write_end)


def test_a_reader_that_pauses_for_long_hears_how_much_it_missed(gate):
    read_end, write_end = os.pipe()
    it = gate(stdout=write_end)
    os.close(write_end)
    # More than the queue holds: a card that nobody knows is refused, which costs the disk nothing.
    for _ in range(60):
        it.process.stdin.write("FFFFFFFF\n" * 1000)
    it.process.stdin.flush()
    it.tap(5)
    missed = shown = 0
    last = None
    with os.fdopen(read_end) as reader:
        it.tap(5)
        while last != "SHUTDOWN":
            if last is None and missed == 0 and shown == 1000:
                it.process.send_signal(signal.SIGTERM)
            event = json.loads(reader.readline())
            shown += 1
            missed += event.get("count", 0) if event["event"] == "dropped" else 0
            last = event.get("state") if event.get("state") == "SHUTDOWN" else None
    assert missed > 10_000, f"{shown} were shown"
    assert it.process.wait(5) == 0


@both_commands
def test_a_terminal_stopped_by_ctrl_s(gate, command):
    master, slave = pty.openpty()
    it = gate(command, stdout=slave, stderr=slave, panel="screen", environment={"TERM": "xterm"})
    it.tap(3)
    termios.tcflow(slave, termios.TCOOFF)
    it.tap()
    it.end()
    termios.tcflow(slave, termios.TCOON)
    os.close(master)
    os.close(slave)


def test_a_terminal_that_goes_on_after_ctrl_s_shows_the_newest_screen(gate):
    master, slave = pty.openpty()
    it = gate(stdout=slave, panel="screen", environment={"TERM": "xterm"})
    termios.tcflow(slave, termios.TCOOFF)
    it.tap()
    termios.tcflow(slave, termios.TCOON)
    shown = b""
    deadline = time.monotonic() + 10
    while card(TAPS - 1).encode() not in shown:
        assert time.monotonic() < deadline, shown[-300:]
        shown += os.read(master, 65536)
    assert card(TAPS // 2).encode() not in shown, "screens that are over are not shown"
    it.end()
    os.close(master)
    os.close(slave)


@both_commands
@pytest.mark.parametrize("redirection", [">&- 2>&-", ">/dev/full 2>/dev/full"])
def test_output_that_is_closed_or_goes_to_a_full_disk(gate, command, redirection):
    it = gate(command, wrapper=["sh", "-c", f'exec "$0" "$@" {redirection}'])
    it.tap()
    it.end()


@both_commands
def test_a_reader_that_left(gate, command):
    read_end, write_end = os.pipe()
    it = gate(command, stdout=write_end, stderr=write_end)
    os.close(write_end)
    it.tap(3)
    os.close(read_end)
    it.tap()
    it.end()


FULL_SHM = "mount -t tmpfs -o size=4k none /dev/shm && head -c 4096 /dev/zero >/dev/shm/full"


def test_full_shared_memory_with_and_without_mongodb(gate):
    done = subprocess.run([*namespace(FULL_SHM), TAMTAP, "version"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("tamtap "), done
    it = gate("terminal", "--central", f"mongodb://127.0.0.1:{free_port()}/t",
              wrapper=namespace(FULL_SHM))  # fmt: skip
    it.tap()
    it.end()


def test_a_mongodb_srv_name_without_name_servers(gate):
    it = gate("terminal", "--central", "mongodb+srv://no.such.host.invalid/t")
    it.tap()
    it.end()


@pytest.mark.parametrize("url", ["mongodb://10.255.255.1/t", "http://10.255.255.1", "https://10.255.255.1",
                                 "http://no.such.host.invalid"])  # fmt: skip
def test_stores_that_never_answer(gate, url):
    it = gate("terminal", "--central", url)
    it.tap()
    it.end()


def arrives(it):
    wait_until(lambda: it.pending() == 0, 45, "the taps arrive by themselves")
    it.end()


@both_commands
def test_a_database_that_another_process_has_locked(gate, command, tmp_path):
    database = tmp_path / "central.db"
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        it = gate(command, "--central", f"sqlite:{database}")
        it.tap()
        other.execute("ROLLBACK")
    arrives(it)


def test_a_locked_database_holds_up_no_stop(gate, tmp_path):
    database = tmp_path / "central.db"
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for command in ("terminal", "run"):
            it = gate(command, "--central", f"sqlite:{database}")
            it.tap()
            it.end()
            shutil.rmtree(it.data)


@both_commands
def test_a_database_whose_directory_is_missing(gate, command, tmp_path):
    it = gate(command, "--central", f"sqlite:{tmp_path}/stick/central.db")
    it.tap()
    (tmp_path / "stick").mkdir()
    arrives(it)


@both_commands
def test_a_database_that_is_none(gate, command, tmp_path):
    database = tmp_path / "central.db"
    database.write_bytes(os.urandom(8192))
    it = gate(command, "--central", f"sqlite:{database}")
    it.tap()
    database.unlink()
    arrives(it)


@both_commands
@pytest.mark.parametrize("options", ["ro", "size=8k"])
def test_a_database_on_a_disk_that_is_read_only_or_full(gate, command, tmp_path, options):
    stick = tmp_path / "stick"
    stick.mkdir()
    fill = "" if options == "ro" else f" && (head -c 8192 /dev/zero >{stick}/full; true)"
    it = gate(command, "--central", f"sqlite:{stick}/central.db",
              wrapper=namespace(f"mount -t tmpfs -o {options} none {stick}{fill}"))  # fmt: skip
    it.tap()
    assert it.pending() == TAPS
    it.end()


def test_the_page_of_run_comes_up_when_its_port_is_free(gate, tmp_path):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        it = gate("run", "--listen", f"127.0.0.1:{port}")
        it.tap()
    arrives(it)


@pytest.mark.parametrize("camera", ["missing", "empty", "frozen"])
def test_a_camera_that_is_not_there_or_does_not_answer(gate, tmp_path, camera):
    directory = tmp_path / "camera"
    if camera != "missing":
        directory.mkdir()
    if camera == "frozen":
        os.mkfifo(directory / "a.jpg")  # to open it waits for a writer, and none comes
    it = gate("terminal", "--camera", f"files:{directory}")
    it.tap()
    it.end()


def test_hardly_any_descriptors(gate):
    it = gate(wrapper=["prlimit", "--nofile=20"])
    it.tap()
    it.end()


def test_little_memory(gate):
    it = gate(wrapper=["prlimit", "--as=400000000"])
    it.tap()
    it.end()


@pytest.mark.parametrize("central", ["ftp://store", "mongodb://a b:c/t", "sqlite:", "http://"])
def test_a_store_that_can_never_work_is_refused_with_a_sentence(tmp_path, central):
    for command in ("terminal", "run"):
        done = tamtap(command, "--data", tmp_path, "--central", central, check=False)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith("tamtap: "), done.stderr


def test_an_outage_is_said_once(gate, tmp_path):
    log = tmp_path / "log"
    with log.open("w") as stderr:
        it = gate("terminal", "--central", f"mongodb://127.0.0.1:{free_port()}/t", stderr=stderr)
        it.tap()
        time.sleep(15)
        it.end()
    assert len(log.read_text().splitlines()) <= 4, log.read_text()


def test_heavy_libraries_are_modules_that_are_loaded_when_asked_for(tmp_path):
    linked = subprocess.run(["ldd", TAMTAP], capture_output=True, text=True, check=True).stdout
    for library in ("mongoc", "bson", "opencv"):
        assert library not in linked
    alone = tmp_path / "tamtap"
    shutil.copy(TAMTAP, alone)
    hide = "test ! -d /usr/lib/tamtap || mount -t tmpfs none /usr/lib/tamtap"
    done = subprocess.run(
        [*namespace(f"({hide})"), alone, "doctor", "--data", tmp_path, "--central", "mongodb://127.0.0.1/t"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert "libtamtap_mongodb.so" in done.stdout
    assert "install the package tamtap-mongodb" in done.stdout


@pytest.mark.parametrize("content", ["", "{", "[]", '{"secret": ""}', "\xff\xfe"])
def test_credentials_that_cannot_be_read_stop_no_gate(school, start, content):
    data = school()
    (data / "credentials.json").write_text(content, encoding="latin-1")
    terminal = start(*terminal_arguments(data, "http://127.0.0.1:9"))
    terminal.type(card(1))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    wait_until(
        lambda: any("credentials.json" in line for line in terminal.log), 30, "it says what is wrong"
    )
    assert terminal.stop() == 0


def test_one_settings_file_serves_every_command_wherever_it_is_named(school, tmp_path):
    data = school()
    settings = tmp_path / "tamtap.toml"
    settings.write_text(
        f'data = "{data}"\nreader = "stdin"\nlisten = "127.0.0.1:0"\n[camera]\nrequired = false\n'
    )
    tamtap("--config", settings, "account", "add", "head", "--role", "admin", "--password-stdin",
           stdin="correct horse\n")  # fmt: skip
    for words in (
        ("--config", settings, "account", "list"),
        (f"--config={settings}", "account", "list"),
        ("account", "--config", settings, "list"),
        ("account", "list", "--config", settings),
    ):
        assert tamtap(*words).stdout.startswith("head "), words
    assert "300 people" in tamtap("--config", settings, "roster", "list").stdout
    settings.write_text(f'data = "{data}"\nreeder = "stdin"\n')
    assert tamtap("--config", settings, "account", "list", check=False).returncode == 2
