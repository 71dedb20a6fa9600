"""What a training run changes while it goes: everything that another process needs to go on with it."""

from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from torch import nn

from pipeline.training.choice import WORST, Standing


class DivergedError(ValueError):
    """The loss or the gradient is no longer a finite number; the message names step, batch and task."""

    def __init__(self, message: str, best_epoch: int) -> None:
        """Take the message, and the epoch whose weights are the best, 0 where none has ended."""
        super().__init__(message)
        self.best_epoch = best_epoch


class Point(NamedTuple):
    """One point of a curve.

    Attributes:
        epoch: from 1.
        task: a task, or "mean" over those that were measured.
        split: "train" or "validation".
        metric: "loss", in nats per target token (its mean is the arithmetic one), or what validation answers
            are measured by (its mean is the geometric one).
        value: the figure.
    """

    epoch: int
    task: str
    split: str
    metric: str
    value: float


@dataclass
class Curves:
    """What training leaves behind besides weights.

    Attributes:
        points: in the order in which they were measured.
        best_epoch: the best epoch, from 1; its weights are in the model when training ends.
        best: how good it is.
    """

    points: list[Point] = field(default_factory=list)
    best_epoch: int = 0
    best: Standing = WORST


@dataclass
class Progress:
    """A run between two steps; batches are a function of the step, so that nothing else says where it is.

    Attributes:
        step: steps done.
        sums: training losses of the epoch under way, by task, in the order in which the tasks came.
        epochs_without_improvement: as `training.patience` counts them.
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
