import json
import shutil
from pathlib import Path

import pytest
import yaml

from experiments.elsewhere import main
from experiments.results import Result

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


def test_an_unknown_preset_names_those_that_there_are(
    tmp_path: Path, presets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main("home", tmp_path, code="HEAD")
    assert "home: none of the presets away" in capsys.readouterr().err
