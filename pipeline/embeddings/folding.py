"""A vector for a user whom the factorization never saw, from their items: folding in.

The factorization's own equation for one user, item vectors fixed, is regularized least squares:

    w = argmin  sum over the user's items i of (w . v_i - 1)^2 + lambda |w|^2

Training stops somewhere on the way to its minimum, so lambda is not that of training: it is the one with
which known users, folded in by their train items, come closest to the vectors that training gave them.
"""

from collections.abc import Sequence

import numpy as np

LEAST_AGREEMENT = 0.9
"""Mean cosine of folded and trained vectors below which folding in isn't trusted."""
_LAMBDAS = tuple(10.0**power for power in range(-4, 4))
_MOST_USERS = 500


class FoldingError(ValueError):
    """A user can't be folded in; the message says why."""


class Folding:
    """Folds users in; fitted once on known users.

    Attributes:
        agreement: mean cosine of the known users' folded and trained vectors.
    """

    def __init__(self, users: np.ndarray, items: np.ndarray, histories: Sequence[np.ndarray]) -> None:
        """Take the trained vectors, float [N, U] and [I, U], and each user's train items, int [length]."""
        self._items = items.astype(np.float64)
        some = np.unique(np.linspace(0, len(users) - 1, min(len(users), _MOST_USERS)).astype(int))
        known = [user for user in some.tolist() if users[user].any() and items[histories[user]].any()]
        trained = users[known].astype(np.float64)
        self.agreement = -1.0
        for regularization in _LAMBDAS:
            folded = np.array([self._solved(histories[user], regularization) for user in known])
            folded = folded.reshape(trained.shape)
            agreement = float(_cosines(folded, trained).mean()) if known else -1.0
            if agreement > self.agreement:
                self.agreement = agreement
                self._regularization = regularization
                # Lambda also shortens vectors; known users tell by how much.
                self._length = float((folded * trained).sum() / (folded * folded).sum())

    def vector(self, history: np.ndarray) -> np.ndarray:
        """Return the vector of a user with these items, float32 [U]; `history`: int [length], any order.

        Raises FoldingError where known users don't come out near their trained vectors, and where train
        knows none of the items.
        """
        if self.agreement < LEAST_AGREEMENT:
            raise FoldingError(
                f"these user vectors don't follow from a user's items (mean cosine {self.agreement:.2f} of "
                f"known users, {LEAST_AGREEMENT} wanted); embeddings.method pmf with more embeddings.epochs "
                "gives vectors that do, as do ease and lightgcn"
            )
        if not self._items[history].any():
            raise FoldingError("none of these items occurs in the train split, so nothing is known of them")
        return (self._length * self._solved(history, self._regularization)).astype(np.float32)

    def _solved(self, history: np.ndarray, regularization: float) -> np.ndarray:
        vectors = self._items[np.unique(history)]
        normal = vectors.T @ vectors + regularization * np.eye(vectors.shape[1])
        return np.linalg.solve(normal, vectors.sum(axis=0))


def _cosines(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (one * other).sum(1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))
