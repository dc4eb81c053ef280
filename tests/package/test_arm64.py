"""The arm64 package in an arm64 Debian 12, whose programs run by qemu-user, beside an amd64 server. Run by
`make package-test`. The tests go through one life of one gate, in their order."""

import contextlib
import json
import os
import pathlib
import socket
import sqlite3
import subprocess
import threading
import urllib.request

import pytest

from foreign_root import ForeignRoot
from installing import ALWAYS_OPEN, BUILD, package, until

TAMTAP = BUILD / "tamtap"
PEOPLE = 1300


def card(number):
    return f"C{number:07X}"


def here(*words, stdin=""):
    return subprocess.run([TAMTAP, *map(str, words)], input=stdin, capture_output=True, text=True, check=True).stdout


def put_lists(directory):
    (directory / "people.csv").write_text(
        "nfc_id,first,last,grade,section\n" + "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(PEOPLE))
    )
    (directory / "hours.csv").write_text(ALWAYS_OPEN)


@pytest.fixture(scope="module")
def pi(tmp_path_factory):
    root = ForeignRoot(BUILD / "bare-debian-arm64.tar", tmp_path_factory.mktemp("pi") / "root")
    for name in ("tamtap", "tamtap-camera", "tamtap-mongodb"):
        (root.root / "root" / f"{name}.deb").write_bytes(package(name, "arm64").read_bytes())
    put_lists(root.root / "root")
    return root


class School:
    """An amd64 server that knows the people."""

    def __init__(self, directory):
        self.data = directory / "server"
        put_lists(directory)
        for name in ("people", "hours"):
            here("roster", "import", directory / f"{name}.csv", "--data", self.data)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.process = subprocess.Popen(
            [TAMTAP, "server", "--data", self.data, "--listen", self.address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until(lambda: urllib.request.urlopen(f"http://{self.address}/api/health/live").status == 200, 60, "the server answers")

    def token(self):
        return here("terminals", "add", "pi", "--data", self.data).strip()


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    made = School(tmp_path_factory.mktemp("school"))
    yield made
    made.process.terminate()
    made.process.wait()


class Gate:
    """A gate there, whose cards are typed."""

    def __init__(self, pi):
        self.acks = []
        self.process = subprocess.Popen(
            pi.words("exec tamtap terminal --data /root/gate --reader stdin --panel json"),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.reading = threading.Thread(target=self.read)
        self.reading.start()

    def read(self):
        for line in self.process.stdout:
            if line.startswith('{"event":"ack"') and line.endswith("}\n"):
                self.acks.append(json.loads(line))

    def type(self, numbers):
        self.process.stdin.write("".join(f"{card(number)}\n" for number in numbers))
        self.process.stdin.flush()

    def kill(self):
        """The gate itself, by kill -9; unshare, whose child it is, then ends too."""
        (child,) = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        os.kill(int(child), 9)
        self.process.wait()
        self.reading.join()


def journal(pi):
    return json.loads(pi.run("tamtap journal status --data /root/gate --json").stdout)


def kept(pi):
    return json.loads(pi.run("tamtap journal export --data /root/gate --format json").stdout)


def test_it_is_installed_with_all_that_it_needs(pi):
    assert pi.run("uname -m; dpkg --print-architecture").stdout == "aarch64\narm64\n"
    pi.run("apt-get -q update")
    pi.run("apt-get -qy install --no-install-recommends /root/tamtap.deb")
    assert "tamtap" in pi.run("getent passwd tamtap").stdout
    # Of the heavy ones only whether their dependencies can be had: OpenCV takes minutes here.
    pi.run("apt-get -qy -s install --no-install-recommends /root/tamtap-camera.deb")
    pi.run("apt-get -qy install --no-install-recommends /root/tamtap-mongodb.deb")


def test_version_and_doctor(pi):
    assert pi.run("tamtap version").stdout == here("version")
    looked = pi.run("tamtap doctor --data /root/elsewhere", check=False)
    assert looked.returncode in (0, 1) and "flush" in looked.stdout, looked.stdout + looked.stderr
    asked = pi.run("tamtap doctor --data /root/elsewhere --central mongodb://127.0.0.1:9/x", check=False)
    assert "module" not in asked.stdout + asked.stderr, asked.stdout


def test_a_list_is_imported(pi):
    said = pi.run("tamtap roster import /root/people.csv --data /root/alone").stdout
    assert f"{PEOPLE} people imported: {PEOPLE} new" in said
    exported = pi.run("tamtap roster export --data /root/alone").stdout
    assert exported.count("First") == PEOPLE + exported.splitlines()[0].count("First")


def test_a_thousand_taps_and_a_kill_lose_nothing_on_the_way_to_an_amd64_server(pi, school):
    token = school.token()
    pi.run(f"tamtap enroll http://{school.address} {token} --data /root/gate")
    gate = Gate(pi)
    until(lambda: pi.run("tamtap roster list --data /root/gate").stdout.count("First") >= PEOPLE, 120, "the gate knows the people")
    gate.type(range(1000))
    until(lambda: len(gate.acks) == 1000, 300, "a thousand taps")
    assert {ack["verdict"] for ack in gate.acks} == {"accepted"}

    gate.type(range(1000, PEOPLE))
    until(lambda: len(gate.acks) >= 1100, 120, "amid more of them")
    gate.kill()
    acknowledged = {ack["tap"] for ack in gate.acks}
    assert len(acknowledged) < PEOPLE, "it was killed too late"
    pi.run("tamtap journal verify --data /root/gate")

    again = Gate(pi)
    until(lambda: journal(pi)["pending"] == 0, 120, "the backlog is sent")
    again.kill()
    confirmed = {each["tap"] for each in kept(pi)["attendance"]}
    assert acknowledged <= confirmed
    school.process.terminate()
    school.process.wait()
    with contextlib.closing(sqlite3.connect(school.data / "central.db")) as store:
        stored = [tap for (tap,) in store.execute("SELECT tap FROM attendance_taps")]
    print(f"\n{len(acknowledged)} taps acknowledged before the kill, {len(stored)} on the server")
    assert len(stored) == len(set(stored)) and set(stored) == confirmed
