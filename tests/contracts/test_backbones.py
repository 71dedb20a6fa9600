"""No code knows which language model stands under the prompts, but where each is entered."""

import re
from pathlib import Path

import pytest

from tests.contracts.test_architecture import PIPELINE, name_of
from tools.closure import ROOT

CODE = [*PIPELINE, *sorted((ROOT / "stages").glob("*.py")), *sorted((ROOT / "tools").glob("*.py"))]
ENTRIES = {
    "t5": {
        "pipeline/backbones/begin.py": "which state decodes it",
        "pipeline/backbones/build.py": "how it is made",
        "pipeline/backbones/config.py": "that it can be made from sizes",
    },
    "llama": {
        "pipeline/backbones/causal/build.py": "its classes of transformers",
        "pipeline/backbones/config.py": "that it can be made from sizes",
        "pipeline/report/choice.py": "whose figures LLaRA's authors published",
    },
}
"""The files outside its own folder that name a backbone, and why; docs and params.yaml apart."""


def names(file: Path, backbone: str) -> bool:
    return re.search(rf"(?i)(?<![a-z]){backbone}", file.read_text(encoding="utf-8")) is not None


@pytest.mark.parametrize("backbone", ENTRIES)
def test_a_backbone_is_named_where_it_is_entered_and_nowhere_else(backbone: str) -> None:
    own = f"pipeline/backbones/{backbone}/"
    found = {name_of(file) for file in CODE if names(file, backbone) and not name_of(file).startswith(own)}
    assert found == set(ENTRIES[backbone])
    assert len(found) <= 3


@pytest.mark.parametrize("module", ["transformers", "peft", "gguf"])
def test_libraries_of_language_models_are_imported_by_backbones_alone(module: str) -> None:
    wanted = re.compile(rf"^\s*(from|import) {module}\b", re.MULTILINE)
    wrong = [name_of(file) for file in CODE if wanted.search(file.read_text(encoding="utf-8"))]
    outside = {name for name in wrong if not name.startswith("pipeline/backbones/")}
    asked = "pipeline/language_models/pretrained.py"
    assert outside <= {"pipeline/prompts/tokenizer.py", "pipeline/embeddings/texts.py", asked}
