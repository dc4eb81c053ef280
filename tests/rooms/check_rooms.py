#!/usr/bin/env python3
"""Shows that rooms hold: a source sees the headers of the rooms that its own links, and no other's.

    check_rooms.py BUILD [--write]      --write brings the table in docs/architecture.md up to date

The build wrote down what each room links (BUILD/rooms/rooms.txt). Held against that:

- the compiler: every header of src/ is offered to every room, by the room's own flags
- an include that is planted in a room that does not link what it names: it must not compile
- an arrow that is planted against the order of rooms: it must not configure
- the sources: what a room links without including anything of it, or hands on to who links it
  without including it in a header, is said
- the program: what is heavy and not always wanted is loaded, not linked
- docs/architecture.md, which shows the arrows
"""

import argparse
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SOURCES = ROOT / "src"
DOCUMENT = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms -->", "<!-- end of rooms -->"
OWN_INCLUDE = re.compile(r'^#include "([a-z_]+)/([^"]+)"', re.MULTILINE)
# What tests, fuzzers and benchmarks beside the sources include is linked by them, not by the room.
OF_TESTS = re.compile(r"(_test|_fuzz|_bench)\.cc$|^test_|contract|fixture|^fake_|^faulty_|^echo_")


class Room:
    def __init__(self, line):
        name, folder, headers, deps, private = line.split("|")
        self.name, self.folder = name, folder
        self.deps = [dep for dep in deps.split() if dep.startswith("tamtap_")]
        self.private = [dep for dep in private.split() if dep.startswith("tamtap_")]
        self.whole_folder = not headers
        self.headers = {f"{folder}/{name}" for name in headers.split()} or headers_of(folder)


def headers_of(folder):
    return {f"{folder}/{path.name}" for path in (SOURCES / folder).glob("*.h")}


def handed_on(rooms, name):
    """What who links that room sees by it."""
    room = rooms[name]
    return room.headers.union(*(handed_on(rooms, dep) for dep in room.deps))


def declared(rooms, room):
    return headers_of(room.folder).union(*(handed_on(rooms, dep) for dep in room.deps + room.private))


def compile_commands(build):
    """The compiler's words for each source, without its input and output."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        target = re.search(r"/(tamtap[a-z_]*|simulation)\.dir/", words[words.index("-o") + 1])
        if target:
            del words[words.index("-o"):words.index("-o") + 2]
            del words[words.index("-c"):words.index("-c") + 2]
            if "ccache" in words[0]:
                del words[0]
            commands.setdefault(target.group(1), (words, entry["directory"]))
    return commands


def compiled(command, text, *more):
    words, directory = command
    return subprocess.run([*words, *more, "-x", "c++", "-"], cwd=directory, input=text, text=True,
                          capture_output=True)  # fmt: skip


def seen_by_compiler(command, headers):
    asked = "".join(f'#if __has_include("{header}")\nseen "{header}"\n#endif\n' for header in headers)
    done = compiled(command, asked, "-E", "-P")
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return set(re.findall(r'^seen "([^"]+)"', done.stdout, re.MULTILINE))


def check_compiler(rooms, commands):
    headers = sorted(set().union(*(headers_of(room.folder) for room in rooms.values())))
    for room in rooms.values():
        seen, wanted = seen_by_compiler(commands[room.name], headers), declared(rooms, room)
        for header in sorted(seen ^ wanted):
            yield (f"{room.name} sees {header}, which it does not link" if header in seen else
                   f"{room.name} links the room of {header}, and does not see it")  # fmt: skip


def check_planted_include(commands):
    """The compiler refuses, and says what it did not find."""
    for room, header, visible in (
        ("tamtap_journal", "base/disk.h", True),
        ("tamtap_journal", "sync/sync.h", False),
        ("tamtap_sync", "central/stores.h", False),
        ("tamtap_central", "server/router.h", False),
        ("tamtap_terminal", "sim/fake_clock.h", False),
    ):
        done = compiled(commands[room], f'#include "{header}"\n', "-fsyntax-only")
        if visible and done.returncode != 0:
            yield f"{room} can't include {header}: {done.stderr}"
        if not visible and (done.returncode == 0 or f"{header}" not in done.stderr):
            yield f"{room} may include {header}, which it does not link"


def check_planted_arrow():
    """A room that links one which stands above it is refused by the configuration."""
    for order, allowed in ((("low", "high"), True), (("high", "low"), False)):
        with tempfile.TemporaryDirectory() as directory:
            project = pathlib.Path(directory)
            lines = ["cmake_minimum_required(VERSION 3.25)", "project(planted LANGUAGES CXX)",
                     "find_package(Threads REQUIRED)", f"include({ROOT}/cmake/rooms.cmake)"]  # fmt: skip
            for name in order:
                (project / name).mkdir()
                (project / name / "a.cc").write_text("")
                deps = " DEPS tamtap_low" if name == "high" else ""
                (project / name / "CMakeLists.txt").write_text(
                    f"tamtap_room({name} SOURCES a.cc{deps})\n"
                )
                lines.append(f"add_subdirectory({name})")
            (project / "CMakeLists.txt").write_text("\n".join(lines) + "\n")
            done = subprocess.run(["cmake", "-S", project, "-B", project / "build"],
                                  capture_output=True, text=True)  # fmt: skip
            if allowed and done.returncode != 0:
                yield f"a room can't link the one below it: {done.stderr}"
            if not allowed and (done.returncode == 0 or "does not stand" not in done.stderr):
                yield "a room may link one that stands above it"


def check_sources(rooms):
    """What is linked is used, and what is handed on is needed by who reads the headers."""
    by_folder = {}
    for room in rooms.values():
        by_folder.setdefault(room.folder, []).append(room)
    for folder, of_folder in by_folder.items():
        included, in_headers = set(), set()
        for path in [*(SOURCES / folder).glob("*.cc"), *(SOURCES / folder).glob("*.h")]:
            text = path.read_text()
            if '#include "../' in text:
                yield f"{path.relative_to(ROOT)} includes past the rooms, by ../"
            if OF_TESTS.search(path.name):
                continue
            folders = {match.group(1) for match in OWN_INCLUDE.finditer(text)}
            included |= folders
            in_headers |= folders if path.suffix == ".h" else set()
        for room in of_folder:
            for dep in room.deps + room.private:
                other = rooms[dep].folder
                if other != folder and other not in included:
                    yield f"{room.name} links {dep}, and includes nothing of it"
                elif other != folder and dep in room.deps and other not in in_headers:
                    yield (f"{room.name} hands {dep} on (DEPS), and none of its headers includes it: "
                           "PRIVATE_DEPS")  # fmt: skip


def check_program(build):
    """It may not have been built: then its own build is still to come."""
    program = build / "tamtap"
    if not program.exists():
        return
    done = subprocess.run(["objdump", "-p", program], check=True, capture_output=True, text=True)
    for library in re.findall(r"NEEDED\s+(\S+)", done.stdout):
        if re.match(r"lib(ssl|crypto|mongoc|bson|opencv|hpdf|xlsxwriter)", library):
            yield f"tamtap is linked with {library}, which is to be loaded when it is wanted"


def table(rooms):
    """Folder by folder: a folder's rooms are told of as one."""
    links = {}
    for room in rooms.values():
        own = links.setdefault(room.folder, [])
        for dep in room.deps + room.private:
            other = rooms[dep]
            shown = other.folder if other.whole_folder else (
                f"{other.folder} (" + ", ".join(sorted(header.split("/")[1] for header in other.headers)) + ")")  # fmt: skip
            if other.folder != room.folder and shown not in own:
                own.append(shown)
    lines = ["| room | links |", "| --- | --- |"]
    for folder, linked in links.items():
        # Who sees a whole room sees its interfaces.
        shown = [one for one in linked if " (" not in one or one.split(" (")[0] not in linked]
        lines.append(f"| `{folder}` | {', '.join(shown) or '-'} |")
    return "\n".join(lines)


def check_document(rooms, write):
    text = DOCUMENT.read_text()
    before, _, rest = text.partition(BEGIN)
    shown, _, after = rest.partition(END)
    wanted = f"\n{table(rooms)}\n"
    if write:
        DOCUMENT.write_text(f"{before}{BEGIN}{wanted}{END}{after}")
    elif shown != wanted:
        yield f"{DOCUMENT.relative_to(ROOT)} shows other arrows: tests/rooms/check_rooms.py BUILD --write"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    rooms = {}
    for line in (build / "rooms" / "rooms.txt").read_text().splitlines():
        room = Room(line)
        rooms[room.name] = room
    commands = compile_commands(build)
    found = [
        *check_compiler(rooms, commands),
        *check_planted_include(commands),
        *check_planted_arrow(),
        *check_sources(rooms),
        *check_program(build),
        *check_document(rooms, arguments.write),
    ]
    for sentence in found:
        print(sentence)
    print(f"{len(rooms)} rooms, {len(found)} objections")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
