"""The neighbours as section `neighbours` wants them, and what metrics/neighbours.json says of them."""

from typing import Any

import numpy as np

from pipeline.embeddings.approximate import nearest_users_by_cells
from pipeline.embeddings.config import NeighboursConfig
from pipeline.embeddings.neighbours import Neighbours, nearest_users
from pipeline.embeddings.recall import recall


def search(vectors: np.ndarray, config: NeighboursConfig) -> Neighbours:
    """Find each user's nearest others; vectors: float [N, U]."""
    if config.method == "approximate":
        return nearest_users_by_cells(vectors, config.count, config.block, config.probes)
    return nearest_users(vectors, config.count, config.block)


def describe(vectors: np.ndarray, found: Neighbours, config: NeighboursConfig) -> dict[str, Any]:
    """Return method, sizes, the mean cosine of the neighbours, and the recall of an approximate search."""
    figures = {
        "method": config.method,
        "users": len(vectors),
        "count": config.count,
        "cosine_mean": round(float(found.cosines.mean(dtype=np.float64)), 6),
    }
    if config.method == "exact":
        return figures
    return {**figures, "probes": config.probes, **recall(vectors, found, config.block)}
