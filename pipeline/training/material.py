"""What a run trains on, is validated on, and has to be better than."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from pipeline.backbones.base import Backbone
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.config import PromptsConfig
from pipeline.prompts.inputs import Inputs
from pipeline.randomness import generator
from pipeline.tasks.base import Example, Task
from pipeline.tasks.dataset import Dataset
from pipeline.tasks.sequential import SEQUENTIAL
from pipeline.training.config import TrainingConfig
from pipeline.training.curriculum import Curricular
from pipeline.training.marginal import marginal_losses, watched_losses
from pipeline.training.mixture import Mixture
from pipeline.training.samples import (
    check_samples,
    training_examples,
    validation_batches,
    validation_examples,
)
from pipeline.training.teacher import Taught, TaughtExamples


class Steps(Protocol):
    """Batches by step, `steps_per_epoch` of them an epoch."""

    steps_per_epoch: int

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 over the whole run."""


@dataclass(frozen=True)
class Material:
    """Batches of one run.

    Attributes:
        steps: the training batches.
        validation: the validation batches by task.
        marginal: the loss by task that knowing answers' frequencies alone gives (`marginal_losses`); a task
            without one isn't held to it.
        watched: the same of the targets of training, where they aren't of the kinds that validation has.
    """

    steps: Steps
    validation: Mapping[Task, Sequence[Batch]]
    marginal: Mapping[Task, float] = field(default_factory=dict)
    watched: Mapping[Task, float] = field(default_factory=dict)


def make_material(
    inputs: Inputs,
    maker: BatchMaker,
    backbone: Backbone,
    prompts: PromptsConfig,
    vocabulary: int,
    config: TrainingConfig,
    seed: int,
    taught: Taught | None = None,
) -> Material:
    """Return a run's material: what prompts show, and `vocabulary`, the tokens there are.

    Raises ValueError where `backbone` can't have `config.samples`, or `taught`, what a teacher says, isn't
    of them.
    """
    check_samples(config.samples, backbone)
    history = prompts.history
    examples = training_examples(inputs, history, config.samples, maker.tasks)
    if taught is not None and SEQUENTIAL in examples:
        examples[SEQUENTIAL] = TaughtExamples(examples[SEQUENTIAL], taught, inputs.train)
    rng = generator(seed, "validation")
    validation = trained_validation(inputs, history, config, config.validation_samples, rng, maker.tasks)
    batches = validation_batches(validation, maker, config.batch_size)
    mixture = Mixture(examples, maker, config.batch_size, seed, config.shares.by_task(maker.tasks))
    return Material(
        _steps(mixture, maker, prompts, config),
        batches,
        marginal_losses(inputs, validation, batches, maker, vocabulary),
        watched_losses(inputs, examples, maker, vocabulary, generator(seed, "watched")),
    )


def _steps(mixture: Mixture, maker: BatchMaker, prompts: PromptsConfig, config: TrainingConfig) -> Steps:
    if prompts.has_curriculum or config.reciting:
        return Curricular(mixture, maker, prompts.curriculum, config.epochs, config.reciting)
    return mixture


def trained_validation(
    dataset: Dataset,
    history: int,
    config: TrainingConfig,
    most: int,
    rng: np.random.Generator,
    tasks: Sequence[Task],
) -> dict[Task, list[Example]]:
    """Return at most `most` validation examples (0: all) of each of `tasks` that is trained on.

    The best epoch isn't to be chosen by a task that isn't.
    """
    shares = config.shares.by_task(tasks)
    every = validation_examples(dataset, history, most, rng, tasks)
    return {task: some for task, some in every.items() if shares[task]}
