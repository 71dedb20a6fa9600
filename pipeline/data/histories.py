"""Item sequences of all users in two flat arrays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    # Checking parameters imports the tasks, and mustn't wait for what is slow to load.
    import pyarrow as pa


@dataclass(frozen=True)
class Histories:
    """Ordered items per user, row by row.

    Attributes:
        items: all sequences in a row, int32 [interactions].
        offsets: where each user's sequence starts, int64 [N + 1].
    """

    items: np.ndarray
    offsets: np.ndarray

    @classmethod
    def from_tables(cls, users: int, *splits: "pa.Table") -> "Histories":
        """Join splits (schema INTERACTIONS) into the histories of `users` users, in order of position."""
        user, item, position = (
            np.concatenate([split[name].to_numpy() for split in splits])
            for name in ("user", "item", "position")
        )
        order = np.lexsort((position, user))
        counts = np.bincount(user, minlength=users)
        return cls(item[order].astype(np.int32), np.concatenate([[0], np.cumsum(counts)]))

    def __len__(self) -> int:
        """Return N, the number of users."""
        return len(self.offsets) - 1

    def __getitem__(self, user: int) -> np.ndarray:
        """Return the items of one user, int32 [length], oldest first."""
        return self.items[self.offsets[user] : self.offsets[user + 1]]

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yield the items of each user in turn."""
        return (self[user] for user in range(len(self)))

    def lengths(self) -> np.ndarray:
        """Return the history lengths, int64 [N]."""
        return np.diff(self.offsets)

    def users(self) -> np.ndarray:
        """Return the users who have any item, ascending, int64."""
        return np.flatnonzero(self.lengths())

    def places(self, first: int) -> tuple[np.ndarray, np.ndarray]:
        """Return user and position of every item from position `first` on, both int64 [items]."""
        lengths = self.lengths()
        users = np.repeat(np.arange(len(self)), lengths)
        positions = np.arange(len(users)) - np.repeat(self.offsets[:-1], lengths)
        later = positions >= first
        return users[later], positions[later]

    def first(self, counts: np.ndarray) -> "Histories":
        """Return the first `counts` items of each user, int [N]."""
        _, positions = self.places(first=0)
        kept = positions < np.repeat(counts, self.lengths())
        return Histories(self.items[kept], np.concatenate([[0], np.cumsum(counts)]))
