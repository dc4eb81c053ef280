"""Strangers who ask for all that there is: memory, connections, time. Others are served meanwhile."""

import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import pytest
from conftest import Process, Server, card, export, status, terminal_arguments, wait_until

SECONDS = float(os.environ.get("ATTACK_SECONDS", 2))
MOST_MB = 64  # over idle
HERE = pathlib.Path(__file__).parent
CLONE_NEWNET = 0x40000000
SERVER = "10.9.0.1"
STRANGERS = [f"10.9.{n // 200 + 1}.{n % 200 + 1}" for n in range(40)]

sys.path.insert(0, str(HERE))
from attacker import KINDS  # noqa: E402


def memory_mb(pid, field="VmRSS"):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("it is gone")


def own_memory_mb(pid):
    """Without the pages of the program's file: those that an attack is the first to need stay."""
    return memory_mb(pid, "RssAnon")


@pytest.fixture(scope="module", autouse=True)
def network():
    """A network of its own, in which every address of 10.9.0.0/16 is this machine's."""
    script = "ip link set lo up && ip route add local 10.9.0.0/16 dev lo && echo ready && exec sleep 1000000"
    holder = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if holder.stdout.readline() != "ready\n":
        pytest.skip("no network of its own may be made here")
    libc = ctypes.CDLL(None, use_errno=True)
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    other = os.open(f"/proc/{holder.pid}/ns/net", os.O_RDONLY)
    assert libc.setns(other, CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
    try:
        yield
    finally:
        libc.setns(own, CLONE_NEWNET)
        os.close(own)
        os.close(other)
        holder.kill()
        holder.wait()


@contextlib.contextmanager
def attack(kind, port, connections=200, seconds=SECONDS, addresses=STRANGERS):
    attacker = subprocess.Popen(
        [sys.executable, HERE / "attacker.py", str(port), kind, str(connections), str(seconds), *addresses],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "ATTACKED": "" if addresses[0].startswith("127.") else SERVER},
    )  # fmt: skip
    try:
        yield attacker
    finally:
        attacker.kill()
        attacker.wait()


class Watch:
    """How much memory a process takes, and how long others wait for an answer, while it lasts."""

    def __init__(self, pid, ask):
        self.pid, self.ask = pid, ask
        self.most = 0.0
        self.waits, self.failures = [], []

    def __enter__(self):
        self.going = True
        self.threads = [threading.Thread(target=self.measure), threading.Thread(target=self.visit)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        for thread in self.threads:
            thread.join()

    def measure(self):
        while self.going:
            self.most = max(self.most, memory_mb(self.pid))
            time.sleep(0.02)

    def visit(self):
        while self.going:
            begin = time.monotonic()
            try:
                self.ask()
            except (OSError, AssertionError, http.client.HTTPException) as error:
                self.failures.append(error)
            self.waits.append(time.monotonic() - begin)
            time.sleep(0.01)

    def p99_ms(self):
        return sorted(self.waits)[int(len(self.waits) * 0.99)] * 1000


def say(*words):
    print(*words, flush=True)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    """A server with pages, an account, and one who is signed in; the same for all attacks."""
    directory = tmp_path_factory.mktemp("attacked")
    processes = []

    def start(*arguments, **more):
        processes.append(Process(*arguments, **more))
        return processes[-1]

    web = directory / "web"
    (web / "assets").mkdir(parents=True)
    (web / "index.html").write_text("<html>")
    (web / "assets" / "large.js").write_bytes(b"x" * 1_000_000)
    server = Server(start, directory / "server", listen="0.0.0.0", more=["--web", web]).prepare().run()
    server.sign_in()
    # The first crowd that a server meets leaves it some 2 MB larger for good: what its heap keeps is
    # used again for the next one. From then on nothing is to stay.
    pid = server.process.process.pid
    fresh = own_memory_mb(pid)
    with attack("chunk-extension", server.port) as attacker:
        attacker.communicate(timeout=60)
    wait_until(lambda: own_memory_mb(pid) - fresh <= 3, 150, f"{fresh} MB when fresh, {own_memory_mb(pid)} after a crowd")
    yield server
    for process in processes:
        process.kill()


def asker(server, cookie=None):
    """Asks on a connection of its own, that stays."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)

    def ask():
        try:
            connection.request("GET", "/api/health", headers={"Cookie": cookie} if cookie else {})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200
        except (OSError, http.client.HTTPException):
            connection.close()
            raise

    return ask


@pytest.mark.parametrize("kind", list(KINDS))
def test_an_attack_takes_little_and_delays_nobody(attacked, kind):
    pid = attacked.process.process.pid
    ask = asker(attacked, attacked.cookie)
    for _ in range(20):
        ask()
    wait_until(lambda: attacked.answers(), 10, "it answers")
    idle, idle_own = memory_mb(pid), own_memory_mb(pid)
    with attack(kind, attacked.port) as attacker, Watch(pid, ask) as watch:
        output, _ = attacker.communicate(timeout=60)
    opened, sent = map(int, output.split())
    begin = time.monotonic()
    wait_until(
        lambda: own_memory_mb(pid) - idle_own <= idle * 0.10, 150,
        f"{kind}: memory is given back: {idle_own} MB of {idle}, {own_memory_mb(pid)}",
    )  # fmt: skip
    say(f"{kind}: {opened} connections, {sent >> 20} MB sent; idle {idle:.1f} MB, most {watch.most:.1f} MB, "
        f"back after {time.monotonic() - begin:.0f} s at {memory_mb(pid):.1f} MB; p99 {watch.p99_ms():.0f} ms "
        f"of {len(watch.waits)}")  # fmt: skip
    assert watch.most - idle <= MOST_MB
    assert not watch.failures, watch.failures[:3]
    assert opened > 0


def limited(*limits):
    return ["prlimit", *limits]


CONSTRAINTS = {
    "few descriptors": limited("--nofile=256"),
    "little memory": limited(f"--as={512 << 20}"),
    "both": limited("--nofile=256", f"--as={512 << 20}"),
}
TAPS = int(os.environ.get("ATTACK_TAPS", 1_500))
HOLDERS = ["silent", "half-a-head", "handshakes", "requests", "length"]


@contextlib.contextmanager
def all_at_once(port, seconds=600, addresses=STRANGERS):
    with contextlib.ExitStack() as stack:
        for kind in HOLDERS:
            stack.enter_context(attack(kind, port, 150, seconds, addresses))
        yield


@pytest.mark.parametrize("constraint", list(CONSTRAINTS))
@pytest.mark.parametrize("addresses", [STRANGERS, ["127.0.0.1"]], ids=["many addresses", "one proxy's"])
def test_with_strangers_holding_all_else_taps_are_taken_gates_sync_and_staff_sign_in(
    tmp_path, school, start, constraint, addresses
):
    """`run`: the gate and the server that is attacked are one process."""
    data = school(people=TAPS)
    server = Server(start, data)
    server.prepare()
    other = school("other", people=20)
    server.process = start(
        "run", "--data", data, "--listen", f"0.0.0.0:{server.port}", "--terminal-id", "gate-1", "--panel", "json",
        wrapper=CONSTRAINTS[constraint],
    )  # fmt: skip
    wait_until(server.answers, 30, f"the server answers: {server.process.log[-5:]}")
    server.enroll(other, "gate-2")
    with all_at_once(server.port, addresses=addresses):
        wait_until(lambda: connections(server.process.process.pid) > 50, 30, "strangers are there")
        server.process.type(*(card(n) for n in range(TAPS)))
        acks = server.process.acks(TAPS, timeout=300)
        assert [ack["verdict"] for ack in acks] == ["accepted"] * TAPS
        # A gate that starts in the middle of it, and staff who come now.
        gate = start("terminal", "--data", other, "--central", server.url, "--terminal-id", "gate-2", "--panel", "json")
        gate.type(*(card(n) for n in range(20)))
        assert len(gate.acks(20)) == 20
        took = wait_until(lambda: status(other)["pending"] == 0, 120, f"the gate syncs: {gate.log[-3:]}")
        signed_in = wait_until(lambda: tries(server.sign_in), 60, "staff sign in")
        seen = wait_until(lambda: len(tries(server.attendance) or []) == TAPS, 120, "staff see all who came")
        say(f"{constraint}: {len(acks)} of {TAPS} taps; a gate synced after {took:.1f} s, "
            f"staff signed in after {signed_in:.1f} s and saw all after {seen:.1f} s")  # fmt: skip
    assert server.process.process.poll() is None, server.process.log[-5:]
    assert server.process.stop() == 0
    assert gate.stop() == 0
    assert len(export(data)["attendance"]) == TAPS
    assert status(data)["pending"] == 0


def test_ten_thousand_idle_connections_hold_up_no_gate(tmp_path, school, start):
    """Of strangers who say nothing, from as many addresses as it takes; what is given up comes again."""
    server = Server(start, school(people=300), listen="0.0.0.0").prepare().run().sign_in()
    data = school("gate", people=300)
    server.enroll(data)
    gate = start(*terminal_arguments(data, server.url))
    crowd = [f"10.9.{n // 250 + 1}.{n % 250 + 1}" for n in range(1_000)]
    with contextlib.ExitStack() as stack:
        for some in range(10):
            stack.enter_context(attack("silent", server.port, 1_000, 600, crowd[some::10]))
        held = lambda: connections(server.process.process.pid)  # noqa: E731
        wait_until(lambda: opened_to(server.port) >= 10_000, 90, lambda: (opened_to(server.port), held()))
        waits = []
        for n in range(100):
            gate.type(card(n))
            assert gate.acks(1)[0]["verdict"] == "accepted"
            if n % 10 == 9:
                waits.append(wait_until(lambda: status(data)["pending"] == 0, 20, lambda: gate.log[-3:]))
        seen = wait_until(lambda: len(tries(server.attendance) or []) == 100, 20, "staff see all who came")
        say(f"{opened_to(server.port)} connections, {held()} held: taps stored after {max(waits):.2f} s at most, "
            f"seen by staff after {seen:.2f} s; {memory_mb(server.process.process.pid):.0f} MB")  # fmt: skip
    assert server.process.process.poll() is None
    assert gate.stop() == 0


def opened_to(port):
    """Connections to that port that a client holds as open, in this network."""
    wanted = f":{port:04X}"
    with open("/proc/thread-self/net/tcp") as table:
        lines = [line.split() for line in table]
    return sum(line[2].endswith(wanted) and line[3] in ("01", "08") for line in lines[1:])


def connections(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def tries(ask):
    """What it returns; nothing if there was no answer, or another than it wants."""
    try:
        return ask()
    except (OSError, http.client.HTTPException, AssertionError):
        return None


@pytest.mark.parametrize("kind", ["chunk-extension", "trailers", "head", "body"])
def test_a_gate_whose_server_is_hostile_takes_taps_in_little_memory(school, start, kind):
    data = school(people=300)
    (data / "credentials.json").write_text(json.dumps({"server": "x", "terminal": "gate-1", "secret": "00" * 32}))
    with hostile_server(kind) as port:
        gate = start(*terminal_arguments(data, f"http://127.0.0.1:{port}"))
        gate.type(card(0))
        gate.acks(1)
        pid = gate.process.pid
        idle = memory_mb(pid)
        most = idle
        end = time.monotonic() + SECONDS
        taps = 1
        while time.monotonic() < end:
            gate.type(card(taps % 300))
            gate.acks(1)
            taps += 1
            most = max(most, memory_mb(pid))
            time.sleep(0.02)
        say(f"{kind}: {taps} taps, idle {idle:.1f} MB, most {most:.1f} MB")
        assert most - idle <= MOST_MB
    assert gate.stop() == 0


ANSWERS = {
    "chunk-extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"e" * 65536),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 10_000),
    "head": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 10_000),
    # It says that it is ours, and sends the most deeply wasteful JSON there is.
    "body": (b"HTTP/1.1 200 OK\r\nTamTap-Version: 9\r\n\r\n{\"success\":true,\"a\":[", b"0," * 30_000),
}


@contextlib.contextmanager
def hostile_server(kind):
    import socketserver

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            first, again = ANSWERS[kind]
            with contextlib.suppress(OSError):
                self.request.recv(65536)
                self.request.sendall(first)
                while True:
                    self.request.sendall(again)

    class Hostile(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    # Where it is called from decides in which network it is.
    with Hostile(("127.0.0.1", 0), Handler) as hostile:
        thread = threading.Thread(target=hostile.serve_forever, daemon=True)
        thread.start()
        yield hostile.server_address[1]
        hostile.shutdown()
