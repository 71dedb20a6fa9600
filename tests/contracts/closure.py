"""What a stage imports, as DVC dependencies: `python -m tests.contracts.closure` prints them for all stages.

DVC doesn't follow Python imports, so dvc.yaml lists them. A stage's code is its own module, the stage
modules that it imports, the top-level modules of pipeline/ and the whole folders of pipeline/ in the
closure over all files of every folder reached: a folder is one dependency, so all of it counts. But the
folders in SPLIT stand apart, part by part. A stage in a loop imports its own module of such a folder by
name, `import_module(f"pipeline.FOLDER.{name}")`: in dvc.yaml that is pipeline/FOLDER/${item}.py, and what
any of the folder's modules imports is what all of them depend on.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]

SPLIT = {
    "pipeline",
    "stages",
    "pipeline/baselines",
    "pipeline/baselines/explainers",
    "pipeline/baselines/methods",
}
"""Packages whose modules and folders are dependencies one by one."""

ITEM = "${item}"
"""What a module's name is in a loop of dvc.yaml."""

_HELPERS = {"__init__", "errors"}
_COMMANDS = {"check_params", "check_reproducible", "download", "inspect", "remove_user"}


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
        for file in files_of(unit):
            waiting.extend(imported_units(file, root))
    return sorted(unit.relative_to(root).as_posix() for unit in reached)


def files_of(unit: Path) -> list[Path]:
    """Return a unit's files: all in a folder, and of FOLDER/${item}.py all that it can stand for."""
    if unit.stem == ITEM:
        return sorted(unit.parent.glob("*.py"))
    return sorted(unit.rglob("*.py")) if unit.is_dir() else [unit]


def imported_units(file: Path, root: Path = ROOT) -> set[Path]:
    """Return the units that a file imports: modules of stages/, modules or folders of pipeline/."""
    units: set[Path] = set()
    for name in imported_names(file):
        units |= _units(root, *name.split("."))
    return units


def _units(root: Path, package: str, *names: str) -> set[Path]:
    """Return what importing `names` of a package runs: in a split one, the __init__ and then the unit."""
    if package not in SPLIT:
        return set()
    folder = root / package
    # Importing any part of a package runs its __init__; that of stages is empty and in no list.
    units = set() if package == "stages" else {folder / "__init__.py"}
    if not names:
        return units
    inner = f"{package}/{names[0]}"
    if inner in SPLIT:
        return units | _units(root, inner, *names[1:])
    if names[0] == ITEM or (root / f"{inner}.py").exists():
        units.add(root / f"{inner}.py")
    elif (root / inner).is_dir():
        units.add(root / inner)
    return units


def imported_names(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports anywhere; a name imported from a package is joined to it.

    A module imported by name has ITEM for what is filled in.
    """
    for node in ast.walk(_tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{file}: line {node.lineno}: relative import; write the whole name")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "import_module":
            yield _imported_by_name(file, node)


def _imported_by_name(file: Path, call: ast.Call) -> str:
    """Return FOLDER.${item} of `import_module(f"FOLDER.{name}")`; any other call is refused."""
    match call.args:
        case [ast.JoinedStr(values=[ast.Constant(value=str(folder)), ast.FormattedValue()])]:
            if folder.endswith(".") and folder[:-1].replace(".", "/") in SPLIT:
                return folder + ITEM
    raise ValueError(f'{file}: line {call.lineno}: import_module wants f"FOLDER.{{name}}", FOLDER in SPLIT')


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
