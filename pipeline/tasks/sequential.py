"""The sequential task: which item comes next? (Sections 3.1 and 5.4.)"""

from collections.abc import Callable, Mapping

import numpy as np

from pipeline.data.histories import Histories
from pipeline.tasks.base import AnswerKind, Example, Examples, Question, Samples, Task
from pipeline.tasks.dataset import Dataset


class SequentialExamples:
    """A random segment of each user's train items; its last item is the answer."""

    def __init__(self, train: Histories, history: int) -> None:
        """Take the train histories and the most items of an input.

        The whole history is the train items, the validation and the test item; users whose whole history
        has fewer than 4 items have no segment and are left out.
        """
        self._train = train
        self._history = history
        self._users = np.flatnonzero(train.lengths() >= 2)

    def __len__(self) -> int:
        """Return the number of users that have a segment."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Draw a segment: it starts anywhere up to the fourth item from the end of the whole history and
        ends behind its start and before the last two items; of a long one the newest items stay.
        """
        user = int(self._users[index])
        items = self._train[user]
        # The whole history has two items more than `items`; its fourth from the end is items[-2].
        start = int(rng.integers(0, len(items) - 1))
        target = int(rng.integers(start + 1, len(items)))
        segment = items[start:target][-self._history :]
        return Example(Question(SEQUENTIAL, user, segment), int(items[target]), place=target)


class PrefixExamples:
    """Every train item of every user but the first, asked for after the items before it."""

    def __init__(self, train: Histories, history: int) -> None:
        """Take the train histories and the most items of an input."""
        self._train = train
        self._history = history
        self._users, self._targets = train.places(first=1)

    def __len__(self) -> int:
        """Return the number of targets."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return target `index` after its prefix, of which the newest items stay; nothing is random."""
        user = int(self._users[index])
        target = int(self._targets[index])
        items = self._train[user]
        prefix = items[max(0, target - self._history) : target]
        return Example(Question(SEQUENTIAL, user, prefix), int(items[target]), place=target)


class HistoryExamples:
    """Train histories up to a random target: it is the answer, and all items but the first are targets, too.

    The end is random, since the answer stands behind a whole question: a model that always saw the last train
    item there would learn that one by heart, and nothing else of answers.
    """

    def __init__(self, train: Histories, history: int) -> None:
        """Take the train histories and the most items of an input.

        A user has as many examples in a walk as inputs hold the user's targets.
        """
        self._train = train
        self._history = history
        targets = np.maximum(train.lengths() - 1, 0)
        self._users = np.repeat(np.arange(len(train)), -(-targets // history))

    def __len__(self) -> int:
        """Return the number of examples in one walk."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Draw a target, and take the items before it, of which the newest stay."""
        user = int(self._users[index])
        items = self._train[user]
        target = int(rng.integers(1, len(items)))
        known = items[max(0, target - self._history) : target]
        return Example(Question(SEQUENTIAL, user, known), int(items[target]), known, target)


EXAMPLES: Mapping[Samples, Callable[[Histories, int], Examples]] = {
    "prefixes": PrefixExamples,
    "segments": SequentialExamples,
    "histories": HistoryExamples,
}


class Sequential(Task):
    """The next item of a history, of all items."""

    name = "sequential"
    placeholders = ("{user}", "{history}")
    answers = AnswerKind.ITEM

    def training(self, dataset: Dataset, history: int, samples: Samples) -> Examples:
        """Return every train target after its prefix, one random segment per user, or whole histories."""
        return EXAMPLES[samples](dataset.train, history)

    def validation(self, dataset: Dataset, history: int, rng: np.random.Generator) -> list[Example]:
        """Return each user's validation item, asked for after the train items."""
        return [
            Example(question, int(dataset.validation[question.user][-1]))
            for question in _next_items(dataset.train, dataset.validation, history)
        ]

    def test(self, dataset: Dataset, history: int, rng: np.random.Generator) -> dict[str, list[Question]]:
        """Ask for each user's test item after all that is known before it."""
        return {self.name: _next_items(dataset.known, dataset.test, history)}


def _next_items(known: Histories, targets: Histories, history: int) -> list[Question]:
    """Ask every user who has a target for what comes after the newest `history` known items."""
    return [Question(SEQUENTIAL, user, known[user][-history:]) for user in targets.users().tolist()]


SEQUENTIAL = Sequential()
