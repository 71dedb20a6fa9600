"""Item metadata as a table: one item a line; tabs, commas or semicolons between columns that line 1 names.

A cell may be quoted, except beside tabs: there it is taken as it stands. A cell of categories holds a path
of a tree, its levels joined by ` > `, or several paths, joined by ` | `.
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.data.records import BadRecordError, DatasetError, shortened

ID_COLUMNS = ("parent_asin", "asin", "item_id", "item", "movieid")
"""The column of the item's id: the first of these that there is, since P5's tables have numbers as well."""
LIST_COLUMNS = ("categories", "category", "genres")
DELIMITERS = ("\t", ";", ",")
"""What may stand between columns: the first of these that the first line has."""
_KNOWN = {*ID_COLUMNS, *LIST_COLUMNS, "title", "brand", "store"}


@dataclass(frozen=True)
class Header:
    """The first line of a table: the names of its columns, and what stands between them."""

    names: tuple[str, ...]
    delimiter: str

    @property
    def id_column(self) -> str:
        """Name of the column of ids."""
        return next(name for name in ID_COLUMNS if name in self.names)

    def fields(self, line: bytes) -> dict[str, Any]:
        """Return one line's cells by column, categories as a list; raises BadRecordError for a bad line."""
        try:
            cells = _cells(line.decode("utf-8"), self.delimiter)
        except UnicodeDecodeError as error:
            raise BadRecordError("line: not UTF-8", line, f"UTF-8 text (byte {error.start + 1})") from None
        except csv.Error as error:
            raise BadRecordError(
                "line: malformed", line, f"one item a line, cells well quoted ({error})"
            ) from None
        if len(cells) != len(self.names):
            wanted = f"{len(self.names)} cells, as the first line has"
            raise BadRecordError("line: wrong number of cells", cells, wanted)
        fields: dict[str, Any] = dict(zip(self.names, map(str.strip, cells), strict=True))
        for name in LIST_COLUMNS:
            if name in fields:
                fields[name] = re.split(r" *[>|] *", fields[name])
        return fields


def table_header(path: Path, first: bytes) -> Header | None:
    """Return the header that a file's first line is, None for lines of JSON: no column is named.

    Raises DatasetError for a table that doesn't name a column of ids, or names one column twice.
    """
    text = first.decode("utf-8", errors="replace")
    delimiter = next((sign for sign in DELIMITERS if sign in text), ",")
    try:
        names = tuple(name.strip().lower() for name in _cells(text, delimiter))
    except csv.Error:
        return None
    if not _KNOWN & set(names) and (delimiter != "\t" or text.startswith("{")):
        return None
    if not set(ID_COLUMNS) & set(names):
        raise DatasetError(
            f"{path}, line 1: columns {shortened(list(names))}, none of them {' or '.join(ID_COLUMNS)}; a "
            f"table's first line names its columns, that of the item ids so"
        )
    if repeated := next((name for name in names if name in _KNOWN and names.count(name) > 1), None):
        raise DatasetError(f"{path}, line 1: two columns are called {repeated}; rename one of them")
    return Header(names, delimiter)


def _cells(text: str, delimiter: str) -> list[str]:
    line = text.rstrip("\r\n")
    if delimiter == "\t":
        return line.split(delimiter)
    return next(csv.reader([line], delimiter=delimiter, strict=True), [])
