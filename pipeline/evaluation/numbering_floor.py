"""What two rules that learn nothing score from the item numbers alone.

Where items are numbered in the order in which users' histories are walked, the next item's number tends
to follow the last one's, so the number itself tells the answer. Both rules guess base + 1, base + 2 and
so on; a number that no item carries takes its place in the list and is a miss.
"""

import numpy as np

from pipeline.evaluation.ranking import MISS


def last_numbers(users: np.ndarray, positions: np.ndarray, numbers: np.ndarray, size: int) -> np.ndarray:
    """Return the number of each user's newest history item, 0 for an empty history: int64 [size].

    `users`, `positions` and `numbers` are the history's rows, in any order.
    """
    bases = np.zeros(size, dtype=np.int64)
    order = np.lexsort((positions, users))
    newest = order[np.append(np.diff(users[order]) != 0, True)[: len(order)]]
    bases[users[newest]] = numbers[newest]
    return bases


def highest_numbers(users: np.ndarray, numbers: np.ndarray, size: int) -> np.ndarray:
    """Return the highest number in each user's history, 0 for an empty history: int64 [size]."""
    bases = np.zeros(size, dtype=np.int64)
    np.maximum.at(bases, users, numbers)
    return bases


def catalogue_ranks(bases: np.ndarray, targets: np.ndarray, length: int) -> np.ndarray:
    """Return the rank of number `targets` [N] in the list base + 1 .. base + `length`, or MISS: int64 [N]."""
    ranks = targets - bases
    return np.where((ranks >= 1) & (ranks <= length), ranks, MISS)


def candidate_ranks(bases: np.ndarray, targets: np.ndarray, negatives: list[np.ndarray]) -> np.ndarray:
    """Return the rank of number `targets` [N] among each user's candidates, from 1: int64 [N].

    Candidates above the base come first, nearest first; then those at or below it, nearest first.
    `negatives` holds the numbers of each user's negatives.
    """
    ranks = [
        1 + int((_keys(base, others) < _keys(base, np.array([target]))).sum())
        for base, target, others in zip(bases, targets, negatives, strict=True)
    ]
    return np.array(ranks, dtype=np.int64)


def _keys(base: int, numbers: np.ndarray) -> np.ndarray:
    distances = np.asarray(numbers, dtype=np.int64) - base
    return np.where(distances > 0, distances, np.iinfo(np.int32).max - distances)
