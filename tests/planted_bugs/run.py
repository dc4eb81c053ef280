#!/usr/bin/env python3
"""Plants one bug at a time in a production source and lets the simulation find it, or the test
program that the bug names.

For each bug: the source is copied with the change, compiled with the flags of the build, and linked
in front of the otherwise unchanged libraries. Then seeds are run until one fails, or the tests. A
bug that nothing shows is a hole in the checker or in the tests, and fails this script. The tests are
run without any bug first: tests that fail anyhow catch nothing.

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
SIMULATION = "simulation"
TIMEOUT_S = 600
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


def link_command(build, target, more, to):
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", target], check=True,
                              capture_output=True, text=True).stdout.splitlines()
    words = shlex.split(commands[-1].removeprefix(": && ").removesuffix(" && :"))
    place = words.index("-o")
    words[place + 1] = str(to)
    # In front of the libraries: their own object of that source is then not needed.
    first = next(i for i, word in enumerate(words) if word.endswith(".o"))
    return words[:first] + [str(more)] + words[first:]


def target_and_filter(bug):
    """What is linked for this bug, and which of its tests are run ("" of the simulation)."""
    target, _, tests = (bug.test or SIMULATION).partition(":")
    return target, tests or ("*" if bug.test else "")


def run_tests(binary, tests, build):
    """Which test fails first, or "" if all pass."""
    done = subprocess.run([binary, f"--gtest_filter={tests}", "--gtest_fail_fast=1"], cwd=build,
                          capture_output=True, text=True, timeout=TIMEOUT_S)
    if re.search(r"^\[==========\] Running 0 tests", done.stdout, re.MULTILINE):
        raise SystemExit(f"{binary.name} has no test {tests}")
    if done.returncode == 0:
        return ""
    failed = re.search(r"^\[  FAILED  \] (\S+?),? ", done.stdout, re.MULTILINE)
    running = re.findall(r"^\[ RUN      \] (\S+)", done.stdout, re.MULTILINE)
    return failed.group(1) if failed else f"{running[-1] if running else tests} dies"


def run_seeds(binary, seeds):
    """(seed, lives, what failed), or None if nothing did."""
    done = subprocess.run([binary, "--seeds", str(seeds), "--brief"], capture_output=True, text=True,
                          timeout=TIMEOUT_S)
    if done.returncode == 0:
        return None
    if done.returncode < 0 or not done.stdout.startswith("seed "):
        words = (done.stderr or done.stdout).strip().splitlines()
        return "?", "?", "it dies: " + (words[-1] if words else str(done.returncode))
    first, failure = done.stdout.splitlines()[:2]
    seed, lives = re.match(r"seed (\d+) fails after (\d+) lives", first).groups()
    return seed, lives, failure


def run_bug(build, bug, seeds):
    """(seed or test program, lives, what failed), or None if nothing did."""
    target, tests = target_and_filter(bug)
    directory = build / "planted_bugs" / bug.name
    directory.mkdir(parents=True, exist_ok=True)
    copy = directory / pathlib.Path(bug.file).name
    copy.write_text(planted(bug))
    built, binary = copy.with_suffix(".o"), directory / target
    subprocess.run(compile_command(build, bug, copy, built), check=True, cwd=build,
                   capture_output=True)
    subprocess.run(link_command(build, target, built, binary), check=True, cwd=build)
    try:
        if target == SIMULATION:
            return run_seeds(binary, seeds)
        failed = run_tests(binary, tests, build)
        return (target, "", failed) if failed else None
    except subprocess.TimeoutExpired:
        return None
    finally:
        binary.unlink()


def build_and_try(build, bugs):
    """Builds what the bugs are linked with, and sees that the tests pass without any bug."""
    wanted = sorted({target_and_filter(bug) for bug in bugs})
    subprocess.run(["cmake", "--build", build, "--target", *{target for target, _ in wanted}],
                   check=True, stdout=subprocess.DEVNULL)
    for target, tests in wanted:
        if target == SIMULATION:
            continue
        failed = run_tests(build / "tests" / target, tests, build)
        if failed:
            raise SystemExit(f"{target} fails without any bug: {failed}")


def table(results):
    lines = ["| planted bug | in | caught at seed, or by | after lives | broken promise, or test |",
             "| --- | --- | ---: | ---: | --- |"]
    for bug, result in results:
        seed, lives, what = result or ("**not caught**", "", "")
        promise = re.match(r"I\d\b|it dies", what)
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
    build_and_try(build, bugs)

    def find(bug):
        begin = time.monotonic()
        told = "NOT CAUGHT"
        try:
            result = run_bug(build, bug, arguments.seeds)
        except subprocess.CalledProcessError as failed:
            # Nothing is known of it, and the others are to be tried.
            result, told = None, f"CAN'T BE BUILT: {(failed.stderr or b'').decode()[-400:]}"
        if result:
            seed, lives, what = result
            told = f"seed {seed}, {lives} lives: {what}" if lives else f"{seed}: {what}"
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
