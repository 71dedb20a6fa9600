"""Beyond accuracy: how popular what users are shown is, beside what they chose themselves.

A figure per user and a flag, 1 where there is one: [N, 2]. The mean over users is sum / sum, which resamples.
"""

import numpy as np

from pipeline.evaluation.predictions import NO_ITEM


def self_information(counts: np.ndarray, users: int) -> np.ndarray:
    """Return -log2 of the share of `users` that chose each item in train, in bits: [I] from counts [I].

    An item that nobody chose counts as chosen once; else it would be infinitely surprising.
    """
    return -np.log2(np.maximum(counts, 1) / users)


def list_means(lists: np.ndarray, values: np.ndarray, k: int) -> np.ndarray:
    """Return the mean of `values` [I] over the first `k` items of each of `lists` [N, K]: [N, 2].

    With train counts as values the mean over users is the average recommendation popularity (ARP), with
    self-information it is novelty. Answers that name no item don't count.
    """
    shown = lists[:, :k]
    real = shown != NO_ITEM
    return _means((values[shown] * real).sum(axis=1), real.sum(axis=1))


def history_means(owners: np.ndarray, history: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """Return the mean of `values` [I] over each user's `history` rows: [N, 2], N = `size`.

    `owners` holds the rows' users, from 0.
    """
    sums = np.bincount(owners, weights=values[history], minlength=size)
    return _means(sums, np.bincount(owners, minlength=size))


def _means(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    return np.column_stack([sums / np.maximum(counts, 1), counts > 0]).astype(np.float64)


def mean_over_users(sums: np.ndarray) -> np.ndarray:
    """Return the mean over users of summed means and flags [..., 2], 0 where nobody has one: [...]."""
    return sums[..., 0] / np.maximum(sums[..., 1], 1.0)


def ratio_of_means(sums: np.ndarray) -> np.ndarray:
    """Return the ratio of two means over users, summed means and flags [..., 4], 0 over zero: [...]."""
    above = mean_over_users(sums[..., :2])
    below = mean_over_users(sums[..., 2:])
    return np.where(below > 0, above / np.where(below > 0, below, 1.0), 0.0)
