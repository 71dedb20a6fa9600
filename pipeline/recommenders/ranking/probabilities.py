"""A recommender's scores as probabilities of all items."""

import numpy as np
from scipy.optimize import minimize_scalar

from pipeline.recommenders.base import Scorer, Validation

TIES = 1e-3
"""Log-probability between the first and the last of items with one score: in no measure a judgement."""
LARGEST_EXPONENT = 50.0
FITTED = 2000
"""Most users that the exponent is fitted to: one number needs no more, and each has a row of all items."""


class Probabilities:
    """Log-probabilities of all items from a recommender's scores: in proportion to (1 + z) ** exponent.

    z is how far a score lies above the user's lowest, in standard deviations of the user's scores: the same
    for counts, cosines and logits. Items that train never shows have z 0, behind all others that have it;
    ties stand in one random order. A softmax of the scores, standardized or not, fits worse
    (docs/decisions/0014-assistant.md).
    """

    def __init__(
        self, score: Scorer, counts: np.ndarray, rng: np.random.Generator, exponent: float = 1.0
    ) -> None:
        """Take scores of all items and the train interactions of each, `counts` [I]; `rng` orders ties."""
        self.exponent = exponent
        self._score = score
        self._unknown = counts == 0
        self._ties = TIES * (rng.permutation(len(counts)) / len(counts) + self._unknown)

    def __call__(self, users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        """Return log-probabilities up to a constant per user, float64 [B, I]."""
        return self.exponent * self.rises(users, histories) - self._ties

    def rises(self, users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        """Return log(1 + z), float64 [B, I]."""
        scores = self._score(users, histories).astype(np.float64)
        known = scores[:, ~self._unknown]
        spread = np.maximum(known.std(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        rises = np.log1p((scores - known.min(axis=1, keepdims=True)).clip(min=0) / spread)
        rises[:, self._unknown] = 0.0
        return rises

    def fit(self, validation: Validation) -> float:
        """Set the exponent under which the items that were chosen are most likely; return the loss in nats.

        Of more than FITTED users every second, third or so counts. Items that a user had before aren't
        asked for.
        """
        step = -(-len(validation.users) // FITTED)
        histories = validation.histories[::step]
        rises = self.rises(validation.users[::step], histories)
        for row, history in zip(rises, histories, strict=True):
            row[history] = -np.inf
        chosen = rises[np.arange(len(rises)), validation.targets[::step]]
        rises = rises[chosen > -np.inf]
        chosen = chosen[chosen > -np.inf]
        if not len(chosen):
            return 0.0

        def loss(exponent: float) -> float:
            total = np.log(np.exp(exponent * (rises - rises.max(axis=1, keepdims=True))).sum(axis=1))
            return float((total + exponent * (rises.max(axis=1) - chosen)).mean())

        # Convex. Rounded, so that the order of a sum doesn't change the predictions.
        best = minimize_scalar(loss, bounds=(0.0, LARGEST_EXPONENT), method="bounded")
        self.exponent = float(f"{best.x:.3g}")
        return loss(self.exponent)
