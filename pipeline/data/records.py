"""One record of a raw source, and what is wrong with a bad one."""

import json
import reprlib
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple, TextIO

_SHOWN = 80
_PERSONAL = {"line", "reviewerID", "user_id"}
"""Faults of these show who wrote: the user, or a whole line with the reviewer's name."""


class DatasetError(ValueError):
    """A raw source can't be read as it is; the message names file, line, value seen and value wanted."""


class Record(NamedTuple):
    """One review as read.

    Attributes:
        row: line number in the source, from 1.
        rating: from 0 to 5; None where the source has none.
        timestamp: Unix seconds; None in all records of a source without times.
        summary, text: None where the source has none, or nothing but white space.
    """

    row: int
    user_id: str
    item_id: str
    rating: float | None
    timestamp: int | None
    summary: str | None
    text: str | None


class BadRecordError(DatasetError):
    """One record is at fault.

    Attributes:
        reason: short name of the fault, the same for all records that share it (`overall: out of range`).
        personal: whether what was seen shows who wrote.
    """

    def __init__(self, reason: str, seen: Any, wanted: str, personal: bool = False) -> None:
        self.reason = reason
        self.seen = shortened(seen)
        self.wanted = wanted
        self.personal = personal or reason.split(":")[0] in _PERSONAL
        super().__init__(f"{reason}: found {self.seen}, wanted {wanted}")


class _Short(reprlib.Repr):
    """repr() in bounded time and depth, whatever a hostile source nests or repeats."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = _SHOWN // 2
        self.maxstring = self.maxother = 4 * _SHOWN

    def repr_int(self, value: int, level: int) -> str:
        # Python refuses to write out an integer of more than 4,300 digits.
        return repr(value) if value.bit_length() < 8 * _SHOWN else f"an integer of {value.bit_length()} bits"


_SHORT = _Short()


def shortened(value: Any) -> str:
    """Return `value` as a Python literal of at most about 80 characters."""
    # Cut before repr too: a whole line may be the value.
    literal = repr(value[: _SHOWN + 1]) if isinstance(value, str | bytes) else _SHORT.repr(value)
    return literal if len(literal) <= _SHOWN else literal[:_SHOWN] + "..."


def encodable(text: str) -> bool:
    """Tell whether a text can be written as UTF-8: lone surrogates can't."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class Faults:
    """What happens to bad records: the first stops (with its place), or each is set aside and counted.

    What is set aside names no user or reviewer; with `private` the message of the first doesn't either.

    Attributes:
        read: how many records the reader met, good and bad.
        place: what a record's number counts, `line` or `row`.
        reasons: how many records each reason set aside.
    """

    def __init__(
        self, source: Path, stop: bool, quarantine: TextIO | None = None, private: bool = False
    ) -> None:
        self.source = source
        self.read = 0
        self.place = "line"
        self.reasons: Counter[str] = Counter()
        self._stop = stop
        self._quarantine = quarantine
        self._private = private

    def add(self, row: int, error: BadRecordError) -> None:
        """Set one bad record aside; raises DatasetError where bad records stop."""
        if self._stop:
            told = f"{error.reason}: wanted {error.wanted}" if self._private and error.personal else error
            raise DatasetError(
                f"{self.source}, {self.place} {row}: {told}. Mend the {self.place}, or set "
                "dataset.bad_records: quarantine to set such records aside"
            ) from None
        self.reasons[error.reason] += 1
        if self._quarantine is not None:
            found = {} if error.personal else {"found": error.seen}
            entry = {"line": row, "reason": error.reason, **found, "wanted": error.wanted}
            self._quarantine.write(json.dumps(entry, ensure_ascii=True) + "\n")
