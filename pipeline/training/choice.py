"""Which of two epochs is better, by what their weights answer or by what their answers cost."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.tasks.base import Task


class Measured(NamedTuple):
    """The mean over a task's validation questions of a figure that is better the higher it is, at least 0."""

    metric: str
    value: float


Validation = Callable[[], Mapping[Task, Measured]]
"""Answers validation questions with the model as it stands; the same in every process of a run."""


class Standing(NamedTuple):
    """How good an epoch is: the greater is better, compared by `score` and between equals by `gain`."""

    score: float
    gain: float


WORST = Standing(-math.inf, -math.inf)
"""What every epoch is better than."""


def standing(losses: Mapping[Task, float], measured: Mapping[Task, Measured]) -> Standing:
    """Return how good an epoch is: by the geometric mean of its metrics, and between equals by its mean loss.

    A metric that grows by a tenth counts the same whatever its task and unit. Where nothing is measured, all
    epochs are equal but for their loss.
    """
    score = geometric_mean([one.value for one in measured.values()])
    return Standing(score, -mean_loss(losses))


def mean_loss(losses: Mapping[Task, float]) -> float:
    """Return the mean over tasks of their losses, at least one."""
    return sum(losses.values()) / len(losses)


def geometric_mean(values: list[float]) -> float:
    """Return the geometric mean of values of at least 0; 0 of none."""
    return math.prod(values) ** (1 / len(values)) if values else 0.0
