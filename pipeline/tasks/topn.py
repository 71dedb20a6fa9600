"""The top-n task: which of these candidates suits the user? (Sections 3.1 and 5.4.)"""

from collections.abc import Iterator

import numpy as np

from pipeline.data.histories import Histories
from pipeline.tasks.base import AnswerKind, Example, Examples, Question, Samples, Task
from pipeline.tasks.dataset import Dataset
from pipeline.tasks.sequential import SEQUENTIAL


class TopnExamples:
    """A random train item of each user among items that the user never interacted with."""

    def __init__(
        self, train: Histories, whole: Histories, items: int, negatives: int, every: bool = False
    ) -> None:
        """Take train and whole histories, the number of items I, and the negatives per example.

        With `every` a walk has an example per train item, each the positive once.
        """
        self._train = train
        self._whole = whole
        self._items = items
        self._negatives = negatives
        self._users = train.users()
        self._positions: np.ndarray | None = None
        if every:
            self._users, self._positions = train.places(first=0)

    def __len__(self) -> int:
        """Return the number of users with train items, or of train items."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Draw a positive and its negatives, shuffled together."""
        user = int(self._users[index])
        items = self._train[user]
        positive = int(rng.choice(items) if self._positions is None else items[self._positions[index]])
        negatives = draw_negatives(self._whole[user], self._items, self._negatives, rng)
        return Example(topn_question(user, positive, negatives, rng), positive)


class TopN(Task):
    """A user's item among candidates, which stand in the prompt."""

    name = "topn"
    placeholders = ("{user}", "{candidates}")
    answers = AnswerKind.ITEM

    def training(self, dataset: Dataset, history: int, samples: Samples) -> Examples:
        """Return train items among negatives that are drawn anew in every walk."""
        items = len(dataset.item_ids)
        every = samples != "segments"
        return TopnExamples(dataset.train, dataset.whole, items, dataset.negatives.shape[1], every)

    def validation(self, dataset: Dataset, history: int, rng: np.random.Generator) -> list[Example]:
        """Return each user's validation item among negatives of `rng`."""
        count = dataset.negatives.shape[1]
        examples = []
        for user, positive in _targets(dataset.validation):
            negatives = draw_negatives(dataset.whole[user], len(dataset.item_ids), count, rng)
            examples.append(Example(topn_question(user, positive, negatives, rng), positive))
        return examples

    def test(self, dataset: Dataset, history: int, rng: np.random.Generator) -> dict[str, list[Question]]:
        """Ask which of each test user's candidates it is, by the prompt of this task and by the sequential
        one, of which the same candidates alone are answers then.
        """
        among = [
            topn_question(user, positive, dataset.negatives[user], rng)
            for user, positive in _targets(dataset.test)
        ]
        sequential = [
            Question(SEQUENTIAL, one.user, dataset.known[one.user][-history:], one.pool) for one in among
        ]
        return {self.name: among, f"{self.name}_{SEQUENTIAL}": sequential}


def _targets(targets: Histories) -> Iterator[tuple[int, int]]:
    """Yield every user who has a target, with its item."""
    for user in targets.users().tolist():
        yield user, int(targets[user][-1])


def draw_negatives(history: np.ndarray, items: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw `count` different items outside `history`, uniformly, int32 [count].

    Raises ValueError when fewer are left.
    """
    seen = np.unique(history)
    if items - len(seen) < count:
        raise ValueError(
            f"{count} negatives asked for, but only {items - len(seen)} items were never interacted with; "
            f"lower dataset.negatives"
        )
    drawn = rng.choice(items, size=min(items, count + len(seen)), replace=False)
    return drawn[~np.isin(drawn, seen)][:count].astype(np.int32)


def topn_question(user: int, positive: int, negatives: np.ndarray, rng: np.random.Generator) -> Question:
    """Shuffle a positive among its negatives, so that its place tells nothing."""
    pool = rng.permutation(np.append(negatives, np.int32(positive)).astype(np.int32))
    return Question(TOPN, user, pool, pool)


TOPN = TopN()
