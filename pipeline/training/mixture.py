"""Task-alternated batches (section 4.4): explanation, sequential, top-n, explanation, ... or by other shares.

Batch b of a task is a function of the seed, the task and b alone, so that a run can start anywhere and two
runs with one seed see the same batches.
"""

from collections.abc import Mapping

import numpy as np

from pipeline.prompts.batch_maker import BatchMaker
from pipeline.prompts.batches import Batch
from pipeline.randomness import generator
from pipeline.tasks.base import Example, Examples, Task
from pipeline.tasks.registry import TASKS


class TaskBatches:
    """One task's sample list, walked in shuffled order, reshuffled whenever it ends."""

    def __init__(self, task: Task, examples: Examples, size: int, seed: int) -> None:
        """Take the sample list and the batch size; raises ValueError for an empty list."""
        if not len(examples):
            raise ValueError(f"no training samples for the {task} task")
        self._task = task
        self._examples = examples
        self._size = size
        self._seed = seed
        self._walk = -1
        self._order = np.empty(0, dtype=np.int64)

    @property
    def per_epoch(self) -> int:
        """Whole batches in one walk of the list."""
        return len(self._examples) // self._size

    def __getitem__(self, batch: int) -> tuple[list[Example], np.random.Generator]:
        """Return the examples of a batch and the generator that its wordings are drawn from."""
        rng = generator(self._seed, "samples", self._task.name, batch)
        places = range(batch * self._size, (batch + 1) * self._size)
        return [self._examples.draw(self._place(place), rng) for place in places], rng

    def _place(self, place: int) -> int:
        walk, step = divmod(place, len(self._examples))
        if walk != self._walk:
            order = generator(self._seed, "order", self._task.name, walk)
            self._walk = walk
            self._order = order.permutation(len(self._examples))
        return int(self._order[step])


class Mixture:
    """The batches of a whole training run, by step."""

    def __init__(
        self,
        tasks: Mapping[Task, Examples],
        maker: BatchMaker,
        size: int,
        seed: int,
        shares: Mapping[Task, int] | None = None,
    ) -> None:
        """Take the sample lists of the tasks to train on, and how many batches of each a round has.

        Without `shares` tasks take turns, as in the paper. Raises ValueError when no task fills a batch.
        """
        lists = {task: TaskBatches(task, tasks[task], size, seed) for task in TASKS if task in tasks}
        given = shares or {}
        self._round = spread({task: given.get(task, 1) for task in lists})
        self._lists = {task: batches for task, batches in lists.items() if task in self._round}
        self._maker = maker
        self.steps_per_epoch = sum(batches.per_epoch for batches in self._lists.values())
        """floor(N_exp / B) + floor(N_seq / B) + floor(N_top / B), of the tasks that have a share."""
        if not self.steps_per_epoch:
            raise ValueError(f"training.batch_size {size} is larger than every task's sample list")

    def __getitem__(self, step: int) -> Batch:
        """Return the batch of a step, counted from 0 over the whole run."""
        return self._maker.teach(*self.examples(step))

    def examples(self, step: int) -> tuple[list[Example], np.random.Generator]:
        """Return the examples of a step, and the generator that what is random of the batch is drawn from."""
        rounds, turn = divmod(step, len(self._round))
        task = self._round[turn]
        batch = rounds * self._round.count(task) + self._round[:turn].count(task)
        return self._lists[task][batch]


def spread(shares: Mapping[Task, int]) -> list[Task]:
    """Return a round in which each task has its share of turns, as evenly spread as can be.

    Each turn goes to the task that is furthest behind its share; of several to the first.
    """
    total = sum(shares.values())
    turns: list[Task] = []
    for turn in range(1, total + 1):
        behind = {task: share * turn / total - turns.count(task) for task, share in shares.items()}
        turns.append(max(behind, key=lambda task: behind[task]))
    return turns
