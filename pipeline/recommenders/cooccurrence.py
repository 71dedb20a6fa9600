"""Co-occurrence: what came after a user's newest items in others' histories, by counting alone.

A floor: nothing is trained, every weight is searched on validation.
"""

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.recommenders.base import Fit, Fitted, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.cooccurrence import newest_items, pair_weights
from pipeline.recommenders.parts.svd import factored


def fit_cooccurrence(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Sum the pair weights of the newest items, each by its age; it draws nothing."""
    pairs = pair_weights(data.histories, data.items, settings["gap_exponent"], settings["backward"])

    def newest(histories: list[np.ndarray]) -> csr_matrix:
        return newest_items(histories, data.items, settings["history"], settings["age_exponent"])

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        # Sums that differ by rounding alone, one after the other, become ties in float32.
        return np.asarray((newest(histories) @ pairs).toarray(), dtype=np.float32)

    return Fitted(score, lambda width: factored(newest(data.histories), pairs, width))


FIT: Fit = fit_cooccurrence
