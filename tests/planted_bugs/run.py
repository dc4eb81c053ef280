#!/usr/bin/env python3
"""Plants one bug at a time in a production source and lets the simulation find it.

For each bug: the source is copied with the change, compiled with the flags of the build, linked in
front of the otherwise unchanged libraries, and seeds are run until one fails. A bug that no seed
shows is a hole in the checker, and fails this script.

    run.py --build BUILD [--only NAME ...] [--seeds N] [--document docs/durability.md]
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = "simulation"
BEGIN, END = "<!-- planted bugs -->", "<!-- end of planted bugs -->"
sys.path.insert(0, str(HERE))

from bugs import BUGS  # noqa: E402


def planted(bug):
    """The source with the bug in it; its text must be there exactly once."""
    source = (ROOT / bug.file).read_text()
    if source.count(bug.find) != 1:
        raise SystemExit(f"{bug.name}: its text is {source.count(bug.find)} times in {bug.file}")
    return source.replace(bug.find, bug.replacement)


def compile_command(build, bug, copy, to):
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if pathlib.Path(entry["file"]) == ROOT / bug.file:
            words = shlex.split(entry["command"])
            break
    else:
        raise SystemExit(f"{bug.name}: {bug.file} is not in compile_commands.json")
    words[words.index("-o") + 1] = str(to)
    words[words.index("-c") + 1] = str(copy)
    # What a bug leaves unused is part of the bug.
    return words + ["-Wno-error"]


def link_command(build, more, to):
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", TARGET], check=True,
                              capture_output=True, text=True).stdout.splitlines()
    words = shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))
    place = words.index("-o")
    words[place + 1] = str(to)
    # In front of the libraries: their own object of that source is then not needed.
    first = next(i for i, word in enumerate(words) if word.endswith(".o"))
    return words[:first] + [str(more)] + words[first:]


def run_bug(build, bug, seeds):
    """(seed, lives, what failed), or None if nothing did."""
    directory = build / "planted_bugs" / bug.name
    directory.mkdir(parents=True, exist_ok=True)
    copy = directory / pathlib.Path(bug.file).name
    copy.write_text(planted(bug))
    built, binary = copy.with_suffix(".o"), directory / TARGET
    subprocess.run(compile_command(build, bug, copy, built), check=True, cwd=build,
                   capture_output=True)
    subprocess.run(link_command(build, built, binary), check=True, cwd=build)
    try:
        done = subprocess.run([binary, str(1), str(seeds)], capture_output=True, text=True,
                              timeout=600)
    except subprocess.TimeoutExpired:
        return None
    finally:
        binary.unlink()
    if done.returncode == 0:
        return None
    if done.returncode < 0 or not done.stdout.startswith("seed "):
        words = (done.stderr or done.stdout).strip().splitlines()
        return "?", "?", "it dies: " + (words[-1] if words else str(done.returncode))
    first, failure = done.stdout.splitlines()[:2]
    seed, lives = re.match(r"seed (\d+) fails after (\d+) lives", first).groups()
    return seed, lives, failure


def table(results):
    lines = ["| planted bug | in | caught at | after lives | broken promise |",
             "| --- | --- | ---: | ---: | --- |"]
    for bug, result in results:
        seed, lives, what = result or ("**not caught**", "", "")
        promise = re.match(r"I\d|it dies", what)
        lines.append(f"| {bug.what} | `{pathlib.Path(bug.file).name}` | {seed} | {lives} | "
                     f"{promise.group() if promise else what} |")
    return "\n".join(lines)


def write_document(path, text):
    document = path.read_text()
    if document.count(BEGIN) != 1 or document.count(END) != 1:
        raise SystemExit(f"{path} has no place for the table: {BEGIN} ... {END}")
    before, rest = document.split(BEGIN)
    path.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=20_000)
    parser.add_argument("--document", type=pathlib.Path)
    arguments = parser.parse_args()
    build = arguments.build.resolve()
    bugs = [bug for bug in BUGS if not arguments.only or bug.name in arguments.only]
    if len({bug.name for bug in BUGS}) != len(BUGS) or not bugs:
        raise SystemExit("no such bug, or two of one name")

    def find(bug):
        begin = time.monotonic()
        result = run_bug(build, bug, arguments.seeds)
        told = f"seed {result[0]}, {result[1]} lives: {result[2]}" if result else "NOT CAUGHT"
        print(f"{bug.name}: {told} ({time.monotonic() - begin:.1f} s)", file=sys.stderr, flush=True)
        return bug, result

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(find, bugs))
    text = table(results)
    print(text)
    caught = sum(result is not None for _, result in results)
    print(f"\n{caught} of {len(results)} planted bugs caught")
    if arguments.document:
        write_document(arguments.document, text)
    return 0 if caught == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
