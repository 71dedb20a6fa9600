"""The explanation task: why does the user like the item? (Section 3.1.)"""

import numpy as np

from pipeline.tasks.base import AnswerKind, Example, Examples, Question, Samples, Task
from pipeline.tasks.dataset import Dataset, Pairs


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
        return Example(_question(self._pairs, index), int(self._pairs.answers[index]))


class Explanation(Task):
    """A sentence per (user, item) pair."""

    name = "explanation"
    placeholders = ("{user}", "{item}")
    answers = AnswerKind.TEXT

    def training(self, dataset: Dataset, history: int, samples: Samples) -> Examples:
        """Return the train pairs."""
        return ExplanationExamples(dataset.pairs["train"])

    def validation(self, dataset: Dataset, history: int, rng: np.random.Generator) -> list[Example]:
        """Return the validation pairs."""
        examples = ExplanationExamples(dataset.pairs["validation"])
        return [examples.draw(index, rng) for index in range(len(examples))]

    def test(self, dataset: Dataset, history: int, rng: np.random.Generator) -> dict[str, list[Question]]:
        """Return the test pairs."""
        pairs = dataset.pairs["test"]
        return {self.name: [_question(pairs, index) for index in range(len(pairs.users))]}


def _question(pairs: Pairs, index: int) -> Question:
    return Question(EXPLANATION, int(pairs.users[index]), pairs.items[index : index + 1])


EXPLANATION = Explanation()
