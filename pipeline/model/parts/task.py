"""The task prompt: learned vectors per task (section 4.3)."""

from collections.abc import Sequence

import torch
from torch import nn

from pipeline.model.parts.base import Part
from pipeline.prompts.batches import Batch
from pipeline.tasks.base import Task


class TaskPrompt(Part):
    """A learned table [tasks, P, D]."""

    def __init__(self, tasks: Sequence[Task], length: int, width: int, scale: float = 1.0) -> None:
        """Draw the table from a normal with standard deviation `scale`; a row per task, in their order."""
        super().__init__()
        self._rows = {task: row for row, task in enumerate(tasks)}
        self.table = nn.Parameter(torch.randn(len(tasks), length, width) * scale)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the vectors of the batch's task for each sample, [B, P, D]."""
        return self.table[self._rows[batch.task]].expand(batch.users.shape[0], -1, -1)
