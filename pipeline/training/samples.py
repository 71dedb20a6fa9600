"""Which examples each task trains on and is validated on (section 5.4)."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipeline.backbones.base import Backbone
from pipeline.backbones.config import CAUSAL
from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.tasks.base import Example, Examples, Samples, Task
from pipeline.tasks.dataset import Dataset


def check_samples(samples: Samples, backbone: Backbone) -> None:
    """Raise ValueError where a backbone can't have these samples."""
    if samples == "histories" and not backbone.predicts_inputs:
        raise ValueError(
            "training.samples histories has the items of inputs as targets, and this model.backbone sees all "
            "of an input at once: set training.samples to prefixes, or take a causal model.backbone "
            f"({', '.join(CAUSAL)})"
        )


def training_examples(
    dataset: Dataset, history: int, samples: Samples, tasks: Sequence[Task]
) -> dict[Task, Examples]:
    """Return the list of each of `tasks` that has examples; `history` is the most items of an input."""
    lists = {task: task.training(dataset, history, samples) for task in tasks}
    return {task: examples for task, examples in lists.items() if len(examples)}


def validation_examples(
    dataset: Dataset, history: int, most: int, rng: np.random.Generator, tasks: Sequence[Task]
) -> dict[Task, list[Example]]:
    """Return the validation examples of each of `tasks` that has any.

    Where a task has more than `most`, that many are drawn from `rng`; with `most` 0 all are taken.
    """
    lists = {task: task.validation(dataset, history, rng) for task in tasks}
    for task, examples in lists.items():
        if 0 < most < len(examples):
            chosen = np.sort(rng.choice(len(examples), most, replace=False))
            lists[task] = [examples[index] for index in chosen]
    return {task: examples for task, examples in lists.items() if examples}


def validation_batches(
    examples: Mapping[Task, Sequence[Example]], maker: BatchMaker, size: int
) -> dict[Task, list[Batch]]:
    """Return examples in the bare wording, as batches of `size` by task."""
    return {task: _batches(maker, some, size) for task, some in examples.items()}


def _batches(maker: BatchMaker, examples: Sequence[Example], size: int) -> list[Batch]:
    # Similar lengths together, so that little padding is computed.
    ordered = sorted(examples, key=lambda one: (len(one.question.items), one.question.user, one.answer))
    return [maker.teach(ordered[start : start + size]) for start in range(0, len(ordered), size)]
