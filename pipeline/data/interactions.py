"""Interactions as columns: who, what, when, in the order of the source."""

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import nan

import numpy as np
import pyarrow as pa

from pipeline.data.records import Record


@dataclass(frozen=True)
class Interactions:
    """Columns of equal length E, in source order, and the raw ids that the codes stand for.

    Attributes:
        users, items: codes into `user_ids` and `item_ids`, int32 [E].
        rows: record number in the source from 1, strictly ascending, int64 [E].
        ratings: float32 [E], NaN where a record has none; None where the source has none.
        timestamps: Unix seconds, int64 [E], None where the source has none (then its order is time order).
        tie_ranks: what comes first among a user's interactions of equal time, int64 [E], distinct; None for
            the order of the source.
    """

    users: np.ndarray
    items: np.ndarray
    rows: np.ndarray
    ratings: np.ndarray | None
    timestamps: np.ndarray | None
    user_ids: list[str]
    item_ids: list[str]
    tie_ranks: np.ndarray | None = None

    def __len__(self) -> int:
        """Return E, the number of interactions."""
        return len(self.users)

    def take(self, chosen: np.ndarray | slice) -> "Interactions":
        """Return the chosen interactions (mask, ascending positions or slice); the codes stay."""
        return replace(
            self,
            users=self.users[chosen],
            items=self.items[chosen],
            rows=self.rows[chosen],
            ratings=None if self.ratings is None else self.ratings[chosen],
            timestamps=None if self.timestamps is None else self.timestamps[chosen],
            tie_ranks=None if self.tie_ranks is None else self.tie_ranks[chosen],
        )

    def recoded(self, named: Callable[[str], str] = str, every_item: bool = False) -> "Interactions":
        """Return the same with codes from 0 for those ids alone that occur, or for `every_item`.

        Items are in the order of their raw ids, users in that of what they are `named` in artifacts.
        """
        users, user_ids = _recode(self.users, self.users, self.user_ids, named)
        occurring = np.arange(len(self.item_ids)) if every_item else self.items
        items, item_ids = _recode(self.items, occurring, self.item_ids, str)
        return replace(self, users=users, items=items, user_ids=user_ids, item_ids=item_ids)

    def time_order(self) -> np.ndarray:
        """Positions sorted by (user, time); ties in time are in the order of `tie_ranks` or the source."""
        keys = (self.tie_ranks, self.timestamps, self.users)
        return np.lexsort([key for key in keys if key is not None])


def with_nulls(values: np.ndarray | None, length: int) -> pa.Array:
    """Return ratings or times [length] as a column, null where there are none."""
    return pa.nulls(length) if values is None else pa.array(values, from_pandas=True)


def _recode(
    codes: np.ndarray, occurring: np.ndarray, names: list[str], named: Callable[[str], str]
) -> tuple[np.ndarray, list[str]]:
    present = sorted(np.unique(occurring).tolist(), key=lambda code: named(names[code]))
    table = np.zeros(len(names), dtype=np.int32)
    table[present] = np.arange(len(present), dtype=np.int32)
    return table[codes], [names[code] for code in present]


def collect(records: Iterable[Record]) -> Interactions:
    """Gather records without their text: 28 bytes per interaction, and every raw id once."""
    users = array("i")
    items = array("i")
    rows = array("q")
    ratings = array("f")
    times = array("q")
    user_codes: dict[str, int] = {}
    item_codes: dict[str, int] = {}
    rated = timed = False
    for record in records:
        users.append(user_codes.setdefault(record.user_id, len(user_codes)))
        items.append(item_codes.setdefault(record.item_id, len(item_codes)))
        rows.append(record.row)
        ratings.append(nan if record.rating is None else record.rating)
        times.append(record.timestamp or 0)
        rated |= record.rating is not None
        timed |= record.timestamp is not None
    return Interactions(
        users=np.array(users, dtype=np.int32),
        items=np.array(items, dtype=np.int32),
        rows=np.array(rows, dtype=np.int64),
        ratings=np.array(ratings, dtype=np.float32) if rated else None,
        timestamps=np.array(times, dtype=np.int64) if timed else None,
        user_ids=list(user_codes),
        item_ids=list(item_codes),
    )
