"""Reasons are asked for with what the user has and with the item."""

from pathlib import Path

from pipeline.language_models.load import load_language_model
from pipeline.language_models.prompts.base import Case
from pipeline.language_models.reasons import reasons
from tests.backbones.causal.models import llama_folder

CASES = [Case(("lamp", "bell"), ("mug",)), Case(("rope",), ("tape", "string"))]


class Repeating:
    """Says what it was asked."""

    def write(self, prompts, most):
        return list(prompts)


def test_the_prompt_has_the_history_and_the_first_candidate() -> None:
    one, other = reasons(Repeating(), CASES)
    assert '"lamp", "bell"' in one
    assert 'would like "mug"' in one
    assert 'would like "tape"' in other
    assert "string" not in other


def test_a_small_model_is_loaded_and_writes(tmp_path: Path) -> None:
    llama_folder(tmp_path)
    found = reasons(load_language_model(str(tmp_path)), CASES)
    assert len(found) == 2
    assert all(isinstance(text, str) for text in found)
    assert found == reasons(load_language_model(str(tmp_path)), CASES)
