"""What the tests of packages have in common: where the packages are, and a person with a card."""

import json
import os
import pathlib
import re
import select
import subprocess
import time
import urllib.request
from fcntl import ioctl
from http.cookiejar import CookieJar

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TAMTAP_BUILD", ROOT / "build"))
PASSWORD = "tamaraw grazes at dawn"
# Classes all day and every day, so that no test depends on the hour it runs at.
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
ALWAYS_OPEN = "Section," + ",".join(f"{day} Start,{day} End" for day in DAYS) + "\nNarra," + ",".join(["00:00,23:59"] * 7) + "\n"
# Of <asm-generic/ioctls.h>: unlock a pseudo terminal, which one it is, and let others open it.
TIOCSPTLCK, TIOCGPTN, TIOCNXCL = 0x40045431, 0x80045430, 0x540D


def package(name="tamtap", architecture=None):
    if architecture is None:
        architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    (found,) = (BUILD / "packages").glob(f"{name}_*_{architecture}.deb")
    return found


def newer(deb, directory, version):
    unpacked = directory / "unpacked"
    subprocess.run(["dpkg-deb", "-R", deb, unpacked], check=True)
    control = unpacked / "DEBIAN/control"
    control.write_text(re.sub(r"^Version: .*", f"Version: {version}", control.read_text(), flags=re.MULTILINE))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-b", unpacked, directory / "newer.deb"], check=True, capture_output=True)
    return directory / "newer.deb"


class Pages:
    """Somebody who looks at the pages."""

    def __init__(self, port):
        self.port = port
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def ask(self, path, body=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Content-Type": "application/json"})
        data = None if body is None else json.dumps(body).encode()
        return json.loads(self.opener.open(request, data, timeout=10).read())

    def sign_in(self):
        self.ask("/api/auth/login", {"username": "head", "password": PASSWORD})

    def present(self):
        return {record["name"] for record in self.ask("/api/attendance")["records"]}


class SerialReader:
    """A card reader on a serial line, which is a pseudo terminal of the machine."""

    def __init__(self, machine):
        self.descriptor = os.open(machine.path("/dev/pts/ptmx"), os.O_RDWR | os.O_NOCTTY)
        ioctl(self.descriptor, TIOCSPTLCK, b"\0\0\0\0")
        number = int.from_bytes(ioctl(self.descriptor, TIOCGPTN, b"\0\0\0\0"), "little")
        self.device = f"/dev/pts/{number}"
        machine.run(f"chgrp dialout {self.device}; chmod 660 {self.device}")
        self.line = machine.path(self.device)

    def tap(self, card):
        # A gate has its line for itself. A real one is free when its gate has died; this one, whose other
        # end stays open, is not.
        line = os.open(self.line, os.O_RDWR | os.O_NOCTTY)
        ioctl(line, TIOCNXCL)
        os.close(line)
        os.write(self.descriptor, f"{card}\r\n".encode())


class Person:
    """Somebody at a terminal, who answers what a command asks."""

    def __init__(self, words):
        self.terminal, other = os.openpty()
        self.process = subprocess.Popen(words, stdin=other, stdout=other, stderr=other, close_fds=True)
        os.close(other)
        self.said = ""

    def hears(self, text, within=60):
        deadline = time.monotonic() + within
        while text not in self.said:
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                return False
            self.said += os.read(self.terminal, 4096).decode()
        return True

    def reads(self, text):
        """Waits until it is said, and returns what was said before it."""
        assert self.hears(text), f"{text!r} was not said: {self.said}"
        before, _, self.said = self.said.partition(text)
        return before

    def answers(self, question, text):
        self.reads(question)
        self.reads(": ")
        os.write(self.terminal, text.encode() + b"\n")

    def is_done(self):
        """The exit status, after all that is still said."""
        try:
            while piece := os.read(self.terminal, 4096):
                self.said += piece.decode()
        except OSError:  # nobody is at the other end any more
            pass
        os.close(self.terminal)
        return self.process.wait(60)


def until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError as error:
            what = f"{what} ({error})"
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")
