"""Which samples each task trains on and is validated on (section 5.4)."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.inputs import Inputs
from pipeline.tasks.base import Task
from pipeline.tasks.examples import (
    Example,
    Examples,
    ExplanationExamples,
    PrefixExamples,
    SequentialExamples,
    TopnExamples,
    draw_negatives,
    next_item_examples,
    topn_example,
)


def training_examples(
    inputs: Inputs, history: int, samples: Literal["prefixes", "segments"]
) -> dict[Task, Examples]:
    """Return the sample list of every task that has samples.

    Args:
        inputs: the dataset.
        history: the most items of an input.
        samples: `segments` are the paper's, one random segment and one random positive per user and walk;
            of `prefixes` each walk has every train item as a target.
    """
    items, negatives = len(inputs.item_numbers), inputs.negatives.shape[1]
    every = samples == "prefixes"
    lists: dict[Task, Examples] = {
        Task.EXPLANATION: ExplanationExamples(inputs.pairs["train"]),
        Task.SEQUENTIAL: (PrefixExamples if every else SequentialExamples)(inputs.train, history),
        Task.TOPN: TopnExamples(inputs.train, inputs.whole, items, negatives, every),
    }
    return {task: examples for task, examples in lists.items() if len(examples)}


def validation_examples(inputs: Inputs, history: int, rng: np.random.Generator) -> dict[Task, list[Example]]:
    """Return the validation questions of every task that has any; negatives are drawn once, from `rng`."""
    items, negatives = len(inputs.item_numbers), inputs.negatives.shape[1]
    explained = ExplanationExamples(inputs.pairs["validation"])
    asked = next_item_examples(inputs.train, inputs.validation, history)
    pools = [
        topn_example(
            example.user,
            example.answer,
            draw_negatives(inputs.whole[example.user], items, negatives, rng),
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


def validation_questions(
    inputs: Inputs, history: int, most: int, rng: np.random.Generator
) -> dict[Task, list[Example]]:
    """Return the validation questions of every task; where one has more than `most`, that many are drawn.

    With `most` 0 all are taken.
    """
    questions = validation_examples(inputs, history, rng)
    for task, examples in questions.items():
        if 0 < most < len(examples):
            chosen = np.sort(rng.choice(len(examples), most, replace=False))
            questions[task] = [examples[index] for index in chosen]
    return questions


def validation_batches(
    questions: Mapping[Task, Sequence[Example]], maker: BatchMaker, size: int
) -> dict[Task, list[Batch]]:
    """Return questions in the bare wording, as batches of `size` by task."""
    return {task: _batches(maker, examples, size) for task, examples in questions.items()}


def _batches(maker: BatchMaker, examples: Sequence[Example], size: int) -> list[Batch]:
    # Alike lengths together, so that little padding is computed.
    ordered = sorted(examples, key=lambda example: (len(example.items), example.user, example.answer))
    return [maker.make(ordered[start : start + size]) for start in range(0, len(ordered), size)]
