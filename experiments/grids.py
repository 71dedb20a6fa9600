"""Grids: the ablations of the paper as data, one YAML file each; every cell is an experiment of DVC.

A grid's cells are all combinations of its axes' levels. A level is called as it stands in the tables, and is
a mapping of parameter overrides.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from experiments.presets import HERE, changed_name
from pipeline.params import ParamsError, Section, load_yaml


@dataclass(frozen=True)
class Cell:
    """One combination of levels: `label` for readers, `key` for names of files and experiments."""

    label: str
    key: str
    params: dict[str, Any] = field(compare=False)

    def experiment(
        self, grid: str, preset: str | None, seed: int, changed: dict[str, Any] | None = None
    ) -> str:
        """Return what DVC calls this cell's experiment, where all cells are `changed` alike."""
        name = "-".join([grid, *([preset] if preset else []), self.key, f"seed-{seed}"])
        return changed_name(name, changed or {})


class Grid(Section):
    """A grid's file.

    Attributes:
        title: what the grid asks, as a heading.
        description: what its figures can say, in a sentence or two.
        axes: by axis and level, the level's overrides.
        base: label of the cell that the others are compared with.
        params: overrides of all cells.
        baselines: whether the base cell's baselines stand in the tables, with floors and chance.
        floors: whether every cell's numbering floors stand below it.
        other_test_items: whether levels hold out other items of the same users.
        published: which of the paper's tables stands beside, where the dataset is the paper's.
    """

    title: str
    description: str
    axes: dict[str, dict[str, dict[str, Any]]]
    base: str
    params: dict[str, Any] = Field(default_factory=dict)
    baselines: bool = False
    floors: bool = False
    other_test_items: bool = False
    published: Literal["main", "sizes"] | None = None

    def cells(self, changed: Mapping[str, Any] | None = None) -> list[Cell]:
        """Return all combinations of levels, the base first.

        What is `changed` wins over the grid's own of all cells, and a level's over both.
        """
        shared = self.params | dict(changed or {})
        combined = [
            Cell(
                ", ".join(level for level, _ in chosen),
                _slug("-".join(level for level, _ in chosen)),
                shared | {key: value for _, changes in chosen for key, value in changes.items()},
            )
            for chosen in itertools.product(*(axis.items() for axis in self.axes.values()))
        ]
        return sorted(combined, key=lambda cell: cell.label != self.base)


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def grid_names() -> list[str]:
    """Return the grids there are."""
    return sorted(path.stem for path in HERE.glob("*.yaml") if "axes" in load_yaml(path))


def grid(name: str) -> Grid:
    """Read a grid; raises ParamsError for one that isn't there or isn't sound."""
    if name not in grid_names():
        raise ParamsError(f"no grid {name!r}; there are {', '.join(grid_names())}")
    try:
        found = Grid.model_validate(load_yaml(HERE / f"{name}.yaml"))
    except ValidationError as error:
        raise ParamsError(f"experiments/{name}.yaml: {error}") from None
    cells = found.cells()
    if cells[0].label != found.base:
        labels = "; ".join(cell.label for cell in cells)
        raise ParamsError(f"experiments/{name}.yaml: base {found.base!r} is none of the cells: {labels}")
    return found


def check_changes(name: str, changed: Mapping[str, Any]) -> None:
    """Raise ParamsError where a change of all a grid's cells meets what tells its cells apart.

    That is a key of an axis, its parent or child, and the seed: every cell would run alike, under the name of
    another. A key that the grid sets for all cells may be changed: levels that have their own keep it.
    """
    chosen = grid(name)
    axes = {
        key: axis
        for axis, levels in chosen.axes.items()
        for level in levels.values()
        for key in level
        if key not in chosen.params
    }
    for given, value in changed.items():
        # Hydra's own marks for adding a key.
        key = given.lstrip("+~")
        if key == "seed":
            raise ParamsError(
                f"-S {given}={value}: a cell of grid {name} is named by its seed: --seeds {value}"
            )
        for own, axis in axes.items():
            if f"{key}.".startswith(f"{own}.") or f"{own}.".startswith(f"{key}."):
                raise ParamsError(
                    f"-S {given}={value}: grid {name} sets {own} itself, on its axis {axis!r}, and no cell "
                    f"would be what it's called; leave it out, or change the levels in {name}.yaml"
                )


def read_seeds(text: str) -> list[int]:
    """Read seeds as `42,43`; raises ParamsError for anything else."""
    if not re.fullmatch(r"\d+(,\d+)*", text):
        raise ParamsError(f"--seeds {text}: whole numbers with commas between them are wanted, as 42,43")
    return sorted({int(seed) for seed in text.split(",")})
