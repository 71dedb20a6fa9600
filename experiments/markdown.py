"""Tables of figures in Markdown."""

from collections.abc import Sequence

from pipeline.evaluation.schema.document import Estimate
from pipeline.report.tables import Table, TableCell


def markdown_table(head: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return a table: `head` above the labels, then the columns, one line per row."""
    lines = [f"| {head} | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]
    return "\n".join([*lines, *(f"| {label} | " + " | ".join(cells) + " |" for label, cells in rows)])


def bracketed(figure: Estimate, digits: int, sign: str = "") -> str:
    """Return a figure and, in brackets, its interval where it has one."""
    value = f"{figure.value:{sign}.{digits}f}"
    if figure.low is None:
        return value
    return f"{value} [{figure.low:{sign}.{digits}f}, {figure.high:{sign}.{digits}f}]"


def page_table(table: Table) -> str:
    """Return a table of the report in Markdown, its notes below it."""
    rows = [(row.label, [_text(cell) for cell in row.cells]) for group in table.groups for row in group.rows]
    return "\n\n".join([markdown_table(table.caption, table.columns, rows), *table.notes])


def _text(cell: TableCell) -> str:
    return f"{cell.value} [{cell.interval.replace('–', ', ')}]" if cell.interval else cell.value
