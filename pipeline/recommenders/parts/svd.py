"""A truncated singular value decomposition that gives the same vectors for the same matrix."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from pipeline.recommenders.base import Vectors

DENSE = 1000
"""Matrices with a side of at most this many are decomposed as a whole."""


class Halves(NamedTuple):
    """Two matrices whose product is the best approximation of rank D of the matrix that was decomposed.

    Each takes the root of the singular values. Columns are in the order of their values, the largest first;
    columns beyond the smaller side of the matrix are zeros.

    Attributes:
        left: float32 [R, D].
        right: float32 [C, D].
    """

    left: np.ndarray
    right: np.ndarray


def halves(matrix: csr_matrix | np.ndarray, width: int) -> Halves:
    """Return the halves of a matrix [R, C]; `width` is D. Raises ValueError for a width below 1."""
    if width < 1:
        raise ValueError(f"width {width}: 1 or more wanted")
    left, values, right = _decomposed(matrix, min(width, *matrix.shape))
    # A singular vector and its partner are given up to their sign.
    largest = np.abs(left).argmax(axis=0)
    signs = np.where(left[largest, np.arange(len(values))] < 0, -1.0, 1.0)
    scale = np.sqrt(values) * signs
    missing = ((0, 0), (0, width - len(values)))
    return Halves(
        np.pad(left * scale, missing).astype(np.float32),
        np.pad(right.T * scale, missing).astype(np.float32),
    )


def factored(histories: csr_matrix, weights: csr_matrix | np.ndarray, width: int) -> Vectors:
    """Return vectors [N, D] and [I, D] of scores that are histories [N, I] times weights [I, I]."""
    parts = halves(weights, width)
    return Vectors(np.asarray(histories @ parts.left, dtype=np.float32), parts.right)


def _decomposed(matrix: csr_matrix | np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the `width` largest singular values and their vectors, as numpy.linalg.svd does."""
    smaller = min(matrix.shape)
    if smaller <= max(DENSE, width):
        whole = matrix if isinstance(matrix, np.ndarray) else matrix.toarray()
        left, values, right = np.linalg.svd(whole.astype(np.float64), full_matrices=False)
        return left[:, :width], values[:width], right[:width]
    start = np.random.default_rng(0).standard_normal(smaller)
    left, values, right = svds(matrix.astype(np.float64), k=width, v0=start)
    order = np.argsort(-values)
    return left[:, order], values[order], right[order]
