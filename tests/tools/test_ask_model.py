"""Both questions to a small model, over a workspace."""

import json
from pathlib import Path

import pytest

from tests.backbones.causal.models import llama_folder
from tests.evaluation.workspace import write_workspace
from tools.ask_model import GROUPS, contamination, reasons, sensitivity


@pytest.fixture
def model(tmp_path: Path) -> str:
    write_workspace(tmp_path)
    llama_folder(tmp_path / "model")
    return str(tmp_path / "model")


def test_contamination_of_a_small_model(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contamination(model, users=3, root=tmp_path)
    found = json.loads(capsys.readouterr().out)
    assert found["pairs"] == 3
    assert 0 < found["p"] <= 1


def test_sensitivity_of_a_small_model(model, tmp_path, capsys) -> None:
    sensitivity(model, users=2, candidates=3, k=2, root=tmp_path)
    found = json.loads(capsys.readouterr().out)
    assert set(found["jaccard"]["groups"]) == set(GROUPS)
    assert all(0 <= one["SNSR"] <= 1 for one in found.values())


def test_reasons_of_a_small_model(model, tmp_path, capsys) -> None:
    reasons(model, users=2, root=tmp_path)
    assert 1 <= len(json.loads(capsys.readouterr().out)) <= 2


def test_a_model_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_workspace(tmp_path)
    with pytest.raises(SystemExit):
        contamination("/no/such/model", root=tmp_path)
    assert "no causal model here" in capsys.readouterr().err
