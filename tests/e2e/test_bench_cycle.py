"""`tamtap bench cycle` measures each step of a tap through both kinds of readers."""

import json
import shutil

from conftest import PHOTOS, tamtap


def test_each_step_is_measured_through_both_readers(tmp_path):
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    bench = ("bench", "cycle", "--json", "--directory", tmp_path, "--rounds", "10", "--photographs", pictures)
    shutil.copy(PHOTOS / "none_coffee.png", pictures / "1.png")
    assert "must show one face" in tamtap(*bench, check=False).stderr
    shutil.copy(PHOTOS / "one_face.png", pictures / "1.png")
    found = json.loads(tamtap(*bench).stdout)
    whole = [each for each in found if each["step"] == "card in the field to SUCCESS"]
    assert [(each["reader"], each["camera"]) for each in whole] == [
        ("RC522", False), ("pcscd", False), ("RC522", True), ("pcscd", True)]  # fmt: skip
    assert all(each["taps"] == 10 for each in found)
    for each in whole:
        measured = [step for step in found if (step["reader"], step["camera"]) == (each["reader"], each["camera"])]
        steps = [step["p50_ms"] for step in measured if step is not each]
        assert len(steps) == 3 + each["camera"] and 0 < max(steps) <= each["p99_ms"]
