"""ItemKNN: cosines of items, summed over the history (Deshpande and Karypis, TOIS 2004)."""

import numpy as np

from pipeline.recommenders.base import Fit, Fitted, TrainingData, history_matrix
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.nearest_neighbours import cosine_neighbours
from pipeline.recommenders.parts.svd import factored


def fit_item_neighbours(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Sum each item's similarities to the history, among its nearest neighbours."""
    nearest = cosine_neighbours(history_matrix(data.histories, data.items).T.tocsr(), settings["neighbours"])
    to_neighbours = nearest.T.tocsr()

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return np.asarray((history_matrix(histories, data.items) @ to_neighbours).toarray())

    return Fitted(
        score, lambda width: factored(history_matrix(data.histories, data.items), to_neighbours, width)
    )


FIT: Fit = fit_item_neighbours
