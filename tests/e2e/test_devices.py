"""The release binary with every device of a gate, modelled register by register below the kernel's calls: what it
reads and shows, and what it does when they fail in the middle of a transfer or go away."""

import json
import time

import pytest

from conftest import TAMTAP, card, tamtap, wait_until
from devices import BUZZER, DISPLAY, GREEN, KEYBOARD, LIGHTS, READER, RED


@pytest.fixture
def gate(devices, school, start):
    """A gate with all of them, whose display waits for a card."""

    def make(*flags, data=None):
        process = start(
            "terminal", "--data", data or school(), "--panel", "json", "--panel", DISPLAY, "--panel", LIGHTS,
            "--reader", READER, "--reader", KEYBOARD, *flags, environment=devices.environment,
        )  # fmt: skip
        devices.shows("WAITING FOR", "TAMARAW...")
        wait_until(lambda: devices.tell("gpio", "line", BUZZER).endswith("tamtap"), 10, "the lines are taken")
        wait_until(lambda: devices.tell("keyboard", "taken") == "yes", 10, "the keyboard is taken")
        sounds, last = [], time.monotonic()

        def has_said_that_it_starts():
            nonlocal last
            if more := devices.tell("gpio", "log").split():
                sounds.extend(more)
                last = time.monotonic()
            if sounds.count(f"{BUZZER}+") == 2 and sounds[-1] == f"{BUZZER}-":
                return True
            # A machine so slow that it waits for a card before its lights are there says less, and is then quiet.
            return time.monotonic() - last > 3 and not devices.is_high(BUZZER)

        wait_until(has_said_that_it_starts, 10, lambda: f"two beeps at the start: {sounds}")
        return process

    return make


def heard(acks):
    return [(ack["card"], ack["reason"] or ack["verdict"]) for ack in acks]


def test_a_card_is_read_shown_and_heard(devices, gate):
    process = gate()
    devices.show(card(1))
    assert heard(process.acks(1)) == [(card(1), "accepted")]
    devices.shows("WELCOME", "FIRST1 LAST1", within=2)
    wait_until(lambda: devices.is_high(GREEN), 1, "the green light")
    devices.take()
    devices.shows("WAITING FOR", "TAMARAW...")
    wait_until(lambda: not devices.is_high(GREEN), 3, "the light goes out")
    assert devices.tell("gpio", "log").split() == [
        f"{GREEN}+", f"{BUZZER}+", f"{BUZZER}-", f"{BUZZER}+", f"{BUZZER}-", f"{GREEN}-"
    ]  # fmt: skip
    devices.show("0BADCAFE")
    assert heard(process.acks(1)) == [("0BADCAFE", "UNKNOWN_CARD")]
    devices.shows("USER NOT FOUND", "REGISTER FIRST", within=2)
    wait_until(lambda: devices.is_high(RED), 1, "the red light")
    devices.take()
    devices.tell("keyboard", "type", card(2))
    assert heard(process.acks(1)) == [(card(2), "accepted")]
    assert process.stop() == 0
    assert devices.display() == "SHUTDOWN        |TAMTAP          "
    assert not any(devices.is_high(line) for line in (GREEN, RED, BUZZER))
    assert devices.timing_faults() == (0, "")


def test_several_cards_and_long_ones_are_read_whole(devices, gate):
    process = gate()
    long_ones = ["04A2B3C4D5E680", "04A2B3C4D5E681", "0123456789ABCDEF0123"]
    devices.show(*long_ones, card(1))
    assert sorted(heard(process.acks(4))) == sorted([(each, "UNKNOWN_CARD") for each in long_ones] + [(card(1), "accepted")])
    assert process.stop() == 0


@pytest.mark.parametrize("error", ["EIO", "ETIMEDOUT", "EREMOTEIO"])
def test_a_bus_that_fails_in_the_middle_of_a_transfer_costs_no_card(devices, gate, error):
    process = gate()
    for n in range(1, 13):
        devices.fail("spi", error, after=17 * n % 61, times=1 + n % 3)
        devices.show(card(n))
        assert heard(process.acks(1)) == [(card(n), "accepted")]
        devices.take()
    assert process.stop() == 0


def test_a_reader_that_goes_away_comes_back_by_itself(devices, gate):
    process = gate()
    devices.tell("spi", "unplug")
    wait_until(lambda: any("rc522" in line and "switch SPI on" in line for line in process.log), 10, "it is said")
    devices.tell("keyboard", "type", card(1))
    assert heard(process.acks(1)) == [(card(1), "accepted")], "the other reader goes on"
    devices.tell("spi", "plug")
    devices.show(card(2))
    assert heard(process.acks(1)) == [(card(2), "accepted")]
    assert sum("rc522" in line and "looking for it again" in line for line in process.log) == 1, "said once"
    assert process.stop() == 0


def test_a_chip_whose_power_sinks_or_that_stalls_is_set_up_anew(devices, gate):
    process = gate()
    devices.tell("spi", "sink")
    devices.show(card(1))
    assert heard(process.acks(1)) == [(card(1), "accepted")]
    devices.take()
    devices.tell("spi", "stall", "on")
    time.sleep(1)
    devices.tell("spi", "stall", "off")
    devices.show(card(2))
    assert heard(process.acks(1)) == [(card(2), "accepted")]
    assert process.stop() == 0


def test_a_keyboard_that_is_unplugged_in_the_middle_of_a_number_gives_no_card(devices, gate):
    process = gate()
    devices.tell("keyboard", "half", card(1)[:5])
    time.sleep(0.3)
    devices.tell("keyboard", "unplug")
    wait_until(lambda: any("evdev" in line for line in process.log), 10, "it is said")
    devices.tell("keyboard", "plug")
    wait_until(lambda: any("evdev:/dev/input/event7 is there" in line for line in process.log), 10, "it is back")
    devices.tell("keyboard", "type", card(2))
    assert heard(process.acks(1)) == [(card(2), "accepted")], "half a number is nobody's"
    devices.tell("keyboard", "half", card(3)[:5])
    devices.tell("keyboard", "lost")
    devices.tell("keyboard", "type", card(3)[5:])
    assert process.acks(1)[0]["reason"] == "UNREADABLE_CARD", "a part was lost"
    assert process.stop() == 0


def test_a_display_that_is_cut_off_at_any_byte_shows_the_next_sign_whole(devices, gate):
    process = gate()
    for n in range(1, 9):
        devices.tell("i2c", "cut", 9 * n % 67)
        devices.show(card(n))
        assert heard(process.acks(1)) == [(card(n), "accepted")], "nobody waits for the display"
        time.sleep(0.1)
        devices.tell("i2c", "mend")
        devices.take()
        devices.shows("WAITING FOR", "TAMARAW...")
    devices.show(card(20))
    devices.shows("WELCOME", "FIRST20 LAST20", within=3)
    assert process.stop() == 0


def test_short_transfers_and_a_display_that_is_plugged_in_later(devices, gate):
    devices.tell("i2c", "fail", 75, 40, 3)  # EOVERFLOW: half of the bytes are taken
    process = gate()
    devices.tell("i2c", "unplug")
    devices.show(card(1))
    assert heard(process.acks(1)) == [(card(1), "accepted")]
    wait_until(lambda: any("lcd:" in line and "taps go on without it" in line for line in process.log), 10, "it is said")
    devices.tell("i2c", "plug")
    devices.shows("WAITING FOR", "TAMARAW...")
    devices.tell("i2c", "sink")
    devices.shows("WAITING FOR", "TAMARAW...", within=25)  # each of the short transfers costs two seconds
    assert process.stop() == 0


def test_lines_that_another_program_has_are_taken_when_they_are_free(devices, gate, school):
    data = school()
    process = gate(data=data)
    other = devices.run(TAMTAP, "panel", "test", "--panel", LIGHTS, "--seconds", "0", "--data", data.parent / "none", check=False)
    assert other.returncode == 1 and "'tamtap' has it" in other.stderr
    devices.fail("gpio", "EIO", times=2)
    devices.show(card(1))
    assert heard(process.acks(1)) == [(card(1), "accepted")]
    devices.take()
    wait_until(lambda: any("gpio:" in line and "is there" in line for line in process.log), 10, "they are taken again")
    devices.show(card(2))
    assert heard(process.acks(1)) == [(card(2), "accepted")]
    wait_until(lambda: devices.is_high(GREEN), 2, "the green light")
    assert process.stop() == 0


def test_the_doctor_names_what_it_finds(devices, school):
    data = school()
    flags = ("--data", data, "--json", "--reader", READER, "--reader", KEYBOARD, "--panel", DISPLAY, "--panel", LIGHTS,
             "--power-ups", "/dev/i2c-1,0x17", "--button", "stop=/dev/gpiochip0,line=13")  # fmt: skip

    def said(expected):
        done = devices.run(TAMTAP, "doctor", *flags, check=False)
        findings = [each for each in json.loads(done.stdout) if each["what"] in ("reader", "panel", "power", "button")]
        assert [each["ok"] for each in findings] == expected, findings
        return "\n".join(each["said"] for each in findings)

    fine = said([True] * 6)
    for words in ("MFRC522 of version 2.0 (0x92)", "SYC ID&IC USB Reader", "a chip answers at 0x27 on /dev/i2c-1",
                  "a chip pinctrl-model with 54 lines", "plugged in, 80 %, 3900 mV left", "its line is free"):  # fmt: skip
        assert words in fine
    devices.tell("i2c", "address", "3F")
    devices.tell("spi", "version", "00")
    devices.tell("keyboard", "unplug")
    wrong = said([False, False, False, True, True, True])
    assert "a chip answers at 0x3F: try --panel lcd:/dev/i2c-1,0x3F" in wrong
    assert "nothing answers: look at its wires, its 3.3 V and its reset line" in wrong
    assert "is it plugged in?" in wrong


def test_each_part_is_tried_by_itself(devices, school):
    data = school()
    shown = devices.run(TAMTAP, "panel", "test", "--seconds", "0", "--panel", DISPLAY, "--data", data).stdout
    assert "SHUTDOWN / TAMTAP" in shown and devices.display() == "SHUTDOWN        |TAMTAP          "
    lights = devices.run(TAMTAP, "panel", "test", "--seconds", "0", "--panel", LIGHTS, "--data", data).stdout
    assert "the green light (line 17)" in lights and "WELCOME: green, 2 beeps of 0.10 s" in lights
    log = devices.tell("gpio", "log").split()[3:]  # first they are taken, and are low
    assert log[:6] == [f"{GREEN}+", f"{GREEN}-", f"{RED}+", f"{RED}-", f"{BUZZER}+", f"{BUZZER}-"]
    assert not any(devices.is_high(line) for line in (GREEN, RED, BUZZER))
    devices.show(card(3))
    read = devices.run(TAMTAP, "reader", "test", "--cards", "1", "--reader", READER, "--data", data).stdout
    assert "MFRC522 of version 2.0" in read and "First3 Last3, 7 Narra" in read
    devices.tell("i2c", "unplug")
    away = devices.run(TAMTAP, "panel", "test", "--panel", DISPLAY, "--data", data, check=False)
    assert away.returncode == 1 and "dtparam=i2c_arm=on" in away.stderr


def test_no_other_program_reads_what_a_taken_keyboard_types(devices, gate, school):
    gate()
    second = devices.run(TAMTAP, "reader", "test", "--reader", KEYBOARD, "--seconds", "1", "--data", school("other"), check=False)
    assert second.returncode == 1 and "another program has taken it" in second.stderr
    assert tamtap("version").returncode == 0, "without the library all is as ever"
