"""Curricula of LLaRA: from prompts with titles alone to prompts with vectors as well (section 3.3)."""

from dataclasses import replace

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.prompts.presentation import Curriculum, Presentation
from pipeline.prompts.templates import Template
from pipeline.tasks.base import Example
from pipeline.tasks.choice import CHOICE
from pipeline.training.mixture import Mixture

_FIRST_STAGE = 0.4
"""Share of training that `two_stage` spends on text alone: two epochs of five."""
_RECITED = 8
"""Candidates of a recital."""
_RECITAL = Template(("{candidates}", ":", "{history}"))


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


def recital(example: Example, rng: np.random.Generator) -> Example:
    """Return a question of which the answer is one of a few candidates, its items all the others, shuffled.

    Every item but the first is a target, too. The candidates are those of `example`.
    """
    question = example.question
    assert question.pool is not None
    others = question.pool[question.pool != example.answer][: _RECITED - 1]
    pool = rng.permutation(np.append(others, example.answer).astype(np.int32))
    items = rng.permutation(others)
    return Example(replace(question, items=items, pool=pool), example.answer, items)


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
        reciting: float = 0.0,
    ) -> None:
        """Take the examples of all steps, what makes batches of them, and how many epochs there are.

        In the first share `reciting` of the run the choice task recites (`recital`).
        """
        self._mixture = mixture
        self._reciting = reciting
        self._makers = {shown: maker.shown(shown) for shown in Presentation}
        self._curriculum = curriculum
        self._epochs = epochs
        self.steps_per_epoch = mixture.steps_per_epoch

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 over the whole run."""
        examples, rng = self._mixture.examples(step)
        total = self._epochs * self.steps_per_epoch
        shown = presentation(self._curriculum, step, total, self._epochs, rng)
        maker = self._makers[shown]
        if examples[0].question.task == CHOICE and step < self._reciting * total:
            examples = [recital(one, rng) for one in examples]
            maker = maker.worded({CHOICE: (_RECITAL,)})
        return maker.teach(examples, rng)
