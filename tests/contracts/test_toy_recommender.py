"""A recommender of one's own: a module, a line of config.py, one of parameters, and stages take its name."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.artifacts import list_matrix, read_table, write_text
from pipeline.tables import RECOMMENDATIONS, USER_VECTORS
from tests.contracts.toys import changed_files, copy_code, replace_once
from tests.embeddings.settings import embeddings_config
from tests.evaluation.workspace import HISTORIES, ITEMS, PARAMS, write_workspace
from tests.params_files import repository_params, write_params_files

TOY = '''"""Toy: items that train shows together with those of the history."""

import numpy as np

from pipeline.recommenders.base import Fit, Fitted, TrainingData, Vectors, history_matrix
from pipeline.recommenders.hyperparameters import Settings


def fit_toy(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Score by shared users; a user's vector is what they have, an item's what it is together with."""
    known = history_matrix(data.histories, data.items)
    together = (known.T @ known).toarray()

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return np.asarray(history_matrix(histories, data.items) @ together)

    return Fitted(score, lambda width: Vectors(known.toarray(), together))


FIT: Fit = fit_toy
'''


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of what stages run, with data of a few users, before the toy."""
    copy_code(tmp_path, "pipeline", "stages")
    write_workspace(tmp_path)
    return tmp_path


def add_toy(repository: Path) -> None:
    write_text(repository / "pipeline/recommenders/toy.py", TOY)
    replace_once(
        repository / "pipeline/recommenders/config.py",
        "    s3rec: PretrainedSettings\n",
        "    toy: NoSettings\n\n    s3rec: PretrainedSettings\n",
    )
    baselines = repository_params()["baselines"] | {"toy": {}}
    sections = {"baselines": baselines, "embeddings": embeddings_config().model_dump() | {"method": "toy"}}
    write_params_files(repository, PARAMS | sections)


def stage(repository: Path, *command: str) -> None:
    """Run a stage of the copy; `check_params` is left out, since the other stages' sections are too few."""
    code = (
        "import sys, runpy, stages.recorded; stages.recorded.check = lambda *_, **__: None; "
        "sys.argv = sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_toy_recommends_and_makes_user_vectors(repository: Path) -> None:
    add_toy(repository)
    # The third is baselines.yaml.
    code = {name for name in changed_files(repository) if name.startswith("pipeline/")}
    assert code == {"pipeline/recommenders/toy.py", "pipeline/recommenders/config.py"}
    stage(repository, "stages.baseline", "toy", "--top", "3")
    stage(repository, "stages.embeddings")
    lists = read_table(repository / "predictions/toy/sequential.parquet", RECOMMENDATIONS)
    assert lists.num_rows == 3 * len(HISTORIES)
    vectors = list_matrix(read_table(repository / "data/embeddings/users.parquet", USER_VECTORS)["vector"])
    wanted = [[float(item in history[:3]) for item in range(ITEMS)] for history in HISTORIES]
    assert vectors.tolist() == wanted
    figures = json.loads((repository / "metrics/embeddings.json").read_text(encoding="utf-8"))
    assert (figures["method"], figures["dimensions"], figures["settings"]) == ("toy", ITEMS, {})
