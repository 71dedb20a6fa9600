"""The numbers, from 1, that name users and items in prompts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from pipeline.data.splits import SPLITS
from pipeline.identifiers.clustering import cluster_order
from pipeline.identifiers.config import IdentifiersConfig

ItemVectors = Callable[[], np.ndarray]
RandomStream = Callable[[str], np.random.Generator]


@dataclass(frozen=True)
class Histories:
    """Whole histories as columns [E], in any order, and how many of each there are.

    Attributes:
        users, items: internal indices.
        positions: place in the user's history, from 0.
        rows: place in the source.
        train: mask of train interactions.
    """

    users: np.ndarray
    items: np.ndarray
    positions: np.ndarray
    rows: np.ndarray
    train: np.ndarray
    user_count: int
    item_count: int


def join_splits(splits: Mapping[str, pa.Table], user_count: int, item_count: int) -> Histories:
    """Join the train, validation and test tables (`tables.INTERACTIONS`) to whole histories."""
    table = pa.concat_tables([splits[name] for name in SPLITS])
    columns = {name: table[name].to_numpy() for name in ("user", "item", "position", "row")}
    return Histories(
        users=columns["user"],
        items=columns["item"],
        positions=columns["position"],
        rows=columns["row"],
        train=np.arange(table.num_rows) < splits["train"].num_rows,
        user_count=user_count,
        item_count=item_count,
    )


def number_ids(
    config: IdentifiersConfig, histories: Histories, vectors: ItemVectors, random: RandomStream
) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of users [N] and of items [I], each 1 .. count in some order.

    `vectors` is called by `collaborative` alone and gives item vectors [I, U] fitted on train; `random`
    gives a generator by name.
    """
    if config.method == "sequential":
        return sequential(histories)
    if config.method == "train_order":
        return train_order(histories, random)
    users = _numbers(random("users").permutation(histories.user_count))
    if config.method == "random":
        return users, _numbers(random("items").permutation(histories.item_count))
    return users, collaborative(histories, vectors(), config.clusters, random)


def sequential(histories: Histories) -> tuple[np.ndarray, np.ndarray]:
    """Number as P5 does: the order gives test items away.

    Users from 1 in the order of the source; items from 1 in order of first appearance while walking the
    users in that order, each whole history in time order.
    """
    everything = np.ones(len(histories.users), dtype=bool)
    users, items = _walk(histories, everything)
    return _numbers(users), _numbers(items)


def train_order(histories: Histories, random: RandomStream) -> tuple[np.ndarray, np.ndarray]:
    """Number like `sequential`, but walk train interactions alone; the rest comes last, shuffled."""
    users, items = _walk(histories, histories.train)
    users = _with_unseen(users, histories.user_count, random("users"))
    items = _with_unseen(items, histories.item_count, random("items"))
    return _numbers(users), _numbers(items)


def collaborative(
    histories: Histories, vectors: np.ndarray, clusters: int, random: RandomStream
) -> np.ndarray:
    """Number items so that near numbers, and so leading digits, share a cluster of `vectors` [I, U].

    Items that train never shows have no vector to go by: they come last, shuffled.
    """
    if len(vectors) != histories.item_count:
        raise ValueError(f"{len(vectors)} item vectors found, {histories.item_count} items wanted")
    seen = np.unique(histories.items[histories.train])
    order = seen[cluster_order(vectors[seen], clusters, random("clusters"))]
    return _numbers(_with_unseen(order, histories.item_count, random("items")))


def _walk(histories: Histories, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Users and items of the chosen interactions in order of first appearance."""
    users, items = histories.users[chosen], histories.items[chosen]
    user_order = _first_appearance(users[np.argsort(histories.rows[chosen], kind="stable")])
    rank = np.empty(histories.user_count, dtype=np.int64)
    rank[user_order] = np.arange(len(user_order))
    return user_order, _first_appearance(items[np.lexsort((histories.positions[chosen], rank[users]))])


def _first_appearance(values: np.ndarray) -> np.ndarray:
    distinct, first = np.unique(values, return_index=True)
    return distinct[np.argsort(first)]


def _with_unseen(order: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([order, rng.permutation(np.setdiff1d(np.arange(count), order))])


def _numbers(order: np.ndarray) -> np.ndarray:
    numbers = np.empty(len(order), dtype=np.int32)
    numbers[order] = np.arange(1, len(order) + 1, dtype=np.int32)
    return numbers


def leak_shares(histories: Histories, item_numbers: np.ndarray) -> dict[str, float]:
    """Return the shares of users whose test item's number continues the numbers of their history.

    `highest_plus_one` counts those where it is the highest number so far plus 1, `last_plus_one` the last
    number plus 1; `chance` is what one guess among all items scores. The test item is the last of the
    whole history.
    """
    order = np.lexsort((histories.positions, histories.users))
    users, numbers = histories.users[order], item_numbers[histories.items[order]].astype(np.int64)
    test = np.append(users[1:] != users[:-1], True)
    highest = np.zeros(histories.user_count, dtype=np.int64)
    np.maximum.at(highest, users[~test], numbers[~test])
    last = numbers[np.flatnonzero(test) - 1]
    return {
        "highest_plus_one": _share(numbers[test] == highest[users[test]] + 1),
        "last_plus_one": _share(numbers[test] == last + 1),
        "chance": round(1 / histories.item_count, 6),
    }


def _share(mask: np.ndarray) -> float:
    return round(float(mask.mean()), 6)
