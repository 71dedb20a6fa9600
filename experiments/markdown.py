"""Tables of figures in Markdown."""

from collections.abc import Mapping, Sequence


def markdown_table(head: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Return a table: `head` above the labels, then the columns, a line a row."""
    lines = [f"| {head} | " + " | ".join(columns) + " |", "| --- |" + " ---: |" * len(columns)]
    return "\n".join([*lines, *(f"| {label} | " + " | ".join(cells) + " |" for label, cells in rows)])


def bracketed(figure: Mapping[str, float], digits: int, sign: str = "") -> str:
    """Return a figure and, in brackets, its interval where it has one."""
    value = f"{figure['value']:{sign}.{digits}f}"
    if "low" not in figure:
        return value
    return f"{value} [{figure['low']:{sign}.{digits}f}, {figure['high']:{sign}.{digits}f}]"
