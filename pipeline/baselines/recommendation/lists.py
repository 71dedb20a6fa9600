"""From scores to ranked lists, the same way for every baseline."""

from collections.abc import Iterable, Iterator

import numpy as np

from pipeline.baselines.recommendation.training_data import BaselineError, Scorer

RecommendationColumns = dict[str, np.ndarray]
"""`user`, `rank`, `item` and `score` of the RECOMMENDATIONS schema."""

BLOCK = 256
"""Users scored at a time; bounds memory at block x items x 4 bytes."""


class Ranker:
    """Ranks items by a scorer; items that train never shows come last, ties are in one random order.

    Ties by id would favour old products, whose ids are lower. What train never shows a baseline knows
    nothing of, whatever numbers its untrained weights give.
    """

    def __init__(self, scorer: Scorer, counts: np.ndarray, rng: np.random.Generator) -> None:
        """`counts` [I] are the train interactions of each item."""
        self._scorer, self._unknown = scorer, counts == 0
        self._columns = np.argsort(rng.permutation(len(counts)))

    def catalogue(self, users: np.ndarray, histories: list[np.ndarray], top: int) -> RecommendationColumns:
        """Recommend to each of `users` the first `top` of all items that aren't in his history."""
        return self._lists(users, histories, (~self._mask(history) for history in histories), top)

    def candidates(
        self, users: np.ndarray, histories: list[np.ndarray], pools: list[np.ndarray], top: int
    ) -> RecommendationColumns:
        """Recommend to each of `users` the first `top` of his pool."""
        return self._lists(users, histories, (self._mask(pool) for pool in pools), top)

    def _lists(
        self, users: np.ndarray, histories: list[np.ndarray], allowed: Iterable[np.ndarray], top: int
    ) -> RecommendationColumns:
        items, scores, lengths = [], [], []
        for values, mask in zip(self._scores(users, histories), allowed, strict=True):
            # In tie order first: the stable sort by score then leaves ties in it.
            pool = self._columns[mask[self._columns]]
            best = pool[np.lexsort((-values[pool], self._unknown[pool]))[:top]]
            items.append(best)
            scores.append(values[best])
            lengths.append(len(best))
        return _columns(users, items, scores, np.array(lengths, dtype=np.int64))

    def _mask(self, items: np.ndarray) -> np.ndarray:
        mask = np.zeros(len(self._unknown), dtype=bool)
        mask[items] = True
        return mask

    def ranks(self, users: np.ndarray, histories: list[np.ndarray], targets: np.ndarray) -> np.ndarray:
        """Return the rank, from 1, of each user's target among all items not in his history: int64 [N]."""
        ties = np.argsort(self._columns)
        ranks = np.empty(len(users), dtype=np.int64)
        for row, values in enumerate(self._scores(users, histories)):
            target = targets[row]
            before = (values > values[target]) | ((values == values[target]) & (ties < ties[target]))
            before = np.where(self._unknown == self._unknown[target], before, self._unknown[target])
            before[histories[row]] = False
            ranks[row] = before.sum() + 1
        return ranks

    def _scores(self, users: np.ndarray, histories: list[np.ndarray]) -> Iterator[np.ndarray]:
        for start in range(0, len(users), BLOCK):
            chosen = slice(start, start + BLOCK)
            block = self._scorer(users[chosen], histories[chosen])
            if not np.isfinite(block).all():
                raise BaselineError("scores are NaN or infinite: training diverged; lower the learning_rate")
            yield from block


def _columns(
    users: np.ndarray, items: list[np.ndarray], scores: list[np.ndarray], lengths: np.ndarray
) -> RecommendationColumns:
    total = int(lengths.sum())
    starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return {
        "user": np.repeat(users, lengths).astype(np.int32),
        "rank": (np.arange(total) - starts + 1).astype(np.int32),
        "item": np.concatenate([np.empty(0), *items]).astype(np.int32),
        "score": np.concatenate([np.empty(0), *scores]).astype(np.float32),
    }
