"""The sections themselves, on made-up stages."""

from pathlib import Path

import pytest

from tests.contracts.sections import param_sections


def stage(root: Path, text: str) -> Path:
    (root / "stages").mkdir()
    (root / "stages/fit.py").write_text(text, encoding="utf-8")
    return root


def test_sections_are_the_fields_of_params(tmp_path: Path) -> None:
    fields = "class Params(Section):\n    seed: int\n    left: dict\n"
    assert param_sections("fit", stage(tmp_path, f"{fields}def main():\n    read_params(Params)\n")) == [
        "left",
        "seed",
    ]


def test_a_stage_without_params_reads_none(tmp_path: Path) -> None:
    assert param_sections("fit", stage(tmp_path, "def main():\n    pass\n")) == []


def test_params_of_another_class_are_refused(tmp_path: Path) -> None:
    root = stage(tmp_path, "def main():\n    read_params(Other)\n")
    with pytest.raises(ValueError, match=r"fit\.py: line 2: read_params wants this module's Params"):
        param_sections("fit", root)
