"""What the tests of packages have in common: where the packages are, and a person with a card."""

import os
import pathlib
import re
import subprocess
import time
from fcntl import ioctl

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TAMTAP_BUILD", ROOT / "build"))
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
