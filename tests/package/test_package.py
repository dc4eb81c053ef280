"""The packages on a bare Debian 12, from its first command to a purge. Run by `make package-test`.

The tests go through one life of one machine, in their order; test_update.py goes on with it.
"""

import json
import re
import subprocess
import time

import pytest

from installing import ALWAYS_OPEN, PASSWORD, Pages, SerialReader, newer, package, until

UNITS = ("tamtap.service", "tamtap-gate.service", "tamtap-server.service", "tamtap-buttons.service", "tamtap-backup.service")
PORT = 38213


def tap_until_seen(reader, pages, card, name):
    """As a person does whose card was not taken because the gate was just starting."""

    def tap():
        reader.tap(card)
        time.sleep(0.5)
        return name in pages.present()

    until(tap, 30, f"{name} is on the page")


@pytest.fixture(scope="module")
def reader(machine):
    return SerialReader(machine)


@pytest.fixture(scope="module")
def pages():
    return Pages(PORT)


def put_lists(machine):
    machine.path("/root/students.csv").write_text(
        "nfc_id,first,last,grade,section\nA0000001,Ana,Cruz,7,Narra\nA0000002,Ben,Reyes,7,Narra\nA0000003,Carla,Lim,7,Narra\n"
    )
    machine.path("/root/hours.csv").write_text(ALWAYS_OPEN)


def test_lintian_has_nothing_to_say():
    packages = [package(name, of) for name in ("tamtap", "tamtap-camera", "tamtap-mongodb") for of in (None, "arm64")]
    said = subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning", *packages], capture_output=True, text=True)
    assert (said.returncode, said.stdout) == (0, ""), said.stderr


def test_from_bare_root_to_the_first_tap_on_the_page(machine, reader, pages):
    put_lists(machine)
    machine.path("/tmp/tamtap.deb").write_bytes(package().read_bytes())
    commands = (
        "apt-get -q update && apt-get -qy install --no-install-recommends /tmp/tamtap.deb",
        f"tamtap setup --role both --timezone Asia/Manila --roster /root/students.csv --roster /root/hours.csv "
        f"--account head --password-stdin --listen 127.0.0.1:{PORT} --reader serial:{reader.device} --start",
    )
    began = time.monotonic()
    machine.run(commands[0])
    installed = time.monotonic()
    said = machine.run(commands[1], stdin=PASSWORD + "\n")
    until(lambda: pages.ask("/api/health"), 30, "the server answers")
    pages.sign_in()
    reader.tap("A0000001")
    until(lambda: pages.present() == {"Ana Cruz"}, 30, "the tap is on the page")
    print(f"\n{len(commands)} commands, {time.monotonic() - began:.0f} s, {installed - began:.0f} s of them for apt")
    assert "systemctl enable --now tamtap.service" in said.stdout


def test_everything_belongs_to_a_user_of_its_own(machine):
    assert machine.run("stat -c '%a %U' /var/lib/tamtap").stdout.strip() == "700 tamtap"
    assert machine.run("stat -c '%a %U %G' /etc/tamtap/tamtap.toml").stdout.strip() == "640 root tamtap"
    assert machine.run("stat -c '%a %U' /etc/tamtap/credentials").stdout.strip() == "700 root"
    assert machine.run("find /var/lib/tamtap ! -user tamtap").stdout == ""
    assert machine.run("stat -c %U /proc/$(systemctl show -P MainPID tamtap)").stdout == "tamtap\n"
    assert {"spi", "i2c", "gpio", "dialout", "input"} <= set(machine.run("id -nG tamtap").stdout.split())


def test_the_units_are_well_formed_and_leave_little_open(machine):
    checked = machine.run("systemd-analyze verify --man=no " + " ".join(UNITS) + " tamtap-backup.timer")
    assert checked.stdout + checked.stderr == ""
    for unit in UNITS:
        said = machine.run(f"systemd-analyze security --no-pager --offline=true {unit}").stdout
        level = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", said)[1])
        assert level <= 2.0, f"{unit}: {level}"


def test_the_journal_has_priorities(machine):
    assert machine.run("journalctl -u tamtap -p warning -o cat --no-pager").stdout == ""
    assert "the central store is" in machine.run("journalctl -u tamtap -p info -o cat --no-pager").stdout


def test_commands_of_root_act_on_what_the_service_serves(machine, pages):
    """Without --data and --config: an installed program knows where its settings are."""
    assert "Carla Lim" in machine.run("tamtap roster list").stdout
    machine.run("tamtap roster add A0000009 --first-name Dina --last-name Ong --section Narra")
    assert "Dina Ong" in machine.run("tamtap roster list").stdout
    assert machine.run("find /var/lib/tamtap ! -user tamtap").stdout == ""
    assert machine.run("cd /tmp && tamtap version --data /tmp/elsewhere").returncode == 0


def test_a_killed_gate_is_back_by_itself(machine, reader, pages):
    restarts = lambda: int(machine.run("systemctl show -P NRestarts tamtap").stdout)
    for number in range(1, 8):  # more often than systemd's own limit allows
        machine.run("systemctl kill -s KILL tamtap.service")
        until(lambda: restarts() == number, 30, "it is back")
        until(lambda: machine.run("systemctl is-active tamtap", check=False).stdout == "active\n", 30, "it is up")
    until(lambda: pages.ask("/api/health"), 30, "the server answers")
    tap_until_seen(reader, pages, "A0000002", "Ben Reyes")


def test_the_buttons_user_may_start_the_gate_and_nothing_else(machine):
    """In the sandbox of the buttons' unit, asked as `tamtap buttons` asks when one is pressed."""
    machine.run("apt-get -qy install --no-install-recommends polkitd && systemctl start polkit")
    edited = machine.path("/run/systemd/system/tamtap-buttons.service.d/ask.conf")
    edited.parent.mkdir(parents=True)

    def ask(verb, unit):
        edited.write_text(
            f"[Service]\nType=oneshot\nRestart=no\nExecStart=\nExecStart=systemctl --no-ask-password --quiet {verb} {unit}\n"
        )
        machine.run("systemctl daemon-reload")
        return machine.run("systemctl start tamtap-buttons", check=False).returncode == 0

    process = lambda: machine.run("systemctl show -P MainPID tamtap").stdout
    before = process()
    assert ask("restart", "tamtap.service"), machine.run("journalctl -u tamtap-buttons -o cat --no-pager").stdout
    assert process() != before
    for verb, unit in (("restart", "systemd-journald.service"), ("stop", "tamtap-backup.timer"), ("mask", "tamtap.service")):
        assert not ask(verb, unit), f"{verb} {unit}"
    edited.unlink()
    # As it is installed; without a button in the settings, it says what is missing.
    machine.run("systemctl daemon-reload; systemctl reset-failed tamtap-buttons; systemctl start tamtap-buttons; sleep 1; systemctl stop tamtap-buttons")
    assert "name them: --button" in machine.run("journalctl -u tamtap-buttons -o cat --no-pager").stdout


def test_a_stop_takes_less_than_five_seconds(machine):
    began = time.monotonic()
    machine.run("systemctl stop tamtap")
    assert time.monotonic() - began < 5
    assert machine.run("systemctl show -P Result tamtap").stdout == "success\n"
    machine.run("systemctl start tamtap")


def test_an_upgrade_keeps_everything_and_starts_what_ran(machine, reader, pages, tmp_path):
    settings = machine.path("/etc/tamtap/tamtap.toml").read_text()
    process = machine.run("systemctl show -P MainPID tamtap").stdout
    machine.path("/tmp/newer.deb").write_bytes(newer(package(), tmp_path, "9.0.0").read_bytes())
    machine.run("apt-get -qy install --no-install-recommends /tmp/newer.deb")
    assert machine.run("dpkg-query -W -f '${Version}' tamtap").stdout == "9.0.0"
    until(lambda: pages.ask("/api/health"), 30, "the server answers")
    assert machine.run("systemctl show -P MainPID tamtap").stdout != process, "the old program still runs"
    assert machine.path("/etc/tamtap/tamtap.toml").read_text() == settings
    assert machine.run("systemctl is-enabled tamtap").stdout == "enabled\n"
    tap_until_seen(reader, pages, "A0000003", "Carla Lim")
    assert pages.present() == {"Ana Cruz", "Ben Reyes", "Carla Lim"}


def test_the_nightly_backup_is_made_and_can_be_restored(machine):
    machine.run("systemctl is-enabled tamtap-backup.timer")
    machine.run("systemctl start tamtap-backup.service")
    (backup,) = machine.run("ls /var/backups/tamtap/*.tar").stdout.split()
    assert machine.run(f"stat -c '%a %U' {backup}").stdout.strip() == "600 tamtap"
    restored = json.loads(machine.run(f"tamtap backup restore {backup} --data /root/restored --json").stdout)
    assert restored["taps"] == 3 and restored["settings"].endswith("tamtap.toml")


def test_a_removal_keeps_the_data(machine):
    machine.run("apt-get -qy remove tamtap")
    assert machine.run("grep -ls tamtap /proc/[0-9]*/comm", check=False).stdout == ""
    assert machine.run("test -e /usr/bin/tamtap", check=False).returncode != 0
    assert machine.run("ls /var/lib/tamtap/journal").stdout != ""
    assert machine.path("/etc/tamtap/tamtap.toml").exists()


def test_an_installation_after_a_removal_goes_on(machine, pages):
    machine.run("apt-get -qy install --no-install-recommends /tmp/tamtap.deb")
    machine.run("systemctl enable --now tamtap")
    until(lambda: pages.ask("/api/health"), 30, "the server answers")
    pages.sign_in()
    assert pages.present() == {"Ana Cruz", "Ben Reyes", "Carla Lim"}


def test_a_purge_that_nobody_answers_keeps_the_data(machine):
    said = machine.run("apt-get -qy purge tamtap")
    assert machine.run("ls /var/lib/tamtap/journal").stdout != "", said.stdout
    assert not machine.path("/etc/tamtap").exists()
    assert machine.run("getent passwd tamtap").stdout != ""


def test_a_purge_that_is_told_so_removes_it(machine):
    machine.run("apt-get -qy install --no-install-recommends /tmp/tamtap.deb")
    machine.run("echo 'tamtap tamtap/remove-data boolean true' | debconf-set-selections")
    machine.run("apt-get -qy purge tamtap")
    for path in ("/etc/tamtap", "/var/lib/tamtap", "/var/backups/tamtap"):
        assert not machine.path(path).exists(), path
    assert machine.run("getent passwd tamtap", check=False).stdout == ""
    assert "tamtap" not in machine.run("systemctl list-unit-files --no-pager").stdout
