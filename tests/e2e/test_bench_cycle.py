"""`tamtap bench cycle` measures each step of a tap through both kinds of readers."""

import json

from conftest import tamtap


def test_each_step_is_measured_through_both_readers(tmp_path):
    found = json.loads(tamtap("bench", "cycle", "--json", "--directory", tmp_path, "--rounds", "10").stdout)
    whole = [each for each in found if each["step"] == "card in the field to SUCCESS"]
    assert [each["reader"] for each in whole] == ["RC522", "pcscd"] and all(each["taps"] == 10 for each in found)
    for each in whole:
        steps = [step["p50_ms"] for step in found if step["reader"] == each["reader"] and step is not each]
        assert len(steps) == 3 and 0 < max(steps) <= each["p99_ms"]
