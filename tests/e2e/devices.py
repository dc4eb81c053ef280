"""Devices without hardware: a board on SPI, a display and a UPS on I2C, a GPIO chip and a keyboard, modelled by
tests/devices and given to any program by a preloaded library. Without changing that program."""

import errno
import os
import subprocess
import threading

from conftest import BUILD, wait_until

READER = "rc522:/dev/spidev0.0,reset=25"
KEYBOARD = "evdev:/dev/input/event7"
DISPLAY = "lcd:/dev/i2c-1,0x27"
LIGHTS = "gpio:/dev/gpiochip0,green=17,red=27,buzzer=18"
UPS = "/dev/i2c-1,0x17"
GREEN, RED, BUZZER = 17, 27, 18
BUTTONS = {"start": 5, "restart": 6, "stop": 13}


class Devices:
    def __init__(self, directory):
        self.socket = directory / "devices"
        models = BUILD / "tests" / "devices"
        self.process = subprocess.Popen(
            [models / "device_models", self.socket], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lock = threading.Lock()
        assert self.process.stdout.readline() == "ready\n"
        self.environment = {"LD_PRELOAD": str(models / "libdevice_preload.so"), "TAMTAP_DEVICES": str(self.socket)}

    def tell(self, *words):
        with self.lock:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline().rstrip("\n")
        assert answer != "?", words
        return answer

    def run(self, *command, check=True, timeout=120, **more):
        """A program that ends by itself, with these devices."""
        done = subprocess.run(
            list(map(str, command)), env={**os.environ, **self.environment}, capture_output=True, text=True,
            timeout=timeout, **more,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def show(self, *cards):
        for card in cards:
            self.tell("spi", "show", card)

    def take(self):
        self.tell("spi", "take")

    def display(self):
        """The two lines of sixteen characters that a person sees."""
        return self.tell("i2c", "display")

    def shows(self, upper, lower, within=10):
        wanted = f"{upper:<16}|{lower:<16}"
        wait_until(lambda: self.display() == wanted, within, lambda: f"{wanted!r}, but {self.display()!r}")

    def timing_faults(self):
        count, _, last = self.tell("i2c", "faults").partition(" ")
        return int(count), last

    def is_high(self, line):
        return self.tell("gpio", "line", line)[0] == "1"

    def fail(self, device, error, after=0, times=1):
        self.tell(device, "fail", getattr(errno, error), after, times)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
