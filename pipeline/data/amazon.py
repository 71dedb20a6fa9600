"""Amazon reviews as released in 2014, 2018 and 2023: one JSON object a line, plain or gzipped.

Some 2014 files hold Python literals with single quotes instead; they are read by `ast.literal_eval`.
"""

import ast
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from pipeline.data.json_text import RepeatedKeyError, parse_json, refuse_repeated
from pipeline.data.layouts import EARLIEST, LATEST, LAYOUTS, Layout
from pipeline.data.plain_lines import plain_record
from pipeline.data.raw_lines import LONGEST_LINE, read_lines
from pipeline.data.records import BadRecordError, DatasetError, Faults, Record, encodable
from pipeline.data.values import number, text_or_none

# literal_eval builds a syntax tree, many times the size of its text.
LONGEST_LITERAL = 256 * 1024
_LOOKED_AT = 100
_ONLY_2018 = {"verified", "style", "vote", "image"}


def first_objects(path: Path) -> list[dict[Any, Any]]:
    """Return the objects in the first lines of a file of one JSON object a line; none where it is no such."""
    found = []
    for row, line in islice(read_lines(path), _LOOKED_AT):
        try:
            found.append(parse_line(row, line))
        except BadRecordError:
            continue
    return found


def choose_layout(path: Path, wanted: str) -> Layout | None:
    """Return the layout `wanted`, or with `auto` that of the first records, None where none of them is sound.

    Raises DatasetError when the first records belong to another release than `wanted`, or lack one of its
    fields throughout. 2014 and 2018 share their field names, so either reads the other.
    """
    objects = first_objects(path)
    found = _released(objects)
    if wanted == "auto":
        return found if found and any(_is_record(fields, found) for fields in objects) else None
    layout = LAYOUTS[wanted]
    if found and layout.user != found.user:
        raise DatasetError(
            f"{path}: dataset.format is {wanted}, but the first record is {found.name} "
            f"(it has {found.user}, not {layout.user}); set dataset.format: auto"
        )
    keys = {key for fields in objects for key in fields}
    needed = (layout.user, layout.item, layout.rating, layout.timestamp)
    if missing := [name for name in needed if name not in keys]:
        raise DatasetError(
            f"{path}: not {wanted}: these fields are missing in all of the first {len(objects)} records: "
            f"{', '.join(missing)}; dataset.format: table reads tables with other columns"
        )
    return layout


def _is_record(fields: dict[Any, Any], layout: Layout) -> bool:
    try:
        to_record(0, fields, layout)
    except BadRecordError:
        return False
    return True


def _released(objects: list[dict[Any, Any]]) -> Layout | None:
    for fields in objects:
        if "user_id" in fields:
            return LAYOUTS["amazon2023"]
        if "reviewerID" in fields:
            return LAYOUTS["amazon2018" if fields.keys() & _ONLY_2018 else "amazon2014"]
    return None


def read_amazon(path: Path, layout: Layout, faults: Faults) -> Iterator[Record]:
    """Yield the records of a file in file order; bad ones go to `faults`, blank lines are skipped."""
    for row, line in read_lines(path):
        if line.isspace():
            continue
        faults.read += 1
        try:
            yield plain_record(row, line, layout) or to_record(row, parse_line(row, line), layout)
        except BadRecordError as error:
            faults.add(row, error)


def parse_line(row: int, line: bytes) -> dict[str, Any]:
    """Return one line's mapping, read as JSON or as a Python literal; raises BadRecordError."""
    if len(line) > LONGEST_LINE:
        raise BadRecordError("line: too long", line, f"at most {LONGEST_LINE} bytes")
    try:
        text = line.decode("utf-8").strip()
    except UnicodeDecodeError as error:
        seen = line[max(0, error.start - 20) : error.start + 20]
        raise BadRecordError("line: not UTF-8", seen, f"UTF-8 text (byte {error.start + 1})") from None
    try:
        value = _literal(text) if text.startswith(("{'", "{u'")) else parse_json(text)
    except BadRecordError:
        raise
    except RepeatedKeyError as error:
        raise BadRecordError("line: repeated key", text, f"each key once; {error}") from None
    # TypeError: a Python literal may have a list for a key.
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        raise BadRecordError("line: malformed", text, "one JSON object") from None
    if not isinstance(value, dict):
        raise BadRecordError("line: not an object", text, "one JSON object")
    return value


def _literal(text: str) -> Any:
    if len(text) > LONGEST_LITERAL:
        raise BadRecordError(
            "line: too long", text, f"at most {LONGEST_LITERAL} characters of Python literal"
        )
    tree = ast.parse(text, mode="eval")
    if isinstance(tree.body, ast.Dict):
        refuse_repeated([key.value for key in tree.body.keys if isinstance(key, ast.Constant)])
    return ast.literal_eval(tree)


def to_record(row: int, fields: dict[str, Any], layout: Layout) -> Record:
    """Check the fields of one line; raises BadRecordError naming the field, its value and what is wanted."""
    return Record(
        row,
        _identifier(fields, layout.user),
        _identifier(fields, layout.item),
        _rating(fields, layout.rating),
        _seconds(fields, layout),
        text_or_none(layout.summary, fields.get(layout.summary)),
        text_or_none(layout.text, fields.get(layout.text)),
    )


def _required(fields: dict[str, Any], name: str, wanted: str) -> Any:
    if name not in fields:
        keys = sorted(key for key in fields if isinstance(key, str))
        raise BadRecordError(f"{name}: missing", keys, f"{name} ({wanted})")
    return fields[name]


def _identifier(fields: dict[str, Any], name: str) -> str:
    wanted = "a non-empty string"
    value = _required(fields, name, wanted)
    if not isinstance(value, str):
        raise BadRecordError(f"{name}: wrong type", value, wanted)
    if not value.strip():
        raise BadRecordError(f"{name}: empty", value, wanted)
    if not encodable(value):
        raise BadRecordError(f"{name}: not UTF-8", value, "text without lone surrogates")
    return value


def _rating(fields: dict[str, Any], name: str) -> float:
    wanted = "a number from 1 to 5"
    value = _required(fields, name, wanted)
    if not 1 <= (found := number(name, value, wanted)) <= 5:
        raise BadRecordError(f"{name}: out of range", value, wanted)
    return float(found)


def _seconds(fields: dict[str, Any], layout: Layout) -> int:
    unit = "seconds" if layout.per_second == 1 else "milliseconds"
    wanted = f"Unix {unit} from 1990 to 2100"
    value = _required(fields, layout.timestamp, wanted)
    found = number(layout.timestamp, value, wanted)
    # Written so that NaN fails, too.
    if not EARLIEST * layout.per_second <= found < LATEST * layout.per_second:
        raise BadRecordError(f"{layout.timestamp}: out of range", value, wanted)
    return int(found) // layout.per_second
