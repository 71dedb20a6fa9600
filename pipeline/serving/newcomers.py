"""What the collaborative prompt needs of a user whom training never saw."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch

from pipeline.data.histories import Histories
from pipeline.embeddings.folding import Folding


class Newcomer(NamedTuple):
    """A user as the model sees one.

    Attributes:
        vector: as the model's own table has them, float32 [U].
        neighbours: the most similar known users, most similar first, int64 [n].
    """

    vector: torch.Tensor
    neighbours: torch.Tensor


class Newcomers:
    """Describes new users by their items, folded into the factorization of the known users."""

    def __init__(self, users: np.ndarray, items: np.ndarray, train: Histories) -> None:
        """Take the factorization's vectors, float32 [N, U] and [I, U], and the train items of its users."""
        self._users = users
        self._items = items
        self._train = train

    @cached_property
    def _folding(self) -> Folding:
        histories = [self._train[user] for user in range(len(self._train))]
        return Folding(self._users, self._items, histories)

    def describe(self, history: np.ndarray, count: int, standardized: bool) -> Newcomer:
        """Return the newcomer with these items, int [length], and `count` neighbours.

        Raises FoldingError where the items don't say what the vector is.
        """
        vector = self._folding.vector(history)
        lengths = np.linalg.norm(self._users, axis=1) * np.linalg.norm(vector)
        cosines = np.divide(self._users @ vector, lengths, out=np.zeros(len(lengths)), where=lengths > 0)
        neighbours = np.argsort(-cosines, kind="stable")[:count]
        if standardized:
            # As model/assembly.py does it with the known users' vectors.
            centre = self._users.mean(axis=0)
            vector = (vector - centre) / (self._users - centre).std(ddof=1)
        return Newcomer(torch.from_numpy(vector), torch.from_numpy(neighbours))
