"""From a tap to a page: the live feed, the notifications, the browser."""

import json
import subprocess
import urllib.request

import pytest
from conftest import BUILD, ROOT, Server, card, free_port, tamtap, terminal_arguments, wait_until

NODE_TESTS = ROOT / "tests" / "node"


def node(script, *arguments):
    """A Node.js script that prints a JSON line an event."""
    process = subprocess.Popen(
        ["node", NODE_TESTS / script, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )
    return process


def next_event(process):
    line = process.stdout.readline()
    assert line, "the script ended"
    return json.loads(line)


@pytest.fixture
def running(start, school):
    """`tamtap run`: server and terminal in one process, and an administrator signed in."""
    data = school()
    port = free_port()
    server = Server(start, data, port).prepare()
    server.process = start(
        "run", "--data", data, "--listen", f"127.0.0.1:{port}", "--panel", "json",
        "--terminal-id", "gate-1",
    )  # fmt: skip
    wait_until(server.answers, 20, f"it answers: {server.process.log}")
    return server.sign_in()


def tap(running, n):
    running.process.type(card(n))
    lines = running.process.lines
    while True:
        line = lines.get(timeout=20)
        if line.startswith("{") and '"ack"' in line:
            return json.loads(line)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_stock_client_hears_of_a_tap(running, transport):
    listener = node("listen.mjs", running.url, transport, running.cookie)
    assert next_event(listener) == {"event": "connect"}
    ack = tap(running, 1)
    assert ack["verdict"] == "accepted"
    while (event := next_event(listener))["event"] != "attendance:new":
        pass
    assert event["data"]["tap"] == ack["tap"]
    assert event["data"]["nfc_id"] == card(1)
    assert event["data"]["timestamp"]
    tap(running, 1)  # a duplicate is no arrival
    running.process.type("DEADBEEF")
    while (event := next_event(listener))["event"] != "attendance:fail":
        assert event["event"] != "attendance:new"
    assert event["data"]["decline_code"] == "UNKNOWN_CARD"
    listener.kill()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.parametrize("cookie", ["", "tamtap_session=" + "0" * 64])
def test_without_a_session_nothing_is_heard(running, transport, cookie):
    listener = node("listen.mjs", running.url, transport, cookie)
    assert next_event(listener) == {"event": "connect_error", "data": "unauthorised"}
    tap(running, 1)
    listener.kill()
    assert listener.stdout.read() == ""


def test_an_existing_server_takes_our_notifications_as_they_are(start, school, tmp_path):
    port = free_port()
    express = node("express_server.mjs", port)
    assert next_event(express) == {"event": "listening"}
    data = school()
    terminal = start(*terminal_arguments(
        data, f"sqlite:{tmp_path / 'central.db'}", "--notify", f"http://127.0.0.1:{port}"
    ))  # fmt: skip
    terminal.type(card(1), "DEADBEEF")
    accepted, refused = terminal.acks(2)
    heard = {}
    while len(heard) < 3:
        event = next_event(express)
        heard[event["event"]] = event["data"]
    express.kill()
    assert heard["attendance:new"]["tap"] == accepted["tap"]
    assert heard["attendance:new"]["name"] == "First1 Last1"
    assert heard["attendance:fail"] == {"nfc_id": "DEADBEEF", "name": "Unknown card", "reason": "UNKNOWN_CARD"}
    assert heard["hardware:status"]["state"] == "IDLE"


def test_a_revoked_terminal_is_refused_and_its_taps_wait(start, school, server):
    data = school()
    gate = server().run()
    gate.enroll(data)
    terminal = start(*terminal_arguments(data, gate.url))
    terminal.type(card(1))
    terminal.acks(1)
    gate.sign_in()
    wait_until(lambda: len(gate.attendance()) == 1, 10, "the first tap is there")
    tamtap("terminals", "revoke", "gate-1", "--data", gate.data)
    terminal.type(card(2))
    assert terminal.acks(1)[0]["verdict"] == "accepted"
    wait_until(lambda: any("revoked" in line for line in terminal.log), 10, "it says so")
    assert len(gate.attendance()) == 1


def test_nothing_is_served_to_strangers(running):
    stranger = Server(None, running.data, running.port)
    spec = running.get("/api/openapi.json")[1]
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            concrete = path.replace("{", "").replace("}", "")
            code = stranger.request(concrete, method.upper(), {} if method != "get" else None)[0]
            if operation["security"] == []:
                assert code != 403, path
            elif {} not in operation["security"]:  # what this machine may read without a session
                assert code == 401, (method, path, code)
    for path in ("/photos/2026-11-23/x.jpg", "/api/nothing", "/api/../etc/passwd"):
        assert stranger.request(path)[0] == 401
    page, _, headers = stranger.request("/")
    assert page == 200 and "default-src 'self'" in headers["Content-Security-Policy"]
    for path in ("/../roster.json", "/%2e%2e/roster.json", "/..%2froster.json", "//etc/passwd"):
        code, body, _ = stranger.request(path)
        assert b"nfc_id" not in body and b"root:" not in body, path


def test_a_hostile_page_can_neither_listen_nor_change_anything(running):
    evil = {"Origin": "https://evil.example"}
    assert running.request("/api/auth/logout", "POST", {}, evil)[0] == 403
    assert running.request("/socket.io/?EIO=4&transport=polling", headers=evil)[0] == 403


def test_too_many_wrong_passwords_are_slowed_down(running):
    stranger = Server(None, running.data, running.port)
    codes = [
        stranger.request("/api/auth/login", "POST", {"username": "x", "password": str(n)})[0]
        for n in range(12)
    ]
    assert codes[:10] == [401] * 10 and codes[10:] == [429] * 2
