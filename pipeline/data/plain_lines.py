"""The fast way for lines with nothing unusual: what it doesn't take, the strict reader judges and names.

orjson keeps the last of repeated keys, makes a float of an integer beyond 64 bits, and nests deeper than the
standard library. A line where any of this may matter isn't plain.
"""

import re
import sys
from typing import Any

import orjson

from pipeline.data.layouts import EARLIEST, LATEST, Layout
from pipeline.data.raw_lines import LONGEST_LINE
from pipeline.data.records import Record

_MOST_DIGITS = sys.get_int_max_str_digits()
_TOO_MANY_DIGITS = re.compile(rb"\d{%d}" % _MOST_DIGITS)


def plain_record(row: int, line: bytes, layout: Layout) -> Record | None:
    """Return the record of a plain line, exactly as the strict reader does, or None."""
    fields = plain_object(line)
    if fields is None:
        return None
    user = fields.get(layout.user)
    item = fields.get(layout.item)
    rating = fields.get(layout.rating)
    timestamp = fields.get(layout.timestamp)
    summary = fields.get(layout.summary)
    text = fields.get(layout.text)
    # By `type`: a bool is an int to isinstance.
    if not (type(user) is type(item) is str and user.strip() and item.strip()):
        return None
    if not ((type(rating) is float or type(rating) is int) and 1 <= rating <= 5):
        return None
    unit = layout.per_second
    if not (type(timestamp) is int and EARLIEST * unit <= timestamp < LATEST * unit):
        return None
    if not ((summary is None or type(summary) is str) and (text is None or type(text) is str)):
        return None
    summary = summary if summary and not summary.isspace() else None
    text = text if text and not text.isspace() else None
    return Record(row, user, item, float(rating), timestamp // unit, summary, text)


def plain_object(line: bytes) -> dict[str, Any] | None:
    """Return the object in a line of JSON where no key stands twice, None for any other line.

    Each quote in the line begins or ends a string, or stands in one. Had a key been dropped, what is left
    would have fewer of them when written again, unless others come from escapes as \\u0022.
    """
    if len(line) > LONGEST_LINE or b"\\u0022" in line:
        return None
    if len(line) > _MOST_DIGITS and _TOO_MANY_DIGITS.search(line):
        return None
    try:
        fields = orjson.loads(line)
        again = orjson.dumps(fields)
    # TypeError: nested too deeply to be written.
    except (orjson.JSONDecodeError, TypeError):
        return None
    return fields if type(fields) is dict and again.count(b'"') == line.count(b'"') else None
