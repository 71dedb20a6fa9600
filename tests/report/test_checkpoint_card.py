"""The card of a checkpoint: figures of the very model, the parts that it hasn't named as such."""

from pathlib import Path

import pytest

from pipeline.artifacts import read_json
from pipeline.model.checkpoint import save_checkpoint
from pipeline.report.checkpoint_card import checkpoint_card
from pipeline.report.documents import ReportError, document
from tests.tiny import prompts_config, tiny_model

PARAMETERS = 1_234


def card(folder: Path, **changes: object) -> str:
    save_checkpoint(folder, tiny_model(**changes), prompts_config(**changes))
    return checkpoint_card(document("config.json", read_json(folder / "config.json")), PARAMETERS)


def test_parameters_are_those_of_the_model(tmp_path: Path) -> None:
    text = card(tmp_path)
    assert "| parameters | 1,234 |" in text
    assert "| backbone | t5 |\n| layers | 2 |" in text
    assert "| width | 16; feed-forward 32; 4 heads of 4 |" in text
    assert "| collaborative prompt | 3 vectors, attention of 4 heads |" in text
    assert "| users | 12, embeddings of 10 values |" in text
    assert "| similar users a user | 4 |" in text


def test_parts_that_it_has_not(tmp_path: Path) -> None:
    text = card(tmp_path, task=False, collaborative="none")
    assert "| task prompt | none |" in text
    assert "| collaborative prompt | none |" in text
    assert "similar users" not in text
    assert "| collaborative prompt | 3 vectors, mlp |" in card(tmp_path, collaborative="mlp")


def test_every_part_of_a_card_is_there(tmp_path: Path) -> None:
    headings = [line for line in card(tmp_path).splitlines() if line.startswith("## ")]
    assert headings == ["## Parameters", "## Data", "## Intended use", "## Limits"]
    assert "{" not in card(tmp_path)


def test_a_field_that_is_missing_is_named() -> None:
    with pytest.raises(ReportError, match=r"config.json: backbone: no field 'name'"):
        checkpoint_card(document("config.json", {"backbone": {"sizes": {}}, "prompts": {}}), PARAMETERS)
