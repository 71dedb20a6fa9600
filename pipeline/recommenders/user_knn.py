"""UserKNN: cosines of users, summed over their items (Herlocker et al., SIGIR 1999)."""

import numpy as np

from pipeline.recommenders.base import Fit, Fitted, TrainingData, history_matrix
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.nearest_neighbours import cosine_neighbours


def fit_user_neighbours(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Sum the train items of each user's nearest neighbours by their similarity."""
    known = history_matrix(data.histories, data.items)
    nearest = cosine_neighbours(known, settings["neighbours"])
    return Fitted(lambda users, histories: np.asarray((nearest[users] @ known).toarray()))


FIT: Fit = fit_user_neighbours
