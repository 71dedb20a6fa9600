"""What a stage imports, as DVC dependencies: `python -m tests.contracts.closure` prints them for all stages.

DVC doesn't follow Python imports, so dvc.yaml lists them. A stage's code is its own module, the stage
modules that it imports, the top-level modules of pipeline/ and the whole folders of pipeline/ in the
closure over all files of every folder reached: a folder is one dependency, so all of it counts.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]

_HELPERS = {"__init__", "errors"}
_COMMANDS = {"check_params", "check_reproducible", "download", "remove_user"}


def stage_names(root: Path = ROOT) -> list[str]:
    """Return the names of the stage modules, ascending, without helpers and commands that DVC doesn't run."""
    names = {path.stem for path in (root / "stages").glob("*.py")}
    return sorted(name for name in names - _HELPERS - _COMMANDS if has_main(root / "stages" / f"{name}.py"))


def has_main(path: Path) -> bool:
    """Tell whether a module has a function `main`: the others are helpers of stages."""
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in _tree(path).body)


def code_deps(stage: str, root: Path = ROOT) -> list[str]:
    """Return the code that stage `stage` depends on: files and folders relative to `root`, ascending."""
    reached: set[Path] = set()
    waiting = [root / "stages" / f"{stage}.py"]
    while waiting:
        unit = waiting.pop()
        if unit in reached:
            continue
        reached.add(unit)
        files = sorted(unit.rglob("*.py")) if unit.is_dir() else [unit]
        waiting.extend(found for file in files for found in imported_units(file, root))
    return sorted(unit.relative_to(root).as_posix() for unit in reached)


def imported_units(file: Path, root: Path = ROOT) -> set[Path]:
    """Return the units that a file imports: modules of stages/, top-level modules or folders of pipeline/."""
    units: set[Path] = set()
    for name in imported_names(file):
        parts = name.split(".")
        if parts[0] not in {"pipeline", "stages"}:
            continue
        package = root / parts[0]
        if parts[0] == "pipeline":
            units.add(package / "__init__.py")  # Importing any part of a package runs it.
        if len(parts) == 1:
            continue
        if (package / f"{parts[1]}.py").exists():
            units.add(package / f"{parts[1]}.py")
        elif (package / parts[1]).is_dir():
            units.add(package / parts[1])
    return units


def imported_names(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports anywhere; a name imported from a package is joined to it."""
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{file}: line {node.lineno}: relative import; write the whole name")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def param_sections(stage: str, root: Path = ROOT) -> list[str]:
    """Return the top-level sections of params.yaml that a stage reads: the fields of its class `Params`.

    Raises ValueError where a module calls `read_params` with anything else.
    """
    tree = _tree(root / "stages" / f"{stage}.py")
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        if getattr(call.func, "id", "") == "read_params" and getattr(call.args[0], "id", "") != "Params":
            raise ValueError(f"stages/{stage}.py: line {call.lineno}: read_params wants this module's Params")
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Params"]
    fields = [field for node in classes for field in node.body if isinstance(field, ast.AnnAssign)]
    return sorted(field.target.id for field in fields if isinstance(field.target, ast.Name))


def main() -> None:
    """Print deps and params of every stage as YAML."""
    stages: dict[str, Any] = {}
    for stage in stage_names():
        stages[stage] = {"deps": code_deps(stage), "params": param_sections(stage)}
    print(yaml.safe_dump(stages, sort_keys=False), end="")


if __name__ == "__main__":
    main()
