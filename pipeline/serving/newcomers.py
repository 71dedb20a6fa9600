"""What the collaborative prompt needs of a user whom training never saw."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch

from pipeline.data.histories import Histories
from pipeline.embeddings.folding import Folding
from pipeline.model.assembly import Standardization


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

    def __init__(self, users: np.ndarray, items: np.ndarray, train: Histories, standardized: bool) -> None:
        """Take the factorization, the train items of its users, and how the model has their vectors.

        Args:
            users: float32 [N, U].
            items: float32 [I, U].
            train: of each user.
            standardized: whether the model's own table has them standardized.
        """
        self._users = users
        self._items = items
        self._train = train
        self._standardized = standardized

    @cached_property
    def _folding(self) -> Folding:
        histories = [self._train[user] for user in range(len(self._train))]
        return Folding(self._users, self._items, histories)

    @cached_property
    def _units(self) -> np.ndarray:
        """The known users' vectors at length 1, zeros where there is none, float32 [N, U]."""
        lengths = np.linalg.norm(self._users, axis=1, keepdims=True)
        return np.divide(self._users, lengths, out=np.zeros_like(self._users), where=lengths > 0)

    @cached_property
    def _standardization(self) -> Standardization:
        return Standardization.of(torch.tensor(self._users))

    def describe(self, history: np.ndarray, count: int) -> Newcomer:
        """Return the newcomer with these items, int [length], and `count` neighbours.

        Raises FoldingError where the items don't say what the vector is.
        """
        folded = self._folding.vector(history)
        neighbours = np.argsort(-(self._units @ folded), kind="stable")[:count]
        vector = torch.tensor(folded)
        if self._standardized:
            vector = self._standardization(vector)
        return Newcomer(vector, torch.from_numpy(neighbours))
