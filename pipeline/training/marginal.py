"""What a model loses that knows how frequent each answer is, and nothing of the question.

A loss that isn't below this one has learned nothing of what prompts say, however small it looks.
"""

import logging
import math
from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.backbones.base import IGNORED
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.tasks.base import AnswerKind, Example, Examples, Task
from pipeline.tasks.dataset import Dataset
from pipeline.training.config import TrainingConfig
from pipeline.training.teacher import TaughtExamples

log = logging.getLogger(__name__)

LOOKED_AFTER = 500
"""Training steps per look at the loss."""


def help_with(config: TrainingConfig) -> str:
    """Return what to change of the settings where training learns nothing, or diverges."""
    slower = (
        f"a lower training.learning_rate than {config.learning_rate:g}, or a longer training.warmup than "
        f"{config.warmup:g}"
    )
    if config.optimizer == "scaled_adamw":
        return slower
    return (
        "for fresh weights training.optimizer: scaled_adamw with training.learning_rate: 0.01 and "
        f"model.embedding_scale: 1.0; else {slower}"
    )


def marginal_losses(
    dataset: Dataset,
    asked: Mapping[Task, Sequence[Example]],
    batches: Mapping[Task, Sequence[Batch]],
    maker: BatchMaker,
    vocabulary: int,
) -> dict[Task, float]:
    """Return the loss by task, in nats per target token, of targets by their frequency in train alone.

    An item is as frequent as in train histories, among the candidates where the question has some; a text
    is made of tokens, each as frequent as in the train explanations. All are counted once more than seen:
    none is impossible. `batches` are those of `asked`: their labels are the targets' tokens.
    """
    frequencies = np.bincount(dataset.train.items, minlength=len(dataset.item_ids)) + 1.0
    losses = {}
    for task, examples in asked.items():
        if task.answers is AnswerKind.TEXT:
            targets = np.concatenate([_answer_tokens(batch) for batch in batches[task]])
            total = _token_costs(dataset, task, maker, vocabulary)[targets].sum()
        else:
            total = sum(_item_cost(example, frequencies) for example in examples)
        losses[task] = float(total) / sum(batch.targets for batch in batches[task])
    return losses


def watched_losses(
    dataset: Dataset,
    examples: Mapping[Task, Examples],
    maker: BatchMaker,
    vocabulary: int,
    rng: np.random.Generator,
) -> dict[Task, float]:
    """Return `marginal_losses` of the tasks that train on other answers than validation's: on items of their
    inputs, too, or on a teacher's.

    Of each as many examples as `LOOKED_AFTER` are drawn from `rng`.
    """
    drawn = {}
    for task, some in examples.items():
        chosen = rng.choice(len(some), min(len(some), LOOKED_AFTER), replace=False)
        drawn[task] = [some.draw(index, rng) for index in chosen.tolist()]
    others = {
        task: some
        for task, some in drawn.items()
        if isinstance(examples[task], TaughtExamples) or any(one.item_targets is not None for one in some)
    }
    batches = {task: [maker.teach(some)] for task, some in others.items()}
    return marginal_losses(dataset, others, batches, maker, vocabulary)


def _answer_tokens(batch: Batch) -> np.ndarray:
    assert batch.labels is not None
    return batch.labels[batch.labels != IGNORED].numpy()


def _item_cost(example: Example, frequencies: np.ndarray) -> float:
    pool = example.question.pool
    among = frequencies if pool is None else frequencies[pool]
    cost = math.log(among.sum() / frequencies[example.answer])
    if example.item_targets is not None:
        cost += float(np.log(frequencies.sum() / frequencies[example.item_targets[1:]]).sum())
    return cost


def _token_costs(dataset: Dataset, task: Task, maker: BatchMaker, vocabulary: int) -> np.ndarray:
    train = [maker.answer_tokens(task, answer) for answer in dataset.pairs["train"].answers]
    counts = np.bincount(np.concatenate(train), minlength=vocabulary) + 1.0
    return np.log(counts.sum() / counts)


class MarginalWatch:
    """Looks at the training loss from time to time and says where nothing has been learned."""

    def __init__(self, marginal: Mapping[Task, float], warm_up: int, advice: str) -> None:
        """Take the losses that knowing frequencies alone gives, the steps of warm-up, after which the looking
        begins, and what helps where nothing is learned.
        """
        self._marginal = marginal
        self._advice = advice
        self._first = warm_up + LOOKED_AFTER
        self._losses: dict[Task, list[float]] = {}

    def see(self, step: int, task: Task, loss: float) -> None:
        """Take the loss of a step, counted from 1; log a warning where a look finds nothing learned."""
        self._losses.setdefault(task, []).append(loss)
        if step % LOOKED_AFTER:
            return
        means = {task: sum(losses) / len(losses) for task, losses in self._losses.items()}
        self._losses = {}
        behind = [task for task, mean in means.items() if mean >= self._marginal.get(task, math.inf)]
        if behind and step >= self._first:
            shown = ", ".join(
                f"{task} {means[task]:.3f} (wanted below {self._marginal[task]:.3f})" for task in behind
            )
            log.warning(
                "step %d: nothing learned of the prompts yet: the loss isn't below that of answers by their "
                "frequency alone: %s. What helps: more steps of the task (training.epochs, training.shares); "
                "%s",
                step,
                shown,
                self._advice,
            )
