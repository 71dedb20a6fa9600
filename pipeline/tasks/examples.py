"""The samples of the three tasks: what is asked, and what the answer is (sections 3.1 and 5.4).

A sample is drawn from a generator that is handed in, so that it depends on nothing but its place.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pipeline.data.histories import Histories
from pipeline.tasks.base import Task


@dataclass(frozen=True)
class Example:
    """One question and its answer.

    Attributes:
        task: the task.
        user: user index.
        items: item indices that stand in the prompt, in order, int32.
        answer: the target: an item index, or for the explanation task the index of the target text.
        pool: the items of which one is the answer, int32; None for all items.
    """

    task: Task
    user: int
    items: np.ndarray
    answer: int
    pool: np.ndarray | None = None


class Examples(Protocol):
    """A list of samples of one task, each drawn anew whenever it is asked for."""

    def __len__(self) -> int:
        """Return the number of samples in one walk of the list."""

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return the sample at `index`."""


@dataclass(frozen=True)
class Pairs:
    """(user, item) pairs with an explanation.

    Attributes:
        users: int [pairs].
        items: int [pairs].
        answers: index of each pair's text, int [pairs].
    """

    users: np.ndarray
    items: np.ndarray
    answers: np.ndarray


class ExplanationExamples:
    """(user, item) pairs of one split, each with its text; nothing in them is random."""

    def __init__(self, pairs: Pairs) -> None:
        """Take the pairs of a split."""
        self._pairs = pairs

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self._pairs.users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return pair `index`."""
        pairs, items = self._pairs, self._pairs.items[index : index + 1]
        return Example(Task.EXPLANATION, int(pairs.users[index]), items, int(pairs.answers[index]))


class SequentialExamples:
    """A random segment of each user's train items; its last item is the answer."""

    def __init__(self, train: Histories, history: int) -> None:
        """Take the train histories and the most items of an input.

        The whole history is the train items, the validation and the test item; users whose whole history
        has fewer than 4 items have no segment and are left out.
        """
        self._train, self._history = train, history
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
        return Example(Task.SEQUENTIAL, user, segment, int(items[target]))


class PrefixExamples:
    """Every train item of every user but the first, asked for after the items before it."""

    def __init__(self, train: Histories, history: int) -> None:
        """Take the train histories and the most items of an input."""
        self._train = train
        self._history = history
        self._users, self._targets = _places(train, first=1)

    def __len__(self) -> int:
        """Return the number of targets."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return target `index` after its prefix, of which the newest items stay; nothing is random."""
        user = int(self._users[index])
        target = int(self._targets[index])
        items = self._train[user]
        prefix = items[max(0, target - self._history) : target]
        return Example(Task.SEQUENTIAL, user, prefix, int(items[target]))


def _places(train: Histories, first: int) -> tuple[np.ndarray, np.ndarray]:
    """Return user and position of every train item from position `first` on, both int64 [items]."""
    lengths = train.lengths()
    users = np.repeat(np.arange(len(train)), lengths)
    positions = np.arange(len(users)) - np.repeat(train.offsets[:-1], lengths)
    later = positions >= first
    return users[later], positions[later]


class TopnExamples:
    """A random train item of each user among items that the user never interacted with."""

    def __init__(
        self, train: Histories, whole: Histories, items: int, negatives: int, every: bool = False
    ) -> None:
        """Take train and whole histories, the number of items I, and the negatives a sample.

        With `every` a walk has a sample per train item, each the positive once.
        """
        self._train, self._whole, self._items, self._negatives = train, whole, items, negatives
        self._users = np.flatnonzero(train.lengths() >= 1)
        self._positions: np.ndarray | None = None
        if every:
            self._users, self._positions = _places(train, first=0)

    def __len__(self) -> int:
        """Return the number of users with train items."""
        return len(self._users)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Draw a positive and its negatives, shuffled together."""
        user = int(self._users[index])
        items = self._train[user]
        positive = int(rng.choice(items) if self._positions is None else items[self._positions[index]])
        negatives = draw_negatives(self._whole[user], self._items, self._negatives, rng)
        return topn_example(user, positive, negatives, rng)


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


def topn_example(user: int, positive: int, negatives: np.ndarray, rng: np.random.Generator) -> Example:
    """Shuffle a positive among its negatives, so that its place tells nothing."""
    pool = rng.permutation(np.append(negatives, np.int32(positive)).astype(np.int32))
    return Example(Task.TOPN, user, pool, positive, pool)


def next_item_examples(histories: Histories, targets: Histories, history: int) -> list[Example]:
    """Return the sequential question of validation or test for each user that has a target there."""
    return [
        Example(Task.SEQUENTIAL, user, histories[user][-history:], int(targets[user][-1]))
        for user in range(len(histories))
        if len(targets[user])
    ]
