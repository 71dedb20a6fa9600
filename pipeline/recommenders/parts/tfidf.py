"""TF-IDF of item texts, as methods and text vectors share it."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer


def tfidf(texts: Sequence[str], most: int | None = None) -> csr_matrix:
    """Return TF-IDF vectors of length 1 (0 of no text), float32 [I, V], so that their products are cosines.

    V are the words and pairs of neighbouring words that stand in two texts or more, the `most` frequent of
    them; a term that stands n times in a text counts 1 + log n. Raises ValueError where there is none.
    """
    vectorizer = TfidfVectorizer(
        ngram_range=(1, 2), min_df=2, max_features=most, sublinear_tf=True, dtype=np.float32
    )
    try:
        return vectorizer.fit_transform(texts)
    # What scikit-learn raises of an empty vocabulary.
    except ValueError:
        raise ValueError("no two items have a word in common") from None
