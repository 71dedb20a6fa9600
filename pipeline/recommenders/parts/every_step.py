"""Self-attention trained on whole runs of a history: SASRec on every next item at once."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from pipeline.recommenders.base import Fit, TrainingData
from pipeline.recommenders.hyperparameters import Settings
from pipeline.recommenders.parts.negatives import Negatives
from pipeline.recommenders.parts.next_item import catalogue_loss, descend, newest, trained
from pipeline.recommenders.parts.self_attention import OneStream, sizes


@dataclass(frozen=True)
class Runs:
    """Runs of train histories: their users [S] and items [S, P], padding on the left."""

    users: Tensor
    items: Tensor


def training_runs(data: TrainingData, length: int) -> Runs:
    """Cut train histories of two items or more into runs of at most `length`, the newest first.

    A run begins with the item that the older one ends with, so that each item but the first of a history
    once follows another.
    """
    users = []
    runs = []
    for user, history in enumerate(data.histories):
        for end in range(len(history), 1, 1 - length):
            users.append(user)
            runs.append(history[max(0, end - length) : end])
    return Runs(torch.tensor(users, dtype=torch.long), newest(runs, length, data.items))


StepLoss = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""States [S, D], item vectors [I, D], targets [S] and negatives [S, C] to a loss."""


def cross_entropy(states: Tensor, vectors: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
    """Return the mean cross-entropy over all items; negatives aren't needed."""
    return catalogue_loss(states, vectors, targets)


def binary_cross_entropy(states: Tensor, vectors: Tensor, targets: Tensor, negatives: Tensor) -> Tensor:
    """Return the mean of a step's binary cross-entropy, its target against its negatives (SASRec, eq. 7)."""
    right = (states * vectors[targets]).sum(-1)
    wrong = torch.einsum("sd,scd->sc", states, vectors[negatives])
    return -(functional.logsigmoid(right) + functional.logsigmoid(-wrong).sum(-1)).mean()


def build_stream(data: TrainingData, settings: Settings) -> OneStream:
    """Return an untrained SASRec of these settings."""
    return OneStream(data.items, *sizes(settings))


def next_steps(loss: StepLoss) -> Fit:
    """Fit SASRec: each place of a run predicts the item after it."""

    def train(model: OneStream, data: TrainingData, settings: Settings, rng: np.random.Generator) -> None:
        runs = training_runs(data, settings["history"] + 1)
        negatives = Negatives(data)

        def loss_of(rows: Tensor) -> Tensor:
            before = runs.items[rows, :-1]
            after = runs.items[rows, 1:]
            there = ~model.padding(before)
            owners = runs.users[rows][:, None].expand_as(after)[there]
            drawn = torch.from_numpy(negatives.draw(owners.numpy(), settings.get("negatives", 0), rng))
            return loss(model.states(before)[there], model.items.weight[:-1], after[there], drawn)

        descend(model, len(runs.users), loss_of, settings, rng)

    return trained(build_stream, train)
