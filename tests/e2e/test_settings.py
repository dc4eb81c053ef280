"""One settings file for every command: what --config promises."""

import json
import os
import subprocess
import urllib.request

import pytest

from conftest import TAMTAP, card, tamtap, wait_until

# Keys of every command, so that each command finds others' keys there too. The values are the kind
# that readers of simpler formats get wrong.
ALL = """\
data = "{data}"          # of every command
json = true
log-level = "warning"
central = "sqlite:{data}/central.db"
timezone = "Asia/Manila"
clock = "rtc"
terminal-id = "gate-1"
reader = "stdin"
camera = "none"
panel = ["json", "json"] # twice
idle-text = "TAP, #1/\\u00d1ANDU"
face_patience_ms = 500
exit-on-eof = true
camera-required = false
listen = "127.0.0.1:0"
records-keep-days = 30
format = "json"
state = "pending"
role = "admin"
sections = ["Narra", "Molave"]

[journal]
retention-days = 300
retired = 'delete'
"""

COMMANDS = [
    ("version",),
    ("roster", "list"),
    ("roster", "export"),
    ("account", "list"),
    ("terminals", "list"),
    ("journal", "status"),
    ("journal", "verify"),
    ("journal", "list"),
    ("journal", "export"),
    ("doctor",),
    ("journal", "import", "--help"),  # the file is read before the help is shown
    ("roster", "import", "--help"),
    ("schedule", "list"),
    ("schedule", "export", "--for", "spreadsheet"),
    ("schedule", "import", "--help"),
    ("terminals", "add", "--help"),
    ("enroll", "--help"),
    ("bench", "append", "--help"),
]
AS_JSON = [("version",), ("account", "list"), ("journal", "status"), ("doctor",)]


@pytest.fixture
def settings(tmp_path):
    file = tmp_path / "tamtap.toml"
    file.write_text(ALL.format(data=tmp_path / "data"))
    return file


def refused(*arguments, environment=None):
    done = subprocess.run(
        [TAMTAP, *map(str, arguments)], capture_output=True, text=True, timeout=60,
        env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2, done
    return done.stderr


def test_one_file_with_the_keys_of_all_commands_serves_each(settings, tmp_path, start):
    gate = start("terminal", "--config", settings)
    gate.type(card(1))
    assert gate.acks(1)[0]["verdict"] == "refused"  # nobody is registered; the panel is JSON
    gate.process.stdin.close()
    assert gate.process.wait(30) == 0  # exit-on-eof
    for words in COMMANDS:
        done = tamtap(*words, "--config", settings, check=False)
        assert done.returncode == 0, (words, done)
        if words in AS_JSON:
            assert done.stdout[0] in "[{", (words, done.stdout)  # json = true
    tamtap("account", "add", "head", "--password-stdin", "--config", settings, stdin="correct horse\n")
    account = json.loads(tamtap("account", "list", "--config", settings).stdout)[0]
    assert account["sections"] == ["Narra", "Molave"]
    server = start("server", "--config", settings)
    url = server.lines.get(timeout=30).split()[-1]
    assert url.startswith("http://127.0.0.1:")
    assert urllib.request.urlopen(f"{url}/api/health").status == 200
    assert server.stop() == 0


def test_both_roles_at_once_take_the_same_file(settings, start):
    both = start("run", "--config", settings, "--idle-text", "FROM/THE FLAG")
    wait_until(lambda: any("IDLE" in line for line in list(both.lines.queue)), 30, "it takes taps")
    assert both.stop() == 0


def test_flags_win_over_the_environment_and_that_over_the_file(settings, tmp_path):
    def central(*flags, environment=None):
        done = subprocess.run(
            [TAMTAP, "doctor", "--config", settings, *flags], capture_output=True, text=True,
            timeout=60, env={**os.environ, **(environment or {})},
        )  # fmt: skip
        return next(each["said"] for each in json.loads(done.stdout) if each["what"] == "central store")

    variable = {"MONGODB_URI": f"sqlite:{tmp_path}/variable.db"}
    assert "/data/central.db" in central()
    assert "/variable.db" in central(environment=variable)
    flag = ("--central", f"sqlite:{tmp_path}/flag.db")
    assert "/flag.db" in central(*flag, environment=variable)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("reeder = 'stdin'", "no key 'reeder'; is it 'reader'?"),
        ("[journal]\nretention-day = 3", "no key 'journal-retention-day'; is it 'journal-retention-days'?"),
        ("qqqqqqqqqq = 1", "no key 'qqqqqqqqqq'; see examples/tamtap.toml"),
        ("config = 'other.toml'", "no key 'config'"),
        ("help = true", "no key 'help'"),
        ("data = ", "line 1"),
        ("data = 'a'\nreader = [['stdin']]", "line 2: write a value, or a list of values"),
        ("data = 'a'\nreader = [{x = 1}]", "line 2: write a value, or a list of values"),
        ("clock = 'sundial'", "line 1: --clock"),
        ("data = 'a'\nface-patience-ms = 'long'", "line 2: "),
        ("json = 'perhaps'", "line 1"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path, line, said):
    file = tmp_path / "wrong.toml"
    file.write_text(line + "\n")
    for words in (("run", "--reader", "stdin", "--exit-on-eof"), ("terminal",)):
        complaint = refused(*words, "--config", file)
        assert said in complaint and str(file) in complaint, complaint


def test_another_encoding_is_said_and_a_byte_order_mark_is_none_of_the_key(tmp_path):
    file = tmp_path / "tamtap.toml"
    file.write_bytes(b"\xef\xbb\xbfjson = true\n")
    assert tamtap("version", "--config", file).stdout.startswith("{")
    file.write_text("json = true\n", encoding="utf-16")
    assert tamtap("version", "--config", file).stdout.startswith("{")
    file.write_bytes(b"terminal-id = 'Pe\xf1a'\n")
    assert "not UTF-8" in refused("version", "--config", file)


def test_a_file_that_is_not_there_or_a_directory_is_said(tmp_path):
    for path in (tmp_path / "missing.toml", tmp_path):
        complaint = refused("version", "--config", path)
        assert str(path) in complaint and "--config" in complaint, complaint


def test_no_password_of_the_file_is_shown(tmp_path):
    file = tmp_path / "tamtap.toml"
    file.write_text("central = 'mongodb://me:s3cret@host/db'\nclock = 'mongodb://me:s3cret@host/db'\n")
    assert "s3cret" not in refused("run", "--config", file)
    file.write_text("central = mongodb://me:s3cret@host/db\n")
    assert "s3cret" not in refused("run", "--config", file)
