"""What a training run changes while it goes: everything that another process needs to go on with it."""

from dataclasses import dataclass, field

import torch
from torch import nn


class DivergedError(ValueError):
    """The loss or the gradient is no longer a finite number; the message names step, batch and task."""

    def __init__(self, message: str, best_epoch: int) -> None:
        """Take the message, and the epoch whose weights are the best, 0 where none has ended."""
        super().__init__(message)
        self.best_epoch = best_epoch


@dataclass
class Curves:
    """What training leaves behind besides weights.

    Attributes:
        rows: (epoch, task or "mean", "train" or "validation", loss), loss in nats a target token.
        best_epoch: the epoch, from 1, with the lowest mean of the tasks' validation losses; its weights are
            in the model when training ends.
    """

    rows: list[tuple[int, str, str, float]] = field(default_factory=list)
    best_epoch: int = 0
    best_loss: float = float("inf")


@dataclass
class Progress:
    """A run between two steps; batches are a function of the step, so that nothing else says where it is.

    Attributes:
        step: steps done.
        sums: training losses of the epoch under way, by task, in the order in which the tasks came.
        epochs_without_improvement: epochs without a better validation loss, as `training.patience` counts them.
        best: weights of the best epoch so far; the initial ones before the first ends.
    """

    model: nn.Module
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LRScheduler
    best: dict[str, torch.Tensor]
    curves: Curves = field(default_factory=Curves)
    step: int = 0
    sums: dict[str, list[float]] = field(default_factory=dict)
    epochs_without_improvement: int = 0
