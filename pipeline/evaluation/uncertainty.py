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


def mean_intervals(
    values: np.ndarray, resamples: int, confidence: float, rng: np.random.Generator
) -> list[Interval]:
    """Return each column's mean of `values` [N, S] with its interval; all columns share the resamples."""
    means = resampled_sums(values, resamples, rng) / len(values)
    return [
        percentile_interval(values[:, column].mean(), means[:, column], confidence)
        for column in range(values.shape[1])
    ]


def corpus_interval(
    counts: np.ndarray,
    statistic: Callable[[np.ndarray], np.ndarray],
    resamples: int,
    confidence: float,
    rng: np.random.Generator,
) -> Interval:
    """Return a corpus-level figure with its interval.

    `counts` [N, S] holds what each row adds to the corpus; `statistic` takes sums [..., S] to figures [...].
    """
    value = float(statistic(counts.sum(axis=0)))
    return percentile_interval(value, statistic(resampled_sums(counts, resamples, rng)), confidence)


def paired_difference(
    first: np.ndarray, second: np.ndarray, resamples: int, confidence: float, rng: np.random.Generator
) -> Interval:
    """Return mean(first) - mean(second) with its interval, both arrays [N] over the same users.

    Raises ValueError when the arrays differ in length.
    """
    if first.shape != second.shape:
        raise ValueError(f"paired arrays have shapes {first.shape} and {second.shape}, equal shapes wanted")
    return mean_intervals((first - second)[:, None], resamples, confidence, rng)[0]
