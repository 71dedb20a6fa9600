"""Negatives of the top-n test: items that a user never interacted with."""

import numpy as np
import pyarrow as pa

from pipeline.data.interactions import Interactions
from pipeline.data.records import DatasetError

_BLOCK = 256


def draw_negatives(interactions: Interactions, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` distinct items per user [N, count], uniform over those outside their whole history.

    Raises DatasetError naming the first user that has fewer such items.
    """
    users = len(interactions.user_ids)
    items = len(interactions.item_ids)
    pairs = np.unique(interactions.users.astype(np.int64) * items + interactions.items)
    owners = pairs // items
    _check_enough(np.bincount(owners, minlength=users), items, count, interactions.user_ids)
    negatives = np.empty((users, count), dtype=np.int32)
    for start in range(0, users, _BLOCK):
        stop = min(start + _BLOCK, users)
        inside = pairs[np.searchsorted(owners, start) : np.searchsorted(owners, stop)]
        negatives[start:stop] = draw_unseen(inside - start * items, (stop - start, items), count, rng)
    return negatives


def negatives_by_user(candidates: pa.Table, users: np.ndarray) -> list[np.ndarray]:
    """Return the negatives of each of `users` [N] in a CANDIDATES table.

    Raises ValueError when one of them has none.
    """
    lists = dict(zip(candidates["user"].to_pylist(), candidates["negatives"].to_pylist(), strict=True))
    missing = [user for user in users.tolist() if user not in lists]
    if missing:
        raise ValueError(f"candidates: no list for {len(missing)} test users, the first is user {missing[0]}")
    return [np.array(lists[user], dtype=np.int64) for user in users.tolist()]


def _check_enough(history: np.ndarray, items: int, count: int, user_ids: list[str]) -> None:
    left = items - history
    if len(left) and left.min() < count:
        user = int(left.argmin())
        raise DatasetError(
            f"user {user_ids[user]} has {left[user]} items left they never interacted with "
            f"({items} items, {history[user]} in their history), {count} wanted"
        )


def draw_unseen(seen: np.ndarray, shape: tuple[int, int], count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `count` distinct items per row that aren't seen: int32 [rows, count], uniform.

    They are the first such items of an endless uniform stream per row; there have to be enough. Memory grows
    with what is seen and drawn, not with the catalogue.

    Args:
        seen: places row * I + item, ascending, each once, int64.
        shape: (rows, I).
        count: items per row.
        rng: what draws.
    """
    rows, items = shape
    # A place that is none stands behind the last one.
    places = np.append(seen, -1)
    drawn = np.empty((rows, count), dtype=np.int32)
    stream = np.empty((rows, 0), dtype=np.int32)
    waiting = np.arange(rows)
    while len(waiting):
        more = rng.integers(items, size=(len(waiting), count + stream.shape[1]), dtype=np.int32)
        stream = np.concatenate([stream, more], axis=1)
        asked = waiting[:, None] * items + stream
        good = _first_occurrences(stream) & (places[np.searchsorted(seen, asked)] != asked)
        good &= np.cumsum(good, axis=1) <= count
        done = good.sum(axis=1) == count
        drawn[waiting[done]] = stream[done][good[done]].reshape(-1, count)
        waiting = waiting[~done]
        stream = stream[~done]
    return drawn


def _first_occurrences(stream: np.ndarray) -> np.ndarray:
    order = np.argsort(stream, axis=1, kind="stable")
    ascending = np.take_along_axis(stream, order, axis=1)
    new = np.ones(stream.shape, dtype=bool)
    new[:, 1:] = ascending[:, 1:] != ascending[:, :-1]
    first = np.empty(stream.shape, dtype=bool)
    np.put_along_axis(first, order, new, axis=1)
    return first
