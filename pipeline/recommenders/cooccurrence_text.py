"""Co-occurrence and text: counts as in `cooccurrence`, and how like the newest items' texts an item's is.

A floor as well: nothing is trained, every weight is searched on validation.
"""

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.recommenders.base import BaselineError, Fit, Scorer, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.cooccurrence import newest_items, pair_weights


def fit_cooccurrence_text(data: TrainingData, settings: Settings, seed: int) -> Scorer:
    """Return a scorer that adds the texts' part to the counts', each divided by its maximum for the user.

    Raises BaselineError where no two items' texts share a word.
    """
    vectors = text_vectors(data.texts)
    pairs = pair_weights(data.histories, data.items, settings["gap_exponent"], settings["backward"])

    def score(users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        newest = newest_items(histories, data.items, settings["history"], settings["age_exponent"])
        counted = share_of_maximum((newest @ pairs).toarray(), histories)
        alike = share_of_maximum(cosines(newest, vectors), histories)
        return (counted + settings["text_weight"] * alike).astype(np.float32)

    return score


def text_vectors(texts: list[str] | None) -> csr_matrix:
    """Return TF-IDF vectors of length 1 (0 of no text), float32 [I, V], so that their products are cosines.

    V are the words and pairs of neighbouring words that stand in two texts or more; a term that stands n
    times in a text counts 1 + log n. Raises BaselineError where there is none.
    """
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, dtype=np.float32)
    try:
        return vectorizer.fit_transform(texts or [])
    # What scikit-learn raises of an empty vocabulary.
    except ValueError:
        raise BaselineError(
            "cooccurrence_text needs item metadata, and no two items have a word of title or categories in "
            "common: name the metadata file of these reviews in dataset.metadata, or leave the method out of "
            "evaluation.baselines"
        ) from None


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
