"""A school of 50,000 people, with real processes as an office and a gate run them: the gate knows
everybody, within the memory of a small machine, and hears of a change for little."""

import json
import pathlib
import socket
import threading
import time

import pytest

from conftest import card, tamtap, wait_until

PEOPLE = 50_000
GATE_MB = 60
SERVER_MB = 150
CHANGE_BYTES = 2_048
WITHIN = 5  # seconds, in which a connected gate has heard of a change
HOURS = "Section," + ",".join(f"{day} Start,{day} End" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))


class Link:
    """Carries connections to a server, and counts what goes both ways."""

    def __init__(self, port):
        self.server = port
        self.bytes = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
                server = socket.create_connection(("127.0.0.1", self.server))
            except OSError:
                return
            for ends in ((peer, server), (server, peer)):
                threading.Thread(target=self.carry, args=ends, daemon=True).start()

    def carry(self, source, target):
        try:
            while piece := source.recv(1 << 16):
                self.bytes += len(piece)
                target.sendall(piece)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def megabytes(process, what):
    """A line of /proc/PID/status: VmRSS is what it holds now, VmHWM the most that it ever held."""
    lines = pathlib.Path(f"/proc/{process.process.pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(what + ":")]
    return int(line.split()[1]) / 1024


def version_in(roster):
    """Of the school in a gate's copy: it stands near the end."""
    with roster.open("rb") as file:
        file.seek(-min(1000, roster.stat().st_size), 2)
        return file.read().split(b'"version":"')[-1].split(b'"')[0]


def seconds(what, action):
    begin = time.monotonic()
    result = action()
    print(f"{what}: {time.monotonic() - begin:.2f} s")
    return result


@pytest.fixture
def office(tmp_path, server):
    """A server that a gate is enrolled at, and files to import."""
    (tmp_path / "hours.csv").write_text(HOURS + "\nNarra," + ",".join(["00:00,23:59"] * 7) + "\n")
    (tmp_path / "people.csv").write_text(
        "nfc_id,first_name,last_name,grade,section,email\n"
        + "".join(f"{card(n)},First{n},Last{n},7,Narra,first{n}.last{n}@school.example\n" for n in range(PEOPLE))
    )
    office = server()
    tamtap("roster", "import", tmp_path / "hours.csv", "--data", office.data)
    office.run()
    office.link = Link(office.port)
    yield office
    office.link.listener.close()


def test_a_school_of_50_000_reaches_a_gate_and_a_change_costs_little(office, start, tmp_path):
    data = tmp_path / "gate"
    token = tamtap("terminals", "add", "main-gate", "--data", office.data).stdout.strip()
    tamtap("enroll", office.link.url, token, "--data", data)

    def gate():
        return start("terminal", "--data", data, "--reader", "stdin", "--panel", "json")

    def says(process, number):
        process.type(card(number))
        (ack,) = process.acks(1, timeout=20)
        return ack["reason"] or ack["verdict"]

    running = gate()
    assert says(running, 0) == "UNKNOWN_CARD"
    seconds(f"import of {PEOPLE} people", lambda: tamtap("roster", "import", tmp_path / "people.csv",
                                                         "--data", office.data))  # fmt: skip
    roster = data / "roster.json"
    seconds("until the gate has them", lambda: wait_until(
        lambda: roster.exists() and roster.stat().st_size > 100 * PEOPLE, 60, "the gate has everybody"))  # fmt: skip
    print(f"on the link: {office.link.bytes / 1e6:.1f} MB; the copy: {roster.stat().st_size / 1e6:.1f} MB")
    wait_until(lambda: says(running, PEOPLE - 1) in ("accepted", "duplicate"), 10, "the last of them taps")
    print(f"gate: {megabytes(running, 'VmRSS'):.1f} MB, at most {megabytes(running, 'VmHWM'):.1f} MB")
    print(f"server: {megabytes(office.process, 'VmRSS'):.1f} MB, at most {megabytes(office.process, 'VmHWM'):.1f} MB")
    assert megabytes(running, "VmHWM") <= GATE_MB
    assert megabytes(office.process, "VmHWM") <= SERVER_MB
    people = json.loads(roster.read_text())["students"]
    assert sorted(each["nfc_id"] for each in people) == sorted(card(n) for n in range(PEOPLE))

    # One person's change. Nobody taps meanwhile: what a tap costs is no part of it.
    # The gate says how it is at all times, which has its price in the same time.
    time.sleep(WITHIN)
    quiet, begin = office.link.bytes, time.monotonic()
    time.sleep(2 * WITHIN)
    quiet = (office.link.bytes - quiet) / (time.monotonic() - begin)
    version, before, begin = version_in(roster), office.link.bytes, time.monotonic()
    tamtap("roster", "add", "FEDC0001", "--first-name", "Nina", "--last-name", "New", "--section", "Narra",
           "--data", office.data)  # fmt: skip
    took = wait_until(lambda: version_in(roster) != version, 30, "the gate has heard of it")
    cost = office.link.bytes - before - quiet * (time.monotonic() - begin)
    print(f"a change of one person: {took:.2f} s after the command, {cost:.0f} bytes on the link, which has"
          f" {quiet:.0f} a second while nothing happens")  # fmt: skip
    assert took < WITHIN and cost < CHANGE_BYTES
    wait_until(lambda: greeted(running, "FEDC0001") == "Nina New", WITHIN - took, "she taps")

    # And one that is said at the gate, when her tap has been told to everybody.
    time.sleep(WITHIN)
    before, begin = office.link.bytes, time.monotonic()
    tamtap("roster", "add", "FEDC0002", "--first-name", "Omar", "--last-name", "New", "--section", "Narra",
           "--data", data)  # fmt: skip
    time.sleep(WITHIN)
    cost = office.link.bytes - before - quiet * (time.monotonic() - begin)
    print(f"a change said at the gate: {cost:.0f} bytes on the link in {WITHIN} s")
    assert cost < 4 * CHANGE_BYTES
    assert greeted(running, "FEDC0002") == "Omar New"
    print(f"gate after changes: {megabytes(running, 'VmRSS'):.1f} MB, at most {megabytes(running, 'VmHWM'):.1f} MB")
    assert megabytes(running, "VmHWM") <= GATE_MB
    assert running.stop() == 0

    # It starts with what it knows, whether the server answers or not.
    assert office.process.stop() == 0
    again = seconds("a gate starts", lambda: started(gate(), says))
    print(f"gate after a start: {megabytes(again, 'VmRSS'):.1f} MB, at most {megabytes(again, 'VmHWM'):.1f} MB")
    assert megabytes(again, "VmHWM") <= GATE_MB
    assert again.stop() == 0
    seconds("a server starts", office.run)


def greeted(process, card_id):
    """By what name the gate calls whoever taps with that card."""
    process.type(card_id)
    (ack,) = process.acks(1, timeout=10)
    return ack["name"]


def started(process, says):
    assert says(process, PEOPLE // 2) == "accepted"
    return process
