"""Who influenced a user's prompt: the neighbours that it attends to most, and what they have in common."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

SHOWN = 4
"""Neighbours shown of each user."""


@dataclass(frozen=True)
class Influence:
    """A neighbour by raw id, their share of the attention, and the items that both chose, by raw id."""

    neighbour: str
    weight: float
    shared: list[str]


@dataclass(frozen=True)
class Influences:
    """The neighbours with most attention, and how many there are in all."""

    top: list[Influence]
    neighbours: int

    @property
    def even(self) -> float:
        """Return what each neighbour would get if all got the same."""
        return 1.0 / self.neighbours


def find_influences(
    user: int, attention: pa.Table, train: pa.Table, user_ids: dict[int, str], item_ids: dict[int, str]
) -> Influences | None:
    """Return the influences on `user`, most attention first, ties by index; None where ATTENTION has no row.

    Shared are items of INTERACTIONS `train`, which the embeddings were fitted on.
    """
    rows = attention.filter(pc.field("user") == user)
    if len(rows) == 0:
        return None
    pairs = zip(rows["neighbours"][0].as_py(), rows["weights"][0].as_py(), strict=True)
    ordered = sorted(pairs, key=lambda pair: (-pair[1], pair[0]))
    own = _items(train, user)
    top = [
        Influence(
            user_ids[other], weight, [item_ids[item] for item in _items(train, other) if item in set(own)]
        )
        for other, weight in ordered[:SHOWN]
    ]
    return Influences(top, len(ordered))


def _items(train: pa.Table, user: int) -> list[int]:
    return train.filter(pc.field("user") == user).sort_by("position")["item"].to_pylist()
