"""The most similar users by cosine, exact, in blocks (section 4.1)."""

from dataclasses import dataclass

import numpy as np
import torch

from pipeline.embeddings.directions import Directions
from pipeline.embeddings.narrowing import narrow, room_for


class NeighboursError(ValueError):
    """The neighbours asked for can't be had from these vectors."""


@dataclass(frozen=True)
class Neighbours:
    """The n most similar users of each user, most similar first.

    Attributes:
        users: int32 [N, n].
        cosines: float32 [N, n].
    """

    users: np.ndarray
    cosines: np.ndarray


def nearest_users(vectors: np.ndarray, count: int, block: int) -> Neighbours:
    """Find each user's `count` nearest others by cosine; vectors: float [N, U].

    Ties go to the smaller user index, and the cosine of a zero vector with any other is 0. The result
    doesn't depend on `block`, which bounds memory at block x N bytes: BLAS orders the sums of a matrix
    product by its shape, so products only narrow the search to what their rounding can't rule out, and sums
    in a fixed order decide.

    Raises NeighboursError for more neighbours than other users, and for NaN or infinity.
    """
    check_neighbours(vectors, count)
    return nearest_of(Directions(vectors), np.arange(len(vectors)), count, block)


def check_neighbours(vectors: np.ndarray, count: int) -> None:
    """Raise NeighboursError for more neighbours than other users, and for NaN or infinity."""
    others = len(vectors) - 1
    if others < 1:
        raise NeighboursError(f"{len(vectors)} user(s), of whom nobody has neighbours: more users are wanted")
    if not 1 <= count <= others:
        raise NeighboursError(
            f"{count} neighbours asked for, but {len(vectors)} users have {others} others: set "
            f"neighbours.count between 1 and {others}"
        )
    if not np.isfinite(vectors).all():
        raise NeighboursError("user vectors hold NaN or infinity; finite numbers wanted")


def nearest_of(
    directions: Directions, queries: np.ndarray, count: int, block: int, pool: np.ndarray | None = None
) -> Neighbours:
    """Find the `count` nearest of some users, int [B]; `pool`, int [M] ascending, holds them and whom to ask.

    Without `pool` all users are asked.
    """
    users = np.empty((len(queries), count), dtype=np.int32)
    cosines = np.zeros((len(queries), count), dtype=np.float32)
    rows = directions.unit if pool is None else directions.unit[pool]
    zero = directions.zero[queries]
    users[zero] = _first_others(queries[zero], count, pool)  # A zero vector ties with everyone.
    places = np.flatnonzero(~zero)
    room = room_for(min(block, len(places)), len(rows))
    for start in range(0, len(places), max(1, len(room))):
        part = places[start : start + len(room)]
        asked = queries[part]
        own = asked if pool is None else np.searchsorted(pool, asked)
        unit = directions.unit[torch.from_numpy(asked)]
        row, other = (
            found.numpy()
            for found in narrow(unit, rows, torch.from_numpy(own), count, directions.margin, room)
        )
        other = other if pool is None else pool[other]
        cosine = directions.cosines(asked[row], other)
        order = np.lexsort((other, -cosine, row))
        first = np.searchsorted(row[order], np.arange(len(part)))
        chosen = order[first[:, None] + np.arange(count)]
        users[part] = other[chosen]
        cosines[part] = cosine[chosen]
    return Neighbours(users, cosines)


def _first_others(queries: np.ndarray, count: int, pool: np.ndarray | None) -> np.ndarray:
    first = np.arange(count + 1) if pool is None else pool[: count + 1]
    others = np.tile(first, (len(queries), 1))
    # Where the user is not among the first, the last of them goes.
    leaving = others == queries[:, None]
    leaving[~leaving.any(axis=1), -1] = True
    return others[~leaving].reshape(len(queries), count)
