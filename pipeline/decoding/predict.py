"""What a trained model is asked about the test split, and its answers as columns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import Recommender, recommendation_columns
from pipeline.decoding.shards import Shards
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.presentation import Presentation
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.runtime.device import Runtime
from pipeline.tables import CHOSEN, GENERATED, RECOMMENDATIONS
from pipeline.tasks.base import AnswerKind, Question, Task
from pipeline.tasks.dataset import Dataset

SCHEMAS: Mapping[AnswerKind, pa.Schema] = {
    AnswerKind.ITEM: RECOMMENDATIONS,
    AnswerKind.CHOICE: CHOSEN,
    AnswerKind.TEXT: GENERATED,
}
"""The columns of answers."""


@dataclass(frozen=True)
class QuestionList:
    """Questions whose answers are one table.

    Attributes:
        name: of the table.
        answers: what kind of answers they want.
        questions: in the order of the table.
    """

    name: str
    answers: AnswerKind
    questions: list[Question]


def test_questions(
    dataset: Dataset, history: int, rng: np.random.Generator, tasks: Sequence[Task]
) -> list[QuestionList]:
    """Return what `tasks` ask of the test split; `rng` draws the order of candidates."""
    return [
        QuestionList(name, task.answers, questions)
        for task in tasks
        for name, questions in task.test(dataset, history, rng).items()
    ]


Answer = Callable[[AnswerKind, Sequence[Question]], Mapping[str, Any]]
"""Gives the answers of one kind to questions of one task, as columns of `SCHEMAS`."""


def answer_table(asked: QuestionList, answer: Answer, shards: Shards) -> pa.Table:
    """Return the table of the answers to a list, shard by shard."""
    return shards.table(asked.name, SCHEMAS[asked.answers], asked.questions, partial(answer, asked.answers))


class Answerer:
    """A trained model's answers to questions of any task, as columns of the table of their kind."""

    def __init__(
        self,
        model: PeaPOD,
        maker: BatchMaker,
        tokenizer: PromptTokenizer,
        recommender: Recommender,
        config: DecodingConfig,
        runtime: Runtime,
    ) -> None:
        """Take the model, what makes its inputs, and what ranks items with it."""
        self._model = model
        self._maker = maker
        self._tokenizer = tokenizer
        self._recommender = recommender
        self._config = config
        self._runtime = runtime

    def answer(self, kind: AnswerKind, questions: Sequence[Question]) -> dict[str, list]:
        """Return the answers of one kind to questions of one task, as columns of `SCHEMAS`."""
        if kind is AnswerKind.ITEM:
            return recommendation_columns(self._recommender.rank(questions))
        if kind is AnswerKind.CHOICE:
            return self._chosen(questions)
        found = explain(self._model, self._maker, self._tokenizer, questions, self._config, self._runtime)
        return {
            "user": [one.user for one in questions],
            "item": [int(one.items[0]) for one in questions],
            "text": [text for text, _ in found],
            "score": [score for _, score in found],
        }

    def _chosen(self, questions: Sequence[Question]) -> dict[str, list]:
        """Return the likeliest candidates and what the model says, greedily, with vectors and without."""
        greedy = self._config.model_copy(update={"explanation_beams": 1, "min_tokens": 1})

        def said(maker: BatchMaker) -> list[str]:
            found = explain(self._model, maker, self._tokenizer, questions, greedy, self._runtime)
            return [text for text, _ in found]

        alone = self._maker.shown(Presentation.TEXT) if self._model.fillers else None
        return {
            "draw": [one.draw for one in questions],
            "user": [one.user for one in questions],
            "item": self._recommender.choose(questions),
            "text": said(self._maker),
            "text_alone": [None] * len(questions) if alone is None else said(alone),
        }
