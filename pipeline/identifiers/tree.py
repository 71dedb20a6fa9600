"""A token per level of a tree of clusters, as P5's collaborative ids (Hua et al., 2023).

Vectors of the company that items keep are the leading eigenvectors of their co-occurrence graph; k-means over
them is spectral clustering, and it goes on within each cluster until as few items as a cluster may have
codes are left, which get one each.
"""

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.identifiers.base import Identifiers, RandomStream, Sources, coded, random_users
from pipeline.identifiers.codes import clusters_of, code_report
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.item_vectors import item_vectors

DEEPEST = 25
"""Most levels above the last, so that each has a letter; items that are left are told apart there."""

_NOT_KEPT = "its clusters aren't kept with the model, and the codes at its leaves are dealt out"


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the codes of their clusters, from the largest down; users have shuffled numbers.

    Raises IdentifiersError where the items have no texts and vectors of texts are asked for.
    """
    config = settings.tree
    vectors = item_vectors(sources, settings.method, config).values
    codes = tree_codes(vectors, config.size, random("clusters"))
    first = np.array([one[:1] for one in codes])
    report = code_report(first, sources.histories.of_train()) | {"levels": max(map(len, codes))}
    return replace(coded(random_users(sources.histories, random), codes, report), new_items=_NOT_KEPT)


def tree_codes(vectors: np.ndarray, size: int, rng: np.random.Generator) -> list[list[int]]:
    """Return the codes of each item, from 0 to `size` - 1 at every level, as many levels as it takes.

    Items that can't be clustered, for all their vectors are the same, are dealt out at random.
    """
    codes: list[list[int]] = [[] for _ in vectors]
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        _split(vectors.astype(np.float64), np.arange(len(vectors)), size, rng, codes)
    return codes


def _split(
    vectors: np.ndarray, members: np.ndarray, size: int, rng: np.random.Generator, codes: list[list[int]]
) -> None:
    if len(members) <= size or len(codes[members[0]]) == DEEPEST:
        # Drawn: counted up in the order of items it would say which of them came first.
        for item, code in zip(members, rng.permutation(len(members)).tolist(), strict=True):
            codes[item].append(code)
        return
    labels = clusters_of(vectors[members], size, rng).labels_
    if len(np.unique(labels)) == 1:
        labels = rng.permutation(len(members)) % size
    for label in range(size):
        part = members[labels == label]
        if len(part):
            for item in part:
                codes[item].append(label)
            _split(vectors, part, size, rng, codes)
