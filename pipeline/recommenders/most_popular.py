"""Most popular: items by how often train shows them, the same order for everyone."""

import numpy as np

from pipeline.recommenders.base import Fit, Fitted, TrainingData
from pipeline.recommenders.hyperparameters import Settings


def fit_most_popular(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Score by train counts; it has nothing to set and draws nothing."""
    counts = data.counts.astype(np.float32)

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return np.tile(counts, (len(users), 1))

    return Fitted(score)


FIT: Fit = fit_most_popular
