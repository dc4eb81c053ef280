"""The buttons of a gate, and a gate whose power runs low. systemctl is a program of the test's own here, that writes
down what it is asked for: these machines have no systemd."""

import os
import time

import pytest

from conftest import TAMTAP, card, status, wait_until
from devices import BUTTONS, DISPLAY, UPS

UNIT = "tamtap-gate.service"


@pytest.fixture
def systemd(devices, tmp_path):
    """What systemctl was asked for until now. Its exit status stands in a file."""
    programs = tmp_path / "programs"
    programs.mkdir()
    asked, code = tmp_path / "asked", tmp_path / "code"
    asked.write_text("")
    code.write_text("0")
    systemctl = programs / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {asked}\nexit "$(cat {code})"\n')
    systemctl.chmod(0o755)
    devices.environment["PATH"] = f"{programs}:{os.environ['PATH']}"

    def calls():
        return [line.removeprefix("--no-ask-password --quiet ") for line in asked.read_text().splitlines()]

    calls.code = code
    return calls


def watch(start, devices, *more):
    buttons = [flag for name, line in BUTTONS.items() for flag in ("--button", f"{name}=/dev/gpiochip0,line={line}")]
    process = start("buttons", *buttons, *more, environment=devices.environment)
    for line in BUTTONS.values():
        wait_until(lambda line=line: devices.tell("gpio", "line", line).endswith("tamtap"), 10, "the line is taken")
    return process


def touch(devices, name, seconds):
    devices.tell("gpio", "press", BUTTONS[name])
    time.sleep(seconds)
    devices.tell("gpio", "release", BUTTONS[name])


def test_a_touch_starts_and_restarts_and_stop_must_be_held(devices, systemd, start):
    process = watch(start, devices)
    touch(devices, "start", 0.3)
    wait_until(lambda: systemd() == [f"--no-block start {UNIT}"], 10, systemd)
    touch(devices, "restart", 0.3)
    wait_until(lambda: systemd()[1:] == [f"--no-block restart {UNIT}"], 10, systemd)
    touch(devices, "stop", 1.5)
    time.sleep(1.5)
    assert len(systemd()) == 2, "it was not held long enough"
    begin = time.monotonic()
    devices.tell("gpio", "press", BUTTONS["stop"])
    wait_until(lambda: systemd()[2:] == [f"--no-block stop {UNIT}"], 20, systemd)
    assert time.monotonic() - begin >= 2.4
    time.sleep(1)
    devices.tell("gpio", "release", BUTTONS["stop"])
    for _ in range(10):  # contacts that bounce
        touch(devices, "start", 0.002)
    time.sleep(0.5)
    assert len(systemd()) == 3, systemd()
    assert process.stop() == 0
    assert all(devices.tell("gpio", "line", line).endswith(" ") for line in BUTTONS.values()), "the lines are free"


def test_what_polkit_does_not_allow_is_said_and_another_unit_may_be_named(devices, systemd, start):
    systemd.code.write_text("4")
    process = watch(start, devices, "--unit", "tamtap.service")
    touch(devices, "start", 0.2)
    wait_until(lambda: any("polkit must allow it" in line for line in process.log), 10, lambda: process.log)
    assert systemd() == ["--no-block start tamtap.service"]
    assert process.stop() == 0


def test_lines_that_go_away_are_watched_again_when_they_are_back(devices, systemd, start):
    process = watch(start, devices)
    devices.tell("gpio", "unplug")
    wait_until(lambda: any("looking for it again" in line for line in process.log), 10, lambda: process.log)
    devices.tell("gpio", "plug")
    wait_until(lambda: sum("is there" in line for line in process.log) == 3, 10, lambda: process.log)
    touch(devices, "restart", 0.2)
    wait_until(lambda: systemd() == [f"--no-block restart {UNIT}"], 10, systemd)
    assert process.stop() == 0


def test_buttons_that_nobody_names_are_an_error(devices):
    for wrong in ((), ("--button", "halt=/dev/gpiochip0,line=3")):
        done = devices.run(TAMTAP, "buttons", *wrong, check=False)
        assert done.returncode == 1 and "start=/dev/gpiochip0,line=5" in done.stderr


def power_gate(start, devices, data, *more, environment=None):
    gate = start(
        "terminal", "--data", data, "--panel", "json", "--panel", DISPLAY, "--reader", "stdin", "--power-seconds", "1", *more,
        environment={**devices.environment, **(environment or {})},
    )  # fmt: skip
    gate.type(card(1))
    assert gate.acks(1)[0]["verdict"] == "accepted"
    return gate


def test_a_ups_that_runs_low_stops_the_gate_cleanly(devices, systemd, start, school):
    data = school()
    gate = power_gate(start, devices, data, "--power-ups", UPS, "--power-off")
    devices.tell("i2c", "ups", "13", 9)  # percent: but it is plugged in
    time.sleep(4)
    assert gate.process.poll() is None
    devices.tell("i2c", "ups", "07", 0)
    assert gate.process.wait(20) == 0
    assert devices.display() == "SHUTDOWN        |TAMTAP          "
    assert systemd() == ["--no-wall poweroff"]
    assert any("ups:/dev/i2c-1,0x17: on battery, 9 %" in line and "the gate stops" in line for line in gate.log)
    assert status(data)["records"] == 1


def test_a_ups_that_fails_stops_nothing(devices, systemd, start, school):
    gate = power_gate(start, devices, school(), "--power-ups", UPS)
    devices.tell("i2c", "ups", "05", 0)
    wait_until(lambda: any("it says a battery of 0 mV" in line for line in gate.log), 10, lambda: gate.log)
    devices.tell("i2c", "unplug")
    time.sleep(4)
    assert gate.process.poll() is None and systemd() == []
    gate.type(card(2))
    assert gate.acks(1)[0]["verdict"] == "accepted"
    assert gate.stop() == 0


def test_a_power_command_stops_the_gate_and_systemd_lets_its_service_rest(devices, systemd, start, school, tmp_path):
    little = tmp_path / "little"
    command = f"test ! -e {little}"
    gate = power_gate(start, devices, school(), "--power-command", command, environment={"INVOCATION_ID": "0" * 32})
    time.sleep(2)
    assert gate.process.poll() is None
    little.write_text("")
    assert gate.process.wait(20) == 0
    assert any("little power is left; the gate stops" in line for line in gate.log)
    # Outside of systemd there is no service that would be started again.
    assert all(call.startswith("--no-block stop ") for call in systemd())


def test_a_power_command_that_hangs_or_is_wrong_holds_nobody_up(devices, start, school):
    for command, said in (("sleep 600", None), ("exit 7", "it ended with 7"), ("nobody-has-this", "it ended with 127")):
        gate = power_gate(start, devices, school(command.split()[0]), "--power-command", command)
        if said:
            wait_until(lambda gate=gate, said=said: any(said in line for line in gate.log), 10, lambda gate=gate: gate.log)
        begin = time.monotonic()
        assert gate.stop() == 0
        assert time.monotonic() - begin < 5
