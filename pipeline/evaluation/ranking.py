"""HR@k and NDCG@k with one relevant item a user (section 5.3): arrays over users, to be averaged later."""

import numpy as np

MISS = 0
"""Rank of a relevant item that isn't in the list."""


def relevant_ranks(lists: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the rank, from 1, of each user's relevant item, or MISS: int64 [N].

    `lists` [N, K] holds items in ranked order, -1 where a list is shorter or an answer names no item;
    `targets` [N] holds the relevant items. An item listed twice counts where it stands first.
    """
    found = lists == targets[:, None]
    return np.where(found.any(axis=1), found.argmax(axis=1) + 1, MISS).astype(np.int64)


def hits(ranks: np.ndarray, k: int) -> np.ndarray:
    """Return 1.0 for each user whose relevant item is in the first `k`, else 0.0; the mean is HR@k."""
    return ((ranks > MISS) & (ranks <= k)).astype(np.float64)


def discounted_gains(ranks: np.ndarray, k: int) -> np.ndarray:
    """Return 1 / log2(rank + 1) for each user with a hit in the first `k`, else 0.0; the mean is NDCG@k.

    With one relevant item the ideal gain is 1, so nothing is left to normalize.
    """
    return hits(ranks, k) / np.log2(np.maximum(ranks, 1) + 1.0)


def ranking_metrics(ranks: np.ndarray, cutoffs: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Return HR@k and NDCG@k of every cutoff as arrays over users, by name, in the tables' order."""
    metrics: dict[str, np.ndarray] = {}
    for k in cutoffs:
        metrics[f"HR@{k}"] = hits(ranks, k)
        # NDCG@1 is HR@1.
        if k > 1:
            metrics[f"NDCG@{k}"] = discounted_gains(ranks, k)
    return metrics


def chance_metrics(candidates: np.ndarray, cutoffs: tuple[int, ...]) -> dict[str, float]:
    """Return the exact expectation of `ranking_metrics` when each list is shuffled at random.

    `candidates` [N] is how many items are ranked for each user, the relevant one among them.
    """
    positions = np.arange(1, int(candidates.max()) + 1)
    chances = (positions[None, :] <= candidates[:, None]) / candidates[:, None]
    metrics: dict[str, float] = {}
    for name, gains in ranking_metrics(positions, cutoffs).items():
        metrics[name] = float((chances * gains).sum(axis=1).mean())
    return metrics
