"""Validation questions answered by a model under training, much as test questions will be."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.decoding.config import DecodingConfig
from pipeline.decoding.explain import explain
from pipeline.decoding.recommend import INVALID, Recommender
from pipeline.model.peapod import PeaPOD
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.tokenizer import PromptTokenizer
from pipeline.prompts.whole_words import WordTokens
from pipeline.runtime.device import Runtime
from pipeline.tasks.base import AnswerKind, Example, Question, Task
from pipeline.tasks.dataset import Dataset
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
        min_tokens=1,
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
        dataset: Dataset,
        examples: Mapping[Task, Sequence[Example]],
        longest: int,
        metrics: Mapping[AnswerKind, tuple[str, Metric]],
        runtime: Runtime,
    ) -> None:
        """Take the model as it will be trained, and the name and the metric of each kind of answer.

        Args:
            model: the model.
            maker: makes batches of questions.
            tokenizer: writes texts.
            items: the answer tokens of every item.
            dataset: the dataset, whose train items are seen.
            examples: what is asked, and what is wanted, by task; a task without examples is left out.
            longest: the most tokens of a text.
            metrics: of two lists of texts [N]; or of ranked items [N, TOP], -1 where a list is shorter, and
                the wanted items [N].
            runtime: where it is computed; several processes share the questions.
        """
        config = search_settings(longest)
        self._model = model
        self._maker = maker
        self._tokenizer = tokenizer
        self._recommender = Recommender(model, maker, tokenizer, items, dataset.train, config, runtime)
        self._texts = dataset.texts
        self._examples = examples
        self._metrics = metrics
        self._config = config
        self._runtime = runtime

    def __call__(self) -> dict[Task, Measured]:
        """Return each task's metric, the mean over its questions; the same in every process."""
        self._model.eval()
        return {task: self._measured(task, examples) for task, examples in self._examples.items() if examples}

    def _measured(self, task: Task, examples: Sequence[Example]) -> Measured:
        name, metric = self._metrics[task.answers]
        mine = self._runtime.processes.every(examples)
        total = 0.0
        if mine:
            questions = [example.question for example in mine]
            wanted = [example.answer for example in mine]
            if task.answers is AnswerKind.TEXT:
                figures = metric(self._written(questions), [self._texts[text] for text in wanted])
            else:
                figures = metric(self._ranked(questions), np.array(wanted))
            total = float(figures.sum())
        total, count = self._runtime.processes.sums(total, len(mine))
        return Measured(name, total / count)

    def _written(self, questions: Sequence[Question]) -> list[str]:
        found = explain(self._model, self._maker, self._tokenizer, questions, self._config, self._runtime)
        return [text for text, _ in found]

    def _ranked(self, questions: Sequence[Question]) -> np.ndarray:
        lists = np.full((len(questions), TOP), INVALID)
        for row, ranking in zip(lists, self._recommender.rank(questions), strict=True):
            row[: len(ranking.items)] = ranking.items
        return lists
