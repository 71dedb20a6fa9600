"""Whether a paired difference could be chance: bootstrap p-values, and Holm's correction for many of them."""

import numpy as np


def two_sided_p(replicates: np.ndarray) -> np.ndarray:
    """Return the bootstrap p-value of each difference being zero: [S] from replicates [R, S].

    Twice the share of replicates on the rarer side of zero, the observed sample counted as one more, so
    that no p is 0: the smallest is 2 / (R + 1). Replicates at zero count for both sides.
    """
    rarer = np.minimum((replicates <= 0).sum(axis=0), (replicates >= 0).sum(axis=0))
    return np.minimum(2.0 * (rarer + 1) / (len(replicates) + 1), 1.0)


def holm(p_values: np.ndarray) -> np.ndarray:
    """Return p-values [S] adjusted so that the chance of any false finding among all S stays below alpha.

    Holm (1979): the i-th smallest of S, i from 1, times S - i + 1, made ascending and cut at 1.
    """
    order = np.argsort(p_values, kind="stable")
    factors = len(p_values) - np.arange(len(p_values))
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
