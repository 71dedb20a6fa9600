"""The same option has the same name in every command: `--root` is the folder that all paths start from."""

import ast
import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.test_stages import stage_modules
from tools.closure import ROOT, tree


def defines_main(path: Path) -> bool:
    """Tell whether a module has a function `main`: the others are helpers."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree(path).body)


COMMANDS = sorted(
    f"{folder}.{path.stem}"
    for folder in ("stages", "tools")
    for path in (ROOT / folder).glob("*.py")
    if defines_main(path)
)
OTHER_PATHS = {
    "tools.download": {"listed", "into"},
    "stages.inspect": {"raw"},
    "tools.share": {"folder"},
    "tools.export": {"out"},
}
"""What is downloaded, inspected, shared or exported is in no stage's folder."""


def options(main: Callable[..., Any]) -> dict[str, Any]:
    """The types of a command's arguments and options, by name."""
    signature = inspect.signature(inspect.unwrap(main), eval_str=True)
    return {name: parameter.annotation for name, parameter in signature.parameters.items()}


def paths(main: Callable[..., Any]) -> set[str]:
    """The names of those that are paths, in whatever they are wrapped."""
    return {name for name, kind in options(main).items() if "Path" in str(kind)}


def test_paths_by_hand():
    def main(name: str, out: Path, root: Path = Path(), data: Path | None = None) -> None:
        """Nothing."""

    assert paths(main) == {"out", "root", "data"}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_names_a_path_but_the_root(command):
    found = paths(import_module(command).main)
    assert found - OTHER_PATHS.get(command, set()) <= {"root"}


@pytest.mark.parametrize("stage", stage_modules())
def test_every_stage_takes_the_root_and_no_more_than_dvc_yaml_gives(stage):
    found = options(import_module(f"stages.{stage}").main)
    assert found["root"] is Path
    assert set(found) <= {"root", "name", "top"}
