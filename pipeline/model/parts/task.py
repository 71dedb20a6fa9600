"""The task prompt: learned vectors per task (section 4.3)."""

import torch
from torch import nn

from pipeline.model.parts.base import Part
from pipeline.prompts.batches import Batch
from pipeline.tasks.registry import TASKS


class TaskPrompt(Part):
    """A learned table [tasks, P, D]."""

    def __init__(self, length: int, width: int, scale: float = 1.0) -> None:
        """Draw the table from a normal with standard deviation `scale`."""
        super().__init__()
        self.table = nn.Parameter(torch.randn(len(TASKS), length, width) * scale)

    def forward(self, batch: Batch) -> torch.Tensor:
        """Return the vectors of the batch's task for each sample, [B, P, D]."""
        return self.table[TASKS.index(batch.task)].expand(len(batch), -1, -1)
