"""Examples some of whose answers a teacher gives (`pipeline.recommenders.ranking.teaching`)."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.data.histories import Histories
from pipeline.tasks.base import Example, Examples


@dataclass(frozen=True)
class Taught:
    """What a teacher says.

    Attributes:
        targets: its items for every prefix of the train histories, int32 [P, D].
        share: share of answers that are of these.
    """

    targets: np.ndarray
    share: float


class TaughtExamples:
    """Sequential examples of whose answers a share is the teacher's; so it is with items that are targets."""

    def __init__(self, examples: Examples, taught: Taught, train: Histories) -> None:
        """Take examples whose answers are train items; raises ValueError for a teacher of other histories."""
        after_first = np.maximum(train.lengths() - 1, 0)
        prefixes = int(after_first.sum())
        if prefixes != len(taught.targets):
            raise ValueError(
                f"the teacher has targets for {len(taught.targets)} prefixes, and the train histories have "
                f"{prefixes}: run stage teacher again"
            )
        # A user's first prefix, before whose target stands one item.
        self._rows = np.cumsum(after_first) - after_first - 1
        self._examples = examples
        self._taught = taught

    def __len__(self) -> int:
        """Return the number of examples in one walk of the list."""
        return len(self._examples)

    def draw(self, index: int, rng: np.random.Generator) -> Example:
        """Return the example at `index`, each of its answers its own or one of the teacher's."""
        example = self._examples.draw(index, rng)
        row = int(self._rows[example.question.user]) + example.place
        answer = self._drawn(example.answer, row, rng)
        if example.item_targets is None:
            return replace(example, answer=answer)
        own = example.item_targets.tolist()
        # The first item isn't a target: at the start of a history there is no prefix before it.
        others = [self._drawn(item, row - len(own) + at, rng) for at, item in enumerate(own) if at]
        return replace(example, answer=answer, item_targets=np.array([own[0], *others], dtype=np.int32))

    def _drawn(self, own: int, row: int, rng: np.random.Generator) -> int:
        if rng.random() >= self._taught.share:
            return own
        return int(rng.choice(self._taught.targets[row]))
