"""The side file of a stage: what it says, and that it is there after a stage that ended well alone."""

import hashlib
from pathlib import Path

import pytest

from pipeline.artifacts import read_json
from pipeline.runtime.provenance import FOLDER, KEPT, code_state, libraries, machine, recording, throughput
from tests.repositories import commit_all, git

CODE, HASHED = ("code",), ("params.yaml", "absent.lock")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/a.py").write_text("a = 1\n")
    (tmp_path / "params.yaml").write_text("seed: 1\n")
    commit_all(tmp_path)
    return tmp_path


def test_a_clean_commit_is_named(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    (repository / "metrics.json").write_text("{}")  # What the pipeline writes makes no code dirty.
    assert code_state(repository, CODE) == {"commit": commit, "dirty": False, "changed": []}


def test_changed_and_new_code_is_named(repository: Path) -> None:
    (repository / "code/a.py").write_text("a = 2\n")
    (repository / "code/b.py").write_text("b = 1\n")
    state = code_state(repository, CODE)
    assert state["dirty"] is True
    assert state["changed"] == ["code/a.py", "code/b.py"]


def test_without_git_nothing_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    nothing = {"commit": None, "dirty": None, "changed": []}
    assert code_state(tmp_path, CODE) == nothing
    monkeypatch.setenv("PATH", "")
    assert code_state(tmp_path, CODE) == nothing


def test_a_record_says_all_of_it(repository: Path) -> None:
    with recording(repository, "train", CODE, HASHED) as counts:
        counts["steps"] = 40
    record = read_json(repository / FOLDER / "train.json")
    assert record["stage"] == "train"
    assert record["params.yaml_md5"] == hashlib.md5(b"seed: 1\n").hexdigest()
    assert record["absent.lock_md5"] is None
    assert record["libraries"] == libraries()
    assert record["machine"] == machine()
    assert record["throughput"]["steps"]["count"] == 40
    assert record["seconds"] >= 0
    # This process has numpy and torch in memory: 20 MB and more, less than the machine has.
    assert 20e6 < record["peak_memory_bytes"] < record["machine"]["memory_bytes"]
    assert record["unfinished_work_found"] is False


def test_versions_are_those_that_are_imported() -> None:
    import numpy
    import torch

    assert libraries()["numpy"] == numpy.__version__
    assert torch.__version__.startswith(libraries()["torch"])


def test_throughput_by_hand() -> None:
    assert throughput({"reviews": 30}, 4.0) == {"reviews": {"count": 30, "per_second": 7.5}}
    assert throughput({}, 0.0) == {}


def test_work_of_an_earlier_run_is_told(repository: Path) -> None:
    (repository / "runs/train/0123/step-1").mkdir(parents=True)
    with recording(repository, "train", CODE, HASHED):
        pass
    assert read_json(repository / FOLDER / "train.json")["unfinished_work_found"] is True


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_stage_that_fails_leaves_none_not_even_an_earlier_one(
    repository: Path, error: type[BaseException]
) -> None:
    with recording(repository, "train", CODE, HASHED):
        pass
    with pytest.raises(error), recording(repository, "train", CODE, HASHED):
        raise error
    assert list((repository / FOLDER).iterdir()) == []


def test_a_second_folder_keeps_what_a_copy_of_the_repository_would_lose(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEPT, str(tmp_path / "kept/here"))
    with recording(repository, "train", CODE, HASHED):
        pass
    kept = tmp_path / "kept/here/train.json"
    assert kept.read_bytes() == (repository / FOLDER / "train.json").read_bytes()
