"""What answers where our server should be, and is not: it changes nothing, whatever it says."""

import http.client
import json
import socketserver
import struct
import threading

import pytest
from conftest import BUILD, card, export, free_port, status, tamtap, terminal_arguments, wait_until

TAPS = 20
DATE_2038 = "Date: Tue, 19 Jan 2038 03:14:07 GMT\r\n"


def answer(line, body="", *headers):
    head = "".join(f"{each}\r\n" for each in headers)
    return (
        f"HTTP/1.1 {line}\r\nServer: nginx\r\n{DATE_2038}{head}"
        f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
    ).encode()


def page(line, body, *headers):
    return lambda request: answer(line, body, "Content-Type: text/html", *headers)


def says(line, value, *headers):
    return lambda request: answer(line, json.dumps(value), "Content-Type: application/json", *headers)


def says_of_each_tap(outcome):
    """Exactly as our server would say it, but for the header."""

    def kind(request):
        lines = [json.loads(line) for line in request.body.splitlines() if line[:1] == b"{"]
        taps = [line["tap"] for line in lines if "tap" in line]
        results = [{"tap": tap, "outcome": outcome, "reason": ""} for tap in taps]
        return says("200 OK", {**CLAIMS, "results": results})(request)

    return kind


# Whatever of ours a stranger might claim: another school, another store, a requeue, a photo that is
# complete, credentials.
CLAIMS = {
    "success": True, "results": [], "records": [], "requeue": "all", "school": "theirs",
    "version": "theirs", "schedules": [], "calendar": [], "teachers": [],
    "students": [{"nfc_id": "DEADBEEF", "first_name": "Somebody", "last_name": "Else",
                  "section": "Elsewhere", "grade": "7", "tamtap_id": "001"}],
    "received": 10, "complete": True, "terminal": "gate-9", "secret": "theirs",
    "store": {"id": "theirs", "epoch": "theirs"}, "asked": 1, "lacking": [],
}  # fmt: skip

KINDS = {
    "a TLS port spoken to in plain": page(
        "400 Bad Request", "<html>The plain HTTP request was sent to HTTPS port</html>"
    ),
    "a TLS port that sends an alert": lambda request: b"\x15\x03\x01\x00\x02\x02\x46",
    "a proxy that takes no such body": page("413 Request Entity Too Large", "<html></html>"),
    "a proxy that finds nobody behind it": page("502 Bad Gateway", "<html></html>"),
    "a proxy that is busy for a day": page("503 Service Unavailable", "", "Retry-After: 86400"),
    "a proxy that counts requests": says("429 Too Many Requests", {}, "Retry-After: 86400"),
    "a router that wants a password": page("401 Unauthorized", "", 'WWW-Authenticate: Basic realm="x"'),
    "a filter": page("403 Forbidden", "<html>Blocked</html>"),
    "a sign-in page": page("200 OK", "<html>Sign in to this Wi-Fi</html>"),
    "a redirect to a sign-in page": page("302 Found", "", "Location: http://192.168.1.1/login"),
    "another service": says("404 Not Found", {"detail": "Not Found"}),
    "another service that is happy": says("200 OK", CLAIMS),
    "one that says stored of every tap": says_of_each_tap("stored"),
    "one that says rejected of every tap": says_of_each_tap("rejected"),
    "an empty body": page("200 OK", ""),
    "nothing to say": page("204 No Content", ""),
    "nothing new": page("304 Not Modified", ""),
    "a cut body": lambda request: answer("200 OK", json.dumps(CLAIMS))[:-40],
    "a banner": lambda request: b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
    "nobody": lambda request: b"",
}


class Request:
    def __init__(self, stream):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = stream.readline(65536)
            if not line:
                raise ConnectionError
            head += line
        self.method, self.target = head.split(b" ", 2)[:2]
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        self.head = head
        self.body = stream.read(int(lengths[0].split(b":")[1])) if lengths else b""


class Stranger(socketserver.ThreadingTCPServer):
    """Listens where our server should. It answers everything, or only what changes something and
    lets questions through to our server, as a proxy on the way does."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), StrangersConnection)
        self.url = f"http://127.0.0.1:{port}"
        self.kind = None
        self.behind = None  # port of our server; none: it answers all itself
        self.answered = []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def pretend(self, kind, behind=None):
        self.kind, self.behind, self.answered = kind, behind, []

    def close(self):
        self.shutdown()
        self.server_close()


class StrangersConnection(socketserver.StreamRequestHandler):
    def handle(self):
        stranger = self.server
        try:
            request = Request(self.rfile)
        except (ConnectionError, OSError):
            return
        if stranger.behind and request.method == b"GET":
            self.wfile.write(self.ask_our_server(stranger.behind, request))
            return
        self.wfile.write(stranger.kind(request))
        stranger.answered.append(request.target.decode().split("?")[0])

    @staticmethod
    def ask_our_server(port, request):
        ours = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        lines = request.head.decode("latin-1").split("\r\n")[1:-2]
        headers = dict(line.split(": ", 1) for line in lines)
        ours.request("GET", request.target.decode(), headers={**headers, "Connection": "close"})
        heard = ours.getresponse()
        body = heard.read()
        head = "".join(f"{name}: {value}\r\n" for name, value in heard.getheaders() if name != "Connection")
        return f"HTTP/1.1 {heard.status} X\r\n{head}Connection: close\r\n\r\n".encode() + body


@pytest.fixture
def stranger():
    made = []

    def make():
        made.append(Stranger(free_port()))
        return made[-1]

    yield make
    for each in made:
        each.close()


def gate_with_a_backlog(start, school, ours):
    """20 taps that wait, and one in quarantine, so that there is something to requeue."""
    data = school()
    ours.run()
    ours.enroll(data)
    ours.process.stop()
    terminal = start(*terminal_arguments(data, ours.url))
    terminal.type(card(0))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    terminal.stop()
    forged = export(data)["pending_attendance"][0]
    forged["name"] = "Somebody Else"
    ours.run()
    secret = json.loads((data / "credentials.json").read_text())["secret"]
    code, body, _ = ours.request(
        "/api/terminal/records", "POST", json.dumps(forged).encode(),
        {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-ndjson"},
    )  # fmt: skip
    assert code == 200, body
    terminal = start(*terminal_arguments(data, ours.url))
    wait_until(lambda: status(data)["quarantined"] == 1, 15, "one is refused by our server")
    ours.process.stop()
    terminal.type(*(card(n) for n in range(1, TAPS + 1)))
    assert {ack["verdict"] for ack in terminal.acks(TAPS)} == {"accepted"}
    terminal.stop()
    return data


def test_no_stranger_changes_anything_amid_a_backlog_and_then_all_arrive_once(
    start, school, server, stranger
):
    ours = server()
    data = gate_with_a_backlog(start, school, ours)
    found = stranger()
    before = export(data)
    ours.run()
    for name, kind in KINDS.items():
        for proxied in (False, True):
            found.pretend(kind, ours.port if proxied else None)
            terminal = start(*terminal_arguments(data, found.url))
            heard = "/api/terminal/records" if proxied else "/api/terminal/"
            wait_until(
                lambda: any(each.startswith(heard) for each in found.answered)
                and "/api/hardware/status" in found.answered,
                20, f"{name} answers; {found.answered}; {terminal.log}",
            )  # fmt: skip
            # One more, so that those are digested.
            count = len(found.answered)
            wait_until(lambda: len(found.answered) > count, 20, f"{name} answers again")
            terminal.type(card(1), "DEADBEEF")
            known, unknown = terminal.acks(2)
            assert known["verdict"] == "duplicate", (name, known)
            assert unknown["reason"] == "UNKNOWN_CARD", (name, unknown)
            terminal.stop()
            assert export(data) == before, name
    found.close()
    assert ours.sign_in().attendance()[0]["name"] == "Somebody Else"
    assert len(ours.attendance()) == 1
    terminal = start(*terminal_arguments(data, ours.url))
    wait_until(lambda: status(data)["pending"] == 0, 30, f"all arrive; {terminal.log[-5:]}")
    now = status(data)
    assert (now["confirmed"], now["quarantined"]) == (TAPS, 1)
    stored = [record for record in ours.attendance() if record["name"] != "Somebody Else"]
    expected = {record["tap"]: record["date"] for record in before["pending_attendance"]}
    assert {record["tap"]: record["date"] for record in stored} == expected
    assert len(stored) == TAPS


def test_no_stranger_takes_a_photo_from_the_gate(start, school, server, stranger):
    data = school()
    ours = server().run()
    ours.enroll(data)
    photo = data / "photos" / "2026-11-23" / "2026-11-23_1_Ana_Reyes_070000_AM_gate-1.jpg"
    photo.parent.mkdir(parents=True)
    picture = (BUILD / "photos" / "six_faces.jpg").read_bytes()
    photo.write_bytes(picture)
    found = stranger()
    for name, kind in KINDS.items():
        found.pretend(kind)
        terminal = start(*terminal_arguments(data, found.url))
        asked = lambda: [each for each in found.answered if each.startswith("/api/terminal/photos/")]
        wait_until(asked, 20, f"{name} is asked for the photo")
        wait_until(lambda: "photos:" in "".join(terminal.log), 20, f"it is said; {terminal.log}")
        terminal.stop()
        assert photo.read_bytes() == picture, name
    start(*terminal_arguments(data, ours.url))
    wait_until(lambda: not photo.exists(), 20, "our server has it")
    assert (ours.data / "photos" / "2026-11-23" / photo.name).read_bytes().startswith(b"\xff\xd8")


def test_no_stranger_enrols_a_gate_or_looks_well_to_the_doctor(school, server, stranger):
    data = school()
    found = stranger()
    for name, kind in KINDS.items():
        found.pretend(kind)
        enrolled = tamtap("enroll", found.url, "token", "--data", data, check=False)
        assert enrolled.returncode != 0, name
        assert not (data / "credentials.json").exists(), name
    ours = server().run()
    ours.enroll(data)
    for name, kind in KINDS.items():
        found.pretend(kind)
        told = tamtap("doctor", "--data", data, "--central", found.url, "--json", check=False)
        store = {each["what"]: each for each in json.loads(told.stdout)}["central store"]
        assert not store["ok"], name
        assert "terminals add" not in store["said"] and "enroll" not in store["said"], (name, store)


# An answer of MongoDB's wire protocol begins with its length, two ids, and the number of its kind.
def wire(length, kind, body=b""):
    return struct.pack("<iiii", length, 1, 0, kind) + body


AT_MONGODBS_PORT = {
    "a web server": answer("400 Bad Request", "<html></html>"),
    "a banner": KINDS["a banner"](None),
    "a TLS port": b"\x15\x03\x01\x00\x02\x02\x46",
    "nobody": b"",
    "a length that is too small": wire(3, 1),
    "a length that is too large": wire(2**30, 2013),
    "an unknown kind": wire(16, 77),
    "a reply that is no BSON": wire(16 + 20 + 5, 1, b"\x00" * 20 + b"\xff\xff\xff\xff\x00"),
    "a reply that is cut": wire(200, 1, b"\x00" * 40),
}


class MongoStranger(socketserver.ThreadingTCPServer):
    """Says the same to everybody, after the first bytes of a question."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), MongoStrangersConnection)
        self.url = f"mongodb://127.0.0.1:{port}/tamtap"
        self.says, self.answered = b"", 0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class MongoStrangersConnection(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.recv(4096)
        self.request.sendall(self.server.says)
        self.server.answered += 1


def test_no_stranger_at_mongodbs_port_changes_anything_and_then_all_arrive_once(
    start, school, mongo
):
    import pymongo

    data = school()
    found = MongoStranger(free_port())
    terminal = start(*terminal_arguments(data, found.url))
    terminal.type(*(card(n) for n in range(TAPS)))
    assert {ack["verdict"] for ack in terminal.acks(TAPS)} == {"accepted"}
    terminal.stop()
    before = export(data)
    assert len(before["pending_attendance"]) == TAPS
    for name, says in AT_MONGODBS_PORT.items():
        found.says, found.answered = says, 0
        terminal = start(*terminal_arguments(data, found.url))
        wait_until(lambda: found.answered >= 2, 20, f"{name} answers; {terminal.log}")
        wait_until(lambda: "sync:" in "".join(terminal.log), 20, f"it is said; {terminal.log}")
        terminal.stop()
        assert export(data) == before, name
    found.shutdown()
    found.server_close()
    mongo.run()
    start(*terminal_arguments(data, mongo.uri))
    wait_until(lambda: status(data)["pending"] == 0, 30, "all arrive")
    assert (status(data)["confirmed"], status(data)["quarantined"]) == (TAPS, 0)
    documents = list(pymongo.MongoClient(mongo.uri)["tamtap"]["attendance"].find())
    taps = sorted(record["tap"] for record in before["pending_attendance"])
    assert sorted(document["tap"] for document in documents) == taps
