"""Codes by residual k-means: items that are alike share their first codes.

Each level clusters what the levels before left over of the items' vectors, as TIGER's RQ-VAE does and,
without training a network, GRID's residual k-means. Vectors are of the items' texts, of the company that
items keep in train histories, or of both side by side.
"""

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from pipeline.embeddings.unit import unit_rows
from pipeline.identifiers.base import (
    Identifiers,
    IdentifiersError,
    RandomStream,
    Sources,
    coded,
    random_users,
)
from pipeline.identifiers.codes import code_report
from pipeline.identifiers.config import IdentifiersConfig, ResidualConfig
from pipeline.recommenders.parts.cooccurrence import cooccurrence_vectors


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the codes of their clusters, and one more code where several items share all of them.

    Users have shuffled numbers. Raises IdentifiersError where the items have no texts and vectors of texts
    are asked for.
    """
    config = settings.residual
    vectors = item_vectors(sources, config)
    clusters = residual_codes(vectors, config.levels, config.size, random("clusters"))
    codes = told_apart(clusters, random("items"))
    users = random_users(sources.histories, random)
    return coded(users, codes, code_report(clusters, sources.histories.of_train()))


def item_vectors(sources: Sources, config: ResidualConfig) -> np.ndarray:
    """Return the vectors that are clustered, float32 [I, D]; each kind has rows of length 1, or of zeros."""
    kinds = []
    if config.vectors != "cooccurrence":
        kinds.append(_text_vectors(sources.texts(), config.width))
    if config.vectors != "text":
        items = sources.histories.item_count
        kinds.append(unit_rows(cooccurrence_vectors(sources.histories.of_train(), items, config.width)))
    return np.concatenate(kinds, axis=1)


def _text_vectors(texts: list[str], width: int) -> np.ndarray:
    # Imports torch, which takes seconds: for this scheme alone.
    from pipeline.embeddings.texts import TextVectorsError, text_vectors

    try:
        return text_vectors(texts, width)
    except TextVectorsError as error:
        raise IdentifiersError(f"{error}; or set identifiers.residual.vectors to cooccurrence") from None


def residual_codes(vectors: np.ndarray, levels: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the code of each item at each level, from 0 to at most `size` - 1: int64 [I, levels]."""
    left = vectors.astype(np.float64)
    codes = np.zeros((len(left), levels), dtype=np.int64)
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        for level in range(levels):
            distinct = len(np.unique(left, axis=0))
            means = KMeans(min(size, distinct), n_init=1, random_state=int(rng.integers(2**31)))
            codes[:, level] = means.fit_predict(left)
            left = left - means.cluster_centers_[codes[:, level]]
    return codes


def told_apart(codes: np.ndarray, rng: np.random.Generator) -> list[list[int]]:
    """Return `codes` [I, levels] with one more where items share all of theirs.

    It is drawn: counted up in the order of items it would say which of them came first.
    """
    groups, sizes = np.unique(codes, axis=0, return_inverse=True, return_counts=True)[1:]
    found = codes.tolist()
    for group in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(groups.reshape(-1) == group)
        for item, code in zip(members, rng.permutation(len(members)).tolist(), strict=True):
            found[item].append(code)
    return found
