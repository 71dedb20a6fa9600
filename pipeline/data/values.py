"""Single values of a raw record, read the same way in every format."""

import re
from datetime import UTC, datetime
from typing import Any

from pipeline.data.layouts import EARLIEST, LATEST
from pipeline.data.records import BadRecordError, encodable

_NUMBER = re.compile(r"[+-]?\d{1,40}(\.\d{0,40})?", re.ASCII)
_DATE = "%a %b %d %H:%M:%S %z %Y"
"""As Goodreads writes times: Sat Oct 07 11:51:29 -0700 2017."""


def plain_number(value: Any) -> int | float | None:
    """Return a number, also one that is written out as text ("1300000000", "4.0"); None for all else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value
    if not (isinstance(value, str) and _NUMBER.fullmatch(text := value.strip())):
        return None
    return float(text) if "." in text else int(text)


def number(name: str, value: Any, wanted: str) -> int | float:
    """Return `plain_number`; raises BadRecordError naming the field."""
    found = plain_number(value)
    if found is None:
        kind = ", a number and not text" if isinstance(value, str) else ""
        raise BadRecordError(f"{name}: wrong type", value, wanted + kind)
    return found


def moment(name: str, value: Any) -> int:
    """Return a time as Unix seconds, from Unix seconds, milli-, micro- or nanoseconds, or an ISO date.

    What a number counts is told by its size: from 1990 to 2100 no two units overlap. A time without a zone is
    UTC. Raises BadRecordError naming the field.
    """
    found = plain_number(value)
    if found is not None:
        for per_second in (1, 10**3, 10**6, 10**9):
            if EARLIEST * per_second <= found < LATEST * per_second:
                return int(found) // per_second
    seconds = _date(value.strip()) if isinstance(value, str) else None
    if seconds is None or not EARLIEST <= seconds < LATEST:
        kind = "wrong type" if found is None and seconds is None else "out of range"
        wanted = "Unix seconds or milliseconds, or a date as 2014-07-23, from 1990 to 2100"
        raise BadRecordError(f"{name}: {kind}", value, wanted)
    return seconds


def _date(text: str) -> int | None:
    for read in (datetime.fromisoformat, lambda text: datetime.strptime(text, _DATE)):
        try:
            found = read(text)
        except ValueError:
            continue
        return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    return None


def text_or_none(name: str, value: Any) -> str | None:
    """Return a text, None for none or mere white space; what can't be written as UTF-8 is replaced.

    Raises BadRecordError naming the field.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise BadRecordError(f"{name}: wrong type", value, "a string, or no such field")
    if not encodable(value):
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value if value.strip() else None
