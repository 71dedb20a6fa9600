import json
import shutil
from pathlib import Path

import pytest
import yaml

from experiments.archive import read_run
from experiments.elsewhere import main
from experiments.results import Result
from experiments.runs import metrics_files
from pipeline.artifacts import write_json
from stages.evaluate import main as evaluate
from tests.evaluation.workspace import PARAMS, write_training, write_workspace

ROOT = Path(__file__).parents[2]


@pytest.fixture
def presets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of presets with one that changes what the sample's run had."""
    here = tmp_path / "experiments"
    (here / "results").mkdir(parents=True)
    preset = {"description": "", "raw": "x", "params": {"training.epochs": 16, "report.title": "X"}}
    (here / "away.yaml").write_text(yaml.safe_dump(preset))
    monkeypatch.setattr("experiments.presets.HERE", here)
    monkeypatch.setattr("experiments.results.HERE", here)
    return here


def finished(folder: Path, epochs: int) -> Path:
    """The sample's committed metrics, as a run of so many epochs left them."""
    shutil.copytree(ROOT / "metrics", folder / "metrics")
    params = {"training": {"epochs": epochs}, "report": {"title": "X"}, "decoding": {"exclude_seen": False}}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    return folder


def test_a_folder_is_kept_as_an_experiment_is(tmp_path: Path, presets: Path) -> None:
    main("away", finished(tmp_path, 16), code="HEAD")
    kept = Result.read(presets / "results/away.json")
    assert kept.sequential.plain() == json.loads((ROOT / "metrics/sequential.json").read_text())
    assert not kept.exclude_seen
    assert kept.code


def test_another_run_is_refused(tmp_path: Path, presets: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main("away", finished(tmp_path, 3), code="HEAD")
    assert "away ran with training.epochs 3" in capsys.readouterr().err
    assert not (presets / "results/away.json").exists()


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished workspace, and a sweep `ways` of one factor that it is a variant of."""
    here = tmp_path / "experiments"
    here.mkdir()
    levels = {"third": {"seed": 3}, "first": {"seed": PARAMS["seed"], "choices.candidates": 3}}
    sweep = {"title": "W", "description": "d", "base": "first", "factors": {"way": levels}}
    (here / "ways.yaml").write_text(yaml.safe_dump(sweep))
    monkeypatch.setattr("experiments.sweeps.HERE", here)
    monkeypatch.setattr("experiments.archive.RUNS", tmp_path / "runs")
    folder = tmp_path / "away"
    write_workspace(folder)
    write_training(folder)
    evaluate(root=folder)
    for name in metrics_files(PARAMS):
        if not (folder / f"metrics/{name}.json").is_file():
            write_json(folder / f"metrics/{name}.json", {})
    write_json(folder / "runs/provenance/train.json", {"seconds": 12.5})
    return folder


def test_a_variant_of_a_sweep_is_archived_with_its_predictions_scores(away: Path, tmp_path: Path) -> None:
    main("ways", away, code="HEAD", variant="first")
    found = read_run(tmp_path / f"runs/ways-first-seed-{PARAMS['seed']}.npz")
    assert found.seconds == {"train": 12.5}
    assert {"sequential", "topn"} <= set(found.scores)
    peapod = found.scores["sequential"]["peapod"]
    metrics = json.loads((away / "metrics/sequential.json").read_text())["peapod"]
    total = peapod.columns.sum(axis=0)
    for name, statistic in peapod.metrics.items():
        assert statistic(total) == pytest.approx(metrics[name]["value"], abs=1e-6)


def test_a_variant_that_ran_otherwise_or_is_none_is_refused(
    away: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main("ways", away, code="HEAD", variant="third")
    assert "ran with seed 1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main("ways", away, code="HEAD", variant="fourth")
    assert "the variants of sweep ways are first; third" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_an_unknown_preset_names_those_that_there_are(
    tmp_path: Path, presets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main("home", tmp_path, code="HEAD")
    assert "home: none of the presets away" in capsys.readouterr().err
