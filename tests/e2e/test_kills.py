"""Release binaries that die, at every call to the journal and at random moments.

A slice of it runs by default. TAMTAP_LONG=1 runs every call of the 200 taps, 5,000 random kills, and
200 kills of the server amid the syncs of 50 gates; TAMTAP_SEED chooses another slice.
"""

import contextlib
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time

import pytest
from conftest import (
    SCHEDULE,
    TAMTAP,
    card,
    export,
    stored_taps,
    takes_blocks,
    tamtap,
    terminal_arguments,
    twice,
    wait_until,
    whole_acks,
)

LONG = os.environ.get("TAMTAP_LONG") == "1"
SEED = int(os.environ.get("TAMTAP_SEED", "1"))
NOBODY = "http://127.0.0.1:9"  # no store answers there
TAPS = 200
# A segment is 4 MiB, and a tap's line about 550 bytes: the 200 taps reach into the next one.
TAPS_BEFORE = 7_450


def run_terminal(data, cards, *strace):
    done = subprocess.run(
        [*strace, TAMTAP, *map(str, terminal_arguments(
            data, NOBODY, "--exit-on-eof", "--log-level", "error"))],
        input="".join(f"{each}\n" for each in cards),
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
    )  # fmt: skip
    return whole_acks(done.stdout)


def check(data, acknowledged):
    """Each acknowledged tap is there, as it was said, once; nothing is damaged or invented."""
    everything = [record for records in export(data).values() for record in records]
    taps = {record["tap"]: record for record in everything}
    assert len(taps) == len(everything), "a tap is there twice"
    for ack in acknowledged:
        assert taps[ack["tap"]]["nfc_id"] == ack["card"]
    verified = tamtap("journal", "verify", "--data", data, check=False)
    assert verified.returncode == 0, verified.stdout
    return taps


@pytest.fixture(scope="module")
def nearly_full(tmp_path_factory):
    """A data directory whose first segment has room for about a hundred taps more."""
    directory = tmp_path_factory.mktemp("kills")
    data = directory / "base"
    people = TAPS_BEFORE + TAPS + 1
    roster = directory / "people.csv"
    roster.write_text("".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(people)))
    tamtap("roster", "import", roster, "--data", data)
    schedule = directory / "schedule.csv"
    schedule.write_text(SCHEDULE)
    tamtap("roster", "import", schedule, "--data", data)
    assert len(run_terminal(data, (card(n) for n in range(TAPS_BEFORE)))) == TAPS_BEFORE
    return data


def journal_paths(data):
    journal = data / "journal"
    names = ["lock", *(f"{number:08}.jsonl" for number in range(1, 5))]
    return [argument for name in ("", *names) for argument in ("-P", str(journal / name).rstrip("/"))]


@pytest.mark.parametrize("by", ["fdatasync", "pwritev2"])
def test_killed_at_every_call_to_the_journal_in_200_taps(nearly_full, tmp_path, capsys, request, by):
    """Where lines become durable by a flush, and where they are written past the page cache."""
    cards = [card(n) for n in range(TAPS_BEFORE, TAPS_BEFORE + TAPS)]
    strace = ["strace", "-f", "-qq"]
    place = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm")) if by == "fdatasync" else tmp_path
    request.addfinalizer(lambda: shutil.rmtree(place, ignore_errors=True))
    if by == "pwritev2" and not takes_blocks(place):
        pytest.skip("this file system takes no blocks past the page cache")

    def fresh_copy():
        data = place / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(nearly_full, data)
        return data

    data = fresh_copy()
    trace = tmp_path / "trace"
    assert len(run_terminal(data, cards, *strace, "-o", str(trace), *journal_paths(data))) == TAPS
    assert len(list((data / "journal").glob("*.jsonl"))) > 2, "no rotation in these taps"
    # strace counts each system call of each thread by itself.
    calls = {}
    for line in trace.read_text().splitlines():
        if "resumed>" in line:
            continue  # the second half of a call
        thread, call = line.split("(")[0].split()[:2]
        calls[call, thread] = calls.get((call, thread), 0) + 1
    most = {}
    for (call, _), count in calls.items():
        most[call] = max(most.get(call, 0), count)
    assert most[by] >= TAPS * 9 // 10
    moments = [(call, n) for call, count in sorted(most.items()) for n in range(1, count + 1)]
    chosen = moments if LONG else sorted(random.Random(SEED).sample(moments, 25))
    killed = 0
    for call, n in chosen:
        data = fresh_copy()
        acknowledged = run_terminal(
            data, cards, *strace, "-o", "/dev/null", *journal_paths(data),
            "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={n}",
        )  # fmt: skip
        killed += len(acknowledged) < TAPS
        # The next start takes the taps that are not on the disk, and knows those that are. Output has
        # a thread of its own: a kill may take acks of taps that are there.
        acknowledged += run_terminal(data, cards)
        taps = check(data, acknowledged)
        assert len(taps) == TAPS_BEFORE + TAPS, (call, n)
    with capsys.disabled():
        print(f"\n{killed} kills at {len(chosen)} of {len(moments)} calls to the journal: {most}")
    assert killed >= len(chosen) * 3 // 4  # some calls come when the last tap is through


def until_first_ack(data):
    """Seconds, of a gate that starts now on this machine as busy as it is."""
    begin = time.monotonic()
    process = subprocess.Popen(
        [TAMTAP, *map(str, terminal_arguments(data, NOBODY, "--log-level", "error"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    process.stdin.write(f"{card(1)}\n")
    process.stdin.flush()
    while '"ack"' not in process.stdout.readline():
        assert process.poll() is None, "it ended"
    took = time.monotonic() - begin
    process.kill()
    process.communicate()
    return took


def test_random_kills(school, tmp_path, capsys):
    """Terminals that are killed again and again while people tap."""
    kills = int(os.environ.get("TAMTAP_KILLS", 5_000 if LONG else 500))
    a_school = 60
    cards_each = 40
    chance = random.Random(SEED)
    done = acknowledged_in_all = 0
    while done < kills:
        data = school(f"data-{done}", people=a_school * cards_each)
        # As often before the first tap as between taps, however busy the machine is.
        alone = school(f"alone-{done}", people=1)
        longest = max(0.08, 2.5 * statistics.median(until_first_ack(alone) for _ in range(3)))
        acknowledged = []
        for kill in range(min(a_school, kills - done)):
            cards = "".join(f"{card(kill * cards_each + n)}\n" for n in range(cards_each))
            process = subprocess.Popen(
                [TAMTAP, *map(str, terminal_arguments(data, NOBODY, "--log-level", "error"))],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            process.stdin.write(cards)
            process.stdin.flush()
            time.sleep(chance.uniform(0, longest))
            process.kill()
            acknowledged += whole_acks(process.stdout.read())
            process.wait()
            process.stdin.close()
            done += 1
            if kill % 10 == 9:
                check(data, acknowledged)
        check(data, acknowledged)
        acknowledged_in_all += len(acknowledged)
        shutil.rmtree(data)
    with capsys.disabled():
        print(f"\n{done} random kills, {acknowledged_in_all} acknowledged taps, none lost or twice")
    assert acknowledged_in_all > done


def test_a_server_that_is_killed_again_and_again_has_every_tap_once(
    server, start, school, tmp_path, capsys
):
    """What gates hold as confirmed is in the database after each kill, once; the rest follows."""
    kills, gates, each = (200, 50, 2) if LONG else (40, 4, 5)
    chance = random.Random(SEED)
    central = server()
    people = (kills * each + 1) * gates
    roster = tmp_path / "people.csv"
    roster.write_text("".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(people)))
    schedule = tmp_path / "schedule.csv"
    schedule.write_text(SCHEDULE)
    for file in (roster, schedule):
        tamtap("roster", "import", file, "--data", central.data)
    central.run()
    cards = (card(n) for n in range(people))
    terminals = []
    acknowledged = []
    for number in range(gates):
        data = tmp_path / f"gate-{number + 1}"
        central.enroll(data, data.name)
        terminal = start(
            "terminal", "--data", data, "--central", central.url, "--panel", "json", "--terminal-id", data.name
        )
        terminals.append(terminal)
        acknowledged.append({})
        first = next(cards)

        def knows_them(terminal=terminal, first=first, said=acknowledged[-1]):
            terminal.type(first)
            ack = terminal.acks(1)[0]
            if ack["verdict"] == "accepted":
                said[ack["tap"]] = ack["card"]
            return ack["verdict"] == "accepted" or time.sleep(0.2)

        wait_until(knows_them, 120, "the gate knows the school")
    there = {}
    seen_confirmed = kills_with_backlog = 0

    def taken():
        """Asked of the database: the server has enough to do."""
        database = f"file:{central.data}/central.db?mode=ro"
        with contextlib.closing(sqlite3.connect(database, uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM attendance_taps").fetchone()[0]

    def check_gate(number):
        data = tmp_path / f"gate-{number + 1}"
        journal = export(data)
        assert {record["tap"] for record in journal["attendance"]} <= there.keys()
        assert not journal["quarantined"]
        return len(journal["attendance"]), len(journal["pending_attendance"])

    for _ in range(kills):
        for terminal in terminals:
            terminal.type(*(next(cards) for _ in range(each)))
        # In the taps, or when some of those that wait have been sent, however busy the machine is.
        time.sleep(chance.uniform(0, 0.05))
        goal = len(there) + chance.choice((0, 1, chance.randrange(gates * each)))
        patience = time.monotonic() + (3 if LONG else 0.5)
        while time.monotonic() < patience and taken() < goal:
            time.sleep(0.01)
        central.process.kill()
        for number, terminal in enumerate(terminals):
            for ack in terminal.acks(each, timeout=120):
                assert ack["verdict"] == "accepted"
                acknowledged[number][ack["tap"]] = ack["card"]
        stored = stored_taps(central.data / "central.db", tmp_path)
        assert not twice(stored)
        there = {tap: person for tap, person, *_ in stored}
        # What is no tap of these gates was invented.
        assert there.items() <= {tap: each for said in acknowledged for tap, each in said.items()}.items()
        confirmed, pending = check_gate(chance.randrange(gates))
        seen_confirmed += confirmed
        kills_with_backlog += pending > 0
        central.run(patience=120 if LONG else 20)
    said = {tap: person for each in acknowledged for tap, person in each.items()}
    assert len(said) == people
    wait_until(lambda: taken() >= len(said), 900, "the backlog drains")
    central.process.kill()
    stored = stored_taps(central.data / "central.db", tmp_path)
    there = {tap: person for tap, person, *_ in stored}
    assert there == said and not twice(stored)
    for number in range(gates):
        check_gate(number)
    with capsys.disabled():
        print(
            f"\n{kills} kills of the server amid {gates} gates ({kills_with_backlog} looks at a gate with taps on"
            f" their way), {seen_confirmed} looks at confirmed taps, {len(said)} taps, each there once"
        )
    assert seen_confirmed > 0 and kills_with_backlog > 0
