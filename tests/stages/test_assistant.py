"""Stage `assistant` behind a small run: with all of the say, either part is itself again."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import read_table
from pipeline.tables import RECOMMENDATIONS
from stages.assistant import main
from stages.baseline import main as baseline
from tests.params_files import read_params_files, write_params_files


def assist(root: Path, weights: list[float], name: str = "ease") -> dict:
    """Run the stage with these weights alone, without their check; return what it records."""
    document = read_params_files(root)
    document["assistant"]["weights"] = weights
    document["baselines"]["ease"]["regularization"] = [10.0, 100.0]
    write_params_files(root, document)
    baseline(name, 10, root)
    main(name, root)
    record = json.loads((root / f"metrics/assistants/{name}.json").read_text())
    assert record == json.loads((root / f"predictions/peapod_{name}/assistant.json").read_text())
    return record


def lists(root: Path, file: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row in read_table(root / f"predictions/{file}.parquet", RECOMMENDATIONS).to_pylist():
        found.setdefault(row["user"], []).append(row["item"])
    return found


@pytest.fixture
def root(trained: Path, tmp_path: Path) -> Path:
    """A copy of what the stages leave, up to the model's own predictions."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


@pytest.fixture
def any_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test have one weight alone."""
    monkeypatch.setattr("pipeline.decoding.config.PARTS", frozenset())


@pytest.mark.usefixtures("any_weights")
def test_with_all_weight_the_model_answers_as_without_bit_for_bit(root: Path) -> None:
    record = assist(root, [1.0])
    assert record["weight"] == {"sequential": 1.0, "topn": 1.0}
    for task in ("sequential", "topn", "topn_sequential"):
        one = read_table(root / f"predictions/peapod_ease/{task}.parquet", RECOMMENDATIONS)
        assert one.equals(read_table(root / f"predictions/peapod/{task}.parquet", RECOMMENDATIONS)), task


@pytest.mark.usefixtures("any_weights")
def test_without_weight_the_lists_are_the_baselines(root: Path) -> None:
    record = assist(root, [0.0])
    searched = json.loads((root / "metrics/baselines/ease.json").read_text())["validation"]
    (alone,) = record["tried"]["sequential"]
    # Beams as many as prefixes drop nothing; the search of the baseline ranked all items.
    assert alone["NDCG@10"] == pytest.approx(searched["NDCG@10"], abs=1e-3)
    for ours, task in (("sequential", "sequential"), ("topn", "topn"), ("topn_sequential", "topn")):
        wanted = lists(root, f"ease/{task}")
        found = lists(root, f"peapod_ease/{ours}")
        assert found.keys() == wanted.keys()
        same = np.mean([found[user] == wanted[user] for user in wanted])
        # Items of nearly one score may change places.
        assert same > 0.9, ours
        assert np.mean([found[user][0] == wanted[user][0] for user in wanted]) > 0.98, ours


def test_a_rerun_takes_up_what_was_answered_and_ends_with_the_same_bytes(root: Path) -> None:
    assist(root, [1.0, 0.5, 0.0])
    file = root / "predictions/peapod_ease/sequential.parquet"
    before = file.read_bytes()
    main("ease", root)
    assert file.read_bytes() == before
    assert not list((root / "runs/assistant@ease").glob("*"))
