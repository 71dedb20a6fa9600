"""Codes by product quantization: vectors are cut into parts, and each part is clustered on its own.

Source: RPG (Hou et al., 2025, Generating Long Semantic IDs in Parallel for Recommendation), whose codes are
those of optimized product quantization (Ge et al., 2013), here by its parametric solution, eigenvalue
allocation. RPG writes all codes of an item at once; here they are written from left to right.
"""

from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from pipeline.identifiers.base import Identifiers, IdentifiersError, RandomStream, Sources
from pipeline.identifiers.codes import clusters_of, named_by_codes
from pipeline.identifiers.config import IdentifiersConfig
from pipeline.identifiers.item_vectors import item_vectors

_NOT_KEPT = "the axes and clusters of its parts aren't kept with the model"


def make(sources: Sources, settings: IdentifiersConfig, random: RandomStream) -> Identifiers:
    """Name items by the code of each part, and one more code where several items share all of them.

    Users have shuffled numbers. Raises IdentifiersError where the items have no texts and vectors of texts
    are asked for, and where there are more parts than dimensions.
    """
    config = settings.product
    vectors = item_vectors(sources, settings.method, config).values
    codes = product_codes(vectors, config.parts, config.size, random("clusters"))
    return replace(named_by_codes(codes, sources, random), new_items=_NOT_KEPT)


def product_codes(vectors: np.ndarray, parts: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """Return the code of each item in each part, from 0 to at most `size` - 1: int64 [I, parts]."""
    codes = np.zeros((len(vectors), parts), dtype=np.int64)
    # More threads would add up in changing order, and so change a cluster now and then.
    with threadpool_limits(1):
        for part, values in enumerate(balanced_parts(vectors, parts)):
            codes[:, part] = clusters_of(values, size, rng).labels_
    return codes


def balanced_parts(vectors: np.ndarray, parts: int) -> list[np.ndarray]:
    """Return `vectors` [I, D], turned and cut into parts that vary alike: float64 [I, about D / parts] each.

    They are turned onto the axes along which they vary, most first. Each axis goes to the part whose product
    of variances is smallest so far, until it is full. Raises IdentifiersError for more parts than dimensions.
    """
    if parts > vectors.shape[1]:
        raise IdentifiersError(
            f"identifiers.product.parts is {parts}, item vectors have {vectors.shape[1]} dimensions; "
            "as many parts at most wanted, or a larger identifiers.product.width"
        )
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    variances, axes = np.linalg.eigh(centred.T @ centred / len(centred))
    variances = variances[::-1]
    axes = axes[:, ::-1]
    # In proportion to the least, so that no axis makes a product smaller.
    least = max(1e-9 * variances[0], np.finfo(float).tiny)
    logs = np.log(np.maximum(variances, least) / least)
    room = [len(one) for one in np.array_split(np.arange(len(axes)), parts)]
    chosen: list[list[int]] = [[] for _ in range(parts)]
    products = np.zeros(parts)
    for axis in range(len(axes)):
        open_parts = [part for part in range(parts) if len(chosen[part]) < room[part]]
        part = min(open_parts, key=lambda one: products[one])
        chosen[part].append(axis)
        products[part] += logs[axis]
    # Along an axis without variance is only noise of the sums, which would be clustered.
    turned = np.round(centred @ axes, 9)
    return [turned[:, own] for own in chosen]
