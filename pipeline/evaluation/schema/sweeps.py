"""What came out of a sweep of experiments, as `experiments/results/sweeps.json` has it by name."""

from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from pipeline.artifacts import read_json
from pipeline.evaluation.schema.document import (
    Comparisons,
    Count,
    Document,
    DocumentError,
    Estimates,
    Methods,
    Number,
    Words,
)
from pipeline.evaluation.schema.inputs import Sizes
from pipeline.evaluation.schema.tasks import BeyondMetrics


class Line(NamedTuple):
    """A line of a table: the method's key, its label, and a note of a few words."""

    key: str
    label: str
    note: str


class SweepTask(Comparisons):
    """A task's estimates by line, with the differences that were tested.

    Attributes:
        methods: the lines in their order, the base first.
        columns: the metrics in their order.
        primary: the metric whose differences are tested.
        untested: metrics of all texts together.
    """

    methods: tuple[Line, ...]
    columns: Words
    comparisons: Count
    users: Count
    primary: str
    untested: Words = ()


class Lists(Document):
    """What each variant's own sequential lists hold: by label, estimates called `columns`."""

    columns: Words
    variants: tuple[tuple[str, Estimates], ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for label, estimates in self.variants:
            for column in self.columns:
                if column not in estimates:
                    raise ValueError(f"{label} has no {column}")
        return self


class Trained(NamedTuple):
    """How a variant's training went: `best` is the best epoch of each seed, `loss` the mean over seeds.

    So are `seconds`, of training, and `answering`, of test answers; None where they weren't kept.
    """

    label: str
    parameters: Count
    best: tuple[Count, ...]
    epochs: Count
    loss: Number
    seconds: Number | None = None
    answering: Number | None = None


class Search(Document):
    """How a baseline was chosen.

    Attributes:
        figure: what chose: NDCG@10, or the loss per word.
        value: the winner's.
        tried: how many of `combinations` were fitted.
        tried_values: of hyper-parameters that had several values, those that were fitted.
        chosen: the winner's.
        epochs: of an explainer, its best epoch and the most it might take.
    """

    method: str
    figure: str
    value: Number
    tried: Count
    combinations: Count
    tried_values: dict[str, tuple[int | float, ...]]
    chosen: dict[str, int | float]
    epochs: tuple[Count, Count] | None


class SweepBeyond(BeyondMetrics):
    """What accuracy doesn't say, of the base variant; `baselines`: those that it ran."""

    baselines: Words


class SweepResult(Document):
    """A sweep's finished experiments.

    Attributes:
        data: the dataset's title.
        base: label of the base variant.
        missing: labels of variants that haven't run.
        changed: parameters that all variants were changed by.
        baselines: whether the base variant's baselines stand in the tables.
        floors: whether what learns nothing stands in the tables.
        published: which of the paper's tables stands beside.
        beyond: of the base variant's first seed.
        audits: by audit, figures of each variant's first seed, by its key.
    """

    title: str
    description: str
    command: str
    data: str
    table_2: Sizes
    seeds: tuple[int, ...]
    resamples: Count
    base: str
    commits: Words
    baselines: bool
    floors: bool
    published: Literal["main", "sizes"] | None
    tasks: dict[str, SweepTask]
    missing: Words = ()
    changed: dict[str, Any] = Field(default_factory=dict)
    exclude_seen: bool = True
    lists: Lists | None = None
    training: tuple[Trained, ...] = ()
    searches: tuple[Search, ...] = ()
    beyond: SweepBeyond | None = None
    audits: dict[str, Methods] = Field(default_factory=dict)


Sweeps = dict[str, SweepResult]
"""By name, preset and what was changed."""


def read_sweeps(path: Path) -> Sweeps:
    """Read a file of sweeps, by name; raises DocumentError where one isn't what it should be."""
    found = read_json(path)
    if not isinstance(found, dict):
        raise DocumentError(f"{path}: a mapping of sweeps is wanted (found {type(found).__name__})")
    return {name: SweepResult.parse(sweep, f"{path}: {name}") for name, sweep in found.items()}
