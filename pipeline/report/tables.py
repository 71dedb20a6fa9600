"""Tables of figures with intervals: what stands in each cell, and where its bar runs."""

from dataclasses import dataclass

from pipeline.report.documents import Document
from pipeline.report.published import Published


@dataclass(frozen=True)
class Cell:
    """A figure as text; `start`, `middle`, `end` place its bar on a scale from 0 to 100, None for no bar."""

    value: str
    interval: str = ""
    start: float | None = None
    middle: float | None = None
    end: float | None = None
    tone: str = "plain"


@dataclass(frozen=True)
class Row:
    """A method with its cells; `note` says in a few words what it is."""

    label: str
    note: str
    cells: list[Cell]
    tone: str = "plain"


@dataclass(frozen=True)
class Group:
    """Rows under one heading."""

    heading: str
    rows: list[Row]


@dataclass(frozen=True)
class Table:
    """A table; `zero` is where nought stands on the bars' scale, for tables of differences."""

    caption: str
    columns: list[str]
    groups: list[Group]
    zero: float | None = None


@dataclass(frozen=True)
class Figure:
    """A figure read from a metrics file; low and high are None where it wasn't resampled."""

    value: float
    low: float | None
    high: float | None


Method = tuple[str, str, str]
"""Key in the metrics file, label, note."""


def read_figures(methods: Document, key: str, columns: list[str]) -> list[Figure]:
    """Return the figures of the method `key` in the order of `columns`; raises ReportError if one lacks."""
    figures = []
    for column in columns:
        entry = methods.section(key).section(column)
        bounds = [entry.number(end) if end in entry.values else None for end in ("low", "high")]
        figures.append(Figure(entry.number("value"), *bounds))
    return figures


def figure_table(
    caption: str, metrics: Document, columns: list[str], methods: list[Method], published: Published
) -> Table:
    """Return the table of `methods` and, under its own heading, of the published figures."""
    figures = {key: read_figures(metrics, key, columns) for key, _, _ in methods}
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
        groups.append(
            Group("Published in the paper, without intervals", _published_rows(published, columns, scales))
        )
    return Table(caption, columns, groups)


def difference_table(caption: str, metrics: Document, columns: list[str], methods: list[Method]) -> Table:
    """Return the table of differences of the model to `methods`, bars to both sides of zero."""
    figures = {key: read_figures(metrics, key, columns) for key, _, _ in methods}
    rows = []
    for key, label, note in methods:
        cells = [
            _difference(figure, column, _reach(figures, position))
            for position, (figure, column) in enumerate(zip(figures[key], columns, strict=True))
        ]
        rows.append(Row(label, note, cells))
    return Table(caption, columns, [Group("", rows)], zero=50.0)


def verdict(figure: Figure) -> str:
    """Return "better", "worse" or "unclear" for a difference, by whether its interval leaves out zero."""
    if figure.low is not None and figure.low > 0:
        return "better"
    return "worse" if figure.high is not None and figure.high < 0 else "unclear"


def digits(column: str) -> int:
    """Return the decimals of a column: 2 for figures x 100 (BLEU, ROUGE), else 4."""
    return 2 if column.lower().startswith(("bleu", "rouge")) else 4


def _cells(figures: list[Figure], columns: list[str], scales: list[float]) -> list[Cell]:
    return [
        _cell(figure, digits(column), scale)
        for figure, column, scale in zip(figures, columns, scales, strict=True)
    ]


def _cell(figure: Figure, decimals: int, scale: float) -> Cell:
    value = f"{figure.value:.{decimals}f}"
    if figure.low is None or figure.high is None:
        return Cell(value, middle=_place(figure.value, scale))
    interval = f"{figure.low:.{decimals}f}–{figure.high:.{decimals}f}"
    return Cell(
        value, interval, _place(figure.low, scale), _place(figure.value, scale), _place(figure.high, scale)
    )


def _published_rows(published: Published, columns: list[str], scales: list[float]) -> list[Row]:
    rows = []
    for method, values in published.items():
        cells = [
            _cell(Figure(values[column], None, None), digits(column), scale)
            if column in values
            else Cell("–")
            for column, scale in zip(columns, scales, strict=True)
        ]
        rows.append(Row(method, "", cells, "published"))
    return rows


def _reach(figures: dict[str, list[Figure]], position: int) -> float:
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


def _difference(figure: Figure, column: str, reach: float) -> Cell:
    decimals = digits(column)
    low = figure.value if figure.low is None else figure.low
    high = figure.value if figure.high is None else figure.high
    places = [round(50.0 + 50.0 * end / reach, 2) for end in (low, figure.value, high)]
    return Cell(
        _signed(figure.value, decimals),
        f"{_signed(low, decimals)} to {_signed(high, decimals)}",
        start=places[0],
        middle=places[1],
        end=places[2],
        tone=verdict(figure),
    )


def _signed(value: float, decimals: int) -> str:
    text = f"{abs(value):.{decimals}f}"
    if float(text) == 0:
        return text
    return ("+" if value > 0 else "−") + text


def _place(value: float, scale: float) -> float:
    return round(100.0 * value / scale, 2)
