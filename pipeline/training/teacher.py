"""Examples some of whose answers a teacher gives (`pipeline.recommenders.ranking.teaching`)."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.tasks.base import Example, Examples


@dataclass(frozen=True)
class Taught:
    """What a teacher says.

    Attributes:
        targets: its items for every prefix of the train histories, int32 [P, D].
        share: share of samples whose answer is one of them.
    """

    targets: np.ndarray
    share: float


class TaughtExamples:
    """Sequential examples of which a share has one of the teacher's answers in place of its own."""

    def __init__(self, examples: Examples, taught: Taught) -> None:
        """Take an example of every prefix, in order; raises ValueError where the teacher has not as many."""
        if len(examples) != len(taught.targets):
            raise ValueError(
                f"the teacher has targets for {len(taught.targets)} prefixes, and a walk has {len(examples)} "
                "samples: set training.samples to prefixes, or teacher.method to none"
            )
        self._examples = examples
        self._taught = taught

    def __len__(self) -> int:
        """Return the number of prefixes."""
        return len(self._examples)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return the example at `index`, with its own answer or one of the teacher's."""
        example = self._examples.draw(index, rng)
        if rng.random() >= self._taught.share:
            return example
        return replace(example, answer=int(rng.choice(self._taught.targets[index])))
