"""Loss curves: the CSV read, and each task's lines placed in a small chart."""

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.report.documents import ReportError

WIDTH, HEIGHT = 340, 210
LEFT, RIGHT, TOP, BOTTOM = 42, 10, 12, 30
SPLITS = ("train", "validation")
COLUMNS = ["epoch", "task", "split", "loss"]

Curve = list[tuple[int, float]]
"""(epoch, loss) in the order of the epochs."""


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
    """One task's chart; `description` says in words what the lines show."""

    task: str
    description: str
    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    best: float | None


def read_curves(text: str, source: str) -> dict[str, dict[str, Curve]]:
    """Return the curves by task and split, in file order, from CSV with the columns epoch,task,split,loss.

    Raises ReportError naming `source` and the line.
    """
    reader = csv.DictReader(io.StringIO(text))
    try:
        columns = None if reader.fieldnames is None else list(reader.fieldnames)
    except csv.Error as error:
        raise ReportError(f"{source}, line 1: not CSV: {error}") from None
    if columns != COLUMNS:
        raise ReportError(f"{source}: columns {columns} found, {COLUMNS} wanted")
    curves: dict[str, dict[str, Curve]] = {}
    for row in _sound(reader, source):
        try:
            point = (int(row["epoch"]), float(row["loss"]))
        except (TypeError, ValueError):
            raise ReportError(
                f"{source}, line {reader.line_num}: epoch {row['epoch']!r} and loss {row['loss']!r}, "
                "a whole number and a number wanted"
            ) from None
        if row["split"] not in SPLITS or not math.isfinite(point[1]):
            raise ReportError(
                f"{source}, line {reader.line_num}: split {row['split']!r} with loss {row['loss']!r}, "
                "train or validation with a finite loss wanted"
            )
        curves.setdefault(row["task"], {}).setdefault(row["split"], []).append(point)
    return curves


def _sound(reader: "csv.DictReader[str]", source: str) -> Iterator[dict[str, str]]:
    try:
        yield from reader
    except csv.Error as error:
        raise ReportError(f"{source}, line {reader.line_num}: not CSV: {error}") from None


def make_chart(task: str, curves: dict[str, Curve], best_epoch: int | None) -> Chart:
    """Place one task's curves in a chart of WIDTH x HEIGHT; `curves` holds at least one point."""
    points = [point for curve in curves.values() for point in curve]
    epochs = [epoch for epoch, _ in points]
    ticks = nice_ticks(min(loss for _, loss in points), max(loss for _, loss in points))
    first, last = min(epochs), max(epochs)

    def across(epoch: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (epoch - first) / max(last - first, 1), 2)

    def up(loss: float) -> float:
        share = (loss - ticks[0]) / (ticks[-1] - ticks[0])
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share, 2)

    lines = []
    for split in (name for name in SPLITS if name in curves):
        places = [(across(epoch), up(loss)) for epoch, loss in sorted(curves[split])]
        lines.append(Line(split, " ".join(f"{x},{y}" for x, y in places), places[-1]))
    return Chart(
        task=task,
        description=describe(curves),
        lines=lines,
        across=[Tick(across(epoch), str(epoch)) for epoch in _epoch_ticks(first, last)],
        up=[Tick(up(tick), f"{tick:g}") for tick in ticks],
        best=across(best_epoch) if best_epoch is not None and first <= best_epoch <= last else None,
    )


def describe(curves: dict[str, Curve]) -> str:
    """Return in words where each curve starts and ends, and where it is lowest."""
    parts = []
    for split in (name for name in SPLITS if name in curves):
        curve = sorted(curves[split])
        epoch, lowest = min(curve, key=lambda point: (point[1], point[0]))
        parts.append(
            f"{split} loss from {curve[0][1]:.3f} to {curve[-1][1]:.3f}, lowest {lowest:.3f} at epoch {epoch}"
        )
    return "; ".join(parts)


def nice_ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round numbers, evenly spaced, that enclose `low` and `high`; at least two."""
    span = max(high - low, 1e-6)
    power = 10.0 ** math.floor(math.log10(span / wanted))
    step = next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= wanted)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [round(count * step, 10) for count in range(first, max(last, first + 1) + 1)]


def _epoch_ticks(first: int, last: int) -> list[int]:
    step = max(1, math.ceil((last - first) / 6))
    return list(range(first, last + 1, step))
