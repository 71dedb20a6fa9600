"""Items that a user doesn't have, drawn at random."""

import numpy as np

from pipeline.recommenders.base import TrainingData

ROUNDS = 20
"""After so many draws a known item stays: of a user who knows nearly all."""


class Negatives:
    """Draws items uniformly from those outside a user's train history."""

    def __init__(self, data: TrainingData) -> None:
        """Look up what each user of `data` knows."""
        owners = np.repeat(np.arange(len(data.histories)), [len(history) for history in data.histories])
        self._items = data.items
        self._known = np.unique(owners * data.items + np.concatenate(data.histories))

    def draw(self, users: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
        """Return `count` items for each of `users` [S], int64 [S, count]."""
        drawn = rng.integers(self._items, size=(len(users), count))
        for _ in range(ROUNDS):
            known = self._has(users[:, None] * self._items + drawn)
            if not known.any():
                break
            drawn[known] = rng.integers(self._items, size=int(known.sum()))
        return drawn

    def _has(self, keys: np.ndarray) -> np.ndarray:
        places = np.searchsorted(self._known, keys).clip(max=len(self._known) - 1)
        return np.asarray(self._known[places] == keys)
