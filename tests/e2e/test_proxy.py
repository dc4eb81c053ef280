"""Behind a real nginx and a real Caddy, with TLS and a path prefix, as docs/operations.md prints them."""

import contextlib
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess

import pytest
from conftest import BUILD, ROOT, TAMTAP, Server, card, free_port, status, tamtap, terminal_arguments, wait_until
from PIL import Image
from test_live import next_event
from test_tls import Authority

TEXT = (ROOT / "docs/operations.md").read_text()
NAME = "attendance.example.org"
TOKEN = "the token of whoever watches"


def program(name):
    path = BUILD / "proxies/usr" / name
    assert path.exists(), f"{path} is missing; scripts/test-proxies fetches it"
    return path


def printed(after):
    """The block of the document that follows these words, as somebody would copy it."""
    (_, rest) = TEXT.split(after)
    lines = rest.split("\n\n", 1)[1].splitlines()
    end = next(i for i, line in enumerate(lines) if line and not line.startswith("    "))
    return "\n".join(line[4:] for line in lines[:end]) + "\n"


def placed(text, **words):
    """The text with the document's names in the place of those of this machine; each is there."""
    for word, own in words.items():
        assert word in text, word
        text = text.replace(word, str(own))
    return text


class Site:
    """Asks as a browser does that was told one address: cookies, origin, TLS that verifies."""

    def __init__(self, port, prefix, authority, source="127.0.0.1"):
        self.port, self.prefix, self.source = port, prefix, source
        self.authority = authority
        self.origin = f"https://localhost:{port}"
        self.url = self.origin + prefix
        self.cookies = {}
        self.paths = {}

    def ask(self, path, method="GET", body=None, headers=None, within=True):
        context = ssl.create_default_context(cafile=str(self.authority))
        connection = http.client.HTTPSConnection(
            "localhost", self.port, timeout=20, context=context, source_address=(self.source, 0)
        )
        sent = {"Content-Type": "application/json", **(headers or {})}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if isinstance(body, dict):
            body = json.dumps(body)
        with contextlib.closing(connection):
            connection.request(method, (self.prefix if within else "") + path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
            self.paths[name] = cookie
        return answer.status, content, answer.headers

    def sign_in(self, password="correct horse"):
        return self.ask(
            "/api/auth/login", "POST", {"username": "head", "password": password}, {"Origin": self.origin}
        )[0]


class Nginx:
    """As root would start it, in a directory of its own."""

    def __init__(self, directory, server_port, change=lambda text: text):
        directory.mkdir()
        self.port = free_port()
        self.authority = Authority(directory, "school")
        chain, key = self.authority.issue("localhost", "DNS:localhost")
        snippet = placed(
            printed("With nginx:"),
            **{
                "listen 443 ssl": f"listen {self.port} ssl",
                "/etc/letsencrypt/live/attendance.example.org/fullchain.pem": chain,
                "/etc/letsencrypt/live/attendance.example.org/privkey.pem": key,
                NAME: "localhost",
                "http://127.0.0.1:3000": f"http://127.0.0.1:{server_port}",
            },
        )
        (directory / "tamtap.conf").write_text(change(snippet))
        temporary = "".join(
            f"    {kind}_temp_path {directory}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        # As Debian's nginx.conf, which includes what lies in conf.d.
        user = "user root;\n" if os.geteuid() == 0 else ""  # it writes into the test's directory
        (directory / "nginx.conf").write_text(
            f"{user}pid {directory}/pid;\nerror_log {directory}/error.log;\ndaemon off;\nevents {{}}\n"
            f"http {{\n{temporary}    access_log {directory}/access.log;\n    include {directory}/tamtap.conf;\n}}\n"
        )
        self.log = directory / "error.log"
        self.process = subprocess.Popen([program("sbin/nginx"), "-c", directory / "nginx.conf", "-e", self.log])
        self.ca = self.authority.certificate


class Caddy:
    def __init__(self, directory, server_port):
        directory.mkdir()
        self.port = free_port()
        snippet = placed(
            printed("the whole `Caddyfile` is:"),
            **{NAME: f"localhost:{self.port}", "127.0.0.1:3000": f"127.0.0.1:{server_port}"},
        )
        # Of the machine, not of the site: nothing of the machine is changed by the test.
        globally = (
            "{\n    admin off\n    skip_install_trust\n    auto_https disable_redirects\n"
            f"    storage file_system {directory}/storage\n}}\n"
        )
        (directory / "Caddyfile").write_text(globally + snippet)
        self.log = directory / "caddy.log"
        self.process = subprocess.Popen(
            [program("bin/caddy"), "run", "--config", directory / "Caddyfile", "--adapter", "caddyfile"],
            stdout=self.log.open("w"), stderr=subprocess.STDOUT, env={**os.environ, "HOME": str(directory)},
        )  # fmt: skip
        self.ca = directory / "storage/pki/authorities/local/root.crt"


@pytest.fixture(params=[Nginx, Caddy], ids=["nginx", "caddy"])
def kind(request):
    return request.param


class Place:
    """A server and the proxy in front of it."""

    def __init__(self, start, directory, kind, more=(), **options):
        self.inside = Server(start, directory / "server").prepare()
        self.proxy = kind(directory / "proxy", self.inside.port, **options)
        self.prefix = "/tamtap"
        # The document's two lines, as flags.
        settings = placed(
            printed("people type:"),
            **{f"https://{NAME}": f"https://localhost:{self.proxy.port}", "127.0.0.1:3000": f"127.0.0.1:{self.inside.port}"},
        )  # fmt: skip
        (directory / "tamtap.toml").write_text(settings)
        self.config = directory / "tamtap.toml"
        self.inside.process = start("server", "--config", self.config, "--data", self.inside.data, *more)
        wait_until(self.inside.answers, 30, lambda: f"the server answers: {self.inside.process.log}")
        wait_until(self.answers, 30, lambda: self.proxy.log.read_text())

    def site(self, **more):
        return Site(self.proxy.port, self.prefix, self.proxy.ca, **more)

    def answers(self):
        try:
            return self.site().ask("/api/health")[0] == 200
        except (OSError, ssl.SSLError):
            return False

    def enroll(self, data, name="gate-1"):
        token = tamtap("terminals", "add", name, "--data", self.inside.data).stdout.strip()
        done = subprocess.run(
            [TAMTAP, "enroll", self.site().url, token, "--data", data],
            capture_output=True, text=True, timeout=60, env=self.trust(),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads((data / "credentials.json").read_text())["secret"]

    def trust(self):
        return {"SSL_CERT_FILE": str(self.proxy.ca)}


@pytest.fixture
def place(start, tmp_path):
    places = []

    def make(kind, **options):
        places.append(Place(start, tmp_path, kind, **options))
        return places[-1]

    yield make
    for each in places:
        each.proxy.process.terminate()
        each.proxy.process.wait(10)


def test_pages_sign_in_and_cookies_are_below_the_prefix(place, kind):
    there = place(kind)
    site = there.site()
    code, _, headers = site.ask("")
    assert (code, headers["Location"].removeprefix(site.origin)) == (308, "/tamtap/")
    code, page, headers = site.ask("/days/2026-11-23")
    assert code == 200 and b'<base href="/tamtap/" />' in page
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"]
    files = re.findall(rb'(?:src|href)="\./([^"]+)"', page)
    assert files and all(site.ask("/" + name.decode())[0] == 200 for name in files)
    assert site.ask("/api/auth/me")[0] == 401
    assert site.sign_in() == 200
    assert all(name.startswith("__Secure-tamtap_") for name in site.cookies)
    for cookie in site.paths.values():
        assert "; Path=/tamtap/;" in cookie and cookie.endswith("; Secure")
    assert site.ask("/api/auth/me")[0] == 200
    # What others make a browser send.
    for origin in ("https://evil.example", "http://localhost", "null", f"http://localhost:{there.proxy.port}"):
        assert site.ask("/api/auth/logout", "POST", {}, {"Origin": origin})[0] == 403, origin
    assert site.ask("/api/auth/logout", "POST", {}, {"Sec-Fetch-Site": "cross-site"})[0] == 403
    assert site.ask("/api/auth/logout", "POST", {}, {"Origin": site.origin})[0] == 200


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_a_gate_syncs_and_a_page_hears_of_it(place, kind, transport, start, school):
    there = place(kind)
    site = there.site()
    assert site.sign_in() == 200
    data = school()
    there.enroll(data)
    cookie = "; ".join(f"{name}={value}" for name, value in site.cookies.items())
    page = subprocess.Popen(
        ["node", ROOT / "tests/node/follow.mjs", site.origin, "/tamtap/socket.io/", transport, cookie],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "NODE_EXTRA_CA_CERTS": str(there.proxy.ca)},
    )  # fmt: skip
    assert next_event(page) == {"event": "connect"}
    gate = start(*terminal_arguments(data, site.url), environment=there.trust())
    gate.type(card(1))
    ack = gate.acks(1)[0]
    while (event := next_event(page))["event"] != "attendance:new":
        pass
    assert event["data"]["tap"] == ack["tap"]
    wait_until(lambda: status(data)["confirmed"] == 1, 20, lambda: gate.log)
    page.kill()
    # A page of another site gets no socket, whatever its cookie.
    code, _, _ = site.ask(
        "/socket.io/?EIO=4&transport=polling", headers={"Origin": "https://evil.example"}
    )
    assert code == 403


def test_guesses_are_counted_by_client(place, kind):
    there = place(kind, more=("--trusted-proxy", "127.0.0.1"))
    guesser = there.site(source="127.0.0.2")
    codes = [guesser.sign_in("wrong horse") for _ in range(12)]
    assert codes[0] == 401 and codes[-1] == 429
    # Whatever it says of itself, it stays who it is.
    code, _, _ = guesser.ask(
        "/api/auth/login", "POST", {"username": "head", "password": "correct horse"},
        {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"},
    )  # fmt: skip
    assert code == 429
    assert there.site(source="127.0.0.3").sign_in() == 200


def test_behind_a_proxy_this_machine_is_nobody_special(place, kind):
    there = place(kind, more=("--metrics-token", TOKEN))
    for ask in (lambda path, **more: there.site().ask(path, **more), there.inside.request):
        assert ask("/metrics")[0] == 401
        assert json.loads(ask("/api/health")[1]).keys() == {"success", "status"}
        code, body, _ = ask("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert code == 200 and b"tamtap_store_up" in body
    assert there.site().ask("/api/health/live")[0] == 200
    assert there.site().ask("/api/health/ready")[0] == 200


def test_a_photo_of_three_megabytes_passes(place, kind, school):
    there = place(kind)
    secret = there.enroll(school())
    picture = io.BytesIO()
    Image.effect_noise((1900, 1400), 90).convert("RGB").save(picture, "JPEG", quality=97)
    photo = picture.getvalue()
    assert 2 << 20 < len(photo) < 8 << 20
    target = "/api/terminal/photos/2026-11-23/2026-11-23_1_Ana_Reyes_070000_AM_gate-1.jpg"
    target += f"?offset=0&length={len(photo)}&sha256={hashlib.sha256(photo).hexdigest()}"
    code, body, _ = there.site().ask(target, "PUT", photo, {"Authorization": f"Bearer {secret}"})
    assert code == 200, body
    assert list((there.inside.data / "photos").rglob("*gate-1.jpg"))


def test_a_line_a_request_and_no_secret_in_it(place, kind):
    there = place(kind, more=("--access-log",))
    site = there.site()
    site.sign_in()
    code, _, headers = site.ask("/api/search?q=Ana&sid=verysecret")
    assert code == 200 and re.fullmatch(r"[\w.-]{1,64}", headers["X-Request-Id"])
    lines = lambda: [line for line in there.inside.process.log if "access:" in line]  # noqa: E731
    named = lambda: [line for line in lines() if headers["X-Request-Id"] in line]  # noqa: E731
    wait_until(named, 10, lines)
    (line,) = named()
    assert re.search(r"access: 127\.0\.0\.1 GET /tamtap/api/search\?q&sid 200 \d+ bytes, \d+ ms, https, ", line)
    text = "\n".join(there.inside.process.log)
    assert "verysecret" not in text and "correct horse" not in text
    assert not [value for value in site.cookies.values() if value in text]


def test_an_answer_of_the_proxy_quarantines_nothing(place, start, school, tmp_path):
    school("server")  # the gate has it from there, and nothing else to send than its taps
    there = place(Nginx, change=lambda text: placed(text, **{"client_max_body_size 16m": "client_max_body_size 100"}))
    data = tmp_path / "gate"
    there.enroll(data)
    gate = start(*terminal_arguments(data, there.site().url), environment=there.trust())
    gate.type(*(card(n) for n in range(20)))
    assert {ack["verdict"] for ack in gate.acks(20)} == {"accepted"}
    access = there.proxy.log.parent / "access.log"
    refused = lambda: re.findall(r'"POST /tamtap/api/terminal/records[^"]*" 413', access.read_text())  # noqa: E731
    wait_until(refused, 30, lambda: access.read_text()[-2000:])
    now = status(data)
    assert (now["pending"], now["confirmed"], now["quarantined"]) == (20, 0, 0)
    config = pathlib.Path(there.proxy.log.parent / "tamtap.conf")
    config.write_text(config.read_text().replace("client_max_body_size 100;", "client_max_body_size 16m;"))
    there.proxy.process.send_signal(1)  # nginx reads its configuration anew
    wait_until(lambda: status(data)["confirmed"] == 20, 60, lambda: gate.log[-5:])


def test_a_first_administrator_finds_the_page_by_the_printed_link(start, tmp_path):
    port = free_port()
    url = "https://localhost:8443/tamtap"
    server = start("server", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{port}", "--public-url", url)
    line = server.lines.get(timeout=30)
    assert line == f"TamTap serves {url}, on this machine http://127.0.0.1:{port}"
    assert re.search(rf"at {re.escape(url)}/setup#[0-9a-f]{{64}}$", server.lines.get(timeout=10))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /tamtap/setup HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b'<base href="/tamtap/" />' in b"".join(iter(lambda: connection.recv(65536), b""))
