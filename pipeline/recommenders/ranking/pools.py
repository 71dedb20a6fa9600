"""Which items each test user has seen, and which candidates top-n ranks for them."""

import numpy as np
import pyarrow as pa

from pipeline.data.candidates import negatives_by_user


def seen_items(histories: pa.Table, users: np.ndarray) -> list[np.ndarray]:
    """Return the items of each of `users` in `histories` (INTERACTIONS), in the order of `users`.

    A user without history gets an empty array.
    """
    order = np.argsort(histories["user"].to_numpy(), kind="stable")
    owners = histories["user"].to_numpy()[order]
    items = histories["item"].to_numpy()[order]
    starts = np.searchsorted(owners, users, side="left")
    ends = np.searchsorted(owners, users, side="right")
    return [items[start:end] for start, end in zip(starts, ends, strict=True)]


def candidate_pools(candidates: pa.Table, users: np.ndarray, targets: np.ndarray) -> list[np.ndarray]:
    """Return each user's negatives (CANDIDATES) with the item held out, ascending by item.

    Raises ValueError when a user has no negatives.
    """
    negatives = negatives_by_user(candidates, users)
    return [np.unique([*items, target]) for items, target in zip(negatives, targets, strict=True)]
