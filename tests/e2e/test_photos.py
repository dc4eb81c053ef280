"""Photos follow the taps to the server: whole, checked, and never in a tap's way."""

import contextlib
import json
import shutil
import subprocess
import sys
import time

import pytest
from conftest import BUILD, ROOT, card, status, terminal_arguments, wait_until

PHOTOGRAPH = BUILD / "photos" / "one_face.png"  # 368 KB


@contextlib.contextmanager
def link_to(port, *phases):
    """A link to 127.0.0.1:port with these faults, one after the other; yields its own port."""
    proxy = subprocess.Popen(
        [sys.executable, ROOT / "tests" / "chaos" / "chaos_proxy.py"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def do(**command):
        proxy.stdin.write(json.dumps(command) + "\n")
        proxy.stdin.flush()
        return json.loads(proxy.stdout.readline())

    try:
        own = do(do="listen", to=["127.0.0.1", port])["port"]
        do(do="plan", port=own, seed=7, phases=list(phases))
        yield own
    finally:
        proxy.stdin.close()
        proxy.wait(10)


@pytest.fixture
def gate(start, school, tmp_path):
    """A gate with a camera that sees one face, enrolled at the server."""

    def make(server, port=None):
        data = school("gate")
        pictures = tmp_path / "pictures"
        pictures.mkdir()
        shutil.copy(PHOTOGRAPH, pictures / "1.png")
        server.enroll(data)
        central = f"http://127.0.0.1:{port or server.port}"
        return data, lambda: start(
            *terminal_arguments(data, central, "--camera", f"files:{pictures}")
        )

    return make


def photos_of(data):
    return sorted(each for each in (data / "photos").glob("????-??-??/*") if each.is_file())


def unfinished(server):
    return sum(each.stat().st_size for each in (server.data / "photos" / ".incoming").glob("*"))


def test_a_photo_reaches_the_server_and_leaves_the_gate(server, gate):
    server = server().run()
    data, start_gate = gate(server)
    terminal = start_gate()
    terminal.type(card(1))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: photos_of(server.data), 30, "the photo arrives")
    assert photos_of(server.data)[0].read_bytes() == PHOTOGRAPH.read_bytes()
    wait_until(lambda: not photos_of(data), 10, "the gate's copy goes")
    server.sign_in()
    record = server.attendance()[0]
    code, body, _ = server.request(f"/photos/{record['day']}/{record['photo']}")
    assert (code, body) == (200, PHOTOGRAPH.read_bytes())
    server.cookie = None
    assert server.request(f"/photos/{record['day']}/{record['photo']}")[0] == 401


def test_a_photo_goes_on_where_a_killed_server_and_a_cut_link_left_it(server, gate):
    server = server().run()
    # 400 KB/s, and every connection is reset after 100 KB, five times.
    with link_to(server.port, {"rate": 400_000, "reset_up": 100_000, "times": 5}) as port:
        data, start_gate = gate(server, port)
        terminal = start_gate()
        terminal.type(card(1))
        assert terminal.acks(1)[0]["verdict"] == "accepted"
        wait_until(lambda: unfinished(server) > 30_000, 60, "a part of the photo arrives")
        server.process.kill()
        there = unfinished(server)
        server.run()
        assert unfinished(server) == there
        wait_until(lambda: photos_of(server.data), 60, "the photo arrives")
        assert photos_of(server.data)[0].read_bytes() == PHOTOGRAPH.read_bytes()
        wait_until(lambda: not photos_of(data), 10, "the gate's copy goes")


def test_taps_are_sent_while_a_photo_is_under_way_on_a_slow_link(server, gate):
    server = server().run()
    with link_to(server.port, {"rate": 20_000}) as port:  # of each connection
        data, start_gate = gate(server, port)
        terminal = start_gate()
        terminal.type(card(1))
        assert terminal.acks(1)[0]["verdict"] == "accepted"
        wait_until(lambda: unfinished(server) > 0, 60, "the photo is under way")
        slowest = 0
        for n in range(2, 8):
            terminal.type(card(n))
            assert terminal.acks(1)[0]["verdict"] == "accepted"
            slowest = max(
                slowest, wait_until(lambda: status(data)["pending"] == 0, 30, "the tap is sent")
            )
            time.sleep(0.3)
        assert not photos_of(server.data), "the link was not slow enough to show anything"
        # The photo alone takes 18 s of this link.
        assert slowest < 8
        print(f"sent behind a photo on 20 KB/s: at most {slowest:.1f} s after its acknowledgement")
