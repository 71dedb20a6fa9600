"""Codes by residual k-means: items that are alike share their first codes.

Each level clusters what the levels before left over of the items' vectors, as TIGER's RQ-VAE does and,
without training a network, GRID's residual k-means. Vectors are of the items' texts, of the company that
items keep in train histories, or of both side by side.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from pipeline.identifiers.base import Identifiers, RandomStream, Sources
from pipeline.identifiers.codes import clusters_of, named_by_codes
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.item_vectors import item_vectors


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the codes of their clusters, and one more code where several items share all of them.

    Users have shuffled numbers. Raises IdentifiersError where the items have no texts and vectors of texts
    are asked for.
    """
    config = settings.residual
    vectors = item_vectors(sources, settings.method, config)
    codes = residual_codes(vectors, config.levels, config.size, random("clusters"), config.last == "distinct")
    return named_by_codes(codes, sources, random)


def residual_codes(
    vectors: np.ndarray, levels: int, size: int, rng: np.random.Generator, distinct: bool = False
) -> np.ndarray:
    """Return the code of each item at each level, from 0 to at most `size` - 1: int64 [I, levels].

    With `distinct` items that share all codes but the last don't share that one, as far as codes suffice.
    """
    left = vectors.astype(np.float64)
    codes = np.zeros((len(left), levels), dtype=np.int64)
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        for level in range(levels):
            means = clusters_of(left, size, rng)
            codes[:, level] = means.labels_
            if distinct and level == levels - 1:
                _spread(codes, left, means.cluster_centers_)
            left = left - means.cluster_centers_[codes[:, level]]
    return codes


def _spread(codes: np.ndarray, left: np.ndarray, centres: np.ndarray) -> None:
    """Give items that share all codes, [I, levels], last ones that differ, and are near to what is `left`.

    Of all ways the one whose squared distances add up to the least, group by group: LC-Rec's uniform mapping,
    which Sinkhorn's algorithm approximates. What has no code for itself keeps the nearest.
    """
    groups, sizes = np.unique(codes[:, :-1], axis=0, return_inverse=True, return_counts=True)[1:]
    for group in np.flatnonzero(sizes > 1):
        members = np.flatnonzero(groups.reshape(-1) == group)
        distances = np.square(left[members, None] - centres[None]).sum(axis=2)
        rows, columns = linear_sum_assignment(distances)
        codes[members[rows], -1] = columns
