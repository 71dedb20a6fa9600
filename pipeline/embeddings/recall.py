"""How many of the true nearest users a search found, told on a sample of users."""

import numpy as np

from pipeline.embeddings.directions import Directions
from pipeline.embeddings.neighbours import Neighbours, nearest_of

SAMPLE = 1000


def recall(vectors: np.ndarray, found: Neighbours, block: int) -> dict[str, float]:
    """Return the share of exact neighbours that `found` has, over SAMPLE evenly spaced users.

    A neighbour of the same cosine as the last exact one counts as right: which of the two stands in the list
    is a matter of order.
    """
    sample = np.unique(np.linspace(0, len(vectors) - 1, min(SAMPLE, len(vectors))).round().astype(np.int64))
    count = found.users.shape[1]
    exact = nearest_of(Directions(vectors), sample, count, block)
    right = found.cosines[sample] >= exact.cosines[:, -1:]
    return {"recall": round(float(right.mean()), 6), "recall_users": len(sample)}
