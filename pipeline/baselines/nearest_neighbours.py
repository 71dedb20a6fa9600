"""ItemKNN and UserKNN by cosine on implicit feedback (Deshpande and Karypis, TOIS 2004).

cornac's are for ratings: it compares two items over the users that they share alone and divides a score by
the sum of its similarities, so that with all feedback 1 every similarity and every score is 1.
"""

import numpy as np
from scipy.sparse import csr_matrix, diags

from pipeline.baselines.training_data import Scorer, Settings, TrainingData, history_matrix


def fit_item_neighbours(data: TrainingData, settings: Settings, seed: int) -> Scorer:
    """Return a scorer that sums each item's similarities to the history, among its nearest neighbours."""
    nearest = cosine_neighbours(history_matrix(data.histories, data.items).T.tocsr(), settings["neighbours"])
    to_neighbours = nearest.T.tocsr()

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        return np.asarray((history_matrix(histories, data.items) @ to_neighbours).toarray())

    return score


def fit_user_neighbours(data: TrainingData, settings: Settings, seed: int) -> Scorer:
    """Return a scorer that sums the train items of each user's nearest neighbours by their similarity."""
    known = history_matrix(data.histories, data.items)
    nearest = cosine_neighbours(known, settings["neighbours"])
    return lambda users, histories: np.asarray((nearest[users] @ known).toarray())


def cosine_neighbours(rows: csr_matrix, count: int) -> csr_matrix:
    """Return the cosines of each row of [R, C] to its `count` nearest others, float32 [R, R].

    Of equal cosines those of lower rows stay.
    """
    lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    unit = diags(1 / np.maximum(lengths, 1e-12)) @ rows
    cosines = (unit @ unit.T).tocsr().astype(np.float32)
    cosines.setdiag(0)
    cosines.sort_indices()
    for start, end in zip(cosines.indptr[:-1], cosines.indptr[1:], strict=True):
        weak = np.argsort(-cosines.data[start:end], kind="stable")[count:]
        cosines.data[start + weak] = 0
    cosines.eliminate_zeros()
    return cosines
