"""TF-IDF of item texts, as methods and text vectors share it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array, csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer

from pipeline.runtime.engines.base import Engine
from pipeline.runtime.engines.local import LocalEngine

SHARD = 4096
"""Texts whose terms are counted at a time."""
_COUNTING: dict[str, Any] = {"ngram_range": (1, 2), "sublinear_tf": True, "dtype": np.float32}


class Terms(NamedTuple):
    """What `tfidf` counts, to count it in other texts.

    Attributes:
        words: terms, in the order of columns [V].
        weights: how much each counts for how few texts have it (IDF), float32 [V].
    """

    words: Sequence[str]
    weights: np.ndarray

    def counted(self, texts: Sequence[str]) -> csr_matrix:
        """Return the vectors of other texts as `tfidf` has them, float32 [I, V]; 0 where it has no term."""
        vectorizer = TfidfVectorizer(vocabulary=self.words, **_COUNTING)
        vectorizer.idf_ = self.weights
        return vectorizer.transform(texts)


def tfidf(
    texts: Sequence[str],
    most: int | None = None,
    engine: Engine = LocalEngine(),  # noqa: B008 - immutable
) -> csr_matrix:
    """Return TF-IDF vectors of length 1 (0 of no text), float32 [I, V], so that their products are cosines.

    V are the words and pairs of neighbouring words that stand in two texts or more, the `most` frequent of
    them; a term that stands n times in a text counts 1 + log n. `engine` counts the terms of shards of texts:
    the same matrix whichever it is. Raises ValueError where there is no term.
    """
    return fitted_tfidf(texts, most, engine)[0]


def fitted_tfidf(texts: Sequence[str], most: int | None, engine: Engine) -> tuple[csr_matrix, Terms]:
    """Return what `tfidf` does, and the terms."""
    vectorizer = _Vectorizer(min_df=2, max_features=most, **_COUNTING)
    vectorizer.engine = engine
    try:
        counts = vectorizer.fit_transform(texts)
    # What scikit-learn raises of an empty vocabulary.
    except ValueError:
        raise ValueError("no two items have a word in common") from None
    return counts, Terms(vectorizer.get_feature_names_out().tolist(), vectorizer.idf_)


class _Vectorizer(TfidfVectorizer):
    """Has the terms of shards counted by an engine; numbers and order are scikit-learn's own."""

    engine: Engine

    def _count_vocab(
        self, raw_documents: Sequence[str], fixed_vocab: bool
    ) -> tuple[dict[str, int], csr_array]:
        starts = range(0, len(raw_documents), SHARD)
        vocabulary: dict[str, int] = {}
        parts = []
        for terms, counts in self.engine.map(_counted, (raw_documents[at : at + SHARD] for at in starts)):
            columns = np.array(
                [vocabulary.setdefault(term, len(vocabulary)) for term in terms], dtype=np.int32
            )
            parts.append((counts.data, columns[counts.indices], counts.indptr))
        if not vocabulary:
            raise ValueError("empty vocabulary")
        shape = len(vocabulary)
        whole = vstack([csr_array(part, shape=(len(part[2]) - 1, shape)) for part in parts], format="csr")
        whole.sort_indices()
        return vocabulary, whole


def _counted(texts: Sequence[str]) -> tuple[list[str], csr_array]:
    """Return the terms of some texts, in the order of their first place, and how often each text has them."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), dtype=np.float32)
    try:
        vocabulary, counts = vectorizer._count_vocab(texts, fixed_vocab=False)
    except ValueError:
        return [], csr_array((len(texts), 0), dtype=np.float32)
    return list(vocabulary), counts
