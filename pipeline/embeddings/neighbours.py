"""The most similar users by cosine, exact, in blocks (section 4.1)."""

from dataclasses import dataclass

import numpy as np

# Cosines that differ by less than this are one: the rest is rounding of float64 sums.
_DECIMALS = 12


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
    doesn't depend on `block`, which bounds memory at block x N x 8 bytes: BLAS orders the sums of a matrix
    product by its shape, so products only narrow the search to what their rounding can't rule out, and sums
    in a fixed order decide.

    Raises NeighboursError for more neighbours than other users, and for NaN or infinity.
    """
    _check(vectors, count)
    # Float64: in float32 the rounding of users of one taste, cosines near 1, leaves thousands undecided.
    unit = _unit_rows(vectors)
    # Twice the bound of a dot product's rounding error, once for either side of a comparison, and a tie.
    margin = 2 * (vectors.shape[1] + 8) * float(np.finfo(np.float64).eps) + 2 * 10.0**-_DECIMALS
    users = np.empty((len(vectors), count), dtype=np.int32)
    cosines = np.empty((len(vectors), count), dtype=np.float32)
    for start in range(0, len(vectors), block):
        similarities = unit[start : start + block] @ unit.T
        for user, row in enumerate(similarities, start=start):
            candidates = _candidates(row, user, count, margin)
            users[user], cosines[user] = _nearest(unit, user, candidates, count)
    return Neighbours(users, cosines)


def _check(vectors: np.ndarray, count: int) -> None:
    if count < 1 or count > len(vectors) - 1:
        raise NeighboursError(
            f"{count} neighbours asked for, but {len(vectors)} users have {max(len(vectors) - 1, 0)} others; "
            "set neighbours.count between 1 and that"
        )
    if not np.isfinite(vectors).all():
        raise NeighboursError("user vectors hold NaN or infinity; finite numbers wanted")


def _unit_rows(vectors: np.ndarray) -> np.ndarray:
    wide = vectors.astype(np.float64)
    lengths = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
    return np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)


def _candidates(row: np.ndarray, user: int, count: int, margin: float) -> np.ndarray:
    """Return, ascending, the users who may be among the `count` nearest; row: float64 [N], `user`'s own."""
    if not row.any():  # A zero vector ties with everyone, so the first others are its nearest.
        first = np.arange(count + 1)
        return first[first != user]
    row[user] = -np.inf
    threshold = np.partition(row, len(row) - count)[len(row) - count]
    return np.flatnonzero(row >= threshold - margin)


def _nearest(
    unit: np.ndarray, user: int, candidates: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    cosines = (unit[candidates] * unit[user]).sum(axis=1).round(_DECIMALS)
    order = np.lexsort((candidates, -cosines))[:count]
    return candidates[order], cosines[order]
