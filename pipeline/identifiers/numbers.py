"""Numbers, from 1, in an order of users and items: `sequential` (the paper's), `random`, `train_order`."""

import numpy as np

from pipeline.identifiers.base import (
    HistoryColumns,
    Identifiers,
    RandomStream,
    Sources,
    numbered,
    numbers_of,
    random_users,
)
from pipeline.identifiers.config import IdentifiersConfig


def sequential(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Number as P5 does (`numbered_sequentially`)."""
    return numbered_sequentially(sources.histories)


def numbered_sequentially(histories: HistoryColumns) -> Identifiers:
    """Number as P5 does: the order gives test items away.

    Users from 1 in the order of the source; items from 1 in order of first appearance while walking the
    users in that order, each whole history in time order.
    """
    users, items = _walk(histories, np.ones(len(histories.users), dtype=bool))
    return numbered(numbers_of(users), numbers_of(items))


def train_order(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Number like `sequential`, but walk train interactions alone; the rest comes last, shuffled."""
    histories = sources.histories
    users, items = _walk(histories, histories.train)
    users = with_unseen(users, histories.user_count, random("users"))
    items = with_unseen(items, histories.item_count, random("items"))
    return numbered(numbers_of(users), numbers_of(items))


def shuffled(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Number users and items in random order (`random`), which gives nothing away."""
    items = numbers_of(random("items").permutation(sources.histories.item_count))
    return numbered(random_users(sources.histories, random), items)


def _walk(histories: HistoryColumns, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Users and items of the chosen interactions in order of first appearance."""
    users = histories.users[chosen]
    items = histories.items[chosen]
    user_order = _first_appearance(users[np.argsort(histories.rows[chosen], kind="stable")])
    rank = np.empty(histories.user_count, dtype=np.int64)
    rank[user_order] = np.arange(len(user_order))
    return user_order, _first_appearance(items[np.lexsort((histories.positions[chosen], rank[users]))])


def _first_appearance(values: np.ndarray) -> np.ndarray:
    distinct, first = np.unique(values, return_index=True)
    return distinct[np.argsort(first)]


def with_unseen(order: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return `order` and behind it, shuffled, what of 0 to `count` - 1 it lacks."""
    return np.concatenate([order, rng.permutation(np.setdiff1d(np.arange(count), order))])
