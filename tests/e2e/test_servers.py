"""Two servers on one MongoDB, each by itself and behind nginx: no server keeps what the other needs."""

import hashlib
import io
import json
import os
import re
import subprocess
import threading
import time

import pytest
from conftest import BUILD, SCHEDULE, MongoServer, Process, Server, card, free_port, tamtap, terminal_arguments, wait_until
from PIL import Image
from test_live import node

TAPS = 200 if os.environ.get("TAMTAP_LONG") else 100
BOUND = 2  # seconds from where it is taken to the pages of another server
TAKEN_AWAY = 1  # seconds until another server refuses who was shut out


class Listener:
    """A page at one server: what it hears of, and when."""

    def __init__(self, server):
        self.process = node("listen.mjs", server.url, "websocket", server.cookie)
        self.heard = []
        self.connected = threading.Event()
        threading.Thread(target=self.read, daemon=True).start()
        assert self.connected.wait(20), "the page is connected"

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            self.heard.append((time.monotonic(), event["event"], event.get("data")))
            if event["event"] == "connect":
                self.connected.set()

    def taps(self):
        return [(data["tap"], at) for at, event, data in list(self.heard) if event == "attendance:new"]

    def stop(self):
        self.process.kill()
        self.process.wait()


class Nginx:
    """Sends each request to the next server, whoever asks."""

    def __init__(self, directory, *servers):
        directory.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        user = "user root;\n" if os.geteuid() == 0 else ""
        temporary = "".join(
            f"    {kind}_temp_path {directory}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        upstream = "".join(f"        server 127.0.0.1:{server.port} max_fails=0;\n" for server in servers)
        (directory / "nginx.conf").write_text(
            f"{user}pid {directory}/pid;\nerror_log {directory}/error.log;\ndaemon off;\nevents {{}}\n"
            f"http {{\n{temporary}    access_log {directory}/access.log;\n"
            f"    upstream tamtap {{\n{upstream}    }}\n"
            f"    server {{\n        listen 127.0.0.1:{self.port};\n        client_max_body_size 16m;\n"
            "        location / {\n            proxy_pass http://tamtap;\n            proxy_http_version 1.1;\n"
            "            proxy_set_header Host $http_host;\n"
            "            proxy_set_header X-Forwarded-For $remote_addr;\n"
            "            proxy_set_header X-Forwarded-Proto $scheme;\n        }\n    }\n}\n"
        )
        nginx = BUILD / "proxies/usr/sbin/nginx"
        assert nginx.exists(), f"{nginx} is missing; scripts/test-proxies fetches it"
        self.process = subprocess.Popen([nginx, "-c", directory / "nginx.conf", "-e", directory / "error.log"])

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Site:
    def __init__(self, directory):
        self.directory = directory
        self.processes = []
        self.mongo = MongoServer(directory / "mongo").run()
        self.servers = [
            Server(self.start, directory / f"server-{n}", central=self.mongo.uri, more=("--trusted-proxy", "127.0.0.1"))
            for n in range(2)
        ]
        # As if both had mounted the same file system there.
        for server in self.servers:
            server.data.mkdir()
        (directory / "photos").mkdir()
        for server in self.servers:
            (server.data / "photos").symlink_to(directory / "photos")
            server.run()
        self.links = [self.link(server) for server in self.servers]
        people = directory / "people.csv"
        people.write_text("".join(f"{card(n)},First{n},Last{n},7,Narra\n" for n in range(500)))
        schedule = directory / "schedule.csv"
        schedule.write_text(SCHEDULE)
        for file in (people, schedule):
            tamtap("roster", "import", file, "--data", self.servers[0].data)
        self.nginx = Nginx(directory / "nginx", *self.servers)

    def start(self, *arguments, environment=None, wrapper=()):
        self.processes.append(Process(*arguments, environment=environment, wrapper=wrapper))
        return self.processes[-1]

    @staticmethod
    def link(server):
        while True:
            found = re.search(r"/setup#([0-9a-f]{64})", server.process.lines.get(timeout=20))
            if found:
                return found[1]

    def sign_in(self, server, name="head", password="correct horse"):
        anybody = Server(None, None, server.port)  # a session that came along would end
        code, body, headers = anybody.request("/api/auth/login", "POST", {"username": name, "password": password})
        assert code == 200, body
        return headers["Set-Cookie"].split(";")[0]

    def stop(self):
        self.nginx.stop()
        for process in self.processes:
            if process.process.poll() is None:
                process.kill()
        self.mongo.stop()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    made = Site(tmp_path_factory.mktemp("site"))
    token, other = made.links
    one, two = made.servers
    new = {"token": token, "username": "head", "password": "correct horse"}
    # The link that one server printed, at the other; and once, wherever it is tried.
    made.first_admin = [two.request("/api/auth/first-admin", "POST", new)[0]]
    for server in (one, two):
        for link in (token, other):
            again = {"token": link, "username": f"again{len(made.first_admin)}", "password": "battery staple"}
            made.first_admin.append(server.request("/api/auth/first-admin", "POST", again)[0])
    for server in made.servers:
        server.sign_in()
    yield made
    made.stop()


def refused_soon(server, path, cookie=None, headers=None):
    started = time.monotonic()

    def refused():
        sent = dict(headers or {})
        if cookie:
            sent["Cookie"] = cookie
        kept, server.cookie = server.cookie, None
        code = server.request(path, headers=sent)[0]
        server.cookie = kept
        return code == 401

    wait_until(refused, 5, f"{path} is refused")
    assert time.monotonic() - started < TAKEN_AWAY + 0.5  # of which half a second is a busy machine's


def test_the_first_administrator_is_made_by_the_link_of_one_server_at_the_other_once(site):
    assert site.first_admin == [201, 401, 401, 401, 401]
    listed = tamtap("account", "list", "--data", site.servers[0].data).stdout
    assert [line.split()[:2] for line in listed.splitlines()] == [["head", "admin"]]


def test_a_session_of_one_server_is_one_of_the_other_until_it_ends(site):
    one, two = site.servers
    cookie = site.sign_in(one)
    for _ in range(4):
        request = Server(None, None, site.nginx.port)
        request.cookie = cookie
        assert request.get("/api/auth/me")[0] == 200
    kept, one.cookie = one.cookie, cookie
    assert one.request("/api/auth/logout", "POST", {})[0] == 200
    one.cookie = kept
    refused_soon(two, "/api/auth/me", cookie)


def test_a_password_that_is_changed_at_one_ends_the_sessions_at_the_other(site):
    one, two = site.servers
    tamtap("account", "add", "ana", "--role", "teacher", "--sections", "Narra", "--password-stdin",
           "--data", one.data, stdin="correct horse\n")  # fmt: skip
    cookie = site.sign_in(two, "ana")
    tamtap("account", "passwd", "ana", "--password-stdin", "--data", one.data, stdin="battery staple\n")
    refused_soon(two, "/api/auth/me", cookie)
    site.sign_in(two, "ana", "battery staple")


def test_who_guesses_at_both_servers_has_guessed_as_often_as_at_one(site):
    tamtap("account", "add", "guessed", "--role", "teacher", "--password-stdin",
           "--data", site.servers[0].data, stdin="correct horse\n")  # fmt: skip
    codes = []
    for n in range(11):
        server = Server(None, None, site.servers[n % 2].port)
        body = {"username": "guessed", "password": "wrong wrong"}
        codes.append(server.request("/api/auth/login", "POST", body)[0])
    assert codes == [401] * 10 + [429]


def secret_of(data):
    return {"Authorization": "Bearer " + json.loads((data / "credentials.json").read_text())["secret"]}


def test_a_gate_that_was_enrolled_at_one_is_known_at_both_until_it_is_revoked(site):
    one, two = site.servers
    data = site.directory / "gate-x"
    token = tamtap("terminals", "add", "gate-x", "--data", one.data).stdout.strip()
    tamtap("enroll", two.url, token, "--data", data)
    again = tamtap("enroll", one.url, token, "--data", site.directory / "gate-y", check=False)
    assert again.returncode != 0, "a token is good once"
    secret = secret_of(data)
    for server in site.servers:
        assert server.request("/api/terminal/hello", headers=secret)[0] == 200
    # What one server hears of it, the other shows; what staff ask of it at the other, the one tells it.
    status = {"state": "IDLE", "pending": 3, "quarantined": 1}
    assert one.request("/api/hardware/status", "POST", status, secret)[0] == 200
    assert two.request("/api/terminals/gate-x/requeue", "POST", {"taps": ["gate-x-1"]})[0] == 200
    code, body, _ = one.request("/api/hardware/status", "POST", status, secret)
    assert code == 200 and json.loads(body)["requeue"] == ["gate-x-1"]

    def shown():
        listed = json.loads(two.request("/api/terminals")[1])["data"]
        return any(each["name"] == "gate-x" and each["online"] and each["pending"] == 3 for each in listed)

    wait_until(shown, 8, "the other server shows what the gate reports")
    assert one.request("/api/terminals/gate-x", "DELETE")[0] == 200
    refused_soon(two, "/api/terminal/hello", headers=secret)
    whats = {each["what"] for each in two.get("/api/audit")[1]["data"]}
    assert "enroll a gate" in whats


def test_two_administrators_who_demote_each_other_at_two_servers_leave_one(site):
    # Everybody who may be one, but for the two.
    assert site.servers[0].request("/api/admin/teachers", "POST", {
        "username": "one", "password": "correct horse", "role_type": "admin"})[0] == 201  # fmt: skip
    assert site.servers[0].request("/api/admin/teachers", "POST", {
        "username": "two", "password": "correct horse", "role_type": "admin"})[0] == 201  # fmt: skip
    sides = [Server(None, None, server.port) for server in site.servers]
    for side, name in zip(sides, ("one", "two"), strict=True):
        side.cookie = site.sign_in(side, name)
    head = site.servers[0]
    assert sides[0].request("/api/admin/teachers/head", "PUT", {"role_type": "teacher"})[0] == 200
    try:
        for _ in range(6):
            start = threading.Barrier(2)
            codes = [0, 0]

            def demote(i, other, start=start, codes=codes):
                start.wait()
                codes[i] = sides[i].request(f"/api/admin/teachers/{other}", "PUT", {"role_type": "teacher"})[0]

            threads = [threading.Thread(target=demote, args=each) for each in ((0, "two"), (1, "one"))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            # Who is one no more may ask nothing; who is the last one may not be demoted.
            assert sorted(codes)[0] == 200 and sorted(codes)[1] in (401, 403, 409, 503), codes
            left = codes.index(200)
            again = {"role_type": "admin"}
            wait_until(
                lambda left=left, again=again: sides[left].request(
                    f"/api/admin/teachers/{('two', 'one')[left]}", "PUT", again)[0] == 200,
                10, "the one who is left makes the other one again",
            )  # fmt: skip
            wait_until(lambda left=left: sides[1 - left].request("/api/admin/teachers")[0] == 200, 5, "and so they are")
    finally:
        assert sides[0].request("/api/admin/teachers/head", "PUT", {"role_type": "admin"})[0] == 200
        wait_until(lambda: head.request("/api/admin/teachers")[0] == 200, 5, "there is the first again")


def test_who_has_just_become_the_only_administrator_is_not_removed_at_the_other_server(site):
    one, two = site.servers
    for other in ("one", "two"):  # of the test before
        one.request(f"/api/admin/teachers/{other}", "DELETE")
    assert one.request("/api/admin/teachers", "POST", {"username": "three", "password": "correct horse"})[0] == 201
    third = Server(None, None, one.port)
    third.cookie = site.sign_in(third, "three")
    assert two.request("/api/admin/teachers/three")[0] == 200  # it knows both for a moment
    assert one.request("/api/admin/teachers/three", "PUT", {"role_type": "admin"})[0] == 200
    assert one.request("/api/admin/teachers/head", "PUT", {"role_type": "teacher"})[0] == 200
    assert two.request("/api/admin/teachers/three", "DELETE")[0] in (403, 409)
    assert third.request("/api/admin/teachers/head", "PUT", {"role_type": "admin"})[0] == 200
    wait_until(lambda: all(each.request("/api/admin/teachers")[0] == 200 for each in (one, two)), 5, "all is as before")
    assert one.request("/api/admin/teachers/three", "DELETE")[0] == 200


def test_a_photo_that_comes_through_both_servers_is_shown_by_both(site):
    gate = site.directory / "gate-p"
    token = tamtap("terminals", "add", "gate-p", "--data", site.servers[0].data).stdout.strip()
    tamtap("enroll", site.nginx.url, token, "--data", gate)
    picture = io.BytesIO()
    Image.effect_noise((320, 240), 64).convert("RGB").save(picture, "JPEG")
    photo = picture.getvalue()
    name = "2026-11-23_1_Ana_Reyes_070000_AM_gate-p.jpg"
    target = f"/api/terminal/photos/2026-11-23/{name}?length={len(photo)}&sha256={hashlib.sha256(photo).hexdigest()}"
    half = len(photo) // 2
    for server, offset, piece in ((site.servers[0], 0, photo[:half]), (site.servers[1], half, photo[half:])):
        code, body, _ = server.request(f"{target}&offset={offset}", "PUT", piece, secret_of(gate))
        assert code == 200, body
    shown = [server.request(f"/photos/2026-11-23/{name}") for server in site.servers]
    assert [code for code, *_ in shown] == [200, 200]
    assert shown[0][1] == shown[1][1]


def taps_of_a_gate(site, name, url, first, count, amid=None):
    """Taps so many cards at a gate of that address; the taps that it said were taken."""
    data = site.directory / name
    token = tamtap("terminals", "add", name, "--data", site.servers[1].data).stdout.strip()
    tamtap("enroll", url, token, "--data", data)
    gate = site.start(*terminal_arguments(data, url, "--terminal-id", name))
    acks = []
    for n in range(first, first + count):
        gate.type(card(n))
        acks += gate.acks(1)
        if amid and n == first + count // 2:
            amid()
        time.sleep(0.02)
    assert all(ack["verdict"] == "accepted" for ack in acks)
    return gate, [ack["tap"] for ack in acks]


def test_taps_through_one_server_are_seen_at_the_other_within_two_seconds_each_once(site):
    one, two = site.servers
    pages = [Listener(one), Listener(two)]
    gate, taps = taps_of_a_gate(site, "gate-1", one.url, 0, TAPS)
    wait_until(lambda: all(len(page.taps()) >= TAPS for page in pages), 30, lambda: [len(p.taps()) for p in pages])
    time.sleep(2.5)  # a look at the store, which tells none of them again
    heard = [page.taps() for page in pages]
    for each in heard:
        assert sorted(tap for tap, _ in each) == sorted(taps)
    at_one, at_two = (dict(each) for each in heard)
    later = sorted(at_two[tap] - at_one[tap] for tap in taps)
    print(f"{TAPS} taps: seen at the other server after {later[TAPS // 2] * 1000:.0f} ms in the middle, "
          f"{later[-1] * 1000:.0f} ms at most")  # fmt: skip
    assert later[-1] < BOUND
    gate.type("DEADBEEF")  # nobody's
    wait_until(lambda: any(e == "attendance:fail" for _, e, _ in pages[1].heard), BOUND + 3, "a refusal is seen there")
    shown = lambda server: [each["nfc_id"] for each in server.get("/api/refusals")[1]["data"]]  # noqa: E731
    wait_until(lambda: shown(two) == ["DEADBEEF"] == shown(one), 10, lambda: (shown(one), shown(two)))
    gate.stop()
    for page in pages:
        page.stop()


def test_what_is_erased_at_one_server_is_erased_at_the_other(site):
    one, two = site.servers
    person = card(1)
    assert two.request(f"/api/students/{person}")[0] == 200
    code, body, _ = one.request(f"/api/admin/people/{person}/erase", "POST", {"confirm": person, "reason": "asked"})
    assert code == 200, body
    # A server knows the school as it was some seconds ago.
    wait_until(lambda: two.request(f"/api/students/{person}")[0] == 404, 8, "they are gone there, too")
    assert b"Last1\"" not in two.request("/api/attendance")[1]
    trail = two.get("/api/audit?limit=500")[1]["data"]
    assert not any(word in json.dumps(each) for each in trail for word in (person, "Last1\""))


def test_pages_of_the_other_miss_nothing_when_a_server_is_killed_amid_the_taps(site):
    one, two = site.servers
    page = Listener(two)
    gate, taps = taps_of_a_gate(site, "gate-2", site.nginx.url, 250, TAPS, amid=one.process.kill)
    wait_until(lambda: len(page.taps()) >= TAPS, 60, lambda: (len(page.taps()), gate.log[-3:]))
    time.sleep(2.5)
    assert sorted(tap for tap, _ in page.taps()) == sorted(taps)
    page.stop()
    gate.stop()
    one.run()
    assert one.request("/api/auth/me")[0] == 200, "its sessions outlive it"


def test_what_a_servers_own_file_holds_moves_along_to_mongodb(site):
    """An installation on SQLite that is given a database: its accounts, sessions and gates go on."""
    data = site.directory / "moves"
    alone = Server(site.start, data).prepare().run().sign_in()
    gate = site.directory / "gate-m"
    alone.enroll(gate, "gate-m")
    assert alone.process.stop() == 0
    moved = Server(site.start, data, alone.port, central=site.mongo.uri.replace("/tamtap", "/moved"))
    moved.cookie = alone.cookie
    moved.run()
    assert moved.get("/api/auth/me")[0] == 200
    assert moved.request("/api/terminal/hello", headers=secret_of(gate))[0] == 200
    # Once: who is removed there does not come back by the file.
    tamtap("account", "add", "other", "--role", "admin", "--password-stdin", "--data", data, stdin="correct horse\n")
    tamtap("account", "remove", "head", "--data", data)
    assert moved.process.stop() == 0
    moved.run()
    assert tamtap("account", "list", "--data", data).stdout.split()[0] == "other"
    refused_soon(moved, "/api/auth/me", alone.cookie)
    assert moved.process.stop() == 0


def test_while_the_database_is_away_nobody_is_told_that_they_are_signed_out(site):
    one = site.servers[0]
    site.mongo.stop()
    codes = set()
    wait_until(lambda: codes.add(one.request("/api/auth/me")[0]) or 503 in codes, 20, lambda: codes)
    assert codes <= {200, 503}
    site.mongo.run()
    wait_until(lambda: one.request("/api/auth/me")[0] == 200, 20, "it answers again, with the same session")
