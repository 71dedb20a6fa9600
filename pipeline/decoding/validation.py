"""Validation questions answered by a model under training, much as test questions will be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import INVALID, Recommender
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.inputs import Inputs
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import WordTokens
from pipeline.runtime import Runtime
from pipeline.tasks.base import Task
from pipeline.tasks.examples import Example
from pipeline.training.choice import Measured

TOP = 10
"""Items of a ranked list."""

Metric = Callable[[Any, Any], np.ndarray]
"""Takes answers and what was wanted, and returns a figure per question, float [N], the higher the better."""


def search_settings(longest: int) -> DecodingConfig:
    """Return how answers are searched: real items that the user hasn't had, and greedily written texts.

    A text has `longest` tokens at most. Section `decoding` has no say: it is about the finished model.
    """
    return DecodingConfig(
        batch_size=64,
        beams=2 * TOP,
        top=TOP,
        topn_method="beam",
        constrained=True,
        exclude_seen=True,
        item_length_penalty=0.0,
        length_penalty=1.0,
        explanation_beams=1,
        min_tokens=0,
        max_tokens=longest,
    )


class ValidationAnswers:
    """Answers the validation questions of every task, and says how good the answers are."""

    def __init__(
        self,
        model: PeaPOD,
        maker: BatchMaker,
        tokenizer: PromptTokenizer,
        items: WordTokens,
        inputs: Inputs,
        questions: Mapping[Task, Sequence[Example]],
        longest: int,
        metrics: Mapping[Task, tuple[str, Metric]],
        runtime: Runtime,
    ) -> None:
        """Take the model as it will be trained, and the name and the metric of each task.

        Args:
            model: the model.
            maker: makes batches of questions.
            tokenizer: writes texts.
            items: the answer tokens of every item.
            inputs: the dataset.
            questions: what is asked, by task; a task without questions is left out.
            longest: the most tokens of an explanation.
            metrics: for the explanation task of two lists of texts [N]; for the others of ranked items
                [N, TOP], -1 where a list is shorter, and the wanted items [N].
            runtime: where it is computed; several processes share the questions.
        """
        config = search_settings(longest)
        numbers = inputs.item_numbers
        self._model, self._maker, self._tokenizer = model, maker, tokenizer
        self._recommender = Recommender(
            model, maker, tokenizer, items, numbers, inputs.train, config, runtime
        )
        self._texts, self._questions, self._metrics = inputs.texts, questions, metrics
        self._config, self._runtime = config, runtime

    def __call__(self) -> dict[Task, Measured]:
        """Return each task's metric, the mean over its questions; the same in every process."""
        self._model.eval()
        return {task: self._measured(task, asked) for task, asked in self._questions.items() if asked}

    def _measured(self, task: Task, asked: Sequence[Example]) -> Measured:
        name, metric = self._metrics[task]
        mine = self._runtime.processes.every(asked)
        answers, wanted = self._explained(mine) if task is Task.EXPLANATION else self._ranked(mine)
        figures = metric(answers, wanted) if mine else np.empty(0)
        total, count = self._runtime.processes.sums(float(figures.sum()), len(mine))
        return Measured(name, total / count)

    def _explained(self, asked: Sequence[Example]) -> tuple[list[str], list[str]]:
        if not asked:
            return [], []
        found = explain(self._model, self._maker, self._tokenizer, asked, self._config, self._runtime)
        return [found[one.answer][0] for one in asked], [self._texts[one.answer] for one in asked]

    def _ranked(self, asked: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
        lists = np.full((len(asked), TOP), INVALID)
        place = {one.user: row for row, one in enumerate(asked)}
        for ranking in self._recommender.rank(asked) if asked else ():
            lists[place[ranking.user], : len(ranking.items)] = ranking.items
        return lists, np.array([one.answer for one in asked], dtype=np.int64)
