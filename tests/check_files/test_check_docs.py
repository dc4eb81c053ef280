"""scripts/check-docs in a repository made for the purpose: what documents may name, and what not."""

import pathlib
import subprocess

import pytest

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-docs"


def check(directory, text="Hello.\n", **more):
    """What is said of a README with that text, in a repository with a little code and `more` files."""
    files = {
        "README.md": text,
        "CHANGELOG.md": "`LongGone`\n",
        "Makefile": "sim: build\n\techo\n",
        "src/journal/log.cc": "namespace tamtap { constexpr int kBlockBytes = 4096; void Log::WriteOut() {} }\n",
        "src/cli/journal.cc": 'app.add_subcommand("journal"); app.add_flag("--json");\n',
        **more,
    }
    subprocess.run(["git", "init", "-q", directory], check=True)
    for name, content in files.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    subprocess.run(["git", "-C", directory, "add", "-A"], check=True)
    done = subprocess.run([CHECK], cwd=directory, capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize("named", [
    "src/journal/log.cc", "src/journal/", "src/*/log.{cc}", "log.cc", "Log::WriteOut", "WriteOut()", "kBlockBytes",
    "make sim", "tamtap journal --json", "--json", "{\"person\": 1}", "plain words", "/var/lib/tamtap",
])  # fmt: skip
def test_what_exists_is_named(tmp_path, named):
    assert check(tmp_path, f"See `{named}`.\n") == (0, "")


@pytest.mark.parametrize("named", [
    "src/journal/gone.cc", "src/gone/", "gone.cc", "Log::Gone", "WriteGone", "kGoneBytes", "make gone",
    "tamtap gone", "tamtap journal --gone", "--gone-flag",
])  # fmt: skip
def test_what_does_not_exist_is_found(tmp_path, named):
    status, said = check(tmp_path, f"One line.\nSee `{named}`.\n")
    assert status == 1
    assert said.startswith(f"README.md:2: `{named}`: ")


def test_a_link_that_leads_nowhere_is_found(tmp_path):
    assert check(tmp_path, "[here](README.md) [there](docs/gone.md)\n")[1] == "README.md:1: the link leads nowhere: docs/gone.md\n"


@pytest.mark.parametrize("text", ["It is is here.\n", "What is filled in\n  in a dialog.\n"])
@pytest.mark.parametrize("document", ["README.md", "CHANGELOG.md", "docs/more.md"])
def test_a_word_that_stands_twice_is_found(tmp_path, document, text):
    word = "is" if "is is" in text else "in"
    status, said = check(tmp_path, **{document: text})
    assert (status, said) == (1, f"{document}:1: a word stands twice: {word}\n")


@pytest.mark.parametrize("text", ["Who is in?\n\nIn a school.\n", "that is, is it\n", "So:\n\n    tamtap tamtap\n", "in inner\n"])
def test_words_that_only_resemble_each_other_may_follow_each_other(tmp_path, text):
    assert check(tmp_path, text) == (0, "")


LAWS = {"docs/laws.md": "# Laws\n\n**3.** A descriptor that failed is not used again.\n\n**7a.** A confirmation names its store.\n"}


@pytest.mark.parametrize("cited", ["law 3", "Law 7a", "(laws 3 and 7a)", "by law\n// 3", "by-law 12", "in-law 5"])
def test_a_law_that_is_written_down_is_cited(tmp_path, cited):
    assert check(tmp_path, "Hello.\n", **LAWS, **{"src/journal/log.h": f"// Lines on a disk: {cited}\n"}) == (0, "")


@pytest.mark.parametrize("cited, law", [
    ("law 4", "4"), ("Law 7", "7"), ("laws 3 and 9", "9"), ("by law\n// 12", "12"),
])  # fmt: skip
def test_a_law_that_is_not_written_down_is_found(tmp_path, cited, law):
    status, said = check(tmp_path, "Hello.\n", **LAWS, **{"src/journal/log.h": f"// Lines on a disk: {cited}\n"})
    assert status == 1
    assert said == f"src/journal/log.h:1: docs/laws.md has no law {law}\n"


def test_a_document_that_code_names_must_exist(tmp_path):
    more = {"src/journal/log.h": "// See docs/laws.md and laws.md, and https://example.org/x.md\n// but also contracts.md.\n"}
    status, said = check(tmp_path, "Hello.\n", **LAWS, **more)
    assert status == 1
    assert said == "src/journal/log.h:2: no document of that name: contracts.md\n"
