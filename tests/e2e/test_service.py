"""What a service manager is told, and what it is not made to wait for."""

import os
import signal
import socket
import subprocess
import time

import pytest

from conftest import TAMTAP, free_port, status, wait_until


class Manager:
    """systemd's side of sd_notify(3)."""

    def __init__(self, directory):
        self.path = directory / "notify"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(self.path))
        self.socket.settimeout(30)

    def environment(self, watchdog_s):
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}

    def hear(self, start):
        """The next message that begins so; what else comes is passed over."""
        while True:
            message = self.socket.recv(4096).decode()
            if message.startswith(start):
                return message


@pytest.mark.parametrize("role", ["terminal", "server", "run"])
def test_a_service_says_when_it_is_up_that_it_lives_and_that_it_stops(role, tmp_path, school, start):
    manager = Manager(tmp_path)
    listen = [] if role == "terminal" else ["--listen", f"127.0.0.1:{free_port()}"]
    process = start(role, "--data", school(), *listen, environment=manager.environment(0.4))
    assert "STATUS=" in manager.hear("READY=1")
    for _ in range(3):
        manager.hear("WATCHDOG=1")
    began = time.monotonic()
    process.process.send_signal(signal.SIGTERM)
    manager.hear("STOPPING=1")
    assert process.process.wait(10) == 0
    assert time.monotonic() - began < 5


def test_a_gate_is_ready_once_it_takes_taps(tmp_path, school, start):
    manager = Manager(tmp_path)
    data = school()
    gate = start("terminal", "--data", data, "--panel", "json", "--central", "http://192.0.2.1:3000", environment=manager.environment(0.4))
    manager.hear("READY=1")
    gate.type("A0000001")
    assert gate.acks(1)[0]["verdict"] == "accepted"
    assert status(data)["records"] == 1
    wait_until(lambda: "1 wait to be sent" in manager.hear("WATCHDOG=1"), 10, "the status says what waits")


def test_a_service_whose_manager_is_gone_goes_on(tmp_path, school, start):
    gate = start("terminal", "--data", school(), "--panel", "json", environment={"NOTIFY_SOCKET": str(tmp_path / "gone")})
    gate.type("A0000001")
    assert gate.acks(1)[0]["verdict"] == "accepted"
    assert any("tell the service manager" in line for line in gate.log)


def test_the_journal_is_told_priorities_and_no_times(tmp_path, school):
    log = tmp_path / "log"
    with log.open("wb") as stream:
        of = os.fstat(stream.fileno())
        done = subprocess.run(
            [TAMTAP, "terminal", "--data", school(), "--exit-on-eof", "--central", "http://192.0.2.1:3000"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stream, timeout=60,
            env={**os.environ, "JOURNAL_STREAM": f"{of.st_dev}:{of.st_ino}"},
        )  # fmt: skip
    assert done.returncode == 0
    lines = log.read_text().splitlines()
    assert lines and all(line[:3] in ("<3>", "<4>", "<6>", "<7>") for line in lines), lines
    assert not any(line[3:5] == "20" for line in lines), lines


def test_a_secret_that_the_settings_name_is_what_the_manager_hands_over(tmp_path, school, start):
    data, handed = school(), tmp_path / "handed"
    handed.mkdir()
    (handed / "tamtap_central").write_text(f"sqlite:{tmp_path}/secret.db\n")
    settings = tmp_path / "tamtap.toml"
    settings.write_text(f'data = "{data}"\ncentral = "credential:central"\n')
    gate = start("terminal", "--config", settings, "--panel", "json", environment={"CREDENTIALS_DIRECTORY": str(handed)})
    gate.type("A0000001")
    assert gate.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: (tmp_path / "secret.db").exists(), 30, "the store that the secret names")
    assert gate.stop() == 0
    for name, why in (("gone", "put the address"), ("../x", "name a file of")):
        settings.write_text(f'data = "{data}"\ncentral = "credential:{name}"\n')
        done = subprocess.run(
            [TAMTAP, "terminal", "--config", settings], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
            env={**os.environ, "CREDENTIALS_DIRECTORY": str(handed)},
        )  # fmt: skip
        assert done.returncode == 1 and why in done.stderr


def test_what_keeps_a_service_from_starting_is_an_error_in_the_journal(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as stream:
        of = os.fstat(stream.fileno())
        done = subprocess.run(
            [TAMTAP, "server", "--data", tmp_path / "data", "--listen", "127.0.0.1:none"],
            stdout=subprocess.DEVNULL, stderr=stream, timeout=60,
            env={**os.environ, "JOURNAL_STREAM": f"{of.st_dev}:{of.st_ino}"},
        )  # fmt: skip
    assert done.returncode != 0
    assert any(line.startswith("<3>tamtap: ") for line in log.read_text().splitlines())
