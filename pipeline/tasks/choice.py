"""The choice task of LLaRA: which of these twenty titles comes next?"""

import numpy as np

from pipeline.data.next_items import NextItems, draw_choices, every_item, held_out
from pipeline.tasks.base import AnswerKind, Example, Examples, Question, Samples, Task
from pipeline.tasks.dataset import Dataset
from pipeline.tasks.topn import draw_negatives

PLACEHOLDER = "[PH]"
"""Stands behind a title; a vector takes its place where the prompt has slots."""
SHORTEST = 3
"""Fewest items before one that is asked for."""


class ChoiceExamples:
    """Next items, each among candidates that are drawn anew in every walk."""

    def __init__(self, examples: NextItems, items: int, candidates: int, per_user: bool = False) -> None:
        """Take the next items, user by user, the number of items I, and how many candidates there are.

        With `per_user` a walk has one of each user's, drawn.
        """
        self._examples = examples
        places = np.arange(len(examples))
        self._starts = np.unique(examples.users, return_index=True)[1] if per_user else places
        self._ends = np.append(self._starts[1:], len(examples))
        self._items = items
        self._candidates = candidates

    def __len__(self) -> int:
        """Return the number of next items in a walk."""
        return len(self._starts)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Draw the candidates of example `index`: others than target and history, shuffled with it."""
        place = int(rng.integers(self._starts[index], self._ends[index]))
        history = self._examples.histories[place]
        target = self._examples.targets[place]
        others = draw_negatives(np.append(history, target), self._items, self._candidates - 1, rng)
        pool = rng.permutation(np.append(others, target).astype(np.int32))
        return Example(Question(CHOICE, int(self._examples.users[place]), history, pool), int(target))


class Choice(Task):
    """One title of those that the prompt has."""

    name = "choice"
    placeholders = ("{history}", "{candidates}")
    answers = AnswerKind.CHOICE
    symbols = (PLACEHOLDER,)

    def training(self, dataset: Dataset, history: int, samples: Samples) -> Examples:
        """Return every train item that enough items come before, or with `segments` one of each user's."""
        examples = every_item(dataset.train, history).after(SHORTEST)
        return ChoiceExamples(examples, len(dataset.item_ids), _candidates(dataset), samples == "segments")

    def validation(self, dataset: Dataset, history: int, rng: np.random.Generator) -> list[Example]:
        """Return each user's validation item among candidates of `rng`."""
        examples = held_out(dataset.known, dataset.validation, history).after(SHORTEST)
        questions = stored_questions(examples, _one_draw(examples, dataset, rng))
        return [
            Example(question, int(target))
            for question, target in zip(questions, examples.targets, strict=True)
        ]

    def test(self, dataset: Dataset, history: int, rng: np.random.Generator) -> dict[str, list[Question]]:
        """Ask which of each test user's stored candidates it is, draw by draw; without any, of one draw."""
        if "test" in dataset.choices:
            examples, draws = dataset.choices["test"]
            return {
                self.name: [
                    one for draw in range(len(draws)) for one in stored_questions(examples, draws[draw], draw)
                ]
            }
        examples = held_out(dataset.whole, dataset.test, history).after(SHORTEST)
        return {self.name: stored_questions(examples, _one_draw(examples, dataset, rng))}


def stored_questions(examples: NextItems, sets: np.ndarray, draw: int = 0) -> list[Question]:
    """Return the questions of one draw of candidates, int32 [E, candidates]."""
    return [
        Question(CHOICE, int(examples.users[one]), examples.histories[one], sets[one], draw)
        for one in range(len(examples))
    ]


def _candidates(dataset: Dataset) -> int:
    """Return how many candidates a question has: as many as top-n's."""
    return dataset.negatives.shape[1] + 1


def _one_draw(examples: NextItems, dataset: Dataset, rng: np.random.Generator) -> np.ndarray:
    return draw_choices(examples, len(dataset.item_ids), _candidates(dataset), 1, rng)[0]


CHOICE = Choice()
