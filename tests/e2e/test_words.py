"""Guardians and staff are told once: by a real mail server, and by a gateway that fails, answers late and
answers twice, also when the server is killed amid it and when two servers share a store."""

import collections
import email
import email.policy
import http.server
import json
import re
import socketserver
import sqlite3
import ssl
import subprocess
import threading
import time

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from conftest import ROOT, SCHEDULE, Server, card, free_port, tamtap, terminal_arguments, wait_until

NAMES = {0: ("Ana", "Peña"), 1: ("Ben", "Cruz"), 2: ("Carla", "O’Hara"), 3: ("Dan", "Reyes")}


def local(minutes=0):
    """The time of day in Manila."""
    return time.strftime("%H:%M", time.gmtime(time.time() + 8 * 3600 + minutes * 60))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    place = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", place / "key.pem", "-out", place / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return place


class MailServer:
    """A real SMTP server that wants STARTTLS and a password. `plan` has answers for the next mails."""

    def __init__(self, certificate):
        self.mails, self.plan, self.log = [], [], []
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        self.controller = Controller(
            self, hostname="127.0.0.1", port=free_port(), tls_context=tls, require_starttls=True,
            authenticator=self.judge, auth_required=True,
        )  # fmt: skip
        self.controller.start()
        self.flags = (
            "--words-smtp", f"smtp://localhost:{self.controller.port}", "--words-from", "tamtap@school.example",
            "--words-smtp-user", "school", "--words-ca-file", certificate / "cert.pem",
        )  # fmt: skip

    @staticmethod
    def judge(_server, _session, _envelope, _mechanism, data):
        return AuthResult(success=(data.login, data.password) == (b"school", b"secret"), handled=False)

    async def handle_DATA(self, _server, session, envelope):
        assert session.ssl is not None
        answer = self.plan.pop(0) if self.plan else "250 taken"
        self.log.append(answer)
        if answer.startswith("250"):
            mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.mails.append((envelope.rcpt_tos, mail))
        return answer


@pytest.fixture
def mail_server(certificate):
    server = MailServer(certificate)
    yield server
    server.controller.stop()


class Gateway:
    """An SMS gateway. `plan` says by number how it answers: fail, late, twice, redirect or hang."""

    def __init__(self):
        self.requests, self.plan, self.lock = [], {}, threading.Lock()
        self.let_go = threading.Event()
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                gateway.answer(self)

            def log_message(self, *_):
                pass

        class Threads(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        self.server = Threads(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/send"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, handler):
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        how = self.plan.get(body.get("to"), [])
        how = how.pop(0) if how else "take"
        with self.lock:
            self.requests.append((body, handler.headers["Idempotency-Key"], how))
        if how == "late":
            time.sleep(3)
        if how == "hang":
            self.let_go.wait(30)
        status = {"fail": b"500 No", "redirect": b"302 Found\r\nLocation: /other"}.get(how, b"200 OK")
        response = b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok"
        try:
            handler.wfile.write(response * (2 if how == "twice" else 1))
        except OSError:
            pass
        handler.close_connection = True

    def taken(self):
        """How often each number was sent something, however late the gateway said so."""
        return collections.Counter(body["to"] for body, _, how in self.requests if how not in ("fail", "redirect"))


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.let_go.set()
    gateway.server.shutdown()
    gateway.server.server_close()


def number(n):
    return f"+63917000{n:04}"


def guardian(n, **more):
    return {"name": f"Guardian {n}", "phone": number(n), "language": "en", "arrival": True, **more}


def fill(data, people=8, *more):
    """People, hours, and a school that tells guardians at any hour."""
    roster = data.parent / "people.csv"
    roster.write_text("".join(
        f'{card(n)},{NAMES.get(n, (f"First{n}", f"Last{n}"))[0]},{NAMES.get(n, ("", f"Last{n}"))[1]},7,Narra\n'
        for n in range(people)
    ))  # fmt: skip
    schedule = data.parent / "hours.csv"
    schedule.write_text(SCHEDULE)
    tamtap("roster", "import", roster, "--data", data, *more)
    tamtap("schedule", "import", schedule, "--data", data, *more)
    for key, value in (("words.guardians", "on"), ("words.quiet", "off"), ("school.name", "Narra Ñational")):
        tamtap("settings", "set", key, value, "--data", data, *more)


def put(served, n, *guardians):
    code, body, _ = served.request(f"/api/people/{card(n)}/guardians", "PUT", {"guardians": guardians})
    assert code == 200, body


def outbox(served, state=""):
    code, body = served.get(f"/api/admin/words?state={state}")
    assert code == 200, body
    return body["messages"]


def told(served, count, timeout=30):
    """Waits until so many messages are settled, and returns how many are in each state."""
    def states():
        return collections.Counter(each["state"] for each in outbox(served))

    wait_until(lambda: sum(states()[each] for each in ("sent", "failed", "dropped")) >= count, timeout,
               lambda: f"{count} are settled: {outbox(served)}, {served.process.log}")  # fmt: skip
    return states()


def open_gate(start, served, tmp_path, name="gate"):
    data = tmp_path / name
    served.enroll(data)
    gate = start(*terminal_arguments(data, served.url))
    wait_until((data / "roster.json").exists, 20, "the gate has the school")
    return gate


QUICK = ("--clock", "rtc", "--words-timeout-seconds", "2", "--words-retry-seconds", "1")


def test_guardians_are_told_by_mail_once_in_their_language(start, server, mail_server, tmp_path):
    served = server(more=(*QUICK, *mail_server.flags, "--words-smtp-password", "secret"))
    fill(served.data)
    served.run().sign_in()
    put(served, 0, {"name": "Nena Peña, Jr.", "mail": "nena@example.org", "language": "fil", "arrival": True},
        {"name": "Bcc: Someone", "mail": "other@example.org", "language": "en", "arrival": True})  # fmt: skip
    put(served, 1, {"name": "No Arrival", "mail": "quiet@example.org", "departure": True})
    mail_server.plan = ["451 not just now", "250 taken"]
    gate = open_gate(start, served, tmp_path)
    gate.type(card(0), card(1), card(2))
    gate.acks(3)
    assert told(served, 2)["sent"] == 2
    assert sorted(answer[:3] for answer in mail_server.log) == ["250", "250", "451"]
    assert sorted(to for tos, _ in mail_server.mails for to in tos) == ["nena@example.org", "other@example.org"]
    mails = {tos[0]: mail for tos, mail in mail_server.mails}
    filipino = mails["nena@example.org"]
    assert filipino["Subject"] == "Dumating si Ana Peña"
    assert filipino["To"].addresses[0].display_name == "Nena Peña, Jr."
    assert filipino["From"].addresses[0].addr_spec == "tamtap@school.example"
    assert filipino.get_content().startswith("Dumating si Ana Peña sa Narra Ñational nang ")
    assert mails["other@example.org"]["Bcc"] is None
    assert len({mail["Message-ID"] for mail in mails.values()}) == 2

    # A restart tells nobody anything again, and what the gate holds names no guardian.
    served.process.stop()
    served.run().sign_in()
    gate.type(card(3))
    gate.acks(1)
    time.sleep(4)
    assert len(mail_server.mails) == 2
    assert "example.org" not in (tmp_path / "gate" / "roster.json").read_text()


def test_a_gateway_that_fails_answers_late_and_answers_twice_tells_each_once(start, server, gateway, tmp_path):
    served = server(more=(*QUICK, "--words-gateway-url", gateway.url))
    fill(served.data)
    served.run().sign_in()
    for n in range(5):
        put(served, n, guardian(n))
    gateway.plan = {number(0): ["fail", "fail"], number(1): ["late"], number(2): ["twice"], number(3): ["redirect"]}
    gate = open_gate(start, served, tmp_path)
    gate.type(*(card(n) for n in range(5)))
    gate.acks(5)
    assert told(served, 5, 60) == {"sent": 3, "failed": 2}
    time.sleep(2)
    assert gateway.taken() == {number(n): 1 for n in (0, 1, 2, 4)}
    keys = {key for body, key, _ in gateway.requests if body["to"] == number(0)}
    assert len(keys) == 1, "the same key each time"
    failed = {each["name"]: each["detail"] for each in outbox(served, "failed")}
    assert "may have arrived" in failed["Ben Cruz"] and "302" in failed["Dan Reyes"]
    code, body = served.get("/api/admin/words")
    assert (body["today"]["sent"], body["today"]["failed"]) == (3, 2)


def test_a_server_that_is_killed_amid_sending_tells_nobody_twice(start, server, gateway, tmp_path):
    served = server(more=(*QUICK, "--words-gateway-url", gateway.url))
    fill(served.data, 12)
    served.run().sign_in()
    for n in range(12):
        put(served, n, guardian(n))
    gate = open_gate(start, served, tmp_path)
    for n in (2, 7):
        gateway.plan[number(n)] = ["hang"]
    gate.type(*(card(n) for n in range(12)))
    gate.acks(12)
    for _ in range(2):
        wait_until(lambda: any(how == "hang" for _, _, how in gateway.requests), 30, "one is under way")
        served.process.kill()
        gateway.requests = [(body, key, "hung" if how == "hang" else how) for body, key, how in gateway.requests]
        served.run().sign_in()
    states = told(served, 12, 60)
    assert states == {"sent": 10, "failed": 2}, outbox(served)
    assert set(gateway.taken().values()) == {1} and len(gateway.taken()) == 12
    assert all("stopped while" in each["detail"] for each in outbox(served, "failed"))


def test_two_servers_on_one_store_tell_each_once(start, gateway, mongo, tmp_path):
    more = (*QUICK, "--words-gateway-url", gateway.url)
    mongo.run()
    servers = [
        Server(start, tmp_path / name, central=mongo.uri, more=more).prepare() for name in ("one", "two")
    ]  # fmt: skip
    fill(servers[0].data, 12, "--central", mongo.uri)
    for served in servers:
        served.run().sign_in()
    for n in range(12):
        put(servers[0], n, guardian(n))
    gate = open_gate(start, servers[0], tmp_path)
    gate.type(*(card(n) for n in range(12)))
    gate.acks(12)
    states = told(servers[1], 12, 60)
    assert states == {"sent": 12}, outbox(servers[1])
    time.sleep(2)
    assert set(gateway.taken().values()) == {1} and len(gateway.taken()) == 12


def test_staff_are_told_of_a_silent_gate_once_a_day(start, server, gateway, tmp_path):
    served = server(more=(*QUICK, "--words-staff-webhook", gateway.url, "--words-staff-at", local(-1)))
    fill(served.data)
    served.run().sign_in()
    open_gate(start, served, tmp_path).stop()
    wait_until(lambda: len(outbox(served)) == 1, 20, lambda: f"the day's word is settled: {outbox(served)}")
    assert outbox(served)[0]["state"] == "dropped", "all gates are well"
    served.process.stop()
    # The gate was last heard of an hour ago, and nothing of the day was told.
    with sqlite3.connect(served.data / "server.db") as database:
        database.execute("UPDATE terminals SET last_seen_us = ?", (int((time.time() - 3600) * 1e6),))
    with sqlite3.connect(served.data / "central.db") as database:
        database.execute("DELETE FROM messages")
    for _ in range(2):
        served.run().sign_in()
        wait_until(lambda: len(gateway.requests) == 1, 20, lambda: f"staff are told: {outbox(served)}")
        time.sleep(3)
        served.process.stop()
    text = gateway.requests[0][0]["text"]
    assert "Narra Ñational: gates need a look" in text and "The gate gate-1 has been silent since" in text, text
    assert len(gateway.requests) == 1


def test_one_word_says_whether_the_settings_work(mail_server, gateway, tmp_path):
    def one(to, *flags):
        done = tamtap("words", "test", "--to", to, "--words-timeout-seconds", "10", *flags, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()

    good = (*mail_server.flags, "--words-smtp-password", "secret")
    code, said = one("head@school.example", *good)
    assert code == 0 and said == "the word to head@school.example was taken: the mail server has taken it"
    assert mail_server.mails[0][1]["Subject"] == "A test of TamTap"
    printed = re.findall(r"^ {4}tamtap words test --to (\S+)$", (ROOT / "docs" / "words.md").read_text(), re.MULTILINE)
    assert len(printed) == 2
    for to in printed:  # as the document prints it
        flags = ("--words-gateway-url", gateway.url) if to.startswith("+") else good
        code, said = one(to, *flags)
        assert code == 0, said
    gateway.requests.clear()
    code, said = one("head@school.example", *mail_server.flags, "--words-smtp-password", "wrong")
    assert code == 1 and "not taken" in said and "535" in said
    code, said = one("head@school.example", *good[:-4], "--words-smtp-password", "secret")
    assert code == 1 and "not taken" in said, "a certificate that nobody vouches for"
    code, said = one("head@school.example")
    assert code == 1 and "--words-smtp" in said
    code, said = one("0917-000-0001", "--words-gateway-url", gateway.url)
    assert code == 0 and gateway.requests[0][0]["to"] == "09170000001", said
    code, said = one("0917-000-0001", "--words-gateway-url", f"http://127.0.0.1:{free_port()}/")
    assert code == 1 and "not taken" in said
    settings = tmp_path / "tamtap.toml"
    settings.write_text(f'[words.gateway]\nurl = "{gateway.url}"\nbody = "no json"\n')
    code, said = one("0917-000-0001", "--config", settings)
    assert code == 1 and "--words-gateway-body" in said
