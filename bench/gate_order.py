#!/usr/bin/env python3
"""Writes cmake/gate_order.ld: which functions of the program a gate calls, from its start over its first
taps to its end, so that the linker puts them side by side.

Pages of a program are mapped 16 at a time. A gate calls a fifth of the program's functions; scattered as
the linker finds them, they have nearly all of it mapped, and side by side a quarter. A function that
is gone is passed over by the linker, and a new one lies with the rest, so the list costs memory as it
grows old, and nothing else: `make start-figures` says how much. It takes a build of type Release that is up
to date.

    bench/gate_order.py [BUILD]        (needs valgrind)
"""

import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

from start import school

ROOT = pathlib.Path(__file__).resolve().parent.parent
ORDER = ROOT / "cmake" / "gate_order.ld"
TAPS = 3


def linked_plainly(build, directory):
    """The program without any order: valgrind finds names in the one section .text alone."""
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", "tamtap"], check=True, capture_output=True,
                              text=True).stdout.splitlines()  # fmt: skip
    words = shlex.split(commands[-1].removeprefix(": && ").partition(" && ")[0])
    words = [word for word in words if not word.startswith("-Wl,-T,")]
    words[words.index("-o") + 1] = directory / "tamtap"
    subprocess.run(words, cwd=build, check=True)
    return directory / "tamtap"


def calls(tamtap, directory):
    """The mangled names of the program's own functions that one gate calls."""
    profile = directory / "profile"
    gate = subprocess.Popen(
        ["valgrind", "--tool=callgrind", "--demangle=no", "--compress-strings=no",
         f"--callgrind-out-file={profile}", tamtap, "terminal", "--data", directory / "data", "--panel", "json",
         "--exit-on-eof"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    acknowledged = 0
    for line in gate.stdout:
        if '"state":"IDLE"' in line and acknowledged < TAPS:
            gate.stdin.write("A0000001\n")
            gate.stdin.flush()
        acknowledged += '"event":"ack"' in line
        if acknowledged == TAPS and '"state":"IDLE"' in line:
            # The store has what is sent to it now; who is at the gate has gone.
            gate.stdin.close()
    if gate.wait() != 0 or acknowledged != TAPS:
        raise SystemExit(f"the gate took {acknowledged} taps and ended with {gate.returncode}")
    called, of = set(), ""
    for line in profile.read_text().splitlines():
        if line.startswith("ob="):
            of = line[3:]
        elif line.startswith("fn=") and of == str(tamtap):
            called.add(re.sub(r"'\d+$", "", line[3:]))
    return called


def main():
    build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build").resolve()
    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        tamtap = linked_plainly(build, directory)
        school(tamtap, directory)
        called = calls(tamtap, directory)
        defined = subprocess.run(["nm", "--defined-only", "--numeric-sort", tamtap], check=True, capture_output=True,
                                 text=True)  # fmt: skip
    at = {}  # a constructor has two names, and its section has one of them
    for line in defined.stdout.splitlines():
        address, kind, name = line.split()
        if kind in "tTwW" and re.fullmatch(r"_Z[\w.]+", name) and not name.endswith(".cold"):
            at.setdefault(address, []).append(name)
    wanted = [name for names in at.values() if called.intersection(names) for name in dict.fromkeys(names)]
    if len(wanted) < 500:
        raise SystemExit(f"only {len(wanted)} names of what was called: {ORDER.name} stays as it is")
    sections = "".join(f"    *(.text.{name})\n" for name in wanted)
    ORDER.write_text("/* Written by bench/gate_order.py, which says what for. */\nSECTIONS\n{\n  .text.gate : {\n"
                     + sections + "  }\n}\nINSERT BEFORE .text;\n")
    print(f"{len(wanted)} functions in {ORDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
