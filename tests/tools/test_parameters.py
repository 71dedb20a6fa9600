"""A small section as file and as page, by hand; a docstring changed shows in both."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from pipeline.params import Section, completed, load_yaml
from pipeline.recommenders.hyperparameters import Counts, Searched
from stages.parameters import file_of
from tools.closure import ROOT
from tools.parameters import WIDTH, docs, main, section_lines, table_rows, values_of


class Method(Searched):
    """Of a method."""

    factors: Counts
    """Width of a vector."""


class Inner(Section):
    """Of the inner."""

    rate: float = Field(default=0.5, gt=0, lt=1)
    """A rate."""

    name: str = "a"
    """A name
    on two lines.

    More | of it.
    """


class Outer(Section):
    """Of the outer."""

    kind: Literal["one", "two"] = "one"
    """one or two."""

    sizes: tuple[Annotated[int, Field(ge=1)], ...] = (1, 2)
    """Sizes, of which so much is to be said that a line of a file has no room for it beside values."""

    inner: Inner = Inner()
    """A part."""

    method: Method
    """A method."""


VALUES = {"kind": "two", "sizes": [30, 40], "inner": {"name": "b"}, "method": {"factors": [1, 2]}}


def test_lines_of_a_file_by_hand() -> None:
    assert list(section_lines(Outer, VALUES)) == [
        "kind: two # one or two.",
        "# Sizes, of which so much is to be said that a line of a file has no room for it beside values.",
        "sizes: [30, 40]",
        "# A part.",
        "inner:",
        "  name: b # A name on two lines.",
        "# A method.",
        "method:",
        "  factors: [1, 2]",
    ]


def test_rows_of_the_page_by_hand() -> None:
    whole = completed(VALUES, Outer)
    assert list(table_rows(Outer, whole, VALUES)) == [
        "| **kind** | `one`, `two` | `two` | one or two. |",
        "| **sizes** | list of whole number ≥ 1 | `[30, 40]` | Sizes, of which so much is to be said that "
        "a line of a file has no room for it beside values. |",
        "| *inner* |  |  | A part. Of the inner. |",
        "| inner.rate | number > 0, < 1 | `0.5` | A rate. |",
        "| **inner.name** | text | `b` | A name on two lines. More \\| of it. |",
        "| *method* |  |  | A method. Of a method. |",
        "| **method.factors** | whole number ≥ 1 | `[1, 2]` | Width of a vector. |",
    ]


def test_what_is_left_out_has_its_default() -> None:
    assert completed({"inner": {"rate": 0.1}, "other": 1}, Outer) == {
        "kind": "one",
        "sizes": [1, 2],
        "inner": {"rate": 0.1, "name": "a"},
        "method": {},
        "other": 1,
    }


def test_inherited_fields_are_documented_too() -> None:
    class More(Inner):
        """More."""

        last: bool = False
        """The last."""

    assert docs(More)["rate"] == ["A rate."]
    assert docs(More)["last"] == ["The last."]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "boolean"}, "`true`, `false`"),
        ({"anyOf": [{"type": "string"}, {"type": "integer", "maximum": 3}]}, "text or whole number ≤ 3"),
        (
            {"type": "array", "prefixItems": [{"type": "integer", "minimum": 0}] * 3},
            "3 times whole number ≥ 0",
        ),
        ({"type": "array", "items": {"enum": ["x", "y"]}}, "list of `x`, `y`"),
    ],
)
def test_values_in_words(schema: dict, words: str) -> None:
    assert values_of(schema) == words


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    for name in ("params.yaml", "baselines.yaml", "docs/parameters.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    return tmp_path


def test_values_and_keys_stay_comments_come_back(copies: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = copies / "params.yaml"
    before = path.read_text()
    changed = before.replace("heads: 4 # H", "heads: 8 # My own words: H").replace(
        "  epochs: 16", "  clip: 2.0\n  epochs: 16"
    )
    path.write_text(changed)
    with pytest.raises(SystemExit):
        main(check=True, root=copies)
    assert "params.yaml: not what the config classes say" in capsys.readouterr().err
    assert path.read_text() == changed
    main(root=copies)
    values = load_yaml(path)
    assert (values["prompts"]["heads"], values["training"]["clip"]) == (8, 2.0)
    assert "  clip: 2.0 # Largest gradient norm.\n" in path.read_text()
    assert "My own words" not in path.read_text()
    assert (
        "| **clip** | number > 0 | `2.0` | Largest gradient norm. |"
        in (copies / "docs/parameters.md").read_text()
    )
    main(check=True, root=copies)


def test_an_unknown_key_is_refused_before_anything_is_written(
    copies: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = copies / "params.yaml"
    path.write_text(path.read_text().replace("  patience:", "  patients:"))
    before = path.read_bytes()
    with pytest.raises(SystemExit):
        main(root=copies)
    assert (
        "training.patients: unknown key (value 5); is training.patience meant?, line "
        in capsys.readouterr().err
    )
    assert path.read_bytes() == before


def test_lines_are_no_longer_than_those_of_code() -> None:
    for name in ("params.yaml", "baselines.yaml"):
        assert [line for line in (ROOT / name).read_text().splitlines() if len(line) > WIDTH] == []
    assert file_of("baselines") == "baselines.yaml"
