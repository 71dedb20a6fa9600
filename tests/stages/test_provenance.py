"""Stages that run as commands leave their record; nothing else does."""

import ast
from pathlib import Path

import pytest

from pipeline.artifacts import read_json
from stages.errors import clear_errors
from stages.provenance import recorded
from tests.contracts.test_stages import stage_modules
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


def test_the_stages_of_dvc_yaml_are_recorded_and_no_other_command() -> None:
    found = []
    for file in sorted((ROOT / "stages").glob("*.py")):
        calls = {ast.unparse(node) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)}
        if "typer.run(recorded(main))" in calls:
            found.append(file.stem)
    assert found == stage_modules()
