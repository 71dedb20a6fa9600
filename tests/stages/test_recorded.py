"""Stages that run as commands leave their record; nothing else does."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.artifacts import read_json
from pipeline.data.config import SampleConfig
from pipeline.data.sample import sample_file
from pipeline.randomness import generator
from pipeline.runtime.errors import clear_errors
from stages import preprocess
from stages.recorded import recorded
from tests.contracts.test_stages import stage_modules
from tests.end_to_end.runs import SMALL, parameters
from tools.closure import ROOT, tree


@clear_errors
def main(name: str, root: Path = Path()) -> dict[str, int]:
    if name == "bad":
        raise ValueError("no such name")
    (root / "out").write_text(name)
    return {"lines": 1}


def records(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.json"))


def test_a_command_of_a_loop_is_recorded_under_its_name(tmp_path: Path) -> None:
    recorded(main)(name="ease", root=tmp_path)
    assert records(tmp_path) == ["test_recorded@ease.json"]
    assert (
        read_json(tmp_path / "runs/provenance/test_recorded@ease.json")["throughput"]["lines"]["count"] == 1
    )


def test_the_function_alone_leaves_none(tmp_path: Path) -> None:
    main("ease", tmp_path)
    assert records(tmp_path) == []


def test_a_failed_command_leaves_none(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        recorded(main)(name="bad", root=tmp_path)
    assert records(tmp_path) == []
    assert capsys.readouterr().err == "error: no such name\n"


def test_of_several_processes_the_first_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    recorded(main)(name="ease", root=tmp_path)
    assert records(tmp_path) == []
    monkeypatch.setenv("RANK", "0")
    recorded(main)(name="ease", root=tmp_path)
    assert len(records(tmp_path)) == 1


def test_the_stages_of_dvc_yaml_are_recorded_and_no_other_command() -> None:
    found = []
    for file in sorted((ROOT / "stages").glob("*.py")):
        calls = {ast.unparse(node) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
        if "typer.run(recorded(main))" in calls:
            found.append(file.stem)
    assert found == stage_modules()


@pytest.fixture
def refusal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> Callable[..., str]:
    """Run a stage as its command does, below `tmp_path`, with changed parameters; return why it refuses."""
    monkeypatch.chdir(tmp_path)

    def run(stage: str, changes: dict[str, Any]) -> str:
        parameters(tmp_path, SMALL | changes)
        with pytest.raises(SystemExit) as ended:
            recorded(importlib.import_module(f"stages.{stage}").main)()
        assert ended.value.code == 1
        return capfd.readouterr().err

    return run


def test_a_stage_that_reads_one_section_refuses_faults_of_others(
    refusal: Callable[..., str], tmp_path: Path
) -> None:
    told = refusal("sample", {"dataset.duplicates": "all", "evaluation.topn_cutoffs": [17]})
    assert told.startswith("error: params.yaml: 3 fault(s)\n")
    assert "decoding.exclude_seen leaves out the repeats that dataset.duplicates all keeps" in told
    assert "evaluation.topn_cutoffs cuts lists off at 17, but dataset.negatives (15) makes 16" in told
    assert "decoding.top keeps 10 items" in told
    assert sorted(path.name for path in tmp_path.iterdir()) == ["baselines.yaml", "params.yaml"]


def test_preprocess_and_all_behind_it_refuse_what_the_dataset_does_not_allow(
    refusal: Callable[..., str], tmp_path: Path
) -> None:
    raw = tmp_path / "own.json.gz"
    raw.write_bytes(sample_file(SampleConfig(users=60, items=50, reviews=480), generator(1, "sample")))
    for stage in ("preprocess", "embeddings"):
        told = refusal(stage, {"dataset.raw": str(raw), "neighbours.count": 60})
        assert told == (
            "error: params.yaml: 1 fault(s)\n"
            "  neighbours.count (60) is above the other users of the dataset (59): lower it to at most 59\n"
        )
        assert records(tmp_path / "runs") == []
    # The counts are of another dataset than the one that is to be counted.
    parameters(tmp_path, SMALL | {"dataset.raw": str(raw), "neighbours.count": 59})
    recorded(preprocess.main)()
    assert records(tmp_path / "runs") == ["preprocess.json"]


def test_an_absent_params_file_is_the_stages_own_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        recorded(preprocess.main)()
    assert capfd.readouterr().err == "error: params.yaml: no such file\n"


def test_what_the_check_imports_is_no_part_of_a_stage() -> None:
    """Else a change of any section would make every stage run anew."""
    ours = "name for name in sys.modules if name.startswith(('stages', 'tools'))"
    loaded = f"import sys, stages.recorded; print(*({ours}))"
    names = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(names.stdout.split()) == {"stages", "stages.checks", "stages.recorded"}


def test_the_check_loads_nothing_that_is_slow() -> None:
    loaded = "import sys, tools.check_params; print(*sys.modules)"
    names = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Not pyarrow, a third of a second: the tasks, whose names are checked, know how examples are stored.
    slow = {"torch", "scipy", "sklearn", "cornac", "transformers", "tokenizers", "sentencepiece"}
    assert slow & set(names.stdout.split()) == set()
