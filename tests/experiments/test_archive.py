"""What is archived of a run gives the scores that its predictions give, on any clone."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from experiments import archive
from experiments.archive import ArchivedRun, archive_run, find_run, read_run, scores_of
from experiments.runs import Run, records_of
from experiments.scores import Wanted, scores
from pipeline.artifacts import ArtifactError, read_table, write_json
from stages.evaluate import main as evaluate
from tests.evaluation.workspace import PARAMS, write_choices, write_training, write_workspace


class Finished(Run):
    """A run whose files lie in a folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__("sweep-variant-seed-42", "")
        self.__dict__.update(folder=folder, params=PARAMS, code="abc1234")

    def stored(self, name: str) -> Any:
        path = self.__dict__["folder"] / f"metrics/{name}.json"
        return json.loads(path.read_text()) if path.is_file() else {"name": name}

    def table(self, path: str, schema: pa.Schema) -> pa.Table:
        return read_table(self.__dict__["folder"] / path, schema)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finished:
    monkeypatch.setattr(archive, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(archive, "commit_of", lambda name: None)
    write_workspace(tmp_path / "workspace")
    write_training(tmp_path / "workspace")
    evaluate(root=tmp_path / "workspace")
    monkeypatch.chdir(tmp_path / "workspace")
    write_json(records_of("sweep-variant-seed-42") / "train.json", {"seconds": 12.5})
    return Finished(tmp_path / "workspace")


@pytest.mark.parametrize("baselines", [True, False])
@pytest.mark.parametrize("floors", [True, False])
def test_kept_scores_are_those_of_the_predictions(run: Finished, baselines: bool, floors: bool) -> None:
    archive_run(run)
    found = find_run(run.name)
    assert isinstance(found, ArchivedRun)
    wanted = Wanted(baselines, floors)
    one, other = scores(run, wanted), scores_of(found, wanted)
    assert {task: list(methods) for task, methods in one.items()} == {
        task: list(methods) for task, methods in other.items()
    }
    assert set(one) == {"sequential", "topn", "explanation"}
    for task, methods in one.items():
        for method, sums in methods.items():
            again = other[task][method]
            np.testing.assert_array_equal(again.columns, sums.columns)
            assert list(again.metrics) == list(sums.metrics)
            total = sums.columns.sum(axis=0)
            for name, statistic in sums.metrics.items():
                assert again.metrics[name](total) == statistic(total), (task, method, name)


def test_of_a_model_that_chooses_its_choices_are_kept_and_nothing_else(run: Finished) -> None:
    folder = run.__dict__["folder"]
    write_choices(folder)
    evaluate(root=folder)
    run.__dict__["params"] = PARAMS | {"prompts": {"tasks": ["choice"]}}
    archive_run(run)
    found = find_run(run.name)
    assert found is not None
    kept = scores_of(found, Wanted(baselines=True, floors=True))["choice"]
    assert list(scores(run, Wanted(baselines=True, floors=True))) == ["choice"]
    metrics = run.stored("choice")
    assert found.stored("choice") == metrics
    for method in ("peapod", "second"):
        totals = kept[method].columns.sum(axis=0)
        hits = kept[method].metrics["HR@1"](totals)
        assert hits == pytest.approx(metrics["redrawn"][method]["mean"], abs=1e-6)
    assert "ValidRatio_within" in kept["peapod"].metrics
    assert list(kept["second"].metrics) == ["HR@1"]


def test_what_else_tables_ask_of_a_run_is_kept(run: Finished) -> None:
    archive_run(run)
    found = find_run(run.name)
    assert found is not None
    # Not where another machine had its data.
    params = PARAMS | {"dataset": PARAMS["dataset"] | {"raw": "reviews.json.gz"}}
    assert (found.name, found.code, found.params) == (run.name, "abc1234", params)
    assert found.seconds == run.seconds == {"train": 12.5}
    assert not found.here
    assert found.held_out == run.held_out
    for name in (
        "topn",
        "beyond",
        "explanation",
        "training",
        "baselines/second",
        "explanation_baselines/nrt",
    ):
        assert found.stored(name) == run.stored(name)
    with pytest.raises(
        ArtifactError, match=r"sweep-variant-seed-42 is archived without data/x.parquet; run it again"
    ):
        found.table("data/x.parquet", pa.schema([]))


@pytest.mark.parametrize(("code", "taken"), [("abc1234", ArchivedRun), ("abc1234+", Run)])
def test_of_an_experiment_and_its_file_the_file_is_read_unless_code_was_changed(
    run: Finished, monkeypatch: pytest.MonkeyPatch, code: str, taken: type
) -> None:
    archive_run(run)
    monkeypatch.setattr(archive, "commit_of", lambda name: "1234567")
    monkeypatch.setattr(Run, "code", code)
    assert type(find_run(run.name)) is taken


def test_an_experiment_and_a_file_of_other_code_are_both_named(
    run: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive_run(run)
    monkeypatch.setattr(archive, "commit_of", lambda name: "1234567")
    monkeypatch.setattr(Run, "code", "def5678")
    with pytest.raises(ArtifactError, match=r"code of def5678, .*seed-42.npz with code of abc1234"):
        find_run(run.name)


def test_what_is_held_out_tells_runs_apart(run: Finished, tmp_path: Path) -> None:
    write_workspace(tmp_path / "other", prefix="another ")
    assert Finished(tmp_path / "other").held_out != run.held_out


def test_the_same_run_gives_the_same_bytes(run: Finished) -> None:
    first = archive_run(run).read_bytes()
    assert archive_run(run).read_bytes() == first
    assert [path.name for path in archive.RUNS.iterdir()] == ["sweep-variant-seed-42.npz"]


def test_no_run_is_none(run: Finished) -> None:
    assert find_run(run.name) is None


@pytest.mark.parametrize("damage", [lambda data: data[:-40], lambda data: b"", lambda data: b"no archive"])
def test_a_damaged_file_is_named(run: Finished, damage: Any) -> None:
    path = archive_run(run)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ArtifactError, match=r"sweep-variant-seed-42.npz: no archived run, or a damaged one"):
        read_run(path)


def test_a_file_of_another_format_is_named(run: Finished, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive_run(run)
    monkeypatch.setattr(archive, "FORMAT", 2)
    with pytest.raises(ArtifactError, match=r"seed-42.npz: format 1 with columns .*are wanted \(format 2\)"):
        read_run(path)


def test_sums_of_other_columns_are_not_read_as_if_they_were_these(
    run: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = archive_run(run)
    monkeypatch.setattr(archive, "MEANS", ("ROUGE-1", "new"))
    with pytest.raises(ArtifactError, match=r"seed-42.npz: .*columns .*ROUGE-2.* others are wanted"):
        read_run(path)
