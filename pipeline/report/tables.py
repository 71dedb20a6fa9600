"""Tables of figures with intervals: what stands in each cell, and where its bar runs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.evaluation.schema.document import Estimate, Methods, chosen
from pipeline.report.inconsistencies import Doubt
from pipeline.report.methods import Method
from pipeline.report.published import Published

ALPHA = 0.05
"""A difference counts when its p-value, adjusted for all comparisons of its table, is below this."""


@dataclass(frozen=True)
class TableCell:
    """A figure as text; `start`, `middle`, `end` place its bar on a scale from 0 to 100, None for no bar.

    `p` is an adjusted p-value as text.
    """

    value: str
    interval: str = ""
    start: float | None = None
    middle: float | None = None
    end: float | None = None
    tone: str = "plain"
    p: str = ""


@dataclass(frozen=True)
class Row:
    """A method with its cells; `note` says in a few words what it is."""

    label: str
    note: str
    cells: list[TableCell]
    tone: str = "plain"


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class Table:
    """A table; `zero` is where zero stands on the bars' scale, for tables of differences.

    `notes` stand under it.
    """

    caption: str
    columns: list[str]
    groups: list[Group]
    zero: float | None = None
    notes: tuple[str, ...] = ()


def figure_table(
    caption: str,
    metrics: Methods,
    columns: list[str],
    methods: list[Method],
    published: Published | None = None,
    doubted: Sequence[Doubt] = (),
    heading: str = "Published in the paper, without intervals",
) -> Table:
    """Return the table of `methods` and, under their `heading`, of the published figures.

    Published figures that are `doubted` are marked, and the reasons stand under the table.
    """
    published = published or {}
    figures = {key: chosen(metrics, key, columns) for key, _, _ in methods}
    scales = []
    for position, column in enumerate(columns):
        ends = [figure.high or figure.value for figure in (row[position] for row in figures.values())]
        ends += [row[column] for row in published.values() if column in row]
        scales.append(max([*ends, 1e-9]))
    rows = [
        Row(label, note, _cells(figures[key], columns, scales), "model" if key == methods[0][0] else "plain")
        for key, label, note in methods
    ]
    groups = [Group("This run", rows)]
    if published:
        groups.append(Group(heading, _published_rows(published, columns, scales, doubted)))
    return Table(caption, columns, groups, notes=tuple(f"† {doubt.reason}" for doubt in doubted))


def with_absent(table: Table, reasons: dict[str, str]) -> Table:
    """Return `table` with a group of rows without figures, for labels that this run has none of, and why."""
    present = {row.label for row in table.groups[0].rows}
    cells = [TableCell("–") for _ in table.columns]
    rows = [Row(label, reason, cells, "absent") for label, reason in reasons.items() if label not in present]
    return replace(table, groups=[*table.groups, Group("Not run, and why", rows)])


def difference_table(caption: str, gaps: Methods, columns: list[str], methods: list[Method]) -> Table:
    """Return the table of differences of the model to `methods`, bars to both sides of zero."""
    figures = {key: chosen(gaps, key, columns) for key, _, _ in methods}
    rows = []
    for key, label, note in methods:
        cells = [
            _difference(figure, column, _reach(figures, position))
            for position, (figure, column) in enumerate(zip(figures[key], columns, strict=True))
        ]
        rows.append(Row(label, note, cells))
    return Table(caption, columns, [Group("", rows)], zero=50.0)


def verdict(figure: Estimate) -> str:
    """Return "better", "worse" or "unclear" for a difference.

    Its interval has to leave out zero, and its adjusted p-value, where there is one, to be below ALPHA.
    """
    if figure.p_adjusted is not None and figure.p_adjusted >= ALPHA:
        return "unclear"
    if figure.low is not None and figure.low > 0:
        return "better"
    return "worse" if figure.high is not None and figure.high < 0 else "unclear"


def digits(column: str) -> int:
    """Return the decimals of a column: 2 for figures x 100 (BLEU, ROUGE), counts, ratios and bits, else 4."""
    return 2 if column.lower().startswith(("bleu", "rouge", "popularity", "novelty")) else 4


def least_p(comparisons: int, resamples: int) -> float:
    """Return the smallest p-value that there can be after Holm's first step: no resample disagrees."""
    return min(1.0, 2 * comparisons / (resamples + 1))


def p_text(p: float | None) -> str:
    """Return an adjusted p-value as text; empty where there is none."""
    if p is None:
        return ""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _cells(figures: list[Estimate], columns: list[str], scales: list[float]) -> list[TableCell]:
    return [
        _cell(figure, digits(column), scale)
        for figure, column, scale in zip(figures, columns, scales, strict=True)
    ]


def _cell(figure: Estimate, decimals: int, scale: float) -> TableCell:
    value = f"{figure.value:.{decimals}f}"
    if figure.low is None or figure.high is None:
        return TableCell(value, middle=_place(figure.value, scale))
    interval = f"{figure.low:.{decimals}f}–{figure.high:.{decimals}f}"
    return TableCell(
        value, interval, _place(figure.low, scale), _place(figure.value, scale), _place(figure.high, scale)
    )


def _published_rows(
    published: Published, columns: list[str], scales: list[float], doubted: Sequence[Doubt]
) -> list[Row]:
    marked = {(doubt.method, metric) for doubt in doubted for metric in doubt.metrics}
    rows = []
    for method, values in published.items():
        cells = []
        for column, scale in zip(columns, scales, strict=True):
            cell = TableCell("–")
            if column in values:
                cell = _cell(Estimate(value=values[column]), digits(column), scale)
            cells.append(replace(cell, value=f"{cell.value} †") if (method, column) in marked else cell)
        rows.append(Row(method, "", cells, "published"))
    return rows


def _reach(figures: dict[str, list[Estimate]], position: int) -> float:
    """Return the largest distance from zero in one column."""
    return max(
        [1e-9]
        + [
            abs(end)
            for row in figures.values()
            for end in (row[position].value, row[position].low, row[position].high)
            if end is not None
        ]
    )


def _difference(figure: Estimate, column: str, reach: float) -> TableCell:
    decimals = digits(column)
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    places = [round(50.0 + 50.0 * end / reach, 2) for end in (low, figure.value, high)]
    return TableCell(
        _signed(figure.value, decimals),
        f"{_signed(low, decimals)} to {_signed(high, decimals)}",
        start=places[0],
        middle=places[1],
        end=places[2],
        tone=verdict(figure),
        p=p_text(figure.p_adjusted),
    )


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def _place(value: float, scale: float) -> float:
    return round(100.0 * value / scale, 2)
