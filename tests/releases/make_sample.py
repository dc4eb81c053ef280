#!/usr/bin/env python3
"""tests/releases/make_sample.py TAMTAP: what an installation of this release leaves on disk, as VERSION.tar.xz.

Made once a release, with the released program, and kept: tests/e2e/test_upgrade.py has every later program
read it. server/ is the data directory of a server with ten people, a schedule, an account, settings and a
suspension; gate/ that of a gate with ten taps, six of which the server has; tamtap.toml the settings of a
machine with both.
"""

import io
import json
import pathlib
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
PASSWORD = "correct horse"
SETTINGS = """\
data = "/var/lib/tamtap"
terminal-id = "main-gate"
listen = "127.0.0.1:3000"
public-url = ["https://attendance.example.org/tamtap"]
trusted-proxy = ["192.0.2.7"]
access-log = true
metrics-token = "credential:metrics"
reader = ["stdin"]
panel = ["json"]
camera = "none"
clock = "system"

[journal]
retention-days = 400
retired = "archive"
"""


def main():
    program = sys.argv[1]

    def tamtap(*words, typed=""):
        return subprocess.run([program, *map(str, words)], input=typed, check=True, capture_output=True, text=True).stdout

    def until(condition):
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    with tempfile.TemporaryDirectory() as directory:
        made = pathlib.Path(directory)
        (made / "tamtap.toml").write_text(SETTINGS)
        people, hours = made / "people.csv", made / "hours.csv"
        people.write_text("".join(f"{0xA0000000 + n:08X},First{n},Last{n},7,Narra\n" for n in range(10)))
        hours.write_text(
            "Section," + ",".join(f"{day} Start,{day} End" for day in DAYS) + "\nNarra," + ",".join(["00:00,23:59"] * 7) + "\n"
        )
        server, gate = ("--data", made / "server"), ("--data", made / "gate")
        tamtap("roster", "import", people, *server)
        tamtap("roster", "import", hours, *server)
        tamtap("settings", "set", "departures", "on", *server)
        tamtap("calendar", "suspend", "2026-12-24", "--reason", "Christmas Eve", *server)
        tamtap("account", "add", "head", "--role", "admin", "--password-stdin", *server, typed=PASSWORD + "\n")
        token = tamtap("terminals", "add", "main-gate", *server).strip()
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{listener.getsockname()[1]}"
        pending = lambda: json.loads(tamtap("journal", "status", *gate, "--json"))["pending"]
        serving = subprocess.Popen([program, "server", *server, "--listen", address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: subprocess.run([program, "enroll", f"http://{address}", token, *gate], capture_output=True).returncode == 0)
        tapping = subprocess.Popen(
            [program, "terminal", *gate, "--reader", "stdin", "--panel", "json"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip

        def tap(numbers):
            for number in numbers:
                tapping.stdin.write(f"{0xA0000000 + number:08X}\n")
                tapping.stdin.flush()
                until(lambda: '"verdict":"accepted"' in tapping.stdout.readline())

        until(lambda: len(json.loads(tamtap("roster", "list", "--json", *gate))["students"]) == 10)
        tap(range(6))
        until(lambda: pending() == 0)
        serving.terminate()
        serving.wait()
        tap(range(6, 10))
        tapping.terminate()
        tapping.wait()
        assert pending() == 4

        version = tamtap("version").split()[1].split("+")[0]
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w:xz") as archive:
            for name in ("server", "gate", "tamtap.toml"):
                archive.add(made / name, name)
        (HERE / f"{version}.tar.xz").write_bytes(content.getvalue())
        print(f"tests/releases/{version}.tar.xz: {len(content.getvalue())} bytes")


if __name__ == "__main__":
    main()
