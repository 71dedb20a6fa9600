"""Vectors of length 1, whose products are cosines."""

import numpy as np


def unit_rows(vectors: np.ndarray) -> np.ndarray:
    """Return rows [I, D] with length 1, zeros as they are, float32."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0).astype(np.float32)
