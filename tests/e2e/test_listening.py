"""The server by itself: renewed certificates, HTTP to HTTPS, IPv6, and a stop that drains."""

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import time

import pytest
from conftest import ROOT, Server, free_port, tamtap, wait_until
from test_live import next_event
from test_tls import Authority


def ask(port, path="/api/health", authority=None, host="localhost", method="GET"):
    if authority is None:
        connection = http.client.HTTPConnection(host, port, timeout=10)
    else:
        context = ssl.create_default_context(cafile=str(authority.certificate))
        connection = http.client.HTTPSConnection(host, port, timeout=10, context=context)
    with contextlib.closing(connection):
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


def listens(port, host="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as connection:
        return connection.connect_ex((host, port)) == 0


def test_a_renewed_certificate_is_served_without_a_restart(start, tmp_path):
    authority = Authority(tmp_path, "school")
    chain, key = authority.issue("one", "DNS:localhost")
    live_chain, live_key = tmp_path / "live.pem", tmp_path / "live.key"
    shutil.copy(chain, live_chain), shutil.copy(key, live_key)
    port, plain = free_port(), free_port()
    server = start(
        "server", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{port}",
        "--tls-certificate", live_chain, "--tls-key", live_key, "--redirect-listen", f"127.0.0.1:{plain}",
    )  # fmt: skip
    wait_until(lambda: listens(port), 30, lambda: server.log)

    def serial():
        context = ssl.create_default_context(cafile=str(authority.certificate))
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            with context.wrap_socket(connection, server_hostname="localhost") as secure:
                return secure.getpeercert()["serialNumber"]

    context = ssl.create_default_context(cafile=str(authority.certificate))
    kept = http.client.HTTPSConnection("localhost", port, timeout=30, context=context)
    kept.request("GET", "/api/health")
    assert kept.getresponse().read()
    before = serial()
    chain, key = authority.issue("two", "DNS:localhost")
    shutil.copy(chain, live_chain), shutil.copy(key, live_key)
    wait_until(lambda: serial() != before, 30, lambda: server.log)
    kept.request("GET", "/api/health")
    assert kept.getresponse().status == 200, "a connection that was open goes on"
    # Browsers that come without TLS are told where to come; nothing else is served there.
    status, _, headers = ask(plain, "/days?x=1", host="127.0.0.1")
    assert (status, headers["Location"]) == (308, f"https://127.0.0.1:{port}/days?x=1")
    assert ask(plain, "/api/auth/login", host="127.0.0.1", method="POST")[0] == 403
    assert server.stop() == 0


def test_a_redirect_without_anything_to_redirect_to_is_refused(start, tmp_path):
    done = tamtap("server", "--data", tmp_path / "data", "--listen", "127.0.0.1:0",
                  "--redirect-listen", "127.0.0.1:0", check=False)  # fmt: skip
    assert done.returncode != 0 and "--tls-certificate" in done.stderr


@pytest.mark.parametrize(
    "flags, said",
    [
        (("--trusted-proxy", "proxy.example"), "proxy.example"),
        (("--public-url", "school.example"), "http://"),
        (("--public-url", "https://school.example/a b"), "space"),
        (("--listen", "fe80::1"), "[::1]:3000"),
        (("--metrics-token", "credential:none"), "mode 0600"),
    ],
)
def test_settings_that_cannot_work_are_answered_with_a_sentence(tmp_path, flags, said):
    done = tamtap("server", "--data", tmp_path / "data", *flags, check=False)
    assert done.returncode != 0 and said in done.stderr, done.stderr


def link_local():
    """An address of this machine that is good on one network alone, with its zone."""
    shown = subprocess.run(["ip", "-6", "-o", "addr", "show", "scope", "link"], capture_output=True, text=True).stdout
    found = re.search(r"^\d+: (\S+)\s+inet6 (fe80:[0-9a-f:]+)/", shown, re.MULTILINE)
    return f"{found[2]}%{found[1]}" if found else None


def test_both_versions_of_ip_are_listened_to(start, tmp_path):
    port = free_port()
    server = start("server", "--data", tmp_path / "data", "--listen", f"[::]:{port}")
    assert server.lines.get(timeout=30) == f"TamTap serves http://127.0.0.1:{port}"
    for host in ("127.0.0.1", "::1"):
        code, body, _ = ask(port, host=host)
        assert code == 200 and b"terminals" in body, f"{host} is this machine"
    assert server.stop() == 0
    server = start("server", "--data", tmp_path / "data", "--listen", f"[::1]:{port}")
    assert server.lines.get(timeout=30) == f"TamTap serves http://[::1]:{port}"
    assert ask(port, host="::1")[0] == 200
    assert not listens(port)
    assert server.stop() == 0
    if address := link_local():
        server = start("server", "--data", tmp_path / "data", "--listen", f"[{address}]:{port}")
        assert server.lines.get(timeout=30) == f"TamTap serves http://[{address}]:{port}"
        assert ask(port, host=address)[0] == 200
        assert server.stop() == 0


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_stop_ends_what_is_under_way_and_sends_pages_elsewhere(start, tmp_path, transport):
    server = Server(start, tmp_path / "data").prepare().run().sign_in()
    page = subprocess.Popen(
        ["node", ROOT / "tests/node/follow.mjs", server.url, "/socket.io/", transport, server.cookie],
        stdout=subprocess.PIPE, text=True, env=os.environ,
    )  # fmt: skip
    assert next_event(page) == {"event": "connect"}
    body = json.dumps({"username": "head", "password": "correct horse"}).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as asking:
        asking.sendall(
            b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body) + body[:10]
        )
        time.sleep(0.3)
        begin = time.monotonic()
        server.process.process.terminate()
        wait_until(lambda: not listens(server.port), 2, "nobody new is let in")
        assert server.process.process.poll() is None, "it waits for what is under way"
        asking.sendall(body[10:])
        answer = b"".join(iter(lambda: asking.recv(65536), b""))
    assert b"200 OK" in answer and b"Connection: close" in answer and b"Set-Cookie" in answer
    assert server.process.process.wait(10) == 0
    took = time.monotonic() - begin
    assert took < 5, took
    while (event := next_event(page))["event"] != "disconnect":
        pass
    assert event["data"] == "transport close", "after which a page comes back by itself"
    server.run()
    while next_event(page)["event"] != "connect":
        pass
    page.kill()


def test_who_never_ends_holds_nobody_up(start, tmp_path):
    server = Server(start, tmp_path / "data").prepare().run()
    held = []
    for _ in range(50):
        held.append(socket.create_connection(("127.0.0.1", server.port)))
        held[-1].sendall(b"POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n{")
    begin = time.monotonic()
    assert server.process.stop() == 0
    assert time.monotonic() - begin < 5
    for each in held:
        each.close()
