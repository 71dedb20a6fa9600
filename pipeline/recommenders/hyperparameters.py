"""Hyper-parameters: values or lists of values, and the combinations of them that are tried."""

import itertools
from typing import Annotated, Any

import numpy as np
from pydantic import BeforeValidator, Field

from pipeline.params import Section


def _as_tuple(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


one_or_more = BeforeValidator(_as_tuple)
"""Lets one value stand for a list of one."""
Counts = Annotated[tuple[Annotated[int, Field(ge=1)], ...], one_or_more, Field(min_length=1)]
Rates = Annotated[tuple[Annotated[float, Field(gt=0)], ...], one_or_more, Field(min_length=1)]
Weights = Annotated[tuple[Annotated[float, Field(ge=0)], ...], one_or_more, Field(min_length=1)]
Names = Annotated[tuple[str, ...], one_or_more, Field(min_length=1)]
Shares = Annotated[tuple[Annotated[float, Field(ge=0, lt=1)], ...], one_or_more, Field(min_length=1)]


class Searched(Section):
    """Hyper-parameters of a method: each is a value, or a list of values to search over on validation."""


class NoSettings(Searched):
    """Without hyper-parameters."""


Settings = dict[str, Any]
"""One value per hyper-parameter."""


def configurations(grid: Section, budget: int, rng: np.random.Generator) -> list[Settings]:
    """Return the combinations of a section's lists, or `budget` of them drawn at random, in grid order."""
    names = list(type(grid).model_fields)
    every = [
        dict(zip(names, values, strict=True))
        for values in itertools.product(*(getattr(grid, name) for name in names))
    ]
    if len(every) <= budget:
        return every
    return [every[place] for place in sorted(rng.choice(len(every), size=budget, replace=False))]


def middle(grid: Section) -> Settings:
    """Return one configuration of a section's lists: the middle value of each, the later of two."""
    values = {name: getattr(grid, name) for name in type(grid).model_fields}
    return {name: found[len(found) // 2] for name, found in values.items()}
