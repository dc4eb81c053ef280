"""What a technician types at a gate: `tamtap panel test`, `tamtap reader test` and `tamtap doctor`."""

import json
import signal
import subprocess

from conftest import TAMTAP, card, tamtap, wait_until

LINES = "gpio:/dev/gpiochip77,green=17"


def test_a_screen_shows_each_part_that_is_announced():
    said = tamtap("panel", "test", "--seconds", "0").stdout
    assert "WELCOME / ANA REYES, green, 2 beeps of 0.10 s" in said and "WELCOME ANA REYES" in said
    assert "STORAGE FULL / CALL STAFF, red, 3 beeps of 0.20 s" in said and "SHUTDOWN TAMTAP" in said
    parts = [json.loads(line) for line in tamtap("panel", "test", "--seconds", "0", "--json").stdout.splitlines()
             if line.startswith('{"panel"')]  # fmt: skip
    assert [part["part"] for part in parts] == list(range(1, len(parts) + 1)) and len(parts) > 15


def test_a_panel_that_is_away_is_a_problem_and_the_others_are_tried_all_the_same():
    done = tamtap("panel", "test", "--seconds", "0", "--panel", LINES, "--panel", "screen", check=False)
    assert done.returncode == 1
    assert "/dev/gpiochip77: No such file" in done.stderr and "`gpiodetect` lists" in done.stderr
    assert "SHUTDOWN TAMTAP" in done.stdout
    assert tamtap("panel", "test", "--panel", "paper", check=False).returncode == 1


def test_a_panel_test_ends_at_once_when_it_is_asked_to():
    process = subprocess.Popen([TAMTAP, "panel", "test", "--seconds", "60"], stdout=subprocess.PIPE, text=True)
    assert "it writes to standard output" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.stdout.read()
    assert process.wait(10) == 0


def test_each_card_is_shown_with_its_spellings_and_whose_it_is(school):
    data = school(people=3)
    typed = f"{card(1)}\n100582761834\n0563537489\nnothing\n"
    said = tamtap("reader", "test", "--data", data, stdin=typed).stdout
    assert f"First1 Last1, 7 Narra, registered as {card(1)}" in said
    assert "100582761834" in said and "0392901413" in said and "nobody in the roster has it" in said
    assert "2196E651" in said and "51E69621" in said, "both that the number may mean"
    assert "what was read is no card" in said
    lines = [json.loads(line) for line in tamtap("reader", "test", "--data", data, "--json", stdin=typed).stdout.splitlines()]
    assert [line["known"] for line in lines] == [True, False, False, False]
    assert lines[0]["card"] == card(1) and card(1) in lines[0]["spellings"]


def test_cards_that_do_not_come_are_a_problem(school):
    data = school(people=3)
    few = tamtap("reader", "test", "--data", data, "--cards", "2", stdin=f"{card(1)}\n", check=False)
    assert few.returncode == 1 and "1 of 2 cards were read" in few.stderr
    enough = tamtap("reader", "test", "--data", data, "--cards", "1", stdin=f"{card(1)}\n{card(2)}\n")
    assert enough.returncode == 0
    away = tamtap("reader", "test", "--data", data, "--seconds", "0.2", "--reader", "serial:/dev/ttyUSB77", check=False)
    assert away.returncode == 1 and "is it plugged in?" in away.stderr


def test_while_a_gate_runs_its_devices_are_its_own(school, start):
    data = school(people=3)
    gate = start("terminal", "--data", data, "--panel", "json", "--reader", "stdin")
    gate.type(card(1))
    gate.acks(1)
    for command in (("panel", "test", "--seconds", "0"), ("reader", "test")):
        refused = tamtap(*command, "--data", data, check=False)
        assert refused.returncode == 1
        assert f"its gate runs as process {gate.process.pid}" in refused.stderr and "stop the gate first" in refused.stderr
    said = tamtap("doctor", "--data", data, "--reader", "rc522:/dev/spidev7.7", "--panel", LINES, check=False).stdout
    assert said.count(f"the gate that runs here (process {gate.process.pid}") == 2
    assert gate.stop() == 0
    wait_until(lambda: tamtap("panel", "test", "--seconds", "0", "--data", data, check=False).returncode == 0, 10,
               "the devices are free")  # fmt: skip


def test_the_doctor_looks_at_each_device_and_says_what_to_do(school, tmp_path):
    data = school(people=3)
    settings = tmp_path / "gate.toml"
    settings.write_text(
        f'data = "{data}"\nreader = ["rc522:/dev/spidev7.7,reset=25", "evdev:No Such Reader"]\n'
        f'panel = ["lcd:/dev/i2c-77,0x27", "{LINES}", "screen"]\n'
    )
    done = tamtap("doctor", "--config", settings, "--json", check=False)
    assert done.returncode == 1
    said = {finding["said"].split(": ")[0]: finding for finding in json.loads(done.stdout)}
    for spec, hint in (("rc522:/dev/spidev7.7,reset=25", "dtparam=spi=on"),
                       ("evdev:No Such Reader", "/proc/bus/input/devices"),
                       ("lcd:/dev/i2c-77,0x27", "dtparam=i2c_arm=on"),
                       (LINES, "gpiodetect")):  # fmt: skip
        assert not said[spec]["ok"] and hint in said[spec]["said"], spec
    assert said["screen"]["ok"]
    assert any(finding["what"] == "plugged in" for finding in said.values())
