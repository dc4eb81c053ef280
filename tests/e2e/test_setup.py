"""`tamtap setup`: by flags, and by questions on a terminal."""

import json
import os
import pty
import re
import subprocess

import pytest

from conftest import BUILD, SCHEDULE, TAMTAP, Server, free_port, tamtap, wait_until
from test_documents import answers

PASSWORD = "tamaraw grazes at dawn"


@pytest.fixture
def lists(tmp_path):
    roster = tmp_path / "students.csv"
    roster.write_text("nfc_id,first,last,grade,section\nA0000001,Ana,Cruz,7,Narra\n")
    hours = tmp_path / "hours.csv"
    hours.write_text(SCHEDULE)
    return ["--roster", roster, "--roster", hours]


def set_up(tmp_path, *flags, stdin="", check=True):
    to = tmp_path / "etc/tamtap.toml"
    to.parent.mkdir(exist_ok=True)
    done = tamtap("setup", "--to", to, "--data", tmp_path / "data", *flags, stdin=stdin, check=check)
    return to, done


def test_one_command_makes_a_school(tmp_path, lists, start):
    to, done = set_up(
        tmp_path, "--role", "both", "--timezone", "Asia/Tokyo", *lists, "--account", "head", "--password-stdin",
        "--listen", f"127.0.0.1:{free_port()}", stdin=PASSWORD + "\n",
    )  # fmt: skip
    assert "systemctl enable --now tamtap.service" in done.stdout
    assert PASSWORD not in done.stdout + done.stderr + to.read_text()
    assert os.stat(to).st_mode & 0o777 == 0o640
    assert "head" in tamtap("account", "list", "--config", to).stdout
    assert tamtap("settings", "get", "timezone", "--config", to).stdout.strip() == "Asia/Tokyo"
    gate = start("run", "--config", to, "--panel", "json")
    gate.type("A0000001")
    (ack,) = gate.acks(1)
    assert (ack["verdict"], ack["name"]) == ("accepted", "Ana Cruz") and ack["at"].endswith("+09:00")
    assert gate.stop() == 0


def test_a_gate_is_enrolled(tmp_path, start, school):
    server = Server(start, school("server")).run()
    token = tamtap("terminals", "add", "main-gate", "--data", server.data).stdout.strip()
    to, _ = set_up(
        tmp_path, "--role", "gate", "--server", server.url, "--token", token,
        "--reader", "stdin", "--reader", "script:/dev/null", "--panel", "json",
    )  # fmt: skip
    gate = start("terminal", "--config", to)
    gate.type("A0000001")
    assert gate.acks(1)[0]["verdict"] == "accepted"
    journal = lambda: json.loads(tamtap("journal", "status", "--config", to, "--json").stdout)
    wait_until(lambda: journal()["confirmed"] == 1, 30, "the server has it")


def test_the_settings_that_were_there_are_kept(tmp_path):
    to, _ = set_up(tmp_path, "--role", "server", "--listen", "127.0.0.1:4001")
    first = to.read_text()
    _, done = set_up(tmp_path, "--role", "server", "--listen", "127.0.0.1:4002")
    kept = tmp_path / "etc/tamtap.toml.before-1"
    assert kept.read_text() == first and str(kept) in done.stdout
    assert "4002" in to.read_text()


@pytest.mark.parametrize("role", ["gate", "server", "both"])
def test_every_line_that_is_a_comment_may_become_a_setting(role, tmp_path):
    """An example that the program refuses would be worse than none."""
    to, _ = set_up(tmp_path, "--role", role)
    text = to.read_text()
    keys = re.sub(r"^# (\S+ = )", r"\1", text, flags=re.MULTILINE)
    assert keys.count("\n") == text.count("\n") and keys != text
    to.write_text(keys)
    said = tamtap("version", "--config", to)
    assert said.stderr == ""


@pytest.mark.parametrize(
    "flags, why",
    [
        (["--role", "gat"], "gate, server or both"),
        (["--role", "both", "--timezone", "Asia/Manilla"], "Asia/Manilla"),
        (["--role", "both", "--roster", "/no/such.csv"], "no such file"),
        (["--role", "both", "--account", "head"], "--password-stdin"),
        (["--role", "gate", "--server", "http://x"], "--token"),
        (["--role", "server", "--server", "http://x", "--token", "y"], "for a gate"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_written(flags, why, tmp_path):
    to, done = set_up(tmp_path, *flags, check=False)
    assert done.returncode == 1 and why in done.stderr
    assert not to.exists() and not (tmp_path / "data").exists()


def test_a_command_that_fails_is_told(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing,that,is,known\n1,2,3,4\n")
    to, done = set_up(tmp_path, "--role", "both", "--roster", bad, check=False)
    assert done.returncode == 1 and f"$ tamtap --config {to} roster import {bad}" in done.stdout


def test_it_asks_whoever_sits_at_a_terminal(tmp_path, lists):
    to = tmp_path / "etc/tamtap.toml"
    to.parent.mkdir()
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [TAMTAP, "setup", "--to", to, "--data", tmp_path / "data"], stdin=slave, stdout=slave, stderr=slave, close_fds=True
    )
    os.close(slave)
    said = b""

    def answer(question, text):
        nonlocal said
        while question not in said:
            said += os.read(master, 4096)
        said = said.split(question, 1)[1]
        os.write(master, text.encode() + b"\n")

    answer(b"What is this machine", "")
    answer(b"time zone", "Asia/Tokyo")
    answer(b"Where the server listens", "127.0.0.1:4003")
    answer(b"A list of people", str(lists[1]))
    answer(b"The administrator's name", "head")
    answer(b"Their password", PASSWORD)
    heard = b""
    while True:
        while not any(mark in heard for mark in (b"]: ", b"none: ")):
            piece = os.read(master, 4096)
            assert piece
            heard += piece
        question, heard = heard, b""
        assert PASSWORD.encode() not in question, "what is typed must not be shown"
        if b"Start tamtap.service" in question:
            os.write(master, b"no\n")
            break
        os.write(master, b"no\n" if b"Use it" in question or b"Try the" in question else b"\n")
    assert process.wait(30) == 0
    os.close(master)
    assert 'listen = "127.0.0.1:4003"' in to.read_text()
    assert "Ana Cruz" in tamtap("roster", "list", "--config", to).stdout
    assert "head" in tamtap("account", "list", "--config", to).stdout


def test_what_cmake_installs_finds_its_pages_wherever_it_is(tmp_path):
    subprocess.run(
        ["cmake", "--install", BUILD, "--prefix", tmp_path / "opt", "--component", "tamtap"], check=True, capture_output=True
    )
    program, port = tmp_path / "opt/bin/tamtap", free_port()
    assert f"ExecStart={program} server" in (tmp_path / "opt/lib/systemd/system/tamtap-server.service").read_text()
    server = subprocess.Popen(
        [program, "server", "--data", tmp_path / "data", "--listen", f"127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/"), 30, "its pages are served")
        assert sorted(path.name for path in (tmp_path / "opt/lib/tamtap/modules").iterdir()) == [
            "libtamtap_messages.so", "libtamtap_report.so",
        ]  # fmt: skip
    finally:
        server.terminate()
        assert server.wait(10) == 0
