"""What docs/operations.md prints, typed on an installed machine as it stands there: the lines after `$` whose meaning is
in the package and not only in the program. Run by `make package-test`; tests/e2e/test_operations.py runs the others.

The tests go through one life of one server, in their order, and end where they began.
"""

import json
import os
import re
import time
import urllib.request

import pytest

from installing import ALWAYS_OPEN, PASSWORD, ROOT, Pages, Person, SerialReader, package, until

DOCUMENT = (ROOT / "docs/operations.md").read_text()
PRINTED = re.findall(r"^    \$ (.+)$", DOCUMENT, re.MULTILINE)
PORT = 38214
README = (ROOT / "README.md").read_text()
OF_A_GATE = ("systemctl status tamtap-gate", "journalctl -u tamtap-gate")  # test_update.py
TYPED = []


def printed(beginning, after=""):
    """The line of the document that begins so; the first one after `after`."""
    below = re.findall(r"^    \$ (.+)$", DOCUMENT[DOCUMENT.index(after) :], re.MULTILINE)
    return next(line for line in below if line.startswith(beginning))


def type_in(machine, line, stdin=""):
    """Typed in /root, where the files are that the document speaks of; apt asks whether to go on."""
    TYPED.append(line)
    return machine.run(f"cd /root && {line}", stdin=stdin)


def lives():
    return urllib.request.urlopen(f"http://127.0.0.1:{PORT}/api/health/live", timeout=5).status == 200


@pytest.fixture(scope="module")
def server(machine):
    machine.run("apt-get -qy purge tamtap; rm -rf /root/* /var/lib/tamtap /var/backups/tamtap; apt-get -q update")
    deb = package()
    machine.path(f"/root/{deb.name}").write_bytes(deb.read_bytes())
    machine.path("/root/students.csv").write_text("nfc_id,first,last,grade,section\nA0000001,Ana,Cruz,7,Narra\n")
    return machine


def test_a_server_is_installed_and_set_up(server):
    type_in(server, printed("apt-get install", after="## Install"), stdin="y\n")
    line = printed("tamtap setup --role server")
    TYPED.append(line)
    server.run(f"cd /root && {line} --listen 127.0.0.1:{PORT}", stdin=PASSWORD + "\n")
    until(lives, 30, "the server answers")
    assert re.fullmatch(r"\S{14}\n", type_in(server, printed("tamtap terminals add")).stdout)
    assert server.run("find /var/lib/tamtap ! -user tamtap").stdout == ""


def test_the_nightly_backup_goes_to_another_disk(server):
    """`systemctl edit` opens an editor on a terminal; this one writes what the document says."""
    (said,) = re.findall(r"with `(\[Service\])` and `(Environment=TAMTAP_BACKUPS=\S+ \S+)`", DOCUMENT)
    server.path("/root/editor").write_text(
        '#!/bin/sh\nfor file; do case $file in *.conf*) printf "%s\\n%s\\n" "' + '" "'.join(said) + '" >"$file" ;; esac; done\n'
    )
    line = printed("systemctl edit tamtap-backup.service")
    TYPED.append(line)
    server.run(f"chmod +x /root/editor && SYSTEMD_EDITOR=/root/editor script -qec '{line}' /dev/null </dev/null")
    for prepared in re.findall(r"^    \$ (install -d .*)$", DOCUMENT, re.MULTILINE):
        type_in(server, prepared)
    server.run("systemctl start tamtap-backup.service")
    assert server.run("ls /media/backup").stdout.endswith(".tar\n")


def test_a_backup_by_hand_is_another_machines_server(server):
    server.run("mkdir -p /media/stick")
    assert "acknowledged" in type_in(server, printed("tamtap backup create")).stdout
    # Another machine: nothing of this one but the file.
    server.run("cp /media/stick/school.tar /root && apt-get -qy purge tamtap && rm -rf /var/lib/tamtap")
    for line in ("apt-get install", "tamtap backup restore", "install", "systemctl enable"):
        type_in(server, printed(line, after="## Restore"), stdin="y\n")
    until(lives, 30, "the restored server answers")
    assert "Ana Cruz" in server.run("tamtap roster list").stdout
    assert "main-gate" in server.run("tamtap terminals list").stdout
    assert server.run("find /var/lib/tamtap ! -user tamtap").stdout == ""
    type_in(server, printed("apt-get install", after="## Update"), stdin="y\n")


def test_the_words_of_the_last_table(server):
    health = f"curl http://127.0.0.1:{PORT}/api/health"
    assert "`curl http://127.0.0.1:3000/api/health`" in DOCUMENT
    assert json.loads(server.run(f"apt-get -qy install curl >/dev/null && {health}").stdout)
    assert "active (running)" in server.run("systemctl status --no-pager tamtap-server").stdout
    server.run("tamtap account passwd head --password-stdin", stdin="another tamaraw at dusk\n")
    looked = server.run("tamtap doctor", check=False)
    assert looked.returncode in (0, 1) and "flush" in looked.stdout, looked.stdout + looked.stderr
    assert "main-gate" in server.run("tamtap terminals revoke main-gate && tamtap terminals list").stdout


def test_two_commands_and_a_few_answers_make_a_school(server):
    """README's ten minutes, by somebody who reads the questions: from the package to the first tap on the page."""
    two = re.findall(r"^    \$ (.+)$", README, re.MULTILINE)
    assert two == [printed("apt-get install"), "tamtap setup"]
    server.run("apt-get -qy purge tamtap && rm -rf /var/lib/tamtap")
    server.path("/root/hours.csv").write_text(ALWAYS_OPEN)
    reader = SerialReader(server)
    server.run(f"mkdir -p /dev/serial/by-id && ln -s {reader.device} /dev/serial/by-id/usb-Reader_7")
    began = time.monotonic()
    type_in(server, two[0], stdin="y\n")
    person = Person(server.words(f"cd /root && {two[1]}"))
    TYPED.append(two[1])
    person.answers("What is this machine", "")
    person.answers("time zone", "")
    person.answers("Where the server listens", f"127.0.0.1:{PORT}")
    person.answers("A list of people", "students.csv")
    person.answers("The administrator's name", "head")
    person.answers("Their password", PASSWORD)
    while "usb-Reader_7" not in (found := person.reads("Use it as a card reader? (yes or no) [yes]: ")):
        os.write(person.terminal, b"no\n")
    os.write(person.terminal, b"yes\n")
    assert "a serial reader: serial:/dev/serial/by-id/usb-Reader_7" in found
    person.answers("Another panel", "")
    person.answers("Try the reader with a card now?", "")
    person.reads("Hold a card against the reader")
    # Held up once more by somebody who was faster than the reader.
    until(lambda: reader.tap("A0000001") or person.hears("Ana Cruz, 7 Narra, registered as A0000001", 2), 20, "the card is read")
    person.reads("Start tamtap.service now")
    person.answers("(yes or no)", "yes")
    assert person.is_done() == 0, person.said
    until(lives, 30, "the server answers")
    server.run("cd /root && tamtap roster import hours.csv")
    pages = Pages(PORT)
    pages.sign_in()
    until(lambda: reader.tap("A0000001") or pages.present() == {"Ana Cruz"}, 30, "the tap is on the page")
    print(f"\n2 commands and 11 answers, {time.monotonic() - began:.0f} s")
    server.run("systemctl disable --now tamtap; rm -r /dev/serial /media/stick /media/backup")


def test_every_line_was_typed_here_or_elsewhere():
    here = [line for line in PRINTED if line in TYPED]
    elsewhere = [line for line in PRINTED if line.startswith(OF_A_GATE)]
    run_by_operations = [line for line in PRINTED if re.match(r"tamtap setup --role (both|gate)", line)]
    assert sorted({*here, *elsewhere, *run_by_operations}) == sorted(set(PRINTED))
