"""Code that no stage depends on: no output can depend on it, since nobody uses what it returns."""

import ast
from collections.abc import Iterator

import pytest

from tools.closure import OURS, ROOT
from tools.dvc_deps import UNTRACKED, read_stages

FILES = [
    file
    for folder in OURS
    for file in sorted((ROOT / folder).rglob("*.py"))
    if file.relative_to(ROOT).as_posix() not in UNTRACKED
]
MODULES = {name.removesuffix(".py").replace("/", ".") for name in UNTRACKED}


def used(text: str) -> Iterator[int]:
    """Yield the lines where a name of an untracked module is used for more than what happens beside the run.

    That is: to decorate, in what only a command runs (`if __name__ == "__main__"`), or in a call whose value
    goes nowhere.
    """
    tree = ast.parse(text)
    names = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module in MODULES
        for alias in node.names
    }
    aside = [part for node in ast.walk(tree) for part in _aside(node, names)]
    allowed = {id(node) for part in aside for node in ast.walk(part)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            package = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            if MODULES & {f"{package}{alias.name}" for alias in node.names}:
                yield node.lineno
        elif isinstance(node, ast.Name) and node.id in names and id(node) not in allowed:
            yield node.lineno


def _aside(node: ast.AST, names: set[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef):
        yield from node.decorator_list
    elif isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'":
        yield node
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from [node] if getattr(node.value.func, "id", None) in names else []


HEAD = "from pipeline.runtime.logs import log_to_stderr\n"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (f"{HEAD}log_to_stderr()\n", []),
        (f"{HEAD}@log_to_stderr\ndef main(): pass\n", []),
        (f"{HEAD}if __name__ == '__main__':\n    x = log_to_stderr(main)\n", []),
        (f"{HEAD}x = log_to_stderr()\n", [2]),
        (f"{HEAD}def main():\n    return log_to_stderr()\n", [3]),
        (f"{HEAD}write(log_to_stderr())\n", [2]),
        (f"{HEAD}with log_to_stderr() as x:\n    pass\n", [2]),
        ("from pipeline.runtime.logs import log_to_stderr as log\nx = log\n", [2]),
        ("import pipeline.runtime.logs\n", [1]),
        ("from pipeline.runtime import logs\n", [1]),
    ],
)
def test_the_rule_itself(text, lines):
    assert list(used(text)) == lines


def test_nobody_uses_what_it_returns():
    found = {file: list(used(file.read_text(encoding="utf-8"))) for file in FILES}
    assert {file: lines for file, lines in found.items() if lines} == {}


def test_each_of_it_is_there_and_none_is_listed():
    assert [name for name in UNTRACKED if not (ROOT / name).is_file()] == []
    assert [stage.name for stage in read_stages() if UNTRACKED.keys() & set(stage.found)] == []
    assert all(isinstance(reason, str) and len(reason) > 10 for reason in UNTRACKED.values())
