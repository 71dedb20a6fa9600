"""Curves of losses and metrics: the CSV read, and each task's lines placed in a small chart."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.report.documents import ReportError

WIDTH = 340
HEIGHT = 210
LEFT = 42
RIGHT = 10
TOP = 12
BOTTOM = 30
SPLITS = ("train", "validation")
COLUMNS = ["epoch", "task", "split", "metric", "value"]
LOSS = "loss"

Curve = list[tuple[int, float]]
"""(epoch, value) in the order of the epochs."""

Curves = dict[tuple[str, str], dict[str, Curve]]
"""Curves by split, of each (task, metric)."""


@dataclass(frozen=True)
class Line:
    """A polyline; `points` in SVG's own form."""

    split: str
    points: str
    end: tuple[float, float]


@dataclass(frozen=True)
class Tick:
    """A grid line's place and its label."""

    place: float
    label: str


@dataclass(frozen=True)
class Chart:
    """The chart of one metric of a task; `description` says in words what the lines show."""

    task: str
    metric: str
    description: str
    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    best: float | None


def read_curves(text: str, source: str) -> Curves:
    """Return the curves, in file order, from CSV with the columns epoch,task,split,metric,value.

    Raises ReportError naming `source` and the line.
    """
    reader = csv.DictReader(io.StringIO(text))
    try:
        columns = None if reader.fieldnames is None else list(reader.fieldnames)
    except csv.Error as error:
        raise ReportError(f"{source}, line 1: not CSV: {error}") from None
    if columns != COLUMNS:
        raise ReportError(f"{source}: columns {columns} found, {COLUMNS} wanted")
    curves: Curves = {}
    for row in _sound(reader, source):
        try:
            point = (int(row["epoch"]), float(row["value"]))
        except (TypeError, ValueError):
            raise ReportError(
                f"{source}, line {reader.line_num}: epoch {row['epoch']!r} and value {row['value']!r}, "
                "a whole number and a number wanted"
            ) from None
        if row["split"] not in SPLITS or not math.isfinite(point[1]):
            raise ReportError(
                f"{source}, line {reader.line_num}: split {row['split']!r} with value {row['value']!r}, "
                "train or validation with a finite value wanted"
            )
        curves.setdefault((row["task"], row["metric"]), {}).setdefault(row["split"], []).append(point)
    return curves


def _sound(reader: "csv.DictReader[str]", source: str) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise ReportError(f"{source}, line {reader.line_num}: not CSV: {error}") from None


def make_chart(task: str, metric: str, curves: dict[str, Curve], best_epoch: int | None) -> Chart:
    """Place one metric's curves by split in a chart of WIDTH x HEIGHT; they hold at least one point."""
    points = [point for curve in curves.values() for point in curve]
    epochs = [epoch for epoch, _ in points]
    ticks = nice_ticks(min(value for _, value in points), max(value for _, value in points))
    first = min(epochs)
    last = max(epochs)

    def across(epoch: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (epoch - first) / max(last - first, 1), 2)

    def up(value: float) -> float:
        share = (value - ticks[0]) / (ticks[-1] - ticks[0])
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 2)

    lines = []
    for split in (name for name in SPLITS if name in curves):
        places = [(across(epoch), up(value)) for epoch, value in sorted(curves[split])]
        lines.append(Line(split, " ".join(f"{x},{y}" for x, y in places), places[-1]))
    return Chart(
        task=task,
        metric=metric,
        description=describe(metric, curves),
        lines=lines,
        across=[Tick(across(epoch), str(epoch)) for epoch in _epoch_ticks(first, last)],
        up=[Tick(up(tick), f"{tick:g}") for tick in ticks],
        best=across(best_epoch) if best_epoch is not None and first <= best_epoch <= last else None,
    )


def describe(metric: str, curves: dict[str, Curve]) -> str:
    """Return in words where each curve starts and ends, and where it is best: lowest for a loss."""
    parts = []
    sign = 1 if metric == LOSS else -1
    extreme = "lowest" if metric == LOSS else "highest"
    for split in (name for name in SPLITS if name in curves):
        curve = sorted(curves[split])
        epoch, best = min(curve, key=lambda point: (sign * point[1], point[0]))
        ends = f"{curve[0][1]:.3f} to {curve[-1][1]:.3f}"
        parts.append(f"{split} {metric} from {ends}, {extreme} {best:.3f} at epoch {epoch}")
    return "; ".join(parts)


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round numbers, evenly spaced, that enclose `low` and `high`; at least two."""
    span = max(high - low, 1e-6)
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= wanted)
    first = math.floor(low / step)
    last = math.ceil(high / step)
    return [round(count * step, 10) for count in range(first, max(last, first + 1) + 1)]


def _epoch_ticks(first: int, last: int) -> list[int]:
    step = max(1, math.ceil((last - first) / 6))
    return list(range(first, last + 1, step))
