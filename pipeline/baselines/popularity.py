"""Most popular: items by how often train shows them, the same order for everyone."""

import numpy as np

RecommendationColumns = dict[str, np.ndarray]
"""`user`, `rank`, `item` and `score` of the RECOMMENDATIONS schema."""


def train_counts(items: np.ndarray, size: int) -> np.ndarray:
    """Return how many train interactions each of `size` items has: int64 [I]."""
    return np.bincount(items, minlength=size)


def popularity_order(counts: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return all items, most popular first, ties in random order: int64 [I].

    Ties by id would favour old products, whose ids are lower.
    """
    return np.lexsort((rng.permutation(len(counts)), -counts))


def rank_catalogue(
    order: np.ndarray, counts: np.ndarray, users: np.ndarray, seen: list[np.ndarray], top: int
) -> RecommendationColumns:
    """Recommend to each of `users` the first `top` items of `order` [I] that aren't in their `seen` items."""
    chosen = []
    for items in seen:
        # No more than len(items) of the first items can be taken away.
        head = order[: top + len(items)]
        chosen.append(head[~np.isin(head, items)][:top])
    return _columns(users, chosen, counts)


def rank_candidates(
    order: np.ndarray, counts: np.ndarray, users: np.ndarray, candidates: list[np.ndarray], top: int
) -> RecommendationColumns:
    """Recommend to each of `users` the first `top` of their `candidates` by `order` [I]."""
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    chosen = [items[np.argsort(places[items])][:top] for items in candidates]
    return _columns(users, chosen, counts)


def _columns(users: np.ndarray, chosen: list[np.ndarray], counts: np.ndarray) -> RecommendationColumns:
    lengths = np.array([len(items) for items in chosen], dtype=np.int64)
    items = np.concatenate([np.empty(0, dtype=np.int64), *chosen])
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return {
        "user": np.repeat(users, lengths).astype(np.int32),
        "rank": (np.arange(len(items)) - starts + 1).astype(np.int32),
        "item": items.astype(np.int32),
        "score": counts[items].astype(np.float32),
    }
