"""A tap through the real pcscd and a virtual reader, and faces from a directory of photographs."""

import shutil
import subprocess
import time

from conftest import BUILD, ROOT, card, status, terminal_arguments, wait_until


def test_a_tap_through_pcscd(start, school, tmp_path):
    data = school()
    daemon = subprocess.Popen(["pcscd", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        assert daemon.poll() is None, "pcscd does not start; is one running already?"
        terminal = start(*terminal_arguments(
            data, f"sqlite:{tmp_path / 'central.db'}", "--reader", "pcsc"
        ))  # fmt: skip
        for n in (1, 2):
            subprocess.run(
                [BUILD / "tests" / "virtual_card" / "virtual_card", "--uid", card(n), "--for-ms", "1000"],
                check=True,
                timeout=30,
            )
            ack = terminal.acks(1)[0]
            assert (ack["card"], ack["verdict"]) == (card(n), "accepted")
        assert status(data)["records"] == 2
        assert terminal.stop() == 0
    finally:
        daemon.terminate()
        daemon.wait(10)


def test_the_photograph_that_was_checked_is_stored(start, school, tmp_path):
    data = school()
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    photographs = BUILD / "photos"
    shutil.copy(photographs / "one_face.png", pictures / "1.png")
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
    photographs = BUILD / "photos"
    for name, reason in (("none_chelsea.png", "NO_FACE_DETECTED"),
                         ("six_faces.jpg", "MULTIPLE_FACES_DETECTED")):  # fmt: skip
        data = school(reason)
        pictures = tmp_path / f"pictures-{reason}"
        pictures.mkdir()
        shutil.copy(photographs / name, pictures)
        terminal = start(*terminal_arguments(
            data, f"sqlite:{tmp_path / (reason + '.db')}", "--camera", f"files:{pictures}",
        ))  # fmt: skip
        terminal.type(card(1))
        ack = terminal.acks(1)[0]
        assert (ack["verdict"], ack["reason"]) == ("refused", reason)
        terminal.stop()
