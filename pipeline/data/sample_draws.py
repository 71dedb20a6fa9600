"""Integer draws for the bundled sample, the same on every machine and numpy version."""

from collections.abc import MutableSequence, Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Draws:
    """Integers from the raw 64-bit stream of a generator.

    numpy keeps the raw stream of PCG64 for good, but not what its distributions make of it; so those few
    that the sample needs are made here, without floating point.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._raw = rng.bit_generator.random_raw

    def below(self, bound: int) -> int:
        """Return an integer from 0 to `bound` - 1."""
        return int(self._raw()) % bound

    def percent(self, share: int) -> bool:
        """Return true in `share` of 100 draws."""
        return self.below(100) < share

    def pick(self, values: Sequence[T]) -> T:
        """Return one of `values`."""
        return values[self.below(len(values))]

    def weighted(self, weights: Sequence[int]) -> int:
        """Return a position of `weights`, each as often as its weight says."""
        left = self.below(sum(weights))
        for position, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return position
        raise ValueError("weights must be positive integers")

    def shuffle(self, values: MutableSequence[T]) -> None:
        """Shuffle `values` in place (Fisher-Yates)."""
        for last in range(len(values) - 1, 0, -1):
            other = self.below(last + 1)
            values[last], values[other] = values[other], values[last]

    def permutation(self, count: int) -> list[int]:
        """Return 0 .. `count` - 1 in random order."""
        order = list(range(count))
        self.shuffle(order)
        return order
