"""Every command that the documents print is run here, or said to be run elsewhere, and where.

A command is a line that is indented by four spaces and begins with `make`, `tamtap`, `build/` or
`python3`, or a line after `$`. The README's two set-ups are walked line by line, with only what a
machine's own differs in: the data directory, the port, the reader.
"""

import itertools
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import time
import urllib.request

import pytest

from conftest import BUILD, DAYS, ROOT, TAMTAP, free_port, tamtap, wait_until

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md"))]

# What a test of its own runs, or what can't be run within a test.
ELSEWHERE = {
    "make test": "runs this test",
    "make check": "is called by .ci/run",
    "make sim SEEDS=10000": "the tests run 1,000 lives (simulation_test); below, it is run with fewer",
}
# How it is run here: the same with fewer rounds, or with a place for what is capital in the document.
SHORTER = {
    "make sim SEEDS=10000": "make sim SEEDS=20",
    "build/simulation --seed 1147 --trace": "build/simulation --seed 1147 --trace",
    "build/simulation --seeds 500 --compare": "build/simulation --seeds 5 --compare",
    "tamtap bench append --directory DIR": "tamtap bench append --directory DIR --rounds 1",
    "tamtap bench history --directory DIR": "tamtap bench history --directory DIR --rounds 1",
    "make soak HOURS=8": "make soak HOURS=0.005",
    "python3 tests/soak/server_memory.py --taps 375000": "python3 tests/soak/server_memory.py --taps 4000 --idle 0",
}


MOVING_IN = "docs/moving-in.md"  # walked by test_moving_in.py
PRIVACY = "docs/privacy.md"  # walked by test_privacy.py
WORDS = "docs/words.md"  # walked by test_words.py
OPERATIONS = "docs/operations.md"  # walked by test_operations.py, test_setup.py and tests/package


def commands(document):
    """The commands in it, each as (line number, text without its comment)."""
    found = []
    for number, line in enumerate(document.read_text().splitlines(), 1):
        if match := re.match(r"^ {4}(?:\$ )?((?:make|tamtap|build/\w+|python3)\b.*)", line):
            found.append((number, re.sub(r"\s+#.*", "", match[1]).strip()))
    return found


def of(name):
    return [command for _, command in commands(ROOT / name)]


def printed_in_readme():
    """Its commands for a gate and for several, without the one that test_setup.py answers."""
    return [line for line in of("README.md") if line.startswith("tamtap") and line != "tamtap setup"]


def run(command, directory):
    words = shlex.split(command)
    words[0] = {"tamtap": str(TAMTAP), "build/simulation": str(BUILD / "simulation")}.get(words[0], words[0])
    if words[0] == "make":
        words.append(f"BUILD={BUILD}")
    words = [str(directory) if word == "DIR" else word for word in words]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=600, env={**os.environ, "TAMTAP_BUILD": str(BUILD)}
    )
    return done.returncode, done.stdout + done.stderr


def test_every_command_is_run_somewhere():
    walked = {*of("README.md"), *of(MOVING_IN), *of(OPERATIONS), *of(PRIVACY), *of(WORDS), *SHORTER, *ELSEWHERE, *SET_ASIDE}
    unknown = [
        f"{document.relative_to(ROOT)}:{number}: {command}"
        for document in DOCUMENTS
        for number, command in commands(document)
        if command not in walked
    ]
    assert not unknown, "say above how they are run"


def test_every_command_within_a_sentence_is_one():
    """With every flag that is named, and every alternative of `verify|list`."""
    named = {span for document in DOCUMENTS for span in re.findall(r"`tamtap ([^`]+)`", document.read_text().replace("\n", " "))}
    assert len(named) > 40
    for span in sorted(named):
        words = list(itertools.takewhile(lambda word: re.fullmatch(r"[a-z|-]+", word) and word[0] != "-", span.split()))
        flags = re.findall(r"--[a-z-]+", span)
        for line in itertools.product(*(word.split("|") for word in words)):
            help = tamtap(*line, "--help").stdout
            known, takes = re.search(r"^Usage: tamtap ([a-z -]*[a-z]) (.*)$", help, re.MULTILINE).groups()
            assert " ".join(line).startswith(known), span
            assert known == " ".join(line) or "SUBCOMMAND" not in takes and takes != "[OPTIONS]", f"{span}: only {known}"
            assert [flag for flag in flags if flag not in help] == [], span


@pytest.mark.parametrize("printed", SHORTER)
def test_a_printed_command_works(printed, tmp_path):
    assert any(printed in (each for _, each in commands(document)) for document in DOCUMENTS), "no document prints it"
    status, said = run(SHORTER[printed], tmp_path)
    assert status == 0, said


SET_ASIDE = (
    "tamtap journal list --journal /media/stick/journal/set-aside/0b0ca919c151a758",
    "tamtap journal import /media/stick/journal/set-aside/0b0ca919c151a758",
)


def test_taps_are_taken_back_from_a_journal_that_was_set_aside(tmp_path, school, start):
    """The two lines of docs/durability.md, for a stick that holds another gate's journal."""
    listed, imported = SET_ASIDE
    assert {listed, imported} <= set(of("docs/durability.md"))
    stick = tmp_path / "stick"
    stick.mkdir()
    other, here = school("other"), school("data")

    def taps(data, *more):
        gate = start("terminal", "--data", data, "--panel", "json", "--central", f"sqlite:{data}/central.db", *more)
        gate.type("A0000001", "A0000002")
        assert len(gate.acks(2)) == 2
        assert gate.stop() == 0

    taps(other, "--journal-mirror", stick)
    taps(here)
    taps(here, "--journal-mirror", stick)
    (aside,) = (path for path in stick.rglob("set-aside/*") if path.is_dir())
    place = {"/media/stick/journal/set-aside/0b0ca919c151a758": str(aside)}
    words = [place.get(word, word) for word in shlex.split(listed)[1:]]
    assert tamtap(*words).stdout.count("A000000") == 2
    for _ in range(2):  # twice is once
        tamtap(*[place.get(word, word) for word in shlex.split(imported)[1:]], "--data", here)
    status = json.loads(tamtap("journal", "status", "--data", here, "--json").stdout)
    assert status["pending"] + status["confirmed"] == 4


def test_the_demo_shows_taps_by_itself(tmp_path):
    """What `make run` starts when all is built."""
    assert "make run" in of("README.md")
    recipe = subprocess.run(
        ["make", "-n", "--no-print-directory", "run", f"BUILD={tmp_path}"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()[-1]
    printed = shlex.split(recipe.removeprefix("exec "))
    assert printed[0] == f"{tmp_path}/tamtap"
    port = free_port()
    demo = subprocess.Popen(
        [TAMTAP, *printed[1:], "--listen", f"127.0.0.1:{port}"],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        said = ""
        while "Sign in" not in said:
            line = demo.stdout.readline()
            assert line, said
            said += line
        assert f"http://127.0.0.1:{port}" in said
        page = urllib.request.urlopen(f"http://127.0.0.1:{port}/").read().decode()
        assert "<title>" in page
        data = pathlib.Path(printed[printed.index("--data") + 1])
        wait_until(
            lambda: json.loads(tamtap("journal", "status", "--data", data, "--json").stdout)["confirmed"] >= 2,
            60, "taps arrive by themselves",
        )  # fmt: skip
    finally:
        demo.send_signal(signal.SIGTERM)
        assert demo.wait(10) == 0


def place(command, data, port, token=""):
    """The README's line on this machine: a data directory, a port and typed cards instead of a reader."""
    words = {"/var/lib/tamtap": str(data), "0.0.0.0:3000": f"127.0.0.1:{port}", "pcsc": "stdin", "TOKEN": token}
    return [words.get(word, word.replace("SERVER:3000", f"127.0.0.1:{port}")) for word in shlex.split(command)[1:]]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Where the README's reader stands, with the file that it speaks of and always-open hours."""
    (tmp_path / "students.csv").write_text("nfc_id,first,last,grade,section\nA0000001,Ana,Cruz,7,Narra\n")
    (tmp_path / "hours.csv").write_text(
        "Section," + ",".join(f"{day} Start,{day} End" for day in DAYS) + "\n"
        "Narra," + ",".join(["00:00,23:59"] * 7) + "\n"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_real_gate_as_the_readme_has_it(here, start):
    roster, account, gate = printed_in_readme()[:3]
    data = here / "data"
    port = free_port()
    tamtap(*place(roster, data, port))
    tamtap("roster", "import", "hours.csv", "--data", data)
    tamtap(*place(account, data, port), stdin="tamaraw grazes at dawn\n")
    running = start(*place(gate, data, port), "--panel", "json", "--listen", f"127.0.0.1:{port}")
    running.type("A0000001")
    (ack,) = running.acks(1)
    assert (ack["verdict"], ack["name"]) == ("accepted", "Ana Cruz")
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/auth/login",
        json.dumps({"username": "head", "password": "tamaraw grazes at dawn"}).encode(),
        {"Content-Type": "application/json"},
    )
    wait_until(lambda: answers(request), 30, "the account signs in")
    assert running.stop() == 0


def test_several_gates_as_the_readme_has_them(here, start):
    printed = printed_in_readme()
    account, (server, roster, add, enroll, gate) = printed[1], printed[3:8]
    of_server, of_gate, port = here / "server", here / "gate", free_port()
    tamtap(*place(account, of_server, port), stdin="tamaraw grazes at dawn\n")
    start(*place(server, of_server, port))
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/api/health"), 30, "the server answers")
    tamtap(*place(roster, of_server, port))
    tamtap("roster", "import", "hours.csv", "--data", of_server)
    token = tamtap(*place(add, of_server, port)).stdout.strip()
    tamtap(*place(enroll, of_gate, port, token))
    terminal = start(*place(gate, of_gate, port), "--panel", "json")
    terminal.type("A0000001")
    (ack,) = terminal.acks(1)
    assert (ack["verdict"], ack["name"]) == ("accepted", "Ana Cruz")
    confirmed = lambda: json.loads(tamtap("journal", "status", "--data", of_gate, "--json").stdout)["confirmed"]
    wait_until(lambda: confirmed() == 1, 30, "the server has it")
    assert terminal.stop() == 0


def answers(request):
    try:
        return urllib.request.urlopen(request, timeout=5).status == 200
    except OSError:
        time.sleep(0.2)
        return False
