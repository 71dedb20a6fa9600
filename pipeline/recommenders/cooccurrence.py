"""Co-occurrence: what came after a user's newest items in others' histories, by counting alone.

A floor: nothing is trained, every weight is searched on validation.
"""

import numpy as np

from pipeline.recommenders.base import Fit, Scorer, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.cooccurrence import newest_items, pair_weights


def fit_cooccurrence(data: TrainingData, settings: Settings, seed: int) -> Scorer:
    """Return a scorer that sums the pair weights of the newest items, each by its age; it draws nothing."""
    pairs = pair_weights(data.histories, data.items, settings["gap_exponent"], settings["backward"])

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        newest = newest_items(histories, data.items, settings["history"], settings["age_exponent"])
        # Sums that differ by rounding alone, one after the other, become ties in float32.
        return np.asarray((newest @ pairs).toarray(), dtype=np.float32)

    return score


FIT: Fit = fit_cooccurrence
