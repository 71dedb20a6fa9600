"""The closure itself, on a made-up tree."""

from pathlib import Path

import pytest

from tests.contracts.closure import code_deps, param_sections, stage_names

FILES = {
    "stages/__init__.py": "",
    "stages/errors.py": "import sys\n",
    "stages/fit.py": (
        "import typer\nfrom pipeline.left.a import f\nfrom stages.errors import clear_errors\n"
        "class Params(Section):\n    seed: int\n    left: dict\n"
        "def main():\n    read_params(Params)\n"
    ),
    "stages/plain.py": "def main():\n    pass\n",
    "stages/helper.py": "def help():\n    pass\n",
    "pipeline/__init__.py": "",
    "pipeline/params.py": "",
    "pipeline/tables.py": "",
    "pipeline/unused.py": "",
    "pipeline/left/__init__.py": "",
    "pipeline/left/a.py": "def f():\n    from pipeline import params\n",
    "pipeline/left/b.py": "import pipeline.right.c\n",
    "pipeline/right/__init__.py": "",
    "pipeline/right/c.py": "from pipeline.tables import USERS\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_all_files_of_a_reached_folder_count(tree):
    # left/b.py isn't imported by the stage, but it is in a folder that is: so right and tables count too.
    assert code_deps("fit", tree) == [
        "pipeline/__init__.py",
        "pipeline/left",
        "pipeline/params.py",
        "pipeline/right",
        "pipeline/tables.py",
        "stages/errors.py",
        "stages/fit.py",
    ]
    assert code_deps("plain", tree) == ["stages/plain.py"]


def test_stages_are_the_modules_with_a_main(tree):
    assert stage_names(tree) == ["fit", "plain"]


def test_sections_are_the_fields_of_params(tree):
    assert param_sections("fit", tree) == ["left", "seed"]
    assert param_sections("plain", tree) == []


def test_params_of_another_class_are_refused(tree):
    (tree / "stages/odd.py").write_text("def main():\n    read_params(Other)\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.py: line 2: read_params wants this module's Params"):
        param_sections("odd", tree)


def test_relative_imports_are_refused(tree):
    (tree / "pipeline/left/b.py").write_text("from . import a\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"b\.py: line 1: relative import"):
        code_deps("fit", tree)
