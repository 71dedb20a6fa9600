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
from scipy.optimize import minimize_scalar

from pipeline.data.histories import Histories
from pipeline.decoding.predict import QuestionList
from pipeline.decoding.recommend import Assistant, Recommender, recommendation_columns
from pipeline.decoding.shards import Shards
from pipeline.prompts.item_trie import MASKED
from pipeline.recommenders.base import Scorer
from pipeline.recommenders.ranking.tuning import CUTOFF, mean_ndcg
from pipeline.tables import RECOMMENDATIONS
from pipeline.tasks.base import AnswerKind, Example, Question, Task

TIES = 1e-3
"""Log-probability between the first and the last of items with one score: in no measure a judgement."""
LARGEST_EXPONENT = 50.0
FITTED = 2000
"""Most users that the exponent is fitted to: one number needs no more, and each has a row of all items."""


class Probabilities:
    """Log-probabilities of all items from a recommender's scores: in proportion to (1 + z) ** exponent.

    z is how far a score lies above the user's lowest, in standard deviations of the user's scores: the same
    for counts, cosines and logits. Items that train never shows have z 0, behind all others that have it;
    ties stand in one random order. A softmax of the scores, standardized or not, fits worse
    (docs/decisions/0014-assistant.md).
    """

    def __init__(
        self, score: Scorer, counts: np.ndarray, rng: np.random.Generator, exponent: float = 1.0
    ) -> None:
        """Take scores of all items and the train interactions of each, `counts` [I]; `rng` orders ties."""
        self.exponent = exponent
        self._score = score
        self._unknown = counts == 0
        self._ties = TIES * (rng.permutation(len(counts)) / len(counts) + self._unknown)

    def __call__(self, users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        """Return log-probabilities up to a constant per user, float64 [B, I]."""
        return self.exponent * self.rises(users, histories) - self._ties

    def rises(self, users: np.ndarray, histories: list[np.ndarray]) -> np.ndarray:
        """Return log(1 + z), float64 [B, I]."""
        scores = self._score(users, histories).astype(np.float64)
        known = scores[:, ~self._unknown]
        spread = np.maximum(known.std(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        rises = np.log1p((scores - known.min(axis=1, keepdims=True)).clip(min=0) / spread)
        rises[:, self._unknown] = 0.0
        return rises

    def fit(self, examples: Sequence[Example], known: Histories) -> float:
        """Set the exponent under which the items that were chosen after what is `known` are most likely.

        Of more than FITTED examples every second, third or so counts. Items that a user had before aren't
        asked for. Returns the mean loss in nats.
        """
        some = examples[:: -(-len(examples) // FITTED)]
        users = np.array([one.question.user for one in some])
        targets = np.array([one.answer for one in some])
        histories = [known[user] for user in users]
        rises = self.rises(users, histories)
        for row, history in zip(rises, histories, strict=True):
            row[history] = MASKED
        chosen = rises[np.arange(len(rises)), targets]
        rises = rises[chosen > MASKED]
        chosen = chosen[chosen > MASKED]
        if not len(chosen):
            return 0.0

        def loss(exponent: float) -> float:
            total = np.log(np.exp(exponent * (rises - rises.max(axis=1, keepdims=True))).sum(axis=1))
            return float((total + exponent * (rises.max(axis=1) - chosen)).mean())

        # Convex. Rounded, so that the order of a sum doesn't change the predictions.
        best = minimize_scalar(loss, bounds=(0.0, LARGEST_EXPONENT), method="bounded")
        self.exponent = float(f"{best.x:.3g}")
        return loss(self.exponent)


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
    loss = assistant.fit(next(iter(asked.values())), known)
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
