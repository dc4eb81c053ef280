"""Photos follow the taps to the server: whole, checked, and never in a tap's way."""

import contextlib
import hashlib
import json
import random
import shutil
import subprocess
import sys
import time
import zlib

import pytest
from conftest import BUILD, ROOT, card, status, terminal_arguments, wait_until

PHOTOGRAPH = BUILD / "photos" / "one_face.png"


def segments(jpeg):
    """The kinds of segments of a JPEG, up to its end; nothing follows that."""
    kinds, at = [], 2
    assert jpeg[:2] == b"\xff\xd8"
    while True:
        assert jpeg[at] == 0xFF
        kinds.append(jpeg[at + 1])
        if kinds[-1] == 0xD9:
            assert at + 2 == len(jpeg), "something follows the picture"
            return kinds
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if kinds[-1] == 0xDA:
            while jpeg[at] != 0xFF or jpeg[at + 1] == 0 or 0xD0 <= jpeg[at + 1] <= 0xD7:
                at += 1


def is_plain(jpeg):
    """Tables, frame, scans, and the bare JFIF header: nothing that says more than the picture shows."""
    return set(segments(jpeg)) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDA, 0xDD, 0xD9}


def size_of(jpeg):
    at = jpeg.index(b"\xff\xc0")
    return int.from_bytes(jpeg[at + 7 : at + 9], "big"), int.from_bytes(jpeg[at + 5 : at + 7], "big")


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
    kept = photos_of(server.data)[0].read_bytes()
    assert is_plain(kept)
    width, height = (int.from_bytes(PHOTOGRAPH.read_bytes()[at : at + 4], "big") for at in (16, 20))
    assert size_of(kept) == (width, height)
    wait_until(lambda: not photos_of(data), 10, "the gate's copy goes")
    server.sign_in()
    record = server.attendance()[0]
    assert record["photo"].startswith(record["day"]) and record["photo"].endswith("_gate-1.jpg")
    code, body, _ = server.request(f"/photos/{record['day']}/{record['photo']}")
    assert (code, body) == (200, kept)
    server.cookie = None
    assert server.request(f"/photos/{record['day']}/{record['photo']}")[0] == 401


def test_a_photo_goes_on_where_a_killed_server_and_a_cut_link_left_it(server, gate):
    server = server().run()
    # 40 KB/s, and every connection is reset after 12 KB, five times.
    with link_to(server.port, {"rate": 40_000, "reset_up": 12_000, "times": 5}) as port:
        data, start_gate = gate(server, port)
        terminal = start_gate()
        terminal.type(card(1))
        assert terminal.acks(1)[0]["verdict"] == "accepted"
        wait_until(lambda: unfinished(server) > 3_000, 60, "a part of the photo arrives")
        server.process.kill()
        there = unfinished(server)
        server.run()
        assert unfinished(server) == there
        wait_until(lambda: photos_of(server.data), 60, "the photo arrives")
        assert is_plain(photos_of(server.data)[0].read_bytes())
        wait_until(lambda: not photos_of(data), 10, "the gate's copy goes")


def test_taps_are_sent_while_a_photo_is_under_way_on_a_slow_link(server, gate):
    server = server().run()
    with link_to(server.port, {"rate": 2_000}) as port:  # of each connection
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
        print(f"sent behind a photo on 2 KB/s: at most {slowest:.1f} s after its acknowledgement")


@pytest.mark.parametrize("central", ["server", "sqlite"])
def test_what_a_camera_says_besides_the_picture_is_kept_nowhere(server, gate, start, school, tmp_path, central):
    """A camera that writes the place, a serial number and a comment into its pictures."""
    picture = (BUILD / "photos" / "six_faces.jpg").read_bytes()
    secret = b"SECRET 14.5995 N 120.9842 E"
    exif = b"Exif\0\0" + secret
    said = b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif
    said += b"\xff\xfe" + (len(secret) + 2).to_bytes(2, "big") + secret
    loud = picture[:2] + said + picture[2:] + secret
    server = server().run()
    if central == "sqlite":
        # What the gate itself keeps, whoever gets its taps.
        data = school("gate")
        pictures = tmp_path / "pictures"
        pictures.mkdir()
        one = PHOTOGRAPH.read_bytes()
        text = b"Comment\0" + secret
        chunk = len(text).to_bytes(4, "big") + b"tEXt" + text
        chunk += zlib.crc32(b"tEXt" + text).to_bytes(4, "big")
        (pictures / "1.png").write_bytes(one[:33] + chunk + one[33:])
        terminal = start(*terminal_arguments(
            data, f"sqlite:{data / 'central.db'}", "--camera", f"files:{pictures}"))  # fmt: skip
        terminal.type(card(1))
        assert terminal.acks(1)[0]["verdict"] == "accepted"
        wait_until(lambda: photos_of(data), 30, "the photo is stored")
        kept = photos_of(data)[0].read_bytes()
    else:
        # A gate that encodes nothing anew.
        data, _ = gate(server)
        secret_of_gate = json.loads((data / "credentials.json").read_text())["secret"]
        name = "2026-11-23_1_Ana_Reyes_070000_AM_gate-1.jpg"
        target = f"/api/terminal/photos/2026-11-23/{name}?offset=0&length={len(loud)}"
        target += f"&sha256={hashlib.sha256(loud).hexdigest()}"
        code, body, _ = server.request(
            target, "PUT", loud, {"Authorization": f"Bearer {secret_of_gate}"}
        )
        assert code == 200, body
        kept = photos_of(server.data)[0].read_bytes()
    assert is_plain(kept)
    assert b"SECRET" not in kept


def test_hostile_pictures_cost_themselves_and_never_the_server(server, gate):
    """Any bytes under a photo's name: each is answered, the server lives and its memory is bounded."""
    server = server().run()
    data, _ = gate(server)
    headers = {"Authorization": f"Bearer {json.loads((data / 'credentials.json').read_text())['secret']}"}
    picture = (BUILD / "photos" / "six_faces.jpg").read_bytes()
    frame = picture.index(b"\xff\xc0")
    resident = lambda: int(  # noqa: E731
        open(f"/proc/{server.process.process.pid}/status").read().split("VmRSS:")[1].split()[0]
    )
    idle = resident()
    peak = 0
    chance = random.Random(5)
    for n in range(60):
        bad = bytearray(picture)
        if n % 4 == 0:
            bad[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
        elif n % 4 == 1:
            bad[frame + 5 : frame + 9] = chance.randbytes(4)
        elif n % 4 == 2:
            for _ in range(200):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
        else:
            bad = bytearray(b"\xff\xd8\xff" + chance.randbytes(100_000))
        target = f"/api/terminal/photos/2026-11-23/2026-11-23_{n}_A_B_070000_AM_gate-1.jpg"
        target += f"?offset=0&length={len(bad)}&sha256={hashlib.sha256(bad).hexdigest()}"
        code, body, _ = server.request(target, "PUT", bytes(bad), headers)
        assert code in (200, 400, 413, 503), (n, code, body)
        peak = max(peak, resident())
    assert server.answers() and server.process.process.poll() is None
    print(f"hostile photos: {(peak - idle) >> 10} MiB over idle at most")
    assert peak - idle < 64 << 10
    for each in photos_of(server.data):
        assert is_plain(each.read_bytes())
