"""Which samples each task trains on and is validated on (section 5.4)."""

from collections.abc import Sequence

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.examples import (
    Example,
    Examples,
    ExplanationExamples,
    Pairs,
    SequentialExamples,
    TopnExamples,
    draw_negatives,
    next_item_examples,
    topn_example,
)
from pipeline.prompts.histories import Histories
from pipeline.tasks import Task


def training_examples(
    train: Histories, whole: Histories, pairs: Pairs, items: int, negatives: int, history: int
) -> dict[Task, Examples]:
    """Return the sample list of every task that has samples.

    Args:
        train: train items of each user.
        whole: all items of each user; what is outside may serve as a negative.
        pairs: explanations of the train split.
        items: I.
        negatives: negatives of a top-n sample.
        history: most items of a sequential input.
    """
    lists: dict[Task, Examples] = {
        Task.EXPLANATION: ExplanationExamples(pairs),
        Task.SEQUENTIAL: SequentialExamples(train, history),
        Task.TOPN: TopnExamples(train, whole, items, negatives),
    }
    return {task: examples for task, examples in lists.items() if len(examples)}


def validation_examples(
    train: Histories,
    targets: Histories,
    whole: Histories,
    pairs: Pairs,
    items: int,
    negatives: int,
    history: int,
    rng: np.random.Generator,
) -> dict[Task, list[Example]]:
    """Return the validation questions of every task that has any; negatives are drawn once a run from `rng`.

    Args are those of `training_examples`, with `targets` the validation item of each user and `pairs` the
    explanations of the validation split.
    """
    explained = ExplanationExamples(pairs)
    asked = next_item_examples(train, targets, history)
    pools = [
        topn_example(
            example.user,
            example.answer,
            draw_negatives(whole[example.user], items, negatives, rng),
            rng,
        )
        for example in asked
    ]
    lists = {
        Task.EXPLANATION: [explained.draw(index, rng) for index in range(len(explained))],
        Task.SEQUENTIAL: asked,
        Task.TOPN: pools,
    }
    return {task: examples for task, examples in lists.items() if examples}


def batches(maker: BatchMaker, examples: Sequence[Example], size: int) -> list[Batch]:
    """Return examples in the bare wording, as batches of at most `size`, alike lengths together."""
    ordered = sorted(examples, key=lambda example: (len(example.items), example.user, example.answer))
    return [maker.make(ordered[start : start + size]) for start in range(0, len(ordered), size)]
