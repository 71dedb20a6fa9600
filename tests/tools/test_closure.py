"""The closure itself, on a made-up tree."""

from pathlib import Path

import pytest

from tools.closure import closure, imported_names

FILES = {
    "stages/__init__.py": "",
    "pipeline/runtime/errors.py": "import sys\n",
    "stages/fit.py": (
        "import typer\nfrom pipeline.left.a import f\nfrom pipeline.runtime.errors import clear_errors\n"
        "def main():\n    pass\n"
    ),
    "stages/plain.py": "def main():\n    pass\n",
    "stages/looped.py": (
        "from importlib import import_module\n"
        "def main(name):\n    import_module(f'pipeline.methods.{name}').FIT\n"
    ),
    "pipeline/__init__.py": '"""What it is."""\n',
    "pipeline/params.py": "A = 1\n",
    "pipeline/tables.py": "USERS = 1\n",
    "pipeline/unused.py": "B = 1\n",
    "pipeline/left/__init__.py": "",
    "pipeline/left/a.py": "def f():\n    from pipeline import params\n",
    "pipeline/left/b.py": "import pipeline.right.c\n",
    "pipeline/left/page.html": "<p>",
    "pipeline/methods/__init__.py": "",
    "pipeline/methods/one.py": "import pipeline.shared.a\n",
    "pipeline/methods/two.py": "import pipeline.right.c\n",
    "pipeline/right/__init__.py": "",
    "pipeline/right/c.py": "from pipeline.tables import USERS\n",
    "pipeline/shared/__init__.py": "D = 1\n",
    "pipeline/shared/a.py": "E = 1\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        write(tmp_path, name, text)
    return tmp_path


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def names(root: Path, stage: str, loop: bool = False) -> list[str]:
    found = closure([root / f"stages/{stage}.py"], root, loop)
    return sorted(file.relative_to(root).as_posix() for file in found)


def test_it_is_what_is_imported_and_no_file_beside_it(tree):
    wanted = ["pipeline/left/a.py", "pipeline/params.py", "pipeline/runtime/errors.py", "stages/fit.py"]
    assert names(tree, "fit") == wanted
    assert names(tree, "plain") == ["stages/plain.py"]


def test_an_init_counts_only_where_it_does_something(tree):
    write(tree, "pipeline/__init__.py", '"""What it is."""\n\nimport pipeline.unused\n')
    assert {"pipeline/__init__.py", "pipeline/unused.py"} <= set(names(tree, "fit"))
    write(tree, "pipeline/left/__init__.py", "from pipeline.left import b\n")
    assert {"pipeline/left/__init__.py", "pipeline/left/b.py"} <= set(names(tree, "fit"))


@pytest.mark.parametrize(
    "line",
    [
        "import pipeline.right.c",
        "import pipeline.right.c as c",
        "from pipeline.right import c",
        "from pipeline.right.c import USERS",
        "from pipeline.right.c import *",
        "if 1:\n    import pipeline.right.c",
        "class A:\n    from pipeline.right import c",
        "try:\n    import pipeline.right.c\nexcept ImportError:\n    pass",
    ],
)
def test_every_form_of_an_import_counts(tree, line):
    write(tree, "stages/plain.py", f"{line}\n")
    assert names(tree, "plain") == ["pipeline/right/c.py", "pipeline/tables.py", "stages/plain.py"]


def test_a_module_beside_a_folder_of_its_name_is_found(tree):
    write(tree, "pipeline/left/page/data.csv", "1\n")
    write(tree, "pipeline/left/page.py", "F = 1\n")
    write(tree, "stages/plain.py", "from pipeline.left import page\n")
    assert names(tree, "plain") == ["pipeline/left/page.py", "stages/plain.py"]


def test_a_package_hides_a_module_of_its_name(tree):
    write(tree, "pipeline/right.py", "G = 1\n")
    write(tree, "stages/plain.py", "from pipeline.right import c\n")
    assert names(tree, "plain") == ["pipeline/right/c.py", "pipeline/tables.py", "stages/plain.py"]


def test_imports_in_a_circle_end(tree):
    write(tree, "pipeline/tables.py", "import pipeline.right.c\n")
    write(tree, "stages/plain.py", "import pipeline.right.c\n")
    assert names(tree, "plain") == ["pipeline/right/c.py", "pipeline/tables.py", "stages/plain.py"]


def test_who_says_where_it_lies_may_read_what_lies_there(tree):
    write(
        tree, "pipeline/left/a.py", "import pathlib\nPAGE = pathlib.Path(__file__).with_name('page.html')\n"
    )
    write(tree, "pipeline/left/deep/words.txt", "word\n")
    write(tree, "pipeline/left/__pycache__/a.pyc", "compiled")
    write(tree, "pipeline/left/.page.swp", "an editor's")
    assert names(tree, "fit") == [
        "pipeline/left/a.py",
        "pipeline/left/deep/words.txt",
        "pipeline/left/page.html",
        "pipeline/runtime/errors.py",
        "stages/fit.py",
    ]


def test_a_loop_depends_on_its_own_module_and_on_what_any_of_them_imports(tree):
    assert names(tree, "looped", loop=True) == [
        "pipeline/methods/${item}.py",
        "pipeline/right/c.py",
        "pipeline/shared/__init__.py",
        "pipeline/shared/a.py",
        "pipeline/tables.py",
        "stages/looped.py",
    ]


def test_a_stage_that_is_no_loop_depends_on_all_modules_of_the_folder(tree):
    wanted = set(names(tree, "looped", loop=True)) - {"pipeline/methods/${item}.py"}
    assert set(names(tree, "looped")) == wanted | {"pipeline/methods/one.py", "pipeline/methods/two.py"}


def test_a_module_of_another_s_is_a_dependency_of_all(tree):
    # So dvc.yaml lists it for every item: that's how it shows.
    write(tree, "pipeline/methods/two.py", "import pipeline.methods.one\n")
    assert "pipeline/methods/one.py" in names(tree, "looped", loop=True)


def refused(tree: Path, text: str, message: str) -> None:
    write(tree, "stages/looped.py", text)
    with pytest.raises(ValueError, match=message):
        names(tree, "looped")


@pytest.mark.parametrize("argument", ["name", "f'pipeline.{name}.x'", "f'{name}'", "f'torch.{name}'", "'x'"])
def test_other_imports_by_name_are_refused(tree, argument):
    text = f"def main(name):\n    import_module({argument})\n"
    refused(tree, text, r"looped\.py: line 2: import_module wants f\"FOLDER")


@pytest.mark.parametrize(
    "text",
    [
        "from importlib import resources",
        "from importlib.resources import files",
        "import pkgutil",
        "__import__('pipeline.tables')",
        "importlib.resources.files('pipeline')",
        "from importlib.util import spec_from_file_location",
        "runpy.run_module('pipeline.tables')",
    ],
)
def test_what_hides_an_import_or_a_file_is_refused(tree, text):
    refused(tree, f"{text}\n", r"looped\.py: line 1: .* hides what is read; use import, and Path\(__file__\)")


def test_other_ways_into_importlib_stay_open(tree):
    write(tree, "stages/plain.py", "from importlib.util import find_spec\nimport importlib.metadata\n")
    assert names(tree, "plain") == ["stages/plain.py"]


def test_an_import_by_name_keeps_its_name(tree):
    text = "from importlib import import_module as load\nload(f'pipeline.methods.{1}')\n"
    refused(tree, text, r"looped\.py: line 1: import_module wants to keep its name")


def test_relative_imports_are_refused(tree):
    refused(tree, "from . import errors\n", r"looped\.py: line 1: relative import; write the whole name")


def test_code_that_no_stage_is_made_of_is_refused(tree):
    refused(tree, "import tools.closure\n", r"looped\.py: imports tools\.closure; what stages use belongs")


def test_a_file_that_is_no_python_is_named(tree):
    refused(tree, "def main(:\n", r"looped\.py: line 1: not Python")


def test_names_are_joined_to_their_package(tree):
    write(tree, "stages/plain.py", "import os.path\nfrom pipeline.left import a, b\n")
    assert list(imported_names(tree / "stages/plain.py")) == ["os.path", "pipeline.left.a", "pipeline.left.b"]
