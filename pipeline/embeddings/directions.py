"""User vectors as directions: cosines exact in a fixed order of sums, and float32 rows for fast products."""

import numpy as np
import torch

# Cosines that differ by less than this are one: the rest is rounding of float64 sums.
DECIMALS = 12
# Values at a time, so few that they stay in the cache.
_BLOCK = 2**16


class Directions:
    """The directions of N vectors.

    Attributes:
        unit: rows of length 1, zeros for a zero vector, float32 [N, U].
        zero: which vectors are zero, bool [N].
        margin: if the products of two pairs of `unit` differ by more, the cosines stand in the same order.
    """

    def __init__(self, vectors: np.ndarray) -> None:
        """Take the vectors, float [N, U]; they are kept, not copied."""
        self._vectors = vectors
        self._lengths = np.empty((len(vectors), 1))
        rows = np.empty(vectors.shape, dtype=np.float32)
        step = max(1, _BLOCK // vectors.shape[1])
        for start in range(0, len(vectors), step):
            part = slice(start, start + step)
            wide = vectors[part].astype(np.float64)
            self._lengths[part] = np.sqrt((wide * wide).sum(axis=1, keepdims=True))
            rows[part] = self._rows(part)
        self.unit = torch.from_numpy(rows)
        self.zero = self._lengths[:, 0] == 0
        # Twice the bound of a float32 dot product's rounding error, once for either side, and a tie.
        self.margin = (vectors.shape[1] + 8) * float(np.finfo(np.float32).eps) + 2 * 10.0**-DECIMALS

    def __len__(self) -> int:
        """Return N."""
        return len(self._vectors)

    def _rows(self, chosen: np.ndarray | slice) -> np.ndarray:
        wide = self._vectors[chosen].astype(np.float64)
        lengths = self._lengths[chosen]
        return np.divide(wide, lengths, out=np.zeros_like(wide), where=lengths > 0)

    def cosines(self, users: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the cosine of each pair, float64 [pairs] rounded to DECIMALS; users, others: int [pairs].

        Each is one float64 sum whose order doesn't depend on the other pairs, as it does in a matrix product.
        """
        found = np.empty(len(users))
        step = max(1, _BLOCK // self._vectors.shape[1])
        for start in range(0, len(users), step):
            part = slice(start, start + step)
            found[part] = (self._rows(users[part]) * self._rows(others[part])).sum(axis=1)
        return found.round(DECIMALS)
