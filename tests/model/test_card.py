"""The card of a checkpoint: figures of the very model, the parts it hasn't named as such, the same bytes."""

from pathlib import Path

from pipeline.model.card import model_card
from pipeline.model.checkpoint import save_checkpoint
from tests.tiny import prompts_config, tiny_model


def card(**changes: object) -> str:
    return model_card(tiny_model(**changes), prompts_config(**changes))


def test_parameters_are_those_of_the_model() -> None:
    parameters = sum(parameter.numel() for parameter in tiny_model().parameters())
    text = card()
    assert f"| parameters | {parameters:,} |" in text
    assert "| T5 layers | 2 encoder, 2 decoder |" in text
    assert "| collaborative prompt | 3 vectors, attention of 4 heads |" in text
    assert "| users | 12, embeddings of 10 values |" in text
    assert "| similar users a user | 4 |" in text


def test_parts_that_it_has_not() -> None:
    text = card(task=False, collaborative="none")
    assert "| task prompt | none |" in text
    assert "| collaborative prompt | none |" in text
    assert "similar users" not in text
    assert "| collaborative prompt | 3 vectors, mlp |" in card(collaborative="mlp")


def test_every_part_of_a_card_is_there() -> None:
    headings = [line for line in card().splitlines() if line.startswith("## ")]
    assert headings == ["## Parameters", "## Data", "## Intended use", "## Limits"]
    assert "{" not in card()


def test_it_is_written_with_the_checkpoint_twice_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_checkpoint(tmp_path / name, tiny_model(), prompts_config())
    one, two = ((tmp_path / name / "README.md").read_bytes() for name in ("one", "two"))
    assert one == two == card().encode()
