"""Targets that a recommender gives: items that it holds likely after each prefix of the train histories.

Knowledge distillation (Hinton et al. 2015) by samples of the teacher's probabilities, as Kim and Rush (2016)
do with sequences: whatever names items, and whatever loss is taken of names, stays as it is.
"""

from collections.abc import Iterator

import numpy as np

from pipeline.data.histories import Histories
from pipeline.recommenders.ranking.probabilities import Probabilities

BLOCK = 256
"""Prefixes that are scored at once: each has a row of all items."""


def drawn_targets(
    probabilities: Probabilities, train: Histories, draws: int, sharpness: float, rng: np.random.Generator
) -> np.ndarray:
    """Return `draws` items for each train item but each user's first, likely after those before it.

    Items are drawn by p ** sharpness, items of the prefix never.

    Args:
        probabilities: the teacher's.
        train: the train histories of P items behind firsts.
        draws: items per prefix, D.
        sharpness: 1 draws by the teacher's own probabilities, more mostly what it ranks first.
        rng: what is drawn from.

    Returns:
        Items, int32 [P, D], in the order of `train.places(first=1)`.
    """
    blocks = list(_blocks(probabilities, train, draws, sharpness, rng))
    return np.concatenate([np.empty((0, draws), dtype=np.int32), *blocks])


def _blocks(
    probabilities: Probabilities, train: Histories, draws: int, sharpness: float, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    users, positions = train.places(first=1)
    for start in range(0, len(users), BLOCK):
        some = users[start : start + BLOCK]
        ends = positions[start : start + BLOCK]
        prefixes = [train[user][:end] for user, end in zip(some.tolist(), ends.tolist(), strict=True)]
        likely = sharpness * probabilities(some, prefixes)
        for row, prefix in zip(likely, prefixes, strict=True):
            row[prefix] = -np.inf
        shares = np.exp(likely - likely.max(axis=1, keepdims=True)).cumsum(axis=1)
        wanted = rng.random((len(some), draws)) * shares[:, -1:]
        yield np.stack(
            [np.searchsorted(row, ends, side="right") for row, ends in zip(shares, wanted, strict=True)]
        ).astype(np.int32)
