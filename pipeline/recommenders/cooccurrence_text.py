"""Co-occurrence and text: counts as in `cooccurrence`, and how like the newest items' texts an item's is.

A floor as well: nothing is trained, every weight is searched on validation.
"""

import numpy as np
from scipy.sparse import csr_matrix

from pipeline.recommenders.base import BaselineError, Fit, Fitted, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.cooccurrence import newest_items, pair_weights
from pipeline.recommenders.parts.tfidf import tfidf


def fit_cooccurrence_text(data: TrainingData, settings: Settings, seed: int) -> Fitted:
    """Add the texts' part to the counts', each divided by its maximum for the user.

    Raises BaselineError where no two items' texts share a word.
    """
    try:
        vectors = tfidf(data.texts or [])
    except ValueError as error:
        raise BaselineError(
            f"cooccurrence_text needs item metadata, and {error} (title, categories): name the metadata file "
            "of these reviews in dataset.metadata, or leave the method out of evaluation.baselines"
        ) from None
    pairs = pair_weights(data.histories, data.items, settings["gap_exponent"], settings["backward"])

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        newest = newest_items(histories, data.items, settings["history"], settings["age_exponent"])
        counted = share_of_maximum((newest @ pairs).toarray(), histories)
        alike = share_of_maximum(cosines(newest, vectors), histories)
        return (counted + settings["text_weight"] * alike).astype(np.float32)

    return Fitted(score)


def cosines(newest: csr_matrix, vectors: csr_matrix) -> np.ndarray:
    """Return each user's weights [B, I] times the cosines of those items to all others: float32 [B, I]."""
    # Users are columns here: a row for each term lies in one piece, so that its addition is fast.
    words = np.ascontiguousarray((newest @ vectors).astype(np.float32).toarray().T)
    return np.asarray((vectors @ words).T)


def share_of_maximum(scores: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
    """Return scores [B, I] divided by their maximum for the user; items of the history count 0."""
    shares = np.array(scores)
    for row, history in enumerate(histories):
        shares[row, history] = 0
    maxima = shares.max(axis=1, keepdims=True)
    return shares / np.where(maxima > 0, maxima, 1)


FIT: Fit = fit_cooccurrence_text
