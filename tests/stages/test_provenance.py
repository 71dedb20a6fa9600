"""Stages that run as commands leave their record; nothing else does."""

import ast
from pathlib import Path

import pytest

from pipeline.artifacts import read_json
from stages.errors import clear_errors
from stages.provenance import recorded
from tests.contracts.closure import ROOT, stage_names


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
    assert records(tmp_path) == ["test_provenance@ease.json"]
    assert (
        read_json(tmp_path / "runs/provenance/test_provenance@ease.json")["throughput"]["lines"]["count"] == 1
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


def test_every_stage_of_dvc_yaml_is_recorded() -> None:
    without = []
    for stage in stage_names():
        tree = ast.parse((ROOT / f"stages/{stage}.py").read_text(encoding="utf-8"))
        calls = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if "typer.run(recorded(main))" not in calls:
            without.append(stage)
    assert without == []
