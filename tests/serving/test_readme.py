"""What README shows of the package runs as it stands there."""

from typing import Any

import pytest

from pipeline.serving.requests import Recommendation
from tests.end_to_end.runs import REPOSITORY


def example() -> str:
    """The indented block that begins with the import of the predictor."""
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    first = "    from pipeline.serving import Predictor\n"
    block = first + text.split(first)[1]
    lines = []
    for line in block.splitlines():
        if line and not line.startswith("    "):
            break
        lines.append(line.removeprefix("    "))
    return "\n".join(lines)


@pytest.mark.usefixtures("workspace")
def test_the_example_runs_and_shows_every_question() -> None:
    names: dict[str, Any] = {}
    exec(compile(example(), "README.md", "exec"), names)
    assert [one.rank for one in names["best"]] == [1, 2, 3]
    assert isinstance(names["best"][0], Recommendation)
    for question in ("recommend", "rank", "explain", "neighbours", "answer"):
        assert f"predictor.{question}(" in example()
