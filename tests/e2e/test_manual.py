"""The manual pages and completions say what the program does: they are held against its --help."""

import json
import re
import subprocess

import pytest

from conftest import ROOT, TAMTAP, tamtap

WORD = re.compile(r"^  ([a-z][a-z-]*) ", re.MULTILINE)
FLAG = re.compile(r"^  (--[a-z-]+)", re.MULTILINE)


def commands(words=()):
    """Every command that does something, as `--help` shows it: (words, flags)."""
    help = tamtap(*words, "--help").stdout
    below = help.partition("Subcommands:")[2]
    if not below:
        # CLI11 writes "-h,--help" for the one flag that has a short name.
        yield words, set(FLAG.findall(help))
    for word in WORD.findall(below):
        yield from commands((*words, word))


@pytest.fixture(scope="module")
def every_command():
    found = dict(commands())
    assert len(found) > 40 and "--reader" in found[("terminal",)]
    return found


def page(name):
    roff = tamtap("manual", name).stdout
    shown = subprocess.run(
        ["man", "--warnings", "-l", "-"], input=roff, capture_output=True, text=True, check=True,
        env={"MANWIDTH": "200", "MANPAGER": "cat", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert shown.stderr == "", shown.stderr
    return re.sub(r".\x08", "", shown.stdout)


def test_the_manual_has_every_command_and_flag(every_command):
    text = page("tamtap")
    for words, flags in every_command.items():
        assert f"tamtap {' '.join(words)}" in text
        missing = [flag for flag in flags if flag not in text]
        assert not missing, f"tamtap {' '.join(words)}: {missing}"


def test_the_manual_has_every_setting_of_the_school(tmp_path):
    text = page("tamtap")
    keys = [each["key"] for each in json.loads(tamtap("settings", "list", "--json", "--data", tmp_path).stdout)]
    assert "retention.photos_days" in keys and "privacy.contact" in keys
    assert [key for key in keys if not re.search(rf"^ +{re.escape(key)}$|^ +{re.escape(key)} ", text, re.MULTILINE)] == []
    assert completions("settings", "set", "") == completions("settings", "get", "") == keys
    assert completions("settings", "get", "privacy.") == ["privacy.contact"]


def test_the_settings_page_has_every_key_that_a_file_may_have(every_command, tmp_path):
    text = page("tamtap.toml")
    flags = {flag for flags in every_command.values() for flag in flags} - {"--config"}
    file = tmp_path / "tamtap.toml"
    for flag in sorted(flags):
        key = flag[2:]
        documented = re.search(rf"^ +{key} = ", text, re.MULTILINE) is not None
        # `version` reads a file and has none of these flags, so that no value is wrong there.
        file.write_text(f"{key} = 0\n")
        taken = "there is no key" not in tamtap("version", "--config", file, check=False).stderr
        assert documented == taken, f"{key}: documented {documented}, taken {taken}"


def test_a_page_has_no_mistakes_of_its_language():
    for name in ("tamtap", "tamtap.toml"):
        roff = tamtap("manual", name).stdout
        said = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z"], input=roff, capture_output=True, text=True)
        assert (said.returncode, said.stderr) == (0, "")


def test_hidden_commands_are_for_builds_and_shells():
    help = tamtap("--help").stdout
    assert "manual" not in help and "complete" not in help


def completions(*words):
    return [line.split("\t")[0] for line in tamtap("complete", "--", *words).stdout.splitlines()]


def test_what_comes_next_is_said(every_command):
    assert {words[0] for words in every_command} == set(completions(""))
    assert completions("roster", "im") == ["import"]
    assert completions("run", "--clock", "") == ["system", "rtc"]
    assert completions("run", "--data", "") == []
    assert "--reader" in completions("terminal", "--data", "x", "--r")
    assert completions("no-such-command", "") == completions("")


@pytest.mark.parametrize("words", ["roster\x00im", "ro", "account\x00add\x00--ro"])
def test_the_shells_offer_what_the_program_says(words, tmp_path):
    line = words.split("\x00")
    (tmp_path / "tamtap").symlink_to(TAMTAP)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "HOME": str(tmp_path)}
    wanted = completions(*line)
    assert wanted
    quoted = " ".join(f"'{word}'" for word in line)
    bash = subprocess.run(
        ["bash", "-c",
         f'. {ROOT}/packaging/completions/tamtap.bash; COMP_WORDS=(tamtap {quoted}); COMP_CWORD={len(line)}; '
         '_tamtap; printf "%s\\n" "${COMPREPLY[@]}"'],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert sorted(bash.stdout.split()) == sorted(wanted)
    fish = subprocess.run(
        ["fish", "-c", f"source {ROOT}/packaging/completions/tamtap.fish; complete -C 'tamtap {' '.join(line)}'"],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert set(wanted) <= {each.split("\t")[0] for each in fish.stdout.splitlines()}
    zsh = subprocess.run(["zsh", "-n", ROOT / "packaging/completions/_tamtap"], capture_output=True, text=True)
    assert (zsh.returncode, zsh.stderr) == (0, "")
