"""Real binaries, real servers, real signals: what crosses processes is tested here."""

import collections
import contextlib
import json
import os
import pathlib
import queue
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TAMTAP_BUILD", ROOT / "build"))
TAMTAP = BUILD / "tamtap"
PHOTOS = pathlib.Path(os.environ.get("TAMTAP_TEST_PHOTOS", BUILD / "photos"))
# How many times as long as usual is waited for anything: more than once where an emulator runs the program.
PATIENCE = int(os.environ.get("TAMTAP_PATIENCE", "1"))
# A library to preload into the program besides: what that emulator is short of.
PRELOAD = os.environ.get("TAMTAP_PRELOAD")

# Classes all day and every day, so that no test depends on the hour it runs at.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SCHEDULE = (
    "Section,Grade,Adviser Name," + ",".join(f"{day} Start,{day} End" for day in DAYS) + "\n"
    "Narra,7,M. Santos," + ",".join(["00:00,23:59"] * 7) + "\n"
)


def card(n):
    return f"{0xA0000000 + n:08X}"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_until(condition, timeout, what):
    """Returns how long it took. `what` is a text, or a function that makes it once it is too late."""
    timeout *= PATIENCE
    start = time.monotonic()
    while True:
        if condition():
            return time.monotonic() - start
        assert time.monotonic() - start < timeout, f"not within {timeout} s: {what() if callable(what) else what}"
        time.sleep(0.02)


def tamtap(*arguments, stdin="", check=True):
    done = subprocess.run(
        [TAMTAP, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=120
    )
    if check:
        assert done.returncode == 0, done.stderr
    return done


class Process:
    """A running tamtap whose standard output is read line by line."""

    def __init__(self, *arguments, environment=None, wrapper=()):
        self.log = []
        self.lines = queue.Queue()
        environment = {**os.environ, **(environment or {})}
        if PRELOAD:
            environment["LD_PRELOAD"] = f"{environment.get('LD_PRELOAD', '')}:{PRELOAD}"
        self.process = subprocess.Popen(
            [*wrapper, TAMTAP, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for stream, sink in ((self.process.stdout, self.lines.put), (self.process.stderr, self.log.append)):
            threading.Thread(target=self._read, args=(stream, sink), daemon=True).start()

    @staticmethod
    def _read(stream, sink):
        for line in stream:
            sink(line.rstrip("\n"))

    def type(self, *cards):
        self.process.stdin.write("".join(f"{each}\n" for each in cards))
        self.process.stdin.flush()

    def acks(self, count, timeout=30):
        """The next `count` ack lines of --panel json."""
        found = []
        deadline = time.monotonic() + timeout * PATIENCE
        while len(found) < count:
            left = deadline - time.monotonic()
            assert left > 0, f"{len(found)} of {count} acks; {self.log[-5:]}"
            try:
                line = self.lines.get(timeout=left)
            except queue.Empty:
                continue
            if not line.startswith("{"):
                continue  # `run` says where its server is
            event = json.loads(line)
            if event["event"] == "ack":
                found.append(event)
        return found

    def drain(self):
        """Whatever was printed until now."""
        events = []
        while not self.lines.empty():
            line = self.lines.get()
            if line.startswith("{") and line.endswith("}"):
                events.append(json.loads(line))
        return events

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("a stop takes longer than 10 s")
        return self.process.returncode

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start(request):
    """Starts a tamtap that is stopped when the test ends."""
    processes = []

    def starter(*arguments, environment=None, wrapper=()):
        process = Process(*arguments, environment=environment, wrapper=wrapper)
        processes.append(process)
        return process

    yield starter
    for process in processes:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture
def devices(tmp_path):
    """Devices that answer as the real ones would."""
    from devices import Devices

    made = Devices(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def school(tmp_path):
    """A data directory that knows 300 people, whose classes are always on."""

    def make(name="data", people=300):
        data = tmp_path / name
        roster = tmp_path / f"{name}.csv"
        roster.write_text(
            "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(people))
        )
        schedule = tmp_path / f"{name}-schedule.csv"
        schedule.write_text(SCHEDULE)
        tamtap("roster", "import", roster, "--data", data)
        tamtap("roster", "import", schedule, "--data", data)
        return data

    return make


def status(data):
    return json.loads(tamtap("journal", "status", "--data", data, "--json").stdout)


def takes_blocks(path):
    """Whether the journal writes past the page cache there (src/base/posix_file.cc)."""
    system = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=True)
    return system.stdout.strip() in ("ext2/ext3", "xfs")


def export(data):
    return json.loads(tamtap("journal", "export", "--data", data).stdout)


def whole_acks(output):
    """The accepted acks. A killed process may leave its last line in pieces; what is whole was said."""
    acks = [
        json.loads(line)
        for line in output.splitlines()
        if line.startswith('{"event":"ack"') and line.endswith("}")
    ]
    return [ack for ack in acks if ack["verdict"] == "accepted"]


def stored_taps(database, tmp_path):
    """Every tap that a server which has ended left in its database, as (tap, card, terminal, day).

    A copy is looked at: to open the database itself would finish what the server had begun.
    """
    with tempfile.TemporaryDirectory(dir=tmp_path) as directory:
        for suffix in ("", "-wal"):
            path = pathlib.Path(f"{database}{suffix}")
            if path.exists():
                shutil.copy(path, directory)
        with contextlib.closing(sqlite3.connect(pathlib.Path(directory) / database.name)) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            rows = copy.execute("SELECT tap, terminal, record FROM attendance_taps").fetchall()
    records = [(tap, terminal, json.loads(record)) for tap, terminal, record in rows]
    return [(tap, record["nfc_id"], terminal, record["day"]) for tap, terminal, record in records]


def twice(stored):
    """What is there more than once: a tap, or a person's tap of a day at one gate."""
    counts = collections.Counter(tap for tap, *_ in stored)
    counts += collections.Counter(each[1:] for each in stored)
    return [each for each, count in counts.items() if count > 1]


def check_confirmed(database, gate, acknowledged, tmp_path):
    """With the server dead: what the gate will never send again is there, once. Its journal."""
    stored = stored_taps(database, tmp_path)
    assert not twice(stored)
    there = {tap: person for tap, person, *_ in stored}
    # What is no tap of this gate was invented.
    assert there.items() <= acknowledged.items()
    journal = export(gate)
    assert {record["tap"] for record in journal["attendance"]} <= there.keys()
    assert not journal["quarantined"]
    return journal


def terminal_arguments(data, central, *more):
    return (
        "terminal", "--data", data, "--central", central, "--panel", "json",
        "--terminal-id", "gate-1", *more,
    )  # fmt: skip


class Server:
    """`tamtap server` with an administrator, and a terminal's credentials on demand."""

    def __init__(self, start, data, port=None, central=None, listen="127.0.0.1", more=(), wrapper=()):
        self.start, self.data = start, data
        self.listen, self.more, self.wrapper = listen, more, wrapper
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.central = ["--central", central] if central else []
        self.process = None
        self.cookie = None

    def prepare(self):
        tamtap("account", "add", "head", "--role", "admin", "--password-stdin", "--data", self.data,
               stdin="correct horse\n")  # fmt: skip
        return self

    def launch(self):
        self.process = self.start(
            "server", "--data", self.data, "--listen", f"{self.listen}:{self.port}", *self.central, *self.more,
            wrapper=self.wrapper,
        )  # fmt: skip

    def run(self, patience=20):
        self.launch()
        wait_until(self.answers, patience, lambda: f"the server answers: {self.process.log}")
        return self

    def answers(self):
        try:
            return self.get("/api/health")[0] == 200
        except OSError:
            return False

    def enroll(self, terminal_data, name="gate-1"):
        token = tamtap("terminals", "add", name, "--data", self.data).stdout.strip()
        tamtap("enroll", self.url, token, "--data", terminal_data)

    def take_forged(self, terminal_data, *records):
        """Takes these pending taps first, of somebody else: the gate's own are then refused for good."""
        secret = json.loads((terminal_data / "credentials.json").read_text())["secret"]
        lines = [json.dumps({**record, "name": "Somebody Else"}) for record in records]
        code, body, _ = self.request(
            "/api/terminal/records", "POST", "\n".join(lines).encode(),
            {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"},
        )  # fmt: skip
        assert code == 200 and body.count(b'"stored"') == len(records), body

    def request(self, path, method="GET", body=None, headers=None, timeout=10):
        request = urllib.request.Request(self.url + path, method=method, headers=headers or {})
        if self.cookie:
            request.add_header("Cookie", self.cookie)
        if body is not None:
            request.data = body if isinstance(body, bytes) else json.dumps(body).encode()
            if not request.has_header("Content-type"):
                request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as answer:
            return answer.code, answer.read(), answer.headers

    def get(self, path):
        code, body, _ = self.request(path)
        return code, json.loads(body) if body.startswith(b"{") else body

    def sign_in(self):
        code, body, headers = self.request(
            "/api/auth/login", "POST", {"username": "head", "password": "correct horse"}
        )
        assert code == 200, body
        self.cookie = headers["Set-Cookie"].split(";")[0]
        return self

    def attendance(self):
        code, body = self.get("/api/attendance")
        assert code == 200, body
        return body["records"]


@pytest.fixture
def server(start, tmp_path):
    def make(**more):
        return Server(start, tmp_path / "server", **more).prepare()

    return make


class MongoServer:
    """The MongoDB-compatible server that the tests bring along, on a port of its own."""

    def __init__(self, directory):
        self.port = free_port()
        self.directory = directory
        self.directory.mkdir()
        self.process = None
        self.uri = f"mongodb://127.0.0.1:{self.port}/tamtap"

    def run(self):
        binary = BUILD / "tests" / "mongodb_server"
        assert binary.exists(), f"{binary} is missing; `make test` builds it by scripts/test-mongodb"
        self.process = subprocess.Popen(
            [binary, "--port", str(self.port), "--data", self.directory],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self.answers, 30, "the MongoDB-compatible server answers")
        return self

    def answers(self):
        with socket.socket() as connection:
            connection.settimeout(1)
            return connection.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def mongo(tmp_path):
    server = MongoServer(tmp_path / "mongo")
    yield server
    server.stop()
