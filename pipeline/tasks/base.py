"""What a task is: what its prompts name, what it trains on, what it asks, and what kind of answer it wants.

A new task is one file with a subclass of `Task`, its line in `registry.py`, and its wordings in
`pipeline/prompts/templates.yaml`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

import numpy as np

from pipeline.tasks.dataset import Dataset

Samples = Literal["prefixes", "segments", "histories"]
"""What a walk has: each train target in an example of its own (`prefixes`), one at random per user
(`segments`), or all items of inputs as targets, too (`histories`).
"""


class AnswerKind(StrEnum):
    """What an answer is: an index of an item, named or by its title, or of a text in `Dataset.texts`."""

    ITEM = "item"
    CHOICE = "choice"
    TEXT = "text"


@dataclass(frozen=True)
class Question:
    """What is asked, without the answer.

    Attributes:
        task: the task.
        user: user index.
        items: item indices that stand in the prompt, in order, int32.
        pool: the items of which one is the answer, int32; None for all items.
        draw: which draw of candidates the pool is, from 0.
    """

    task: "Task"
    user: int
    items: np.ndarray
    pool: np.ndarray | None = None
    draw: int = 0


@dataclass(frozen=True)
class Example:
    """A question with its answer.

    Attributes:
        question: what is asked.
        answer: an index of what `Task.answers` says.
        item_targets: what is to be predicted in place of each item of the question but the first, from what
            stands before it, too, int32, as many as the question's items; None for nothing.
        place: the place of the answer among the user's train items, from 0; -1 where it has none.
    """

    question: Question
    answer: int
    item_targets: np.ndarray | None = None
    place: int = -1


class Examples(Protocol):
    """A list of examples of one task, each drawn anew whenever it is asked for."""

    def __len__(self) -> int:
        """Return the number of examples in one walk of the list."""

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return the example at `index`; it depends on nothing but `index` and what `rng` draws."""


class Task(ABC):
    """One task; its place in the registry is its row in the task-prompt table (section 4.3).

    Attributes:
        name: as params.yaml, templates.yaml and the names of artifacts have it.
        placeholders: what each of its wordings has to name, each once.
        answers: what kind of answer it wants.
        symbols: tokens that its prompts need beside those of texts.
    """

    name: str
    placeholders: tuple[str, ...]
    answers: AnswerKind
    symbols: tuple[str, ...] = ()

    @abstractmethod
    def training(self, dataset: Dataset, history: int, samples: Samples) -> Examples:
        """Return what to train on; it may be empty.

        Args:
            dataset: the dataset, of which no validation or test target may become an answer.
            history: the most items of an input.
            samples: what a walk has (`training.samples`).
        """

    @abstractmethod
    def validation(self, dataset: Dataset, history: int, rng: np.random.Generator) -> list[Example]:
        """Return the questions of the validation split, with their answers; what is random is of `rng`."""

    @abstractmethod
    def test(self, dataset: Dataset, history: int, rng: np.random.Generator) -> Mapping[str, list[Question]]:
        """Return the questions of the test split, by the name of the table that holds their answers."""

    def __str__(self) -> str:
        """Return the task's name."""
        return self.name
