"""Another recommender as the assistant of constrained decoding: its scores as probabilities, and its say.

An item's score is g x the model's log-probability + (1 - g) x the assistant's, at every step of the search
(D3: Bao et al., "Decoding Matters", EMNLP 2024). For whole items a temperature of the assistant and g say the
same thing twice; so its probabilities are fitted to validation by likelihood, and g alone by NDCG@10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from pipeline.data.histories import Histories
from pipeline.decoding.predict import QuestionList
from pipeline.decoding.recommend import Assistant, Recommender, recommendation_columns
from pipeline.decoding.shards import Shards
from pipeline.recommenders.base import Validation
from pipeline.recommenders.ranking.probabilities import Probabilities
from pipeline.recommenders.ranking.tuning import CUTOFF, mean_ndcg
from pipeline.tables import RECOMMENDATIONS
from pipeline.tasks.base import AnswerKind, Example, Question, Task


@dataclass(frozen=True)
class Trial:
    """A weight of the model, and NDCG@10 of the answers to validation questions with it."""

    weight: float
    ndcg: float


@dataclass(frozen=True)
class Weighed:
    """What validation says of an assistant.

    Attributes:
        exponent: that of its probabilities.
        loss: its mean loss in nats.
        tried: the weights that were tried, by task.
    """

    exponent: float
    loss: float
    tried: Mapping[Task, Sequence[Trial]]

    def best(self, task: Task) -> float:
        """Return the weight of the highest NDCG@10, the first of equals."""
        return max(self.tried[task], key=lambda one: one.ndcg).weight

    def record(self, name: str) -> dict[str, Any]:
        """Return what `metrics/assistants/NAME.json` says."""
        return {
            "name": name,
            "exponent": self.exponent,
            "loss": round(self.loss, 6),
            "tried": {
                str(task): [{"weight": one.weight, f"NDCG@{CUTOFF}": round(one.ndcg, 6)} for one in some]
                for task, some in self.tried.items()
            },
            "weight": {str(task): self.best(task) for task in self.tried},
        }


def weigh(
    recommender: Recommender,
    assistant: Probabilities,
    examples: Mapping[Task, Sequence[Example]],
    known: Histories,
    weights: Sequence[float],
    shards: Shards,
) -> Weighed:
    """Fit the assistant, and answer validation questions with every weight, as test questions will be.

    Args:
        recommender: the model's, to which `known` counts as seen.
        assistant: its exponent is set.
        examples: validation questions by task, one per user; those without an item to answer are left out.
        known: what was known before.
        weights: of the model.
        shards: where answers are kept.
    """
    asked = {task: some for task, some in examples.items() if task.answers is AnswerKind.ITEM}
    some = next(iter(asked.values()))
    users = np.array([one.question.user for one in some])
    targets = np.array([one.answer for one in some])
    loss = assistant.fit(Validation(users, [known[user] for user in users], targets))
    tried: dict[Task, list[Trial]] = {task: [] for task in asked}
    for task, some in asked.items():
        questions = [one.question for one in some]
        for weight in weights:
            advised = recommender.assisted(assistant, weight)
            answers = _ranked(advised, f"validation_{task}_{weight}", questions, shards)
            tried[task].append(Trial(weight, _ndcg(answers, some)))
    return Weighed(assistant.exponent, loss, tried)


def assisted(
    recommender: Recommender,
    assistant: Assistant,
    lists: Sequence[QuestionList],
    weighed: Weighed,
    shards: Shards,
) -> dict[str, pa.Table]:
    """Return the answers to each list that wants items, RECOMMENDATIONS, with its task's weight."""
    return {
        one.name: _ranked(
            recommender.assisted(assistant, weighed.best(one.questions[0].task)),
            one.name,
            one.questions,
            shards,
        )
        for one in lists
        if one.answers is AnswerKind.ITEM
    }


def _ranked(recommender: Recommender, name: str, questions: Sequence[Question], shards: Shards) -> pa.Table:
    return shards.table(
        name, RECOMMENDATIONS, questions, lambda some: recommendation_columns(recommender.rank(some))
    )


def _ndcg(answers: pa.Table, examples: Sequence[Example]) -> float:
    """Return NDCG@10 of answers, RECOMMENDATIONS, to questions of one task, one per user."""
    wanted = {one.question.user: one.answer for one in examples}
    right = np.array([wanted[user] for user in answers["user"].to_pylist()])
    found = answers["rank"].to_numpy()[answers["item"].to_numpy() == right]
    missed = np.full(len(examples) - len(found), CUTOFF + 1)
    return mean_ndcg(np.concatenate([found, missed]))
