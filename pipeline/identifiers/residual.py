"""Codes by residual k-means: items that are alike share their first codes.

Each level clusters what the levels before left over of the items' vectors, as TIGER's RQ-VAE does and,
without training a network, GRID's residual k-means. Vectors are of the items' texts, of the company that
items keep in train histories, or of both side by side.
"""

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from pipeline.identifiers.base import Identifiers, RandomStream, Sources
from pipeline.identifiers.codebooks import Codebooks
from pipeline.identifiers.codes import clusters_of, named_by_codes
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.item_vectors import item_vectors

_COMPANY = (
    "its codes say what company an item keeps (identifiers.residual.vectors: cooccurrence), yet unknown"
)


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the codes of their clusters, and one more code where several items share all of them.

    Users have shuffled numbers. Raises IdentifiersError where the items have no texts and vectors of texts
    are asked for.
    """
    config = settings.residual
    vectors = item_vectors(sources, settings.method, config)
    distinct = config.last == "distinct"
    codes, centres = residual_codes(
        vectors.values, config.levels, config.size, random("clusters"), distinct=distinct
    )
    named = named_by_codes(codes, sources, random)
    if vectors.space is None:
        return replace(named, new_items=_COMPANY)
    return replace(named, new_items=Codebooks(vectors.space, centres, frozenset(named.symbols)))


def residual_codes(
    vectors: np.ndarray, levels: int, size: int, rng: np.random.Generator, distinct: bool = False
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the code of each item at each level, int64 [I, levels], and the centres of each level.

    Codes go from 0 to at most `size` - 1, the centres are float64 [clusters, D]. With `distinct` items that
    share all codes but the last don't share that one, as far as codes suffice.
    """
    left = vectors.astype(np.float64)
    centres: list[np.ndarray] = []
    codes = np.zeros((len(left), levels), dtype=np.int64)
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        for level in range(levels):
            means = clusters_of(left, size, rng)
            codes[:, level] = means.labels_
            if distinct and level == levels - 1:
                _spread(codes, left, means.cluster_centers_)
            left = left - means.cluster_centers_[codes[:, level]]
            centres.append(means.cluster_centers_)
    return codes, centres


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
