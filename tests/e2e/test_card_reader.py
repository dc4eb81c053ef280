"""A tap through the real pcscd and a virtual reader, and faces from a directory of photographs."""

import contextlib
import pathlib
import shutil
import subprocess

from conftest import BUILD, PATIENCE, PHOTOS, ROOT, card, status, terminal_arguments, wait_until


@contextlib.contextmanager
def pcscd_alone():
    """A pcscd with a socket and a network of its own; yields what must precede a command that is to
    speak with it."""
    daemon = subprocess.Popen(
        [ROOT / "tests" / "virtual_card" / "alone", "pcscd", "-f"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    within = ["nsenter", f"--target={daemon.pid}", "--net", "--mount"]

    def ready():
        assert daemon.poll() is None, "pcscd does not start"
        # Only once it is pcscd does the process have its socket in a place of its own.
        program = pathlib.Path(f"/proc/{daemon.pid}/comm").read_text().strip()
        return (
            program == "pcscd"
            and subprocess.run([*within, "test", "-S", "/run/pcscd/pcscd.comm"]).returncode == 0
        )

    try:
        wait_until(ready, 60, "pcscd is ready")
        yield within
    finally:
        daemon.terminate()
        daemon.wait(30)


def test_a_tap_through_pcscd(start, school, tmp_path):
    data = school()
    with pcscd_alone() as within:
        terminal = start(*terminal_arguments(
            data, f"sqlite:{tmp_path / 'central.db'}", "--reader", "pcsc"
        ), wrapper=within)  # fmt: skip
        for n in (1, 2):
            subprocess.run(
                [*within, BUILD / "tests" / "virtual_card" / "virtual_card",
                 "--uid", card(n), "--for-ms", str(1000 * PATIENCE), "--within-ms", "60000"],
                check=True,
                timeout=90,
            )  # fmt: skip
            ack = terminal.acks(1)[0]
            assert (ack["card"], ack["verdict"]) == (card(n), "accepted")
        assert status(data)["records"] == 2
        assert terminal.stop() == 0


def test_the_photograph_that_was_checked_is_stored(start, school, tmp_path):
    data = school()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    shutil.copy(PHOTOS / "one_face.png", pictures / "1.png")
    terminal = start(*terminal_arguments(
        data, f"sqlite:{tmp_path / 'central.db'}", "--camera", f"files:{pictures}"
    ))  # fmt: skip
    terminal.type(card(1))
    ack = terminal.acks(1)[0]
    assert ack["verdict"] == "accepted"
    stored = lambda: list((data / "photos").glob("*/*"))  # noqa: E731
    wait_until(lambda: len(stored()) == 1, 10, "the photo is stored")
    assert stored()[0].read_bytes().startswith(b"\xff\xd8\xff")


def test_no_face_is_refused_and_several_too(start, school, tmp_path):
    for name, reason in (("none_chelsea.png", "NO_FACE_DETECTED"),
                         ("six_faces.jpg", "MULTIPLE_FACES_DETECTED")):  # fmt: skip
        data = school(reason)
        pictures = tmp_path / f"pictures-{reason}"
        pictures.mkdir()
        shutil.copy(PHOTOS / name, pictures)
        terminal = start(*terminal_arguments(
            data, f"sqlite:{tmp_path / (reason + '.db')}", "--camera", f"files:{pictures}",
        ))  # fmt: skip
        terminal.type(card(1))
        ack = terminal.acks(1)[0]
        assert (ack["verdict"], ack["reason"]) == ("refused", reason)
        terminal.stop()
