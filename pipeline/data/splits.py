"""The splits: leave-one-out by time for recommendation, 8:1:1 for explanations, by users for LLaRA."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from pipeline.data.interactions import Interactions, with_nulls

SPLITS = ("train", "validation", "test")


def leave_one_out(interactions: Interactions) -> dict[str, dict[str, np.ndarray | pa.Array]]:
    """Return the columns of train, validation and test, each sorted by (user, position).

    The last interaction of a user by time is test, the one before it validation, the rest train
    (section 5.1); ties in time are in the order of `time_order`. Every user needs 3 interactions.
    """
    lengths = np.bincount(interactions.users, minlength=len(interactions.user_ids))
    if len(interactions) and lengths.min() < 3:
        user = interactions.user_ids[int(lengths.argmin())]
        raise ValueError(f"user {user} has {lengths.min()} interactions; leave-one-out needs 3")
    order, position = _in_time(interactions)
    to_end = lengths[interactions.users[order]] - position
    masks = {"train": to_end > 2, "validation": to_end == 2, "test": to_end == 1}
    return {name: _columns(interactions, order[mask], position[mask]) for name, mask in masks.items()}


def by_users(interactions: Interactions, split: np.ndarray) -> dict[str, dict[str, np.ndarray | pa.Array]]:
    """Return the columns of train, validation and test, sorted as `leave_one_out` has them.

    Each holds all interactions of its users: `split` says of each user [N] in which they are.
    """
    order, position = _in_time(interactions)
    masks = {name: (split == name)[interactions.users[order]] for name in SPLITS}
    return {name: _columns(interactions, order[mask], position[mask]) for name, mask in masks.items()}


def _in_time(interactions: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of interactions sorted by (user, time), and their positions in histories, int32."""
    order = interactions.time_order()
    users = interactions.users[order]
    lengths = np.bincount(users, minlength=len(interactions.user_ids))
    starts = np.cumsum(lengths) - lengths
    return order, (np.arange(len(users)) - starts[users]).astype(np.int32)


def _columns(
    interactions: Interactions, chosen: np.ndarray, position: np.ndarray
) -> dict[str, np.ndarray | pa.Array]:
    part = interactions.take(chosen)
    return {
        "user": part.users,
        "item": part.items,
        "position": position,
        "rating": with_nulls(part.ratings, len(part)),
        "timestamp": with_nulls(part.timestamps, len(part)),
        "row": part.rows,
    }


def users_in_time(interactions: Interactions) -> np.ndarray:
    """Return "train", "validation" or "test" for each user [N]: by the time of their first interaction.

    The first 80 % of them are train, the next 10 % validation, the rest test, as in LLaRA's files; of equal
    times the user that the source names first comes first, as everywhere in a source without times.
    """
    order = interactions.time_order()
    firsts = order[np.unique(interactions.users[order], return_index=True)[1]]
    keys = (interactions.rows, interactions.timestamps)
    ranks = np.lexsort([key[firsts] for key in keys if key is not None])
    split = np.full(len(ranks), SPLITS[0], dtype=object)
    users = interactions.users[firsts][ranks]
    split[users[int(len(users) * 0.8) : int(len(users) * 0.9)]] = SPLITS[1]
    split[users[int(len(users) * 0.9) :]] = SPLITS[2]
    return split


def explanation_split(
    users: np.ndarray, items: np.ndarray, ratio: Sequence[int], rng: np.random.Generator
) -> np.ndarray:
    """Return "train", "validation" or "test" for each (user, item) pair, at random [P5, section 5.1].

    Every user and item of validation and test is also in train. Pairs leave train in random order as long
    as their user and item keep another pair there, until validation and test have their parts of `ratio`
    (train, validation, test); where too few pairs can leave, those that can are shared in proportion.
    """
    if len(ratio) != 3 or min(ratio) < 0 or ratio[0] < 1:
        raise ValueError(f"ratio is {list(ratio)}; wanted parts of train (at least 1), validation and test")
    split = np.full(len(users), SPLITS[0], dtype=object)
    total = sum(ratio)
    held = round(len(users) * ratio[1] / total), round(len(users) * ratio[2] / total)
    leaving = _free_to_leave(users, items, sum(held), rng)
    validation = len(leaving)
    if sum(held):
        validation = round(len(leaving) * held[0] / sum(held))
    split[leaving[:validation]] = SPLITS[1]
    split[leaving[validation:]] = SPLITS[2]
    return split


def _free_to_leave(users: np.ndarray, items: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """At most `most` pairs, in random order, without which each user and item still occurs."""
    user_left = np.unique(users, return_inverse=True, return_counts=True)
    item_left = np.unique(items, return_inverse=True, return_counts=True)
    user_codes = user_left[1].tolist()
    user_counts = user_left[2].tolist()
    item_codes = item_left[1].tolist()
    item_counts = item_left[2].tolist()
    leaving: list[int] = []
    for pair in rng.permutation(len(users)).tolist():
        if len(leaving) == most:
            break
        user = user_codes[pair]
        item = item_codes[pair]
        if user_counts[user] > 1 and item_counts[item] > 1:
            user_counts[user] -= 1
            item_counts[item] -= 1
            leaving.append(pair)
    return np.array(leaving, dtype=np.int64)
