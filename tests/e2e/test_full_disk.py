"""A full disk, honestly: what ends something works on it, taps go before records and records before
photos, and whoever looks is told in plain words."""

import contextlib
import json
import os
import subprocess
import threading
import time

import pytest
from conftest import Server, card, status, tamtap, terminal_arguments, wait_until

MIB = 1 << 20


@pytest.fixture(params=["tmpfs", "ext4"])
def disk(request, tmp_path):
    """A file system of 80 MiB."""
    place = tmp_path / "disk"
    place.mkdir()
    if request.param == "tmpfs":
        mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", place]
    else:
        image = tmp_path / "image"
        with open(image, "wb") as file:
            file.truncate(80 * MIB)
        # In the blocks of a gate's card; so small a disk would be given smaller ones.
        subprocess.run(["mkfs.ext4", "-q", "-b", "4096", "-m", "0", image], check=True)
        mount = ["mount", "-o", "loop", image, place]
    if subprocess.run(list(map(str, mount)), capture_output=True).returncode != 0:
        pytest.skip(f"no {request.param} can be mounted here")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def free(place):
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize


def fill(place, leave=0):
    """Fills it, but for about so many bytes; to the last one if none is left."""
    with open(place / "filler", "ab", buffering=0) as file:
        for piece in (MIB, 4096, 1):
            with contextlib.suppress(OSError):
                while not leave or free(place) > leave + piece:
                    file.write(b"x" * piece)
            if leave:
                break
        os.fsync(file.fileno())


class Filler:
    """Takes whatever becomes free, all the time."""

    def __init__(self, place):
        self.place, self.stopped, self.taken = place, threading.Event(), 0
        self.thread = threading.Thread(target=self.run)

    def run(self):
        with open(self.place / "greedy", "ab", buffering=0) as file:
            while not self.stopped.is_set():
                try:
                    self.taken += file.write(b"x" * 4096)
                except OSError:
                    time.sleep(0.0005)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


@pytest.fixture
def full(start, disk):
    """A server on a full disk: three have signed in, and two gates are enrolled."""
    server = Server(start, disk / "server").prepare().run()
    cookies = []
    for _ in range(3):
        server.cookie = None  # or the one before would end
        cookies.append(server.sign_in().cookie)
    server.cookie = None
    gates = []
    for name in ("gate-1", "gate-2"):
        token = tamtap("terminals", "add", name, "--data", server.data).stdout.strip()
        code, body, _ = server.request("/api/terminal/enroll", "POST", {"token": token})
        assert code == 200, body
        gates.append({"Authorization": f"Bearer {json.loads(body)['secret']}"})
    fill(disk)
    server.cookies, server.gates, server.disk = cookies, gates, disk
    return server


def knows(server, cookie):
    server.cookie = cookie
    code = server.request("/api/auth/me")[0]
    server.cookie = None
    return code == 200


def sign_out(server, cookie):
    server.cookie = cookie
    code = server.request("/api/auth/logout", "POST", {})[0]
    server.cookie = None
    return code


def greets(server, gate):
    return server.request("/api/terminal/hello", headers=gate)[0] == 200


def test_signing_out_and_revoking_work_on_a_full_disk_and_after_a_kill(full):
    assert free(full.disk) < 4096
    assert knows(full, full.cookies[0]) and greets(full, full.gates[0])
    assert sign_out(full, full.cookies[0]) == 200
    tamtap("terminals", "revoke", "gate-1", "--data", full.data)
    assert not knows(full, full.cookies[0]) and not greets(full, full.gates[0])
    # Durable: neither comes back with the next start, on the disk that is full still.
    full.process.kill()
    fill(full.disk)
    full.run()
    assert not knows(full, full.cookies[0]) and not greets(full, full.gates[0])
    assert knows(full, full.cookies[1]) and greets(full, full.gates[1])
    assert sign_out(full, full.cookies[1]) == 200
    tamtap("terminals", "revoke", "gate-2", "--data", full.data)
    assert not knows(full, full.cookies[1]) and not greets(full, full.gates[1])
    # With the server stopped its log is gone: the command makes one, from the reserve.
    assert full.process.stop() == 0
    fill(full.disk)
    tamtap("account", "remove", "head", "--data", full.data)
    full.run()
    assert not knows(full, full.cookies[2])


def test_they_work_while_somebody_takes_every_byte_that_becomes_free(full):
    with Filler(full.disk) as filler:
        for cookie in full.cookies[:2]:
            assert sign_out(full, cookie) == 200
            assert not knows(full, cookie)
        tamtap("terminals", "revoke", "gate-1", "--data", full.data)
        assert not greets(full, full.gates[0])
        full.process.kill()
        full.run()
        assert not any(knows(full, cookie) for cookie in full.cookies[:2])
        assert not greets(full, full.gates[0])
        assert sign_out(full, full.cookies[2]) == 200
    full.process.kill()
    full.run()
    assert not knows(full, full.cookies[2])
    print(f"the filler took {filler.taken >> 10} KiB meanwhile")


def test_health_says_what_is_wrong_in_plain_words(full):
    code, body = full.get("/api/health")
    assert code == 200 and body["status"] == "degraded"
    assert "it is full" in body["disk_problem"] and "make room" in body["disk_problem"]
    assert "tamtap_disk_free_bytes 0" in full.request("/metrics")[1].decode()
    doctor = tamtap("doctor", "--data", full.data, check=False)
    assert doctor.returncode == 1
    assert "it is full" in doctor.stdout
    os.remove(full.disk / "filler")
    fill(full.disk, leave=30 * MIB)
    assert "photos are not kept any more" in full.get("/api/health")[1]["disk_problem"]


def test_photos_stop_first_then_records_and_taps_last(start, school, disk):
    """A gate and its store on one disk that fills."""
    data = disk / "data"
    known = school()
    subprocess.run(["cp", "-r", known, data], check=True)
    terminal = start(*terminal_arguments(data, f"sqlite:{data / 'central.db'}"))
    terminal.type(card(1))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: status(data)["confirmed"] == 1, 30, "the store takes records")
    fill(disk, leave=12 * MIB)
    terminal.type(*(card(n) for n in range(2, 30)))
    assert {ack["verdict"] for ack in terminal.acks(28)} == {"accepted"}
    wait_until(
        lambda: any("kept for taps" in line for line in terminal.log), 60, "records stop, and it is said"
    )
    assert status(data)["pending"] > 0
    # No room at all: what is set aside already takes taps still.
    fill(disk)
    terminal.type(card(30))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    os.remove(disk / "filler")
    wait_until(lambda: status(data)["pending"] == 0, 90, "all is stored when there is room")
    assert terminal.stop() == 0


def test_the_panel_tells_staff_of_a_disk_that_fills(start, school, disk):
    data = disk / "data"
    subprocess.run(["cp", "-r", school(), data], check=True)
    fill(disk, leave=20 * MIB)
    terminal = start(
        "terminal", "--data", data, "--central", "http://127.0.0.1:9", "--panel", "screen",
        "--terminal-id", "gate-1",
    )  # fmt: skip
    shown = []

    def says(words):
        while not terminal.lines.empty():
            shown.append(terminal.lines.get())
        terminal.type(card(299))  # the plain screen shows its idle line after a tap
        return any(words in line for line in shown)

    wait_until(lambda: says("DISK NEARLY FULL"), 60, "the idle line tells it")
    assert terminal.stop() == 0
