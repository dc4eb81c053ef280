"""Cameras at a gate: programs that write MJPEG and devices of the kernel, well and broken, amid taps."""

import io
import json
import os
import pathlib
import signal
import sys
import time

import pytest
from PIL import Image

from conftest import BUILD, PATIENCE, PHOTOS, TAMTAP, card, tamtap, wait_until

PROGRAM = pathlib.Path(__file__).with_name("mjpeg_camera.py")
SHIM = BUILD / "tests" / "video_shim.so"
FACE_PATIENCE = min(5.0 * PATIENCE, 10.0)  # seconds; a tap that waits for a camera waits so long
AT_ONCE = 2.5 * PATIENCE  # for a tap that waits for none, also on a slow machine


def jpeg(name):
    encoded = io.BytesIO()
    picture = Image.open(PHOTOS / name).convert("RGB")
    frame = Image.new("RGB", (640, 480), (170, 170, 170))
    frame.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    frame.save(encoded, "JPEG", quality=90)
    return encoded.getvalue()


class Camera:
    def __init__(self, directory, photo="one_face.png"):
        self.control = directory / "camera"
        self.photo = directory / "photo.jpg"
        self.photo.write_bytes(jpeg(photo))
        self.behave("fine")
        self.spec = f"exec:exec {sys.executable} {PROGRAM} {self.control} {self.photo}"

    def behave(self, how):
        new = self.control.with_suffix(".new")
        new.write_text(how)
        new.replace(self.control)

    @property
    def pid(self):
        path = self.control.with_suffix(".pid")
        return int(path.read_text() or 0) if path.exists() else 0


@pytest.fixture
def camera(tmp_path):
    return Camera(tmp_path)


class Gate:
    def __init__(self, start, data, spec, *more, environment=None):
        self.data = data
        self.process = start(
            "terminal", "--data", data, "--panel", "json", "--camera", spec,
            "--face-patience-ms", int(FACE_PATIENCE * 1000), *more, environment=environment,
        )  # fmt: skip
        self.taps = 0

    def tap(self):
        """The ack of the next person's tap, and how long it took."""
        begin = time.monotonic()
        self.process.type(card(self.taps))
        self.taps += 1
        ack = self.process.acks(1)[0]
        return ack, time.monotonic() - begin

    def photos(self):
        return list((self.data / "photos").glob("*/*.jpg"))

    def takes_photos(self):
        before = len(self.photos())
        ack, _ = self.tap()
        assert ack["verdict"] == "accepted", ack
        deadline = time.monotonic() + 3 * PATIENCE
        while len(self.photos()) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        return len(self.photos()) > before

    def said(self, text):
        return any(text in line for line in self.process.log)

    def memory(self):
        """The most that it was resident with, in MB."""
        status = pathlib.Path(f"/proc/{self.process.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_a_face_is_found_in_a_frame_from_before_the_tap_and_that_frame_is_the_photo(school, start, camera):
    gate = Gate(start, school(), camera.spec)
    wait_until(gate.takes_photos, 60, "the camera works")
    for _ in range(5):
        time.sleep(0.4)
        ack, took = gate.tap()
        assert ack["verdict"] == "accepted" and took < AT_ONCE
    wait_until(lambda: len(gate.photos()) >= 6, 10, "photos are written")
    kept = Image.open(gate.photos()[-1])
    assert kept.size == (640, 480)
    difference = sum(abs(a - b) for a, b in zip(kept.convert("L").resize((32, 24)).tobytes(),
                                                Image.open(camera.photo).convert("L").resize((32, 24)).tobytes()))
    assert difference / (32 * 24) < 4
    assert b"\xff\xfe" not in gate.photos()[-1].read_bytes(), "its comment is not kept"
    assert gate.process.stop() == 0


def test_nobody_before_the_camera_is_looked_for_as_long_as_the_patience_and_then_refused(school, start, tmp_path):
    empty = Camera(tmp_path, "none_coffee.png")
    gate = Gate(start, school(), empty.spec)
    wait_until(lambda: empty.pid, 30, "the camera starts")
    time.sleep(1)
    ack, took = gate.tap()
    assert (ack["verdict"], ack["reason"]) == ("refused", "NO_FACE_DETECTED")
    assert took < FACE_PATIENCE + AT_ONCE
    assert gate.process.stop() == 0


@pytest.mark.parametrize("broken", ["same", "garbage", "undecodable", "half", "huge", "silent", "die", "killed", "stopped"])
def test_a_camera_that_breaks_is_said_costs_no_tap_and_is_back_by_itself(school, start, camera, broken):
    gate = Gate(start, school(), camera.spec)
    wait_until(gate.takes_photos, 60, "the camera works")
    before = gate.memory()
    first = camera.pid
    if broken in ("killed", "stopped"):
        camera.behave("die")  # when it is started again
        os.kill(first, signal.SIGKILL if broken == "killed" else signal.SIGSTOP)
    else:
        camera.behave(broken)
    noticed = wait_until(lambda: gate.said("taps go on without it"), 20, "it is said")
    assert noticed < 3 + AT_ONCE
    for _ in range(10):
        ack, took = gate.tap()
        assert ack["verdict"] == "accepted", ack
        assert took < AT_ONCE, "a camera that is known to be broken is not waited for"
    assert gate.memory() - before < 24
    camera.behave("fine")
    wait_until(gate.takes_photos, 60, "it is back")
    if broken not in ("half", "garbage", "huge", "undecodable"):
        assert camera.pid != first
    assert sum("taps go on without it" in line for line in gate.process.log) <= 3, "it is said once, not each time"
    assert gate.process.stop() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(camera.pid, 0)


@pytest.mark.parametrize(
    ("command", "said"),
    [("exit 3", "exit code 3"), ("echo 'no cameras available' >&2", "no cameras available"),
     ("no-such-camera", "not found"), ("sleep 1000", "it gives no picture"), ("yes", "it gives no picture")],
)  # fmt: skip
def test_a_camera_that_never_works_costs_no_tap(school, start, command, said):
    gate = Gate(start, school(), f"exec:{command}")
    ack, took = gate.tap()
    assert ack["verdict"] == "accepted" and took < FACE_PATIENCE + AT_ONCE
    wait_until(lambda: gate.said(said), 20, lambda: f"it is said: {gate.process.log}")
    for _ in range(5):
        ack, took = gate.tap()
        assert ack["verdict"] == "accepted" and took < AT_ONCE
    assert gate.process.stop() == 0


def test_a_gate_that_is_killed_leaves_no_camera_behind(school, start, camera):
    gate = Gate(start, school(), camera.spec)
    wait_until(lambda: camera.pid, 30, "the camera starts")
    gate.process.kill()

    def gone():
        try:
            return ") Z " in pathlib.Path(f"/proc/{camera.pid}/stat").read_text()
        except FileNotFoundError:
            return True

    wait_until(gone, 10, "the camera's program ends")


def test_a_gate_that_is_idle_reads_the_camera_for_next_to_nothing(school, start, camera):
    gate = Gate(start, school(), camera.spec)
    wait_until(gate.takes_photos, 60, "the camera works")
    stat = pathlib.Path(f"/proc/{gate.process.process.pid}/stat")

    def ticks():
        fields = stat.read_text().rsplit(")", 1)[1].split()
        return int(fields[11]) + int(fields[12])

    time.sleep(1)
    before, begin = ticks(), time.monotonic()
    time.sleep(10)
    share = (ticks() - before) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - begin)
    print(f"idle with a camera of 15 frames a second: {share:.2%} of a core")
    assert share < 0.02
    assert gate.takes_photos(), "the newest frames are there, not those from before the rest"


def test_a_school_that_wants_no_photos_switches_its_cameras_off(school, start, camera):
    data = school()
    gate = Gate(start, data, camera.spec)
    wait_until(gate.takes_photos, 60, "the camera works")
    first = camera.pid
    tamtap("settings", "set", "camera.enabled", "off", "--data", data)

    def off():
        try:
            os.kill(first, 0)
        except ProcessLookupError:
            return True
        return False

    wait_until(off, 30, "the camera's program ends")
    assert not gate.takes_photos()
    tamtap("settings", "set", "camera.enabled", "on", "--data", data)
    wait_until(gate.takes_photos, 30, "it is on again")


def test_the_cameras_trial_says_what_it_gives_and_whether_a_face_is_seen(camera, tmp_path):
    said = tamtap("camera", "test", "--seconds", "2", "--data", tmp_path, "--camera", camera.spec).stdout
    assert "640x480 pixels" in said and "pictures a second" in said and "exactly one face" in said
    lines = tamtap("camera", "test", "--seconds", "2", "--json", "--data", tmp_path, "--camera", camera.spec).stdout
    sights = [json.loads(line) for line in lines.splitlines()]
    assert len(sights) == 2
    assert all(sight["one_face"] and (sight["width"], sight["height"]) == (640, 480) for sight in sights)
    assert 2 < sights[1]["frames_per_second"] < 20
    broken = tamtap("camera", "test", "--data", tmp_path, "--camera", "exec:echo 'no cameras available' >&2", check=False)
    assert broken.returncode == 1 and "no cameras available" in broken.stderr
    assert tamtap("camera", "test", "--camera", "webcam", check=False).returncode == 1
    assert tamtap("camera", "test", "--seconds", "none", check=False).returncode == 2


def test_the_trial_leaves_the_camera_to_a_gate_that_runs(school, start, camera):
    data = school()
    gate = Gate(start, data, camera.spec)
    gate.tap()
    refused = tamtap("camera", "test", "--data", data, "--camera", camera.spec, check=False)
    assert refused.returncode == 1 and "stop the gate first" in refused.stderr


class VideoDevice:
    """/dev/video77 of the shim that is loaded in front of the unchanged program."""

    spec = "v4l2:/dev/video77"

    def __init__(self, directory):
        self.plugged = directory / "video"
        self.environment = {"LD_PRELOAD": str(SHIM), "TAMTAP_TEST_VIDEO": str(self.plugged)}
        self.plug_in()

    def plug_in(self):
        new = self.plugged.with_suffix(".new")
        new.write_bytes(jpeg("one_face.png"))
        new.replace(self.plugged)

    def unplug(self):
        self.plugged.unlink()


def test_a_camera_of_the_kernel_takes_photos_and_may_be_unplugged(school, start, tmp_path):
    device = VideoDevice(tmp_path)
    gate = Gate(start, school(), device.spec, environment=device.environment)
    wait_until(gate.takes_photos, 60, lambda: f"the camera works: {gate.process.log}")
    device.unplug()
    wait_until(lambda: gate.said("plug the camera in"), 10, lambda: f"it is said: {gate.process.log}")
    for _ in range(5):
        ack, took = gate.tap()
        assert ack["verdict"] == "accepted" and took < AT_ONCE
    device.plug_in()
    wait_until(gate.takes_photos, 60, "it is back")
    assert gate.process.stop() == 0


def test_the_trial_of_a_camera_of_the_kernel(tmp_path):
    import subprocess

    device = VideoDevice(tmp_path)
    command = [TAMTAP, "camera", "test", "--seconds", "1", "--data", tmp_path, "--camera", device.spec + ",size=640x480"]
    said = subprocess.run(command, env={**os.environ, **device.environment}, capture_output=True, text=True, timeout=60)
    assert said.returncode == 0 and "640x480 pixels" in said.stdout and "exactly one face" in said.stdout, said
    away = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert away.returncode == 1 and "plug the camera in" in away.stderr
