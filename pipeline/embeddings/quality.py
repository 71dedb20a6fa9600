"""How good neighbours are: the share of them that have a train item in common with their user."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pipeline.embeddings.config import EmbeddingsConfig
from pipeline.embeddings.factorization import Factors
from pipeline.embeddings.feedback import Feedback
from pipeline.embeddings.neighbours import nearest_users
from pipeline.recommenders.hyperparameters import Settings

# The paper's n for Sports and Beauty, whatever neighbours.count is, so that figures compare.
QUALITY_NEIGHBOURS = 20


def neighbour_quality(feedback: Feedback, vectors: np.ndarray) -> dict[str, float]:
    """Return the share of nearest users with a common train item, beside chance; vectors: [N, U]."""
    count = min(QUALITY_NEIGHBOURS, len(vectors) - 1)
    histories = items_by_user(feedback, len(vectors))
    nearest = nearest_users(vectors, count, block=1024).users
    return {
        "neighbours": count,
        "shared_item_share": round(shared_item_share(histories, nearest), 6),
        "shared_item_chance": round(shared_item_chance(histories), 6),
    }


def items_by_user(feedback: Feedback, users: int) -> list[frozenset[int]]:
    """Return the train items of each of the N users."""
    found: list[set[int]] = [set() for _ in range(users)]
    for user, item in zip(feedback.users.tolist(), feedback.items.tolist(), strict=True):
        found[user].add(item)
    return [frozenset(items) for items in found]


def shared_item_share(histories: Sequence[frozenset[int]], neighbours: np.ndarray) -> float:
    """Return the share of neighbours with a train item of their user; neighbours: int [N, n].

    Users without train items are left out of the mean; 0.0 where no user has any.
    """
    active = [user for user, items in enumerate(histories) if items]
    if not active:
        return 0.0
    shared = sum(
        not histories[user].isdisjoint(histories[other])
        for user in active
        for other in neighbours[user].tolist()
    )
    return shared / (len(active) * neighbours.shape[1])


def shared_item_chance(histories: Sequence[frozenset[int]]) -> float:
    """Return the same share for neighbours drawn evenly from all others: the exact expectation."""
    active = [user for user, items in enumerate(histories) if items]
    if len(histories) < 2 or not active:
        return 0.0
    fans: dict[int, set[int]] = {}
    for user in active:
        for item in histories[user]:
            fans.setdefault(item, set()).add(user)
    sharing = sum(len(set().union(*(fans[item] for item in histories[user]))) - 1 for user in active)
    return sharing / (len(active) * (len(histories) - 1))


def describe(
    feedback: Feedback, factors: Factors, config: EmbeddingsConfig, settings: Settings | None = None
) -> dict[str, Any]:
    """Return the figures of metrics/embeddings.json: method, coverage of users and items, quality.

    `settings` are a recommender's, None for the methods with sections of their own.
    """
    return {
        "method": config.method,
        **(_factorization(config) if settings is None else {"settings": settings}),
        "dimensions": factors.users.shape[1],
        "pairs": len(feedback),
        "users": len(factors.users),
        "users_without_train": len(factors.users) - len(np.unique(feedback.users)),
        "items": len(factors.items),
        "items_without_train": len(factors.items) - len(np.unique(feedback.items)),
        **neighbour_quality(feedback, factors.users),
    }


def _factorization(config: EmbeddingsConfig) -> dict[str, Any]:
    pmf = config.method == "pmf"
    return {
        "variant": config.pmf.variant if pmf else config.bivae.likelihood,
        "feedback": config.pmf.feedback if pmf else "ones",
        "epochs": config.epochs,
        "learning_rate": config.learning_rate,
    }
