"""What git tracks: no place of a machine, and the same bytes in every clone."""

import io
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.repositories import commit_all, git
from tools.closure import ROOT

FOLDERS = ("home", "root", "Users", "tmp", "work", "mnt", "private", "var/folders", "content")
PLACES = re.compile(rf"(?<![\w.~*}}])/({'|'.join(FOLDERS)})/\w|[A-Z]:\\+Users|[.]pyenv")
"""Folders that people's machines have; not those of a project, as in `.dvc/tmp/exps`."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """The file's text, of an archive of arrays the text in it."""
    if path.suffix == ".npz":
        with np.load(io.BytesIO(path.read_bytes())) as arrays:
            return arrays["document"].tobytes().decode()
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "names_one"),
    [
        (f"--data {Path('/') / 'work/shared/data'}", True),
        (f'"{Path("/") / "home/anna/x"}"', True),
        (f"C:{chr(92)}Users{chr(92)}anna", True),
        ("/data/reviews.json.gz", False),
        ("the folder .dvc/tmp/exps", False),
        ("https://example.org/", False),
    ],
)
def test_the_rule_itself(text: str, names_one: bool) -> None:
    assert bool(PLACES.search(text)) == names_one


def test_no_tracked_file_names_a_place_of_a_machine() -> None:
    here = {str(ROOT), f"{Path.home()}/"}
    wrong = []
    for path in tracked():
        text = text_of(path)
        found = [match[0] for match in PLACES.finditer(text)] + [place for place in here if place in text]
        wrong += [f"{path.relative_to(ROOT)}: {one}" for one in found]
    assert wrong == []


def test_a_clone_that_wants_crlf_has_the_same_bytes(tmp_path: Path) -> None:
    """DVC compares the bytes of code: with other line ends every stage would be stale."""
    original = tmp_path / "original"
    original.mkdir()
    (original / ".gitattributes").write_bytes((ROOT / ".gitattributes").read_bytes())
    kinds = {path.suffix or path.name: path for path in tracked()}
    for path in kinds.values():
        (original / path.name).write_bytes(path.read_bytes())
    commit_all(original)
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", "-c", "core.eol=crlf", str(original), "clone")
    assert len(kinds) > 10
    for path in kinds.values():
        assert (tmp_path / "clone" / path.name).read_bytes() == path.read_bytes(), path.name


def test_committed_text_has_lf_alone() -> None:
    listed = git(ROOT, "ls-files", "--eol").splitlines()
    assert [line for line in listed if line.split()[0] in ("i/crlf", "i/mixed")] == []
