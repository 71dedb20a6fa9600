"""The files that a Python module runs and reads: what it imports, and what that imports in turn.

Read from syntax trees, so that nothing is run. What can't be followed is refused:

- an import counts wherever it stands, in a function too; the `__init__.py` of each package on the way runs;
- `import_module(f"FOLDER.{name}")` means any module of FOLDER, in a loop of dvc.yaml FOLDER/${item}.py;
- a file that says `__file__` may read whatever lies below its folder and isn't Python;
- a file without statements (empty, or a docstring alone) decides on nothing, and isn't counted.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

OURS = ("pipeline", "stages")
"""The packages that stages are made of."""

ITEM = "${item}"
"""What a module's name is in a loop of dvc.yaml."""

_OTHERS = {"benchmarks", "experiments", "tests", "tools"}
_PLACES = {"__file__", "__loader__", "__path__", "__spec__"}
_HIDING = ("__import__", "importlib.resources", "importlib.util.spec_from_file_location", "pkgutil", "runpy")


def closure(start: Iterable[Path], root: Path = ROOT, loop: bool = False) -> set[Path]:
    """Return the files below `root` that decide on what the modules `start` do, those modules among them.

    Args:
        start: Python files below `root`.
        root: the folder that the packages of `OURS` are in.
        loop: whether a module that is imported by name stands as FOLDER/${item}.py, not as all of FOLDER.

    Raises ValueError naming file and line of an import that can't be followed.
    """
    found: set[Path] = set()
    seen: set[Path] = set()
    waiting = list(start)
    while waiting:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        if file.stem != ITEM:
            if has_statements(file):
                found |= {file, *data_files(file)}
                waiting += imports(file, root)
            continue
        modules = sorted(file.parent.glob("*.py"))
        if not loop:
            waiting += modules
            continue
        found.add(file)
        for module in modules:
            found |= set(data_files(module))
            waiting += imports(module, root)
    return found


def imports(file: Path, root: Path = ROOT) -> list[Path]:
    """Return the files of `OURS` that an import of `file` runs beside it; raises ValueError as `closure`."""
    names = list(imported_names(file))
    if others := [name for name in names if name.split(".")[0] in _OTHERS]:
        raise ValueError(f"{file}: imports {others[0]}; what stages use belongs into pipeline/ or stages/")
    return [found for name in names for found in _run_by(name, root)]


def _run_by(name: str, root: Path) -> Iterator[Path]:
    """Yield what runs for a dotted name: the __init__.py of each package, and then the module."""
    folder, *parts = name.split(".")
    if folder not in OURS:
        return
    here = root / folder
    for part in parts:
        yield from (file for file in [here / "__init__.py"] if file.exists())
        module = here / f"{part}.py"
        here = here / part
        if part == ITEM or (module.exists() and not (here / "__init__.py").exists()):
            yield module
            return
    yield from (file for file in [here / "__init__.py"] if file.exists())


def imported_names(file: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports anywhere; a name imported from a package is joined to it.

    A module imported by name has ITEM for what is filled in. Raises ValueError as `closure`.
    """
    for node in ast.walk(tree(file)):
        if not isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"{file}: line {node.lineno}: relative import; write the whole name")
            if any(alias.name == "import_module" and alias.asname for alias in node.names):
                raise ValueError(f"{file}: line {node.lineno}: import_module wants to keep its name")
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            _refuse_hiding(file, node.lineno, ast.unparse(node.func))
            names = list(_imported_by_name(file, node))
        for name in names:
            _refuse_hiding(file, node.lineno, name)
            yield name


def _refuse_hiding(file: Path, line: int, name: str) -> None:
    if any(f"{name}.".startswith(f"{hiding}.") for hiding in _HIDING):
        raise ValueError(f"{file}: line {line}: {name} hides what is read; use import, and Path(__file__)")


def _imported_by_name(file: Path, call: ast.Call) -> Iterator[str]:
    """Yield FOLDER.${item} of `import_module(f"FOLDER.{name}")`; any other call of it is refused."""
    if ast.unparse(call.func).split(".")[-1] != "import_module":
        return
    match call.args:
        case [ast.JoinedStr(values=[ast.Constant(value=str(folder)), ast.FormattedValue()])]:
            if folder.split(".")[0] in OURS and folder.endswith("."):
                yield folder + ITEM
                return
    raise ValueError(f'{file}: line {call.lineno}: import_module wants f"FOLDER.{{name}}", FOLDER in {OURS}')


def data_files(file: Path) -> list[Path]:
    """Return what a file that names its own place may read: all below its folder that isn't Python."""
    names = {node.id for node in ast.walk(tree(file)) if isinstance(node, ast.Name)}
    if not names & _PLACES:
        return []
    paths = (path for path in file.parent.rglob("*") if path.is_file() and not path.name.startswith("."))
    return sorted(path for path in paths if path.suffix not in {".py", ".pyc"})


def has_statements(file: Path) -> bool:
    """Tell whether a file does anything: a docstring alone doesn't."""
    docstring = ast.get_docstring(tree(file)) is not None
    return len(tree(file).body) > docstring


def tree(file: Path) -> ast.Module:
    """Return a file's syntax tree; raises ValueError naming file and line where it has none."""
    try:
        return _parsed(file.read_text(encoding="utf-8"), str(file))
    except SyntaxError as error:
        raise ValueError(f"{file}: line {error.lineno}: not Python: {error.msg}") from None


@cache
def _parsed(text: str, name: str) -> ast.Module:
    return ast.parse(text, filename=name)
