"""scripts/check-files in a repository made for the purpose: what it lets pass, and what it refuses."""

import pathlib
import subprocess

CHECK = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "check-files"


def check(directory, files=()):
    """Tracks the files besides a good one, and runs the check."""
    subprocess.run(["git", "init", "-q", directory], check=True)
    for name, content in {"src/good.cc": b"int main() {}\n", **dict(files)}.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        subprocess.run(["git", "-C", directory, "add", "-f", name], check=True)
    done = subprocess.run([CHECK], cwd=directory, capture_output=True, text=True)
    return done.returncode, done.stderr


def test_text_and_what_is_named_pass(tmp_path):
    assert check(tmp_path, {
        "README.md": "Grüße\n".encode(),
        "docs/picture.png": b"\x89PNG\r\n\x1a\n\0\0",
        "tests/corpus/line.tar.xz": b"\xfd7zXZ\0\xff",
    }) == (0, "")  # fmt: skip


def test_a_planted_binary_is_refused(tmp_path):
    program = pathlib.Path("/bin/true").read_bytes()
    status, said = check(tmp_path, {"tests/server/server": program})
    assert status == 1
    assert "tests/server/server is neither text nor" in said


def test_binaries_of_other_systems_and_libraries_are_refused(tmp_path):
    planted = {
        "a/program": b"\xcf\xfa\xed\xfe\x07\0\0\x01",  # Mach-O
        "a/program.exe": b"MZ\x90\0\x03",
        "a/classes.jar": b"PK\x03\x04\x14\0\x08",
        "a/library.a": b"!<arch>\n\xff",
        "a/Classes.class": b"\xca\xfe\xba\xbe\0\0",
    }
    status, said = check(tmp_path, planted)
    assert status == 1
    assert len(said.splitlines()) == len(planted), said


def test_a_binary_by_the_name_of_a_picture_is_refused(tmp_path):
    status, said = check(tmp_path, {"docs/picture.png": pathlib.Path("/bin/true").read_bytes()})
    assert status == 1
    assert "docs/picture.png" in said


def test_a_file_over_a_megabyte_is_refused(tmp_path):
    line = b"a line of text that is harmless in itself\n"
    status, said = check(tmp_path, {"docs/big.txt": line * (1_000_000 // len(line) + 1)})
    assert status == 1
    assert "docs/big.txt has 1,000,0" in said


def test_what_is_not_tracked_is_not_looked_at(tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "program").write_bytes(pathlib.Path("/bin/true").read_bytes())
    assert check(tmp_path) == (0, "")


def test_a_source_file_that_has_grown_too_long_is_refused(tmp_path):
    assert check(tmp_path, {"src/long.cc": b"\n" * 450, "docs/long.md": b"\n" * 900}) == (0, "")
    status, said = check(tmp_path, {"src/longer.cc": b"\n" * 451})
    assert status == 1
    assert "src/longer.cc has 451 lines" in said
