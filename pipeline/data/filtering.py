"""Which interactions stay: well rated ones, one of several on the same pair, then the iterative k-core."""

from typing import Literal

import numpy as np

from pipeline.data.interactions import Interactions

# Leave-one-out needs a test, a validation and a train item.
SHORTEST_HISTORY = 3


def rated_from(interactions: Interactions, lowest: float) -> np.ndarray:
    """Return a mask [E] of the interactions that aren't rated below `lowest`; without a rating they stay."""
    if interactions.ratings is None:
        return np.ones(len(interactions), dtype=bool)
    return ~(interactions.ratings < lowest)


def keep_one_per_pair(interactions: Interactions, which: Literal["first", "last", "all"]) -> np.ndarray:
    """Return a mask [E]: of the interactions on one (user, item) the first or last by time, or all.

    Ties in time are told by the order of the source.
    """
    mask = np.ones(len(interactions), dtype=bool)
    if which == "all" or not len(interactions):
        return mask
    pairs = interactions.users.astype(np.int64) * len(interactions.item_ids) + interactions.items
    by_time = interactions.timestamps if interactions.timestamps is not None else interactions.rows
    order = np.lexsort((by_time, pairs))
    changes = pairs[order][1:] != pairs[order][:-1]
    kept = np.concatenate(([True], changes) if which == "first" else (changes, [True]))
    mask[:] = False
    mask[order[kept]] = True
    return mask


def k_core(users: np.ndarray, items: np.ndarray, core: int) -> np.ndarray:
    """Return a mask [E] of the largest part in which every user and item has at least `core` interactions.

    Users with fewer than 3 interactions can't be split and go in any case.
    """
    mask = np.ones(len(users), dtype=bool)
    while mask.any():
        user_counts = np.bincount(users[mask], minlength=users.max() + 1)
        item_counts = np.bincount(items[mask], minlength=items.max() + 1)
        enough = (user_counts >= max(core, SHORTEST_HISTORY))[users] & (item_counts >= core)[items]
        if (mask <= enough).all():
            break
        mask &= enough
    return mask
