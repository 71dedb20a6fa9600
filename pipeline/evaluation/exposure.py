"""Beyond accuracy: how the recommendations of all users spread over the catalogue."""

import numpy as np

from pipeline.evaluation.predictions import NO_ITEM


def exposures(lists: np.ndarray, k: int, size: int) -> np.ndarray:
    """Return how often each of `size` items stands in the first `k` of `lists` [N, K]: int64 [I]."""
    shown = lists[:, :k].reshape(-1)
    return np.bincount(shown[shown != NO_ITEM], minlength=size)


def coverage(counts: np.ndarray) -> float:
    """Return the share of items that anybody is shown; `counts` are exposures [I]."""
    return float((counts > 0).mean())


def gini(counts: np.ndarray) -> float:
    """Return the Gini index of exposures [I]: 0 where all items are shown alike, near 1 where one item is.

    0 where nothing is shown.
    """
    if counts.sum() == 0:
        return 0.0
    size = len(counts)
    ranks = np.arange(1, size + 1)
    return float(((2 * ranks - size - 1) * np.sort(counts)).sum() / (size * counts.sum()))
