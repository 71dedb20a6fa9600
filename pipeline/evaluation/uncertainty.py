"""Percentile bootstrap over users or pairs, for means and for statistics of sums such as corpus BLEU.

Columns of one matrix are resampled together, so that methods are compared on the same resamples
(paired bootstrap).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_BLOCK = 4_000_000
"""Most draws held at once: bounds memory at about 64 MB whatever the number of users."""


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its bootstrap interval."""

    value: float
    low: float
    high: float


def resampled_sums(values: np.ndarray, resamples: int, rng: np.random.Generator) -> np.ndarray:
    """Draw N rows with replacement, `resamples` (R) times, and sum them: float64 [R, S] from [N, S].

    Raises ValueError when there are no rows.
    """
    count = len(values)
    if count == 0:
        raise ValueError("the bootstrap needs at least one row, got none")
    block = max(1, _BLOCK // count)
    values = values.astype(np.float64)
    sums = np.empty((resamples, values.shape[1]))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        draws = rng.integers(count, size=(size, count)) + np.arange(size)[:, None] * count
        weights = np.bincount(draws.reshape(-1), minlength=size * count).reshape(size, count)
        sums[start : start + size] = weights.astype(np.float64) @ values
    return sums


def percentile_interval(value: float, replicates: np.ndarray, confidence: float) -> Interval:
    """Return `value` with the central `confidence` share of its bootstrap replicates [R]."""
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(replicates, [tail, 1.0 - tail])
    return Interval(float(value), float(low), float(high))


def sums_interval(
    totals: np.ndarray,
    resampled: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    confidence: float,
) -> Interval:
    """Return a statistic of sums with its interval.

    `totals` [S] are the sample's sums and `resampled` [R, S] those of its resamples; `statistic` takes sums
    [..., S] to figures [...].
    """
    return percentile_interval(float(statistic(totals)), statistic(resampled), confidence)
