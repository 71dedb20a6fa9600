"""A copy of the code to which a test adds a toy of its own, and what that took."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.closure import ROOT


def copy_code(folder: Path, *names: str) -> Path:
    """Copy the code folders called `names`, of the parameters too where they are asked for."""
    for name in names:
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def replace_once(file: Path, old: str, new: str) -> None:
    """Replace the one place in `file` that says `old`: a toy that finds none, or two, is out of date."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file}: {old!r} stands {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")


def changed_files(folder: Path) -> set[str]:
    """The files of the copy in `folder` that the repository hasn't got, or has with another text."""
    files = (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
    names = {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}
    return {
        name
        for name, text in names.items()
        if not (ROOT / name).is_file() or (ROOT / name).read_bytes() != text
    }


def run_python(code: Path, *arguments: str) -> str:
    """Run Python with the copied code before the repository's, and return what it prints."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(code), str(ROOT)])}
    done = subprocess.run(
        [sys.executable, "-P", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
