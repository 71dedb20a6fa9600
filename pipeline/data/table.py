"""Tables of interactions: CSV and the like, Parquet, JSON lines; ratings, times and texts may be absent."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.data.amazon import first_objects, parse_line
from pipeline.data.columns import NEEDED, ROLES, find_columns, is_header
from pipeline.data.config import AUTO, NONE, TableConfig
from pipeline.data.delimited import delimiter_of, read_cells
from pipeline.data.parquet_rows import parquet_names, parquet_rows
from pipeline.data.plain_lines import plain_object
from pipeline.data.raw_lines import read_lines
from pipeline.data.records import BadRecordError, DatasetError, Faults, Record, encodable, shortened
from pipeline.data.values import moment, number, plain_number, text_or_none

WANTED = (
    "reviews as Amazon's (one JSON object a line, with reviewerID, asin, overall, unixReviewTime or user_id, "
    "parent_asin, rating, timestamp), a table of interactions (CSV, TSV, Parquet, JSON lines), or a folder "
    "of P5 or MovieLens"
)
_KINDS = {
    ",": "CSV",
    "\t": "TSV",
    ";": "CSV with ;",
    "|": "CSV with |",
    "::": "text with ::",
    " ": "text with spaces",
}
PARQUET_MAGIC = b"PAR1"
HIGHEST = 5
_SAMPLE = 100
_FAULTS = 5
_FAULT_SHARE = 0.1
"""Ratings beyond the highest, of all: if there are more of them, the scale is another one."""
_ASIN = re.compile(r"B[0-9A-Z]{9}|\d{9}[\dX]", re.ASCII)
_AMAZON_USER = re.compile(r"A[0-9A-Z]{9,}", re.ASCII)

Rows = Iterator[tuple[int, Sequence[Any]]]
"""Number and values of each row, the values in the order of ROLES, None for what has no column."""


@dataclass(frozen=True)
class Table:
    """A table as it was recognized.

    Attributes:
        kind: what it is, in words.
        columns: the column of each role that has one.
        rows: reads it anew; what isn't a row goes to the faults.
    """

    kind: str
    columns: dict[str, str]
    rows: Callable[[Faults], Rows]

    def records(self, faults: Faults, highest_rating: float) -> Iterator[Record]:
        """Yield the records in file order; bad ones go to `faults`."""
        for row, values in self.rows(faults):
            try:
                yield to_record(row, values, self.columns, highest_rating)
            except BadRecordError as error:
                faults.add(row, error)


def open_table(path: Path, config: TableConfig) -> Table:
    """Return the table at `path`; raises DatasetError where it is none, or its columns aren't clear."""
    first = next((line for _, line in read_lines(path) if line.strip()), None)
    if first is None:
        raise DatasetError(f"{path}: no records in it")
    try:
        found = _recognized(path, first, config)
        _check_sample(found, config.highest_rating)
        return found
    except DatasetError as error:
        raise error if str(path) in str(error) else DatasetError(f"{path}: {error}") from None


def _recognized(path: Path, first: bytes, config: TableConfig) -> Table:
    if first.startswith(PARQUET_MAGIC):
        return _parquet(path, config)
    if keys := list(dict.fromkeys(key for fields in first_objects(path) for key in fields)):
        return _json_lines(path, keys, config)
    return _delimited(path, first, config)


def _check_sample(table: Table, highest_rating: float) -> None:
    """Raise DatasetError where the first rows are of another kind throughout: no row is to be mended."""
    rows = list(islice(table.rows(Faults(Path(), stop=False)), _SAMPLE))
    found: dict[str, list[BadRecordError]] = {}
    for row, values in rows:
        try:
            to_record(row, values, table.columns, highest_rating)
        except BadRecordError as error:
            found.setdefault(error.reason, []).append(error)
    for reason, errors in found.items():
        role = next(role for role, name in table.columns.items() if reason.startswith(f"{name}: "))
        beyond = role == "rating" and reason.endswith("out of range")
        if len(errors) == len(rows) or (beyond and len(errors) >= max(_FAULTS, _FAULT_SHARE * len(rows))):
            way = "" if role in NEEDED else f"; or set dataset.table.{role}: none"
            raise DatasetError(f"of its first {len(rows)} records {len(errors)} have {errors[0]}{way}")


def _parquet(path: Path, config: TableConfig) -> Table:
    columns = find_columns(parquet_names(path), config)
    names = [columns.get(role) for role in ROLES]
    return Table("Parquet", columns, lambda faults: parquet_rows(path, names, faults))


def _json_lines(path: Path, keys: list[str], config: TableConfig) -> Table:
    columns = find_columns(keys, config)
    names = [columns.get(role) for role in ROLES]

    def rows(faults: Faults) -> Rows:
        for row, line in read_lines(path):
            if line.isspace():
                continue
            faults.read += 1
            try:
                fields = plain_object(line) or parse_line(row, line)
            except BadRecordError as error:
                faults.add(row, error)
            else:
                yield row, [None if name is None else fields.get(name) for name in names]

    return Table("JSON lines", columns, rows)


def _delimited(path: Path, first: bytes, config: TableConfig) -> Table:
    line = first.decode("utf-8", errors="replace")
    delimiter = delimiter_of(line)
    if line.lstrip().startswith("{") or delimiter is None:
        raise DatasetError(
            f"{path}: not a file that PeaPOD knows: its first line is {shortened(line)}; wanted {WANTED}"
        )
    ignored = Faults(path, stop=False)
    sample = [cells for _, cells in islice(read_cells(path, delimiter, ignored), _SAMPLE)]
    if not sample:
        raise DatasetError(
            f"none of its first lines is a row; the first is {shortened(line)}; wanted {WANTED}"
        )
    given = [str(getattr(config, role)) for role in ROLES]
    numbered = any(name.isdecimal() for name in given)
    named = any(not name.isdecimal() and name not in (AUTO, NONE) for name in given)
    header = named or (not numbered and is_header(sample[0], config))
    if header and len(sample) == 1:
        raise DatasetError(f"its first line names the columns, and {_why_no_row(ignored)}")
    names = sample[0] if header else [str(number) for number in range(1, len(sample[0]) + 1)]
    columns = find_columns(names, config) if header or numbered else _guessed(sample)
    places = [names.index(columns[role]) if role in columns else None for role in ROLES]

    def rows(faults: Faults) -> Rows:
        below = islice(read_cells(path, delimiter, faults), int(header), None)
        for row, cells in below:
            faults.read += 1
            if len(cells) == len(names):
                yield row, [None if place is None else cells[place] for place in places]
            else:
                wanted = f"{len(names)} cells, as in the first row"
                faults.add(row, BadRecordError("line: wrong number of cells", cells, wanted))

    return Table(_KINDS[delimiter], columns, rows)


def _why_no_row(faults: Faults) -> str:
    if not faults.reasons:
        return "there is no row below"
    reason, count = faults.reasons.most_common(1)[0]
    encoding = "; another encoding becomes UTF-8 by iconv -f latin1 -t utf-8" if "UTF-8" in reason else ""
    return f"none of the {faults.read} below is a row, of which {count} are {reason}{encoding}"


def _guessed(rows: list[list[str]]) -> dict[str, str]:
    """Return the columns of a table without names: user, item, and where they are plain rating and time.

    Amazon's own lists of ratings of 2018 begin with the item, those of 2014 with the user: ids tell which.
    """
    first = rows[0]
    width = len(rows[0])
    alike = [row for row in rows if len(row) == width]
    numeric = [_mostly(column, _is_number) for column in zip(*alike, strict=True)]
    last = [row[-1] for row in alike]
    found = ["user", "item"]
    if width == 4 and numeric[2] and _mostly(last, _is_moment):
        found += ["rating", "timestamp"]
    elif width == 3 and _mostly(last, _is_moment):
        found += ["timestamp"]
    elif width == 3 and numeric[2]:
        found += ["rating"]
    elif not (width == 2 and all(numeric)):
        found = []
    # A word above numbers is a name that isn't known.
    if not found or any(number and not _is_number(cell) for number, cell in zip(numeric, first, strict=True)):
        find_columns(first, TableConfig())
    if all(_ASIN.fullmatch(row[0]) and _AMAZON_USER.fullmatch(row[1]) for row in alike):
        found[:2] = ["item", "user"]
    return {role: str(place) for place, role in enumerate(found, start=1)}


def _mostly(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return 2 * sum(map(test, cells)) > len(cells)


def _is_number(cell: str) -> bool:
    return plain_number(cell) is not None


def _is_moment(cell: str) -> bool:
    try:
        moment("", cell)
    except BadRecordError:
        return False
    return True


def to_record(row: int, values: Sequence[Any], columns: dict[str, str], highest_rating: float) -> Record:
    """Check the values of one row; raises BadRecordError naming the column, its value and what is wanted."""
    user, item, rating, timestamp, summary, text = values
    return Record(
        row,
        _identifier(columns["user"], user, personal=True),
        _identifier(columns["item"], item),
        _rating(columns.get("rating", ""), rating, highest_rating),
        _moment(columns["timestamp"], timestamp) if "timestamp" in columns else None,
        text_or_none(columns.get("summary", ""), summary),
        text_or_none(columns.get("text", ""), text),
    )


def _empty(value: Any) -> bool:
    # NaN stands for nothing where pandas wrote the table.
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _identifier(name: str, value: Any, personal: bool = False) -> str:
    wanted = "a non-empty string or a whole number"
    if _empty(value):
        raise BadRecordError(f"{name}: missing", value, wanted)
    # pandas makes 1.0 of a whole number in a column with gaps.
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRecordError(f"{name}: wrong type", value, wanted, personal)
    if isinstance(value, int) and value.bit_length() > 64:
        raise BadRecordError(f"{name}: out of range", value, "a whole number of at most 64 bits", personal)
    text = str(value).strip()
    if not encodable(text):
        raise BadRecordError(f"{name}: not UTF-8", value, "text without lone surrogates", personal)
    return text


def _rating(name: str, value: Any, highest: float) -> float | None:
    # 0 stands for none in Goodreads, Book-Crossing and their like: no scale of stars begins there.
    if _empty(value) or plain_number(value) == 0:
        return None
    wanted = f"a number from 0 to {highest:g} (dataset.table.highest_rating)"
    found = number(name, value, wanted)
    if not 0 <= found <= highest:
        raise BadRecordError(f"{name}: out of range", value, wanted)
    return found * HIGHEST / highest


def _moment(name: str, value: Any) -> int:
    if _empty(value):
        wanted = "a time; dataset.table.timestamp: none takes the order of the file"
        raise BadRecordError(f"{name}: missing", value, wanted)
    return moment(name, value)
