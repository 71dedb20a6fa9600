"""Forest plots: every method's figure with its interval on one axis, the published figures below."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.evaluation.schema.document import Methods, chosen
from pipeline.report.curves import Tick, nice_ticks
from pipeline.report.methods import Method
from pipeline.report.published import Published
from pipeline.report.tables import digits

# As wide as a phone; a label stands above its line, so that neither needs a column of its own.
WIDTH = 340
LEFT = 8
RIGHT = 12
ROW = 34
TOP = 6
BOTTOM = 26


@dataclass(frozen=True)
class ForestRow:
    """A method: where its text and its line stand; `start` and `end` are None without an interval."""

    label: str
    figure: str
    tone: str
    text: float
    line: float
    start: float | None
    middle: float
    end: float | None


@dataclass(frozen=True)
class Forest:
    """One metric's plot; `description` says it in words, `model` is where the model's line runs."""

    metric: str
    description: str
    height: int
    ticks: list[Tick]
    model: float
    rows: list[ForestRow]


def make_forest(metric: str, metrics: Methods, methods: Sequence[Method], published: Published) -> Forest:
    """Place the figures of `methods`, the model first, and the published ones of `metric`."""
    figures = [chosen(metrics, key, [metric])[0] for key, _, _ in methods]
    quoted = {method: values[metric] for method, values in published.items() if metric in values}
    highest = max(*[one.value if one.high is None else one.high for one in figures], *quoted.values(), 1e-6)
    ticks = nice_ticks(0.0, highest)

    def across(value: float) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * value / ticks[-1], 2)

    rows = []
    for place, ((key, label, _), one) in enumerate(zip(methods, figures, strict=True)):
        ends = [None if end is None else across(end) for end in (one.low, one.high)]
        rows.append(
            ForestRow(
                label=label,
                figure=f"{one.value:.{digits(metric)}f}",
                tone="model" if key == methods[0][0] else "plain",
                text=TOP + ROW * place + 12,
                line=TOP + ROW * place + 22,
                start=ends[0],
                middle=across(one.value),
                end=ends[1],
            )
        )
    for place, (method, value) in enumerate(quoted.items(), start=len(rows)):
        text = TOP + ROW * place + 12
        line = TOP + ROW * place + 22
        label = f"{method}, published"
        rows.append(
            ForestRow(
                label, f"{value:.{digits(metric)}f}", "published", text, line, None, across(value), None
            )
        )
    return Forest(
        metric=metric,
        description=_describe(metric, rows),
        height=TOP + ROW * len(rows) + BOTTOM,
        ticks=[Tick(across(tick), f"{tick:g}") for tick in ticks],
        model=rows[0].middle,
        rows=rows,
    )


def _describe(metric: str, rows: list[ForestRow]) -> str:
    return f"{metric} by method: " + "; ".join(f"{row.label} {row.figure}" for row in rows)
