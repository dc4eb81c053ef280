"""What strangers say is shown, and never obeyed: no control character of theirs reaches a terminal.
And no password is shown to whoever looks over a shoulder or into a log."""

import http.server
import json
import re
import subprocess
import threading
import unicodedata

import pytest
from conftest import ROOT, TAMTAP, card, status, tamtap, terminal_arguments, wait_until

# Clears the screen, sets the title, C1's CSI, deletes, reorders, forges a line.
EVIL = "\x1b[2J\x1b]0;pwned\x07\u009b31m\x7f\u202e\u2066\u2028\r\n2026-01-01T00:00:00 info forged"


def obeyed(text):
    """What of it a terminal may obey, or hides what is there."""
    return {
        char for char in text
        if char not in "\n\t" and (unicodedata.category(char) in ("Cc", "Zl", "Zp")
                                   or unicodedata.bidirectional(char) in
                                   ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
    }  # fmt: skip


def said(*arguments):
    done = subprocess.run([TAMTAP, *map(str, arguments)], capture_output=True, timeout=120)
    return done.stdout.decode(), done.stderr.decode()


class HostileServer(http.server.ThreadingHTTPServer):
    """Says that it is ours, refuses every tap, and puts what it likes into every reason."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Answer)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Answer(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if "/hello" in self.path:
                return self.say(200, {"success": True, "store": {"id": "ab" * 16, "epoch": "cd" * 16},
                                      "former": {"gate-0": EVIL}})  # fmt: skip
            self.say(500, {"success": False, "error": EVIL})

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if "/records" not in self.path:
                return self.say(500, {"success": False, "error": EVIL})
            taps = [json.loads(line)["tap"] for line in body.splitlines() if line.startswith(b"{")]
            self.say(200, {"success": True, "results": [
                {"tap": tap, "outcome": "rejected", "reason": EVIL} for tap in taps]})  # fmt: skip

        do_PUT = do_POST

        def say(self, code, value):
            body = json.dumps(value).encode()
            self.send_response(code)
            self.send_header("TamTap-Version", "0.1.0")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass


@pytest.fixture
def hostile():
    server = HostileServer()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def evil_school(school):
    """Somebody's name is a weapon; it came from a store that nobody checked."""
    data = school()
    roster = json.loads((data / "roster.json").read_text())
    person = roster["students"][1]
    person["name"] = person["first_name"] = "Ana" + EVIL
    person["last_name"] = "＝cmd|' /C calc'!A0"
    (data / "roster.json").write_text(json.dumps(roster))
    return data


def test_what_names_and_reasons_hold_reaches_no_terminal(evil_school, hostile, start):
    data = evil_school
    (data / "credentials.json").write_text(
        json.dumps({"server": hostile.url, "terminal": "gate-1", "secret": "s" * 64})
    )
    terminal = start(
        "terminal", "--data", data, "--central", hostile.url, "--panel", "screen",
        "--terminal-id", "gate-0", "--log-level", "debug",
    )  # fmt: skip
    # It has a journal before it shows anything.
    wait_until(lambda: not terminal.lines.empty(), 60, "the gate is ready")
    terminal.type(card(1), card(2))
    wait_until(lambda: status(data)["quarantined"] == 2, 60, "the hostile server refuses them")
    assert terminal.stop() == 0
    shown = ["\n".join(terminal.log)]
    while not terminal.lines.empty():
        shown.append(terminal.lines.get())
    assert any("Ana" in line for line in shown)
    commands = [
        ("journal", "status"), ("journal", "list"), ("journal", "verify"),
        ("journal", "export", "--format", "csv"), ("journal", "export", "--format", "jsonl"),
        ("journal", "export"), ("journal", "list", "--json"), ("journal", "status", "--json"),
        ("roster", "list"), ("roster", "export"), ("roster", "list", "--json"), ("doctor",),
        ("doctor", "--json"),
    ]  # fmt: skip
    for command in commands:
        output, errors = said(*command, "--data", data)
        assert not obeyed(output + errors), command
        if command in (("journal", "list"), ("roster", "list"), ("journal", "status"), ("doctor",)):
            assert "\n2026-01-01" not in output, f"{command} shows a forged line"
        shown.append(output + errors)
    assert not obeyed("\n".join(shown))
    assert not any(line.startswith("2026-01-01") for line in terminal.log), "a forged line"
    # JSON says the same as ever: it is escaped, not changed.
    roster = json.loads(said("roster", "list", "--json", "--data", data)[0])
    assert "Ana" + EVIL in [person["name"] for person in roster["students"]]
    taps = [json.loads(line) for line in said(*commands[4], "--data", data)[0].splitlines()]
    assert {tap["reason"] for tap in taps} == {EVIL}
    csv = said("roster", "export", "--data", data)[0]
    assert "＝cmd" not in csv.replace("'＝cmd", "")


URIS = [
    "mongo://user:hush@host/db", "mongodb:/user:hush@host/db", "mongodb//user:hush@host/db",
    "user:hush@host/db", "mongodb://user:hush@ho st/db", "mongodb://user:hu/hush@host/db",
    "mongodb://user:a?hush@host/db", "mongodb://user:hush", "http://user:hush@host/",
    "http://host/?token=hush", "https://user:hush@host:port",
]  # fmt: skip


@pytest.mark.parametrize("uri", URIS)
def test_a_mistyped_uri_is_shown_without_its_password(tmp_path, uri):
    data = tmp_path / "data"
    for command in (
        ("terminal", "--exit-on-eof", "--central"), ("server", "--listen", "127.0.0.1:0", "--central"),
        ("run", "--listen", "127.0.0.1:0", "--exit-on-eof", "--central"), ("doctor", "--central"),
        ("terminal", "--exit-on-eof", "--notify"), ("terminal",), ("journal", "list"),
        ("run", "--centrall"),
    ):  # fmt: skip
        options = [*command, uri, "--data", data]
        try:
            done = subprocess.run(
                [TAMTAP, *map(str, options)], capture_output=True, stdin=subprocess.DEVNULL, timeout=20
            )
            shown = done.stdout + done.stderr
        except subprocess.TimeoutExpired as running:  # a store that is away stops no gate
            shown = (running.stdout or b"") + (running.stderr or b"")
        assert b"hush" not in shown, (command, shown)
    done = tamtap("enroll", uri, "token", "--data", data, check=False)
    assert "hush" not in done.stdout + done.stderr


def test_nothing_is_printed_but_where_it_is_made_safe():
    """Whatever else wrote to the two streams would go around base/output.cc."""
    writes = re.compile(r"fmt::print|std::cout|std::cerr|\bf?printf\(|\bputs\(|STD(OUT|ERR)_FILENO")
    allowed = {"base/output.cc", "base/check.cc", "base/test_process.cc"}
    found = []
    for source in sorted((ROOT / "src").rglob("*.cc")):
        name = str(source.relative_to(ROOT / "src"))
        if name in allowed or name.startswith("sim/") or name.endswith(("_test.cc", "_fuzz.cc")):
            continue
        for number, line in enumerate(source.read_text().splitlines(), 1):
            if writes.search(line) and not re.search(r"isatty\(|fstat\(|F_DUPFD|dup2\(|addopen\(", line):
                found.append(f"{name}:{number}: {line.strip()}")
    assert not found, "\n".join(found)
