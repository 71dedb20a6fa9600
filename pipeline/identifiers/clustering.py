"""Items in an order in which neighbours are alike, by hierarchical k-means."""

import numpy as np
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits


def cluster_order(vectors: np.ndarray, clusters: int, rng: np.random.Generator) -> np.ndarray:
    """Return the positions of `vectors` [I, U] in the order of the leaves of a tree of clusters.

    Each level splits a cluster into at most `clusters`; clusters, and the items of a leaf, follow one
    another along the direction in which they vary most.
    """
    scaled = vectors.astype(np.float64)
    lengths = np.linalg.norm(scaled, axis=1, keepdims=True)
    scaled = np.divide(scaled, lengths, out=np.zeros_like(scaled), where=lengths > 0)
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        return _order(scaled, np.arange(len(scaled)), clusters, rng)


def _order(vectors: np.ndarray, members: np.ndarray, clusters: int, rng: np.random.Generator) -> np.ndarray:
    distinct = len(np.unique(vectors[members], axis=0)) if len(members) else 0
    if len(members) <= clusters or distinct <= 1:
        return members[_along(vectors[members])]
    means = KMeans(min(clusters, distinct), n_init=1, random_state=int(rng.integers(2**31)))
    labels = means.fit_predict(vectors[members])
    parts = [members[labels == label] for label in _along(means.cluster_centers_)]
    return np.concatenate([_order(vectors, part, clusters, rng) for part in parts if len(part)])


def _along(points: np.ndarray) -> np.ndarray:
    """Positions of `points` sorted along their first principal direction, its largest part positive."""
    if len(points) < 2:
        return np.arange(len(points))
    centred = points - points.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    direction = direction * np.sign(direction[np.abs(direction).argmax()])
    return np.argsort(centred @ direction, kind="stable")
