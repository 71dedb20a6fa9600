"""What an epoch leaves: figures are recorded, the best weights kept, epochs without improvement counted."""

import logging
import math
from collections.abc import Mapping

from pipeline.tasks.base import Task
from pipeline.training.choice import Measured, geometric_mean, mean_loss, standing
from pipeline.training.config import TrainingConfig
from pipeline.training.marginal import help_with
from pipeline.training.progress import DivergedError, Point, Progress
from pipeline.training.weights import snapshot

log = logging.getLogger(__name__)

MEAN = "mean"
"""Stands for a task in the points of means over tasks."""


def record_epoch(
    progress: Progress,
    losses: Mapping[Task, float],
    measured: Mapping[Task, Measured],
    config: TrainingConfig,
    epoch: int,
) -> None:
    """Record an epoch, keep its weights if they are the best, and count the epochs without improvement.

    Raises DivergedError where a loss of `losses` is no finite number; `measured` may be empty.
    """
    curves = progress.curves
    mean = mean_loss(losses)
    if not math.isfinite(mean):
        raise DivergedError(
            f"training diverged: validation loss {mean} after epoch {epoch}; what helps: {help_with(config)}",
            curves.best_epoch,
        )
    for task, values in progress.sums.items():
        curves.points.append(Point(epoch, task, "train", "loss", sum(values) / len(values)))
    progress.sums = {}
    for name, loss in [*losses.items(), (MEAN, mean)]:
        curves.points.append(Point(epoch, str(name), "validation", "loss", loss))
    _record_metrics(curves.points, measured, epoch)
    shown = ", ".join(f"{name} {loss:.4f}" for name, loss in losses.items())
    found = "".join(f"; {name} {one.metric} {one.value:.4f}" for name, one in measured.items())
    log.info("epoch %d: validation loss %.4f (%s)%s", epoch, mean, shown, found)
    reached = standing(losses, measured)
    if reached > curves.best:
        curves.best_epoch = epoch
        curves.best = reached
        progress.best = snapshot(progress.model)
        if config.patience_counts == "row":
            progress.epochs_without_improvement = 0
        return
    progress.epochs_without_improvement += 1
    if progress.epochs_without_improvement >= config.patience:
        log.info("no better epoch for %d epochs: stopped", progress.epochs_without_improvement)


def _record_metrics(points: list[Point], measured: Mapping[Task, Measured], epoch: int) -> None:
    for task, (metric, value) in measured.items():
        points.append(Point(epoch, str(task), "validation", metric, value))
    if measured:
        mean = geometric_mean([value for _, value in measured.values()])
        points.append(Point(epoch, MEAN, "validation", "geometric mean", mean))
