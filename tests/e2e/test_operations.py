"""docs/operations.md: its commands are run, and its metrics, alerts and dashboard are those of the server."""

import json
import re
import shlex
import urllib.request

import pytest

from conftest import ROOT, SCHEDULE, free_port, tamtap, wait_until
from test_documents import answers, of

DOCUMENT = "docs/operations.md"
TEXT = (ROOT / DOCUMENT).read_text()
PASSWORD = "tamaraw grazes at dawn"
METRIC = re.compile(r"\btamtap_[a-z_]+")


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A directory in the place of each that the document names, and the list that it speaks of."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "students.csv").write_text("nfc_id,first,last,grade,section\nA0000001,Ana,Cruz,7,Narra\n")
    (tmp_path / "stick").mkdir()
    return tmp_path


def place(command, machine, name, port, token="", old=None):
    """The document's line on this machine: what an installed program knows by itself is said."""
    words = {
        "http://SERVER:3000": f"http://127.0.0.1:{port}",
        "TOKEN": token,
        "/var/lib/tamtap": str(machine / name),
        "/media/stick/school.tar": "school.tar",
        "pcsc": "stdin",
    }
    placed = [words.get(word, word) for word in shlex.split(command)[1:] if word != "--start"]
    if placed[0] == "setup":
        return [*placed, "--to", machine / f"{name}.toml", "--data", machine / name, "--no-questions"]
    return placed if "--data" in placed else ["--config", machine / f"{name}.toml", *placed]


def command(beginning):
    (found,) = [line for line in of(DOCUMENT) if line.startswith(beginning)]
    return found


def test_one_machine_then_its_backup_on_another(machine, start):
    port = free_port()
    done = tamtap(*place(command("tamtap setup --role both"), machine, "one", port), stdin=PASSWORD + "\n")
    assert "systemctl enable --now tamtap.service" in done.stdout
    tamtap("settings", "set", "saturdayClassesEnabled", "true", "--config", machine / "one.toml")
    (machine / "one.toml").write_text((machine / "one.toml").read_text().replace("# listen", "listen"))
    running = start("run", "--config", machine / "one.toml", "--listen", f"127.0.0.1:{port}")
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/api/health"), 30, "the server answers")
    tamtap(*place(command("tamtap backup create"), machine, "one", port))
    assert running.stop() == 0
    tamtap(*place(command("tamtap backup restore"), machine, "other", port))
    assert (machine / "other/settings/tamtap.toml").exists(), "the document's next line copies it"
    assert "Ana Cruz" in tamtap("roster", "list", "--data", machine / "other").stdout


def test_a_server_and_a_gate(machine, start):
    port = free_port()
    tamtap(*place(command("tamtap setup --role server"), machine, "server", port), stdin=PASSWORD + "\n")
    server = start("server", "--config", machine / "server.toml", "--listen", f"127.0.0.1:{port}")
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/api/health"), 30, "the server answers")
    (machine / "hours.csv").write_text(SCHEDULE)
    tamtap("roster", "import", "hours.csv", "--config", machine / "server.toml")
    token = tamtap(*place(command("tamtap terminals add"), machine, "server", port)).stdout.strip()
    tamtap(*place(command("tamtap setup --role gate"), machine, "gate", port, token))
    gate = start("terminal", "--config", machine / "gate.toml", "--panel", "json")
    gate.type("A0000001")
    assert gate.acks(1)[0]["verdict"] == "accepted"
    names = lambda: set(METRIC.findall(metrics(port)))
    reported = 'tamtap_terminal_append_seconds{quantile="0.99",terminal="main-gate"} 0.0'
    wait_until(lambda: reported in metrics(port), 30, "the gate reports how long the tap took")
    documented = set(re.findall(r"^\| `(tamtap_[a-z_]+)` \|", TEXT, re.MULTILINE))
    assert documented == {name for name in names() if not name.endswith("_created")}
    for file in ("examples/prometheus-alerts.yml", "examples/grafana-dashboard.json"):
        used = set(METRIC.findall((ROOT / file).read_text()))
        assert used and used <= documented, f"{file}: {used - documented}"
    assert gate.stop() == 0 and server.stop() == 0
    of_server = ("--config", machine / "server.toml")
    for line, stdin in (
        ("tamtap account passwd NAME --password-stdin", "another tamaraw at dusk\n"),
        ("tamtap terminals revoke NAME", ""),
        ("tamtap terminals void NAME --since DAY", ""),
    ):
        assert f"`{line}`" in TEXT
        words = {"NAME": "head" if "account" in line else "main-gate", "DAY": "2020-01-01"}
        tamtap(*[words.get(word, word) for word in line.split()[1:]], *of_server, stdin=stdin)
    assert "`tamtap journal import OLD/journal`" in TEXT
    tamtap("journal", "import", machine / "gate/journal", "--data", machine / "anew")
    status = json.loads(tamtap("journal", "status", "--data", machine / "anew", "--json").stdout)
    assert status["pending"] + status["confirmed"] == 1


def metrics(port):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10).read().decode()


def test_the_dashboard_shows_what_somebody_who_watches_needs():
    dashboard = json.loads((ROOT / "examples/grafana-dashboard.json").read_text())
    shown = " ".join(target["expr"] for panel in dashboard["panels"] for target in panel["targets"])
    for metric in ("pending", "oldest_pending_seconds", "quarantined", "up", "append_seconds"):
        assert f"tamtap_terminal_{metric}" in shown
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])


def test_every_unit_that_is_named_is_installed():
    units = {path.name for path in (ROOT / "packaging/units").iterdir()}
    named = set(re.findall(r"\btamtap(?:-[a-z]+)?\.(?:service|timer)\b", TEXT))
    assert named and named <= units
