"""A model that travels over a DVC remote, by the commands of docs/serving.md, answers as it did."""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from stages.predictor import read_predictor
from tests.end_to_end.runs import REPOSITORY
from tests.repositories import commit_all, git

USER = "SYN-U-0001"


def dvc(folder: Path, *words: str) -> None:
    ran = subprocess.run([sys.executable, "-m", "dvc", *words], cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def recipe() -> list[list[str]]:
    """The commands up to the push, as words behind `dvc`."""
    text = (REPOSITORY / "docs/serving.md").read_text(encoding="utf-8")
    (line,) = [line for line in text.splitlines() if line.strip().startswith("dvc remote add")]
    return [shlex.split(part)[1:] for part in line.split("#")[0].split("&&")]


def test_pushed_here_and_pulled_there_it_gives_the_same_answers(trained: Path, tmp_path: Path) -> None:
    here = tmp_path / "here"
    shutil.copytree(trained / "models/peapod", here / "models/peapod")
    git(tmp_path, "init", "-q", str(here))
    dvc(here, "init", "-q")
    dvc(here, "add", "-q", "models/peapod")
    for words in recipe():
        dvc(here, *[str(tmp_path / "remote") if word == "PATH/TO/FOLDER" else word for word in words])
    commit_all(here)
    git(tmp_path, "clone", "-q", str(here), "there")
    assert not (tmp_path / "there/models/peapod").exists()
    wanted = read_predictor(here / "models/peapod").recommend(USER)
    shutil.rmtree(here)
    dvc(tmp_path / "there", "pull", "-q")
    assert read_predictor(tmp_path / "there/models/peapod").recommend(USER) == wanted
