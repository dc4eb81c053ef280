"""A new package over a gate that runs and can't reach its server. Run by `make package-test`."""

import datetime
import json
import time

import pytest

from installing import ALWAYS_OPEN, ROOT, SerialReader, newer, package, until

PEOPLE = 400
NOBODY_WAITS_LONGER_S = 2.0


def card(number):
    return f"B{number:07X}"


@pytest.fixture(scope="module")
def gate(machine):
    """A gate of its own whose server is away, and its reader."""
    reader = SerialReader(machine)
    machine.path("/root/many.csv").write_text(
        "nfc_id,first,last,grade,section\n" + "".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(PEOPLE))
    )
    machine.path("/root/hours.csv").write_text(ALWAYS_OPEN)
    machine.path("/tmp/tamtap.deb").write_bytes(package().read_bytes())
    machine.run("apt-get -q update && apt-get -qy install --no-install-recommends /tmp/tamtap.deb")
    machine.run("rm -rf /var/lib/tamtap/* /etc/tamtap/tamtap.toml; systemctl stop tamtap")
    machine.run(f"tamtap setup --role gate --reader serial:{reader.device}")
    settings = machine.path("/etc/tamtap/tamtap.toml")
    settings.write_text('central = "http://127.0.0.1:9"\n' + settings.read_text())
    machine.run("tamtap roster import /root/many.csv && tamtap roster import /root/hours.csv")
    machine.run("systemctl start tamtap-gate")
    return reader


def kept(machine):
    return json.loads(machine.run("tamtap journal export --format json").stdout)


def test_it_loses_nothing_and_nobody_waits_two_seconds(machine, gate, tmp_path):
    machine.path("/tmp/newer.deb").write_bytes(newer(package(), tmp_path, "9.1.0").read_bytes())
    machine.run("(sleep 3; apt-get -qy install --no-install-recommends /tmp/newer.deb; touch /tmp/updated) >/tmp/apt.log 2>&1 &")
    gate_of = lambda: machine.run("systemctl show -P MainPID tamtap-gate").stdout
    before, after = gate_of(), None
    for number in range(PEOPLE):
        gate.tap(card(number))
        time.sleep(0.1)
        if number % 10 == 9 and machine.path("/tmp/updated").exists():
            after = after or number
            if number >= after + 50:
                break
    assert machine.run("dpkg-query -W -f '${Version}' tamtap").stdout == "9.1.0", machine.path("/tmp/apt.log").read_text()
    assert gate_of() != before, "the old program still runs"
    tapped = number + 1

    taps = {}
    until(lambda: taps.update({each["card"]: each for each in kept(machine)["pending_attendance"]}) or card(number) in taps, 30, "the last tap is there")
    moments = sorted(datetime.datetime.fromisoformat(each["tapped_at"]) for each in taps.values())
    gap, since = max((later - earlier, earlier) for earlier, later in zip(moments, moments[1:]))
    missed = [number for number in range(tapped) if card(number) not in taps]
    print(f"\n{tapped} taps in {moments[-1] - moments[0]}; {len(missed)} were not taken, the longest without a gate: {gap}")
    assert gap.total_seconds() <= NOBODY_WAITS_LONGER_S, f"from {since} on"
    assert missed == list(range(missed[0], missed[0] + len(missed))) if missed else True, "only while it started again"
    assert machine.run("tamtap journal verify").returncode == 0


def test_the_new_version_sends_the_backlog_of_the_old_one(machine, gate):
    waiting = len(kept(machine)["pending_attendance"])
    settings = machine.path("/etc/tamtap/tamtap.toml")
    settings.write_text(settings.read_text().replace('"http://127.0.0.1:9"', '"sqlite:/var/lib/tamtap/central.db"'))
    machine.run("systemctl restart tamtap-gate")
    until(lambda: len(kept(machine)["attendance"]) == waiting, 60, "all of it is confirmed")


def test_the_lines_that_the_document_prints_for_a_gate(machine, gate):
    printed = [line for line in (ROOT / "docs/operations.md").read_text().splitlines() if "$ " in line and "tamtap-gate" in line]
    assert [line.split()[1] for line in printed] == ["systemctl", "journalctl"]
    status, log = (machine.run(f"{line.strip(' $')} --no-pager").stdout for line in printed)
    assert "active (running)" in status
    assert all("-- " in line or "tamtap-gate" in line for line in log.splitlines())
