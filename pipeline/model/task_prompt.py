"""The task prompt: learned vectors per task (section 4.3)."""

import torch
from torch import nn

from pipeline.tasks.base import Task


class TaskPrompt(nn.Module):
    """A learned table [tasks, length, D]."""

    def __init__(self, length: int, width: int, scale: float = 1.0) -> None:
        """Draw the table from a normal with standard deviation `scale`."""
        super().__init__()
        self.table = nn.Parameter(torch.randn(len(Task), length, width) * scale)

    def forward(self, task: Task, batch: int) -> torch.Tensor:
        """Return the vectors of `task` for each sample, [B, length, D]."""
        return self.table[task.row].expand(batch, -1, -1)
