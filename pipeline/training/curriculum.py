"""Curricula of LLaRA: from prompts with titles alone to prompts with vectors as well (section 3.3)."""

from dataclasses import replace

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.presentation import Curriculum, Presentation
from pipeline.tasks.base import Example
from pipeline.training.mixture import Mixture

_FIRST_STAGE = 0.4
"""Share of training that `two_stage` spends on text alone: two epochs of five."""


def hybrid_share(curriculum: Curriculum, step: int, total: int, epochs: int) -> float:
    """Return the probability that the batch of a step, of `total` from 0, has vectors in its slots.

    - paper: step / total, from 0 to 1;
    - direct, id_only: 1; text_only: 0;
    - two_stage: 0 for two fifths of the run, then 1;
    - as_released: as the paper, but counted anew in each epoch, so that 1 / epochs is the most;
    - reversed: 1 minus that, as the code was when the paper appeared.
    """
    if curriculum == "paper":
        return step / total
    if curriculum == "two_stage":
        return float(step >= _FIRST_STAGE * total)
    if curriculum in ("as_released", "reversed"):
        counted = step % (total // epochs) / total
        return counted if curriculum == "as_released" else 1 - counted
    return 0.0 if curriculum == "text_only" else 1.0


def presentation(
    curriculum: Curriculum, step: int, total: int, epochs: int, rng: np.random.Generator
) -> Presentation:
    """Draw how the batch of a step, of `total` from 0, shows items."""
    if rng.random() >= hybrid_share(curriculum, step, total, epochs):
        return Presentation.TEXT
    return Presentation.BEHAVIOUR if curriculum == "id_only" else Presentation.HYBRID


def grown(example: Example, share: float) -> Example:
    """Return a question of candidates with a part of them and of its history; others as they are.

    Both sizes grow with `share`, 0 to 1, from 1 to all, by the same factor per step. The answer and the
    newest items stay; candidates keep their order.
    """
    question = example.question
    if question.pool is None:
        return example
    others = question.pool != example.answer
    kept = ~others | (others.cumsum() < round(len(question.pool) ** share))
    items = question.items[-round(max(len(question.items), 1) ** share) :]
    return replace(example, question=replace(question, items=items, pool=question.pool[kept]))


class Curricular:
    """The batches of a mixture, those of tasks that show items each in a presentation of its own.

    A batch and its presentation are a function of the seed and the step alone, so that a run can go on
    anywhere.
    """

    def __init__(
        self,
        mixture: Mixture,
        maker: BatchMaker,
        curriculum: Curriculum,
        epochs: int,
        growing: float = 0.0,
    ) -> None:
        """Take the examples of all steps, what makes batches of them, and how many epochs there are.

        In the share `growing` of the run questions grow (`grown`).
        """
        self._mixture = mixture
        self._growing = growing
        self._makers = {shown: maker.shown(shown) for shown in Presentation}
        self._curriculum = curriculum
        self._epochs = epochs
        self.steps_per_epoch = mixture.steps_per_epoch

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 over the whole run."""
        examples, rng = self._mixture.examples(step)
        total = self._epochs * self.steps_per_epoch
        shown = presentation(self._curriculum, step, total, self._epochs, rng)
        if step < self._growing * total:
            examples = [grown(one, step / (self._growing * total)) for one in examples]
        return self._makers[shown].teach(examples, rng)
