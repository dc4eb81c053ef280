"""The models of the devices against drivers and tools that others wrote: a model that only agrees with our own
drivers would show nothing."""

import os
import pathlib
import subprocess
import textwrap

import pytest

from conftest import BUILD, ROOT, card, wait_until

# These programs are this machine's; the models may be another's, which an emulator runs.
HOST_BUILD = pathlib.Path(os.environ.get("TAMTAP_HOST_BUILD", BUILD))
DRIVERS = HOST_BUILD / "drivers"


@pytest.fixture
def devices(devices):
    devices.environment["LD_PRELOAD"] = str(HOST_BUILD / "tests" / "devices" / "libdevice_preload.so")
    return devices


@pytest.fixture
def python(devices):
    """Runs a program with the drivers of others; returns what it prints."""
    assert (DRIVERS / ".complete-1").exists(), "fetch them: scripts/test-drivers"

    def run(program):
        devices.environment["PYTHONPATH"] = f"{DRIVERS}:{ROOT / 'tests' / 'devices' / 'stub'}"
        return devices.run("/usr/bin/python3", "-c", textwrap.dedent(program)).stdout.splitlines()

    return run


def test_simple_mfrc522_reads_the_number_that_we_read_too(devices, python):
    devices.show("176B3325")
    assert python("""
        from mfrc522 import SimpleMFRC522
        reader = SimpleMFRC522()
        for _ in range(20):
            number = reader.read_id_no_block()
            if number:
                print(number)
                break
    """) == ["100582761834"]


def test_it_cuts_a_long_card_as_schools_have_it(devices, python):
    devices.show("04A3C6CAE26180")
    assert python("""
        from mfrc522 import SimpleMFRC522
        print(SimpleMFRC522().read_id())
    """) == ["584193394409"]


def test_mfrc522_selects_a_card_by_the_chips_own_crc_and_sees_none_where_none_is(devices, python):
    program = """
        from mfrc522 import MFRC522
        reader = MFRC522()
        for _ in range(20):
            status, kind = reader.MFRC522_Request(reader.PICC_REQIDL)
            if status == reader.MI_OK:
                break
        print(status == reader.MI_OK)
        if status == reader.MI_OK:
            status, uid = reader.MFRC522_Anticoll()
            print("".join(f"{byte:02X}" for byte in uid), reader.MFRC522_SelectTag(uid))
    """
    assert python(program) == ["False"]
    devices.show("176B3325")
    assert python(program) == ["True", "176B33256A 8"]


def test_pi_rc522_reads_cards_of_four_and_seven_bytes(devices, python):
    program = """
        from pirc522 import RFID
        reader = RFID(pin_irq=None)
        for _ in range(20):
            uid = reader.read_id()
            if uid:
                print("".join(f"{byte:02X}" for byte in uid))
                break
    """
    devices.show("176B3325")
    assert python(program) == ["176B3325"]
    devices.take()
    devices.show("04A3C6CAE26180")
    assert python(program) == ["04A3C6CAE26180"]


def test_rplcd_shows_its_texts_in_time(devices, python):
    python("""
        from RPLCD.i2c import CharLCD
        display = CharLCD("PCF8574", 0x27, port=1, cols=16, rows=2)
        display.write_string("Hello\\r\\nWorld 42")
        display.cursor_pos = (0, 8)
        display.write_string("there")
    """)
    assert devices.display() == "Hello   there   |World 42        "
    assert devices.timing_faults() == (0, "")


def test_a_driver_that_does_not_wait_is_caught(devices, python):
    """The model would be worth little if it forgave haste: clearing takes 1.52 ms."""
    python("""
        from smbus2 import SMBus
        bus = SMBus(1)
        def half(bits):
            for value in (bits | 8, bits | 12, bits | 8):
                bus.write_byte(0x27, value)
        import time
        for bits in (0x30, 0x30, 0x30, 0x20):
            half(bits)
            time.sleep(0.005)
        for bits in (0x00, 0x10, 0x80, 0x00) * 20:  # a busy machine may be late, but not each time
            half(bits)
    """)
    count, last = devices.timing_faults()
    assert count > 0 and "busy" in last


def test_i2c_tools_find_the_display_and_the_ups(devices):
    assert devices.run("i2cget", "-y", "1", "0x27").stdout.startswith("0x")
    assert devices.run("i2cget", "-y", "1", "0x17", "0x13").stdout.strip() == "0x50"
    assert devices.run("i2cget", "-y", "1", "0x17", "0x05", "w").stdout.strip() == f"0x{3900:04x}"
    assert devices.run("i2cget", "-y", "1", "0x26", check=False).returncode != 0
    found = devices.run("i2cdetect", "-y", "-r", "1", "0x10", "0x2f").stdout
    assert found.split("10:")[1].split()[7] == "17" and "27" in found.split("20:")[1]


def test_gpiod_tools_know_the_chip_set_lines_and_see_buttons(devices):
    info = devices.run("gpioinfo", "/dev/gpiochip0").stdout
    assert "54 lines" in info and info.count("unused") >= 54
    devices.run("gpioset", "--mode=exit", "/dev/gpiochip0", "17=0")
    assert not devices.is_high(17)
    devices.run("gpioset", "--mode=exit", "/dev/gpiochip0", "17=1")
    assert devices.is_high(17)
    assert devices.run("gpioget", "--active-low", "/dev/gpiochip0", "13").stdout.strip() == "0"
    devices.tell("gpio", "press", 13)
    assert devices.run("gpioget", "--active-low", "/dev/gpiochip0", "13").stdout.strip() == "1"
    watching = subprocess.Popen(
        ["gpiomon", "--num-events=2", "--format=%e", "/dev/gpiochip0", "13"], stdout=subprocess.PIPE, text=True,
        env=devices.environment,
    )  # fmt: skip
    wait_until(lambda: devices.tell("gpio", "line", 13).endswith("gpiomon"), 10, "the line is watched")
    assert devices.run("gpioget", "/dev/gpiochip0", "13", check=False).returncode != 0, "it is taken"
    devices.tell("gpio", "release", 13)
    devices.tell("gpio", "press", 13)
    assert watching.communicate(timeout=10)[0].split() == ["1", "0"]
    wait_until(lambda: devices.tell("gpio", "line", 13) == "0 ", 10, "the line is free again")


def test_gpiod_for_python_does_so_by_the_second_interface(devices, python):
    assert python("""
        import gpiod
        from gpiod.line import Direction, Value
        with gpiod.Chip("/dev/gpiochip0") as chip:
            print(chip.get_info().num_lines)
        settings = gpiod.LineSettings(direction=Direction.OUTPUT, output_value=Value.INACTIVE)
        with gpiod.request_lines("/dev/gpiochip0", consumer="other", config={18: settings}) as lines:
            lines.set_value(18, Value.ACTIVE)
            lines.set_value(18, Value.INACTIVE)
            print(lines.get_value(18) == Value.INACTIVE)
    """) == ["54", "True"]
    assert devices.tell("gpio", "log").split() == ["18-", "18+", "18-"]


def test_evdev_for_python_reads_what_is_typed(devices):
    program = """
        import evdev, sys
        device = evdev.InputDevice("/dev/input/event7")
        device.grab()
        print(device.name, evdev.ecodes.KEY_ENTER in device.capabilities()[evdev.ecodes.EV_KEY], flush=True)
        typed = ""
        for event in device.read_loop():
            if event.type == evdev.ecodes.EV_KEY and event.value == 1:
                key = evdev.ecodes.KEY[event.code].removeprefix("KEY_")
                if key == "ENTER":
                    break
                typed += key
        print(typed)
    """
    reading = subprocess.Popen(
        ["/usr/bin/python3", "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True, env=devices.environment
    )
    assert reading.stdout.readline().startswith("Sycreader RFID Technology Co., Ltd SYC ID&IC USB Reader True")
    devices.tell("keyboard", "type", card(1))
    assert reading.communicate(timeout=10)[0].strip() == card(1)
