"""What is read of an experiment, in a repository made for it."""

from pathlib import Path

import pytest

from experiments.presets import arguments
from experiments.runs import Run, check_parameters, commit_of
from pipeline.artifacts import ArtifactError
from pipeline.decoding.config import DecodingConfig
from tests.repositories import commit_all, git
from tools.run_dvc import run_dvc


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text("training:\n  learning_rate: 0.1\n")
    (tmp_path / "baselines.yaml").write_text("baselines:\n  hgn:\n    weight_decay: 0.1\n")
    (tmp_path / "dvc.yaml").write_text("stages:\n  nothing:\n    cmd: echo\n    params: [training]\n")
    git(tmp_path, "init", "-q")
    assert run_dvc("init", "-q") == 0
    commit_all(tmp_path)
    return tmp_path


def test_small_numbers_given_by_a_preset_come_back_as_numbers(repository: Path) -> None:
    wanted = {"training.learning_rate": 1e-05, "baselines.hgn.weight_decay": [0.0001, 1e-06]}
    assert run_dvc("exp", "run", "--name", "small", *arguments(wanted)) == 0
    # DVC writes 1e-06, which is text in YAML 1.1.
    commit = commit_of("small")
    assert commit
    run = Run("small", commit)
    assert run.params["training"]["learning_rate"] == 1e-05
    assert run.params["baselines"]["hgn"]["weight_decay"] == [0.0001, 1e-06]
    check_parameters(run, wanted)


def test_a_key_that_the_file_leaves_to_its_default_is_added(repository: Path) -> None:
    wanted = {"training.clip": 2.5, "model.lora.rank": 8, "baselines.hgn.epochs": 3}
    assert run_dvc("exp", "run", "--name", "added", *arguments(wanted)) == 0
    run = Run("added", commit_of("added") or "")
    assert run.params["training"]["clip"] == 2.5
    assert run.params["model"]["lora"]["rank"] == 8
    assert run.params["baselines"]["hgn"] == {"weight_decay": 0.1, "epochs": 3}
    check_parameters(run, wanted)


def test_what_a_runs_files_leave_out_has_its_default(repository: Path) -> None:
    head = git(repository, "rev-parse", "HEAD").strip()
    assert Run("head", head).params["decoding"]["min_tokens"] == DecodingConfig().min_tokens
    with pytest.raises(ArtifactError, match=r"head ran with decoding.min_tokens 1, .* its sweep says 11"):
        check_parameters(Run("head", head), {"decoding.min_tokens": 11})


def test_a_run_without_baselines_yaml_had_all_parameters_in_one_file(repository: Path) -> None:
    (repository / "params.yaml").write_text("training: {learning_rate: 0.1}\nbaselines: {hgn: {epochs: 3}}\n")
    (repository / "baselines.yaml").unlink()
    commit_all(repository)
    run = Run("old", git(repository, "rev-parse", "HEAD").strip())
    assert run.params == {"training": {"learning_rate": 0.1}, "baselines": {"hgn": {"epochs": 3}}}
    # It knew nothing of this one, so that it can't differ in it.
    check_parameters(run, {"decoding.min_tokens": 11})
