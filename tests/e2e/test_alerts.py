"""examples/prometheus-alerts.yml by Prometheus' own program: its rules are valid, and each is heard when it must be."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMTOOL = pathlib.Path(os.environ.get("TAMTAP_BUILD", ROOT / "build")) / "promtool"


def promtool(*arguments):
    done = subprocess.run([PROMTOOL, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_valid():
    assert "10 rules found" in promtool("check", "rules", "--lint-fatal", "examples/prometheus-alerts.yml")


def test_each_alert_is_heard_when_it_must_be_and_not_otherwise():
    assert "SUCCESS" in promtool("test", "rules", "tests/prometheus/alerts_test.yml")
