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
    "stages/looped.py": (
        "from importlib import import_module\n"
        "def main(name):\n    import_module(f'pipeline.baselines.methods.{name}').FIT\n"
    ),
    "pipeline/baselines/__init__.py": "",
    "pipeline/baselines/methods/__init__.py": "",
    "pipeline/baselines/methods/one.py": "import pipeline.baselines.shared.a\n",
    "pipeline/baselines/methods/two.py": "import pipeline.right.c\n",
    "pipeline/baselines/shared/__init__.py": "",
    "pipeline/baselines/shared/a.py": "",
    "pipeline/baselines/other/__init__.py": "",
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


def test_a_loop_depends_on_its_own_module_and_on_what_any_of_them_imports(tree):
    # The folders beside those that they import are no dependency: the package is split.
    assert code_deps("looped", tree) == [
        "pipeline/__init__.py",
        "pipeline/baselines/__init__.py",
        "pipeline/baselines/methods/${item}.py",
        "pipeline/baselines/methods/__init__.py",
        "pipeline/baselines/shared",
        "pipeline/right",
        "pipeline/tables.py",
        "stages/looped.py",
    ]


def test_a_module_of_another_s_is_a_dependency_of_all(tree):
    # So dvc.yaml would have to list it, for every item: that's how it shows.
    (tree / "pipeline/baselines/methods/two.py").write_text("import pipeline.baselines.methods.one\n")
    assert "pipeline/baselines/methods/one.py" in code_deps("looped", tree)


@pytest.mark.parametrize("argument", ["name", "f'pipeline.{name}.x'", "f'{name}'", "f'pipeline.left.{name}'"])
def test_other_imports_by_name_are_refused(tree, argument):
    (tree / "stages/looped.py").write_text(f"def main(name):\n    import_module({argument})\n")
    with pytest.raises(ValueError, match=r"looped\.py: line 2: import_module wants f\"FOLDER"):
        code_deps("looped", tree)


def test_stages_are_the_modules_with_a_main(tree):
    assert stage_names(tree) == ["fit", "looped", "plain"]


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
