"""What is read of an experiment, in a repository made for it."""

from pathlib import Path

import pytest

from experiments.presets import arguments
from experiments.runs import Run, check_parameters, commit_of
from tests.repositories import commit_all, git
from tools.run_dvc import run_dvc


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("weight_decay: 0.1\nbaselines:\n  hgn:\n    weight_decay: 0.1\n")
    (tmp_path / "dvc.yaml").write_text("stages:\n  nothing:\n    cmd: echo\n    params: [weight_decay]\n")
    git(tmp_path, "init", "-q")
    assert run_dvc("init", "-q") == 0
    commit_all(tmp_path)
    return tmp_path


def test_small_numbers_given_by_a_preset_come_back_as_numbers(repository: Path) -> None:
    wanted = {"weight_decay": 1e-05, "baselines.hgn.weight_decay": [0.0001, 1e-06]}
    assert run_dvc("exp", "run", "--name", "small", *arguments(wanted)) == 0
    # DVC writes 1e-06, which is text in YAML 1.1.
    commit = commit_of("small")
    assert commit
    run = Run("small", commit)
    assert run.params["weight_decay"] == 1e-05
    assert run.params["baselines"]["hgn"]["weight_decay"] == [0.0001, 1e-06]
    check_parameters(run, wanted)
