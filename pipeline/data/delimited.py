"""Rows of delimited text: comma, tab, semicolon, bar, `::` or white space between cells; plain or gzipped.

A cell in double quotes may hold line breaks. Where a quote is never closed its line alone is at fault, and
reading goes on with the next one.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from pipeline.data.raw_lines import LONGEST_LINE, read_lines
from pipeline.data.records import BadRecordError, Faults

SPACES = " "
_DELIMITERS = (",", "\t", ";", "|")
_QUOTED = re.compile(r'"[^"]*"')


def delimiter_of(line: str) -> str | None:
    """Return what divides the cells of a table's first line, None where nothing does."""
    bare = _QUOTED.sub("", line.strip())
    if "::" in bare:
        return "::"
    found = max(_DELIMITERS, key=bare.count)
    if found in bare:
        return found
    return SPACES if len(bare.split()) > 1 else None


def read_cells(path: Path, delimiter: str, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of each row; lines that are none go to `faults`, blank ones are skipped.

    What is yielded isn't counted as read: it may be the line that names the columns.
    """
    lines = _Lines(path)
    rows = _split(lines, delimiter) if delimiter in ("::", SPACES) else _quoted(lines, delimiter)
    while True:
        lines.taken.clear()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except (BadRecordError, csv.Error) as error:
            faults.read += 1
            first, line = lines.only_first()
            faults.add(first, error if isinstance(error, BadRecordError) else _malformed(line, error))
            continue
        if any(cells):
            yield lines.taken[0][0], cells


def _malformed(line: bytes, error: csv.Error) -> BadRecordError:
    seen = line.decode("utf-8", errors="replace").strip()
    return BadRecordError("line: malformed", seen, f"the cells of one row ({error})")


class _Lines:
    """A file's lines as text; what a broken row took too much is given out once more."""

    def __init__(self, path: Path) -> None:
        self.taken: list[tuple[int, bytes]] = []
        self._again: deque[tuple[int, bytes]] = deque()
        self._lines = read_lines(path)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        row, line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append((row, line))
        if len(line) > LONGEST_LINE:
            raise BadRecordError("line: too long", line, f"at most {LONGEST_LINE} bytes")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as error:
            seen = line[max(0, error.start - 20) : error.start + 20]
            raise BadRecordError("line: not UTF-8", seen, f"UTF-8 text (byte {error.start + 1})") from None

    def only_first(self) -> tuple[int, bytes]:
        """Return the first line taken; the others come again."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first


class _split(Iterator[list[str]]):  # noqa: N801
    """Cells without quotes; an iterator that goes on behind a line that is none."""

    def __init__(self, lines: _Lines, delimiter: str) -> None:
        self._lines = lines
        self._delimiter = None if delimiter == SPACES else delimiter

    def __next__(self) -> list[str]:
        return [cell.strip() for cell in next(self._lines).strip("\r\n").split(self._delimiter)]


def _quoted(lines: _Lines, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=delimiter != "\t")
