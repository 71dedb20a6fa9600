"""The figures of the extraction benchmark as Markdown, into a file of its own or between marks in a page."""

from pathlib import Path
from typing import Any

from pipeline.artifacts import write_text

BEGIN = "<!-- {}: begin -->"
END = "<!-- {}: end -->"


def table(rows: list[dict[str, Any]]) -> str:
    """A Markdown table of rows that share their keys; a column's name is its key in words."""
    if not rows:
        return ""
    keys = list(rows[0])
    lines = [[key.replace("_", " ") for key in keys], ["---"] * len(keys)]
    lines += [[_cell(row[key]) for key in keys] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:,.1f}" if abs(value) >= 10 else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("|", "\\|")


def write(
    path: Path, command: str, sections: list[tuple[str, list[dict[str, Any]]]], name: str = "figures"
) -> None:
    """Write titled tables under the command that made them.

    A page that holds the marks BEGIN and END with this name keeps all that stands outside them.
    """
    opening = BEGIN.format(name)
    closing = END.format(name)
    parts = [f"Made by `{command}`.", *(f"**{title}**\n\n{table(rows)}" for title, rows in sections if rows)]
    text = "\n\n".join(parts) + "\n"
    page = path.read_text(encoding="utf-8") if path.exists() else ""
    before, begin, rest = page.partition(opening)
    _, end, after = rest.partition(closing)
    if begin and end:
        text = f"{before}{opening}\n{text}{closing}{after}"
    write_text(path, text)
