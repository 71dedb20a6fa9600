"""One assignment a line: `a, b = x, y` saves a line and hides what `b` is."""

import ast
from collections.abc import Iterator

import pytest

from tools.closure import ROOT

FOLDERS = ("pipeline", "stages", "tools", "experiments", "benchmarks")


def packed(source: str) -> Iterator[str]:
    """Yield the assignments of several values at once, but for swaps, with their lines."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple):
            for target in node.targets:
                if isinstance(target, ast.Tuple | ast.List) and not _swaps(target, node.value):
                    yield f"line {node.lineno}: {ast.unparse(node)}"


def _swaps(target: ast.Tuple | ast.List, value: ast.Tuple) -> bool:
    return sorted(map(ast.unparse, target.elts)) == sorted(map(ast.unparse, value.elts))


def test_no_assignment_packs_several_values() -> None:
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 300
    found = [f"{file.relative_to(ROOT)}: {one}" for file in files for one in packed(file.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("a, b = 1, 2", ["line 1: a, b = (1, 2)"]),
        ("x = 1\n[a, self.b] = f(x), x", ["line 2: [a, self.b] = (f(x), x)"]),
        ("a, b = f()", []),
        ("a, b = b, a", []),
        ("a[i], a[j] = a[j], a[i]", []),
        ("pair = 1, 2", []),
    ],
)
def test_packed_assignments_are_found(source: str, wanted: list[str]) -> None:
    assert list(packed(source)) == wanted
