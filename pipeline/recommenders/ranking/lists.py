"""From scores to ranked lists, the same way for every baseline."""

from collections.abc import Iterator

import numpy as np

from pipeline.recommenders.base import BaselineError, Scorer

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
        self._scorer = scorer
        self._unknown = counts == 0
        self._columns = np.argsort(rng.permutation(len(counts)))

    def lists(
        self, users: np.ndarray, histories: list[np.ndarray], pools: list[np.ndarray], top: int
    ) -> dict[str, RecommendationColumns]:
        """Recommend `top` items to each of `users`, both from the same scores.

        `sequential`: of all items that aren't in their history; `topn`: of their pool.
        """
        catalogue = _Lists(users)
        candidates = _Lists(users)
        for values, history, pool in zip(self._scores(users, histories), histories, pools, strict=True):
            catalogue.add(values, self._best(values, ~self._mask(history), top))
            candidates.add(values, self._best(values, self._mask(pool), top))
        return {"sequential": catalogue.columns(), "topn": candidates.columns()}

    def _best(self, values: np.ndarray, allowed: np.ndarray, top: int) -> np.ndarray:
        # In tie order first: the stable sort by score then leaves ties in it.
        pool = self._columns[allowed[self._columns]]
        return np.asarray(pool[np.lexsort((-values[pool], self._unknown[pool]))[:top]])

    def _mask(self, items: np.ndarray) -> np.ndarray:
        mask = np.zeros(len(self._unknown), dtype=bool)
        mask[items] = True
        return mask

    def ranks(self, users: np.ndarray, histories: list[np.ndarray], targets: np.ndarray) -> np.ndarray:
        """Return the rank, from 1, of each user's target among all items not in their history: int64 [N]."""
        ties = np.argsort(self._columns)
        ranks = np.empty(len(users), dtype=np.int64)
        for row, values in enumerate(self._scores(users, histories)):
            target = targets[row]
            before = (values > values[target]) | ((values == values[target]) & (ties < ties[target]))
            before = np.where(self._unknown == self._unknown[target], before, self._unknown[target])
            before[histories[row]] = False
            ranks[row] = before.sum() + 1
        return ranks

    def chosen(self, users: np.ndarray, histories: list[np.ndarray], sets: np.ndarray) -> np.ndarray:
        """Return the item with the highest score of each of `sets`, int [draws, N, candidates]: [draws, N].

        Of equal scores the first counts. As in LLaRA, what train never shows is scored like all others.
        """
        found = np.empty(sets.shape[:2], dtype=np.int32)
        for row, values in enumerate(self._scores(users, histories)):
            places = values[sets[:, row]].argmax(axis=1)
            found[:, row] = np.take_along_axis(sets[:, row], places[:, None], axis=1)[:, 0]
        return found

    def _scores(self, users: np.ndarray, histories: list[np.ndarray]) -> Iterator[np.ndarray]:
        for start in range(0, len(users), BLOCK):
            chosen = slice(start, start + BLOCK)
            block = self._scorer(users[chosen], histories[chosen])
            if not np.isfinite(block).all():
                raise BaselineError("scores are NaN or infinite: training diverged")
            yield from block


class _Lists:
    """Lists as they are made, one per user."""

    def __init__(self, users: np.ndarray) -> None:
        """`users` are those whose lists will be added, in their order."""
        self._users = users
        self._items: list[np.ndarray] = []
        self._scores: list[np.ndarray] = []

    def add(self, values: np.ndarray, best: np.ndarray) -> None:
        """Add the next user's list: the items `best`, by the scores `values` [I] of all."""
        self._items.append(best)
        self._scores.append(values[best])

    def columns(self) -> RecommendationColumns:
        """Return all lists as columns."""
        lengths = np.array([len(items) for items in self._items], dtype=np.int64)
        total = int(lengths.sum())
        starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        return {
            "user": np.repeat(self._users, lengths).astype(np.int32),
            "rank": (np.arange(total) - starts + 1).astype(np.int32),
            "item": np.concatenate([np.empty(0), *self._items]).astype(np.int32),
            "score": np.concatenate([np.empty(0), *self._scores]).astype(np.float32),
        }
