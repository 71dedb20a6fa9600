"""A new task is a file, its line in the registry and its wordings: the stages train it and answer with it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml
from safetensors.numpy import load_file

from tools.closure import ROOT

pytestmark = pytest.mark.slow

TOY = '''"""The toy task: which item came first?"""

from pipeline.tasks.base import AnswerKind, Example, Question, Task


class Firsts:
    def __init__(self, histories):
        self._histories = histories
        self._users = histories.users()

    def __len__(self):
        return len(self._users)

    def draw(self, index, rng):
        user = int(self._users[index])
        return Example(Question(TOY, user, self._histories[user]), int(self._histories[user][0]))


class Toy(Task):
    name = "toy"
    placeholders = ("{user}", "{items}")
    answers = AnswerKind.ITEM

    def training(self, dataset, history, samples):
        return Firsts(dataset.train)

    def validation(self, dataset, history, rng):
        examples = Firsts(dataset.train)
        return [examples.draw(index, rng) for index in range(len(examples))]

    def test(self, dataset, history, rng):
        examples = Firsts(dataset.train)
        return {"toy": [examples.draw(index, rng).question for index in range(len(examples))]}


TOY = Toy()
'''


@pytest.fixture(scope="module")
def touched(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A workspace after training and generation with a toy task, and the files that it took."""
    code = tmp_path_factory.mktemp("code")
    for name in ("pipeline", "stages", "tools"):
        shutil.copytree(ROOT / name, code / name, ignore=shutil.ignore_patterns("__pycache__"))
    before = content(code)
    (code / "pipeline/tasks/toy.py").write_text(TOY)
    registry = code / "pipeline/tasks/registry.py"
    text = registry.read_text().replace("CHOICE)", "CHOICE, TOY)")
    registry.write_text(text.replace("\n\nPEAPOD", "\nfrom pipeline.tasks.toy import TOY\n\nPEAPOD"))
    templates = code / "pipeline/prompts/templates.yaml"
    templates.write_text(templates.read_text() + '\ntoy:\n  - "{user} {items}"\n')
    folder = Path(shutil.copytree(trained, tmp_path_factory.mktemp("toy") / "workspace"))
    params = yaml.safe_load((folder / "params.yaml").read_text())
    params["prompts"]["templates"] = str(templates)
    params["prompts"]["tasks"] = ["explanation", "sequential", "topn", "toy"]
    params["training"]["epochs"] = 1
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    environment = {"PYTHONPATH": str(code), "PATH": os.environ["PATH"], "OMP_NUM_THREADS": "1"}
    for stage in ("train", "generate"):
        line = [sys.executable, "-m", f"stages.{stage}"]
        done = subprocess.run(line, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    after = content(code)
    return folder, {name for name, text in after.items() if before.get(name) != text}


def content(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_it_takes_three_files(touched: tuple[Path, set[str]]) -> None:
    _, files = touched
    assert files == {
        "pipeline/tasks/toy.py",
        "pipeline/tasks/registry.py",
        "pipeline/prompts/templates.yaml",
    }


def test_it_is_trained_and_its_prompt_has_a_row(touched: tuple[Path, set[str]]) -> None:
    folder, _ = touched
    assert json.loads((folder / "metrics/training.json").read_text())["tasks"][-1] == "toy"
    assert load_file(folder / "models/peapod/model.safetensors")["prompts.task.table"].shape[0] == 4


def test_its_questions_are_answered(touched: tuple[Path, set[str]]) -> None:
    folder, _ = touched
    users = pq.read_table(folder / "data/preprocessed/users.parquet")["user"].to_pylist()
    answers = pq.read_table(folder / "predictions/peapod/toy.parquet")
    assert answers["user"].unique().to_pylist() == users
    assert answers["item"].null_count == 0
